/* Jishi's own functions, and values shown to people. */
#include "cel_kit.h"

static void money(void **state) {
  static const char *const pairs[][2] = {
      {"share(yuan(\"100.01\"), rate(\"0.5\"))", "money 5001"}, /* 5000.5 fen, half-up */
      {"share(yuan(\"-100.01\"), rate(\"0.5\"))", "money -5001"},
      {"share(yuan(10000), rate(\"0.0475\"), 91, 360)", "money 12007"}, /* 12006.94 */
      {"share(yuan(1), rate(\"0.5\"), 1, 0)", "money error The denominator of share is zero."},
      {"divide(yuan(10), 3)", "money 333"},
      {"divide(yuan(20), 3)", "money 667"},
      {"divide(yuan(1), 0)", "money error Division by zero."},
      {"yuan(92233720368547758) * 2", "money error The result is out of the range of numbers."},
      {"sum([])", "dyn 0"},
      {"sum([1, 2, 3])", "int 6"},
      {"sum([1.5, 2.0])", "double 3.5"},
      {"sum([9223372036854775807, 1])", "int error The result is out of the range of numbers."},
      {"min([yuan(3), yuan(2)])", "money 200"},
      {"max(1, 2)", "int 2"},
      {"min(1.5, 0.5)", "double 0.5"},
      {"max(date(\"2024-01-01\"), born)", "date \"2024-03-01\""},
      {"max([1].filter(x, x > 1))", "int error The list is empty, so max has no result.…"}};
  EXPECT(*state, pairs);
}

static void days(void **state) {
  static const char *const pairs[][2] = {
      {"year(born) * 10000 + month(born) * 100 + day(born)", "int 20240301"},
      {"weekday(born)", "int 5"},
      {"today()", "date \"2024-10-04\""},
      {"addDays(born, -1)", "date \"2024-02-29\""},
      {"addMonths(date(\"2024-01-31\"), 1)", "date \"2024-02-29\""},
      {"addMonths(born, 120000)", "date error The date is outside the years 1 to 9999."},
      {"addDays(born, 9223372036854775807)", "date error The date is outside the years 1 to 9999."},
      {"daysBetween(born, date(\"2024-03-31\"))", "int 30"},
      {"monthsBetween(date(\"2024-01-31\"), date(\"2024-02-29\"))", "int 1"},
      {"yearsBetween(date(\"2000-02-29\"), date(\"2023-02-28\"))", "int 23"},
      {"addWorkdays(date(\"2024-02-29\"), 1)", "date \"2024-03-04\""}, /* 1 March is a holiday */
      {"addWorkdays(born, -1)", "date error The number of working days must not be negative."},
      {"workdaysBetween(date(\"2024-02-29\"), date(\"2024-03-05\"))", "int 2"},
      {"addWorkdays(date(\"2023-12-29\"), 1)", "date {\"unknown\":[\"(calendar)\"]}"},
      {"workdaysBetween(date(\"2024-01-02\"), date(\"2023-12-29\"))",
       "int {\"unknown\":[\"(calendar)\"]}"},
      {"addWorkdays(date(\"2023-12-29\"), 1) > born || true", "bool true"},
      {"addWorkdays(date(\"2024-12-31\"), 1)", "date \"2025-01-01\""}, /* provisional */
      {"year(born + 99999999)", "int error The date is outside the years 1 to 9999."}};
  EXPECT(*state, pairs);
}

static void workdays_need_a_calendar(void **state) {
  kit *k = *state;
  cel_program *p = cel_compile(k->a, k->env, TEXT("addWorkdays(born, 1)"), &cel_date, NULL);
  cel_run run = {.a = k->a, .slot = kit_slot, .context = k, .today = 20000};
  value v = cel_eval(p, &run);
  assert_int_equal(v.type, VALUE_ERROR);
  assert_string_equal(v.error->where, "column 1");
}

static void workdays_say_when_they_are_provisional(void **state) {
  kit *k = *state;
  static const struct {
    const char *source;
    bool provisional;
  } cases[] = {{"addWorkdays(date(\"2024-12-30\"), 1)", false},
               {"addWorkdays(date(\"2024-12-31\"), 1)", true},
               {"workdaysBetween(date(\"2024-02-01\"), date(\"2024-12-31\"))", false},
               {"workdaysBetween(date(\"2025-01-01\"), date(\"2024-12-31\"))", true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cel_program *p = cel_compile(k->a, k->env, text_of(cases[i].source), NULL, NULL);
    cel_run run = {
        .a = k->a, .slot = kit_slot, .context = k, .today = 20000, .calendar = k->calendar};
    assert_non_null(p);
    cel_eval(p, &run);
    assert_int_equal(run.provisional, cases[i].provisional);
  }
}

/* steps: 10 % from 0, 20 % from 1,000.00; points: 50.00 from 0, 90.00 from 1,000.00. */
static void scales(void **state) {
  static const char *const pairs[][2] = {
      {"marginalRate(steps, yuan(0))", "money 0"},
      {"marginalRate(steps, yuan(1000))", "money 10000"},
      {"marginalRate(steps, yuan(1500))", "money 20000"},
      {"marginalRate(steps, yuan(\"0.05\"))", "money 1"}, /* half a fen, up, once */
      {"marginalRate(steps, yuan(-5))", "money 0"},
      {"singleAmount(points, yuan(999))", "money 5000"},
      {"singleAmount(points, yuan(1000))", "money 9000"},
      {"singleAmount(points, -1)", "money 0"},
      {"marginalAmount(points, yuan(1000))", "money 5000"},
      {"marginalAmount(points, yuan(1001))", "money 14000"},
      {"singleAmount(steps, 1)", "money error This scale has no amount."},
      {"marginalRate(points, yuan(1))", "money error This scale has no rate."},
      {"interpolateUp(nodes, rate(\"35\"))", "int 50"},
      {"interpolateUp(nodes, rate(\"54\"))", "int 74"}, /* 73.75 */
      {"interpolateUp(nodes, rate(\"75.00000001\"))", "int 101"},
      {"interpolateUp(nodes, rate(\"900\"))", "int 150"},
      {"interpolateUp(nodes, rate(\"0\"))", "int 0"},
      {"interpolateUp(nodes, rate(\"-3\"))", "int 0"},
      {"interpolateUp(points, 1)", "int error This scale has no index."},
      {"roundEven(rate(\"60.5\"), 0)", "rate \"60\""},
      {"roundEven(rate(\"61.5\"), 0)", "rate \"62\""},
      {"roundEven(rate(\"60.51\"), 0)", "rate \"61\""},
      {"roundEven(rate(\"-60.5\"), 0)", "rate \"-60\""},
      {"roundEven(rate(\"0.125\"), 2)", "rate \"0.12\""},
      {"roundEven(rate(\"1\"), 9)", "rate error Decimals are from 0 to 8."},
      {"steps == points", "bool false"},
      {"marginalRate(income, yuan(1))",
       "! column 14 marginalRate needs scale here, but this is money.…"}};
  EXPECT(*state, pairs);
}

static void text_functions(void **state) {
  static const char *const pairs[][2] = {
      {"'防返贫'.size()", "int 3"},
      {"'防返贫监测'.substring(1, 3)", "string \"返贫\""},
      {"'a,b,,c'.split(',')", "list(string) [\"a\",\"b\",\"\",\"c\"]"},
      {"'𠮷野家'.charAt(1)", "string \"野\""},
      {"'返贫返'.lastIndexOf('返')", "int 2"},
      {"' \\u3000村 '.trim()", "string \"村\""},
      {"'370871'.matches('^37[0-9]{4}$')", "bool true"},
      {"'a\\n'.matches('a$')", "bool false"},
      {"'x'.matches('\\\\v')", "bool false"},
      {"'a'.matches(string(dyn('(?=a)')))",
       "bool error The pattern cannot use \"(?=\": only what RE2 has."},
      {"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')",
       "bool error This match takes too much work."},
      {"'%s：%d户，%.1f%%'.format(['甲村', 12, 3.25])", "string \"甲村：12户，3.2%\""}};
  EXPECT(*state, pairs);
}

static void shown_to_people(void **state) {
  kit *k = *state;
  static const struct {
    const char *source, *shown;
  } cases[] = {{"yuan(\"1234.5\")", "1,234.50元"},
               {"yuan(\"-1234567\")", "-1,234,567.00元"},
               {"yuan(\"-100\")", "-100.00元"},
               {"born", "2024-03-01"},
               {"rate(\"0.8\")", "80%"},
               {"rate(\"0.0475\")", "4.75%"},
               {"'文字'", "文字"},
               {"[born, born + 1]", "2024-03-01、2024-03-02"},
               {"debt + (ill ? yuan(1) : yuan(2))", "缺少：debt、ill"},
               {"1 / 0", "除数是零。"},
               {"1e21", "1e+21"},
               {"0.000001", "0.000001"},
               {"1e-7", "1e-7"},
               {"timestamp('2024-03-01T08:00:00+08:00')", "2024-03-01T00:00:00Z"},
               {"duration('-1.5s')", "-1.5s"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cel_program *p = cel_compile(k->a, k->env, text_of(cases[i].source), NULL, NULL);
    assert_non_null(p);
    cel_run run = {.a = k->a, .slot = kit_slot, .context = k};
    value v = cel_eval(p, &run);
    buf b AUTO_BUF = {0};
    value_print(&b, &v, cel_program_type(p));
    assert_string_equal(b.at ? b.at : "", cases[i].shown);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {KIT_TEST(money),
                                     KIT_TEST(days),
                                     KIT_TEST(workdays_need_a_calendar),
                                     KIT_TEST(workdays_say_when_they_are_provisional),
                                     KIT_TEST(scales),
                                     KIT_TEST(text_functions),
                                     KIT_TEST(shown_to_people)};
  return cmocka_run_group_tests_name("cel_own", tests, NULL, NULL);
}
