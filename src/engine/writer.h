/* writer.h — the county's one writer: a thread that takes all commands that wait, applies them in
 * order, commits once, and only then answers. The commit is the barrier: no answer leaves before
 * it.
 *
 * A command that is refused does not disturb its neighbours. When the batch cannot be committed,
 * each command is tried alone, so that only the guilty one fails. The writer also begins each new
 * day (tick). */
#ifndef JISHI_ENGINE_WRITER_H
#define JISHI_ENGINE_WRITER_H

#include "engine/engine.h"

typedef struct writer writer;
enum { WRITER_BATCH_MAX = 256, WRITER_QUEUE_MAX = 4096 };

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

/* A smaller batch than WRITER_BATCH_MAX can be asked for by the environment variable
 * JISHI_BATCH_MAX (benches). */
writer *writer_start(engine *eng, err *e); /* the engine is the writer's alone from now on */
/* False: queue full or stopping (ERR_BUSY); `done` will not be called. */
bool writer_submit(writer *w, job *j, err *e);
/* Submits and waits: for commands and tests. */
bool writer_apply(writer *w, const command *c, arena *a, answer *out, err *e);
/* Waits until nothing is waiting or under way; `done` of all of them has been called. */
void writer_drain(writer *w);
/* Finishes what waits, stops the thread. */
void writer_stop(writer *w);

/* Called after each commit, on the writer's thread, once an applied command, in order. For the live
 * feed. */
void writer_on_entry(writer *w, void (*tell)(void *context, const command *c, const answer *x),
                     void *context);

typedef struct writer_counts {
  int64_t commands, refused, commits, failed_commits, waiting;
} writer_counts;
writer_counts writer_count(writer *w);

#endif
