#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "store/db/db.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the group runs: "" when there is no such server. */
static char place[600], folder[64];
static bool on_postgres;

static db *open_as(db_mode mode) {
  if (!place[0]) skip();
  err e = {0};
  db *d = db_open(place, mode, &e);
  if (!d) fail_msg("open: %s", e.en);
  return d;
}

static void script(db *d, const char *sql) {
  err e = {0};
  if (!db_script(d, sql, &e)) fail_msg("%s: %s", sql, e.en);
}

static db_stmt *prepare(db *d, const char *sql) {
  err e = {0};
  db_stmt *s = db_prepare(d, sql, &e);
  if (!s) fail_msg("%s: %s", sql, e.en);
  return s;
}

static void begin(db *d) {
  err e = {0};
  if (!db_begin(d, &e)) fail_msg("begin: %s", e.en);
}

static void commit(db *d) {
  err e = {0};
  if (!db_commit(d, &e)) fail_msg("commit: %s", e.en);
}

static bool put(db *d, int64_t id, const char *name, err *e) {
  db_stmt *s = prepare(d, "INSERT INTO t (county, id, name) VALUES ($1, $2, $3)");
  db_bind_str(s, 1, "500243000000");
  db_bind_int(s, 2, id);
  db_bind_str(s, 3, name);
  return db_run(s, e);
}

static void put_well(db *d, int64_t id, const char *name) {
  err e = {0};
  if (!put(d, id, name, &e)) fail_msg("put: %s", e.en);
}

static int64_t number(db *d, const char *sql) {
  err e = {0};
  db_stmt *s = prepare(d, sql);
  if (db_next(s, &e) != 1) fail_msg("%s: %s", sql, e.en);
  int64_t n = db_int(s, 0);
  db_done(s);
  return n;
}

static int64_t rows(db *d) {
  return number(d, "SELECT count(*) FROM t");
}

/* A fresh table t. */
static db *fresh(void) {
  db *d = open_as(DB_CREATE);
  script(d, "DROP TABLE IF EXISTS t; CREATE TABLE t (county {text} NOT NULL, id {int} NOT NULL, "
            "name {text}, "
            "photo {blob}, PRIMARY KEY (county, id)){strict};");
  return d;
}

static void values_come_back(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  static const int64_t ids[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
  static const char blob[] = {0, 1, 0, (char)0xff, 0};
  db_stmt *s = prepare(d, "INSERT INTO t (county, id, name, photo) VALUES ($1, $2, $3, $4)");
  for (int i = 0; i < 5; i++) {
    db_bind_str(s, 1, "a");
    db_bind_int(s, 2, ids[i]);
    if (i == 0) db_bind_text(s, 3, TEXT(""));
    if (i == 1) db_bind_text(s, 3, (text){"石柱县ab", 9}); /* only its first bytes */
    if (i == 2) db_bind_null(s, 3);
    if (i == 3) db_bind_str(s, 3, NULL);
    if (i == 0) db_bind_blob(s, 4, "", 0);
    if (i == 1) db_bind_blob(s, 4, blob, sizeof blob);
    if (i == 2) db_bind_blob(s, 4, NULL, 0);
    assert_true(db_run(s, &e));
  }
  s = prepare(d,
              "SELECT id, name, photo, id < 0, sum(id) OVER (PARTITION BY id) FROM t ORDER BY id");
  for (int i = 0; i < 5; i++) {
    assert_int_equal(db_next(s, &e), 1);
    assert_true(db_int(s, 0) == ids[i]);
    assert_true(db_null(s, 1) == (i >= 2));
    assert_true(db_null(s, 2) == (i >= 2));
    assert_true(text_is(db_text(s, 1), i == 1 ? "石柱县" : ""));
    assert_int_equal(db_blob(s, 2).bytes, i == 1 ? sizeof blob : 0);
    assert_non_null(db_blob(s, 2).at);
    if (i == 1) assert_memory_equal(db_blob(s, 2).at, blob, sizeof blob);
    assert_int_equal(db_int(s, 3), i < 2);
    assert_true(db_int(s, 4) == ids[i]);
    assert_int_equal(db_int(s, 1), 0);
  }
  assert_int_equal(db_next(s, &e), 0);
  db_close(d);
}

static void numbered_parameters(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  for (int i = 1; i <= 12; i++) put_well(d, i, i % 2 ? "odd" : "even");
  /* $2 and $5 stand in text only; $1, $4 repeat; $10 comes first. */
  db_stmt *s = prepare(
      d, "SELECT id, '$5 ''$99' FROM t WHERE id <> $10 AND county = $1 AND (name = $4 OR $4 = "
         "name) AND county = $1 ORDER BY id LIMIT $3 -- $77");
  db_bind_str(s, 1, "500243000000");
  db_bind_int(s, 2, 7);
  db_bind_int(s, 3, 3);
  db_bind_str(s, 4, "odd");
  db_bind_int(s, 10, 3);
  static const int64_t expected[] = {1, 5, 7};
  for (int i = 0; i < 3; i++) {
    assert_int_equal(db_next(s, &e), 1);
    assert_int_equal(db_int(s, 0), expected[i]);
    assert_true(text_is(db_text(s, 1), "$5 '$99"));
  }
  assert_int_equal(db_next(s, &e), 0);
  /* What was bound is forgotten after the end. */
  db_bind_int(s, 3, 3);
  assert_int_equal(db_next(s, &e), 0);
  db_bind_int(s, 11, 1);
  assert_int_equal(db_next(s, &e), -1);
  assert_int_equal(e.code, ERR_INTERNAL);
  db_bind_int(s, 0, 1);
  assert_false(db_run(s, &e));
  assert_int_equal(e.code, ERR_INTERNAL);
  db_close(d);
}

static void nul_in_text_is_refused(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  db_stmt *s = prepare(d, "INSERT INTO t (county, id, name) VALUES ('a', 1, $1)");
  db_bind_text(s, 1, (text){"a\0b", 3});
  assert_false(db_run(s, &e));
  assert_int_equal(e.code, ERR_BAD_INPUT);
  assert_int_equal(rows(d), 0);
  db_close(d);
}

static void conflict_is_told(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  put_well(d, 1, "first");
  assert_false(put(d, 1, "second", &e));
  assert_int_equal(e.code, ERR_CONFLICT);
  assert_true(db_was_conflict(d));
  put_well(d, 2, "other");
  assert_false(db_was_conflict(d));
  db_stmt *s =
      prepare(d, "INSERT INTO t (county, id) VALUES ($1, 3)"); /* NOT NULL is no conflict */
  assert_false(db_run(s, &e));
  assert_int_equal(e.code, ERR_INTERNAL);
  assert_false(db_was_conflict(d));
  s = prepare(d, "INSERT INTO t (county, id, name) VALUES ('500243000000', 1, 'third') ON CONFLICT "
                 "(county, id) DO "
                 "UPDATE SET name = excluded.name RETURNING name");
  assert_int_equal(db_next(s, &e), 1);
  assert_true(text_is(db_text(s, 0), "third"));
  assert_int_equal(db_next(s, &e), 0);
  s = prepare(d, "INSERT INTO t (county, id) VALUES ('500243000000', 1) RETURNING id");
  assert_int_equal(db_next(s, &e), -1);
  assert_true(db_was_conflict(d));
  db_close(d);
}

static void rollback_leaves_nothing(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  db_rollback(d);
  begin(d);
  assert_false(db_begin(d, &e));
  put_well(d, 1, "a");
  script(d, "ALTER TABLE t ADD COLUMN more {int}");
  assert_int_equal(rows(d), 1);
  assert_int_equal(db_has_column(d, "t", "more", &e), 1);
  db_rollback(d);
  assert_int_equal(rows(d), 0);
  assert_int_equal(db_has_column(d, "t", "more", &e), 0);
  assert_int_equal(db_has_column(d, "nowhere", "more", &e), 0);
  assert_false(db_commit(d, &e));
  assert_int_equal(e.code, ERR_INTERNAL);
  begin(d);
  put_well(d, 2, "b");
  db_close(d);
  d = open_as(DB_WRITE);
  assert_int_equal(rows(d), 0);
  begin(d);
  put_well(d, 3, "c");
  commit(d);
  db_close(d);
  d = open_as(DB_READ);
  assert_int_equal(rows(d), 1);
  assert_false(put(d, 4, "d", &e));
  assert_int_equal(e.code, ERR_STORE);
  db_close(d);
}

static void failure_undoes_the_transaction(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0}, first = {0};
  put_well(d, 5, "there");
  begin(d);
  put_well(d, 1, "a");
  bool told = !put(d, 5, "again", &first);
  /* Told at once or later, nothing more is done, and other calls do not take the conflict for
   * theirs. */
  for (int64_t i = 10; i < 20; i++) put(d, i, "after", &e);
  db_stmt *s = prepare(d, "SELECT count(*) FROM t");
  err second = {0};
  assert_int_equal(db_next(s, &second), -1);
  assert_false(db_was_conflict(d));
  if (told) assert_int_equal(second.code, ERR_STORE);
  if (!told) first = second;
  assert_int_equal(first.code, ERR_CONFLICT);
  assert_false(put(d, 21, "later", &e));
  assert_int_equal(e.code, ERR_STORE);
  assert_false(db_script(d, "CREATE TABLE never (a {int})", &e));
  assert_false(db_commit(d, &e));
  assert_int_equal(e.code, ERR_CONFLICT);
  assert_int_equal(rows(d), 1);
  begin(d);
  put_well(d, 6, "next");
  commit(d);
  assert_int_equal(rows(d), 2);
  /* The failure as the very last statement, seen by the commit at the latest. */
  begin(d);
  put_well(d, 7, "lost");
  put(d, 5, "again", &e);
  assert_false(db_commit(d, &e));
  assert_int_equal(e.code, ERR_CONFLICT);
  assert_int_equal(rows(d), 2);
  /* A failing query, and rollback without looking. */
  begin(d);
  put(d, 5, "again", &e);
  db_rollback(d);
  assert_int_equal(rows(d), 2);
  db_close(d);
}

static void snapshot_stays(void **state) {
  (void)state;
  db *w = fresh();
  db *r = open_as(DB_READ);
  err e = {0};
  put_well(w, 1, "a");
  assert_true(db_begin_read(r, &e));
  put_well(w, 2, "b");
  assert_int_equal(rows(r), 1); /* as of db_begin_read, not of the first query */
  begin(w);
  put_well(w, 3, "c");
  assert_int_equal(rows(w), 3);
  commit(w);
  assert_int_equal(rows(r), 1);
  db_end_read(r);
  assert_int_equal(rows(r), 3);
  /* Rows left open do not keep the old snapshot. */
  assert_true(db_begin_read(r, &e));
  db_stmt *s = prepare(r, "SELECT id FROM t ORDER BY id");
  assert_int_equal(db_next(s, &e), 1);
  db_end_read(r);
  assert_true(db_null(s, 0));
  put_well(w, 4, "d");
  assert_true(db_begin_read(r, &e));
  assert_int_equal(rows(r), 4);
  db_end_read(r);
  db_close(r);
  db_close(w);
}

static void rows_inside_rows(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  begin(d);
  for (int i = 0; i < 100; i++) put_well(d, i, "x");
  static const char sql[] = "SELECT id, name FROM t WHERE id >= $1 ORDER BY id";
  db_stmt *outer = prepare(d, sql);
  db_bind_int(outer, 1, 0);
  int seen = 0;
  while (db_next(outer, &e) > 0) {
    assert_int_equal(db_int(outer, 0), seen);
    db_stmt *inner = prepare(d, sql); /* the same text while the first is read */
    assert_ptr_not_equal(inner, outer);
    db_bind_int(inner, 1, 90 + seen % 10);
    assert_int_equal(db_next(inner, &e), 1);
    assert_int_equal(db_int(inner, 0), 90 + seen % 10);
    db_done(inner); /* early */
    put_well(d, 1000 + seen, "y");
    assert_true(text_is(db_text(outer, 1), "x"));
    seen++;
    if (seen == 50) break;
  }
  db_done(outer);
  db_done(outer);
  assert_int_equal(rows(d), 150);
  commit(d);
  assert_int_equal(rows(d), 150);
  db_close(d);
}

static void statements_are_found_again(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  static const char sql[] = "SELECT count(*) FROM t WHERE id = $1";
  char copy[sizeof sql];
  memcpy(copy, sql, sizeof sql);
  db_stmt *s = prepare(d, sql);
  assert_ptr_equal(prepare(d, copy), s);
  /* One that is read from stays while more texts come than the cache holds. */
  put_well(d, 1, "a");
  put_well(d, 2, "b");
  db_stmt *reading = prepare(d, "SELECT id FROM t ORDER BY id");
  assert_int_equal(db_next(reading, &e), 1);
  for (int i = 0; i < 1100; i++) {
    char other[80];
    snprintf(other, sizeof other, "SELECT %d + $1 FROM t ORDER BY id LIMIT 1", i);
    s = prepare(d, other);
    db_bind_int(s, 1, 1);
    assert_int_equal(db_next(s, &e), 1);
    assert_int_equal(db_int(s, 0), i + 1);
    db_done(s);
  }
  assert_int_equal(db_int(reading, 0), 1);
  assert_int_equal(db_next(reading, &e), 1);
  assert_int_equal(db_int(reading, 0), 2);
  assert_int_equal(db_next(reading, &e), 0);
  if (on_postgres) assert_true(number(d, "SELECT count(*) FROM pg_prepared_statements") <= 512);
  db_close(d);
}

static void faults_in_sql(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  db_stmt *s = db_prepare(d, "SELECT nothing FROM nowhere", &e);
  if (s) assert_int_equal(db_next(s, &e), -1);
  assert_int_equal(e.code, ERR_INTERNAL);
  assert_false(db_script(d, "CREATE NONSENSE", &e));
  assert_int_equal(e.code, ERR_INTERNAL);
  assert_int_equal(rows(d), 0);
  assert_false(db_script(d, "CREATE TABLE t2 (a {int}); CREATE NONSENSE", NULL));
  script(d, "DROP TABLE IF EXISTS t2");
  script(d, "");
  script(d, "CREATE TABLE t2 (a {text} DEFAULT '{int'); DROP TABLE t2");
  assert_null(db_prepare(d, "SELECT $2001", &e));
  assert_int_equal(e.code, ERR_INTERNAL);
  db_close(d);
}

static void text_in_c_order(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  static const char *const names[] = {"Z", "a", "b", "é", "石"};
  for (int i = 4; i >= 0; i--) put_well(d, i, names[i]);
  db_stmt *s = prepare(d, "SELECT name FROM t ORDER BY name");
  for (int i = 0; i < 5; i++) {
    assert_int_equal(db_next(s, &e), 1);
    assert_true(text_is(db_text(s, 0), names[i]));
  }
  assert_int_equal(db_next(s, &e), 0);
  assert_int_equal(number(d, "SELECT count(*) FROM t WHERE name LIKE 'z%'"), 0);
  db_close(d);
}

static void a_long_transaction(void **state) {
  (void)state;
  db *d = fresh();
  begin(d);
  for (int i = 0; i < 3000; i++) put_well(d, i, "much"); /* more than one queue of the pipeline */
  commit(d);
  assert_int_equal(rows(d), 3000);
  err e = {0};
  begin(d);
  bool told = false;
  for (int i = 0; i < 3000; i++) told |= !put(d, i + 2999, "again", &e);
  assert_true(told);
  assert_false(db_commit(d, &e));
  assert_int_equal(e.code, ERR_CONFLICT);
  assert_int_equal(rows(d), 3000);
  db_close(d);
}

/* ---- SQLite only ---- */

static void folder_is_private(void **state) {
  (void)state;
  db *d = fresh();
  char file[80];
  struct stat s;
  assert_int_equal(stat(place, &s), 0);
  assert_int_equal(s.st_mode & 0777, 0700);
  snprintf(file, sizeof file, "%s/a/b/jishi.db", folder);
  assert_int_equal(stat(file, &s), 0);
  assert_int_equal(s.st_mode & 0777, 0600);
  assert_int_equal(number(d, "PRAGMA synchronous"), 2);
  assert_int_equal(number(d, "PRAGMA foreign_keys"), 1);
  assert_int_equal(number(d, "PRAGMA wal_autocheckpoint"), 8000);
  db_stmt *q = prepare(d, "PRAGMA journal_mode");
  assert_int_equal(db_next(q, NULL), 1);
  assert_true(text_is(db_text(q, 0), "wal"));
  db_done(q);
  db_close(d);
}

static void nothing_there(void **state) {
  (void)state;
  err e = {0};
  char empty[80];
  snprintf(empty, sizeof empty, "%s/empty", folder);
  assert_null(db_open(empty, DB_WRITE, &e));
  assert_int_equal(e.code, ERR_STORE);
  assert_non_null(strstr(e.zh, "jishi init"));
  assert_null(db_open(empty, DB_READ, &e));
  assert_int_not_equal(access(empty, F_OK), 0);
  assert_null(db_open("", DB_CREATE, &e));
  assert_int_equal(e.code, ERR_USAGE);
}

static void damaged_file(void **state) {
  (void)state;
  err e = {0};
  char where[80], file[100];
  snprintf(where, sizeof where, "%s/damaged", folder);
  snprintf(file, sizeof file, "%s/jishi.db", where);
  assert_int_equal(mkdir(where, 0700), 0);
  FILE *f = fopen(file, "w");
  assert_non_null(f);
  for (int i = 0; i < 5000; i++) fputc('x', f);
  assert_int_equal(fclose(f), 0);
  assert_null(db_open(where, DB_WRITE, &e));
  assert_int_equal(e.code, ERR_STORE);
  assert_non_null(strstr(e.zh, "最近的备份"));
  assert_null(db_open(where, DB_READ, &e));
  assert_non_null(strstr(e.zh, "最近的备份"));
}

static void full_disk(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  put_well(d, -1, "kept");
  int64_t pages = number(d, "PRAGMA page_count");
  char sql[60];
  snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld", (long long)pages + 4);
  script(d, sql);
  begin(d);
  bool ok = true;
  for (int i = 0; ok && i < 100000; i++) ok = put(d, i, "a name that needs room on a page", &e);
  assert_false(ok);
  assert_int_equal(e.code, ERR_STORE);
  assert_non_null(strstr(e.zh, "磁盘已满"));
  assert_false(db_commit(d, &e));
  assert_non_null(strstr(e.zh, "磁盘已满"));
  assert_int_equal(rows(d), 1);
  put_well(d, 1, "small");
  assert_int_equal(rows(d), 2);
  db_close(d);
}

/* ---- PostgreSQL only ---- */

static void terminate(db *other, int64_t pid) {
  err e = {0};
  db_stmt *s = prepare(other, "SELECT pg_terminate_backend($1, 10000)");
  db_bind_int(s, 1, pid);
  assert_int_equal(db_next(s, &e), 1);
  assert_int_equal(db_int(s, 0), 1);
  db_done(s);
}

static void lost_connection(void **state) {
  (void)state;
  db *d = fresh();
  db *other = open_as(DB_WRITE);
  err e = {0};
  static const char pid[] = "SELECT pg_backend_pid()";
  /* Inside a transaction with a queue: all is gone, until the next begin. */
  begin(d);
  put_well(d, 1, "a");
  int64_t first = number(d, pid);
  put_well(d, 2, "b");
  terminate(other, first);
  assert_false(db_commit(d, &e));
  assert_int_equal(e.code, ERR_UNCERTAIN);
  assert_false(put(d, 3, "c", &e));
  assert_int_equal(e.code, ERR_STORE);
  assert_false(db_script(d, "CREATE TABLE never (a {int})", &e));
  assert_int_equal(e.code, ERR_STORE);
  begin(d); /* a new connection, its statements prepared anew */
  put_well(d, 4, "d");
  commit(d);
  assert_int_equal(rows(d), 1);
  assert_true(number(d, pid) != first);
  /* Between transactions: the begin notices and mends it by itself. */
  terminate(other, number(d, pid));
  begin(d);
  put_well(d, 5, "e");
  commit(d);
  terminate(other, number(d, pid));
  assert_true(db_begin_read(d, &e));
  assert_int_equal(rows(d), 2);
  /* While rows are read: many, so that not all have come before. */
  db_end_read(d);
  db_stmt *s = prepare(d, "SELECT repeat('x', 1000) FROM generate_series(1, $1)");
  int64_t now = number(d, pid);
  db_bind_int(s, 1, 200000);
  assert_int_equal(db_next(s, &e), 1);
  terminate(other, now);
  int got;
  while ((got = db_next(s, &e)) > 0) continue;
  assert_int_equal(got, -1);
  assert_int_equal(e.code, ERR_STORE);
  assert_true(db_begin_read(d, &e));
  db_end_read(d);
  /* A rollback of a lost one is fine, too. */
  begin(d);
  put_well(d, 6, "f");
  terminate(other, number(d, pid));
  db_rollback(d);
  begin(d);
  assert_int_equal(rows(d), 2);
  db_rollback(d);
  db_close(other);
  db_close(d);
}

static void the_queue_is_a_queue(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  put_well(d, 1, "a");
  begin(d);
  put_well(d, 2, "b");
  assert_true(put(d, 1, "conflict", &e)); /* not known yet */
  assert_true(put(d, 3, "c", &e));
  assert_false(db_commit(d, &e));
  assert_int_equal(e.code, ERR_CONFLICT);
  assert_true(db_was_conflict(d));
  assert_int_equal(rows(d), 1);
  /* A script comes after what is queued. */
  begin(d);
  put_well(d, 2, "b");
  script(d, "DELETE FROM t");
  put_well(d, 3, "c");
  commit(d);
  assert_int_equal(rows(d), 1);
  begin(d);
  put(d, 3, "conflict", &e);
  assert_false(db_script(d, "DELETE FROM t", &e));
  assert_int_equal(e.code, ERR_CONFLICT);
  db_rollback(d);
  assert_int_equal(rows(d), 1);
  db_close(d);
}

static void failure_while_rows_wait(void **state) {
  (void)state;
  db *d = fresh();
  err e = {0};
  for (int i = 0; i < 10; i++) put_well(d, i, "a");
  /* The division fails in the middle of the stream, while another statement wants the connection.
   */
  db_stmt *s = prepare(d, "SELECT 100 / (n - 5) FROM generate_series(1, 10) n");
  assert_int_equal(db_next(s, &e), 1);
  db_stmt *other = prepare(d, "SELECT 1");
  assert_int_equal(db_next(other, &e), -1);
  assert_int_equal(e.code, ERR_INTERNAL);
  int got, seen = 1;
  while ((got = db_next(s, &e)) > 0) seen++;
  assert_int_equal(got, -1);
  assert_true(seen <= 5);
  assert_int_equal(rows(d), 10);
  s = prepare(d, "SELECT sum(id) + 9223372036854775807 FROM t");
  assert_int_equal(db_next(s, &e), -1);
  assert_int_equal(e.code, ERR_INTERNAL);
  assert_int_equal(number(d, "SELECT sum(id) FROM t"), 45);
  assert_int_equal(number(d, "SELECT sum(id) * 1000000007 - 50000000000 FROM t"), -4999999685);
  s = prepare(d, "SELECT 1.5::float8");
  assert_int_equal(db_next(s, &e), -1);
  assert_int_equal(e.code, ERR_INTERNAL);
  db_close(d);
}

static void passwords_stay_secret(void **state) {
  (void)state;
  static const char *const urls[] = {
      "postgresql://someone:hush-hush@127.0.0.1:1/postgres",
      "postgresql://someone:hush-hush@127.0.0.1:x/postgres",
      "postgresql://someone:hush-hush@127.0.0.1:1/postgres?nonsense=1",
      "postgresql://someone:hush-hush@[::1",
      "postgresql://someone:hush-hush@127.0.0.1:1/postgres?schema=A;B",
      "postgresql:///x?host=/nowhere&password=hush-hush"};
  for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
    err e = {0};
    assert_true(db_is_url(urls[i]));
    assert_null(db_open(urls[i], DB_WRITE, &e));
    assert_true(e.code == ERR_STORE || e.code == ERR_USAGE);
    assert_null(strstr(e.where, "hush"));
    assert_null(strstr(e.zh, "hush"));
    assert_null(strstr(e.en, "hush"));
  }
}

static void schema_is_missing(void **state) {
  (void)state;
  if (!place[0]) skip();
  err e = {0};
  char other[650];
  snprintf(other, sizeof other, "%s_not", place);
  assert_null(db_open(other, DB_WRITE, &e));
  assert_int_equal(e.code, ERR_STORE);
  assert_non_null(strstr(e.zh, "jishi init"));
}

/* ---- the groups ---- */

static int use_sqlite(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/jishi-test-db-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(place, sizeof place, "%s/a/b", folder);
  on_postgres = false;
  return 0;
}

static int drop_sqlite(void **state) {
  (void)state;
  char command[100];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  return system(command);
}

static char schema[48];

static int use_postgres(void **state) {
  (void)state;
  const char *url = getenv("JISHI_TEST_PG");
  place[0] = 0;
  on_postgres = true;
  if (!url || !*url) return 0;
  snprintf(schema, sizeof schema, "jishi_test_db_%ld", (long)getpid());
  int n = snprintf(place, sizeof place, "%s%cschema=%s", url, strchr(url, '?') ? '&' : '?', schema);
  return n > 0 && (size_t)n < sizeof place ? 0 : -1;
}

static int drop_postgres(void **state) {
  (void)state;
  if (!place[0]) return 0;
  char sql[80];
  snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS %s CASCADE", schema);
  db *d = db_open(place, DB_CREATE, NULL);
  bool ok = d && db_script(d, sql, NULL);
  db_close(d);
  return ok ? 0 : -1;
}

#define BOTH                                                                                       \
  cmocka_unit_test(values_come_back), cmocka_unit_test(numbered_parameters),                       \
      cmocka_unit_test(nul_in_text_is_refused), cmocka_unit_test(conflict_is_told),                \
      cmocka_unit_test(rollback_leaves_nothing), cmocka_unit_test(failure_undoes_the_transaction), \
      cmocka_unit_test(snapshot_stays), cmocka_unit_test(rows_inside_rows),                        \
      cmocka_unit_test(statements_are_found_again), cmocka_unit_test(faults_in_sql),               \
      cmocka_unit_test(text_in_c_order), cmocka_unit_test(a_long_transaction)

int main(void) {
  const struct CMUnitTest sqlite[] = {BOTH, cmocka_unit_test(folder_is_private),
                                      cmocka_unit_test(nothing_there),
                                      cmocka_unit_test(damaged_file), cmocka_unit_test(full_disk)};
  const struct CMUnitTest postgres[] = {BOTH,
                                        cmocka_unit_test(lost_connection),
                                        cmocka_unit_test(the_queue_is_a_queue),
                                        cmocka_unit_test(failure_while_rows_wait),
                                        cmocka_unit_test(passwords_stay_secret),
                                        cmocka_unit_test(schema_is_missing)};
  int failed = cmocka_run_group_tests_name("db sqlite", sqlite, use_sqlite, drop_sqlite);
  failed += cmocka_run_group_tests_name("db postgres", postgres, use_postgres, drop_postgres);
  return failed;
}
