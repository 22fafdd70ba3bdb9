/* owners.h — whose a subject is: one of the pack's people (a kind with `account_field`), with or
 * without an account; where a pack has no such kind, an officer by his login. */
#ifndef JISHI_ENGINE_DUTIES_OWNERS_H
#define JISHI_ENGINE_DUTIES_OWNERS_H

#include "store/rows.h"

typedef struct duty_owner {
  uuid officer;     /* his account; nil: he has none */
  uuid person;      /* his record; nil: an officer by login */
  const char *name; /* as people say it */
} duty_owner;
/* By the key or login that an expression gives; all nil and the text itself: nobody of that name is
 * there any more. */
bool duty_owner_find(store *s, arena *a, const pack *p, text key, duty_owner *ret, err *e);
/* The key or login of an officer or a person by id; NULL: he is neither. */
bool duty_owner_key(store *s, arena *a, const pack *p, const uuid *id, const char **ret, err *e);
/* What stands for him where acts are counted: his account, else his record. */
uuid duty_owner_id(const duty_owner *x);
bool duty_owner_is(const duty_owner *x, const uuid *id);

#endif
