#include "http/session.h"

#include "base/password.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* An office shares one address: it is slowed much later than a single login. */
enum { SLOTS = 8192, LOCK_AFTER = 5, LOCK_ADDRESS_AFTER = 30, LOCK_SECONDS = 60, TRIES = 1024 };

typedef struct live {
  hash token; /* of the token: a look into memory gives none away */
  uuid officer;
  int64_t expires_ms;
  int64_t changed; /* the officer's credential, as it was at the sign-in */
} live;

/* Failed sign-ins in a row for a login or an address; small, oldest overwritten. */
typedef struct tried {
  hash who;
  int64_t failures, last_ms;
} tried;

struct sessions {
  pthread_mutex_t lock;
  char log_salt[44];
  live slots[SLOTS];
  tried tries[TRIES];
};

sessions *sessions_new(void) {
  sessions *all = calloc(1, sizeof *all);
  if (!all) return NULL;
  pthread_mutex_init(&all->lock, NULL);
  secret_token(all->log_salt);
  return all;
}

void sessions_free(sessions *all) {
  if (!all) return;
  pthread_mutex_destroy(&all->lock);
  free(all);
}

static size_t slot_of(const hash *h, size_t of) {
  size_t n;
  memcpy(&n, h->b, sizeof n);
  return n % of;
}

/* ---- slowing down ---- */

static hash who_tries(const char *what, text name) {
  text parts[] = {text_of(what), name};
  return hash_of(parts, 2);
}

/* Seconds still to wait before this one may try again. */
static int64_t must_wait(sessions *all, const hash *who, int64_t after) {
  pthread_mutex_lock(&all->lock);
  tried *t = &all->tries[slot_of(who, TRIES)];
  int64_t left = 0;
  if (memcmp(&t->who, who, sizeof *who) == 0 && t->failures >= after) {
    int64_t seconds = LOCK_SECONDS * (t->failures - after + 1);
    if (seconds > 900) seconds = 900;
    left = (t->last_ms + seconds * 1000 - now_ms() + 999) / 1000;
  }
  pthread_mutex_unlock(&all->lock);
  return left > 0 ? left : 0;
}

static void count_try(sessions *all, const hash *who, bool failed) {
  pthread_mutex_lock(&all->lock);
  tried *t = &all->tries[slot_of(who, TRIES)];
  if (memcmp(&t->who, who, sizeof *who) != 0) *t = (tried){.who = *who};
  t->failures = failed ? t->failures + 1 : 0;
  t->last_ms = now_ms();
  pthread_mutex_unlock(&all->lock);
}

/* ---- sessions ---- */

static bool give_token(sessions *all, const uuid *officer_id, int64_t changed, char ret_token[44],
                       int64_t *expires) {
  secret_token(ret_token);
  if (!ret_token[0]) return false;
  text t = text_of(ret_token);
  hash h = hash_of(&t, 1);
  int64_t now = now_ms();
  *expires = now + (int64_t)SESSION_HOURS * 3600 * 1000;
  bool given = false;
  pthread_mutex_lock(&all->lock);
  size_t first = slot_of(&h, SLOTS);
  for (size_t i = 0; i < 64 && !given; i++) {
    live *l = &all->slots[(first + i) % SLOTS];
    if (l->expires_ms > now) continue;
    *l = (live){h, *officer_id, *expires, changed};
    given = true;
  }
  pthread_mutex_unlock(&all->lock);
  return given;
}

static bool who_is(store *s, arena *a, const uuid *officer_id, int64_t expires, session *ret,
                   err *e) {
  officer *o = NULL;
  if (!store_officer_find(s, a, officer_id, &o, e)) return false;
  if (!o || !o->active)
    return err_set(e, ERR_SIGN_IN, NULL, "您的账号已停用，请联系管理员。",
                   "Your account is closed; ask the administrator.");
  session x = {.officer = o, .expires_ms = expires};
  x.actor = (actor){.officer = o->id, .posts = o->posts, .post_count = o->post_count};
  x.scope = actor_scope(&x.actor);
  if (!actor_reach(s, a, &x.actor, store_packs(s), day_today(), &x.reach, e)) return false;
  *ret = x;
  return true;
}

bool session_open(sessions *all, store *s, arena *a, text login, text password, const char *address,
                  char ret_token[44], session *ret, err *e) {
  hash by_login = who_tries("login", login), by_address = who_tries("address", text_of(address));
  int64_t wait = must_wait(all, &by_login, LOCK_AFTER),
          wait_more = must_wait(all, &by_address, LOCK_ADDRESS_AFTER);
  if (wait_more > wait) wait = wait_more;
  if (wait)
    return err_set(e, ERR_TOO_MANY, NULL, "密码错误次数太多，请 %d 秒后再试。",
                   "Too many wrong passwords; try again in %d seconds.", (int)wait);
  officer *o = NULL;
  credential c = {.changed = 0};
  bool found = false;
  if (!store_officer_find_by_login(s, a, login, &o, e)) return false;
  if (o && !store_credential_find(s, &o->id, &c, &found, e)) return false;
  bool right_password = false;
  if (found)
    right_password = password_check(password, c.password_hash);
  else
    password_check_nobody(password);
  count_try(all, &by_login, !right_password);
  count_try(all, &by_address, !right_password);
  if (!right_password)
    return err_set(e, ERR_SIGN_IN, NULL, "登录名或密码不对，请重新输入。",
                   "Wrong login or password; try again.");
  int64_t expires = 0;
  session x;
  if (!who_is(s, a, &o->id, 0, &x, e)) return false;
  if (!give_token(all, &o->id, c.changed, ret_token, &expires))
    return err_set(e, ERR_BUSY, NULL, "登录的人太多，请稍后再试。",
                   "Too many sessions; try again later.");
  x.expires_ms = expires;
  *ret = x;
  return true;
}

/* A session ends when password, posts or being active changed after it began, whoever changed them,
 * here or by a command. */
static bool still_holds(store *s, const uuid *officer_id, int64_t changed, err *e) {
  credential c = {.changed = 0};
  bool found = false;
  if (!store_credential_find(s, officer_id, &c, &found, e)) return false;
  return (found && c.changed == changed) ||
         err_set(e, ERR_SIGN_IN, NULL, "您的账号有变动，请重新登录。",
                 "Your account was changed; please sign in again.");
}

bool session_find(sessions *all, store *s, arena *a, text token, session *ret, err *e) {
  hash h = hash_of(&token, 1);
  uuid officer_id = {{0}};
  int64_t expires = 0, changed = 0, now = now_ms();
  pthread_mutex_lock(&all->lock);
  size_t first = slot_of(&h, SLOTS);
  for (size_t i = 0; i < 64; i++) {
    const live *l = &all->slots[(first + i) % SLOTS];
    if (l->expires_ms <= now || memcmp(&l->token, &h, sizeof h) != 0) continue;
    officer_id = l->officer;
    expires = l->expires_ms;
    changed = l->changed;
  }
  pthread_mutex_unlock(&all->lock);
  if (!expires) return err_set(e, ERR_SIGN_IN, NULL, "请先登录。", "Please sign in.");
  err why;
  if (!still_holds(s, &officer_id, changed, &why)) {
    if (why.code == ERR_SIGN_IN) session_close(all, token);
    *e = why;
    return false;
  }
  return who_is(s, a, &officer_id, expires, ret, e);
}

void session_login_tag(const sessions *all, text login, char ret[9]) {
  char hex[65];
  text parts[] = {text_of(all->log_salt), login};
  hash h = hash_of(parts, 2);
  hash_format(&h, hex);
  memcpy(ret, hex, 8);
  ret[8] = 0;
}

void session_close(sessions *all, text token) {
  hash h = hash_of(&token, 1);
  pthread_mutex_lock(&all->lock);
  size_t first = slot_of(&h, SLOTS);
  for (size_t i = 0; i < 64; i++) {
    live *l = &all->slots[(first + i) % SLOTS];
    if (memcmp(&l->token, &h, sizeof h) == 0) *l = (live){.expires_ms = 0};
  }
  pthread_mutex_unlock(&all->lock);
}

int64_t sessions_count(sessions *all) {
  int64_t n = 0, now = now_ms();
  pthread_mutex_lock(&all->lock);
  for (size_t i = 0; i < SLOTS; i++) n += all->slots[i].expires_ms > now;
  pthread_mutex_unlock(&all->lock);
  return n;
}
