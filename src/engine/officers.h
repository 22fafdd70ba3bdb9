/* officers.h — what may be written of an officer: for the verb OFFICER, and for whoever checks
 * before sending it. */
#ifndef JISHI_ENGINE_OFFICERS_H
#define JISHI_ENGINE_OFFICERS_H

#include "engine/rights.h"
#include "store/rows/officers.h"

enum { OFFICER_LOGIN_MAX_BYTES = 64, OFFICER_NAME_MAX_BYTES = 128 };

bool officer_login_check(text login, err *e); /* ERR_BAD_INPUT at "login" */
bool officer_name_check(text name, err *e);   /* ERR_BAD_INPUT at "name" */
/* The role that the word means, by its name (`role`, or `pack.role` where several packs have one of
 * that name) or its title, into the post. False: ERR_BAD_INPUT at `where` names those there are. */
bool officer_role(const catalog *packs, text word, const char *where, post *ret, err *e);
/* Of a post; an administrator's when its pack has no such role any more. */
label officer_role_title(const catalog *packs, const post *x);

/* What a change is judged by: the store as it is, the packs, and who asks. */
typedef struct officer_rules {
  store *s;
  const catalog *packs;
  arena *a;
  const actor *who;
} officer_rules;
/* Whether `who` may make `now` of `was` (NULL: new), and whether it can be. */
bool officer_change_check(const officer_rules *r, const officer *was, const officer *now, err *e);
/* Over each of his areas; whoever has no post belongs to the county alone. */
bool officer_may_manage(const officer_rules *r, const officer *o, err *e);
bool officer_same_posts(const officer *x, const officer *y);

/* Somebody must always be there who administers the whole county. */
bool officer_administers(const officer_rules *r, const officer *o);
bool officer_administrators(const officer_rules *r, int64_t *ret_count, err *e);
/* Whether each of the three administrators is still there after a change. */
bool officer_keeps_administrators(const officer_rules *r, const officer *was, const officer *now,
                                  err *e);
bool officer_last_administrator(const char *login, err *e); /* says it; false */

#endif
