/* sheet_kit.h — files made for the tests of src/sheet, and rows as one line of text. */
#ifndef SHEET_KIT_H
#define SHEET_KIT_H

#include "sheet/table_read.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zip.h>

static char kit_folder[64], kit_file[96];

static int kit_begin(void **state) {
  (void)state;
  snprintf(kit_folder, sizeof kit_folder, "/tmp/jishi-sheet-XXXXXX");
  if (!mkdtemp(kit_folder)) return -1;
  snprintf(kit_file, sizeof kit_file, "%s/table", kit_folder);
  return 0;
}

static int kit_end(void **state) {
  (void)state;
  unlink(kit_file);
  return rmdir(kit_folder); /* fails when anything was left behind */
}

static inline void kit_write(const void *at, size_t bytes) {
  FILE *f = fopen(kit_file, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(at, 1, bytes, f), bytes);
  assert_int_equal(fclose(f), 0);
}

/* All rows as "1:a|b 3:c|d*" (* a damaged number; no empty cells at the end) or, on a fault,
 * "place: Chinese sentence". */
static const char *kit_drain(table_reader *t, err *e) {
  static char shown[8192];
  static buf b;
  table_row row;
  int got;
  buf_clear(&b);
  while ((got = table_next(t, &row, e)) > 0) {
    if (b.bytes) buf_char(&b, ' ');
    buf_int(&b, row.number);
    while (row.count && !row.cells[row.count - 1].text.bytes) row.count--;
    for (size_t i = 0; i < row.count; i++) {
      buf_char(&b, i ? '|' : ':');
      buf_text(&b, row.cells[i].text);
      if (row.cells[i].damaged_number) buf_char(&b, '*');
    }
  }
  if (got == 0) {
    assert_int_equal(table_next(t, &row, e), 0);
  } else {
    assert_int_equal(table_next(t, &row, e), -1); /* a fault stays */
    buf_clear(&b);
    buf_printf(&b, "%s: %s", e->where, e->zh);
    assert_true(e->en[0] != 0);
  }
  snprintf(shown, sizeof shown, "%s", b.at ? b.at : "");
  buf_release(&b);
  table_close(t);
  return shown;
}

static const char *kit_read(void) {
  static char shown[1024];
  err e = {0};
  table_reader *t = table_open(kit_file, NULL, &e);
  if (t) return kit_drain(t, &e);
  assert_true(e.en[0] != 0);
  snprintf(shown, sizeof shown, "%s: %s", e.where, e.zh);
  return shown;
}

static inline const char *kit_csv(const char *content) {
  kit_write(content, strlen(content));
  return kit_read();
}

/* ---- workbooks by hand ---- */

typedef struct kit_part {
  const char *name, *content;
} kit_part;

static const kit_part kit_usual[] = {
    {"_rels/.rels", "<Relationships><Relationship Id='r' Type='x/officeDocument' "
                    "Target='xl/workbook.xml'/></Relationships>"},
    {"xl/workbook.xml", "<workbook xmlns:r='r'><sheets><sheet name='名单' sheetId='1' "
                        "r:id='rId1'/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships><Relationship Id='rId1' Type='x/worksheet' Target='worksheets/sheet1.xml'/>"
     "<Relationship Id='rId2' Type='x/styles' Target='styles.xml'/>"
     "<Relationship Id='rId3' Type='x/sharedStrings' "
     "Target='/xl/sharedStrings.xml'/></Relationships>"},
};

static inline void kit_add(zip_t *z, const char *name, const char *content, size_t bytes) {
  zip_source_t *s = zip_source_buffer(z, content, bytes, 0);
  assert_non_null(s);
  assert_true(zip_file_add(z, name, s, ZIP_FL_OVERWRITE) >= 0);
}

/* The usual parts, and those given (up to one without a name), which replace usual ones. */
static inline void kit_zip(const kit_part *parts) {
  int code;
  unlink(kit_file);
  zip_t *z = zip_open(kit_file, ZIP_CREATE | ZIP_TRUNCATE, &code);
  assert_non_null(z);
  for (size_t i = 0; i < sizeof kit_usual / sizeof *kit_usual; i++)
    kit_add(z, kit_usual[i].name, kit_usual[i].content, strlen(kit_usual[i].content));
  for (; parts->name; parts++) kit_add(z, parts->name, parts->content, strlen(parts->content));
  assert_int_equal(zip_close(z), 0);
}

#define KIT_ZIP(...) kit_zip((const kit_part[]){__VA_ARGS__, {NULL, NULL}})
#define SHEET(rows)                                                                                \
  { "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" rows "</sheetData></worksheet>" }

#endif
