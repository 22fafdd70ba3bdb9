/* Backups by the clock. */
#include "backup/schedule.h"

#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

struct schedule {
  schedule_config config;
  char *location, *to, *passphrase; /* owned */
  int64_t started_ms;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t told;
  atomic_bool stop;
  schedule_state state; /* under the lock */
  bool is_known;        /* the folder was there: gone, it is not made again */
  int64_t whole_ms;     /* when the next whole one is due */
};

/* The next time that the clock shows it. */
static int64_t next_whole(const schedule *s) {
  int64_t now = now_ms(), due = day_start_ms(day_of_ms(now)) + (int64_t)s->config.whole_at * 1000;
  return due > now ? due : due + 86400000;
}

static void note(schedule *s, bool ok, const backup_done *done, int64_t begun_ms, const err *why) {
  pthread_mutex_lock(&s->lock);
  s->state.failed = !ok;
  if (ok) {
    s->state.good_ms = begun_ms;
    s->state.good_seq = done->head.head.seq;
    if (done->checked_ms) s->state.checked_ms = done->checked_ms;
  }
  if (!ok) s->state.why = *why;
  pthread_mutex_unlock(&s->lock);
}

/* Whether it went well. */
static bool make_one(schedule *s) {
  backup_done done;
  err e;
  int64_t begun = now_ms();
  bool whole = begun >= s->whole_ms;
  backup_request q = {.location = s->location,
                      .to = s->to,
                      .passphrase = s->passphrase,
                      .whole = whole,
                      .must_exist = s->is_known,
                      .check = true,
                      .keep = s->config.keep,
                      .stop = &s->stop};
  bool ok = backup_make(&q, &done, &e);
  if (atomic_load(&s->stop)) return true;
  s->is_known |= ok;
  if (ok && done.check_failed) {
    ok = false;
    e = done.why_not;
  }
  if (whole || (ok && done.whole)) s->whole_ms = next_whole(s);
  note(s, ok, &done, begun, &e);
  if (!ok)
    log_err(LOG_ERROR, "backup_failed", &e);
  else if (done.part[0])
    log_event(LOG_INFO, "backup_made", log_word("part", done.part),
              log_int("entries", done.entries), log_int("bytes", done.bytes),
              log_bool("checked", done.checked_ms != 0));
  return ok;
}

static void wait_seconds(schedule *s, int64_t seconds) {
  struct timespec until;
  int64_t left = (s->whole_ms - now_ms()) / 1000 + 1;
  if (left < seconds) seconds = left > 1 ? left : 1;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += seconds;
  pthread_mutex_lock(&s->lock);
  while (!atomic_load(&s->stop))
    if (pthread_cond_timedwait(&s->told, &s->lock, &until) == ETIMEDOUT) break;
  pthread_mutex_unlock(&s->lock);
}

static void *work(void *context) {
  schedule *s = context;
  setpriority(PRIO_PROCESS, 0, 10); /* of this thread: people come first */
  while (!atomic_load(&s->stop))
    wait_seconds(s, make_one(s) ? SCHEDULE_EVERY_SECONDS : SCHEDULE_AGAIN_SECONDS);
  return NULL;
}

static void release(schedule *s) {
  if (s->passphrase) sodium_memzero(s->passphrase, strlen(s->passphrase));
  free(s->location);
  free(s->to);
  free(s->passphrase);
  free(s);
}

schedule *schedule_start(const schedule_config *c, err *e) {
  schedule *s = calloc(1, sizeof *s);
  if (!s) {
    err_memory(e);
    return NULL;
  }
  s->config = *c;
  s->location = strdup(c->location);
  s->to = strdup(c->to);
  s->passphrase = c->passphrase ? strdup(c->passphrase) : NULL;
  s->started_ms = now_ms();
  s->whole_ms = next_whole(s);
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->told, NULL);
  if (s->location && s->to && (s->passphrase || !c->passphrase) &&
      pthread_create(&s->thread, NULL, work, s) == 0)
    return s;
  release(s);
  err_memory(e);
  return NULL;
}

void schedule_stop(schedule *s) {
  if (!s) return;
  pthread_mutex_lock(&s->lock);
  atomic_store(&s->stop, true);
  pthread_cond_broadcast(&s->told);
  pthread_mutex_unlock(&s->lock);
  pthread_join(s->thread, NULL);
  pthread_cond_destroy(&s->told);
  pthread_mutex_destroy(&s->lock);
  release(s);
}

void schedule_look(schedule *s, schedule_state *ret) {
  pthread_mutex_lock(&s->lock);
  *ret = s->state;
  pthread_mutex_unlock(&s->lock);
  int64_t since = ret->good_ms ? ret->good_ms : s->started_ms;
  ret->late = ret->failed || now_ms() - since > (int64_t)SCHEDULE_LATE_SECONDS * 1000;
}
