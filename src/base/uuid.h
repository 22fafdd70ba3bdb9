/* uuid.h — identifiers of 16 bytes (RFC 9562). */
#ifndef JISHI_BASE_UUID_H
#define JISHI_BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

typedef struct uuid {
  uint8_t b[16];
} uuid;

bool uuid_parse(text s, uuid *ret);            /* 8-4-4-4-12, any case; any version */
void uuid_format(const uuid *u, char ret[37]); /* lower case */
bool uuid_equal(const uuid *a, const uuid *b);
bool uuid_is_nil(const uuid *u);
uint64_t uuid_hash(const uuid *u); /* for tables in memory, as text_hash */
/* Version 7: milliseconds in front, so that keys made together lie together. `ms` is given, and the
 * random part comes from `random10`, so that a seeded generator can make the same ids again. */
uuid uuid_v7(int64_t ms, const uint8_t random10[10]);
uuid uuid_v7_now(void); /* the clock and the system's random bytes (main calls sodium_init before
                           starting threads) */
int64_t uuid_ms(const uuid *u); /* the milliseconds in front */
/* Version 8, derived: the same parent and name always give the same id. The parent's 48-bit time is
 * kept in front for locality; the rest is SHA-256 of parent and name. So a consequence has the same
 * id in every replay. */
uuid uuid_derived(const uuid *parent, text name);

#endif
