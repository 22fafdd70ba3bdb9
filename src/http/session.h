/* session.h — who is signed in. Tokens live in memory only: a restart signs everybody out. A new
 * password, other posts, a closed account end his sessions at once.
 *
 * A session that nobody used for a while is locked, not ended: his password opens it again, and
 * what he was writing is still on the page. What was asked for by no person (the live feed) is not
 * use. */
#ifndef JISHI_HTTP_SESSION_H
#define JISHI_HTTP_SESSION_H

#include "base/totp.h"
#include "http/peer.h"
#include "http/server.h"

enum { SESSIONS_MAX = 8192, SESSIONS_EACH = 16, SESSION_DEVICE_BYTES = 96 };

typedef struct session {
  officer *officer; /* NULL: nobody */
  actor actor;
  scope scope; /* the areas of his posts */
  reach reach; /* what he sees there */
  uuid id;
  int64_t expires_ms, idle_ms;
  bool first_password; /* it must be changed before anything else */
  bool needs_codes;    /* one-time codes must be set up, then */
} session;

/* What is asked of a session: its use, or only whether it is still there. */
typedef enum session_look { SESSION_USED, SESSION_SEEN, SESSION_EVEN_LOCKED } session_look;

typedef struct session_begun {
  uuid officer;
  int64_t changed; /* the officer's credential, as it was at the sign-in */
  int64_t lasts_ms, idle_ms;
  bool needs_codes; /* the county demands one-time codes of him, and he has none */
  char from[PEER_TEXT_BYTES],
      device[SESSION_DEVICE_BYTES]; /* address; what the browser says of itself */
} session_begun;

typedef struct session_listed {
  uuid id, officer;
  int64_t began_ms, seen_ms, expires_ms;
  bool locked;
  char from[PEER_TEXT_BYTES], device[SESSION_DEVICE_BYTES];
} session_listed;

typedef struct sessions sessions; /* shared by the loops; locks itself */
sessions *sessions_new(void);
void sessions_free(sessions *all);
/* The token (44 bytes) and the end. Of one officer at most SESSIONS_EACH: then the one that was
 * used least lately ends. False: ERR_BUSY. */
bool session_begin(sessions *all, const session_begun *x, char ret_token[44], int64_t *ret_expires,
                   err *e);
/* False: no such session, it has ended (ERR_SIGN_IN) or is locked (ERR_LOCKED). */
bool session_find(sessions *all, store *s, arena *a, text token, session_look how, session *ret,
                  err *e);
/* The officer himself, when his account is open. */
bool session_of(store *s, arena *a, const uuid *officer, session *ret, err *e);
void session_lock(sessions *all, text token);
void session_unlock(sessions *all, text token);
/* While its officer changes his own password a session is not ended by that (session_keep with 0),
 * and afterwards belongs to the new one: `changed` is the number of the entry. */
void session_keep(sessions *all, text token, int64_t changed);
/* One-time codes that are being set up: their secret, until they are. */
void session_codes_offer(sessions *all, text token, const uint8_t secret[TOTP_SECRET_BYTES]);
bool session_codes_offered(sessions *all, text token, uint8_t ret[TOTP_SECRET_BYTES]);
void session_codes_set(sessions *all, text token, bool needed);
void session_close(sessions *all, text token);
/* By its id; `officer` NULL: whose ever. False: there is none. */
bool session_end(sessions *all, const uuid *id, const uuid *officer);
/* Those that last, `officer` NULL: everybody's. False: memory. */
bool sessions_list(sessions *all, arena *a, const uuid *officer, session_listed **ret,
                   size_t *ret_count, err *e);
int64_t sessions_count(sessions *all);
/* Tells sign-ins of one login from those of another in the log, without naming it: another word
 * after each start. */
void session_login_tag(const sessions *all, text login, char ret[9]);

#endif
