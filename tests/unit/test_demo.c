#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "demo/demo.h"
#include "pack/load/load.h"
#include "small_district.h"
#include "store/rows.h"
#include "store/sealed.h"

static char folder[64], pack_folder[100], calendar_path[100], areas[100];

static int set_up(void **state) {
  (void)state;
  small_district_write(folder);
  snprintf(pack_folder, sizeof pack_folder, "%s/pack", folder);
  snprintf(calendar_path, sizeof calendar_path, "%s/calendar.yaml", folder);
  snprintf(areas, sizeof areas, "%s/areas.csv", folder);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  small_district_remove(folder);
  return 0;
}

static demo_result make(const char *name, uint64_t seed, char place[120]) {
  const char *folders[] = {pack_folder};
  demo_config c = {.units = 40,
                   .seed = seed,
                   .calendar_path = calendar_path,
                   .areas_csv = areas,
                   .pack_folders = folders,
                   .pack_count = 1};
  demo_result r;
  err e = {0};
  assert_true(day_from_ymd(2025, 6, 30, &c.last_day));
  snprintf(place, 120, "%s/%s", folder, name);
  if (!demo_make(place, &c, NULL, &r, &e)) fail_msg("%s: %s", e.where, e.en);
  return r;
}

/* What the entries say, sealed values opened: the keys of two places differ. */
static hash said_in(store *s) {
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  entry *rows = NULL;
  size_t n = 0;
  hash all = {{0}};
  assert_true(store_journal(s, a, &(journal_query){.limit = 1000000}, &rows, &n, &e));
  for (size_t i = 0; i < n; i++) {
    if (!sealed_body_open(s, a, rows[i].body, &rows[i].body, &e)) fail_msg("%s", e.en);
    all = store_entry_link(&all, &rows[i]);
  }
  return all;
}

/* All derived tables of a place with their rows, and its journal, as one text. */
static void print_of(const char *place, buf *b) {
  err e = {0};
  arena *a AUTO_ARENA = arena_new(0);
  county head;
  char hex[65];
  store *s = store_open(place, DB_READ, NULL, &e);
  if (!s || !store_county_get(s, &head, &e)) fail_msg("%s", e.en);
  hash said = said_in(s);
  hash_format(&said, hex);
  buf_printf(b, "%lld %s\n", (long long)head.seq, hex);
  text *bodies = NULL;
  size_t count = 0;
  table_digest *digests = NULL;
  assert_true(store_packs_after(s, a, 0, &bodies, &count, &e));
  assert_int_equal(count, 1);
  faults f = {0};
  pack *p = pack_load(pack_folder, NULL, &f);
  faults_release(&f);
  assert_non_null(p);
  catalog packs = {0};
  assert_true(catalog_add(&packs, p, &e));
  if (!store_use_packs(s, &packs, false, &e) || !store_digest(s, a, &digests, &count, &e))
    fail_msg("%s", e.en);
  for (size_t i = 0; i < count; i++)
    buf_printf(b, "%s %lld\n", digests[i].table, (long long)digests[i].rows);
  store_close(s);
  pack_free(p);
}

static int64_t rows_of(const buf *b, const char *table) {
  char line[80];
  snprintf(line, sizeof line, "\n%s ", table);
  const char *at = strstr(b->at, line);
  return at ? atoll(at + strlen(line)) : -1;
}

static void the_same_seed_makes_the_same_district(void **state) {
  (void)state;
  char places[3][120];
  demo_result r[] = {make("one", 7, places[0]), make("two", 7, places[1]),
                     make("three", 8, places[2])};
  AUTO_BUF buf one = {0}, two = {0}, three = {0};
  print_of(places[0], &one);
  print_of(places[1], &two);
  print_of(places[2], &three);
  assert_string_equal(one.at, two.at);
  assert_string_not_equal(one.at, three.at);
  assert_int_equal(r[0].entries, r[1].entries);
  for (int i = 0; i < 3; i++) demo_result_release(&r[i]);
}

static void it_holds_what_the_recipe_says(void **state) {
  (void)state;
  char place[120];
  demo_result r = make("four", 7, place);
  AUTO_BUF buf b = {0};
  print_of(place, &b);
  if (r.refused) fail_msg("%s", r.notes_zh.at);
  assert_int_equal(r.units, 40);
  assert_int_equal(rows_of(&b, "subject_home"), 40);
  assert_true(rows_of(&b, "subject_member") >= 40);
  assert_true(rows_of(&b, "event_visit") > 40);
  assert_true(rows_of(&b, "event_bill") > 0);
  assert_int_equal(rows_of(&b, "officer"), 5);
  assert_true(rows_of(&b, "casework") > 0 || rows_of(&b, "cases") > 0 ||
              rows_of(&b, "case_file") > 0);
  assert_non_null(strstr(r.logins_zh.at, "登录名 clerk1  密码 demo-2026  经办员（一村）"));
  demo_result_release(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_same_seed_makes_the_same_district),
      cmocka_unit_test(it_holds_what_the_recipe_says),
  };
  return cmocka_run_group_tests_name("demo", tests, set_up, tear_down);
}
