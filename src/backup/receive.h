/* receive.h — the lines of send.h taken in: the journal replayed entry by entry, each held to its
 * link, and the rows beside it put in. */
#ifndef JISHI_BACKUP_RECEIVE_H
#define JISHI_BACKUP_RECEIVE_H

#include "backup/send.h"

/* Where to stop; zeros: at the end. */
typedef struct receive_until {
  int64_t seq, at_ms; /* the last entry, or the last instant */
} receive_until;

typedef struct receiver receiver;
/* Into a location that is made by the first head. */
receiver *receive_start(const char *location, const receive_until *until,
                        void (*progress)(int64_t done, int64_t all), err *e);
/* Into one that holds what was sent before: what is sent next goes on from receive_point. */
receiver *receive_resume(const char *location, void (*progress)(int64_t done, int64_t all), err *e);
bool receive_line(receiver *r, text line, err *e);
/* After the last line of one sending: it was whole, and its head is where the journal stands. */
bool receive_end(receiver *r, err *e);
/* After the last sending: rows whose tag is not among `keep` (NULL: none) are removed. */
bool receive_finish(receiver *r, const uint8_t *tag_key, const carry_tags *keep, err *e);
const send_head *receive_head(const receiver *r);
journal_point receive_point(const receiver *r); /* where the received journal stands */
void receive_close(receiver *r);                /* NULL is fine */

#endif
