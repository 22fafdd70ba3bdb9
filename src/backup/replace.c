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

static bool say_served(const err *why, err *e) {
  if (why->code != ERR_STANDBY) return *e = *why, false;
  return err_set(e, ERR_BUSY, NULL, "这个位置的服务还在运行，请先停止它。",
                 "This location is being served; stop the service first.");
}

/* The new one stands elsewhere for a moment: its key file is that of the location itself. */
static bool name_both(const char *location, const char *word, replacing *r, err *e) {
  char key[4096];
  if (!key_file_of_place(location, key, e)) return false;
  key_file_use(key);
  return name_kept(location, r->kept, e) &&
         db_beside_name(location, word, r->fresh, sizeof r->fresh, e);
}

bool replace_begin(const char *location, const char *word, replacing *ret, err *e) {
  replacing r = {.location = location};
  err fault;
  if (!look_there(location, &r.is_there, r.code, e)) return false;
  if (r.is_there) {
    r.lock = db_lock_new(location, r.code, e);
    bool ok = r.lock && (db_lock_hold(r.lock, &fault) || say_served(&fault, e)) &&
              name_both(location, word, &r, e);
    if (!ok) {
      db_lock_free(r.lock);
      return false;
    }
    db_twin_drop(location, r.fresh); /* of one that was cut off */
  }
  *ret = r;
  return true;
}

void replace_leave(replacing *r) {
  db_lock_free(r->lock);
  r->lock = NULL;
}

void replace_tell(const replacing *r, char ret_kept[KEPT_MAX]) {
  snprintf(ret_kept, KEPT_MAX, "%s", db_is_url(r->kept) ? strrchr(r->kept, '=') + 1 : r->kept);
}

bool replace_end(replacing *r, bool ok, bool take, char ret_kept[KEPT_MAX], err *e) {
  ret_kept[0] = 0;
  ok = ok && (!take || db_replace(r->location, r->fresh, r->kept, e));
  if (!ok || !take) db_twin_drop(r->location, r->fresh);
  if (ok && take) replace_tell(r, ret_kept);
  replace_leave(r);
  return ok;
}

bool restore_replacing(const restore_request *q, char ret_kept[KEPT_MAX], restored *ret, err *e) {
  replacing r;
  restore_request into = *q;
  ret_kept[0] = 0;
  if (!replace_begin(q->location, "restoring", &r, e)) return false;
  if (!r.is_there) return restore_county(q, ret, e);
  into.location = r.fresh;
  bool ok = restore_county(&into, ret, e) && same_county(r.code, ret, e);
  return replace_end(&r, ok, true, ret_kept, e);
}
