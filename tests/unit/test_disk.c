/* A disk that fails, and a power cut: every write, sync and cut of the request path in its turn.
 * What was answered is there, what was not is there whole or not at all, and who asks again is told
 * which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "disk_faults.h"
#include "engine/replay.h"
#include "engine/writer.h"
#include "orchard.h"

static void is_whole(const char *place) {
  int64_t entries = 0;
  bool same = false;
  err e = {0};
  AUTO_BUF buf report = {0};
  if (!engine_verify(place, &entries, &e)) fail_msg("%s: %s", e.where, e.en);
  if (!engine_rebuild(place, &same, &report, NULL, &e)) fail_msg("%s: %s", e.where, e.en);
  if (!same) fail_msg("%s", report.at);
}

static command a_check(orchard *o, const char *garden) {
  uuid u = next_id(o);
  err e = {0};
  const char *body = arena_printf(o->a,
                                  "{\"kind\":\"check\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":"
                                  "\"2025-03-03\",\"fields\":{\"ill\":%d}}",
                                  id_text(o, &u), garden, (int)(o->ids % 7));
  command c = {.verb = VERB_EVENT,
               .id = u,
               .who = everyone,
               .at_ms = morning(o->today),
               .body = json_parse(o->a, text_of(body), &e)};
  if (!c.body) fail_msg("%s", e.en);
  return c;
}

/* As a checkpoint by the program itself, which comes only after thousands of pages. */
static void checkpoint(const char *place) {
  char path[400];
  sqlite3 *c = NULL;
  snprintf(path, sizeof path, "%s/jishi.db", place);
  sqlite3_open(path, &c); /* it may fail: that is the point */
  sqlite3_exec(c, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
  sqlite3_close(c);
}

static void copy_of(const char *place, char ret[400], const char *name) {
  char line[2048];
  snprintf(ret, 400, "%.300s-%s", place, name);
  snprintf(line, sizeof line, "rm -rf '%s' && cp -r '%s' '%s' && rm -f '%s/jishi.db-shm'", ret,
           place, ret, ret);
  assert_int_equal(system(line), 0);
}

static bool has_entry(engine *g, arena *a, const uuid *id) {
  entry *x = NULL;
  err e = {0};
  if (!store_entry_find(engine_store(g), a, id, &x, &e)) fail_msg("%s", e.en);
  return x != NULL;
}

/* ---- the power goes ---- */

enum { COMMANDS = 12 };

/* Sends them until one is not answered; how many were. Each as a batch of its own, as the writer.
 */
static size_t send_until_dark(const char *place, const command *c, arena *a) {
  err e = {0};
  engine *g = engine_open(place, &e);
  size_t answered = 0;
  for (bool goes_on = g != NULL; goes_on && answered < COMMANDS;) {
    answer out;
    bool ticked;
    goes_on = engine_begin(g, &e) && engine_tick(g, c[answered].at_ms, a, &ticked, &e) &&
              engine_apply(g, &c[answered], a, &out, &e) && engine_commit(g, &e);
    answered += goes_on;
    if (goes_on && answered % 5 == 0) checkpoint(place);
  }
  engine_close(g);
  return answered;
}

/* What the machine finds when the power is back. */
static void look_after(const char *place, const command *c, size_t answered, arena *a,
                       long long n) {
  char shared[420];
  err e = {0};
  snprintf(shared, sizeof shared, "%s/jishi.db-shm", place);
  unlink(shared);
  engine *g = engine_open(place, &e);
  if (!g) fail_msg("power cut at operation %lld: %s %s", n, e.where, e.en);
  for (size_t i = 0; i < answered; i++)
    if (!has_entry(g, a, &c[i].id)) fail_msg("power cut at operation %lld: %zu is lost", n, i);
  for (size_t i = answered + 1; i < COMMANDS; i++) assert_false(has_entry(g, a, &c[i].id));
  /* Whoever had no answer sends it again. */
  for (size_t i = answered; i < COMMANDS; i++) {
    answer out;
    bool ticked, was_there = has_entry(g, a, &c[i].id);
    bool ok = engine_begin(g, &e) && engine_tick(g, c[i].at_ms, a, &ticked, &e) &&
              engine_apply(g, &c[i], a, &out, &e) && engine_commit(g, &e);
    if (!ok) fail_msg("power cut at operation %lld: %s", n, e.en);
    assert_int_equal(out.repeated, was_there);
  }
  engine_close(g);
}

static void nothing_answered_is_lost_by_a_power_cut(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "A", NORTH, "");
  command c[COMMANDS];
  char place[400];
  for (size_t i = 0; i < COMMANDS; i++) c[i] = a_check(o, garden);
  engine_close(o->g);
  o->g = NULL;
  /* Once without, to see how many operations there are. */
  copy_of(o->location, place, "whole");
  disk_fail_at(0, DISK_POWER_CUT, true);
  assert_int_equal(send_until_dark(place, c, o->a), COMMANDS);
  const long long all = disk.done;
  assert_true(all > 50);
  size_t lost = 0;
  for (long long n = 1; n <= all; n += all / 40 + 1) {
    copy_of(o->location, place, "dark");
    disk_record_from_now();
    disk_fail_at(n, DISK_POWER_CUT, true);
    size_t answered = send_until_dark(place, c, o->a);
    assert_true(disk.hit);
    lost += disk_forget((uint64_t)n);
    look_after(place, c, answered, o->a, n);
    if (n % 4 == 1) is_whole(place);
  }
  assert_true(lost > 0); /* else nothing was tried */
  orchard_free(o);
}

/* ---- an operation fails ---- */

/* What a crash would leave at this moment opens, is whole, and knows the command or does not. */
static void look_at_crash(orchard *o, const command *c) {
  char place[400];
  err e = {0};
  answer out;
  bool ticked;
  copy_of(o->location, place, "crash");
  engine *g = engine_open(place, &e);
  if (!g) fail_msg("%s %s", e.where, e.en);
  bool there = has_entry(g, o->a, &c->id);
  bool ok = engine_begin(g, &e) && engine_tick(g, c->at_ms, o->a, &ticked, &e) &&
            engine_apply(g, c, o->a, &out, &e) && engine_commit(g, &e);
  if (!ok) fail_msg("%s", e.en);
  assert_int_equal(out.repeated, there);
  engine_close(g);
}

/* One command while the n-th operation fails. True: the fault was met. */
static bool send_with_fault(orchard *o, writer *w, const command *c, long long n, disk_fault fault,
                            bool stays) {
  answer first = {0}, again = {0};
  err e = {0};
  disk_fail_at(n, fault, stays);
  bool answered = writer_apply(w, c, o->a, &first, &e), hit = disk.hit;
  if (!answered) assert_true(e.code == ERR_STORE || e.code == ERR_UNCERTAIN);
  if (!answered && fault != DISK_IS_FULL && e.code == ERR_UNCERTAIN)
    assert_non_null(strstr(e.zh, "不能确定"));
  if (!answered && hit) {
    disk_fail_at(0, fault, false);
    look_at_crash(o, c);
  }
  disk_fail_at(0, fault, false);
  if (!writer_apply(w, c, o->a, &again, &e)) fail_msg("operation %lld: %s", n, e.en);
  if (answered) { /* what was answered stands, and where it was said to stand */
    assert_true(again.repeated);
    assert_int_equal(again.seq, first.seq);
  }
  return hit;
}

static void each_operation_fails(UNUSED void **state) {
  static const disk_fault faults[] = {DISK_REFUSES, DISK_TEARS, DISK_IS_FULL};
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "A", NORTH, "");
  err e = {0};
  int64_t before = engine_seq(o->g), sent = 0, met = 0;
  writer *w = writer_start(o->g, NULL, &e);
  assert_non_null(w);
  for (size_t k = 0; k < 3; k++)
    for (int stays = 0; stays < 2; stays++) {
      bool hit = true;
      for (long long n = 1; hit && n < 200; n++) {
        command c = a_check(o, garden);
        hit = send_with_fault(o, w, &c, n, faults[k], stays);
        sent++;
        met += hit;
      }
    }
  writer_stop(w);
  assert_true(met > 20);
  /* Nobody wrote but these, so each is there once: the day's beginning is an entry, too. */
  int64_t days = 0;
  for (int64_t seq = before; seq < engine_seq(o->g); seq++) {
    entry *x = NULL;
    size_t count = 0;
    if (!store_journal(o->s, o->a, &(journal_query){.after = seq, .limit = 1}, &x, &count, &e))
      fail_msg("%s", e.en);
    days += count && strcmp(x->verb, verb_name(VERB_TICK)) == 0;
  }
  assert_int_equal(engine_seq(o->g) - before - days, sent);
  engine_close(o->g);
  o->g = NULL;
  is_whole(o->location);
  orchard_free(o);
}

/* A commit that is not brought down, and cannot be a second time, is told as what it is; and what a
 * crash leaves then is found by who sends it again. The last operation is the sync. */
static void a_commit_that_is_not_brought_down_is_uncertain(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "A", NORTH, "");
  err e = {0}, last = {0}, why = {0};
  answer out = {0};
  writer *w = writer_start(o->g, NULL, &e);
  assert_non_null(w);
  for (long long n = 1;; n++) {
    command c = a_check(o, garden);
    disk_fail_at(n, DISK_REFUSES, true);
    bool answered = writer_apply(w, &c, o->a, &out, &e);
    if (!disk.hit) break;
    assert_false(answered);
    last = e;
    assert_false(writer_ready(w, &why));
    disk_fail_at(0, DISK_REFUSES, false);
    look_at_crash(o, &c);
    if (!writer_apply(w, &c, o->a, &out, &e)) fail_msg("%s", e.en);
    assert_true(writer_ready(w, &why));
  }
  disk_fail_at(0, DISK_REFUSES, false);
  assert_int_equal(last.code, ERR_UNCERTAIN);
  assert_non_null(strstr(last.zh, "不能确定"));
  writer_stop(w);
  orchard_free(o);
}

static int use_faulty_disk(void **state) {
  disk_faults_use();
  return orchard_use_sqlite(state);
}

int main(void) {
  const struct CMUnitTest all[] = {
      cmocka_unit_test(nothing_answered_is_lost_by_a_power_cut),
      cmocka_unit_test(each_operation_fails),
      cmocka_unit_test(a_commit_that_is_not_brought_down_is_uncertain)};
  return cmocka_run_group_tests_name("disk", all, use_faulty_disk, orchard_drop_sqlite);
}
