/* folder.h — the folder of a county's backups: parts, and beside each a manifest that says what it
 * holds. A part without its manifest was never finished. Nothing is ever written over; a set is a
 * whole part with those that hold what came after it. */
#ifndef JISHI_BACKUP_FOLDER_H
#define JISHI_BACKUP_FOLDER_H

#include "backup/part.h"
#include "backup/send.h"

enum { PART_NAME_MAX = 80 };

typedef struct manifest {
  char part[PART_NAME_MAX];     /* the file's name */
  char previous[PART_NAME_MAX]; /* the part before it; "": a whole one */
  send_head head;
  part_sum sum;
  bool sealed;
  part_key key;       /* of a sealed one: its salt and numbers; the keys are not known */
  char key_check[65]; /* tells a wrong passphrase */
  int64_t checked_ms; /* restored and replayed then; 0: not */
  carry_tags tags;    /* of the rows beside the journal, as they were */
} manifest;
void manifest_free(manifest *m); /* its tags */
void manifest_key_check(const part_key *k, char ret[65]);
bool manifest_write(const char *folder, const manifest *m, err *e);
bool manifest_read(const char *folder, const char *part, manifest *ret, err *e);

/* TO/jishi-backup-CODE. */
bool folder_of(const char *to, const char *county, char *ret, size_t room, err *e);
/* Where the parts are: in the folder itself, or in its one jishi-backup-CODE. */
bool folder_find(const char *from, char *ret, size_t room, err *e);
/* The names of finished parts, oldest first, in `a`. */
bool folder_parts(const char *folder, arena *a, const char ***ret, size_t *ret_count, err *e);
/* Name for the next part: later than `newest` ("" : none) in the order of names. */
void folder_name_part(const char *newest, int64_t made_ms, int64_t seq, bool whole,
                      char ret[PART_NAME_MAX]);
void folder_clean(const char *folder); /* what was never finished */
/* Keeps the newest `keep` sets. */
bool folder_thin(const char *folder, size_t keep, err *e);
void folder_path(const char *folder, const char *name, const char *end, char ret[4096]);

#endif
