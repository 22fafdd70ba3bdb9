/* forgettings.h — who is to be forgotten, or was: proposed by one officer, decided by another. */
#ifndef JISHI_STORE_ROWS_FORGETTINGS_H
#define JISHI_STORE_ROWS_FORGETTINGS_H

#include "store/reach.h"
#include "store/store.h"

typedef struct forgetting {
  uuid id;
  int64_t seq;       /* of the entry that proposed it */
  const char *state; /* "proposed", "confirmed", "refused", "withdrawn" */
  const char *kind;  /* of the subject */
  uuid subject, root;
  char area[13];
  text reason, document;
  uuid officer, decided_by;  /* nil: the system; nobody yet */
  int64_t at_ms, decided_ms; /* 0: not decided yet */
  int64_t version;
} forgetting;
bool store_forgetting_put(store *s, const forgetting *x, err *e);
bool store_forgetting_find(store *s, arena *a, const uuid *id, forgetting **ret,
                           err *e); /* *ret NULL: none */
/* The one of a subject that is proposed or was confirmed; *ret NULL: none. */
bool store_forgetting_of(store *s, arena *a, const uuid *subject, forgetting **ret, err *e);
typedef struct forgetting_query {
  const scope *scope;
  const reach *reach; /* NULL: no bound but the scope */
  const char *state;  /* NULL: any */
  int64_t before;     /* cursor: older than this entry; 0: from the newest */
  size_t limit;
} forgetting_query;
bool store_forgettings(store *s, arena *a, const forgetting_query *q, forgetting **ret,
                       size_t *ret_count, err *e);

#endif
