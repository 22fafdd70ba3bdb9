/* Restoring in the stead of what is there. */
#include "backup/replace.h"

#include "base/key_file.h"
#include "store/db/db_lock.h"
#include "store/db/db_replace.h"
#include "store/db/db_twin.h"
#include "store/sealed.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is there may be damaged: then its code is not known, and nothing but its file is asked for.
 */
static bool look_there(const char *location, bool *ret_there, char ret_code[13], err *e) {
  char path[4200], name[128];
  struct stat file;
  err fault;
  ret_code[0] = 0;
  store *s = store_open(location, DB_READ, "", &fault);
  bool read = s && store_there(s, ret_code, name, &fault);
  store_close(s);
  snprintf(path, sizeof path, "%.4000s/jishi.db", location);
  *ret_there = db_is_url(location) ? ret_code[0] != 0 : stat(path, &file) == 0;
  if (read || !db_is_url(location)) return true;
  *e = fault;
  return false;
}

static bool same_county(const char *there, const restored *r, err *e) {
  return !there[0] || strcmp(there, r->head.county) == 0 ||
         err_set(e, ERR_CONFLICT, NULL,
                 "那里是另一个区县（%.6s），备份里的是 %.6s。请核对位置和备份。",
                 "Another county (%.6s) is there, and the backup is of %.6s. Look at the location "
                 "and the backup.",
                 there, r->head.county);
}

static bool name_kept(const char *location, char ret[KEPT_MAX], err *e) {
  char at[30], word[40];
  instant_format(now_ms(), at); /* 2026-11-27T15:04:05 */
  snprintf(word, sizeof word, "%.10s-%.2s%.2s%.2s", at, at + 11, at + 14, at + 17);
  return db_beside_name(location, word, ret, KEPT_MAX, e);
}

/* With the lock of who serves, so that nobody does. */
static bool replace_locked(const restore_request *q, const char *code, char kept[KEPT_MAX],
                           restored *ret, err *e) {
  char fresh[4096], key[4096];
  restore_request into = *q;
  into.location = fresh;
  /* The new one stands elsewhere for a moment: its key file is that of the location itself. */
  if (!key_file_of_place(q->location, key, e)) return false;
  key_file_use(key);
  if (!name_kept(q->location, kept, e) ||
      !db_beside_name(q->location, "restoring", fresh, sizeof fresh, e))
    return false;
  db_twin_drop(q->location, fresh); /* of one that was cut off */
  if (!restore_county(&into, ret, e)) return false;
  if (same_county(code, ret, e) && db_replace(q->location, fresh, kept, e)) return true;
  db_twin_drop(q->location, fresh);
  return false;
}

static bool say_served(const err *why, err *e) {
  if (why->code != ERR_STANDBY) return *e = *why, false;
  return err_set(e, ERR_BUSY, NULL, "这个位置的服务还在运行，请先停止它。",
                 "This location is being served; stop the service first.");
}

bool restore_replacing(const restore_request *q, char ret_kept[KEPT_MAX], restored *ret, err *e) {
  char code[13];
  bool there = false;
  err fault;
  ret_kept[0] = 0;
  if (!look_there(q->location, &there, code, e)) return false;
  if (!there) return restore_county(q, ret, e);
  db_lock *lock = db_lock_new(q->location, code, e);
  if (!lock) return false;
  bool ok = db_lock_hold(lock, &fault) ? replace_locked(q, code, ret_kept, ret, e)
                                       : say_served(&fault, e);
  db_lock_free(lock);
  /* The URL may hold a password; its schema tells enough. */
  if (db_is_url(ret_kept))
    memmove(ret_kept, strrchr(ret_kept, '=') + 1, strlen(strrchr(ret_kept, '=')));
  return ok;
}
