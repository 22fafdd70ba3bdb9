/* saved_tables.h — tables that somebody made and kept under a name. */
#ifndef JISHI_STORE_ROWS_SAVED_TABLES_H
#define JISHI_STORE_ROWS_SAVED_TABLES_H

#include "store/store.h"

typedef struct saved_table {
  uuid id, officer; /* whose it is */
  const char *name;
  const char *rows;   /* the kind, or kind of event, of its rows */
  const char *period; /* for which it is made anew: "month"; "": as `asked` says */
  text asked;         /* JSON, as POST /tables takes it */
  bool shared;        /* with all who see its rows */
  bool removed;
  int64_t seq; /* of the entry that changed it last */
} saved_table;
bool store_saved_table_put(store *s, const saved_table *x, err *e);
/* *ret NULL: there is none. */
bool store_saved_table_find(store *s, arena *a, const uuid *id, saved_table **ret, err *e);
/* His own and those that are shared, without those removed; the newest first. */
bool store_saved_tables(store *s, arena *a, const uuid *officer, saved_table **ret,
                        size_t *ret_count, err *e);

#endif
