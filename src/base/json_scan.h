/* json_scan.h — eight bytes of a JSON text looked at in one go; for json.c and json_write.c. */
#ifndef JISHI_BASE_JSON_SCAN_H
#define JISHI_BASE_JSON_SCAN_H

#include <stdint.h>

#define EVERY(byte) (0x0101010101010101u * (uint64_t)(byte))

/* Non-zero when one of eight bytes is below 0x20, a quote or a backslash. */
static inline uint64_t needs_care(uint64_t v) {
  uint64_t quote = v ^ EVERY('"'), slash = v ^ EVERY('\\');
  uint64_t control = (v - EVERY(0x20)) & ~v;
  quote = (quote - EVERY(1)) & ~quote;
  slash = (slash - EVERY(1)) & ~slash;
  return (control | quote | slash) & EVERY(0x80);
}

#endif
