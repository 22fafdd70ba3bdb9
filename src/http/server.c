/* The loops: libmicrohttpd nested in our own epoll, so that its own epoll mode (which stalls for
 * good at 128 ready connections) is never allowed to wait, and commits can wake the loop through an
 * eventfd. */
#include "http/inside.h"
#include "http/screens.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SIGN_OF_LIFE_MS = 15000, LISTEN_BACKLOG = 1024, REQUEST_ARENA_MAX = 512 << 20 };

static int64_t monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- one request ---- */

static request *request_new(loop *l, struct MHD_Connection *c, const char *method,
                            const char *url) {
  request *q = calloc(1, sizeof *q);
  if (!q) return NULL;
  q->a = arena_new(REQUEST_ARENA_MAX);
  if (!q->a || !(q->path = arena_text(q->a, url)) || !(q->method = arena_text(q->a, method))) {
    request_free(q);
    return NULL;
  }
  q->loop = l;
  q->connection = c;
  q->body.limit = BODY_MAX_BYTES;
  q->started_ns = monotonic_ns();
  return q;
}

void request_free(request *q) {
  if (!q) return;
  buf_release(&q->body);
  buf_release(&q->out);
  arena_free(q->a);
  free(q);
}

static size_t body_limit(const request *q) {
  return q->route && q->route->body_max ? q->route->body_max : BODY_MAX_BYTES;
}

/* Says no before the body comes, when its announced length is over the limit. */
static bool announced_too_large(request *q) {
  const char *length =
      MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Content-Length");
  int64_t bytes = 0;
  return length && text_to_int(text_of(length), &bytes) && bytes > (int64_t)q->body.limit;
}

static void too_large(request *q) {
  label smaller = q->route && q->route->smaller.zh
                      ? q->route->smaller
                      : (label){"请分成几次发送", "send it in several requests"};
  int megabytes = (int)(q->body.limit >> 20);
  err e;
  err_set(&e, ERR_TOO_LARGE, NULL, "发送的内容超过 %d MB 的上限，%s。%.0s",
          "What was sent is over the limit of %d MB; %.0s%s.", megabytes, smaller.zh, smaller.en);
  request_fail(q, &e);
}

static bool is_api(const char *url) {
  return strncmp(url, "/api/", 5) == 0 || strcmp(url, "/healthz") == 0 ||
         strcmp(url, "/metrics") == 0 || strcmp(url, "/openapi.json") == 0;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_bytes, void **memory) {
  (void)version;
  loop *l = context;
  request *q = *memory;
  if (!q) {
    if (!(q = request_new(l, c, method, url))) return MHD_NO;
    *memory = q;
    dispatch_find(q);
    q->body.limit = body_limit(q);
    if (!announced_too_large(q)) return MHD_YES;
    too_large(q);
    return request_send(q);
  }
  if (*data_bytes) {
    if (!q->body_too_large) buf_add(&q->body, data, *data_bytes);
    q->body_too_large |= !buf_ok(&q->body);
    *data_bytes = 0;
    return MHD_YES;
  }
  if (!q->answered && !q->then) {
    if (!is_api(url)) return page_send(l->server, c, url, method);
    if (q->body_too_large)
      too_large(q);
    else
      request_dispatch(q);
    if (!q->answered && q->then) { /* put aside until the commit */
      MHD_suspend_connection(c);
      err e;
      if (!(q->screening    ? screens_submit(l->server->screens, q, &e)
            : q->background ? background_start(q, &e)
                            : writer_submit(l->server->w, &q->job, &e))) {
        q->then = NULL;
        request_fail(q, &e);
        MHD_resume_connection(c);
      }
      return MHD_YES;
    }
  }
  if (q->route && strcmp(q->route->pattern, "/api/v1/stream") == 0 && q->status == 200)
    return stream_start(q);
  return request_send(q);
}

static void on_completed(void *context, struct MHD_Connection *c, void **memory,
                         enum MHD_RequestTerminationCode why) {
  (void)c;
  (void)why;
  loop *l = context;
  request *q = *memory;
  if (!q) return;
  int class = q->status / 100;
  atomic_fetch_add(&l->server->requests[class > 0 && class < STATUS_CLASSES ? class : 0], 1);
  atomic_fetch_add(&l->server->request_ns, monotonic_ns() - q->started_ns);
  request_free(q);
  *memory = NULL;
}

/* ---- the loop ---- */

static void finish_commands(loop *l) {
  pthread_mutex_lock(&l->lock);
  request *q = l->done;
  l->done = l->done_last = NULL;
  pthread_mutex_unlock(&l->lock);
  while (q) {
    request *next = q->next_done;
    void (*then)(request *) = q->then;
    err e;
    if (!q->job.ok) {
      request_fail(q, &q->job.error);
    } else if (db_begin_read(store_db(l->s), &e)) {
      then(q);
      db_end_read(store_db(l->s));
    } else {
      request_fail(q, &e);
    }
    q->answered = true;
    MHD_resume_connection(q->connection);
    q = next;
  }
}

static void *run_loop(void *context) {
  loop *l = context;
  struct epoll_event events[4];
  int64_t last_sign = monotonic_ns();
  while (!atomic_load(&l->server->stopping)) {
    MHD_UNSIGNED_LONG_LONG timeout = 0;
    int wait = SIGN_OF_LIFE_MS;
    if (MHD_get_timeout(l->daemon, &timeout) == MHD_YES && timeout < (MHD_UNSIGNED_LONG_LONG)wait)
      wait = (int)timeout;
    int n = epoll_wait(l->epoll_fd, events, 4, wait);
    for (int i = 0; i < n; i++)
      if (events[i].data.fd == l->wake_fd) {
        uint64_t count;
        ssize_t got = read(l->wake_fd, &count, sizeof count);
        if (got == sizeof count) {
          finish_commands(l);
          streams_poke(l);
        }
      }
    if (monotonic_ns() - last_sign > (int64_t)SIGN_OF_LIFE_MS * 1000000) {
      last_sign = monotonic_ns();
      streams_poke(l);
    }
    MHD_run(l->daemon);
  }
  return NULL;
}

static void on_entry(void *context, const command *c, const answer *x) {
  (void)c;
  (void)x;
  server *s = context;
  screens_poke(s->screens);
  if (atomic_load(&s->streams_open) == 0) return;
  for (int i = 0; i < s->loop_count; i++) loop_wake(&s->loops[i]);
}

/* ---- start and stop ---- */

static bool listen_on(server *s, err *e) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->config.port)};
  if (inet_pton(AF_INET, s->config.address, &at.sin_addr) != 1)
    return err_set(e, ERR_USAGE, "address", "“%s”不是一个网络地址，例如 127.0.0.1。",
                   "\"%s\" is no address such as 127.0.0.1.", s->config.address);
  s->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int yes = 1;
  socklen_t size = sizeof at;
  if (s->listen_fd < 0 ||
      setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
      bind(s->listen_fd, (struct sockaddr *)&at, size) < 0 ||
      listen(s->listen_fd, LISTEN_BACKLOG) < 0 ||
      getsockname(s->listen_fd, (struct sockaddr *)&at, &size) < 0)
    return err_set(e, ERR_USAGE, "port", "端口 %d 用不了（%s），请换一个：--port。",
                   "Port %d cannot be used (%s); choose another with --port.", s->config.port,
                   strerror(errno));
  s->port = ntohs(at.sin_port);
  return true;
}

static char *read_file(arena *a, const char *path) {
  FILE *f = fopen(path, "rb");
  if (!f) return NULL;
  char *at = arena_take(a, 65536);
  size_t n = at ? fread(at, 1, 65535, f) : 0;
  if (fclose(f) != 0 || n == 0) return NULL;
  at[n] = 0;
  return at;
}

static bool loop_start(server *s, loop *l, err *e) {
  l->server = s;
  pthread_mutex_init(&l->lock, NULL);
  l->s = store_open(s->config.place, DB_READ, store_county(engine_store(s->g)), e);
  if (!l->s || !store_use_packs(l->s, engine_packs(s->g), false, e)) return false;
  arena *a AUTO_ARENA = arena_new(0);
  char *certificate = NULL, *key = NULL;
  if (!a) return err_memory(e);
  if (s->config.tls_certificate) {
    certificate = read_file(a, s->config.tls_certificate);
    key = s->config.tls_key ? read_file(a, s->config.tls_key) : NULL;
    if (!certificate || !key)
      return err_set(e, ERR_USAGE, "tls", "读不到证书或私钥文件，请核对 --tls-cert 和 --tls-key。",
                     "The certificate or key file cannot be read; check --tls-cert and --tls-key.");
  }
  int fd = dup(s->listen_fd);
  struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, certificate},
                                 {MHD_OPTION_HTTPS_MEM_KEY, 0, key},
                                 {MHD_OPTION_END, 0, NULL}};
  if (!certificate) tls[0] = tls[2];
  unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (certificate ? MHD_USE_TLS : 0u);
  unsigned share = CONNECTIONS_MAX / (unsigned)s->loop_count;
  l->daemon =
      fd < 0 ? NULL
             : MHD_start_daemon(flags, 0, NULL, NULL, on_request, l, MHD_OPTION_LISTEN_SOCKET, fd,
                                MHD_OPTION_CONNECTION_LIMIT, share, MHD_OPTION_CONNECTION_TIMEOUT,
                                (unsigned)CONNECTION_IDLE_SECONDS, MHD_OPTION_NOTIFY_COMPLETED,
                                on_completed, l, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32768,
                                MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
  l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  l->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  const union MHD_DaemonInfo *info =
      l->daemon ? MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
  if (!info || l->epoll_fd < 0 || l->wake_fd < 0)
    return err_set(e, ERR_INTERNAL, NULL, "网络服务启动不了。",
                   "The network service cannot be started.");
  struct epoll_event on_mhd = {.events = EPOLLIN, .data.fd = info->epoll_fd};
  struct epoll_event on_wake = {.events = EPOLLIN, .data.fd = l->wake_fd};
  if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, info->epoll_fd, &on_mhd) < 0 ||
      epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->wake_fd, &on_wake) < 0 ||
      pthread_create(&l->thread, NULL, run_loop, l) != 0)
    return err_set(e, ERR_INTERNAL, NULL, "网络服务启动不了。",
                   "The network service cannot be started.");
  l->running = true;
  return true;
}

server *server_start(const server_config *c, engine *g, writer *w, err *e) {
  server *s = calloc(1, sizeof *s);
  if (!s) {
    err_memory(e);
    return NULL;
  }
  signal(SIGPIPE, SIG_IGN);
  s->config = *c;
  s->routes = routes;
  s->route_count = route_count;
  s->g = g;
  s->w = w;
  s->listen_fd = -1;
  s->started_ms = now_ms();
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  s->loop_count = c->loops > 0 ? c->loops : cores > 4 ? 4 : cores < 1 ? 1 : (int)cores;
  if (s->loop_count > LOOPS_MAX) s->loop_count = LOOPS_MAX;
  for (int i = 0; i < LOOPS_MAX; i++) s->loops[i].epoll_fd = s->loops[i].wake_fd = -1;
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->calm, NULL);
  s->sessions = sessions_new();
  bool ok = (s->sessions || err_memory(e)) && listen_on(s, e);
  ok = ok && (s->screens = screens_start(s->config.place, g, e));
  if (ok) writer_on_entry(w, on_entry, s);
  for (int i = 0; ok && i < s->loop_count; i++) ok = loop_start(s, &s->loops[i], e);
  if (ok) return s;
  server_stop(s);
  return NULL;
}

int server_port(const server *s) {
  return s->port;
}

void server_stop(server *s) {
  if (!s) return;
  if (s->w) writer_on_entry(s->w, NULL, NULL);
  atomic_store(&s->stopping, true);
  for (int i = 0; i < s->loop_count; i++) {
    loop *l = &s->loops[i];
    if (l->running) {
      loop_wake(l);
      pthread_join(l->thread, NULL);
    }
  }
  /* What the writer still holds must come back before its request can go. */
  background_wait(s);
  if (s->w) writer_drain(s->w);
  screens_stop(s->screens);
  for (int i = 0; i < s->loop_count; i++) {
    loop *l = &s->loops[i];
    if (l->running) finish_commands(l);
    if (l->running) streams_close(l);
    if (l->daemon) {
      MHD_run(l->daemon);
      MHD_stop_daemon(l->daemon);
    }
    store_close(l->s);
    if (l->epoll_fd >= 0) close(l->epoll_fd);
    if (l->wake_fd >= 0) close(l->wake_fd);
    if (l->server) pthread_mutex_destroy(&l->lock);
  }
  if (s->listen_fd >= 0) close(s->listen_fd);
  sessions_free(s->sessions);
  pthread_cond_destroy(&s->calm);
  pthread_mutex_destroy(&s->lock);
  free(s);
}
