/* What is to happen and when. Only days and numbers are kept; what is said on the day is drawn on
 * the day. */
#include "demo/district.h"

#include <stdlib.h>

enum { FOR_STORY = 10, FOR_EVENTS = 1000, FIRST_DAYS = 7, EVENTS_MAX = 5000, MINUTE_MS = 60000 };
enum { STEPS_FIVE_APART = 100 }; /* between nine and half past five */

void plan_release(plan *p) {
  free(p->items);
  *p = (plan){0};
}

static bool add(plan *p, const planned *x, err *e) {
  if (p->count == p->room) {
    size_t room = p->room ? p->room * 2 : 1024;
    planned *more = realloc(p->items, room * sizeof *more);
    if (!more) return err_memory(e);
    p->items = more;
    p->room = room;
  }
  p->items[p->count++] = *x;
  return true;
}

/* Some minute of the working day. */
static int64_t desk_ms(day on, dice *d) {
  return district_ms(on, (int64_t)(8 * 60 + 30 + dice_below(d, 9 * 60)) * MINUTE_MS +
                             dice_below(d, MINUTE_MS));
}

static bool add_times(const district *d, plan *p, const event_recipe *v, int64_t per_year,
                      planned x, dice *own, err *e) {
  int64_t span = d->last_day - d->first_day + 1 - FIRST_DAYS;
  int64_t whole = per_year * span, n = whole / 365 + (dice_below(own, 365) < whole % 365);
  if (n > EVENTS_MAX) n = EVENTS_MAX;
  for (int64_t i = 0; i < n; i++) {
    int64_t at =
        v->even ? (i * 100 + dice_between(own, 10, 90)) * span / (n * 100) : dice_below(own, span);
    x.nth = (uint16_t)i;
    x.at_ms = desk_ms(d->first_day + FIRST_DAYS + (day)at, own);
    if (!add(p, &x, e)) return false;
  }
  return true;
}

static bool plan_events(const district *d, arena *a, plan *p, const drawn_unit *u, planned x,
                        err *e) {
  x.type = PLANNED_EVENT;
  for (size_t i = 0; i < u->of->event_count; i++) {
    const event_recipe *v = &u->of->events[i];
    if (!v->per_year) continue;
    size_t count = v->child < 0 ? 1 : u->child_counts[v->child];
    x.what = (uint16_t)i;
    for (size_t c = 0; c < count; c++) {
      dice own = dice_of(d->seed, u->subject << 32 | (uint64_t)u->number, FOR_EVENTS + i, c);
      const drawn *about = v->child < 0 ? &u->self : &u->children[v->child][c];
      drawing y = unit_drawing(d, a, about, u->number, &own, e);
      bool happens = gen_test(v->when, &y);
      int64_t per_year = happens ? gen_draw_int(v->per_year, &y, 0) : 0;
      if (y.failed) return false;
      x.child = (uint16_t)c;
      if (per_year > 0 && per_year <= EVENTS_MAX && !add_times(d, p, v, per_year, x, &own, e))
        return false;
    }
  }
  return true;
}

static bool plan_story(const district *d, arena *a, plan *p, const drawn_unit *u, planned x,
                       err *e) {
  dice own = dice_of(d->seed, u->subject << 32 | (uint64_t)u->number, FOR_STORY, 0);
  drawing y = unit_drawing(d, a, &u->self, u->number, &own, e);
  int64_t draw = dice_below(&own, 1000000);
  x.type = PLANNED_STEP;
  for (size_t i = 0; i < u->of->story_count; i++) {
    const story *t = &u->of->stories[i];
    if (!gen_test(t->when, &y)) continue;
    if (y.failed) return false;
    draw -= t->share_ppm;
    if (draw >= 0) continue;
    int64_t shift = gen_draw_int(t->shift, &y, 0);
    x.what = (uint16_t)i;
    int64_t apart = 5 * MINUTE_MS;
    if (t->step_count > STEPS_FIVE_APART) apart = STEPS_FIVE_APART * apart / (int64_t)t->step_count;
    for (size_t n = 0; n < t->step_count; n++) {
      day on = d->last_day - (day)(t->steps[n].ago + shift), first = d->first_day + FIRST_DAYS;
      x.nth = (uint16_t)n;
      /* Steps of a day follow each other, minutes apart, and a long story ends the same day. */
      x.at_ms = district_ms(on < first         ? first
                            : on > d->last_day ? d->last_day
                                               : on,
                            9 * 60 * MINUTE_MS + (int64_t)n * apart);
      if (!add(p, &x, e)) return false;
    }
    break;
  }
  return !y.failed;
}

static int by_time(const void *l, const void *r) {
  const planned *a = l, *b = r;
#define BY(member)                                                                                 \
  if (a->member != b->member) return a->member < b->member ? -1 : 1
  BY(at_ms);
  BY(district);
  BY(subject);
  BY(number);
  BY(type);
  BY(what);
  BY(child);
  BY(nth);
#undef BY
  return 0;
}

static int64_t units_of(const district *d, const subject_recipe *s) {
  int64_t n = s->of_officers.bytes ? district_officer_count(d, s->of_officers)
              : s->fixed >= 0      ? s->fixed
                                   : d->config->units * s->share_ppm / 1000000;
  return n > DEMO_UNITS_MAX ? DEMO_UNITS_MAX : n;
}

bool plan_write(const district *d, size_t district_index, plan *p, err *e) {
  for (size_t s = 0; s < d->recipe->subject_count; s++) {
    int64_t n = units_of(d, &d->recipe->subjects[s]);
    for (int64_t i = 1; i <= n; i++) {
      arena *a AUTO_ARENA = arena_new(0);
      drawn_unit u;
      if (!a) return err_memory(e);
      if (!unit_draw(d, a, s, i, 0, &u, e)) return false;
      dice own = dice_of(d->seed, s << 32 | (uint64_t)i, FOR_STORY, 1);
      planned x = {.district = (uint8_t)district_index,
                   .number = (int32_t)i,
                   .subject = (uint16_t)s,
                   .at_ms = unit_is_early(u.of)
                                ? district_ms(u.since, (int64_t)(s + 1) * MINUTE_MS + i)
                                : desk_ms(u.since, &own)};
      if (!add(p, &x, e) || !plan_events(d, a, p, &u, x, e) || !plan_story(d, a, p, &u, x, e))
        return false;
    }
  }
  return true;
}

void plan_sort(plan *p) {
  if (p->count) qsort(p->items, p->count, sizeof *p->items, by_time);
}
