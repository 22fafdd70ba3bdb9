/* Workbooks as another program writes them (libxlsxwriter), and the sentences of both languages. */
#include "sheet_kit.h"

#include <xlsxwriter.h>

static lxw_workbook *book;
static lxw_worksheet *sheet;

static void begin(void) {
  book = workbook_new(kit_file);
  assert_non_null(book);
  sheet = workbook_add_worksheet(book, "脱贫户");
  assert_non_null(sheet);
}

static lxw_format *shown_as(const char *code) {
  lxw_format *f = workbook_add_format(book);
  format_set_num_format(f, code);
  return f;
}

static const char *end(void) {
  assert_int_equal(workbook_close(book), LXW_NO_ERROR);
  return kit_read();
}

static void every_type(void **state) {
  (void)state;
  begin();
  lxw_format *bold = workbook_add_format(book);
  format_set_bold(bold);
  char first[] = "张", second[] = "三";
  lxw_rich_string_tuple plain_part = {NULL, first}, bold_part = {bold, second};
  lxw_rich_string_tuple *rich[] = {&plain_part, &bold_part, NULL};
  worksheet_write_string(sheet, 0, 0, " 姓名 ", NULL);
  worksheet_write_rich_string(sheet, 0, 1, rich, NULL);
  worksheet_write_boolean(sheet, 0, 2, 1, NULL);
  worksheet_write_formula_str(sheet, 0, 3, "=A1&\"!\"", NULL, "姓名!");
  worksheet_write_formula_num(sheet, 0, 4, "=6*7", NULL, 42);
  worksheet_write_blank(sheet, 0, 5, bold);
  worksheet_write_url(sheet, 0, 6, "https://example.org/", NULL);
  worksheet_write_comment(sheet, 0, 0, "批注不是内容");
  assert_string_equal(end(), "1:姓名|张三|是|姓名!|42||https://example.org/");
}

static void numbers_as_typed(void **state) {
  (void)state;
  begin();
  static const double numbers[] = {0,      3,     -7,   12345.6, 0.1 + 0.2,      1.0 / 3,
                                   123.45, 1e-05, 1e14, 0.07,    999999999999999};
  for (lxw_col_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    worksheet_write_number(sheet, 0, i, numbers[i], NULL);
  worksheet_write_number(sheet, 1, 0, 370811199001011234.0, NULL);
  worksheet_write_string(sheet, 1, 1, "370811199001011234", NULL);
  worksheet_write_number(sheet, 2, 0, 1234.5, shown_as("¥#,##0.00;[Red]-¥#,##0.00"));
  worksheet_write_number(sheet, 2, 1, 0.85, shown_as("0%"));
  assert_string_equal(end(),
                      "1:0|3|-7|12345.6|0.3|0.333333333333333|123.45|0.00001|100000000000000|0.07|"
                      "999999999999999 2:370811199001011328*|370811199001011234 3:1234.5|0.85");
}

static void days_by_their_format(void **state) {
  (void)state;
  begin();
  static const char *const codes[] = {
      "yyyy-mm-dd",         "yyyy/m/d",   "yyyy\"年\"m\"月\"d\"日\"",
      "[$-804]yyyy\\-mm;@", "d mmm yyyy", "yyyy.mm.dd hh:mm"};
  lxw_datetime at = {2024, 2, 29, 0, 0, 0};
  for (lxw_col_t i = 0; i < sizeof codes / sizeof *codes; i++)
    worksheet_write_datetime(sheet, 0, i, &at, shown_as(codes[i]));
  assert_string_equal(end(), "1:2024-02-29|2024-02-29|2024-02-29|2024-02-29|2024-02-29|2024-02-29");
}

static void gaps_keep_their_places(void **state) {
  (void)state;
  begin();
  worksheet_write_string(sheet, 2, 1, "甲", NULL);
  worksheet_write_string(sheet, 2, 27, "乙", NULL);
  worksheet_write_string(sheet, 9, 0, "丙", NULL);
  worksheet_merge_range(sheet, 11, 0, 12, 3, "丁", NULL);
  assert_string_equal(end(), "3:|甲||||||||||||||||||||||||||乙 10:丙 12:丁");
}

static void the_first_visible_sheet_with_rows(void **state) {
  (void)state;
  begin();
  worksheet_write_string(sheet, 0, 0, "藏", NULL);
  worksheet_hide(sheet);
  lxw_worksheet *blank = workbook_add_worksheet(book, "空白"),
                *list = workbook_add_worksheet(book, "名单 & 表");
  worksheet_activate(blank);
  worksheet_set_first_sheet(blank);
  worksheet_write_string(list, 0, 0, "见", NULL);
  assert_string_equal(end(), "1:见");
  err e = {0};
  table_reader *t = table_open(kit_file, NULL, &e);
  assert_non_null(t);
  assert_int_equal(table_sheet_count(t), 2);
  assert_true(text_is(table_sheet_name(t, 1), "名单 & 表"));
  assert_true(table_choose(t, TEXT("2"), &e));
  assert_string_equal(kit_drain(t, &e), "1:见");
}

/* The same small table packed as hard as a bomb, and within bounds set wider. */
static void limits_are_those_given(void **state) {
  (void)state;
  enum { ROWS = 60000 };
  begin();
  for (lxw_row_t i = 0; i < ROWS; i++) worksheet_write_number(sheet, i, 0, 1, NULL);
  assert_int_equal(workbook_close(book), LXW_NO_ERROR);
  static const struct {
    table_limits limits;
    err_code want;
  } cases[] = {{{64 << 20, 1000}, ERR_NONE},
               {{64 << 20, 2}, ERR_TOO_LARGE},
               {{1 << 20, 1000}, ERR_TOO_LARGE}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    err e = {0};
    table_reader *t = table_open(kit_file, &cases[i].limits, &e);
    assert_non_null(t);
    table_row row;
    int64_t rows = 0;
    int got;
    while ((got = table_next(t, &row, &e)) > 0) rows++;
    table_close(t);
    assert_int_equal(got, cases[i].want == ERR_NONE ? 0 : -1);
    assert_int_equal(e.code, cases[i].want);
    if (got == 0)
      assert_int_equal(rows, ROWS);
    else
      assert_in_range(rows, 1, ROWS - 1); /* what came before was handed over */
  }
}

/* ---- sentences ---- */

static void fault(err *e) {
  table_row row;
  int got = -1;
  table_reader *t = table_open(kit_file, NULL, e);
  while (t && (got = table_next(t, &row, e)) > 0) continue;
  table_close(t);
  assert_int_equal(got, -1);
}

static void says(const char *content, size_t bytes, err_code code, const char *where,
                 const char *zh, const char *en) {
  err e = {0};
  kit_write(content, bytes);
  fault(&e);
  if (e.code != code || strcmp(e.where, where) != 0 || !strstr(e.zh, zh) || !strstr(e.en, en))
    fail_msg("%s, %s: %s / %s", err_name(e.code), e.where, e.zh, e.en);
}

#define SAYS(content, ...) says(content, sizeof(content) - 1, __VA_ARGS__)

static void both_languages(void **state) {
  (void)state;
  SAYS("a,b\n\nc,\"d\n", ERR_BAD_FILE, "row 3", "第 3 行的引号没有配对", "Row 3 opens a quote");
  SAYS("a\n\0", ERR_BAD_FILE, "file", "另存为 .xlsx", "save it as .xlsx");
  SAYS("PK\x03\x04 cut off here", ERR_BAD_FILE, "file", "没有传完", "Upload it again");
  SAYS("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ERR_BAD_FILE, "file", "旧版 .xls", "an old .xls");
  SAYS("", ERR_BAD_FILE, "file", "文件是空的", "The file is empty");
  SAYS("%PDF-1.4\n\xFF\xFE\0", ERR_BAD_FILE, "file", "不是文本表格", "no text table");
}

/* What many an office system calls .xls is a page of the web. */
static void a_page_is_no_table(void **state) {
  (void)state;
  static const char zh[] = "这是网页", en[] = "a web page";
  SAYS("<html><table><tr><td>1</td></tr></table></html>", ERR_BAD_FILE, "file", zh, en);
  SAYS("\xEF\xBB\xBF\r\n <!DOCTYPE html>", ERR_BAD_FILE, "file", zh, en);
  SAYS("<?xml version=\"1.0\"?><Workbook/>", ERR_BAD_FILE, "file", zh, en);
  SAYS("<TABLE border=1>", ERR_BAD_FILE, "file", zh, en);
  assert_string_equal(kit_csv("<60,<htm\n"), "1:<60|<htm");
}

static void a_row_too_wide_is_named(void **state) {
  (void)state;
  begin();
  worksheet_write_string(sheet, 0, 0, "a", NULL);
  worksheet_write_string(sheet, 41, TABLE_COLUMNS_MAX, "b", NULL);
  assert_int_equal(workbook_close(book), LXW_NO_ERROR);
  err e = {0};
  fault(&e);
  assert_int_equal(e.code, ERR_TOO_LARGE);
  assert_string_equal(e.where, "row 42");
  assert_non_null(strstr(e.zh, "第 42 行的列太多"));
  assert_non_null(strstr(e.en, "Row 42 has more than 1024 columns"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_type),
      cmocka_unit_test(numbers_as_typed),
      cmocka_unit_test(days_by_their_format),
      cmocka_unit_test(gaps_keep_their_places),
      cmocka_unit_test(the_first_visible_sheet_with_rows),
      cmocka_unit_test(limits_are_those_given),
      cmocka_unit_test(both_languages),
      cmocka_unit_test(a_page_is_no_table),
      cmocka_unit_test(a_row_too_wide_is_named),
  };
  return cmocka_run_group_tests_name("sheet books", tests, kit_begin, kit_end);
}
