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
bool store_digest(store *s, arena *a, table_digest **out, size_t *count, err *e);

/* ---- for store.c and rows/ only ---- */

/* A table as data: made from it, compared by it. Column types: 'i' int64, 't' text, 'b' blob; upper
 * case: NOT NULL. */
typedef struct db_column {
  const char *name;
  char type;
} db_column;
typedef struct db_table {
  const char *name;
  const db_column *columns; /* without `county`, which every table has first */
  size_t count;
  const char *key; /* columns of the primary key after county */
  const char *const
      *indexes; /* column lists after county; NULL-terminated; a leading '!' makes it unique */
  bool derived; /* can be rebuilt from the journal */
} db_table;
extern const db_table fixed_tables[];
extern const size_t fixed_table_count;
bool db_table_make(db *d, const db_table *t, err *e);
/* Adds columns that a newer pack declares. */
bool db_table_extend(db *d, const db_table *t, err *e);

#endif
