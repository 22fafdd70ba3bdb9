#include "base/money.h"

#include <inttypes.h>
#include <stdio.h>

typedef unsigned __int128 wide;

/* Digits, read one by one into a value that must stay within int64. */
typedef struct decimal {
  int64_t value; /* without the point */
  int decimals;
  bool negative;
} decimal;

static bool take_digit(decimal *d, char c) {
  return !__builtin_mul_overflow(d->value, 10, &d->value) &&
         !__builtin_add_overflow(d->value, c - '0', &d->value);
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* [+-] digits [. digits]; with `grouped`, commas must stand before every third digit or nowhere. */
static bool read_decimal(text s, int most_decimals, bool grouped, decimal *ret) {
  decimal d = {0};
  size_t i = 0, since_comma = 0, whole = 0;
  bool commas = false;
  if (i < s.bytes && (s.at[i] == '-' || s.at[i] == '+')) d.negative = s.at[i++] == '-';
  for (; i < s.bytes && (is_digit(s.at[i]) || s.at[i] == ','); i++) {
    if (s.at[i] == ',') {
      if (!grouped || whole == 0 || (commas ? since_comma != 3 : since_comma > 3)) return false;
      commas = true;
      since_comma = 0;
      continue;
    }
    if (!take_digit(&d, s.at[i])) return false;
    whole++;
    since_comma++;
  }
  if (whole == 0 || (commas && since_comma != 3)) return false;
  if (i < s.bytes && s.at[i] == '.') {
    for (i++; i < s.bytes && is_digit(s.at[i]); i++) {
      if (++d.decimals > most_decimals || !take_digit(&d, s.at[i])) return false;
    }
    if (d.decimals == 0) return false;
  }
  if (i != s.bytes) return false;
  *ret = d;
  return true;
}

static bool scale(decimal d, int decimals, int64_t *ret) {
  for (int i = d.decimals; i < decimals; i++)
    if (__builtin_mul_overflow(d.value, 10, &d.value)) return false;
  *ret = d.negative ? -d.value : d.value;
  return true;
}

bool money_parse_yuan(text s, int64_t *ret_fen) {
  decimal d;
  return read_decimal(text_trim(s), 2, true, &d) && scale(d, 2, ret_fen);
}

static uint64_t magnitude(int64_t n) {
  return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

void money_format_yuan(int64_t fen, char ret[32]) {
  uint64_t n = magnitude(fen);
  snprintf(ret, 32, "%s%" PRIu64 ".%02u", fen < 0 ? "-" : "", n / 100, (unsigned)(n % 100));
}

bool rate_parse(text s, int64_t *ret_rate) {
  s = text_trim(s);
  bool percent = text_ends(s, "%");
  if (percent) s.bytes--;
  decimal d;
  int most = percent ? RATE_DECIMALS - 2 : RATE_DECIMALS;
  return read_decimal(s, most, false, &d) && scale(d, most, ret_rate);
}

void rate_format(int64_t rate, char ret[32]) {
  uint64_t n = magnitude(rate);
  int end = snprintf(ret, 32, "%s%" PRIu64 ".%08u", rate < 0 ? "-" : "", n / RATE_ONE,
                     (unsigned)(n % RATE_ONE));
  while (ret[end - 1] == '0') ret[--end] = 0;
  if (ret[end - 1] == '.') ret[end - 1] = 0;
}

void rate_format_percent(int64_t rate, char ret[32]) {
  int64_t percent;
  if (__builtin_mul_overflow(rate, 100, &percent)) {
    rate_format(rate, ret);
    return;
  }
  rate_format(percent, ret);
  strcat(ret, "%"); /* at most 21 characters before it */
}

/* above ÷ below to the nearest, halves away from zero. */
static bool divide(wide above, wide below, bool negative, int64_t *ret) {
  wide q = above / below, rest = above % below;
  if (rest >= below - rest) q++;
  if (q > (wide)INT64_MAX + negative) return false;
  *ret = negative ? (int64_t)(0 - (uint64_t)q) : (int64_t)q;
  return true;
}

bool money_share(int64_t fen, int64_t rate, int64_t *ret) {
  return divide((wide)magnitude(fen) * magnitude(rate), RATE_ONE, (fen < 0) != (rate < 0), ret);
}

bool money_divide(int64_t fen, int64_t by, int64_t *ret) {
  return by != 0 && divide(magnitude(fen), magnitude(by), (fen < 0) != (by < 0), ret);
}

bool money_share_of(int64_t fen, int64_t rate, int64_t num, int64_t den, int64_t *ret) {
  if (den == 0) return false;
  wide above = (wide)magnitude(fen) * magnitude(rate);
  uint64_t times = magnitude(num);
  if (times && above > ~(wide)0 / times) return false;
  bool negative = (fen < 0) ^ (rate < 0) ^ (num < 0) ^ (den < 0);
  return divide(above * times, (wide)magnitude(den) * RATE_ONE, negative, ret);
}

/* ---- decimal numbers ---- */

enum { DECIMALS_MAX = RATE_DECIMALS };

bool decimal_parse(text s, int64_t *ret) {
  decimal d;
  return read_decimal(text_trim(s), DECIMALS_MAX, true, &d) && scale(d, DECIMALS_MAX, ret);
}

static int64_t power_of_ten(int n) {
  int64_t p = 1;
  while (n-- > 0) p *= 10;
  return p;
}

bool decimal_round(int64_t n, int decimals, int64_t *ret) {
  if (decimals < 0 || decimals > DECIMALS_MAX) return false;
  int64_t step = power_of_ten(DECIMALS_MAX - decimals), whole;
  return divide(magnitude(n), (wide)step, n < 0, &whole) &&
         !__builtin_mul_overflow(whole, step, ret);
}

void decimal_format(int64_t n, int decimals, char ret[32]) {
  int64_t rounded = n;
  if (decimals < 0 || !decimal_round(n, decimals, &rounded)) {
    rate_format(n, ret);
    return;
  }
  uint64_t m = magnitude(rounded);
  int end = snprintf(ret, 32, "%s%" PRIu64 ".%08u", rounded < 0 ? "-" : "", m / RATE_ONE,
                     (unsigned)(m % RATE_ONE));
  end -= DECIMALS_MAX - decimals;
  ret[decimals ? end : end - 1] = 0;
}

bool decimal_of_int(int64_t n, int64_t *ret) {
  return !__builtin_mul_overflow(n, RATE_ONE, ret);
}

bool decimal_divide(int64_t above, int64_t below, int decimals, int64_t *ret) {
  if (below == 0 || decimals < 0 || decimals > DECIMALS_MAX) return false;
  int64_t whole;
  return divide((wide)magnitude(above) * (wide)power_of_ten(decimals), magnitude(below),
                (above < 0) != (below < 0), &whole) &&
         !__builtin_mul_overflow(whole, power_of_ten(DECIMALS_MAX - decimals), ret);
}

bool decimal_mean(int64_t sum, int64_t n, int decimals, int64_t *ret) {
  if (n == 0 || decimals < 0 || decimals > DECIMALS_MAX) return false;
  int64_t step = power_of_ten(DECIMALS_MAX - decimals), whole;
  return divide(magnitude(sum), (wide)magnitude(n) * (wide)step, (sum < 0) != (n < 0), &whole) &&
         !__builtin_mul_overflow(whole, step, ret);
}

int decimal_places(int64_t n) {
  int places = DECIMALS_MAX;
  for (uint64_t m = magnitude(n); places > 0 && m % 10 == 0; m /= 10) places--;
  return places;
}

/* Letters of other scripts stand apart from the digits, 米 and ℃ do not. */
void unit_print(buf *b, const char *unit) {
  size_t at = 0;
  int32_t first = text_next(text_of(unit), &at);
  if (first < 0) return;
  if (first < 0x2000 && first != '%' && first != 0xB0) buf_char(b, ' ');
  buf_str(b, unit);
}
