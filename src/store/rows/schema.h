/* schema.h — the tables: one description makes them, extends them and compares them. */
#ifndef JISHI_STORE_ROWS_SCHEMA_H
#define JISHI_STORE_ROWS_SCHEMA_H

#include "base/arena.h"
#include "base/hash.h"
#include "store/store.h"

typedef struct table_digest {
  const char *table;
  int64_t rows;
  hash digest;
} table_digest;
bool store_digest(store *s, arena *a, table_digest **ret, size_t *ret_count, err *e);

/* ---- for store.c only ---- */

struct row_table;
extern const struct row_table *const store_tables[]; /* NULL-terminated */
/* The table with its indexes. To one that is there are added the columns that a newer pack or
 * version declares; they may be NULL. */
bool schema_make(db *d, const struct row_table *t, err *e);

#endif
