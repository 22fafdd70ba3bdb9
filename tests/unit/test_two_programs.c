/* Two programs on one county: a server and a command, or two servers. Neither may disturb the order
 * or the chain of the journal, nor decide by what it remembers of before the other wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/replay.h"
#include "engine/upgrade.h"
#include "engine/writer.h"
#include "orchard.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

static json *json_of(const orchard *o, const char *source) {
  err e = {0};
  json *j = json_parse(o->a, text_of(source), &e);
  if (!j) fail_msg("%s", e.en);
  return j;
}

/* The same place with an engine of its own. */
static orchard other_program(const orchard *o) {
  orchard p = *o;
  err e = {0};
  p.g = engine_open(o->location, &e);
  if (!p.g) fail_msg("open: %s", e.en);
  p.s = engine_store(p.g);
  p.ids += 1000000;
  return p;
}

static void is_whole(const orchard *o) {
  int64_t entries = 0;
  bool same = false;
  err e = {0};
  AUTO_BUF buf report = {0};
  if (!engine_verify(o->location, &entries, &e)) fail_msg("%s: %s", e.where, e.en);
  if (!engine_rebuild(o->location, &same, &report, NULL, &e)) fail_msg("%s: %s", e.where, e.en);
  if (!same) fail_msg("%s", report.at);
}

static void they_write_in_turn(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03"), p = other_program(o);
  const char *garden = add_garden(o, "G", NORTH, "");
  for (int i = 0; i < 100; i++) {
    orchard *mine = i % 2 ? &p : o, *theirs = i % 2 ? o : &p;
    char ill[40];
    snprintf(ill, sizeof ill, "\"ill\":%d", i % 7);
    add_event(mine, "check", garden, "2025-03-03", ill);
    /* The fact it told is what the other one sees: two ill trees more than allowed is a finding of
     * whoever wrote last. */
    const finding *f = finding_of(theirs, garden, "many_ill");
    assert_true((f && f->until == DAY_NONE) == (i % 7 > 3));
  }
  engine_close(p.g);
  is_whole(o);
  orchard_free(o);
}

static void a_login_is_given_once(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03"), p = other_program(o);
  uuid one = next_id(o), two = next_id(&p);
  must(o, VERB_OFFICER, "{\"id\":\"%s\",\"login\":\"li\",\"name\":\"李\",\"posts\":[]}",
       id_text(o, &one));
  assert_int_equal(refusal(&p, &everyone, VERB_OFFICER,
                           "{\"id\":\"%s\",\"login\":\"li\",\"name\":\"李\",\"posts\":[]}",
                           id_text(o, &two)),
                   ERR_CONFLICT);
  assert_string_equal(p.told.where, "login");
  engine_close(p.g);
  orchard_free(o);
}

/* ---- who asks, when it comes to his command ---- */

/* An account, as a session has it from the beginning of a request on. */
static actor account(orchard *o, const char *login, const char *role, const char *area) {
  uuid id = next_id(o);
  must(o, VERB_OFFICER,
       "{\"id\":\"%s\",\"login\":\"%s\",\"name\":\"某\",\"posts\":[{\"role\":\"%s\",\"area\":"
       "\"%s\"}]}",
       id_text(o, &id), login, role, area);
  officer *x = NULL;
  err e = {0};
  if (!store_officer_find(o->s, o->a, &id, &x, &e)) fail_msg("%s", e.en);
  return (actor){.officer = id, .posts = x->posts, .post_count = x->post_count};
}

static err_code close_by(orchard *o, const actor *who, const actor *whom) {
  return refusal(o, who, VERB_OFFICER, "{\"id\":\"%s\",\"active\":false}",
                 id_text(o, &whom->officer));
}

static void two_administrators_close_each_other(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03"), p = other_program(o);
  const actor one = account(o, "one", "admin", "500243000000"),
              two = account(o, "two", "admin", "500243000000");
  assert_int_equal(close_by(o, &one, &two), ERR_NONE);
  assert_int_equal(close_by(o, &two, &one), ERR_SIGN_IN);
  assert_int_equal(close_by(&p, &two, &one), ERR_SIGN_IN);
  assert_non_null(strstr(p.told.zh, "已停用"));
  /* Nor by the command line, which needs nobody's leave. */
  assert_int_equal(close_by(&p, &everyone, &one), ERR_NOT_ALLOWED);
  assert_int_equal(
      refusal(o, &everyone, VERB_OFFICER, "{\"id\":\"%s\",\"posts\":[]}", id_text(o, &one.officer)),
      ERR_NOT_ALLOWED);
  account(o, "three", "admin", "500243000000");
  assert_int_equal(close_by(&p, &everyone, &one), ERR_NONE);
  engine_close(p.g);
  is_whole(o);
  orchard_free(o);
}

static err_code add_as(orchard *o, const actor *who, const char *code) {
  uuid id = next_id(o);
  return refusal(o, who, VERB_SUBJECT,
                 "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{\"code\":"
                 "\"%s\",\"owner\":\"某\"}}",
                 id_text(o, &id), NORTH, code);
}

/* A list that was begun before: its next row is refused. */
static void a_closed_or_moved_officer_does_nothing_more(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03"), p = other_program(o);
  const actor keeper = account(o, "keeper", "keeper", NORTH);
  assert_int_equal(add_as(o, &keeper, "A1"), ERR_NONE);
  assert_int_equal(add_as(&p, &keeper, "A2"), ERR_NONE);
  must(&p, VERB_OFFICER, "{\"id\":\"%s\",\"active\":false}", id_text(o, &keeper.officer));
  assert_int_equal(add_as(o, &keeper, "A3"), ERR_SIGN_IN);
  assert_int_equal(add_as(&p, &keeper, "A4"), ERR_SIGN_IN);
  must(o, VERB_OFFICER, "{\"id\":\"%s\",\"active\":true}", id_text(o, &keeper.officer));
  assert_int_equal(add_as(o, &keeper, "A5"), ERR_NONE);
  must(o, VERB_OFFICER, "{\"id\":\"%s\",\"posts\":[{\"role\":\"keeper\",\"area\":\"" FAR "\"}]}",
       id_text(o, &keeper.officer));
  assert_int_equal(add_as(o, &keeper, "A6"), ERR_SIGN_IN);
  assert_non_null(strstr(o->told.zh, "重新登录"));
  assert_int_equal(add_as(&p, &keeper, "A7"), ERR_SIGN_IN);
  const actor nobody = {.officer = next_id(o)};
  assert_int_equal(add_as(o, &nobody, "A8"), ERR_SIGN_IN);
  engine_close(p.g);
  is_whole(o);
  orchard_free(o);
}

static void a_day_begins_once(UNUSED void **state) {
  orchard *o = orchard_new("2024-12-30"), p = other_program(o);
  add_garden(o, "G", NORTH, ",\"ill\":4");
  p.today = o->today;
  add_garden(&p, "H", NORTH, "");
  assert_true(begin_day(&p, "2025-01-01"));
  assert_false(begin_day(o, "2025-01-01"));
  engine_close(p.g);
  is_whole(o);
  orchard_free(o);
}

/* A version of the pack with one more field. */
static void newer_pack(const orchard *o, char path[160]) {
  char from[400], command_line[900], file[200];
  orchard_path(from, "packs/orchard");
  snprintf(path, 160, "%s/pack", o->folder);
  snprintf(command_line, sizeof command_line, "cp -r '%s' '%s'", from, path);
  assert_int_equal(system(command_line), 0);
  snprintf(file, sizeof file, "%s/events/check.yaml", path);
  FILE *f = fopen(file, "a");
  assert_non_null(f);
  assert_true(fputs("  - {name: fresh, title: {zh: 新株, en: fresh trees}, type: int}\n", f) >= 0);
  assert_int_equal(fclose(f), 0);
}

static const field *fresh_field(const catalog *packs) {
  const event_kind *k = catalog_event(packs, TEXT("check"), NULL);
  return field_find(k->fields, k->field_count, TEXT("fresh"));
}

static void a_new_pack_is_taken_up(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03"), p = other_program(o);
  char path[160];
  err e = {0};
  faults f = {0};
  const char *garden = add_garden(o, "G", NORTH, "");
  newer_pack(o, path);
  const catalog *before = engine_packs(o->g);
  if (!orchard_upgrade(&p, path, &f, &e)) fail_msg("%s %s", e.where, e.en);
  assert_ptr_equal(engine_packs(o->g), before);
  if (!engine_follow(o->g, &e)) fail_msg("%s", e.en);
  assert_ptr_not_equal(engine_packs(o->g), before);
  assert_int_equal(engine_seq(o->g), engine_seq(p.g));
  assert_non_null(fresh_field(engine_packs(o->g)));
  assert_null(fresh_field(before)); /* a reader that still holds it may go on */
  add_event(o, "check", garden, "2025-03-03", "\"ill\":1,\"fresh\":7");
  engine_close(p.g);
  is_whole(o);
  orchard_free(o);
}

static void a_holiday_notice_is_taken_up(UNUSED void **state) {
  orchard *o = orchard_new("2025-12-29"), p = other_program(o);
  err e = {0};
  must(&p, VERB_CALENDAR,
       "{\"notices\":[{\"year\":2026,\"reference\":\"r\",\"holidays\":[\"2026-01-01\"],"
       "\"workdays\":[]}]}");
  assert_true(calendar_is_provisional(engine_calendar(o->g), on("2026-01-01")));
  if (!engine_follow(o->g, &e)) fail_msg("%s", e.en);
  assert_false(calendar_is_provisional(engine_calendar(o->g), on("2026-01-01")));
  engine_close(p.g);
  orchard_free(o);
}

/* What was rolled back is gone, the pack with its tables too. */
static void a_pack_that_was_undone(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  char path[160];
  err e = {0};
  faults f = {0};
  const char *garden = add_garden(o, "G", NORTH, "");
  newer_pack(o, path);
  const catalog *before = engine_packs(o->g);
  if (!engine_begin(o->g, &e) || !engine_send_pack_at(o->g, morning(o->today), path, NULL, &f, &e))
    fail_msg("%s %s", e.where, e.en);
  engine_rollback(o->g);
  assert_ptr_equal(engine_packs(o->g), before);
  add_event(o, "check", garden, "2025-03-03", "\"ill\":1");
  assert_int_equal(refusal(o, &everyone, VERB_EVENT,
                           "{\"kind\":\"check\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"2025-03-"
                           "03\",\"fields\":{\"fresh\":7}}",
                           garden, garden),
                   ERR_BAD_INPUT);
  is_whole(o);
  orchard_free(o);
}

/* ---- at the same time ---- */

enum { EACH = 100 };

typedef struct program {
  pthread_t thread;
  orchard o;
  const char *garden;
  command commands[EACH];
  writer *w;
  int done;
} program;

static void *write_all(void *context) {
  program *x = context;
  arena *a = arena_new(0);
  for (int i = 0; i < EACH; i++) {
    answer out;
    err e = {0};
    x->done += writer_apply(x->w, &x->commands[i], a, &out, &e);
  }
  arena_free(a);
  return NULL;
}

static void they_write_at_once(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G", NORTH, "");
  program all[2] = {{.o = other_program(o), .garden = garden},
                    {.o = other_program(o), .garden = garden}};
  int64_t before = journal_seq(o);
  all[1].o.ids += 1000000;
  err e = {0};
  for (int p = 0; p < 2; p++) {
    for (int i = 0; i < EACH; i++) {
      uuid u = next_id(&all[p].o);
      const char *body = arena_printf(o->a,
                                      "{\"kind\":\"sale\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":"
                                      "\"2025-03-03\",\"fields\":{\"amount\":100}}",
                                      id_text(o, &u), garden);
      all[p].commands[i] = (command){.verb = VERB_EVENT,
                                     .id = u,
                                     .who = everyone,
                                     .at_ms = morning(o->today),
                                     .body = json_parse(o->a, text_of(body), &e)};
    }
    all[p].w = writer_start(all[p].o.g, NULL, &e);
    assert_non_null(all[p].w);
  }
  for (int p = 0; p < 2; p++)
    assert_int_equal(pthread_create(&all[p].thread, NULL, write_all, &all[p]), 0);
  for (int p = 0; p < 2; p++) assert_int_equal(pthread_join(all[p].thread, NULL), 0);
  for (int p = 0; p < 2; p++) {
    assert_int_equal(all[p].done, EACH);
    writer_stop(all[p].w);
    engine_close(all[p].o.g);
  }
  assert_int_equal(journal_seq(o), before + 2 * EACH);
  is_whole(o);
  orchard_free(o);
}

/* ---- who serves ---- */

static db_lock *lock_of(const orchard *o) {
  err e = {0};
  db_lock *l = db_lock_new(o->location, store_county(o->s), &e);
  assert_non_null(l);
  return l;
}

static void one_holds_the_lock(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  db_lock *one = lock_of(o), *two = lock_of(o);
  err e = {0};
  if (!db_lock_hold(one, &e)) fail_msg("%s", e.en);
  if (!db_lock_hold(one, &e)) fail_msg("%s", e.en);
  assert_false(db_lock_hold(two, &e));
  assert_int_equal(e.code, ERR_STANDBY);
  char who[40];
  snprintf(who, sizeof who, " %ld, since 20", (long)getpid());
  if (!strstr(e.en, who)) fail_msg("who and since when? %s", e.en);
  assert_false(db_lock_hold(two, &e));
  db_lock_free(one);
  if (!db_lock_hold(two, &e)) fail_msg("%s", e.en);
  db_lock_free(two);
  orchard_free(o);
}

/* Whoever removes the file must not get two writers. */
static void a_removed_lock_file_has_one_holder(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  char path[400];
  err e = {0};
  if (orchard_on_postgres) {
    orchard_free(o);
    return;
  }
  snprintf(path, sizeof path, "%s/writer.lock", o->location);
  db_lock *one = lock_of(o), *two = lock_of(o);
  if (!db_lock_hold(one, &e)) fail_msg("%s", e.en);
  /* A newcomer holds the new file; who held the old one learns it. */
  assert_int_equal(unlink(path), 0);
  if (!db_lock_hold(two, &e)) fail_msg("%s", e.en);
  assert_false(db_lock_hold(one, &e));
  assert_int_equal(e.code, ERR_STANDBY);
  db_lock_free(two);
  /* With nobody else there, the holder makes it anew, and it counts for those who come. */
  if (!db_lock_hold(one, &e)) fail_msg("%s", e.en);
  two = lock_of(o);
  assert_false(db_lock_hold(two, &e)); /* has opened this file */
  assert_int_equal(unlink(path), 0);
  if (!db_lock_hold(one, &e)) fail_msg("%s", e.en);
  assert_false(db_lock_hold(two, &e));
  assert_int_equal(e.code, ERR_STANDBY);
  /* A lock on a file that is gone is none. */
  assert_int_equal(unlink(path), 0);
  db_lock_free(one);
  if (!db_lock_hold(two, &e)) fail_msg("%s", e.en);
  one = lock_of(o);
  assert_false(db_lock_hold(one, &e));
  assert_int_equal(e.code, ERR_STANDBY);
  db_lock_free(one);
  db_lock_free(two);
  orchard_free(o);
}

/* ---- a program that stands still ---- */

/* With limits low enough for a test. */
static const char *impatient(const orchard *o) {
  return orchard_on_postgres
             ? arena_printf(o->a,
                            "%s&options=-c%%20idle_in_transaction_session_timeout%%3D1500%%20-c%%"
                            "20idle_session_timeout%%3D1500",
                            o->location)
             : o->location;
}

/* Another process, which begins to write and stops. When it goes on its commit succeeds, or it was
 * cut off, says so, and can begin anew: 0. */
static int stand_still(orchard *o, const char *place, int told) {
  err e = {0};
  bool ticked;
  answer out;
  orchard p = *o;
  arena *a = arena_new(0);
  p.ids += 1000000;
  uuid id = next_id(&p);
  json *body = json_parse(
      a,
      text_of(arena_printf(a,
                           "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{"
                           "\"code\":\"S1\",\"owner\":\"某\"}}",
                           id_text(o, &id), NORTH)),
      &e);
  command c = {.verb = VERB_SUBJECT, .id = id, .who = everyone, .body = body};
  c.at_ms = morning(o->today);
  engine *g = engine_open(place, &e);
  if (!g || !engine_begin(g, &e) || write(told, "b", 1) != 1) return 1;
  raise(SIGSTOP);
  bool done = engine_tick(g, c.at_ms, a, &ticked, &e) && engine_apply(g, &c, a, &out, &e) &&
              engine_commit(g, &e);
  if (done == orchard_on_postgres) return 2;
  if (!done) {
    if (e.code != ERR_STORE) return 3;
    engine_rollback(g);
    if (!engine_begin(g, &e) || !engine_apply(g, &c, a, &out, &e) || !engine_commit(g, &e))
      return 4;
  }
  engine_close(g);
  return 0;
}

static void a_stopped_writer_blocks_nobody_for_ever(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *place = impatient(o);
  int told[2], status = 0;
  char word;
  err e = {0};
  engine_close(o->g); /* nothing of a database may be open in both */
  o->g = NULL;
  assert_int_equal(pipe(told), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) _exit(stand_still(o, place, told[1]));
  assert_int_equal(read(told[0], &word, 1), 1);
  assert_int_equal(waitpid(child, &status, WUNTRACED), child);
  assert_true(WIFSTOPPED(status));
  orchard_reopen(o);
  if (orchard_on_postgres) {
    while (!engine_begin(o->g, &e)) assert_int_equal(e.code, ERR_STORE);
    engine_rollback(o->g);
    add_garden(o, "G", NORTH, "");
  } else {
    assert_false(engine_begin(o->g, &e)); /* after the busy timeout */
    assert_int_equal(e.code, ERR_STORE);
    assert_non_null(strstr(e.zh, "另一个"));
  }
  assert_int_equal(kill(child, SIGCONT), 0);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
  close(told[0]);
  close(told[1]);
  add_garden(o, "H", NORTH, "");
  is_whole(o);
  orchard_free(o);
}

/* A holder on a server that does not ask any more. */
static void a_silent_holder_loses_the_lock(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  err e = {0};
  if (!orchard_on_postgres) {
    orchard_free(o);
    return;
  }
  db_lock *one = db_lock_new(impatient(o), store_county(o->s), &e), *two = lock_of(o);
  if (!db_lock_hold(one, &e)) fail_msg("%s", e.en);
  while (!db_lock_hold(two, &e)) assert_int_equal(e.code, ERR_STANDBY);
  assert_false(db_lock_hold(one, &e));
  assert_int_equal(e.code, ERR_STANDBY);
  db_lock_free(one);
  db_lock_free(two);
  orchard_free(o);
}

/* The server takes the connection away: the lock is lost, and that is noticed. */
static void a_lost_connection_loses_it(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  if (!orchard_on_postgres) {
    orchard_free(o);
    return;
  }
  db_lock *one = lock_of(o), *two = lock_of(o);
  err e = {0};
  if (!db_lock_hold(one, &e)) fail_msg("%s", e.en);
  assert_false(db_lock_hold(two, &e));
  db_stmt *q = db_prepare(store_db(o->s),
                          "SELECT pg_terminate_backend(l.pid, 10000) FROM pg_catalog.pg_locks l "
                          "WHERE l.locktype = 'advisory' AND l.granted AND "
                          "(CAST(l.classid AS BIGINT) << 32 | CAST(l.objid AS BIGINT)) = "
                          "hashtextextended('jishi writer ' || current_schema() || ' ' || $1, 0)",
                          &e);
  if (!q) fail_msg("%s", e.en);
  db_bind_str(q, 1, store_county(o->s));
  assert_int_equal(db_next(q, &e), 1);
  assert_int_equal(db_int(q, 0), 1);
  db_done(q);
  if (!db_lock_hold(two, &e)) fail_msg("%s", e.en);
  assert_false(db_lock_hold(one, &e));
  assert_int_equal(e.code, ERR_STANDBY);
  db_lock_free(two);
  if (!db_lock_hold(one, &e)) fail_msg("%s", e.en);
  db_lock_free(one);
  orchard_free(o);
}

static void the_second_server_waits_its_turn(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03"), p = other_program(o);
  err e = {0};
  writer *first = writer_start(o->g, lock_of(o), &e), *second = writer_start(p.g, lock_of(o), &e);
  assert_non_null(first);
  assert_non_null(second);
  assert_true(writer_may_write(first, &e));
  assert_false(writer_may_write(second, &e));
  assert_int_equal(e.code, ERR_STANDBY);
  uuid one = next_id(o);
  command c = command_of(&p, VERB_SUBJECT,
                         json_of(o, arena_printf(o->a,
                                                 "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s"
                                                 "\",\"fields\":{\"code\":\"G\",\"owner\":\"某\"}}",
                                                 id_text(o, &one), NORTH)));
  answer out;
  assert_false(writer_apply(second, &c, o->a, &out, &e));
  assert_int_equal(e.code, ERR_STANDBY);
  if (!writer_apply(first, &c, o->a, &out, &e)) fail_msg("%s", e.en);
  int64_t seq = out.seq;
  writer_stop(first);
  while (!writer_may_write(second, NULL)) sched_yield();
  c.id = next_id(&p);
  c.body = json_of(o, arena_printf(o->a,
                                   "{\"kind\":\"check\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":"
                                   "\"2025-03-03\",\"fields\":{\"ill\":6}}",
                                   id_text(o, &c.id), id_text(o, &one)));
  c.verb = VERB_EVENT;
  if (!writer_apply(second, &c, o->a, &out, &e)) fail_msg("%s %s", e.where, e.en);
  assert_int_equal(out.seq, seq + 1);
  writer_stop(second);
  engine_close(p.g);
  is_whole(o);
  orchard_free(o);
}

int main(void) {
  const struct CMUnitTest all[] = {cmocka_unit_test(they_write_in_turn),
                                   cmocka_unit_test(a_login_is_given_once),
                                   cmocka_unit_test(two_administrators_close_each_other),
                                   cmocka_unit_test(a_closed_or_moved_officer_does_nothing_more),
                                   cmocka_unit_test(a_day_begins_once),
                                   cmocka_unit_test(a_new_pack_is_taken_up),
                                   cmocka_unit_test(a_holiday_notice_is_taken_up),
                                   cmocka_unit_test(a_pack_that_was_undone),
                                   cmocka_unit_test(they_write_at_once),
                                   cmocka_unit_test(one_holds_the_lock),
                                   cmocka_unit_test(a_removed_lock_file_has_one_holder),
                                   cmocka_unit_test(a_stopped_writer_blocks_nobody_for_ever),
                                   cmocka_unit_test(a_silent_holder_loses_the_lock),
                                   cmocka_unit_test(a_lost_connection_loses_it),
                                   cmocka_unit_test(the_second_server_waits_its_turn)};
  int failed = cmocka_run_group_tests_name("two programs sqlite", all, orchard_use_sqlite,
                                           orchard_drop_sqlite);
  failed += cmocka_run_group_tests_name("two programs postgres", all, orchard_use_postgres, NULL);
  return failed;
}
