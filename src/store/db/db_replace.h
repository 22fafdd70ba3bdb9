/* db_replace.h — another location takes the stead of one, which is kept under another name: a
 * folder beside the folder, a schema beside the schema. Whoever looks meanwhile sees the old one or
 * the new one, and never half of either. */
#ifndef JISHI_STORE_DB_REPLACE_H
#define JISHI_STORE_DB_REPLACE_H

#include "base/err.h"

/* The location beside it whose name ends in `word` (small letters, digits, -). */
bool db_beside_name(const char *location, const char *word, char *ret, size_t room, err *e);
/* `fresh` becomes the location, and what was there becomes `kept`; both are names of
 * db_beside_name, and nobody has either open. */
bool db_replace(const char *location, const char *fresh, const char *kept, err *e);

#endif
