/* Signing in and out, one's own password, the sessions there are. Whatever a password is hashed for
 * is done beside the loops (BACKGROUND_PASSWORD). */
#include "http/handlers.h"

#include "base/json_map.h"
#include "base/log.h"
#include "base/password.h"
#include "base/password_rules.h"
#include "http/proof.h"
#include "http/server_internal.h"

#include <stdio.h>

enum { DEVICE_DAYS = 180 };

/* ---- cookies ---- */

/* By https the browser is held to: only https, only this host, only what the host itself set. */
static void cookie_write(const request *q, char *to, size_t room, const char *name,
                         const char *content, int64_t seconds) {
  snprintf(to, room, "%s%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
           q->tls ? "__Host-" : "", name, content, (long long)seconds, q->tls ? "; Secure" : "");
}

static void set_cookie(request *q, const char *token, int64_t seconds) {
  cookie_write(q, q->cookie, sizeof q->cookie, "jishi_session", token, seconds);
}

static void set_device_cookie(request *q, text login) {
  char device[GUARD_DEVICE_BYTES];
  guard_device(&q->loop->server->secret, login, device);
  if (device[0])
    cookie_write(q, q->device_cookie, sizeof q->device_cookie, "jishi_device", device,
                 (int64_t)DEVICE_DAYS * 24 * 3600);
}

/* ---- signing in ---- */

/* His own, and gone with his session: of what a device keeps nothing can be read without it. */
static void field_device_key(const request *q, json_out *w) {
  const uuid *of = &q->who.officer->id;
  text parts[] = {TEXT("device"), {(const char *)of->b, sizeof of->b}};
  hash key = hash_keyed(&q->loop->server->secret, parts, 2);
  char hex[65];
  hash_format(&key, hex);
  json_field_str(w, "device_key", hex);
}

static bool answer_session(request *q, const char *token) {
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  if (token) json_field_str(&w, "token", token);
  json_field_uuid(&w, "id", &q->who.id);
  json_field_instant(&w, "expires", q->who.expires_ms);
  json_field_int(&w, "idle_minutes", q->who.idle_ms / 60000);
  json_field_bool(&w, "first_password", q->who.first_password);
  json_field_bool(&w, "codes_first", q->who.needs_codes);
  field_device_key(q, &w);
  json_key(&w, "officer");
  view_officer(q, &w, q->who.officer);
  json_close(&w, '}');
  return true;
}

static bool sign_in_work(request *q, store *s, err *e) {
  return proof_check(q, s, q->data, e);
}

static bool after_sign_in(request *q, err *e) {
  const proof *p = q->data;
  char token[44];
  session_begun x = {.officer = p->officer,
                     .changed = p->c.changed,
                     .lasts_ms = p->settings.session_hours * 3600 * 1000,
                     .idle_ms = p->settings.session_idle_minutes * 60 * 1000,
                     .needs_codes = !p->has_codes && proof_needs_codes(p)};
  const char *agent = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "User-Agent");
  text device = text_cut(text_of(agent), sizeof x.device - 1);
  memcpy(x.from, p->from, sizeof x.from);
  if (device.bytes && text_valid_utf8(device))
    snprintf(x.device, sizeof x.device, "%.*s", (int)device.bytes, device.at);
  int64_t expires = 0;
  if (!session_of(request_store(q), q->a, &p->officer, &q->who, e) ||
      !session_begin(q->loop->server->sessions, &x, token, &expires, e) ||
      !session_find(q->loop->server->sessions, request_store(q), q->a, text_of(token), SESSION_SEEN,
                    &q->who, e))
    return false;
  set_cookie(q, token, (expires - now_ms()) / 1000);
  set_device_cookie(q, p->login);
  return answer_session(q, token);
}

bool handle_sign_in(request *q, err *e) {
  const json *body = param_body(q, e);
  proof *p = body
                 ? proof_new(q, text_trim(json_text(body, "login")), json_text(body, "password"), e)
                 : NULL;
  if (!p) return false;
  p->code = text_trim(json_text(body, "code"));
  return request_background(q, BACKGROUND_PASSWORD, sign_in_work, after_sign_in);
}

bool handle_who_am_i(request *q, err *e) {
  (void)e;
  return answer_session(q, NULL);
}

static bool answer_done(request *q) {
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_bool(&w, "done", true);
  json_close(&w, '}');
  return true;
}

bool handle_sign_out(request *q, err *e) {
  (void)e;
  session_close(q->loop->server->sessions, param_token(q));
  streams_wake(q->loop->server);
  set_cookie(q, "", 0);
  return answer_done(q);
}

/* ---- locking ---- */

bool handle_lock(request *q, err *e) {
  (void)e;
  session_lock(q->loop->server->sessions, param_token(q));
  streams_wake(q->loop->server);
  return answer_done(q);
}

static bool unlock_work(request *q, store *s, err *e) {
  return proof_check_again(q, s, q->data, "password", e);
}

static bool after_unlock(request *q, err *e) {
  session_unlock(q->loop->server->sessions, param_token(q));
  return session_find(q->loop->server->sessions, request_store(q), q->a, param_token(q),
                      SESSION_USED, &q->who, e) &&
         answer_session(q, NULL);
}

bool handle_unlock(request *q, err *e) {
  const json *body = param_body(q, e);
  return body && proof_new(q, text_of(q->who.officer->login), json_text(body, "password"), e) &&
         request_background(q, BACKGROUND_PASSWORD, unlock_work, after_unlock);
}

/* ---- one's own password ---- */

static bool after_own_password(request *q, err *e) {
  session_keep(q->loop->server->sessions, param_token(q), q->job.answer.seq);
  streams_wake(q->loop->server);
  return session_find(q->loop->server->sessions, request_store(q), q->a, param_token(q),
                      SESSION_USED, &q->who, e) &&
         answer_session(q, NULL);
}

static bool own_password_work(request *q, store *s, err *e) {
  proof *p = q->data;
  char *hash = arena_take(q->a, PASSWORD_HASH_BYTES);
  if (!hash) return err_memory(e);
  if (!proof_check_again(q, s, p, "old", e)) return false;
  password_rules rules = {p->settings.password_length, p->login, text_of(q->who.officer->name),
                          text_cut(text_of(store_county(s)), 6)};
  if (p->next.bytes == p->password.bytes && memcmp(p->next.at, p->password.at, p->next.bytes) == 0)
    return err_set(e, ERR_BAD_INPUT, "new", "新密码和原来的一样，请换一个。",
                   "The new password is the old one; choose another.");
  if (!password_rules_check(&rules, p->next, e) || !password_hash(p->next, hash, e))
    return snprintf(e->where, sizeof e->where, "new"), false;
  p->hash = hash;
  return true;
}

static bool send_own_password(request *q, err *e) {
  const proof *p = q->data;
  const uuid entry_id = uuid_v7_now();
  json *body = json_map_new(q->a);
  if (!json_set_uuid(q->a, body, "id", &q->who.officer->id) ||
      !json_set_bool(q->a, body, "password", true))
    return err_memory(e);
  session_keep(q->loop->server->sessions, param_token(q), 0);
  return request_command(q, VERB_OFFICER, &entry_id, body, 0, after_own_password) &&
         request_command_password(q, p->hash, false);
}

bool handle_own_password(request *q, err *e) {
  const json *sent = param_body(q, e);
  proof *p = sent ? proof_new(q, text_of(q->who.officer->login), json_text(sent, "old"), e) : NULL;
  if (!p) return false;
  p->next = json_text(sent, "new");
  return request_background(q, BACKGROUND_PASSWORD, own_password_work, send_own_password);
}

/* ---- the sessions there are ---- */

static bool may_see_all(request *q) {
  return actor_may(&q->who.actor, request_packs(q), RIGHT_ADMINISTER, NULL,
                   store_county(request_store(q)));
}

static void put_session(request *q, json_out *w, const session_listed *x) {
  json_open(w, '{');
  json_field_uuid(w, "id", &x->id);
  json_field_uuid(w, "officer", &x->officer);
  json_field_str(w, "officer_name", view_officer_name(q, &x->officer));
  json_field_instant(w, "began", x->began_ms);
  json_field_instant(w, "used", x->seen_ms);
  json_field_instant(w, "expires", x->expires_ms);
  json_field_bool(w, "locked", x->locked);
  json_field_bool(w, "own", uuid_equal(&x->id, &q->who.id));
  json_field_str(w, "from", x->from);
  json_field_str(w, "device", x->device);
  json_close(w, '}');
}

bool handle_sessions(request *q, err *e) {
  session_listed *all = NULL;
  size_t count = 0;
  bool everybody = query_text(q, "all").bytes > 0;
  if (everybody && !may_see_all(q))
    return rights_denied((label){"查看别人的登录", "see the sessions of others"}, e);
  if (!sessions_list(q->loop->server->sessions, q->a, everybody ? NULL : &q->who.actor.officer,
                     &all, &count, e))
    return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) put_session(q, &w, &all[i]);
  page_end(&w, "", NULL);
  return true;
}

bool handle_session_end(request *q, err *e) {
  uuid id;
  if (!param_uuid(q, 0, &id, e)) return false;
  bool own = session_end(q->loop->server->sessions, &id, &q->who.actor.officer);
  bool ended = own || (may_see_all(q) && session_end(q->loop->server->sessions, &id, NULL));
  if (!ended)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有这次登录，可能已经退出。",
                   "There is no such session; it may have ended.");
  streams_wake(q->loop->server);
  log_event(LOG_INFO, "session_ended", log_word("request", q->id), log_bool("own", own));
  return answer_done(q);
}
