/* Areas: their ordinary spellings, the shipped list, and where a subject may be registered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "import/areas.h"
#include "orchard.h"
#include "sheet/table_read.h"

static const struct {
  const char *code, *name;
} extra[] = {{"500243101031", "东闸社区居民委员会"}, {"500243101231", "柳沟村村民委员会"},
             {"500243101032", "柳沟社区居委会"},     {"500243101232", "前铺村村委会"},
             {"500243101233", "北铺新村"},           {"500243103000", "接庄街道"}};

static orchard *with_areas(void) {
  orchard *o = orchard_new("2024-03-01");
  err e;
  for (size_t i = 0; i < sizeof extra / sizeof *extra; i++)
    if (!store_area_put(o->s, extra[i].code, text_of(extra[i].name), &e)) fail_msg("%s", e.en);
  return o;
}

static void assert_found(const area_book *b, const char *word, const char *code) {
  char got[13];
  err e = {0};
  if (!area_book_word(b, text_of(word), got, &e)) fail_msg("%s: %s", word, e.en);
  assert_string_equal(got, code);
}

static void assert_told(const area_book *b, const char *word, const char *words) {
  char got[13];
  err e = {0};
  if (area_book_word(b, text_of(word), got, &e)) fail_msg("%s is %s", word, got);
  if (!strstr(e.zh, words)) fail_msg("%s: %s", word, e.zh);
}

static void an_area_has_many_spellings(UNUSED void **state) {
  orchard *o = with_areas();
  err e;
  area_book *b = area_book_new(o->s, o->a, &e);
  assert_non_null(b);
  static const char *const same[] = {
      "东闸",           "东闸社区",           "东闸居委会",
      "东闸社区居委会", "东闸社区居民委员会", "东闸社区居民委会",
      " 东 闸 社区　",  "500243101031",       "５００２４３１０１０３１"};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) assert_found(b, same[i], "500243101031");
  assert_found(b, "前铺", "500243101232");
  assert_found(b, "前铺行政村", "500243101232");
  assert_found(b, "前铺村民委员会", "500243101232");
  assert_found(b, "北铺新村", "500243101233");
  assert_found(b, "接庄办事处", "500243103000");
  assert_found(b, "柳沟村", "500243101231"); /* 村 and 社区 are two */
  assert_found(b, "柳沟居委会", "500243101032");
  assert_told(b, "柳沟", "500243101032 柳沟社区居委会、500243101231 柳沟村村民委员会");
  assert_told(b, "东闸居", "是不是：500243101031 东闸社区居民委员会");
  assert_told(b, "前辅村", "是不是：500243101232 前铺村村委会");
  assert_told(b, "天边外", "按区划表填写");
  orchard_free(o);
}

/* The rule by which the slips of the published list were found (data/areas/README.md). */
static void the_shipped_list_has_no_slips(UNUSED void **state) {
  static const char *const endings[] = {"村委会", "居委会", "村民委员会", "居民委员会"};
  char path[4096];
  err e;
  snprintf(path, sizeof path, "%s/data/areas/jining.csv", getenv("JISHI_HOME"));
  table_reader *t = table_open(path, NULL, &e);
  if (!t) fail_msg("%s", e.en);
  table_row row;
  size_t rows = 0;
  while (table_next(t, &row, &e) > 0) {
    char code[13];
    rows++;
    if (row.count < 2 || !area_code_check(row.cells[0].text, code, NULL)) continue;
    text name = row.cells[1].text;
    bool good = area_code_level(code) != AREA_VILLAGE || !text_ends(name, "会");
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
      good |= text_ends(name, endings[i]);
    if (!good) fail_msg("%s %.*s", code, (int)name.bytes, name.at);
    assert_false(area_code_is_zone(code)); /* zones have codes of their own */
  }
  table_close(t);
  assert_true(rows > 5000);
}

/* A kind says at which level it is registered, and nowhere above. */
static void a_garden_is_registered_in_a_village(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  static const char *const above[] = {"500243", "500243101"};
  for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
    uuid u = next_id(o);
    assert_int_equal(refusal(o, &everyone, VERB_SUBJECT,
                             "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{"
                             "\"code\":\"G1\",\"owner\":\"张某\"}}",
                             id_text(o, &u), above[i]),
                     ERR_BAD_INPUT);
    assert_non_null(strstr(o->told.zh, "要登记到村（居）"));
    assert_string_equal(o->told.where, "area");
  }
  const char *id = add_garden(o, "G1", NORTH, "");
  assert_int_equal(refusal(o, &everyone, VERB_FACTS,
                           "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"500243101000\"}", id),
                   ERR_BAD_INPUT);
  orchard_free(o);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(an_area_has_many_spellings),
                                     cmocka_unit_test(the_shipped_list_has_no_slips),
                                     cmocka_unit_test(a_garden_is_registered_in_a_village)};
  return cmocka_run_group_tests(tests, orchard_use_sqlite, orchard_drop_sqlite);
}
