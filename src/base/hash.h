/* hash.h — SHA-256 for the journal's chain and for content identity. */
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
void hash_format(const hash *h, char ret[65]);

#endif
