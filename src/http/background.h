/* background.h — long work (rosters, photographs, passwords, filters) beside the loops.
 *
 * Lanes, so that a roster of minutes holds up no photograph; each has BACKGROUND_RUNNING threads
 * and a queue of bounded length. Of one officer (of a sign-in: of one address) one piece of work
 * runs in a lane at a time, and after it all others who wait have their turn first: nobody fills a
 * lane for everybody. Who is signed in, or signs in from a browser that did so before, finds room
 * behind the others (`reserved`). */
#ifndef JISHI_HTTP_BACKGROUND_H
#define JISHI_HTTP_BACKGROUND_H

#include "http/request.h"

#include <pthread.h>

enum { BACKGROUND_RUNNING = 2 };

typedef struct background_queue {
  request *first, *last; /* by next_done */
  int waiting;
  struct {
    bool busy, started; /* started: its thread is to be joined */
    pthread_t thread;
    uuid turn;
  } slots[BACKGROUND_RUNNING];
} background_queue;

/* Whether the work of a lane changes what is stored. */
bool background_writes(background_lane lane);
/* Takes the request off its loop. False: too many wait, of all or of this officer. */
bool background_submit(request *q, err *e);
/* What waits is answered with ERR_BUSY, what runs is waited for. */
void background_stop(struct server *s);

#endif
