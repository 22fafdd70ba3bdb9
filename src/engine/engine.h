/* engine.h — the loop: apply one entry, and all that follows from it.
 *
 * A command becomes one journal entry; its consequences (facts, findings, cases, deadlines) are
 * computed from the entry and what is stored, from nothing else, so that a replay makes the same
 * rows. Applying needs an open write transaction; the writer (writer.h) opens and commits it for
 * many commands together. A refused command has written nothing. */
#ifndef JISHI_ENGINE_ENGINE_H
#define JISHI_ENGINE_ENGINE_H

#include "engine/command.h"

typedef struct engine engine;

/* Opens the place for writing, loads what the journal carries: the newest entry of each pack, and
 * the holiday notices. */
engine *engine_open(const char *place, err *e);
void engine_close(engine *eng);
store *engine_store(engine *eng);
const catalog *engine_packs(const engine *eng);
const calendar *engine_calendar(const engine *eng); /* one object; it takes in later notices */

/* False: refused, nothing written. When e->code is ERR_STORE or ERR_MEMORY something may have been
 * written: the caller must roll back and call engine_rolled_back. `a` holds the answer. */
bool engine_apply(engine *eng, const command *c, arena *a, answer *out, err *e);
/* From now on the rules of a unit that consecutive entries of one import touch are looked at once,
 * after the last of them: its answer names no consequences, and engine_batch_end must be called
 * before each commit. In the journal such entries stand together, about one root, at the same
 * instant, and a replay does as was done. */
void engine_batch_begin(engine *eng);
bool engine_batch_end(engine *eng, err *e);
/* The transaction is on disk. */
void engine_committed(engine *eng);
/* The transaction was rolled back: forget what was cached in it. */
void engine_rolled_back(engine *eng);
/* When the local day is later than the last tick and rules of some unit must be looked at again:
 * applies a TICK entry. */
bool engine_tick(engine *eng, int64_t at_ms, arena *a, bool *ticked, err *e);

#endif
