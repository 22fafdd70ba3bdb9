/* replay.h — the journal read again: into a fresh place, or along its chain. */
#ifndef JISHI_ENGINE_REPLAY_H
#define JISHI_ENGINE_REPLAY_H

#include "engine/engine.h"

/* Replays the journal of `place` into a fresh place (a temporary file beside it, or schema) and
 * compares every derived table; with `replace` the fresh one takes its place. *same tells;
 * differing tables are named in `report`. */
bool engine_rebuild(const char *place, bool replace, bool *same, buf *report,
                    void (*progress)(int64_t done, int64_t all), err *e);
/* Reads the whole journal and recomputes the chain. *entries counted; on a break: false, e->place =
 * "entry N". */
bool engine_verify(const char *place, int64_t *entries, err *e);

#endif
