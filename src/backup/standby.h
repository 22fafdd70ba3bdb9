/* standby.h — a second location that follows another by its journal and can take its stead.
 *
 * Each round takes in what is new there, entry by entry, each held to its link, and the rows beside
 * the journal; so the location is a whole county at every moment, somewhat behind. A server started
 * on it takes over: the next round finds that it is served, and ends. Nobody else may write there,
 * or it has gone another way than the one it followed, which is told. */
#ifndef JISHI_BACKUP_STANDBY_H
#define JISHI_BACKUP_STANDBY_H

#include "backup/receive.h"

typedef struct standby standby;
/* `location`: new, or one that followed `from` before. */
standby *standby_new(const char *location, const char *from, void (*progress)(int64_t, int64_t),
                     err *e);
/* One round; *ret_at: where the location stands then. ERR_STANDBY: it is served, and follows no
 * more. ERR_CONFLICT: the two have gone different ways. Anything else may be tried again. */
bool standby_follow(standby *s, journal_point *ret_at, err *e);
void standby_free(standby *s); /* NULL is fine */

#endif
