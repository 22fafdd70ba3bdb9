/* Rosters: what a dry run reports, what an import stores, and that it survives want of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "import/import.h"
#include "import_kit.h"
#include "memory_faults.h"

/* ---- rosters ---- */

#define HEADER "万安街道果园名册\n序号,园 号*,园主,村,土质,树牌,品种,年收入（元）\n"

static const char two_gardens[] = HEADER "1,G1,张某,北村,黏土,T1,梨,100\n"
                                         "2,G1,张某,北村,黏土,T2,桃,\n"
                                         "3,G2,李某,南村,沙土,T3,梨,\n";

static void rows_are_compared_with_what_is_stored(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  import_file file = roster(o, "two.csv", two_gardens);
  json *report = checked(o, &file);
  assert_int_equal(count_of(report, "rows"), 3);
  assert_int_equal(count_of(report, "accepted"), 3);
  assert_int_equal(count_of(report, "created"), 5);
  assert_true(text_is(json_text(report, "unknown_columns"), "年收入(元)"));
  const char *garden = add_garden(o, "G1", NORTH, ",\"soil\":\"sand\"");
  add_tree(o, garden, "T1", ",\"variety\":\"梨\"");
  report = checked(o, &file);
  assert_int_equal(count_of(report, "changed"), 1); /* the owner and the soil of G1 */
  assert_int_equal(count_of(report, "same"), 1);
  assert_int_equal(count_of(report, "created"), 3);
  orchard_free(o);
}

static void faults_name_row_and_remedy(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *garden = add_garden(o, "G9", NORTH, "");
  add_tree(o, garden, "T9", "");
  import_file file = roster(o, "faults.csv",
                            HEADER "1,G1,张某,北村,黏土,T1,,\n"
                                   "2,G1,王某,北村,黏土,T2,,\n"
                                   "3,G1,张某,北村,黏土,T1,,\n"
                                   "4,G2,李某,无村,黏土,T4,,\n"
                                   "5,G2,李某,无村,黏土,T5,,\n"
                                   "6,G1,张某,北村,泥,T6,,\n"
                                   "7,G1,张某,北村,黏土,,,\n"
                                   "8,G1,张某,北村,黏土,T9,,\n");
  json *report = checked(o, &file);
  assert_int_equal(count_of(report, "rows"), 8);
  assert_int_equal(count_of(report, "accepted"), 2);
  assert_int_equal(count_of(report, "refused"), 4);
  assert_fault(report, 4, "Of the same garden, \"owner\" is another in row 3");
  assert_told(report, "repeated_rows", 5, "the same as row 3");
  assert_fault(report, 6, "village");
  assert_fault(report, 7, "The same garden has a fault in row 6");
  assert_told(report, "cells", 8, "There is no choice \"泥\""); /* the rest of it is taken in */
  assert_fault(report, 9, "is empty; fill it in");
  assert_told(report, "move_rows", 10, "This tree is registered with \"园主G9\"");
  orchard_free(o);
}

static void an_import_is_stored_once(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  import_file file = roster(o, "two.csv", two_gardens);
  uuid id = next_id(o);
  err e = {0};
  for (int run = 0; run < 2; run++) {
    json *j = import_now(o, &file, &id);
    assert_int_equal(count_of(j, "accepted"), 3);
    assert_int_equal(count_of(j, run ? "same" : "created"), 5);
  }
  record *r = NULL;
  assert_true(store_subject_find_by_key(o->s, o->a, kind_named(o, "tree"), TEXT("T3"), &r, &e));
  assert_non_null(r);
  orchard_free(o);
}

/* ---- lists of events ---- */

/* What is live of that garden's day, in the order of its times. */
static size_t watches(orchard *o, event ***ret) {
  const event_kind *k = catalog_event(engine_packs(o->g), TEXT("sky_watch"), NULL);
  event **all = NULL;
  record *garden = NULL;
  size_t count = 0;
  err e = {0};
  const kind *of = catalog_kind(engine_packs(o->g), TEXT("garden"), NULL);
  assert_true(store_subject_find_by_key(o->s, o->a, of, TEXT("G1"), &garden, &e));
  assert_non_null(garden);
  assert_true(store_events_of_day(
      o->s, o->a, &(event_query){.kind = k, .root = garden->id, .from = on("2024-02-28")}, &all,
      &count, &e));
  *ret = all;
  return count;
}

static void marks_of_no_value_lose_that_value_only(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  event **all = NULL;
  add_garden(o, "G1", NORTH, "");
  import_file file = list_of(o, "sky_watches", "marks.csv",
                             "时刻,园号,雨量,风速,天空\n"
                             "2024-02-28 08:00,G1,-99,3,云\n"
                             "2024-02-28 09:00,G1,-99.0,—,无\n" /* that choice is spelled so */
                             "2024-02-28 10:00,G1,ｎａ,-1,NA\n" /* wind has a mark of its own */
                             "2024-02-28 11:00,G1,-98,2,\n");
  json *report = checked(o, &file);
  assert_int_equal(count_of(report, "accepted"), 3);
  assert_int_equal(count_of(report, "refused"), 1);
  assert_told(report, "notes", 3, "counts as not filled in"); /* "—" is what people write, too */
  assert_fault(report, 5, "cannot be below 0");
  assert_int_equal(count_of(report, "marks"), 5);
  const uuid id = next_id(o);
  import_now(o, &file, &id);
  assert_int_equal(watches(o, &all), 3);
  for (size_t i = 0; i < 3; i++) assert_int_equal(all[i]->fields[1].type, VALUE_UNKNOWN);
  orchard_free(o);
}

static void the_same_hour_twice_is_one_reading(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  event **all = NULL;
  add_garden(o, "G1", NORTH, "");
  static const char twice[] = "时刻,园号,雨量\n"
                              "2024-02-28 08:00,G1,1\n"
                              "2024-02-28 08:00,G1,2\n"
                              "2024-02-28 09:00,G1,5\n"
                              "2024-02-28 08:00,G1,3\n"
                              "2024-02-28 08:00,G1,x\n" /* what is wrong replaces nothing */
                              "2024-02-28 08:00,G1,3\n";
  for (int run = 0; run < 2; run++) { /* taken in again, nothing changes */
    import_file file = list_of(o, "sky_watches", "twice.csv", twice);
    json *report = checked(o, &file);
    assert_int_equal(count_of(report, "repeated"), 3);
    assert_int_equal(count_of(report, "accepted"), 2);
    assert_int_equal(count_of(report, "refused"), 1);
    assert_int_equal(count_of(report, "created"), run ? 0 : 2);
    assert_int_equal(count_of(report, "same"), run ? 2 : 0);
    const uuid id = next_id(o);
    import_now(o, &file, &id);
    assert_int_equal(watches(o, &all), 2);
    int64_t sum = 0;
    for (size_t i = 0; i < 2; i++) sum += all[i]->fields[1].i;
    assert_int_equal(sum, 800000000); /* 3 at eight, 5 at nine */
  }
  orchard_free(o);
}

/* Whichever allocation fails, the dry run says so, or had no need of it. */
static void any_allocation_may_fail(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *garden = add_garden(o, "G1", NORTH, ",\"soil\":\"sand\"");
  add_tree(o, garden, "T1", "");
  import_file file = roster(o, "two.csv", two_gardens);
  text whole;
  err e = {0};
  assert_true(import_check(o->s, o->a, &file, o->today, &whole, &e));
  int64_t refused = 0;
  bool hit = true;
  for (int64_t n = 1; hit; n++) {
    arena *a = arena_new(0);
    text report = {NULL, 0};
    memory_fail_at(n);
    bool ok = import_check(o->s, a, &file, o->today, &report, &e);
    hit = memory_failed();
    if (!ok && e.code != ERR_MEMORY && e.code != ERR_STORE)
      fail_msg("allocation %lld: %s %s", (long long)n, err_name(e.code), e.en);
    if (ok && !text_equal(report, whole))
      fail_msg("allocation %lld: %.*s", (long long)n, (int)report.bytes, report.at);
    refused += !ok;
    arena_free(a);
  }
  assert_true(refused > 20);
  orchard_free(o);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_are_compared_with_what_is_stored),
      cmocka_unit_test(faults_name_row_and_remedy),
      cmocka_unit_test(an_import_is_stored_once),
      cmocka_unit_test(marks_of_no_value_lose_that_value_only),
      cmocka_unit_test(the_same_hour_twice_is_one_reading),
      cmocka_unit_test(any_allocation_may_fail),
  };
  int failed =
      cmocka_run_group_tests_name("import, SQLite", tests, orchard_use_sqlite, orchard_drop_sqlite);
  return failed +
         cmocka_run_group_tests_name("import, PostgreSQL", tests, orchard_use_postgres, NULL);
}
