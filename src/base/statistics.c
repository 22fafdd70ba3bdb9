#include "base/statistics.h"

#include <math.h>
#include <sodium.h>
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
static const double PRIOR = 2;   /* subjects of the overall rate that a stratum is lent */

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

/* ---- samples ---- */

/* z with P(−z < Z < z) = confidence, Z normal: by halving. */
static double normal_z(double confidence) {
  double low = 0, high = 40;
  for (int i = 0; i < 80; i++) {
    const double z = (low + high) / 2;
    if (erf(z / sqrt(2)) < confidence)
      low = z;
    else
      high = z;
  }
  return (low + high) / 2;
}

int64_t sample_size(int64_t population, double precision, double confidence, double expected) {
  const double z = normal_z(confidence), all = (double)population;
  if (population < 1) return 0;
  const double endless = z * z * expected * (1 - expected) / (precision * precision);
  const double n = ceil(endless * all / (all + endless - 1) - TINY);
  return n < 1 ? 1 : n > all ? population : (int64_t)n;
}

void sample_allocate(const int64_t *population, size_t count, int64_t size, int64_t *ret_sizes) {
  double all = 0;
  int64_t given = 0;
  for (size_t i = 0; i < count; i++) all += (double)population[i];
  if (all < (double)size) size = (int64_t)all;
  for (size_t i = 0; i < count; i++) {
    ret_sizes[i] = (int64_t)((double)size * (double)population[i] / all);
    given += ret_sizes[i];
  }
  /* what rounding left over goes where most was cut off; of equals, to the first */
  for (; given < size; given++) {
    size_t best = count;
    double most = -1;
    for (size_t i = 0; i < count; i++) {
      const double cut = (double)size * (double)population[i] / all - (double)ret_sizes[i];
      if (cut <= most + TINY || ret_sizes[i] == population[i]) continue;
      most = cut;
      best = i;
    }
    ret_sizes[best]++;
  }
  for (size_t i = 0; i < count; i++) {
    const int64_t least = population[i] < SAMPLE_LEAST ? population[i] : SAMPLE_LEAST;
    if (ret_sizes[i] < least) ret_sizes[i] = least;
  }
}

/* What is too small to tell its own variance goes to the next, the last to the one before. */
static size_t collapse(const stratum *all, size_t count, stratum *into) {
  size_t n = 0;
  stratum now = {0};
  for (size_t i = 0; i < count; i++) {
    now = (stratum){now.population + all[i].population, now.asked + all[i].asked,
                    now.yes + all[i].yes};
    if (now.asked < SAMPLE_LEAST) continue;
    into[n++] = now;
    now = (stratum){0};
  }
  if (now.population && n == 0)
    into[n++] = now;
  else if (now.population)
    into[n - 1] = (stratum){into[n - 1].population + now.population, into[n - 1].asked + now.asked,
                            into[n - 1].yes + now.yes};
  return n;
}

/* The variance by strata over that of a simple sample of the same size. Each stratum's rate is
 * drawn a little towards the whole's, so that one in which all agree still has a variance. */
static double design_effect(const stratum *all, size_t count, double rate, double population,
                            double asked) {
  double sum = 0;
  for (size_t i = 0; i < count; i++) {
    const double n = (double)all[i].asked, size = (double)all[i].population;
    const double p = ((double)all[i].yes + PRIOR * rate) / (n + PRIOR), share = size / population;
    sum += share * share * (1 - n / size) * p * (1 - p) / (n - 1);
  }
  return sum / ((1 - asked / population) * rate * (1 - rate) / (asked - 1));
}

bool sample_estimate(const stratum *given, size_t count, double confidence, stratum *room,
                     estimate *ret) {
  const size_t strata = collapse(given, count, room);
  double population = 0, asked = 0, rate = 0;
  for (size_t i = 0; i < strata; i++) {
    population += (double)room[i].population;
    asked += (double)room[i].asked;
  }
  if (asked < 1) return false;
  for (size_t i = 0; i < strata; i++)
    rate += (double)room[i].population / population * (double)room[i].yes / (double)room[i].asked;
  if (asked >= population) {
    *ret = (estimate){rate, rate, rate};
    return true;
  }
  /* as many as would tell as much if drawn from an endless whole */
  double worth = asked * (population - 1) / (population - asked);
  if (strata > 1 && rate > TINY && rate < 1 - TINY)
    worth /= design_effect(room, strata, rate, population, asked);
  const double z = normal_z(confidence), zz = z * z / worth;
  const double middle = (rate + zz / 2) / (1 + zz);
  const double half = z / (1 + zz) * sqrt(rate * (1 - rate) / worth + zz / (4 * worth));
  *ret = (estimate){rate, fmax(0, middle - half), fmin(1, middle + half)};
  return true;
}

hash sample_ticket(text seed, const uuid *id) {
  hash h;
  char own[37];
  crypto_hash_sha256_state state;
  uuid_format(id, own);
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, (const unsigned char *)seed.at, seed.bytes);
  crypto_hash_sha256_update(&state, (const unsigned char *)"\n", 1);
  crypto_hash_sha256_update(&state, (const unsigned char *)own, 36);
  crypto_hash_sha256_final(&state, h.b);
  return h;
}
