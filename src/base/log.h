/* log.h — what an operator must be told: one JSON object a line, to stderr or to a file.
 *
 *   log_event(LOG_INFO, "request", log_word("route", "/cases/{id}"), log_int("status", 200));
 *   {"time":"2024-03-01T08:30:00.123+08:00","level":"info","event":"request","route":…,"status":200}
 *
 * JSON and not name=value: every collector reads it, and any value is quoted without doubt.
 *
 * No personal data: a field is a number, an id, or a word of ASCII letters and digits, and a word
 * that could hold a name, a telephone number or a resident ID is masked. There is no field for
 * free text. Logs outlive the consent of those they speak of and are read by outsiders.
 *
 * Any thread may log at any time. Between log_start and log_stop a line is only queued, and a
 * thread of the log writes it: a full disk or a reader that sleeps never holds up a request. Lines
 * that find the queue full, or cannot be written, are counted; "log_lines_lost" tells how many as
 * soon as writing works again. Before log_start (commands, tests) lines go straight to stderr. */
#ifndef JISHI_BASE_LOG_H
#define JISHI_BASE_LOG_H

#include "base/err.h"
#include "base/text.h"
#include "base/uuid.h"

typedef enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } log_level;

typedef struct log_field {
  enum log_field_type {
    LOG_FIELD_END,
    LOG_FIELD_INT,
    LOG_FIELD_BOOL,
    LOG_FIELD_ID,
    LOG_FIELD_WORD,
    LOG_FIELD_LOCATION,
    LOG_FIELD_ERR
  } type;
  const char *name;
  union {
    int64_t n;
    bool yes;
    uuid id;
    const char *s;
    const err *e;
  };
} log_field;

/* A line: the event's name in snake_case, then its fields, at least one. One without fields is
 * log_write(level, event, NULL). */
#define log_event(level, event, ...)                                                               \
  log_write((level), (event), (const log_field[]){__VA_ARGS__, {.name = NULL}})
void log_write(log_level level, const char *event, const log_field *fields);

/* Units stand in the name: log_int("took_ms", 12). */
static inline log_field log_int(const char *name, int64_t n) {
  return (log_field){.type = LOG_FIELD_INT, .name = name, .n = n};
}
static inline log_field log_bool(const char *name, bool yes) {
  return (log_field){.type = LOG_FIELD_BOOL, .name = name, .yes = yes};
}
static inline log_field log_id(const char *name, const uuid *id) {
  return (log_field){.type = LOG_FIELD_ID, .name = name, .id = *id};
}
/* A route, verb, code, request id, version, network address: [A-Za-z0-9_./:{}*+-], at most 120
 * bytes. Any other byte is written as "?", eleven or more digits in a row, but of a UUID, as "#".
 * NULL writes null. */
static inline log_field log_word(const char *name, const char *word) {
  return (log_field){.type = LOG_FIELD_WORD, .name = name, .s = word};
}
/* A file of ours, or a database's URL; user and password are left out. */
static inline log_field log_location(const char *name, const char *file_or_url) {
  return (log_field){.type = LOG_FIELD_LOCATION, .name = name, .s = file_or_url};
}
/* "code" and, where it speaks of our machine and not of what somebody filled in, "where" and
 * "message". The names are fixed; one a line. */
static inline log_field log_fault(const err *e) {
  return (log_field){.type = LOG_FIELD_ERR, .e = e};
}
static inline void log_err(log_level level, const char *event, const err *e) {
  log_event(level, event, log_fault(e));
}

void log_set_level(log_level least);               /* default LOG_INFO */
bool log_level_parse(text word, log_level *level); /* debug, info, warn, error */

/* Starts the log's thread. `file` is appended to (created with mode 0640); NULL: stderr. Once a
 * process. BAD_FILE when the file cannot be opened. */
bool log_start(const char *file, err *e);
/* Opens the file by its name again, after it was moved away (logrotate). Returns at once; when the
 * file cannot be opened, the old one is kept and "log_reopen_failed" says so in it. Not for signal
 * handlers. */
void log_reopen(void);
/* Waits until the queue is written, five seconds at most, and goes back to stderr. */
void log_stop(void);

#endif
