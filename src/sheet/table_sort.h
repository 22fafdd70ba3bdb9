/* table_sort.h — rows of a table, brought into another order.
 *
 * Texts by pinyin, numbers in them by their size (2组 before 10组); what is empty comes last, in
 * either direction; rows that are alike stay as they came. The rows lie in memory that has no name
 * on the disk, for what is sealed there does not come back in clear: TABLE_SORT_BYTES_MAX of them
 * at most, or ERR_TOO_LARGE. */
#ifndef JISHI_SHEET_TABLE_SORT_H
#define JISHI_SHEET_TABLE_SORT_H

#include "sheet/table_write.h"

enum { TABLE_SORT_MAX = 8, TABLE_SORT_BYTES_MAX = 256 * 1024 * 1024 };

typedef struct table_order {
  size_t column;
  bool down;
} table_order;

typedef struct table_sort table_sort;
table_sort *table_sort_new(const table_order *by, size_t count, size_t column_count, err *e);
bool table_sort_put(table_sort *s, const table_value *cells, err *e);
int64_t table_sort_rows(const table_sort *s);
/* After the last was put: the first row, then the next. Texts live until the next call. *ret NULL:
 * that was the last. */
bool table_sort_next(table_sort *s, const table_value **ret, err *e);
void table_sort_free(table_sort *s); /* NULL is fine */

#endif
