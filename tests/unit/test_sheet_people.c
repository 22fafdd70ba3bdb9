/* Tables as people keep them: merged cells, filters left on, formulas that failed, other formats.
 */
#include "sheet_kit.h"
#include "sheet/table_source.h"

#define CELL(at, text) "<c r='" at "' t='inlineStr'><is><t>" text "</t></is></c>"
#define ROW(n, cells) "<row r='" n "'>" cells "</row>"
#define PART(rows, behind)                                                                         \
  KIT_ZIP({"xl/worksheets/sheet1.xml", "<x:worksheet xmlns:x='m'><x:sheetData>" rows               \
                                       "</x:sheetData>" behind "</x:worksheet>"})

/* A household's cells over its members; across columns nothing is said twice. */
static void merged_cells_go_on_downwards(void **state) {
  (void)state;
  PART(ROW("1", CELL("A1", "title")) ROW("2", CELL("A2", "h1") CELL("B2", "a"))
           ROW("3", CELL("B3", "b")) ROW("4", CELL("C4", "c"))
               ROW("6", CELL("A6", "h2") CELL("B6", "d")) ROW("7", CELL("A7", "own"))
                   ROW("8", CELL("B8", "e")),
       "<x:mergeCells count='4'><x:mergeCell ref='A1:C1'/><x:mergeCell ref='A2:A5'/>"
       "<x:mergeCell ref='A6:A7'/><x:mergeCell ref='C3:C3'/></x:mergeCells>");
  assert_string_equal(kit_read(), "1:title 2:h1|a 3:h1|b 4:h1||c 6:h2|d 7:own 8:|e");
}

static void a_merged_cell_above_which_nothing_stands(void **state) {
  (void)state;
  PART(ROW("1", CELL("A1", "x")) ROW("3", CELL("B3", "b")) ROW("9", CELL("B9", "c")),
       "<mergeCells><mergeCell ref='A2:A8'/><mergeCell ref='A9:A1048576'/></mergeCells>");
  assert_string_equal(kit_read(), "1:x 3:|b 9:|c");
}

static void merged_cells_that_overlap_are_named(void **state) {
  (void)state;
  PART(ROW("2", CELL("A2", "x")) ROW("4", CELL("A4", "y")),
       "<mergeCells><mergeCell ref='A4:A9'/><mergeCell ref='A2:A5'/></mergeCells>");
  assert_non_null(strstr(kit_read(), "互相重叠（A2:A5 和 A4:A9）"));
  PART(ROW("1", CELL("A1", "x")), "<mergeCells><mergeCell ref='A9:A2'/></mergeCells>");
  assert_non_null(strstr(kit_read(), "已损坏"));
}

/* The next table_next is of the first row again. */
static void a_sheet_is_begun_again(void **state) {
  (void)state;
  PART(ROW("1", CELL("A1", "a")) ROW("2", CELL("B2", "b")),
       "<mergeCells><mergeCell ref='A1:A2'/></mergeCells>");
  err e = {0};
  table_row row;
  table_reader *t = table_open(kit_file, NULL, &e);
  assert_non_null(t);
  while (table_next(t, &row, &e) > 0) continue;
  assert_true(table_choose_at(t, 0, &e));
  assert_string_equal(kit_drain(t, &e), "1:a 2:a|b");
  kit_write("a,b\nc\n", 6);
  t = table_open(kit_file, NULL, &e);
  assert_int_equal(table_next(t, &row, &e), 1);
  assert_true(table_choose_at(t, 0, &e));
  assert_false(table_choose_at(t, 1, &e));
  assert_string_equal(kit_drain(t, &e), "1:a|b 2:c");
}

static void what_is_hidden_is_told(void **state) {
  (void)state;
  KIT_ZIP({"xl/workbook.xml", "<workbook xmlns:r='r'><sheets><sheet name='字典' state='hidden' "
                              "r:id='rId7'/><sheet name='名单' r:id='rId1'/></sheets></workbook>"},
          SHEET(ROW("1", CELL("A1", "a")) "<row r='2' hidden='1'>" CELL("A2", "b") "</row>"));
  err e = {0};
  table_row row;
  table_reader *t = table_open(kit_file, NULL, &e);
  assert_non_null(t);
  assert_int_equal(table_hidden_count(t), 1);
  assert_true(text_is(table_hidden_name(t, 0), "字典"));
  assert_int_equal(table_next(t, &row, &e), 1);
  assert_false(row.hidden);
  assert_int_equal(table_next(t, &row, &e), 1);
  assert_true(row.hidden);
  table_close(t);
}

static void cells_without_a_value_say_so(void **state) {
  (void)state;
  KIT_ZIP(SHEET("<row r='1'><c r='A1' t='e'><f>1/0</f><v>#DIV/0!</v></c><c r='B1'><f>A2</f></c>"
                "<c r='C1' t='str'><f>A2</f><v></v></c><c r='D1'><v>24940</v></c>"
                "<c r='E1'><v>0.5</v></c></row>"));
  err e = {0};
  table_row row;
  table_reader *t = table_open(kit_file, NULL, &e);
  assert_non_null(t);
  assert_int_equal(table_next(t, &row, &e), 1);
  assert_int_equal(row.count, 5);
  assert_true(row.cells[0].error && text_is(row.cells[0].text, "#DIV/0!"));
  assert_true(row.cells[1].no_result && !row.cells[1].text.bytes);
  assert_false(row.cells[2].no_result);
  char on[11];
  day_format(row.cells[3].as_day, on);
  assert_string_equal(on, "1968-04-12");
  assert_int_equal(row.cells[4].as_day, DAY_NONE);
  table_close(t);
}

/* ---- other formats ---- */

static const char *source(const char *bytes, size_t n) {
  static char zh[ERR_TEXT_MAX];
  table_source s;
  err e = {0};
  kit_write(bytes, n);
  if (table_source_open(kit_file, &s, &e)) {
    assert_ptr_equal(s.path, kit_file);
    table_source_close(&s);
    return "";
  }
  assert_string_equal(e.where, "file");
  snprintf(zh, sizeof zh, "%s", e.zh);
  return zh;
}

#define COMPOUND "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
#define SOURCE(bytes) source(bytes, sizeof(bytes) - 1)

static void what_cannot_be_read_says_what_to_do(void **state) {
  (void)state;
  const char *own = getenv("PATH");
  char *kept = strdup(own ? own : "");
  assert_non_null(kept);
  setenv("PATH", kit_folder, 1); /* where no LibreOffice is */
  assert_string_equal(SOURCE("a,b\n"), "");
  assert_string_equal(SOURCE("PK\x03\x04 and so on"), "");
  assert_non_null(
      strstr(SOURCE(COMPOUND "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"), "有打开密码"));
  assert_non_null(strstr(SOURCE(COMPOUND "W\0o\0r\0d\0"), "这不是表格"));
  assert_non_null(strstr(SOURCE(COMPOUND "W\0o\0r\0k\0b\0o\0o\0k\0"), "没有装 LibreOffice"));
  assert_non_null(strstr(SOURCE("PK\x03\x04 mimetype"
                                "application/vnd.oasis.opendocument.spreadsheet"),
                         "没有装 LibreOffice"));
  setenv("PATH", kept, 1);
  free(kept);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(merged_cells_go_on_downwards),
      cmocka_unit_test(a_merged_cell_above_which_nothing_stands),
      cmocka_unit_test(merged_cells_that_overlap_are_named),
      cmocka_unit_test(a_sheet_is_begun_again),
      cmocka_unit_test(what_is_hidden_is_told),
      cmocka_unit_test(cells_without_a_value_say_so),
      cmocka_unit_test(what_cannot_be_read_says_what_to_do),
  };
  return cmocka_run_group_tests_name("sheet people", tests, kit_begin, kit_end);
}
