/* writer.h — the county's one writer: a thread that takes all commands that wait, applies them in
 * order, commits once, and only then answers. The commit is the barrier: no answer leaves before
 * it.
 *
 * A command that is refused does not disturb its neighbours. When the batch cannot be committed,
 * each command is tried alone, so that only the one at fault fails; where only the answer to the
 * commit was lost, its entry is found by the second try. The writer also begins each new day
 * (tick).
 *
 * Other programs may write meanwhile (a command, an import): each transaction begins with what they
 * wrote, and the writer looks for it every second, too. Of several servers on one location only
 * the one that holds the lock writes; the writers of the others refuse commands, follow, and take
 * over when the lock is free. */
#ifndef JISHI_ENGINE_WRITER_H
#define JISHI_ENGINE_WRITER_H

#include "engine/engine.h"
#include "store/db/db_lock.h"

typedef struct writer writer;
enum { WRITER_BATCH_MAX = 256, WRITER_QUEUE_MAX = 4096, WRITER_TROUBLE_MS = 60000 };

/* A waiting command. The caller owns it and must keep it until `done` was called. */
typedef struct job {
  command command;
  arena *a;                    /* for the answer; the writer alone uses it meanwhile */
  void (*done)(struct job *j); /* on the writer's thread, after the commit; must be quick */
  void *context;
  bool ok; /* then `answer`, else `error` */
  answer answer;
  err error;
  struct job *next; /* the writer's */
} job;

/* The engine is the writer's alone from now on. `serving` NULL: of a command, which may write
 * beside a server. Otherwise the writer writes only while it holds that lock, and frees it at its
 * end, also when it cannot start. The environment variable JISHI_BATCH_MAX makes batches smaller
 * (benches). */
writer *writer_start(engine *eng, db_lock *serving, err *e);
/* False: another server writes now, or the database cannot be asked; *e says it. */
bool writer_may_write(writer *w, err *e);
/* False: the last thing it tried could not be written, or the database not be asked; *e says why.
 * So until something succeeds, or nothing was tried for WRITER_TROUBLE_MS. */
bool writer_ready(writer *w, err *e);
/* False: queue full or stopping (ERR_BUSY), or as writer_may_write; `done` will not be called. */
bool writer_submit(writer *w, job *j, err *e);
/* Submits and waits: for commands and tests. */
bool writer_apply(writer *w, const command *c, arena *a, answer *ret, err *e);
/* Waits until nothing is waiting or under way; `done` of all of them has been called. */
void writer_drain(writer *w);
/* Finishes what waits, stops the thread. */
void writer_stop(writer *w);

/* Called on the writer's thread when the journal has grown, by this writer or another program;
 * `seq` is its end. For the live feed; before the answers to the commands. */
void writer_on_growth(writer *w, void (*call)(void *context, int64_t seq), void *context);

/* Called on the writer's thread when it has begun to write in the place of another that wrote
 * before, and has taken in what that one wrote. Must be quick. */
void writer_on_takeover(writer *w, void (*call)(void *context), void *context);

typedef struct writer_counts {
  int64_t commands, refused, commits, failed_commits, waiting;
} writer_counts;
writer_counts writer_count(writer *w);

#endif
