/* schedule.h — backups by the clock, on a thread of their own: what is new every ten minutes, a
 * whole one once a day. What fails is tried again soon, and told to who asks. */
#ifndef JISHI_BACKUP_SCHEDULE_H
#define JISHI_BACKUP_SCHEDULE_H

#include "backup/backup.h"

enum {
  SCHEDULE_EVERY_SECONDS = 600,
  SCHEDULE_AGAIN_SECONDS = 120,
  SCHEDULE_LATE_SECONDS = 3600, /* older than this is late */
  SCHEDULE_WHOLE_AT = 2 * 3600, /* of the local day */
};

typedef struct schedule schedule;
typedef struct schedule_config {
  const char *location, *to;
  const char *passphrase; /* NULL: not sealed */
  int whole_at;           /* second of the local day */
  size_t keep;
} schedule_config;
schedule *schedule_start(const schedule_config *c, err *e);
void schedule_stop(schedule *s); /* gives up what is under way; NULL is fine */

/* From any thread. */
typedef struct schedule_state {
  int64_t good_ms, good_seq; /* all up to that entry is in a backup since then; 0: none yet */
  int64_t checked_ms;        /* a whole one was restored as a trial; 0: not yet */
  bool failed;               /* the last try; `why` says why */
  bool late;                 /* failed, or the last good one is old */
  err why;
} schedule_state;
void schedule_look(schedule *s, schedule_state *ret);

#endif
