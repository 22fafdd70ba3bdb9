/* sign_ins.h — failed sign-ins in a row, counted for whoever tries, and the county's own secret.
 * Both stand beside the journal: they survive a restart, and no replay makes them. */
#ifndef JISHI_STORE_ROWS_SIGN_INS_H
#define JISHI_STORE_ROWS_SIGN_INS_H

#include "store/store.h"

typedef struct sign_in_tries {
  int64_t failures, last_ms; /* none: 0 */
} sign_in_tries;
/* `who` is a keyed hash (hash_keyed): the table tells no logins and no addresses. */
bool store_tries_find(store *s, const hash *who, sign_in_tries *ret, err *e);
bool store_tries_count(store *s, const hash *who, int64_t at_ms, err *e); /* one more */
bool store_tries_take_back(store *s, const hash *who, err *e);            /* one less */
bool store_tries_forget(store *s, const hash *who, err *e);
bool store_tries_expire(store *s, int64_t before_ms, err *e);

/* Inside a write transaction: made by the first who asks. */
bool store_secret(store *s, hash *ret, err *e);

#endif
