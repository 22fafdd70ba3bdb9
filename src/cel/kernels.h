/* kernels.h — loops over one batch, compiled for several processors; kernels_best picks at start.
 *
 * Every array has BATCH items and is aligned to COLUMN_ALIGN. Arithmetic wraps unless it says
 * "checked"; the caller knows from bounds that it cannot. */
#ifndef JISHI_CEL_KERNELS_H
#define JISHI_CEL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef struct kernels {
  const char *name;
  /* bit i: a[i] < b[i] (unsigned for bytes) */
  void (*less8)(uint64_t *out, const uint8_t *a, const uint8_t *b);
  void (*less32)(uint64_t *out, const int32_t *a, const int32_t *b);
  void (*less64)(uint64_t *out, const int64_t *a, const int64_t *b);
  void (*equal8)(uint64_t *out, const uint8_t *a, const uint8_t *b);
  void (*equal32)(uint64_t *out, const int32_t *a, const int32_t *b);
  void (*equal64)(uint64_t *out, const int64_t *a, const int64_t *b);
  /* against one number: a[i] < c, c < a[i], a[i] == c */
  void (*below32)(uint64_t *out, const int32_t *a, int32_t c);
  void (*below64)(uint64_t *out, const int64_t *a, int64_t c);
  void (*above32)(uint64_t *out, const int32_t *a, int32_t c);
  void (*above64)(uint64_t *out, const int64_t *a, int64_t c);
  void (*is8)(uint64_t *out, const uint8_t *a, uint8_t c);
  void (*is32)(uint64_t *out, const int32_t *a, int32_t c);
  void (*is64)(uint64_t *out, const int64_t *a, int64_t c);
  void (*any_bit64)(uint64_t *out, const int64_t *a, uint64_t mask);         /* (a & mask) != 0 */
  void (*truth8)(uint64_t *out, const uint8_t *a, const uint8_t table[256]); /* table: 0 or 1 */
  void (*lookup8)(int64_t *out, const uint8_t *a, const int64_t table[256]);

  void (*add32)(int32_t *out, const int32_t *a, const int32_t *b);
  void (*sub32)(int32_t *out, const int32_t *a, const int32_t *b);
  void (*mul32)(int32_t *out, const int32_t *a, const int32_t *b);
  void (*add64)(int64_t *out, const int64_t *a, const int64_t *b);
  void (*sub64)(int64_t *out, const int64_t *a, const int64_t *b);
  void (*mul64)(int64_t *out, const int64_t *a, const int64_t *b);
  void (*widen)(int64_t *out, const int32_t *a);
  /* Rounded half away from zero (money) or towards zero; b == 0 gives anything. 32: all; 53: |a| <
   * 2^51, |b| < 2^31 */
  void (*divide32)(int32_t *out, const int32_t *a, const int32_t *b);
  void (*divide53)(int64_t *out, const int64_t *a, const int64_t *b);
  void (*quotient53)(int64_t *out, const int64_t *a, const int64_t *b);
  void (*remainder53)(int64_t *out, const int64_t *a, const int64_t *b);
  void (*share)(int64_t *out, const int64_t *a, const int64_t *b); /* |a × b| < 2^62; b a rate */
  void (*min32)(int32_t *out, const int32_t *a, const int32_t *b);
  void (*max32)(int32_t *out, const int32_t *a, const int32_t *b);
  void (*min64)(int64_t *out, const int64_t *a, const int64_t *b);
  void (*max64)(int64_t *out, const int64_t *a, const int64_t *b);
  /* where the bit is set from a, else from b */
  void (*pick32)(int32_t *out, const uint64_t *bits, const int32_t *a, const int32_t *b);
  void (*pick64)(int64_t *out, const uint64_t *bits, const int64_t *a, const int64_t *b);
  /* days to calendar parts; days within 1..9999 */
  void (*year)(int32_t *out, const int32_t *a);
  void (*month)(int32_t *out, const int32_t *a);
  void (*month_day)(int32_t *out, const int32_t *a);
  void (*weekday)(int32_t *out, const int32_t *a);
  void (*months_between)(int32_t *out, const int32_t *from, const int32_t *to);
  void (*years_between)(int32_t *out, const int32_t *from, const int32_t *to);
  /* how many of the bits first … end - 1 are set */
  int64_t (*ones_between)(const uint64_t *bits, size_t first, size_t end);
} kernels;

extern const kernels kernels_plain;
#ifdef KERNELS_X86
extern const kernels kernels_v3, kernels_v4;
#endif
const kernels *kernels_best(void);

#endif
