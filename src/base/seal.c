#include "base/seal.h"

#include <assert.h>
#include <sodium.h>

enum {
  NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
  TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES
};

void seal_key_random(seal_key *ret) {
  randombytes_buf(ret, sizeof *ret);
}

void seal_key_wipe(seal_key *k) {
  sodium_memzero(k, sizeof *k);
}

void seal_wipe(void *at, size_t bytes) {
  sodium_memzero(at, bytes);
}

static const unsigned char *bytes_of(text t) {
  return (const unsigned char *)t.at;
}

/* Purpose and context with their lengths in front, so that no two of them can be taken for each
 * other. */
static void keyed_hash(const seal_key *k, char purpose, text context, text value, uint8_t *ret,
                       size_t bytes) {
  crypto_generichash_state state;
  uint8_t head[9] = {(uint8_t)purpose};
  for (int i = 0; i < 8; i++) head[1 + i] = (uint8_t)((uint64_t)context.bytes >> (8 * i));
  crypto_generichash_init(&state, k->hash, sizeof k->hash, bytes);
  crypto_generichash_update(&state, head, sizeof head);
  crypto_generichash_update(&state, bytes_of(context), context.bytes);
  crypto_generichash_update(&state, bytes_of(value), value.bytes);
  crypto_generichash_final(&state, ret, bytes);
}

void seal_close(const seal_key *k, text context, text value, uint8_t *ret) {
  static_assert(NONCE + TAG == SEAL_MORE_BYTES, "nonce and tag");
  unsigned long long bytes = 0;
  keyed_hash(k, 'n', context, value, ret, NONCE);
  crypto_aead_xchacha20poly1305_ietf_encrypt(ret + NONCE, &bytes, bytes_of(value), value.bytes,
                                             bytes_of(context), context.bytes, NULL, ret,
                                             k->cipher);
}

bool seal_open(const seal_key *k, text context, text sealed, uint8_t *ret) {
  unsigned long long bytes = 0;
  if (sealed.bytes < SEAL_MORE_BYTES) return false;
  return crypto_aead_xchacha20poly1305_ietf_decrypt(
             ret, &bytes, NULL, bytes_of(sealed) + NONCE, sealed.bytes - NONCE, bytes_of(context),
             context.bytes, bytes_of(sealed), k->cipher) == 0;
}

void seal_index(const seal_key *k, text context, text value, uint8_t ret[SEAL_INDEX_BYTES]) {
  keyed_hash(k, 'i', context, value, ret, SEAL_INDEX_BYTES);
}

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void seal_code(const uint8_t *bytes, size_t count, char *ret) {
  uint32_t bits = 0;
  int held = 0;
  for (size_t i = 0; i < count; i++) {
    bits = bits << 8 | bytes[i];
    for (held += 8; held >= 6; held -= 6) *ret++ = letters[bits >> (held - 6) & 63];
  }
  if (held) *ret = letters[bits << (6 - held) & 63];
}

static int six_bits(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool seal_decode(text coded, uint8_t *ret, size_t *ret_count) {
  uint32_t bits = 0;
  int held = 0;
  size_t n = 0;
  for (size_t i = 0; i < coded.bytes; i++) {
    int six = six_bits(coded.at[i]);
    if (six < 0) return false;
    bits = bits << 6 | (uint32_t)six;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    ret[n++] = (uint8_t)(bits >> held);
  }
  *ret_count = n;
  return held < 6 && (bits & ((1u << held) - 1)) == 0;
}
