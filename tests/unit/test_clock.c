/* A machine's clock that is wrong: nothing is written by it, and what was is brought back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/clock.h"
#include "engine/replay.h"
#include "engine/writer.h"
#include "orchard.h"

static int64_t at(const char *day_text) {
  return morning(on(day_text));
}

static void far_and_behind(UNUSED void **state) {
  static const struct {
    const char *last, *now;
    clock_state state;
  } cases[] = {
      {"2025-03-03", "2025-03-03", CLOCK_FITS},  {"2025-03-03", "2025-03-23", CLOCK_FITS},
      {"2025-03-03", "2025-03-24", CLOCK_FAR},   {"2025-03-03", "2026-04-07", CLOCK_FAR},
      {"2025-03-03", "2025-03-02", CLOCK_FITS},  {"2025-03-03", "2025-03-01", CLOCK_BEHIND},
      {"2025-03-03", "1970-01-02", CLOCK_BEHIND}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    err e = {0};
    bool fits = clock_fits(at(cases[i].last), at(cases[i].now), &e);
    assert_int_equal(clock_look(at(cases[i].last), at(cases[i].now)), cases[i].state);
    assert_int_equal(fits, cases[i].state == CLOCK_FITS);
    if (fits) continue;
    assert_int_equal(e.code, ERR_CLOCK);
    assert_non_null(strstr(e.en, cases[i].last));
    assert_non_null(strstr(e.en, cases[i].now));
  }
  assert_int_equal(clock_look(0, at("2025-03-03")), CLOCK_FITS); /* a county's first entry */
}

/* Some days from today. */
static const char *day_off(int days, char ret[11]) {
  day_format(day_today() + days, ret);
  return ret;
}

static void say_right(orchard *o, int64_t now) {
  err e = {0};
  county head;
  command c;
  answer x;
  assert_true(store_county_get(o->s, &head, &e));
  assert_true(clock_command(o->a, head.last_at_ms, now, &c, &e));
  assert_true(engine_begin(o->g, &e));
  assert_true(engine_apply(o->g, &c, o->a, &x, &e));
  assert_true(engine_commit(o->g, &e));
}

static void check_replay(orchard *o) {
  AUTO_BUF buf report = {0};
  err e = {0};
  bool same = false;
  assert_true(engine_rebuild(o->location, &same, &report, NULL, &e));
  if (!same) fail_msg("%s", buf_view(&report).at);
}

static json *sale_of(orchard *o, const char *garden, const char *id, const char *day_text) {
  err e = {0};
  return json_parse(o->a,
                    text_of(arena_printf(o->a,
                                         "{\"kind\":\"sale\",\"id\":\"%s\",\"subject\":\"%s\","
                                         "\"on\":\"%s\",\"fields\":{\"amount\":100}}",
                                         id, garden, day_text)),
                    &e);
}

static bool write_by(writer *w, orchard *o, const char *garden, int64_t at_ms, err *e) {
  uuid u = next_id(o);
  char day_text[11];
  command c = {.verb = VERB_EVENT,
               .id = u,
               .who = everyone,
               .at_ms = at_ms,
               .body = sale_of(o, garden, id_text(o, &u), day_off(-60, day_text))};
  answer x;
  return writer_apply(w, &c, o->a, &x, e);
}

/* The last entry is 40 days old, or of a day 40 days to come. */
static void nothing_is_written_until_somebody_says_so(int days) {
  char day_text[11];
  orchard *o = orchard_new(day_off(-60, day_text));
  const char *garden = add_garden(o, "G1", NORTH, "");
  begin_day(o, day_off(days, day_text));
  must(o, VERB_FACTS, "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"ill\":2}}", garden);
  err e = {0};
  int64_t seq = journal_seq(o);
  writer *w = writer_start(o->g, NULL, &e);
  assert_non_null(w);
  assert_false(write_by(w, o, garden, 0, &e));
  assert_int_equal(e.code, ERR_CLOCK);
  e = (err){0};
  assert_false(writer_ready(w, &e));
  assert_int_equal(e.code, ERR_CLOCK);
  writer_stop(w);
  assert_int_equal(journal_seq(o), seq); /* no day was begun, either */
  say_right(o, now_ms());
  w = writer_start(o->g, NULL, &e);
  assert_non_null(w);
  if (!write_by(w, o, garden, 0, &e)) fail_msg("%s", e.en);
  assert_true(writer_ready(w, &e));
  writer_stop(w);
  county head;
  assert_true(store_county_get(o->s, &head, &e));
  assert_int_equal(day_of_ms(head.last_at_ms), day_today());
  check_replay(o);
  orchard_free(o);
}

static void after_a_long_time(UNUSED void **state) {
  nothing_is_written_until_somebody_says_so(-40);
}

static void before_the_last_entry(UNUSED void **state) {
  nothing_is_written_until_somebody_says_so(40);
}

/* A rule holds from 2025-01-01 on: the clock that ran ahead saw it, the right one takes it back. */
static void who_was_judged_by_a_day_to_come_is_judged_again(UNUSED void **state) {
  orchard *o = orchard_new("2024-06-03");
  const char *garden = add_garden(o, "G1", NORTH, ",\"ill\":4");
  assert_true(begin_day(o, "2025-01-20"));
  assert_non_null(finding_of(o, garden, "many_ill"));
  say_right(o, at("2024-06-04"));
  assert_true(begin_day(o, "2024-06-04"));
  assert_null(finding_of(o, garden, "many_ill"));
  assert_int_equal(subject_of(o, "garden", garden)->next_evaluation, on("2025-01-01"));
  err e = {0};
  county head;
  add_event(o, "sale", garden, "2024-06-04", "\"amount\":100");
  assert_true(store_county_get(o->s, &head, &e));
  assert_int_equal(head.last_at_ms, at("2024-06-04"));
  check_replay(o);
  orchard_reopen(o);
  assert_true(begin_day(o, "2025-01-02")); /* when it really comes */
  assert_non_null(finding_of(o, garden, "many_ill"));
  check_replay(o);
  orchard_free(o);
}

#define ALL                                                                                        \
  cmocka_unit_test(after_a_long_time), cmocka_unit_test(before_the_last_entry),                    \
      cmocka_unit_test(who_was_judged_by_a_day_to_come_is_judged_again)

int main(void) {
  const struct CMUnitTest rules[] = {cmocka_unit_test(far_and_behind)};
  const struct CMUnitTest all[] = {ALL};
  int failed = cmocka_run_group_tests_name("clock", rules, NULL, NULL);
  failed +=
      cmocka_run_group_tests_name("clock sqlite", all, orchard_use_sqlite, orchard_drop_sqlite);
  failed += cmocka_run_group_tests_name("clock postgres", all, orchard_use_postgres, NULL);
  return failed;
}
