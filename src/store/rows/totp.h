/* totp.h — who signs in with a one-time code beside the password: the secret, sealed, the last code
 * that was used, and the recovery codes that were not. Kept aside from the journal. */
#ifndef JISHI_STORE_ROWS_TOTP_H
#define JISHI_STORE_ROWS_TOTP_H

#include "base/totp.h"
#include "store/store.h"

typedef struct totp_kept {
  uint8_t secret[TOTP_SECRET_BYTES];
  int64_t step; /* of the last code that was used */
  hash recovery[TOTP_RECOVERY_CODES];
} totp_kept;

/* The keyed hash by which a recovery code is kept; small letters, with or without dashes. */
hash totp_recovery_hash(const hash *secret, const uuid *officer, text code);

bool store_totp_put(store *s, const uuid *officer, const totp_kept *x, err *e);
bool store_totp_drop(store *s, const uuid *officer, err *e);
/* `recovery` is left empty; *ret_left: how many there are. */
bool store_totp_find(store *s, arena *a, const uuid *officer, totp_kept *ret, bool *ret_found,
                     int64_t *ret_left, err *e);
/* Each code lets in once: false in *ret_new when this one, or a later one, was used before. Inside
 * a write transaction. */
bool store_totp_use(store *s, const uuid *officer, int64_t step, bool *ret_new, err *e);
bool store_totp_use_recovery(store *s, const uuid *officer, const hash *code, bool *ret_new,
                             err *e);

#endif
