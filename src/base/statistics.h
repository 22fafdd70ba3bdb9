/* statistics.h — durations of which some are not over yet; and what a sample tells of the whole.
 *
 * Pure functions: no clock, no allocation, no knowledge of what is counted. Shares are doubles
 * between 0 and 1.
 *
 * Sources: E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete observations", JASA 53
 * (1958); W. G. Cochran, "Sampling Techniques" (3rd ed. 1977), 2.14, 4.4, 5.4–5.6, 5A.9. */
#ifndef JISHI_BASE_STATISTICS_H
#define JISHI_BASE_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/uuid.h"

/* ---- durations (Kaplan–Meier) ---- */

/* One that took `days`; or one that was not over after `days` and of which no more is known (-1:
 * nothing is known). */
typedef struct lifetime {
  int32_t days;
  bool over;
} lifetime;
void lifetimes_sort(lifetime *all, size_t count);
/* Of sorted ones. The least number of days within which at least half are over. False: not reached.
 */
bool lifetimes_median(const lifetime *all, size_t count, int32_t *ret_days);
/* The share that is over within so many days. False: cannot be told, as none was seen that long and
 * not all were over before. */
bool lifetimes_within(const lifetime *all, size_t count, int32_t days, double *ret_share);

/* ---- samples ---- */

enum { SAMPLE_LEAST = 2 }; /* asked in a stratum, so that it tells its own variance */

/* How many must be asked of so many, that the interval is about rate ± precision; `expected`: the
 * rate that is expected, 0.5 when nothing is known. Cochran 4.4, with the finite population
 * correction, rounded up. 0 of none. */
int64_t sample_size(int64_t population, double precision, double confidence, double expected);
/* So many among strata, in proportion to their sizes, by largest remainders; then at least
 * SAMPLE_LEAST of each (all of a smaller one), so that the sum may be a little more. */
void sample_allocate(const int64_t *population, size_t count, int64_t size, int64_t *ret_sizes);

/* A part of the whole that was drawn from by itself; a simple sample is one stratum. `asked` are
 * those of whom the answer is known. */
typedef struct stratum {
  int64_t population, asked, yes;
} stratum;
typedef struct estimate {
  double rate, low, high;
} estimate;
/* The rate of the whole: the strata's, weighted by their populations; and an interval that holds it
 * with this confidence (Wilson, J. Am. Stat. Assoc. 22 (1927), with the effective sample size of
 * E. Korn, B. Graubard, Survey Methodology 24 (1998): asked, corrected for the finite population
 * and for the design). Strata of which fewer than SAMPLE_LEAST were asked are put together with
 * their neighbour. `room` is for `count` strata. False: nobody was asked. */
bool sample_estimate(const stratum *strata, size_t count, double confidence, stratum *room,
                     estimate *ret);

/* The ticket of one who may be drawn: SHA-256 of the seed, a line feed and the id (36 lower-case
 * characters), all UTF-8. Of each stratum those with the lowest tickets are drawn: whoever has the
 * seed and the list can draw again, and the order of the list does not matter. */
hash sample_ticket(text seed, const uuid *id);

#endif
