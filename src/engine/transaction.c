/* A write transaction of the county, and what others have written meanwhile. */
#include "engine/state.h"

#include "base/log.h"
#include "engine/rules/reevaluate.h"
#include "engine/zones.h"
#include "store/rows/notices.h"
#include "store/residue.h"
#include "store/sealed.h"

#include <assert.h>

static void drop_pending_work(engine *eng) {
  eng->pending = (pending){0};
  eng->stale_summary_count = 0;
  eng->last_scanned_day = DAY_NONE;
}

/* Packs that are not to stay: the store's statements must not know them either. */
static void undo_packs(engine *eng) {
  if (!packs_changed(&eng->loaded)) return;
  err ignored; /* `read_head` tries again */
  packs_rolled_back(&eng->loaded, &eng->packs);
  store_use_packs(eng->store, &eng->packs, false, &ignored);
}

/* The journal is not where this engine left it: nothing that is remembered of it can be trusted.
 * Inside a transaction that sees `head`. */
static bool reload_from(engine *eng, const county *head, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  text *bodies = NULL;
  size_t count = 0;
  calendar_notices notices = {0}, fresh = {0};
  /* A county restored from an older backup has all its packs read again. */
  int64_t known = head->seq > eng->committed.seq ? eng->committed.seq : 0;
  if (!a) return err_memory(e);
  bool ok = store_packs_after(eng->store, a, known, &bodies, &count, e) &&
            store_notices_after(eng->store, a, known, &fresh, e) &&
            store_notices_after(eng->store, a, 0, &notices, e);
  for (size_t i = 0; ok && i < count; i++) ok = packs_load(&eng->loaded, &eng->packs, bodies[i], e);
  unit_cache_clear(eng->cache);
  accounts_forget(&eng->accounts);
  zone_map_forget(eng);
  sealed_keys_changed(eng->store);
  drop_pending_work(eng);
  ok = ok && (!count || store_use_packs(eng->store, &eng->packs, false, e)) &&
       packs_before_commit(&eng->loaded, &eng->packs, e) &&
       ((!fresh.count && notices.count == calendar_known(eng->calendar).count) ||
        calendar_set(eng->calendar, &notices, e)); /* others may have withdrawn one */
  if (!ok) {
    undo_packs(eng);
    return false;
  }
  packs_committed(&eng->loaded);
  eng->calendar_committed = calendar_mark(eng->calendar);
  eng->head = eng->committed = *head;
  return true;
}

static bool read_head(engine *eng, err *e) {
  assert(!packs_changed(&eng->loaded));
  if (!store_packs(eng->store) && !store_use_packs(eng->store, &eng->packs, false, e)) return false;
  county head = eng->committed;
  if (!store_head_get(eng->store, &head, e)) return false;
  bool same = head.seq == eng->committed.seq &&
              memcmp(&head.link, &eng->committed.link, sizeof head.link) == 0;
  return same || reload_from(eng, &head, e);
}

bool engine_begin(engine *eng, err *e) {
  db *d = store_db(eng->store);
  if (!db_begin(d, e)) return false;
  if (store_lock(eng->store, e) && read_head(eng, e)) return true;
  db_rollback(d);
  return false;
}

bool engine_follow(engine *eng, err *e) {
  db *d = store_db(eng->store);
  if (!db_begin_read(d, e)) return false;
  bool ok = read_head(eng, e);
  db_end_read(d);
  return ok;
}

/* Somebody who reads may be in the way: then after the next commit. */
static void scrub(engine *eng) {
  err e;
  eng->scrub_due = !residue_scrub(eng->store, &e);
  if (eng->scrub_due) log_err(LOG_WARN, "scrub_waits", &e);
}

bool engine_commit(engine *eng, err *e) {
  /* A replay commits where it likes, also between entries that belong together. */
  if (!(eng->replaying || reevaluate_flush(eng, e)) ||
      !packs_before_commit(&eng->loaded, &eng->packs, e) || !db_commit(store_db(eng->store), e)) {
    engine_rollback(eng);
    return false;
  }
  assert(eng->replaying || (!eng->pending.root_kind && eng->stale_summary_count == 0));
  eng->committed = eng->head;
  store_note_head(eng->store, eng->head.seq, &eng->head.link);
  packs_committed(&eng->loaded);
  eng->calendar_committed = calendar_mark(eng->calendar);
  unit_cache_committed(eng->cache);
  eng->units_moved = false;
  if (eng->scrub_due) scrub(eng);
  return true;
}

void engine_rollback(engine *eng) {
  db_rollback(store_db(eng->store));
  day scanned = eng->head.seq == eng->committed.seq ? eng->last_scanned_day
                                                    : DAY_NONE; /* a tick may be gone */
  drop_pending_work(eng);
  accounts_forget(&eng->accounts);
  zone_map_forget(eng);
  eng->last_scanned_day = scanned;
  eng->head = eng->committed;
  if (eng->units_moved || packs_changed(&eng->loaded) ||
      calendar_mark(eng->calendar) != eng->calendar_committed)
    unit_cache_clear(eng->cache);
  eng->units_moved = false;
  calendar_reset(eng->calendar, eng->calendar_committed);
  undo_packs(eng);
  unit_cache_rolled_back(eng->cache);
}

int64_t engine_seq(const engine *eng) {
  return eng->committed.seq;
}
