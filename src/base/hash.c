#include "base/hash.h"

#include <sodium.h>

static void length_of(text part, uint8_t ret[8]) {
  for (int k = 0; k < 8; k++) ret[k] = (uint8_t)((uint64_t)part.bytes >> (56 - 8 * k));
}

hash hash_of(const text *parts, size_t count) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (size_t i = 0; i < count; i++) {
    uint8_t length[8];
    length_of(parts[i], length);
    crypto_hash_sha256_update(&state, length, sizeof length);
    crypto_hash_sha256_update(&state, (const unsigned char *)parts[i].at, parts[i].bytes);
  }
  hash h;
  crypto_hash_sha256_final(&state, h.b);
  return h;
}

hash hash_keyed(const hash *key, const text *parts, size_t count) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key->b, sizeof key->b);
  for (size_t i = 0; i < count; i++) {
    uint8_t length[8];
    length_of(parts[i], length);
    crypto_auth_hmacsha256_update(&state, length, sizeof length);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)parts[i].at, parts[i].bytes);
  }
  hash h;
  crypto_auth_hmacsha256_final(&state, h.b);
  return h;
}

bool hash_equal(const hash *x, const hash *y) {
  return sodium_memcmp(x->b, y->b, sizeof x->b) == 0;
}

void hash_format(const hash *h, char ret[65]) {
  sodium_bin2hex(ret, 65, h->b, sizeof h->b);
}
