/* One writer: take all that waits, apply, commit once, answer. */
#include "engine/writer.h"

#include "base/log.h"
#include "engine/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct writer {
  engine *eng;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t work; /* something waits, or stop */
  pthread_cond_t idle; /* nothing waits or is being applied */
  size_t busy;
  job *first, *last;
  size_t waiting;
  size_t batch_max; /* at most WRITER_BATCH_MAX */
  bool stopping;
  db_lock *serving;      /* NULL: writes without asking for a lock */
  bool writes;           /* under the lock */
  err refusal;           /* under the lock; when !writes */
  int64_t announced_seq; /* the thread's own */
  int64_t day_tried;     /* ms, the thread's own: when a day was last begun */
  void (*on_growth)(void *context, int64_t seq);
  void *growth_context;
  bool took_over; /* under the lock; not told yet */
  void (*on_takeover)(void *context);
  void *takeover_context;
  writer_counts counts; /* under the lock */
  err trouble;          /* under the lock; of the last thing that was tried */
  int64_t troubled_ms;  /* under the lock; 0: it succeeded */
};

enum { FOLLOW_SECONDS = 1, DAY_RETRY_MS = 30000 };

/* Takes up to WRITER_BATCH_MAX jobs; waits for the first, but no longer than
 * FOLLOW_SECONDS, after which others' writing is taken in. */
static size_t take_batch(writer *w, job **batch) {
  size_t n = 0;
  pthread_mutex_lock(&w->lock);
  if (!w->first && !w->stopping) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += FOLLOW_SECONDS;
    while (!w->first && !w->stopping)
      if (pthread_cond_timedwait(&w->work, &w->lock, &until) != 0) break;
  }
  while (w->first && n < w->batch_max) {
    batch[n++] = w->first;
    w->first = w->first->next;
  }
  if (!w->first) w->last = NULL;
  w->waiting -= n;
  w->busy = n;
  pthread_mutex_unlock(&w->lock);
  return n;
}

static bool is_fatal(const err *e) {
  return e->code == ERR_STORE || e->code == ERR_UNCERTAIN || e->code == ERR_MEMORY ||
         e->code == ERR_INTERNAL;
}

/* Applies jobs[0..n) in one transaction. False: nothing of it is there, and *e says why; *begun:
 * whether that may be the fault of one of them. */
static bool apply_batch(writer *w, job **jobs, size_t n, bool *ret_begun, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  *ret_begun = false;
  if (!a) return err_memory(e);
  if (!engine_begin(w->eng, e)) return false;
  *ret_begun = true;
  bool wrote = false, whole = true;
  for (size_t i = 0; whole && i < n; i++) {
    bool ticked = false;
    jobs[i]->ok = false;
    int64_t given = jobs[i]->command.at_ms, at = given ? given : now_ms();
    whole = (given || engine_clock_fits(w->eng, at, e)) && engine_tick(w->eng, at, a, &ticked, e);
    if (!whole) break;
    wrote |= ticked;
    jobs[i]->ok =
        engine_apply(w->eng, &jobs[i]->command, jobs[i]->a, &jobs[i]->answer, &jobs[i]->error);
    wrote |= jobs[i]->ok && !jobs[i]->answer.repeated;
    if (!jobs[i]->ok && is_fatal(&jobs[i]->error)) {
      *e = jobs[i]->error;
      whole = false;
    }
  }
  if (whole && wrote) return engine_commit(w->eng, e);
  engine_rollback(w->eng); /* a command may have failed after its entry was written */
  return whole;
}

static void job_fail(job *j, const err *e) {
  j->ok = false;
  j->error = *e;
}

/* The command that made a batch fail fails alone; its neighbours are tried again, each by itself.
 * So is a command of which only the answer to the commit was lost: its entry is found, and its
 * answer is that of the first try. `first` says why the batch failed, which a second try that
 * cannot even begin knows less about. */
static void one_by_one(writer *w, job **jobs, size_t n, const err *first) {
  for (size_t i = 0; i < n; i++) {
    bool begun, applied = jobs[i]->ok;
    answer before = jobs[i]->answer;
    err e;
    if (!apply_batch(w, &jobs[i], 1, &begun, &e)) {
      /* A second try that fails, too, makes the first no more certain. */
      bool uncertain = applied && first->code == ERR_UNCERTAIN && is_fatal(&e);
      job_fail(jobs[i], begun && !uncertain ? &e : first);
    }
    if (applied && jobs[i]->ok && jobs[i]->answer.repeated && jobs[i]->answer.seq == before.seq)
      jobs[i]->answer = before;
  }
}

/* Under the lock, so that a listener can be taken off safely; after what others wrote was taken in.
 */
static void announce_growth(writer *w) {
  if (w->took_over && w->on_takeover) {
    w->took_over = false;
    w->on_takeover(w->takeover_context);
  }
  int64_t seq = engine_seq(w->eng);
  if (seq == w->announced_seq) return;
  w->announced_seq = seq;
  if (w->on_growth) w->on_growth(w->growth_context, seq);
}

static void note_trouble(writer *w, const err *e) {
  pthread_mutex_lock(&w->lock);
  if (e) w->trouble = *e;
  w->troubled_ms = e ? now_ms() : 0;
  pthread_mutex_unlock(&w->lock);
}

bool writer_ready(writer *w, err *e) {
  pthread_mutex_lock(&w->lock);
  int64_t since = now_ms() - w->troubled_ms;
  bool ready = !w->troubled_ms || since < 0 || since > WRITER_TROUBLE_MS;
  if (!ready) *e = w->trouble;
  pthread_mutex_unlock(&w->lock);
  return ready;
}

static void begin_day(writer *w) {
  arena *a AUTO_ARENA = arena_new(0);
  bool ticked = false;
  err e;
  w->day_tried = now_ms();
  bool ok = a ? engine_begin(w->eng, &e) : err_memory(&e);
  if (ok && engine_clock_fits(w->eng, w->day_tried, &e) &&
      engine_tick(w->eng, w->day_tried, a, &ticked, &e)) {
    if (ticked)
      ok = engine_commit(w->eng, &e);
    else
      engine_rollback(w->eng);
  } else if (ok) {
    engine_rollback(w->eng);
    ok = false;
  }
  if (!ok) log_err(LOG_ERROR, "day_start_failed", &e);
  if (!ok || ticked) note_trouble(w, ok ? NULL : &e);
}

/* While no command waits: takes in what others have written, and begins the day. */
static void catch_up(writer *w, bool writes) {
  err e;
  if (!engine_follow(w->eng, &e)) { /* the next command is told why */
    note_trouble(w, &e);
    return;
  }
  bool due = writes && engine_day_due(w->eng);
  int64_t since = now_ms() - w->day_tried;
  if (due && (since < 0 || since > DAY_RETRY_MS)) begin_day(w);
  pthread_mutex_lock(&w->lock);
  announce_growth(w);
  pthread_mutex_unlock(&w->lock);
}

/* Asked before each batch: with a lost connection to the database server the lock is lost, too. */
static bool hold_serving_lock(writer *w, err *e) {
  bool writes = !w->serving || db_lock_hold(w->serving, e);
  pthread_mutex_lock(&w->lock);
  bool changed = writes != w->writes;
  w->writes = writes;
  w->took_over = writes && (changed || w->took_over);
  if (!writes) w->refusal = *e;
  pthread_mutex_unlock(&w->lock);
  if (changed && !writes) log_err(LOG_WARN, "writer_stopped", e);
  if (changed && w->serving)
    log_event(LOG_INFO, "writer_role", log_word("role", writes ? "writer" : "reader"));
  return writes;
}

static void answer_all(writer *w, job **batch, size_t n) {
  for (size_t i = 0; i < n; i++) batch[i]->done(batch[i]); /* the job is its owner's again */
  pthread_mutex_lock(&w->lock);
  w->busy = 0;
  if (!w->first) pthread_cond_broadcast(&w->idle);
  pthread_mutex_unlock(&w->lock);
}

static void serve_batch(writer *w, job **batch, size_t n) {
  bool begun, whole = false;
  err e;
  if (hold_serving_lock(w, &e)) {
    whole = apply_batch(w, batch, n, &begun, &e);
    note_trouble(w, whole ? NULL : &e);
    if (!whole && begun && (n > 1 || e.code == ERR_STORE || e.code == ERR_UNCERTAIN))
      one_by_one(w, batch, n, &e);
    else if (!whole)
      for (size_t i = 0; i < n; i++) job_fail(batch[i], &e);
  } else {
    for (size_t i = 0; i < n; i++) job_fail(batch[i], &e);
  }
  pthread_mutex_lock(&w->lock);
  w->counts.commits += whole;
  w->counts.failed_commits += !whole;
  for (size_t i = 0; i < n; i++) w->counts.commands++, w->counts.refused += !batch[i]->ok;
  announce_growth(w);
  pthread_mutex_unlock(&w->lock);
  answer_all(w, batch, n);
}

static void *writer_thread(void *context) {
  writer *w = context;
  job *batch[WRITER_BATCH_MAX];
  for (;;) {
    size_t n = take_batch(w, batch);
    if (n) {
      serve_batch(w, batch, n);
      continue;
    }
    pthread_mutex_lock(&w->lock);
    bool stop = w->stopping;
    pthread_mutex_unlock(&w->lock);
    if (stop) return NULL;
    err e;
    catch_up(w, hold_serving_lock(w, &e));
  }
}

writer *writer_start(engine *eng, db_lock *serving, err *e) {
  writer *w = calloc(1, sizeof *w);
  bool writes = w && (!serving || db_lock_hold(serving, &w->refusal));
  if (w && !writes && w->refusal.code != ERR_STANDBY) *e = w->refusal;
  if (!w) err_memory(e);
  if (!w || (!writes && w->refusal.code != ERR_STANDBY)) {
    db_lock_free(serving);
    free(w);
    return NULL;
  }
  w->eng = eng;
  w->serving = serving;
  w->writes = writes;
  w->announced_seq = engine_seq(eng);
  engine_batch_begin(eng);
  int64_t most = 0;
  const char *given = getenv("JISHI_BATCH_MAX"); /* for measuring what batches are worth */
  bool in_range =
      given && text_to_int(text_of(given), &most) && most > 0 && most < WRITER_BATCH_MAX;
  w->batch_max = in_range ? (size_t)most : WRITER_BATCH_MAX;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->work, &attributes);
  pthread_cond_init(&w->idle, NULL);
  pthread_condattr_destroy(&attributes);
  if (pthread_create(&w->thread, NULL, writer_thread, w) == 0) return w;
  pthread_cond_destroy(&w->work);
  pthread_cond_destroy(&w->idle);
  pthread_mutex_destroy(&w->lock);
  db_lock_free(serving);
  free(w);
  err_set(e, ERR_MEMORY, NULL, "无法启动写入线程，请关闭其他程序后再试。",
          "The writer thread could not be started; close other programs and try again.");
  return NULL;
}

bool writer_submit(writer *w, job *j, err *e) {
  j->next = NULL;
  pthread_mutex_lock(&w->lock);
  if (!w->writes) {
    if (e) *e = w->refusal;
    pthread_mutex_unlock(&w->lock);
    return false;
  }
  bool room = !w->stopping && w->waiting < WRITER_QUEUE_MAX;
  if (room) {
    if (w->last)
      w->last->next = j;
    else
      w->first = j;
    w->last = j;
    w->waiting++;
    pthread_cond_signal(&w->work);
  }
  pthread_mutex_unlock(&w->lock);
  if (room) return true;
  return err_set(e, ERR_BUSY, NULL, "现在太忙，请稍等几秒再试。",
                 "Busy now; try again in a few seconds.");
}

/* ---- waiting for one ---- */

typedef struct waiter {
  pthread_mutex_t lock;
  pthread_cond_t done;
  bool is_done;
} waiter;

static void waiter_wake(job *j) {
  waiter *x = j->context;
  pthread_mutex_lock(&x->lock);
  x->is_done = true;
  pthread_cond_signal(&x->done);
  pthread_mutex_unlock(&x->lock);
}

bool writer_apply(writer *w, const command *c, arena *a, answer *ret, err *e) {
  waiter x = {.is_done = false};
  pthread_mutex_init(&x.lock, NULL);
  pthread_cond_init(&x.done, NULL);
  job j = {.command = *c, .a = a, .done = waiter_wake, .context = &x};
  bool sent = writer_submit(w, &j, e);
  if (sent) {
    pthread_mutex_lock(&x.lock);
    while (!x.is_done) pthread_cond_wait(&x.done, &x.lock);
    pthread_mutex_unlock(&x.lock);
  }
  pthread_cond_destroy(&x.done);
  pthread_mutex_destroy(&x.lock);
  if (sent && j.ok) *ret = j.answer;
  if (sent && !j.ok && e) *e = j.error;
  return sent && j.ok;
}

void writer_drain(writer *w) {
  pthread_mutex_lock(&w->lock);
  while (w->first || w->busy) pthread_cond_wait(&w->idle, &w->lock);
  pthread_mutex_unlock(&w->lock);
}

void writer_stop(writer *w) {
  if (!w) return;
  pthread_mutex_lock(&w->lock);
  w->stopping = true;
  pthread_cond_signal(&w->work);
  pthread_mutex_unlock(&w->lock);
  pthread_join(w->thread, NULL);
  pthread_cond_destroy(&w->work);
  pthread_cond_destroy(&w->idle);
  pthread_mutex_destroy(&w->lock);
  db_lock_free(w->serving); /* all is committed: the next one may */
  free(w);
}

bool writer_may_write(writer *w, err *e) {
  pthread_mutex_lock(&w->lock);
  bool writes = w->writes;
  if (!writes && e) *e = w->refusal;
  pthread_mutex_unlock(&w->lock);
  return writes;
}

void writer_on_growth(writer *w, void (*call)(void *context, int64_t seq), void *context) {
  pthread_mutex_lock(&w->lock);
  w->on_growth = call;
  w->growth_context = context;
  pthread_mutex_unlock(&w->lock);
}

void writer_on_takeover(writer *w, void (*call)(void *context), void *context) {
  pthread_mutex_lock(&w->lock);
  w->on_takeover = call;
  w->takeover_context = context;
  pthread_mutex_unlock(&w->lock);
}

writer_counts writer_count(writer *w) {
  pthread_mutex_lock(&w->lock);
  writer_counts c = w->counts;
  c.waiting = (int64_t)w->waiting;
  pthread_mutex_unlock(&w->lock);
  return c;
}
