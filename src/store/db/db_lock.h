/* db_lock.h — which of several programs is the one that serves a county's writes.
 *
 * One holder at a time, kept by the system and not by a row or a file's being there: it ends with
 * its holder, however that ends. In a folder an flock on `writer.lock`; on PostgreSQL an advisory
 * lock of a connection that is used for nothing else, keyed by schema and county. Where the file
 * is removed, the first who asks afterwards holds it anew; who held it before learns so when he
 * asks next. A holder that stands still (SIGSTOP) keeps a folder's lock; the server's it loses
 * after a minute of silence.
 *
 * It says who answers people, nothing more: that entries stay in order does not rest on it, but on
 * the county's row (store_lock), which commands hold without it. One thread at a time. */
#ifndef JISHI_STORE_DB_LOCK_H
#define JISHI_STORE_DB_LOCK_H

#include "base/err.h"

typedef struct db_lock db_lock;

db_lock *db_lock_new(const char *location, const char *county, err *e);
/* Takes the lock, or makes sure that it is still held; never waits. False: do not write.
 * ERR_STANDBY: another holds it, and the sentence says who and since when. ERR_STORE: the database
 * cannot be asked. */
bool db_lock_hold(db_lock *l, err *e);
void db_lock_free(db_lock *l); /* gives it up; NULL is fine */

#endif
