/* Conditions and excuses of a period, looked up by area, subject, officer and day. */
#include "engine/duties/excuses.h"

static bool load_condition(store *s, arena *a, duty_excuses *x, int c, err *e) {
  if (x->conditions[c]) return true;
  condition_day *rows = NULL;
  if (!store_conditions(
          s, a,
          &(condition_query){.name = x->pack->conditions[c].name, .from = x->from, .to = x->to},
          &rows, &x->condition_counts[c], e))
    return false;
  static condition_day none;
  x->conditions[c] = rows ? rows : &none;
  return true;
}

bool excuses_load(store *s, arena *a, duty_excuses *x, err *e) {
  const duty *d = x->duty;
  x->conditions = ARENA_ARRAY(a, x->pack->condition_count, condition_day *);
  x->condition_counts = ARENA_ARRAY(a, x->pack->condition_count, size_t);
  if (!x->conditions || !x->condition_counts) return err_memory(e);
  for (size_t i = 0; i < d->excuse_count; i++)
    if (!load_condition(s, a, x, d->excuses[i], e)) return false;
  for (size_t i = 0; i < d->increase_count; i++)
    if (!load_condition(s, a, x, d->increases[i].condition, e)) return false;
  x->areas_known = false;
  return store_excuses(s, a, x->from, x->to, &x->declared, &x->declared_count, e);
}

/* ---- areas ---- */

static bool covers_all(const condition_day *c, const scope *areas) {
  if (!c->lo[0]) return false;
  for (size_t i = 0; i < areas->count; i++)
    if (strcmp(c->lo, areas->areas[i].lo) > 0 || strcmp(areas->areas[i].hi, c->hi) > 0)
      return false;
  return areas->count > 0;
}

static bool same_areas(const scope *a, const scope *b) {
  return a->count == b->count && memcmp(a->areas, b->areas, a->count * sizeof a->areas[0]) == 0;
}

static void compute_area_excuses(duty_excuses *x, const scope *areas) {
  static const label no_workday = {"非工作日", "not a working day"};
  x->areas = *areas;
  x->areas_known = true;
  for (day on = x->from; on <= x->to; on++) {
    label *why = &x->area_why[on - x->from];
    *why = (label){0};
    if (x->duty->workdays && x->calendar && !calendar_works(x->calendar, on)) *why = no_workday;
    for (size_t i = 0; !why->zh && i < x->duty->excuse_count; i++) {
      int c = x->duty->excuses[i];
      for (size_t k = 0; !why->zh && k < x->condition_counts[c]; k++) {
        const condition_day *row = &x->conditions[c][k];
        if (row->since <= on && on <= row->until && covers_all(row, areas))
          *why = x->pack->conditions[c].title;
      }
    }
  }
}

const label *excuses_areas(duty_excuses *x, const scope *areas, day on) {
  if (!x->areas_known || !same_areas(&x->areas, areas)) compute_area_excuses(x, areas);
  const label *why = &x->area_why[on - x->from];
  return why->zh ? why : NULL;
}

bool excuses_increased(const duty_excuses *x, int c, const scope *areas, day until) {
  for (size_t i = 0; i < x->condition_counts[c]; i++) {
    const condition_day *row = &x->conditions[c][i];
    if (row->since <= until && covers_all(row, areas)) return true;
  }
  return false;
}

/* ---- subjects ---- */

/* The first row of a subject in rows that stand by root. */
#define FIRST_OF(rows, count, of)                                                                  \
  size_t lo = 0, hi = (count);                                                                     \
  while (lo < hi) {                                                                                \
    size_t mid = (lo + hi) / 2;                                                                    \
    if (memcmp((rows)[mid].root.b, (of)->b, 16) < 0)                                               \
      lo = mid + 1;                                                                                \
    else                                                                                           \
      hi = mid;                                                                                    \
  }

static bool is_of_duty(const excuse *x, const duty *d) {
  return strcmp(x->duty, d->name) == 0;
}

static bool declared_of(const duty_excuses *x, const uuid *root, day on, bool named,
                        label *ret_why) {
  FIRST_OF(x->declared, x->declared_count, root)
  for (size_t i = lo; i < x->declared_count && uuid_equal(&x->declared[i].root, root); i++) {
    const excuse *s = &x->declared[i];
    bool fits = named ? is_of_duty(s, x->duty)
                      : (!s->duty[0] || is_of_duty(s, x->duty)) && s->since <= on && on <= s->until;
    if (!fits) continue;
    *ret_why = (label){s->reason, s->reason};
    return true;
  }
  return false;
}

static bool condition_of(const duty_excuses *x, const uuid *root, day on, label *ret_why) {
  for (size_t i = 0; i < x->duty->excuse_count; i++) {
    int c = x->duty->excuses[i];
    const condition_day *rows = x->conditions[c];
    FIRST_OF(rows, x->condition_counts[c], root)
    for (size_t k = lo; k < x->condition_counts[c] && uuid_equal(&rows[k].root, root); k++)
      if (rows[k].since <= on && on <= rows[k].until) {
        *ret_why = x->pack->conditions[c].title;
        return true;
      }
  }
  return false;
}

/* One day of a subject. */
static bool subject_day(duty_excuses *x, const uuid *root, const scope *areas, day on,
                        const bool *off, label *ret_why) {
  static const label away = {"责任人请假", "its officer is away"};
  const label *here = excuses_areas(x, areas, on);
  if (here) {
    *ret_why = *here;
    return true;
  }
  if (condition_of(x, root, on, ret_why) || declared_of(x, root, on, false, ret_why)) return true;
  if (!off || !off[on - x->from]) return false;
  *ret_why = away;
  return true;
}

bool excuses_subject(duty_excuses *x, const uuid *root, const char *area, day since,
                     const bool *off, label *ret_why) {
  scope here = {0};
  label first = {"", ""};
  *ret_why = first;
  if (declared_of(x, root, x->from, true, ret_why)) return true;
  scope_add(&here, area);
  day begin = since > x->from ? since : x->from;
  for (day on = begin; on <= x->to; on++) {
    if (!subject_day(x, root, &here, on, off, ret_why)) return false;
    if (on == begin) first = *ret_why;
  }
  *ret_why = first;
  return begin <= x->to;
}

/* ---- officers ---- */

const excuse *excuses_officer(const duty_excuses *x, const uuid *officer_id, day on) {
  for (size_t i = 0; i < x->declared_count; i++) {
    const excuse *s = &x->declared[i];
    if (uuid_equal(&s->officer, officer_id) && s->since <= on && on <= s->until &&
        (!s->duty[0] || is_of_duty(s, x->duty)))
      return s;
  }
  return NULL;
}

const excuse *excuses_named(const duty_excuses *x, const uuid *officer_id) {
  for (size_t i = 0; i < x->declared_count; i++)
    if (uuid_equal(&x->declared[i].officer, officer_id) && is_of_duty(&x->declared[i], x->duty))
      return &x->declared[i];
  return NULL;
}

bool excuse_stands_in(const excuse *x, const duty *d, const uuid *away, const uuid *doer, day on) {
  return !uuid_is_nil(away) && uuid_equal(&x->officer, away) && uuid_equal(&x->stand_in, doer) &&
         x->since <= on && on <= x->until && (!x->duty[0] || strcmp(x->duty, d->name) == 0);
}
