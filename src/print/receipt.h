/* receipt.h — what was granted, why and by which document, as a text that proves itself: it carries
 * the figures, and a signature (Ed25519) of the place. It fits a QR symbol.
 *
 *   jishi-receipt 1
 *   {"county":…,"form":…,"on":"2026-03-01","words":[[title,text],…],"n":{name:integer,…},
 *    "formula":…,"result":integer}
 *   KEY SIGNATURE
 *
 * Money is in fen, a rate and a decimal number by 10^8. `result` is what was granted, `formula` how
 * it follows from `n` (both left out where a pack names none). KEY and SIGNATURE are base64url
 * without padding; signed is all before the line break that precedes them. Without a key the last
 * line is "unsigned". */
#ifndef JISHI_PRINT_RECEIPT_H
#define JISHI_PRINT_RECEIPT_H

#include "base/err.h"
#include "base/json.h"

enum { RECEIPT_SECRET_BYTES = 64, RECEIPT_PUBLIC_BYTES = 32, RECEIPT_BYTES_MAX = 1000 };
typedef struct receipt_key {
  uint8_t secret[RECEIPT_SECRET_BYTES], public[RECEIPT_PUBLIC_BYTES];
} receipt_key;

/* `figures`: the JSON, in one line. key NULL: unsigned. */
bool receipt_write(buf *b, text figures, const receipt_key *key, err *e);

typedef struct receipt {
  const json *figures;
  uint8_t public[RECEIPT_PUBLIC_BYTES];
  bool computed; /* there is a formula, and it gives `result` */
} receipt;
/* Checks form, signature and sum; blanks around it do no harm. False: what is wrong with it. */
bool receipt_check(arena *a, text given, receipt *ret, err *e);

#endif
