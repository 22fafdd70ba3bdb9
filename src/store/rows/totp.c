#include "store/rows/totp.h"

#include "store/row.h"

typedef struct totp_row {
  uuid officer;
  text secret;
  int64_t step;
} totp_row;

const row_table store_table_totp = {
    .name = "totp",
    ROW_COLUMNS(totp_row, ROW_UUID("officer", totp_row, officer, KEY),
                ROW_SEALED_BLOB("secret", totp_row, secret, CHANGES),
                ROW_INT("step", totp_row, step, CHANGES))};

typedef struct recovery_row {
  uuid officer;
  hash code;
} recovery_row;

const row_table store_table_totp_recovery = {
    .name = "totp_recovery",
    ROW_COLUMNS(recovery_row, ROW_UUID("officer", recovery_row, officer, KEY),
                ROW_HASH("code", recovery_row, code, KEY))};

hash totp_recovery_hash(const hash *secret, const uuid *officer, text code) {
  char letters[TOTP_RECOVERY_CHARS];
  size_t n = 0;
  for (size_t i = 0; i < code.bytes && n < sizeof letters; i++) {
    char c = code.at[i];
    if (c != '-' && c != ' ') letters[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  text parts[] = {TEXT("recovery"), {(const char *)officer->b, sizeof officer->b}, {letters, n}};
  return hash_keyed(secret, parts, 3);
}

bool store_totp_drop(store *s, const uuid *officer, err *e) {
  static const char *const statements[] = {
      "DELETE FROM totp WHERE county = $1 AND officer = $2",
      "DELETE FROM totp_recovery WHERE county = $1 AND officer = $2"};
  for (size_t i = 0; i < 2; i++) {
    db_stmt *q = sql_prepare(s, statements[i], e);
    if (!q) return false;
    sql_bind_uuid(q, 2, officer);
    if (!db_run(q, e)) return false;
  }
  return true;
}

bool store_totp_put(store *s, const uuid *officer, const totp_kept *x, err *e) {
  totp_row row = {*officer, {(const char *)x->secret, sizeof x->secret}, x->step};
  if (!store_totp_drop(s, officer, e) || !row_put(s, &store_table_totp, &row, e)) return false;
  for (size_t i = 0; i < TOTP_RECOVERY_CODES; i++) {
    recovery_row r = {*officer, x->recovery[i]};
    if (!row_put(s, &store_table_totp_recovery, &r, e)) return false;
  }
  return true;
}

bool store_totp_find(store *s, arena *a, const uuid *officer, totp_kept *ret, bool *ret_found,
                     int64_t *ret_left, err *e) {
  totp_row *row = NULL;
  db_stmt *q = row_select(s, &store_table_totp, "officer = $2", e);
  *ret_found = false;
  *ret_left = 0;
  if (!q) return false;
  sql_bind_uuid(q, 2, officer);
  if (!row_first(q, &store_table_totp, a, &row, e)) return false;
  if (!row) return true;
  if (row->secret.bytes != sizeof ret->secret)
    return err_set(e, ERR_STORE, "totp", "验证码的密钥打不开，请管理员撤下他的验证码。",
                   "The secret of the codes cannot be opened; have the administrator drop them.");
  *ret = (totp_kept){.step = row->step};
  memcpy(ret->secret, row->secret.at, sizeof ret->secret);
  q = sql_prepare(s, "SELECT count(*) FROM totp_recovery WHERE county = $1 AND officer = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, officer);
  int got = db_next(q, e);
  if (got > 0) *ret_left = db_int(q, 0);
  db_done(q);
  *ret_found = got > 0;
  return got >= 0;
}

/* Of a statement that gives a row when it changed one. */
static bool changed_one(db_stmt *q, bool *ret_new, err *e) {
  int got = db_next(q, e);
  db_done(q);
  *ret_new = got > 0;
  return got >= 0;
}

bool store_totp_use(store *s, const uuid *officer, int64_t step, bool *ret_new, err *e) {
  db_stmt *q = sql_prepare(s,
                           "UPDATE totp SET step = $3 WHERE county = $1 AND officer = $2 AND step "
                           "< $3 RETURNING step",
                           e);
  if (!q) return false;
  sql_bind_uuid(q, 2, officer);
  db_bind_int(q, 3, step);
  return changed_one(q, ret_new, e);
}

bool store_totp_use_recovery(store *s, const uuid *officer, const hash *code, bool *ret_new,
                             err *e) {
  db_stmt *q = sql_prepare(s,
                           "DELETE FROM totp_recovery WHERE county = $1 AND officer = $2 AND code "
                           "= $3 RETURNING officer",
                           e);
  if (!q) return false;
  sql_bind_uuid(q, 2, officer);
  db_bind_blob(q, 3, code->b, sizeof code->b);
  return changed_one(q, ret_new, e);
}
