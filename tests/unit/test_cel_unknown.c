/* Missing facts: what they do to every operator, and how seldom slots are asked for. */
#include "cel_kit.h"

#define DEBT "{\"unknown\":[\"debt\"]}"

static void unknown_goes_on(void **state) {
  static const char *const pairs[][2] = {
      {"debt", "money " DEBT},
      {"debt + yuan(1)", "money " DEBT},
      {"-debt", "money " DEBT},
      {"debt > income", "bool " DEBT},
      {"debt == income", "bool " DEBT},
      {"debt in [income]", "bool " DEBT},
      {"[debt, income]", "list(money) " DEBT},
      {"{\"a\": debt}", "map(string, money) " DEBT},
      {"share(debt, rate(\"0.5\"))", "money " DEBT},
      {"debt + (ill ? yuan(1) : yuan(2))", "money {\"unknown\":[\"debt\",\"ill\"]}"},
      {"debt + debt", "money " DEBT},
      {"!ill", "bool {\"unknown\":[\"ill\"]}"},
      {"ill ? 1 : 2", "int {\"unknown\":[\"ill\"]}"},
      {"income > yuan(1) ? 1 : (ill ? 2 : 3)", "int 1"},
      {"size(persons.map(x, x.income))", "int {\"unknown\":[\"persons[1].income\"]}"},
      {"type(debt)", "type " DEBT}};
  EXPECT(*state, pairs);
}

static void and_or(void **state) {
  static const char *const pairs[][2] = {
      {"ill && false", "bool false"},
      {"false && ill", "bool false"},
      {"ill || true", "bool true"},
      {"true || ill", "bool true"},
      {"ill && true", "bool {\"unknown\":[\"ill\"]}"},
      {"ill || false", "bool {\"unknown\":[\"ill\"]}"},
      {"ill && deaf", "bool {\"unknown\":[\"ill\",\"deaf\"]}"},
      {"ill || deaf || ill", "bool {\"unknown\":[\"ill\",\"deaf\"]}"},
      {"boom && ill", "bool {\"unknown\":[\"ill\"]}"},
      {"ill && boom", "bool {\"unknown\":[\"ill\"]}"},
      {"boom || ill", "bool {\"unknown\":[\"ill\"]}"},
      {"ill && boom && false", "bool false"},
      {"boom || ill || true", "bool true"},
      {"boom && true", "bool error broken"},
      {"boom && false", "bool false"},
      {"true && boom", "bool error broken"},
      {"boom || 1/0 > 0", "bool error broken"},
      {"boom == ill", "bool {\"unknown\":[\"ill\"]}"}};
  EXPECT(*state, pairs);
}

static void loops_absorb(void **state) {
  static const char *const pairs[][2] = {
      {"persons.exists(x, x.income > yuan(500))", "bool true"},
      {"persons.exists(x, x.income > yuan(5000))", "bool {\"unknown\":[\"persons[1].income\"]}"},
      {"persons.all(x, x.income > yuan(5000))", "bool false"},
      {"persons.all(x, x.income > yuan(500))", "bool {\"unknown\":[\"persons[1].income\"]}"},
      {"persons.exists_one(x, x.income > yuan(500))", "bool {\"unknown\":[\"persons[1].income\"]}"},
      {"persons.filter(x, x.income > yuan(5000))",
       "list(person) {\"unknown\":[\"persons[1].income\"]}"},
      {"[1, 0].exists(x, 1 / x > 5 || ill)", "bool {\"unknown\":[\"ill\"]}"},
      {"[1, 0].exists(x, 1 / x > 0)", "bool true"},
      {"[0, 2].all(x, 1 / x > 0)", "bool false"},
      {"[0, 1].all(x, 1 / x > 0)", "bool error Division by zero."},
      {"[0, 1].exists_one(x, 1 / x > 0)", "bool error Division by zero."},
      {"[0, 1].map(x, x / x)", "list(int) error Division by zero."},
      {"sum(persons.map(x, x.income.orElse(yuan(0))))", "money 100000"}};
  EXPECT(*state, pairs);
}

static void has_and_or_else(void **state) {
  static const char *const pairs[][2] = {
      {"persons[0].born", "date {\"unknown\":[\"persons[0].born\"]}"},
      {"has(persons[0].born)", "bool false"},
      {"has(persons[0].income)", "bool true"},
      {"has(p.line)", "bool true"},
      {"has(p.line.town)", "bool false"},
      {"debt.orElse(yuan(5))", "money 500"},
      {"income.orElse(yuan(5))", "money 800000"},
      {"(1 / 0).orElse(5)", "int error Division by zero."},
      {"debt.orElse(p.line.town)", "money {\"unknown\":[\"p.line.town\"]}"},
      {"income.orElse(p.line.town)", "money 800000"},
      {"known(income)", "bool true"},
      {"known(debt)", "bool false"},
      {"known(persons[0].born) || known(p.line)", "bool true"},
      {"known(1 / 0)", "bool error Division by zero."},
      {"needing(1, income)", "int 1"},
      {"needing(income, income, 3, true)", "money 800000"},
      {"needing(1, debt, income)", "int {\"unknown\":[\"debt\"]}"},
      {"needing(1 / 0, debt)", "int {\"unknown\":[\"debt\"]}"},
      {"needing(1 / 0, income)", "int error Division by zero."},
      {"needing(debt, p.line.town)", "money {\"unknown\":[\"debt\",\"p.line.town\"]}"},
      {"persons[0].?born.hasValue()", "bool false"},
      {"persons[0].?income.orValue(yuan(1))", "money 100000"},
      {"any.b.c", "dyn {\"unknown\":[\"any\"]}"},
      {"has(any.b)", "bool {\"unknown\":[\"any\"]}"}};
  EXPECT(*state, pairs);
}

static void slots_are_lazy_and_kept(void **state) {
  kit *k = *state;
  int income = cel_env_slot(k->env, "income"), debt = cel_env_slot(k->env, "debt");
  kit_run(k, "income > yuan(1) && income > yuan(2) || debt > income");
  assert_int_equal(k->asked[income], 1);
  assert_int_equal(k->asked[debt], 0);
  kit_run(k, "[1, 2, 3].map(x, debt)");
  assert_int_equal(k->asked[debt], 1);
  kit_run(k, "income < yuan(1) ? debt : income");
  assert_int_equal(k->asked[debt], 0);
  kit_run(k, "income.orElse(debt) < yuan(1)");
  assert_int_equal(k->asked[debt], 0);
}

static void missing_value(void **state) {
  kit *k = *state;
  char name[] = "a.b";
  value v = value_missing(k->a, name);
  name[0] = 'x';
  assert_int_equal(v.type, VALUE_UNKNOWN);
  assert_string_equal(v.missing->name, "a.b");
  assert_null(v.missing->next);
}

int main(void) {
  const struct CMUnitTest tests[] = {KIT_TEST(unknown_goes_on),
                                     KIT_TEST(and_or),
                                     KIT_TEST(loops_absorb),
                                     KIT_TEST(has_and_or_else),
                                     KIT_TEST(slots_are_lazy_and_kept),
                                     KIT_TEST(missing_value)};
  return cmocka_run_group_tests_name("cel_unknown", tests, NULL, NULL);
}
