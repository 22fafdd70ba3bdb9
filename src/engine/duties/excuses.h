/* excuses.h — what excuses or increases a duty on which days: read once for a period, asked often.
 */
#ifndef JISHI_ENGINE_DUTIES_EXCUSES_H
#define JISHI_ENGINE_DUTIES_EXCUSES_H

#include "engine/duties/lines.h"

enum { PERIOD_DAYS_MAX = 366 };

typedef struct duty_excuses {
  const pack *pack;
  const duty *duty;
  const calendar *calendar;
  day from, to;
  condition_day **conditions; /* [condition index of the pack]: NULL: not asked for; by root */
  size_t *condition_counts;
  excuse *declared; /* "not done, because", by root */
  size_t declared_count;
  /* of the areas asked last, because one line asks about each of its days */
  scope areas;
  bool areas_known;
  label area_why[PERIOD_DAYS_MAX]; /* zh NULL: the day is not excused */
} duty_excuses;

bool excuses_load(store *s, arena *a, duty_excuses *x, err *e); /* pack … to are filled in */
/* Why a day is excused for whoever works in these areas; NULL: it is not. */
const label *excuses_areas(duty_excuses *x, const scope *areas, day on);
/* Whether a subject is asked for nothing in the whole period, and why. `off` (may be NULL): days on
 * which its officer is away, one flag a day from x->from. */
bool excuses_subject(duty_excuses *x, const uuid *root, const char *area, day since,
                     const bool *off, label *ret_why);
/* What an officer declared of this duty, or of all his duties on that day; *stand_in nil: nobody.
 * NULL: nothing. */
const excuse *excuses_officer(const duty_excuses *x, const uuid *officer, day on);
const excuse *excuses_named(const duty_excuses *x, const uuid *officer); /* of this duty */
/* Whether it lets `doer` stand in for `away` in this duty on that day. */
bool excuse_stands_in(const excuse *x, const duty *d, const uuid *away, const uuid *doer, day on);
/* Whether a condition holds anywhere in the period up to `until` around these areas. */
bool excuses_increased(const duty_excuses *x, int condition, const scope *areas, day until);

#endif
