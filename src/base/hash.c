#include "base/hash.h"

#include <sodium.h>

hash hash_of(const text *parts, size_t count) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (size_t i = 0; i < count; i++) {
    uint8_t length[8];
    for (int k = 0; k < 8; k++) length[k] = (uint8_t)((uint64_t)parts[i].bytes >> (56 - 8 * k));
    crypto_hash_sha256_update(&state, length, sizeof length);
    crypto_hash_sha256_update(&state, (const unsigned char *)parts[i].at, parts[i].bytes);
  }
  hash h;
  crypto_hash_sha256_final(&state, h.b);
  return h;
}

void hash_format(const hash *h, char ret[65]) {
  sodium_bin2hex(ret, 65, h->b, sizeof h->b);
}
