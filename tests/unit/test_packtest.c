#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "small_district.h"
#include "packtest/packtest.h"

static char folder[64], pack_folder[100], calendar[100], areas[100];

static int set_up(void **state) {
  (void)state;
  small_district_write(folder);
  snprintf(pack_folder, sizeof pack_folder, "%s/pack", folder);
  snprintf(calendar, sizeof calendar, "%s/calendar.yaml", folder);
  snprintf(areas, sizeof areas, "%s/areas.csv", folder);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  small_district_remove(folder);
  return 0;
}

static packtest_counts run(buf *report) {
  packtest_counts counts;
  err e = {0};
  if (!packtest_run(pack_folder, calendar, areas, &counts, report, &e))
    fail_msg("%s: %s", e.where, e.en);
  return counts;
}

static void true_tests_pass(void **state) {
  (void)state;
  AUTO_BUF buf report = {0};
  packtest_counts counts = run(&report);
  if (counts.failed) print_message("%s", report.at);
  assert_int_equal(counts.passed, 2);
  assert_int_equal(counts.failed, 0);
  assert_non_null(strstr(report.at, "PASS a dear bill opens a case\n"));
}

/* Each wrong expectation is named with its line, day and both values. */
static void wrong_ones_are_named(void **state) {
  (void)state;
  static const struct {
    const char *expect, *says;
  } wrongs[] = {
      {"findings: {dear_illness: yellow}", "findings: expected dear_illness: yellow, got red"},
      {"findings: {low_income: red}", "无法判断"},
      {"findings: {nonsense: red}", "no rule \"nonsense\""},
      {"cases: {watch: gone}", "cases: expected watch: gone, got clue"},
      {"deadline: 2024-03-10", "deadline: expected 2024-03-10, got 2024-03-09"},
      {"variables: {paid_12m: 5001}", "variables: expected paid_12m: 5001, got"},
      {"variables: {income_pc: 1}", "income"},
      {"cannot_tell: [dear_illness]", "cannot_tell: expected dear_illness"},
      {"amounts: {relief: 5}", "amounts: expected relief: 5, got none"},
      {"colour: green", "colour: expected green, got red"},
      {"hue: red", "\"hue\" cannot be expected"},
      {"costs: {dear_illness: 1}", "it is called \"rule_costs\" now"},
  };
  for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
    AUTO_BUF buf body = {0}, report = {0};
    buf_printf(&body,
               "- name: wrong\n  given: {home: {head: 张某, size: 3}, members: [{called: 张某}]}\n "
               " steps:\n"
               "    - on: 2024-03-06\n      event: {bill: {member: 1, paid: 5000.01}}\n      "
               "expect: {%s}\n",
               wrongs[i].expect);
    small_write(folder, "pack/tests/wrong.yaml", body.at);
    packtest_counts counts = run(&report);
    assert_int_equal(counts.failed, 1);
    assert_non_null(strstr(report.at, "FAIL wrong\n  tests/wrong.yaml:6:"));
    if (!strstr(report.at, wrongs[i].says)) fail_msg("%s", report.at);
  }
  char path[120];
  snprintf(path, sizeof path, "%s/tests/wrong.yaml", pack_folder);
  assert_int_equal(remove(path), 0);
}

static void steps_that_are_refused_or_not(void **state) {
  (void)state;
  AUTO_BUF buf report = {0};
  small_write(folder, "pack/tests/wrong.yaml",
              "- name: taken\n  given: {home: {head: 张某}}\n  steps:\n"
              "    - {on: 2024-03-06, event: {visit: {found: 好}}, refused: true}\n"
              "- name: refused\n  given: {home: {head: 张某}}\n  steps:\n"
              "    - {on: 2024-03-06, as: chief, event: {visit: {found: 好}}}\n"
              "- name: backwards\n  given: {home: {head: 张某}}\n  steps:\n"
              "    - {on: 2024-03-06, tick: true}\n    - {on: 2024-03-05, tick: true}\n"
              "- name: no parameter of that name\n  parameters: {p.nothing: {2020-01-01: 1}}\n"
              "  given: {home: {head: 张某}}\n  steps: [{on: 2024-03-06, tick: true}]\n");
  packtest_counts counts = run(&report);
  assert_int_equal(counts.failed, 4);
  assert_non_null(strstr(report.at, "expected to be refused, but it was taken"));
  assert_non_null(strstr(report.at, "steps go forward in time"));
  char path[120];
  snprintf(path, sizeof path, "%s/tests/wrong.yaml", pack_folder);
  assert_int_equal(remove(path), 0);
}

/* A step, or what is expected, is about another subject that was given, by its name or key. */
static void several_subjects(void **state) {
  (void)state;
  AUTO_BUF buf report = {0};
  small_write(
      folder, "pack/tests/wrong.yaml",
      "- name: two homes\n  given:\n    home: [{head: 张某, size: 3}, {head: 李某, size: 2}]\n"
      "    members: [{called: 张某}]\n  steps:\n"
      "    - {on: 2024-03-06, about: 李某, facts: {size: 4}}\n"
      "    - expect: {variables: {size: 3}}\n"
      "    - {about: 李某, expect: {variables: {size: 4}}}\n"
      "    - expect: {about: 李某, variables: {size: 4}}\n"
      "- name: nobody\n  given: {home: {head: 张某}}\n  steps:\n"
      "    - {on: 2024-03-06, about: 王某, facts: {size: 4}}\n");
  packtest_counts counts = run(&report);
  assert_non_null(strstr(report.at, "PASS two homes\n"));
  assert_int_equal(counts.failed, 1);
  assert_non_null(strstr(report.at, "nothing that stands by itself was given as \"王某\""));
  char path[120];
  snprintf(path, sizeof path, "%s/tests/wrong.yaml", pack_folder);
  assert_int_equal(remove(path), 0);
}

/* Calculations: input, parameters of their own, output. */
static void calculations(void **state) {
  (void)state;
  static const struct {
    const char *body, *says; /* NULL: passes */
  } cases[] = {
      {"output: {income_pc: 10000}", NULL},
      {"output: {income_pc: 9999.5}\n  absolute_error_margin: 0.50", NULL},
      {"output: {income_pc: 9999.5}\n  absolute_error_margin: 0.49",
       "output: expected income_pc: 9999.5, got 10,000.00元; from income 30,000.00元, size 3"},
      {"output: {taxed: 1800}", NULL}, /* two events, the last counts */
      {"output: {taxed: unknown}", "expected taxed: unknown, got 1,800.00元; from paid 6,000.00元"},
      {"parameters: {p.tax: 0.5}\n  output: {taxed: 3000}", NULL},
      {"parameters: {p.tax: {2024-05-01: 0.5}}\n  output: {taxed: 1800}", NULL},
      {"parameters: {p.tax: null}\n  output: {taxed: unknown}", NULL},
      {"parameters: {p.by_type: {poor: 0.5}}\n  output: {sorted: 3000}", NULL},
      {"output: {sorted: unknown}", NULL},
      {"output: {paid_12m: 11000, dear_illness: true}", NULL},
      {"output: {members: [{called: 王某}, {called: 李某}]}", NULL},
      {"output: {members: [{}, {called: 张某}]}", "expected called: 张某, got 李某"},
      {"output: {nothing: 1}", "home has no \"nothing\""},
      {"output: {visit_note: 1}", "visit_note is of a \"visit\", and the input has none"},
      {"outputs: {}\n  output: {income_pc: 10000}", "\"outputs\" is no word of a calculation"},
      {"period: May\n  output: {income_pc: 10000}", "a calculation needs a day"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    AUTO_BUF buf body = {0}, report = {0};
    buf_printf(&body,
               "- name: sum\n%s  input:\n    home: {income: 30000, size: 3, type: 困难}\n"
               "    members: [{called: 王某}, {called: 李某}]\n"
               "    bill: [{paid: 5000, on: 2024-04-30}, {member: 2, paid: 6000, on: 2024-04-01}]\n"
               "  %s\n",
               strstr(cases[i].body, "period") ? "" : "  period: 2024-05\n", cases[i].body);
    small_write(folder, "pack/tests/wrong.yaml", body.at);
    packtest_counts counts = run(&report);
    if (counts.failed != (cases[i].says ? 1 : 0) ||
        (cases[i].says && !strstr(report.at, cases[i].says)))
      fail_msg("%s: %s", cases[i].body, report.at);
  }
  char path[120];
  snprintf(path, sizeof path, "%s/tests/wrong.yaml", pack_folder);
  assert_int_equal(remove(path), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(true_tests_pass),
      cmocka_unit_test(wrong_ones_are_named),
      cmocka_unit_test(steps_that_are_refused_or_not),
      cmocka_unit_test(several_subjects),
      cmocka_unit_test(calculations),
  };
  return cmocka_run_group_tests_name("packtest", tests, set_up, tear_down);
}
