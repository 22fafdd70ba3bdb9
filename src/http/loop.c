/* The loops: libmicrohttpd nested in our own epoll, so that its own epoll mode (which stalls for
 * good at 128 ready connections) is never allowed to wait, and commits can wake the loop through an
 * eventfd. */
#include "http/screens.h"
#include "http/server_internal.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* A newer libmicrohttpd has levels of strictness instead, the higher the stricter. */
#if MHD_VERSION >= 0x00097701
#define STRICTNESS MHD_OPTION_CLIENT_DISCIPLINE_LVL
#else
#define STRICTNESS MHD_OPTION_STRICT_FOR_CLIENT
#endif

enum { SLOW_REQUEST_MS = 2000, SIGN_OF_LIFE_MS = 15000, REQUEST_ARENA_MAX = 512 << 20 };
enum { EVENTS_MAX = 16, LOOK_MS = 1000 };

static int64_t monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void loop_wake(loop *l) {
  uint64_t one = 1;
  ssize_t wrote = write(l->wake_fd, &one, sizeof one);
  (void)wrote; /* a full counter wakes as well */
}

void streams_wake(server *s) {
  for (int i = 0; i < s->loop_count; i++) loop_wake(&s->loops[i]);
}

static void take_back(request *q) {
  loop *l = q->loop;
  pthread_mutex_lock(&l->lock);
  q->next_done = NULL;
  if (l->done_last)
    l->done_last->next_done = q;
  else
    l->done = q;
  l->done_last = q;
  pthread_mutex_unlock(&l->lock);
  loop_wake(l);
}

/* ---- connections ---- */

static enum MHD_Result on_knock(void *context, const struct sockaddr *at, socklen_t bytes) {
  (void)bytes;
  server *s = context;
  peer_address from = peer_of_socket(at);
  atomic_int *count = guests_of(&s->guests, &s->config.trusted, &from);
  return !count || atomic_load(count) < s->connections / 2 ? MHD_YES : MHD_NO;
}

static void on_connection(void *context, struct MHD_Connection *c, void **kept,
                          enum MHD_ConnectionNotificationCode what) {
  loop *l = context;
  if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
    guest_remove(&l->guests, *kept);
    *kept = NULL;
    return;
  }
  const union MHD_ConnectionInfo *fd =
      MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
  const union MHD_ConnectionInfo *at =
      MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  peer_address from = peer_of_socket(at ? at->client_addr : NULL);
  *kept =
      guest_add(&l->guests, fd ? fd->connect_fd : -1,
                guests_of(&l->server->guests, &l->server->config.trusted, &from), monotonic_ns());
}

static guest *guest_at(struct MHD_Connection *c) {
  const union MHD_ConnectionInfo *at =
      MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return at ? at->socket_context : NULL;
}

/* ---- one request ---- */

static void request_free(request *q) {
  if (!q) return;
  body_release(q);
  buf_release(&q->out);
  if (q->file_fd >= 0) close(q->file_fd);
  arena_free(q->a);
  free(q);
}

static request *request_new(loop *l, struct MHD_Connection *c, const char *method,
                            const char *url) {
  request *q = calloc(1, sizeof *q);
  if (!q) return NULL;
  q->file_fd = -1;
  q->a = arena_new(REQUEST_ARENA_MAX);
  if (!q->a || !(q->path = arena_text(q->a, url)) || !(q->method = arena_text(q->a, method))) {
    request_free(q);
    return NULL;
  }
  uuid id = uuid_v7_now();
  uuid_format(&id, q->id);
  q->loop = l;
  q->connection = c;
  q->linger_fd = -1;
  const union MHD_ConnectionInfo *at =
      MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
  q->fd = at ? at->connect_fd : -1;
  q->from = peer_find(c, &l->server->config.trusted, &q->tls);
  q->tls |= l->server->config.tls_certificate != NULL;
  q->started_ns = monotonic_ns();
  return q;
}

/* Everything else is a page of the web apps. */
static bool is_api(const request *q) {
  return q->path_known || strncmp(q->path, "/api/", 5) == 0;
}

static bool say_stopping(err *e) {
  return err_set(e, ERR_BUSY, NULL, "服务正在停止，请稍后再试。",
                 "The service is stopping; try again soon.");
}

/* False: refused, and answered so. */
static bool submit(request *q) {
  server *s = q->loop->server;
  err e;
  bool taken = atomic_load(&s->stopping) ? say_stopping(&e)
               : q->screening            ? screens_submit(s->screens, q, &e)
               : q->background           ? background_submit(q, &e)
                                         : writer_submit(s->w, &q->job, &e);
  if (taken) return true;
  q->then = NULL;
  request_fail(q, &e);
  return false;
}

/* Suspends the connection until the request comes back, which only this thread notices, later; then
 * libmicrohttpd asks again. False: refused. (A connection that is suspended and resumed in one call
 * can stay suspended for good.) */
static bool hand_on(request *q) {
  bool taken = submit(q);
  if (taken) MHD_suspend_connection(q->connection);
  return taken;
}

/* Where libmicrohttpd would end a text: found in the address as it was sent, and told to on_request
 * in place of the request that is not there yet. */
static char nul_in_address;

static void *on_address(void *context, const char *address, struct MHD_Connection *c) {
  (void)context;
  (void)c;
  return strstr(address, "%00") ? &nul_in_address : NULL;
}

/* ---- what is no clear HTTP ---- */

/* A proxy in front and this server must read the same, or one hides a request from the other. */
typedef struct heads {
  size_t hosts, lengths, encodings;
  bool bad;
} heads;

static enum MHD_Result look_at_head(void *context, enum MHD_ValueKind kind, const char *key,
                                    size_t key_bytes, const char *value, size_t value_bytes) {
  (void)kind;
  heads *h = context;
  bool encodes = strcasecmp(key, "Transfer-Encoding") == 0;
  h->bad |= encodes && strcasecmp(value, "chunked") != 0;
  for (size_t i = 0; i < key_bytes; i++)
    h->bad |= key[i] <= ' ' || key[i] >= 0x7f || strchr("()<>@,;:\\\"/[]?={}", key[i]) != NULL;
  for (size_t i = 0; i < value_bytes; i++)
    h->bad |= ((unsigned char)value[i] < ' ' && value[i] != '\t') || value[i] == 0x7f;
  h->hosts += strcasecmp(key, "Host") == 0;
  h->lengths += strcasecmp(key, "Content-Length") == 0;
  h->encodings += encodes;
  return MHD_YES;
}

static bool heads_check(request *q, const char *version, bool has_nul, err *e) {
  heads h = {0};
  if (has_nul)
    return err_set(e, ERR_BAD_ADDRESS, NULL, "地址里不能有 %%00，请删去。",
                   "An address may not hold %%00; remove it.");
  MHD_get_connection_values_n(q->connection, MHD_HEADER_KIND, look_at_head, &h);
  bool host = h.hosts == 1 || (h.hosts == 0 && strcmp(version, "HTTP/1.0") == 0);
  if (!h.bad && host && h.lengths + h.encodings <= 1) return true;
  return err_set(e, ERR_BAD_ADDRESS, NULL,
                 "请求头不合规范（Host、Content-Length 各一个，没有控制字符）。",
                 "The headers are no clear HTTP: one Host, one Content-Length, no control "
                 "characters.");
}

/* Answered before the body has come. The connection ends with that; the copy of its socket is what
 * the rest is thrown away by (linger.h). */
static enum MHD_Result answer_early(request *q) {
  q->linger_fd = q->fd >= 0 ? dup(q->fd) : -1;
  return q->answered ? request_send(q) : static_send(q);
}

/* The headers are in. */
static enum MHD_Result begin_request(request *q, const char *version, bool has_nul) {
  bool with_body = request_has_body(q);
  err e;
  guest_wait(guest_at(q->connection), monotonic_ns(), with_body ? GUEST_BODY_SECONDS : 0);
  dispatch_find(q);
  if (!heads_check(q, version, has_nul, &e)) {
    request_fail(q, &e);
    return with_body ? answer_early(q) : request_send(q);
  }
  if (!with_body) return MHD_YES;
  return is_api(q) && body_admit(q) ? MHD_YES : answer_early(q);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_bytes, void **memory) {
  loop *l = context;
  bool has_nul = *memory == &nul_in_address;
  request *q = has_nul ? NULL : *memory;
  if (!q) {
    *memory = q = request_new(l, c, method, url);
    return q ? begin_request(q, version, has_nul) : MHD_NO;
  }
  if (*data_bytes) {
    bool goes_on = body_take(q, data, *data_bytes);
    *data_bytes = 0;
    return goes_on ? MHD_YES : MHD_NO;
  }
  guest_wait(guest_at(c), 0, 0);
  if (!q->answered && !q->then) {
    if (!is_api(q)) return static_send(q);
    if (body_whole(q)) dispatch(q);
    if (q->then && hand_on(q)) return MHD_YES;
  }
  if (q->streaming) return stream_start(q);
  return request_send(q);
}

/* Every request at the level debug; what was slow or went wrong with us, to everybody. The route
 * stands for the address: that could name somebody. */
static void tell_request(const request *q, int64_t took_ms) {
  bool failed = q->status >= 500 && q->status != 503, slow = took_ms >= SLOW_REQUEST_MS;
  log_event(failed ? LOG_ERROR
            : slow ? LOG_WARN
                   : LOG_DEBUG,
            failed ? "request_failed"
            : slow ? "request_slow"
                   : "request",
            log_word("request", q->id), log_word("method", q->method),
            log_word("route", q->route ? q->route->pattern : NULL), log_int("status", q->status),
            log_word("code", q->code == ERR_NONE ? NULL : err_name(q->code)),
            log_int("took_ms", took_ms));
}

static void on_completed(void *context, struct MHD_Connection *c, void **memory,
                         enum MHD_RequestTerminationCode why) {
  (void)why;
  guest_wait(guest_at(c), monotonic_ns(), CONNECTION_IDLE_SECONDS);
  loop *l = context;
  request *q = *memory == &nul_in_address ? NULL : *memory;
  if (!q) return;
  int class = q->status / 100;
  atomic_fetch_add(&l->server->requests[class > 0 && class < STATUS_CLASSES ? class : 0], 1);
  int64_t took_ns = monotonic_ns() - q->started_ns;
  atomic_fetch_add(&l->server->request_ns, took_ns);
  if (q->status && !q->streaming) tell_request(q, took_ns / 1000000);
  if (q->linger_fd >= 0) linger_add(&l->lingering, l->epoll_fd, q->linger_fd, monotonic_ns());
  request_free(q);
  *memory = NULL;
}

/* ---- the loop ---- */

static void finish_requests(loop *l) {
  pthread_mutex_lock(&l->lock);
  request *q = l->done;
  l->done = l->done_last = NULL;
  pthread_mutex_unlock(&l->lock);
  while (q) {
    request *next = q->next_done;
    dispatch_then(q);
    if (!q->then || !submit(q)) MHD_resume_connection(q->connection); /* else it waits on */
    q = next;
  }
}

static void woken(loop *l) {
  uint64_t count;
  if (read(l->wake_fd, &count, sizeof count) != sizeof count) return;
  finish_requests(l);
  streams_poke(l);
}

static void *run_loop(void *context) {
  loop *l = context;
  struct epoll_event events[EVENTS_MAX];
  int64_t last_sign = monotonic_ns();
  while (!atomic_load(&l->server->stopping)) {
    MHD_UNSIGNED_LONG_LONG timeout = 0;
    int wait = SIGN_OF_LIFE_MS;
    if (MHD_get_timeout(l->daemon, &timeout) == MHD_YES && timeout < (MHD_UNSIGNED_LONG_LONG)wait)
      wait = (int)timeout;
    if ((l->lingering.count || l->guests.first) && wait > LOOK_MS) wait = LOOK_MS;
    int n = epoll_wait(l->epoll_fd, events, EVENTS_MAX, wait);
    for (int i = 0; i < n; i++)
      if (events[i].data.fd == l->wake_fd)
        woken(l);
      else
        linger_read(&l->lingering, events[i].data.fd); /* or libmicrohttpd's own, below */
    linger_end_old(&l->lingering, monotonic_ns());
    guests_end_late(&l->guests, monotonic_ns());
    if (monotonic_ns() - last_sign > (int64_t)SIGN_OF_LIFE_MS * 1000000) {
      last_sign = monotonic_ns();
      streams_poke(l);
    }
    MHD_run(l->daemon);
  }
  return NULL;
}

/* ---- start and stop ---- */

static char *read_file(arena *a, const char *path) {
  FILE *f = fopen(path, "rb");
  if (!f) return NULL;
  char *at = arena_take(a, 65536);
  size_t n = at ? fread(at, 1, 65535, f) : 0;
  if (fclose(f) != 0 || n == 0) return NULL;
  at[n] = 0;
  return at;
}

bool loop_start(server *s, loop *l, err *e) {
  l->server = s;
  l->take_back = take_back;
  pthread_mutex_init(&l->lock, NULL);
  l->s = store_open(s->config.location, DB_READ, store_county(engine_store(s->g)), e);
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
  unsigned share = (unsigned)(s->connections / s->loop_count);
  l->daemon =
      fd < 0 ? NULL
             : MHD_start_daemon(flags, 0, on_knock, s, on_request, l, MHD_OPTION_LISTEN_SOCKET, fd,
                                STRICTNESS, 1, MHD_OPTION_NOTIFY_CONNECTION, on_connection, l,
                                MHD_OPTION_CONNECTION_LIMIT, share, MHD_OPTION_CONNECTION_TIMEOUT,
                                (unsigned)CONNECTION_IDLE_SECONDS, MHD_OPTION_NOTIFY_COMPLETED,
                                on_completed, l, MHD_OPTION_URI_LOG_CALLBACK, on_address, NULL,
                                MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32768, MHD_OPTION_ARRAY,
                                tls, MHD_OPTION_END);
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

void loop_join(loop *l) {
  if (!l->running) return;
  loop_wake(l);
  pthread_join(l->thread, NULL);
}

void loop_stop(loop *l) {
  if (l->running) finish_requests(l);
  if (l->running) streams_close(l);
  if (l->daemon) {
    MHD_run(l->daemon);
    MHD_stop_daemon(l->daemon);
  }
  linger_end_all(&l->lingering);
  store_close(l->s);
  if (l->epoll_fd >= 0) close(l->epoll_fd);
  if (l->wake_fd >= 0) close(l->wake_fd);
  if (l->server) pthread_mutex_destroy(&l->lock);
}
