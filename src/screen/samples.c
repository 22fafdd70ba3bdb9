/* Samples in columns: who may be drawn, and what came of visiting those drawn. */
#include "screen/screen_internal.h"

#include <stdlib.h>

static bool is_known(const column *c, size_t row) {
  return !c->known || bit_of(c->known, row);
}

/* The stratum with these marks, a new one if there is none. False: memory. */
static bool stratum_of(frame *f, size_t *room, arena *a, const frame_stratum *of, uint32_t *ret) {
  for (size_t i = 0; i < f->stratum_count; i++) {
    if (memcmp(&f->strata[i].area, of->area, sizeof of->area) != 0) continue;
    bool same = true;
    for (size_t k = 0; k < SAMPLE_FIELDS_MAX; k++) same &= f->strata[i].choice[k] == of->choice[k];
    if (!same) continue;
    *ret = (uint32_t)i;
    return true;
  }
  frame_stratum *more = ARENA_GROW(a, f->strata, f->stratum_count, room, frame_stratum);
  if (!more) return false;
  f->strata = more;
  *ret = (uint32_t)f->stratum_count;
  more[f->stratum_count++] = *of;
  return true;
}

/* The index of a choice, 0 or 1 of a yes/no, -1: not known. */
static int choice_at(const screen *s, const screen_table *t, int f, size_t row, arena *a) {
  const field *of = &t->kind->fields[f];
  value v = stored_value(s, &t->fields[f], row, a);
  if (v.type == VALUE_BOOL) return v.yes;
  for (size_t i = 0; v.type == VALUE_STRING && i < of->choice_count; i++)
    if (text_is(v.s, of->choices[i].code)) return (int)i;
  return -1;
}

static frame_stratum marks_of(const screen *s, const screen_table *t, const sample_plan *p,
                              size_t row, arena *a) {
  frame_stratum x = {.area = "", .choice = {-1, -1}};
  const size_t keep = p->by_area == STRATA_TOWN ? 9 : p->by_area == STRATA_VILLAGE ? 12 : 0;
  if (keep) {
    memset(x.area, '0', 12);
    memcpy(x.area, s->areas[t->area[row]].area, keep);
  }
  for (size_t k = 0; k < p->by_count; k++) x.choice[k] = choice_at(s, t, p->by[k], row, a);
  return x;
}

static bool fill_frame(screen *s, scenario *w, arena *a, const question *q, const frame_query *of,
                       frame *f) {
  const sample_plan *p = of->plan;
  const screen_table *t = &s->subjects[p->of];
  column where = {0};
  size_t room = 0;
  if (p->where && !compute_program(w, t, &t->kind->scope, p->where, &where)) return false;
  f->members = ARENA_ARRAY(a, t->rows + 1, frame_member);
  if (!f->members) return false;
  for (size_t row = 0; row < t->rows; row++) {
    if (!bit_of(w->live[p->of], row)) continue;
    if (!area_in_scope(s, t->area[row], q->scope)) continue;
    if (where.data && !is_known(&where, row)) f->unknown++;
    if (where.data && (!is_known(&where, row) || !bit_of(where.data, row))) continue;
    frame_stratum marks = of->stratified ? marks_of(s, t, p, row, w->a)
                                         : (frame_stratum){.area = "", .choice = {-1, -1}};
    frame_member *m = &f->members[f->count];
    if (!stratum_of(f, &room, a, &marks, &m->stratum)) return false;
    m->id = t->ids[row];
    f->strata[m->stratum].population++;
    f->count++;
  }
  return true;
}

/* By area, then by the fields' choices: the same order for everybody. */
static int compare_strata(const frame_stratum *x, const frame_stratum *y) {
  int by = strcmp(x->area, y->area);
  for (size_t k = 0; by == 0 && k < SAMPLE_FIELDS_MAX; k++)
    by = (x->choice[k] > y->choice[k]) - (x->choice[k] < y->choice[k]);
  return by;
}

static int by_marks(const void *a, const void *b) {
  return compare_strata(a, b);
}

static bool sort_strata(frame *f, arena *a) {
  frame_stratum *was = ARENA_ARRAY(a, f->stratum_count + 1, frame_stratum);
  uint32_t *to = ARENA_ARRAY(a, f->stratum_count + 1, uint32_t);
  if (!was || !to) return false;
  if (f->stratum_count) memcpy(was, f->strata, f->stratum_count * sizeof *was);
  if (f->stratum_count) qsort(f->strata, f->stratum_count, sizeof *f->strata, by_marks);
  for (uint32_t i = 0; i < f->stratum_count; i++)
    while (compare_strata(&was[i], &f->strata[to[i]]) != 0) to[i]++;
  for (size_t i = 0; i < f->count; i++) f->members[i].stratum = to[f->members[i].stratum];
  return true;
}

bool screen_frame(screen *s, arena *a, const question *q, const frame_query *of, frame *ret,
                  err *e) {
  arena *scratch AUTO_ARENA = arena_new(0);
  if (!scratch) return err_memory(e);
  pthread_rwlock_rdlock(&s->lock);
  scenario w = {.s = s, .a = scratch, .on = q->as_of, .threads = 1};
  frame f = {0};
  bool ok = scenario_begin(&w) && fill_frame(s, &w, a, q, of, &f) && sort_strata(&f, scratch);
  scenario_end(&w);
  pthread_rwlock_unlock(&s->lock);
  if (!ok) return err_memory(e);
  *ret = f;
  return true;
}

/* ---- checks ---- */

typedef struct checking {
  const sample_plan *p;
  const screen_table *t; /* of the checks */
  column what[SAMPLE_RESULTS_MAX];
  uint32_t *of_row; /* root row → index of the member + 1 */
} checking;

static bool begin_checks(screen *s, scenario *w, const check_query *q, checking *x) {
  const screen_table *root = &s->subjects[q->plan->of];
  *x = (checking){.p = q->plan,
                  .t = &s->events[q->plan->check],
                  .of_row = ARENA_ARRAY(w->a, root->rows + 1, uint32_t)};
  if (!x->of_row) return false;
  for (size_t i = 0; i < q->count; i++) {
    uint32_t row = table_find(root, &q->ids[i]);
    if (row != UINT32_MAX) x->of_row[row] = (uint32_t)i + 1;
  }
  for (size_t k = 0; k < q->plan->result_count; k++)
    if (!compute_program(w, x->t, &x->t->event->scope, q->plan->results[k].what, &x->what[k]))
      return false;
  return true;
}

/* The newest of a day stands first in its unit's block. */
static void take_checks(const checking *x, day since, sample_check *checks) {
  const screen_table *t = x->t;
  for (size_t row = 0; row < t->rows; row++) {
    if (!bit_of(t->live, row) || t->on[row] < since) continue;
    const uint32_t member = x->of_row[t->owner[row]];
    if (!member) continue;
    sample_check *c = &checks[member - 1];
    if (c->on != DAY_NONE && c->on >= t->on[row]) continue;
    c->on = t->on[row];
    for (size_t k = 0; k < x->p->result_count; k++)
      c->answers[k] = !is_known(&x->what[k], row)    ? SAMPLE_UNKNOWN
                      : bit_of(x->what[k].data, row) ? SAMPLE_YES
                                                     : SAMPLE_NO;
  }
}

bool screen_checks(screen *s, arena *a, const check_query *q, sample_check **ret, err *e) {
  arena *scratch AUTO_ARENA = arena_new(0);
  sample_check *checks = ARENA_ARRAY(a, q->count + 1, sample_check);
  if (!scratch || !checks) return err_memory(e);
  for (size_t i = 0; i < q->count; i++) checks[i].on = DAY_NONE;
  pthread_rwlock_rdlock(&s->lock);
  scenario w = {.s = s, .a = scratch, .on = q->today, .threads = 1};
  checking x;
  bool ok = scenario_begin(&w) && begin_checks(s, &w, q, &x);
  if (ok) take_checks(&x, q->since, checks);
  scenario_end(&w);
  pthread_rwlock_unlock(&s->lock);
  if (!ok) return err_memory(e);
  *ret = checks;
  return true;
}
