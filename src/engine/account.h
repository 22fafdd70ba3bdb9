/* account.h — whether who asks is still what he was when he asked.
 *
 * A request brings the posts of its beginning; a list brings them for minutes. Until the writer
 * comes to a command another may have closed the account or moved the officer, and then nothing
 * more is done in his name. Asked inside the transaction, under the county's lock. */
#ifndef JISHI_ENGINE_ACCOUNT_H
#define JISHI_ENGINE_ACCOUNT_H

#include "engine/rights.h"

enum { ACCOUNTS_KEPT = 64 };

/* Actors who were found to stand, as the open transaction sees them; zeroed: none. */
typedef struct accounts {
  hash seen[ACCOUNTS_KEPT];
  size_t count, next;
} accounts;

/* False: closed, or with other posts than `who` says (ERR_SIGN_IN). The system always stands. */
bool account_stands(accounts *kept, store *s, arena *a, const actor *who, err *e);
/* Whenever officers may have changed: by an entry, by another program, by a rollback. */
void accounts_forget(accounts *kept);

#endif
