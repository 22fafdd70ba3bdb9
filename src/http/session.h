/* session.h — who is signed in. Tokens live in memory only: a restart signs everybody out. A new
 * password, other posts, a closed account end his sessions at once. */
#ifndef JISHI_HTTP_SESSION_H
#define JISHI_HTTP_SESSION_H

#include "http/server.h"

typedef struct session {
  officer *officer; /* NULL: nobody */
  actor actor;
  scope scope; /* the areas of his posts */
  reach reach; /* what he sees there */
  int64_t expires_ms;
} session;

typedef struct sessions sessions; /* shared by the loops; locks itself */
sessions *sessions_new(void);
void sessions_free(sessions *all);
/* Checks login and password, slowed by earlier failures (per login and per address). On success
 * *ret_token (44 bytes) is filled in. */
bool session_open(sessions *all, store *s, arena *a, text login, text password, const char *address,
                  char ret_token[44], session *ret, err *e);
/* False: no such session or it has ended; e may be NULL. */
bool session_find(sessions *all, store *s, arena *a, text token, session *ret, err *e);
/* Tells sign-ins of one login from those of another in the log, without naming it: another word
 * after each start. */
void session_login_tag(const sessions *all, text login, char ret[9]);
void session_close(sessions *all, text token);
int64_t sessions_count(sessions *all);

#endif
