#include "base/uuid.h"
#include "base/date.h"
#include "base/hash.h"

#include <sodium.h>

static int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static bool dash_before(int i) {
  return i == 4 || i == 6 || i == 8 || i == 10;
}

bool uuid_parse(text s, uuid *ret) {
  if (s.bytes != 36) return false;
  uuid u;
  size_t at = 0;
  for (int i = 0; i < 16; i++) {
    if (dash_before(i) && s.at[at++] != '-') return false;
    int high = hex_value(s.at[at]), low = hex_value(s.at[at + 1]);
    if (high < 0 || low < 0) return false;
    u.b[i] = (uint8_t)(high << 4 | low);
    at += 2;
  }
  *ret = u;
  return true;
}

void uuid_format(const uuid *u, char ret[37]) {
  static const char hex[] = "0123456789abcdef";
  for (int i = 0; i < 16; i++) {
    if (dash_before(i)) *ret++ = '-';
    *ret++ = hex[u->b[i] >> 4];
    *ret++ = hex[u->b[i] & 15];
  }
  *ret = 0;
}

bool uuid_equal(const uuid *a, const uuid *b) {
  return memcmp(a->b, b->b, 16) == 0;
}

bool uuid_is_nil(const uuid *u) {
  return uuid_equal(u, &(uuid){{0}});
}

uint64_t uuid_hash(const uuid *u) {
  uint64_t x, y;
  memcpy(&x, u->b, 8);
  memcpy(&y, u->b + 8, 8);
  x = (x ^ y) * 0x9e3779b97f4a7c15u;
  return x ^ x >> 29;
}

/* Six bytes of time in front, ten others behind, less the bits that name version and variant. */
static uuid stamped(const uint8_t time[6], const uint8_t rest[10], unsigned version) {
  uuid u;
  memcpy(u.b, time, 6);
  memcpy(u.b + 6, rest, 10);
  u.b[6] = (uint8_t)(version << 4 | (u.b[6] & 0x0F));
  u.b[8] = (uint8_t)(0x80 | (u.b[8] & 0x3F));
  return u;
}

uuid uuid_v7(int64_t ms, const uint8_t random10[10]) {
  uint8_t time[6];
  for (int i = 0; i < 6; i++) time[i] = (uint8_t)((uint64_t)ms >> (40 - 8 * i));
  return stamped(time, random10, 7);
}

uuid uuid_v7_now(void) {
  uint8_t random10[10];
  randombytes_buf(random10, sizeof random10);
  return uuid_v7(now_ms(), random10);
}

int64_t uuid_ms(const uuid *u) {
  int64_t ms = 0;
  for (int i = 0; i < 6; i++) ms = ms << 8 | u->b[i];
  return ms;
}

uuid uuid_derived(const uuid *parent, text name) {
  text parts[] = {{(const char *)parent->b, 16}, name};
  hash h = hash_of(parts, 2);
  return stamped(parent->b, h.b, 8);
}
