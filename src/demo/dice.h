/* dice.h — chance that can be thrown again: xoshiro256** (Blackman, Vigna, 2018), seeded by
 * splitmix64. Integers only, so that every machine throws the same. */
#ifndef JISHI_DEMO_DICE_H
#define JISHI_DEMO_DICE_H

#include <stddef.h>
#include <stdint.h>

typedef struct dice {
  uint64_t s[4];
} dice;

/* The dice of one thing: the same numbers, the same throws. */
dice dice_of(uint64_t seed, uint64_t a, uint64_t b, uint64_t c);
int64_t dice_below(dice *d, int64_t n);                /* 0 … n-1; 0 for n ≤ 1 */
int64_t dice_between(dice *d, int64_t lo, int64_t hi); /* both included; lo when hi < lo */
void dice_bytes(dice *d, uint8_t *ret, size_t count);

#endif
