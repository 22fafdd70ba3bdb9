/* Timestamps and durations: reading, writing, parts in a time zone. */
#include "base/date.h"
#include "cel/program.h"

#include <stdio.h>
#include <stdio.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

enum { DAY_SECONDS = 86400, NANOS = 1000000000 };
static const int64_t TIMESTAMP_FIRST = -62135596800, TIMESTAMP_LAST = 253402300799;

bool timestamp_in_range(int64_t seconds, int32_t nanos) {
  (void)nanos;
  return seconds >= TIMESTAMP_FIRST && seconds <= TIMESTAMP_LAST;
}

/* Within ± 2^63 nanoseconds, as in the reference. Nanoseconds are 0..10^9-1 whatever the sign of
 * the seconds. */
bool duration_in_range(int64_t seconds, int32_t nanos) {
  int64_t total;
  return !__builtin_mul_overflow(seconds, (int64_t)NANOS, &total) &&
         !__builtin_add_overflow(total, nanos, &total);
}

static int64_t floor_divide(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}

/* ---- writing ---- */

static void print_fraction(buf *b, int32_t nanos) {
  if (!nanos) return;
  char digits[16];
  int n = snprintf(digits, sizeof digits, "%09d", nanos);
  while (n > 1 && digits[n - 1] == '0') n--;
  buf_char(b, '.');
  buf_add(b, digits, (size_t)n);
}

void timestamp_print(buf *b, const value *v) {
  if (!timestamp_in_range(v->i, v->nanos)) return;
  int64_t days = floor_divide(v->i, DAY_SECONDS), rest = v->i - days * DAY_SECONDS;
  char date[11];
  day_format((day)days, date);
  buf_printf(b, "%sT%02d:%02d:%02d", date, (int)(rest / 3600), (int)(rest / 60 % 60),
             (int)(rest % 60));
  print_fraction(b, v->nanos);
  buf_char(b, 'Z');
}

void duration_print(buf *b, const value *v) {
  int64_t seconds = v->i;
  int32_t nanos = v->nanos;
  if (seconds < 0) {
    buf_char(b, '-');
    if (nanos) {
      seconds++;
      nanos = NANOS - nanos;
    }
  }
  buf_printf(b, "%llu",
             (unsigned long long)(seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds));
  print_fraction(b, nanos);
  buf_char(b, 's');
}

/* ---- reading ---- */

static bool digits(text s, size_t *at, size_t count, int *ret) {
  *ret = 0;
  for (size_t i = 0; i < count; i++, ++*at) {
    if (*at >= s.bytes || s.at[*at] < '0' || s.at[*at] > '9') return false;
    *ret = *ret * 10 + s.at[*at] - '0';
  }
  return true;
}

static bool sign_at(text s, size_t *at, char sign) {
  if (*at >= s.bytes || s.at[*at] != sign) return false;
  ++*at;
  return true;
}

/* "+08:00", "-02:30", "02:00": seconds east of Greenwich. */
static bool read_offset(text s, size_t *at, int *seconds) {
  int hours, minutes;
  bool west = sign_at(s, at, '-');
  if (!west) sign_at(s, at, '+');
  if (!digits(s, at, 2, &hours) || !sign_at(s, at, ':') || !digits(s, at, 2, &minutes))
    return false;
  if (hours > 23 || minutes > 59) return false;
  *seconds = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
  return true;
}

static bool read_fraction(text s, size_t *at, int32_t *nanos) {
  *nanos = 0;
  if (!sign_at(s, at, '.')) return true;
  size_t from = *at;
  int32_t unit = NANOS / 10;
  for (; *at < s.bytes && s.at[*at] >= '0' && s.at[*at] <= '9'; ++*at, unit /= 10)
    *nanos += unit * (s.at[*at] - '0');
  return *at > from && *at - from <= 9;
}

/* RFC 3339. */
static bool read_timestamp(text s, value *ret) {
  size_t at = 11;
  int hour, minute, second, offset = 0;
  int32_t nanos;
  day d;
  if (s.bytes < 20 || !day_parse((text){s.at, 10}, &d) || (s.at[10] != 'T' && s.at[10] != 't'))
    return false;
  if (!digits(s, &at, 2, &hour) || !sign_at(s, &at, ':') || !digits(s, &at, 2, &minute) ||
      !sign_at(s, &at, ':') || !digits(s, &at, 2, &second) || !read_fraction(s, &at, &nanos))
    return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  if (!sign_at(s, &at, 'Z') && !sign_at(s, &at, 'z')) {
    if (at >= s.bytes || (s.at[at] != '+' && s.at[at] != '-') || !read_offset(s, &at, &offset))
      return false;
  }
  int64_t seconds = (int64_t)d * DAY_SECONDS + hour * 3600 + minute * 60 + second - offset;
  *ret = (value){.type = VALUE_TIMESTAMP, .nanos = nanos, .i = seconds};
  return at == s.bytes && timestamp_in_range(seconds, nanos);
}

/* 10^-places of a unit, added in nanoseconds by 128-bit arithmetic, cut below the nanosecond. */
static bool add_part(text s, size_t *at, __int128 *total) {
  static const struct {
    const char *name;
    int64_t nanos;
  } units[] = {{"ns", 1},       {"us", 1000}, {"µs", 1000},        {"μs", 1000},
               {"ms", 1000000}, {"s", NANOS}, {"m", 60LL * NANOS}, {"h", 3600LL * NANOS}};
  __int128 whole = 0;
  __int128 scale = 1;
  size_t from = *at;
  bool point = false;
  for (; *at < s.bytes; ++*at) {
    char c = s.at[*at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    if (point && scale >= (__int128)1000000000000000LL) continue;
    whole = whole * 10 + (c - '0');
    if (point) scale *= 10;
    if (whole > (__int128)1 << 80) return false;
  }
  if (*at == from || (point && *at == from + 1)) return false;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    size_t n = strlen(units[i].name);
    if (s.bytes - *at < n || memcmp(s.at + *at, units[i].name, n) != 0) continue;
    if (n == 1 && *units[i].name == 'm' && *at + 1 < s.bytes && s.at[*at + 1] == 's') continue;
    *at += n;
    *total += whole * units[i].nanos / scale;
    return *total <= (__int128)1 << 100;
  }
  return false;
}

/* "1h30m", "-1.5s", "100ms". */
static bool read_duration(text s, value *ret) {
  size_t at = 0;
  __int128 total = 0;
  bool negative = sign_at(s, &at, '-');
  if (!negative) sign_at(s, &at, '+');
  if (s.bytes - at == 1 && s.at[at] == '0')
    at++;
  else if (at == s.bytes)
    return false;
  while (at < s.bytes)
    if (!add_part(s, &at, &total)) return false;
  if (negative) total = -total;
  if (total > INT64_MAX || total < INT64_MIN) return false;
  int64_t n = (int64_t)total, seconds = floor_divide(n, NANOS);
  *ret = (value){.type = VALUE_DURATION, .nanos = (int32_t)(n - seconds * NANOS), .i = seconds};
  return true;
}

value run_to_timestamp(machine *m, const value *args, size_t count) {
  value v = {.type = VALUE_TIMESTAMP, .i = args[0].i};
  if (args[0].type == VALUE_TIMESTAMP) return args[0];
  if (args[0].type == VALUE_STRING ? read_timestamp(args[0].s, &v)
                                   : args[0].type == VALUE_INT && timestamp_in_range(v.i, 0))
    return v;
  if (args[0].type != VALUE_STRING && args[0].type != VALUE_INT)
    return machine_mistyped(m, "timestamp", args, count);
  return machine_fail(m, "时间的写法不对或超出范围，应如 2024-03-01T08:30:00Z。",
                      "This is not a time, or out of range; write 2024-03-01T08:30:00Z.");
}

value run_to_duration(machine *m, const value *args, size_t count) {
  value v;
  if (args[0].type == VALUE_DURATION) return args[0];
  if (args[0].type != VALUE_STRING) return machine_mistyped(m, "duration", args, count);
  if (read_duration(args[0].s, &v)) return v;
  return machine_fail(m, "时长的写法不对或超出范围，应如 1h30m、90s。",
                      "This is not a duration, or out of range; write 1h30m or 90s.");
}

/* ---- parts ---- */

/* Seconds east of Greenwich of a named zone at an instant. ICU, because libc's zone is one for all
 * threads. */
static bool zone_offset(text name, int64_t seconds, int *offset) {
  size_t at = 0;
  if (read_offset(name, &at, offset)) return at == name.bytes;
  UChar id[64], canonical[64];
  char ascii[64];
  UErrorCode status = U_ZERO_ERROR;
  if (name.bytes == 0 || name.bytes >= sizeof ascii || text_has_nul(name)) return false;
  memcpy(ascii, name.at, name.bytes);
  ascii[name.bytes] = 0;
  u_strFromUTF8(id, 64, NULL, ascii, -1, &status);
  ucal_getCanonicalTimeZoneID(id, -1, canonical, 64, NULL, &status);
  if (U_FAILURE(status)) return false;
  UCalendar *c = ucal_open(id, -1, "en", UCAL_GREGORIAN, &status);
  if (U_FAILURE(status)) return false;
  ucal_setMillis(c, (double)seconds * 1000, &status);
  int32_t millis = ucal_get(c, UCAL_ZONE_OFFSET, &status) + ucal_get(c, UCAL_DST_OFFSET, &status);
  ucal_close(c);
  *offset = millis / 1000;
  return U_SUCCESS(status);
}

typedef struct parts {
  day date;
  int second_of_day;
  int32_t nanos;
} parts;

/* False with *fault. */
static bool take_apart(machine *m, const char *name, const value *args, size_t count, parts *ret,
                       value *fault) {
  int offset = 0;
  if (args[0].type != VALUE_TIMESTAMP || (count == 2 && args[1].type != VALUE_STRING)) {
    *fault = machine_mistyped(m, name, args, count);
    return false;
  }
  if (count == 2 && !(machine_charge(m, 50) && zone_offset(args[1].s, args[0].i, &offset))) {
    *fault = machine_fail(m, "没有时区“%.*s”，应如 Asia/Shanghai 或 +08:00。",
                          "There is no time zone \"%.*s\"; write Asia/Shanghai or +08:00.",
                          (int)text_cut(args[1].s, 60).bytes, args[1].s.at);
    return false;
  }
  int64_t seconds = args[0].i + offset, days = floor_divide(seconds, DAY_SECONDS);
  *ret = (parts){(day)days, (int)(seconds - days * DAY_SECONDS), args[0].nanos};
  return true;
}

static int day_of_year(day d) {
  day first = d;
  ymd date = day_to_ymd(d);
  day_from_ymd(date.year, 1, 1, &first);
  return d - first;
}

#define OF_TIMESTAMP(c_name, name, result)                                                         \
  value run_##c_name(machine *m, const value *args, size_t count) {                                \
    parts p;                                                                                       \
    value fault;                                                                                   \
    if (!take_apart(m, name, args, count, &p, &fault)) return fault;                               \
    ymd date = day_to_ymd(p.date);                                                                 \
    (void)date;                                                                                    \
    return value_int(result);                                                                      \
  }
OF_TIMESTAMP(full_year, "getFullYear", date.year)
OF_TIMESTAMP(month_0, "getMonth", date.month - 1)
OF_TIMESTAMP(month_day_1, "getDate", date.mday)
OF_TIMESTAMP(month_day_0, "getDayOfMonth", date.mday - 1)
OF_TIMESTAMP(week_day_0, "getDayOfWeek", day_weekday(p.date) % 7)
OF_TIMESTAMP(year_day_0, "getDayOfYear", day_of_year(p.date))

/* A duration's parts are totals cut towards zero. */
static int64_t whole_seconds(const value *v) {
  return v->i + (v->i < 0 && v->nanos > 0);
}

#define OF_BOTH(c_name, name, of_duration, of_timestamp)                                           \
  value run_##c_name(machine *m, const value *args, size_t count) {                                \
    parts p;                                                                                       \
    value fault;                                                                                   \
    if (args[0].type == VALUE_DURATION && count == 1) return value_int(of_duration);               \
    if (!take_apart(m, name, args, count, &p, &fault)) return fault;                               \
    return value_int(of_timestamp);                                                                \
  }
OF_BOTH(hours, "getHours", whole_seconds(args) / 3600, p.second_of_day / 3600)
OF_BOTH(minutes, "getMinutes", whole_seconds(args) / 60, p.second_of_day / 60 % 60)
OF_BOTH(seconds, "getSeconds", whole_seconds(args), p.second_of_day % 60)

/* The milliseconds of a duration without its whole seconds, as in the reference implementation. */
static int64_t sub_second_ms(const value *v) {
  return (v->i < 0 && v->nanos > 0 ? v->nanos - NANOS : v->nanos) / 1000000;
}
OF_BOTH(milliseconds, "getMilliseconds", sub_second_ms(args), p.nanos / 1000000)
