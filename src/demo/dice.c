/* The throws. */
#include "demo/dice.h"

static uint64_t splitmix(uint64_t *x) {
  uint64_t z = (*x += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

dice dice_of(uint64_t seed, uint64_t a, uint64_t b, uint64_t c) {
  uint64_t x = seed;
  const uint64_t parts[] = {a, b, c};
  for (int i = 0; i < 3; i++) x = splitmix(&x) ^ parts[i];
  dice d;
  for (int i = 0; i < 4; i++) d.s[i] = splitmix(&x);
  return d;
}

static uint64_t turned(uint64_t x, int by) {
  return (x << by) | (x >> (64 - by));
}

static uint64_t dice_throw(dice *d) {
  uint64_t *s = d->s, result = turned(s[1] * 5, 7) * 9, t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = turned(s[3], 45);
  return result;
}

int64_t dice_below(dice *d, int64_t n) {
  if (n <= 1) return 0;
  return (int64_t)((unsigned __int128)dice_throw(d) * (uint64_t)n >> 64);
}

int64_t dice_between(dice *d, int64_t lo, int64_t hi) {
  if (hi <= lo) return lo;
  uint64_t wide = (uint64_t)hi - (uint64_t)lo;
  return wide >= INT64_MAX ? lo : lo + dice_below(d, (int64_t)wide + 1);
}

void dice_bytes(dice *d, uint8_t *ret, size_t count) {
  uint64_t x = 0;
  for (size_t i = 0; i < count; i++, x >>= 8) {
    if (i % 8 == 0) x = dice_throw(d);
    ret[i] = (uint8_t)x;
  }
}
