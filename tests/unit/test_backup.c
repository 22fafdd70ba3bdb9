/* Backups: what stands in one is what stood in the place, at any moment; what is damaged is told;
 * and no failure of the disk costs an earlier one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "orchard.h"

#include "backup/backup.h"
#include "backup/heads.h"
#include "backup/restore.h"
#include "engine/replay.h"
#include "store/rows.h"
#include "store/rows/attachments.h"
#include "store/rows/schema.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>

#define PHRASE "correct horse battery staple"

/* ---- a disk that fails: the n-th write, fsync, close or rename of our own code ---- */

ssize_t __real_write(int f, const void *at, size_t bytes);
int __real_fsync(int f);
int __real_rename(const char *from, const char *to);
ssize_t __wrap_write(int f, const void *at, size_t bytes);
int __wrap_fsync(int f);
int __wrap_rename(const char *from, const char *to);

static int fault_left = -1; /* calls until the one that fails; -1: none will */
static int fault_error = ENOSPC;
static bool fault_torn; /* the write that fails has written half */

static bool fault_now(void) {
  if (fault_left < 0 || fault_left-- > 0) return false;
  errno = fault_error;
  return true;
}

ssize_t __wrap_write(int f, const void *at, size_t bytes) {
  if (!fault_now()) return __real_write(f, at, bytes);
  if (fault_torn && bytes > 1) __real_write(f, at, bytes / 2);
  errno = fault_error;
  return -1;
}

int __wrap_fsync(int f) {
  return fault_now() ? -1 : __real_fsync(f);
}

int __wrap_rename(const char *from, const char *to) {
  return fault_now() ? -1 : __real_rename(from, to);
}

/* ---- a place and a stick ---- */

typedef struct plot {
  orchard *o;
  char place[340]; /* what is backed up */
  char stick[100], folder[160], back[340];
  err e;
  backup_done done;
  restored got;
  int backs;
} plot;

static plot plot_begun(const char *first_day) {
  plot p = {.o = orchard_new(first_day)};
  snprintf(p.place, sizeof p.place, "%s", p.o->location);
  snprintf(p.stick, sizeof p.stick, "%s", p.o->folder);
  snprintf(p.folder, sizeof p.folder, "%s/jishi-backup-500243000000", p.stick);
  add_garden(p.o, "G1", NORTH, ",\"ill\":4");
  return p;
}

static plot plot_new(void) {
  return plot_begun("2025-03-03");
}

static bool back_up_as(plot *p, bool whole, const char *passphrase) {
  backup_request q = {.location = p->place,
                      .to = p->stick,
                      .whole = whole,
                      .check = true,
                      .passphrase = passphrase};
  p->e = (err){0};
  return backup_make(&q, &p->done, &p->e);
}

static void back_up(plot *p, bool whole) {
  if (!back_up_as(p, whole, NULL)) fail_msg("backup: %s %s", p->e.where, p->e.en);
  if (p->done.check_failed) fail_msg("%s %s", p->done.why_not.where, p->done.why_not.en);
}

/* A new place for each restoring. */
static void name_back(plot *p) {
  if (orchard_on_postgres)
    snprintf(p->back, sizeof p->back, "%.250s_back%d", p->o->location, ++p->backs);
  else
    snprintf(p->back, sizeof p->back, "%.90s/back%d", p->o->folder, ++p->backs);
}

static bool restore_from(plot *p, const char *from, receive_until until, const char *passphrase) {
  name_back(p);
  restore_request q = {.from = from, .location = p->back, .until = until, .passphrase = passphrase};
  p->e = (err){0};
  return restore_county(&q, &p->got, &p->e);
}

static void drop_back(plot *p) {
  if (!orchard_on_postgres) return;
  char sql[120];
  snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS %s_back%d CASCADE", p->o->schema, p->backs);
  db *d = db_open(p->o->location, DB_WRITE, NULL);
  if (!d || !db_script(d, sql, NULL)) fail_msg("%s", sql);
  db_close(d);
}

static bool add_line(void *context, text line, err *e) {
  buf_text(context, line);
  buf_char(context, '\n');
  return buf_ok(context) || err_memory(e);
}

/* Everything that is carried, and the digests of what is computed. */
static void picture(const char *place, buf *ret) {
  err e = {0};
  engine *g = engine_open(place, &e);
  if (!g) fail_msg("%s %s", e.where, e.en);
  arena *a AUTO_ARENA = arena_new(0);
  table_digest *tables = NULL;
  size_t count = 0;
  carry_tags tags = {0};
  int64_t rows = 0;
  store *s = engine_store(g);
  carry_sink to = {add_line, ret};
  assert_true(carry_journal(s, 0, &to, &e));
  if (!carry_aside(s, NULL, NULL, &to, &tags, &rows, &e)) fail_msg("%s %s", e.where, e.en);
  assert_true(store_digest(s, a, &tables, &count, &e));
  for (size_t i = 0; i < count; i++) {
    char hex[65];
    hash_format(&tables[i].digest, hex);
    buf_printf(ret, "%s %lld %s\n", tables[i].table, (long long)tables[i].rows, hex);
  }
  carry_tags_free(&tags);
  engine_close(g);
}

static void same_places(const char *one, const char *other) {
  AUTO_BUF buf x = {0}, y = {0};
  picture(one, &x);
  picture(other, &y);
  assert_string_equal(x.at, y.at);
}

static void attach(plot *p, const char *name, const char *body) {
  err e = {0};
  stored_file f = {.name = name, .type = "image/jpeg", .at_ms = 7, .body = text_of(body)};
  assert_true(db_begin(store_db(p->o->s), &e) && store_attachment_put(p->o->s, &f, &e) &&
              db_commit(store_db(p->o->s), &e));
}

static void store_upload(plot *p, uuid id, const char *state) {
  err e = {0};
  upload u = {.id = id,
              .layout = "l",
              .file = "名册.xlsx",
              .state = state,
              .body = (text){"\0\1\2\xff", 4},
              .report = TEXT("{}"),
              .taking_in_on = DAY_NONE};
  assert_true(db_begin(store_db(p->o->s), &e) && store_upload_put(p->o->s, &u, &e) &&
              db_commit(store_db(p->o->s), &e));
}

/* ---- the same again ---- */

static void what_was_backed_up_is_there_again(UNUSED void **state) {
  plot p = plot_new();
  attach(&p, "aa", "one");
  uuid early = next_id(p.o);
  store_upload(&p, early, "checked");
  back_up(&p, false);
  assert_true(p.done.whole && p.done.checked_ms);
  back_up(&p, false);
  assert_string_equal(p.done.part, ""); /* nothing is new */
  add_garden(p.o, "G2", SOUTH, "");
  attach(&p, "bb", "two");
  store_upload(&p, early, "applied");
  back_up(&p, false);
  assert_false(p.done.whole);
  assert_int_equal(p.done.entries, 1);
  assert_int_equal(p.done.rows, 3); /* the file, the roster that changed, the key of the garden */
  if (!restore_from(&p, p.stick, (receive_until){0}, NULL)) fail_msg("%s %s", p.e.where, p.e.en);
  same_places(p.o->location, p.back);
  bool same = false;
  AUTO_BUF buf report = {0};
  if (!engine_rebuild(p.back, &same, &report, NULL, &p.e)) fail_msg("%s", p.e.en);
  assert_true(same);
  drop_back(&p);
  /* A row that went is not brought back by an earlier part. */
  assert_true(db_script(store_db(p.o->s), "DELETE FROM upload", &p.e));
  back_up(&p, false);
  assert_string_not_equal(p.done.part, "");
  assert_true(restore_from(&p, p.folder, (receive_until){0}, NULL));
  same_places(p.o->location, p.back);
  drop_back(&p);
  orchard_free(p.o);
}

static void any_moment_can_be_gone_back_to(UNUSED void **state) {
  plot p = plot_new();
  back_up(&p, false);
  int64_t then = journal_seq(p.o);
  AUTO_BUF buf want = {0}, got = {0};
  picture(p.o->location, &want);
  begin_day(p.o, "2025-04-01");
  add_garden(p.o, "G2", SOUTH, "");
  store_upload(&p, next_id(p.o), "applied");
  back_up(&p, false);
  int64_t now = journal_seq(p.o);
  assert_true(restore_from(&p, p.stick, (receive_until){.seq = then}, NULL));
  assert_int_equal(p.got.point.seq, then);
  picture(p.back, &got);
  assert_string_equal(want.at, got.at);
  drop_back(&p);
  /* In the midst of the second part: the roster came later. */
  assert_true(restore_from(&p, p.stick, (receive_until){.seq = now - 1}, NULL));
  assert_int_equal(p.got.point.seq, now - 1);
  drop_back(&p);
  assert_true(restore_from(&p, p.stick, (receive_until){.at_ms = morning(on("2025-03-03"))}, NULL));
  assert_int_equal(p.got.point.seq, then);
  buf_clear(&got);
  picture(p.back, &got);
  assert_string_equal(want.at, got.at);
  drop_back(&p);
  assert_false(restore_from(&p, p.stick, (receive_until){.seq = now + 1}, NULL));
  assert_int_equal(p.e.code, ERR_BAD_INPUT);
  assert_false(restore_from(&p, p.stick, (receive_until){.at_ms = 1}, NULL));
  err e;
  assert_null(store_open(p.back, DB_READ, NULL, &e)); /* nothing is left of it */
  orchard_free(p.o);
}

static void a_place_that_is_taken_is_left_alone(UNUSED void **state) {
  plot p = plot_new();
  back_up(&p, false);
  AUTO_BUF buf before = {0}, after = {0};
  picture(p.o->location, &before);
  restore_request q = {.from = p.stick, .location = p.o->location};
  assert_false(restore_county(&q, &p.got, &p.e));
  assert_int_equal(p.e.code, ERR_CONFLICT);
  picture(p.o->location, &after);
  assert_string_equal(before.at, after.at);
  orchard_free(p.o);
}

/* ---- whose backups these are ---- */

static void another_county_is_not_written_over(UNUSED void **state) {
  plot p = plot_new(), other = plot_begun("2025-03-04");
  back_up(&p, false);
  snprintf(other.stick, sizeof other.stick, "%s", p.stick);
  for (int whole = 0; whole < 2; whole++) {
    assert_false(back_up_as(&other, whole, NULL));
    assert_int_equal(other.e.code, ERR_CONFLICT);
  }
  orchard_free(other.o);
  orchard_free(p.o);
}

static void another_way_begins_a_new_set(UNUSED void **state) {
  plot p = plot_new();
  back_up(&p, false);
  int64_t then = journal_seq(p.o);
  add_garden(p.o, "G2", SOUTH, "");
  back_up(&p, false);
  assert_true(restore_from(&p, p.stick, (receive_until){.seq = then}, NULL));
  snprintf(p.place, sizeof p.place, "%s", p.back);
  assert_false(back_up_as(&p, false, NULL));
  assert_int_equal(p.e.code, ERR_CONFLICT);
  assert_non_null(strstr(p.e.en, "--whole"));
  back_up(&p, true);
  assert_int_equal(p.done.head.head.seq, then);
  drop_back(&p);
  assert_true(restore_from(&p, p.stick, (receive_until){0}, NULL)); /* the newest is the newest */
  assert_int_equal(p.got.point.seq, then);
  drop_back(&p);
  orchard_free(p.o);
}

static void old_sets_go(UNUSED void **state) {
  plot p = plot_new();
  for (int i = 0; i < 3; i++) {
    backup_request q = {.location = p.o->location, .to = p.stick, .whole = true, .keep = 2};
    assert_true(backup_make(&q, &p.done, &p.e));
    add_garden(p.o, i == 0 ? "A" : i == 1 ? "B" : "C", SOUTH, "");
    q.whole = false;
    assert_true(backup_make(&q, &p.done, &p.e));
  }
  arena *a AUTO_ARENA = arena_new(0);
  const char **names = NULL;
  size_t count = 0;
  assert_true(folder_parts(p.folder, a, &names, &count, &p.e));
  assert_int_equal(count, 4);
  assert_non_null(strstr(names[0], "-whole"));
  assert_true(restore_from(&p, p.stick, (receive_until){0}, NULL));
  same_places(p.o->location, p.back);
  drop_back(&p);
  orchard_free(p.o);
}

/* ---- sealed, damaged ---- */

static void read_file(const char *path, buf *b) {
  char chunk[4096];
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  buf_clear(b);
  for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_add(b, chunk, n);
  fclose(f);
}

static void write_file(const char *path, const void *at, size_t bytes) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(at, 1, bytes, f), bytes);
  assert_int_equal(fclose(f), 0);
}

static bool holds(const buf *b, const char *word) {
  return memmem(b->at, b->bytes, word, strlen(word)) != NULL;
}

static void a_sealed_one_tells_nothing(UNUSED void **state) {
  plot p = plot_new();
  attach(&p, "secretname", "secretbody");
  assert_true(back_up_as(&p, false, PHRASE));
  assert_true(p.done.checked_ms != 0);
  attach(&p, "secondname", "x");
  assert_true(back_up_as(&p, false, PHRASE));
  assert_false(p.done.whole);
  assert_int_equal(p.done.rows, 1);
  assert_false(back_up_as(&p, false, "another passphrase"));
  assert_int_equal(p.e.code, ERR_DENIED);
  DIR *d = opendir(p.folder);
  AUTO_BUF buf b = {0};
  for (struct dirent *x; (x = readdir(d)) != NULL;) {
    char path[4096];
    folder_path(p.folder, x->d_name, "", path);
    if (x->d_name[0] == '.') continue;
    read_file(path, &b);
    assert_false(b.bytes && (holds(&b, "园主") || holds(&b, "secretname") || holds(&b, "garden")));
  }
  closedir(d);
  assert_false(restore_from(&p, p.stick, (receive_until){0}, NULL));
  assert_int_equal(p.e.code, ERR_USAGE);
  assert_false(restore_from(&p, p.stick, (receive_until){0}, "wrong passphrase"));
  assert_int_equal(p.e.code, ERR_DENIED);
  assert_true(restore_from(&p, p.stick, (receive_until){0}, PHRASE));
  same_places(p.o->location, p.back);
  drop_back(&p);
  orchard_free(p.o);
}

/* Each byte altered, each length: told, or (a manifest's row of tags) of no consequence. */
static void damage_is_told(UNUSED void **state) {
  if (orchard_on_postgres) skip(); /* the same reading */
  plot p = plot_new();
  back_up(&p, false);
  char path[4096];
  AUTO_BUF buf whole = {0};
  folder_path(p.folder, p.done.part, "", path);
  read_file(path, &whole);
  for (size_t at = 0; at < whole.bytes; at += 1 + whole.bytes / 20) {
    whole.at[at] ^= 1;
    write_file(path, whole.at, whole.bytes);
    assert_false(restore_from(&p, p.stick, (receive_until){0}, NULL));
    whole.at[at] ^= 1;
    write_file(path, whole.at, at);
    assert_false(restore_from(&p, p.stick, (receive_until){0}, NULL));
    assert_true(p.e.en[0] && access(p.back, F_OK) != 0);
  }
  write_file(path, whole.at, whole.bytes);
  assert_true(restore_from(&p, p.stick, (receive_until){0}, NULL));
  orchard_free(p.o);
}

/* Without a manifest an export is held by its own links, counts and end. */
static void an_export_is_everything(UNUSED void **state) {
  plot p = plot_new();
  char file[200];
  sent all;
  attach(&p, "aa", "one");
  for (int sealed = 0; sealed < 2; sealed++) {
    const char *phrase = sealed ? PHRASE : NULL;
    snprintf(file, sizeof file, "%s/all-%d.jishi", p.o->folder, sealed);
    if (!export_county(p.o->location, file, phrase, NULL, &all, &p.e)) fail_msg("%s", p.e.en);
    assert_false(export_county(p.o->location, file, phrase, NULL, &all, &p.e));
    assert_int_equal(p.e.code, ERR_CONFLICT);
    assert_true(restore_from(&p, file, (receive_until){0}, phrase));
    same_places(p.o->location, p.back);
    drop_back(&p);
    AUTO_BUF buf whole = {0};
    read_file(file, &whole);
    write_file(file, whole.at, whole.bytes - 20);
    assert_false(restore_from(&p, file, (receive_until){0}, phrase));
    assert_true(p.e.code == ERR_BAD_FILE || (sealed && p.e.code == ERR_DENIED));
    whole.at[whole.bytes / 2] ^= 1;
    write_file(file, whole.at, whole.bytes);
    assert_false(restore_from(&p, file, (receive_until){0}, phrase));
  }
  orchard_free(p.o);
}

static void a_move_changes_nothing(UNUSED void **state) {
  plot p = plot_new();
  name_back(&p);
  if (!move_county(p.o->location, p.back, NULL, &p.got, &p.e)) fail_msg("%s", p.e.en);
  same_places(p.o->location, p.back);
  assert_false(move_county(p.o->location, p.back, NULL, &p.got, &p.e));
  assert_int_equal(p.e.code, ERR_CONFLICT);
  drop_back(&p);
  orchard_free(p.o);
}

/* From a folder to the server and back. */
static void a_move_between_drivers_changes_nothing(UNUSED void **state) {
  plot p = plot_new();
  if (!orchard_on_postgres) {
    orchard_free(p.o);
    return;
  }
  char folder[200];
  snprintf(folder, sizeof folder, "%s/moved", p.o->folder);
  if (!move_county(p.o->location, folder, NULL, &p.got, &p.e)) fail_msg("%s %s", p.e.where, p.e.en);
  same_places(p.o->location, folder);
  name_back(&p);
  if (!move_county(folder, p.back, NULL, &p.got, &p.e)) fail_msg("%s %s", p.e.where, p.e.en);
  same_places(folder, p.back);
  drop_back(&p);
  orchard_free(p.o);
}

/* ---- a disk that fails ---- */

/* Each write, fsync and rename fails once: told, the earlier backup whole, and the next one works.
 */
static void try_faults(plot *p, int error, bool torn) {
  bool failed = true;
  int n = 0;
  for (; failed && n < 60; n++) {
    char code[8];
    snprintf(code, sizeof code, "%c%d", torn ? 'T' : 'E', n);
    add_garden(p->o, code, SOUTH, "");
    backup_request q = {.location = p->o->location, .to = p->stick, .whole = n % 2};
    fault_error = error;
    fault_torn = torn;
    fault_left = n;
    p->e = (err){0};
    failed = !backup_make(&q, &p->done, &p->e);
    bool hit = fault_left < 0;
    fault_left = -1;
    assert_int_equal(failed, hit);
    assert_true(!failed || (p->e.code == ERR_STORE && p->e.en[0]));
    assert_true(restore_from(p, p->stick, (receive_until){0}, NULL));
    /* What was told to be there is there; a failing rename of the folder may have come too late. */
    if (!failed) assert_int_equal(p->got.point.seq, journal_seq(p->o));
  }
  assert_true(n > 6 && !failed);
}

static void a_failing_disk_costs_no_earlier_backup(UNUSED void **state) {
  if (orchard_on_postgres) skip(); /* the same writing */
  plot p = plot_new();
  back_up(&p, false);
  try_faults(&p, ENOSPC, true);
  try_faults(&p, EIO, false);
  orchard_free(p.o);
}

static void a_stick_that_is_gone_is_told(UNUSED void **state) {
  plot p = plot_new();
  backup_request q = {.location = p.o->location, .to = "/nowhere/stick"};
  assert_false(backup_make(&q, &p.done, &p.e));
  assert_int_equal(p.e.code, ERR_UNKNOWN_NAME);
  q.to = p.stick; /* the mount point is there, the stick is not */
  q.must_exist = true;
  assert_false(backup_make(&q, &p.done, &p.e));
  assert_int_equal(p.e.code, ERR_UNKNOWN_NAME);
  assert_true(access(p.folder, F_OK) != 0);
  orchard_free(p.o);
}

/* ---- what is lost or altered in the place itself ---- */

/* The folder as a kill would leave it, in `ret`; without the names given. */
static void copy_place(const plot *p, const char *but, char ret[200]) {
  char command[900];
  snprintf(ret, 200, "%s/copy-%s", p->o->folder, but[0] ? but : "all");
  snprintf(command, sizeof command, "mkdir '%s' && cp '%s'/jishi.db* '%s' && cd '%s' && rm -f %s",
           ret, p->o->location, ret, ret, but[0] ? but : "nothing");
  if (system(command) != 0) fail_msg("%s", command);
}

static void lost_entries_are_told(UNUSED void **state) {
  if (orchard_on_postgres) skip(); /* a server keeps its own promises */
  plot p = plot_new();
  char all[200], log_gone[200], alone[200];
  err e = {0};
  copy_place(&p, "", all);
  copy_place(&p, "jishi.db-wal", log_gone); /* the newest entries are in it */
  copy_place(&p, "jishi.db-head", alone);
  engine *g = engine_open(all, &e);
  if (!g) fail_msg("%s %s", e.where, e.en);
  engine_close(g);
  for (int write = 0; write < 2; write++) {
    int64_t entries = 0;
    assert_false(write ? (g = engine_open(log_gone, &e)) != NULL
                       : engine_verify(log_gone, &entries, &e));
    assert_int_equal(e.code, ERR_STORE);
    assert_non_null(strstr(e.en, "missing"));
    assert_non_null(strstr(e.en, "jishi restore"));
    assert_false(engine_verify(alone, &entries, &e));
    assert_non_null(strstr(e.en, "jishi.db-head is missing"));
  }
  int64_t seq = 0, noted = 0;
  assert_true(store_accept_head(log_gone, &seq, &noted, &e));
  assert_true(seq < noted);
  g = engine_open(log_gone, &e);
  assert_non_null(g);
  engine_close(g);
  orchard_free(p.o);
}

static void another_database_is_told(UNUSED void **state) {
  if (orchard_on_postgres) skip();
  plot p = plot_new(), other = plot_begun("2025-03-04");
  char command[900];
  err e = {0};
  engine_close(p.o->g);
  engine_close(other.o->g);
  p.o->g = other.o->g = NULL;
  snprintf(command, sizeof command, "cp '%s'/jishi.db '%s'/jishi.db", other.o->location,
           p.o->location);
  assert_int_equal(system(command), 0);
  assert_null(engine_open(p.o->location, &e));
  assert_non_null(strstr(e.en, "replaced"));
  orchard_free(other.o);
  orchard_free(p.o);
}

static void what_was_altered_is_told_at_the_start(UNUSED void **state) {
  plot p = plot_new();
  err e = {0};
  char name[65];
  text body = TEXT("photo");
  stored_file *f = NULL;
  hash h = hash_of(&body, 1);
  hash_format(&h, name);
  attach(&p, name, "photo");
  assert_true(store_attachment_find(p.o->s, p.o->a, text_of(name), &f, &e));
  assert_true(db_script(
      store_db(p.o->s),
      orchard_on_postgres ? "UPDATE file SET body = '\\x00'" : "UPDATE file SET body = x'00'", &e));
  assert_false(store_attachment_find(p.o->s, p.o->a, text_of(name), &f, &e));
  assert_int_equal(e.code, ERR_STORE);
  assert_true(db_script(store_db(p.o->s),
                        "UPDATE pack_source SET body = replace(body, 'garden', 'gardem')", &e));
  assert_null(engine_open(p.o->location, &e));
  assert_string_equal(e.where, "orchard");
  orchard_free(p.o);
}

/* The heads of pages, one after another: told when it is opened, or when it is looked at. */
static void a_damaged_page_is_told(UNUSED void **state) {
  if (orchard_on_postgres) skip();
  plot p = plot_new();
  enum { PAGE_BYTES = 4096, HEAD_BYTES = 200, PAGES = 20 };
  char path[400];
  err e = {0};
  AUTO_BUF buf whole = {0};
  assert_true(db_check(store_db(p.o->s), 0, &e));
  assert_true(db_script(store_db(p.o->s), "VACUUM", &e)); /* damage to a free page harms nobody */
  engine_close(p.o->g);                                   /* all of it is in the file then */
  p.o->g = NULL;
  snprintf(path, sizeof path, "%s/jishi.db", p.o->location);
  read_file(path, &whole);
  size_t pages = whole.bytes / PAGE_BYTES;
  for (size_t n = 1; n < pages; n += 1 + pages / PAGES) {
    char kept[HEAD_BYTES];
    /* A page of a tree says so in its first byte; what only holds the rest of a long value tells
     * no check of the file. */
    if (!memchr("\2\5\12\15", whole.at[n * PAGE_BYTES], 4)) continue;
    memcpy(kept, whole.at + n * PAGE_BYTES, HEAD_BYTES);
    memset(whole.at + n * PAGE_BYTES, 0, HEAD_BYTES);
    write_file(path, whole.at, whole.bytes);
    memcpy(whole.at + n * PAGE_BYTES, kept, HEAD_BYTES);
    db *d = db_open(p.o->location, DB_READ, &e);
    if (d) {
      assert_true(db_check(d, PAGE_BYTES, &e)); /* too large to be looked at */
      assert_false(db_check(d, 0, &e));
    }
    assert_non_null(strstr(e.en, "jishi restore"));
    db_close(d);
    e = (err){0};
  }
  orchard_free(p.o);
}

/* Cut off, or written anew with links that fit: only what was kept elsewhere can tell. */
static void a_rewritten_journal_is_told_by_signed_heads(UNUSED void **state) {
  plot p = plot_new();
  err e = {0};
  char file[120], key_file[120], line[HEAD_LINE_MAX];
  head_key key, same, other;
  int64_t heads = 0;
  snprintf(file, sizeof file, "%s/heads", p.o->folder);
  snprintf(key_file, sizeof key_file, "%s/key", p.o->folder);
  assert_true(head_key_get(key_file, &key, &e) && head_key_get(key_file, &same, &e));
  assert_memory_equal(&key, &same, sizeof key);
  for (int i = 0; i < 2; i++) {
    assert_true(head_sign(p.o->s, &key, line, &e) && head_append(file, line, &e));
    add_garden(p.o, i ? "A" : "B", SOUTH, "");
  }
  assert_true(heads_check(p.o->s, file, key.public, &heads, &e));
  assert_int_equal(heads, 2);
  snprintf(key_file, sizeof key_file, "%s/key2", p.o->folder);
  assert_true(head_key_get(key_file, &other, &e));
  assert_false(heads_check(p.o->s, file, other.public, &heads, &e));
  db *d = store_db(p.o->s);
  int64_t last = journal_seq(p.o);
  char sql[300];
  /* Somebody altered an entry before the second head and made the chain anew. */
  assert_true(db_script(d, "CREATE TABLE kept AS SELECT * FROM journal", &e));
  snprintf(sql, sizeof sql, "UPDATE journal SET link = (SELECT link FROM kept WHERE seq = 1)");
  assert_true(db_script(d, sql, &e));
  assert_false(heads_check(p.o->s, file, NULL, &heads, &e));
  assert_non_null(strstr(e.en, "rewritten"));
  assert_non_null(strstr(e.where, "heads:1"));
  snprintf(sql, sizeof sql,
           "DELETE FROM journal; INSERT INTO journal SELECT * FROM kept WHERE seq < %lld",
           (long long)last - 1);
  assert_true(db_script(d, sql, &e));
  assert_false(heads_check(p.o->s, file, NULL, &heads, &e));
  assert_non_null(strstr(e.en, "cut off"));
  assert_non_null(strstr(e.where, "heads:2"));
  /* A line that was altered. */
  AUTO_BUF buf b = {0};
  read_file(file, &b);
  b.at[30] ^= 1;
  write_file(file, b.at, b.bytes);
  assert_false(heads_check(p.o->s, file, NULL, &heads, &e));
  assert_int_equal(e.code, ERR_BAD_FILE);
  orchard_free(p.o);
}

static int start(void **state) {
  return sodium_init() < 0 ? -1 : orchard_use_sqlite(state);
}

int main(void) {
  const struct CMUnitTest all[] = {cmocka_unit_test(what_was_backed_up_is_there_again),
                                   cmocka_unit_test(any_moment_can_be_gone_back_to),
                                   cmocka_unit_test(a_place_that_is_taken_is_left_alone),
                                   cmocka_unit_test(another_county_is_not_written_over),
                                   cmocka_unit_test(another_way_begins_a_new_set),
                                   cmocka_unit_test(old_sets_go),
                                   cmocka_unit_test(a_sealed_one_tells_nothing),
                                   cmocka_unit_test(damage_is_told),
                                   cmocka_unit_test(an_export_is_everything),
                                   cmocka_unit_test(a_move_changes_nothing),
                                   cmocka_unit_test(a_move_between_drivers_changes_nothing),
                                   cmocka_unit_test(a_failing_disk_costs_no_earlier_backup),
                                   cmocka_unit_test(a_stick_that_is_gone_is_told),
                                   cmocka_unit_test(lost_entries_are_told),
                                   cmocka_unit_test(another_database_is_told),
                                   cmocka_unit_test(what_was_altered_is_told_at_the_start),
                                   cmocka_unit_test(a_damaged_page_is_told),
                                   cmocka_unit_test(a_rewritten_journal_is_told_by_signed_heads)};
  int failed = cmocka_run_group_tests_name("backup sqlite", all, start, orchard_drop_sqlite);
  failed += cmocka_run_group_tests_name("backup postgres", all, orchard_use_postgres, NULL);
  return failed;
}
