/* Holiday notices in the journal: what is provisional without one, and what it changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/replay.h"
#include "engine/rules/reevaluate.h"
#include "orchard.h"

#define OF_2026                                                                                    \
  "{\"notices\":[{\"year\":2026,\"reference\":\"测试通知\",\"holidays\":[\"2026-01-01\","      \
  "\"2026-01-02\",\"2025-12-31\"],\"workdays\":[\"2026-01-04\"]}]}"

static const actor clerk = {
    .invented = true,
    .posts = (const post[]){{.role = "clerk", .pack = "orchard", .area = "500243000000"}},
    .post_count = 1};

/* The only case of a garden, in the state with five working days, since Monday 29 December 2025. */
static casework *treating_case(orchard *o, const char *garden) {
  casework *rows = NULL;
  assert_int_equal(cases_of(o, garden, &rows), 1);
  return rows;
}

static const char *garden_under_treatment(orchard *o) {
  const char *garden = add_garden(o, "G1", NORTH, "");
  add_event(o, "check", garden, "2025-12-29", "\"ill\":4");
  must(o, VERB_MOVE, "{\"case\":\"%s\",\"transition\":\"treat\",\"form\":{\"people\":2}}",
       id_text(o, &treating_case(o, garden)->id));
  return garden;
}

static bool same_again(orchard *o) {
  bool same = false;
  err e = {0};
  AUTO_BUF buf report = {0};
  if (!engine_rebuild(o->location, &same, &report, NULL, &e))
    fail_msg("rebuild: %s %s", e.where, e.en);
  if (!same) print_message("differs: %s\n", report.at);
  return same;
}

static void a_deadline_beyond_the_last_notice(UNUSED void **state) {
  orchard *o = orchard_new("2025-12-29");
  const char *garden = garden_under_treatment(o);
  casework *c = treating_case(o, garden);
  assert_int_equal(c->deadline, on("2026-01-05")); /* as if New Year's Day were worked */
  assert_true(c->deadline_provisional);
  int64_t version = c->version;

  answer x = must(o, VERB_CALENDAR, OF_2026);
  c = treating_case(o, garden);
  assert_int_equal(c->deadline, on("2026-01-07")); /* 30 December, 4, 5, 6, 7 January */
  assert_false(c->deadline_provisional);
  assert_int_equal(c->version, x.seq);
  assert_true(x.seq > version);
  assert_int_equal(x.case_count, 1);
  assert_true(uuid_equal(&x.cases[0], &c->id));
  assert_true(same_again(o));

  /* It is the county's, whatever file is shipped. */
  orchard_reopen(o);
  assert_false(calendar_is_provisional(engine_calendar(o->g), on("2026-01-01")));
  assert_false(calendar_works(engine_calendar(o->g), on("2026-01-01")));
  begin_day(o, "2025-12-30");
  assert_true(same_again(o));
  orchard_free(o);
}

static const actor office = {.system = true};

#define WITHDRAWN(year) "{\"withdrawn\":" year ",\"reason\":\"写错了年份\"}"

static void a_withdrawn_notice_is_as_if_it_had_never_come(UNUSED void **state) {
  orchard *o = orchard_new("2025-12-29");
  const char *garden = garden_under_treatment(o);
  must(o, VERB_CALENDAR, OF_2026);
  assert_int_equal(refusal(o, &office, VERB_CALENDAR, WITHDRAWN("2025")), ERR_BAD_INPUT);
  assert_int_equal(refusal(o, &office, VERB_CALENDAR, "{\"withdrawn\":2026}"), ERR_BAD_INPUT);

  /* Another program withdraws it: this engine hears of it at its next beginning. */
  err e = {0};
  engine *other = engine_open(o->location, &e);
  assert_non_null(other);
  answer x = must(o, VERB_CALENDAR, WITHDRAWN("2026"));
  assert_int_equal(x.case_count, 1);
  casework *c = treating_case(o, garden);
  assert_int_equal(c->deadline, on("2026-01-05"));
  assert_true(c->deadline_provisional);
  assert_true(calendar_is_provisional(engine_calendar(o->g), on("2026-01-01")));
  assert_false(calendar_is_provisional(engine_calendar(other), on("2026-01-01")));
  assert_true(engine_follow(other, &e));
  assert_true(calendar_is_provisional(engine_calendar(other), on("2026-01-01")));
  engine_close(other);
  assert_true(same_again(o));

  orchard_reopen(o);
  assert_true(calendar_is_provisional(engine_calendar(o->g), on("2026-01-01")));
  must(o, VERB_CALENDAR, OF_2026);
  assert_int_equal(treating_case(o, garden)->deadline, on("2026-01-07"));
  assert_true(same_again(o));
  orchard_free(o);
}

/* The only finding of a garden. */
static finding *only_finding(orchard *o, const char *garden) {
  uuid root = id_of(garden);
  finding *rows = NULL;
  size_t count = 0;
  err e = {0};
  assert_true(store_findings_of(o->s, o->a, &root, true, &rows, &count, &e));
  assert_int_equal(count, 1);
  return rows;
}

static void a_finding_by_days_beyond_the_last_notice(UNUSED void **state) {
  orchard *o = orchard_new("2025-12-29");
  const char *garden = add_garden(o, "G1", NORTH, ",\"ill\":0");
  add_tree(o, garden, "t-1", ",\"pests\":[\"mite\"],\"planted\":\"2025-12-29\"");
  const char *sure = add_garden(o, "G2", NORTH, ",\"ill\":0");
  add_tree(o, sure, "t-2", ",\"pests\":[\"mite\"],\"planted\":\"2025-11-03\"");
  finding *f = only_finding(o, garden);
  assert_string_equal(f->rule, "mites_unrooted");
  assert_true(f->provisional);
  assert_true(
      text_equal(f->message_en, TEXT("t-1 has mites; its roots are checked on 2026-01-05.")));
  assert_false(only_finding(o, sure)->provisional);
  uuid first = f->id;

  must(o, VERB_CALENDAR, OF_2026);
  add_event(o, "check", sure, "2025-12-29", "\"ill\":0"); /* any command: its tick comes first */
  f = only_finding(o, garden);
  assert_true(uuid_equal(&f->id, &first));
  assert_false(f->provisional);
  assert_true(
      text_equal(f->message_en, TEXT("t-1 has mites; its roots are checked on 2026-01-07.")));
  assert_true(same_again(o));
  orchard_free(o);
}

static void a_correction_moves_sure_deadlines_too(UNUSED void **state) {
  orchard *o = orchard_new("2025-12-08");
  const char *garden = add_garden(o, "G1", NORTH, "");
  add_event(o, "check", garden, "2025-12-08", "\"ill\":4");
  const char *untouched = add_garden(o, "G2", NORTH, "");
  add_event(o, "check", untouched, "2025-12-08", "\"ill\":4"); /* three natural days */
  must(o, VERB_MOVE, "{\"case\":\"%s\",\"transition\":\"treat\",\"form\":{\"people\":2}}",
       id_text(o, &treating_case(o, garden)->id));
  assert_int_equal(treating_case(o, garden)->deadline, on("2025-12-15"));
  assert_false(treating_case(o, garden)->deadline_provisional);
  answer x = must(o, VERB_CALENDAR,
                  "{\"notices\":[{\"year\":2025,\"reference\":\"更正\",\"holidays\":["
                  "\"2025-03-07\",\"2025-12-10\"]}]}");
  assert_int_equal(treating_case(o, garden)->deadline, on("2025-12-16"));
  assert_int_equal(x.case_count, 1);
  assert_true(same_again(o));
  orchard_free(o);
}

static void notices_that_are_refused(UNUSED void **state) {
  orchard *o = orchard_new("2025-12-29");
  static const struct {
    const char *body, *where;
  } cases[] = {{"{}", "notices"},
               {"{\"notices\":[{\"year\":2027,\"reference\":\"r\",\"holidays\":[\"2027-01-01\"]}]}",
                "notices"}, /* 2026 is missing */
               {"{\"notices\":[{\"year\":2026,\"reference\":\"r\",\"holidays\":[\"2027-01-01\"]}]}",
                "notices/0/holidays/0"},
               {"{\"notices\":[{\"year\":2026,\"reference\":\"r\",\"holidays\":[\"2026-01-01\"],"
                "\"workdays\":[\"2026-01-01\"]}]}",
                "notices/0/workdays/0"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(refusal(o, &everyone, VERB_CALENDAR, "%s", cases[i].body), ERR_BAD_INPUT);
    assert_string_equal(o->told.where, cases[i].where);
  }
  assert_int_equal(refusal(o, &clerk, VERB_CALENDAR, OF_2026), ERR_DENIED);
  assert_true(calendar_is_provisional(engine_calendar(o->g), on("2026-01-01")));
  orchard_free(o);
}

static void a_rolled_back_notice_is_forgotten(UNUSED void **state) {
  orchard *o = orchard_new("2025-12-29");
  const char *garden = garden_under_treatment(o);
  err e = {0};
  json *body = json_parse(o->a, TEXT(OF_2026), &e);
  command c = command_of(o, VERB_CALENDAR, body);
  answer x;
  assert_true(engine_begin(o->g, &e));
  assert_true(engine_apply(o->g, &c, o->a, &x, &e));
  assert_false(calendar_is_provisional(engine_calendar(o->g), on("2026-01-01")));
  engine_rollback(o->g);
  assert_true(calendar_is_provisional(engine_calendar(o->g), on("2026-01-01")));
  assert_true(treating_case(o, garden)->deadline_provisional);
  assert_true(apply(o, &c, &x)); /* and the next try succeeds */
  assert_false(treating_case(o, garden)->deadline_provisional);
  assert_true(same_again(o));
  orchard_free(o);
}

static void before_the_first_notice(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03"); /* the first is that of 2022 */
  casework c = {.since = on("2021-12-20"), .deadline_provisional = true};
  case_set_deadline(&c, engine_calendar(o->g), true, 5);
  assert_int_equal(c.deadline, DAY_NONE);
  assert_false(c.deadline_provisional);
  case_set_deadline(&c, engine_calendar(o->g), false, 5);
  assert_int_equal(c.deadline, on("2021-12-25"));
  orchard_free(o);
}

int main(void) {
  const struct CMUnitTest all[] = {cmocka_unit_test(a_deadline_beyond_the_last_notice),
                                   cmocka_unit_test(a_withdrawn_notice_is_as_if_it_had_never_come),
                                   cmocka_unit_test(a_finding_by_days_beyond_the_last_notice),
                                   cmocka_unit_test(a_correction_moves_sure_deadlines_too),
                                   cmocka_unit_test(notices_that_are_refused),
                                   cmocka_unit_test(a_rolled_back_notice_is_forgotten),
                                   cmocka_unit_test(before_the_first_notice)};
  int failed =
      cmocka_run_group_tests_name("calendar sqlite", all, orchard_use_sqlite, orchard_drop_sqlite);
  failed += cmocka_run_group_tests_name("calendar postgres", all, orchard_use_postgres, NULL);
  return failed;
}
