/* The county in columns says what the engine says one subject at a time: every rule, on several
 * days, with parameters set otherwise, and after more was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "demo/demo.h"
#include "engine/engine.h"
#include "screen/screen.h"

static const char more_rules[] =
    "- {name: x_lost, title: a, of: household, when: 'persons.exists(x, x.employment == "
    "\"lost\")', colour: red, says: a}\n"
    "- {name: x_insured, title: a, of: household, when: '!persons.all(x, x.medical_insurance || "
    "x.worker_insurance)', colour: red, says: a}\n"
    "- {name: x_old, title: a, of: household, when: 'size(persons.filter(x, yearsBetween(x.birth, "
    "today()) >= 60)) > 1', colour: red, says: a, costs: 'yuan(100) * size(persons.filter(x, "
    "x.sex == \"female\"))'}\n"
    "- {name: x_months, title: a, of: household, when: 'sum(persons.map(x, x.months_worked)) > "
    "10', colour: red, says: a}\n"
    "- {name: x_one, title: a, of: household, when: 'persons.exists_one(x, \"major\" in "
    "x.health)', colour: red, says: a}\n"
    "- {name: x_filtered, title: a, of: household, when: 'persons.filter(x, x.sex == "
    "\"male\").filter(y, y.labour in [\"plain\", \"skilled\"]).exists(z, z.months_worked < size)', "
    "colour: red, says: a}\n"
    "- {name: x_youngest, title: a, of: household, when: 'max(persons.map(x, x.birth)) > "
    "date(\"2012-01-01\")', colour: red, says: a}\n"
    "- {name: x_text, title: a, of: household, when: 'area.startsWith(\"3708710\") && "
    "income_pc.ifAbsent(yuan(0)) < yuan(9000)', colour: red, says: a}\n"
    "- {name: x_size, title: a, of: household, when: 'size(persons) != size', colour: yellow, "
    "says: a}\n"
    "- {name: x_parent, title: a, of: person, when: 'household.size > 3 && sex == \"female\" && "
    "has(household.house_grade)', colour: yellow, says: a}\n"
    "- {name: x_patients, title: a, of: household, when: patients_year > 1, colour: yellow, says: "
    "a}\n"
    "- {name: x_days, title: a, of: household, when: 'visits_month < 1 || last_visit < today() - "
    "30', colour: yellow, says: a}\n";

static const char more_aggregates[] =
    "- {name: patients_year, title: a, of: household, over: medical_claim, subjects: true, "
    "window: {months: 12}}\n";

static char place[] = "/tmp/jishi-screen-XXXXXX";
static pack *packs[2]; /* the antipoverty pack with more rules; and with local values */
static calendar *cal;

static char *home_file(const char *name) {
  static char path[4][512];
  static int n;
  const char *home = getenv("JISHI_HOME");
  n = (n + 1) % 4;
  snprintf(path[n], sizeof path[n], "%s/%s", home ? home : ".", name);
  return path[n];
}

/* The pack's own files with rules appended, and an overlay. */
static pack *extended(const pack *p, const pack_file *overlay, size_t overlay_count) {
  arena *a AUTO_ARENA = arena_new(0);
  pack_file *files = ARENA_ARRAY(a, p->file_count, pack_file);
  assert_non_null(files);
  for (size_t i = 0; i < p->file_count; i++) {
    files[i] = p->files[i];
    const char *more = strcmp(files[i].path, "rules.yaml") == 0        ? more_rules
                       : strcmp(files[i].path, "aggregates.yaml") == 0 ? more_aggregates
                                                                       : NULL;
    if (!more) continue;
    char *body = arena_printf(a, "%.*s%s", (int)files[i].body.bytes, files[i].body.at, more);
    assert_non_null(body);
    files[i].body = text_of(body);
  }
  faults f = {0};
  pack *out = pack_from_files(files, p->file_count, overlay, overlay_count, &f);
  if (!out) fail_msg("%s: %s", f.count ? f.items[0].place : "", f.count ? f.items[0].en : "");
  faults_release(&f);
  return out;
}

static int set_up(void **state) {
  (void)state;
  err e = {0};
  char folder[512];
  snprintf(folder, sizeof folder, "%s", home_file("packs/antipoverty"));
  const char *folders[] = {folder};
  demo_config c = {.units = 120,
                   .seed = 3,
                   .last_day = day_today() - 1,
                   .calendar_path = home_file("data/calendar.yaml"),
                   .areas_csv = home_file("data/areas/jining.csv"),
                   .pack_folders = folders,
                   .pack_count = 1};
  demo_result r = {0};
  assert_non_null(mkdtemp(place));
  if (!demo_make(place, &c, NULL, &r, &e)) fail_msg("%s: %s", e.place, e.en);
  demo_result_release(&r);
  faults f = {0};
  pack *plain = pack_load(folder, NULL, &f);
  assert_non_null(plain);
  faults_release(&f);
  static const pack_file overlay[] = {
      {"parameters/monitor/line.yaml",
       TEXT("values:\n  2021-01-01: {value: 9000, metadata: {reference: x}}\n  2025-01-01: {value: "
            "12500, metadata: {reference: x}}\n")},
      {"parameters/alert/self_paid_year.yaml",
       TEXT("values:\n  2019-01-01: {value: 800, metadata: {reference: x}}\n")}};
  packs[0] = extended(plain, NULL, 0);
  packs[1] = extended(plain, overlay, 2);
  pack_free(plain);
  cal = calendar_load(home_file("data/calendar.yaml"), &e);
  assert_non_null(cal);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  char command[128];
  pack_free(packs[0]);
  pack_free(packs[1]);
  calendar_free(cal);
  snprintf(command, sizeof command, "rm -rf %s", place);
  return system(command) == 0 ? 0 : -1;
}

static store *open_with(const pack *p, catalog *c) {
  err e = {0};
  *c = (catalog){0};
  store *s = store_open(place, DB_READ, NULL, &e);
  if (!s || !catalog_add(c, p, &e) || !store_use_packs(s, c, false, &e))
    fail_msg("%s: %s", e.place, e.en);
  return s;
}

/* ---- one subject at a time ---- */

typedef struct count {
  const char *rule, *area;
  tally t;
} count;
typedef struct counts {
  arena *a;
  count *all;
  size_t n, room;
} counts;

static tally *count_at(counts *c, const char *rule, const char *area) {
  for (size_t i = 0; i < c->n; i++)
    if (strcmp(c->all[i].rule, rule) == 0 && strcmp(c->all[i].area, area) == 0) return &c->all[i].t;
  count *more = ARENA_GROW(c->a, c->all, c->n, &c->room, count);
  assert_non_null(more);
  c->all = more;
  c->all[c->n] = (count){rule, arena_text(c->a, area), {0}};
  return &c->all[c->n++].t;
}

static void count_subject(counts *c, unit *u, const record *about, day on) {
  for (size_t i = 0; i < u->pack->rule_count; i++) {
    const rule *r = &u->pack->rules[i];
    if (r->of != about->kind->index || (r->from != DAY_NONE && r->from > on) ||
        (r->to != DAY_NONE && r->to < on))
      continue;
    value v = unit_eval(u, about, &about->kind->scope, r->when, NULL);
    if (v.type == VALUE_BOOL && !v.yes) continue;
    tally *t = count_at(c, r->name, u->root->area);
    t->raised += v.type == VALUE_BOOL;
    t->unknown += v.type == VALUE_UNKNOWN;
    t->failed += v.type == VALUE_ERROR;
    if (v.type != VALUE_BOOL || !r->costs) continue;
    v = unit_eval(u, about, &about->kind->scope, r->costs, NULL);
    if (v.type == VALUE_INT)
      t->money += v.i;
    else
      t->unpriced++;
  }
}

typedef struct roots {
  arena *a;
  uuid *ids;
  size_t n, room;
} roots;

static bool take_root(void *context, const record *r, err *e) {
  roots *x = context;
  (void)e;
  uuid *more = ARENA_GROW(x->a, x->ids, x->n, &x->room, uuid);
  assert_non_null(more);
  x->ids = more;
  x->ids[x->n++] = r->id;
  return true;
}

static counts one_by_one(arena *a, const pack *p, day on) {
  catalog c;
  err e = {0};
  store *s = open_with(p, &c);
  counts out = {.a = a};
  roots all = {.a = a};
  const kind *household = pack_kind(p, TEXT("household"));
  if (!store_scan(s, household, take_root, &all, &e)) fail_msg("%s", e.en);
  assert_true(all.n > 100);
  for (size_t i = 0; i < all.n; i++) {
    arena *scratch AUTO_ARENA = arena_new(0);
    unit *u = unit_load(s, scratch, household, &all.ids[i], NULL, cal, on, &e);
    if (!u) fail_msg("%s", e.en);
    count_subject(&out, u, u->root, on);
    for (size_t k = 0; k < u->child_count; k++) count_subject(&out, u, u->children[k], on);
  }
  store_close(s);
  return out;
}

/* ---- in columns ---- */

static screen *loaded(const pack *p) {
  catalog c;
  err e = {0};
  store *s = open_with(p, &c);
  screen *x = screen_new(p, cal, &e);
  if (!x || !screen_load(x, s, NULL, &e)) fail_msg("%s", e.en);
  store_close(s);
  return x;
}

static void assert_tally(const char *rule, const char *area, const tally *got, const tally *want) {
  if (memcmp(got, want, sizeof *got) != 0)
    fail_msg("%s in %s: columns say %lld raised, %lld unknown, %lld failed, %lld fen, %lld "
             "unpriced; one by one %lld, %lld, %lld, %lld, %lld",
             rule, area, (long long)got->raised, (long long)got->unknown, (long long)got->failed,
             (long long)got->money, (long long)got->unpriced, (long long)want->raised,
             (long long)want->unknown, (long long)want->failed, (long long)want->money,
             (long long)want->unpriced);
}

static void assert_same(counts *want, const screen_answer *got, bool then) {
  size_t compared = 0;
  for (size_t i = 0; i < got->cell_count; i++) {
    const screen_cell *c = &got->cells[i];
    const tally *t = then ? &c->then : &c->now;
    static const tally nothing;
    if (memcmp(t, &nothing, sizeof nothing) == 0) continue;
    assert_tally(c->rule->name, c->area, t, count_at(want, c->rule->name, c->area));
    compared++;
  }
  assert_int_equal(compared, want->n); /* nothing is only one by one */
}

static screen_answer *asked(screen *x, arena *a, const question *q) {
  screen_answer *out = NULL;
  err e = {0};
  if (!screen_ask(x, a, q, &out, &e)) fail_msg("%s", e.en);
  return out;
}

static void every_rule_on_several_days(void **state) {
  (void)state;
  screen *x = loaded(packs[0]);
  const day today = day_today(), days[] = {today, today - 200, today + 45, 18000};
  for (size_t i = 0; i < sizeof days / sizeof *days; i++)
    for (int threads = 1; threads <= 2; threads++) {
      arena *a AUTO_ARENA = arena_new(0);
      counts want = one_by_one(a, packs[0], days[i]);
      question q = {.as_of = days[i], .threads = threads};
      assert_same(&want, asked(x, a, &q), false);
    }
  screen_free(x);
}

static void what_if_is_what_would_be(void **state) {
  (void)state;
  screen *x = loaded(packs[0]);
  const day days[] = {day_today(), 19000};
  for (size_t i = 0; i < 2; i++) {
    arena *a AUTO_ARENA = arena_new(0);
    setting *settings = NULL;
    size_t n = 0;
    err e = {0};
    assert_true(settings_between(packs[0], packs[1], a, days[i], &settings, &n, &e));
    assert_int_equal(n, 2);
    question q = {.as_of = days[i], .settings = settings, .setting_count = n, .threads = 1};
    counts now = one_by_one(a, packs[0], days[i]), then = one_by_one(a, packs[1], days[i]);
    screen_answer *got = asked(x, a, &q);
    assert_same(&now, got, false);
    assert_same(&then, got, true);
    int64_t moved = 0;
    for (size_t k = 0; k < got->cell_count; k++) {
      const screen_cell *c = &got->cells[k];
      moved += c->enters;
      assert_int_equal(c->then.raised - c->now.raised, c->enters - c->leaves);
    }
    assert_true(moved > 0);
  }
  screen_free(x);
}

static void lists_are_what_was_counted(void **state) {
  (void)state;
  screen *x = loaded(packs[0]);
  arena *a AUTO_ARENA = arena_new(0);
  setting s;
  err e = {0};
  assert_true(setting_read(packs[0], a, TEXT("monitor.line=15000"), &s, &e));
  question q = {.as_of = day_today(), .settings = &s, .setting_count = 1};
  screen_answer *got = asked(x, a, &q);
  for (size_t r = 0; r < got->rule_count; r++) {
    int64_t want[2] = {0, 0}, cursor[2] = {0, 0};
    for (size_t i = 0; i < got->cell_count; i++)
      if (got->cells[i].rule == got->rules[r]) {
        want[0] += got->cells[i].enters;
        want[1] += got->cells[i].then.raised;
      }
    const which of[] = {WHICH_ENTERS, WHICH_RAISED_THEN};
    for (int k = 0; k < 2; k++)
      while (cursor[k] >= 0) {
        screen_row *rows = NULL;
        size_t n = 0;
        assert_true(screen_list(x, a, &q, got->rules[r], of[k], &cursor[k], 7, &rows, &n, &e));
        want[k] -= (int64_t)n;
        assert_true(n == 7 || cursor[k] < 0);
      }
    assert_int_equal(want[0], 0);
    assert_int_equal(want[1], 0);
  }
  screen_free(x);
}

static void categories_and_reach_add_up(void **state) {
  (void)state;
  screen *x = loaded(packs[0]);
  arena *a AUTO_ARENA = arena_new(0);
  const kind *k = pack_kind(packs[0], TEXT("household"));
  question q = {.as_of = day_today()};
  screen_answer *whole = asked(x, a, &q);
  q.by = field_find(k->fields, k->field_count, TEXT("household_type"));
  assert_non_null(q.by);
  screen_answer *split = asked(x, a, &q);
  assert_int_equal(split->category_count, q.by->choice_count + 1);
  int64_t sum[2] = {0, 0};
  for (size_t i = 0; i < whole->cell_count; i++) sum[0] += whole->cells[i].now.raised;
  for (size_t i = 0; i < split->cell_count; i++) sum[1] += split->cells[i].now.raised;
  assert_true(sum[0] > 0);
  assert_int_equal(sum[0], sum[1]);
  reach r = {0};
  char town[13] = "";
  memcpy(town, whole->cells[0].area, 9);
  memcpy(town + 9, "000", 4);
  assert_true(reach_add(&r, town));
  q = (question){.as_of = day_today(), .reach = &r};
  screen_answer *part = asked(x, a, &q);
  assert_true(part->subjects > 0 && part->subjects < whole->subjects);
  for (size_t i = 0; i < part->cell_count; i++) assert_memory_equal(part->cells[i].area, town, 9);
  screen_free(x);
}

/* ---- after more was written ---- */

static void record_event(engine *g, const uuid *subject, const char *kind, const char *fields,
                         day on) {
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  char id[37], about[37], date[11];
  uuid event = uuid_v7_now();
  uuid_format(&event, id);
  uuid_format(subject, about);
  day_format(on, date);
  char *body = arena_printf(
      a, "{\"kind\":\"%s\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"%s\",\"fields\":%s}", kind, id,
      about, date, fields);
  command c = {.verb = VERB_EVENT, .id = uuid_v7_now(), .who = {.system = true}};
  c.body = json_parse(a, text_of(body), &e);
  answer out = {0};
  if (!c.body || !engine_apply(g, &c, a, &out, &e)) fail_msg("%s: %s", e.place, e.en);
}

static void what_was_written_since_is_seen(void **state) {
  (void)state;
  screen *x = loaded(packs[0]);
  err e = {0};
  catalog c;
  arena *a AUTO_ARENA = arena_new(0);
  roots all = {.a = a};
  const kind *household = pack_kind(packs[0], TEXT("household"));
  engine *g = engine_open(place, home_file("data/calendar.yaml"), &e);
  if (!g) fail_msg("%s", e.en);
  assert_true(store_scan(engine_store(g), catalog_kind(engine_packs(g), TEXT("household"), NULL),
                         take_root, &all, &e));
  assert_true(db_begin(store_db(engine_store(g)), &e));
  for (size_t i = 0; i < all.n; i += 3) {
    record_event(g, &all.ids[i], "hardship", "{\"what\":\"fire\",\"loss\":500000}",
                 day_today() - 2);
    record_event(g, &all.ids[i], "visit", "{\"way\":\"home\",\"house_grade\":\"d\"}", day_today());
  }
  assert_true(db_commit(store_db(engine_store(g)), &e));
  engine_committed(g);
  engine_close(g);
  store *s = open_with(packs[0], &c);
  const int64_t before = screen_seq(x);
  assert_true(screen_follow(x, s, &e));
  assert_true(screen_seq(x) > before);
  counts want = one_by_one(a, packs[0], day_today());
  question q = {.as_of = day_today()};
  assert_same(&want, asked(x, a, &q), false);
  store_close(s);
  screen_free(x);
  (void)household;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_rule_on_several_days),
      cmocka_unit_test(what_if_is_what_would_be),
      cmocka_unit_test(lists_are_what_was_counted),
      cmocka_unit_test(categories_and_reach_add_up),
      cmocka_unit_test(what_was_written_since_is_seen),
  };
  return cmocka_run_group_tests_name("screen", tests, set_up, tear_down);
}
