/* Rosters: upload and dry run, what is chosen, take in, take back, and the sheet with its faults.
 */
#include "http/handlers.h"

#include "base/json_map.h"
#include "http/form_body.h"
#include "http/import_runs.h"
#include "http/uploads.h"
#include "import/choices.h"
#include "import/import.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the background work needs, and gives. */
typedef struct import_task {
  upload u;
  const import_layout *layout;
  import_choices choices;
  bool is_new;
  bool remember;     /* the columns that were chosen, for the next file */
  bool all, english; /* of the sheet with its faults */
} import_task;

/* ---- answering ---- */

/* What the columns may be given to, while that is still to be chosen. */
static bool put_targets(request *q, json_out *w, const upload *u, err *e) {
  const found_name found = catalog_import(request_packs(q), text_of(u->layout));
  const import_layout *l = found.item;
  import_target *targets = NULL;
  size_t count = 0;
  if (!l || strcmp(u->state, "checked") != 0) return true;
  if (!import_targets(found.owner, l, q->a, &targets, &count, e)) return false;
  import_targets_put(w, targets, count);
  return true;
}

/* How far it is; of one that was broken off, how much of it is written. */
static bool put_progress(request *q, json_out *w, const upload *u, err *e) {
  int64_t done = 0, written = 0;
  if (strcmp(u->state, "running") != 0) return true;
  if (import_run_rows(&u->id, &done)) {
    json_field_int(w, "done", done);
    return true;
  }
  if (!store_entries_count_of_import(request_store(q), &u->id, &written, e)) return false;
  json_field_int(w, "written", written);
  return true;
}

static bool put_choices(request *q, json_out *w, const upload *u, err *e) {
  if (!u->choices.at) return true;
  const json *choices = json_parse(q->a, u->choices, e);
  if (!choices) return false;
  json_key(w, "choices");
  json_put(w, choices);
  return true;
}

static bool answer_upload(request *q, int status, const upload *u, err *e) {
  json_out w = request_answer(q, status);
  json_open(&w, '{');
  if (!upload_put(q, &w, u, e)) return false;
  if (u->taking_in.at)
    json_field_text(&w, "taking_in", u->taking_in);
  else
    json_field_str(&w, "taking_in", NULL);
  if (!put_choices(q, &w, u, e) || !put_progress(q, &w, u, e) || !put_targets(q, &w, u, e))
    return false;
  json_close(&w, '}');
  return true;
}

static bool after_task(request *q, err *e) {
  const import_task *t = q->data;
  upload_log(q, &t->u);
  return answer_upload(q, t->is_new ? 201 : 200, &t->u, e);
}

/* Of a list that was compared: who compared it, and with how many rows. */
static bool after_check(request *q, err *e) {
  const import_task *t = q->data;
  int64_t rows = 0, found = 0;
  if (!t->layout->compare) return after_task(q, e);
  const json *report = json_parse(q->a, t->u.report, e);
  if (!report) return false;
  if (json_has(report, "head_fault")) return after_task(q, e);
  json_int(report, "rows", &rows);
  json_int(json_get(report, "compared"), "found", &found);
  const uuid id = uuid_v7_now();
  const json *body = comparison_entry(q, &t->u, t->layout, "comparison", rows, found, e);
  return body && request_command(q, VERB_EXPORT, &id, body, 0, after_task);
}

/* ---- dry run ---- */

static bool stopping(void *context) {
  return request_stopping(context);
}

static void at_row(void *context, int64_t rows) {
  const import_task *t = ((request *)context)->data;
  import_run_at(&t->u.id, rows);
}

static bool read_choices(request *q, err *e) {
  import_task *t = q->data;
  const json *body = t->u.choices.at ? json_parse(q->a, t->u.choices, e) : NULL;
  return (body || !t->u.choices.at) && import_choices_read(q->a, body, &t->choices, e);
}

static import_file file_of(request *q, const char *path) {
  const import_task *t = q->data;
  return (import_file){.who = &q->who.actor,
                       .layout = t->layout,
                       .path = path,
                       .name = t->u.file,
                       .taking_in = t->u.taking_in.at,
                       .taking_in_on = t->u.taking_in_on,
                       .choices = &t->choices,
                       .sheet = t->choices.sheet.bytes ? t->choices.sheet.at : NULL,
                       .take_rest = t->choices.take_rest,
                       .take_moves = t->choices.take_moves,
                       .asks = true,
                       .progress = at_row,
                       .stopping = stopping,
                       .context = q};
}

static bool check_roster(request *q, store *s, err *e) {
  import_task *t = q->data;
  char path[64];
  if (!read_choices(q, e) || !param_temporary(t->u.body, path, e)) return false;
  const import_file file = file_of(q, path);
  bool ok = import_check(s, q->a, &file, request_today(), &t->u.report, e);
  param_temporary_done(path);
  return ok && upload_keep(s, &t->u, e);
}

/* ?taking_in=SOURCE &taking_in_on=DAY: a first taking-in, for those who may. */
static bool read_taking_in(request *q, import_task *t, const pack *p, err *e) {
  const text source = text_trim(query_text(q, "taking_in"));
  day until = DAY_NONE;
  t->u.taking_in = (text){NULL, 0};
  t->u.taking_in_on = DAY_NONE;
  if (!source.bytes) return true;
  if (!query_day(q, "taking_in_on", DAY_NONE, &t->u.taking_in_on, e) ||
      !store_set_up_get(request_store(q), &until, e))
    return false;
  if (until != DAY_NONE && !request_may(q, RIGHT_TAKE_IN, p, NULL))
    return err_set(e, ERR_DENIED, "taking_in",
                   "建县录入已经结束，首次录入要由有“首次录入”权限的人办理。",
                   "The county's set-up has ended; who takes in a register now needs the right "
                   "take_in.");
  if (text_points(source) > 200 || t->u.taking_in_on > request_today())
    return err_set(e, ERR_BAD_INPUT, "taking_in", "来源最多 200 字，名册的日期不晚于今天。",
                   "The source has at most 200 characters, and the register's day is not later "
                   "than today.");
  t->u.taking_in.at = arena_copy(q->a, source.at, source.bytes);
  t->u.taking_in.bytes = source.bytes;
  return t->u.taking_in.at || err_memory(e);
}

/* The file itself, or the file of a form, whose name counts where the address has none. */
static bool read_file(request *q, text *ret_body, const char **ret_name, err *e) {
  const char *type = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Content-Type");
  text name;
  if (!form_body_file(text_of(type ? type : ""), buf_view(&q->body), ret_body, &name, e))
    return false;
  *ret_name = query_str(q, "name");
  if (!*ret_name && name.bytes) {
    text cut = text_cut(name, 200);
    *ret_name = arena_copy(q->a, cut.at, cut.bytes);
  }
  return true;
}

bool handle_import_new(request *q, err *e) {
  const char *name = NULL;
  text body = TEXT("");
  const found_name found = catalog_import(request_packs(q), query_text(q, "layout"));
  const import_layout *l = found.item;
  if (found.several)
    return err_set(e, ERR_BAD_INPUT, "layout", "有几个业务包都有这种名册版式，请写成 业务包.版式。",
                   "Several packs have a layout of that name; write pack.layout.");
  if (!l)
    return err_set(e, ERR_UNKNOWN_NAME, "layout", "没有这种名册版式，请先选版式。",
                   "There is no such layout; choose one.");
  if (!request_may(q, RIGHT_IMPORT, found.owner, NULL))
    return rights_denied((label){"导入这种名册", "import this kind of roster"}, e);
  if (!read_file(q, &body, &name, e)) return false;
  if (body.bytes == 0)
    return err_set(e, ERR_BAD_FILE, "body", "没有收到文件。", "No file was received.");
  import_task *t = ARENA_NEW(q->a, import_task);
  const char *file = arena_text(q->a, name ? name : "名册");
  const char *layout = arena_printf(q->a, "%s.%s", found.owner->name, l->name);
  if (!t || !file || !layout) return err_memory(e);
  t->layout = l;
  t->is_new = true;
  t->u = (upload){.id = uuid_v7_now(),
                  .officer = q->who.actor.officer,
                  .layout = layout,
                  .file = file,
                  .state = "checked",
                  .body = body};
  q->data = t;
  return read_taking_in(q, t, found.owner, e) &&
         request_background(q, BACKGROUND_LIST, check_roster, after_check);
}

bool handle_import(request *q, err *e) {
  const upload *u = upload_of_address(q, false, false, e);
  return u && answer_upload(q, 200, u, e);
}

/* ---- taking in, taking back ---- */

static bool is_in_state(const upload *u, const char *const *states) {
  for (; *states; states++)
    if (strcmp(u->state, *states) == 0) return true;
  return false;
}

/* The upload of the address, into q->data; `states` (NULL-ended) says what it may be. */
static bool begin_task(request *q, const char *const *states, label what, err *e) {
  const upload *u = upload_of_address(q, false, true, e);
  if (!u) return false;
  if (!is_in_state(u, states)) return err_set(e, ERR_NOT_ALLOWED, "state", "%s", "%s", LABEL(what));
  import_task *t = ARENA_NEW(q->a, import_task);
  if (!t) return err_memory(e);
  *t = (import_task){.u = *u, .layout = catalog_import(request_packs(q), text_of(u->layout)).item};
  if (!t->layout)
    return err_set(e, ERR_UNKNOWN_NAME, "layout", "业务包里已没有这种名册版式，请重新上传。",
                   "The packs have no such layout any more; upload the roster again.");
  q->data = t;
  return true;
}

static const char *const fresh[] = {"checked", NULL},
                         *const takeable[] = {"checked", "running", NULL},
                         *const taken[] = {"applied", "running", NULL};

static bool dealt_with(err *e) {
  return err_set(e, ERR_NOT_ALLOWED, "state", "这份名册已经处理过了。",
                 "This roster was dealt with already.");
}

/* What was broken off before anything was written is as it was. */
static bool broken_off(import_task *t, store *s, err *e) {
  err why = *e, ignored;
  int64_t written = 0;
  if (store_entries_count_of_import(s, &t->u.id, &written, &ignored) && !written) {
    t->u.state = "checked";
    upload_keep(s, &t->u, &ignored);
  }
  *e = why;
  return false;
}

/* Two requests of one officer follow each other here; what the first has done is not done again. */
static bool still_takeable(request *q, store *s, err *e) {
  const import_task *t = q->data;
  upload *now = NULL;
  if (!store_upload_find(s, q->a, &t->u.id, false, &now, e)) return false;
  return (now && is_in_state(now, takeable)) || dealt_with(e);
}

static bool take_roster(request *q, store *s, err *e) {
  import_task *t = q->data;
  char path[64];
  if (!still_takeable(q, s, e) || !read_choices(q, e)) return false;
  if (!import_run_begin(&t->u.id))
    return err_set(e, ERR_BUSY, "state", "这份名册正在导入。", "This roster is being taken in.");
  t->u.state = "running"; /* so that a restart finds what was broken off */
  bool ok = upload_keep(s, &t->u, e) && param_temporary(t->u.body, path, e);
  if (ok) {
    const import_file file = file_of(q, path);
    ok = import_apply(request_writer(q), s, q->a, &file, &t->u.id, &t->u.report, e);
    param_temporary_done(path);
  }
  import_run_end(&t->u.id);
  if (!ok) return broken_off(t, s, e);
  t->u.state = "applied";
  return upload_keep(s, &t->u, e) ||
         upload_not_noted((label){"名册已经导入", "The roster is taken in"}, e);
}

bool handle_import_apply(request *q, err *e) {
  return begin_task(q, takeable,
                    (label){"这份名册已经处理过了。", "This roster was dealt with already."}, e) &&
         request_background(q, BACKGROUND_LIST, take_roster, after_task);
}

enum { KEPT_MAX = 500 };

static void put_kept_entry(json_out *w, const entry *x, const officer *by) {
  err ignored;
  arena *a AUTO_ARENA = arena_new(0);
  const json *body = a ? json_parse(a, x->body, &ignored) : NULL;
  json_open(w, '{');
  json_field_str(w, "verb", x->verb);
  json_field_text(w, "kind", body ? json_text(body, "kind") : TEXT(""));
  json_field_uuid(w, "root", &x->root);
  json_field_str(w, "officer_name", by ? by->name : "");
  json_field_instant(w, "at", x->at_ms);
  json_close(w, '}');
}

/* Into the report: what others wrote since about the same, and what therefore stays. */
static bool add_kept(request *q, store *s, err *e) {
  import_task *t = q->data;
  entry *all = NULL;
  size_t count = 0;
  AUTO_BUF buf b = {0};
  const json *report = json_parse(q->a, t->u.report, e);
  if (!report || !store_entries_since_import(s, q->a, &t->u.id, KEPT_MAX, &all, &count, e))
    return false;
  json_out w = json_to(&b);
  json_open(&w, '{');
  for (size_t i = 0; i < report->count; i++) {
    json_key_text(&w, report->keys[i]);
    json_put(&w, &report->items[i]);
  }
  json_field_open(&w, "kept", '[');
  for (size_t i = 0; i < count; i++) {
    if (strcmp(all[i].verb, "undo") == 0) continue;
    officer *by = NULL;
    if (!store_officer_find(s, q->a, &all[i].officer, &by, e)) return false;
    put_kept_entry(&w, &all[i], by);
  }
  json_close(&w, ']');
  json_close(&w, '}');
  const char *copy = buf_ok(&b) ? arena_copy(q->a, b.at, b.bytes) : NULL;
  if (!copy) return err_memory(e);
  t->u.report = (text){copy, b.bytes};
  return true;
}

static bool take_back(request *q, store *s, err *e) {
  import_task *t = q->data;
  int64_t rows;
  if (import_run_rows(&t->u.id, &rows))
    return err_set(e, ERR_BUSY, "state", "这份名册正在导入，导完再撤销。",
                   "This roster is being taken in; take it back afterwards.");
  char id[37], name[48];
  json *body = json_map_new(q->a);
  if (!json_set_uuid(q->a, body, "import", &t->u.id)) return err_memory(e);
  uuid_format(&t->u.id, id);
  snprintf(name, sizeof name, "undo/%s", id);
  command c = {.verb = VERB_UNDO,
               .id = uuid_derived(&t->u.id, text_of(name)),
               .who = q->who.actor,
               .body = body};
  answer out;
  if (!writer_apply(request_writer(q), &c, q->a, &out, e)) return false;
  t->u.state = "undone";
  return (add_kept(q, s, e) && upload_keep(s, &t->u, e)) ||
         upload_not_noted((label){"导入已经撤销", "The import is taken back"}, e);
}

bool handle_import_undo(request *q, err *e) {
  return begin_task(q, taken,
                    (label){"这份名册没有导入，不用撤销。",
                            "This roster is not taken in; there is nothing to take back."},
                    e) &&
         request_background(q, BACKGROUND_LIST, take_back, after_task);
}

/* ---- what is chosen ---- */

/* The headings that somebody chose for, with what they are now. */
static bool remember(request *q, const json *report, err *e) {
  const import_task *t = q->data;
  text print = json_text(report, "fingerprint");
  const json *map = t->choices.map;
  json *body = json_map_new(q->a);
  char name[160];
  const int n =
      snprintf(name, sizeof name, "mapping/%s/%.*s", t->u.layout, (int)print.bytes, print.at);
  static const uuid none = {{0}};
  const uuid id = uuid_derived(&none, (text){name, (size_t)n}), entry_id = uuid_v7_now();
  if (!json_set_uuid(q->a, body, "id", &id) ||
      !json_set_text(q->a, body, "layout", text_of(t->u.layout)) ||
      !json_set_text(q->a, body, "fingerprint", print) || !json_set(q->a, body, "map", map))
    return err_memory(e);
  return request_command(q, VERB_MAPPING, &entry_id, body, 0, after_check);
}

static bool after_choice(request *q, err *e) {
  const import_task *t = q->data;
  const json *report = t->remember ? json_parse(q->a, t->u.report, e) : NULL;
  if (t->remember && !report) return false;
  if (report && t->choices.map && t->choices.map->count && json_text(report, "fingerprint").bytes)
    return remember(q, report, e);
  return after_check(q, e);
}

bool handle_import_check(request *q, err *e) {
  const json *asked = param_body(q, e);
  AUTO_BUF buf b = {0};
  if (!asked ||
      !begin_task(q, fresh,
                  (label){"这份名册已经处理过了。", "This roster was dealt with already."}, e))
    return false;
  import_task *t = q->data;
  const json *choices = json_get(asked, "choices");
  if (!choices)
    return err_set(e, ERR_BAD_INPUT, "choices", "没有写选择的内容。", "Nothing is chosen.");
  if (!import_choices_read(q->a, choices, &t->choices, e)) return false;
  json_canonical(&b, choices);
  const char *kept = buf_ok(&b) ? arena_copy(q->a, b.at, b.bytes) : NULL;
  if (!kept) return err_memory(e);
  t->u.choices = (text){kept, b.bytes};
  t->remember = json_bool(asked, "remember");
  return request_background(q, BACKGROUND_LIST, check_roster, after_choice);
}

/* ---- the sheet with its faults ---- */

static bool write_faulty(request *q, store *s, err *e) {
  import_task *t = q->data;
  char from[64], to[64];
  struct stat at;
  if (!read_choices(q, e)) return false;
  q->file_fd = memfd_create("faults", MFD_CLOEXEC); /* closed with the request at the latest */
  if (q->file_fd < 0) return err_memory(e);
  snprintf(to, sizeof to, "/proc/self/fd/%d", q->file_fd);
  if (!param_temporary(t->u.body, from, e)) return false;
  const import_file file = file_of(q, from);
  bool ok = import_write_faulty(s, q->a, &file, request_today(),
                                &(faulty_file){to, t->all, t->english}, e);
  param_temporary_done(from);
  if (!ok) return false;
  if (fstat(q->file_fd, &at) != 0) return err_memory(e);
  q->file_bytes = at.st_size;
  return true;
}

static bool answer_faulty(request *q, err *e) {
  const int file = q->file_fd;
  q->file_fd = -1; /* an answer begun anew has no file */
  request_answer(q, 200);
  q->file_fd = file;
  q->file_name = "attachment; filename=\"faults.xlsx\"";
  q->content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  (void)e;
  return true;
}

bool handle_import_faults(request *q, err *e) {
  static const char *const any[] = {"checked", "running", "applied", NULL};
  if (!begin_task(
          q, any,
          (label){"这次导入已撤销，请重新上传。", "This import was taken back; upload it again."},
          e))
    return false;
  import_task *t = q->data;
  if (!t->u.body.bytes)
    return err_set(
        e, ERR_NOT_ALLOWED, "state", "原表已不再保存：没有问题的行，或者已过 %d 天。请重新上传。",
        "The file is not kept any more: nothing was wrong with it, or %d days have passed. "
        "Upload it again.",
        UPLOAD_DAYS);
  t->all = query_text(q, "all").bytes > 0;
  t->english = q->english;
  return request_background(q, BACKGROUND_LIST, write_faulty, answer_faulty);
}
