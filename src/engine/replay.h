/* replay.h — the journal read again: into a fresh location, or along its chain. */
#ifndef JISHI_ENGINE_REPLAY_H
#define JISHI_ENGINE_REPLAY_H

#include "engine/engine.h"

/* Replays the journal of `location` into a fresh location (a folder inside it, or a schema),
 * compares every derived table and removes the fresh location again. *ret_same tells; differing
 * tables are named in `report`. `progress` may be NULL. */
bool engine_rebuild(const char *location, bool *ret_same, buf *report,
                    void (*progress)(int64_t done, int64_t all), err *e);
/* Reads the whole journal and recomputes the chain. *ret_entries: how many; on a break: false,
 * e->location = "entry N". */
bool engine_verify(const char *location, int64_t *ret_entries, err *e);

#endif
