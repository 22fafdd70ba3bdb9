/* The pass over the file, the dry run, and the import itself. */
#include "base/json_build.h"
#include "base/json_map.h"
#include "import/roster.h"

#include <pthread.h>
#include <stdlib.h>

/* ---- the pass ---- */

static bool is_empty(const table_row *row) {
  for (size_t i = 0; i < row->count; i++)
    if (text_trim(row->cells[i].text).bytes) return false;
  return true;
}

/* False: the import cannot go on. */
static bool take_row(roster *r, const table_row *row, arena *a, err *e) {
  if (r->sink && r->file->stopping && r->file->stopping(r->file->context))
    return err_set(e, ERR_BUSY, NULL,
                   "服务要停了，名册导到一半。重新启动后请再导入一次，不会重复。",
                   "The service is stopping and the roster is half in. After the restart take it "
                   "in once more; nothing comes twice.");
  r->row_count++;
  r->row = row->number;
  if (r->file->choices && import_choices_refuses(r->file->choices, roster_sheet_of(r, row->number),
                                                 roster_row_in_sheet(row->number))) {
    r->set_aside++;
    return true;
  }
  row_result got = r->layout->compare      ? roster_compare(r, row, a, e)
                   : r->layout->event >= 0 ? roster_event(r, row, a, e)
                                           : roster_subject(r, row, a, e);
  r->accepted += got == ROW_OK;
  r->refused += got == ROW_REFUSED;
  if (r->file->progress && r->row_count % 100 == 0)
    r->file->progress(r->file->context, r->row_count);
  return arena_whole(a, got != ROW_ABORT, e);
}

bool roster_read(roster *r, err *e) {
  table_reader *t = roster_open(r, e);
  if (!t) return false;
  arena *a AUTO_ARENA = arena_new(0);
  table_row row;
  int got = 0;
  bool ok = (a || err_memory(e)) && (r->areas = area_book_new(r->s, r->a, e)) &&
            roster_begin_subjects(r, e) && roster_find_header(r, t, e);
  const bool reads = ok && !roster_is_to_choose(r);
  if (reads)
    ok = roster_collect_parent_fields(r, e) && roster_collect_last_rows(r, e) &&
         roster_begin_comparison(r, e) && roster_find_header(r, t, e);
  while (ok && reads && (got = roster_next(r, t, a, &row, e)) > 0)
    ok = is_empty(&row) || take_row(r, &row, a, e);
  table_close(t);
  return ok && got == 0;
}

bool roster_begin(roster *r, store *s, arena *a, const import_file *file, day today, err *e) {
  *r = (roster){.s = s, .a = a, .file = file, .who = file->who, .layout = file->layout};
  r->today = today;
  r->set_up_until = DAY_NONE;
  if (file->taking_in && !store_set_up_get(s, &r->set_up_until, e)) return false;
  r->pack = catalog_pack_of_import(store_packs(s), file->layout);
  if (r->pack)
    return (!r->layout->compare || roster_new_comparison(r, NULL, e)) &&
           table_source_open(file->path, &r->source, e);
  return err_set(e, ERR_UNKNOWN_NAME, "layout", "没有这种名册版式，请先选版式。",
                 "There is no such layout; choose one.");
}

bool import_check(store *s, arena *a, const import_file *file, day today, text *ret_report,
                  err *e) {
  roster r;
  bool ok = roster_begin(&r, s, a, file, today, e) && roster_read(&r, e) &&
            report_write(&r, ret_report, e);
  report_release(&r);
  return ok;
}

bool import_compare_rows(store *s, arena *a, const import_file *file, day today,
                         const compare_sink *sink, err *e) {
  roster r;
  bool ok = roster_begin(&r, s, a, file, today, e) && roster_new_comparison(&r, sink, e) &&
            roster_read(&r, e);
  report_release(&r);
  return ok;
}

/* ---- the import: commands go to the writer in a window, so that it commits many at once ---- */

/* Commands under way at most; sending goes on when half of them are done, so that reading the file
 * and writing overlap and batches stay large. */
enum { WINDOW = 512 };

typedef struct refusal {
  int64_t row;
  bool is_new;
  err why;
} refusal;

typedef struct window {
  writer *w;
  pthread_mutex_t lock;
  pthread_cond_t answered;
  struct {
    job j;
    arena *a;
    int64_t row;
  } slots[WINDOW];    /* a ring: the writer answers in the order in which it was asked */
  size_t sent, freed; /* slots so far; the reading thread's */
  size_t unanswered,
      enough; /* enough: how few may be left when the reader goes on. Under the lock */
  err first_error;
  int64_t failed;
  refusal *refusals;
  size_t refusal_count, refusal_room;
} window;

/* Under the lock. False: memory. */
static bool add_refusal(window *x, const job *j) {
  if (x->refusal_count == x->refusal_room) {
    size_t room = x->refusal_room ? 2 * x->refusal_room : 64;
    refusal *more = realloc(x->refusals, room * sizeof *more);
    if (!more) return false;
    x->refusals = more;
    x->refusal_room = room;
  }
  size_t at = 0;
  while (at < WINDOW && &x->slots[at].j != j) at++;
  x->refusals[x->refusal_count++] =
      (refusal){at < WINDOW ? x->slots[at].row : 0, j->command.verb != VERB_FACTS, j->error};
  return true;
}

/* Others are the import's: it cannot go on. */
static bool is_of_row(err_code code) {
  return code == ERR_BAD_INPUT || code == ERR_UNKNOWN_NAME || code == ERR_DENIED ||
         code == ERR_CONFLICT || code == ERR_STALE || code == ERR_NOT_ALLOWED;
}

static void on_done(job *j) {
  window *x = j->context;
  pthread_mutex_lock(&x->lock);
  bool own = !j->ok && is_of_row(j->error.code);
  if (own && !add_refusal(x, j)) own = false;
  if (!j->ok && !own && x->failed++ == 0) x->first_error = j->error;
  if (--x->unanswered <= x->enough) pthread_cond_signal(&x->answered);
  pthread_mutex_unlock(&x->lock);
}

/* Waits until at most `enough` are not answered. */
static void wait_for(window *x, size_t enough) {
  pthread_mutex_lock(&x->lock);
  x->enough = enough;
  while (x->unanswered > enough) pthread_cond_wait(&x->answered, &x->lock);
  size_t unanswered = x->unanswered;
  pthread_mutex_unlock(&x->lock);
  for (; x->freed + unanswered < x->sent; x->freed++) arena_free(x->slots[x->freed % WINDOW].a);
}

static void add_unanswered(window *x, size_t n) {
  pthread_mutex_lock(&x->lock);
  x->unanswered += n;
  pthread_mutex_unlock(&x->lock);
}

/* Nothing more is sent once a command has failed for another reason than its row. */
static bool may_send(window *x, err *e) {
  pthread_mutex_lock(&x->lock);
  bool failed = x->failed > 0;
  if (failed) *e = x->first_error;
  pthread_mutex_unlock(&x->lock);
  return !failed;
}

static bool to_writer(roster *r, verb v, const uuid *id, const json *body, err *e) {
  window *x = r->sink_context;
  if (!may_send(x, e)) return false;
  if (x->sent - x->freed == WINDOW) wait_for(x, WINDOW / 2);
  arena *a = arena_new(0);
  if (!a) return err_memory(e);
  json_builder copy = {.a = a};
  json_out out = json_to_tree(&copy);
  json_put(&out, body);
  const json *tree = json_built(&copy, e);
  if (!tree) {
    arena_free(a);
    return false;
  }
  job *j = &x->slots[x->sent % WINDOW].j;
  *j = (job){.command = {.verb = v, .id = *id, .who = *r->who, .import_id = r->id, .body = tree},
             .a = a,
             .done = on_done,
             .context = x};
  x->slots[x->sent % WINDOW].row = r->row;
  x->slots[x->sent % WINDOW].a = a;
  x->sent++;
  add_unanswered(x, 1);
  if (writer_submit(x->w, j, e)) return true;
  add_unanswered(x, (size_t)-1);
  x->sent--;
  arena_free(a);
  return false;
}

static bool announce(roster *r, writer *w, err *e) {
  json *body = json_map_new(r->a);
  if (!json_set_text(r->a, body, "file", text_of(r->file->name)) ||
      !json_set_text(r->a, body, "pack", text_of(r->pack->name)) ||
      !json_set_text(r->a, body, "layout", text_of(r->layout->name)))
    return err_memory(e);
  command c = {.verb = VERB_IMPORT, .id = r->id, .who = *r->who, .body = body};
  answer out;
  return writer_apply(w, &c, r->a, &out, e);
}

/* What the engine refused after the row had passed here. */
static void report_refusals(roster *r, const window *x) {
  for (size_t i = 0; i < x->refusal_count; i++) {
    const refusal *f = &x->refusals[i];
    r->row = f->row;
    report_told(r, &r->errors, f->row, TEXT(""), TEXT(""), "refused", &f->why);
    *(f->is_new ? &r->created : &r->changed) -= 1;
    if (i > 0 && f->row == x->refusals[i - 1].row) continue; /* parent and child of one row */
    r->accepted--;
    r->refused++;
  }
}

/* "Nothing was changed" would be wrong once rows are on their way. */
static void explain_interruption(err *e) {
  if (e->code == ERR_SIGN_IN)
    err_set(
        e, ERR_SIGN_IN, NULL,
        "导入人的账号已停用或岗位有变动，导入中断，部分行可能已经导入。请由有权的人撤销，或把这份"
        "名册再导入一次，不会重复。",
        "The account of who took the roster in was closed or changed; the import stopped and "
        "some rows may be in. Whoever may should take it back, or take the same roster in once "
        "more; nothing comes twice.");
  if (e->code != ERR_MEMORY && e->code != ERR_STORE && e->code != ERR_UNCERTAIN) return;
  err_set(e, e->code, NULL,
          "内存或磁盘不足，导入中断，部分行可能已经导入。请把这份名册再导入一次，不会重复。",
          "Memory or disk was too short; the import stopped and some rows may be in. Take the same "
          "roster in once more; nothing comes twice.");
}

bool import_apply(writer *w, store *s, arena *a, const import_file *file, const uuid *id,
                  text *ret_report, err *e) {
  roster r;
  if (!roster_begin(&r, s, a, file, day_today(), e)) return false;
  window *x = calloc(1, sizeof *x);
  if (!x) return report_release(&r), err_memory(e);
  x->w = w;
  pthread_mutex_init(&x->lock, NULL);
  pthread_cond_init(&x->answered, NULL);
  r.id = *id;
  r.sink = to_writer;
  r.sink_context = x;
  bool begun = announce(&r, w, e), ok = begun && roster_read(&r, e);
  wait_for(x, 0);
  if (ok && x->failed) {
    *e = x->first_error;
    ok = false;
  }
  if (ok) report_refusals(&r, x);
  ok = arena_whole(a, ok && report_write(&r, ret_report, e), e);
  if (begun && !ok) explain_interruption(e);
  report_release(&r);
  free(x->refusals);
  pthread_cond_destroy(&x->answered);
  pthread_mutex_destroy(&x->lock);
  free(x);
  return ok;
}
