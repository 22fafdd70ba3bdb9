#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/date.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static day of(const char *s) {
  day d = DAY_NONE;
  if (!day_parse(text_of(s), &d)) fail_msg("not a day: %s", s);
  return d;
}

static void assert_day(day d, const char *expected) {
  char s[11];
  day_format(d, s);
  assert_string_equal(s, expected);
}

static void every_day_there_and_back(void **state) {
  (void)state;
  int year = 1, month = 1, mday = 0, weekday = 7;
  for (day d = DAY_MIN; d <= DAY_MAX; d++) {
    ymd v = day_to_ymd(d);
    bool next_day = v.year == year && v.month == month && v.mday == mday + 1;
    bool next_month = v.year * 12 + v.month == year * 12 + month + 1 && v.mday == 1;
    day back = DAY_NONE;
    weekday = weekday % 7 + 1;
    if (!(next_day || next_month) || !day_from_ymd(v.year, v.month, v.mday, &back) || back != d ||
        day_weekday(d) != weekday)
      fail_msg("day %d", d);
    year = v.year, month = v.month, mday = v.mday;
  }
  assert_int_equal(year, 9999);
  assert_int_equal(of("1970-01-01"), 0);
  assert_int_equal(of("2000-03-01"), 11017);
}

static void strict_form(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",           "2024-3-1",      "2024-02-30",  "2023-02-29",  "1900-02-29",
      "0000-01-01", "2024-13-01",    "2024-00-10",  "2024-01-00",  "2024-01-32",
      "2024-04-31", "2024/03/01",    " 2024-03-01", "2024-03-01 ", "2024-03-0x",
      "20240301",   "2024-03-01T00", "-024-03-01"};
  day d = 7;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (day_parse(text_of(bad[i]), &d)) fail_msg("accepted %s", bad[i]);
  assert_int_equal(d, 7);
  assert_day(of("2000-02-29"), "2000-02-29");
  assert_day(of("0001-01-01"), "0001-01-01");
  assert_day(of("9999-12-31"), "9999-12-31");
  assert_day(DAY_NONE, "");
}

static void loose_forms(void **state) {
  (void)state;
  static const char *const good[] = {
      "2024-03-01",   "2024-3-1",       "2024/03/01",   "2024/3/1",     "2024.3.1",  "20240301",
      "2024年3月1日", "2024年03月01日", "2024年3月1号", "  2024-3-1\n", "　2024-3-1"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    day d = DAY_NONE;
    if (!day_parse_loose(text_of(good[i]), &d)) fail_msg("refused %s", good[i]);
    assert_day(d, "2024-03-01");
  }
  static const char *const bad[] = {
      "",          "2024",      "2024-3",    "24-3-1",     "2024-3/1",     "2024-3-1-",
      "2024-3-1x", "2024031",   "202403011", "2024年3月",  "2024年3月1",   "3/1/2024",
      "45352",     "2024-2-30", "20240230",  "2024-003-1", "２０２４-3-1", "2024 3 1"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    day d;
    if (day_parse_loose(text_of(bad[i]), &d)) fail_msg("accepted %s", bad[i]);
  }
}

static void months_and_years(void **state) {
  (void)state;
  assert_day(day_add_months(of("2024-01-31"), 1), "2024-02-29");
  assert_day(day_add_months(of("2023-01-31"), 1), "2023-02-28");
  assert_day(day_add_months(of("2024-02-29"), -12), "2023-02-28");
  assert_day(day_add_months(of("2024-01-15"), -1), "2023-12-15");
  assert_int_equal(day_add_months(of("9999-12-01"), 1), DAY_NONE);
  assert_int_equal(day_add_months(of("0001-01-01"), -1), DAY_NONE);
  assert_int_equal(day_add_months(0, INT32_MAX), DAY_NONE);
  assert_int_equal(day_add_months(DAY_NONE, 1), DAY_NONE);
  assert_int_equal(day_years_between(of("1960-05-20"), of("2020-05-19")), 59);
  assert_int_equal(day_years_between(of("1960-05-20"), of("2020-05-20")), 60);
  assert_int_equal(day_years_between(of("2004-02-29"), of("2005-02-28")), 1);
  assert_int_equal(day_years_between(of("2024-05-20"), of("2024-05-19")), -1);
  assert_int_equal(day_months_between(of("2024-01-31"), of("2024-02-28")), 0);
  assert_int_equal(day_months_between(of("2024-01-31"), of("2024-02-29")), 1);
  for (day from = of("2023-12-20"); from < of("2024-03-10"); from++)
    for (day to = of("2023-01-01"); to < of("2025-06-01"); to += 3) {
      int n = day_months_between(from, to);
      assert_true(day_add_months(from, n) <= to && day_add_months(from, n + 1) > to);
    }
  assert_day(day_month_start(of("2024-02-29")), "2024-02-01");
  assert_day(day_year_start(of("2024-02-29")), "2024-01-01");
  assert_day(day_week_start(of("2024-03-03")), "2024-02-26");
  assert_day(day_week_start(of("2024-03-04")), "2024-03-04");
}

static void ranges(void **state) {
  (void)state;
  assert_true(day_in_range(1, 3, 1) && day_in_range(1, 3, 3));
  assert_false(day_in_range(1, 3, 0) || day_in_range(1, 3, 4));
  assert_true(day_in_range(DAY_NONE, 3, DAY_MIN) && day_in_range(1, DAY_NONE, DAY_MAX));
  assert_false(day_in_range(DAY_NONE, 3, 4) || day_in_range(1, DAY_NONE, 0));
}

static void instants(void **state) {
  (void)state;
  char s[30];
  instant_format(0, s);
  assert_string_equal(s, "1970-01-01T08:00:00.000+08:00");
  instant_format(-28800001, s);
  assert_string_equal(s, "1969-12-31T23:59:59.999+08:00");
  assert_int_equal(day_of_ms(57599999), 0); /* midnight in Shanghai is 16:00 UTC */
  assert_int_equal(day_of_ms(57600000), 1);
  assert_int_equal(day_of_ms(-28800001), -1);
  assert_int_equal(day_of_ms(INT64_MAX), DAY_NONE);
  assert_int_equal(day_of_ms(INT64_MIN), DAY_NONE);
  instant_format(INT64_MAX, s);
  assert_string_equal(s, "");
  assert_true(day_today() >= of("2024-01-01"));
}

/* A Monday to Friday count with the specials taken one by one, as the functions must agree with. */
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_day_there_and_back),
      cmocka_unit_test(strict_form),
      cmocka_unit_test(loose_forms),
      cmocka_unit_test(months_and_years),
      cmocka_unit_test(ranges),
      cmocka_unit_test(instants),
  };
  return cmocka_run_group_tests_name("base.date", tests, NULL, NULL);
}
