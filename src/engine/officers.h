/* officers.h — what may be written of an officer, for whoever checks before sending OFFICER. */
#ifndef JISHI_ENGINE_OFFICERS_H
#define JISHI_ENGINE_OFFICERS_H

#include "pack/model/catalog.h"

enum { OFFICER_LOGIN_MAX_BYTES = 64, OFFICER_NAME_MAX_BYTES = 128 };

/* ERR_BAD_INPUT at "login". */
bool officer_login_check(text login, err *e);
/* The name of the role that the word means, by its name or its title; NULL: ERR_BAD_INPUT at
 * `place` names those there are. */
const char *officer_role(const catalog *packs, text word, const char *place, err *e);

#endif
