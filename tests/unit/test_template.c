/* Somebody else's empty table: what its head asks for, and rows filled into it. */
#include "template_kit.h"

#include "sheet/xlsx_refs.h"

/* "C:户主/姓名 D:电话* …; rows 5-9" — * computed, ~ a loose group, d % formats. */
static const char *told(text file) {
  static char shown[4096];
  AUTO_BUF buf b = {0};
  err e = {0};
  template_table o;
  template *t = template_open(file, &e);
  if (!t || !template_read(t, SIZE_MAX, &o, &e)) {
    snprintf(shown, sizeof shown, "%s", e.zh);
    assert_true(e.en[0] != 0);
    template_close(t);
    free((char *)file.at);
    return shown;
  }
  for (size_t i = 0; i < o.column_count; i++) {
    const template_column *c = &o.columns[i];
    if (i) buf_char(&b, ' ');
    ref_put_column(&b, c->column);
    for (size_t k = 0; k < c->depth; k++) {
      buf_char(&b, k ? '/' : ':');
      buf_text(&b, c->path[k]);
    }
    if (c->computed) buf_char(&b, '*');
    if (c->loose_group) buf_char(&b, '~');
    if (c->format != TEMPLATE_PLAIN) buf_str(&b, c->format == TEMPLATE_DAY ? "(d)" : "(%)");
  }
  buf_printf(&b, "; rows %lld-%lld%s", (long long)o.data_first, (long long)o.data_last,
             o.open_ended ? "+" : "");
  for (size_t i = 0; i < o.label_count; i++)
    buf_printf(&b, " %lld=%.*s", (long long)o.labels[i].row, (int)o.labels[i].text.bytes,
               o.labels[i].text.at);
  if (o.unit.bytes) buf_printf(&b, " in %.*s", (int)o.unit.bytes, o.unit.at);
  snprintf(shown, sizeof shown, "%s", b.at ? b.at : "");
  template_close(t);
  free((char *)file.at);
  return shown;
}

#define TOLD(drawing, want) assert_string_equal(told(kit_draw(drawing)), want)

static void heads(void **state) {
  (void)state;
  TOLD("A1=序号|B1=姓名|C1=身份证号", "A:序号 B:姓名 C:身份证号; rows 2-1+");
  TOLD("A1:C1=家庭成员表|A2=序号|B2=姓 名|C2=备注|[A3:C5]", "A:序号 B:姓名 C:备注; rows 3-5+");
  TOLD("A1:F1=情况表|A2=填报单位：东镇|F2=单位：万元|A3:A4=序号|B3:C3=户主|D3:F3=收入|B4=姓名|C4="
       "电话|"
       "D4=工资|E4=经营|F4=合计|[A5:F7]|[C5:C7]t|F5==D5+E5|A8=合计|D8==SUM(D5:D7)|A9=填表人：",
       "A:序号 B:户主/姓名 C:户主/电话 D:收入/工资 E:收入/经营 F:收入/合计*; rows 5-7 in 万元");
  TOLD("A1=编号|B1=姓名|C1=日期|D1=比例|[A2:D3]|[C2:C3]d|[D2:D3]%|A2=#1|A3=#2|A4=说明：逐户填写",
       "A:编号 B:姓名 C:日期(d) D:比例(%); rows 2-3");
}

static void rows_that_are_none(void **state) {
  (void)state;
  TOLD("A1=序号|B1=姓名|C1=年龄|A2=甲|B2=乙|C2=#1|[A3:C4]", "A:序号 B:姓名 C:年龄; rows 3-4+");
  TOLD("A1=序号|B1=姓名|C1=年龄|A2=#1|B2=张三|C2=#30|[A3:C4]",
       "第 2 行已经有内容，分不清是例子还是数据。请删去它，只留空行，再上传。");
  TOLD("A1=序号|B1=姓名|C1=年龄|D1=电话|A2=甲|B2=#1|C2=#2|D2=#3|[A3:D4]",
       "A:序号 B:姓名 C:年龄 D:电话; rows 3-4+");
  TOLD("A1=序号|B1=姓名|C1=年龄|A2=例|B2=张三|C2=#30|[A3:C4]", "A:序号 B:姓名 C:年龄; rows 3-4+");
  TOLD("A1=村|B1=户数|C1=人数|A2=合计|B2==SUM(B3:B5)|[A3:C5]|A3=东村|A4=西村|A5=南村",
       "A:村 B:户数 C:人数; rows 3-5 3=东村 4=西村 5=南村");
}

static void groups_nobody_merged(void **state) {
  (void)state;
  TOLD("A1=帮扶责任人|A2=姓名|B2=电话|C2=单位|[A3:C4]",
       "A:帮扶责任人/姓名 B:帮扶责任人/电话~ C:帮扶责任人/单位~; rows 3-4+");
  TOLD("A1=序号|B1=性别|C1=监护人|C2=姓名|D2=电话|[A3:D4]",
       "A:序号 B:性别 C:监护人/姓名 D:监护人/电话~; rows 3-4+");
}

static void what_is_no_table(void **state) {
  (void)state;
  TOLD("A1=会议通知", "没有找到表头：要有一行（或几行）写着各列的名称，下面是空行。");
  TOLD("A1=户|B1=姓名|[A2:B9]|A2:A3=|A4:A5=",
       "第 2 行起有跨行的合并单元格，一行填不成一条。请取消空白行里的合并，再上传。");
  kit_write("PK\x03\x04 torn", 9);
  assert_string_equal(told(kit_bytes()), "文件已损坏，请用 Excel 或 WPS 打开后另存为 .xlsx。");
  kit_write("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
  assert_non_null(strstr(told(kit_bytes()), "有密码"));
  kit_write("a,b\n", 4);
  assert_non_null(strstr(told(kit_bytes()), "不是 Excel"));
}

/* ---- references ---- */

static void references(void **state) {
  (void)state;
  static const struct {
    const char *formula, *moved;
    row_shift s;
    bool here;
  } cases[] = {
      {"SUM(C5:C14)", "SUM(C5:C24)", {14, 10, false}, true},
      {"SUM(C5:C5)+C5", "SUM(C5:C15)+C5", {6, 10, true}, true},
      {"$B$15/B$14+A5", "$B$25/B$24+A5", {14, 10, false}, true},
      {"IF(A1=\"C15\",LOG10(C15),C15)", "IF(A1=\"C15\",LOG10(C25),C25)", {14, 10, false}, true},
      {"'东 表'!C15+表!C15+C15", "'东 表'!C15+表!C25+C15", {14, 10, false}, false},
      {"SUM(5:20,C:C)", "SUM(5:30,C:C)", {14, 10, false}, true},
      {"[1]表!C15+表1[C15]", "[1]表!C15+表1[C15]", {14, 10, false}, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    AUTO_BUF buf b = {0};
    assert_true(
        ref_shift_formula(&b, text_of(cases[i].formula), TEXT("表"), cases[i].here, &cases[i].s));
    assert_string_equal(b.at, cases[i].moved);
  }
  AUTO_BUF buf copied = {0}, ignored = {0};
  ref_copy_formula(&copied, TEXT("C5+$D5-E$5*SUM($A$1:A5)"), 3, 0);
  assert_string_equal(copied.at, "C8+$D8-E$5*SUM($A$1:A8)");
  assert_false(ref_shift_formula(&ignored, TEXT("SUM(一:三!C5)"), TEXT("二"), false,
                                 &(row_shift){.at = 2, .by = 1}));
}

/* ---- filling ---- */

/* Fills `rows` rows of "甲1 | 1.5 | …" into the columns with headings and reads the file back. */
static const char *filled(text file, size_t rows, text *ret_file) {
  AUTO_BUF buf out = {0};
  err e = {0};
  template_table o;
  template *t = template_open(file, &e);
  assert_non_null(t);
  assert_true(template_read(t, SIZE_MAX, &o, &e));
  int columns[TEMPLATE_COLUMNS_MAX];
  size_t n = 0;
  for (size_t i = 0; i < o.column_count; i++)
    if (!o.columns[i].computed) columns[n++] = (int)i;
  template_fill *f = template_fill_begin(t, &o, columns, n, &e);
  assert_non_null(f);
  for (size_t r = 0; r < rows; r++) {
    template_value cells[64];
    char words[64][24];
    for (size_t i = 0; i < n; i++) {
      snprintf(words[i], sizeof words[i], i % 2 ? "%zu.5" : "甲%zu<", r + 1);
      cells[i] = (template_value){i % 2 ? FILL_NUMBER : FILL_TEXT, text_of(words[i])};
    }
    assert_true(template_fill_put(f, cells, &e));
  }
  static char why[ERR_TEXT_MAX];
  const bool ok = template_fill_finish(f, &out, &e);
  template_fill_drop(f);
  template_close(t);
  free((char *)file.at);
  if (!ok) {
    snprintf(why, sizeof why, "%s", e.zh);
    return why;
  }
  kit_write(out.at, out.bytes);
  if (ret_file) *ret_file = kit_bytes();
  return kit_read();
}

static void rows_where_there_is_room(void **state) {
  (void)state;
  assert_string_equal(filled(kit_draw("A1=名|B1=数|[A2:B5]|A6=合计|B6==SUM(B2:B5)"), 2, NULL),
                      "1:名|数 2:甲1<|1.5 3:甲2<|2.5 6:合计");
  assert_string_equal(filled(kit_draw("A1=名|B1=数"), 3, NULL),
                      "1:名|数 2:甲1<|1.5 3:甲2<|2.5 4:甲3<|3.5");
}

/* A part of a filled file. */
static char *part_of(const char *path) {
  int code;
  zip_t *z = zip_open(kit_file, ZIP_RDONLY, &code);
  assert_non_null(z);
  zip_stat_t st;
  if (zip_stat(z, path, 0, &st) != 0) {
    zip_discard(z);
    return NULL;
  }
  zip_file_t *f = zip_fopen(z, path, 0);
  char *at = calloc(1, st.size + 1);
  assert_int_equal(zip_fread(f, at, st.size), (zip_int64_t)st.size);
  zip_fclose(f);
  zip_discard(z);
  return at;
}

static void has(const char *path, const char *words) {
  char *xml = part_of(path);
  if (!xml || !strstr(xml, words)) print_error("%s lacks %s:\n%s\n", path, words, xml ? xml : "");
  assert_true(xml && strstr(xml, words));
  free(xml);
}

#define SHEET1 "xl/worksheets/sheet1.xml"

static void rows_put_in(void **state) {
  (void)state;
  drawn_book d = kit_draw_begin("表");
  kit_draw_items(&d, "A1:C1=大表|A2=名|B2=数|C2=倍|[A3:C5]|C3==B3*2|C4==B4*2|C5==B5*2|A6=合计|"
                     "B6==SUM(B3:B5)|C6==SUM(C3:C5)|A8:C8=填表人：");
  lxw_data_validation list = {.validate = LXW_VALIDATION_TYPE_INTEGER,
                              .criteria = LXW_VALIDATION_CRITERIA_GREATER_THAN};
  worksheet_data_validation_range(d.sheet, 2, 1, 4, 1, &list);
  worksheet_print_area(d.sheet, 0, 0, 7, 2);
  worksheet_set_row(d.sheet, 3, 33, NULL);
  worksheet_set_h_pagebreaks(d.sheet, (lxw_row_t[]){5, 0});
  lxw_worksheet *other = workbook_add_worksheet(d.book, "汇总");
  worksheet_write_formula_num(other, 0, 0, "=表!B6+SUM(表!B3:B5)+A6", NULL, 7);
  lxw_worksheet *plain = workbook_add_worksheet(d.book, "说明");
  worksheet_write_formula_num(plain, 0, 0, "=1+A6", NULL, 7);
  assert_int_equal(workbook_close(d.book), LXW_NO_ERROR);
  char *before = part_of("xl/worksheets/sheet3.xml"), *strings = part_of("xl/sharedStrings.xml"),
       *styles = part_of("xl/styles.xml");
  assert_string_equal(filled(kit_bytes(), 5, NULL),
                      "1:大表 2:名|数|倍 3:甲1<|1.5 4:甲2<|2.5 5:甲3<|3.5 6:甲4<|4.5 7:甲5<|5.5 "
                      "8:合计 10:填表人：");
  has(SHEET1, "<f>B5*2</f>");
  has(SHEET1, "<f>B6*2</f>");
  has(SHEET1, "<f>B7*2</f>");
  has(SHEET1, "<f>SUM(B3:B7)</f>");
  has(SHEET1, "<f>SUM(C3:C7)</f>");
  has(SHEET1, "mergeCell ref=\"A10:C10\"");
  has(SHEET1, "sqref=\"B3:B7\"");
  has(SHEET1, "dimension ref=\"A1:C10\"");
  has(SHEET1, "<row r=\"5\" spans=\"1:3\" ht=\"33\"");
  has(SHEET1, "<brk id=\"7\"");
  has("xl/workbook.xml", "$A$1:$C$10");
  has("xl/workbook.xml", "fullCalcOnLoad=\"1\"");
  has("xl/worksheets/sheet2.xml", "<f>表!B8+SUM(表!B3:B7)+A6</f></c>");
  char *after = part_of("xl/worksheets/sheet3.xml"),
       *strings_after = part_of("xl/sharedStrings.xml"), *styles_after = part_of("xl/styles.xml");
  assert_string_equal(before, after);
  assert_string_equal(strings, strings_after);
  assert_string_equal(styles, styles_after);
  free(before), free(after), free(strings), free(strings_after), free(styles), free(styles_after);
}

/* Nothing but the cells differs: the rest of the sheet is the same to the byte. */
static void nothing_else_changes(void **state) {
  (void)state;
  text file = kit_draw("A1:C1=大表|A2=名|B2=数|C2=备注|[A3:C5]|A7:C7=填表人：");
  char *before = part_of(SHEET1);
  assert_non_null(filled(file, 1, NULL));
  char *after = part_of(SHEET1);
  const char *from = strstr(before, "<row r=\"3\""), *to = strstr(before, "<row r=\"4\""),
             *from2 = strstr(after, "<row r=\"3\""), *to2 = strstr(after, "<row r=\"4\"");
  assert_true(from && to && from2 && to2);
  assert_int_equal(from - before, from2 - after);
  assert_memory_equal(before, after, (size_t)(from - before));
  assert_string_equal(to, to2);
  free(before), free(after);
}

static void one_empty_row_grows(void **state) {
  (void)state;
  text file = kit_draw("A1=名|B1=数|[A2:B2]|A3=合计|B3==SUM(B2:B2)");
  assert_string_equal(filled(file, 3, NULL), "1:名|数 2:甲1<|1.5 3:甲2<|2.5 4:甲3<|3.5 5:合计");
  has(SHEET1, "<f>SUM(B2:B4)</f>");
}

static void no_empty_row_at_all(void **state) {
  (void)state;
  text file = kit_draw("A1=名|B1=数|A2=合计");
  assert_string_equal(filled(file, 2, NULL), "1:名|数 2:甲1<|1.5 3:甲2<|2.5 4:合计");
}

static void merges_within_a_row_are_repeated(void **state) {
  (void)state;
  text file = kit_draw("A1:B1=名|C1=数|[A2:C3]|A2:B2=|A3:B3=|A4:B4=合计");
  assert_string_equal(filled(file, 3, NULL), "1:名||数 2:甲1<||1.5 3:甲2<||2.5 4:甲3<||3.5 5:合计");
  has(SHEET1, "mergeCells count=\"5\"");
  has(SHEET1, "mergeCell ref=\"A4:B4\"");
  has(SHEET1, "mergeCell ref=\"A5:B5\"");
}

static void what_cannot_be_moved_is_told(void **state) {
  (void)state;
  drawn_book d = kit_draw_begin("表");
  kit_draw_items(&d, "A1=名|B1=数|[A2:B3]|A4=合计");
  worksheet_write_comment(d.sheet, 3, 0, "批注");
  assert_int_equal(workbook_close(d.book), LXW_NO_ERROR);
  text file = kit_bytes();
  assert_non_null(strstr(filled(file, 3, NULL), "下面有批注"));
  d = kit_draw_begin("表");
  kit_draw_items(&d, "A1=名|B1=数|[A2:B3]|A4=合计");
  lxw_chart *chart = workbook_add_chart(d.book, LXW_CHART_LINE);
  chart_add_series(chart, NULL, "=表!$B$2:$B$3");
  worksheet_insert_chart(d.sheet, 8, 3, chart);
  assert_int_equal(workbook_close(d.book), LXW_NO_ERROR);
  file = kit_bytes();
  assert_non_null(strstr(filled(file, 3, NULL), "图表"));
}

/* ---- by hand: what other programs write ---- */

static void formulas_that_share_one(void **state) {
  (void)state;
  KIT_ZIP(SHEET("<row r='1'><c r='A1' t='inlineStr'><is><t>名</t></is></c><c r='B1' t='inlineStr'>"
                "<is><t>数</t></is></c><c r='C1' t='inlineStr'><is><t>倍</t></is></c></row>"
                "<row r='2'><c r='A2' s='1'/><c r='B2' s='1'/><c r='C2' s='1'><f t='shared' "
                "ref='C2:C3' si='0'>B2*2</f><v>0</v></c></row>"
                "<row r='3'><c r='A3' s='1'/><c r='B3' s='1'/><c r='C3' s='1'><f t='shared' "
                "si='0'/><v>0</v></c></row>"
                "<row r='4'><c r='A4' t='inlineStr'><is><t>合计</t></is></c></row>"));
  text file = kit_bytes();
  assert_string_equal(filled(file, 3, NULL), "1:名|数|倍 2:甲1<|1.5 3:甲2<|2.5 4:甲3<|3.5 5:合计");
  has(SHEET1, "<f>B2*2</f>");
  has(SHEET1, "<f>B3*2</f>");
  has(SHEET1, "<f>B4*2</f>");
}

/* A row without cells ends nothing. */
static void rows_without_cells(void **state) {
  (void)state;
  KIT_ZIP(SHEET("<row r='1'><c r='A1' t='inlineStr'><is><t>名</t></is></c><c r='B1' t='inlineStr'>"
                "<is><t>数</t></is></c></row><row r='2' ht='20'/><row r='3' ht='20'/>"
                "<row r='4'><c r='A4' t='inlineStr'><is><t>合计</t></is></c></row>"));
  text file = kit_bytes();
  assert_string_equal(filled(file, 3, NULL), "1:名|数 2:甲1<|1.5 3:甲2<|2.5 4:甲3<|3.5 5:合计");
  has(SHEET1, "<row r=\"3\" ht=\"20\">");
}

static void names_with_a_prefix(void **state) {
  (void)state;
  KIT_ZIP({"xl/worksheets/sheet1.xml",
           "<x:worksheet xmlns:x='m'><x:sheetData><x:row r='1'><x:c r='A1' t='inlineStr'><x:is>"
           "<x:t>名</x:t></x:is></x:c><x:c r='B1' t='inlineStr'><x:is><x:t>数</x:t></x:is></x:c>"
           "</x:row></x:sheetData></x:worksheet>"});
  text file = kit_bytes();
  assert_string_equal(filled(file, 1, NULL), "1:名|数 2:甲1<|1.5");
}

static void merges_that_overlap(void **state) {
  (void)state;
  KIT_ZIP({"xl/worksheets/sheet1.xml",
           "<worksheet><sheetData/><mergeCells count='2'><mergeCell ref='A1:B2'/><mergeCell "
           "ref='B2:C3'/></mergeCells></worksheet>"});
  assert_non_null(strstr(told(kit_bytes()), "重叠"));
}

static void macros_are_refused(void **state) {
  (void)state;
  KIT_ZIP(SHEET(""), {"xl/vbaProject.bin", "x"});
  assert_non_null(strstr(told(kit_bytes()), "带宏"));
}

static void too_many_columns(void **state) {
  (void)state;
  drawn_book d = kit_draw_begin("表");
  for (lxw_col_t c = 0; c < 16384; c++) worksheet_write_string(d.sheet, 0, c, "列", NULL);
  assert_int_equal(workbook_close(d.book), LXW_NO_ERROR);
  assert_non_null(strstr(told(kit_bytes()), "超过 512 列"));
}

static void the_chain_of_computing_goes(void **state) {
  (void)state;
  KIT_ZIP(
      SHEET("<row r='1'><c r='A1' t='inlineStr'><is><t>名</t></is></c><c r='B1' t='inlineStr'><is>"
            "<t>数</t></is></c></row><row r='2'><c r='A2' s='1'/><c r='B2' s='1'/></row>"
            "<row r='3'><c r='A3' t='inlineStr'><is><t>合计</t></is></c><c "
            "r='B3'><f>SUM(B2:B2)</f><v>0</v></c></row>"),
      {"xl/_rels/workbook.xml.rels",
       "<Relationships><Relationship Id='rId1' Type='x/worksheet' Target='worksheets/sheet1.xml'/>"
       "<Relationship Id='rId9' Type='x/calcChain' Target='calcChain.xml'/></Relationships>"},
      {"xl/calcChain.xml", "<calcChain><c r='B3' i='1'/></calcChain>"},
      {"[Content_Types].xml", "<Types><Override PartName='/xl/calcChain.xml' ContentType='c'/>"
                              "<Default Extension='xml' ContentType='x'/></Types>"});
  text file = kit_bytes();
  assert_non_null(filled(file, 3, NULL));
  assert_null(part_of("xl/calcChain.xml"));
  has("[Content_Types].xml", "<Types><Default Extension='xml' ContentType='x'/></Types>");
  has("xl/_rels/workbook.xml.rels", "sheet1.xml'/></Relationships>");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_begin, kit_end)
  const struct CMUnitTest tests[] = {
      TEST(heads),
      TEST(rows_that_are_none),
      TEST(groups_nobody_merged),
      TEST(what_is_no_table),
      TEST(references),
      TEST(rows_where_there_is_room),
      TEST(rows_put_in),
      TEST(nothing_else_changes),
      TEST(one_empty_row_grows),
      TEST(no_empty_row_at_all),
      TEST(merges_within_a_row_are_repeated),
      TEST(what_cannot_be_moved_is_told),
      TEST(formulas_that_share_one),
      TEST(rows_without_cells),
      TEST(names_with_a_prefix),
      TEST(merges_that_overlap),
      TEST(macros_are_refused),
      TEST(too_many_columns),
      TEST(the_chain_of_computing_goes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
