/* One-time codes beside the password: set up and dropped by oneself, and dropped by the system
 * administrator for who has lost telephone and recovery codes. Each is an entry of the journal,
 * which tells no secret. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "http/proof.h"
#include "http/server_internal.h"
#include "sheet/qr.h"

typedef struct codes_task {
  proof *p;
  bool on;
  char recovery[TOTP_RECOVERY_CODES][TOTP_RECOVERY_CHARS + 1];
} codes_task;

static bool is_required(request *q, bool *ret, err *e) {
  proof p = {.password = {NULL, 0}};
  for (size_t i = 0; i < q->who.officer->post_count; i++)
    p.administrates |= !q->who.officer->posts[i].pack[0];
  if (!store_settings(request_store(q), &p.settings, e)) return false;
  *ret = proof_needs_codes(&p);
  return true;
}

static bool find(request *q, bool *ret_on, int64_t *ret_left, err *e) {
  totp_kept x;
  return store_totp_find(request_store(q), q->a, &q->who.officer->id, &x, ret_on, ret_left, e);
}

bool handle_codes(request *q, err *e) {
  bool on = false, required = false;
  int64_t left = 0;
  if (!find(q, &on, &left, e) || !is_required(q, &required, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_bool(&w, "on", on);
  json_field_int(&w, "recovery_left", left);
  json_field_bool(&w, "required", required);
  json_close(&w, '}');
  return true;
}

/* ---- setting up ---- */

static bool say_on_already(err *e) {
  return err_set(e, ERR_NOT_ALLOWED, NULL, "验证码已经启用。要换手机，请先停用，再重新设置。",
                 "One-time codes are set up already. For another telephone, drop them first.");
}

bool handle_codes_begin(request *q, err *e) {
  bool on = false;
  int64_t left = 0;
  uint8_t secret[TOTP_SECRET_BYTES];
  char written[TOTP_SECRET_CHARS + 1];
  AUTO_BUF buf address = {0}, svg = {0};
  if (!find(q, &on, &left, e)) return false;
  if (on) return say_on_already(e);
  if (!totp_secret(secret)) return err_memory(e);
  totp_secret_write(secret, written);
  if (!totp_address(written, text_of(q->who.officer->login), &address)) return err_memory(e);
  if (!qr_svg(buf_view(&address), &svg, e)) return false;
  session_codes_offer(q->loop->server->sessions, param_token(q), secret);
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_str(&w, "secret", written);
  json_field_text(&w, "address", buf_view(&address));
  json_field_text(&w, "qr", buf_view(&svg));
  json_close(&w, '}');
  return true;
}

static codes_task *begin_task(request *q, err *e) {
  const json *body = param_body(q, e);
  codes_task *t = ARENA_NEW(q->a, codes_task);
  if (!t) return err_memory(e), NULL;
  if (!body) return NULL;
  t->p = proof_new(q, text_of(q->who.officer->login), json_text(body, "password"), e);
  if (!t->p) return NULL;
  t->p->code = text_trim(json_text(body, "code"));
  q->data = t;
  return t;
}

static bool confirm_work(request *q, store *s, err *e) {
  codes_task *t = q->data;
  totp_kept *x = &t->p->codes, was;
  int64_t left = 0;
  if (!proof_check_again(q, s, t->p, "password", e) ||
      !store_totp_find(s, q->a, &t->p->officer, &was, &t->p->has_codes, &left, e))
    return false;
  if (t->p->has_codes) return say_on_already(e);
  x->step = totp_step_of(x->secret, t->p->code, now_ms());
  if (!x->step)
    return err_set(e, ERR_BAD_INPUT, "code",
                   "验证码不对。请看手机的时间准不准，填现在显示的六位数字。",
                   "The code is wrong. Look whether the telephone's clock is right, and give the "
                   "six digits it shows now.");
  for (size_t i = 0; i < TOTP_RECOVERY_CODES; i++) {
    totp_recovery_code(t->recovery[i]);
    if (!t->recovery[i][0]) return err_memory(e);
    x->recovery[i] =
        totp_recovery_hash(&q->loop->server->secret, &t->p->officer, text_of(t->recovery[i]));
  }
  return true;
}

static bool send_change(request *q, request_handler *then, err *e) {
  const codes_task *t = q->data;
  const uuid entry_id = uuid_v7_now();
  json *body = json_map_new(q->a);
  if (!json_set_uuid(q->a, body, "id", &q->who.officer->id) ||
      !json_set_bool(q->a, body, "codes", t->on))
    return err_memory(e);
  session_keep(q->loop->server->sessions, param_token(q), 0);
  return request_command(q, VERB_OFFICER, &entry_id, body, 0, then) &&
         request_command_codes(q, t->on ? &t->p->codes : NULL);
}

/* His other sessions have ended; this one goes on. */
static void keep_session(request *q, bool needed) {
  session_keep(q->loop->server->sessions, param_token(q), q->job.answer.seq);
  session_codes_set(q->loop->server->sessions, param_token(q), needed);
  streams_wake(q->loop->server);
}

static bool after_confirm(request *q, err *e) {
  (void)e;
  const codes_task *t = q->data;
  keep_session(q, false);
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_open(&w, "recovery", '[');
  for (size_t i = 0; i < TOTP_RECOVERY_CODES; i++) json_put_str(&w, t->recovery[i]);
  json_close(&w, ']');
  json_close(&w, '}');
  return true;
}

static bool send_confirm(request *q, err *e) {
  return send_change(q, after_confirm, e);
}

bool handle_codes_confirm(request *q, err *e) {
  codes_task *t = begin_task(q, e);
  if (!t) return false;
  t->on = true;
  if (!session_codes_offered(q->loop->server->sessions, param_token(q), t->p->codes.secret))
    return err_set(e, ERR_NOT_ALLOWED, NULL, "请先开始设置，用手机扫二维码，再填验证码。",
                   "Begin first, and scan the sign with the telephone.");
  return request_background(q, BACKGROUND_PASSWORD, confirm_work, send_confirm);
}

/* ---- dropping ---- */

static bool drop_work(request *q, store *s, err *e) {
  codes_task *t = q->data;
  if (!t->p->code.bytes)
    return err_set(e, ERR_BAD_INPUT, "code", "请填验证码或备用码。",
                   "Give a one-time code or a recovery code.");
  return proof_check_again(q, s, t->p, "password", e) && proof_check_code(q, s, t->p, e);
}

static bool after_drop(request *q, err *e) {
  bool required = false;
  if (!is_required(q, &required, e)) return false;
  keep_session(q, required);
  return handle_codes(q, e);
}

static bool send_drop(request *q, err *e) {
  return send_change(q, after_drop, e);
}

bool handle_codes_drop(request *q, err *e) {
  return begin_task(q, e) && request_background(q, BACKGROUND_PASSWORD, drop_work, send_drop);
}

static bool after_taken(request *q, err *e) {
  (void)e;
  streams_wake(q->loop->server);
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_bool(&w, "done", true);
  json_close(&w, '}');
  return true;
}

bool handle_officer_codes(request *q, err *e) {
  uuid id;
  const uuid entry_id = uuid_v7_now();
  officer *was = NULL;
  json *body = json_map_new(q->a);
  if (!param_uuid(q, 0, &id, e) || !store_officer_find(request_store(q), q->a, &id, &was, e))
    return false;
  if (!was)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有这位工作人员。", "There is no such officer.");
  if (uuid_equal(&id, &q->who.actor.officer))
    return err_set(e, ERR_NOT_ALLOWED, "id", "自己的验证码请在“我的账号”停用。",
                   "Drop your own codes on the page of your account.");
  if (!json_set_uuid(q->a, body, "id", &id) || !json_set_bool(q->a, body, "codes", false))
    return err_memory(e);
  return request_command(q, VERB_OFFICER, &entry_id, body, 0, after_taken);
}
