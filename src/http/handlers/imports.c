/* Rosters: upload and dry run, take in, take back; and the list of all imports. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "http/uploads.h"
#include "import/import.h"

#include <stdio.h>
#include <unistd.h>

/* What the background work needs, and gives. */
typedef struct import_task {
  upload u;
  const import_layout *layout;
} import_task;

/* ---- answering ---- */

static bool answer_upload(request *q, int status, const upload *u, err *e) {
  json_out w = request_answer(q, status);
  json_open(&w, '{');
  if (!upload_put(q, &w, u, e)) return false;
  if (u->taking_in.at)
    json_field_text(&w, "taking_in", u->taking_in);
  else
    json_field_str(&w, "taking_in", NULL);
  json_close(&w, '}');
  return true;
}

static bool after_task(request *q, err *e) {
  const import_task *t = q->data;
  upload_log(q, &t->u);
  bool fresh = strcmp(t->u.state, "checked") == 0;
  return answer_upload(q, fresh ? 201 : 200, &t->u, e);
}

/* ---- dry run ---- */

static bool stopping(void *context) {
  return request_stopping(context);
}

static import_file file_of(request *q, const char *path) {
  const import_task *t = q->data;
  return (import_file){.who = &q->who.actor,
                       .layout = t->layout,
                       .path = path,
                       .name = t->u.file,
                       .taking_in = t->u.taking_in.at,
                       .taking_in_on = t->u.taking_in_on,
                       .stopping = stopping,
                       .context = q};
}

static bool check_roster(request *q, store *s, err *e) {
  import_task *t = q->data;
  char path[64];
  if (!param_temporary(t->u.body, path, e)) return false;
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

bool handle_import_new(request *q, err *e) {
  const char *name = query_str(q, "name");
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
  if (q->body.bytes == 0)
    return err_set(e, ERR_BAD_FILE, "body", "没有收到文件。", "No file was received.");
  import_task *t = ARENA_NEW(q->a, import_task);
  const char *file = arena_text(q->a, name ? name : "名册");
  const char *layout = arena_printf(q->a, "%s.%s", found.owner->name, l->name);
  if (!t || !file || !layout) return err_memory(e);
  t->layout = l;
  t->u = (upload){.id = uuid_v7_now(),
                  .officer = q->who.actor.officer,
                  .layout = layout,
                  .file = file,
                  .state = "checked",
                  .body = buf_view(&q->body)};
  q->data = t;
  return read_taking_in(q, t, found.owner, e) &&
         request_background(q, BACKGROUND_LIST, check_roster, after_task);
}

bool handle_import(request *q, err *e) {
  const upload *u = upload_of_address(q, false, false, e);
  return u && answer_upload(q, 200, u, e);
}

/* ---- taking in, taking back ---- */

/* The upload of the address, into q->data; `state` says what it must be. */
static bool begin_task(request *q, const char *state, label what, err *e) {
  const upload *u = upload_of_address(q, false, true, e);
  if (!u) return false;
  if (strcmp(u->state, state) != 0)
    return err_set(e, ERR_NOT_ALLOWED, "state", "%s", "%s", LABEL(what));
  import_task *t = ARENA_NEW(q->a, import_task);
  if (!t) return err_memory(e);
  *t = (import_task){*u, catalog_import(request_packs(q), text_of(u->layout)).item};
  if (!t->layout)
    return err_set(e, ERR_UNKNOWN_NAME, "layout", "业务包里已没有这种名册版式，请重新上传。",
                   "The packs have no such layout any more; upload the roster again.");
  q->data = t;
  return true;
}

static bool take_roster(request *q, store *s, err *e) {
  import_task *t = q->data;
  char path[64];
  if (!param_temporary(t->u.body, path, e)) return false;
  const import_file file = file_of(q, path);
  bool ok = import_apply(request_writer(q), s, q->a, &file, &t->u.id, &t->u.report, e);
  param_temporary_done(path);
  if (!ok) return false;
  t->u.state = "applied";
  return upload_keep(s, &t->u, e) ||
         upload_not_noted((label){"名册已经导入", "The roster is taken in"}, e);
}

bool handle_import_apply(request *q, err *e) {
  return begin_task(q, "checked",
                    (label){"这份名册已经处理过了。", "This roster was dealt with already."}, e) &&
         request_background(q, BACKGROUND_LIST, take_roster, after_task);
}

static bool take_back(request *q, store *s, err *e) {
  import_task *t = q->data;
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
  return upload_keep(s, &t->u, e) ||
         upload_not_noted((label){"导入已经撤销", "The import is taken back"}, e);
}

bool handle_import_undo(request *q, err *e) {
  return begin_task(q, "applied",
                    (label){"这份名册没有导入，不用撤销。",
                            "This roster is not taken in; there is nothing to take back."},
                    e) &&
         request_background(q, BACKGROUND_LIST, take_back, after_task);
}

/* ---- the list ---- */

enum { LOOKED_THROUGH = 200 };

static void put_line(request *q, json_out *w, const upload *u, const import_layout *l) {
  err ignored;
  int64_t n[3] = {0};
  static const char *const counts[] = {"rows", "accepted", "refused"};
  const json *report = json_parse(q->a, u->report, &ignored);
  json_open(w, '{');
  json_field_uuid(w, "id", &u->id);
  upload_put_layout(w, u);
  json_field_label(w, "title",
                   upload_is_of_officers(u) ? (label){"人员名单", "Officers"}
                   : l                      ? l->title
                                            : (label){u->layout, u->layout});
  json_field_str(w, "file", u->file);
  json_field_str(w, "state", u->state);
  json_field_instant(w, "at", uuid_ms(&u->id));
  json_field_uuid(w, "officer", &u->officer);
  json_field_str(w, "officer_name", view_officer_name(q, &u->officer));
  for (size_t i = 0; i < 3; i++) {
    json_int(report, counts[i], &n[i]);
    json_field_int(w, counts[i], n[i]);
  }
  json_close(w, '}');
}

typedef struct import_page {
  upload **shown;
  size_t most, count;
  uuid last; /* the one read last, shown or not */
  bool more;
} import_page;

/* Adds those of the next rows of the store that he may see. */
static bool page_read_on(request *q, import_page *x, err *e) {
  upload *rows = NULL;
  size_t count = 0;
  const uuid before = x->last;
  if (!store_uploads(request_store(q), q->a, &before, LOOKED_THROUGH, &rows, &count, e))
    return false;
  x->more = count == LOOKED_THROUGH;
  for (size_t i = 0; i < count; i++) {
    bool yes = false;
    if (!upload_may_see(q, &rows[i].officer, &yes, e)) return false;
    if (yes && x->count == x->most) {
      x->more = true;
      return true;
    }
    x->last = rows[i].id;
    if (yes) x->shown[x->count++] = &rows[i];
  }
  return true;
}

bool handle_imports(request *q, err *e) {
  static const char parts[] = "id";
  page_cursor c;
  import_page x = {.most = query_limit(q), .more = true};
  x.shown = ARENA_ARRAY(q->a, x.most, upload *);
  if (!x.shown) return err_memory(e);
  if (!page_read(q, parts, &c, e)) return false;
  x.last = c.id;
  while (x.more && x.count < x.most)
    if (!page_read_on(q, &x, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < x.count; i++)
    put_line(q, &w, x.shown[i], catalog_import(request_packs(q), text_of(x.shown[i]->layout)).item);
  c.id = x.last;
  page_end(&w, parts, x.more ? &c : NULL);
  return true;
}
