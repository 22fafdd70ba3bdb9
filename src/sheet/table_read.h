/* table_read.h — rows out of a table file, XLSX or CSV, told apart by content; streaming, with a
 * limit on everything.
 *
 * XLSX: ECMA-376 read through libzip and expat. CSV: RFC 4180 and its relatives through libcsv;
 * UTF-8, UTF-16 with a byte order mark, or GB18030; comma, tab or semicolon. Knows nothing of kinds
 * or fields. */
#ifndef JISHI_SHEET_TABLE_READ_H
#define JISHI_SHEET_TABLE_READ_H

#include "base/err.h"
#include "base/text.h"

enum {
  TABLE_COLUMNS_MAX = 1024,
  TABLE_ROWS_MAX = 2000000,
  TABLE_CELL_MAX_BYTES = 131072,      /* 32,767 characters, the most Excel holds */
  TABLE_LINE_MAX_BYTES = 1 << 20,     /* one record of a CSV file */
  TABLE_SHARED_MAX_BYTES = 256 << 20, /* all shared strings of a workbook */
};
typedef struct table_limits {
  int64_t inflated_bytes; /* of one part of a workbook; default 512 MiB */
  int64_t ratio;          /* inflated ÷ packed, once over 1 MiB; default 200 */
} table_limits;

typedef struct table_cell {
  text text;           /* what a person sees: "12.5", "2024-03-01", "是" */
  bool damaged_number; /* a number of more than 15 digits: its last digits are lost */
} table_cell;
typedef struct table_row {
  int64_t number; /* in the file, from 1 */
  size_t count;
  const table_cell *cells; /* valid until the next table_next */
} table_row;

typedef struct table_reader table_reader;
/* `limits` NULL: the defaults. The first sheet that is not hidden is read. */
table_reader *table_open(const char *path, const table_limits *limits, err *e);
int table_next(table_reader *t, table_row *row, err *e); /* 1 a row, 0 the end, -1 error */
void table_close(table_reader *t);                       /* NULL is fine */

#endif
