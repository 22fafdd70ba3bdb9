#include "http/session.h"

#include "base/password.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROBES = 64 };

typedef struct live {
  hash token; /* of the token: a look into memory gives none away */
  int64_t changed;
  bool keeping; /* its officer is about to change his password */
  int64_t idle_ms;
  bool needs_codes, has_offer;
  uint8_t offer[TOTP_SECRET_BYTES];
  session_listed is;
} live;

struct sessions {
  pthread_mutex_t lock;
  char log_salt[44];
  live slots[SESSIONS_MAX];
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

/* ---- slots, under the lock ---- */

static size_t slot_of(const hash *h) {
  size_t n;
  memcpy(&n, h->b, sizeof n);
  return n % SESSIONS_MAX;
}

static live *live_of(sessions *all, text token) {
  hash h = hash_of(&token, 1);
  size_t first = slot_of(&h);
  int64_t now = now_ms();
  for (size_t i = 0; i < PROBES; i++) {
    live *l = &all->slots[(first + i) % SESSIONS_MAX];
    if (l->is.expires_ms > now && hash_equal(&l->token, &h)) return l;
  }
  return NULL;
}

static void end(live *l) {
  *l = (live){.changed = 0};
}

static void make_room(sessions *all, const uuid *officer_id, int64_t now) {
  live *oldest = NULL;
  size_t own = 0;
  for (size_t i = 0; i < SESSIONS_MAX; i++) {
    live *l = &all->slots[i];
    if (l->is.expires_ms <= now || !uuid_equal(&l->is.officer, officer_id)) continue;
    own++;
    if (!oldest || l->is.seen_ms < oldest->is.seen_ms) oldest = l;
  }
  if (own >= SESSIONS_EACH) end(oldest);
}

/* ---- beginning ---- */

bool session_begin(sessions *all, const session_begun *x, char ret_token[44], int64_t *ret_expires,
                   err *e) {
  secret_token(ret_token);
  if (!ret_token[0]) return err_memory(e);
  text t = text_of(ret_token);
  hash h = hash_of(&t, 1);
  int64_t now = now_ms();
  live made = {.token = h,
               .changed = x->changed,
               .idle_ms = x->idle_ms,
               .needs_codes = x->needs_codes,
               .is = {.id = uuid_v7_now(),
                      .officer = x->officer,
                      .began_ms = now,
                      .seen_ms = now,
                      .expires_ms = now + x->lasts_ms}};
  snprintf(made.is.from, sizeof made.is.from, "%s", x->from);
  snprintf(made.is.device, sizeof made.is.device, "%s", x->device);
  bool given = false;
  pthread_mutex_lock(&all->lock);
  make_room(all, &x->officer, now);
  size_t first = slot_of(&h);
  for (size_t i = 0; i < PROBES && !given; i++) {
    live *l = &all->slots[(first + i) % SESSIONS_MAX];
    if (l->is.expires_ms > now) continue;
    *l = made;
    given = true;
  }
  pthread_mutex_unlock(&all->lock);
  *ret_expires = made.is.expires_ms;
  return given || err_set(e, ERR_BUSY, NULL, "登录的人太多，请稍后再试。",
                          "Too many sessions; try again later.");
}

/* ---- finding ---- */

bool session_of(store *s, arena *a, const uuid *officer_id, session *ret, err *e) {
  officer *o = NULL;
  if (!store_officer_find(s, a, officer_id, &o, e)) return false;
  if (!o || !o->active)
    return err_set(e, ERR_SIGN_IN, NULL, "您的账号已停用，请联系管理员。",
                   "Your account is closed; ask the administrator.");
  session x = {.officer = o};
  x.actor = (actor){.officer = o->id, .posts = o->posts, .post_count = o->post_count};
  x.scope = actor_scope(&x.actor);
  if (!actor_reach(s, a, &x.actor, store_packs(s), day_today(), &x.reach, e)) return false;
  *ret = x;
  return true;
}

/* A session ends when password, posts or being active changed after it began, whoever changed them,
 * here or by a command. */
static bool still_holds(store *s, const live *l, bool *ret_first, err *e) {
  credential c = {.changed = 0};
  bool found = false;
  if (!store_credential_find(s, &l->is.officer, &c, &found, e)) return false;
  *ret_first = c.first_password;
  return (found && c.changed == l->changed) ||
         err_set(e, ERR_SIGN_IN, NULL, "您的账号有变动，请重新登录。",
                 "Your account was changed; please sign in again.");
}

bool session_find(sessions *all, store *s, arena *a, text token, session_look how, session *ret,
                  err *e) {
  live copy = {.changed = 0};
  int64_t now = now_ms();
  pthread_mutex_lock(&all->lock);
  live *l = live_of(all, token);
  if (l) {
    l->is.locked |= l->idle_ms && now - l->is.seen_ms >= l->idle_ms;
    if (how == SESSION_USED && !l->is.locked) l->is.seen_ms = now;
    copy = *l;
  }
  pthread_mutex_unlock(&all->lock);
  if (!l) return err_set(e, ERR_SIGN_IN, NULL, "请先登录。", "Please sign in.");
  if (copy.is.locked && how != SESSION_EVEN_LOCKED)
    return err_set(e, ERR_LOCKED, NULL, "很久没有操作，已锁定。请输入密码继续。",
                   "Locked, because nothing was done for a while; give the password to go on.");
  err why;
  bool first = false;
  if (!still_holds(s, &copy, &first, &why)) {
    if (why.code == ERR_SIGN_IN && !copy.keeping) session_close(all, token);
    *e = why;
    return false;
  }
  if (!session_of(s, a, &copy.is.officer, ret, e)) return false;
  ret->id = copy.is.id;
  ret->expires_ms = copy.is.expires_ms;
  ret->idle_ms = copy.idle_ms;
  ret->first_password = first;
  ret->needs_codes = copy.needs_codes;
  return true;
}

/* ---- changing ---- */

static void set_locked(sessions *all, text token, bool locked) {
  pthread_mutex_lock(&all->lock);
  live *l = live_of(all, token);
  if (l) l->is.locked = locked;
  if (l && !locked) l->is.seen_ms = now_ms();
  pthread_mutex_unlock(&all->lock);
}

void session_lock(sessions *all, text token) {
  set_locked(all, token, true);
}

void session_unlock(sessions *all, text token) {
  set_locked(all, token, false);
}

void session_keep(sessions *all, text token, int64_t changed) {
  pthread_mutex_lock(&all->lock);
  live *l = live_of(all, token);
  if (l) l->keeping = changed == 0;
  if (l && changed > 0) l->changed = changed;
  pthread_mutex_unlock(&all->lock);
}

void session_codes_offer(sessions *all, text token, const uint8_t secret[TOTP_SECRET_BYTES]) {
  pthread_mutex_lock(&all->lock);
  live *l = live_of(all, token);
  if (l) memcpy(l->offer, secret, TOTP_SECRET_BYTES);
  if (l) l->has_offer = true;
  pthread_mutex_unlock(&all->lock);
}

bool session_codes_offered(sessions *all, text token, uint8_t ret[TOTP_SECRET_BYTES]) {
  pthread_mutex_lock(&all->lock);
  const live *l = live_of(all, token);
  const bool has = l && l->has_offer;
  if (has) memcpy(ret, l->offer, TOTP_SECRET_BYTES);
  pthread_mutex_unlock(&all->lock);
  return has;
}

void session_codes_set(sessions *all, text token, bool needed) {
  pthread_mutex_lock(&all->lock);
  live *l = live_of(all, token);
  if (l) memset(l->offer, 0, TOTP_SECRET_BYTES);
  if (l) l->has_offer = false;
  if (l) l->needs_codes = needed;
  pthread_mutex_unlock(&all->lock);
}

void session_close(sessions *all, text token) {
  pthread_mutex_lock(&all->lock);
  live *l = live_of(all, token);
  if (l) end(l);
  pthread_mutex_unlock(&all->lock);
}

bool session_end(sessions *all, const uuid *id, const uuid *officer_id) {
  bool found = false;
  int64_t now = now_ms();
  pthread_mutex_lock(&all->lock);
  for (size_t i = 0; i < SESSIONS_MAX && !found; i++) {
    live *l = &all->slots[i];
    found = l->is.expires_ms > now && uuid_equal(&l->is.id, id) &&
            (!officer_id || uuid_equal(&l->is.officer, officer_id));
    if (found) end(l);
  }
  pthread_mutex_unlock(&all->lock);
  return found;
}

/* ---- telling ---- */

bool sessions_list(sessions *all, arena *a, const uuid *officer_id, session_listed **ret,
                   size_t *ret_count, err *e) {
  int64_t now = now_ms();
  size_t room = (size_t)sessions_count(all) + SESSIONS_EACH, n = 0; /* some may begin meanwhile */
  session_listed *rows = ARENA_ARRAY(a, room, session_listed);
  if (!rows) return err_memory(e);
  pthread_mutex_lock(&all->lock);
  for (size_t i = 0; i < SESSIONS_MAX && n < room; i++) {
    live *l = &all->slots[i];
    if (l->is.expires_ms <= now || (officer_id && !uuid_equal(&l->is.officer, officer_id)))
      continue;
    l->is.locked |= l->idle_ms && now - l->is.seen_ms >= l->idle_ms;
    rows[n++] = l->is;
  }
  pthread_mutex_unlock(&all->lock);
  *ret = rows;
  *ret_count = n;
  return true;
}

int64_t sessions_count(sessions *all) {
  int64_t n = 0, now = now_ms();
  pthread_mutex_lock(&all->lock);
  for (size_t i = 0; i < SESSIONS_MAX; i++) n += all->slots[i].is.expires_ms > now;
  pthread_mutex_unlock(&all->lock);
  return n;
}

void session_login_tag(const sessions *all, text login, char ret[9]) {
  char hex[65];
  text parts[] = {text_of(all->log_salt), login};
  hash h = hash_of(parts, 2);
  hash_format(&h, hex);
  memcpy(ret, hex, 8);
  ret[8] = 0;
}
