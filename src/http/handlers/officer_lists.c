/* Lists of officers: upload and dry run, take in, and the first passwords of those it made.
 *
 * First passwords are kept nowhere. The answer to the upload holds a seal, a secret of which the
 * server keeps the hash only; the passwords follow from it and the logins. So an answer that was
 * lost loses nothing: whoever made the upload asks again with the seal. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "base/password.h"
#include "http/uploads.h"
#include "import/officers.h"

#include <unistd.h>

typedef struct list_task {
  upload u;
  const char *seal;
  officer_list list;
  officer_list_file file;
} list_task;

/* ---- answering ---- */

/* `seal` NULL: it is not told. */
static bool answer_list(request *q, int status, const upload *u, const char *seal, err *e) {
  json_out w = request_answer(q, status);
  json_open(&w, '{');
  if (!upload_put(q, &w, u, e)) return false;
  if (seal) json_field_str(&w, "seal", seal);
  json_close(&w, '}');
  return true;
}

static bool after_check(request *q, err *e) {
  const list_task *t = q->data;
  upload_log(q, &t->u);
  return answer_list(q, 201, &t->u, t->seal, e);
}

static bool after_taking(request *q, err *e) {
  const list_task *t = q->data;
  upload_log(q, &t->u);
  return answer_list(q, 200, &t->u, NULL, e);
}

/* ---- the work ---- */

typedef bool list_step(request *q, store *s, list_task *t, err *e);

/* The file is read, and judged by what is stored now; `step` goes on from there. */
static bool with_list(request *q, store *s, list_step *step, err *e) {
  list_task *t = q->data;
  char path[64];
  if (!param_temporary(t->u.body, path, e)) return false;
  t->file = (officer_list_file){.who = &q->who.actor, .path = path, .id = t->u.id};
  bool ok = officer_list_read(s, request_packs(q), q->a, &t->file, &t->list, e);
  param_temporary_done(path);
  return ok && step(q, s, t, e);
}

/* `stopped` NULL: it went to its end. */
static bool write_report(request *q, list_task *t, const officer_list_taking *taking,
                         const err *stopped, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  officer_list_members(&t->list, &w);
  if (taking) json_field_int(&w, "done", taking->done);
  if (stopped) json_field_label(&w, "stopped", (label){stopped->zh, stopped->en});
  json_close(&w, '}');
  const char *kept = buf_ok(&b) ? arena_copy(q->a, b.at, b.bytes) : NULL;
  if (!kept) return err_memory(e);
  t->u.report = (text){kept, b.bytes};
  return true;
}

static bool check_step(request *q, store *s, list_task *t, err *e) {
  return write_report(q, t, NULL, NULL, e) && upload_keep(s, &t->u, e);
}

static bool check_list(request *q, store *s, err *e) {
  return with_list(q, s, check_step, e);
}

static bool first_password(void *context, const officer_line *l, char password[20], err *e) {
  const list_task *t = ((request *)context)->data;
  (void)e;
  password_derive(text_of(t->seal), text_of(l->login), password);
  return true;
}

static bool stopping(void *context) {
  return request_stopping(context);
}

static bool take_step(request *q, store *s, list_task *t, err *e) {
  officer_list_taking taking = {
      .file = &t->file, .password = first_password, .stopping = stopping, .context = q};
  err why;
  if (t->list.refused) return write_report(q, t, NULL, NULL, e) && upload_keep(s, &t->u, e);
  bool all = officer_list_apply(request_writer(q), &t->list, &taking, &why);
  t->u.state = all ? "applied" : "checked";
  return write_report(q, t, &taking, all ? NULL : &why, e) &&
         (upload_keep(s, &t->u, e) ||
          upload_not_noted((label){"名单已经办好", "The list is taken in"}, e));
}

/* Two requests of one officer follow each other here, and only he takes his list in. */
static bool take_list(request *q, store *s, err *e) {
  const list_task *t = q->data;
  upload *now = NULL;
  if (!store_upload_find(s, q->a, &t->u.id, false, &now, e)) return false;
  if (!now || strcmp(now->state, "checked") != 0)
    return err_set(e, ERR_NOT_ALLOWED, "state", "这份名单已经办过了。",
                   "This list was taken in already.");
  return with_list(q, s, take_step, e);
}

static bool passwords_step(request *q, store *s, list_task *t, err *e) {
  (void)s;
  (void)e;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_open(&w, "items", '[');
  for (size_t i = 0; i < t->list.made_count; i++) {
    const officer_line *l = &t->list.made[i];
    char password[20];
    password_derive(text_of(t->seal), text_of(l->login), password);
    json_open(&w, '{');
    json_field_str(&w, "login", l->login);
    json_field_str(&w, "name", l->name);
    json_field_str(&w, "password", password);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  json_close(&w, '}');
  return true;
}

static bool make_passwords(request *q, store *s, err *e) {
  return with_list(q, s, passwords_step, e);
}

static bool after_passwords(request *q, err *e) {
  (void)q;
  (void)e;
  return true; /* answered by the work, which has the list */
}

/* ---- the routes ---- */

static hash hash_of_seal(const char *seal) {
  text t = text_of(seal);
  return hash_of(&t, 1);
}

bool handle_officer_list_new(request *q, err *e) {
  const char *name = query_str(q, "name");
  list_task *t = ARENA_NEW(q->a, list_task);
  char *seal = ARENA_ARRAY(q->a, 44, char);
  const char *file = arena_text(q->a, name ? name : "名单");
  if (!t || !seal || !file) return err_memory(e);
  if (q->body.bytes == 0)
    return err_set(e, ERR_BAD_FILE, "body", "没有收到文件。", "No file was received.");
  secret_token(seal);
  if (!seal[0]) return err_memory(e);
  t->seal = seal;
  t->u = (upload){.id = uuid_v7_now(),
                  .officer = q->who.actor.officer,
                  .layout = UPLOAD_OF_OFFICERS,
                  .file = file,
                  .state = "checked",
                  .seal = hash_of_seal(seal),
                  .body = buf_view(&q->body)};
  q->data = t;
  return request_background(q, BACKGROUND_LIST, check_list, after_check);
}

bool handle_officer_list(request *q, err *e) {
  const upload *u = upload_of_address(q, true, false, e);
  return u && answer_list(q, 200, u, NULL, e);
}

/* The list of the address with the seal that was sent: only its maker has it. */
static list_task *begin_task(request *q, err *e) {
  static const char *const take[] = {"seal", NULL};
  const upload *u = upload_of_address(q, true, true, e);
  const json *body = u ? param_command(q, take, NULL, &u->id, e) : NULL;
  if (!body) return NULL;
  list_task *t = ARENA_NEW(q->a, list_task);
  text seal = json_text(body, "seal");
  const char *kept = arena_copy(q->a, seal.at, seal.bytes);
  if (!t || !kept) return err_memory(e), NULL;
  const hash h = hash_of_seal(kept);
  if (!uuid_equal(&u->officer, &q->who.actor.officer) || memcmp(&h, &u->seal, sizeof h) != 0)
    return err_set(e, ERR_DENIED, "seal",
                   "口令不对：只有上传这份名单的人，凭上传时得到的口令才能办。口令丢了请重新上传。",
                   "The seal is wrong: only who sent this list, with the seal that the upload was "
                   "answered with, can do that. Without it, upload the list again."),
           NULL;
  t->u = *u;
  t->seal = kept;
  q->data = t;
  return t;
}

bool handle_officer_list_apply(request *q, err *e) {
  return begin_task(q, e) && request_background(q, BACKGROUND_LIST, take_list, after_taking);
}

bool handle_officer_list_passwords(request *q, err *e) {
  return begin_task(q, e) &&
         request_background(q, BACKGROUND_LIST, make_passwords, after_passwords);
}
