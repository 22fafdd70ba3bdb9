/* replace.h — a backup restored in the stead of a county that is there already, damaged or not. The
 * old one is kept beside it under a name with the date, and is in place until the new one is whole.
 */
#ifndef JISHI_BACKUP_REPLACE_H
#define JISHI_BACKUP_REPLACE_H

#include "backup/restore.h"

enum { KEPT_MAX = 4096 };
/* Refused while it is served, and when another county is there. `ret_kept`: where the old one is
 * now; "": there was none. */
bool restore_replacing(const restore_request *q, char ret_kept[KEPT_MAX], restored *ret, err *e);

/* ---- for county_upgrade.c ---- */

typedef struct replacing {
  const char *location;
  bool is_there;
  char code[13]; /* "": what is there cannot be read */
  char fresh[KEPT_MAX], kept[KEPT_MAX];
  struct db_lock *lock; /* of who serves, so that nobody does */
} replacing;

/* Where what is to take the stead of the location may be made: `fresh`, beside it, whose name ends
 * in `word`. Where nothing is there, neither lock nor names. */
bool replace_begin(const char *location, const char *word, replacing *ret, err *e);
/* `take`: `fresh`, closed, takes its stead; else, or when not `ok`, it is removed. */
bool replace_end(replacing *r, bool ok, bool take, char ret_kept[KEPT_MAX], err *e);
/* For who calls db_replace himself: gives up the lock and removes nothing; what was there, as it is
 * told: of a URL the schema, as it may hold a password. */
void replace_leave(replacing *r);
void replace_tell(const replacing *r, char ret_kept[KEPT_MAX]);

#endif
