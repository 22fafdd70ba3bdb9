/* The queue of long work, and the threads that take it. */
#include "http/background.h"

#include "http/server_internal.h"

/* ---- the queue, under the server's lock ---- */

static void append(background_queue *x, request *q) {
  q->next_done = NULL;
  if (x->last)
    x->last->next_done = q;
  else
    x->first = q;
  x->last = q;
}

static bool is_of(const request *q, const uuid *officer) {
  return uuid_equal(&q->who.actor.officer, officer);
}

static bool runs(const background_queue *x, const uuid *officer) {
  for (int i = 0; i < BACKGROUND_RUNNING; i++)
    if (x->places[i].busy && uuid_equal(&x->places[i].officer, officer)) return true;
  return false;
}

/* -1: none is free. */
static int free_place(const background_queue *x) {
  for (int i = 0; i < BACKGROUND_RUNNING; i++)
    if (!x->places[i].busy) return i;
  return -1;
}

/* The first whose officer has nothing running gets a place; his others go behind everybody else's.
 * NULL: there is none, or no place. */
static request *take(background_queue *x) {
  background_queue others = {0}, own = {0};
  request *taken = NULL;
  int place = free_place(x);
  for (request *q = x->first, *next; q; q = next) {
    next = q->next_done;
    if (!taken && place >= 0 && !runs(x, &q->who.actor.officer))
      taken = q;
    else
      append(taken && is_of(q, &taken->who.actor.officer) ? &own : &others, q);
  }
  if (others.last) others.last->next_done = own.first;
  x->first = others.first ? others.first : own.first;
  x->last = own.last ? own.last : others.last;
  if (!taken) return NULL;
  x->waiting--;
  x->places[place].busy = true;
  x->places[place].officer = taken->who.actor.officer;
  taken->place = place;
  return taken;
}

static int waiting_of(const background_queue *x, const uuid *officer) {
  int n = 0;
  for (const request *q = x->first; q; q = q->next_done) n += is_of(q, officer);
  return n;
}

/* ---- the threads ---- */

static void work(request *q) {
  server *v = q->loop->server;
  err e;
  store *s = store_open(v->config.location, DB_WRITE, store_county(engine_store(v->g)), &e);
  q->job.ok = s && store_use_packs(s, q->packs, false, &e) && q->background(q, s, &e);
  if (!q->job.ok) q->job.error = e;
  store_close(s);
  request_finish(q);
}

static void *run_background(void *context) {
  request *q = context;
  server *v = q->loop->server;
  background_queue *x = &v->background[q->lane];
  while (q) {
    int place = q->place; /* the request is gone once it is done */
    work(q);
    pthread_mutex_lock(&v->lock);
    x->places[place].busy = false;
    q = take(x);
    if (!q) pthread_cond_broadcast(&v->calm);
    pthread_mutex_unlock(&v->lock);
  }
  return NULL;
}

/* Under the lock: what can run now is given to a thread. */
static bool begin(background_queue *x) {
  request *q = take(x);
  pthread_t thread;
  if (!q) return true;
  if (pthread_create(&thread, NULL, run_background, q) == 0) return pthread_detach(thread) == 0;
  x->places[q->place].busy = false;
  return false;
}

static bool has_room(const background_queue *x, const request *q, err *e) {
  if (waiting_of(x, &q->who.actor.officer) >= BACKGROUND_WAITING_EACH)
    return err_set(e, ERR_BUSY, NULL, "您已有 %d 个文件在等待处理，请等它们办完再传。",
                   "%d of your files wait already; send more when they are done.",
                   BACKGROUND_WAITING_EACH);
  if (x->waiting >= BACKGROUND_WAITING_MAX)
    return err_set(e, ERR_BUSY, NULL, "等待处理的文件太多，请过几分钟再试。",
                   "Too many files wait to be worked on; try again in a few minutes.");
  return true;
}

bool background_submit(request *q, err *e) {
  server *v = q->loop->server;
  background_queue *x = &v->background[q->lane];
  if (!writer_may_write(v->w, e)) return false; /* uploads are rows, too */
  pthread_mutex_lock(&v->lock);
  bool ok = has_room(x, q, e);
  if (ok) {
    append(x, q);
    x->waiting++;
    /* All who could run do, so it is this one that is begun, or nobody. */
    ok = begin(x) || err_memory(e);
  }
  pthread_mutex_unlock(&v->lock);
  return ok;
}

/* ---- the end ---- */

static bool is_calm(const background_queue *x) {
  for (int i = 0; i < BACKGROUND_RUNNING; i++)
    if (x->places[i].busy) return false;
  return true;
}

void background_stop(server *v) {
  pthread_mutex_lock(&v->lock);
  for (int lane = 0; lane < BACKGROUND_LANES; lane++) {
    background_queue *x = &v->background[lane];
    request *q = x->first;
    x->first = x->last = NULL;
    x->waiting = 0;
    for (request *next; q; q = next) {
      next = q->next_done;
      q->job.ok = false;
      err_set(&q->job.error, ERR_BUSY, NULL, "服务正在停止，请稍后再试。",
              "The service is stopping; try again soon.");
      request_finish(q);
    }
    while (!is_calm(x)) pthread_cond_wait(&v->calm, &v->lock);
  }
  pthread_mutex_unlock(&v->lock);
}
