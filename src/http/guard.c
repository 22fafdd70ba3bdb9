#include "http/guard.h"

#include "base/log.h"
#include "base/password.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>

enum { WAIT_S = 60, WAIT_MOST_S = 900, SHARED_WAIT_S = 10, UNCOUNTED_MS = 2000 };
static const int64_t day_ms = (int64_t)24 * 3600 * 1000;

/* ---- devices ---- */

/* NONCE.PROOF, both in hexadecimal. */
static void prove(const hash *secret, text login, text nonce, char ret[65]) {
  text parts[] = {TEXT("device"), login, nonce};
  hash h = hash_keyed(secret, parts, 3);
  hash_format(&h, ret);
}

void guard_device(const hash *secret, text login, char ret[GUARD_DEVICE_BYTES]) {
  uint8_t random[12];
  char nonce[2 * sizeof random + 1], proof[65];
  ret[0] = 0;
  if (!secret_bytes(random, sizeof random)) return;
  sodium_bin2hex(nonce, sizeof nonce, random, sizeof random);
  prove(secret, login, text_of(nonce), proof);
  snprintf(ret, GUARD_DEVICE_BYTES, "%s.%s", nonce, proof);
}

bool guard_device_known(const hash *secret, text login, text device) {
  const char *dot = device.bytes ? memchr(device.at, '.', device.bytes) : NULL;
  char proof[65];
  if (!dot) return false;
  text nonce = {device.at, (size_t)(dot - device.at)};
  text given = {dot + 1, device.bytes - nonce.bytes - 1};
  prove(secret, login, nonce, proof);
  return given.bytes == 64 && sodium_memcmp(given.at, proof, 64) == 0;
}

/* ---- tries ---- */

static hash counted_as(const hash *secret, const char *what, text one, text other) {
  text parts[] = {text_of(what), one, other};
  return hash_keyed(secret, parts, 3);
}

guard_try guard_of(const hash *secret, text login, const peer_address *from, text device) {
  text nothing = {NULL, 0}, group = peer_group(from);
  guard_try t = {.known = guard_device_known(secret, login, device),
                 .login = counted_as(secret, "login", login, nothing),
                 .address = counted_as(secret, "address", group, nothing)};
  t.pair = t.known ? counted_as(secret, "device", login, device)
                   : counted_as(secret, "pair", login, group);
  return t;
}

static int64_t wait_left(const sign_in_tries *t, int64_t free, int64_t seconds, int64_t now) {
  if (t->failures < free) return 0;
  int64_t left = (t->last_ms + seconds * 1000 - now + 999) / 1000;
  return left < 0 ? 0 : left > seconds ? seconds : left; /* a clock that was set back */
}

static int64_t most(int64_t a, int64_t b) {
  return a > b ? a : b;
}

static bool must_wait(store *s, const guard_try *t, int64_t now, int64_t *ret_s, err *e) {
  sign_in_tries pair, login = {0}, address = {0};
  if (!store_tries_find(s, &t->pair, &pair, e) ||
      (!t->known && (!store_tries_find(s, &t->login, &login, e) ||
                     !store_tries_find(s, &t->address, &address, e))))
    return false;
  int64_t grown = WAIT_S * (pair.failures - GUARD_PAIR_FREE + 1);
  int64_t wait = wait_left(&pair, GUARD_PAIR_FREE, grown > WAIT_MOST_S ? WAIT_MOST_S : grown, now);
  bool fresh = pair.failures == 0;
  wait = most(wait,
              wait_left(&login, fresh ? GUARD_MOST_A_DAY : GUARD_LOGIN_FREE, SHARED_WAIT_S, now));
  *ret_s = most(
      wait, wait_left(&address, fresh ? GUARD_MOST_A_DAY : GUARD_ADDRESS_FREE, SHARED_WAIT_S, now));
  return true;
}

static bool count(store *s, const guard_try *t, int64_t now, err *e) {
  static atomic_uint counted;
  return store_tries_count(s, &t->pair, now, e) &&
         (t->known ||
          (store_tries_count(s, &t->login, now, e) && store_tries_count(s, &t->address, now, e))) &&
         (atomic_fetch_add(&counted, 1) % 64 || store_tries_expire(s, now - day_ms, e));
}

static bool refuse(int64_t seconds, int *ret_wait_s, err *e) {
  *ret_wait_s = (int)seconds;
  return err_set(e, ERR_TOO_MANY, NULL, "密码错误次数太多，请 %d 秒后再试。",
                 "Too many wrong passwords; try again in %d seconds.", (int)seconds);
}

/* On a full disk people must still get in, and nobody may guess the faster for it: what cannot be
 * counted is let through one by one. */
static bool let_through(int *ret_wait_s, const err *why, err *e) {
  static atomic_llong last_ms;
  long long now = now_ms(), last = atomic_load(&last_ms);
  log_err(LOG_WARN, "sign_in_not_counted", why);
  if (now - last >= 0 && now - last < UNCOUNTED_MS)
    return refuse(UNCOUNTED_MS / 1000, ret_wait_s, e);
  return atomic_compare_exchange_strong(&last_ms, &last, now) ||
         refuse(UNCOUNTED_MS / 1000, ret_wait_s, e);
}

bool guard_begin(store *s, const guard_try *t, int *ret_wait_s, err *e) {
  int64_t wait = 0, now = now_ms();
  err why;
  bool ok = db_begin(store_db(s), &why) && must_wait(s, t, now, &wait, &why) &&
            (wait || count(s, t, now, &why));
  if (ok && !wait) ok = db_commit(store_db(s), &why);
  if (!ok || wait) db_rollback(store_db(s));
  if (!ok && (why.code == ERR_STORE || why.code == ERR_UNCERTAIN))
    return let_through(ret_wait_s, &why, e);
  if (!ok) *e = why;
  if (!ok) return false;
  return !wait || refuse(wait, ret_wait_s, e);
}

bool guard_passed(store *s, const guard_try *t, err *e) {
  bool ok = db_begin(store_db(s), e) && store_tries_forget(s, &t->pair, e) &&
            (t->known ||
             (store_tries_forget(s, &t->login, e) && store_tries_take_back(s, &t->address, e))) &&
            db_commit(store_db(s), e);
  if (!ok) db_rollback(store_db(s));
  return ok;
}

void guard_take_back(store *s, const guard_try *t) {
  err ignored;
  bool ok = db_begin(store_db(s), &ignored) && store_tries_take_back(s, &t->pair, &ignored) &&
            (t->known || (store_tries_take_back(s, &t->login, &ignored) &&
                          store_tries_take_back(s, &t->address, &ignored))) &&
            db_commit(store_db(s), &ignored);
  if (!ok) db_rollback(store_db(s));
}
