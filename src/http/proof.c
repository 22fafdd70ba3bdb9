#include "http/proof.h"

#include "base/log.h"
#include "base/password.h"
#include "http/params.h"
#include "http/server_internal.h"

proof *proof_new(request *q, text login, text password, err *e) {
  proof *p = ARENA_NEW(q->a, proof);
  if (!p) return err_memory(e), NULL;
  text device = param_cookie(q, "jishi_device");
  p->login = login;
  p->password = password;
  p->tried = guard_of(&q->loop->server->secret, login, &q->from, device);
  peer_write(&q->from, p->from);
  q->served_first = p->tried.known || q->who.officer;
  memcpy(q->turn.b, p->tried.address.b, sizeof q->turn.b); /* of who signs in, his address's turn */
  q->data = p;
  return p;
}

static void log_failed(const request *q, const proof *p, const err *e) {
  char tag[9];
  session_login_tag(q->loop->server->sessions, p->login, tag);
  log_event(LOG_WARN, "sign_in_failed", log_word("request", q->id), log_word("login_tag", tag),
            log_word("from", p->from), log_word("code", err_name(e->code)));
}

static bool is_right(store *s, arena *a, proof *p, bool *ret_yes, err *e) {
  officer *o = NULL;
  bool found = false;
  if (!store_officer_find_by_login(s, a, p->login, &o, e)) return false;
  if (o && !store_credential_find(s, &o->id, &p->c, &found, e)) return false;
  if (o) p->officer = o->id;
  for (size_t i = 0; o && i < o->post_count; i++) p->administrates |= !o->posts[i].pack[0];
  *ret_yes = found && password_check(p->password, p->c.password_hash);
  if (!found) password_check_nobody(p->password);
  return true;
}

/* ---- one-time codes ---- */

bool proof_needs_codes(const proof *p) {
  return p->settings.codes_required == 2 || (p->settings.codes_required == 1 && p->administrates);
}

/* Inside a transaction of its own: of two who send one code at once, one is let in. */
static bool use_code(request *q, store *s, const proof *p, bool *ret_right, err *e) {
  const int64_t step = totp_step_of(p->codes.secret, p->code, now_ms());
  const hash recovery = totp_recovery_hash(&q->loop->server->secret, &p->officer, p->code);
  bool ok = db_begin(store_db(s), e) &&
            (step ? store_totp_use(s, &p->officer, step, ret_right, e)
                  : store_totp_use_recovery(s, &p->officer, &recovery, ret_right, e)) &&
            db_commit(store_db(s), e);
  if (!ok) db_rollback(store_db(s));
  return ok;
}

typedef enum proven { PROVEN, PROVEN_WRONG_PASSWORD, PROVEN_NO_CODE, PROVEN_WRONG_CODE } proven;

static bool prove_code(request *q, store *s, proof *p, proven *ret, err *e) {
  int64_t left = 0;
  bool right = false;
  if (!store_totp_find(s, q->a, &p->officer, &p->codes, &p->has_codes, &left, e)) return false;
  *ret = p->has_codes && !p->code.bytes ? PROVEN_NO_CODE : PROVEN;
  if (!p->has_codes || !p->code.bytes) return true;
  if (!use_code(q, s, p, &right, e)) return false;
  if (!right) *ret = PROVEN_WRONG_CODE;
  return true;
}

/* ---- each try ---- */

static bool say_unproven(const request *q, const proof *p, proven x, err *e) {
  if (x == PROVEN_NO_CODE)
    return err_set(e, ERR_CODE_NEEDED, "code", "请再填验证码：手机应用里的六位数字，或一个备用码。",
                   "Give the one-time code, too: six digits from the telephone, or a recovery "
                   "code.");
  if (x == PROVEN_WRONG_CODE)
    err_set(e, ERR_SIGN_IN, "code", "验证码不对，或已经用过。请等下一个再填。",
            "The code is wrong or was used already; wait for the next one.");
  else
    err_set(e, ERR_SIGN_IN, NULL, "登录名或密码不对，请重新输入。",
            "Wrong login or password; try again.");
  return log_failed(q, p, e), false;
}

static void forget_tries(store *s, const proof *p) {
  err ignored;
  if (guard_passed(s, &p->tried, &ignored)) return;
  log_err(LOG_WARN, "sign_in_not_counted", &ignored);
  guard_take_back(s, &p->tried);
}

static bool prove(request *q, store *s, proof *p, bool with_code, err *e) {
  bool right = false;
  proven x = PROVEN;
  if (!guard_begin(s, &p->tried, &q->retry_after_s, e)) return log_failed(q, p, e), false;
  if (!store_settings(s, &p->settings, e) || !is_right(s, q->a, p, &right, e) ||
      (right && with_code && !prove_code(q, s, p, &x, e))) {
    guard_take_back(s, &p->tried);
    return false;
  }
  if (!right) x = PROVEN_WRONG_PASSWORD;
  if (x == PROVEN) forget_tries(s, p);
  if (x == PROVEN_NO_CODE) guard_take_back(s, &p->tried);
  return x == PROVEN || say_unproven(q, p, x, e);
}

bool proof_check(request *q, store *s, proof *p, err *e) {
  return prove(q, s, p, true, e);
}

bool proof_check_again(request *q, store *s, proof *p, const char *where, err *e) {
  err why;
  if (prove(q, s, p, false, &why)) return true;
  *e = why;
  return why.code == ERR_SIGN_IN ? err_set(e, ERR_BAD_INPUT, where, "密码不对，请重新输入。",
                                           "The password is wrong; try again.")
                                 : false;
}

bool proof_check_code(request *q, store *s, proof *p, err *e) {
  proven x = PROVEN;
  if (!guard_begin(s, &p->tried, &q->retry_after_s, e)) return log_failed(q, p, e), false;
  if (!prove_code(q, s, p, &x, e)) return guard_take_back(s, &p->tried), false;
  if (x == PROVEN) forget_tries(s, p);
  return x == PROVEN ||
         err_set(e, ERR_BAD_INPUT, "code", "验证码不对，或已经用过。请等下一个再填。",
                 "The code is wrong or was used already; wait for the next one.");
}
