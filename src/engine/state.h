/* state.h — what the engine holds between commands. */
#ifndef JISHI_ENGINE_STATE_H
#define JISHI_ENGINE_STATE_H

#include "engine/account.h"
#include "engine/engine.h"
#include "engine/packs.h"
#include "engine/units/unit_cache.h"

/* The unit still to be evaluated after an import batch, and the entry that caused it. */
typedef struct pending {
  const kind *root_kind; /* NULL: nothing */
  uuid root, import_id, id, officer;
  int64_t seq, at_ms;
  verb verb;
} pending;

/* A summary whose source events have changed since it was computed. */
typedef struct stale_summary {
  const event_kind *of;
  uuid root, subject;
  char area[13];
  day from;
} stale_summary;

struct engine {
  store *store;
  catalog packs;       /* as the open transaction has them */
  loaded_packs loaded; /* see packs.h */
  calendar *calendar;
  const calendar_table *calendar_committed;
  county head;       /* of the journal, as this connection will leave it */
  county committed;  /* as it was when the transaction began, or was last looked at */
  unit_cache *cache; /* made when it is first needed */
  bool batching;     /* see engine_batch_begin */
  bool units_moved;  /* the open transaction moved units that are not in the cache's books */
  pending pending;
  day last_scanned_day;   /* the last day on which units due for evaluation were looked for */
  accounts accounts;      /* who was looked at; see account.h */
  struct zone_map *zones; /* see zones.h; NULL: not read */
  bool scrub_due;         /* somebody was forgotten: see residue_scrub */
  bool replaying;         /* entries are taken as they stand (run_command) */
  stale_summary *stale_summaries;
  size_t stale_summary_count, stale_summary_room;
};

void engine_release(engine *eng); /* frees what it holds, not the engine itself */

#endif
