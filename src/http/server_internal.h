/* server_internal.h — what the machinery of http/ shares: server, loops, and the ways a request
 * takes. Handlers do not need it, but for admin.c, which tells the counters. */
#ifndef JISHI_HTTP_SERVER_INTERNAL_H
#define JISHI_HTTP_SERVER_INTERNAL_H

#include "base/json_fields.h"
#include "http/background.h"
#include "http/guests.h"
#include "http/guard.h"
#include "http/linger.h"
#include "http/request.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct stream stream;
struct screens;

/* One thread: its own libmicrohttpd daemon, reading connection, and list of finished requests. */
struct loop {
  server *server;
  pthread_t thread;
  struct MHD_Daemon *daemon;
  int epoll_fd, wake_fd;
  store *s;
  pthread_mutex_t lock;
  request *done, *done_last;     /* under the lock */
  void (*take_back)(request *q); /* from any thread: the request is ready for its `then` */
  stream *streams;               /* the loop's own */
  linger_list lingering;         /* the loop's own */
  guest_list guests;             /* the loop's own */
  bool running;
};

enum { LOOPS_MAX = 8, STATUS_CLASSES = 6 };

struct server {
  server_config config;
  const route *routes;
  size_t route_count;
  engine *g;
  writer *w;
  sessions *sessions;
  hash secret; /* of the county: what keyed hashes are made with */
  guest_counts guests;
  struct screens *screens;
  loop loops[LOOPS_MAX];
  int loop_count, listen_fd, port;
  int connections; /* over all loops, half of them of one address */
  atomic_bool stopping;
  pthread_mutex_t lock;
  pthread_cond_t calm;                           /* a thread of the background has ended */
  background_queue background[BACKGROUND_LANES]; /* under the lock */
  atomic_llong bodies;                           /* bytes held or promised, of BODIES_MAX_BYTES */
  atomic_llong requests[STATUS_CLASSES], request_ns, streams_open;
  int64_t started_ms;
};

/* ---- loop.c ---- */
bool loop_start(server *s, loop *l, err *e);
void loop_wake(loop *l);
void streams_wake(server *s); /* each looks for news, and whether its session still stands */
void loop_join(loop *l);      /* the thread has ended; what is handed on may still come back */
void loop_stop(loop *l);      /* after that nothing is open any more */

/* ---- body.c ---- */
/* Before a byte is kept: session, right, length, room. False: answered. */
bool body_admit(request *q);
/* What does not fit is thrown away, and said at the end. False: that was too much, too. */
bool body_take(request *q, const char *data, size_t bytes);
bool body_whole(request *q); /* false: answered */
void body_release(request *q);

/* ---- dispatch.c ---- */
void dispatch_find(request *q); /* fills in the route and the params of the address */
/* Before the body comes: whether the route is there and the officer may use it. False: answered. */
bool dispatch_admit(request *q);
void dispatch(request *q);      /* finds the officer, calls the handler, answers when it fails */
void dispatch_then(request *q); /* the same for what was handed on and is done */

/* ---- the web app (static.c) and the live feed (stream.c) ---- */
enum MHD_Result static_send(request *q);
enum MHD_Result stream_start(request *q);
void streams_poke(loop *l); /* something was committed, or it is time for a sign of life */
void streams_close(loop *l);

#endif
