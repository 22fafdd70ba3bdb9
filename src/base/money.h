/* money.h — money in fen (int64) and exact rates.
 *
 * A rate is an int64 scaled by RATE_ONE (8 decimals: 0.8 is 80 000 000). Money times rate goes
 * through 128 bits and is rounded half-up (away from zero) to the fen once. Overflow is false,
 * never a wrong number. */
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
bool money_share(int64_t fen, int64_t rate, int64_t *ret); /* fen × rate, half-up */
bool money_divide(int64_t fen, int64_t by, int64_t *ret);  /* fen ÷ by, half-up; by ≠ 0 */
/* fen × rate × num ÷ den, rounded once (interest by days). den ≠ 0 */
bool money_share_of(int64_t fen, int64_t rate, int64_t num, int64_t den, int64_t *ret);

#endif
