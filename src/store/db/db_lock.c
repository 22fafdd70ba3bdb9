/* The lock of who serves: flock for a folder, an advisory lock for a server. */
#include "store/db/db_lock.h"

#include "base/date.h"
#include "base/log.h"
#include "store/db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a holder leaves for others to read. It must fit PostgreSQL's application_name. */
enum { WORDS_MAX = 64 };

struct db_lock {
  char *location;
  char county[13];
  int file;     /* folder: -1 until it is open */
  db *d;        /* server: NULL when the connection is gone */
  bool is_held; /* by this file or this connection */
};

db_lock *db_lock_new(const char *location, const char *county, err *e) {
  db_lock *l = calloc(1, sizeof *l);
  if (l) l->location = strdup(location);
  if (!l || !l->location) {
    free(l);
    err_memory(e);
    return NULL;
  }
  snprintf(l->county, sizeof l->county, "%s", county);
  l->file = -1;
  return l;
}

/* "jishi HOST 1234 since 2026-11-27 04:05" */
static void own_words(char ret[WORDS_MAX]) {
  char host[20] = "", since[30];
  gethostname(host, sizeof host - 1);
  instant_format(now_ms(), since);
  snprintf(ret, WORDS_MAX, "jishi %s %d since %.10s %.5s", host, (int)getpid(), since, since + 11);
}

static bool say_held(const char *words, err *e) {
  const char *since = strstr(words, " since ");
  if (!since || strncmp(words, "jishi ", 6) != 0)
    return err_set(e, ERR_STANDBY, NULL,
                   "本区县的写入由另一个正在运行的即时服务负责，这里只供查阅。请到那个服务上办理；"
                   "它停止后，这里会自动接替。",
                   "Another running Jishi writes this county; this one only shows. Work with that "
                   "one; when it stops, this one takes over by itself.");
  int who = (int)(since - words - 6);
  return err_set(e, ERR_STANDBY, NULL,
                 "本区县的写入由另一个正在运行的即时服务负责（%.*s，自 %s），这里只供查阅。"
                 "请到那个服务上办理；它停止后，这里会自动接替。",
                 "Another running Jishi (%.*s, since %s) writes this county; this one only shows. "
                 "Work with that one; when it stops, this one takes over by itself.",
                 who, words + 6, since + 7);
}

/* ---- a folder ---- */

static bool say_file(const db_lock *l, err *e) {
  return err_set(e, ERR_STORE, l->location,
                 "数据文件夹里的 writer.lock 打不开或写不了（%s）。请检查磁盘和文件夹权限。",
                 "writer.lock in the data folder cannot be opened or written (%s). Check the disk "
                 "and the folder's permissions.",
                 strerror(errno));
}

static bool open_file(db_lock *l, const char *path, err *e) {
  if (l->file < 0) l->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  return l->file >= 0 || say_file(l, e);
}

/* Somebody may remove or replace the file: the lock is then one of a file that nobody finds. */
static bool is_in_place(const db_lock *l, const char *path) {
  struct stat mine, there;
  return fstat(l->file, &mine) == 0 && stat(path, &there) == 0 && mine.st_dev == there.st_dev &&
         mine.st_ino == there.st_ino;
}

static void leave_file(db_lock *l) {
  if (l->is_held) log_event(LOG_WARN, "writer_lock_removed", log_word("file", "writer.lock"));
  close(l->file);
  l->file = -1;
  l->is_held = false;
}

static bool say_holder(const db_lock *l, err *e) {
  char words[WORDS_MAX] = "";
  ssize_t got = pread(l->file, words, sizeof words - 1, 0);
  words[got > 0 ? got : 0] = 0;
  return say_held(words, e);
}

static bool leave_words(db_lock *l, err *e) {
  char words[WORDS_MAX];
  own_words(words);
  size_t bytes = strlen(words);
  l->is_held = ftruncate(l->file, 0) == 0 && pwrite(l->file, words, bytes, 0) == (ssize_t)bytes;
  return l->is_held || say_file(l, e); /* a later call tries again; the lock itself is held */
}

static bool hold_file_at(db_lock *l, const char *path, err *e) {
  enum { TRIES = 3 }; /* a file that is removed again and again is somebody's doing */
  for (int i = 0; i < TRIES; i++) {
    if (!open_file(l, path, e)) return false;
    bool locked = flock(l->file, LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno != EWOULDBLOCK) return say_file(l, e);
    if (!is_in_place(l, path))
      leave_file(l);
    else
      return locked ? l->is_held || leave_words(l, e) : say_holder(l, e);
  }
  errno = ENOENT;
  return say_file(l, e);
}

static bool hold_file(db_lock *l, err *e) {
  char *path = NULL;
  if (asprintf(&path, "%s/writer.lock", l->location) < 0) return err_memory(e);
  bool held = hold_file_at(l, path, e);
  free(path);
  return held;
}

/* ---- a server ---- */

#define KEY "hashtextextended('jishi writer ' || current_schema() || ' ' || $1, 0)"

/* 1 or 0: the first column of the first row; -1: the connection failed. */
static int ask(db_lock *l, const char *statement, const char *parameter, char words[WORDS_MAX],
               err *e) {
  db_stmt *q = db_prepare(l->d, statement, e);
  if (!q) return -1;
  if (parameter) db_bind_str(q, 1, parameter);
  int got = db_next(q, e);
  if (got < 0) return -1;
  if (got && words) {
    text t = db_text(q, 0);
    snprintf(words, WORDS_MAX, "%.*s", (int)t.bytes, t.at);
  }
  int answer = got && !words ? db_int(q, 0) != 0 : got;
  db_done(q);
  return answer;
}

/* A holder that is alive asks every second (writer.c). One that stands still loses the connection
 * and with it the lock, so that another can take over. */
#define SILENCE                                                                                    \
  "SELECT CASE WHEN current_setting('idle_session_timeout') = '0' THEN "                           \
  "set_config('idle_session_timeout', '60s', false) END"

static bool connect_for_lock(db_lock *l, err *e) {
  char ignored[WORDS_MAX];
  if (l->d) return true;
  l->d = db_open(l->location, DB_READ, e);
  if (l->d && ask(l, SILENCE, NULL, ignored, e) >= 0) return true;
  db_close(l->d);
  l->d = NULL;
  return false;
}

static bool hold_advisory(db_lock *l, err *e) {
  if (!connect_for_lock(l, e)) return false;
  char words[WORDS_MAX] = "";
  int taken = ask(l, "SELECT pg_try_advisory_lock(" KEY ")", l->county, NULL, e);
  if (taken == 1) {
    own_words(words);
    char set[WORDS_MAX];
    l->is_held = ask(l, "SELECT set_config('application_name', $1, false)", words, set, e) >= 0;
    return l->is_held;
  }
  if (taken == 0 &&
      ask(l,
          "SELECT a.application_name FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a "
          "ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND "
          "l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
          "current_database()) AND (CAST(l.classid AS BIGINT) << 32 | CAST(l.objid AS BIGINT)) "
          "= " KEY,
          l->county, words, e) >= 0)
    return say_held(words, e);
  db_close(l->d); /* lost, and with it the lock: the next call connects anew */
  l->d = NULL;
  return false;
}

void db_lock_free(db_lock *l) {
  if (!l) return;
  if (l->file >= 0) close(l->file);
  /* A server notices only later that the connection is gone. */
  if (l->d && l->is_held) ask(l, "SELECT pg_advisory_unlock(" KEY ")", l->county, NULL, NULL);
  db_close(l->d);
  free(l->location);
  free(l);
}

bool db_lock_hold(db_lock *l, err *e) {
  if (!db_is_url(l->location)) return hold_file(l, e);
  if (!l->is_held) return hold_advisory(l, e);
  if (ask(l, "SELECT 1", NULL, NULL, e) == 1) return true;
  db_close(l->d);
  l->d = NULL;
  l->is_held = false;
  return hold_advisory(l, e);
}
