/* background.h — long work (rosters, lists of officers, attachments) beside the loops.
 *
 * Two lanes, so that a roster of minutes holds up no photograph; each has BACKGROUND_RUNNING
 * threads and a queue of bounded length. Of one officer one piece of work runs in a lane at a time,
 * and after it all others who wait have their turn first: nobody fills a lane for everybody. */
#ifndef JISHI_HTTP_BACKGROUND_H
#define JISHI_HTTP_BACKGROUND_H

#include "http/request.h"

#include <pthread.h>

enum { BACKGROUND_RUNNING = 2, BACKGROUND_WAITING_MAX = 128, BACKGROUND_WAITING_EACH = 8 };

typedef struct background_queue {
  request *first, *last; /* by next_done */
  int waiting;
  struct {
    bool busy;
    uuid officer;
  } places[BACKGROUND_RUNNING];
} background_queue;

/* Takes the request off its loop. False: too many wait, of all or of this officer. */
bool background_submit(request *q, err *e);
/* What waits is answered with ERR_BUSY, what runs is waited for. */
void background_stop(struct server *s);

#endif
