/* screens.h — the served county in columns: one screen a pack, and the threads that ask them.
 *
 * Loading takes its own thread and stops nothing; questions that come meanwhile wait for it. After
 * that the thread follows the journal, at most once in SCREENS_FOLLOW_MS; a question first follows
 * up to the entry that it must see, so that everyone sees what he just wrote.
 *
 * When a pack is replaced the old screens answer until the new ones are loaded. A question that was
 * read by the new pack waits for them, one that was read by the old is read again (ask_anew).
 *
 * Owns the screens and a reading connection for each of its threads; no loop ever waits for it. */
#ifndef JISHI_HTTP_SCREENS_H
#define JISHI_HTTP_SCREENS_H

#include "http/request.h"
#include "screen/screen.h"

typedef struct screens screens;
enum {
  SCREENS_ASKERS = 2,
  SCREENS_QUEUE_MAX = 256,
  SCREENS_QUEUE_EACH = SCREENS_QUEUE_MAX / 2, /* of one officer */
  SCREENS_FOLLOW_MS = 2000,
  SCREENS_LOAD_SECONDS = 60
};

/* The engine's packs and calendar must outlive it. */
screens *screens_start(const char *location, const engine *g, err *e);
void screens_poke(screens *s); /* something was committed; quick, from any thread */
/* What waits is answered with ERR_BUSY, what is under way is finished. NULL is fine. */
void screens_stop(screens *s);
/* Takes the request off its loop (request_screen). False: too many wait, of all or of this
 * officer; of whom a question is under way the others go behind those of everybody else. */
bool screens_submit(screens *s, request *q, err *e);
/* Asks on the caller's own thread, with a connection that it closes: of what a loop would hand on.
 */
bool screens_ask_here(screens *s, request *q, store **reader, err *e);

#endif
