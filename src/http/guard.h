/* guard.h — how often somebody may try to sign in.
 *
 * Each try is counted in the store before the password is looked at, and taken back when it was
 * right; so many tries at once are no way round, and a restart forgets nothing. What is counted:
 *
 *   login and address   GUARD_PAIR_FREE tries, then a minute's wait, growing to fifteen
 *   login               from all addresses: after GUARD_LOGIN_FREE a short wait, but only for an
 *                       address that has failed with this login before
 *   address             the same, after GUARD_ADDRESS_FREE
 *
 * So a stranger who guesses keeps himself out, and nobody else: neither the officer at his own
 * desk, nor the others behind one office's address. Whoever has signed in from a browser before
 * carries a cookie that proves it (`device`), and is counted by that alone. Logins and addresses
 * are kept as keyed hashes. What is a day old is forgotten. */
#ifndef JISHI_HTTP_GUARD_H
#define JISHI_HTTP_GUARD_H

#include "http/peer.h"
#include "store/rows/sign_ins.h"

enum {
  GUARD_PAIR_FREE = 5,
  GUARD_LOGIN_FREE = 25,
  GUARD_ADDRESS_FREE = 100,
  GUARD_MOST_A_DAY = 2000, /* of a login or an address, whoever it is */
  GUARD_DEVICE_BYTES = 96
};

typedef struct guard_try {
  hash pair, login, address;
  bool known; /* a device that signed in as this login before: counted by `pair` alone */
} guard_try;

guard_try guard_of(const hash *secret, text login, const peer_address *from, text device);
/* False: ERR_TOO_MANY, and *ret_wait_s says how long. */
bool guard_begin(store *s, const guard_try *t, int *ret_wait_s, err *e);
/* It could not be told whether the password was right: the try does not count. */
void guard_take_back(store *s, const guard_try *t);
bool guard_passed(store *s, const guard_try *t, err *e);

/* What a browser is given once it has signed in. */
void guard_device(const hash *secret, text login, char ret[GUARD_DEVICE_BYTES]);
bool guard_device_known(const hash *secret, text login, text device);

#endif
