/* The dry run, and the taking in: commands go to the writer in a window, so that it can commit many
 * at once. */
#include "engine/roster.h"

#include <pthread.h>
#include <stdlib.h>

enum { WINDOW = 256 };

bool import_check(store *s, arena *a, const actor *who, const import_layout *layout,
                  const char *path, day today, text *out, err *e) {
  const pack *owner = NULL;
  catalog_import(store_packs(s), text_of(layout->name), &owner);
  roster r = {.s = s, .a = a, .who = who, .pack = owner, .layout = layout, .today = today};
  text whole = {NULL, 0};
  bool ok = owner && roster_read(&r, path, NULL, e);
  if (ok) whole = roster_report(&r, e);
  roster_release(&r);
  if (ok && whole.at) *out = whole;
  return ok && whole.at;
}

/* ---- taking in ---- */

typedef struct window {
  writer *w;
  pthread_mutex_t lock;
  pthread_cond_t all_back;
  struct {
    job j;
    arena *a;
  } slots[WINDOW];
  size_t used, out;
  err first_error;
  int64_t failed;
} window;

static void came_back(job *j) {
  window *x = j->context;
  pthread_mutex_lock(&x->lock);
  if (!j->ok && x->failed++ == 0) x->first_error = j->error;
  if (--x->out == 0) pthread_cond_signal(&x->all_back);
  pthread_mutex_unlock(&x->lock);
}

static void wait_all(window *x) {
  pthread_mutex_lock(&x->lock);
  while (x->out) pthread_cond_wait(&x->all_back, &x->lock);
  pthread_mutex_unlock(&x->lock);
  for (size_t i = 0; i < x->used; i++) arena_free(x->slots[i].a);
  x->used = 0;
}

static bool to_writer(roster *r, verb v, const uuid *id, buf *body, arena *row_arena, err *e) {
  (void)row_arena;
  window *x = r->sink_context;
  if (x->used == WINDOW) wait_all(x);
  arena *a = arena_new(0);
  json *tree = a ? json_parse(a, buf_view(body), e) : NULL;
  if (!tree) {
    arena_free(a);
    return a ? false : err_memory(e);
  }
  job *j = &x->slots[x->used].j;
  *j = (job){.command = {.verb = v, .id = *id, .who = *r->who, .via = r->id, .body = tree},
             .a = a,
             .done = came_back,
             .context = x};
  x->slots[x->used++].a = a;
  pthread_mutex_lock(&x->lock);
  x->out++;
  pthread_mutex_unlock(&x->lock);
  if (writer_submit(x->w, j, e)) return true;
  pthread_mutex_lock(&x->lock);
  x->out--;
  pthread_mutex_unlock(&x->lock);
  return false;
}

static bool announce(roster *r, writer *w, const char *file_name, err *e) {
  AUTO_BUF buf b = {0};
  json_out o = json_to(&b);
  json_open(&o, '{');
  json_key(&o, "file");
  json_put_str(&o, file_name);
  json_key(&o, "layout");
  json_put_str(&o, r->layout->name);
  json_close(&o, '}');
  json *body = buf_ok(&b) ? json_parse(r->a, buf_view(&b), e) : NULL;
  if (!body) return buf_ok(&b) ? false : err_memory(e);
  command c = {.verb = VERB_IMPORT, .id = r->id, .who = *r->who, .body = body};
  answer out;
  return writer_apply(w, &c, r->a, &out, e);
}

bool import_apply(writer *w, store *s, arena *a, const actor *who, const uuid *id,
                  const import_layout *layout, const char *file_name, const char *path, text *out,
                  void (*progress)(int64_t done, int64_t all), err *e) {
  const pack *owner = NULL;
  catalog_import(store_packs(s), text_of(layout->name), &owner);
  window *x = calloc(1, sizeof *x);
  if (!x || !owner) {
    free(x);
    return err_memory(e);
  }
  x->w = w;
  pthread_mutex_init(&x->lock, NULL);
  pthread_cond_init(&x->all_back, NULL);
  roster r = {.s = s,
              .a = a,
              .who = who,
              .pack = owner,
              .layout = layout,
              .today = day_today(),
              .id = *id,
              .sink = to_writer,
              .sink_context = x};
  text whole = {NULL, 0};
  bool ok = announce(&r, w, file_name, e) && roster_read(&r, path, progress, e);
  wait_all(x);
  if (ok && x->failed) {
    *e = x->first_error;
    ok = false;
  }
  if (ok) whole = roster_report(&r, e);
  roster_release(&r);
  pthread_cond_destroy(&x->all_back);
  pthread_mutex_destroy(&x->lock);
  free(x);
  if (ok && whole.at) *out = whole;
  return ok && whole.at;
}
