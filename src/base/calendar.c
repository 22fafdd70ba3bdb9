#include "base/date.h"

#include <stdlib.h>

/* Working days are counted from a fixed Monday: the weekday count is arithmetic, and `shift` holds
 * for every day of the table by how much the special days up to it have changed that count. */
struct calendar {
  int first_year, last_year;
  day first, last; /* the days `shift` speaks for */
  int32_t *shift;  /* last - first + 1 */
};

enum { A_MONDAY = DAY_MIN }; /* 0001-01-01 */

static bool weekday_works(day d) {
  return day_weekday(d) <= 5;
}

/* Monday to Friday in [A_MONDAY, d]. */
static int weekdays_to(day d) {
  int days = d - A_MONDAY + 1, rest = days % 7;
  return days / 7 * 5 + (rest < 5 ? rest : 5);
}

static int shift_to(const calendar *c, day d) {
  if (!c || d < c->first) return 0;
  return c->shift[(d < c->last ? d : c->last) - c->first];
}

static int workdays_to(const calendar *c, day d) {
  return weekdays_to(d) + shift_to(c, d);
}

static bool known(day d) {
  return d >= DAY_MIN && d <= DAY_MAX;
}

calendar *calendar_new(const special_day *items, size_t count, int first_year, int last_year) {
  calendar *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->first_year = first_year;
  c->last_year = last_year;
  if (first_year > last_year || !day_from_ymd(first_year, 1, 1, &c->first) ||
      !day_from_ymd(last_year, 12, 31, &c->last)) {
    free(c);
    return NULL;
  }
  for (size_t i = 0; i < count; i++) { /* a make-up day may lie in the year before */
    if (!known(items[i].on)) continue;
    if (items[i].on < c->first) c->first = items[i].on;
    if (items[i].on > c->last) c->last = items[i].on;
  }
  size_t days = (size_t)(c->last - c->first) + 1;
  c->shift = calloc(days, sizeof *c->shift);
  if (!c->shift) {
    free(c);
    return NULL;
  }
  for (size_t i = 0; i < count; i++)
    if (known(items[i].on))
      c->shift[items[i].on - c->first] = items[i].works - weekday_works(items[i].on);
  for (size_t i = 1; i < days; i++) c->shift[i] += c->shift[i - 1];
  return c;
}

void calendar_free(calendar *c) {
  if (!c) return;
  free(c->shift);
  free(c);
}

bool calendar_works(const calendar *c, day d) {
  if (!known(d)) return false;
  return weekday_works(d) + shift_to(c, d) - (d > DAY_MIN ? shift_to(c, d - 1) : 0) > 0;
}

bool calendar_covers(const calendar *c, day d) {
  int year = day_to_ymd(d).year;
  return c && year >= c->first_year && year <= c->last_year;
}

day calendar_add_workdays(const calendar *c, day from, int n) {
  if (!known(from) || n < 0) return DAY_NONE;
  if (n == 0) return from;
  int64_t goal = (int64_t)workdays_to(c, from) + n;
  if (goal > workdays_to(c, DAY_MAX)) return DAY_NONE;
  day low = from, high = DAY_MAX; /* workdays_to(low) < goal <= workdays_to(high) */
  while (high - low > 1) {
    day middle = low + (high - low) / 2;
    if (workdays_to(c, middle) < goal)
      low = middle;
    else
      high = middle;
  }
  return high;
}

int calendar_workdays_between(const calendar *c, day from, day to) {
  if (!known(from) || !known(to)) return 0;
  return workdays_to(c, to) - workdays_to(c, from);
}
