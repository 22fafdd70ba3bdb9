/* The loop, one consequence after the other, on the orchard pack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "orchard.h"

#include "engine/eval/unit_eval.h"
#include "engine/replay.h"
#include "engine/upgrade.h"
#include "store/db/db_twin.h"

static const post keeper_post = {.role = "keeper", .pack = "orchard", .area = NORTH},
                  clerk_post = {.role = "clerk", .pack = "orchard", .area = "500243101000"},
                  head_post = {.role = "head", .pack = "orchard", .area = "500243000000"};
static const actor keeper = {
    .officer = {{1}}, .invented = true, .posts = &keeper_post, .post_count = 1};
static const actor clerk = {
    .officer = {{2}}, .invented = true, .posts = &clerk_post, .post_count = 1};
static const actor head = {
    .officer = {{3}}, .invented = true, .posts = &head_post, .post_count = 1};

static const json *reason(const json *list, const char *name) {
  for (size_t i = 0; list && i < list->count; i++)
    if (text_is(json_text(&list->items[i], "name"), name)) return &list->items[i];
  fail_msg("no reason %s", name);
  return NULL;
}

static void an_event_raises_and_tells_why(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, ",\"ill\":0");
  assert_null(finding_of(o, garden, "many_ill"));
  assert_int_equal(subject_of(o, "garden", garden)->colour, COLOUR_GREEN);
  uuid id = next_id(o);
  answer x = must(o, VERB_EVENT,
                  "{\"kind\":\"check\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"2025-03-03\","
                  "\"fields\":{\"ill\":4}}",
                  id_text(o, &id), garden);
  assert_int_equal(number_of(o, "garden", garden, "ill"), 4);
  assert_int_equal(subject_of(o, "garden", garden)->colour, COLOUR_RED);
  finding *f = finding_of(o, garden, "many_ill");
  assert_non_null(f);
  assert_int_equal(f->colour, COLOUR_RED);
  assert_int_equal(f->since, o->today);
  assert_true(text_is(f->message_zh, "有4棵病树，超过3棵。"));
  assert_true(text_is(f->message_en, "4 ill trees, more than 3."));
  assert_string_equal(f->area, NORTH);
  err e = {0};
  const json *why = json_parse(o->a, f->reasons, &e);
  int64_t n = 0;
  assert_true(json_int(reason(why, "ill"), "value", &n) && n == 4);
  assert_true(json_int(reason(why, "p.limit.ill"), "value", &n) && n == 3);
  assert_true(text_is(json_text(reason(why, "p.limit.ill"), "reference"), "测试文件 1 号"));
  assert_true(text_is(json_text(reason(why, "p.limit.ill"), "since"), "2025-01-01"));
  /* The answer names what followed. */
  assert_int_equal(x.opened_count, 1);
  assert_true(uuid_equal(&x.opened[0], &f->id));
  casework *c = only_case(o, garden);
  assert_int_equal(x.case_count, 1);
  assert_true(uuid_equal(&x.cases[0], &c->id));
  assert_true(uuid_equal(&f->case_id, &c->id));
  assert_string_equal(c->workflow, "care");
  assert_string_equal(c->state, "found");
  assert_int_equal(c->deadline, on("2025-03-06")); /* three natural days */
  orchard_free(o);
}

static void move_id(orchard *o, const casework *c, const actor *who, const char *step,
                    const char *form, err_code want) {
  assert_int_equal(refusal(o, who, VERB_MOVE,
                           "{\"case\":\"%s\",\"transition\":\"%s\",\"form\":{%s}}",
                           id_text(o, &c->id), step, form),
                   want);
}

static void a_case_walks_to_its_end_and_relapses(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, "");
  add_tree(o, garden, "t-1", "");
  add_tree(o, garden, "t-2", "");
  add_event(o, "check", garden, "2025-03-03", "\"ill\":4");
  casework *c = only_case(o, garden);
  begin_day(o, "2025-03-04");
  move_id(o, c, &keeper, "treat", "\"people\":1", ERR_NOT_ALLOWED);
  assert_string_equal(o->told.zh, "救治须两人以上。");
  move_id(o, c, &keeper, "treat", "", ERR_BAD_INPUT); /* a required field */
  move_id(o, c, &head, "treat", "\"people\":2", ERR_DENIED);
  move_id(o, c, &head, "close", "", ERR_NOT_ALLOWED); /* not from this state */
  move_id(o, c, &keeper, "dance", "", ERR_UNKNOWN_NAME);
  move_id(o, c, &keeper, "treat", "\"people\":2", ERR_NONE);
  c = only_case(o, garden);
  assert_string_equal(c->state, "treating");
  assert_int_equal(c->deadline,
                   on("2025-03-12")); /* five working days over a weekend and a holiday */

  uuid measure_id = next_id(o);
  const char *m = id_text(o, &measure_id), *case_id = id_text(o, &c->id);
  static const char proposal[] = "{\"id\":\"%s\",\"kind\":\"spraying\",\"subject\":\"%s\",\"case\":"
                                 "\"%s\",\"form\":{\"trees\":%d}}";
  assert_int_equal(refusal(o, &keeper, VERB_MEASURE, proposal, m, garden, case_id, 3),
                   ERR_NOT_ALLOWED);
  assert_string_equal(o->told.zh, "棵数不能多于登记的果树。");
  assert_int_equal(refusal(o, &keeper, VERB_MEASURE, proposal, m, garden, case_id, 2), ERR_NONE);
  measure *row = NULL;
  err e = {0};
  assert_true(store_measure_find(o->s, o->a, &measure_id, NULL, &row, &e));
  assert_true(row->has_amount);
  assert_int_equal(row->amount, 2500);
  assert_non_null(strstr(row->trace.at, "测试文件 2 号"));
  assert_int_equal(refusal(o, &keeper, VERB_MEASURE, "{\"id\":\"%s\",\"state\":\"approved\"}", m),
                   ERR_DENIED);
  assert_int_equal(refusal(o, &head, VERB_MEASURE, "{\"id\":\"%s\",\"state\":\"done\"}", m),
                   ERR_NOT_ALLOWED);
  assert_int_equal(refusal(o, &head, VERB_MEASURE, "{\"id\":\"%s\",\"state\":\"approved\"}", m),
                   ERR_NONE);

  move_id(o, c, &head, "close", "",
          ERR_NOT_ALLOWED); /* the finding is open, the measure not done */
  assert_int_equal(refusal(o, &keeper, VERB_MEASURE, "{\"id\":\"%s\",\"state\":\"done\"}", m),
                   ERR_NONE);
  move_id(o, c, &head, "close", "", ERR_NOT_ALLOWED);
  add_event(o, "check", garden, "2025-03-04", "\"ill\":1");
  assert_null(finding_of(o, garden, "many_ill"));
  assert_int_equal(subject_of(o, "garden", garden)->colour,
                   COLOUR_YELLOW); /* the case is still open */
  move_id(o, c, &keeper, "close", "", ERR_DENIED);
  move_id(o, c, &head, "close", "", ERR_NONE);
  c = only_case(o, garden);
  assert_string_equal(c->state, "done");
  assert_true(c->closed);
  assert_int_equal(c->deadline, DAY_NONE);
  assert_int_equal(subject_of(o, "garden", garden)->colour, COLOUR_GREEN);

  begin_day(o, "2025-04-01");
  add_event(o, "check", garden, "2025-04-01", "\"ill\":9");
  casework *again = only_case(o, garden);
  assert_true(uuid_equal(&again->id, &c->id));
  assert_string_equal(again->state, "found");
  assert_int_equal(again->relapses, 1);
  assert_false(again->closed);
  assert_int_equal(again->deadline, on("2025-04-04"));
  step *steps = NULL;
  size_t n = 0;
  assert_true(store_steps(o->s, o->a, &c->id, &steps, &n, &e));
  static const char *const way[] = {"found", "treating", "done", "found"};
  assert_int_equal(n, 4);
  for (size_t i = 0; i < n; i++) assert_string_equal(steps[i].to, way[i]);
  assert_true(uuid_equal(&steps[2].officer, &head.officer));

  /* A state without relapse: the next finding opens another case. */
  move_id(o, again, &head, "reject", "\"reason\":\"看错了\"", ERR_NONE);
  add_event(o, "check", garden, "2025-04-01", "\"ill\":0");
  add_event(o, "check", garden, "2025-04-01", "\"ill\":5");
  casework *rows = NULL;
  assert_int_equal(cases_of(o, garden, &rows), 2);
  orchard_free(o);
}

/* Takes the last step that stands back. */
static err_code step_back(orchard *o, const actor *who, const casework *c, const char *reason) {
  step *steps = NULL;
  size_t n = 0, last;
  err e = {0};
  assert_true(store_steps(o->s, o->a, &c->id, &steps, &n, &e));
  for (last = n - 1; last && steps[last].taken_back;) last--;
  return refusal(o, who, VERB_STEP_BACK, "{\"case\":\"%s\",\"step\":%lld,\"reason\":\"%s\"}",
                 id_text(o, &c->id), (long long)steps[last].seq, reason);
}

static void the_last_step_is_taken_back(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const actor other = {.officer = {{9}}, .invented = true, .posts = &keeper_post, .post_count = 1};
  const char *garden = add_garden(o, "G1", NORTH, "");
  add_event(o, "check", garden, "2025-03-03", "\"ill\":4");
  casework *c = only_case(o, garden);
  assert_int_equal(step_back(o, &head, c, "x"), ERR_NOT_ALLOWED); /* a finding opened it */
  begin_day(o, "2025-03-04");
  move_id(o, c, &keeper, "treat", "\"people\":2", ERR_NONE);
  assert_int_equal(number_of(o, "garden", garden, "tenders"), 2);
  begin_day(o, "2025-03-05");
  assert_int_equal(step_back(o, &keeper, c, " "), ERR_BAD_INPUT);
  assert_int_equal(step_back(o, &other, c, "不是我办的"), ERR_DENIED);
  assert_int_equal(step_back(o, &keeper, c, "人数填错"), ERR_NONE);
  c = only_case(o, garden);
  assert_string_equal(c->state, "found");
  assert_int_equal(c->since, on("2025-03-03"));
  assert_int_equal(c->deadline, on("2025-03-06"));
  assert_int_equal(number_of(o, "garden", garden, "tenders"), -1);
  assert_int_equal(step_back(o, &head, c, "x"), ERR_NOT_ALLOWED); /* nothing is left to take back */

  /* What was said before it comes back, not what is left of later ones. */
  move_id(o, c, &keeper, "treat", "\"people\":3", ERR_NONE);
  assert_int_equal(number_of(o, "garden", garden, "tenders"), 3);
  assert_int_equal(step_back(o, &head, c, "还要核实"), ERR_NONE); /* who decides there */
  step *steps = NULL;
  size_t n = 0;
  err e = {0};
  assert_true(store_steps(o->s, o->a, &c->id, &steps, &n, &e));
  assert_int_equal(n, 3); /* both are kept, with who took them back and why */
  assert_true(text_is(steps[1].back_reason, "人数填错"));
  assert_true(uuid_equal(&steps[2].back_by, &head.officer));

  /* A closed case stands open again, unless the same was found once more. */
  move_id(o, c, &head, "reject", "\"reason\":\"看错了\"", ERR_NONE);
  c = only_case(o, garden);
  assert_true(c->closed);
  assert_int_equal(step_back(o, &head, c, "没有看错"), ERR_NONE);
  c = only_case(o, garden);
  assert_false(c->closed);
  assert_string_equal(c->state, "found");
  move_id(o, c, &head, "reject", "\"reason\":\"看错了\"", ERR_NONE);
  add_event(o, "check", garden, "2025-03-05", "\"ill\":0");
  add_event(o, "check", garden, "2025-03-05", "\"ill\":5");
  casework *rows = NULL;
  assert_int_equal(cases_of(o, garden, &rows), 2);
  for (size_t i = 0; i < 2; i++)
    if (rows[i].closed) assert_int_equal(step_back(o, &head, &rows[i], "x"), ERR_NOT_ALLOWED);
  AUTO_BUF buf report = {0};
  bool same = false;
  if (!engine_rebuild(o->location, &same, &report, NULL, &e)) fail_msg("%s", e.en);
  if (!same) fail_msg("differs: %s", report.at);
  orchard_free(o);
}

static bool never(UNUSED int64_t done, UNUSED int64_t all) {
  return false;
}

static void a_rebuild_can_be_ended(UNUSED void **state) {
  orchard *o = orchard_new("2024-02-01");
  add_garden(o, "G1", NORTH, "");
  AUTO_BUF buf report = {0};
  bool same = false;
  char twin[4000];
  err e;
  assert_false(engine_rebuild(o->location, &same, &report, never, &e));
  assert_int_equal(e.code, ERR_BUSY);
  assert_true(db_twin_name(o->location, "rebuild", twin, sizeof twin, &e));
  assert_null(store_open(twin, DB_READ, NULL, &e));
  orchard_free(o);
}

static void windows_slide_by_themselves(UNUSED void **state) {
  orchard *o = orchard_new("2024-02-01");
  const char *garden = add_garden(o, "G1", NORTH, "");
  const char *quiet = add_garden(o, "G2", NORTH, "");
  add_event(o, "sale", garden, "2024-01-20", "\"amount\":60000");
  assert_null(finding_of(o, garden, "sold_out"));
  add_event(o, "sale", garden, "2024-02-01", "\"amount\":40000");
  finding *f = finding_of(o, garden, "sold_out");
  assert_non_null(f);
  assert_true(text_is(f->message_zh, "近90天卖了1,000.00元。"));
  assert_true(uuid_is_nil(&f->case_id)); /* it opens nothing */
  /* Outside the window from the 90th day on, and not a day before. */
  day last = on("2024-01-20") + 89;
  char text_of_day[11];
  assert_int_equal(subject_of(o, "garden", garden)->next_evaluation, last + 1);
  day_format(last, text_of_day);
  int64_t before = journal_seq(o);
  assert_false(begin_day(o, text_of_day));
  assert_int_equal(journal_seq(o), before);
  assert_non_null(finding_of(o, garden, "sold_out"));
  day_format(last + 1, text_of_day);
  assert_true(begin_day(o, text_of_day));
  assert_false(begin_day(o, text_of_day)); /* once a day */
  assert_int_equal(journal_seq(o), before + 1);
  assert_null(finding_of(o, garden, "sold_out"));
  finding *all = NULL;
  size_t n = 0;
  err e = {0};
  uuid root = id_of(garden);
  assert_true(store_findings_of(o->s, o->a, &root, false, &all, &n, &e));
  assert_int_equal(n, 1);
  assert_int_equal(all[0].until, last + 1);
  assert_int_equal(subject_of(o, "garden", quiet)->colour, COLOUR_GREEN);
  orchard_free(o);
}

static void a_dated_parameter_changes_the_answer(UNUSED void **state) {
  orchard *o = orchard_new("2024-06-03");
  const char *garden = add_garden(o, "G1", NORTH, ",\"ill\":4");
  const char *well = add_garden(o, "G2", NORTH, ",\"ill\":3");
  assert_null(finding_of(o, garden, "many_ill"));
  assert_int_equal(subject_of(o, "garden", garden)->next_evaluation, on("2025-01-01"));
  assert_false(begin_day(o, "2024-12-31"));
  assert_true(begin_day(o, "2025-01-01"));
  assert_non_null(finding_of(o, garden, "many_ill"));
  assert_null(finding_of(o, well, "many_ill"));
  assert_int_equal(only_case(o, garden)->opened, on("2025-01-01"));
  orchard_free(o);
}

static void a_day_slept_through_is_made_up_for(UNUSED void **state) {
  orchard *o = orchard_new("2024-12-30");
  const char *garden = add_garden(o, "G1", NORTH, ",\"ill\":4");
  const char *other = add_garden(o, "G2", NORTH, ",\"ill\":4");
  begin_day(o, "2025-01-20");
  assert_non_null(finding_of(o, garden, "many_ill"));
  uuid first = only_case(o, garden)->id, second = only_case(o, other)->id;
  assert_false(uuid_equal(&first, &second)); /* one tick, two cases */
  orchard_free(o);
}

static void the_workflow_is_that_of_the_day(UNUSED void **state) {
  orchard *o = orchard_new("2022-12-31");
  const char *early = add_garden(o, "G1", NORTH, ",\"ill\":6");
  casework *c = only_case(o, early);
  assert_string_equal(c->workflow, "care_old");
  begin_day(o, "2023-01-01");
  const char *late = add_garden(o, "G2", NORTH, ",\"ill\":6");
  assert_string_equal(only_case(o, late)->workflow, "care");
  /* What began under the old rules ends under them … */
  move_id(o, c, &clerk, "close", "", ERR_NONE);
  assert_string_equal(only_case(o, early)->state, "done");
  /* … and what comes back begins under the new. */
  add_event(o, "check", early, "2023-01-01", "\"ill\":0");
  add_event(o, "check", early, "2023-01-01", "\"ill\":7");
  casework *rows = NULL;
  assert_int_equal(cases_of(o, early, &rows), 2);
  bool is_new = !rows[1].closed;
  assert_string_equal(rows[is_new].workflow, "care");
  assert_string_equal(rows[!is_new].workflow, "care_old");
  orchard_free(o);
}

static void children_are_looked_at(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, ",\"income\":100000");
  const char *tree = add_tree(o, garden, "t-1", ",\"pests\":[\"moth\",\"mite\"]");
  add_tree(o, garden, "t-2", ",\"pests\":[\"mite\"]");
  finding *f = finding_of(o, garden, "moths");
  assert_non_null(f);
  assert_string_equal(id_text(o, &f->subject), tree);
  assert_true(text_is(f->message_zh, "t-1有蛾。"));
  add_event(o, "pruning", tree, "2025-03-01", "\"hours\":3");
  add_event(o, "pruning", tree, "2024-12-31", "\"hours\":20");
  err e = {0};
  uuid root = id_of(garden);
  unit *u = unit_load(o->s, o->a, kind_named(o, "garden"), &root, NULL,
                      (as_of){o->today, engine_calendar(o->g)}, &e);
  assert_non_null(u);
  for (size_t i = 0; i < u->pack->aggregate_count; i++)
    if (strcmp(u->pack->aggregates[i].name, "pruned_year") == 0)
      assert_int_equal(unit_aggregate(u, u->root, &u->pack->aggregates[i]).i, 3);
  assert_int_equal(unit_variable(u, u->root, &u->pack->variables[0]).i, 50000);
  /* Unknown is not false: the finding stays while nobody knows. */
  must(o, VERB_FACTS, "{\"kind\":\"tree\",\"id\":\"%s\",\"fields\":{\"pests\":null}}", tree);
  assert_non_null(finding_of(o, garden, "moths"));
  must(o, VERB_FACTS, "{\"kind\":\"tree\",\"id\":\"%s\",\"fields\":{\"pests\":[\"mite\"]}}", tree);
  assert_null(finding_of(o, garden, "moths"));
  orchard_free(o);
}

static value aggregate_now(orchard *o, const char *garden, const char *name) {
  err e = {0};
  uuid root = id_of(garden);
  unit *u = unit_load(o->s, o->a, kind_named(o, "garden"), &root, NULL,
                      (as_of){o->today, engine_calendar(o->g)}, &e);
  if (!u) fail_msg("%s", e.en);
  for (size_t i = 0; i < u->pack->aggregate_count; i++)
    if (strcmp(u->pack->aggregates[i].name, name) == 0)
      return unit_aggregate(u, u->root, &u->pack->aggregates[i]);
  fail_msg("no aggregate %s", name);
  return value_null();
}

/* A record that the unit does not hold is no matter of memory. */
static void a_strange_record_is_called_so(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, ",\"income\":100000");
  const char *other = add_garden(o, "G2", NORTH, "");
  err e = {0};
  uuid root = id_of(garden);
  unit *u = unit_load(o->s, o->a, kind_named(o, "garden"), &root, NULL,
                      (as_of){o->today, engine_calendar(o->g)}, &e);
  assert_non_null(u);
  const record *stranger = subject_of(o, "garden", other);
  const pack *p = catalog_pack_of(engine_packs(o->g), kind_named(o, "garden"));
  value v = unit_variable(u, stranger, &p->variables[0]);
  assert_int_equal(v.type, VALUE_ERROR);
  assert_int_equal(v.error->code, ERR_INTERNAL);
  v = unit_aggregate(u, stranger, &p->aggregates[0]);
  assert_int_equal(v.type, VALUE_ERROR);
  assert_int_equal(v.error->code, ERR_INTERNAL);
  orchard_free(o);
}

static void events_have_variables(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, ",\"fenced\":true");
  const char *apple = add_tree(o, garden, "t-1", ",\"variety\":\"apple\"");
  const char *pear = add_tree(o, garden, "t-2", ",\"variety\":\"pear\"");
  const char *other = add_tree(o, garden, "t-3", "");
  assert_int_equal(aggregate_now(o, garden, "apple_paid").i, 0);
  /* By the parameter and the formula of each event's own day. */
  add_event(o, "pruning", apple, "2024-06-01", "\"hours\":2");
  assert_int_equal(aggregate_now(o, garden, "apple_paid").i, 2000);
  add_event(o, "pruning", apple, "2025-01-01", "\"hours\":2");
  assert_int_equal(aggregate_now(o, garden, "apple_paid").i, 4400);
  add_event(o, "pruning", apple, "2025-02-01", "\"hours\":1");
  assert_int_equal(aggregate_now(o, garden, "apple_paid").i, 5700);
  add_event(o, "pruning", pear, "2025-02-02", "\"hours\":9");
  assert_int_equal(aggregate_now(o, garden, "apple_paid").i, 5700);
  /* What is not known of the subject is named. */
  add_event(o, "pruning", other, "2025-02-03", "\"hours\":1");
  value v = aggregate_now(o, garden, "apple_paid");
  assert_int_equal(v.type, VALUE_UNKNOWN);
  assert_string_equal(v.missing->name, "trees[2].variety");
  must(o, VERB_FACTS, "{\"kind\":\"tree\",\"id\":\"%s\",\"fields\":{\"variety\":\"apple\"}}",
       other);
  assert_int_equal(aggregate_now(o, garden, "apple_paid").i, 7000);
  must(o, VERB_FACTS, "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"fenced\":null}}", garden);
  v = aggregate_now(o, garden, "apple_paid");
  assert_int_equal(v.type, VALUE_UNKNOWN);
  assert_string_equal(v.missing->name, "garden.fenced");
  /* Before any formula there is no value. */
  must(o, VERB_FACTS, "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"fenced\":true}}", garden);
  add_event(o, "pruning", apple, "2023-12-31", "\"hours\":1");
  v = aggregate_now(o, garden, "apple_paid");
  assert_int_equal(v.type, VALUE_UNKNOWN);
  assert_string_equal(v.missing->name, "pay");
  orchard_free(o);
}

static void late_and_withdrawn_entries(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, "");
  const char *wrong = add_event(o, "check", garden, "2025-03-01", "\"ill\":8");
  add_event(o, "check", garden, "2025-02-20", "\"ill\":2"); /* told late: what is newer stays */
  assert_int_equal(number_of(o, "garden", garden, "ill"), 8);
  assert_non_null(finding_of(o, garden, "many_ill"));
  static const char take_back[] = "{\"kind\":\"check\",\"id\":\"%s\"}";
  assert_int_equal(refusal(o, &keeper, VERB_WITHDRAW, take_back, wrong),
                   ERR_DENIED); /* another's */
  assert_int_equal(refusal(o, &head, VERB_WITHDRAW, take_back, wrong), ERR_NONE);
  assert_int_equal(number_of(o, "garden", garden, "ill"), 2);
  assert_null(finding_of(o, garden, "many_ill"));
  assert_int_equal(refusal(o, &head, VERB_WITHDRAW, take_back, wrong), ERR_NOT_ALLOWED);
  const char *sale = add_event(o, "sale", garden, "2025-03-03", "\"amount\":100000");
  assert_non_null(finding_of(o, garden, "sold_out"));
  must(o, VERB_WITHDRAW, "{\"kind\":\"sale\",\"id\":\"%s\"}", sale);
  assert_null(finding_of(o, garden, "sold_out"));
  orchard_free(o);
}

/* What is typed between events keeps its place: it overrules those before, and those after build on
 * it. */
static void typed_between_events(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, "");
  begin_day(o, "2025-03-10");
  const char *first = add_event(o, "delivery", garden, "2025-03-04", "\"kilos\":10");
  add_event(o, "delivery", garden, "2025-03-08", "\"kilos\":5");
  assert_int_equal(number_of(o, "garden", garden, "stock"), 15);
  must(o, VERB_FACTS,
       "{\"kind\":\"garden\",\"id\":\"%s\",\"since\":\"2025-03-06\",\"fields\":{\"stock\":100},"
       "\"taking_in\":{\"source\":\"x\",\"on\":\"2025-03-06\"}}",
       garden);
  assert_int_equal(number_of(o, "garden", garden, "stock"), 105);
  must(o, VERB_WITHDRAW, "{\"kind\":\"delivery\",\"id\":\"%s\"}", first);
  assert_int_equal(number_of(o, "garden", garden, "stock"), 105);
  add_event(o, "delivery", garden, "2025-03-05", "\"kilos\":1000");
  assert_int_equal(number_of(o, "garden", garden, "stock"), 105);
  add_event(o, "delivery", garden, "2025-03-07", "\"kilos\":1");
  assert_int_equal(number_of(o, "garden", garden, "stock"), 106);
  orchard_free(o);
}

/* A time of the same day, however it is written, orders what was recorded; none is still to come.
 */
static void times_of_a_day(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, "");
  static const char wrong[] = "{\"kind\":\"delivery\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":"
                              "\"2025-03-03\",\"fields\":{\"kilos\":1,\"time\":\"%s\"}}";
  static const char *const bad[] = {"23:30", "2025-03-02T08:00:00+08:00", "25:00", "soon"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    uuid u = next_id(o);
    assert_int_equal(refusal(o, &everyone, VERB_EVENT, wrong, id_text(o, &u), garden, bad[i]),
                     ERR_BAD_INPUT);
    assert_string_equal(o->told.where, "time");
  }
  begin_day(o, "2025-03-04");
  add_event(o, "delivery", garden, "2025-03-03",
            "\"kilos\":7,\"time\":\"2025-03-03T06:00:00Z\""); /* 14:00 here */
  add_event(o, "delivery", garden, "2025-03-03", "\"kilos\":1,\"time\":\"13:59:59\"");
  assert_int_equal(number_of(o, "garden", garden, "seen_stock"), 7); /* frozen, and the later */
  assert_int_equal(number_of(o, "garden", garden, "stock"), 8);
  orchard_free(o);
}

/* A new version that sets otherwise says so before: what was recorded keeps what it set. */
static void a_plan_tells_new_setters(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  char from[400], command_line[900], path[160];
  AUTO_BUF buf plan = {0};
  faults f = {0};
  err e = {0};
  orchard_path(from, "packs/orchard");
  snprintf(command_line, sizeof command_line,
           "cp -r '%s' '%s/pack' && sed -i 's/+ kilos/+ 2 * kilos/' '%s/pack/events/delivery.yaml'",
           from, o->folder, o->folder);
  assert_int_equal(system(command_line), 0);
  snprintf(path, sizeof path, "%s/pack", o->folder);
  assert_true(engine_upgrade(o->g, path, NULL, true, &plan, &f, &e));
  assert_non_null(strstr(plan.at, "= delivery"));
  assert_null(strstr(plan.at, "= pruning"));
  faults_release(&f);
  orchard_free(o);
}

static void a_repeat_is_recognised(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, "");
  err e = {0};
  char source[300];
  snprintf(source, sizeof source,
           "{\"kind\":\"sale\",\"id\":\"01900000-0000-7000-8000-000000000001\",\"subject\":\"%s\","
           "\"on\":"
           "\"2025-03-03\",\"fields\":{\"amount\":60000}}",
           garden);
  command c = command_of(o, VERB_EVENT, json_parse(o->a, text_of(source), &e));
  answer x, y;
  assert_true(apply(o, &c, &x));
  assert_false(x.repeated);
  int64_t seq = journal_seq(o);
  snprintf(source, sizeof source,
           "{\"fields\": {\"amount\": 60000}, \"on\": \"2025-03-03\", \"subject\": \"%s\", "
           "\"kind\": \"sale\", "
           "\"id\": \"01900000-0000-7000-8000-000000000001\"}",
           garden);
  c.body = json_parse(o->a, text_of(source), &e);
  orchard_reopen(o); /* nothing of it is in memory only */
  begin_day(o, "2025-03-05");
  assert_true(apply(o, &c, &y));
  assert_true(y.repeated);
  assert_int_equal(y.seq, x.seq);
  assert_true(uuid_equal(&y.subject, &x.subject));
  assert_int_equal(journal_seq(o), seq);
  assert_null(finding_of(o, garden, "sold_out")); /* 600, not 1200 */
  char *digit = strstr(source, "60000");
  *digit = '7';
  c.body = json_parse(o->a, text_of(source), &e);
  assert_false(apply(o, &c, &y));
  assert_int_equal(o->told.code, ERR_CONFLICT);
  assert_int_equal(journal_seq(o), seq);
  orchard_free(o);
}

static void an_import_is_taken_back(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *old = add_garden(o, "G1", NORTH, ",\"ill\":1,\"income\":500");
  uuid import = next_id(o);
  const char *import_id = id_text(o, &import);
  must(o, VERB_IMPORT,
       "{\"id\":\"%s\",\"pack\":\"orchard\",\"layout\":\"roster\",\"file\":\"a.csv\",\"rows\":2}",
       import_id);
  answer x;
  err e = {0};
  char source[400];
  uuid made = next_id(o), kept = next_id(o);
  snprintf(source, sizeof source,
           "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"" SOUTH
           "\",\"fields\":{\"code\":\"N\",\"owner\":\"新\",\"ill\":9}}",
           id_text(o, &made));
  command c = command_of(o, VERB_SUBJECT, json_parse(o->a, text_of(source), &e));
  c.import_id = import;
  assert_true(apply(o, &c, &x));
  snprintf(source, sizeof source,
           "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"" SOUTH
           "\",\"fields\":{\"code\":\"K\",\"owner\":\"留\"}}",
           id_text(o, &kept));
  c.id = next_id(o);
  c.body = json_parse(o->a, text_of(source), &e);
  assert_true(apply(o, &c, &x));
  snprintf(source, sizeof source,
           "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"ill\":9,\"income\":null}}", old);
  c.id = next_id(o);
  c.verb = VERB_FACTS;
  c.body = json_parse(o->a, text_of(source), &e);
  assert_true(apply(o, &c, &x));
  assert_non_null(finding_of(o, old, "many_ill"));
  assert_int_equal(number_of(o, "garden", old, "income"), -1);
  /* Somebody has worked on one of the new gardens meanwhile. */
  must(o, VERB_FACTS, "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"ill\":2}}",
       id_text(o, &kept));
  static const char undo[] = "{\"import\":\"%s\"}";
  assert_int_equal(refusal(o, &keeper, VERB_UNDO, undo, import_id), ERR_DENIED);
  must(o, VERB_UNDO, undo, import_id);
  assert_null(subject_of(o, "garden", id_text(o, &made)));
  finding *rows = NULL;
  size_t n = 0;
  assert_true(store_findings_of(o->s, o->a, &made, true, &rows, &n, &e));
  assert_int_equal(n, 0);
  casework *cases = NULL;
  assert_int_equal(cases_of(o, id_text(o, &made), &cases), 0);
  assert_non_null(subject_of(o, "garden", id_text(o, &kept)));
  assert_int_equal(number_of(o, "garden", id_text(o, &kept), "ill"), 2);
  assert_int_equal(number_of(o, "garden", old, "ill"), 1);
  assert_int_equal(number_of(o, "garden", old, "income"), 500);
  assert_null(finding_of(o, old, "many_ill"));
  add_garden(o, "N", NORTH, ""); /* the number is free again */
  uuid nowhere = next_id(o);
  assert_int_equal(refusal(o, &everyone, VERB_UNDO, undo, id_text(o, &nowhere)), ERR_UNKNOWN_NAME);
  orchard_free(o);
}

static void a_garden_moves(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, ",\"ill\":4");
  const char *tree = add_tree(o, garden, "t-1", "");
  must(o, VERB_FACTS,
       "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"" FAR "\",\"fields\":{\"ill\":5}}", garden);
  assert_string_equal(subject_of(o, "garden", garden)->area, FAR);
  assert_string_equal(subject_of(o, "tree", tree)->area, FAR);
  assert_string_equal(only_case(o, garden)->area, FAR);
  assert_string_equal(finding_of(o, garden, "many_ill")->area, FAR);
  assert_int_equal(refusal(o, &clerk, VERB_FACTS,
                           "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"ill\":1}}", garden),
                   ERR_DENIED);
  /* What nobody can tell now, and what is resolved, moves too. */
  uuid m = next_id(o);
  must(o, VERB_MEASURE,
       "{\"id\":\"%s\",\"kind\":\"spraying\",\"subject\":\"%s\",\"case\":\"%s\",\"form\":{"
       "\"trees\":1}}",
       id_text(o, &m), garden, id_text(o, &only_case(o, garden)->id));
  must(o, VERB_FACTS,
       "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"" SOUTH "\",\"fields\":{\"ill\":null}}",
       garden);
  assert_string_equal(finding_of(o, garden, "many_ill")->area, SOUTH);
  measure *row = NULL;
  err e = {0};
  assert_true(store_measure_find(o->s, o->a, &m, NULL, &row, &e));
  assert_string_equal(row->area, SOUTH);
  orchard_free(o);
}

/* Every refusal has its code, and leaves nothing behind. */
static void refusals_change_nothing(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, ""), *far = add_garden(o, "G2", FAR, "");
  const char *id = "01900000-0000-7000-8000-00000000000a";
  add_tree(o, garden, "t-1", "");
  table_digest *before = NULL, *after = NULL;
  size_t n = 0, m = 0;
  err e = {0};
  int64_t seq = journal_seq(o);
  assert_true(store_digest(o->s, o->a, &before, &n, &e));
#define EVENT_BODY                                                                                 \
  "{\"kind\":\"%s\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"%s\",\"fields\":{%s}}"
#define SUBJECT_BODY "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{%s}}"
#define NO_EVENT(code, who, ...)                                                                   \
  assert_int_equal(refusal(o, who, VERB_EVENT, EVENT_BODY, __VA_ARGS__), code)
#define NO_SUBJECT(code, who, ...)                                                                 \
  assert_int_equal(refusal(o, who, VERB_SUBJECT, SUBJECT_BODY, __VA_ARGS__), code)
  NO_EVENT(ERR_UNKNOWN_NAME, &keeper, "party", id, garden, "2025-03-03", "");
  /* 59 letters, then a character of three bytes: a sentence is not cut within it */
  static const char long_name[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa改";
  NO_EVENT(ERR_UNKNOWN_NAME, &keeper, long_name, id, garden, "2025-03-03", "");
  assert_true(text_valid_utf8(text_of(o->told.zh)) && text_valid_utf8(text_of(o->told.en)));
  assert_int_equal(refusal(o, &clerk, VERB_FACTS, "{\"kind\":\"%s\",\"id\":\"%s\"}", long_name, id),
                   ERR_UNKNOWN_NAME);
  assert_true(text_valid_utf8(text_of(o->told.zh)) && text_valid_utf8(text_of(o->told.en)));
  NO_EVENT(ERR_BAD_INPUT, &keeper, "check", "x", garden, "2025-03-03", "");
  NO_EVENT(ERR_BAD_INPUT, &keeper, "check", id, "", "2025-03-03", "");
  NO_EVENT(ERR_UNKNOWN_NAME, &keeper, "check", id, id, "2025-03-03", "");
  NO_EVENT(ERR_BAD_INPUT, &keeper, "check", id, garden, "2025-03-04", ""); /* tomorrow */
  NO_EVENT(ERR_BAD_INPUT, &keeper, "check", id, garden, "2025-02-30", "");
  NO_EVENT(ERR_BAD_INPUT, &keeper, "check", id, garden, "2025-03-03", "\"ill\":-1");
  NO_EVENT(ERR_BAD_INPUT, &keeper, "check", id, garden, "2025-03-03", "\"ill\":1.5");
  NO_EVENT(ERR_BAD_INPUT, &keeper, "check", id, garden, "2025-03-03", "\"ill\":\"4\"");
  NO_EVENT(ERR_BAD_INPUT, &keeper, "check", id, garden, "2025-03-03", "\"well\":4");
  NO_EVENT(ERR_BAD_INPUT, &keeper, "check", id, garden, "2025-03-03", "\"note\":\"a\\u0001b\"");
  NO_EVENT(ERR_BAD_INPUT, &keeper, "sale", id, garden, "2025-03-03", ""); /* required */
  NO_EVENT(ERR_DENIED, &keeper, "check", id, far, "2025-03-03", "");
  NO_EVENT(ERR_DENIED, &head, "check", id, garden, "2025-03-03", "");
  NO_SUBJECT(ERR_CONFLICT, &clerk, id, NORTH, "\"code\":\"G1\",\"owner\":\"x\"");
  NO_SUBJECT(ERR_BAD_INPUT, &clerk, id, NORTH, "\"code\":\"G9\"");
  NO_SUBJECT(ERR_BAD_INPUT, &clerk, id, "500243101009", "\"code\":\"G9\",\"owner\":\"x\"");
  NO_SUBJECT(ERR_BAD_INPUT, &clerk, id, "500244000000", "\"code\":\"G9\",\"owner\":\"x\"");
  NO_SUBJECT(ERR_DENIED, &clerk, id, FAR, "\"code\":\"G9\",\"owner\":\"x\"");
  NO_SUBJECT(ERR_DENIED, &head, id, NORTH, "\"code\":\"G9\",\"owner\":\"x\"");
  NO_SUBJECT(ERR_CONFLICT, &clerk, garden, NORTH,
             "\"code\":\"G9\",\"owner\":\"x\""); /* the id is taken */
  assert_int_equal(refusal(o, &keeper, VERB_TICK, "{\"day\":\"2025-03-03\"}"), ERR_DENIED);
  assert_int_equal(refusal(o, &keeper, VERB_IMPORT, "{\"id\":\"%s\"}", id), ERR_DENIED);
  assert_int_equal(refusal(o, &keeper, VERB_UNMASK, "{\"kind\":\"garden\",\"id\":\"%s\"}", garden),
                   ERR_DENIED);
  assert_int_equal(refusal(o, &everyone, VERB_COUNTY, "{\"code\":\"500243000000\"}"), ERR_CONFLICT);
  assert_int_equal(refusal(o, &keeper, VERB_PACK, "{\"files\":[]}"), ERR_DENIED);
  assert_int_not_equal(refusal(o, &everyone, VERB_PACK, "{\"files\":[]}"), ERR_NONE);
  assert_true(store_digest(o->s, o->a, &after, &m, &e));
  assert_int_equal(n, m);
  for (size_t i = 0; i < n; i++)
    assert_memory_equal(&before[i].digest, &after[i].digest, sizeof(hash));
  assert_int_equal(journal_seq(o), seq);
  /* And the engine goes on. */
  add_event(o, "check", garden, "2025-03-03", "\"ill\":4");
  assert_int_equal(journal_seq(o), seq + 1);
  orchard_free(o);
}

static void a_stale_change_is_refused(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, "");
  int64_t seen = subject_of(o, "garden", garden)->version;
  must(o, VERB_FACTS, "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"ill\":2}}", garden);
  char source[200];
  err e = {0};
  snprintf(source, sizeof source, "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"ill\":1}}",
           garden);
  command c = command_of(o, VERB_FACTS, json_parse(o->a, text_of(source), &e));
  answer x;
  c.expected_version = seen;
  assert_false(apply(o, &c, &x));
  assert_int_equal(o->told.code, ERR_STALE);
  c.expected_version = subject_of(o, "garden", garden)->version;
  assert_true(apply(o, &c, &x));
  assert_int_equal(number_of(o, "garden", garden, "ill"), 1);
  orchard_free(o);
}

#define ALL                                                                                        \
  cmocka_unit_test(an_event_raises_and_tells_why),                                                 \
      cmocka_unit_test(a_case_walks_to_its_end_and_relapses),                                      \
      cmocka_unit_test(the_last_step_is_taken_back),                                               \
      cmocka_unit_test(windows_slide_by_themselves),                                               \
      cmocka_unit_test(a_dated_parameter_changes_the_answer),                                      \
      cmocka_unit_test(a_day_slept_through_is_made_up_for),                                        \
      cmocka_unit_test(the_workflow_is_that_of_the_day), cmocka_unit_test(children_are_looked_at), \
      cmocka_unit_test(a_strange_record_is_called_so), cmocka_unit_test(events_have_variables),    \
      cmocka_unit_test(late_and_withdrawn_entries), cmocka_unit_test(typed_between_events),        \
      cmocka_unit_test(times_of_a_day), cmocka_unit_test(a_plan_tells_new_setters),                \
      cmocka_unit_test(a_repeat_is_recognised), cmocka_unit_test(an_import_is_taken_back),         \
      cmocka_unit_test(a_garden_moves), cmocka_unit_test(a_rebuild_can_be_ended),                  \
      cmocka_unit_test(refusals_change_nothing), cmocka_unit_test(a_stale_change_is_refused)

int main(void) {
  const struct CMUnitTest all[] = {ALL};
  int failed =
      cmocka_run_group_tests_name("engine sqlite", all, orchard_use_sqlite, orchard_drop_sqlite);
  failed += cmocka_run_group_tests_name("engine postgres", all, orchard_use_postgres, NULL);
  return failed;
}
