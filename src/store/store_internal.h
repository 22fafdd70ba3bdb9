/* store_internal.h — what is behind `store`: seen by store.c, sql.c, row.c and rows/ only. */
#ifndef JISHI_STORE_STORE_INTERNAL_H
#define JISHI_STORE_STORE_INTERNAL_H

#include "base/key_file.h"
#include "store/head_file.h"
#include "store/row.h"
#include "store/store.h"

/* A pack's kind (or kind of event) with its table, whose statements are made once. */
typedef struct kind_rows {
  const kind *kind;
  row_table table;
  row_sql sql;
} kind_rows;
typedef struct event_rows {
  const event_kind *kind;
  row_table table;
  row_sql sql;
} event_rows;

/* Folded and spelled lately: an import gives a name twice or more, to a unit and to one of its
 * members. */
typedef struct spelled {
  char title[48], search[96]; /* title "": nothing */
} spelled;
enum { SPELLED_MAX = 256 };

/* The keys of sealed.c. */
enum {
  KEY_SLOTS = 2048, /* the units of some hours' work */
  WRAPPED_BYTES = KEY_NUMBER_BYTES + sizeof(seal_key) + SEAL_MORE_BYTES,
  WRAPPED_CHARS = (WRAPPED_BYTES * 4 + 2) / 3
};
typedef struct key_slot {
  bool used;
  uuid owner;
  seal_key key;
} key_slot;
typedef struct store_keys {
  bool has_around;
  key_number number; /* of the key file's key that wraps them */
  seal_key around;
  char offered[WRAPPED_CHARS];
  size_t offered_bytes; /* 0: none */
  uint64_t undone;      /* db_undone when the slots were filled */
  key_slot slots[KEY_SLOTS];
} store_keys;

struct store {
  db *d;
  store_keys keys;
  const char **private_names; /* of the packs' sealed fields, each once */
  size_t private_count;
  char county[13];
  const char *location; /* in `lasting` */
  head_file head;       /* where the journal stands, a second time */
  arena *lasting;       /* lives as long as the store */
  row_sql *fixed;       /* of the tables that every county has; ends with an empty one */
  arena *a;             /* lives as long as the packs' statements */
  const catalog *packs;
  kind_rows *kinds;
  size_t kind_count;
  event_rows *events;
  size_t event_count;
  spelled spelled[SPELLED_MAX];
};

#endif
