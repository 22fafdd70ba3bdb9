/* Officers: who there is, to stand in, to be named as present; and, for administrators, adding,
 * changing, closing them one by one. */
#include "http/handlers.h"

#include "base/ident.h"
#include "base/json_map.h"
#include "base/password.h"
#include "base/password_rules.h"
#include "engine/officers.h"
#include "store/rows/settings.h"

/* ---- who there is ---- */

/* What signs somebody in is told to those who name him in records: who works in one of his packs,
 * over or under his area; and to whoever administers accounts. */
static bool knows_login(request *q, const officer *o) {
  const actor *who = &q->who.actor;
  if (request_may(q, RIGHT_ADMINISTER, NULL, NULL) || request_may(q, RIGHT_AUTHORISE, NULL, NULL))
    return true;
  for (size_t i = 0; i < o->post_count; i++)
    for (size_t k = 0; k < who->post_count; k++) {
      scope his = {0}, own = {0};
      scope_add(&his, o->posts[i].area);
      scope_add(&own, who->posts[k].area);
      if (o->posts[i].pack[0] && strcmp(o->posts[i].pack, who->posts[k].pack) == 0 &&
          (scope_within(&his, who->posts[k].area).count ||
           scope_within(&own, o->posts[i].area).count))
        return true;
    }
  return false;
}

static void put_officer_line(request *q, json_out *w, const officer *o) {
  json_open(w, '{');
  json_field_uuid(w, "id", &o->id);
  if (knows_login(q, o)) json_field_str(w, "login", o->login);
  json_field_str(w, "name", o->name);
  json_field_bool(w, "active", o->active);
  json_field_label(w, "role_title",
                   o->post_count ? officer_role_title(request_packs(q), &o->posts[0])
                                 : (label){"", ""});
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
    if ((!o->active && !closed) || (words.bytes && !strstr(o->name, words.at) &&
                                    !(knows_login(q, o) && strstr(o->login, words.at))))
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
  uuid id, entry;
  officer *was; /* NULL: new */
  json *body;
  text password; /* a new one; `at` NULL: none */
  char *hash;
  char made[20]; /* the password that was made; "" when it was given */
  bool same;     /* the password is his already */
  request_handler *after;
} officer_task;

static bool no_such_officer(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "id", "没有这位工作人员。", "There is no such officer.");
}

static bool answer_officer(request *q, int status, const uuid *id, err *e) {
  officer *o = NULL;
  totp_kept codes;
  bool has_codes = false;
  int64_t left = 0;
  if (!store_officer_find(request_store(q), q->a, id, &o, e) ||
      !store_totp_find(request_store(q), q->a, id, &codes, &has_codes, &left, e))
    return false;
  if (!o) return no_such_officer(e);
  json_out w = request_answer(q, status);
  json_open(&w, '{');
  json_field_uuid(&w, "id", &o->id);
  json_field_str(&w, "login", o->login);
  json_field_str(&w, "name", o->name);
  json_field_bool(&w, "active", o->active);
  json_field_bool(&w, "codes", has_codes);
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
  return answer_officer(q, t->was || q->job.answer.repeated ? 200 : 201, &t->id, e);
}

/* The officer of the address, into q->data. `required`: he must be there. */
static officer_task *begin_task(request *q, bool required, err *e) {
  officer_task *t = ARENA_NEW(q->a, officer_task);
  if (!t) return err_memory(e), NULL;
  if (!param_uuid(q, 0, &t->id, e) ||
      !store_officer_find(request_store(q), q->a, &t->id, &t->was, e))
    return NULL;
  if (required && !t->was) return no_such_officer(e), NULL;
  t->entry = uuid_v7_now();
  q->data = t;
  return t;
}

/* Hashed beside the loops; the journal is told only that there is a new one. */
static bool hash_work(request *q, store *s, err *e) {
  officer_task *t = q->data;
  county_settings settings;
  const char *name = t->was ? t->was->name : NULL, *login = t->was ? t->was->login : NULL;
  if (!store_settings(s, &settings, e)) return false;
  password_rules rules = {
      settings.password_length, login ? text_of(login) : json_text(t->body, "login"),
      name ? text_of(name) : json_text(t->body, "name"), text_cut(text_of(store_county(s)), 6)};
  if (!t->made[0] && !password_rules_check(&rules, t->password, e)) return false;
  t->hash = arena_take(q->a, PASSWORD_HASH_BYTES);
  if (!t->hash) return err_memory(e);
  return password_hash(t->password, t->hash, e);
}

static bool send_hashed(request *q, err *e) {
  const officer_task *t = q->data;
  if (!json_set_bool(q->a, t->body, "password", true)) return err_memory(e);
  bool first = !uuid_equal(&q->who.actor.officer, &t->id);
  return request_command(q, VERB_OFFICER, &t->entry, t->body, 0, t->after) &&
         request_command_password(q, t->hash, first);
}

static bool hand_on(request *q, officer_task *t, request_handler *after) {
  t->after = after;
  return t->password.at ? request_background(q, BACKGROUND_PASSWORD, hash_work, send_hashed)
                        : request_command(q, VERB_OFFICER, &t->entry, t->body, 0, after);
}

static bool same_posts(const json *list, const officer *o) {
  if (list->type != JSON_LIST || list->count != o->post_count) return false;
  for (size_t i = 0; i < list->count; i++) {
    char area[13];
    if (!area_code_check(json_text(&list->items[i], "area"), area, NULL) ||
        strcmp(area, o->posts[i].area) != 0 ||
        !text_is(json_text(&list->items[i], "role"), o->posts[i].role))
      return false;
  }
  return true;
}

static bool is_the_same(request *q, err *e) {
  const officer_task *t = q->data;
  if (t->same) return answer_officer(q, 200, &t->id, e);
  return err_set(e, ERR_CONFLICT, "id", "已有这位工作人员，内容不一样。要更改请用 PATCH。",
                 "This officer is there with other content; change him by PATCH.");
}

static bool compare_work(request *q, store *s, err *e) {
  officer_task *t = q->data;
  credential c = {.changed = 0};
  bool found = false;
  if (!store_credential_find(s, &t->id, &c, &found, e)) return false;
  t->same = found && password_check(t->password, c.password_hash);
  return true;
}

/* Who is there already: sent once more he is answered, sent otherwise he is a conflict. */
static bool answer_same(request *q, officer_task *t, err *e) {
  const json *active = json_get(t->body, "active");
  const officer_rules rules = {request_store(q), request_packs(q), q->a, &q->who.actor};
  if (!officer_may_manage(&rules, t->was, e)) return false; /* nobody guesses passwords here */
  t->same = text_is(json_text(t->body, "login"), t->was->login) &&
            text_is(text_trim(json_text(t->body, "name")), t->was->name) &&
            (active ? active->yes : true) == t->was->active &&
            same_posts(json_get(t->body, "posts"), t->was);
  return t->same && t->password.at
             ? request_background(q, BACKGROUND_PASSWORD, compare_work, is_the_same)
             : is_the_same(q, e);
}

static bool read_change(request *q, officer_task *t, err *e) {
  static const char *const take[] = {"login", "name", "posts", "active", "password", NULL};
  if (!t || !(t->body = param_command(q, take, NULL, &t->id, e))) return false;
  const json *active = json_get(t->body, "active"), *password = json_get(t->body, "password");
  if (active && active->type != JSON_BOOL)
    return err_set(e, ERR_BAD_INPUT, "active", "应是 true 或 false。", "Must be true or false.");
  if (password && password->type != JSON_TEXT)
    return err_set(e, ERR_BAD_INPUT, "password", "密码应是一段文字。", "A password is a text.");
  if (password) t->password = password->s;
  return true;
}

/* His own id is that of the entry, as of subjects: two who send him at once agree, or one of them
 * is told of the other. */
bool handle_officer_put(request *q, err *e) {
  static const char *const needed[] = {"login", "name", "posts"};
  officer_task *t = begin_task(q, false, e);
  if (!read_change(q, t, e)) return false;
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
    if (!json_has(t->body, needed[i]))
      return err_set(e, ERR_BAD_INPUT, needed[i], "请填写登录名、姓名和岗位。",
                     "Give login, name and posts.");
  t->entry = t->id;
  return t->was ? answer_same(q, t, e) : hand_on(q, t, after_change);
}

bool handle_officer_patch(request *q, err *e) {
  officer_task *t = begin_task(q, true, e);
  return read_change(q, t, e) && hand_on(q, t, after_change);
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
  if (!t || !(t->body = param_command(q, take, NULL, &t->id, e))) return false;
  t->password = json_text(t->body, "password");
  if (!json_has(t->body, "password")) {
    password_generate(t->made);
    t->password = text_of(t->made);
  }
  return hand_on(q, t, after_password);
}
