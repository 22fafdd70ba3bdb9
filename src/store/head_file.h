/* head_file.h — where the journal of a folder stands, a second time: `jishi.db-head` beside the
 * database.
 *
 * SQLite takes a lost or older `-wal` for nothing having been there, so entries that were answered
 * could be gone without a word. The head is noted here after each commit and is never ahead of what
 * is durable; when the database is behind it, entries are missing. Not brought to the disk at once:
 * after a power loss it may be behind, which says nothing.
 *
 * A server keeps its own promises: on a URL all of this does nothing. */
#ifndef JISHI_STORE_HEAD_FILE_H
#define JISHI_STORE_HEAD_FILE_H

#include "base/hash.h"
#include "store/db/db.h"

/* The user_version of a database whose head is kept so. */
enum { HEAD_FILE_VERSION = 1 };

typedef struct head_file {
  int file; /* -1: none */
} head_file;

/* Opens it for noting, and makes it when `make`. */
bool head_file_open(head_file *h, const char *location, bool make, err *e);
void head_file_close(head_file *h);
void head_file_note(const head_file *h, int64_t seq, const hash *link);

/* What is noted. *ret_there false: there is no such file. */
bool head_file_read(const char *location, bool *ret_there, int64_t *ret_seq, hash *ret_link,
                    err *e);

#endif
