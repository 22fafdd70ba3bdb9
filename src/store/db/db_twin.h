/* db_twin.h — a second location beside one: a folder inside it, or a schema of its own. A journal
 * is replayed into it, to be compared with the first, or to become the location where there was
 * none. */
#ifndef JISHI_STORE_DB_TWIN_H
#define JISHI_STORE_DB_TWIN_H

#include "base/err.h"

/* The twin of that name, small letters only. */
bool db_twin_name(const char *location, const char *word, char *ret, size_t room, err *e);
/* Takes the twin away, if there is one. No connection to it may be open. */
void db_twin_drop(const char *location, const char *twin);
/* The twin, closed, becomes the location, which holds no county yet; whoever looks meanwhile sees
 * none or all of it. */
bool db_twin_install(const char *location, const char *twin, err *e);

#endif
