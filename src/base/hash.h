/* hash.h — SHA-256 for the journal's chain, for content identity, and with a key. */
#ifndef JISHI_BASE_HASH_H
#define JISHI_BASE_HASH_H

#include <stdint.h>
#include "base/text.h"

enum { HASH_BYTES = 32 };
typedef struct hash {
  uint8_t b[HASH_BYTES];
} hash;
hash hash_of(const text *parts,
             size_t count); /* of the parts, each preceded by its length as 8 bytes big-endian */
/* HMAC-SHA-256 of the same bytes: without the key nobody can make or foretell it. */
hash hash_keyed(const hash *key, const text *parts, size_t count);
bool hash_equal(const hash *x, const hash *y); /* in the same time, whatever they are */
void hash_format(const hash *h, char ret[65]);

#endif
