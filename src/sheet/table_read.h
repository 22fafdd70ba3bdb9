/* table_read.h — rows out of a table file, XLSX or CSV, told apart by content; streaming, with a
 * limit on everything.
 *
 * XLSX: ECMA-376 read through libzip and expat; hidden sheets are not read, hidden rows are, and
 * say so; phonetic guides are left out; cells merged downwards say the same in each row. CSV: RFC
 * 4180 and its relatives through libcsv; UTF-8, UTF-16 with a byte order mark, or GB18030; comma,
 * tab or semicolon. What people write around a number to keep Excel from spoiling it ('370811…,
 * ="370811…", a tab) is taken off. Rows and lines without any text are passed over, but counted.
 *
 * Errors: ERR_BAD_FILE (damaged, of another format, of unknown encoding), ERR_TOO_LARGE (over a
 * limit named here), ERR_UNKNOWN_NAME (no such sheet), ERR_MEMORY; `where` is "file" or "row N".
 *
 * Owns the open file and the strings of the workbook. Knows nothing of kinds or fields. */
#ifndef JISHI_SHEET_TABLE_READ_H
#define JISHI_SHEET_TABLE_READ_H

#include "base/date.h"
#include "base/err.h"
#include "base/text.h"

enum {
  TABLE_COLUMNS_MAX = 1024,
  TABLE_ROWS_MAX = 2000000,
  TABLE_CELL_MAX_POINTS = 32767,      /* code points of a cell, as in Excel */
  TABLE_LINE_MAX_BYTES = 1 << 20,     /* one record of a CSV file, also inside quotes */
  TABLE_SHARED_MAX_BYTES = 256 << 20, /* memory for all shared strings of a workbook */
  TABLE_SHEETS_MAX = 1024,
  TABLE_NAME_MAX_BYTES = 512, /* a sheet's name, a part's path */
  TABLE_MERGES_MAX = 200000,  /* cells of a sheet that are merged */
};
typedef struct table_limits {
  int64_t inflated_bytes; /* all parts of a workbook, and the texts its cells point to; 512 MiB */
  int64_t ratio;          /* inflated ÷ packed, once over 1 MiB; default 200 */
} table_limits;

typedef struct table_cell {
  text text; /* what a person sees: "12.5", "2024-03-01", "08:30", "是", "#N/A"; trimmed, UTF-8 */
  bool damaged_number; /* a number of more than 15 digits: its last digits are lost */
  bool error;          /* a formula's fault: the text is "#N/A" or its like */
  bool no_result;      /* a formula that nobody has calculated; there is no text */
  bool merged;         /* it belongs to the cell above, whose text it has */
  day as_day;          /* what the number is in a column of days; DAY_NONE: it is none */
} table_cell;
typedef struct table_row {
  int64_t number; /* as a spreadsheet program shows it: from 1, empty rows count; in a CSV file a
                   * record over several lines (in quotes) is one row, as it is there */
  bool hidden;    /* a filter or somebody hid it */
  size_t count;
  const table_cell *cells; /* valid until the next table_next */
} table_row;

typedef struct table_reader table_reader;
/* `limits` NULL: the defaults. The first sheet with rows that is not hidden is read. */
table_reader *table_open(const char *path, const table_limits *limits, err *e);
int table_next(table_reader *t, table_row *row, err *e); /* 1 a row, 0 the end, -1 error */
void table_close(table_reader *t);                       /* NULL is fine */

/* The visible sheets of a workbook, in its order. A CSV file has one, without a name. */
size_t table_sheet_count(const table_reader *t);
text table_sheet_name(const table_reader *t, size_t index); /* "" past the end */
size_t table_hidden_count(const table_reader *t);           /* sheets that are not read */
text table_hidden_name(const table_reader *t, size_t index);
/* Reads this sheet and no other, from its first row: its name, or its number from 1 among the
 * visible ones; a name goes before a number. At any time, also once more. */
bool table_choose(table_reader *t, text name_or_number, err *e);
bool table_choose_at(table_reader *t, size_t index, err *e); /* by its place, from 0 */

#endif
