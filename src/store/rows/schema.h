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

/* How the tables of a location stand to the descriptions. */
typedef enum schema_state {
  SCHEMA_FITS,
  SCHEMA_LACKS, /* tables or columns that schema_make adds */
  SCHEMA_OLDER  /* a column that rows must have: only a replay can fill it (upgrade) */
} schema_state;
/* *ret_states: one a table. */
bool schema_look(db *d, const struct row_table *const *tables, size_t count, arena *a,
                 schema_state **ret_states, err *e);

#endif
