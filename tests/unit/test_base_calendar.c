/* base/calendar: working days, what is sure of them, and the notices they come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static day of(const char *s) {
  day d = DAY_NONE;
  assert_true(day_parse(text_of(s), &d));
  return d;
}

static calendar_notices read_json(arena *a, const char *source) {
  err e = {0};
  calendar_notices n = {0};
  const json *list = json_parse(a, text_of(source), &e);
  if (!list || !calendar_read_json(a, list, &n, &e)) fail_msg("%s: %s", e.where, e.en);
  return n;
}

static const char *const of_2024 =
    "[{\"year\":2024,\"reference\":\"one\",\"holidays\":[\"2024-01-01\",\"2024-02-12\","
    "\"2024-02-10\"],\"workdays\":[\"2024-02-04\",\"2023-12-30\"]}]";
static const char *const of_2025 =
    "[{\"year\":2025,\"reference\":\"two\",\"holidays\":[\"2025-01-01\",\"2024-12-31\"],"
    "\"workdays\":[\"2024-12-29\"]}]";

static void check_calendar(const calendar *c, day first, day last) {
  for (day from = first; from <= last; from++) {
    int n = 0;
    assert_int_equal(calendar_add_workdays(c, from, 0), from);
    for (day to = from; to <= last; to++) {
      if (to > from && calendar_works(c, to)) {
        n++;
        assert_int_equal(calendar_add_workdays(c, from, n), to);
      }
      assert_int_equal(calendar_workdays_between(c, from, to), n);
      assert_int_equal(calendar_workdays_between(c, to, from), -n);
    }
  }
}

static void working_days(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  calendar *c = calendar_new();
  calendar_notices notices = read_json(a, of_2024);
  assert_true(calendar_take(c, &notices, NULL));
  assert_false(calendar_works(c, of("2024-01-01")));
  assert_true(calendar_works(c, of("2024-01-02")));
  assert_true(calendar_works(c, of("2024-02-04")));
  assert_false(calendar_works(c, of("2024-02-10")));
  assert_false(calendar_works(c, of("2024-02-11")));
  assert_true(calendar_works(c, of("2023-12-30")));
  check_calendar(c, of("2023-12-20"), of("2024-02-20"));
  check_calendar(c, of("2024-12-10"), of("2025-01-20"));
  check_calendar(NULL, of("2024-02-01"), of("2024-02-20"));
  assert_int_equal(calendar_add_workdays(c, of("9999-12-30"), 5), DAY_NONE);
  assert_int_equal(calendar_add_workdays(c, 0, INT32_MAX), DAY_NONE);
  assert_int_equal(calendar_add_workdays(c, 0, -1), DAY_NONE);
  calendar_free(c);
}

static void what_is_sure(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  calendar *c = calendar_new();
  int first = 0, last = 0;
  assert_true(calendar_is_unknown(NULL, of("2024-01-01")));
  assert_true(calendar_is_unknown(c, of("2024-01-01")));
  assert_false(calendar_is_provisional(c, of("2024-01-01")));
  assert_false(calendar_years(c, &first, &last));
  assert_int_equal(calendar_known(c).count, 0);
  calendar_notices notices = read_json(a, of_2024);
  assert_true(calendar_take(c, &notices, NULL));
  assert_true(calendar_is_unknown(c, of("2023-12-31")));
  assert_false(calendar_is_unknown(c, of("2024-01-01")));
  assert_false(calendar_is_provisional(c, of("2024-12-31")));
  assert_true(calendar_is_provisional(c, of("2025-01-01")));
  assert_true(calendar_years(c, &first, &last) && first == 2024 && last == 2024);
  calendar_free(c);
}

static void the_next_notice(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  calendar *c = calendar_new();
  calendar_notices one = read_json(a, of_2024), two = read_json(a, of_2025);
  assert_true(calendar_take(c, &one, NULL));
  assert_true(calendar_works(c, of("2025-01-01")) && calendar_works(c, of("2024-12-31")));
  const calendar_table *mark = calendar_mark(c);
  assert_true(calendar_take(c, &two, NULL));
  assert_false(calendar_works(c, of("2025-01-01")) || calendar_works(c, of("2024-12-31")));
  assert_true(calendar_works(c, of("2024-12-29")));
  assert_false(calendar_is_provisional(c, of("2025-01-01")));
  assert_int_equal(calendar_known(c).count, 2);
  assert_true(text_is(calendar_known(c).items[1].reference, "two"));
  check_calendar(c, of("2024-12-10"), of("2025-01-20"));
  calendar_reset(c, mark);
  assert_true(calendar_works(c, of("2025-01-01")));
  assert_int_equal(calendar_known(c).count, 1);

  /* another notice of the same year replaces all of the first */
  calendar_notices again = read_json(a, "[{\"year\":2024,\"reference\":\"corrected\","
                                        "\"holidays\":[\"2024-01-02\"]}]");
  assert_true(calendar_take(c, &again, NULL));
  assert_true(calendar_works(c, of("2024-01-01")));
  assert_false(calendar_works(c, of("2024-01-02")));
  assert_int_equal(calendar_known(c).count, 1);
  assert_true(text_is(calendar_known(c).items[0].reference, "corrected"));
  calendar_free(c);
}

static void a_missing_year(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  calendar *c = calendar_new();
  err e = {0};
  calendar_notices one = read_json(a, of_2024);
  calendar_notices late =
      read_json(a, "[{\"year\":2026,\"reference\":\"x\",\"holidays\":[\"2026-01-01\"]}]");
  calendar_notices before =
      read_json(a, "[{\"year\":2023,\"reference\":\"x\",\"holidays\":[\"2023-01-02\"]}]");
  assert_true(calendar_take(c, &one, NULL));
  assert_false(calendar_take(c, &late, &e));
  assert_int_equal(e.code, ERR_BAD_INPUT);
  assert_string_equal(e.where, "notices");
  assert_string_equal(e.zh, "已有2024年至2024年的放假通知，还缺2025年的，请一并提供。");
  assert_true(calendar_is_provisional(c, of("2025-01-01")));
  assert_true(calendar_take(c, &before, NULL));
  assert_false(calendar_is_unknown(c, of("2023-01-02")));
  calendar_free(c);
}

static void there_and_back(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  AUTO_BUF buf b = {0};
  calendar_notices one = read_json(a, of_2024);
  json_out w = json_to(&b);
  calendar_write_json(&w, &one);
  assert_string_equal(b.at, of_2024);
}

static void bad_notices(void **state) {
  (void)state;
  static const struct {
    const char *source, *where, *says;
  } cases[] = {
      {"[]", "notices", "Give a list of notices"},
      {"{}", "notices", "Give a list of notices"},
      {"[{\"reference\":\"r\",\"holidays\":[\"2027-01-01\"]}]", "notices/0/year",
       "Give the notice"},
      {"[{\"year\":2027,\"holidays\":[\"2027-01-01\"]}]", "notices/0/reference", "number or title"},
      {"[{\"year\":2027,\"reference\":\"r\"}]", "notices/0", "Give the holidays of 2027"},
      {"[{\"year\":2027,\"reference\":\"r\",\"holidays\":\"x\"}]", "notices/0/holidays/0",
       "must be a list"},
      {"[{\"year\":2027,\"reference\":\"r\",\"holidays\":[\"2027-01-01\",\"2027-02-30\"]}]",
       "notices/0/holidays/1", "no day"},
      {"[{\"year\":2027,\"reference\":\"r\",\"holidays\":[\"2026-11-30\"]}]",
       "notices/0/holidays/0", "2026-11-30 does not belong to the notice of 2027"},
      {"[{\"year\":2027,\"reference\":\"r\",\"holidays\":[\"2027-01-01\"],"
       "\"workdays\":[\"2028-01-02\"]}]",
       "notices/0/workdays/0", "does not belong"},
      {"[{\"year\":2027,\"reference\":\"r\",\"holidays\":[\"2027-01-01\",\"2027-01-01\"]}]",
       "notices/0/holidays/1", "stands twice"},
      {"[{\"year\":2027,\"reference\":\"r\",\"holidays\":[\"2027-01-01\"],"
       "\"workdays\":[\"2027-01-03\",\"2027-01-01\"]}]",
       "notices/0/workdays/1", "2027-01-01 is both a holiday and a working day"},
      {"[{\"year\":2027,\"reference\":\"r\",\"holidays\":[\"2027-01-01\"]},"
       "{\"year\":2029,\"reference\":\"r\",\"holidays\":[\"2029-01-01\"]}]",
       "notices/1/year", "After the notice of 2027 comes that of 2028"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    arena *a AUTO_ARENA = arena_new(0);
    err e = {0};
    calendar_notices n = {0};
    const json *list = json_parse(a, text_of(cases[i].source), &e);
    assert_non_null(list);
    assert_false(calendar_read_json(a, list, &n, &e));
    assert_int_equal(e.code, ERR_BAD_INPUT);
    assert_string_equal(e.where, cases[i].where);
    if (!strstr(e.en, cases[i].says)) fail_msg("%s", e.en);
    assert_true(e.zh[0] && n.count == 0);
  }
}

/* ---- files ---- */

static void shipped_file(void **state) {
  (void)state;
  char path[512];
  const char *slash = strrchr(__FILE__, '/');
  snprintf(path, sizeof path, "%.*s/../../data/calendar.yaml", (int)(slash - __FILE__), __FILE__);
  err e = {0};
  calendar *c = calendar_load(path, &e);
  if (!c) fail_msg("%s: %s", e.where, e.en);
  assert_true(calendar_is_unknown(c, of("2012-12-31")));
  assert_false(calendar_is_unknown(c, of("2013-01-01")));
  assert_false(calendar_is_provisional(c, of("2026-12-31")));
  assert_true(calendar_works(c, of("2020-01-19")));  /* Sunday, worked for Spring Festival */
  assert_false(calendar_works(c, of("2020-01-31"))); /* Friday of the lengthened holiday */
  assert_false(calendar_works(c, of("2015-09-03")));
  assert_true(calendar_works(c, of("2018-12-29")));
  assert_false(calendar_works(c, of("2018-12-31")));
  /* 国庆 2024: 1 to 7 October; 29 September and 12 October worked */
  assert_int_equal(calendar_add_workdays(c, of("2024-09-28"), 2), of("2024-09-30"));
  assert_int_equal(calendar_add_workdays(c, of("2024-09-30"), 5), of("2024-10-12"));
  assert_int_equal(calendar_workdays_between(c, of("2023-12-31"), of("2024-12-31")), 251);
  assert_int_equal(calendar_workdays_between(c, of("2024-12-31"), of("2025-12-31")), 248);
  calendar_free(c);
}

static void bad_files(void **state) {
  (void)state;
#define NOTICE_2024 "notices:\n- {year: 2024, reference: r, holidays: "
  static const struct {
    const char *content, *where;
  } cases[] = {
      {"holidays: []\n", ":1:1"},
      {"notices: []\n", ":1:10"},
      {"notices:\n- {reference: r, holidays: [2024-01-01]}\n", ":2:3"},
      {"notices:\n- {year: x, reference: r, holidays: [2024-01-01]}\n", ":2:10"},
      {"notices:\n- {year: 2024, holidays: [2024-01-01]}\n", ":2:3"},
      {NOTICE_2024 "[]}\n", ":2:3"},
      {NOTICE_2024 "[2024-02-30]}\n", ":2:41"},
      {NOTICE_2024 "[2024-01-01, 2025-01-01]}\n", ":2:53"},
      {NOTICE_2024 "[2024-01-01], workdays: [2024-01-01]}\n", ":2:65"},
      {NOTICE_2024 "[2024-01-01]}\n- {year: 2026, reference: r, holidays: [2026-01-01]}\n",
       ":3:10"},
      {"notices: [\n", ":2:1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char path[] = "/tmp/jishi-calendar-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    size_t n = strlen(cases[i].content);
    assert_int_equal(write(fd, cases[i].content, n), n);
    close(fd);
    err e = {0};
    calendar *c = calendar_load(path, &e);
    unlink(path);
    assert_null(c);
    assert_int_equal(e.code, ERR_BAD_FILE);
    assert_string_equal(e.where + strlen(path), cases[i].where);
  }
  err e = {0};
  assert_null(calendar_load("/nowhere/calendar.yaml", &e));
  assert_int_equal(e.code, ERR_BAD_FILE);
}

/* ---- threads ---- */

typedef struct watching {
  const calendar *c;
  atomic_bool stop;
  day from;
  int wrong;
} watching;

/* Each count is that of one table or of the other. */
static void *watch(void *context) {
  watching *w = context;
  while (!atomic_load(&w->stop)) {
    int n = calendar_workdays_between(w->c, w->from, w->from + 31);
    w->wrong += n != 23 && n != 22;
  }
  return NULL;
}

static void readers_need_no_lock(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  calendar *c = calendar_new();
  calendar_notices one = read_json(a, of_2024), two = read_json(a, of_2025);
  assert_true(calendar_take(c, &one, NULL));
  watching w = {.c = c, .from = of("2024-12-31")};
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, watch, &w), 0);
  for (int i = 0; i < 200; i++) {
    const calendar_table *mark = calendar_mark(c);
    assert_true(calendar_take(c, &two, NULL));
    calendar_reset(c, mark);
  }
  atomic_store(&w.stop, true);
  pthread_join(thread, NULL);
  assert_int_equal(w.wrong, 0);
  calendar_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(working_days),         cmocka_unit_test(what_is_sure),
      cmocka_unit_test(the_next_notice),      cmocka_unit_test(a_missing_year),
      cmocka_unit_test(there_and_back),       cmocka_unit_test(bad_notices),
      cmocka_unit_test(shipped_file),         cmocka_unit_test(bad_files),
      cmocka_unit_test(readers_need_no_lock),
  };
  return cmocka_run_group_tests_name("base.calendar", tests, NULL, NULL);
}
