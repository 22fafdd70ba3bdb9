/* Fuzzes somebody else's empty table: opened, its head read, filled with three rows, and what came
 * of it opened again. The input is a workbook, or, split at NUL bytes, the parts of one: the sheet,
 * the shared strings, the styles, the workbook, its relations; a part that is not given is the
 * usual one. */
#include "sheet/template.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t bytes);

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATIONS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
static const struct {
  const char *name, *usual;
} parts[] = {
    {"xl/worksheets/sheet1.xml",
     "<worksheet xmlns='" MAIN "'><dimension ref='A1:C4'/><sheetData>"
     "<row r='1'><c r='A1' t='inlineStr'><is><t>a</t></is></c><c r='B1' t='inlineStr'><is><t>b</t>"
     "</is></c><c r='C1' t='s'><v>0</v></c></row>"
     "<row r='2'><c r='A2' s='1'/><c r='B2' s='1'/><c r='C2' s='1'/></row>"
     "<row r='3'><c r='A3' s='1'/><c r='B3' s='1'/><c r='C3'><f>SUM(C2:C2)</f></c></row>"
     "</sheetData><mergeCells count='1'><mergeCell ref='A4:C4'/></mergeCells></worksheet>"},
    {"xl/sharedStrings.xml", "<sst xmlns='" MAIN "'><si><t>c</t></si></sst>"},
    {"xl/styles.xml",
     "<styleSheet xmlns='" MAIN
     "'><borders><border/><border><left style='thin'/></border></borders>"
     "<cellXfs><xf numFmtId='0'/><xf numFmtId='14' borderId='1'/></cellXfs></styleSheet>"},
    {"xl/workbook.xml", "<workbook xmlns='" MAIN "' xmlns:r='" RELATIONS
                        "'><sheets><sheet name='a' sheetId='1' r:id='r1'/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
     "<Relationship Id='r1' Type='" RELATIONS "/worksheet' Target='worksheets/sheet1.xml'/>"
     "<Relationship Id='r2' Type='" RELATIONS "/styles' Target='styles.xml'/>"
     "<Relationship Id='r3' Type='" RELATIONS "/sharedStrings' Target='sharedStrings.xml'/>"
     "</Relationships>"},
    {"[Content_Types].xml",
     "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
     "<Default Extension='xml' ContentType='application/xml'/></Types>"},
    {"_rels/.rels", "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/"
                    "relationships'><Relationship Id='r1' Type='" RELATIONS
                    "/officeDocument' Target='xl/workbook.xml'/></Relationships>"},
};
enum { PARTS = sizeof parts / sizeof *parts };

/* The archive of the parts; to be freed. */
static text packed(const uint8_t *at, size_t bytes) {
  zip_error_t why;
  zip_source_t *s = zip_source_buffer_create(NULL, 0, 0, &why);
  if (!s) abort();
  zip_source_keep(s);
  zip_t *z = zip_open_from_source(s, ZIP_TRUNCATE, &why);
  if (!z) abort();
  for (size_t i = 0; i < PARTS; i++) {
    const uint8_t *end = bytes ? memchr(at, 0, bytes) : NULL;
    size_t n = end ? (size_t)(end - at) : bytes;
    const char *usual = parts[i].usual;
    zip_source_t *part =
        zip_source_buffer(z, n ? (const void *)at : usual, n ? n : strlen(usual), 0);
    zip_int64_t index = zip_file_add(z, parts[i].name, part, 0);
    if (index < 0 || zip_set_file_compression(z, (zip_uint64_t)index, ZIP_CM_STORE, 0) != 0)
      abort();
    size_t used = n + (end != NULL);
    at += used;
    bytes -= used;
  }
  zip_stat_t stat;
  if (zip_close(z) != 0 || zip_source_open(s) != 0 || zip_source_stat(s, &stat) != 0) abort();
  char *all = malloc(stat.size + 1);
  if (!all || zip_source_read(s, all, stat.size) != (zip_int64_t)stat.size) abort();
  zip_source_close(s);
  zip_source_free(s);
  return (text){all, stat.size};
}

static void must_be_told(const err *e) {
  if (e->code == ERR_NONE || e->code == ERR_INTERNAL || !e->zh[0] || !e->en[0]) abort();
}

static bool fill(template *t, const template_table *table, buf *out, err *e) {
  enum { ROWS = 3 };
  template_value cells[TEMPLATE_COLUMNS_MAX];
  int columns[TEMPLATE_COLUMNS_MAX];
  size_t count = 0;
  for (size_t i = 0; i < table->column_count; i++) {
    if (table->columns[i].computed) continue;
    if (table->columns[i].column < 0 || table->columns[i].column >= TEMPLATE_COLUMNS_MAX) abort();
    columns[count] = (int)i;
    cells[count++] = i % 3 == 0   ? (template_value){FILL_TEXT, TEXT("<img src=x>&")}
                     : i % 3 == 1 ? (template_value){FILL_NUMBER, TEXT("-12.50")}
                                  : (template_value){FILL_NOTHING, TEXT("")};
  }
  template_fill *f = template_fill_begin(t, table, columns, count, e);
  bool ok = f != NULL;
  for (size_t i = 0; ok && i < ROWS; i++) {
    if (!table->label_count)
      ok = template_fill_put(f, cells, e);
    else if (i < table->label_count)
      ok = template_fill_label(f, i, cells, e);
  }
  ok = ok && template_fill_finish(f, out, e);
  template_fill_drop(f);
  return ok;
}

static void try_one(text bytes) {
  err e = {0};
  template_table table;
  AUTO_BUF buf out = {0};
  template *t = template_open(bytes, &e);
  if (!t) {
    must_be_told(&e);
    return;
  }
  for (size_t i = 0; i < template_sheet_count(t); i++)
    if (!text_valid_utf8(template_sheet_name(t, i))) abort();
  if (!template_read(t, SIZE_MAX, &table, &e) || !fill(t, &table, &out, &e)) {
    must_be_told(&e);
  } else {
    template *again = template_open(buf_view(&out), &e); /* what is given out can be opened */
    if (!again) abort();
    template_close(again);
  }
  template_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t bytes) {
  if (bytes >= 4 && memcmp(at, "PK\x03\x04", 4) == 0) {
    try_one((text){(const char *)at, bytes});
    return 0;
  }
  text made = packed(at, bytes);
  try_one(made);
  free((char *)made.at);
  return 0;
}
