/* Decimal numbers and the units they are told in: arithmetic, what goes together, what is told. */
#include "cel_kit.h"

static void arithmetic(void **state) {
  static const char *const pairs[][2] = {
      {"level - limit", "number \"0.5\""},
      {"level + limit", "number \"169.9\""},
      {"-level", "number \"-85.2\""},
      {"level * 3", "number \"255.6\""},
      {"3 * level", "number \"255.6\""},
      {"number(\"0.5\") * number(\"0.25\")", "number \"0.125\""},
      {"number(\"0.00000001\") * number(\"0.5\")", "number \"0.00000001\""}, /* half-up, once */
      {"number(\"-0.00000001\") * number(\"0.5\")", "number \"-0.00000001\""},
      {"number(\"0.00000001\") * number(\"0.49999999\")", "number \"0\""},
      {"level * rate(\"50%\")", "number \"42.6\""},
      {"rate(\"50%\") * rate(\"50%\")", "rate \"0.25\""},
      {"rate(\"1\") - rate(\"35%\")", "rate \"0.65\""},
      {"level * number(1) * number(2) + limit", "number \"255.1\""},
      {"share(yuan(10), number(\"0.333\"))", "money 333"},
      {"number(92233720368)", "number \"92233720368\""},
      {"number(92233720368) * number(10)",
       "number error The result is out of the range of numbers."},
      {"number(92233720368) + number(92233720368)",
       "number error The result is out of the range of numbers."},
      {"divide(level, 3)", "number \"28.4\""},
      {"divide(number(1), 3)", "number \"0.33333333\""},
      {"per(level, number(4))", "number \"21.3\""},
      {"per(2, 3)", "number \"0.66666667\""},
      {"ratio(limit, level)", "rate \"0.99413146\""},
      {"ratio(1, 3)", "rate \"0.33333333\""},
      {"per(level, number(0))", "number error Division by zero."},
      {"round(number(\"58.55\"), 1)", "number \"58.6\""},
      {"round(number(\"-58.55\"), 1)", "number \"-58.6\""},
      {"round(number(\"0.5\"), 0)", "number \"1\""},
      {"roundEven(number(\"0.5\"), 0)", "number \"0\""},
      {"round(level, 9)", "number error Decimals are from 0 to 8."},
      {"sum(levels)", "number \"169.9\""},
      {"mean(levels)", "number \"84.95\""},
      {"mean([number(1), number(1), number(2)])", "number \"1.33333333\""},
      {"mean([yuan(1), yuan(2), yuan(2)])", "money 167"},
      {"mean(levels.filter(x, x > number(900)))", "number error The list is empty, so mean…"},
      {"min(level, limit)", "number \"84.7\""},
      {"max(levels)", "number \"85.2\""},
      {"levels.exists(x, x > limit)", "bool true"},
      {"level == number(\"85.2\")", "bool true"},
      {"level >= limit", "bool true"},
      {"math.abs(limit - level)", "number \"0.5\""},
      {"interpolateUp(nodes, number(\"54\"))", "int 74"}};
  EXPECT(*state, pairs);
}

static void what_goes_together(void **state) {
  static const char *const pairs[][2] = {
      {"pm25 + co", "! column 6 The two are told in different units: \"µg/m³\" and \"mg/m³\".…"},
      {"pm25 > co", "! column 6 The two are told in different units…"},
      {"max(pm25, co)", "! column 1 The two are told in different units…"},
      {"ratio(pm25, co)", "! column 1 The two are told in different units…"},
      {"pm25 == co", "! column 6 \"==\" cannot be used on number (µg/m³) and number (mg/m³).…"},
      {"ill ? pm25 : co", "! column 14 Both results of ? : must be of one type, but one is number "
                          "(µg/m³) and one is number (mg/m³). Convert one by a factor…"},
      {"pm25 + co * number(1000)", "number \"858.55\""},
      {"pm25 > number(35)", "bool true"},
      {"pm25 > 35", "! column 6 \">\" cannot be used on number (µg/m³) and int. Write a number "
                    "as number(35)."},
      {"level - 0.5",
       "! column 7 \"-\" cannot be used on number (米) and double. Write a number as "
       "number(\"0.5\")."},
      {"level + rate(\"0.5\")",
       "! column 7 \"+\" cannot be used on number (米) and rate. To use a rate "
       "as a number write number(1) * x."},
      {"level / 3",
       "! column 7 \"/\" cannot be used on number (米) and int. Say how it is divided: by a "
       "count, as a share of one unit, as another quotient: divide(x, n), ratio(a, b), "
       "per(a, b)."},
      {"income * level", "! column 8 \"*\" cannot be used on money and number (米). For money "
                         "times a rate or number write "
                         "share(money, x)."},
      {"level * any", "! column 7 It cannot be told whether a whole number or a decimal…"},
      {"number(\"81,4\")", "! column 8 A number is written number(85) or number(\"85.5\")…"},
      {"lowest + size_", "int -1"},
      {"lowest > -10", "bool true"}};
  EXPECT(*state, pairs);
}

static void told(void **state) {
  kit *k = *state;
  static const struct {
    const char *source, *shown;
  } cases[] = {{"level", "85.2米"},
               {"level - limit", "0.5米"},
               {"pm25", "58.6 µg/m³"}, /* one decimal is declared */
               {"pm25 + pm25", "117.1 µg/m³"},
               {"lowest", "-5℃"},
               {"lowest - 1", "-6℃"},
               {"min(lowest, 3)", "-5℃"},
               {"sum(levels)", "169.9米"},
               {"mean(levels)", "84.95米"},
               {"levels", "85.2米、84.7米"},
               {"round(mean(levels), 1)", "85.0米"},
               {"level * rate(\"0.5\")", "42.6米"},
               {"divide(level, 2)", "42.6米"},
               {"level * number(2)", "170.4"}, /* of what, only the pack can say */
               {"ratio(level, limit)", "100.590319%"},
               {"round(ratio(level, limit), 3)", "100.6%"},
               {"rate(\"0.65\")", "65%"},
               {"number(15000)", "15000"},
               {"debt.orElse(income)", "8,000.00元"},
               {"ill ? level : number(1)", "缺少：ill"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cel_program *p = cel_compile(k->a, k->env, text_of(cases[i].source), NULL, NULL);
    if (!p) fail_msg("%s", cases[i].source);
    cel_run run = {.a = k->a, .slot = kit_slot, .context = k};
    value v = cel_eval(p, &run);
    buf b AUTO_BUF = {0};
    value_print(&b, &v, cel_program_type(p));
    assert_string_equal(b.at ? b.at : "", cases[i].shown);
  }
}

/* The browser's operators know no decimals. */
static void for_the_browser(void **state) {
  kit *k = *state;
  static const char *const pairs[][2] = {
      {"level - limit", "level - limit"},
      {"size_ * 2", "size_ * 2"},
      {"level * 2", "level * 2"},
      {"level * limit", "share(level , limit)"},
      {"level*limit*co > number(1)", "share(share(level,limit),co) > number(1)"},
      {"(level + limit) * (co * pm25)", "share((level + limit) , (share(co , pm25)))"},
      {"max(level * limit, co) // *", "max(share(level , limit), co) // *"},
      {"levels.exists(x, x * x > limit)", "levels.exists(x, share(x , x) > limit)"},
      {"'水*位' == '' && level * limit > co", "'水*位' == '' && share(level , limit) > co"}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    cel_program *p = cel_compile(k->a, k->env, text_of(pairs[i][0]), NULL, NULL);
    if (!p) fail_msg("%s", pairs[i][0]);
    buf b AUTO_BUF = {0};
    cel_program_browser_source(&b, p);
    assert_string_equal(b.at, pairs[i][1]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {KIT_TEST(arithmetic), KIT_TEST(what_goes_together),
                                     KIT_TEST(told), KIT_TEST(for_the_browser)};
  return cmocka_run_group_tests_name("cel_measure", tests, NULL, NULL);
}
