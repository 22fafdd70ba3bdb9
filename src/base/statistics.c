#include "base/statistics.h"

#include <math.h>
#include <stdlib.h>

/* ---- durations ---- */

static int by_days(const void *a, const void *b) {
  const lifetime *x = a, *y = b;
  return (x->days > y->days) - (x->days < y->days);
}

void lifetimes_sort(lifetime *all, size_t count) {
  if (count) qsort(all, count, sizeof *all, by_days);
}

/* The share still not over after each day on which some were; steps until `to` says stop. */
typedef struct survival {
  const lifetime *all;
  size_t count, at;
  double left; /* share not over after `days` */
  int32_t days;
} survival;

/* On to the next day on which some were over. False: there is none. */
static bool survival_next(survival *s) {
  while (s->at < s->count) {
    const size_t first = s->at;
    size_t over = 0;
    for (; s->at < s->count && s->all[s->at].days == s->all[first].days; s->at++)
      over += s->all[s->at].over;
    if (!over) continue;
    s->days = s->all[first].days;
    s->left *= 1 - (double)over / (double)(s->count - first);
    return true;
  }
  return false;
}

static const double TINY = 1e-9; /* what products of fractions may be off */

bool lifetimes_median(const lifetime *all, size_t count, int32_t *ret_days) {
  survival s = {.all = all, .count = count, .left = 1};
  while (survival_next(&s)) {
    if (s.left > 0.5 + TINY) continue;
    *ret_days = s.days;
    return true;
  }
  return false;
}

bool lifetimes_within(const lifetime *all, size_t count, int32_t days, double *ret_share) {
  survival s = {.all = all, .count = count, .left = 1};
  double left = 1;
  while (survival_next(&s) && s.days <= days) left = s.left;
  if (count == 0 || (all[count - 1].days < days && left > TINY)) return false;
  *ret_share = 1 - left;
  return true;
}
