/* table_write.h — rows into a table file, XLSX or CSV, one at a time; memory does not grow with the
 * number of rows.
 *
 * XLSX (libxlsxwriter): a title line over all columns, the column titles, frozen; A4 landscape, as
 * wide as the page, the column titles on every page, "第 n 页 共 m 页" below. Numbers of more than
 * 15 digits, which Excel would spoil, become text. The finished file is read back and counted
 * before it is called done, for a full disk can go unnoticed on the way.
 *
 * CSV (RFC 4180): UTF-8 with a byte order mark, or GB18030; CR LF. A text that a spreadsheet
 * program may run as a formula (= + - @ tab CR first, also in full width; a plain number is not
 * one) gets an apostrophe in front, as OWASP's "CSV Injection" advises; a text that Excel would
 * spoil (more than 11 digits, a zero in front or behind, what it takes for a date or a time) gets a
 * tab. table_read.h takes both off again.
 *
 * Texts are UTF-8 without NUL, at most TABLE_CELL_MAX_POINTS long, or the row is refused. Errors:
 * ERR_BAD_INPUT, ERR_TOO_LARGE (over a limit), ERR_STORE (the disk), ERR_MEMORY. After a failure
 * the writer can only be dropped. Knows nothing of kinds or fields. */
#ifndef JISHI_SHEET_TABLE_WRITE_H
#define JISHI_SHEET_TABLE_WRITE_H

#include "base/date.h"
#include "base/err.h"
#include "base/text.h"

enum {
  TABLE_WRITE_ROWS_MAX = 1048000, /* under a title; Excel ends at row 1,048,576 */
};

typedef enum table_type {
  TABLE_EMPTY, /* no value: unknown, and not zero */
  TABLE_TEXT,
  TABLE_INTEGER,
  TABLE_MONEY, /* integer fen; shown in yuan with two decimals */
  TABLE_DAY,
  TABLE_RATE,   /* a share scaled by RATE_ONE; shown in percent */
  TABLE_NUMBER, /* a decimal scaled by RATE_ONE */
} table_type;

typedef struct table_value {
  table_type type;
  int8_t decimals; /* TABLE_NUMBER: exactly so many, 0 to 8; -1: as many as it has */
  union {
    text text;
    int64_t number; /* TABLE_INTEGER, TABLE_MONEY, TABLE_RATE, TABLE_NUMBER */
    day day;        /* DAY_NONE is an empty cell */
  };
} table_value;

typedef struct table_column {
  const char *title;
  int width;        /* in characters of a digit's width; 0: made from the title */
  const char *over; /* above the title and its neighbours that say the same; NULL or "": none. XLSX
                       merges it, CSV writes it before the title */
} table_column;

typedef struct table_layout {
  const char *title; /* the line above the table; NULL: none. CSV has none, to stay readable by
                        programs */
  const char *sheet; /* its name; what a name may not hold is left out. NULL: the title */
  size_t column_count;
  const table_column *columns; /* read only while the writer is made */
  bool gb18030;                /* CSV: in this encoding, for programs that take no other */
} table_layout;

typedef struct table_writer table_writer;
/* Makes the file anew. A `path` of NULL: the bytes come from table_finish. */
table_writer *table_write_xlsx(const char *path, const table_layout *l, err *e);
table_writer *table_write_csv(const char *path, const table_layout *l, err *e);
/* `count` ≤ the number of columns; what is missing is empty. */
bool table_put(table_writer *w, const table_value *cells, size_t count, err *e);
/* A line beneath the table, over all its columns. CSV has none, to stay readable by programs. */
bool table_note(table_writer *w, text t, err *e);
/* Writes what is left and frees the writer, also when it fails; the file is then removed. `out` is
 * for a writer without a path (else NULL): the bytes are added to it. */
bool table_finish(table_writer *w, buf *out, err *e);
void table_drop(table_writer *w); /* gives up and removes the file; NULL is fine */

/* One cell as table_write_csv writes it: for a file that is written line by line. */
void csv_cell(buf *b, text t);

#endif
