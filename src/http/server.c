/* The server: one listening socket, the loops that share it, what must end before they may. */
#include "http/listen.h"
#include "http/screens.h"
#include "http/server_internal.h"

#include "base/log.h"
#include "base/password.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static void on_growth(void *context, int64_t seq) {
  (void)seq;
  server *s = context;
  screens_poke(s->screens);
  if (atomic_load(&s->streams_open) == 0) return;
  streams_wake(s);
}

/* What cannot be read or kept, on a full disk, is made for this run. */
static bool find_secret(server *s, err *e) {
  err why;
  store *own = store_open(s->config.location, DB_WRITE, store_county(engine_store(s->g)), &why);
  bool ok = own && db_begin(store_db(own), &why) && store_secret(own, &s->secret, &why) &&
            db_commit(store_db(own), &why);
  if (own && !ok) db_rollback(store_db(own));
  store_close(own);
  if (!ok) log_err(LOG_WARN, "secret_not_kept", &why);
  if (!ok && !secret_bytes(&s->secret, sizeof s->secret)) return err_memory(e);
  text purpose = TEXT("guests");
  s->guests.key = hash_keyed(&s->secret, &purpose, 1);
  return true;
}

/* Each connection is an open file. Where the limit is reached, accepting fails again and again. */
static bool find_connections(server *s, err *e) {
  struct rlimit files;
  s->connections = CONNECTIONS_MAX;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return true;
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) != 0 || getrlimit(RLIMIT_NOFILE, &files) != 0) return true;
  if (files.rlim_cur >= CONNECTIONS_MAX + FILES_BESIDE) return true;
  s->connections = (int)files.rlim_cur - FILES_BESIDE;
  if (s->connections < CONNECTIONS_LEAST)
    return err_set(
        e, ERR_NOT_ALLOWED, NULL,
        "这里最多只能打开 %d 个文件，服务至少要 %d 个。请先放宽：ulimit -n 8192，或 systemd "
        "的 LimitNOFILE。",
        "Only %d files may be open here, and the service needs at least %d. Raise that "
        "first: ulimit -n 8192, or LimitNOFILE of systemd.",
        (int)files.rlim_cur, CONNECTIONS_LEAST + FILES_BESIDE);
  log_event(LOG_WARN, "connections_limited", log_int("connections", s->connections));
  return true;
}

server *server_start(const server_config *c, engine *g, writer *w, err *e) {
  server *s = calloc(1, sizeof *s);
  if (!s) {
    close(c->listen_fd);
    err_memory(e);
    return NULL;
  }
  signal(SIGPIPE, SIG_IGN);
  s->config = *c;
  s->routes = routes;
  s->route_count = route_count;
  s->g = g;
  s->w = w;
  s->listen_fd = c->listen_fd;
  s->started_ms = now_ms();
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  s->loop_count = c->loops > 0 ? c->loops : cores > 4 ? 4 : cores < 1 ? 1 : (int)cores;
  if (s->loop_count > LOOPS_MAX) s->loop_count = LOOPS_MAX;
  for (int i = 0; i < LOOPS_MAX; i++) s->loops[i].epoll_fd = s->loops[i].wake_fd = -1;
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->calm, NULL);
  s->sessions = sessions_new();
  bool ok = (s->sessions || err_memory(e)) && find_connections(s, e) && find_secret(s, e);
  ok = ok && (s->screens = screens_start(s->config.location, g, e));
  if (ok) writer_on_growth(w, on_growth, s);
  for (int i = 0; ok && i < s->loop_count; i++) ok = loop_start(s, &s->loops[i], e);
  if (ok) {
    log_event(LOG_INFO, "server_started", log_word("version", JISHI_VERSION),
              log_int("port", listen_port(s->listen_fd)),
              log_bool("local", listen_is_local(s->listen_fd)),
              log_bool("tls", c->tls_certificate != NULL), log_int("loops", s->loop_count));
    return s;
  }
  server_stop(s);
  return NULL;
}

void server_stop(server *s) {
  if (!s) return;
  if (s->w) writer_on_growth(s->w, NULL, NULL);
  atomic_store(&s->stopping, true);
  for (int i = 0; i < s->loop_count; i++) loop_join(&s->loops[i]);
  /* What the writer still holds must come back before its request can go. */
  background_stop(s);
  if (s->w) writer_drain(s->w);
  screens_stop(s->screens);
  for (int i = 0; i < s->loop_count; i++) loop_stop(&s->loops[i]);
  close(s->listen_fd);
  log_event(LOG_INFO, "server_stopped", log_int("uptime_s", (now_ms() - s->started_ms) / 1000));
  sessions_free(s->sessions);
  pthread_cond_destroy(&s->calm);
  pthread_mutex_destroy(&s->lock);
  free(s);
}
