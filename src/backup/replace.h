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

#endif
