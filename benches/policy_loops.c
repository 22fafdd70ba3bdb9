/* The rules by hand: what a patient programmer would write for these columns and no others. And the
 * least that any of them can do: reading the columns' bytes once. */
#include "policy.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define BEST __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BEST
#endif
#define INLINE static inline __attribute__((always_inline))

double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- 64 rows ---- */

typedef struct word {
  uint64_t matched, unknown;
} word;

INLINE uint64_t bits_of(const uint8_t yes[64]) {
  uint64_t out = 0;
  for (int k = 0; k < 8; k++) {
    uint64_t eight;
    memcpy(&eight, yes + 8 * k, 8);
    out |= (eight * UINT64_C(0x0102040810204080) >> 56) << 8 * k;
  }
  return out;
}
INLINE uint64_t known_of(const held *h, size_t w) {
  return h->known ? h->known[w] : ~UINT64_C(0);
}
INLINE word above(const held *h, size_t w, int64_t most) {
  const int32_t *x = (const int32_t *)h->data + w * 64;
  uint8_t yes[64];
  for (int i = 0; i < 64; i++) yes[i] = x[i] > most;
  const uint64_t known = known_of(h, w);
  return (word){bits_of(yes) & known, ~known};
}
INLINE word code_is(const held *h, size_t w, uint8_t least, uint8_t most) {
  const uint8_t *x = (const uint8_t *)h->data + w * 64;
  uint8_t yes[64];
  for (int i = 0; i < 64; i++) yes[i] = (uint8_t)(x[i] - least) <= most - least;
  const uint64_t known = known_of(h, w);
  return (word){bits_of(yes) & known, ~known};
}
/* What is not known counts as another code. */
INLINE word code_or_not(const held *h, size_t w, uint8_t code) {
  return (word){code_is(h, w, code, code).matched, 0};
}
INLINE word bit_is(const held *h, size_t w, bool yes) {
  const uint64_t bits = ((const uint64_t *)h->data)[w], known = known_of(h, w);
  return (word){(yes ? bits : ~bits) & known, ~known};
}
INLINE word both(word a, word b) {
  const uint64_t no = ~(a.matched | a.unknown) | ~(b.matched | b.unknown);
  const uint64_t matched = a.matched & b.matched;
  return (word){matched, ~matched & ~no};
}
INLINE const int32_t *numbers(const county_data *d, column_id c, size_t w) {
  return (const int32_t *)d->c[c].data + w * 64;
}

/* ---- one word of all rules about households ---- */

typedef struct job {
  const subject_matter *m;
  const county_data *d;
  amounts by;
  size_t from, to; /* villages */
  count *out;
} job;
typedef struct scratch {
  word found[RULES];
  int64_t net[64], reference[64];
} scratch;

INLINE uint64_t known_net(const county_data *d, size_t w) {
  return known_of(&d->c[C_WAGE], w) & known_of(&d->c[C_BUSINESS], w) &
         known_of(&d->c[C_PROPERTY], w) & known_of(&d->c[C_TRANSFER], w) &
         known_of(&d->c[C_SPENDING], w);
}

/* reference / size, rounded, < line: without a division, for a line above zero. */
INLINE uint64_t below(const scratch *s, const int32_t *size, int64_t line) {
  uint8_t yes[64];
  for (int i = 0; i < 64; i++) yes[i] = 2 * s->reference[i] + size[i] < 2 * line * size[i];
  return bits_of(yes);
}

INLINE void incomes(const job *j, scratch *s, size_t w) {
  const county_data *d = j->d;
  const int32_t *wage = numbers(d, C_WAGE, w), *business = numbers(d, C_BUSINESS, w),
                *property = numbers(d, C_PROPERTY, w), *transfer = numbers(d, C_TRANSFER, w),
                *spending = numbers(d, C_SPENDING, w), *claims = numbers(d, C_CLAIMS, w),
                *self_paid = numbers(d, C_SELF_PAID, w), *size = numbers(d, C_SIZE, w);
  for (int i = 0; i < 64; i++) {
    s->net[i] = (int64_t)wage[i] + business[i] + property[i] + transfer[i] - spending[i];
    s->reference[i] = s->net[i] + claims[i] - self_paid[i];
  }
  const uint64_t known = known_net(d, w) & known_of(&d->c[C_CLAIMS], w) &
                         known_of(&d->c[C_SELF_PAID], w) & known_of(&d->c[C_SIZE], w);
  const uint64_t under = below(s, size, j->by.line);
  s->found[R_BELOW] = (word){under & known, ~known};
  if (j->m->has[R_NEAR])
    s->found[R_NEAR] = (word){~under & below(s, size, j->by.near) & known, ~known};
}

INLINE void allowance(const job *j, scratch *s, size_t w) {
  const county_data *d = j->d;
  const uint64_t *yes = d->c[C_ALLOWANCE].data, *known = d->c[C_ALLOWANCE].known;
  const int32_t *size = numbers(d, C_SIZE, w);
  uint64_t has = 0, open = 0;
  uint8_t due[64];
  for (size_t i = 0; i < 64 && w * 64 + i < d->households; i++) {
    const uint32_t first = d->first[w * 64 + i], end = d->first[w * 64 + i + 1];
    const uint32_t n = end - first;
    uint64_t mine = yes[first / 64] >> first % 64, told = known[first / 64] >> first % 64;
    if (first % 64 + n > 64) {
      mine |= yes[first / 64 + 1] << (64 - first % 64);
      told |= known[first / 64 + 1] << (64 - first % 64);
    }
    const uint64_t all = (UINT64_C(1) << n) - 1;
    has |= (uint64_t)((mine & told & all) != 0) << i;
    open |= (uint64_t)((~told & all) != 0) << i;
  }
  open &= ~has;
  /* (n + 6) / 12 < standard × size, without a division, for a standard above zero */
  for (int i = 0; i < 64; i++) due[i] = s->net[i] + 6 < 12 * j->by.standard * size[i];
  const uint64_t computed = known_net(d, w) & known_of(&d->c[C_SIZE], w);
  const uint64_t matched = bits_of(due) & computed & ~has & ~open;
  s->found[R_ALLOWANCE] = (word){matched, ~has & (open | ~computed)};
}

INLINE void houses(const job *j, scratch *s, size_t w) {
  const county_data *d = j->d;
  const uint64_t graded = known_of(&d->c[C_GRADE], w);
  const word grade = code_is(&d->c[C_GRADE], w, 2, 3), unsafe = bit_is(&d->c[C_UNSAFE], w, true);
  s->found[R_UNSAFE_HOUSE] =
      (word){(grade.matched & graded) | (~graded & unsafe.matched), ~graded & unsafe.unknown};
  if (!j->m->has[R_NOT_OWN]) return;
  const word house = {(grade.matched & graded) | (~graded & unsafe.matched), 0};
  s->found[R_NOT_OWN] = both(house, code_is(&d->c[C_TENURE], w, 1, 2));
}

INLINE void households_word(const job *j, scratch *s, size_t w) {
  const bool *has = j->m->has;
  const held *c = j->d->c;
  static const struct {
    rule_id rule;
    column_id column;
    int most;
  } counts[] = {{R_HARDSHIP, C_HARDSHIPS, 0},       {R_WARNING, C_WARNINGS, 0},
                {R_OVER_CAP, C_OVER_CAP, 0},        {R_THIRD_PARTY, C_THIRD_PARTY, 0},
                {R_LOANS, C_LOANS_LIVE, 1},         {R_LOAN_LARGE, C_LOANS_OVER, 0},
                {R_LOAN_ENDING, C_LOANS_ENDING, 0}, {R_REPAIRED, C_REPAIRS, 1}};
  if (has[R_ILLNESS]) s->found[R_ILLNESS] = above(&c[C_SELF_PAID_12M], w, j->by.alert);
  if (has[R_BELOW]) incomes(j, s, w);
  if (has[R_ALLOWANCE]) allowance(j, s, w);
  if (has[R_UNSAFE_HOUSE]) houses(j, s, w);
  if (has[R_WATER]) s->found[R_WATER] = bit_is(&c[C_WATER], w, false);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    if (has[counts[i].rule])
      s->found[counts[i].rule] = above(&c[counts[i].column], w, counts[i].most);
}

INLINE void persons_word(const job *j, scratch *s, size_t w) {
  const bool *has = j->m->has;
  const held *c = j->d->c;
  if (has[R_LOST_JOB]) s->found[R_LOST_JOB] = code_or_not(&c[C_EMPLOYMENT], w, 1);
  if (has[R_DROPPED_OUT]) s->found[R_DROPPED_OUT] = code_or_not(&c[C_SCHOOL], w, 25);
  if (has[R_INSURANCE])
    s->found[R_INSURANCE] = both(bit_is(&c[C_MEDICAL], w, false), bit_is(&c[C_WORKER], w, false));
  if (has[R_PREMIUM]) s->found[R_PREMIUM] = above(&c[C_PREMIUMS], w, 1);
  if (has[R_GRANT]) s->found[R_GRANT] = above(&c[C_GRANTS], w, j->by.terms);
}

/* ---- by village ---- */

INLINE void add_costs(const job *j, const scratch *s, size_t w, uint64_t rows, rule_id r,
                      count *to) {
  const int32_t *size = numbers(j->d, C_SIZE, w);
  for (uint64_t rest = s->found[r].matched & rows; rest; rest &= rest - 1) {
    const int i = __builtin_ctzll(rest);
    const int64_t n = s->net[i], month = n < 0 ? -((6 - n) / 12) : (n + 6) / 12;
    const int64_t gap =
        r == R_BELOW ? j->by.line * size[i] - s->reference[i] : j->by.standard * size[i] - month;
    to->money += gap > 0 ? gap : 0;
  }
}

INLINE void villages_of(const job *j, bool person) {
  scratch s;
  const county_data *d = j->d;
  size_t done = SIZE_MAX;
  for (size_t v = j->from; v < j->to; v++) {
    size_t first = v * PER_VILLAGE, end = first + PER_VILLAGE;
    if (end > d->households) end = d->households;
    if (person) {
      first = persons_before(d, v);
      end = persons_before(d, v + 1);
    }
    for (size_t w = first / 64; w * 64 < end; w++) {
      uint64_t rows = ~UINT64_C(0);
      if (w * 64 < first) rows &= ~UINT64_C(0) << (first - w * 64);
      if (w * 64 + 64 > end) rows &= ~UINT64_C(0) >> (w * 64 + 64 - end);
      if (w != done) person ? persons_word(j, &s, w) : households_word(j, &s, w);
      done = w;
      for (size_t r = person ? R_LOST_JOB : 0; r < (person ? RULES : R_LOST_JOB); r++) {
        if (!j->m->has[r]) continue;
        count *to = count_at(j->out, d->villages, r, v);
        to->matched += __builtin_popcountll(s.found[r].matched & rows);
        to->unknown += __builtin_popcountll(s.found[r].unknown & rows);
        if (j->m->costs[r]) add_costs(j, &s, w, rows, (rule_id)r, to);
      }
    }
  }
}

BEST static void run_job(const job *j) {
  villages_of(j, false);
  villages_of(j, true);
}

static void *job_thread(void *j) {
  run_job(j);
  return NULL;
}

double run_loops(const subject_matter *m, const county_data *d, const amounts *by, int threads,
                 count *out) {
  job jobs[THREADS_MAX];
  pthread_t started[THREADS_MAX];
  if (threads > THREADS_MAX) threads = THREADS_MAX;
  const double begun = seconds_now();
  int n = 1;
  for (int k = 0; k < threads; k++)
    jobs[k] = (job){m,
                    d,
                    *by,
                    d->villages * (size_t)k / (size_t)threads,
                    d->villages * (size_t)(k + 1) / (size_t)threads,
                    out};
  for (; n < threads; n++)
    if (pthread_create(&started[n], NULL, job_thread, &jobs[n])) return -1;
  run_job(&jobs[0]);
  while (--n > 0) pthread_join(started[n], NULL);
  return seconds_now() - begun;
}

/* ---- the stream ---- */

typedef struct reading {
  const county_data *d;
  int part, parts;
  uint64_t sum;
  size_t bytes;
} reading;

BEST static uint64_t sum_words(const uint64_t *at, size_t count) {
  uint64_t a = 0, b = 0, c = 0, d = 0;
  size_t i = 0;
  for (; i + 32 <= count; i += 32)
    for (size_t k = 0; k < 8; k++) {
      a += at[i + k];
      b += at[i + 8 + k];
      c += at[i + 16 + k];
      d += at[i + 24 + k];
    }
  for (; i < count; i++) a += at[i];
  return a + b + c + d;
}

static void read_array(reading *r, const void *at, size_t bytes) {
  const size_t words = bytes / 8, from = words * (size_t)r->part / (size_t)r->parts,
               to = words * (size_t)(r->part + 1) / (size_t)r->parts;
  if (!at) return;
  r->sum += sum_words((const uint64_t *)at + from, to - from);
  r->bytes += (to - from) * 8;
}

static void *read_all(void *context) {
  reading *r = context;
  for (size_t c = 0; c < COLUMNS; c++) {
    const held *h = &r->d->c[c];
    const size_t rows = specs[c].person ? r->d->persons : r->d->households;
    const size_t of[] = {rows * 4, rows, rows / 8, rows * 4};
    read_array(r, h->data, of[specs[c].shape]);
    read_array(r, h->known, rows / 8);
  }
  if (r->d->c[C_ALLOWANCE].data) read_array(r, r->d->first, r->d->households * 4);
  return NULL;
}

static volatile uint64_t kept; /* so that the reading is not thrown away */

double run_stream(const county_data *d, int threads, size_t *bytes) {
  reading parts[THREADS_MAX];
  pthread_t started[THREADS_MAX];
  if (threads > THREADS_MAX) threads = THREADS_MAX;
  const double begun = seconds_now();
  int n = 1;
  for (int k = 0; k < threads; k++) parts[k] = (reading){d, k, threads, 0, 0};
  for (; n < threads; n++)
    if (pthread_create(&started[n], NULL, read_all, &parts[n])) return -1;
  read_all(&parts[0]);
  while (--n > 0) pthread_join(started[n], NULL);
  *bytes = 0;
  for (int k = 0; k < threads; k++) {
    kept += parts[k].sum;
    *bytes += parts[k].bytes;
  }
  return seconds_now() - begun;
}
