/* Screens behind the server: a follower, a few askers, and the queue between them and the loops. */
#include "http/screens.h"

#include "base/log.h"
#include "http/server_internal.h"

#include <stdlib.h>
#include <time.h>

typedef enum phase { LOADING, READY, FAILED } phase;

struct screens {
  const char *location;
  const engine *g;
  pthread_rwlock_t in_use; /* read: a screen is being asked; write: newer packs' screens come */
  const catalog *packs;
  screen *of[CATALOG_MAX]; /* beside its packs */
  pthread_t follower, askers[SCREENS_ASKERS];
  int asker_count;
  int asker_number; /* under the lock: how many have begun */
  bool following;
  pthread_mutex_t lock;
  pthread_cond_t changed, asked; /* the follower waits for the first, askers for the second */
  /* under the lock */
  phase phase;
  err why;                      /* FAILED, or why the screens of `tried` could not be loaded */
  const catalog *shown, *tried; /* whose screens there are; whose were tried last */
  bool poked, hurried, stopping;
  request *first, *last;
  int waiting;
  uuid asking[SCREENS_ASKERS]; /* whose question each has; nil: none */
  pthread_mutex_t journal;     /* one follows at a time, with this connection */
  store *reader;
};

static store *screens_open_reader(const screens *s, const catalog *packs, err *e) {
  store *r = store_open(s->location, DB_READ, store_county(engine_store((engine *)s->g)), e);
  if (r && store_use_packs(r, packs, false, e)) return r;
  store_close(r);
  return NULL;
}

/* ---- following ---- */

static void screens_drop(screen **of, store *reader) {
  for (size_t i = 0; i < CATALOG_MAX; i++) screen_free(of[i]);
  store_close(reader);
}

/* Screens of the packs as they are now, in the place of those of older ones. */
static bool screens_load(screens *s, err *e) {
  const catalog *packs = engine_packs(s->g);
  screen *fresh[CATALOG_MAX] = {NULL}, *old[CATALOG_MAX];
  store *reader = screens_open_reader(s, packs, e);
  bool ok = reader != NULL;
  for (size_t i = 0; ok && i < packs->count; i++) {
    fresh[i] = screen_new(packs->packs[i], engine_calendar(s->g), e);
    ok = fresh[i] && screen_load(fresh[i], reader, NULL, e);
  }
  if (!ok) {
    screens_drop(fresh, reader);
    return false;
  }
  pthread_rwlock_wrlock(&s->in_use);
  store *old_reader = s->reader;
  memcpy(old, s->of, sizeof old);
  memcpy(s->of, fresh, sizeof fresh);
  s->reader = reader;
  s->packs = packs;
  pthread_rwlock_unlock(&s->in_use);
  screens_drop(old, old_reader);
  return true;
}

/* Up to `seq` at least. */
static bool screens_follow(screens *s, screen *one, int64_t seq, err *e) {
  if (screen_seq(one) >= seq) return true;
  pthread_mutex_lock(&s->journal);
  bool ok = screen_seq(one) >= seq || screen_follow(one, s->reader, e);
  pthread_mutex_unlock(&s->journal);
  return ok;
}

static void screens_wait_ms(screens *s, int ms) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += ms / 1000;
  until.tv_nsec += (long)(ms % 1000) * 1000000;
  if (until.tv_nsec >= 1000000000) {
    until.tv_sec++;
    until.tv_nsec -= 1000000000;
  }
  while (!s->stopping && !s->hurried &&
         pthread_cond_timedwait(&s->changed, &s->lock, &until) == 0) {
  }
}

/* Under the lock. */
static void screens_loaded(screens *s, bool ok, const catalog *tried, const err *why) {
  s->tried = tried;
  s->shown = s->packs;
  if (!ok) s->why = *why;
  pthread_cond_broadcast(&s->asked);
}

/* Under the lock, but not while it loads. */
static void screens_begin(screens *s) {
  err e;
  pthread_mutex_unlock(&s->lock);
  const catalog *now = engine_packs(s->g);
  bool ok = screens_load(s, &e);
  if (!ok) log_err(LOG_ERROR, "screen_load_failed", &e);
  pthread_mutex_lock(&s->lock);
  s->phase = ok ? READY : FAILED;
  screens_loaded(s, ok, now, &e);
}

static void screens_go_on(screens *s) {
  err e;
  s->poked = s->hurried = false;
  pthread_mutex_unlock(&s->lock);
  const catalog *now = engine_packs(s->g);
  if (now != s->packs) {
    bool ok = screens_load(s, &e);
    if (!ok) log_err(LOG_ERROR, "screen_load_failed", &e);
    pthread_mutex_lock(&s->lock);
    screens_loaded(s, ok, now, &e);
    pthread_mutex_unlock(&s->lock);
  }
  for (size_t i = 0; i < s->packs->count; i++)
    if (!screens_follow(s, s->of[i], INT64_MAX, &e)) log_err(LOG_ERROR, "screen_follow_failed", &e);
  pthread_mutex_lock(&s->lock);
  screens_wait_ms(s, SCREENS_FOLLOW_MS);
}

static void *run_follower(void *context) {
  screens *s = context;
  pthread_mutex_lock(&s->lock);
  while (!s->stopping) {
    if (s->phase == LOADING)
      screens_begin(s);
    else if (s->phase == READY && s->poked)
      screens_go_on(s);
    else
      pthread_cond_wait(&s->changed, &s->lock);
  }
  pthread_mutex_unlock(&s->lock);
  return NULL;
}

void screens_poke(screens *s) {
  pthread_mutex_lock(&s->lock);
  if (!s->poked) {
    s->poked = true;
    pthread_cond_signal(&s->changed);
  }
  pthread_mutex_unlock(&s->lock);
}

/* ---- asking ---- */

static bool is_asking(const screens *s, const uuid *officer) {
  for (int i = 0; i < SCREENS_ASKERS; i++)
    if (uuid_equal(&s->asking[i], officer)) return true;
  return false;
}

/* The first of whose officer nothing is under way; else the first. */
static request *screens_take(screens *s) {
  request *before = NULL, *q = s->first;
  while (q && is_asking(s, &q->turn)) {
    before = q;
    q = q->next_done;
  }
  if (!q) {
    before = NULL;
    q = s->first;
  }
  if (!q) return NULL;
  if (before)
    before->next_done = q->next_done;
  else
    s->first = q->next_done;
  if (s->last == q) s->last = before;
  s->waiting--;
  return q;
}

static int waiting_of(const screens *s, const uuid *officer) {
  int n = 0;
  for (const request *q = s->first; q; q = q->next_done) n += uuid_equal(&q->turn, officer);
  return n;
}

static screen *screen_of(const screens *s, const pack *p) {
  for (size_t i = 0; i < s->packs->count; i++)
    if (s->packs->packs[i] == p) return s->of[i];
  return NULL;
}

/* Packs that are newer than the screens: theirs are on the way, and a question of those packs waits
 * for them; meanwhile the old ones go on answering. False: they did not come. */
static bool screens_await(screens *s, err *e) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += SCREENS_LOAD_SECONDS;
  pthread_mutex_lock(&s->lock);
  s->tried = NULL; /* once more, whatever came of it before */
  bool in_time = true;
  while (in_time && !s->stopping && s->shown != engine_packs(s->g) &&
         s->tried != engine_packs(s->g)) {
    s->poked = s->hurried = true;
    pthread_cond_signal(&s->changed);
    in_time = pthread_cond_timedwait(&s->asked, &s->lock, &until) == 0;
  }
  bool there = s->shown == engine_packs(s->g);
  if (!there && s->tried == engine_packs(s->g))
    *e = s->why;
  else if (!there)
    err_set(e, ERR_BUSY, NULL, "业务包刚刚更新，还在重新载入，请稍后再试。",
            "The pack has just been replaced and is still being loaded; try again later.");
  pthread_mutex_unlock(&s->lock);
  return there;
}

static bool screens_know(screens *s, const pack *p) {
  pthread_rwlock_rdlock(&s->in_use);
  bool known = screen_of(s, p) != NULL;
  pthread_rwlock_unlock(&s->in_use);
  return known;
}

static bool screens_ask_in(screens *s, request *q, store **reader, err *e) {
  screen *one = screen_of(s, q->screen_pack);
  q->ask_anew = !one; /* its pack has been replaced: the question is read again by the new one */
  if (!one) return false;
  if (!*reader && !(*reader = screens_open_reader(s, s->packs, e))) return false;
  if (store_packs(*reader) != s->packs && !store_use_packs(*reader, s->packs, false, e))
    return false;
  if (!screens_follow(s, one, q->screen_seq, e)) return false;
  if (!db_begin_read(store_db(*reader), e)) return false;
  bool ok = q->screening(q, one, *reader, e);
  db_end_read(store_db(*reader));
  return ok;
}

static bool screens_ask(screens *s, request *q, store **reader, err *e) {
  if (!screens_know(s, q->screen_pack) && !screens_await(s, e)) return false;
  pthread_rwlock_rdlock(&s->in_use);
  bool ok = screens_ask_in(s, q, reader, e);
  pthread_rwlock_unlock(&s->in_use);
  return ok;
}

bool screens_ask_here(screens *s, request *q, store **reader, err *e) {
  pthread_mutex_lock(&s->lock);
  while (s->phase == LOADING && !s->stopping) pthread_cond_wait(&s->asked, &s->lock);
  const bool ready = s->phase == READY && !s->stopping;
  if (!ready) *e = s->why;
  if (!ready && s->stopping)
    err_set(e, ERR_BUSY, NULL, "服务正在停止，请稍后再试。",
            "The service is stopping; try again soon.");
  pthread_mutex_unlock(&s->lock);
  if (!ready) return false;
  bool ok = screens_ask(s, q, reader, e);
  if (!ok && q->ask_anew)
    err_set(e, ERR_BUSY, NULL, "业务包刚刚更新，请再试一次。",
            "The pack has just been replaced; try once more.");
  q->ask_anew = false;
  return ok;
}

static void *run_asker(void *context) {
  screens *s = context;
  store *reader = NULL; /* opened with the first question */
  pthread_mutex_lock(&s->lock);
  const int own = s->asker_number++;
  while (!s->stopping) {
    request *q = s->phase == LOADING ? NULL : screens_take(s);
    if (!q) {
      pthread_cond_wait(&s->asked, &s->lock);
      continue;
    }
    bool ready = s->phase == READY;
    if (!ready) q->job.error = s->why;
    s->asking[own] = q->turn;
    pthread_mutex_unlock(&s->lock);
    err e;
    q->job.ok = ready && (!request_abandoned(q) || request_say_abandoned(&e)) &&
                screens_ask(s, q, &reader, &e);
    if (ready && !q->job.ok && !q->ask_anew) q->job.error = e;
    request_finish(q);
    pthread_mutex_lock(&s->lock);
    s->asking[own] = (uuid){{0}};
  }
  pthread_mutex_unlock(&s->lock);
  store_close(reader);
  return NULL;
}

bool screens_submit(screens *s, request *q, err *e) {
  q->turn = q->who.actor.officer;
  pthread_mutex_lock(&s->lock);
  const bool his = waiting_of(s, &q->turn) < SCREENS_QUEUE_EACH;
  bool room = s->waiting < SCREENS_QUEUE_MAX && !s->stopping && his;
  if (room) {
    q->next_done = NULL;
    if (s->last)
      s->last->next_done = q;
    else
      s->first = q;
    s->last = q;
    s->waiting++;
    if (s->phase == FAILED) { /* why may have passed; this question waits for the next try */
      s->phase = LOADING;
      pthread_cond_signal(&s->changed);
    }
    pthread_cond_signal(&s->asked);
  }
  pthread_mutex_unlock(&s->lock);
  if (room) return true;
  if (!his)
    return err_set(e, ERR_TOO_MANY, NULL, "您已有 %d 个推演在等待，请等它们办完再来。",
                   "%d of your what-if questions wait already; ask when they are answered.",
                   SCREENS_QUEUE_EACH);
  return err_set(e, ERR_BUSY, NULL, "正在推演的人太多，请稍后再试。",
                 "Too many are asking what-if questions; try again soon.");
}

/* ---- start and stop ---- */

screens *screens_start(const char *location, const engine *g, err *e) {
  screens *s = calloc(1, sizeof *s);
  if (!s) {
    err_memory(e);
    return NULL;
  }
  s->location = location;
  s->g = g;
  pthread_mutex_init(&s->lock, NULL);
  pthread_mutex_init(&s->journal, NULL);
  pthread_rwlock_init(&s->in_use, NULL);
  pthread_cond_init(&s->changed, NULL);
  pthread_cond_init(&s->asked, NULL);
  s->following = pthread_create(&s->follower, NULL, run_follower, s) == 0;
  while (s->following && s->asker_count < SCREENS_ASKERS &&
         pthread_create(&s->askers[s->asker_count], NULL, run_asker, s) == 0)
    s->asker_count++;
  if (s->asker_count) return s;
  screens_stop(s);
  err_set(e, ERR_INTERNAL, NULL, "推演服务启动不了。", "The screening threads cannot be started.");
  return NULL;
}

void screens_stop(screens *s) {
  if (!s) return;
  pthread_mutex_lock(&s->lock);
  s->stopping = true;
  pthread_cond_broadcast(&s->changed);
  pthread_cond_broadcast(&s->asked);
  pthread_mutex_unlock(&s->lock);
  for (int i = 0; i < s->asker_count; i++) pthread_join(s->askers[i], NULL);
  if (s->following) pthread_join(s->follower, NULL);
  for (request *q = screens_take(s); q; q = screens_take(s)) {
    q->job.ok = false;
    err_set(&q->job.error, ERR_BUSY, NULL, "服务正在停止，请稍后再试。",
            "The service is stopping; try again soon.");
    request_finish(q);
  }
  screens_drop(s->of, s->reader);
  pthread_cond_destroy(&s->asked);
  pthread_cond_destroy(&s->changed);
  pthread_mutex_destroy(&s->journal);
  pthread_rwlock_destroy(&s->in_use);
  pthread_mutex_destroy(&s->lock);
  free(s);
}
