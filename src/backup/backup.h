/* backup.h — backups of a county into a folder (a stick, another disk), while others write.
 *
 * TO/jishi-backup-CODE holds sets: a whole part, and parts with what came after it. A part is made
 * under another name, brought to the disk, read back, restored beside the location to see that it
 * can be, and only then gets its manifest; whatever happens before, the earlier parts stay. */
#ifndef JISHI_BACKUP_BACKUP_H
#define JISHI_BACKUP_BACKUP_H

#include "backup/folder.h"

#include <stdatomic.h>

enum { BACKUP_KEEP = 7 };

typedef struct backup_request {
  const char *location, *to;
  const char *passphrase;  /* seals it; NULL: not sealed */
  bool whole;              /* begins a new set; else only where there is none to go on from */
  bool must_exist;         /* the folder is there already: else the stick is gone */
  bool check;              /* restore it beside the location and replay it; whole parts only */
  size_t keep;             /* sets that stay; 0: all */
  const atomic_bool *stop; /* true: give up; may be NULL */
  void (*progress)(int64_t done, int64_t all); /* may be NULL */
} backup_request;
typedef struct backup_done {
  char part[PART_NAME_MAX]; /* "": nothing was new, nothing was written */
  send_head head;
  bool whole;
  int64_t entries, rows, bytes;
  int64_t checked_ms; /* 0: it was not restored */
  bool check_failed;  /* it could not be, and why: there is no room, or the journal is damaged. It
                         was read back all the same, and no older one was removed. */
  err why_not;
} backup_done;
bool backup_make(const backup_request *q, backup_done *ret, err *e);

/* The newest finished part; ret->part "": none. Without its tags. */
bool backup_newest(const char *to, const char *county, manifest *ret, err *e);

#endif
