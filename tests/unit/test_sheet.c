/* Tables out of files: what a person sees in the cells, and what hostile files get. */
#include "sheet_kit.h"

#include <sys/resource.h>

#define HAS(all, part)                                                                             \
  do {                                                                                             \
    const char *all_ = (all);                                                                      \
    if (!strstr(all_, part)) fail_msg("\"%s\" is not in \"%s\"", part, all_);                      \
  } while (0)

/* ---- CSV ---- */

static void csv_shapes(void **state) {
  (void)state;
  assert_string_equal(kit_csv("姓名,年龄\n张三,30\n"), "1:姓名|年龄 2:张三|30");
  assert_string_equal(kit_csv("a,b\r\nc,d"), "1:a|b 2:c|d");
  assert_string_equal(kit_csv("a,b\rc,d\r"), "1:a|b 2:c|d");
  assert_string_equal(kit_csv("a;b\n\"1,5\";2\n"), "1:a|b 2:1,5|2");
  assert_string_equal(kit_csv("台账\na\tb\tc,d\n"), "1:台账 2:a|b|c,d");
  assert_string_equal(kit_csv("a,\"b \"\"c\"\",\r\nd\",e\r\nf\n"), "1:a|b \"c\",\r\nd|e 2:f");
  assert_string_equal(kit_csv(" a , \xE3\x80\x80"
                              "b \n"),
                      "1:a|b");
  assert_string_equal(kit_csv("\xEF\xBB\xBF\"a\",b\n"), "1:a|b");
  assert_string_equal(kit_csv("\n\r\n"), "");
}

static void csv_rows_are_counted_as_seen(void **state) {
  (void)state;
  assert_string_equal(kit_csv("a\r\n\r\n  \r\n,,\r\n\"x\r\ny\"\r\nb"), "1:a 5:x\r\ny 6:b");
  assert_string_equal(kit_csv("\n\na,b\n\nc\n"), "3:a|b 5:c");
  assert_string_equal(kit_csv("a,b\n\t\n \t \n\nc\n\t"), "1:a|b 5:c");
  assert_string_equal(kit_csv("a\tb\n\t\nc\td\n\t"), "1:a|b 3:c|d");
}

static void csv_guards_come_off(void **state) {
  (void)state;
  assert_string_equal(kit_csv("'370811199001011234,\"=\"\"0537\"\"\",\"\t00123\"\n"),
                      "1:370811199001011234|0537|00123");
  assert_string_equal(kit_csv("'=1+1,'＋1,''x,'90后,=A1\n"), "1:=1+1|＋1|'x|'90后|=A1");
}

static void csv_scientific_is_told(void **state) {
  (void)state;
  assert_string_equal(kit_csv("3.70811E+17,1E+12,1.5E+2,E+17,12E+17\n"),
                      "1:3.70811E+17*|1E+12*|1.5E+2|E+17|12E+17");
}

static void csv_encodings(void **state) {
  (void)state;
  static const char gbk[] = "\xD0\xD5\xC3\xFB,\xB4\xE5\n\xD5\xC5\xC8\xFD,\x81\x39\xEF\x33\n";
  assert_string_equal(kit_csv(gbk), "1:姓名|村 2:张三|㐄");
  static const char le[] = "\xFF\xFE\x11\x62,\0a\0\n\0";
  kit_write(le, sizeof le - 1);
  assert_string_equal(kit_read(), "1:我|a");
  static const char be[] = "\xFE\xFF\x62\x11\0,\0\"\0x\0\"\0\n";
  kit_write(be, sizeof be - 1);
  assert_string_equal(kit_read(), "1:我|x");
  static const char odd[] = "\xFF\xFE\x11\x62,";
  kit_write(odd, sizeof odd - 1);
  HAS(kit_read(), "文字编码认不出来");
  static const char none[] = "a,\xFF\xFF\n";
  kit_write(none, sizeof none - 1);
  HAS(kit_read(), "文字编码认不出来");
}

/* A character may be cut anywhere by the pieces the file is read in. */
static void csv_characters_over_pieces(void **state) {
  (void)state;
  enum { ROWS = 30000 };
  for (int gbk = 0; gbk < 2; gbk++) {
    AUTO_BUF buf b = {0};
    buf_str(&b, gbk ? "x\n" : "xy\n");
    for (int i = 0; i < ROWS; i++) buf_str(&b, gbk ? "\xB4\xE5,\xB4\xE5\xB4\xE5\n" : "村,村村\n");
    kit_write(b.at, b.bytes);
    err e = {0};
    table_reader *t = table_open(kit_file, NULL, &e);
    assert_non_null(t);
    table_row row;
    int64_t rows = 0;
    while (table_next(t, &row, &e) > 0) {
      rows++;
      if (rows == 1) continue;
      assert_int_equal(row.count, 2);
      assert_true(text_is(row.cells[1].text, "村村"));
    }
    assert_int_equal(rows, ROWS + 1);
    table_close(t);
  }
}

static void csv_faults(void **state) {
  (void)state;
  HAS(kit_csv("a,b\n1,\"2\n3,4\n"), "row 2: 第 2 行的引号没有配对");
  kit_write("a,\0b\n", 5);
  HAS(kit_read(), "这不是文本表格");
  HAS(kit_csv(""), "文件是空的");
  AUTO_BUF buf b = {0};
  buf_str(&b, "a\n");
  for (int i = 0; i < TABLE_COLUMNS_MAX; i++) buf_str(&b, "x,");
  buf_str(&b, "\n");
  HAS(kit_csv(b.at), "2:x|x");
  b.bytes--;
  buf_str(&b, "y\n");
  HAS(kit_csv(b.at), "row 2: 第 2 行的列太多");
  buf_clear(&b);
  for (int i = 0; i < TABLE_CELL_MAX_POINTS; i++) buf_str(&b, "村");
  kit_write(b.at, b.bytes);
  HAS(kit_read(), "1:村村");
  buf_str(&b, "村");
  kit_write(b.at, b.bytes);
  HAS(kit_read(), "row 1: 第 1 行有一格的内容太长");
}

static void no_such_file(void **state) {
  (void)state;
  err e = {0};
  assert_null(table_open("/tmp", NULL, &e));
  assert_int_equal(e.code, ERR_BAD_FILE);
  assert_null(table_open("/nowhere/at/all", NULL, &e));
  HAS(e.zh, "打不开文件");
  HAS(kit_csv("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old"), "此文件有密码，或是旧版 .xls");
}

/* A line of 1 GiB (of holes) is refused after its first MiB, whatever is around it. */
static void csv_endless_line(void **state) {
  (void)state;
  static const char *const starts[] = {"a,b\nc,", "a,b\nc,\"", "a,b\nc,\xB4\xE5",
                                       "\xEF\xBB\xBF,\nb"};
  for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
    AUTO_BUF buf b = {0};
    buf_str(&b, starts[i]);
    while (b.bytes < 3 << 20) buf_str(&b, "0123456789");
    kit_write(b.at, b.bytes);
    assert_int_equal(truncate(kit_file, (off_t)1 << 30), 0);
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    HAS(kit_read(), "row 2: 第 2 行超过 1 MB");
    getrusage(RUSAGE_SELF, &after);
    /* In KiB. A reader that held the line would hold a GiB. */
    assert_true(after.ru_maxrss - before.ru_maxrss < 64 << 10);
  }
}

static void csv_lines_of_a_quoted_record(void **state) {
  (void)state;
  AUTO_BUF buf b = {0};
  buf_str(&b, "a,b\n\"");
  while (b.bytes < 3 << 20) buf_str(&b, "0123456789\n");
  kit_write(b.at, b.bytes);
  HAS(kit_read(), "row 2: 第 2 行超过 1 MB");
}

static void csv_rows_limit(void **state) {
  (void)state;
  AUTO_BUF buf b = {0};
  for (int i = 0; i <= TABLE_ROWS_MAX; i++) buf_char(&b, '\n');
  kit_write(b.at, b.bytes - 1);
  assert_string_equal(kit_read(), "");
  kit_write(b.at, b.bytes);
  HAS(kit_read(), "行数超过 2000000");
}

/* ---- XLSX ---- */

static const kit_part styles = {
    "xl/styles.xml",
    "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy\"年\"m\"月\"d\"日\"'/>"
    "<numFmt numFmtId='165' formatCode='0.00\"days\"'/><numFmt numFmtId='166' "
    "formatCode='[Red]#,##0_d'/></numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
    "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/><xf numFmtId='165'/>"
    "<xf numFmtId='166'/><xf numFmtId='31'/><xf numFmtId='20'/></cellXfs></styleSheet>"};

static void xlsx_texts(void **state) {
  (void)state;
  KIT_ZIP({"xl/sharedStrings.xml",
           "<sst><si><t>姓名</t></si><si><r><t>张</t></r><r><t> 三</t></r><rPh><t>zhang</t></rPh>"
           "</si><si><t>a_x000D_b_x005F_x000D_</t></si><si/></sst>"},
          SHEET("<row r='2'><c r='A2' t='s'><v>0</v></c><c r='C2' t='s'><v>1</v></c></row>"
                "<row r='3'><c r='A3'/></row>"
                "<row r='5'><c t='inlineStr'><is><t>甲&amp;乙</t><rPh><t>x</t></rPh></is></c>"
                "<c t='str'><f>A1</f><v>公式</v></c><c t='b'><v>1</v></c><c t='b'><v>0</v></c>"
                "<c t='e'><v>#N/A</v></c><c t='s'><v>2</v></c><c t='s'><v>3</v></c></row>"));
  assert_string_equal(kit_read(), "2:姓名||张 三 5:甲&乙|公式|是|否|#N/A|a\rb_x000D_");
}

static void xlsx_numbers(void **state) {
  (void)state;
  KIT_ZIP(
      styles,
      SHEET("<row><c><v>12.50</v></c><c><v>0.30000000000000004</v></c>"
            "<c><v>123.45000000000000284</v></c><c><v>1E-5</v></c><c><v>-2.5E3</v></c>"
            "<c><v>123456789012345</v></c><c><v>3.7081119900101101E+17</v></c>"
            "<c><v>370811199001011234</v></c><c><v>1E+15</v></c><c s='3'><v>7</v></c>"
            "<c s='4'><v>8</v></c><c><v>abc</v></c><c><v>0x1F</v></c><c><v>1e999</v></c></row>"));
  assert_string_equal(kit_read(),
                      "1:12.50|0.3|123.45|0.00001|-2500|123456789012345|370811199001011008*|"
                      "370811199001011234*|1000000000000000*|7|8|abc|0x1F|1e999");
  KIT_ZIP(SHEET("<row><c><v>123456789012340.49</v></c><c><v>99999999999999.95</v></c>"
                "<c><v>999999999999999.9</v></c><c><v>-1234567890.1234567</v></c><c><v>0X1F</v></c>"
                "<c><v>12.</v></c><c><v>-</v></c></row>"));
  assert_string_equal(kit_read(),
                      "1:123456789012340|100000000000000|1000000000000000|-1234567890.12346|0X1F|"
                      "12|-");
}

static void xlsx_days(void **state) {
  (void)state;
  KIT_ZIP(
      styles,
      SHEET("<row><c s='1'><v>45352</v></c><c s='2'><v>45352.75</v></c><c s='5'><v>1</v></c>"
            "<c s='1'><v>59</v></c><c s='1'><v>61</v></c><c s='6'><v>0.35416666666666669</v></c>"
            "<c s='1'><v>9999999999</v></c><c s='99'><v>45352</v></c>"
            "<c t='d'><v>2024-03-01T08:30:00</v></c></row>"));
  assert_string_equal(kit_read(), "1:2024-03-01|2024-03-01|1900-01-01|1900-02-28|1900-03-01|08:30|"
                                  "9999999999|45352|2024-03-01");
  KIT_ZIP(styles, SHEET("<row><c s='1'><v>43890</v></c></row>"),
          {"xl/workbook.xml", "<workbook xmlns:r='r'><workbookPr date1904='1'/><sheets><sheet "
                              "name='a' r:id='rId1'/></sheets></workbook>"});
  assert_string_equal(kit_read(), "1:2024-03-01");
}

/* Cells outside a row are none of the table's; a row in a row does not come twice. */
static void xlsx_rows_in_disorder(void **state) {
  (void)state;
  KIT_ZIP(SHEET("<c><v>9</v></c><row><row><c><v>1</v></c></row></row><row><c><v>2</v></c></row>"));
  assert_string_equal(kit_read(), "2:1 3:2");
  KIT_ZIP(SHEET("<row><c r='B1'><v>1</v></c><c r='A1'><v>2</v></c></row>"));
  assert_string_equal(kit_read(), "1:2|1");
}

static void three_sheets(void) {
  KIT_ZIP({"xl/workbook.xml",
           "<workbook xmlns:r='r'><sheets><sheet name='说明' r:id='a'/><sheet name='藏' "
           "state='hidden' r:id='b'/><sheet name='2024' r:id='c'/><sheet name='2' r:id='d'/>"
           "</sheets></workbook>"},
          {"xl/_rels/workbook.xml.rels",
           "<Relationships><Relationship Id='a' Type='x/worksheet' Target='worksheets/1.xml'/>"
           "<Relationship Id='b' Type='x/worksheet' Target='worksheets/2.xml'/>"
           "<Relationship Id='c' Type='x/worksheet' Target='../xl/worksheets/3.xml'/>"
           "<Relationship Id='d' Type='x/worksheet' Target='./worksheets/4.xml'/>"
           "</Relationships>"},
          {"xl/worksheets/1.xml", "<worksheet><sheetData><row><c/></row></sheetData></worksheet>"},
          {"xl/worksheets/2.xml", "<w><row><c><v>2</v></c></row></w>"},
          {"xl/worksheets/3.xml", "<x:w xmlns:x='x'><x:row><x:c><x:v>3</x:v></x:c></x:row></x:w>"},
          {"xl/worksheets/4.xml", "<w><row><c><v>4</v></c></row><row><c><v>5</v></c></row></w>"});
}

static const char *read_sheet(const char *which) {
  static char shown[512];
  err e = {0};
  table_reader *t = table_open(kit_file, NULL, &e);
  assert_non_null(t);
  if (table_choose(t, text_of(which), &e)) return kit_drain(t, &e);
  table_close(t);
  snprintf(shown, sizeof shown, "%s: %s", err_name(e.code), e.zh);
  return shown;
}

static void xlsx_sheets(void **state) {
  (void)state;
  three_sheets();
  assert_string_equal(kit_read(), "1:3"); /* the first is without rows, the second hidden */
  err e = {0};
  table_reader *t = table_open(kit_file, NULL, &e);
  assert_non_null(t);
  assert_int_equal(table_sheet_count(t), 3);
  assert_true(text_is(table_sheet_name(t, 1), "2024"));
  assert_true(text_is(table_sheet_name(t, 3), ""));
  table_close(t);
  assert_string_equal(read_sheet("2024"), "1:3");
  assert_string_equal(read_sheet("2"), "1:4 2:5"); /* a name goes before a number */
  assert_string_equal(read_sheet("3"), "1:4 2:5");
  assert_string_equal(read_sheet("说明"), "");
  HAS(read_sheet("藏"), "unknown_name: 文件里没有名为“藏”的工作表");
  HAS(read_sheet("4"), "unknown_name");
  kit_csv("a\n");
  assert_string_equal(read_sheet("1"), "1:a");
  HAS(read_sheet("2"), "unknown_name");
}

static void xlsx_nonsense(void **state) {
  (void)state;
  static const char *const rows[] = {
      "<row r='0'><c><v>1</v></c></row>",
      "<row r='2'/><row r='2'/>",
      "<row r='x'/>",
      "<row r='-5'/>",
      "<row><c r='A'><v>1</v></c></row>",
      "<row><c r='1'/></row>",
      "<row><c r='XFE1'/></row>",
      "<row><c r='AAAAAAAAAAAAAAAAAAA1'/></row>",
      "<row><c t='s'><v>0</v></c></row>",
      "<row><c t='s'><v>-1</v></c></row>",
      "<row><c t='s'><v>99999999999999999999</v></c></row>",
      "<row><c></row>",
      "<row><c><v>&lol;</v></c></row>",
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char sheet[512];
    snprintf(sheet, sizeof sheet, "<w>%s</w>", rows[i]);
    KIT_ZIP({"xl/worksheets/sheet1.xml", sheet});
    HAS(kit_read(), "file: 文件已损坏");
  }
}

static void xlsx_limits(void **state) {
  (void)state;
  KIT_ZIP(SHEET("<row r='1'><c r='AMK1'/><c r='AMJ1'><v>1</v></c></row>"));
  HAS(kit_read(), "|1"); /* column 1024, and an empty one beyond */
  KIT_ZIP(SHEET("<row r='7'><c r='AMK7'><v>1</v></c></row>"));
  HAS(kit_read(), "row 7: 第 7 行的列太多");
  KIT_ZIP(SHEET("<row r='2000001'><c><v>1</v></c></row>"));
  HAS(kit_read(), "行数超过 2000000");
  AUTO_BUF buf b = {0};
  buf_str(&b, "<w><row><c t='str'><v>");
  for (int i = 0; i <= TABLE_CELL_MAX_POINTS; i++) buf_printf(&b, "%c", 'a' + rand() % 26);
  buf_str(&b, "</v></c></row></w>");
  KIT_ZIP({"xl/worksheets/sheet1.xml", b.at});
  HAS(kit_read(), "row 1: 第 1 行有一格的内容太长");
  buf_clear(&b);
  buf_str(&b, "<w><row><c t='str'><v>");
  for (int i = 0; i < 400000; i++) buf_printf(&b, "%c", 'a' + rand() % 26);
  buf_str(&b, "</v></c></row></w>");
  KIT_ZIP({"xl/worksheets/sheet1.xml", b.at});
  HAS(kit_read(), "row 1: 第 1 行有一格的内容太长");
}

/* A long text that many cells point to is not a small table. */
static void xlsx_shared_bomb(void **state) {
  (void)state;
  AUTO_BUF buf strings = {0}, sheet = {0};
  buf_str(&strings, "<sst><si><t>");
  for (int i = 0; i < 30000; i++) buf_printf(&strings, "%c", 'a' + rand() % 26);
  buf_str(&strings, "</t></si></sst>");
  buf_str(&sheet, "<w>");
  for (int i = 0; i < 20000; i++) buf_str(&sheet, "<row><c t='s'><v>0</v></c></row>");
  buf_str(&sheet, "</w>");
  KIT_ZIP({"xl/sharedStrings.xml", strings.at}, {"xl/worksheets/sheet1.xml", sheet.at});
  HAS(kit_read(), "file: 文件解压后太大");
  buf_clear(&sheet);
  buf_str(&sheet, "<w><row>");
  for (int i = 0; i < 40; i++) buf_str(&sheet, "<c t='s'><v>0</v></c>");
  buf_str(&sheet, "</row></w>");
  KIT_ZIP({"xl/sharedStrings.xml", strings.at}, {"xl/worksheets/sheet1.xml", sheet.at});
  HAS(kit_read(), "row 1: 第 1 行超过 1 MB");
}

static void xlsx_zip_bomb(void **state) {
  (void)state;
  enum { MANY = 4 << 20 };
  char *blanks = malloc(MANY + 1);
  assert_non_null(blanks);
  memset(blanks, ' ', MANY);
  blanks[MANY] = 0;
  static const char *const names[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                      "xl/styles.xml", "xl/workbook.xml", "_rels/.rels"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    KIT_ZIP(SHEET("<row/>"), {names[i], blanks});
    HAS(kit_read(), "file: 文件解压后太大");
  }
  free(blanks);
  KIT_ZIP(SHEET("<row><c><v>1</v></c></row>"));
  err e = {0};
  const table_limits small = {300, 200};
  table_reader *t = table_open(kit_file, &small, &e);
  assert_null(t);
  assert_int_equal(e.code, ERR_TOO_LARGE);
}

static void xlsx_doctype(void **state) {
  (void)state;
  static const char *const names[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                      "xl/styles.xml", "xl/workbook.xml",
                                      "xl/_rels/workbook.xml.rels"};
  static const char lol[] = "<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><w>&b;</w>";
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    KIT_ZIP(SHEET("<row/>"), {names[i], lol});
    HAS(kit_read(), "DTD");
  }
}

static void xlsx_other_files(void **state) {
  (void)state;
  KIT_ZIP({"xl/workbook.xml", "<workbook><sheets/></workbook>"});
  HAS(kit_read(), "没有可见的工作表");
  KIT_ZIP({"_rels/.rels", "<R><Relationship Type='x/officeDocument' Target='word/doc.xml'/></R>"});
  HAS(kit_read(), "这不是 Excel 表格");
  KIT_ZIP({"xl/worksheets/other.xml", "<w/>"}); /* the sheet is missing */
  HAS(kit_read(), "文件已损坏");
  KIT_ZIP({"xl/_rels/workbook.xml.rels",
           "<R><Relationship Id='rId1' Type='w' Target='../../../sheet.xml'/></R>"});
  HAS(kit_read(), "文件已损坏");
}

/* Cut anywhere, or with a byte turned, a workbook gives its rows or a sentence. */
static void xlsx_broken_anywhere(void **state) {
  (void)state;
  KIT_ZIP(styles, {"xl/sharedStrings.xml", "<sst><si><t>姓名</t></si></sst>"},
          SHEET("<row><c t='s'><v>0</v></c></row>"));
  FILE *f = fopen(kit_file, "rb");
  assert_non_null(f);
  char whole[8192], broken[8192];
  size_t bytes = fread(whole, 1, sizeof whole, f), read = 0;
  fclose(f);
  assert_string_equal(kit_read(), "1:姓名");
  for (size_t n = 4; n < bytes; n += 7) {
    kit_write(whole, n);
    HAS(kit_read(), "file: ");
  }
  for (size_t i = 4; i < bytes; i += 3) {
    memcpy(broken, whole, bytes);
    broken[i] = (char)~broken[i];
    kit_write(broken, bytes);
    const char *got = kit_read();
    read += strstr(got, "file: ") == NULL && strstr(got, "row ") == NULL;
  }
  assert_true(read < bytes / 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(csv_shapes),
      cmocka_unit_test(csv_rows_are_counted_as_seen),
      cmocka_unit_test(csv_guards_come_off),
      cmocka_unit_test(csv_scientific_is_told),
      cmocka_unit_test(csv_encodings),
      cmocka_unit_test(csv_characters_over_pieces),
      cmocka_unit_test(csv_faults),
      cmocka_unit_test(no_such_file),
      cmocka_unit_test(csv_endless_line),
      cmocka_unit_test(csv_lines_of_a_quoted_record),
      cmocka_unit_test(csv_rows_limit),
      cmocka_unit_test(xlsx_texts),
      cmocka_unit_test(xlsx_numbers),
      cmocka_unit_test(xlsx_days),
      cmocka_unit_test(xlsx_rows_in_disorder),
      cmocka_unit_test(xlsx_sheets),
      cmocka_unit_test(xlsx_nonsense),
      cmocka_unit_test(xlsx_limits),
      cmocka_unit_test(xlsx_shared_bomb),
      cmocka_unit_test(xlsx_zip_bomb),
      cmocka_unit_test(xlsx_doctype),
      cmocka_unit_test(xlsx_other_files),
      cmocka_unit_test(xlsx_broken_anywhere),
  };
  return cmocka_run_group_tests_name("sheet", tests, kit_begin, kit_end);
}
