/* A table as of a day that is past says what held then, or refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "orchard.h"

#include "ledger/ledger.h"

static struct {
  char text[2000];
  ledger_end end;
  err told;
} got;

static bool take(UNUSED void *context, const ledger_line *line, UNUSED err *e) {
  AUTO_BUF buf b = {0};
  char day_shown[11];
  for (size_t i = 0; i < line->count; i++) {
    const table_value *v = &line->cells[i];
    if (i) buf_char(&b, ',');
    if (v->type == TABLE_TEXT) buf_text(&b, v->text);
    if (v->type == TABLE_DAY) day_format(v->day, day_shown);
    if (v->type == TABLE_DAY) buf_str(&b, day_shown);
    if (v->type == TABLE_INTEGER || v->type == TABLE_MONEY)
      buf_printf(&b, "%lld", (long long)v->number);
  }
  buf_char(&b, ';');
  assert_true(strlen(got.text) + b.bytes < sizeof got.text);
  strncat(got.text, b.at, b.bytes);
  return true;
}

/* The rows of what is asked for, "a,b;c,d;"; "": it was refused, or there are none. */
static const char *rows_in(orchard *o, const char *area, const char *asked) {
  ledger l;
  ledger_view view = {.sight = {.clear = UINT32_MAX, .unmasked = true},
                      .now = {o->today, engine_calendar(o->g)}};
  const ledger_sink sink = {.take = take};
  const json *j = json_parse(o->a, text_of(asked), &got.told);
  got.text[0] = 0;
  got.told = (err){0};
  if (!j) fail_msg("%s", asked);
  scope_add(&view.scope, area);
  if (!ledger_read(o->a, engine_packs(o->g), j, false, false, &l, &got.told) ||
      !ledger_run(o->s, o->a, &l, &view, &sink, &got.end, &got.told))
    got.text[0] = 0;
  return got.text;
}

static const char *rows(orchard *o, const char *asked) {
  return rows_in(o, "500243", asked);
}

static void refused_at(orchard *o, const char *asked, const char *where) {
  assert_string_equal(rows(o, asked), "");
  assert_int_equal(got.told.code, ERR_BAD_INPUT);
  assert_string_equal(got.told.where, where);
}

#define GARDENS(day)                                                                               \
  "{\"rows\":\"garden\",\"as_of\":\"" day                                                          \
  "\",\"columns\":[{\"what\":\"code\"},{\"shows\":\"area\"},{\"what\":\"soil\"},{\"what\":"        \
  "\"ill\"},{\"what\":\"size(trees)\"},{\"what\":\"sold_90d\"},{\"counts\":\"sale\"},{\"shows\":"  \
  "\"colour\"}]}"

static void each_day_has_its_own(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *one = add_garden(o, "G1", NORTH, ",\"soil\":\"clay\",\"ill\":1");
  begin_day(o, "2024-04-01");
  add_garden(o, "G2", SOUTH, ",\"soil\":\"sand\"");
  add_tree(o, one, "t-1", "");
  add_event(o, "sale", one, "2024-04-01", "\"amount\":500");
  const char *wrong = add_event(o, "sale", one, "2024-04-01", "\"amount\":900");
  begin_day(o, "2024-05-01");
  must(o, VERB_FACTS,
       "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"" SOUTH
       "\",\"fields\":{\"soil\":\"sand\",\"ill\":9}}",
       one);
  must(o, VERB_WITHDRAW, "{\"kind\":\"sale\",\"id\":\"%s\"}", wrong);
  add_event(o, "sale", one, "2024-05-01", "\"amount\":700");
  begin_day(o, "2024-06-01");
  add_event(o, "sale", one, "2024-03-20", "\"amount\":40"); /* late, but of that day */

  assert_string_equal(rows(o, GARDENS("2024-02-29")), "");
  assert_int_equal(got.told.code, ERR_NONE);
  assert_string_equal(rows(o, GARDENS("2024-03-10")), "G1,北村,黏土,1,0,0,0,;");
  assert_string_equal(rows(o, GARDENS("2024-03-20")), "G1,北村,黏土,1,0,40,1,;");
  assert_string_equal(rows(o, GARDENS("2024-04-30")),
                      "G1,北村,黏土,1,1,540,2,;G2,南村,沙土,,0,0,0,;");
  assert_string_equal(rows(o, GARDENS("2024-05-01")),
                      "G1,南村,沙土,9,1,1240,3,红;G2,南村,沙土,,0,0,0,;");
  assert_int_equal(got.end.moved, 0);
  /* Of an area: who was there then, not who is there now. */
  assert_string_equal(rows_in(o, NORTH, GARDENS("2024-04-30")), "G1,北村,黏土,1,1,540,2,;");
  assert_string_equal(rows_in(o, NORTH, GARDENS("2024-05-01")), "");
  assert_string_equal(rows_in(o, SOUTH, GARDENS("2024-04-30")), "G2,南村,沙土,,0,0,0,;");
  /* Children and events, filtered and summed up by what held then. */
  assert_string_equal(rows(o, "{\"rows\":\"tree\",\"as_of\":\"2024-03-31\",\"columns\":[{\"what\":"
                              "\"tag\"}]}"),
                      "");
  assert_string_equal(rows(o,
                           "{\"rows\":\"sale\",\"as_of\":\"2024-04-30\",\"columns\":[{\"shows\":"
                           "\"day\"},{\"what\":\"amount\"},{\"what\":\"garden.soil\"},{\"shows\":"
                           "\"area\"}]}"),
                      "2024-03-20,40,黏土,北村;2024-04-01,500,黏土,北村;");
  assert_string_equal(rows(o, "{\"rows\":\"garden\",\"as_of\":\"2024-04-30\",\"filter\":\"soil == "
                              "'clay'\",\"group_by\":[{\"shows\":\"area\"}],\"columns\":[{\"make\":"
                              "\"sum\",\"what\":\"ill\"}]}"),
                      "北村,1;合计,1;");
  assert_string_equal(rows(o, "{\"rows\":\"garden\",\"as_of\":\"2024-04-30\",\"colour\":\"red\","
                              "\"columns\":[{\"what\":\"code\"}]}"),
                      "");
  orchard_free(o);
}

static void a_child_that_moved_is_counted(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *one = add_garden(o, "G1", NORTH, ""), *two = add_garden(o, "G2", NORTH, "");
  const char *tree = add_tree(o, one, "t-1", "");
  add_tree(o, one, "t-2", "");
  begin_day(o, "2024-04-01");
  must(o, VERB_FACTS, "{\"kind\":\"tree\",\"id\":\"%s\",\"parent\":\"%s\",\"fields\":{}}", tree,
       two);
  rows(o,
       "{\"rows\":\"garden\",\"as_of\":\"2024-03-10\",\"columns\":[{\"what\":\"size(trees)\"}]}");
  assert_string_equal(got.text, "1;1;");
  assert_int_equal(got.end.moved, 1);
  rows(o, "{\"rows\":\"garden\",\"as_of\":\"2024-03-10\",\"columns\":[{\"what\":\"code\"}]}");
  assert_int_equal(got.end.moved, 0); /* nothing of children is told */
  orchard_free(o);
}

static void villages_without_rows_are_lines(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  add_garden(o, "G1", SOUTH, ",\"soil\":\"clay\",\"ill\":1");
#define BY_AREA(more)                                                                              \
  "{\"rows\":\"garden\",\"group_by\":[{\"shows\":\"area\"}],\"columns\":[{\"make\":\"count\"},{"   \
  "\"make\":\"sum\",\"what\":\"ill\"},{\"make\":\"mean\",\"what\":\"ill\"}]" more "}"
  assert_string_equal(rows(o, BY_AREA("")), "南村,1,1,;合计,1,1,;");
  assert_string_equal(rows(o, BY_AREA(",\"all_areas\":true")),
                      "北村,0,0,;南村,1,1,;远村,0,0,;合计,1,1,;");
  assert_string_equal(rows_in(o, "500243101", BY_AREA(",\"all_areas\":true,\"totals\":false")),
                      "北村,0,0,;南村,1,1,;");
  /* By town, and with what stands across; by anything else nothing is added. */
  assert_string_equal(
      rows(o, "{\"rows\":\"garden\",\"group_by\":[{\"shows\":\"town\"}],\"all_areas\":"
              "true,\"pivot\":{\"what\":\"soil\"},\"columns\":[{\"make\":\"count\"}]}"),
      "万安街道,1,1;南宾街道,0,0;合计,1,1;");
  assert_string_equal(rows(o,
                           "{\"rows\":\"garden\",\"group_by\":[{\"what\":\"soil\"}],\"all_areas\":"
                           "true,\"columns\":[{\"make\":\"count\"}]}"),
                      "黏土,1;合计,1;");
  orchard_free(o);
}

static void what_is_of_now_is_refused(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  add_garden(o, "G1", NORTH, "");
  refused_at(o, GARDENS("2024-03-02"), "as_of"); /* tomorrow */
  refused_at(o, GARDENS("soon"), "as_of");
  refused_at(o,
             "{\"rows\":\"garden_measure\",\"as_of\":\"2024-03-01\",\"columns\":[{\"what\":"
             "\"state\"}]}",
             "rows");
  refused_at(o,
             "{\"rows\":\"garden\",\"as_of\":\"2024-03-01\",\"columns\":[{\"what\":\"code\"},{"
             "\"counts\":\"garden_measure\"}]}",
             "columns[1].counts");
  refused_at(o,
             "{\"rows\":\"garden\",\"q\":\"园\",\"as_of\":\"2024-03-01\",\"columns\":[{\"what\":"
             "\"code\"}]}",
             "q");
  orchard_free(o);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(each_day_has_its_own, orchard_use_sqlite,
                                      orchard_drop_sqlite),
      cmocka_unit_test_setup_teardown(a_child_that_moved_is_counted, orchard_use_sqlite,
                                      orchard_drop_sqlite),
      cmocka_unit_test_setup_teardown(villages_without_rows_are_lines, orchard_use_sqlite,
                                      orchard_drop_sqlite),
      cmocka_unit_test_setup_teardown(what_is_of_now_is_refused, orchard_use_sqlite,
                                      orchard_drop_sqlite),
      cmocka_unit_test_setup_teardown(each_day_has_its_own, orchard_use_postgres, NULL),
      cmocka_unit_test_setup_teardown(a_child_that_moved_is_counted, orchard_use_postgres, NULL),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
