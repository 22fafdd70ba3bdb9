/* base/statistics: against figures that others have published. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/statistics.h"

#include <math.h>

static void near(double got, double want, double by) {
  if (!(fabs(got - want) <= by)) fail_msg("%.6f is not %.6f", got, want);
}

/* Weeks of remission under 6-mercaptopurine and placebo: E. J. Freireich et al., Blood 21 (1963),
 * as told in D. R. Cox, D. Oakes, "Analysis of Survival Data" (1984), tables 1.1 and 4.1. */
static void freireich(void **state) {
  (void)state;
  lifetime treated[] = {{6, true},   {6, true},   {6, true},   {6, false}, {7, true},   {9, false},
                        {10, true},  {10, false}, {11, false}, {13, true}, {16, true},  {17, false},
                        {19, false}, {20, false}, {22, true},  {23, true}, {25, false}, {32, false},
                        {32, false}, {34, false}, {35, false}};
  static const struct {
    int32_t days;
    double left;
  } table[] = {{5, 1},      {6, 0.857},  {7, 0.807},  {10, 0.753}, {12, 0.753},
               {13, 0.690}, {16, 0.627}, {22, 0.538}, {23, 0.448}, {35, 0.448}};
  const size_t n = sizeof treated / sizeof *treated;
  int32_t median;
  lifetimes_sort(treated, n);
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    double share;
    assert_true(lifetimes_within(treated, n, table[i].days, &share));
    near(1 - share, table[i].left, 0.0006);
  }
  assert_true(lifetimes_median(treated, n, &median));
  assert_int_equal(median, 23);
  double share = 7;
  assert_false(lifetimes_within(treated, n, 36, &share)); /* nobody was seen that long */
  near(share, 7, 0);

  static const int32_t weeks[] = {1, 1, 2,  2,  3,  4,  4,  5,  5,  8, 8,
                                  8, 8, 11, 11, 12, 12, 15, 17, 22, 23};
  lifetime placebo[21];
  for (size_t i = 0; i < 21; i++) placebo[20 - i] = (lifetime){weeks[i], true};
  lifetimes_sort(placebo, 21);
  assert_true(lifetimes_median(placebo, 21, &median));
  assert_int_equal(median, 8);
  assert_true(lifetimes_within(placebo, 21, 400, &share)); /* all are over */
  near(share, 1, 1e-12);
}

static void open_ones(void **state) {
  (void)state;
  int32_t median = 4;
  double share;
  lifetime none[1] = {{0, false}};
  assert_false(lifetimes_median(none, 0, &median));
  assert_false(lifetimes_within(none, 0, 3, &share));
  /* one of three is over: half are not, and what was never seen weighs nothing */
  lifetime three[] = {{2, true}, {9, false}, {9, false}, {-1, false}};
  lifetimes_sort(three, 4);
  assert_false(lifetimes_median(three, 4, &median));
  assert_int_equal(median, 4);
  assert_true(lifetimes_within(three, 4, 2, &share));
  near(share, 1.0 / 3, 1e-12);
  /* exactly half counts as half */
  lifetime two[] = {{3, true}, {8, false}};
  assert_true(lifetimes_median(two, 2, &median));
  assert_int_equal(median, 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(freireich), cmocka_unit_test(open_ones)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
