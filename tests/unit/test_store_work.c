/* Facts, events, findings, cases, measures, people: what is put into a county comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store_kit.h"

/* ---- facts and events ---- */

static void say(store *s, const record *r, const char *field_name, int64_t seq, day since,
                value v) {
  const field *d = field_find(r->kind->fields, r->kind->field_count, text_of(field_name));
  fact f = {.subject = r->id,
            .field = field_name,
            .seq = seq,
            .since = since,
            .v = v,
            .source = "desk",
            .officer = number(77),
            .at_ms = 1000 + seq};
  MUST(store_fact_put(s, &f, d, &fault));
}

static int64_t now_of(store *s, const record *r, const char *field_name) {
  const field *d = field_find(r->kind->fields, r->kind->field_count, text_of(field_name));
  value v;
  MUST(store_fact_now(s, memory, r, d, &v, &fault));
  return v.type == VALUE_UNKNOWN ? -1 : v.i;
}

static void facts_late_corrected_withdrawn(void **state) {
  (void)state;
  store *s = fresh();
  record *g = garden(1, NORTH, "G", "甲");
  MUST(store_subject_put(s, g, true, &fault));
  hash link = {{0}};
  for (int64_t i = 1; i < 8; i++) append(s, i, &link, "facts", (uuid){{0}}, NORTH);
  assert_int_equal(now_of(s, g, "ill"), -1);
  say(s, g, "ill", 1, 100, value_int(5));
  say(s, g, "ill", 2, 90, value_int(9)); /* late */
  assert_int_equal(now_of(s, g, "ill"), 5);
  say(s, g, "ill", 3, 100, value_int(6)); /* corrected */
  assert_int_equal(now_of(s, g, "ill"), 6);
  say(s, g, "ill", 4, 110, value_missing(memory, "ill")); /* not known any more */
  assert_int_equal(now_of(s, g, "ill"), -1);
  say(s, g, "income", 4, 110, value_int(700));
  MUST(store_facts_withdraw(s, &g->id, 4, &fault));
  assert_int_equal(now_of(s, g, "ill"), 6);
  assert_int_equal(now_of(s, g, "income"), -1);
  MUST(store_facts_withdraw(s, &g->id, 3, &fault));
  MUST(store_facts_withdraw(s, &g->id, 1, &fault));
  assert_int_equal(now_of(s, g, "ill"), 9);
  int64_t left = 0;
  MUST(store_facts_left(s, &g->id, &left, &fault));
  assert_int_equal(left, 1);
  say(s, g, "soil", 5, 120, value_string(TEXT("clay")));
  say(s, g, "fenced", 5, 120, value_bool(true));
  fact *rows = NULL;
  size_t n = 0;
  fact_query all = {.kind = g->kind, .root = g->id, .limit = 10};
  MUST(store_history(s, memory, &all, &rows, &n, &fault));
  assert_int_equal(n, 3);
  assert_string_equal(rows[0].field, "fenced");
  assert_true(rows[0].v.type == VALUE_BOOL && rows[0].v.yes);
  assert_string_equal(rows[1].field, "soil");
  assert_int_equal(rows[2].v.i, 9);
  assert_int_equal(rows[2].since, 90);
  assert_int_equal(rows[2].at_ms, 1002);
  assert_int_equal(rows[2].officer.b[15], 77);
  assert_string_equal(rows[2].source, "desk");
  all.limit = 1;
  MUST(store_history(s, memory, &all, &rows, &n, &fault));
  assert_int_equal(n, 1);
  all = (fact_query){.kind = g->kind,
                     .root = g->id,
                     .has_after = true,
                     .after_seq = rows[0].seq,
                     .after_subject = rows[0].subject,
                     .after_field = text_of(rows[0].field),
                     .limit = 1};
  MUST(store_history(s, memory, &all, &rows, &n, &fault));
  assert_int_equal(n, 1);
  assert_string_equal(rows[0].field, "soil"); /* the same entry's other field */
  done(s);
}

static void events_of_a_unit(void **state) {
  (void)state;
  store *s = fresh();
  const event_kind *sale = event_kind_of("sale");
  static const day days[] = {50, 60, 60, 40};
  for (uint8_t i = 0; i < 4; i++) {
    value amount = i == 3 ? value_missing(memory, "amount") : value_int(i);
    event x = {.kind = sale,
               .id = number(i),
               .root = number(100),
               .subject = number(100),
               .area = NORTH,
               .on = days[i],
               .seq = i,
               .at_ms = 5,
               .officer = number(3),
               .fields = &amount};
    MUST(store_event_put(s, &x, &fault));
  }
  event **rows = NULL, *one = NULL;
  size_t n = 0;
  uuid root = number(100), id = number(1), stranger = number(101);
  MUST(store_events(s, memory, &(event_query){.kind = sale, .root = root, .from = DAY_NONE}, &rows,
                    &n, &fault));
  assert_int_equal(n, 4);
  static const int64_t order[] = {2, 1, 0, 3};
  for (size_t i = 0; i < n; i++) assert_int_equal(rows[i]->seq, order[i]);
  assert_int_equal(rows[3]->fields[0].type, VALUE_UNKNOWN);
  MUST(store_events(s, memory, &(event_query){.kind = sale, .root = root, .from = 50}, &rows, &n,
                    &fault));
  assert_int_equal(n, 3);
  MUST(store_event_withdraw(s, rows[0], &fault));
  MUST(store_events(s, memory, &(event_query){.kind = sale, .root = root, .from = 50}, &rows, &n,
                    &fault));
  assert_int_equal(n, 2);
  MUST(store_events(s, memory,
                    &(event_query){.kind = sale, .root = root, .from = 50, .withdrawn_too = true},
                    &rows, &n, &fault));
  assert_int_equal(n, 3);
  assert_true(rows[0]->withdrawn);
  MUST(store_events(
      s, memory,
      &(event_query){.kind = sale, .root = stranger, .from = DAY_NONE, .withdrawn_too = true},
      &rows, &n, &fault));
  assert_int_equal(n, 0);
  scope far = {0}, north = {0};
  scope_add(&far, FAR);
  scope_add(&north, NORTH);
  MUST(store_event_find(s, memory, sale, &id, &north, &one, &fault));
  assert_true(one && one->fields[0].i == 1 && one->officer.b[15] == 3);
  MUST(store_event_find(s, memory, sale, &id, &far, &one, &fault));
  assert_null(one);
  done(s);
}

/* ---- findings, cases, measures ---- */

static void findings_by_day(void **state) {
  (void)state;
  store *s = fresh();
  for (uint8_t i = 0; i < 30; i++) {
    finding f = {.id = number(i),
                 .root = number(100),
                 .subject = number(100),
                 .kind = "garden",
                 .rule = i % 2 ? "poor" : "many_ill",
                 .colour = i % 3,
                 .since = 50 + i / 4,
                 .until = i == 7 ? 90 : DAY_NONE,
                 .message_zh = TEXT("中"),
                 .message_en = TEXT("en"),
                 .reasons = TEXT("[]")};
    memcpy(f.area, i % 5 ? NORTH : FAR, 13);
    MUST(store_finding_put(s, &f, &fault));
  }
  finding_query q = {.rule = "poor", .colour = -1, .open_only = true, .limit = 4};
  scope_add(&q.scope, NORTH);
  size_t seen = 0;
  for (;;) {
    finding *rows = NULL;
    size_t n = 0;
    MUST(store_findings(s, memory, &q, &rows, &n, &fault));
    if (n == 0) break;
    for (size_t i = 0; i < n; i++, seen++) {
      assert_string_equal(rows[i].rule, "poor");
      assert_int_not_equal(rows[i].id.b[15], 7);
      if (q.has_after)
        assert_true(rows[i].since < q.after_since ||
                    (rows[i].since == q.after_since && memcmp(rows[i].id.b, q.after_id.b, 16) > 0));
      q.has_after = true;
      q.after_since = rows[i].since;
      q.after_id = rows[i].id;
    }
  }
  assert_int_equal(seen, 11); /* of 15 odd ones, 3 are far away and one is resolved */
  int64_t by_colour[3];
  MUST(store_finding_counts(s, &q.scope, NULL, by_colour, &fault));
  assert_int_equal(by_colour[0] + by_colour[1] + by_colour[2], 23);
  finding *f = NULL;
  uuid id = number(8);
  MUST(store_finding_find(s, memory, &id, &f, &fault));
  f->until = 99;
  f->message_zh = TEXT("新");
  f->case_id = number(200);
  MUST(store_finding_put(s, f, &fault));
  MUST(store_finding_find(s, memory, &id, &f, &fault));
  assert_true(f->until == 99 && text_is(f->message_zh, "新") && f->case_id.b[15] == 200);
  finding *rows = NULL;
  size_t n = 0;
  uuid root = number(100);
  MUST(store_findings_of(s, memory, &root, true, &rows, &n, &fault));
  assert_int_equal(n, 28);
  MUST(store_findings_of(s, memory, &root, false, &rows, &n, &fault));
  assert_int_equal(n, 30);
  done(s);
}

static void cases_by_deadline(void **state) {
  (void)state;
  store *s = fresh();
  for (uint8_t i = 0; i < 40; i++) {
    casework c = {.id = number((uint8_t)(i * 7 % 41)),
                  .root = number(100),
                  .subject = number(100),
                  .kind = "garden",
                  .process = "care",
                  .workflow = "care",
                  .state = i % 4 ? "found" : "treating",
                  .opened = 10,
                  .since = 11,
                  .deadline = i % 3 ? 100 + i / 6 : DAY_NONE,
                  .closed = i % 10 == 0,
                  .withdrawn = i == 39,
                  .version = i};
    memcpy(c.area, i % 2 ? NORTH : SOUTH, 13);
    MUST(store_case_put(s, &c, &fault));
  }
  case_query q = {.closed = 0, .due_from = DAY_NONE, .due_to = DAY_NONE, .limit = 5};
  scope_add(&q.scope, "500243");
  size_t seen = 0;
  for (;;) {
    casework *rows = NULL;
    size_t n = 0;
    MUST(store_cases(s, memory, &q, &rows, &n, &fault));
    if (n == 0) break;
    for (size_t i = 0; i < n; i++, seen++) {
      assert_false(rows[i].closed || rows[i].withdrawn);
      if (q.has_after) {
        bool later = q.after_deadline == DAY_NONE
                         ? rows[i].deadline == DAY_NONE
                         : rows[i].deadline == DAY_NONE || rows[i].deadline >= q.after_deadline;
        bool same = rows[i].deadline == q.after_deadline;
        assert_true(later && (!same || memcmp(rows[i].id.b, q.after_id.b, 16) > 0));
      }
      q.has_after = true;
      q.after_deadline = rows[i].deadline;
      q.after_id = rows[i].id;
    }
  }
  assert_int_equal(seen, 35);
  assert_int_equal(q.after_deadline, DAY_NONE); /* those without a deadline come last */
  casework *rows = NULL;
  size_t n = 0;
  case_query due = {.closed = -1,
                    .due_from = 101,
                    .due_to = 102,
                    .state = "found",
                    .process = "care",
                    .limit = 50};
  due.scope = q.scope;
  MUST(store_cases(s, memory, &due, &rows, &n, &fault));
  assert_int_equal(n, 6); /* 6…17 without every third and every fourth */
  due.process = "other";
  MUST(store_cases(s, memory, &due, &rows, &n, &fault));
  assert_int_equal(n, 0);
  state_count *counts = NULL;
  MUST(store_case_counts(s, memory, &q.scope, NULL, &counts, &n, &fault));
  assert_int_equal(n, 2);
  assert_string_equal(counts[0].state, "found");
  assert_int_equal(counts[0].n + counts[1].n, 35);
  uuid id = number(39 * 7 % 41);
  casework *c = NULL;
  MUST(store_case_find(s, memory, &id, NULL, &c, &fault));
  assert_null(c); /* withdrawn */
  id = number(7);
  scope south = {0};
  scope_add(&south, SOUTH);
  MUST(store_case_find(s, memory, &id, &south, &c, &fault));
  assert_null(c);
  MUST(store_case_find(s, memory, &id, NULL, &c, &fault));
  c->state = "done";
  c->closed = true;
  c->relapses = 2;
  c->deadline = DAY_NONE;
  MUST(store_case_put(s, c, &fault));
  MUST(store_case_find(s, memory, &id, NULL, &c, &fault));
  assert_true(c->closed && c->relapses == 2 && c->deadline == DAY_NONE &&
              strcmp(c->state, "done") == 0);
  step t = {.case_id = id,
            .seq = 5,
            .transition = "close",
            .from = "found",
            .to = "done",
            .at_ms = 3,
            .form = TEXT("{}"),
            .note = TEXT("好"),
            .back_reason = TEXT("")};
  MUST(store_step_put(s, &t, &fault));
  t.seq = 4;
  MUST(store_step_put(s, &t, &fault));
  step *steps = NULL;
  MUST(store_steps(s, memory, &id, &steps, &n, &fault));
  assert_true(n == 2 && steps[0].seq == 4 && text_is(steps[1].note, "好") &&
              uuid_is_nil(&steps[0].officer));
  done(s);
}

static void measures_with_and_without_money(void **state) {
  (void)state;
  store *s = fresh();
  for (uint8_t i = 0; i < 3; i++) {
    measure m = {.id = number(i),
                 .root = number(100),
                 .subject = number(100),
                 .kind = "spraying",
                 .state = i == 2 ? "done" : "proposed",
                 .area = NORTH,
                 .has_amount = i == 1,
                 .amount = i ? 2500 : 0,
                 .form = TEXT("{}"),
                 .note = TEXT(""),
                 .trace = TEXT("[]"),
                 .since = 9 - i,
                 .version = 1};
    MUST(store_measure_put(s, &m, &fault));
  }
  measure *rows = NULL;
  size_t n = 0;
  uuid root = number(100);
  MUST(store_measures_of(s, memory, &root, &rows, &n, &fault));
  assert_int_equal(n, 3);
  assert_int_equal(rows[1].id.b[15], 1);
  assert_true(rows[1].has_amount && rows[1].amount == 2500 && !rows[2].has_amount);
  scope north = {0}, far = {0};
  scope_add(&north, NORTH);
  scope_add(&far, FAR);
  MUST(store_measures_in(s, memory,
                         &(measure_query){.scope = &north, .state = "proposed", .limit = 10}, &rows,
                         &n, &fault));
  assert_int_equal(n, 2);
  MUST(store_measures_in(s, memory,
                         &(measure_query){.scope = &far, .state = "proposed", .limit = 10}, &rows,
                         &n, &fault));
  assert_int_equal(n, 0);
  measure *one = NULL;
  uuid id = number(0);
  MUST(store_measure_find(s, memory, &id, &far, &one, &fault));
  assert_null(one);
  done(s);
}

/* ---- people and places ---- */

static void areas_officers_uploads(void **state) {
  (void)state;
  store *s = fresh();
  MUST(store_area_put(s, SOUTH, TEXT("南村"), &fault));
  MUST(store_area_put(s, NORTH, TEXT("旧名"), &fault));
  MUST(store_area_put(s, NORTH, TEXT("北村"), &fault));
  area *areas = NULL;
  size_t n = 0;
  scope all = scope_all();
  MUST(store_areas(s, memory, &all, &areas, &n, &fault));
  assert_int_equal(n, 2);
  assert_string_equal(areas[0].code, NORTH);
  assert_string_equal(areas[0].name, "北村");
  const char *name = NULL;
  MUST(store_area_name(s, memory, FAR, &name, &fault));
  assert_string_equal(name, "");
  post posts[] = {{.role = "keeper", .pack = "orchard", .area = NORTH},
                  {.role = "admin", .pack = "", .area = COUNTY}};
  officer o = {.id = number(1),
               .login = "li",
               .name = "李",
               .active = true,
               .posts = posts,
               .post_count = 2},
          *back;
  MUST(store_officer_put(s, &o, &fault));
  o.active = false;
  o.post_count = 1;
  MUST(store_officer_put(s, &o, &fault));
  MUST(store_officer_find_by_login(s, memory, TEXT("li"), &back, &fault));
  assert_true(back && !back->active && back->post_count == 1);
  assert_string_equal(back->posts[0].role, "keeper");
  assert_string_equal(back->posts[0].area, NORTH);
  MUST(store_officer_find_by_login(s, memory, TEXT("LI"), &back, &fault));
  assert_null(back);
  credential c = {.changed = 9, .first_password = true}, d;
  bool there = true;
  MUST(store_credential_find(s, &o.id, &d, &there, &fault));
  assert_false(there);
  snprintf(c.password_hash, sizeof c.password_hash, "$argon2id$x");
  MUST(store_credential_put(s, &o.id, &c, &fault));
  MUST(store_credential_find(s, &o.id, &d, &there, &fault));
  assert_true(there && d.changed == 9 && d.first_password);
  assert_string_equal(d.password_hash, "$argon2id$x");
  upload u = {.id = number(5),
              .officer = o.id,
              .layout = "roster",
              .file = "名册.xlsx",
              .state = "checked",
              .body = {"a\0b", 3},
              .report = TEXT("{}")},
         *v;
  MUST(store_upload_put(s, &u, &fault));
  u.state = "applied";
  MUST(store_upload_put(s, &u, &fault));
  MUST(store_upload_find(s, memory, &u.id, true, &v, &fault));
  assert_true(v && v->body.bytes == 3 && memcmp(v->body.at, "a\0b", 3) == 0);
  assert_string_equal(v->state, "applied");
  MUST(store_day_scanned(s, 20000, &fault));
  county head;
  MUST(store_county_get(s, &head, &fault));
  assert_int_equal(head.last_scanned_day, 20000);
  assert_string_equal(head.name, "石柱县");
  done(s);
}

int main(void) {
  const struct CMUnitTest all[] = {cmocka_unit_test(facts_late_corrected_withdrawn),
                                   cmocka_unit_test(events_of_a_unit),
                                   cmocka_unit_test(findings_by_day),
                                   cmocka_unit_test(cases_by_deadline),
                                   cmocka_unit_test(measures_with_and_without_money),
                                   cmocka_unit_test(areas_officers_uploads)};
  int failed = cmocka_run_group_tests_name("store work sqlite", all, use_sqlite, drop);
  failed += cmocka_run_group_tests_name("store work postgres", all, use_postgres, drop);
  return failed;
}
