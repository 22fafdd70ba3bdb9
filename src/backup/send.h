/* send.h — a county, or what is new in it, as lines: a head, entries, the rows beside the journal,
 * an end. What is received makes the same county again (receive.h). */
#ifndef JISHI_BACKUP_SEND_H
#define JISHI_BACKUP_SEND_H

#include "store/carry.h"
#include "store/rows/county.h"

/* A location in the journal: after entry `seq`, whose link and instant these are; 0: before the
 * first.
 */
typedef struct journal_point {
  int64_t seq, at_ms;
  hash link;
} journal_point;

/* What the first line says. */
typedef struct send_head {
  char county[13];
  char name[128];
  char version[32]; /* of the program that made it */
  int64_t made_ms;
  hash first; /* the link of entry 1: no two counties have the same */
  journal_point after, head;
} send_head;
void send_head_put(json_out *w, const send_head *h); /* the members, inside an open object */
bool send_head_read(const json *object, send_head *ret, err *e);

typedef struct send_request {
  journal_point after;     /* seq 0: everything */
  const carry_tags *known; /* rows that are there already; NULL: none */
  const uint8_t *tag_key;  /* NULL: none */
  int64_t made_ms;
  void (*progress)(int64_t done, int64_t all); /* may be NULL */
} send_request;
typedef struct sent {
  send_head head;
  int64_t entries, rows;
  carry_tags tags; /* of all rows; the caller frees them */
} sent;
/* All from one snapshot, so others may go on writing. ERR_CONFLICT: `after` is not in this journal;
 * the county went another way since. */
bool send_county(store *s, const send_request *q, const carry_sink *to, sent *ret, err *e);

#endif
