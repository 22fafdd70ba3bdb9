/* The dry run, and the taking in: commands go to the writer in a window, so that it can commit many
 * at once. */
#include "import/roster.h"

#include <pthread.h>
#include <stdlib.h>

/* Commands under way at most; sending goes on when half of them are done, so that reading the file
 * and writing overlap and batches stay large. */
enum { WINDOW = 512 };

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
  pthread_cond_t back;
  struct {
    job j;
    arena *a;
    int64_t row;
  } slots[WINDOW];    /* a ring: the writer answers in the order in which it was asked */
  size_t sent, freed; /* slots so far; this thread's */
  size_t out, wanted; /* not answered yet; how few of them are waited for. Under the lock */
  err first_error;
  int64_t failed;
  bool each_alone; /* a refused command is its row's fault, not the import's */
  struct refusal {
    int64_t row;
    err why;
  } * refusals;
  size_t refusal_count, refusal_room;
} window;

/* Under the lock. False: memory. */
static bool keep_refusal(window *x, const job *j) {
  if (x->refusal_count == x->refusal_room) {
    size_t room = x->refusal_room ? 2 * x->refusal_room : 64;
    struct refusal *more = realloc(x->refusals, room * sizeof *more);
    if (!more) return false;
    x->refusals = more;
    x->refusal_room = room;
  }
  size_t at = 0;
  while (at < WINDOW && &x->slots[at].j != j) at++;
  x->refusals[x->refusal_count++] = (struct refusal){at < WINDOW ? x->slots[at].row : 0, j->error};
  return true;
}

static void came_back(job *j) {
  window *x = j->context;
  pthread_mutex_lock(&x->lock);
  bool own = !j->ok && x->each_alone && j->error.code != ERR_STORE && j->error.code != ERR_MEMORY;
  if (own && !keep_refusal(x, j)) own = false;
  if (!j->ok && !own && x->failed++ == 0) x->first_error = j->error;
  if (--x->out <= x->wanted) pthread_cond_signal(&x->back);
  pthread_mutex_unlock(&x->lock);
}

/* Waits until at most `most` are not answered. */
static void wait_for(window *x, size_t most) {
  pthread_mutex_lock(&x->lock);
  x->wanted = most;
  while (x->out > most) pthread_cond_wait(&x->back, &x->lock);
  size_t out = x->out;
  pthread_mutex_unlock(&x->lock);
  for (; x->freed + out < x->sent; x->freed++) arena_free(x->slots[x->freed % WINDOW].a);
}

static bool to_writer(roster *r, verb v, const uuid *id, buf *body, arena *row_arena, err *e) {
  (void)row_arena;
  window *x = r->sink_context;
  if (x->sent - x->freed == WINDOW) wait_for(x, WINDOW / 2);
  arena *a = arena_new(0);
  json *tree = a ? json_parse(a, buf_view(body), e) : NULL;
  if (!tree) {
    arena_free(a);
    return a ? false : err_memory(e);
  }
  job *j = &x->slots[x->sent % WINDOW].j;
  *j = (job){.command = {.verb = v, .id = *id, .who = *r->who, .via = r->id, .body = tree},
             .a = a,
             .done = came_back,
             .context = x};
  x->slots[x->sent % WINDOW].row = r->row;
  x->slots[x->sent++ % WINDOW].a = a;
  pthread_mutex_lock(&x->lock);
  x->out++;
  pthread_mutex_unlock(&x->lock);
  if (writer_submit(x->w, j, e)) return true;
  pthread_mutex_lock(&x->lock);
  x->out--;
  pthread_mutex_unlock(&x->lock);
  arena_free(a);
  x->sent--;
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
  x->each_alone = layout->event >= 0;
  pthread_mutex_init(&x->lock, NULL);
  pthread_cond_init(&x->back, NULL);
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
  wait_for(x, 0);
  if (ok && x->failed) {
    *e = x->first_error;
    ok = false;
  }
  for (size_t i = 0; ok && i < x->refusal_count; i++) {
    roster_fault(&r, x->refusals[i].row, TEXT(""), TEXT(""), &x->refusals[i].why);
    r.good--;
    r.bad++;
    r.created--;
  }
  free(x->refusals);
  if (ok) whole = roster_report(&r, e);
  roster_release(&r);
  pthread_cond_destroy(&x->back);
  pthread_mutex_destroy(&x->lock);
  free(x);
  if (ok && whole.at) *out = whole;
  return ok && whole.at;
}
