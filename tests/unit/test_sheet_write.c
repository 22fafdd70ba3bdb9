/* Tables into files: written here, read back by src/sheet/table_read. */
#include "sheet_kit.h"

#include "base/money.h"
#include "sheet/table_sort.h"
#include "sheet/table_write.h"

#define T(literal)                                                                                 \
  {                                                                                                \
    .type = TABLE_TEXT, .text = {(literal), sizeof(literal) - 1 }                                  \
  }
#define N(kind, n)                                                                                 \
  { .type = (kind), .number = (n) }

static const table_column columns[] = {{.title = "姓名"}, {.title = "证件号", .width = 20},
                                       {.title = "金额"}, {.title = "日期"},
                                       {.title = "比例"}, {.title = "人数"}};
static const table_layout layout = {.title = "脱贫户[台账]", .column_count = 6, .columns = columns};
typedef table_writer *writer_new(const char *path, const table_layout *l, err *e);

static const char *written(writer_new *new, const table_value *cells, size_t rows, size_t each) {
  err e = {0};
  table_writer *w = new (kit_file, &layout, &e);
  assert_non_null(w);
  for (size_t i = 0; i < rows; i++) assert_true(table_put(w, cells + i * each, each, &e));
  if (!table_finish(w, NULL, &e)) fail_msg("%s", e.zh);
  return kit_read();
}

static day on(int y, int m, int d) {
  day out = DAY_NONE;
  day_from_ymd(y, m, d, &out);
  return out;
}

static void both_give_back_what_went_in(void **state) {
  (void)state;
  const table_value rows[] = {
      T("张三"),
      T("370811199001011234"),
      N(TABLE_MONEY, 123450),
      {.type = TABLE_DAY, .day = on(2024, 3, 1)},
      N(TABLE_RATE, 80000000),
      N(TABLE_INTEGER, 3),
      T(" =1+1"),
      T("00123"),
      N(TABLE_MONEY, -5),
      {.type = TABLE_DAY, .day = on(1900, 2, 28)},
      N(TABLE_RATE, 4750000),
      N(TABLE_INTEGER, 9007199254740993),
      {.type = TABLE_EMPTY},
      T(""),
      N(TABLE_MONEY, 900719925474099301),
      {.type = TABLE_DAY, .day = DAY_NONE},
      N(TABLE_RATE, -1),
      N(TABLE_INTEGER, INT64_MIN),
  };
  static const char body[] = "张三|370811199001011234|1234.50|2024-03-01|%s|3 "
                             "%d:=1+1|00123|-0.05|1900-02-28|%s|9007199254740993 "
                             "%d:||9007199254740993.01||%s|-9223372036854775808";
  char want[1024];
  int n = snprintf(want, sizeof want, "1:姓名|证件号|金额|日期|比例|人数 2:");
  snprintf(want + n, sizeof want - (size_t)n, body, "80%", 3, "4.75%", 4, "-0.000001%");
  assert_string_equal(written(table_write_csv, rows, 3, 6), want);
  /* A number in a workbook is its value: how it is shown is the format's. */
  n = snprintf(want, sizeof want, "1:脱贫户[台账] 2:姓名|证件号|金额|日期|比例|人数 3:");
  snprintf(want + n, sizeof want - (size_t)n, body, "0.8", 4, "0.0475", 5, "-0.00000001");
  char *money = strstr(want, "1234.50");
  memmove(money + 6, money + 7, strlen(money + 6));
  assert_string_equal(written(table_write_xlsx, rows, 3, 6), want);
}

static void any_text_comes_back(void **state) {
  (void)state;
  static const char *const texts[] = {"a,b",
                                      "\"x\"",
                                      "a\nb",
                                      "a;b",
                                      "'=x",
                                      "''",
                                      "=cmd|x!A",
                                      "@SUM(A1)",
                                      "＝1",
                                      "-1+2",
                                      "+86",
                                      "-3.5",
                                      "_x0041_",
                                      "_x005F_",
                                      "<a&b>",
                                      "\x01z",
                                      "123456789012",
                                      "1.5E+2",
                                      "村\xF0\xA0\x80\x80",
                                      "a\rb",
                                      "_x",
                                      "0",
                                      "0.5"};
  for (int kind = 0; kind < 2; kind++)
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
      const table_value cells[] = {{.type = TABLE_TEXT, .text = text_of(texts[i])}, T("end")};
      char want[128];
      snprintf(want, sizeof want, " %d:%s|end", 3 - kind, texts[i]);
      const char *got = written(kind ? table_write_csv : table_write_xlsx, cells, 1, 2);
      if (!strstr(got, want))
        fail_msg("%s: \"%s\" is not in \"%s\"", kind ? "csv" : "xlsx", want, got);
    }
}

static void csv_bytes(void **state) {
  (void)state;
  static const table_column two[] = {{.title = "a"}, {.title = "b"}};
  const table_layout l = {.title = "title", .column_count = 2, .columns = two};
  static const table_value rows[] = {T("=1"),   T("-2"),  T("370811002000"),
                                     T("x\"y"), T("＋1"), T("\tz")};
  err e = {0};
  AUTO_BUF buf b = {0};
  table_writer *w = table_write_csv(NULL, &l, &e);
  assert_non_null(w);
  for (size_t i = 0; i < 3; i++) assert_true(table_put(w, rows + 2 * i, 2, &e));
  assert_true(table_put(w, rows, 0, &e));
  assert_true(table_finish(w, &b, &e));
  assert_string_equal(
      b.at, "\xEF\xBB\xBF" /* - */ "a,b\r\n\"'=1\",-2\r\n\"\t370811002000\",\"x\"\"y\"\r\n"
            "\"'＋1\",\"'\tz\"\r\n,\r\n");
}

/* What a spreadsheet program would make a date, a time or another number of, is kept from it. */
static void csv_keeps_text(void **state) {
  (void)state;
  static const table_column one[] = {{.title = "a"}};
  const table_layout l = {.column_count = 1, .columns = one};
  static const struct {
    const char *text;
    bool kept;
  } cells[] = {
      {"3-1", true},  {"2024-03-01", true}, {"2024年3月1日", true}, {"8:30", true},
      {"1E5", true},  {"1.50", true},       {"007", true},          {"370811199001011234", true},
      {"1.5", false}, {"12", false},        {"3组", false},         {"2024年扶贫", false},
      {"0.5", false}, {"10", false}};
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
    err e = {0};
    AUTO_BUF buf b = {0};
    const table_value v = {.type = TABLE_TEXT, .text = text_of(cells[i].text)};
    table_writer *w = table_write_csv(NULL, &l, &e);
    assert_non_null(w);
    assert_true(table_put(w, &v, 1, &e) && table_finish(w, &b, &e));
    if ((strchr(b.at, '\t') != NULL) != cells[i].kept) fail_msg("%s: %s", cells[i].text, b.at);
  }
}

static void csv_gb18030(void **state) {
  (void)state;
  static const table_column one[] = {{.title = "姓名"}};
  const table_layout l = {.column_count = 1, .columns = one, .gb18030 = true};
  /* common; rare (four bytes); beyond the first plane; no Chinese */
  static const char *const texts[] = {"张三", "\xE4\xB6\xAE", "\xF0\xA0\x80\x80", "ñ–€"};
  err e = {0};
  table_writer *w = table_write_csv(kit_file, &l, &e);
  assert_non_null(w);
  for (int n = 0; n < 100; n++)
    for (size_t i = 0; i < 4; i++)
      assert_true(
          table_put(w, &(table_value){.type = TABLE_TEXT, .text = text_of(texts[i])}, 1, &e));
  assert_true(table_finish(w, NULL, &e));
  FILE *f = fopen(kit_file, "rb");
  unsigned char head[6];
  assert_int_equal(fread(head, 1, 6, f), 6);
  fclose(f);
  assert_memory_equal(head, "\xD0\xD5\xC3\xFB\r\n", 6);
  const char *got = kit_read();
  assert_non_null(strstr(got, "1:姓名 2:张三 3:\xE4\xB6\xAE 4:\xF0\xA0\x80\x80 5:ñ–€ 6:张三"));
  assert_non_null(strstr(got, " 401:ñ–€"));
}

static void sorted(void **state) {
  (void)state;
  static const table_value rows[][2] = {
      {T("张庄10组"), N(TABLE_INTEGER, 2)}, {T("李庄"), N(TABLE_INTEGER, 3)},
      {T(""), N(TABLE_INTEGER, 9)},         {T("张庄2组"), N(TABLE_INTEGER, 1)},
      {T("李庄"), {.type = TABLE_EMPTY}},   {T("李庄"), N(TABLE_INTEGER, 30)},
      {T("阿庄"), N(TABLE_INTEGER, 3)}};
  static const table_order by[] = {{0, false}, {1, true}};
  AUTO_BUF buf b = {0};
  err e = {0};
  table_sort *s = table_sort_new(by, 2, 2, &e);
  const table_value *row = NULL;
  assert_non_null(s);
  for (size_t i = 0; i < 7; i++) assert_true(table_sort_put(s, rows[i], &e));
  assert_int_equal(table_sort_rows(s), 7);
  while (table_sort_next(s, &row, &e) && row) {
    buf_text(&b, row[0].type == TABLE_TEXT ? row[0].text : TEXT("?"));
    buf_printf(&b, "%lld ", row[1].type == TABLE_EMPTY ? -1LL : (long long)row[1].number);
  }
  assert_string_equal(b.at, "阿庄3 李庄30 李庄3 李庄-1 张庄2组1 张庄10组2 ?9 ");
  table_sort_free(s);
  s = table_sort_new(by, 1, 1, &e);
  assert_non_null(s);
  assert_true(table_sort_next(s, &row, &e));
  assert_null(row);
  table_sort_free(s);
}

/* The parts of the page that a printer shows. */
static void xlsx_page(void **state) {
  (void)state;
  const table_value cells[] = {T("张三")};
  written(table_write_xlsx, cells, 1, 1);
  int code;
  zip_t *z = zip_open(kit_file, ZIP_RDONLY, &code);
  assert_non_null(z);
  static const char *const parts[] = {"xl/worksheets/sheet1.xml", "xl/workbook.xml"};
  static const char *const wants[][9] = {
      {"paperSize=\"9\"", "orientation=\"landscape\"", "fitToHeight=\"0\"",
       "<mergeCell ref=\"A1:F1\"", "topLeftCell=\"A3\"", "state=\"frozen\"",
       "&amp;C第 &amp;P 页 共 &amp;N 页", NULL},
      {"name=\"脱贫户台账\"", "_xlnm.Print_Titles", "$2:$2", NULL}};
  for (size_t i = 0; i < 2; i++) {
    char content[16384] = "";
    zip_file_t *f = zip_fopen(z, parts[i], 0);
    assert_non_null(f);
    assert_true(zip_fread(f, content, sizeof content - 1) > 0);
    zip_fclose(f);
    for (size_t k = 0; wants[i][k]; k++)
      if (!strstr(content, wants[i][k])) fail_msg("no %s in %s", wants[i][k], content);
  }
  zip_discard(z);
}

/* Two lines of titles: those that stand under the same are merged above, the others downwards. */
static void two_lines_of_titles(void **state) {
  (void)state;
  static const table_column three[] = {
      {.title = "村"}, {.title = "户", .over = "红"}, {.title = "人", .over = "红"}};
  const table_layout l = {.title = "t", .column_count = 3, .columns = three};
  const table_value cells[] = {T("东村"), N(TABLE_INTEGER, 1), N(TABLE_INTEGER, 2)};
  err e = {0};
  table_writer *w = table_write_xlsx(kit_file, &l, &e);
  assert_non_null(w);
  assert_true(table_put(w, cells, 3, &e));
  if (!table_finish(w, NULL, &e)) fail_msg("%s", e.zh);
  assert_non_null(strstr(kit_read(), "2:村|红 3:村|户|人 4:东村|1|2"));
  int code;
  char content[16384] = "";
  zip_t *z = zip_open(kit_file, ZIP_RDONLY, &code);
  assert_non_null(z);
  zip_file_t *f = zip_fopen(z, "xl/worksheets/sheet1.xml", 0);
  assert_non_null(f);
  assert_true(zip_fread(f, content, sizeof content - 1) > 0);
  zip_fclose(f);
  zip_discard(z);
  assert_non_null(strstr(content, "<mergeCell ref=\"B2:C2\""));
  assert_non_null(strstr(content, "<mergeCell ref=\"A2:A3\""));
  assert_non_null(strstr(content, "topLeftCell=\"A4\""));
  AUTO_BUF buf b = {0};
  w = table_write_csv(NULL, &l, &e);
  assert_true(w && table_finish(w, &b, &e));
  assert_string_equal(b.at, "\xEF\xBB\xBF村,红 户,红 人\r\n");
}

static void into_memory(void **state) {
  (void)state;
  err e = {0};
  AUTO_BUF buf b = {0};
  const table_value cells[] = {T("张三")};
  setenv("TMPDIR", kit_folder, 1); /* kit_end finds what is left there */
  table_writer *w = table_write_xlsx(NULL, &layout, &e);
  assert_non_null(w);
  assert_true(table_put(w, cells, 1, &e));
  assert_true(table_finish(w, &b, &e));
  unsetenv("TMPDIR");
  kit_write(b.at, b.bytes);
  assert_string_equal(kit_read(), "1:脱贫户[台账] 2:姓名|证件号|金额|日期|比例|人数 3:张三");
}

static void refused_rows(void **state) {
  (void)state;
  static const struct {
    table_value cell;
    err_code code;
  } cases[] = {
      {T("a\0b"), ERR_BAD_INPUT}, {T("\xFF"), ERR_BAD_INPUT}, {T("\xEF\xBF\xBF"), ERR_BAD_INPUT}};
  char *longest = calloc(1, TABLE_CELL_MAX_POINTS + 1);
  assert_non_null(longest);
  memset(longest, 'a', TABLE_CELL_MAX_POINTS + 1);
  writer_new *const makers[] = {table_write_csv, table_write_xlsx};
  for (size_t m = 0; m < 2; m++) {
    err e = {0};
    table_writer *w = makers[m](kit_file, &layout, &e);
    assert_non_null(w);
    for (size_t i = 0; i < 3; i++) {
      assert_false(table_put(w, &cases[i].cell, 1, &e));
      assert_int_equal(e.code, cases[i].code);
    }
    table_value cell = {.type = TABLE_TEXT, .text = {longest, TABLE_CELL_MAX_POINTS + 1}};
    assert_false(table_put(w, &cell, 1, &e));
    assert_int_equal(e.code, ERR_TOO_LARGE);
    cell.text.bytes--;
    assert_true(table_put(w, &cell, 1, &e));
    const table_value seven[7] = {{.type = TABLE_EMPTY}};
    assert_false(table_put(w, seven, 7, &e));
    table_drop(w);
    assert_int_not_equal(access(kit_file, F_OK), 0); /* given up leaves nothing behind */
  }
  free(longest);
  table_drop(NULL);
}

static void no_place_to_write(void **state) {
  (void)state;
  err e = {0};
  const table_value cells[] = {T("张三")};
  assert_null(table_write_csv("/nowhere/at/all", &layout, &e));
  assert_int_equal(e.code, ERR_STORE);
  static const table_layout none = {"t", NULL, 0, NULL, false};
  assert_null(table_write_xlsx(kit_file, &none, &e));
  assert_int_equal(e.code, ERR_TOO_LARGE);
  table_writer *w = table_write_xlsx("/nowhere/at/all", &layout, &e);
  assert_non_null(w); /* libxlsxwriter opens its file at the end */
  assert_true(table_put(w, cells, 1, &e));
  assert_false(table_finish(w, NULL, &e));
  assert_int_equal(e.code, ERR_STORE);
}

/* /dev/full takes nothing: the error must come at the latest from table_finish. */
static void full_disk(void **state) {
  (void)state;
  assert_int_equal(symlink("/dev/full", kit_file), 0);
  writer_new *const makers[] = {table_write_csv, table_write_xlsx};
  for (size_t m = 0; m < 2; m++) {
    err e = {0};
    const table_value cells[] = {T("张三"), T("1")};
    if (access(kit_file, F_OK) != 0) assert_int_equal(symlink("/dev/full", kit_file), 0);
    table_writer *w = makers[m](kit_file, &layout, &e);
    assert_non_null(w);
    bool good = true;
    for (int i = 0; good && i < 5000; i++) good = table_put(w, cells, 2, &e);
    if (good)
      assert_false(table_finish(w, NULL, &e));
    else
      table_drop(w);
    assert_int_equal(e.code, ERR_STORE);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_give_back_what_went_in),
      cmocka_unit_test(any_text_comes_back),
      cmocka_unit_test(csv_bytes),
      cmocka_unit_test(csv_keeps_text),
      cmocka_unit_test(csv_gb18030),
      cmocka_unit_test(sorted),
      cmocka_unit_test(xlsx_page),
      cmocka_unit_test(two_lines_of_titles),
      cmocka_unit_test(into_memory),
      cmocka_unit_test(refused_rows),
      cmocka_unit_test(no_place_to_write),
      cmocka_unit_test(full_disk),
  };
  return cmocka_run_group_tests_name("sheet_write", tests, kit_begin, kit_end);
}
