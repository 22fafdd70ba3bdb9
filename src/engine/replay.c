/* Replaying the journal, and walking its chain. */
#include "engine/replay.h"

#include "engine/rules/reevaluate.h"
#include "engine/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 500 };

/* The twin a journal is replayed into: a folder inside the location, or a schema of its own. */
static bool twin_location(const char *location, char *ret, size_t room, err *e) {
  text t = text_of(location);
  hash h = hash_of(&t, 1); /* two counties of one server may be rebuilt at a time */
  int n = db_is_url(location)
              ? snprintf(ret, room, "%s%cschema=jishi_rebuild_%02x%02x%02x%02x", location,
                         strchr(location, '?') ? '&' : '?', h.b[0], h.b[1], h.b[2], h.b[3])
              : snprintf(ret, room, "%s/rebuild", location);
  if (n > 0 && (size_t)n < room) return true;
  return err_set(e, ERR_USAGE, NULL, "数据位置的名字太长。",
                 "The name of the location is too long.");
}

static verb verb_of(const char *name) {
  for (int v = 0; v <= VERB_TICK; v++)
    if (strcmp(verb_name((verb)v), name) == 0) return (verb)v;
  return VERB_UNMASK;
}

static bool replay_entry(engine *twin, const entry *x, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  json *body = a ? json_parse(a, x->body, e) : NULL;
  if (!body) return a ? false : err_memory(e);
  command c = {.verb = verb_of(x->verb),
               .id = x->id,
               .who = {.officer = x->officer},
               .at_ms = x->at_ms,
               .import_id = x->import_id,
               .body = body};
  answer out;
  hash link =
      store_entry_link(&twin->head.link, x); /* of all of it, also of what a replay does not read */
  bool whole = memcmp(&link, &x->link, sizeof(hash)) == 0;
  if (whole && engine_apply(twin, &c, a, &out, e) &&
      memcmp(&twin->head.link, &x->link, sizeof(hash)) == 0)
    return true;
  char place[40];
  snprintf(place, sizeof place, "entry %lld", (long long)x->seq);
  if (!whole || twin->head.seq == x->seq)
    return err_set(e, ERR_STORE, place, "这条流水和封印对不上，数据可能被改动过。",
                   "This entry does not fit its link; the data may have been altered.");
  return err_within(e, place);
}

static bool replay_journal(store *from, engine *twin, int64_t all,
                           void (*progress)(int64_t, int64_t), err *e) {
  int64_t after = 0;
  for (;;) {
    arena *a AUTO_ARENA = arena_new(0);
    entry *entries = NULL;
    size_t count = 0;
    if (!a) return err_memory(e);
    if (!store_journal(from, a, &(journal_query){.after = after, .limit = PAGE}, &entries, &count,
                       e))
      return false;
    if (!engine_begin(twin, e)) return false;
    if (count == 0) return reevaluate_flush(twin, e) && engine_commit(twin, e);
    for (size_t i = 0; i < count; i++)
      if (!replay_entry(twin, &entries[i], e)) {
        engine_rollback(twin);
        return false;
      }
    if (!engine_commit(twin, e)) return false;
    after = entries[count - 1].seq;
    if (progress) progress(after, all);
  }
}

static bool compare_tables(store *one, store *other, bool *same, buf *report, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  table_digest *x = NULL, *y = NULL;
  size_t n = 0, m = 0;
  if (!a) return err_memory(e);
  if (!store_digest(one, a, &x, &n, e) || !store_digest(other, a, &y, &m, e)) return false;
  *same = n == m;
  for (size_t i = 0; i < n && i < m; i++) {
    bool equal = x[i].rows == y[i].rows && memcmp(&x[i].digest, &y[i].digest, sizeof(hash)) == 0;
    *same &= equal;
    if (!equal)
      buf_printf(report, "%s: %lld / %lld\n", x[i].table, (long long)x[i].rows,
                 (long long)y[i].rows);
  }
  return buf_ok(report) || err_memory(e);
}

static void drop_twin(const char *location, const char *twin) {
  if (db_is_url(location)) {
    err ignored;
    db *d = db_open(location, DB_WRITE, &ignored);
    char sql[80];
    snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS %.30s CASCADE", strrchr(twin, '=') + 1);
    if (d) db_script(d, sql, &ignored);
    db_close(d);
    return;
  }
  char path[4096];
  static const char *const files[] = {"jishi.db", "jishi.db-wal", "jishi.db-shm"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    snprintf(path, sizeof path, "%s/%s", twin, files[i]);
    unlink(path);
  }
  rmdir(twin);
}

bool engine_rebuild(const char *location, bool *ret_same, buf *report,
                    void (*progress)(int64_t done, int64_t all), err *e) {
  char twin_name[4000];
  if (!twin_location(location, twin_name, sizeof twin_name, e)) return false;
  engine *original = engine_open(location, e);
  if (!original) return false;
  drop_twin(location, twin_name);
  engine twin = {.last_scanned_day = DAY_NONE,
                 .replaying = true,
                 .batching = true,
                 .calendar = calendar_new()};
  county head;
  bool ok = (twin.calendar || err_memory(e)) && store_county_get(original->store, &head, e);
  twin.store = ok ? store_open(twin_name, DB_CREATE, head.code, e) : NULL;
  db *d = twin.store ? store_db(twin.store) : NULL;
  ok = d && db_begin(d, e) && store_make(twin.store, head.code, head.name, e) && db_commit(d, e) &&
       store_county_get(twin.store, &twin.head, e);
  /* The original is read in one snapshot, so that a server may go on writing. */
  ok = ok && db_begin_read(store_db(original->store), e);
  ok = ok && replay_journal(original->store, &twin, head.seq, progress, e) &&
       compare_tables(original->store, twin.store, ret_same, report, e);
  if (original->store) db_end_read(store_db(original->store));
  unit_cache_free(twin.cache);
  free(twin.stale_summaries);
  store_close(twin.store);
  packs_release(&twin.loaded);
  calendar_free(twin.calendar);
  drop_twin(location, twin_name);
  engine_close(original);
  return ok;
}

bool engine_verify(const char *location, int64_t *ret_entries, err *e) {
  store *s = store_open(location, DB_READ, NULL, e);
  if (!s) return false;
  hash link = {{0}};
  int64_t after = 0;
  bool ok = true;
  while (ok) {
    arena *a AUTO_ARENA = arena_new(0);
    entry *rows = NULL;
    size_t count = 0;
    ok = (a || err_memory(e)) &&
         store_journal(s, a, &(journal_query){.after = after, .limit = PAGE}, &rows, &count, e);
    if (!ok || count == 0) break;
    for (size_t i = 0; ok && i < count; i++) {
      hash want = store_entry_link(&link, &rows[i]);
      char where[40];
      snprintf(where, sizeof where, "entry %lld", (long long)rows[i].seq);
      if (rows[i].seq != after + 1)
        ok = err_set(e, ERR_STORE, where, "流水中断：前面缺了记录。",
                     "The journal is broken: entries before this one are missing.");
      else if (memcmp(&want, &rows[i].link, sizeof want) != 0)
        ok = err_set(e, ERR_STORE, where, "这条流水和封印对不上，被改动过。",
                     "This entry does not fit its link: it was altered.");
      link = rows[i].link;
      after = rows[i].seq;
    }
  }
  store_close(s);
  if (ok) *ret_entries = after;
  return ok;
}
