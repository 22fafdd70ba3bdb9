/* The XLSX reader. Bytes that begin as an archive are opened as one; others are parts of a
 * workbook, split at NUL bytes: the sheet, the shared strings, the styles, the workbook, its
 * relations. A part that is not given is the usual one. */
#include "sheet/table_internal.h"

#include <stdint.h>
#include <stdlib.h>

static const struct {
  const char *name, *usual;
} parts[] = {
    {"xl/worksheets/sheet1.xml", "<w/>"},
    {"xl/sharedStrings.xml", "<sst><si><t>a</t></si></sst>"},
    {"xl/styles.xml", "<s><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></s>"},
    {"xl/workbook.xml", "<w xmlns:r='r'><sheet name='a' r:id='r1'/></w>"},
    {"xl/_rels/workbook.xml.rels",
     "<R><Relationship Id='r1' Target='worksheets/sheet1.xml'/><Relationship Id='r2' "
     "Type='/styles' "
     "Target='styles.xml'/><Relationship Id='r3' Type='/sharedStrings' "
     "Target='sharedStrings.xml'/></R>"},
};
enum { PARTS = sizeof parts / sizeof *parts };

/* Puts the parts into an archive in memory; NULL when that fails. */
static zip_source_t *pack(const uint8_t *at, size_t bytes) {
  zip_error_t why;
  zip_source_t *s = zip_source_buffer_create(NULL, 0, 0, &why);
  if (!s) return NULL;
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
  if (zip_close(z) != 0) abort();
  return s;
}

static void drain(table_reader *t) {
  err e;
  table_row row;
  int got;
  int64_t last = 0;
  while ((got = table_next(t, &row, &e)) > 0) {
    if (row.number <= last || row.count > TABLE_COLUMNS_MAX) abort();
    last = row.number;
    for (size_t i = 0; i < row.count; i++)
      if (!text_valid_utf8(row.cells[i].text)) abort();
  }
  if (got < 0 && (!e.zh[0] || !e.en[0] || !e.where[0])) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t bytes) {
  static const table_limits limits = {1 << 20, 50};
  zip_error_t why;
  bool is_archive = bytes >= 4 && memcmp(at, "PK\x03\x04", 4) == 0;
  zip_source_t *s = is_archive ? zip_source_buffer_create(at, bytes, 0, &why) : pack(at, bytes);
  if (!s) return 0;
  zip_t *z = zip_open_from_source(s, ZIP_RDONLY, &why);
  if (!z) {
    zip_source_free(s);
    return 0;
  }
  err e;
  table_reader *t = xlsx_open(z, &limits, &e);
  if (t)
    drain(t);
  else if (!e.zh[0] || !e.en[0])
    abort();
  table_close(t);
  return 0;
}
