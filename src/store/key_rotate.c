#include "store/key_rotate.h"

#include <stdlib.h>

#include "store/rows/county.h"
#include "store/sealed.h"
#include "store/store_internal.h"

typedef struct kept_key {
  uuid owner;
  char wrapped[WRAPPED_CHARS];
} kept_key;
enum { KEYS_AT_ONCE = 500 };

/* From `from` on, those that are not destroyed; less than KEYS_AT_ONCE: there are no more. */
static bool some_keys(store *s, const uuid *from, kept_key *ret, size_t *ret_count, err *e) {
  db_stmt *q = sql_prepare(s,
                           "SELECT owner, wrapped FROM data_key WHERE county = $1 AND owner >= $2 "
                           "AND wrapped IS NOT NULL ORDER BY owner LIMIT $3",
                           e);
  int got;
  *ret_count = 0;
  if (!q) return false;
  db_bind_blob(q, 2, from->b, sizeof from->b); /* nil, too */
  db_bind_int(q, 3, KEYS_AT_ONCE);
  while ((got = db_next(q, e)) > 0) {
    text wrapped = db_text(q, 1);
    kept_key *k = &ret[(*ret_count)++];
    k->owner = sql_uuid(q, 0);
    if (wrapped.bytes == sizeof k->wrapped) {
      memcpy(k->wrapped, wrapped.at, sizeof k->wrapped);
      continue;
    }
    db_done(q);
    return err_set(e, ERR_STORE, "data_key", "数据密钥被改动过，封存的内容打不开。",
                   "A data key was altered; what it sealed cannot be opened.");
  }
  return got == 0;
}

static bool is_by(const kept_key *k, const key_number *number) {
  key_number is;
  return sealed_wrapped_by((text){k->wrapped, sizeof k->wrapped}, &is) &&
         memcmp(&is, number, sizeof is) == 0;
}

static bool wrap_again(store *s, const key_number *number, const kept_key *k, err *e) {
  char wrapped[WRAPPED_CHARS];
  text was = {k->wrapped, sizeof k->wrapped};
  if (!sealed_wrap_again(s, number, &k->owner, was, wrapped, e)) return false;
  db_stmt *q =
      sql_prepare(s, "UPDATE data_key SET wrapped = $3 WHERE county = $1 AND owner = $2", e);
  if (!q) return false;
  db_bind_blob(q, 2, k->owner.b, sizeof k->owner.b);
  db_bind_text(q, 3, (text){wrapped, sizeof wrapped});
  return db_run(q, e);
}

/* In a transaction of its own, so that nobody who writes waits long. */
static bool renew_some(store *s, const key_number *number, const uuid *from, kept_key *room,
                       size_t *ret_count, int64_t *renewed, err *e) {
  if (!db_begin(s->d, e)) return false;
  bool ok = store_lock(s, e) && some_keys(s, from, room, ret_count, e);
  int64_t changed = 0;
  for (size_t i = 0; ok && i < *ret_count; i++) {
    if (is_by(&room[i], number)) continue;
    ok = wrap_again(s, number, &room[i], e);
    changed++;
  }
  if (!ok) db_rollback(s->d);
  if (!ok || !db_commit(s->d, e)) return false;
  *renewed += changed;
  return true;
}

/* The county's is the first: from then on whoever writes wraps new ones by the new key, too. */
bool key_rotate(store *s, int64_t *ret_count, err *e) {
  char path[4096];
  key_number number;
  uuid from = {{0}};
  size_t count = 0;
  *ret_count = 0;
  if (!sealed_ready(s, e) || !key_file_of_place(s->location, path, e) ||
      !key_file_renew(path, &number, e))
    return false;
  kept_key *room = calloc(KEYS_AT_ONCE, sizeof *room);
  if (!room) return err_memory(e);
  bool ok;
  do {
    ok = renew_some(s, &number, &from, room, &count, ret_count, e);
    if (ok && count) from = room[count - 1].owner;
  } while (ok && count == KEYS_AT_ONCE);
  free(room);
  return ok;
}

bool key_drop_older(store *s, err *e) {
  char path[4096];
  key_number last;
  uuid from = {{0}};
  size_t count = 0;
  bool ok, older = false;
  if (!key_file_of_place(s->location, path, e) || !key_file_last(path, &last, e)) return false;
  kept_key *room = calloc(KEYS_AT_ONCE, sizeof *room);
  if (!room) return err_memory(e);
  do {
    ok = some_keys(s, &from, room, &count, e);
    for (size_t i = 0; ok && i < count; i++) older |= !is_by(&room[i], &last);
    if (ok && count) from = room[count - 1].owner;
  } while (ok && count == KEYS_AT_ONCE);
  free(room);
  if (ok && older)
    return err_set(e, ERR_NOT_ALLOWED, path,
                   "这里还有用旧密钥包着的内容，请先运行 jishi key rotate。",
                   "Some keys here are still wrapped by an older one; run jishi key rotate first.");
  return ok && key_file_drop(path, e);
}
