/* inside.h — what the two readers share. */
#ifndef JISHI_SHEET_INSIDE_H
#define JISHI_SHEET_INSIDE_H

#include "sheet/table_read.h"

/* Cells of the row being read; their bytes lie in one buffer and are pointed to when the row is
 * whole. */
typedef struct row_builder {
  buf bytes;
  struct {
    size_t start, bytes;
    bool damaged, set;
  } spans[TABLE_COLUMNS_MAX];
  table_cell cells[TABLE_COLUMNS_MAX];
  size_t count;
} row_builder;
void row_clear(row_builder *b);
bool row_set(row_builder *b, size_t column, text t,
             bool damaged); /* false: no memory, or the cell is too long */
void row_finish(row_builder *b, int64_t number, table_row *out);
void row_release(row_builder *b);

struct table_reader {
  int (*next)(table_reader *t, table_row *row, err *e);
  void (*close)(table_reader *t);
};
table_reader *xlsx_open(const char *path, const table_limits *limits, err *e);
table_reader *csv_open(const char *path, err *e);

#endif
