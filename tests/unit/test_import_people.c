/* Rosters as people send them: sheets, heads, totals, single bad cells, moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <xlsxwriter.h>

#include "import/import.h"
#include "import_kit.h"

/* A sheet with these rows of cells parted by bars, on from the row after `from`. */
static lxw_worksheet *add_sheet(lxw_workbook *book, const char *name, const char *const *rows) {
  lxw_worksheet *sheet = workbook_add_worksheet(book, name);
  for (lxw_row_t r = 0; rows[r]; r++) {
    char cells[200];
    lxw_col_t c = 0;
    snprintf(cells, sizeof cells, "%s", rows[r]);
    for (char *at = cells, *bar; at; at = bar ? bar + 1 : NULL, c++) {
      bar = strchr(at, '|');
      if (bar) *bar = 0;
      if (*at) worksheet_write_string(sheet, r, c, at, NULL);
    }
  }
  return sheet;
}
#define ROWS(...) ((const char *const[]){__VA_ARGS__, NULL})

static import_file book_of(orchard *o, lxw_workbook **ret) {
  static char path[200];
  snprintf(path, sizeof path, "%s/book.xlsx", o->folder);
  *ret = workbook_new(path);
  assert_non_null(*ret);
  const import_layout *layout = catalog_import(engine_packs(o->g), TEXT("roster")).item;
  return (import_file){.who = &everyone, .layout = layout, .path = path, .name = "book.xlsx"};
}

#define HEAD "园号|园主|村|土质|树牌|品种"

static void a_sheet_a_village(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  lxw_workbook *book;
  import_file file = book_of(o, &book);
  add_sheet(book, "填表说明", ROWS("请逐行填写", "不要改表头"));
  add_sheet(book, "北村", ROWS("北村果园名册", HEAD, "G1|张某|北村|黏土|T1|梨", "合计||||1|"));
  worksheet_hide(add_sheet(book, "字典", ROWS(HEAD, "X|X|北村||X|")));
  add_sheet(book, "南村",
            ROWS(HEAD, "G2|李某|南村|泥|T2|桃", "G1|张某|北村|黏土|T1|梨", "|填表人：某|||"));
  assert_int_equal(workbook_close(book), LXW_NO_ERROR);
  json *report = checked(o, &file);
  assert_int_equal(count_of(report, "rows"), 3);
  assert_int_equal(count_of(report, "accepted"), 2);
  assert_int_equal(count_of(report, "created"), 4);
  assert_told(report, "cells", 2, "There is no choice");
  assert_told(report, "repeated_rows", 3, "the same as \"北村\", row 3");
  assert_true(text_is(json_text(&json_get(report, "cells")->items[0], "sheet"), "南村"));
  assert_notice(report, "“填表说明” is not read");
  assert_notice(report, "Hidden sheets are not read: “字典”");
  assert_notice(report, "“南村”: 1 rows are totals");
  file.sheet = "南村";
  assert_int_equal(count_of(checked(o, &file), "rows"), 2);
  file.sheet = "1"; /* the instructions */
  assert_refused(o, &file, "no header was found");
  file.sheet = "东村";
  assert_refused(o, &file, "The file has no sheet \"东村\"; it has: 填表说明、北村、南村");
  orchard_free(o);
}

static void cells_over_members_and_heads_over_rows(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  lxw_workbook *book;
  import_file file = book_of(o, &book);
  lxw_worksheet *sheet =
      add_sheet(book, "名册",
                ROWS("果园|||果树|", "编号|园主|村|树牌|品种", "G1|张某|北村|T1|梨", "|||T2|桃"));
  worksheet_merge_range(sheet, 0, 0, 0, 2, "园", NULL); /* 园 above 编号 is not 园号 … */
  worksheet_write_string(sheet, 1, 0, "号", NULL);      /* … above 号 it is */
  for (lxw_col_t c = 0; c < 3; c++)
    worksheet_merge_range(sheet, 2, c, 3, c, c == 0 ? "G1" : c == 1 ? "张某" : "北村", NULL);
  assert_int_equal(workbook_close(book), LXW_NO_ERROR);
  json *report = checked(o, &file);
  assert_int_equal(count_of(report, "accepted"), 2);
  assert_int_equal(count_of(report, "created"), 3);
  import_file two_rows =
      roster(o, "two.csv", "园号,园主,村,果树,\n,,,树牌,品种\nG1,张某,北村,T1,梨\n");
  assert_int_equal(count_of(checked(o, &two_rows), "accepted"), 1);
  import_file twice =
      roster(o, "twice.csv", "园号,园主,村,树牌,品种,品种\nG1,张某,北村,T1,梨,桃\n");
  assert_refused(o, &twice, "column E \"品种\" and column F \"品种\"");
  orchard_free(o);
}

/* What the dry run says is what taking in does. */
static void what_the_engine_would_refuse_is_told_before(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  import_file file =
      roster(o, "checks.csv",
             "园号,园主,村,土质,沙粒,看管人,电话,树牌,栽种日期\n"
             "G1,张某,北村,黏土,细,,1380537000,T1,2020-01-02 00:00:00\n" /* no sand */
             "G2,李某,北村,沙土,粗,没有这人,13805370001/13905370002,T2,无\n"
             "G3,王某,北村,,,,8613805370001,T3,\n");
  for (int run = 0; run < 2; run++) {
    const uuid id = next_id(o);
    json *report = run ? import_now(o, &file, &id) : checked(o, &file);
    assert_int_equal(count_of(report, "accepted"), 3);
    assert_int_equal(count_of(report, "refused"), 0);
    assert_int_equal(count_of(report, "created"), 6);
    assert_int_equal(count_of(report, "left_out"), 3);
    assert_told(report, "cells", 2, "\"grain\" is not asked here");
    assert_told(report, "cells", 2, "The phone number is wrong");
    assert_told(report, "cells", 3, "There is no \"没有这人\"");
    assert_told(report, "notes", 3, "Only the first phone number");
    assert_told(report, "notes", 3, "counts as not filled in");
  }
  orchard_free(o);
}

static void a_parent_there_is_named_by_its_key_alone(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  add_garden(o, "G1", NORTH, "");
  import_file file = roster(o, "key.csv", "园号,园主,树牌\nG1,,T1\nG1,,T2\nG2,,T3\n");
  json *report = checked(o, &file);
  assert_int_equal(count_of(report, "accepted"), 2);
  assert_fault(report, 4, "\"owner\" is empty");
  orchard_free(o);
}

static const char *garden_of(orchard *o, const char *tag) {
  record *tree = NULL, *garden = NULL;
  err e = {0};
  assert_true(
      store_subject_find_by_key(o->s, o->a, kind_named(o, "tree"), text_of(tag), &tree, &e));
  assert_non_null(tree);
  assert_true(
      store_subject_find(o->s, o->a, kind_named(o, "garden"), &tree->root, NULL, &garden, &e));
  assert_non_null(garden);
  return garden->fields[0].s.at;
}

static void who_is_registered_elsewhere_moves_by_choice(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *g1 = add_garden(o, "G1", NORTH, "");
  add_garden(o, "G2", SOUTH, "");
  add_tree(o, g1, "T1", "");
  import_file file = roster(o, "move.csv", "园号,园主,树牌\nG2,,T1\n");
  json *report = checked(o, &file);
  assert_int_equal(count_of(report, "moves"), 1);
  assert_int_equal(count_of(report, "accepted"), 0);
  assert_int_equal(count_of(report, "refused"), 0);
  file.take_moves = true;
  const uuid id = next_id(o);
  report = import_now(o, &file, &id);
  assert_int_equal(count_of(report, "changed"), 1);
  assert_string_equal(garden_of(o, "T1"), "G2");
  undo_import(o, &id);
  assert_string_equal(garden_of(o, "T1"), "G1");
  orchard_free(o);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_sheet_a_village),
      cmocka_unit_test(cells_over_members_and_heads_over_rows),
      cmocka_unit_test(what_the_engine_would_refuse_is_told_before),
      cmocka_unit_test(a_parent_there_is_named_by_its_key_alone),
      cmocka_unit_test(who_is_registered_elsewhere_moves_by_choice),
  };
  int failed = cmocka_run_group_tests_name("import people, SQLite", tests, orchard_use_sqlite,
                                           orchard_drop_sqlite);
  return failed + cmocka_run_group_tests_name("import people, PostgreSQL", tests,
                                              orchard_use_postgres, NULL);
}
