#include "base/log.h"
#include "base/date.h"
#include "base/json.h"
#include "base/uuid.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { QUEUE_BYTES_MAX = 1 << 20, WORD_BYTES_MAX = 120, STOP_SECONDS = 5, RETRY_MS = 1000 };
enum { MASKED_DIGITS = 11 }; /* a telephone number; a resident ID has 17 or 18 */

static const char *const level_names[] = {"debug", "info", "warn", "error"};
static atomic_int least_level = LOG_INFO;

/* All under `lock`, but fd and line_open: those belong to the thread while it runs. */
static struct {
  pthread_mutex_t lock;
  pthread_cond_t more, ended;
  pthread_t thread;
  bool running, stop, reopen, has_ended;
  buf queue;
  int64_t lost; /* lines */
  int fd;
  bool line_open; /* the last write stopped inside a line */
  char path[PATH_MAX];
} out = {.lock = PTHREAD_MUTEX_INITIALIZER,
         .more = PTHREAD_COND_INITIALIZER,
         .ended = PTHREAD_COND_INITIALIZER,
         .fd = STDERR_FILENO};

void log_set_level(log_level least) {
  atomic_store(&least_level, (int)least);
}

bool log_level_parse(text word, log_level *level) {
  for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++)
    if (text_is(word, level_names[i])) {
      *level = (log_level)i;
      return true;
    }
  return false;
}

/* ---- a line ---- */

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_word_byte(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (c && strchr("_./:{}*+-", c));
}

static void put_word(json_out *w, const char *s) {
  if (!s) {
    json_put_null(w);
    return;
  }
  uuid id;
  if (uuid_parse(text_of(s), &id)) { /* the digits of an id name nobody */
    json_put_str(w, s);
    return;
  }
  char kept[WORD_BYTES_MAX];
  size_t n = 0;
  for (size_t i = 0; s[i] && n < sizeof kept; i++) {
    size_t digits = 0;
    while (is_digit(s[i + digits])) digits++;
    if (digits >= MASKED_DIGITS) {
      kept[n++] = '#';
      i += digits - 1;
      continue;
    }
    kept[n++] = is_word_byte(s[i]) ? s[i] : '?';
  }
  json_put_text(w, (text){kept, n});
}

/* postgresql://user:secret@host/name?password=… and "host=… password=…" lose what is not a
 * location.
 */
static void put_location(json_out *w, const char *s) {
  if (!s) {
    json_put_null(w);
    return;
  }
  const char *scheme = strstr(s, "://");
  if (!scheme && strchr(s, '=')) {
    json_put_str(w, "?");
    return;
  }
  const char *rest = scheme ? scheme + 3 : s;
  const char *at = scheme ? strrchr(rest, '@') : NULL;
  if (at) rest = at + 1;
  buf b AUTO_BUF = {0};
  if (scheme) buf_add(&b, s, (size_t)(scheme + 3 - s));
  buf_add(&b, rest, scheme ? strcspn(rest, "?") : strlen(rest));
  json_put_buf(w, &b);
}

/* Sentences of other codes may quote what somebody filled in. */
static bool is_of_machine(err_code code) {
  switch (code) {
  case ERR_BAD_PACK:
  case ERR_BAD_EXPR:
  case ERR_BUSY:
  case ERR_MEMORY:
  case ERR_STORE:
  case ERR_UNCERTAIN:
  case ERR_USAGE:
  case ERR_INTERNAL:
    return true;
  default:
    return false;
  }
}

static void put_err(json_out *w, const err *e) {
  json_key(w, "code");
  json_put_str(w, err_name(e->code));
  if (!is_of_machine(e->code)) return;
  json_key(w, "where");
  json_put_str(w, e->where);
  json_key(w, "message");
  json_put_str(w, e->en);
}

static void put_field(json_out *w, const log_field *f) {
  if (f->type == LOG_FIELD_ERR) {
    put_err(w, f->e);
    return;
  }
  char id[37];
  json_key(w, f->name);
  switch (f->type) {
  case LOG_FIELD_INT:
    json_put_int(w, f->n);
    break;
  case LOG_FIELD_BOOL:
    json_put_bool(w, f->yes);
    break;
  case LOG_FIELD_ID:
    uuid_format(&f->id, id);
    json_put_str(w, id);
    break;
  case LOG_FIELD_LOCATION:
    put_location(w, f->s);
    break;
  default:
    put_word(w, f->s);
  }
}

static void put_line(buf *b, log_level level, const char *event, const log_field *fields) {
  char time[30];
  instant_format(now_ms(), time);
  json_out w = json_to(b);
  json_open(&w, '{');
  json_key(&w, "time");
  json_put_str(&w, time);
  json_key(&w, "level");
  json_put_str(&w, level_names[level]);
  json_key(&w, "event");
  json_put_str(&w, event);
  for (; fields && fields->type != LOG_FIELD_END; fields++) put_field(&w, fields);
  json_close(&w, '}');
  buf_char(b, '\n');
}

/* ---- writing; by the thread, or under the lock while there is none ---- */

/* False when not all could be written; *at and *bytes are then what is left. */
static bool write_all(const char **at, size_t *bytes) {
  while (*bytes) {
    ssize_t n = write(out.fd, *at, *bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) { /* somebody else's stderr, set so by them */
      struct pollfd ready = {.fd = out.fd, .events = POLLOUT};
      if (poll(&ready, 1, RETRY_MS) > 0) continue;
    }
    if (n <= 0) return false;
    out.line_open = (*at)[n - 1] != '\n';
    *at += n;
    *bytes -= (size_t)n;
  }
  return true;
}

static int64_t count_lines(const char *at, size_t bytes) {
  int64_t n = 0;
  for (size_t i = 0; i < bytes; i++) n += at[i] == '\n';
  return n;
}

/* Gives the number of lines that were lost. */
static int64_t write_lines(const buf *b, int64_t lost_before) {
  buf notice AUTO_BUF = {0};
  if (out.line_open) buf_char(&notice, '\n');
  if (lost_before)
    put_line(&notice, LOG_WARN, "log_lines_lost",
             (const log_field[]){log_int("lines", lost_before), {.name = NULL}});
  const char *at = notice.at;
  size_t bytes = notice.bytes;
  if (!buf_ok(&notice) || !write_all(&at, &bytes))
    return lost_before + count_lines(b->at, b->bytes);
  at = b->at;
  bytes = b->bytes;
  return write_all(&at, &bytes) ? 0 : count_lines(at, bytes);
}

static int open_file(const char *path) {
  return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
}

static void reopen(void) {
  int fd = out.path[0] ? open_file(out.path) : STDERR_FILENO;
  if (fd < 0) {
    log_event(LOG_ERROR, "log_reopen_failed", log_int("errno", errno));
    return;
  }
  if (out.fd != STDERR_FILENO) close(out.fd);
  out.fd = fd;
  out.line_open = false;
}

/* With the lock held, which it gives away while it writes. */
static void write_queue(void) {
  buf full AUTO_BUF = out.queue;
  int64_t lost = out.lost;
  out.queue = (buf){0};
  out.lost = 0;
  pthread_mutex_unlock(&out.lock);
  lost = write_lines(&full, lost);
  pthread_mutex_lock(&out.lock);
  out.lost += lost;
}

static void *write_until_stopped(void *unused) {
  (void)unused;
  pthread_mutex_lock(&out.lock);
  for (;;) {
    while (!out.queue.bytes && !out.reopen && !out.stop) pthread_cond_wait(&out.more, &out.lock);
    if (out.queue.bytes) write_queue(); /* what came before a reopening belongs to the old file */
    if (out.reopen) {
      out.reopen = false;
      pthread_mutex_unlock(&out.lock);
      reopen();
      pthread_mutex_lock(&out.lock);
    } else if (out.stop && !out.queue.bytes)
      break;
  }
  if (out.lost) write_queue();
  out.has_ended = true;
  pthread_cond_signal(&out.ended);
  pthread_mutex_unlock(&out.lock);
  return NULL;
}

static void add_line(const buf *line) {
  pthread_mutex_lock(&out.lock);
  if (!buf_ok(line))
    out.lost++;
  else if (!out.running)
    out.lost = write_lines(line, out.lost);
  else if (out.queue.bytes + line->bytes > QUEUE_BYTES_MAX)
    out.lost++;
  else {
    buf_text(&out.queue, buf_view(line));
    if (!buf_ok(&out.queue)) out.lost++;
    out.queue.failed = false; /* the line is lost, not those before it */
    pthread_cond_signal(&out.more);
  }
  pthread_mutex_unlock(&out.lock);
}

void log_write(log_level level, const char *event, const log_field *fields) {
  if ((int)level < atomic_load(&least_level)) return;
  int kept = errno;
  buf line AUTO_BUF = {0};
  put_line(&line, level, event, fields);
  add_line(&line);
  errno = kept;
}

/* ---- starting and stopping ---- */

/* A reader that went away is a failed write, not the end of the process. */
static bool start_thread(void) {
  sigset_t all, kept;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &kept);
  bool ok = pthread_create(&out.thread, NULL, write_until_stopped, NULL) == 0;
  pthread_sigmask(SIG_SETMASK, &kept, NULL);
  return ok;
}

bool log_start(const char *file, err *e) {
  int fd = file && strlen(file) < sizeof out.path ? open_file(file) : STDERR_FILENO;
  if (file && (fd < 0 || fd == STDERR_FILENO))
    return err_set(e, ERR_BAD_FILE, file, "日志文件无法打开，请检查路径和权限（%s）。",
                   "The log file cannot be opened; check its path and permissions (%s).",
                   strerror(fd < 0 ? errno : ENAMETOOLONG));
  pthread_mutex_lock(&out.lock);
  snprintf(out.path, sizeof out.path, "%s", file ? file : "");
  out.fd = fd;
  out.stop = out.reopen = out.has_ended = out.line_open = false;
  out.running = start_thread();
  if (!out.running && file) {
    close(fd);
    out.fd = STDERR_FILENO;
  }
  bool ok = out.running;
  pthread_mutex_unlock(&out.lock);
  return ok || err_memory(e);
}

void log_reopen(void) {
  pthread_mutex_lock(&out.lock);
  out.reopen = true;
  pthread_cond_signal(&out.more);
  pthread_mutex_unlock(&out.lock);
}

static bool wait_for_end(void) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += STOP_SECONDS;
  int failed = 0;
  while (!out.has_ended && !failed) failed = pthread_cond_timedwait(&out.ended, &out.lock, &until);
  return out.has_ended;
}

void log_stop(void) {
  pthread_mutex_lock(&out.lock);
  if (out.running) {
    out.stop = true;
    pthread_cond_signal(&out.more);
    if (wait_for_end()) {
      pthread_mutex_unlock(&out.lock);
      pthread_join(out.thread, NULL);
      pthread_mutex_lock(&out.lock);
      if (out.fd != STDERR_FILENO) close(out.fd);
      out.fd = STDERR_FILENO;
      out.running = false;
    } else
      pthread_detach(out.thread); /* stuck in write(): it keeps its file, the process may end */
  }
  pthread_mutex_unlock(&out.lock);
}
