/* restore.h — a county out of its backups, an export or another place, into a new place.
 *
 * The journal is replayed entry by entry, each held to its link. The place appears when all of it
 * is there, and not before. */
#ifndef JISHI_BACKUP_RESTORE_H
#define JISHI_BACKUP_RESTORE_H

#include "backup/folder.h"
#include "backup/receive.h"

typedef struct restore_request {
  const char *from;       /* a backup folder, one part of it, an export */
  const char *place;      /* where no county is yet */
  const char *passphrase; /* NULL: none */
  receive_until until;
  void (*progress)(int64_t done, int64_t all); /* may be NULL */
} restore_request;
typedef struct restored {
  send_head head;      /* of the newest part that was read */
  journal_point point; /* where the county now stands */
} restored;
bool restore_place(const restore_request *q, restored *ret, err *e);

/* One file with everything: documented in docs/backup.md, read by restore_place. */
bool export_place(const char *place, const char *file, const char *passphrase,
                  void (*progress)(int64_t, int64_t), sent *ret, err *e);
/* From one place to another, of either driver. */
bool move_place(const char *place, const char *to, void (*progress)(int64_t, int64_t),
                restored *ret, err *e);

/* ---- for backup.c ---- */

/* Restores the set that ends in `part`, into a place beside `place` that is taken away again. */
bool restore_try(const char *folder, const char *part, const char *place, const char *passphrase,
                 void (*progress)(int64_t, int64_t), err *e);

#endif
