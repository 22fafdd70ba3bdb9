#include "base/log.h"
#include "base/date.h"
#include "base/json.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int least_level = LOG_INFO;
static pthread_mutex_t one_line = PTHREAD_MUTEX_INITIALIZER;

void log_set_level(log_level least) {
  atomic_store(&least_level, (int)least);
}

static json_out start_line(buf *b, log_level level, const char *message) {
  static const char *const names[] = {"debug", "info", "warn", "error"};
  char time[30];
  instant_format(now_ms(), time);
  json_out w = json_to(b);
  json_open(&w, '{');
  json_key(&w, "time");
  json_put_str(&w, time);
  json_key(&w, "level");
  json_put_str(&w, names[level]);
  json_key(&w, "message");
  json_put_str(&w, message);
  return w;
}

/* A log that cannot be written has nobody left to tell. */
static void finish_line(json_out *w) {
  json_close(w, '}');
  buf_char(w->b, '\n');
  if (!buf_ok(w->b)) return;
  pthread_mutex_lock(&one_line);
  size_t done = 0;
  while (done < w->b->bytes) {
    ssize_t n = write(STDERR_FILENO, w->b->at + done, w->b->bytes - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += (size_t)n;
  }
  pthread_mutex_unlock(&one_line);
}

void log_line(log_level level, const char *message, ...) {
  if ((int)level < atomic_load(&least_level)) return;
  int kept = errno;
  buf b AUTO_BUF = {0};
  json_out w = start_line(&b, level, message);
  va_list args;
  va_start(args, message);
  for (const char *name; (name = va_arg(args, const char *));) {
    json_key(&w, name);
    json_put_str(&w, va_arg(args, const char *));
  }
  va_end(args);
  finish_line(&w);
  errno = kept;
}

void log_err(log_level level, const char *message, const err *e) {
  log_line(level, message, "code", err_name(e->code), "place", e->place, "zh", e->zh, "en", e->en,
           NULL);
}
