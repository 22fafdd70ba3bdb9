/* replay.h — the journal read again: into a fresh location, or along its chain. */
#ifndef JISHI_ENGINE_REPLAY_H
#define JISHI_ENGINE_REPLAY_H

#include "engine/engine.h"

/* Entries, one by one, into a location made for them. They are taken as they stand: each must fit
 * its link. What was taken is on disk after replay_commit, which comes where a batch of the
 * original ended, such as the end of its journal. */
typedef struct replay replay;
replay *replay_start(const char *location, const char *code, const char *name, err *e);
/* Goes on where a location made by one before ends. */
replay *replay_resume(const char *location, err *e);
bool replay_take(replay *r, const entry *x, err *e);
bool replay_commit(replay *r, err *e);
int64_t replay_seq(const replay *r);
const hash *replay_link(const replay *r);
store *replay_store(replay *r); /* no transaction of its own is open after replay_commit */
void replay_close(replay *r);   /* what was not committed is not there; NULL is fine */

/* Replays the journal of `location` into a fresh location (a folder inside it, or a schema),
 * compares every derived table and removes the fresh location again. *ret_same tells; differing
 * tables are named in `report`. `go_on` is asked now and then and may be NULL; false ends it. */
bool engine_rebuild(const char *location, bool *ret_same, buf *report,
                    bool (*go_on)(int64_t done, int64_t all), err *e);
/* Every derived table of the one and of the other. */
bool engine_compare(engine *one, engine *other, bool *ret_same, buf *report, err *e);
/* Reads the whole journal and recomputes the chain. *ret_entries: how many; on a break: false,
 * e->location = "entry N". */
bool engine_verify(const char *location, int64_t *ret_entries, err *e);

#endif
