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

/* ---- samples ---- */

/* R. Krejcie, D. Morgan, Educ. Psychol. Meas. 30 (1970), table 1: 95 %, ±5 %, rate 0.5, rounded to
 * the nearest where we round up; and Cochran's 4.4, an island of 3,200 (he takes
 * z = 2). */
static void sizes(void **state) {
  (void)state;
  static const struct {
    int64_t population, size;
  } table[] = {{10, 10},    {50, 44},    {100, 80},    {220, 140},   {500, 217},    {1000, 278},
               {2000, 322}, {5000, 357}, {10000, 370}, {75000, 382}, {1000000, 384}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    int64_t n = sample_size(table[i].population, 0.05, 0.95, 0.5);
    if (n != table[i].size && n != table[i].size + 1)
      fail_msg("%d of %d", (int)n, (int)table[i].population);
  }
  assert_int_equal(sample_size(3200, 0.05, erf(2 / sqrt(2)), 0.5), 356);
  assert_int_equal(sample_size(0, 0.05, 0.95, 0.5), 0);
  assert_int_equal(sample_size(1, 0.05, 0.95, 0.5), 1);
}

static void allocations(void **state) {
  (void)state;
  static const struct {
    int64_t population[4], size, want[4];
  } table[] = {{{500, 300, 200, 0}, 10, {5, 3, 2, 0}},
               {{51, 29, 20, 0}, 10, {5, 3, 2, 0}},
               {{10, 10, 10, 10}, 6, {2, 2, 2, 2}}, /* two of each at least */
               {{100, 1, 100, 1}, 10, {5, 1, 5, 1}},
               {{3, 2, 1, 0}, 99, {3, 2, 1, 0}}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    int64_t got[4];
    sample_allocate(table[i].population, 4, table[i].size, got);
    for (int k = 0; k < 4; k++) assert_int_equal(got[k], table[i].want[k]);
  }
}

/* R. G. Newcombe, Statist. Med. 17 (1998) 857–872, table I, method 3 (Wilson). */
static void wilson(void **state) {
  (void)state;
  static const struct {
    int64_t asked, yes;
    double low, high;
  } table[] = {{263, 81, 0.2553, 0.3662},
               {148, 15, 0.0624, 0.1605},
               {20, 0, 0, 0.1611},
               {29, 1, 0.0061, 0.1718}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    stratum s = {.population = INT64_C(1000000000000),
                 .asked = table[i].asked,
                 .yes = table[i].yes},
            room;
    estimate t;
    assert_true(sample_estimate(&s, 1, 0.95, &room, &t));
    near(t.low, table[i].low, 0.00006);
    near(t.high, table[i].high, 0.00006);
  }
  /* who asked everybody knows; who asked nobody does not */
  stratum all = {40, 40, 13}, none = {40, 0, 0}, room;
  estimate t;
  assert_true(sample_estimate(&all, 1, 0.95, &room, &t));
  near(t.low, 0.325, 1e-12);
  near(t.high, 0.325, 1e-12);
  assert_false(sample_estimate(&none, 1, 0.95, &room, &t));
}

static void by_strata(void **state) {
  (void)state;
  stratum room[3];
  estimate one, t;
  /* the rate is weighted by the populations: 0.75 · 0.1 + 0.25 · 0.5 */
  stratum two[] = {{3000, 100, 10}, {1000, 100, 50}};
  assert_true(sample_estimate(two, 2, 0.95, room, &t));
  near(t.rate, 0.2, 1e-12);
  /* Cochran 5.4: the variance is Σ W² (1 − f) pq ÷ (n − 1) */
  const double v = 0.5625 * (1 - 1 / 30.0) * 0.09 / 99 + 0.0625 * 0.9 * 0.25 / 99;
  near((t.high - t.low) / 2, 1.96 * sqrt(v), 0.002);
  /* like strata tell as much as a simple sample; unlike ones more */
  stratum like[] = {{2000, 100, 30}, {2000, 100, 30}}, whole = {4000, 200, 60};
  assert_true(sample_estimate(like, 2, 0.95, room, &t));
  assert_true(sample_estimate(&whole, 1, 0.95, room, &one));
  near(t.high - t.low, one.high - one.low, 0.002);
  stratum unlike[] = {{2000, 100, 2}, {2000, 100, 58}};
  assert_true(sample_estimate(unlike, 2, 0.95, room, &t));
  assert_true(t.high - t.low < 0.9 * (one.high - one.low) && t.high > t.low);
  /* all agree in each stratum: still no certainty */
  stratum agree[] = {{2000, 100, 0}, {2000, 100, 100}};
  assert_true(sample_estimate(agree, 2, 0.95, room, &t));
  assert_true(t.low < 0.5 && t.high > 0.5);
  /* one of whom nobody was asked yet counts with its neighbour */
  stratum gap[] = {{2000, 100, 30}, {500, 0, 0}, {1500, 100, 30}};
  assert_true(sample_estimate(gap, 3, 0.95, room, &t));
  near(t.rate, 0.3, 1e-12);
}

/* ---- do 95 % intervals hold the rate in 95 of 100 samples? ---- */

static uint64_t random_state;
static double random_share(void) { /* xorshift: the same on every machine */
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (double)(random_state >> 11) / 9007199254740992.0;
}

/* Without putting back: how many of n are among the `yes` of the population. */
static int64_t draw_yes(int64_t population, int64_t yes, int64_t n) {
  int64_t got = 0;
  for (int64_t i = 0; i < n; i++)
    got += random_share() * (double)(population - i) < (double)(yes - got);
  return got;
}

enum { STRATA_MAX = 8 };
static bool holds(const int64_t *population, const int64_t *yes, size_t count,
                  const int64_t *size) {
  stratum s[STRATA_MAX], room[STRATA_MAX];
  estimate t;
  int64_t all = 0, among = 0;
  for (size_t i = 0; i < count; i++) {
    s[i] = (stratum){population[i], size[i], draw_yes(population[i], yes[i], size[i])};
    all += population[i];
    among += yes[i];
  }
  assert_true(sample_estimate(s, count, 0.95, room, &t));
  const double rate = (double)among / (double)all;
  return t.low <= rate && rate <= t.high;
}

static void check_share(int64_t held, int64_t of, const char *what) {
  const double share = (double)held / (double)of;
  if (share < 0.94 || share > 0.96)
    fail_msg("%s: %.4f of the intervals hold the rate", what, share);
}

/* Of one rate and size the share jumps about 95 % as rates of whole numbers do (L. Brown, T. Cai,
 * A. DasGupta, Statist. Sci. 16 (2001)); what is promised is the share over the rates about it,
 * from four fifths to six fifths. */
static void coverage_of_simple_samples(void **state) {
  (void)state;
  static const int64_t populations[] = {500, 3000, 20000}, sizes_of[] = {100, 218, 385};
  static const double rates[] = {0.05, 0.1, 0.3, 0.5, 0.8};
  enum { DRAWS = 20000 };
  random_state = 88172645463325252u;
  for (size_t a = 0; a < 3; a++)
    for (size_t b = 0; b < 3; b++)
      for (size_t c = 0; c < 5; c++) {
        int64_t held = 0;
        char what[80];
        for (int i = 0; i < DRAWS; i++) {
          double rate = rates[c] * (0.8 + 0.4 * random_share());
          int64_t yes = llround(rate * (double)populations[a]);
          held += holds(&populations[a], &yes, 1, &sizes_of[b]);
        }
        snprintf(what, sizeof what, "%d of %d, rate %.2f", (int)sizes_of[b], (int)populations[a],
                 rates[c]);
        check_share(held, DRAWS, what);
      }
}

static void coverage_by_strata(void **state) {
  (void)state;
  static const struct {
    size_t count;
    int64_t population[STRATA_MAX], size;
    double rates[STRATA_MAX];
  } table[] = {
      {4, {1500, 900, 500, 100}, 380, {0.02, 0.05, 0.1, 0.2}},
      {4, {1500, 900, 500, 100}, 200, {0.05, 0.1, 0.3, 0.5}},
      {2, {2000, 1000}, 150, {0.05, 0.4}},
      {8,
       {400, 400, 400, 300, 300, 200, 100, 50},
       300,
       {0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.2}},
      {3, {5000, 3000, 2000}, 370, {0.3, 0.5, 0.7}},
      {8, {400, 400, 400, 300, 300, 200, 100, 50}, 120, {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8}},
      {8, {60, 50, 40, 30, 30, 20, 20, 12}, 60, {0.1, 0.1, 0.2, 0.05, 0.05, 0.1, 0.1, 0.1}},
      {4, {1500, 900, 500, 100}, 200, {0.5, 0.5, 0.5, 0.5}}};
  enum { DRAWS = 20000 };
  random_state = 2463534242u;
  for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
    int64_t size[STRATA_MAX], yes[STRATA_MAX], held = 0;
    char what[40];
    sample_allocate(table[k].population, table[k].count, table[k].size, size);
    for (size_t i = 0; i < table[k].count; i++)
      yes[i] = llround(table[k].rates[i] * (double)table[k].population[i]);
    for (int i = 0; i < DRAWS; i++) held += holds(table[k].population, yes, table[k].count, size);
    snprintf(what, sizeof what, "strata %zu", k);
    check_share(held, DRAWS, what);
  }
}

/* The vector of docs/pack-format.md, which a few lines of Python repeat. */
static void tickets(void **state) {
  (void)state;
  static const struct {
    const char *id, *ticket;
  } table[] = {{"018f0000-0000-7000-8000-000000000001",
                "7328abee97b2761dc1fc99f91e456e8cb7839f68b516b63a8632bc57e2c0428c"},
               {"018f0000-0000-7000-8000-000000000002",
                "d66cc3133f66caa1099971ec4c85c313500c4bf73d1781d78b7f9e58558ed40e"},
               {"018f0000-0000-7000-8000-000000000003",
                "445a27dca4c4f4d7abd13d489ed0f6242c7adf145d3164c412299c20b3835f0d"},
               {"018f0000-0000-7000-8000-000000000004",
                "1d0b429da5e6da86d4274bf828ee1bc6e23aa61296dbc0926b89bae2ae715af4"},
               {"018f0000-0000-7000-8000-000000000005",
                "49291fa028c2f2f1d82ba56de2ad79cfe4c90bc256c3387202c884d8704292b2"}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    uuid id;
    char got[65];
    assert_true(uuid_parse(text_of(table[i].id), &id));
    hash h = sample_ticket(TEXT("2026-11-27"), &id);
    hash_format(&h, got);
    assert_string_equal(got, table[i].ticket);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(freireich),
                                     cmocka_unit_test(open_ones),
                                     cmocka_unit_test(sizes),
                                     cmocka_unit_test(allocations),
                                     cmocka_unit_test(wilson),
                                     cmocka_unit_test(by_strata),
                                     cmocka_unit_test(coverage_of_simple_samples),
                                     cmocka_unit_test(coverage_by_strata),
                                     cmocka_unit_test(tickets)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
