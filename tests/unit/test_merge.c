/* Two records that were one: merged, taken back, and the same again after a replay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/replay.h"
#include "orchard.h"

static void assert_same_again(orchard *o) {
  AUTO_BUF buf report = {0};
  bool same = false;
  err e = {0};
  if (!engine_rebuild(o->location, &same, &report, NULL, &e))
    fail_msg("rebuild: %s %s", e.where, e.en);
  if (!same) fail_msg("differs: %s", report.at);
}

static size_t events_of(orchard *o, const char *kind_name, const char *root) {
  const event_kind *k = catalog_event(engine_packs(o->g), text_of(kind_name), NULL);
  event **all = NULL;
  size_t count = 0;
  err e = {0};
  assert_true(store_events(o->s, o->a,
                           &(event_query){.kind = k, .root = id_of(root), .from = DAY_NONE}, &all,
                           &count, &e));
  return count;
}

static text text_of_field(orchard *o, const char *kind_name, const char *id, const char *name) {
  record *r = subject_of(o, kind_name, id);
  assert_non_null(r);
  const field *f = field_find(r->kind->fields, r->kind->field_count, text_of(name));
  const value *v = &r->fields[f - r->kind->fields];
  return v->type == VALUE_STRING ? v->s : TEXT("");
}

static const char *merge(orchard *o, const char *kind_name, const char *from, const char *into) {
  uuid u = next_id(o);
  const char *id = id_text(o, &u);
  must(o, VERB_MERGE,
       "{\"id\":\"%s\",\"kind\":\"%s\",\"from\":\"%s\",\"into\":\"%s\",\"reason\":\"同一户\"}", id,
       kind_name, from, into);
  return id;
}

static void take_back(orchard *o, const char *id) {
  must(o, VERB_MERGE, "{\"id\":\"%s\",\"undone\":\"true\",\"reason\":\"并错了\"}", id);
}

static size_t children(orchard *o, const char *garden) {
  record **rows = NULL;
  size_t n = 0;
  const uuid root = id_of(garden);
  err e = {0};
  assert_true(store_children(o->s, o->a, kind_named(o, "tree"), &root, &rows, &n, &e));
  return n;
}

static void two_roots_are_one_and_two_again(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *one = add_garden(o, "G1", NORTH, ",\"soil\":\"sand\",\"income\":100");
  const char *two = add_garden(o, "G2", SOUTH, ",\"soil\":\"clay\",\"phone\":\"13800000000\"");
  const char *tree = add_tree(o, two, "T1", "");
  add_event(o, "watering", one, "2024-02-20", "\"sides\":[\"north\"]");
  add_event(o, "watering", two, "2024-02-21", "\"sides\":[\"south\"]");
  add_event(o, "pruning", tree, "2024-02-22", "\"hours\":3");
  add_event(o, "check", two, "2024-02-23", "\"ill\":9");
  assert_int_equal(cases_of(o, two, &(casework *){NULL}), 1);
  assert_non_null(finding_of(o, two, "many_ill"));

  begin_day(o, "2024-03-02");
  const char *m = merge(o, "garden", two, one);
  assert_null(subject_of(o, "garden", two));
  assert_int_equal(events_of(o, "watering", one), 2);
  assert_int_equal(events_of(o, "watering", two), 0);
  assert_int_equal(events_of(o, "pruning", one), 1);
  assert_int_equal(children(o, one), 1);
  assert_int_equal(number_of(o, "garden", one, "ill"), 9); /* only the other knew */
  assert_true(text_is(text_of_field(o, "garden", one, "soil"), "sand"));
  assert_true(text_is(text_of_field(o, "garden", one, "phone"), "13800000000"));
  assert_true(text_is(text_of_field(o, "garden", one, "code"), "G1"));
  assert_int_equal(cases_of(o, one, &(casework *){NULL}), 1);
  assert_non_null(finding_of(o, one, "many_ill")); /* opened where it belongs now */
  assert_null(finding_of(o, two, "many_ill"));
  record *r = NULL;
  err e = {0};
  assert_true(store_subject_find_by_key(o->s, o->a, kind_named(o, "garden"), TEXT("G2"), &r, &e));
  assert_non_null(r); /* the old number leads there, and so does the old id */
  assert_string_equal(id_text(o, &r->id), one);
  add_event(o, "watering", two, "2024-03-01", "\"sides\":[\"north\"]");
  assert_int_equal(events_of(o, "watering", one), 3);
  assert_same_again(o);

  begin_day(o, "2024-03-03");
  take_back(o, m);
  assert_non_null(subject_of(o, "garden", two));
  assert_int_equal(events_of(o, "watering", one), 2); /* what was recorded since stays */
  assert_int_equal(events_of(o, "watering", two), 1);
  assert_int_equal(events_of(o, "pruning", two), 1);
  assert_int_equal(children(o, one), 0);
  assert_int_equal(children(o, two), 1);
  assert_int_equal(number_of(o, "garden", one, "ill"), -1);
  assert_true(text_is(text_of_field(o, "garden", one, "phone"), ""));
  assert_true(text_is(text_of_field(o, "garden", two, "code"), "G2"));
  assert_int_equal(cases_of(o, one, &(casework *){NULL}), 0);
  assert_int_equal(cases_of(o, two, &(casework *){NULL}), 1);
  assert_non_null(finding_of(o, two, "many_ill"));
  assert_null(finding_of(o, one, "many_ill"));
  assert_same_again(o);
  orchard_free(o);
}

/* A step taken while they were one belongs to its case, and goes back with it. */
static void a_step_goes_back_with_its_case(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *one = add_garden(o, "G1", NORTH, ""), *two = add_garden(o, "G2", SOUTH, "");
  add_event(o, "check", two, "2024-02-23", "\"ill\":9");
  casework *c = NULL;
  assert_int_equal(cases_of(o, two, &c), 1);
  const char *m = merge(o, "garden", two, one);
  must(o, VERB_MOVE, "{\"case\":\"%s\",\"transition\":\"treat\",\"form\":{\"people\":4}}",
       id_text(o, &c->id));
  assert_int_equal(number_of(o, "garden", one, "tenders"), 4);
  assert_int_equal(events_of(o, "garden_step", one), 2);
  take_back(o, m);
  assert_int_equal(number_of(o, "garden", one, "tenders"), -1);
  assert_int_equal(number_of(o, "garden", two, "tenders"), 4);
  assert_int_equal(events_of(o, "garden_step", one), 0);
  assert_int_equal(events_of(o, "garden_step", two), 2);
  assert_same_again(o);
  orchard_free(o);
}

static void two_children_are_one_across_roots(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *one = add_garden(o, "G1", NORTH, ""), *two = add_garden(o, "G2", SOUTH, "");
  const char *a = add_tree(o, one, "T1", ",\"variety\":\"梨\"");
  const char *b = add_tree(o, two, "T2", ",\"pests\":[\"moth\"]");
  add_event(o, "pruning", b, "2024-02-22", "\"hours\":3");
  assert_non_null(finding_of(o, two, "moths"));
  const char *m = merge(o, "tree", b, a);
  assert_int_equal(children(o, two), 0);
  assert_int_equal(events_of(o, "pruning", one), 1);
  assert_int_equal(events_of(o, "pruning", two), 0);
  assert_non_null(finding_of(o, one, "moths"));
  assert_null(finding_of(o, two, "moths"));
  assert_true(text_is(text_of_field(o, "tree", a, "tag"), "T1"));
  take_back(o, m);
  assert_int_equal(children(o, two), 1);
  assert_int_equal(events_of(o, "pruning", two), 1);
  assert_null(finding_of(o, one, "moths"));
  assert_non_null(finding_of(o, two, "moths"));
  assert_same_again(o);
  orchard_free(o);
}

static void what_cannot_be_merged_is_refused(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *one = add_garden(o, "G1", NORTH, ""), *two = add_garden(o, "G2", SOUTH, ""),
             *three = add_garden(o, "G3", SOUTH, "");
#define TRY(from, into, reason)                                                                    \
  refusal(o, &everyone, VERB_MERGE,                                                                \
          "{\"id\":\"%s\",\"kind\":\"garden\",\"from\":\"%s\",\"into\":\"%s\",\"reason\":\"%s\"}", \
          id_text(o, &(uuid){{7}}), from, into, reason)
  assert_int_equal(TRY(one, one, "x"), ERR_BAD_INPUT);
  assert_int_equal(TRY(one, two, " "), ERR_BAD_INPUT);
  assert_int_equal(TRY("00000000-0000-7000-8000-000000000001", two, "x"), ERR_UNKNOWN_NAME);
  const char *m = merge(o, "garden", two, one);
  assert_int_equal(TRY(two, three, "x"), ERR_UNKNOWN_NAME); /* it is no more */
  const char *n = merge(o, "garden", one, three);
#define UNDO(id)                                                                                   \
  refusal(o, &everyone, VERB_MERGE, "{\"id\":\"%s\",\"undone\":\"true\",\"reason\":\"x\"}", id)
  assert_int_equal(UNDO(m), ERR_NOT_ALLOWED); /* the last one first */
  record *r = NULL;
  err e = {0};
  const uuid gone = id_of(two);
  assert_true(store_subject_standing(o->s, o->a, kind_named(o, "garden"), &gone, &r, &e));
  assert_non_null(r);
  assert_string_equal(id_text(o, &r->id), three);
  assert_int_equal(UNDO(n), ERR_NONE);
  assert_int_equal(UNDO(m), ERR_NONE);
  assert_int_equal(UNDO(m), ERR_NOT_ALLOWED);
  assert_same_again(o);
  orchard_free(o);
}

/* Alike in one area, one of them without a key: hints. */
static void records_alike_are_hints(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *one = add_garden(o, "G1", NORTH, ""), *two = add_garden(o, "G2", NORTH, ""),
             *far = add_garden(o, "G3", FAR, "");
  const char *const gardens[] = {one, two, far};
  for (int i = 0; i < 3; i++)
    add_tree(o, gardens[i],
             i == 0   ? "A"
             : i == 1 ? "B"
                      : "C",
             ",\"variety\":\"梨\",\"planted\":\"2020-01-01\"");
  alike *rows = NULL;
  size_t n = 0;
  err e = {0};
  const alike_query q = {.kind = kind_named(o, "tree"), .scope = scope_all(), .limit = 10};
  assert_true(store_alike(o->s, o->a, &q, &rows, &n, &e));
  assert_int_equal(n, 0); /* each has a key, so they are two */
  orchard_free(o);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(two_roots_are_one_and_two_again),
      cmocka_unit_test(a_step_goes_back_with_its_case),
      cmocka_unit_test(two_children_are_one_across_roots),
      cmocka_unit_test(what_cannot_be_merged_is_refused),
      cmocka_unit_test(records_alike_are_hints),
  };
  int failed =
      cmocka_run_group_tests_name("merge (sqlite)", tests, orchard_use_sqlite, orchard_drop_sqlite);
  return failed +
         cmocka_run_group_tests_name("merge (postgres)", tests, orchard_use_postgres, NULL);
}
