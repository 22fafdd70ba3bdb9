/* The loops. Compiled once a processor level (meson.build): KERNELS is the table's name. */
#include "cel/kernels.h"

#include "base/money.h"
#include "cel/columns.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#ifndef KERNELS
#define KERNELS kernels_plain
#define KERNELS_NAME "plain"
#endif

enum { RATE_HALF = RATE_ONE / 2 };
#define ALIGNED(p) __builtin_assume_aligned((p), COLUMN_ALIGN)
#define EACH for (size_t i = 0; i < BATCH; i++)

/* ---- 64 bytes of 0 or 1 to 64 bits ---- */

static inline uint64_t pack(const uint8_t *truth) {
#if defined(__AVX512BW__)
  __m512i v = _mm512_loadu_si512((const void *)truth);
  return _mm512_test_epi8_mask(v, v);
#elif defined(__SSE2__)
  uint64_t bits = 0;
  for (int i = 0; i < 4; i++) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(truth + 16 * i));
    unsigned part = (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(v, _mm_setzero_si128()));
    bits |= (uint64_t)part << (16 * i);
  }
  return bits;
#else
  uint64_t bits = 0;
  for (int i = 0; i < 64; i++) bits |= (uint64_t)truth[i] << i;
  return bits;
#endif
}

#define TO_BITS(TYPE, TEST)                                                                        \
  for (size_t w = 0; w < BATCH_WORDS; w++) {                                                       \
    uint8_t truth[64];                                                                             \
    for (size_t i = 0; i < 64; i++) truth[i] = (uint8_t)(TEST);                                    \
    out[w] = pack(truth);                                                                          \
  }

/* ---- comparisons; with AVX-512 they are masks already ---- */

#if defined(__AVX512BW__)
#define LOAD(p) _mm512_load_si512((const void *)(p))
#define MASKS(STEP, COMPARE, A, B)                                                                 \
  for (size_t w = 0; w < BATCH_WORDS; w++) {                                                       \
    uint64_t bits = 0;                                                                             \
    for (size_t k = 0; k < 64; k += STEP) {                                                        \
      const size_t at = w * 64 + k;                                                                \
      bits |= (uint64_t)COMPARE(A, B) << k;                                                        \
    }                                                                                              \
    out[w] = bits;                                                                                 \
  }
static inline __m512i set_bytes(uint8_t c) {
  return _mm512_set1_epi8((char)c);
}
#define COMPARISON(NAME, TYPE, STEP, VECTOR, PLAIN)                                                \
  static void NAME(uint64_t *out, const TYPE *a, const TYPE *b) {                                  \
    MASKS(STEP, VECTOR, LOAD(a + at), LOAD(b + at))                                                \
  }
#define AGAINST(NAME, TYPE, STEP, VECTOR, SET, PLAIN)                                              \
  static void NAME(uint64_t *out, const TYPE *a, TYPE c) {                                         \
    const __m512i all = SET(c);                                                                    \
    MASKS(STEP, VECTOR, LOAD(a + at), all)                                                         \
  }
#else
#define COMPARISON(NAME, TYPE, STEP, VECTOR, PLAIN)                                                \
  static void NAME(uint64_t *out, const TYPE *a, const TYPE *b) {                                  \
    a = ALIGNED(a);                                                                                \
    b = ALIGNED(b);                                                                                \
    TO_BITS(TYPE, a[w * 64 + i] PLAIN b[w * 64 + i])                                               \
  }
#define AGAINST(NAME, TYPE, STEP, VECTOR, SET, PLAIN)                                              \
  static void NAME(uint64_t *out, const TYPE *a, TYPE c) {                                         \
    a = ALIGNED(a);                                                                                \
    TO_BITS(TYPE, a[w * 64 + i] PLAIN c)                                                           \
  }
#endif

COMPARISON(less8, uint8_t, 64, _mm512_cmplt_epu8_mask, <)
COMPARISON(less32, int32_t, 16, _mm512_cmplt_epi32_mask, <)
COMPARISON(less64, int64_t, 8, _mm512_cmplt_epi64_mask, <)
COMPARISON(equal8, uint8_t, 64, _mm512_cmpeq_epu8_mask, ==)
COMPARISON(equal32, int32_t, 16, _mm512_cmpeq_epi32_mask, ==)
COMPARISON(equal64, int64_t, 8, _mm512_cmpeq_epi64_mask, ==)
AGAINST(below32, int32_t, 16, _mm512_cmplt_epi32_mask, _mm512_set1_epi32, <)
AGAINST(below64, int64_t, 8, _mm512_cmplt_epi64_mask, _mm512_set1_epi64, <)
AGAINST(above32, int32_t, 16, _mm512_cmpgt_epi32_mask, _mm512_set1_epi32, >)
AGAINST(above64, int64_t, 8, _mm512_cmpgt_epi64_mask, _mm512_set1_epi64, >)
AGAINST(is8, uint8_t, 64, _mm512_cmpeq_epu8_mask, set_bytes, ==)
AGAINST(is32, int32_t, 16, _mm512_cmpeq_epi32_mask, _mm512_set1_epi32, ==)
AGAINST(is64, int64_t, 8, _mm512_cmpeq_epi64_mask, _mm512_set1_epi64, ==)

static void any_bit64(uint64_t *out, const int64_t *a, uint64_t mask) {
  TO_BITS(int64_t, ((uint64_t)a[w * 64 + i] & mask) != 0)
}

static void truth8(uint64_t *out, const uint8_t *a, const uint8_t table[256]) {
  TO_BITS(uint8_t, table[a[w * 64 + i]])
}

static void lookup8(int64_t *out, const uint8_t *a, const int64_t table[256]) {
  EACH out[i] = table[a[i]];
}

/* ---- arithmetic: on unsigned numbers, so that what is not known may wrap ---- */

#define BINARY(NAME, TYPE, UTYPE, RESULT)                                                          \
  static void NAME(TYPE *out, const TYPE *a, const TYPE *b) {                                      \
    out = ALIGNED(out);                                                                            \
    a = ALIGNED(a);                                                                                \
    b = ALIGNED(b);                                                                                \
    EACH {                                                                                         \
      const UTYPE x = (UTYPE)a[i], y = (UTYPE)b[i];                                                \
      out[i] = (TYPE)(RESULT);                                                                     \
    }                                                                                              \
  }
BINARY(add32, int32_t, uint32_t, x + y)
BINARY(sub32, int32_t, uint32_t, x - y)
BINARY(mul32, int32_t, uint32_t, x *y)
BINARY(add64, int64_t, uint64_t, x + y)
BINARY(sub64, int64_t, uint64_t, x - y)
BINARY(mul64, int64_t, uint64_t, x *y)
BINARY(min32, int32_t, int32_t, x < y ? x : y)
BINARY(max32, int32_t, int32_t, x > y ? x : y)
BINARY(min64, int64_t, int64_t, x < y ? x : y)
BINARY(max64, int64_t, int64_t, x > y ? x : y)

static void widen(int64_t *out, const int32_t *a) {
  out = ALIGNED(out);
  a = ALIGNED(a);
  EACH out[i] = a[i];
}

/* The quotient of two numbers that fit a double: a fraction is at least 1 / |b| away from the next
 * whole number, more than the division's rounding, so that cutting it off is exact; and so is what
 * is left, being smaller than b. */
static inline double half_up(double x, double y) {
  const double whole = __builtin_trunc(x / y), rest = __builtin_fabs(x - whole * y);
  return whole + __builtin_copysign(2 * rest >= __builtin_fabs(y) ? 1.0 : 0.0, x * y);
}

static void divide32(int32_t *out, const int32_t *a, const int32_t *b) {
  out = ALIGNED(out);
  a = ALIGNED(a);
  b = ALIGNED(b);
  EACH out[i] = (int32_t)half_up(a[i], b[i] + (b[i] == 0));
}

static void divide53(int64_t *out, const int64_t *a, const int64_t *b) {
  out = ALIGNED(out);
  a = ALIGNED(a);
  b = ALIGNED(b);
  EACH out[i] = (int64_t)half_up((double)a[i], (double)(b[i] + (b[i] == 0)));
}

static void quotient53(int64_t *out, const int64_t *a, const int64_t *b) {
  EACH out[i] = (int64_t)((double)a[i] / (double)(b[i] + (b[i] == 0)));
}

static void remainder53(int64_t *out, const int64_t *a, const int64_t *b) {
  EACH {
    const int64_t y = b[i] == 0 ? 1 : b[i];
    out[i] = a[i] - (int64_t)((double)a[i] / (double)y) * y;
  }
}

static void share(int64_t *out, const int64_t *a, const int64_t *b) {
  EACH {
    const int64_t x = (int64_t)((uint64_t)a[i] * (uint64_t)b[i]);
    out[i] = (x + (x < 0 ? -RATE_HALF : RATE_HALF)) / (2 * RATE_HALF);
  }
}

static void pick32(int32_t *out, const uint64_t *bits, const int32_t *a, const int32_t *b) {
  for (size_t w = 0; w < BATCH_WORDS; w++) {
    const uint64_t word = bits[w];
    for (size_t i = 0; i < 64; i++) {
      const int32_t all = -(int32_t)(word >> i & 1);
      out[w * 64 + i] = (a[w * 64 + i] & all) | (b[w * 64 + i] & ~all);
    }
  }
}

static void pick64(int64_t *out, const uint64_t *bits, const int64_t *a, const int64_t *b) {
  for (size_t w = 0; w < BATCH_WORDS; w++) {
    const uint64_t word = bits[w];
    for (size_t i = 0; i < 64; i++) {
      const int64_t all = -(int64_t)(word >> i & 1);
      out[w * 64 + i] = (a[w * 64 + i] & all) | (b[w * 64 + i] & ~all);
    }
  }
}

/* ---- days: the proleptic Gregorian calendar counted in 400 years that begin in March ---- */

typedef struct parts {
  int32_t year, month, mday;
} parts;

static inline parts parts_of(int32_t d) {
  const int32_t since = d + 719468; /* 1 March of year 0; never negative within 1..9999 */
  const int32_t era = since / 146097, of_era = since % 146097;
  const int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int32_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const int32_t m = (5 * of_year + 2) / 153;
  const int32_t month = m < 10 ? m + 3 : m - 9;
  return (parts){year + era * 400 + (month <= 2), month, of_year - (153 * m + 2) / 5 + 1};
}

static inline int32_t month_length(int32_t year, int32_t month) {
  const int32_t leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0));
  return month == 2 ? 28 + leap : 30 + ((month + (month >> 3)) & 1);
}

/* The data of an unknown row may be no valid day: 1970-01-01 stands in for it. */
static inline int32_t some_day(int32_t d) {
  return d < DAY_MIN || d > DAY_MAX ? 0 : d;
}

#define DAY_PART(NAME, RESULT)                                                                     \
  static void NAME(int32_t *out, const int32_t *a) {                                               \
    EACH {                                                                                         \
      const parts p = parts_of(some_day(a[i]));                                                    \
      out[i] = RESULT;                                                                             \
    }                                                                                              \
  }
DAY_PART(year, p.year)
DAY_PART(month, p.month)
DAY_PART(month_day, p.mday)

static void weekday(int32_t *out, const int32_t *a) {
  EACH out[i] = (some_day(a[i]) - DAY_MIN) % 7 + 1; /* 0001-01-01 was a Monday */
}

static inline int32_t months(int32_t from, int32_t to) {
  const parts a = parts_of(some_day(from)), b = parts_of(some_day(to));
  const int32_t last = month_length(b.year, b.month), reached = a.mday < last ? a.mday : last;
  return (b.year - a.year) * 12 + b.month - a.month - (reached > b.mday);
}

static void months_between(int32_t *out, const int32_t *from, const int32_t *to) {
  EACH out[i] = months(from[i], to[i]);
}

static void years_between(int32_t *out, const int32_t *from, const int32_t *to) {
  EACH {
    const int32_t n = months(from[i], to[i]);
    out[i] = (n + 120000) / 12 - 10000; /* rounded down */
  }
}

static int64_t ones_between(const uint64_t *bits, size_t first, size_t end) {
  if (first >= end) return 0;
  const size_t from = first / 64, to = (end - 1) / 64;
  const uint64_t head = ~UINT64_C(0) << first % 64, tail = ~UINT64_C(0) >> (63 - (end - 1) % 64);
  if (from == to) return __builtin_popcountll(bits[from] & head & tail);
  int64_t n = __builtin_popcountll(bits[from] & head) + __builtin_popcountll(bits[to] & tail);
  for (size_t w = from + 1; w < to; w++) n += __builtin_popcountll(bits[w]);
  return n;
}

#define FIELD(NAME) .NAME = NAME
const kernels KERNELS = {.name = KERNELS_NAME,
                         FIELD(less8),
                         FIELD(less32),
                         FIELD(less64),
                         FIELD(equal8),
                         FIELD(equal32),
                         FIELD(equal64),
                         FIELD(below32),
                         FIELD(below64),
                         FIELD(above32),
                         FIELD(above64),
                         FIELD(is8),
                         FIELD(is32),
                         FIELD(is64),
                         FIELD(any_bit64),
                         FIELD(truth8),
                         FIELD(lookup8),
                         FIELD(add32),
                         FIELD(sub32),
                         FIELD(mul32),
                         FIELD(add64),
                         FIELD(sub64),
                         FIELD(mul64),
                         FIELD(widen),
                         FIELD(divide32),
                         FIELD(divide53),
                         FIELD(quotient53),
                         FIELD(remainder53),
                         FIELD(share),
                         FIELD(min32),
                         FIELD(max32),
                         FIELD(min64),
                         FIELD(max64),
                         FIELD(pick32),
                         FIELD(pick64),
                         FIELD(year),
                         FIELD(month),
                         FIELD(month_day),
                         FIELD(weekday),
                         FIELD(months_between),
                         FIELD(years_between),
                         FIELD(ones_between)};
