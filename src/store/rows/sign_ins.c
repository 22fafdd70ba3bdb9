#include "store/rows/sign_ins.h"

#include <assert.h>

#include "base/password.h"
#include "base/seal.h"
#include "store/row.h"
#include "store/sealed.h"

typedef struct tries_row {
  hash who;
  int64_t failures, last_ms;
} tries_row;

const row_table store_table_sign_in_tries = {
    .name = "sign_in_tries",
    .indexes = ROW_INDEXES("last"),
    ROW_COLUMNS(tries_row, ROW_HASH("who", tries_row, who, KEY),
                ROW_INT("failures", tries_row, failures, CHANGES),
                ROW_INT("last", tries_row, last_ms, CHANGES))};

typedef struct secret_row {
  const char *name;
  hash body;
} secret_row;

const row_table store_table_secret = {.name = "secret",
                                      ROW_COLUMNS(secret_row,
                                                  ROW_STR("name", secret_row, name, KEY),
                                                  ROW_HASH("body", secret_row, body, FIXED))};

bool store_tries_find(store *s, const hash *who, sign_in_tries *ret, err *e) {
  *ret = (sign_in_tries){0};
  db_stmt *q =
      sql_prepare(s, "SELECT failures, last FROM sign_in_tries WHERE county = $1 AND who = $2", e);
  if (!q) return false;
  db_bind_blob(q, 2, who->b, sizeof who->b);
  int got = db_next(q, e);
  if (got > 0) *ret = (sign_in_tries){db_int(q, 0), db_int(q, 1)};
  db_done(q);
  return got >= 0;
}

bool store_tries_count(store *s, const hash *who, int64_t at_ms, err *e) {
  db_stmt *q = sql_prepare(s,
                           "INSERT INTO sign_in_tries (county, who, failures, last) VALUES ($1, "
                           "$2, 1, $3) ON CONFLICT (county, who) DO UPDATE SET failures = "
                           "sign_in_tries.failures + 1, last = $3",
                           e);
  if (!q) return false;
  db_bind_blob(q, 2, who->b, sizeof who->b);
  db_bind_int(q, 3, at_ms);
  return db_run(q, e);
}

bool store_tries_take_back(store *s, const hash *who, err *e) {
  db_stmt *q = sql_prepare(s,
                           "UPDATE sign_in_tries SET failures = failures - 1 WHERE county = $1 AND "
                           "who = $2 AND failures > 0",
                           e);
  if (!q) return false;
  db_bind_blob(q, 2, who->b, sizeof who->b);
  return db_run(q, e);
}

bool store_tries_forget(store *s, const hash *who, err *e) {
  db_stmt *q = sql_prepare(s, "DELETE FROM sign_in_tries WHERE county = $1 AND who = $2", e);
  if (!q) return false;
  db_bind_blob(q, 2, who->b, sizeof who->b);
  return db_run(q, e);
}

bool store_tries_expire(store *s, int64_t before_ms, err *e) {
  db_stmt *q = sql_prepare(s, "DELETE FROM sign_in_tries WHERE county = $1 AND last < $2", e);
  if (!q) return false;
  db_bind_int(q, 2, before_ms);
  return db_run(q, e);
}

/* What is used: made of what lies in the data by the county's key, so that a copy of the data alone
 * tells nothing. */
static bool by_key(store *s, hash *secret, err *e) {
  static const char *const halves[] = {"secret 1", "secret 2"};
  const text stored = {(const char *)secret->b, HASH_BYTES};
  hash made;
  static_assert(HASH_BYTES == 2 * SEAL_INDEX_BYTES, "two halves");
  for (size_t i = 0; i < 2; i++)
    if (!sealed_hash(s, text_of(halves[i]), stored, made.b + i * SEAL_INDEX_BYTES, e)) return false;
  *secret = made;
  return true;
}

/* Two who are first at once: one of them finds the other's. */
bool store_secret(store *s, hash *ret, err *e) {
  hash made;
  db_stmt *q = sql_prepare(s,
                           "INSERT INTO secret (county, name, body) VALUES ($1, 'server', $2) ON "
                           "CONFLICT (county, name) DO NOTHING",
                           e);
  if (!q) return false;
  if (!secret_bytes(&made, sizeof made)) return err_memory(e);
  db_bind_blob(q, 2, made.b, sizeof made.b);
  if (!db_run(q, e)) return false;
  q = sql_prepare(s, "SELECT body FROM secret WHERE county = $1 AND name = 'server'", e);
  if (!q) return false;
  int got = db_next(q, e);
  text body = got > 0 ? db_blob(q, 0) : (text){NULL, 0};
  bool whole = body.bytes == HASH_BYTES;
  if (whole) memcpy(ret->b, body.at, HASH_BYTES);
  db_done(q);
  if (got < 0) return false;
  if (whole) return by_key(s, ret, e);
  return err_set(e, ERR_STORE, "secret", "数据里的密钥坏了，请从备份恢复。",
                 "The secret in the data is damaged; restore a backup.");
}
