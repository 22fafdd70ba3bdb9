/* date.h — local calendar days, and the instant a thing was written.
 *
 * A day is an int32 count of days since 1970-01-01 in the proleptic Gregorian calendar; there is no
 * time zone in it. "Today" is the day in Asia/Shanghai (UTC+8, no daylight saving since 1991).
 * Years 1..9999. */
#ifndef JISHI_BASE_DATE_H
#define JISHI_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/text.h"

typedef int32_t day;
enum { DAY_NONE = INT32_MIN, DAY_MIN = -719162, DAY_MAX = 2932896 };

typedef struct ymd {
  int year, month, mday;
} ymd;

bool day_from_ymd(int year, int month, int mday,
                  day *ret); /* false for a day that does not exist */
ymd day_to_ymd(day d);
bool day_parse(text s, day *ret); /* exactly YYYY-MM-DD */
/* What Chinese tables hold: 2024-3-1, 2024/03/01, 2024.3.1, 20240301, 2024年3月1日. */
bool day_parse_loose(text s, day *ret);
void day_format(day d, char ret[11]); /* "2024-03-01"; "" for DAY_NONE */
int day_weekday(day d);               /* 1 = Monday … 7 = Sunday (ISO 8601) */
/* from ≤ on ≤ to; DAY_NONE for `from` or `to` leaves that end open. */
static inline bool day_in_range(day from, day to, day on) {
  return (from == DAY_NONE || from <= on) && (to == DAY_NONE || on <= to);
}
/* Same day of the month, or the month's last where it does not exist (31 Jan + 1 month = 28/29
 * Feb). DAY_NONE when that is outside the years 1..9999. */
day day_add_months(day d, int months);
/* The largest n for which day_add_months(from, n) ≤ to: 31 Jan to 28 Feb is one month. Negative
 * when to < from. Years are twelve months, as ages are counted: born on 29 Feb, a year older on 28
 * Feb. */
int day_months_between(day from, day to);
int day_years_between(day from, day to);
day day_month_start(day d);
day day_year_start(day d);
day day_week_start(day d); /* Monday */

int64_t now_ms(void);      /* milliseconds since 1970-01-01T00:00Z */
day day_of_ms(int64_t ms); /* the local day of an instant; DAY_NONE outside the years */
day day_today(void);
int64_t day_start_ms(day d); /* when the local day begins */
/* "09:30" or "09:30:15", up to "24:00", which ends the day; -1: something else. */
int clock_seconds(text s);
/* RFC 3339, such as "2024-03-01T08:30:00+08:00" or …Z; without a zone it is local. */
bool instant_parse(text s, int64_t *ret_ms);
void instant_format(int64_t ms, char ret[30]); /* "2024-03-01T08:30:00.123+08:00" */

#endif
