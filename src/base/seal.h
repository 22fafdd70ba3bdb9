/* seal.h — values made unreadable for whoever has not the key, and found again by an index that
 * says nothing without it.
 *
 * A sealed value is nonce (24 bytes), the value by XChaCha20, and Poly1305's tag (16): libsodium's
 * AEAD. The nonce is a keyed hash of context and value, so the same value under the same key is the
 * same bytes: a replay makes what was there, and a repeated command is recognised. Whoever reads
 * the disk learns from it that one person's field has the value it had before, and nothing else.
 * The context (a field's name) is authenticated: a sealed value cannot stand for another field. */
#ifndef JISHI_BASE_SEAL_H
#define JISHI_BASE_SEAL_H

#include "base/text.h"

enum { SEAL_MORE_BYTES = 24 + 16, SEAL_INDEX_BYTES = 16 };

typedef struct seal_key {
  uint8_t cipher[32], hash[32]; /* of the values; of nonces and the index */
} seal_key;
void seal_key_random(seal_key *ret);
void seal_key_wipe(seal_key *k);
void seal_wipe(void *at, size_t bytes); /* not left out by the compiler */

/* Writes value.bytes + SEAL_MORE_BYTES. */
void seal_close(const seal_key *k, text context, text value, uint8_t *ret);
/* Writes sealed.bytes - SEAL_MORE_BYTES. False: another key, another context, or altered. */
bool seal_open(const seal_key *k, text context, text sealed, uint8_t *ret);

/* Equal values have equal indexes; without the key nobody can tell which value it is. */
void seal_index(const seal_key *k, text context, text value, uint8_t ret[SEAL_INDEX_BYTES]);

/* Bytes as text: base64url without padding. */
static inline size_t seal_coded_bytes(size_t bytes) {
  return (bytes * 4 + 2) / 3;
}
void seal_code(const uint8_t *bytes, size_t count, char *ret); /* no NUL */
/* *ret_count may be less than `coded` has room for; false: no such text. */
bool seal_decode(text coded, uint8_t *ret, size_t *ret_count);

#endif
