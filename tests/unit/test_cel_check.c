/* The checker: units, records, choices, suggestions, places, and what the browser cannot run. */
#include "cel_kit.h"

static void units_stay_apart(void **state) {
  static const char *const pairs[][2] = {
      {"income + yuan(1)", "money 800100"},
      {"income - yuan(\"0.50\")", "money 799950"},
      {"income * 2", "money 1600000"},
      {"2 * income", "money 1600000"},
      {"income / size_", "money 200000"},
      {"-income", "money -800000"},
      {"born + 30", "date \"2024-03-31\""},
      {"born - 1", "date \"2024-02-29\""},
      {"born - date(\"2024-02-01\")", "int 29"},
      {"rate(\"0.8\")", "rate \"0.8\""},
      {"income in [yuan(8000)]", "bool true"},
      {"income > 6000",
       "! column 8 \">\" cannot be used on money and int. Write an amount of money as yuan(6000)."},
      {"0 < income",
       "! column 3 \"<\" cannot be used on int and money. Write an amount of money as yuan(0)."},
      {"income == null",
       "! column 8 \"==\" cannot be used on money and null. Missing data is not null…"},
      {"income * rate(\"0.8\")",
       "! column 8 \"*\" cannot be used on money and rate. For money times a…"},
      {"income + born", "! column 8 \"+\" cannot be used on money and date.…"},
      {"income * income", "! column 8 …"},
      {"born + born", "! column 6 …"},
      {"born > \"2024-01-01\"",
       "! column 6 \">\" cannot be used on date and string. Write a date as…"},
      {"income in [6000]", "! column 8 …"},
      {"[yuan(1), 2]", "! column 11 One list cannot hold both money and int.…"},
      {"ill ? income : 0", "! column 16 Both results of ? : must be of one type…"},
      {"debt.orElse(0)", "! column 13 orElse needs money here, but this is int.…"},
      {"sum([income, yuan(1)])", "money 800100"},
      {"max(income, yuan(9000))", "money 900000"},
      {"max(income, 9000)", "! column 13 max needs money here, but this is int.…"},
      {"double(income)", "! column 8 …"},
      {"dyn(income) + 1", "dyn 800001"}};
  EXPECT(*state, pairs);
}

static void literals_are_read_at_once(void **state) {
  static const char *const pairs[][2] = {
      {"yuan(\"1.234\")", "! column 6 An amount is in yuan…"},
      {"date(\"2024-02-30\")", "! column 6 A date is written date(\"2024-03-01\") and must exist."},
      {"date(20240301)", "! column 6 A date is written…"},
      {"rate(0.8)", "! column 6 A rate is written…"},
      {"rate(\"80%\") == rate(\"0.8\")", "bool true"},
      {"yuan(92233720368547759)", "! column 6 …"},
      {"date(string(dyn(\"x\")))", "date error A date is written…"}};
  EXPECT(*state, pairs);
}

static void records_and_choices(void **state) {
  static const char *const pairs[][2] = {
      {"persons[0].name", "string \"甲\""},
      {"persons[0][\"income\"]", "money 100000"},
      {"persons[0].incom",
       "! column 12 \"person\" has no field \"incom\". Did you mean \"income\"?"},
      {"persons[0].zzz", "! column 12 \"person\" has no field \"zzz\"."},
      {"persons[0][\"nam\"]",
       "! column 12 \"person\" has no field \"nam\". Did you mean \"name\"?"},
      {"persons.exists(x, x.grade == \"一般戶\")",
       "! column 30 \"一般戶\" is not one of the choices. Did you mean \"一般户\"?"},
      {"grade == \"监测户\"", "bool true"},
      {"\"监测\" != grade",
       "! column 1 \"监测\" is not one of the choices: 一般户, 监测户, 脱贫户."},
      {"grade in [\"监测户\", \"脱贫\"]", "! column 18 \"脱贫\" is not one of the choices…"},
      {"\"x\" in persons.map(q, q.grade)", "! column 1 \"x\" is not one of the choices…"},
      {"persons.map(x, x.name)", "list(string) [\"甲\",\"乙\"]"},
      {"persons.filter(x, x.name == \"乙\").size()", "int 1"},
      {"income.x", "! column 8 money has no fields…"}};
  EXPECT(*state, pairs);
}

static void names_and_places(void **state) {
  static const char *const pairs[][2] = {
      {"incom > yuan(1)",
       "! column 1 There is no field or variable \"incom\". Did you mean \"income\"?"},
      {"p.lin", "! column 3 There is no field or variable \"p.lin\". Did you mean \"p.line\"?"},
      {"\"中文\" == nme", "! column 9 There is no field or variable \"nme\".…"},
      {"1 +\n  nme", "! line 2 column 3 There is no field…"},
      {"p.line", "money 600000"},
      {"p.line.orElse(yuan(1))", "money 600000"},
      {"siz([1])", "! column 1 There is no function \"siz\". Did you mean \"size\"?"},
      {"math.flor(1.5)",
       "! column 6 There is no function \"math.flor\". Did you mean \"math.floor\"?"},
      {"weekday", "! column 1 \"weekday\" is a function; write weekday(…)."},
      {"share(income)",
       "! column 1 share is not called like this. Usage: share(money, rate): money; …"},
      {"", "! column 1 The expression is not finished."},
      {"income >", "! column 9 The expression is not finished."},
      {"(1", "! column 3 The expression is not finished: \")\" is missing here."},
      {"1 2", "! column 3 …"},
      {"'abc", "! column 1 This text is not finished…"},
      {"income ＞ debt", "! column 8 Use the half-width sign: \"＞\" should be > ."},
      {"收入 > 1", "! column 1 The character \"收\" has no meaning here.…"},
      {"9223372036854775808", "! column 1 This number is too large for 64 bits."},
      {"ill && income",
       "! column 8 A condition (true or false) is needed here, but this is money.…"},
      {"[1].map(1, 2)", "! column 9 A simple name is needed here…"},
      {"has(income)", "! column 1 has() takes an object and a field…"},
      {"for", "! column 1 \"for\" is a reserved word…"},
      {"\"a\".matches(\"(?=a)\")",
       "! column 13 The pattern cannot use \"(?=\": only what RE2 has."},
      {"\"a\".matches(\"(\")", "! column 13 The pattern is not right…"}};
  EXPECT(*state, pairs);
}

static void wanted_type(void **state) {
  kit *k = *state;
  err e = {0};
  assert_non_null(cel_compile(k->a, k->env, TEXT("income > debt"), &cel_bool, &e));
  assert_non_null(cel_compile(k->a, k->env, TEXT("any"), &cel_bool, &e));
  assert_null(cel_compile(k->a, k->env, TEXT("6000"), &cel_money, &e));
  assert_string_equal(e.en, "money is needed here, but the result is int. Write an amount of money "
                            "as yuan(6000).");
  assert_string_equal(e.where, "column 1");
}

static void what_a_program_reads(void **state) {
  kit *k = *state;
  cel_program *p =
      cel_compile(k->a, k->env, TEXT("p.line > debt || income > debt || ill"), NULL, NULL);
  assert_non_null(p);
  size_t count;
  const int *slots = cel_program_slots(p, &count);
  assert_int_equal(count, 4);
  for (size_t i = 1; i < count; i++) assert_true(slots[i - 1] < slots[i]);
  p = cel_compile(k->a, k->env, TEXT("today() > born"), NULL, NULL);
  assert_non_null(p);
  buf b AUTO_BUF = {0};
  cel_program_print(&b, p);
  assert_non_null(strstr(b.at, "today"));
}

/* Whether a value can change with the day alone is known only after a run. */
static void asks_for_the_day(void **state) {
  kit *k = *state;
  static const struct {
    const char *source;
    bool asked;
  } cases[] = {{"today() > born", true},
               {"income > yuan(1) || today() > born", false},
               {"income < yuan(1) || today() > born", true},
               {"born > date(\"2024-01-01\")", false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cel_program *p = cel_compile(k->a, k->env, text_of(cases[i].source), &cel_bool, NULL);
    assert_non_null(p);
    cel_run run = {.a = k->a, .slot = kit_slot, .context = k, .today = 20000};
    assert_true(cel_eval(p, &run).yes);
    assert_int_equal(run.asked_today, cases[i].asked);
  }
}

static void what_the_browser_runs(void **state) {
  kit *k = *state;
  static const struct {
    const char *source, *where; /* NULL: runs */
  } cases[] = {{"income > debt.orElse(yuan(0))", NULL},
               {"persons.exists(x, has(x.income) && x.name.matches('^甲'))", NULL},
               {"math.greatest(1, 2) == 2", NULL},
               {"ill || persons[?0].hasValue()", "column 16"},
               {"[1].exists(i, v, v > 1)", "column 5"},
               {"cel.bind(a, 1, a) > 0", "column 5"},
               {"optional.none().hasValue()", "column 10"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    err e = {0};
    cel_program *p = cel_compile(k->a, k->env, text_of(cases[i].source), NULL, &e);
    if (!p) fail_msg("%s: %s", cases[i].source, e.en);
    bool runs = cel_runs_in_browser(p, &e);
    assert_int_equal(runs, cases[i].where == NULL);
    if (!runs) assert_string_equal(e.where, cases[i].where);
  }
}

static void environments(void **state) {
  kit *k = *state;
  assert_int_equal(cel_env_add(k->env, "income", &cel_int), -1);
  int slot = cel_env_slot(k->env, "p.line");
  assert_true(slot >= 0);
  assert_string_equal(cel_env_name(k->env, slot), "p.line");
  assert_ptr_equal(cel_env_type(k->env, slot), &cel_money);
  assert_int_equal(cel_env_slot(k->env, "p"), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      KIT_TEST(units_stay_apart),    KIT_TEST(literals_are_read_at_once),
      KIT_TEST(records_and_choices), KIT_TEST(names_and_places),
      KIT_TEST(wanted_type),         KIT_TEST(what_a_program_reads),
      KIT_TEST(asks_for_the_day),    KIT_TEST(what_the_browser_runs),
      KIT_TEST(environments)};
  return cmocka_run_group_tests_name("cel_check", tests, NULL, NULL);
}
