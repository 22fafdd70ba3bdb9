/* restore.h — a county out of its backups, an export or another location, into a new location.
 *
 * The journal is replayed entry by entry, each held to its link. The location appears when all of
 * it is there, and not before. */
#ifndef JISHI_BACKUP_RESTORE_H
#define JISHI_BACKUP_RESTORE_H

#include "backup/folder.h"
#include "backup/receive.h"

#include <stdatomic.h>

typedef struct restore_request {
  const char *from;       /* a backup folder, one part of it, an export */
  const char *location;   /* where no county is yet */
  const char *passphrase; /* NULL: none */
  receive_until until;
  void (*progress)(int64_t done, int64_t all); /* may be NULL */
  const atomic_bool *stop;                     /* true: give up; may be NULL */
} restore_request;
typedef struct restored {
  send_head head;      /* of the newest part that was read */
  journal_point point; /* where the county now stands */
} restored;
bool restore_county(const restore_request *q, restored *ret, err *e);

/* One file with everything: documented in docs/backup.md, read by restore_county. */
bool export_county(const char *location, const char *file, const char *passphrase,
                   void (*progress)(int64_t, int64_t), sent *ret, err *e);
/* From one location to another, of either driver. */
bool move_county(const char *location, const char *to, void (*progress)(int64_t, int64_t),
                 restored *ret, err *e);

/* ---- for backup.c ---- */

/* Restores the set that ends in `part`, into a location beside `location` that is taken away again.
 */
bool restore_try(const char *folder, const char *part, const char *location, const char *passphrase,
                 const atomic_bool *stop, void (*progress)(int64_t, int64_t), err *e);

#endif
