/* excuses.h — why a duty was not done. */
#ifndef JISHI_STORE_ROWS_EXCUSES_H
#define JISHI_STORE_ROWS_EXCUSES_H

#include "store/store.h"

/* "Not done, because": of an officer or a subject, for one duty or (duty "") all. */
typedef struct excuse {
  uuid id, officer, root, stand_in, said_by;
  const char *duty, *reason;
  char area[13];
  day since, until; /* last day included */
  int64_t seq;
  bool withdrawn;
} excuse;
bool store_excuse_put(store *s, const excuse *x, err *e);
bool store_excuse_find(store *s, arena *a, const uuid *id, excuse **ret, err *e);
bool store_excuses(store *s, arena *a, day from, day to, excuse **ret, size_t *ret_count,
                   err *e); /* not withdrawn; by root */

#endif
