/* Rosters: upload and dry run, take in, take back. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "base/log.h"
#include "import/import.h"

#include <stdio.h>
#include <unistd.h>

/* What the background work needs, and gives. */
typedef struct import_task {
  upload u;
  const import_layout *layout;
} import_task;

static bool keep_upload(store *s, const upload *u, err *e) {
  db *d = store_db(s);
  if (!db_begin(d, e)) return false;
  if (store_upload_put(s, u, e) && db_commit(d, e)) return true;
  db_rollback(d);
  return false;
}

/* The work is done, and only its row could not be written: to do it again does nothing twice. */
static bool not_noted(label what, err *e) {
  return err_set(e, e->code, NULL, "%s，但没能记下，请再点一次，不会重复。",
                 "%s, but that could not be noted; ask once more, nothing is done twice.",
                 LABEL(what));
}

/* ---- answering ---- */

static bool answer_upload(request *q, int status, const upload *u, err *e) {
  const json *report = json_parse(q->a, u->report, e);
  if (!report) return false;
  json_out w = request_answer(q, status);
  json_open(&w, '{');
  json_field_uuid(&w, "id", &u->id);
  json_field_str(&w, "layout", u->layout);
  json_field_str(&w, "file", u->file);
  json_field_str(&w, "state", u->state);
  for (size_t i = 0; i < report->count; i++) {
    json_key_text(&w, report->keys[i]);
    json_put(&w, &report->items[i]);
  }
  json_close(&w, '}');
  return true;
}

static void tell_import(const request *q, const upload *u) {
  err ignored;
  int64_t good = 0, bad = 0;
  const json *report = json_parse(q->a, u->report, &ignored);
  json_int(report, "good", &good);
  json_int(report, "bad", &bad);
  log_event(LOG_INFO, "import", log_word("request", q->id), log_id("import", &u->id),
            log_word("layout", u->layout), log_word("state", u->state), log_int("good", good),
            log_int("bad", bad));
}

static bool after_task(request *q, err *e) {
  const import_task *t = q->data;
  tell_import(q, &t->u);
  bool fresh = strcmp(t->u.state, "checked") == 0;
  return answer_upload(q, fresh ? 201 : 200, &t->u, e);
}

static upload *find_upload(request *q, bool with_body, err *e) {
  uuid id;
  upload *u = NULL;
  if (!param_uuid(q, 0, &id, e) ||
      !store_upload_find(request_store(q), q->a, &id, with_body, &u, e))
    return NULL;
  if (u && (uuid_equal(&u->officer, &q->who.actor.officer) ||
            actor_may(&q->who.actor, request_packs(q), RIGHT_ADMINISTER, NULL)))
    return u;
  err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这次导入。", "There is no such import.");
  return NULL;
}

/* ---- dry run ---- */

static import_file file_of(request *q, const char *path) {
  const import_task *t = q->data;
  return (import_file){.who = &q->who.actor, .layout = t->layout, .path = path, .name = t->u.file};
}

static bool check_roster(request *q, store *s, err *e) {
  import_task *t = q->data;
  char path[64];
  if (!param_temporary(t->u.body, path, e)) return false;
  const import_file file = file_of(q, path);
  bool ok = import_check(s, q->a, &file, request_today(), &t->u.report, e);
  unlink(path);
  return ok && keep_upload(s, &t->u, e);
}

bool handle_import_new(request *q, err *e) {
  const char *name = query_str(q, "name");
  const import_layout *l = catalog_import(request_packs(q), query_text(q, "layout"), NULL);
  if (!l)
    return err_set(e, ERR_UNKNOWN_NAME, "layout", "没有这种名册版式，请先选版式。",
                   "There is no such layout; choose one.");
  if (q->body.bytes == 0)
    return err_set(e, ERR_BAD_FILE, "body", "没有收到文件。", "No file was received.");
  import_task *t = ARENA_NEW(q->a, import_task);
  const char *file = arena_text(q->a, name ? name : "名册");
  if (!t || !file) return err_memory(e);
  t->layout = l;
  t->u = (upload){.id = uuid_v7_now(),
                  .officer = q->who.actor.officer,
                  .layout = l->name,
                  .file = file,
                  .state = "checked",
                  .body = buf_view(&q->body)};
  q->data = t;
  return request_background(q, check_roster, after_task);
}

bool handle_import(request *q, err *e) {
  const upload *u = find_upload(q, false, e);
  return u && answer_upload(q, 200, u, e);
}

/* ---- taking in, taking back ---- */

/* The upload of the address, into q->data; `state` says what it must be. */
static bool begin_task(request *q, const char *state, label what, err *e) {
  const upload *u = find_upload(q, true, e);
  if (!u) return false;
  if (strcmp(u->state, state) != 0)
    return err_set(e, ERR_NOT_ALLOWED, "state", "%s", "%s", LABEL(what));
  import_task *t = ARENA_NEW(q->a, import_task);
  if (!t) return err_memory(e);
  *t = (import_task){*u, catalog_import(request_packs(q), text_of(u->layout), NULL)};
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
  unlink(path);
  if (!ok) return false;
  t->u.state = "applied";
  return keep_upload(s, &t->u, e) ||
         not_noted((label){"名册已经导入", "The roster is taken in"}, e);
}

bool handle_import_apply(request *q, err *e) {
  return begin_task(q, "checked",
                    (label){"这份名册已经处理过了。", "This roster was dealt with already."}, e) &&
         request_background(q, take_roster, after_task);
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
  return keep_upload(s, &t->u, e) ||
         not_noted((label){"导入已经撤销", "The import is taken back"}, e);
}

bool handle_import_undo(request *q, err *e) {
  return begin_task(q, "applied",
                    (label){"这份名册没有导入，不用撤销。",
                            "This roster is not taken in; there is nothing to take back."},
                    e) &&
         request_background(q, take_back, after_task);
}
