/* Long work (a roster, an attachment) on a thread of its own. */
#include "http/server_internal.h"

static void *run_background(void *context) {
  request *q = context;
  server *v = q->loop->server;
  err e;
  store *s = store_open(v->config.location, DB_WRITE, store_county(engine_store(v->g)), &e);
  q->job.ok = s && store_use_packs(s, q->packs, false, &e) && q->background(q, s, &e);
  if (!q->job.ok) q->job.error = e;
  store_close(s);
  request_finish(q);
  pthread_mutex_lock(&v->lock);
  v->background--;
  pthread_cond_broadcast(&v->calm);
  pthread_mutex_unlock(&v->lock);
  return NULL;
}

bool background_start(request *q, err *e) {
  server *v = q->loop->server;
  if (!writer_may_write(v->w, e)) return false; /* uploads are rows, too */
  pthread_mutex_lock(&v->lock);
  bool room = v->background < BACKGROUND_MAX;
  pthread_t thread;
  room = room && pthread_create(&thread, NULL, run_background, q) == 0;
  if (room) {
    pthread_detach(thread);
    v->background++;
  }
  pthread_mutex_unlock(&v->lock);
  if (room) return true;
  return err_set(e, ERR_BUSY, NULL, "服务器正在处理别的文件，请稍后再试。",
                 "Other files are being worked on; try again soon.");
}

void background_wait(server *v) {
  pthread_mutex_lock(&v->lock);
  while (v->background) pthread_cond_wait(&v->calm, &v->lock);
  pthread_mutex_unlock(&v->lock);
}
