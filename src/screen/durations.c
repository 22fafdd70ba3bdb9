/* Spells: from a first mark to the first of another kind, one subject after the other. */
#include "base/money.h"
#include "base/statistics.h"
#include "screen/screen_internal.h"

#include <math.h>
#include <stdlib.h>

const char *spell_state_name(spell_state s) {
  static const char *const names[] = {"overdue", "open", "late", "done", "left"};
  return names[s];
}

/* On one day: what begins comes before what ends. */
typedef enum mark_role { MARK_FROM, MARK_TO, MARK_LEAVES } mark_role;
typedef struct mark {
  uint32_t who; /* row of the subject */
  int32_t on;
  mark_role role;
} mark;

typedef struct spelling {
  screen *s;
  arena *a; /* of the answer */
  scenario *w;
  const question *q;
  const indicator *i;
  const screen_table *of;
  day from, to;
  column counts; /* indicator's `where`; data NULL: all */
  mark *marks;
  size_t mark_count, mark_room;
  spell *found;
  size_t found_count, found_room;
  int64_t unknown;
} spelling;

/* ---- marks ---- */

static bool is_known(const column *c, size_t row) {
  return !c->known || bit_of(c->known, row);
}

static int64_t number_at(const column *c, size_t row) {
  if (c->lane == LANE_BIT) return bit_of(c->data, row);
  return c->lane == LANE_INT32 ? ((const int32_t *)c->data)[row] : ((const int64_t *)c->data)[row];
}

static bool compute(spelling *x, const screen_table *t, const cel_program *p, column *ret) {
  const name_scope *sc = t->event ? &t->event->scope : &t->kind->scope;
  *ret = (column){0};
  return !p || compute_program(x->w, t, sc, p, ret);
}

static bool is_there(const screen_table *t, size_t row) {
  return bit_of(t->live, row) || (t->ended && bit_of(t->ended, row));
}

static bool put_mark(spelling *x, uint32_t who, int64_t on, mark_role role) {
  if (on < DAY_MIN || on > x->q->as_of || !is_there(x->of, who)) return true;
  mark *more = ARENA_GROW(x->w->a, x->marks, x->mark_count, &x->mark_room, mark);
  if (!more) return false;
  x->marks = more;
  more[x->mark_count++] = (mark){who, (int32_t)on, role};
  return true;
}

static uint32_t subject_of(const spelling *x, const screen_table *t, size_t row) {
  if (!t->event) return (uint32_t)row;
  return t->about == x->of ? t->subject[row] : t->owner[row];
}

static bool take_marks(spelling *x, const duration_mark *m, mark_role role) {
  const screen_table *t = m->of_event < 0 ? x->of : &x->s->events[m->of_event];
  column where, on;
  if (!compute(x, t, m->where, &where) || !compute(x, t, m->day, &on)) return false;
  for (size_t row = 0; row < t->rows; row++) {
    if (!(t->event ? bit_of(t->live, row) : is_there(t, row))) continue;
    if (where.data && !is_known(&where, row)) {
      x->unknown++;
      continue;
    }
    if (where.data && !bit_of(where.data, row)) continue;
    if (on.data && !is_known(&on, row)) {
      /* of a subject: it has not come to that yet */
      x->unknown += t->event != NULL;
      continue;
    }
    int64_t d = on.data ? number_at(&on, row) : t->on[row];
    if (!put_mark(x, subject_of(x, t, row), d, role)) return false;
  }
  return true;
}

static bool take_all(spelling *x, const duration_marks *m, mark_role role) {
  for (size_t i = 0; i < m->count; i++)
    if (!take_marks(x, &m->items[i], role)) return false;
  return true;
}

/* A subject that has ended is asked for nothing more. */
static bool take_ends(spelling *x) {
  const screen_table *t = x->of;
  for (size_t row = 0; t->ended && row < t->rows; row++) {
    if (!bit_of(t->ended, row)) continue;
    value v = stored_value(x->s, &t->fields[t->kind->end_date_field], row, x->w->a);
    if (v.type == VALUE_INT && !put_mark(x, (uint32_t)row, v.i, MARK_LEAVES)) return false;
  }
  return true;
}

/* ---- days ---- */

/* Days (or working days) from one to the other. A working day that has begun counts, so that what
 * is done on the day due has taken exactly the limit. */
static int32_t days_taken(const spelling *x, day from, day to) {
  if (!x->i->duration->working_days || to == from) return to - from;
  return calendar_workdays_between(x->s->calendar, from, to - 1) + 1;
}

/* Whole days (or working days) that have passed between the two. */
static int32_t days_behind(const spelling *x, day from, day to) {
  if (!x->i->duration->working_days || to < from) return to - from;
  return calendar_workdays_between(x->s->calendar, from, to);
}

static void set_limit(const spelling *x, spell *y) {
  const duration *d = x->i->duration;
  y->limit = -1;
  y->due = DAY_NONE;
  if (d->limit < 0) return;
  value v = parameter_at(&x->s->p->parameters[d->limit], x->w->a, y->began, NULL);
  if (v.type != VALUE_INT || v.i < 0 || v.i > 36500) return;
  y->limit = (int32_t)v.i;
  y->due = d->working_days ? calendar_add_workdays(x->s->calendar, y->began, y->limit)
                           : y->began + y->limit;
}

static void set_state(const spelling *x, spell *y, bool left) {
  const day now = x->q->as_of;
  const bool open = y->ended == DAY_NONE;
  const day end = open ? now : y->ended;
  set_limit(x, y);
  y->days = open ? days_behind(x, y->began, now) : days_taken(x, y->began, y->ended);
  /* the day itself is not over: it may still come */
  y->seen = days_behind(x, y->began, end - 1);
  bool late = y->due != DAY_NONE && end > y->due;
  y->state = left   ? SPELL_LEFT
             : open ? (late ? SPELL_OVERDUE : SPELL_OPEN)
                    : (late ? SPELL_LATE : SPELL_DONE);
  const calendar *c = x->s->calendar;
  y->provisional = x->i->duration->working_days &&
                   (calendar_is_unknown(c, y->began) || calendar_is_provisional(c, end) ||
                    (open && y->due != DAY_NONE && calendar_is_provisional(c, y->due)));
}

/* ---- spells ---- */

static bool add_spell(spelling *x, uint32_t who, day began, day ended, bool left) {
  const screen_table *t = x->of, *root = t->root ? t->root : t;
  const char *area = x->s->areas[t->area[who]].area;
  if (began < x->from || began > x->to) return true;
  if (!area_in_scope(x->s, t->area[who], x->q->scope)) return true;
  if (x->counts.data && !is_known(&x->counts, who)) {
    x->unknown++;
    return true;
  }
  if (x->counts.data && !bit_of(x->counts.data, who)) return true;
  spell *more = ARENA_GROW(x->a, x->found, x->found_count, &x->found_room, spell);
  if (!more) return false;
  x->found = more;
  spell *y = &more[x->found_count++];
  *y = (spell){.id = t->ids[who], .root = root->ids[t->owner[who]], .began = began, .ended = ended};
  memcpy(y->area, area, sizeof y->area);
  memcpy(y->zone, x->s->areas[t->area[who]].zone, sizeof y->zone);
  set_state(x, y, left);
  return true;
}

static int by_subject(const void *a, const void *b) {
  const mark *x = a, *y = b;
  if (x->who != y->who) return x->who < y->who ? -1 : 1;
  if (x->on != y->on) return x->on < y->on ? -1 : 1;
  return (x->role > y->role) - (x->role < y->role);
}

static bool walk_marks(spelling *x) {
  if (x->mark_count) qsort(x->marks, x->mark_count, sizeof *x->marks, by_subject);
  for (size_t i = 0; i < x->mark_count;) {
    const uint32_t who = x->marks[i].who;
    day began = DAY_NONE, over = DAY_NONE;
    for (; i < x->mark_count && x->marks[i].who == who; i++) {
      const mark *m = &x->marks[i];
      if (began == DAY_NONE) {
        if (m->role == MARK_FROM && (over == DAY_NONE || m->on > over)) began = m->on;
        continue;
      }
      if (m->role == MARK_FROM) continue;
      if (!add_spell(x, who, began, m->on, m->role == MARK_LEAVES)) return false;
      over = m->on;
      began = DAY_NONE;
    }
    if (began != DAY_NONE && !add_spell(x, who, began, DAY_NONE, false)) return false;
  }
  return true;
}

static int by_state(const void *a, const void *b) {
  const spell *x = a, *y = b;
  if (x->state != y->state) return x->state < y->state ? -1 : 1;
  if (x->days != y->days) return x->days > y->days ? -1 : 1;
  if (x->began != y->began) return x->began < y->began ? -1 : 1;
  return memcmp(&x->id, &y->id, sizeof x->id);
}

static bool find_spells(spelling *x) {
  const duration *d = x->i->duration;
  return compute(x, x->of, x->i->where, &x->counts) && take_all(x, &d->from, MARK_FROM) &&
         take_all(x, &d->to, MARK_TO) && take_all(x, &d->leaves, MARK_LEAVES) && take_ends(x) &&
         walk_marks(x);
}

bool screen_spells(screen *s, arena *a, const spell_query *q, spells *ret, err *e) {
  arena *scratch AUTO_ARENA = arena_new(0);
  if (!scratch) return err_memory(e);
  pthread_rwlock_rdlock(&s->lock);
  scenario w = {.s = s, .a = scratch, .on = q->of->as_of, .threads = 1};
  const indicator *i = q->indicator;
  spelling x = {.s = s,
                .a = a,
                .w = &w,
                .q = q->of,
                .i = i,
                .of = &s->subjects[i->of],
                .from = q->from,
                .to = q->to};
  bool ok = scenario_begin(&w) && find_spells(&x);
  scenario_end(&w);
  pthread_rwlock_unlock(&s->lock);
  if (!ok) return err_memory(e);
  if (x.found_count) qsort(x.found, x.found_count, sizeof *x.found, by_state);
  *ret = (spells){x.found, x.found_count, x.unknown};
  return true;
}

/* ---- sums ---- */

static lifetime lifetime_of(const spell *y) {
  bool over = y->state == SPELL_DONE || y->state == SPELL_LATE;
  return (lifetime){over ? y->days : y->seen, over};
}

/* Where the limit was another at another time: each group by its own, by its size. */
static bool share_within(const spell *const *items, size_t count, lifetime *room, double *ret) {
  double sum = 0;
  size_t all = 0;
  for (size_t i = 0; i < count; i++) {
    const int32_t limit = items[i]->limit;
    bool met = limit < 0;
    for (size_t k = 0; k < i && !met; k++) met = items[k]->limit == limit;
    if (met) continue;
    size_t n = 0;
    for (size_t k = i; k < count; k++)
      if (items[k]->limit == limit) room[n++] = lifetime_of(items[k]);
    double share;
    lifetimes_sort(room, n);
    if (!lifetimes_within(room, n, limit, &share)) return false;
    sum += share * (double)n;
    all += n;
  }
  if (all) *ret = sum / (double)all;
  return all > 0;
}

bool spells_sum(arena *a, const spell *const *items, size_t count, spell_sums *ret) {
  lifetime *room = ARENA_ARRAY(a, count + 1, lifetime);
  if (!room) return false;
  spell_sums out = {.count = (int64_t)count};
  for (size_t i = 0; i < count; i++) {
    int64_t *of[] = {[SPELL_OVERDUE] = &out.overdue,
                     [SPELL_OPEN] = &out.open,
                     [SPELL_LATE] = &out.late,
                     [SPELL_DONE] = &out.done,
                     [SPELL_LEFT] = &out.left};
    ++*of[items[i]->state];
    out.provisional |= items[i]->provisional;
    room[i] = lifetime_of(items[i]);
  }
  lifetimes_sort(room, count);
  out.has_median = lifetimes_median(room, count, &out.median);
  double share;
  out.has_share = share_within(items, count, room, &share);
  if (out.has_share) out.share = llround(share * (double)RATE_ONE);
  *ret = out;
  return true;
}
