/* Replaying the journal, and walking its chain. */
#include "engine/replay.h"

#include "engine/context.h"
#include "engine/rules/reevaluate.h"
#include "engine/state.h"
#include "store/db/db_twin.h"
#include "store/sealed.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 500 };

static bool verb_find(const char *name, verb *ret) {
  for (int v = 0; v <= VERB_TICK; v++)
    if (strcmp(verb_name((verb)v), name) == 0) return *ret = (verb)v, true;
  return false;
}

static bool altered(const char *where, err *e) {
  return err_set(e, ERR_STORE, where, "这条流水和封印对不上，数据可能被改动过。",
                 "This entry does not fit its link; the data may have been altered.");
}

/* Somebody was forgotten later: what it says cannot be read, only that it stood there. */
static bool pass_over(engine *twin, const entry *x, err *e) {
  char where[40];
  snprintf(where, sizeof where, "entry %lld", (long long)x->seq);
  const hash link = store_entry_link(&twin->head.link, x);
  if (memcmp(&link, &x->link, sizeof link) != 0) return altered(where, e);
  return entry_pass_over(twin, x, e);
}

static bool replay_entry(engine *twin, const entry *x, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  text plain;
  bool over = false;
  if (!a) return err_memory(e);
  if (!sealed_passed_over(twin->store, &x->root, x->seq, &over, e)) return false;
  if (over) return pass_over(twin, x, e);
  json *body =
      sealed_body_open(twin->store, a, x->body, &plain, e) ? json_parse(a, plain, e) : NULL;
  if (!body) return false;
  command c = {.id = x->id,
               .who = {.officer = x->officer},
               .at_ms = x->at_ms,
               .import_id = x->import_id,
               .body = body,
               .stored = x->body};
  char where[40];
  snprintf(where, sizeof where, "entry %lld", (long long)x->seq);
  const hash link =
      store_entry_link(&twin->head.link, x); /* of all of it, also of what a replay does not read */
  const bool whole = memcmp(&link, &x->link, sizeof(hash)) == 0;
  if (whole && !verb_find(x->verb, &c.verb))
    return err_set(e, ERR_STORE, where,
                   "这条流水的动作“%s”本版本不认识，请换用写下它的版本或更新的版本。",
                   "This version knows no verb \"%s\"; use the version that wrote the entry, or a "
                   "newer one.",
                   x->verb);
  answer out;
  if (whole && engine_apply(twin, &c, a, &out, e) &&
      memcmp(&twin->head.link, &x->link, sizeof(hash)) == 0)
    return true;
  if (!whole || twin->head.seq == x->seq) return altered(where, e);
  return err_within(e, where);
}

struct replay {
  engine twin;
  int64_t at_ms;  /* of the last entry */
  size_t waiting; /* entries since the last commit */
  bool open;      /* a transaction */
};

static replay *replay_new(err *e) {
  replay *r = calloc(1, sizeof *r);
  if (r)
    r->twin = (engine){.last_scanned_day = DAY_NONE,
                       .replaying = true,
                       .batching = true,
                       .calendar = calendar_new()};
  if (r && r->twin.calendar) return r;
  free(r);
  err_memory(e);
  return NULL;
}

replay *replay_start(const char *location, const char *code, const char *name, err *e) {
  replay *r = replay_new(e);
  if (!r) return NULL;
  engine *twin = &r->twin;
  twin->store = store_open(location, DB_CREATE, code, e);
  db *d = twin->store ? store_db(twin->store) : NULL;
  if (d && db_begin(d, e) && store_make(twin->store, code, name, e) && db_commit(d, e) &&
      store_county_get(twin->store, &twin->head, e)) {
    twin->committed = twin->head;
    return r;
  }
  replay_close(r);
  return NULL;
}

replay *replay_resume(const char *location, err *e) {
  engine *there = engine_open(location, e);
  replay *r = there ? calloc(1, sizeof *r) : NULL;
  if (!r) {
    if (there) err_memory(e);
    engine_close(there);
    return NULL;
  }
  r->twin = *there; /* it points to nothing of its own */
  free(there);
  r->twin.replaying = r->twin.batching = true;
  r->at_ms = r->twin.head.last_at_ms;
  return r;
}

store *replay_store(replay *r) {
  return r->twin.store;
}

int64_t replay_seq(const replay *r) {
  return r->twin.head.seq;
}

const hash *replay_link(const replay *r) {
  return &r->twin.head.link;
}

static bool commit_waiting(replay *r, err *e) {
  if (!r->open) return true;
  bool ok = reevaluate_flush(&r->twin, e) && engine_commit(&r->twin, e);
  if (!ok) engine_rollback(&r->twin);
  r->open = false;
  r->waiting = 0;
  return ok;
}

/* What was written together carries one instant: between two instants nothing is pending, and a
 * replay that is cut off there can go on. */
bool replay_take(replay *r, const entry *x, err *e) {
  if (r->waiting >= PAGE && x->at_ms != r->at_ms && !commit_waiting(r, e)) return false;
  if (!r->open && !engine_begin(&r->twin, e)) return false;
  r->open = true;
  if (!replay_entry(&r->twin, x, e)) {
    engine_rollback(&r->twin);
    r->open = false;
    return false;
  }
  r->at_ms = x->at_ms;
  r->waiting++;
  return true;
}

bool replay_commit(replay *r, err *e) {
  return commit_waiting(r, e);
}

void replay_close(replay *r) {
  if (!r) return;
  if (r->open) engine_rollback(&r->twin);
  engine_release(&r->twin);
  free(r);
}

static bool replay_journal(store *from, replay *r, int64_t all, bool (*go_on)(int64_t, int64_t),
                           err *e) {
  int64_t after = 0;
  for (;;) {
    arena *a AUTO_ARENA = arena_new(0);
    entry *entries = NULL;
    size_t count = 0;
    if (!a) return err_memory(e);
    if (!store_journal(from, a, &(journal_query){.after = after, .limit = PAGE}, &entries, &count,
                       e))
      return false;
    if (count == 0) return replay_commit(r, e);
    for (size_t i = 0; i < count; i++)
      if (!replay_take(r, &entries[i], e)) return false;
    after = entries[count - 1].seq;
    if (go_on && !go_on(after, all))
      return err_set(e, ERR_BUSY, NULL, "没有做完就停了，资料没有改动。",
                     "Stopped before the end; nothing was changed.");
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

bool engine_compare(engine *one, engine *other, bool *ret_same, buf *report, err *e) {
  return compare_tables(one->store, other->store, ret_same, report, e);
}

static bool copy_keys(store *to, store *from, err *e) {
  if (!db_begin(store_db(to), e)) return false;
  if (sealed_copy(to, from, e)) return db_commit(store_db(to), e);
  db_rollback(store_db(to));
  return false;
}

bool engine_rebuild(const char *location, bool *ret_same, buf *report,
                    bool (*go_on)(int64_t done, int64_t all), err *e) {
  char twin[4000];
  if (!db_twin_name(location, "rebuild", twin, sizeof twin, e)) return false;
  engine *original = engine_open(location, e);
  if (!original) return false;
  db_twin_drop(location, twin);
  county head;
  bool ok = store_county_get(original->store, &head, e);
  replay *r = ok ? replay_start(twin, head.code, head.name, e) : NULL;
  /* The original is read in one snapshot, so that a server may go on writing. */
  ok = r && copy_keys(r->twin.store, original->store, e) &&
       db_begin_read(store_db(original->store), e);
  ok = ok && replay_journal(original->store, r, head.seq, go_on, e) &&
       compare_tables(original->store, r->twin.store, ret_same, report, e);
  if (original->store) db_end_read(store_db(original->store));
  replay_close(r);
  db_twin_drop(location, twin);
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
