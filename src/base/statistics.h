/* statistics.h — durations of which some are not over yet; and what a sample tells of the whole.
 *
 * Pure functions over numbers: no clock, no allocation, no knowledge of what is counted. Shares are
 * doubles between 0 and 1.
 *
 * Sources: E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete observations", JASA 53
 * (1958); W. G. Cochran, "Sampling Techniques" (3rd ed. 1977), 2.14, 4.4, 5.4–5.6, 5A.9. */
#ifndef JISHI_BASE_STATISTICS_H
#define JISHI_BASE_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
