/* base/log: the form of a line, what may stand in it, and what happens when it cannot be written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the calls under test wrote to stderr. */
static size_t captured(void (*calls)(void), char *out, size_t room) {
  int ends[2], kept = dup(STDERR_FILENO);
  assert_true(kept >= 0 && pipe(ends) == 0);
  assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
  calls();
  dup2(kept, STDERR_FILENO);
  close(kept);
  close(ends[1]);
  ssize_t n = read(ends[0], out, room);
  close(ends[0]);
  return n > 0 ? (size_t)n : 0;
}

static const uuid an_id = {{1, 2, 3}};

static void a_request(void) {
  log_write(LOG_DEBUG, "not_told", NULL);
  log_event(LOG_WARN, "request", log_id("request", &an_id), log_word("route", "/cases/{id}"),
            log_int("status", 200), log_bool("signed_in", true), log_word("none", NULL));
}

static void lines_are_json(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  char line[2000];
  size_t n = captured(a_request, line, sizeof line);
  const json *j = json_parse(a, (text){line, n}, NULL);
  int64_t status = 0;
  assert_non_null(j);
  assert_true(line[n - 1] == '\n');
  assert_true(text_is(json_text(j, "level"), "warn"));
  assert_true(text_is(json_text(j, "event"), "request"));
  assert_true(text_is(json_text(j, "request"), "01020300-0000-0000-0000-000000000000"));
  assert_true(text_is(json_text(j, "route"), "/cases/{id}"));
  assert_true(json_int(j, "status", &status) && status == 200);
  assert_true(json_get(j, "signed_in")->yes);
  assert_int_equal(json_get(j, "none")->type, JSON_NULL);
  assert_true(text_ends(json_text(j, "time"), "+08:00"));
}

static void personal_words(void) {
  log_event(LOG_INFO, "words", log_word("name", "张三 has"), log_word("id", "37088119500101001X"),
            log_word("telephone", "/find/13800000000"), log_word("area", "370881"),
            log_word("request", "01a21bea-4c1d-7d04-9a55-138000000001"),
            log_location("database", "postgresql://jishi:secret@db:5432/county?password=secret"),
            log_location("words", "host=db password=secret"),
            log_location("file", "/var/lib/jishi/任城"));
}

static void names_and_numbers_are_masked(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  char line[2000];
  size_t n = captured(personal_words, line, sizeof line);
  const json *j = json_parse(a, (text){line, n}, NULL);
  assert_true(text_is(json_text(j, "name"), "???????has"));
  assert_true(text_is(json_text(j, "id"), "#X"));
  assert_true(text_is(json_text(j, "telephone"), "/find/#"));
  assert_true(text_is(json_text(j, "area"), "370881"));
  assert_true(text_is(json_text(j, "request"), "01a21bea-4c1d-7d04-9a55-138000000001"));
  assert_true(text_is(json_text(j, "database"), "postgresql://db:5432/county"));
  assert_true(text_is(json_text(j, "words"), "?"));
  assert_true(text_is(json_text(j, "file"), "/var/lib/jishi/任城"));
}

static void two_errors(void) {
  err e;
  log_set_level(LOG_ERROR);
  err_set(&e, ERR_STORE, "here", "写入失败", "write failed");
  log_err(LOG_WARN, "not_told", &e);
  log_err(LOG_ERROR, "commit_failed", &e);
  err_set(&e, ERR_BAD_INPUT, "/name", "“张三”已登记。", "\"张三\" is there already.");
  log_err(LOG_ERROR, "refused", &e);
  log_set_level(LOG_INFO);
}

static void only_machine_errors_are_quoted(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  char lines[2000];
  size_t n = captured(two_errors, lines, sizeof lines - 1);
  lines[n] = 0;
  char *second = strchr(lines, '\n') + 1;
  const json *j = json_parse(a, (text){lines, (size_t)(second - lines)}, NULL);
  assert_true(text_is(json_text(j, "event"), "commit_failed"));
  assert_true(text_is(json_text(j, "code"), "store"));
  assert_true(text_is(json_text(j, "where"), "here"));
  assert_true(text_is(json_text(j, "message"), "write failed"));
  j = json_parse(a, text_of(second), NULL);
  assert_true(text_is(json_text(j, "code"), "bad_input"));
  assert_false(json_has(j, "message"));
  assert_null(strstr(second, "张三"));
}

static void levels_by_word(void **state) {
  (void)state;
  log_level level = LOG_INFO;
  assert_true(log_level_parse(TEXT("debug"), &level) && level == LOG_DEBUG);
  assert_true(log_level_parse(TEXT("error"), &level) && level == LOG_ERROR);
  assert_false(log_level_parse(TEXT("loud"), &level));
}

/* ---- files ---- */

typedef struct folder {
  char at[64], log[80], old[80];
} folder;

static folder new_folder(void) {
  folder f = {.at = "/tmp/jishi-log-XXXXXX"};
  assert_non_null(mkdtemp(f.at));
  snprintf(f.log, sizeof f.log, "%s/log", f.at);
  snprintf(f.old, sizeof f.old, "%s/old", f.at);
  return f;
}

static void remove_folder(const folder *f) {
  unlink(f->log);
  unlink(f->old);
  rmdir(f->at);
}

/* The events in a file, each followed by a blank. */
static void read_events(const char *path, char *out, size_t room, int64_t *lost) {
  arena *a AUTO_ARENA = arena_new(0);
  FILE *f = fopen(path, "r");
  char line[2000];
  size_t n = 0;
  out[0] = 0;
  assert_non_null(f);
  while (fgets(line, sizeof line, f)) {
    const json *j = json_parse(a, text_of(line), NULL);
    assert_non_null(j);
    text event = json_text(j, "event");
    assert_true(n + event.bytes + 2 < room);
    n += (size_t)snprintf(out + n, room - n, "%.*s ", (int)event.bytes, event.at);
    if (lost) json_int(j, "lines", lost);
  }
  fclose(f);
}

static void a_file_can_be_moved_away(void **state) {
  (void)state;
  folder f = new_folder();
  char events[200];
  struct stat s;
  assert_true(log_start(f.log, NULL));
  log_write(LOG_INFO, "first", NULL);
  log_write(LOG_INFO, "second", NULL);
  log_reopen(); /* by the same name: nothing changes */
  log_write(LOG_INFO, "third", NULL);
  log_stop();
  read_events(f.log, events, sizeof events, NULL);
  assert_string_equal(events, "first second third ");
  assert_true(stat(f.log, &s) == 0 && (s.st_mode & 07) == 0);

  assert_true(log_start(f.log, NULL));
  assert_int_equal(rename(f.log, f.old), 0);
  log_write(LOG_INFO, "fourth", NULL); /* still to the old one */
  log_reopen();
  log_stop();
  assert_true(log_start(f.log, NULL));
  log_write(LOG_INFO, "fifth", NULL);
  log_stop();
  read_events(f.old, events, sizeof events, NULL);
  assert_string_equal(events, "first second third fourth ");
  read_events(f.log, events, sizeof events, NULL);
  assert_string_equal(events, "fifth ");
  remove_folder(&f);
}

static void a_file_that_cannot_be_opened(void **state) {
  (void)state;
  folder f = new_folder();
  err e = {0};
  char missing[100], events[200];
  snprintf(missing, sizeof missing, "%s/none/log", f.at);
  assert_false(log_start(missing, &e));
  assert_int_equal(e.code, ERR_BAD_FILE);
  assert_string_equal(e.where, missing);

  assert_true(log_start(f.log, NULL));
  assert_int_equal(rename(f.log, f.old), 0);
  assert_int_equal(mkdir(f.log, 0700), 0);
  log_reopen();
  log_write(LOG_INFO, "after", NULL);
  log_stop();
  rmdir(f.log);
  read_events(f.old, events, sizeof events, NULL); /* in either order: two threads wrote them */
  assert_non_null(strstr(events, "log_reopen_failed "));
  assert_non_null(strstr(events, "after "));
  remove_folder(&f);
}

static void a_full_disk_is_survived(void **state) {
  (void)state;
  folder f = new_folder();
  char events[200];
  int64_t lost = 0;
  assert_int_equal(symlink("/dev/full", f.log), 0);
  assert_true(log_start(f.log, NULL));
  for (int i = 0; i < 3; i++) log_write(LOG_INFO, "lost", NULL);
  unlink(f.log);
  log_reopen();
  log_stop();
  assert_true(log_start(f.log, NULL));
  log_write(LOG_INFO, "there_is_room_again", NULL);
  log_stop();
  read_events(f.log, events, sizeof events, &lost);
  assert_string_equal(events, "log_lines_lost there_is_room_again ");
  assert_int_equal(lost, 3);
  remove_folder(&f);
}

/* ---- a reader that does not read ---- */

enum { MANY = 30000 }; /* of 100 bytes: more than the queue and a pipe hold */

typedef struct reading {
  int fd;
  int64_t lines, lost;
} reading;

static void *read_to_the_end(void *context) {
  reading *r = context;
  FILE *f = fdopen(r->fd, "r");
  char line[2000], *at;
  while (f && fgets(line, sizeof line, f)) {
    if (strstr(line, "\"many\"")) r->lines++;
    if ((at = strstr(line, "\"lines\":"))) r->lost += strtoll(at + 8, NULL, 10);
  }
  if (f) fclose(f);
  return NULL;
}

static void a_reader_that_sleeps_holds_nobody_up(void **state) {
  (void)state;
  int ends[2], kept = dup(STDERR_FILENO);
  assert_true(kept >= 0 && pipe(ends) == 0);
  assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
  close(ends[1]);
  assert_true(log_start(NULL, NULL));
  for (int i = 0; i < MANY; i++)
    log_event(LOG_INFO, "many", log_word("filler", "abcdefghijklmnopqrstuvwxyz"));
  reading r = {.fd = ends[0]};
  pthread_t reader;
  assert_int_equal(pthread_create(&reader, NULL, read_to_the_end, &r), 0);
  log_stop();                /* tells how many were lost */
  dup2(kept, STDERR_FILENO); /* closes the pipe: the reader ends */
  close(kept);
  pthread_join(reader, NULL);
  assert_true(r.lost > 0);
  assert_int_equal(r.lines + r.lost, MANY);
}

/* ---- many threads ---- */

enum { THREADS = 4, EACH = 500 };

static void *log_some(void *unused) {
  (void)unused;
  for (int i = 0; i < EACH; i++) log_write(LOG_INFO, "many", NULL);
  return NULL;
}

static void threads_write_whole_lines(void **state) {
  (void)state;
  folder f = new_folder();
  static char events[THREADS * EACH * 5 + 100];
  pthread_t threads[THREADS];
  assert_true(log_start(f.log, NULL));
  for (int i = 0; i < THREADS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, log_some, NULL), 0);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  log_stop();
  read_events(f.log, events, sizeof events, NULL);
  assert_int_equal(strlen(events), THREADS * EACH * 5);
  remove_folder(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_are_json),
      cmocka_unit_test(names_and_numbers_are_masked),
      cmocka_unit_test(only_machine_errors_are_quoted),
      cmocka_unit_test(levels_by_word),
      cmocka_unit_test(a_file_can_be_moved_away),
      cmocka_unit_test(a_file_that_cannot_be_opened),
      cmocka_unit_test(a_full_disk_is_survived),
      cmocka_unit_test(a_reader_that_sleeps_holds_nobody_up),
      cmocka_unit_test(threads_write_whole_lines),
  };
  return cmocka_run_group_tests_name("base.log", tests, NULL, NULL);
}
