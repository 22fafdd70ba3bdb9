/* money.h — money in fen (int64), exact rates and exact decimal numbers.
 *
 * A rate and a decimal number are int64 scaled by RATE_ONE (8 decimals: 0.8 is 80 000 000). A rate
 * is a share and told in percent; a number is told as it is, with its unit. Products and quotients
 * go through 128 bits and are rounded half-up (away from zero) once. Overflow is false, never a
 * wrong number. */
#ifndef JISHI_BASE_MONEY_H
#define JISHI_BASE_MONEY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

enum { RATE_DECIMALS = 8, RATE_ONE = 100000000 };

/* "1234.5", "1,234.50", "-3": at most two decimals, more is false; no exponent. */
bool money_parse_yuan(text s, int64_t *ret_fen);
void money_format_yuan(int64_t fen, char ret[32]); /* "1234.50" */
bool rate_parse(text s,
                int64_t *ret_rate); /* "0.8", "0.0475", "80%": at most 8 decimals as a ratio */
void rate_format(int64_t rate, char ret[32]);              /* shortest exact decimal: "0.8" */
void rate_format_percent(int64_t rate, char ret[32]);      /* the same in percent: "80%" */
bool money_share(int64_t fen, int64_t rate, int64_t *ret); /* fen × rate, half-up */
bool money_divide(int64_t fen, int64_t by, int64_t *ret);  /* fen ÷ by, half-up; by ≠ 0 */
/* fen × rate × num ÷ den, rounded once (interest by days). den ≠ 0 */
bool money_share_of(int64_t fen, int64_t rate, int64_t num, int64_t den, int64_t *ret);

/* "81.4", "1,234.5", "-3": at most 8 decimals; no percent, no exponent. */
bool decimal_parse(text s, int64_t *ret);
/* Shortest exact digits, or with exactly `decimals` (0 to 8), rounded half-up: "81.4", "81.40". */
void decimal_format(int64_t n, int decimals, char ret[32]); /* decimals < 0: as many as needed */
bool decimal_round(int64_t n, int decimals, int64_t *ret);  /* half-up */
bool decimal_of_int(int64_t n, int64_t *ret);               /* 3 → 3.0 */
/* above ÷ below, both of one scale, as a decimal rounded once to `decimals`; false: below is 0, or
 * too large. */
bool decimal_divide(int64_t above, int64_t below, int decimals, int64_t *ret);
/* A sum of decimals ÷ their number, rounded once. */
bool decimal_mean(int64_t sum, int64_t n, int decimals, int64_t *ret);
int decimal_places(int64_t n); /* how many decimals it needs */
/* A unit as it stands behind a number: " µg/m³", "米", "℃". */
void unit_print(buf *b, const char *unit);

#endif
