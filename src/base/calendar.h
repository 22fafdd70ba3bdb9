/* calendar.h — working days: Monday to Friday, less public holidays, plus make-up days (调休).
 *
 * The State Council names each year's holidays and make-up days in a notice, usually in the autumn
 * before. For the years it has notices of, a calendar is sure. Later years are *provisional*: only
 * their weekends are known, and the next notice may move any result. Days before the first year
 * are *unknown*.
 *
 * A calendar lives as long as its county is open. Any thread may read it while one takes in
 * notices: what was taken in before is kept until calendar_free, so nothing read goes away. All
 * functions take a NULL calendar as one without notices. */
#ifndef JISHI_BASE_CALENDAR_H
#define JISHI_BASE_CALENDAR_H

#include "base/date.h"
#include "base/json.h"

enum { CALENDAR_NOTICES_MAX = 200, CALENDAR_REFERENCE_MAX = 300 };

typedef struct calendar_notice {
  int year;
  text reference;      /* the notice's title or number */
  const day *holidays; /* of this year, or of December of the year before */
  const day *workdays; /* make-up days, likewise */
  size_t holiday_count, workday_count;
} calendar_notice;
typedef struct calendar_notices {
  const calendar_notice *items; /* by year, without a gap */
  size_t count;
} calendar_notices;

/* Both check the form and each notice by itself: days that exist, that belong to the year, and that
 * are not both off and worked. The file (data/calendar.yaml is one) is a list `notices` of
 * {year, reference, holidays, workdays}; its faults are BAD_FILE at file:line:column. Of JSON the
 * list alone is given; its faults are BAD_INPUT at "notices/0/holidays/3". All lives in `a`. */
bool calendar_read_file(arena *a, const char *path, calendar_notices *ret, err *e);
bool calendar_read_json(arena *a, const json *list, calendar_notices *ret, err *e);
void calendar_write_json(json_out *w, const calendar_notices *notices); /* that list */

typedef struct calendar calendar;
calendar *calendar_new(void); /* without notices; NULL when out of memory */
void calendar_free(calendar *c);
/* Takes copies. A notice replaces one of the same year; of two that name one day, the later year's
 * holds. BAD_INPUT when a year between those known and these would be missing. */
bool calendar_take(calendar *c, const calendar_notices *notices, err *e);
/* Takes the last notice back: its year is provisional again. BAD_INPUT when `year` is not that of
 * the last notice, or of the only one. */
bool calendar_withdraw(calendar *c, int64_t year, err *e);
/* Has these notices and no others from now on. */
bool calendar_set(calendar *c, const calendar_notices *notices, err *e);
/* A new calendar with the notices of a file. */
calendar *calendar_load(const char *path, err *e);
/* To undo what was taken in since the mark. */
typedef struct calendar_table calendar_table;
const calendar_table *calendar_mark(const calendar *c);
void calendar_reset(calendar *c, const calendar_table *mark);

calendar_notices calendar_known(const calendar *c);
/* Those of `all` that are later than every notice of the calendar. */
calendar_notices calendar_newer(const calendar *c, const calendar_notices *all);
/* Of the notices; false, and both untouched, when there are none. */
bool calendar_years(const calendar *c, int *ret_first, int *ret_last);
bool calendar_is_unknown(const calendar *c, day d);
bool calendar_is_provisional(const calendar *c, day d);

/* Where the day is unknown or provisional: Monday to Friday. */
bool calendar_works(const calendar *c, day d);
/* The n-th working day after `from` (from itself is not counted; n = 0 gives from). n ≥ 0.
 * DAY_NONE past the year 9999. */
day calendar_add_workdays(const calendar *c, day from, int n);
/* Working days in (from, to]; negative when to < from. */
int calendar_workdays_between(const calendar *c, day from, day to);

#endif
