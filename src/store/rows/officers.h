/* officers.h — officers with their posts, now and on any day; their passwords. */
#ifndef JISHI_STORE_ROWS_OFFICERS_H
#define JISHI_STORE_ROWS_OFFICERS_H

#include "store/store.h"

typedef struct post {
  const char *role; /* a pack's role, or "admin" */
  const char *pack; /* the pack's name; "" of an administrator */
  char area[13];
} post;
typedef struct officer {
  uuid id;
  const char *login, *name;
  bool active;
  const post *posts;
  size_t post_count;
} officer;
bool store_officer_put(store *s, const officer *o, err *e);
bool store_officer_find(store *s, arena *a, const uuid *id, officer **ret, err *e);
bool store_officer_find_by_login(store *s, arena *a, text login, officer **ret, err *e);
bool store_officers(store *s, arena *a, officer **ret, size_t *ret_count, err *e);
/* Kept aside from the journal: an argon2id hash. `changed` is the number of the entry by which
 * password, posts or being active changed last: a session opened under another number has ended. */
typedef struct credential {
  char password_hash[128];
  int64_t changed;
  bool first_password; /* another gave it to him: he must change it before anything else */
} credential;
bool store_credential_put(store *s, const uuid *officer, const credential *c, err *e);
bool store_credential_changed(store *s, const uuid *officer, int64_t seq, err *e);
bool store_credential_find(store *s, const uuid *officer, credential *ret, bool *ret_found, err *e);

/* As they were at the end of a day, those not active left out; by login. */
bool store_officer_past_put(store *s, const officer *o, int64_t seq, day on, err *e);
bool store_officers_on(store *s, arena *a, day on, const uuid *only, officer **ret,
                       size_t *ret_count, err *e); /* `only` NULL: all */
/* The last entry about him; and those whom an entry changed, as they were before it. */
bool store_officer_changed(store *s, const uuid *id, int64_t *ret_seq, err *e);
bool store_officers_changed_by(store *s, arena *a, int64_t seq, officer **ret, size_t *ret_count,
                               err *e);

#endif
