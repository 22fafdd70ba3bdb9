/* What the writer keeps of a unit, against the rows of the store: after every entry of a random
 * history each aggregate of every kind and window is the one folded afresh from the events, and at
 * the end a replay of the journal gives the same tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/state.h"
#include "engine/eval/unit_eval.h"
#include "engine/replay.h"
#include "engine/rules/reevaluate.h"
#include "engine/upgrade.h"
#include "orchard.h"

#include <inttypes.h>
#include <time.h>

static uint64_t dice;

static uint32_t roll_die(uint32_t sides) {
  dice ^= dice << 13;
  dice ^= dice >> 7;
  dice ^= dice << 17;
  return (uint32_t)(dice >> 20) % sides;
}

/* ---- a pack with every aggregate ---- */

static const char *const windows[] = {"{days: 1}",        "{days: 45}",        "{months: 1}",
                                      "{months: 6}",      "{calendar: month}", "{calendar: year}",
                                      "absent (all time)"};
enum { WINDOWS = sizeof windows / sizeof *windows };

/* What is aggregated: of, over, the expression, conditions; NULL-terminated. `ill` and `note` of a
 * check may be missing; today() is the one thing a share may not depend on. */
static const struct {
  const char *of, *over, *op, *what, *where;
} ways[] = {
    {"garden", "sale", "sum", "'amount'", NULL},
    {"garden", "sale", "count", "true", "amount > p.limit.income"},
    {"garden", "sale", "max", "'amount'", "on < today() - 3"},
    {"garden", "check", "sum", "'ill'", NULL},
    {"garden", "check", "min", "'ill'", "ill > p.limit.ill"},
    {"garden", "check", "last", "'ill'", NULL},
    {"garden", "check", "last", "'note'", "ill < p.limit.ill || ill == 7"},
    {"garden", "check", "distinct_days", "true", "ill != 3"},
    {"garden", "pruning", "sum", "'hours * (p.limit.ill + 1)'", "hours > 2"},
    {"garden", "pruning", "distinct_days", "true", NULL},
    {"garden", "pruning", "distinct_subjects", "true", NULL},
    {"garden", "pruning", "distinct_subjects", "true", "hours > p.limit.ill"},
    {"tree", "pruning", "sum", "'hours'", NULL},
    {"tree", "pruning", "min", "'on'", "hours > 1"},
    {"tree", "pruning", "max", "'100 / (hours - 5)'", NULL},
    {"tree", "pruning", "last", "'hours - p.limit.ill'", NULL},
    {"tree", "pruning", "count", "true", "hours + p.limit.ill > 9"},
    {"tree", "pruning", "sum", "'9000000000000000000 + hours'", "hours > 8"},
    /* into 2026, which has no holiday notice, from some day on */
    {"garden", "sale", "max", "'addWorkdays(on, 230)'", NULL},
    {"tree", "pruning", "count", "true", "workdaysBetween(on, on + 300) > 213"},
    {"garden", "check", "first", "'ill'", "ill < p.limit.ill || ill == 7"},
    {"tree", "pruning", "first", "'hours - p.limit.ill'", NULL},
};
enum { WAYS = sizeof ways / sizeof *ways };

static void put_aggregates(const char *path) {
  FILE *f = fopen(path, "a");
  assert_non_null(f);
  for (size_t i = 0; i < WAYS; i++)
    for (size_t w = 0; w < WINDOWS; w++) {
      fprintf(f, "- {name: a%zu_%zu, title: {zh: 甲, en: a}, of: %s, over: %s, %s: %s", i, w,
              ways[i].of, ways[i].over, ways[i].op, ways[i].what);
      if (ways[i].where) fprintf(f, ", where: '%s'", ways[i].where);
      if (w + 1 < WINDOWS) fprintf(f, ", window: %s", windows[w]);
      fprintf(f, "}\n");
    }
  assert_int_equal(fclose(f), 0);
}

/* Rules over a part of them, so that waking and findings depend on them, too. */
static void put_rules(const char *path) {
  FILE *f = fopen(path, "a");
  assert_non_null(f);
  static const struct {
    int way;
    const char *when;
  } over[] = {
      {0, "> yuan(300)"}, {1, "> 1"},  {3, "> 9"},  {4, "== 4"},  {7, "> 2"},
      {8, "> 40"},        {10, "> 1"}, {12, "> 9"}, {14, "> 20"}, {18, "> date(\"2024-01-01\")"},
      {19, "> 0"}};
  for (size_t i = 0; i < sizeof over / sizeof *over; i++)
    for (size_t w = 0; w < WINDOWS; w += 2)
      fprintf(f,
              "- {name: r%d_%zu, title: {zh: 甲, en: a}, of: %s, when: 'a%d_%zu %s', colour: "
              "yellow, message: {zh: '{a%d_%zu}', en: '{a%d_%zu}'}%s}\n",
              over[i].way, w, ways[over[i].way].of, over[i].way, w, over[i].when, over[i].way, w,
              over[i].way, w, w ? "" : ", opens_process: care");
  assert_int_equal(fclose(f), 0);
}

static orchard *with_every_aggregate(void) {
  orchard *o = orchard_new("2024-12-20");
  char pack_folder[400], command_line[900], path[160];
  orchard_path(pack_folder, "packs/orchard");
  snprintf(command_line, sizeof command_line, "cp -r '%s' '%s/pack'", pack_folder, o->folder);
  assert_int_equal(system(command_line), 0);
  snprintf(path, sizeof path, "%s/pack/aggregates.yaml", o->folder);
  put_aggregates(path);
  snprintf(path, sizeof path, "%s/pack/rules.yaml", o->folder);
  put_rules(path);
  snprintf(path, sizeof path, "%s/pack/parameters/limit/ill.yaml", o->folder);
  orchard_write(path, "description: {zh: 病树上限, en: ill trees at most}\n"
                      "metadata: {type: int, reference: 测试文件 1 号}\n"
                      "values:\n  2024-06-01: {value: 3}\n  2025-01-15: {value: 5}\n"
                      "  2025-03-01: {value: null}\n  2025-04-01: {value: 2}\n");
  snprintf(path, sizeof path, "%s/pack", o->folder);
  faults f = {0};
  err e = {0};
  if (!orchard_upgrade(o, path, &f, &e)) fail_msg("upgrade: %s %s", e.where, e.en);
  faults_release(&f);
  engine_batch_begin(o->g);
  return o;
}

/* ---- comparing ---- */

typedef struct last_scanned_day {
  size_t cached_unit, aggregates, scanned, folded, unknown, errors, findings, provisional;
} last_scanned_day;

static bool same_values(const value *x, const value *y) {
  if (x->type != y->type) return false;
  if (x->type == VALUE_ERROR) return strcmp(x->error->en, y->error->en) == 0;
  if (x->type != VALUE_UNKNOWN) return value_equal(x, y);
  const missing *m = x->missing, *n = y->missing;
  for (; m && n && strcmp(m->name, n->name) == 0; m = m->next, n = n->next) {
  }
  return !m && !n;
}

static void same_records(const record *x, const record *y) {
  assert_ptr_equal(x->kind, y->kind);
  assert_true(uuid_equal(&x->id, &y->id) && uuid_equal(&x->root, &y->root) &&
              uuid_equal(&x->parent, &y->parent));
  assert_string_equal(x->area, y->area);
  assert_int_equal(x->version, y->version);
  assert_int_equal(x->created, y->created);
  assert_int_equal(x->next_evaluation, y->next_evaluation);
  assert_int_equal(x->colour, y->colour);
  for (size_t i = 0; i < x->kind->field_count; i++)
    if (!same_values(&x->fields[i], &y->fields[i])) fail_msg("%s", x->kind->fields[i].name);
}

static void same_aggregates(unit *scanned, unit *folded, last_scanned_day *l) {
  for (size_t i = 0; i <= scanned->child_count; i++) {
    const record *x = i ? scanned->children[i - 1] : scanned->root;
    const record *y = i ? folded->children[i - 1] : folded->root;
    for (size_t n = 0; n < scanned->pack->aggregate_count; n++) {
      const aggregate *agg = &scanned->pack->aggregates[n];
      if (agg->of != x->kind->index) continue;
      scanned->next_evaluation = folded->next_evaluation = DAY_NONE;
      scanned->provisional = folded->provisional = false;
      value v = unit_aggregate(scanned, x, agg), w = unit_aggregate(folded, y, agg);
      if (!same_values(&v, &w))
        fail_msg("%s: %d %" PRId64 ", folded %d %" PRId64, agg->name, (int)v.type, v.i, (int)w.type,
                 w.i);
      if (scanned->next_evaluation != folded->next_evaluation)
        fail_msg("%s: wakes %d, folded %d", agg->name, scanned->next_evaluation,
                 folded->next_evaluation);
      bool provisional = scanned->provisional;
      if (provisional != folded->provisional)
        fail_msg("%s: provisional %d, folded %d", agg->name, provisional, folded->provisional);
      scanned->provisional = false;
      unit_aggregate(scanned, x, agg); /* kept by now, and says so again */
      assert_int_equal(scanned->provisional, provisional);
      l->provisional += provisional;
      l->aggregates++;
      l->scanned += scanned->indexes[n].indexable;
      l->folded += !scanned->indexes[n].indexable;
      l->unknown += v.type == VALUE_UNKNOWN;
      l->errors += v.type == VALUE_ERROR;
    }
  }
}

static void same_work(const cached_unit *k, store *s, arena *a, last_scanned_day *l) {
  finding *open = NULL;
  casework *cases = NULL;
  size_t open_count = 0, case_count = 0;
  err e = {0};
  assert_true(store_findings_of(s, a, &k->root->id, true, &open, &open_count, &e));
  assert_true(store_cases_of(s, a, &k->root->id, &cases, &case_count, &e));
  assert_int_equal(k->open_count, open_count);
  for (size_t i = 0; i < open_count; i++) {
    size_t at = 0;
    while (at < k->open_count && !uuid_equal(&k->open[at].id, &open[i].id)) at++;
    assert_true(at < k->open_count);
    assert_string_equal(k->open[at].rule, open[i].rule);
    assert_string_equal(k->open[at].area, open[i].area);
    assert_int_equal(k->open[at].provisional, open[i].provisional);
    assert_true(text_equal(k->open[at].reasons, open[i].reasons));
    assert_true(text_equal(k->open[at].message_zh, open[i].message_zh));
    assert_true(uuid_equal(&k->open[at].case_id, &open[i].case_id));
  }
  assert_int_equal(k->case_count, case_count);
  for (size_t i = 0; i < case_count; i++) {
    assert_true(uuid_equal(&k->cases[i].id, &cases[i].id));
    assert_string_equal(k->cases[i].state, cases[i].state);
    assert_string_equal(k->cases[i].area, cases[i].area);
    assert_int_equal(k->cases[i].version, cases[i].version);
    assert_int_equal(k->cases[i].relapses, cases[i].relapses);
    assert_int_equal(k->cases[i].deadline, cases[i].deadline);
  }
  l->findings += open_count;
}

/* The kept unit, if it is kept, and the same read from the store. */
static void compare_unit(orchard *o, const char *garden, last_scanned_day *l) {
  arena *a AUTO_ARENA = arena_new(0);
  uuid root = id_of(garden);
  err e = {0};
  cached_unit *k = unit_cache_find(o->g->cache, &root);
  if (!k) return;
  unit *folded = unit_load(o->s, a, kind_named(o, "garden"), &root, NULL,
                           (as_of){o->today, engine_calendar(o->g)}, &e);
  if (!folded) fail_msg("kept, but not in the store: %s", e.en);
  unit *scanned =
      unit_over(o->s, a, &(unit_parts){k->root, k->children, k->child_count, k->indexes, k->kinds},
                (as_of){o->today, engine_calendar(o->g)}, &e);
  if (!scanned) fail_msg("%s", e.en);
  assert_int_equal(scanned->child_count, folded->child_count);
  same_records(scanned->root, folded->root);
  for (size_t i = 0; i < folded->child_count; i++)
    same_records(scanned->children[i], folded->children[i]);
  same_aggregates(scanned, folded, l);
  same_work(k, o->s, a, l);
  l->cached_unit++;
}

/* ---- a random history ---- */

enum { GARDENS = 4, TREES = 12, EVENTS = 300, STEPS = 260 };

typedef struct history {
  orchard *o;
  const char *gardens[GARDENS], *trees[TREES];
  const char *events[EVENTS], *event_kinds[EVENTS];
  size_t garden_count, tree_count, event_count, done;
  uuid import;
  bool importing;
} history;

static const char *const villages[] = {NORTH, SOUTH, FAR};

__attribute__((format(printf, 3, 4))) static bool send(history *h, verb v, const char *format,
                                                       ...) {
  va_list list;
  va_start(list, format);
  command c = command_of(h->o, v, body_of(h->o, format, list));
  va_end(list);
  if (h->importing && (v == VERB_SUBJECT || v == VERB_FACTS)) c.import_id = h->import;
  answer x;
  h->o->told = (err){0};
  bool ok = engine_apply(h->o->g, &c, h->o->a, &x, &h->o->told);
  h->done += ok;
  if (!ok && (h->o->told.code == ERR_STORE || h->o->told.code == ERR_INTERNAL))
    fail_msg("%s: %s %s", verb_name(v), h->o->told.where, h->o->told.en);
  return ok;
}

static const char *some_day(history *h, char out[11]) {
  static const uint32_t back[] = {1, 3, 40, 200, 500};
  day_format(h->o->today - (day)roll_die(back[roll_die(5)]), out);
  return out;
}

static void new_subject(history *h) {
  uuid u = next_id(h->o);
  const char *id = id_text(h->o, &u);
  if (h->garden_count < GARDENS && (roll_die(3) == 0 || h->garden_count == 0)) {
    if (send(h, VERB_SUBJECT,
             "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{\"code\":\"%u\","
             "\"owner\":\"王\",\"ill\":%u}}",
             id, villages[roll_die(3)], roll_die(60), roll_die(8)))
      h->gardens[h->garden_count++] = id;
  } else if (h->tree_count < TREES && h->garden_count) {
    if (send(h, VERB_SUBJECT,
             "{\"kind\":\"tree\",\"id\":\"%s\",\"parent\":\"%s\",\"fields\":{\"tag\":\"%u\"}}", id,
             h->gardens[roll_die((uint32_t)h->garden_count)], roll_die(60)))
      h->trees[h->tree_count++] = id;
  }
}

static void new_event(history *h) {
  char day_text[11];
  uuid u = next_id(h->o);
  const char *id = id_text(h->o, &u), *name = "sale", *fields = "";
  const char *about = h->gardens[roll_die((uint32_t)h->garden_count)];
  uint32_t pick = roll_die(8);
  if (pick < 4 && h->tree_count) {
    name = "pruning";
    about = h->trees[roll_die((uint32_t)h->tree_count)];
    fields = arena_printf(h->o->a, "\"hours\":%u", roll_die(12));
  } else if (pick < 6) {
    fields = arena_printf(h->o->a, "\"amount\":%u", roll_die(90000));
  } else {
    name = "check";
    fields = roll_die(8) == 0 ? "\"note\":\"没数\""
             : roll_die(2)    ? arena_printf(h->o->a, "\"ill\":%u", roll_die(9))
                           : arena_printf(h->o->a, "\"ill\":%u,\"note\":\"第%u次\"", roll_die(9),
                                          roll_die(99));
  }
  if (send(h, VERB_EVENT,
           "{\"kind\":\"%s\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"%s\",\"fields\":{%s}}", name,
           id, about, some_day(h, day_text), fields) &&
      h->event_count < EVENTS) {
    h->events[h->event_count] = id;
    h->event_kinds[h->event_count++] = name;
  }
}

static void new_facts(history *h) {
  char day_text[11];
  const char *garden = h->gardens[roll_die((uint32_t)h->garden_count)];
  uint32_t pick = roll_die(4);
  if (pick == 0)
    send(h, VERB_FACTS, "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{}}", garden,
         villages[roll_die(3)]);
  else if (pick == 1 && h->tree_count)
    send(h, VERB_FACTS, "{\"kind\":\"tree\",\"id\":\"%s\",\"fields\":{\"pests\":[\"%s\"]}}",
         h->trees[roll_die((uint32_t)h->tree_count)], roll_die(2) ? "moth" : "mite");
  else
    send(h, VERB_FACTS,
         "{\"kind\":\"garden\",\"id\":\"%s\",\"since\":\"%s\",\"fields\":{\"ill\":%s,\"income\":%u}"
         "}",
         garden, some_day(h, day_text), roll_die(3) ? "6" : "null", roll_die(90000));
}

static void one_step(history *h) {
  uint32_t pick = roll_die(20);
  if (!h->garden_count || pick < 4) {
    new_subject(h);
  } else if (pick < 12) {
    new_event(h);
  } else if (pick < 15) {
    new_facts(h);
  } else if (pick < 18 && h->event_count) {
    size_t i = roll_die((uint32_t)h->event_count);
    send(h, VERB_WITHDRAW, "{\"kind\":\"%s\",\"id\":\"%s\"}", h->event_kinds[i], h->events[i]);
    if (roll_die(2)) new_event(h); /* corrected */
  } else if (!h->importing) {
    h->import = next_id(h->o);
    h->importing =
        send(h, VERB_IMPORT, "{\"id\":\"%s\",\"pack\":\"orchard\"}", id_text(h->o, &h->import));
  } else if (pick == 19 && roll_die(2)) {
    if (roll_die(3) == 0) send(h, VERB_UNDO, "{\"import\":\"%s\"}", id_text(h->o, &h->import));
    h->importing = false;
  }
}

static void compare_all(history *h, last_scanned_day *l) {
  if (h->o->g->pending.root_kind) return; /* its rules are still to be looked at */
  for (size_t i = 0; i < h->garden_count; i++) compare_unit(h->o, h->gardens[i], l);
}

/* Several entries in one transaction, as the writer does; now and then it is rolled back. */
static void one_transaction(history *h, last_scanned_day *l) {
  history before = *h;
  err e = {0};
  bool ticked = false;
  assert_true(engine_begin(h->o->g, &e));
  if (!engine_tick(h->o->g, morning(h->o->today), h->o->a, &ticked, &e)) fail_msg("%s", e.en);
  for (uint32_t n = 1 + roll_die(5); n > 0; n--) {
    one_step(h);
    compare_all(h, l);
  }
  if (!reevaluate_flush(h->o->g, &e)) fail_msg("%s", e.en);
  compare_all(h, l);
  if (roll_die(8)) {
    if (!engine_commit(h->o->g, &e)) fail_msg("commit: %s", e.en);
  } else {
    engine_rollback(h->o->g);
    size_t done = h->done;
    *h = before;
    h->done = done;
  }
  compare_all(h, l);
}

static void any_history(UNUSED void **state) {
  const char *given = getenv("JISHI_SEED");
  uint64_t seed =
      given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 1000003u + (uint64_t)getpid();
  dice = seed ? seed : 1;
  print_message("JISHI_SEED=%" PRIu64 "\n", seed);
  history h = {.o = with_every_aggregate()};
  last_scanned_day l = {0};
  h.gardens[h.garden_count++] = add_garden(h.o, "first", NORTH, "");
  h.trees[h.tree_count++] = add_tree(h.o, h.gardens[0], "first", "");
  add_event(h.o, "pruning", h.trees[0], "2024-12-20", "\"hours\":5");       /* an error where / 0 */
  add_event(h.o, "check", h.gardens[0], "2024-12-20", "\"note\":\"没数\""); /* an unknown */
  compare_all(&h, &l);
  for (int i = 0; i < STEPS; i++) {
    if (roll_die(6) == 0) {
      char day_text[11];
      day_format(h.o->today + 1 + (day)roll_die(roll_die(2) ? 3 : 20), day_text);
      begin_day(h.o, day_text);
      compare_all(&h, &l);
    }
    if (roll_die(40) == 0) {
      orchard_reopen(h.o);
      engine_batch_begin(h.o->g);
    }
    one_transaction(&h, &l);
  }
  assert_true(h.done > STEPS);
  assert_true(l.cached_unit > STEPS && l.scanned > 10000 && l.folded > 100);
  assert_true(l.unknown > 0 && l.errors > 0 && l.findings > 0);
  assert_true(l.provisional > 0 && l.provisional < l.aggregates);
  AUTO_BUF buf report = {0};
  bool same = false;
  err e = {0};
  if (!engine_rebuild(h.o->location, &same, &report, NULL, &e))
    fail_msg("rebuild: %s %s", e.where, e.en);
  if (!same) fail_msg("differs: %s", report.at);
  orchard_free(h.o);
}

/* ---- distinct subjects, by hand ---- */

static int64_t aggregate_now(orchard *o, const char *garden, const char *name) {
  uuid root = id_of(garden);
  err e = {0};
  unit *u = unit_load(o->s, o->a, kind_named(o, "garden"), &root, NULL,
                      (as_of){o->today, engine_calendar(o->g)}, &e);
  assert_non_null(u);
  for (size_t i = 0; i < u->pack->aggregate_count; i++)
    if (strcmp(u->pack->aggregates[i].name, name) == 0) {
      value v = unit_aggregate(u, u->root, &u->pack->aggregates[i]);
      assert_int_equal(v.type, VALUE_INT);
      return v.i;
    }
  fail_msg("no aggregate %s", name);
  return 0;
}

static void a_subject_counts_once(UNUSED void **state) {
  orchard *o = with_every_aggregate();
  const char *garden = add_garden(o, "G1", NORTH, "");
  const char *one = add_tree(o, garden, "1", ""), *two = add_tree(o, garden, "2", "");
  const char *all = "a10_6", *long_hours = "a11_6"; /* more than 3 hours, the limit of that day */
  assert_int_equal(aggregate_now(o, garden, all), 0);
  add_event(o, "pruning", one, "2024-12-18", "\"hours\":3");
  add_event(o, "pruning", one, "2024-12-20", "\"hours\":4");
  const char *last = add_event(o, "pruning", two, "2024-12-19", "\"hours\":2");
  assert_int_equal(aggregate_now(o, garden, all), 2);
  assert_int_equal(aggregate_now(o, garden, long_hours), 1);
  must(o, VERB_WITHDRAW, "{\"kind\":\"pruning\",\"id\":\"%s\"}", last);
  assert_int_equal(aggregate_now(o, garden, all), 1);
  last_scanned_day l = {0};
  compare_unit(o, garden, &l);
  assert_int_equal(l.cached_unit, 1);
  orchard_free(o);
}

int main(void) {
  const struct CMUnitTest all[] = {cmocka_unit_test(a_subject_counts_once),
                                   cmocka_unit_test(any_history)};
  int failed = cmocka_run_group_tests_name("aggregates sqlite", all, orchard_use_sqlite,
                                           orchard_drop_sqlite);
  failed += cmocka_run_group_tests_name("aggregates postgres", all, orchard_use_postgres, NULL);
  return failed;
}
