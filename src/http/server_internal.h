/* server_internal.h — what the machinery of http/ shares: server, loops, and the ways a request
 * takes. Handlers do not need it, but for admin.c, which tells the counters. */
#ifndef JISHI_HTTP_SERVER_INTERNAL_H
#define JISHI_HTTP_SERVER_INTERNAL_H

#include "base/json_fields.h"
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
  struct screens *screens;
  loop loops[LOOPS_MAX];
  int loop_count, listen_fd, port;
  atomic_bool stopping;
  pthread_mutex_t lock;
  pthread_cond_t calm; /* no background work */
  int background;      /* under the lock */
  atomic_llong requests[STATUS_CLASSES], request_ns, streams_open;
  int64_t started_ms;
};

/* ---- loop.c ---- */
bool loop_start(server *s, loop *l, err *e);
void loop_wake(loop *l);
void loop_join(loop *l); /* the thread has ended; what is handed on may still come back */
void loop_stop(loop *l); /* after that nothing is open any more */

/* ---- dispatch.c ---- */
void dispatch_find(request *q); /* fills in the route and the params of the address */
void dispatch(request *q);      /* finds the officer, calls the handler, answers when it fails */
void dispatch_then(request *q); /* the same for what was handed on and is done */

/* ---- background.c ---- */
bool background_start(request *q, err *e);
void background_wait(server *s);

/* ---- the web app (static.c) and the live feed (stream.c) ---- */
enum MHD_Result static_send(server *s, struct MHD_Connection *c, const char *path,
                            const char *method);
enum MHD_Result stream_start(request *q);
void streams_poke(loop *l); /* something was committed, or it is time for a sign of life */
void streams_close(loop *l);

#endif
