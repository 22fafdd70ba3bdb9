/* table_internal.h — what the readers share, and the seams at which they are fuzzed. */
#ifndef JISHI_SHEET_TABLE_INTERNAL_H
#define JISHI_SHEET_TABLE_INTERNAL_H

#include "base/label.h"
#include "sheet/table_read.h"

#include <stdio.h>
#include <zip.h>

/* Cells of the row being read; the bytes of those that do not last lie in one buffer and are
 * pointed to when the row is whole. */
typedef struct row_builder {
  buf bytes;
  struct {
    const char *at; /* text that lasts; NULL: it lies in `bytes` from `start` on */
    size_t start, bytes;
    table_cell cell; /* all but the text */
    bool set;
  } spans[TABLE_COLUMNS_MAX];
  table_cell cells[TABLE_COLUMNS_MAX];
  size_t count;
  size_t text_bytes; /* of all cells */
  bool any;          /* a cell with text */
} row_builder;
void row_clear(row_builder *b);
/* Sets a cell; `number` says where the fault is. An empty text leaves no trace but the
 * width, if it is not a formula without a result.
 * `lasts`: t outlives the row, and is not copied; its length was checked. */
bool row_set(row_builder *b, int64_t number, size_t column, table_cell cell, bool lasts, err *e);
/* What was set there; "" for nothing. Valid until the next row_set. */
text row_text(const row_builder *b, size_t column);
void row_finish(row_builder *b, int64_t number, table_row *ret);
void row_release(row_builder *b);

/* "row 12" and a sentence over the row's number. False. */
bool row_fault(err *e, err_code code, int64_t number, label what);
bool row_too_many(int64_t number, err *e); /* true: over TABLE_ROWS_MAX, *e filled in */

struct table_reader {
  int (*next)(table_reader *t, table_row *row, err *e);
  void (*close)(table_reader *t);
  size_t sheet_count;
  const text *sheets;
  size_t hidden_count;
  const text *hidden;
  bool (*choose)(table_reader *t, size_t sheet, err *e); /* from its first row on */
};

extern const table_limits table_usual_limits;
/* Both take what they are given: it is closed with the reader, also on failure. */
table_reader *xlsx_open(zip_t *archive, const table_limits *limits, err *e);
table_reader *csv_open(FILE *f, err *e);

/* Starts as what a spreadsheet program may run as a formula when it opens a CSV file, or as the
 * apostrophe that keeps it from doing so. Source: OWASP, CSV Injection. */
bool csv_is_formula(text t);

#endif
