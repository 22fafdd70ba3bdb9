#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/money.h"

static void yuan_there_and_back(void **state) {
  (void)state;
  static const struct {
    const char *s;
    int64_t fen;
    const char *back;
  } cases[] = {{"0", 0, "0.00"},
               {"1234.5", 123450, "1234.50"},
               {"1,234.50", 123450, "1234.50"},
               {"12,345,678", 1234567800, "12345678.00"},
               {"-3", -300, "-3.00"},
               {"-0.05", -5, "-0.05"},
               {" +7.1 ", 710, "7.10"},
               {"92233720368547758.07", INT64_MAX, "92233720368547758.07"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t fen;
    char s[32];
    if (!money_parse_yuan(text_of(cases[i].s), &fen)) fail_msg("refused %s", cases[i].s);
    assert_int_equal(fen, cases[i].fen);
    money_format_yuan(fen, s);
    assert_string_equal(s, cases[i].back);
  }
  char s[32];
  money_format_yuan(INT64_MIN, s);
  assert_string_equal(s, "-92233720368547758.08");
}

static void refuses_other_yuan(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "-",
                                    ".5",
                                    "5.",
                                    "1.234",
                                    "1e3",
                                    "1,23",
                                    "1234,567",
                                    ",123",
                                    "1,234,",
                                    "12,34,567",
                                    "1.2.3",
                                    "¥5",
                                    "5元",
                                    "0x1",
                                    "--1",
                                    "1 2",
                                    "92233720368547758.08",
                                    "99999999999999999999",
                                    "1,,234",
                                    "1.,5"};
  int64_t fen = 9;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (money_parse_yuan(text_of(bad[i]), &fen)) fail_msg("accepted %s", bad[i]);
  assert_int_equal(fen, 9);
}

static void rates(void **state) {
  (void)state;
  static const struct {
    const char *s;
    int64_t rate;
    const char *back;
  } cases[] = {{"0.8", 80000000, "0.8"},
               {"80%", 80000000, "0.8"},
               {"0.0475", 4750000, "0.0475"},
               {"4.75%", 4750000, "0.0475"},
               {"1", RATE_ONE, "1"},
               {"-0.5", -50000000, "-0.5"},
               {"0.00000001", 1, "0.00000001"},
               {"0.000001%", 1, "0.00000001"},
               {"0", 0, "0"},
               {"100%", RATE_ONE, "1"},
               {"10", 10 * (int64_t)RATE_ONE, "10"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t rate;
    char s[32];
    if (!rate_parse(text_of(cases[i].s), &rate)) fail_msg("refused %s", cases[i].s);
    assert_int_equal(rate, cases[i].rate);
    rate_format(rate, s);
    assert_string_equal(s, cases[i].back);
  }
  static const char *const bad[] = {"",      "%",    "0.123456789", "0.0000001%",
                                    "1,000", "80%%", "1e-2",        "99999999999999"};
  int64_t rate;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (rate_parse(text_of(bad[i]), &rate)) fail_msg("accepted %s", bad[i]);
}

static void shares_round_half_up(void **state) {
  (void)state;
  static const struct {
    int64_t fen, rate, out;
  } cases[] = {{1, RATE_ONE / 2, 1},
               {-1, RATE_ONE / 2, -1},
               {3, RATE_ONE / 2, 2},
               {1, RATE_ONE / 2 - 1, 0},
               {1000, 4750000, 48},
               {1000, -4750000, -48},
               {INT64_MAX, RATE_ONE, INT64_MAX},
               {INT64_MIN, RATE_ONE, INT64_MIN},
               {0, RATE_ONE, 0},
               {123456, 80000000, 98765}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t out;
    assert_true(money_share(cases[i].fen, cases[i].rate, &out));
    assert_int_equal(out, cases[i].out);
  }
  int64_t out = 5;
  assert_false(money_share(INT64_MAX, RATE_ONE + 1, &out));
  assert_false(money_share(INT64_MIN, -RATE_ONE, &out));
  assert_int_equal(out, 5);
}

static void divides_half_up(void **state) {
  (void)state;
  int64_t out = 5;
  assert_true(money_divide(1000, 3, &out) && out == 333);
  assert_true(money_divide(1001, 2, &out) && out == 501);
  assert_true(money_divide(-1001, 2, &out) && out == -501);
  assert_true(money_divide(1001, -2, &out) && out == -501);
  assert_true(money_divide(INT64_MIN, INT64_MIN, &out) && out == 1);
  assert_false(money_divide(INT64_MIN, -1, &out));
  assert_false(money_divide(1, 0, &out));
  assert_int_equal(out, 1);
}

static void interest_by_days(void **state) {
  (void)state;
  int64_t out = 5;
  /* 50 000 yuan at 4.75 % for 90 of 360 days: 593.75 yuan */
  assert_true(money_share_of(5000000, 4750000, 90, 360, &out) && out == 59375);
  /* 1 fen × 1 × 1 ÷ 2 is rounded once */
  assert_true(money_share_of(1, RATE_ONE, 1, 2, &out) && out == 1);
  assert_true(money_share_of(-1, RATE_ONE, 1, 2, &out) && out == -1);
  assert_true(money_share_of(-1, -RATE_ONE, -1, -2, &out) && out == 1);
  assert_true(money_share_of(INT64_MAX, RATE_ONE, 366, 366, &out) && out == INT64_MAX);
  assert_true(money_share_of(7, RATE_ONE, 0, INT64_MIN, &out) && out == 0);
  out = 5;
  assert_false(money_share_of(1, 1, 1, 0, &out));
  assert_false(money_share_of(INT64_MAX, INT64_MAX, INT64_MAX, 1, &out));
  assert_false(money_share_of(INT64_MAX, RATE_ONE, 2, 1, &out));
  assert_int_equal(out, 5);
}

static void decimals(void **state) {
  (void)state;
  int64_t ret = 5;
  char s[32];
  assert_true(decimal_parse(TEXT("81.4"), &ret) && ret == 8140000000);
  assert_true(decimal_parse(TEXT("1,234.5"), &ret) && ret == 123450000000);
  assert_false(decimal_parse(TEXT("81,4"), &ret) || decimal_parse(TEXT("80%"), &ret) ||
               decimal_parse(TEXT("1.123456789"), &ret));
  static const struct {
    int64_t n;
    int decimals;
    const char *shown;
  } cases[] = {{8140000000, -1, "81.4"}, {8140000000, 2, "81.40"},
               {8140000000, 0, "81"},    {8150000000, 0, "82"},
               {-8150000000, 0, "-82"},  {-4000000, 1, "0.0"},
               {999500000, 2, "10.00"},  {INT64_MIN, -1, "-92233720368.54775808"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    decimal_format(cases[i].n, cases[i].decimals, s);
    assert_string_equal(s, cases[i].shown);
  }
  assert_true(decimal_divide(2, 3, 1, &ret) && ret == 70000000);
  assert_true(decimal_divide(-1, 2, 0, &ret) && ret == -RATE_ONE);
  assert_false(decimal_divide(1, 0, 1, &ret) || decimal_divide(INT64_MAX, 1, 8, &ret));
  /* 58.5, 58.6 and 58.6: rounded once, from 58.5666… */
  assert_true(decimal_mean(17570000000, 3, 1, &ret) && ret == 5860000000);
  assert_true(decimal_mean(17570000000, 3, 8, &ret) && ret == 5856666667);
  assert_int_equal(decimal_places(8140000000), 1);
  assert_int_equal(decimal_places(0), 0);
  assert_int_equal(decimal_places(1), 8);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(yuan_there_and_back),
      cmocka_unit_test(refuses_other_yuan),
      cmocka_unit_test(rates),
      cmocka_unit_test(shares_round_half_up),
      cmocka_unit_test(divides_half_up),
      cmocka_unit_test(interest_by_days),
      cmocka_unit_test(decimals),
  };
  return cmocka_run_group_tests_name("base.money", tests, NULL, NULL);
}
