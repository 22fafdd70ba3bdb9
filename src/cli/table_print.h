/* table_print.h — a table for people on a terminal: columns as wide as their widest cell, Chinese
 * characters counted as two. Fill it cell by cell, row by row, then print it once. */
#ifndef JISHI_CLI_TABLE_PRINT_H
#define JISHI_CLI_TABLE_PRINT_H

#include "base/arena.h"
#include "base/err.h"

#include <stdint.h>

enum { TABLE_PRINT_COLUMNS = 10 };

typedef struct table_print {
  arena *a;
  size_t columns, count, room;
  bool right[TABLE_PRINT_COLUMNS]; /* numbers stand to the right */
  const char **cells;              /* row by row, the header first; not copied */
  bool failed;                     /* memory; sticky, told by table_print_out */
} table_print;

/* `sides` has a letter a column: 'l' or 'r'. */
table_print table_print_new(arena *a, size_t columns, const char *const *heads, const char *sides);
void table_print_cell(table_print *t, const char *s); /* NULL: memory failed where it was made */
void table_print_number(table_print *t, int64_t n);
bool table_print_out(const table_print *t, err *e);

size_t terminal_width(const char *s); /* columns of a terminal that `s` takes */

#endif
