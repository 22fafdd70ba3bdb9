/* store_internal.h — what is behind `store`: seen by store.c, sql.c and rows/ only. */
#ifndef JISHI_STORE_STORE_INTERNAL_H
#define JISHI_STORE_STORE_INTERNAL_H

#include "store/rows/schema.h"
#include "store/store.h"

/* The statements of one kind (or event kind), made once. */
typedef struct kind_sql {
  const kind *kind;
  db_table table;
  const char *select, *insert, *update; /* select: column list */
} kind_sql;
typedef struct event_sql {
  const event_kind *kind;
  db_table table;
  const char *select, *insert;
} event_sql;

/* Spelled out lately: an import gives a name twice or more, to a unit and to one of its members. */
typedef struct spelled {
  char title[48], initials[24]; /* title "": nothing */
} spelled;
enum { SPELLED_MAX = 256 };

struct store {
  db *d;
  char county[13];
  arena *a; /* lives as long as the packs' statements */
  const catalog *packs;
  kind_sql *kinds;
  size_t kind_count;
  event_sql *events;
  size_t event_count;
  spelled spelled[SPELLED_MAX];
};

#endif
