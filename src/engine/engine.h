/* engine.h — applies one entry, and all that follows from it.
 *
 * A command becomes one journal entry; its consequences (facts, findings, cases, deadlines) are
 * computed from the entry and what is stored, from nothing else, so that a replay makes the same
 * rows. Applying needs an open write transaction; the writer (writer.h) opens and commits it for
 * many commands together. A refused command has written nothing. */
#ifndef JISHI_ENGINE_ENGINE_H
#define JISHI_ENGINE_ENGINE_H

#include "engine/command.h"

typedef struct engine engine;

/* Opens the location for writing, loads from the journal the newest entry of each pack, and
 * the holiday notices. */
engine *engine_open(const char *location, err *e);
void engine_close(engine *eng);
store *engine_store(engine *eng);
/* As of the last commit; from any thread. Kinds and rules of it stay until the engine is closed. */
const catalog *engine_packs(const engine *eng);
const calendar *engine_calendar(const engine *eng); /* one object; it takes in later notices */

/* A write transaction of the county, on the engine's own connection. engine_begin takes the
 * county's lock, which no other program has until the end, and looks where the journal stands: what
 * others (a command, another server) have written since is taken in, packs too. */
bool engine_begin(engine *eng, err *e);
bool engine_commit(engine *eng, err *e); /* true: on disk; false: all of it is undone */
void engine_rollback(engine *eng);
/* Takes in what others have written, outside a transaction: so that readers hear of it. */
bool engine_follow(engine *eng, err *e);
int64_t engine_seq(const engine *eng); /* of the last committed entry that this engine knows of */

/* Inside a transaction. False: refused, nothing written; but when e->code is ERR_STORE, ERR_MEMORY
 * or ERR_INTERNAL something may have been written, and the caller must roll back. `a` holds the
 * answer. */
bool engine_apply(engine *eng, const command *c, arena *a, answer *ret, err *e);
/* Batch mode, from now on: consecutive entries of one import about the same unit are evaluated
 * once, after the last of them, at the latest by engine_commit. Their answers list no consequences.
 * In the journal such entries carry the same instant, so that a replay groups them alike. */
void engine_batch_begin(engine *eng);
bool engine_day_due(const engine *eng); /* engine_tick has not run today yet */
/* Once a local day: applies a TICK entry when some unit is due to be evaluated again. */
bool engine_tick(engine *eng, int64_t at_ms, arena *a, bool *ret_ticked, err *e);

#endif
