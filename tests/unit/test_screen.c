/* The county in columns says what the engine says one subject at a time: every rule, on several
 * days, with parameters set otherwise, and after more was written. */
#include "screen_kit.h"

static const char more_rules[] =
    "- {name: x_lost, title: a, of: household, when: 'persons.exists(x, x.employment == "
    "\"lost\")', colour: red, message: a}\n"
    "- {name: x_insured, title: a, of: household, when: '!persons.all(x, x.medical_insurance || "
    "x.worker_insurance)', colour: red, message: a}\n"
    "- {name: x_old, title: a, of: household, when: 'size(persons.filter(x, yearsBetween(x.birth, "
    "today()) >= 60)) > 1', colour: red, message: a, cost: 'yuan(100) * size(persons.filter(x, "
    "x.sex == \"female\"))'}\n"
    "- {name: x_months, title: a, of: household, when: 'sum(persons.map(x, x.months_worked)) > "
    "10', colour: red, message: a}\n"
    "- {name: x_one, title: a, of: household, when: 'persons.exists_one(x, \"major\" in "
    "x.health)', colour: red, message: a}\n"
    "- {name: x_filtered, title: a, of: household, when: 'persons.filter(x, x.sex == "
    "\"male\").filter(y, y.labour in [\"plain\", \"skilled\"]).exists(z, z.months_worked < size)', "
    "colour: red, message: a}\n"
    "- {name: x_youngest, title: a, of: household, when: 'max(persons.map(x, x.birth)) > "
    "date(\"2012-01-01\")', colour: red, message: a}\n"
    "- {name: x_text, title: a, of: household, when: 'area.startsWith(\"3708710\") && "
    "income_pc.orElse(yuan(0)) < yuan(9000)', colour: red, message: a}\n"
    "- {name: x_size, title: a, of: household, when: 'size(persons) != size', colour: yellow, "
    "message: a}\n"
    "- {name: x_parent, title: a, of: person, when: 'household.size > 3 && sex == \"female\" && "
    "has(household.house_grade)', colour: yellow, message: a}\n"
    "- {name: x_patients, title: a, of: household, when: patients_year > 1, colour: yellow, "
    "message: "
    "a}\n"
    "- {name: x_days, title: a, of: household, when: 'visits_month < 1 || last_visit < today() - "
    "30', colour: yellow, message: a}\n";

static pack *packs[2]; /* the antipoverty pack with more rules; and with local values */

static int set_up(void **state) {
  (void)state;
  pack *plain = make_district(120, 3);
  static const pack_file overlay[] = {
      {"parameters/monitor/line.yaml",
       TEXT("values:\n  2021-01-01: {value: 9000, metadata: {reference: x}}\n  2025-01-01: {value: "
            "12500, metadata: {reference: x}}\n")},
      {"parameters/alert/self_paid_year.yaml",
       TEXT("values:\n  2019-01-01: {value: 800, metadata: {reference: x}}\n")}};
  packs[0] = extended(plain, more_rules, NULL, 0);
  packs[1] = extended(plain, more_rules, overlay, 2);
  pack_free(plain);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pack_free(packs[0]);
  pack_free(packs[1]);
  return remove_district();
}

static void every_rule_on_several_days(void **state) {
  (void)state;
  screen *x = loaded(packs[0]);
  const day today = kit_day(), days[] = {today, today - 200, today + 45, 18000};
  for (size_t i = 0; i < sizeof days / sizeof *days; i++)
    for (int threads = 1; threads <= 2; threads++) {
      arena *a AUTO_ARENA = arena_new(0);
      counts want = one_by_one(a, packs[0], days[i]);
      question q = {.as_of = days[i], .threads = threads};
      assert_same(&want, asked(x, a, &q), false);
    }
  screen_free(x);
}

static int by_uuid(const void *a, const void *b) {
  return memcmp(a, b, sizeof(uuid));
}

static void what_if_is_what_would_be(void **state) {
  (void)state;
  screen *x = loaded(packs[0]);
  const day days[] = {kit_day(), 19000};
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
      assert_int_equal(c->then.matched - c->now.matched, c->enters - c->leaves);
    }
    assert_true(moved > 0);
  }
  screen_free(x);
}

/* Sorted and each once: the roots of all that rules other than notes match. */
static size_t roots_matched(screen *x, arena *a, const question *q, const screen_answer *of,
                            which w, uuid **out) {
  size_t count = 0, room = 0;
  *out = NULL;
  for (size_t r = 0; r < of->rule_count; r++) {
    if (of->rules[r]->colour == COLOUR_GREEN) continue;
    for (int64_t cursor = 0; cursor >= 0;) {
      const rule_list list = {of->rules[r], w, cursor, 500};
      screen_rows got;
      err e = {0};
      assert_true(screen_list(x, a, q, &list, &got, &e));
      cursor = got.next;
      for (size_t i = 0; i < got.count; i++) {
        uuid *more = ARENA_GROW(a, *out, count, &room, uuid);
        assert_non_null(more);
        *out = more;
        (*out)[count++] = got.rows[i].root;
      }
    }
  }
  if (!count) return 0;
  qsort(*out, count, sizeof **out, by_uuid);
  size_t kept = 1;
  for (size_t i = 1; i < count; i++)
    if (!uuid_equal(&(*out)[i], &(*out)[kept - 1])) (*out)[kept++] = (*out)[i];
  return kept;
}

static int64_t not_among(const uuid *these, size_t n, const uuid *those, size_t m) {
  int64_t left = 0;
  for (size_t i = 0; i < n; i++)
    left += !m || !bsearch(&these[i], those, m, sizeof *those, by_uuid);
  return left;
}

static void notes_bring_nobody_in(void **state) {
  (void)state;
  screen *x = loaded(packs[0]);
  arena *a AUTO_ARENA = arena_new(0);
  setting s;
  err e = {0};
  assert_true(setting_read(packs[0], a, TEXT("monitor.line=15000"), &s, &e));
  question q = {.as_of = kit_day(), .settings = &s, .setting_count = 1};
  const screen_answer *got = asked(x, a, &q);
  bool has_note = false;
  for (size_t i = 0; i < got->cell_count; i++)
    has_note |= got->cells[i].rule->colour == COLOUR_GREEN && got->cells[i].now.matched > 0;
  assert_true(has_note);
  uuid *now = NULL, *then = NULL;
  size_t n = roots_matched(x, a, &q, got, WHICH_MATCHED_NOW, &now);
  size_t m = roots_matched(x, a, &q, got, WHICH_MATCHED_THEN, &then);
  assert_true(got->enters > 0);
  assert_int_equal(got->enters, not_among(then, m, now, n));
  assert_int_equal(got->leaves, not_among(now, n, then, m));
  screen_free(x);
}

static void lists_are_what_was_counted(void **state) {
  (void)state;
  screen *x = loaded(packs[0]);
  arena *a AUTO_ARENA = arena_new(0);
  setting s;
  err e = {0};
  assert_true(setting_read(packs[0], a, TEXT("monitor.line=15000"), &s, &e));
  question q = {.as_of = kit_day(), .settings = &s, .setting_count = 1};
  screen_answer *got = asked(x, a, &q);
  for (size_t r = 0; r < got->rule_count; r++) {
    int64_t want[2] = {0, 0}, cursor[2] = {0, 0};
    for (size_t i = 0; i < got->cell_count; i++)
      if (got->cells[i].rule == got->rules[r]) {
        want[0] += got->cells[i].enters;
        want[1] += got->cells[i].then.matched;
      }
    const which of[] = {WHICH_ENTERS, WHICH_MATCHED_THEN};
    for (int k = 0; k < 2; k++)
      while (cursor[k] >= 0) {
        const rule_list list = {got->rules[r], of[k], cursor[k], 7};
        screen_rows rows;
        assert_true(screen_list(x, a, &q, &list, &rows, &e));
        cursor[k] = rows.next;
        want[k] -= (int64_t)rows.count;
        assert_true(rows.count == 7 || cursor[k] < 0);
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
  question q = {.as_of = kit_day()};
  screen_answer *whole = asked(x, a, &q);
  q.by = field_find(k->fields, k->field_count, TEXT("household_type"));
  assert_non_null(q.by);
  screen_answer *split = asked(x, a, &q);
  assert_int_equal(split->category_count, q.by->choice_count + 1);
  int64_t sum[2] = {0, 0};
  for (size_t i = 0; i < whole->cell_count; i++) sum[0] += whole->cells[i].now.matched;
  for (size_t i = 0; i < split->cell_count; i++) sum[1] += split->cells[i].now.matched;
  assert_true(sum[0] > 0);
  assert_int_equal(sum[0], sum[1]);
  scope r = {0};
  char town[13] = "";
  memcpy(town, whole->cells[0].area, 9);
  memcpy(town + 9, "000", 4);
  assert_true(scope_add(&r, town));
  q = (question){.as_of = kit_day(), .scope = &r};
  screen_answer *part = asked(x, a, &q);
  assert_true(part->subjects > 0 && part->subjects < whole->subjects);
  for (size_t i = 0; i < part->cell_count; i++) assert_memory_equal(part->cells[i].area, town, 9);
  screen_free(x);
}

/* ---- indicators ---- */

static value figure_of(const figure *all, size_t n, const pack *p, const char *name) {
  const indicator *x = NULL;
  int64_t above = 0, below = 0;
  for (size_t i = 0; i < p->indicator_count; i++)
    if (strcmp(p->indicators[i].name, name) == 0) x = &p->indicators[i];
  assert_non_null(x);
  for (size_t i = 0; i < n; i++)
    if (all[i].indicator == x) {
      above += all[i].above;
      below += all[i].below;
    }
  return indicator_value(x, above, below);
}

typedef struct reckoned {
  int64_t poorest, households, income, heads, priced, insured, asked, billed, patients, homes;
  uuid people[4000], roots[4000];
  day from, to;
} reckoned;

static bool is_new_id(uuid *all, int64_t *n, const uuid *id) {
  for (int64_t i = 0; i < *n; i++)
    if (uuid_equal(&all[i], id)) return false;
  assert_true(*n < 4000);
  all[(*n)++] = *id;
  return true;
}

static value field_of(const field *fields, size_t count, const value *values, const char *name) {
  const field *f = field_find(fields, count, text_of(name));
  assert_non_null(f);
  return values[f - fields];
}

static bool reckon_event(void *context, const event *x, err *e) {
  reckoned *r = context;
  (void)e;
  if (x->on < r->from || x->on > r->to) return true;
  const event_kind *k = x->kind;
  if (strcmp(k->name, "visit") == 0) {
    value way = field_of(k->fields, k->field_count, x->fields, "way");
    if (text_is(way.s, "home")) is_new_id(r->roots, &r->homes, &x->root);
    return true;
  }
  value total = field_of(k->fields, k->field_count, x->fields, "total");
  r->billed += total.i;
  if (total.i > 10000) is_new_id(r->people, &r->patients, &x->subject);
  return true;
}

static void reckon_unit(reckoned *r, unit *u) {
  const variable *net = NULL, *pc = NULL;
  for (size_t i = 0; i < u->pack->variable_count; i++) {
    if (strcmp(u->pack->variables[i].name, "net_income") == 0) net = &u->pack->variables[i];
    if (strcmp(u->pack->variables[i].name, "income_pc") == 0) pc = &u->pack->variables[i];
  }
  value n = unit_variable(u, u->root, net), c = unit_variable(u, u->root, pc);
  const kind *k = u->root->kind;
  value size = field_of(k->fields, k->field_count, u->root->fields, "size");
  r->poorest += c.type == VALUE_INT && c.i < 1200000;
  if (n.type == VALUE_INT) {
    r->income += n.i;
    r->households++;
    if (size.type == VALUE_INT) {
      r->priced += n.i;
      r->heads += size.i;
    }
  }
  for (size_t i = 0; i < u->child_count; i++) {
    const record *p = u->children[i];
    if (strcmp(p->kind->name, "person") != 0 || has_ended(p, u->today)) continue;
    value a = field_of(p->kind->fields, p->kind->field_count, p->fields, "medical_insurance");
    value b = field_of(p->kind->fields, p->kind->field_count, p->fields, "worker_insurance");
    if (a.type != VALUE_BOOL || (!a.yes && b.type != VALUE_BOOL)) continue;
    r->asked++;
    r->insured += a.yes || b.yes;
  }
}

static void figures_are_what_was_reckoned(void **state) {
  (void)state;
  screen *x = loaded(packs[0]);
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  catalog c;
  reckoned *r = ARENA_NEW(a, reckoned);
  roots all = {.a = a};
  store *s = open_with(packs[0], &c);
  r->to = kit_day();
  r->from = r->to - 300;
  const kind *household = pack_kind(packs[0], TEXT("household"));
  assert_true(store_subjects_scan(s, household, take_root, &all, &e));
  for (size_t i = 0; i < all.n; i++) {
    arena *scratch AUTO_ARENA = arena_new(0);
    unit *u = unit_load(s, scratch, household, &all.ids[i], NULL, (as_of){r->to, cal}, &e);
    assert_non_null(u);
    reckon_unit(r, u);
  }
  assert_true(store_events_scan(s, pack_event(packs[0], TEXT("visit")), NULL, reckon_event, r, &e));
  assert_true(
      store_events_scan(s, pack_event(packs[0], TEXT("medical_claim")), NULL, reckon_event, r, &e));
  store_close(s);
  question q = {.as_of = r->to};
  figures found;
  if (!screen_figures(x, a, &q, r->from, r->to, &found, &e)) fail_msg("%s", e.en);
  const figure *figures = found.items;
  const size_t n = found.count;
  const pack *p = packs[0];
  assert_true(r->poorest > 0 && r->billed > 0 && r->patients > 0 && r->homes > 0);
  assert_int_equal(figure_of(figures, n, p, "poorest").i, r->poorest);
  assert_int_equal(figure_of(figures, n, p, "billed").i, r->billed);
  assert_int_equal(figure_of(figures, n, p, "patients").i, r->patients);
  assert_int_equal(figure_of(figures, n, p, "seen_at_home").i, r->homes);
  assert_int_equal(figure_of(figures, n, p, "mean_income").i,
                   (r->income + r->households / 2) / r->households);
  assert_int_equal(figure_of(figures, n, p, "a_head").i, (r->priced + r->heads / 2) / r->heads);
  assert_int_equal(figure_of(figures, n, p, "insured").i,
                   (r->insured * 100000000 + r->asked / 2) / r->asked);
  /* and each has its rows */
  for (size_t i = 0; i < p->indicator_count; i++) {
    const indicator *of = &p->indicators[i];
    int64_t cursor = 0, sum = 0, above = 0;
    for (size_t k = 0; k < n; k++) above += figures[k].indicator == of ? figures[k].above : 0;
    while (cursor >= 0) {
      const figure_list list = {of, r->from, r->to, cursor, 9};
      figure_rows got;
      assert_true(screen_figure_rows(x, a, &q, &list, &got, &e));
      cursor = got.next;
      for (size_t k = 0; k < got.count; k++) sum += got.rows[k].what;
    }
    assert_int_equal(sum, above);
  }
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
  command c = {.verb = VERB_EVENT,
               .id = uuid_v7_now(),
               .who = {.system = true},
               .at_ms = day_start_ms(kit_day() + 1) - 1};
  c.body = json_parse(a, text_of(body), &e);
  answer out = {0};
  if (!c.body || !engine_apply(g, &c, a, &out, &e)) fail_msg("%s: %s", e.where, e.en);
}

static void what_was_written_since_is_seen(void **state) {
  (void)state;
  screen *x = loaded(packs[0]);
  err e = {0};
  catalog c;
  arena *a AUTO_ARENA = arena_new(0);
  roots all = {.a = a};
  const kind *household = pack_kind(packs[0], TEXT("household"));
  engine *g = engine_open(location, &e);
  if (!g) fail_msg("%s", e.en);
  assert_true(store_subjects_scan(engine_store(g),
                                  catalog_kind(engine_packs(g), TEXT("household"), NULL), take_root,
                                  &all, &e));
  assert_true(engine_begin(g, &e));
  for (size_t i = 0; i < all.n; i += 3) {
    record_event(g, &all.ids[i], "hardship", "{\"what\":\"fire\",\"loss\":500000}", kit_day() - 2);
    record_event(g, &all.ids[i], "visit", "{\"way\":\"home\",\"house_grade\":\"d\"}", kit_day());
  }
  assert_true(engine_commit(g, &e));
  engine_close(g);
  store *s = open_with(packs[0], &c);
  const int64_t before = screen_seq(x);
  assert_true(screen_follow(x, s, &e));
  assert_true(screen_seq(x) > before);
  counts want = one_by_one(a, packs[0], kit_day());
  question q = {.as_of = kit_day()};
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
      cmocka_unit_test(notes_bring_nobody_in),
      cmocka_unit_test(categories_and_reach_add_up),
      cmocka_unit_test(figures_are_what_was_reckoned),
      cmocka_unit_test(what_was_written_since_is_seen),
  };
  return cmocka_run_group_tests_name("screen", tests, set_up, tear_down);
}
