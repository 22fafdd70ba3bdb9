/* A location of an older version, and the way back. */
#include "backup/county_upgrade.h"

#include "engine/replay.h"
#include "store/db/db_replace.h"
#include "store/db/db_twin.h"
#include "store/sealed.h"

#include <stdio.h>
#include <string.h>

static bool receive_sent(void *context, text line, err *e) {
  return receive_line(context, line, e);
}

static bool say_nothing_there(const char *location, err *e) {
  return db_err_missing(db_is_url(location) ? NULL : location, e);
}

/* All of it, replayed into `fresh`. */
static bool rehearse(const char *location, const char *fresh, void (*progress)(int64_t, int64_t),
                     upgraded *ret, err *e) {
  sent all = {0};
  store *s = store_open_older(location, &ret->is_older, e);
  receiver *r = s && sealed_ready(s, e) ? receive_start(fresh, NULL, progress, e) : NULL;
  send_request q = {.made_ms = now_ms()};
  carry_sink into = {receive_sent, r};
  bool ok = r && send_county(s, &q, &into, &all, e) && receive_end(r, e) &&
            receive_finish(r, NULL, NULL, e);
  if (ok) ret->entries = receive_point(r).seq;
  carry_tags_free(&all.tags);
  receive_close(r);
  store_close(s);
  return ok;
}

static bool compare(const char *location, const char *fresh, buf *report, upgraded *ret, err *e) {
  if (ret->is_older) return true; /* its tables cannot be read as this version's */
  engine *one = engine_open(location, e), *other = one ? engine_open(fresh, e) : NULL;
  bool ok = other && engine_compare(one, other, &ret->same, report, e);
  engine_close(other);
  engine_close(one);
  return ok;
}

bool upgrade_county(const char *location, bool apply, void (*progress)(int64_t done, int64_t all),
                    buf *report, upgraded *ret, err *e) {
  replacing r;
  upgraded u = {0};
  if (!replace_begin(location, "upgrading", &r, e)) return false;
  if (!r.is_there) return say_nothing_there(location, e);
  bool ok =
      rehearse(location, r.fresh, progress, &u, e) && compare(location, r.fresh, report, &u, e);
  if (!replace_end(&r, ok, apply && !u.same, u.kept, e)) return false;
  *ret = u;
  return true;
}

/* ---- the way back ---- */

static bool end_of(const char *location, county *ret, err *e) {
  store *s = store_open(location, DB_READ, "", e);
  char name[128];
  *ret = (county){0};
  bool ok = s && store_there(s, ret->code, name, e) &&
            (ret->code[0] || db_err_missing(db_is_url(location) ? NULL : location, e));
  store_close(s);
  /* With its code, so that it is read as it lies, whatever the version. */
  s = ok ? store_open(location, DB_READ, ret->code, e) : NULL;
  ok = s && store_head_get(s, ret, e);
  store_close(s);
  return ok;
}

static bool link_fits(const char *location, const county *head, bool *ret, err *e) {
  store *s = store_open(location, DB_READ, head->code, e);
  arena *a AUTO_ARENA = arena_new(0);
  entry *x = NULL;
  size_t count = 0;
  bool ok =
      s && (a || err_memory(e)) &&
      store_journal(s, a, &(journal_query){.after = head->seq - 1, .limit = 1}, &x, &count, e);
  *ret = ok && count && x->seq == head->seq && memcmp(&x->link, &head->link, sizeof x->link) == 0;
  store_close(s);
  return ok;
}

static bool say_foreign(const char *kept, err *e) {
  return err_set(e, ERR_CONFLICT, db_is_url(kept) ? NULL : kept,
                 "那一份不是这个位置从前的样子（区县或流水不同），没有动。请核对名字。",
                 "That is not what this location was before (another county, or another journal); "
                 "nothing was changed. Look at the name.");
}

/* Of a schema its name is given, as upgrade_county told it. */
static bool name_earlier(const char *location, const char *kept, char ret[KEPT_MAX], err *e) {
  int n = db_is_url(location) && !db_is_url(kept)
              ? snprintf(ret, KEPT_MAX, "%s%cschema=%s", location,
                         strchr(location, '?') ? '&' : '?', kept)
              : snprintf(ret, KEPT_MAX, "%s", kept);
  return (n > 0 && n < KEPT_MAX) ||
         err_set(e, ERR_USAGE, NULL, "名字太长。", "The name is too long.");
}

bool upgrade_back(const char *location, const char *kept, bool apply, gone_back *ret, err *e) {
  replacing r;
  county now, then;
  bool fits = false;
  gone_back g = {0};
  char earlier[KEPT_MAX];
  if (!name_earlier(location, kept, earlier, e) || !replace_begin(location, "upgrading", &r, e))
    return false;
  if (!r.is_there) return say_nothing_there(location, e);
  bool ok = end_of(location, &now, e) && end_of(earlier, &then, e) &&
            link_fits(location, &then, &fits, e) &&
            ((fits && strcmp(now.code, then.code) == 0) || say_foreign(kept, e));
  ok = ok && (!apply || db_replace(location, earlier, r.kept, e));
  replace_leave(&r);
  if (!ok) return false;
  g.entries = then.seq;
  g.lost = now.seq - then.seq;
  if (apply) replace_tell(&r, g.kept);
  *ret = g;
  return true;
}
