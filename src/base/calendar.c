/* The table of working days, and how it changes when a notice is taken in. */
#include "base/calendar.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Working days are counted from a fixed Monday: the weekday count is arithmetic, and `shift` holds
 * for every day of the table by how much the special days up to it have changed that count. Never
 * changed once it is made. */
struct calendar_table {
  arena *a; /* holds all of it, and itself */
  calendar_table *made_before;
  calendar_notices notices;
  int first_year, last_year;
  day first, last; /* the days `shift` speaks for */
  int32_t *shift;  /* last - first + 1 */
};

struct calendar {
  _Atomic(const calendar_table *) now; /* NULL: no notices */
  calendar_table *newest;              /* of all that were made, to free them */
};

enum { A_MONDAY = DAY_MIN }; /* 0001-01-01 */

static const calendar_table *table_of(const calendar *c) {
  return c ? atomic_load(&c->now) : NULL;
}

static bool weekday_works(day d) {
  return day_weekday(d) <= 5;
}

/* Monday to Friday in [A_MONDAY, d]. */
static int weekdays_to(day d) {
  int days = d - A_MONDAY + 1, rest = days % 7;
  return days / 7 * 5 + (rest < 5 ? rest : 5);
}

static int shift_to(const calendar_table *t, day d) {
  if (!t || d < t->first) return 0;
  return t->shift[(d < t->last ? d : t->last) - t->first];
}

static int workdays_to(const calendar_table *t, day d) {
  return weekdays_to(d) + shift_to(t, d);
}

static bool known(day d) {
  return d >= DAY_MIN && d <= DAY_MAX;
}

bool calendar_works(const calendar *c, day d) {
  const calendar_table *t = table_of(c);
  if (!known(d)) return false;
  return weekday_works(d) + shift_to(t, d) - (d > DAY_MIN ? shift_to(t, d - 1) : 0) > 0;
}

day calendar_add_workdays(const calendar *c, day from, int n) {
  const calendar_table *t = table_of(c);
  if (!known(from) || n < 0) return DAY_NONE;
  if (n == 0) return from;
  int64_t goal = (int64_t)workdays_to(t, from) + n;
  if (goal > workdays_to(t, DAY_MAX)) return DAY_NONE;
  day low = from, high = DAY_MAX; /* workdays_to(low) < goal <= workdays_to(high) */
  while (high - low > 1) {
    day middle = low + (high - low) / 2;
    if (workdays_to(t, middle) < goal)
      low = middle;
    else
      high = middle;
  }
  return high;
}

int calendar_workdays_between(const calendar *c, day from, day to) {
  const calendar_table *t = table_of(c);
  if (!known(from) || !known(to)) return 0;
  return workdays_to(t, to) - workdays_to(t, from);
}

calendar_notices calendar_known(const calendar *c) {
  const calendar_table *t = table_of(c);
  return t ? t->notices : (calendar_notices){0};
}

calendar_notices calendar_newer(const calendar *c, const calendar_notices *all) {
  const calendar_table *t = table_of(c);
  size_t i = 0;
  while (t && i < all->count && all->items[i].year <= t->last_year) i++;
  return (calendar_notices){all->items + i, all->count - i};
}

bool calendar_years(const calendar *c, int *ret_first, int *ret_last) {
  const calendar_table *t = table_of(c);
  if (!t) return false;
  *ret_first = t->first_year;
  *ret_last = t->last_year;
  return true;
}

bool calendar_is_unknown(const calendar *c, day d) {
  const calendar_table *t = table_of(c);
  return !t || day_to_ymd(d).year < t->first_year;
}

bool calendar_is_provisional(const calendar *c, day d) {
  const calendar_table *t = table_of(c);
  return t && day_to_ymd(d).year > t->last_year;
}

/* ---- taking in ---- */

static bool copy_days(arena *a, const day **days, size_t count) {
  day *copy = ARENA_ARRAY(a, count, day);
  if (copy && count) memcpy(copy, *days, count * sizeof *copy);
  *days = copy;
  return copy != NULL;
}

static bool copy_notice(arena *a, calendar_notice *n) {
  n->reference.at = arena_copy(a, n->reference.at, n->reference.bytes);
  return n->reference.at && copy_days(a, &n->holidays, n->holiday_count) &&
         copy_days(a, &n->workdays, n->workday_count);
}

/* Both lists are by year: as one list, the given notice where both have one. */
static bool merge(calendar_table *t, const calendar_notices *before,
                  const calendar_notices *given) {
  size_t i = 0, k = 0, n = 0;
  calendar_notice *all = ARENA_ARRAY(t->a, before->count + given->count, calendar_notice);
  if (!all) return false;
  while (i < before->count || k < given->count) {
    bool first =
        k == given->count || (i < before->count && before->items[i].year < given->items[k].year);
    if (!first && i < before->count && before->items[i].year == given->items[k].year) i++;
    all[n] = first ? before->items[i++] : given->items[k++];
    if (!copy_notice(t->a, &all[n++])) return false;
  }
  t->notices = (calendar_notices){all, n};
  t->first_year = all[0].year;
  t->last_year = all[n - 1].year;
  return true;
}

static void set_days(calendar_table *t, const day *days, size_t count, bool works) {
  for (size_t i = 0; i < count; i++) t->shift[days[i] - t->first] = works - weekday_works(days[i]);
}

static bool fill(calendar_table *t) {
  if (!day_from_ymd(t->first_year, 1, 1, &t->first) ||
      !day_from_ymd(t->last_year, 12, 31, &t->last))
    return false;
  t->first -= 31; /* December before: what the first notice says of it */
  if (t->first < DAY_MIN) t->first = DAY_MIN;
  size_t days = (size_t)(t->last - t->first) + 1;
  t->shift = ARENA_ARRAY(t->a, days, int32_t);
  if (!t->shift) return false;
  for (size_t i = 0; i < t->notices.count; i++) {
    const calendar_notice *n = &t->notices.items[i];
    set_days(t, n->holidays, n->holiday_count, false);
    set_days(t, n->workdays, n->workday_count, true);
  }
  for (size_t i = 1; i < days; i++) t->shift[i] += t->shift[i - 1];
  return true;
}

static calendar_table *make_table(const calendar_notices *before, const calendar_notices *given,
                                  err *e) {
  arena *a = arena_new(0);
  calendar_table *t = a ? ARENA_NEW(a, calendar_table) : NULL;
  if (t) t->a = a;
  if (t && merge(t, before, given) && fill(t)) return t;
  arena_free(a);
  err_memory(e);
  return NULL;
}

static bool joins(const calendar_table *t, const calendar_notices *given, err *e) {
  int first = given->items[0].year, last = given->items[given->count - 1].year;
  if (!t || (first <= t->last_year + 1 && last >= t->first_year - 1)) return true;
  int missing = first > t->last_year ? t->last_year + 1 : t->first_year - 1;
  return err_set(e, ERR_BAD_INPUT, "notices", "已有%d年至%d年的放假通知，还缺%d年的，请一并提供。",
                 "The notices of %d to %d are known; that of %d is missing: give it as well.",
                 t->first_year, t->last_year, missing);
}

/* False: there is no table. */
static bool publish(calendar *c, calendar_table *t) {
  if (!t) return false;
  t->made_before = c->newest;
  c->newest = t;
  atomic_store(&c->now, t);
  return true;
}

bool calendar_take(calendar *c, const calendar_notices *notices, err *e) {
  const calendar_table *before = table_of(c);
  if (!notices->count) return true;
  if (!joins(before, notices, e)) return false;
  calendar_notices old = calendar_known(c);
  return publish(c, make_table(&old, notices, e));
}

bool calendar_withdraw(calendar *c, int64_t year, err *e) {
  calendar_notices left = calendar_known(c);
  if (!left.count || left.items[left.count - 1].year != year)
    return err_set(e, ERR_BAD_INPUT, "withdrawn",
                   "只能撤回最后一年的放假通知；前面的年份请用正确的通知代替。",
                   "Only the notice of the last year can be withdrawn; replace one of an earlier "
                   "year by the right one.");
  if (left.count == 1)
    return err_set(e, ERR_BAD_INPUT, "withdrawn",
                   "只有这一年的放假通知，不能撤回，请用正确的通知代替。",
                   "This is the only notice and cannot be withdrawn; replace it by the right one.");
  left.count--;
  return calendar_set(c, &left, e);
}

bool calendar_set(calendar *c, const calendar_notices *notices, err *e) {
  if (notices->count) return publish(c, make_table(&(calendar_notices){0}, notices, e));
  calendar_reset(c, NULL);
  return true;
}

const calendar_table *calendar_mark(const calendar *c) {
  return table_of(c);
}

void calendar_reset(calendar *c, const calendar_table *mark) {
  atomic_store(&c->now, mark);
}

calendar *calendar_new(void) {
  return calloc(1, sizeof(calendar));
}

void calendar_free(calendar *c) {
  if (!c) return;
  for (calendar_table *t = c->newest; t;) {
    calendar_table *next = t->made_before;
    arena_free(t->a); /* t is in it */
    t = next;
  }
  free(c);
}
