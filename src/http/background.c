/* The queue of long work, and the threads that take it. */
#include "http/background.h"

#include "http/server_internal.h"

static const struct {
  int waiting_max, waiting_each, reserved;
  bool writes, needs_packs;
  label things;
} lanes[BACKGROUND_LANES] = {
    [BACKGROUND_FILE] = {128, 8, 0, true, true, {"文件", "files"}},
    [BACKGROUND_LIST] = {128, 8, 0, true, true, {"文件", "files"}},
    [BACKGROUND_PASSWORD] = {32, 24, 16, false, false, {"登录", "sign-ins"}},
    [BACKGROUND_ASK] = {32, 4, 0, false, true, {"查询", "questions"}},
    [BACKGROUND_TABLE] = {16, 2, 0, false, true, {"表格", "tables"}},
};

bool background_writes(background_lane lane) {
  return lanes[lane].writes;
}

/* ---- the queue, under the server's lock ---- */

static void append(background_queue *x, request *q) {
  q->next_done = NULL;
  if (x->last)
    x->last->next_done = q;
  else
    x->first = q;
  x->last = q;
}

static bool is_of(const request *q, const uuid *turn) {
  return uuid_equal(&q->turn, turn);
}

static bool runs(const background_queue *x, const uuid *turn) {
  for (int i = 0; i < BACKGROUND_RUNNING; i++)
    if (x->slots[i].busy && uuid_equal(&x->slots[i].turn, turn)) return true;
  return false;
}

/* -1: none is free. */
static int free_slot(const background_queue *x) {
  for (int i = 0; i < BACKGROUND_RUNNING; i++)
    if (!x->slots[i].busy) return i;
  return -1;
}

/* The first whose officer has nothing running gets the free slot; his others go behind everybody
 * else's. NULL: there is none. */
static request *take(background_queue *x, int slot) {
  background_queue others = {0}, own = {0};
  request *taken = NULL;
  for (request *q = x->first, *next; q; q = next) {
    next = q->next_done;
    if (!taken && !runs(x, &q->turn))
      taken = q;
    else
      append(taken && is_of(q, &taken->turn) ? &own : &others, q);
  }
  if (others.last) others.last->next_done = own.first;
  x->first = others.first ? others.first : own.first;
  x->last = own.last ? own.last : others.last;
  if (!taken) return NULL;
  x->waiting--;
  x->slots[slot].busy = true;
  x->slots[slot].turn = taken->turn;
  taken->slot = slot;
  return taken;
}

static int waiting_of(const background_queue *x, const uuid *turn) {
  int n = 0;
  for (const request *q = x->first; q; q = q->next_done) n += is_of(q, turn);
  return n;
}

/* ---- the threads ---- */

static void work(request *q) {
  server *v = q->loop->server;
  err e;
  db_mode mode = q->lane == BACKGROUND_ASK || q->lane == BACKGROUND_TABLE ? DB_READ : DB_WRITE;
  store *s = request_abandoned(q)
                 ? (request_say_abandoned(&e), NULL)
                 : store_open(v->config.location, mode, store_county(engine_store(v->g)), &e);
  bool ready = s && (!lanes[q->lane].needs_packs || store_use_packs(s, q->packs, false, &e));
  q->job.ok = ready && q->background(q, s, &e);
  if (!q->job.ok) q->job.error = e;
  store_close(s);
  request_finish(q);
}

static void *run_background(void *context) {
  request *q = context;
  server *v = q->loop->server;
  background_queue *x = &v->background[q->lane];
  const int slot = q->slot; /* the request is gone once it is done */
  while (q) {
    work(q);
    pthread_mutex_lock(&v->lock);
    x->slots[slot].busy = false;
    q = take(x, slot);
    if (!q) pthread_cond_broadcast(&v->calm);
    pthread_mutex_unlock(&v->lock);
  }
  return NULL;
}

/* Whoever is not busy has found nothing more to do, and leaves. */
static void join(background_queue *x, int slot) {
  if (x->slots[slot].started) pthread_join(x->slots[slot].thread, NULL);
  x->slots[slot].started = false;
}

/* Under the lock: what can run now is given to a thread. */
static bool begin(background_queue *x) {
  const int slot = free_slot(x);
  request *q = slot < 0 ? NULL : take(x, slot);
  if (!q) return true;
  join(x, slot);
  x->slots[slot].started = pthread_create(&x->slots[slot].thread, NULL, run_background, q) == 0;
  x->slots[slot].busy = x->slots[slot].started;
  return x->slots[slot].started;
}

static bool has_room(const background_queue *x, const request *q, err *e) {
  int reserved = q->served_first ? lanes[q->lane].reserved : 0;
  err_code code = lanes[q->lane].writes ? ERR_BUSY : ERR_TOO_MANY;
  if (waiting_of(x, &q->turn) >= lanes[q->lane].waiting_each)
    return err_set(e, code, NULL, "您已有 %d 个%s在等待处理，请等它们办完再来。",
                   "%d of your %s wait already; send more when they are done.",
                   lanes[q->lane].waiting_each, LABEL(lanes[q->lane].things));
  if (x->waiting >= lanes[q->lane].waiting_max + reserved)
    return err_set(e, code, NULL, "等待处理的%s太多，请过一会儿再试。",
                   "Too many %s wait to be worked on; try again soon.",
                   LABEL(lanes[q->lane].things));
  return true;
}

bool background_submit(request *q, err *e) {
  server *v = q->loop->server;
  background_queue *x = &v->background[q->lane];
  if (lanes[q->lane].writes && !writer_may_write(v->w, e)) return false; /* uploads are rows, too */
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
    if (x->slots[i].busy) return false;
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
    for (int i = 0; i < BACKGROUND_RUNNING; i++) join(x, i);
  }
  pthread_mutex_unlock(&v->lock);
}
