/* Officers: who there is, to stand in, to be named as present; and, for administrators, adding,
 * changing, closing them, one by one and by lists. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "base/password.h"
#include "import/officers.h"

#include <stdio.h>
#include <unistd.h>

/* ---- who there is ---- */

static void put_officer_line(request *q, json_out *w, const officer *o) {
  const role *r = o->post_count ? catalog_role(request_packs(q), text_of(o->posts[0].role)) : NULL;
  json_open(w, '{');
  json_field_uuid(w, "id", &o->id);
  json_field_str(w, "login", o->login);
  json_field_str(w, "name", o->name);
  json_field_bool(w, "active", o->active);
  json_field_label(w, "role_title", r ? r->title : (label){"", ""});
  json_field_str(w, "area", o->post_count ? o->posts[0].area : "");
  json_field_str(w, "area_name", o->post_count ? view_area_name(q, o->posts[0].area) : "");
  json_close(w, '}');
}

bool handle_officers(request *q, err *e) {
  officer *all = NULL;
  size_t count = 0, shown = 0;
  text words = query_text(q, "q");
  bool closed = query_text(q, "closed").bytes > 0;
  if (!store_officers(request_store(q), q->a, &all, &count, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count && shown < query_limit(q); i++) {
    const officer *o = &all[i];
    if ((!o->active && !closed) ||
        (words.bytes && !strstr(o->name, words.at) && !strstr(o->login, words.at)))
      continue;
    shown++;
    put_officer_line(q, &w, o);
  }
  page_end(&w, "", NULL);
  return true;
}

/* ---- one officer ---- */

/* What a change must remember until it is answered. */
typedef struct officer_task {
  uuid id;
  bool fresh;
  char made[20]; /* the password that was made; "" when it was given */
} officer_task;

static bool no_such_officer(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "id", "没有这位工作人员。", "There is no such officer.");
}

static bool answer_officer(request *q, int status, const uuid *id, err *e) {
  officer *o = NULL;
  if (!store_officer_find(request_store(q), q->a, id, &o, e)) return false;
  if (!o) return no_such_officer(e);
  json_out w = request_answer(q, status);
  json_open(&w, '{');
  json_field_uuid(&w, "id", &o->id);
  json_field_str(&w, "login", o->login);
  json_field_str(&w, "name", o->name);
  json_field_bool(&w, "active", o->active);
  view_posts(q, &w, o);
  json_close(&w, '}');
  return true;
}

bool handle_officer(request *q, err *e) {
  uuid id;
  return param_uuid(q, 0, &id, e) && answer_officer(q, 200, &id, e);
}

static bool after_change(request *q, err *e) {
  const officer_task *t = q->data;
  return answer_officer(q, t->fresh ? 201 : 200, &t->id, e);
}

/* The officer of the address, into q->data. `required`: he must be there. */
static officer_task *begin_task(request *q, bool required, err *e) {
  officer_task *t = ARENA_NEW(q->a, officer_task);
  officer *o = NULL;
  if (!t) return err_memory(e), NULL;
  *t = (officer_task){.fresh = true};
  if (!param_uuid(q, 0, &t->id, e) || !store_officer_find(request_store(q), q->a, &t->id, &o, e))
    return NULL;
  t->fresh = !o;
  if (required && !o) return no_such_officer(e), NULL;
  q->data = t;
  return t;
}

/* Hashed here; the journal is told only that there is a new one. */
static bool hand_on(request *q, json *body, const text *password, request_handler *then, err *e) {
  uuid entry_id = uuid_v7_now();
  char *hash = password ? arena_take(q->a, PASSWORD_HASH_BYTES) : NULL;
  if (password && !hash) return err_memory(e);
  if (password && !password_hash(*password, hash, e)) return false;
  if (password && !json_set_bool(q->a, body, "password", true)) return err_memory(e);
  return request_command(q, VERB_OFFICER, &entry_id, body, 0, then) &&
         request_command_password(q, hash);
}

static bool change_officer(request *q, bool whole, err *e) {
  static const char *const take[] = {"login", "name", "posts", "active", "password", NULL};
  const officer_task *t = begin_task(q, !whole, e);
  json *body = t ? param_command(q, take, NULL, &t->id, e) : NULL;
  if (!body) return false;
  for (size_t i = 0; whole && i < 3; i++)
    if (!json_has(body, take[i]))
      return err_set(e, ERR_BAD_INPUT, take[i], "请填写登录名、姓名和岗位。",
                     "Give login, name and posts.");
  const json *active = json_get(body, "active"), *given = json_get(body, "password");
  if (active && active->type != JSON_BOOL)
    return err_set(e, ERR_BAD_INPUT, "active", "应是 true 或 false。", "Must be true or false.");
  text password = given ? given->s : TEXT("");
  return hand_on(q, body, given ? &password : NULL, after_change, e);
}

bool handle_officer_put(request *q, err *e) {
  return change_officer(q, true, e);
}

bool handle_officer_patch(request *q, err *e) {
  return change_officer(q, false, e);
}

static bool after_password(request *q, err *e) {
  (void)e;
  const officer_task *t = q->data;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  if (t->made[0]) json_field_str(&w, "password", t->made);
  json_close(&w, '}');
  return true;
}

bool handle_officer_password(request *q, err *e) {
  static const char *const take[] = {"password", NULL};
  officer_task *t = begin_task(q, true, e);
  json *body = t ? param_command(q, take, NULL, &t->id, e) : NULL;
  if (!body) return false;
  text password = json_text(body, "password");
  if (!json_has(body, "password")) {
    password_generate(t->made);
    password = text_of(t->made);
  }
  return hand_on(q, body, &password, after_password, e);
}

/* ---- lists ---- */

typedef struct list_task {
  bool apply, applied;
  err stopped; /* why the taking in stopped; those made before have their passwords */
  officer_list list;
  json_out passwords; /* of the new officers, one object each */
} list_task;

static bool keep_password(void *context, const officer_line *l, const char *password, err *e) {
  list_task *t = context;
  json_out *w = &t->passwords;
  json_open(w, '{');
  json_field_str(w, "login", l->login);
  json_field_str(w, "name", l->name);
  json_field_str(w, "password", password);
  json_close(w, '}');
  return buf_ok(w->b) || err_memory(e);
}

/* The answer is written here, on the background's thread: the passwords' buffer ends with it. */
static bool answer_list(request *q, list_task *t, err *e) {
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  officer_list_members(&t->list, &w);
  json_field_bool(&w, "applied", t->applied);
  if (t->apply && !t->list.bad && !t->applied)
    json_field_label(&w, "stopped", (label){t->stopped.zh, t->stopped.en});
  json_field_open(&w, "passwords", '[');
  json_put_raw(&w, buf_view(t->passwords.b));
  json_close(&w, ']');
  json_close(&w, '}');
  return buf_ok(w.b) || err_memory(e);
}

static bool work_list(request *q, store *s, err *e) {
  list_task *t = q->data;
  AUTO_BUF buf passwords = {0};
  char path[64];
  t->passwords = json_to(&passwords);
  if (!param_temporary(buf_view(&q->body), path, e)) return false;
  bool ok = officer_list_read(s, request_packs(q), q->a, &q->who.actor, path, &t->list, e);
  unlink(path);
  if (!ok) return false;
  if (t->apply && !t->list.bad)
    t->applied = officer_list_apply(request_writer(q), &q->who.actor, &t->list, keep_password, t,
                                    &t->stopped);
  ok = answer_list(q, t, e);
  if (!ok && t->apply && !t->list.bad)
    err_set(e, e->code, NULL,
            "名单可能已经办好，但内存不足，结果和首次密码显示不了。请刷新后查看，需要时重设密码。",
            "The list may be taken in, but there was not enough memory to show the result and the "
            "first passwords. Load the page again, and set passwords anew where needed.");
  return ok;
}

static bool after_list(request *q, err *e) {
  (void)q;
  (void)e;
  return true; /* answered by the work */
}

bool handle_officers_import(request *q, err *e) {
  list_task *t = ARENA_NEW(q->a, list_task);
  if (!t) return err_memory(e);
  if (q->body.bytes == 0)
    return err_set(e, ERR_BAD_FILE, "body", "没有收到文件。", "No file was received.");
  *t = (list_task){.apply = query_text(q, "apply").bytes > 0};
  q->data = t;
  return request_background(q, work_list, after_list);
}
