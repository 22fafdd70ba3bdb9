/* Rosters: upload and dry run, take in, take back. */
#include "http/handlers.h"

#include "import/import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What the background work needs, and gives. */
typedef struct task {
  upload u;
  const import_layout *layout;
} task;

/* A file of its own for the readers, which want a path; gone when closed. */
static bool to_file(text body, char path[64], err *e) {
  snprintf(path, 64, "/tmp/jishi-roster-XXXXXX");
  int fd = mkstemp(path);
  size_t done = 0;
  while (fd >= 0 && done < body.bytes) {
    ssize_t n = write(fd, body.at + done, body.bytes - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += (size_t)n;
  }
  bool closed = fd >= 0 && close(fd) == 0;
  if (closed && done == body.bytes) return true;
  if (fd >= 0) unlink(path);
  return err_set(e, ERR_STORE, NULL, "临时文件写不下，请清理磁盘后再试。",
                 "The temporary file cannot be written; free some disk space.");
}

static bool keep(store *s, const upload *u, err *e) {
  db *d = store_db(s);
  if (!db_begin(d, e)) return false;
  if (store_upload_put(s, u, e) && db_commit(d, e)) return true;
  db_rollback(d);
  return false;
}

/* ---- answering ---- */

static void answer_upload(request *q, int status, const upload *u) {
  json_out w = request_answer(q, status);
  err e;
  json *report = json_parse(q->a, u->report, &e);
  json_open(&w, '{');
  put_uuid(&w, "id", &u->id);
  put_str(&w, "layout", u->layout);
  put_str(&w, "file", u->file);
  put_str(&w, "state", u->state);
  for (size_t i = 0; report && i < report->count; i++) {
    json_key_text(&w, report->keys[i]);
    json_put(&w, &report->items[i]);
  }
  json_close(&w, '}');
}

static void after_task(request *q) {
  const task *t = q->note;
  answer_upload(q, strcmp(q->method, "POST") == 0 && strcmp(t->u.state, "checked") == 0 ? 201 : 200,
                &t->u);
}

static upload *find_upload(request *q, bool with_body) {
  uuid id;
  upload *u = NULL;
  err e;
  if (!param_uuid(q, 0, &id)) return NULL;
  if (!store_upload(request_store(q), q->a, &id, with_body, &u, &e)) {
    request_fail(q, &e);
    return NULL;
  }
  bool mine = u && (uuid_equal(&u->officer, &q->who.actor.officer) ||
                    actor_may(&q->who.actor, request_packs(q), RIGHT_ADMINISTER, NULL));
  if (mine) return u;
  request_problem(q, ERR_UNKNOWN_NAME, "id", "没有找到这次导入。", "There is no such import.");
  return NULL;
}

/* ---- dry run ---- */

static bool check_roster(request *q, store *s, err *e) {
  task *t = q->note;
  char path[64];
  if (!to_file(t->u.body, path, e)) return false;
  bool ok = import_check(s, q->a, &q->who.actor, t->layout, path, request_today(), &t->u.report, e);
  unlink(path);
  return ok && keep(s, &t->u, e);
}

void handle_import_new(request *q) {
  text layout = request_query(q, "layout"), name = request_query(q, "name");
  const import_layout *l = catalog_import(request_packs(q), layout, NULL);
  if (!l) {
    request_problem(q, ERR_UNKNOWN_NAME, "layout", "没有这种名册版式，请先选版式。",
                    "There is no such layout; choose one.");
    return;
  }
  if (q->body.bytes == 0) {
    request_problem(q, ERR_BAD_FILE, "body", "没有收到文件。", "No file was received.");
    return;
  }
  task *t = ARENA_NEW(q->a, task);
  const char *file =
      arena_copy(q->a, name.bytes ? name.at : "名册", name.bytes ? name.bytes : strlen("名册"));
  if (!t || !file) {
    err e;
    err_memory(&e);
    request_fail(q, &e);
    return;
  }
  t->layout = l;
  t->u = (upload){.id = uuid_v7_now(),
                  .officer = q->who.actor.officer,
                  .layout = l->name,
                  .file = file,
                  .state = "checked",
                  .body = buf_view(&q->body)};
  q->note = t;
  request_background(q, check_roster, after_task);
}

void handle_import(request *q) {
  upload *u = find_upload(q, false);
  if (u) answer_upload(q, 200, u);
}

/* ---- taking in, taking back ---- */

static bool take_roster(request *q, store *s, err *e) {
  task *t = q->note;
  char path[64];
  if (!to_file(t->u.body, path, e)) return false;
  bool ok = import_apply(request_writer(q), s, q->a, &q->who.actor, &t->u.id, t->layout, t->u.file,
                         path, &t->u.report, NULL, e);
  unlink(path);
  if (!ok) return false;
  t->u.state = "applied";
  return keep(s, &t->u, e);
}

static task *task_of(request *q, const char *must_be, const char *zh, const char *en) {
  upload *u = find_upload(q, true);
  if (!u) return NULL;
  if (strcmp(u->state, must_be) != 0) {
    request_problem(q, ERR_NOT_ALLOWED, "state", zh, en);
    return NULL;
  }
  task *t = ARENA_NEW(q->a, task);
  const import_layout *l = catalog_import(request_packs(q), text_of(u->layout), NULL);
  if (!t || !l) {
    request_problem(q, ERR_MEMORY, NULL, "内存不足，请稍后再试。", "Out of memory; try again.");
    return NULL;
  }
  t->u = *u;
  t->layout = l;
  q->note = t;
  return t;
}

void handle_import_apply(request *q) {
  if (task_of(q, "checked", "这份名册已经处理过了。", "This roster was dealt with already."))
    request_background(q, take_roster, after_task);
}

static bool note_undone(request *q, store *s, err *e) {
  task *t = q->note;
  AUTO_BUF buf b = {0};
  char import[37], name[48];
  uuid_format(&t->u.id, import);
  buf_printf(&b, "{\"import\":\"%s\"}", import);
  json *body = buf_ok(&b) ? json_parse(q->a, buf_view(&b), e) : NULL;
  if (!body) return buf_ok(&b) ? false : err_memory(e);
  snprintf(name, sizeof name, "undo/%s", import);
  command c = {.verb = VERB_UNDO,
               .id = uuid_derived(&t->u.id, text_of(name)),
               .who = q->who.actor,
               .body = body};
  answer out;
  if (!writer_apply(request_writer(q), &c, q->a, &out, e)) return false;
  t->u.state = "undone";
  return keep(s, &t->u, e);
}

void handle_import_undo(request *q) {
  if (task_of(q, "applied", "这份名册没有导入，不用撤销。",
              "This roster is not taken in; there is nothing to take back."))
    request_background(q, note_undone, after_task);
}
