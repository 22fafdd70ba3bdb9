#include "base/date.h"

#include <stdio.h>
#include <time.h>

static bool in_range(day d) {
  return d >= DAY_MIN && d <= DAY_MAX;
}

static bool leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_length(int year, int month) {
  static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : length[month - 1];
}

/* Howard Hinnant's day counting: years run from March, so that the leap day comes last. */
static day count_days(int year, int month, int mday) {
  int y = month <= 2 ? year - 1 : year;
  int era = y / 400, of_era = y % 400;
  int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + mday - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool day_from_ymd(int year, int month, int mday, day *ret) {
  if (year < 1 || year > 9999 || month < 1 || month > 12) return false;
  if (mday < 1 || mday > month_length(year, month)) return false;
  *ret = count_days(year, month, mday);
  return true;
}

ymd day_to_ymd(day d) {
  if (!in_range(d)) return (ymd){0, 0, 0};
  int z = d + 719468;
  int era = z / 146097, of_era = z % 146097;
  int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int of_year = of_era - (365 * year + year / 4 - year / 100);
  int m = (5 * of_year + 2) / 153;
  ymd out = {.year = year + era * 400,
             .month = m < 10 ? m + 3 : m - 9,
             .mday = of_year - (153 * m + 2) / 5 + 1};
  if (out.month <= 2) out.year++;
  return out;
}

/* Reads `least`..`most` digits at *pos. */
static bool digits(text s, size_t *pos, size_t least, size_t most, int *ret) {
  size_t n = 0;
  int value = 0;
  while (n < most && *pos < s.bytes && s.at[*pos] >= '0' && s.at[*pos] <= '9') {
    value = value * 10 + (s.at[(*pos)++] - '0');
    n++;
  }
  *ret = value;
  return n >= least;
}

static bool mark(text s, size_t *pos, const char *expected) {
  size_t n = strlen(expected);
  if (s.bytes - *pos < n || memcmp(s.at + *pos, expected, n) != 0) return false;
  *pos += n;
  return true;
}

bool day_parse(text s, day *ret) {
  size_t pos = 0;
  int y, m, d;
  return s.bytes == 10 && digits(s, &pos, 4, 4, &y) && mark(s, &pos, "-") &&
         digits(s, &pos, 2, 2, &m) && mark(s, &pos, "-") && digits(s, &pos, 2, 2, &d) &&
         day_from_ymd(y, m, d, ret);
}

bool day_parse_loose(text s, day *ret) {
  static const char *const marks[][3] = {
      {"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"年", "月", "日"}, {"年", "月", "号"}};
  s = text_trim(s);
  size_t pos = 0;
  int y, m, d;
  if (!digits(s, &pos, 4, 4, &y)) return false;
  if (s.bytes == 8 && digits(s, &pos, 2, 2, &m) && digits(s, &pos, 2, 2, &d) && pos == 8)
    return day_from_ymd(y, m, d, ret);
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    pos = 4;
    if (mark(s, &pos, marks[i][0]) && digits(s, &pos, 1, 2, &m) && mark(s, &pos, marks[i][1]) &&
        digits(s, &pos, 1, 2, &d) && mark(s, &pos, marks[i][2]) && pos == s.bytes)
      return day_from_ymd(y, m, d, ret);
  }
  return false;
}

void day_format(day d, char ret[11]) {
  ymd v = day_to_ymd(d);
  ret[0] = 0;
  if (!v.year) return;
  int parts[] = {v.year / 100, v.year % 100, v.month, v.mday};
  char *p = ret;
  for (int i = 0; i < 4; i++) {
    if (i >= 2) *p++ = '-';
    *p++ = (char)('0' + parts[i] / 10);
    *p++ = (char)('0' + parts[i] % 10);
  }
  *p = 0;
}

int day_weekday(day d) {
  int64_t n = ((int64_t)d + 3) % 7; /* 1970-01-01 was a Thursday */
  return (int)(n < 0 ? n + 7 : n) + 1;
}

day day_add_months(day d, int months) {
  ymd v = day_to_ymd(d);
  if (!v.year) return DAY_NONE;
  int64_t month = (int64_t)v.year * 12 + (v.month - 1) + months;
  if (month < 12 || month >= 12 * (int64_t)10000) return DAY_NONE;
  int y = (int)(month / 12), m = (int)(month % 12) + 1, last = month_length(y, m);
  return count_days(y, m, v.mday < last ? v.mday : last);
}

int day_months_between(day from, day to) {
  if (!in_range(from) || !in_range(to)) return 0;
  ymd a = day_to_ymd(from), b = day_to_ymd(to);
  int months = (b.year - a.year) * 12 + b.month - a.month;
  return day_add_months(from, months) > to ? months - 1 : months;
}

int day_years_between(day from, day to) {
  int months = day_months_between(from, to);
  return months >= 0 ? months / 12 : -((11 - months) / 12);
}

day day_month_start(day d) {
  ymd v = day_to_ymd(d);
  return v.year ? d - v.mday + 1 : DAY_NONE;
}

day day_year_start(day d) {
  ymd v = day_to_ymd(d);
  return v.year ? count_days(v.year, 1, 1) : DAY_NONE;
}

day day_week_start(day d) {
  return in_range(d) ? d - day_weekday(d) + 1 : DAY_NONE;
}

enum { MS_A_DAY = 86400000, MS_SHANGHAI = 8 * 3600000 };

int64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The local day, and the milliseconds since it began. */
static day split(int64_t ms, int *rest) {
  int64_t local;
  if (__builtin_add_overflow(ms, (int64_t)MS_SHANGHAI, &local)) return DAY_NONE;
  int64_t d = local / MS_A_DAY, r = local % MS_A_DAY;
  if (r < 0) {
    r += MS_A_DAY;
    d--;
  }
  *rest = (int)r;
  return d >= DAY_MIN && d <= DAY_MAX ? (day)d : DAY_NONE;
}

day day_of_ms(int64_t ms) {
  int rest;
  return split(ms, &rest);
}

day day_today(void) {
  return day_of_ms(now_ms());
}

int64_t day_start_ms(day d) {
  return (int64_t)d * MS_A_DAY - MS_SHANGHAI;
}

int clock_seconds(text s) {
  size_t pos = 0;
  int h, m, sec = 0;
  if (!digits(s, &pos, 2, 2, &h) || !mark(s, &pos, ":") || !digits(s, &pos, 2, 2, &m)) return -1;
  if (pos < s.bytes && (!mark(s, &pos, ":") || !digits(s, &pos, 2, 2, &sec))) return -1;
  int all = (h * 60 + m) * 60 + sec;
  return pos == s.bytes && m < 60 && sec < 60 && all <= 24 * 3600 ? all : -1;
}

/* "+08:00", "-05:30", "Z", or nothing: minutes east. */
static bool read_zone(text s, int *ret_minutes) {
  size_t pos = 0;
  int h, m;
  *ret_minutes = MS_SHANGHAI / 60000;
  if (s.bytes == 0) return true;
  bool west = s.at[0] == '-';
  if (s.bytes == 1 && (s.at[0] == 'Z' || s.at[0] == 'z')) {
    *ret_minutes = 0;
    return true;
  }
  if (!mark(s, &pos, west ? "-" : "+") || !digits(s, &pos, 2, 2, &h) || !mark(s, &pos, ":") ||
      !digits(s, &pos, 2, 2, &m) || pos != s.bytes || h > 23 || m > 59)
    return false;
  *ret_minutes = (h * 60 + m) * (west ? -1 : 1);
  return true;
}

bool instant_parse(text s, int64_t *ret_ms) {
  day d;
  int east, fraction = 0;
  if (s.bytes < 16 || !day_parse((text){s.at, 10}, &d) ||
      (s.at[10] != 'T' && s.at[10] != 't' && s.at[10] != ' '))
    return false;
  size_t end = 11;
  while (end < s.bytes && (s.at[end] == ':' || (s.at[end] >= '0' && s.at[end] <= '9'))) end++;
  int seconds = clock_seconds((text){s.at + 11, end - 11});
  if (seconds < 0) return false;
  if (end < s.bytes && s.at[end] == '.') {
    int unit = 100;
    size_t from = ++end;
    for (; end < s.bytes && s.at[end] >= '0' && s.at[end] <= '9'; end++, unit /= 10)
      fraction += unit * (s.at[end] - '0');
    if (end == from) return false;
  }
  if (!read_zone((text){s.at + end, s.bytes - end}, &east)) return false;
  *ret_ms = (int64_t)d * MS_A_DAY + (int64_t)seconds * 1000 + fraction - (int64_t)east * 60000;
  return true;
}

void instant_format(int64_t ms, char ret[30]) {
  int rest = 0;
  day d = split(ms, &rest);
  ret[0] = 0;
  if (d == DAY_NONE) return;
  day_format(d, ret);
  int seconds = rest / 1000;
  snprintf(ret + 10, 20, "T%02u:%02u:%02u.%03u+08:00", (unsigned)(seconds / 3600) % 24,
           (unsigned)(seconds / 60) % 60, (unsigned)seconds % 60, (unsigned)(rest % 1000) % 1000);
}
