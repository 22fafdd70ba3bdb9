/* proof.h — proving who one is: password, and the one-time code of who signs in with one. On the
 * thread of BACKGROUND_PASSWORD, each try counted (guard.h). */
#ifndef JISHI_HTTP_PROOF_H
#define JISHI_HTTP_PROOF_H

#include "http/guard.h"
#include "http/request.h"

#include "store/rows/settings.h"
#include "store/rows/totp.h"

typedef struct proof {
  text login, password, code;
  guard_try tried;
  uuid officer;
  credential c;
  county_settings settings;
  bool administrates;
  bool has_codes;
  totp_kept codes;
  const char *hash; /* of the new password, when there is one */
  text next;
  char from[PEER_TEXT_BYTES];
} proof;

/* What the password's thread needs; `login` is trimmed, so that a blank behind it is no mystery.
 * NULL: no memory. */
proof *proof_new(request *q, text login, text password, err *e);
/* Of who signs in. The right password without the code that belongs to it is ERR_CODE_NEEDED, and
 * no failed try; a wrong code is one. */
bool proof_check(request *q, store *s, proof *p, err *e);
/* Of who is signed in already: a wrong password is a wrong field `where`. Without the code. */
bool proof_check_again(request *q, store *s, proof *p, const char *where, err *e);
/* Once more, the code or a recovery code; a wrong one is a wrong field and a failed try. */
bool proof_check_code(request *q, store *s, proof *p, err *e);
/* Whether the county demands codes of him. */
bool proof_needs_codes(const proof *p);

#endif
