/* Aggregates in columns: of everybody at once, or of the units that changed. */
#include "screen/screen_internal.h"

#include <stdlib.h>

/* What is folded for subjects base … base + count - 1. Events of a unit come newest first. */
typedef struct sums {
  const aggregate *g;
  const screen_table *events;
  bool of_root;
  day from, to;
  size_t base, count;
  int64_t *sum;
  uint32_t *n;
  int32_t *last_day;
  uint8_t *fault; /* 0: none; 1: unknown; 2: failed. The first one ends the fold */
  uint64_t *met;  /* distinct subjects: their rows, less `met_base` */
  size_t met_base;
} sums;

static bool sums_new(sums *x, size_t room, size_t subjects) {
  x->sum = calloc(room + 1, sizeof *x->sum);
  x->n = calloc(room + 1, sizeof *x->n);
  x->last_day = calloc(room + 1, sizeof *x->last_day);
  x->fault = calloc(room + 1, 1);
  x->met = calloc(padded(subjects + 1) / 64, 8);
  return x->sum && x->n && x->last_day && x->fault && x->met;
}

static void sums_free(sums *x) {
  free(x->sum);
  free(x->n);
  free(x->last_day);
  free(x->fault);
  free(x->met);
}

static void sums_clear(sums *x, size_t base, size_t count) {
  x->base = base;
  x->count = count;
  memset(x->sum, 0, count * sizeof *x->sum);
  memset(x->n, 0, count * sizeof *x->n);
  memset(x->last_day, 0, count * sizeof *x->last_day);
  memset(x->fault, 0, count);
}

static int fault_at(const column *c, size_t i) {
  if (!c->known || bit_of(c->known, i)) return 0;
  return c->failed && bit_of(c->failed, i) ? 2 : 1;
}

static void fold_event(sums *x, size_t at, size_t row, const column *where, const column *what) {
  const int32_t on = x->events->on[row];
  const size_t i = row % BATCH;
  const aggregate *g = x->g;
  if (where->data) {
    x->fault[at] = (uint8_t)fault_at(where, i);
    if (x->fault[at] || !bit_of(where->data, i)) return;
  }
  if (g->op == AGG_DAYS) {
    x->n[at] += x->n[at] == 0 || x->last_day[at] != on;
    x->last_day[at] = on;
    return;
  }
  if (g->op == AGG_SUBJECTS) {
    const size_t who = x->events->subject[row] - x->met_base;
    x->n[at] += !bit_of(x->met, who);
    bit_put(x->met, who, true);
    return;
  }
  if (++x->n[at], g->op == AGG_COUNT) return;
  if (g->op == AGG_LAST && x->n[at] > 1) return;
  if ((x->fault[at] = (uint8_t)fault_at(what, i))) return;
  int64_t v = what->lane == LANE_INT32 ? ((const int32_t *)what->data)[i]
                                       : ((const int64_t *)what->data)[i];
  if (g->op == AGG_SUM || g->op == AGG_MEAN) {
    if (__builtin_add_overflow(x->sum[at], v, &x->sum[at])) x->fault[at] = 2;
  } else if (x->n[at] == 1 || g->op == AGG_FIRST || (g->op == AGG_MIN && v < x->sum[at]) ||
             (g->op == AGG_MAX && v > x->sum[at])) {
    x->sum[at] = v;
  }
}

/* Rows first … end - 1 of the events, all in one batch. */
static void fold_rows(sums *x, const column_plan *p, const plan_state *st, size_t first,
                      size_t end) {
  const screen_table *t = x->events;
  column where = {0}, what = {0};
  int output = 0;
  if (x->g->where) where = plan_output(p, st, output++);
  if (x->g->what) what = plan_output(p, st, output);
  for (size_t r = first; r < end; r++) {
    if (t->on[r] < x->from || t->on[r] > x->to || !bit_of(t->live, r)) continue;
    const size_t at = (x->of_root ? t->owner[r] : t->subject[r]) - x->base;
    if (at < x->count && !x->fault[at]) fold_event(x, at, r, &where, &what);
  }
}

static bool fold_batch(void *context, int thread, size_t batch, const column_plan *p,
                       const plan_state *st) {
  (void)thread;
  sums *x = context;
  size_t end = (batch + 1) * BATCH;
  fold_rows(x, p, st, batch * BATCH, end < x->events->rows ? end : x->events->rows);
  return true;
}

static bool fits32(int64_t v) {
  return v >= INT32_MIN && v <= INT32_MAX;
}

static bool widen(day_aggregate *k) {
  int64_t *wide = aligned_zero(k->room * 8);
  if (!wide) return false;
  for (size_t i = 0; i < k->room; i++) wide[i] = ((int32_t *)k->data)[i];
  free(k->data);
  k->data = wide;
  k->lane = LANE_INT64;
  return true;
}

static bool put_results(const sums *x, day_aggregate *k) {
  const aggregate *g = x->g;
  const bool counts = g->op == AGG_COUNT || g->op == AGG_DAYS || g->op == AGG_SUBJECTS;
  for (size_t i = 0; i < x->count; i++) {
    const size_t row = x->base + i;
    const bool none = !counts && g->op != AGG_SUM && x->n[i] == 0;
    int64_t v = 0;
    if (!x->fault[i] && !none) {
      v = counts ? x->n[i] : x->sum[i];
      if (!counts && !aggregate_result(g, x->sum[i], x->n[i], &v)) x->fault[i] = 2;
    }
    if (k->lane == LANE_INT32 && !fits32(v) && !widen(k)) return false;
    if (k->lane == LANE_INT32)
      ((int32_t *)k->data)[row] = (int32_t)v;
    else
      ((int64_t *)k->data)[row] = v;
    k->missing |= x->fault[i] || none;
    bit_put(k->known, row, !x->fault[i] && !none);
    bit_put(k->failed, row, x->fault[i] == 2);
    if (v < k->least) k->least = v;
    if (v > k->most) k->most = v;
  }
  return true;
}

column day_aggregate_column(const day_aggregate *k) {
  return (column){.lane = k->lane,
                  .data = k->data,
                  .known = k->missing ? k->known : NULL,
                  .failed = k->missing ? k->failed : NULL,
                  .least = k->least,
                  .most = k->most};
}

static column_plan *plan_of(scenario *w, row_context *here, const aggregate *g) {
  column_ask ask = row_context_ask(here);
  column_plan *p = plan_new(w->a, &ask);
  if (!p || (g->where && plan_add(p, g->where) < 0) || (g->what && plan_add(p, g->what) < 0) ||
      !plan_seal(p))
    return NULL;
  return p;
}

static bool kept_room(day_aggregate *k, const screen_table *t) {
  if (k->data && k->room >= t->room) return true;
  if (!k->data) k->lane = LANE_INT32;
  const size_t room = padded(t->room + 1), was = k->room, of = k->lane == LANE_INT32 ? 4 : 8;
  void *data = aligned_zero(room * of);
  uint64_t *known = aligned_zero(room / 8), *failed = aligned_zero(room / 8);
  if (!data || !known || !failed) {
    free(data);
    free(known);
    free(failed);
    return false;
  }
  if (was) {
    memcpy(data, k->data, was * of);
    memcpy(known, k->known, was / 8);
    memcpy(failed, k->failed, was / 8);
  }
  free(k->data);
  free(k->known);
  free(k->failed);
  k->data = data;
  k->known = known;
  k->failed = failed;
  k->room = room;
  return true;
}

static sums sums_of(const scenario *w, const aggregate *g) {
  const screen *s = w->s;
  return (sums){.g = g,
                .events = &s->events[g->over],
                .of_root = !s->subjects[g->of].root,
                .from = aggregate_first_day(g, w->on),
                .to = w->on};
}

bool day_aggregate_fill(scenario *w, day_aggregate *k) {
  const aggregate *g = k->aggregate;
  const screen_table *t = &w->s->subjects[g->of];
  sums x = sums_of(w, g);
  row_context here = {w, x.events, &w->s->p->events[g->over].scope, NULL};
  column_plan *p = plan_of(w, &here, g);
  bool ok = p && kept_room(k, t) &&
            sums_new(&x, t->rows, g->op == AGG_SUBJECTS ? x.events->about->rows : 0);
  if (ok) sums_clear(&x, 0, t->rows);
  ok = ok && compute_batches(p, padded(x.events->rows) / BATCH, 1, fold_batch, &x);
  k->least = k->most = 0;
  k->missing = false;
  ok = ok && put_results(&x, k);
  sums_free(&x);
  return ok;
}

static row_block block_of(const screen_table *roots, uint32_t row, const screen_table *part) {
  for (size_t i = 0; i < roots->part_count; i++)
    if (roots->parts[i] == part) return roots->blocks[row * roots->part_count + i];
  return (row_block){0};
}

static bool fold_unit(sums *x, day_aggregate *k, const column_plan *p, plan_state *st,
                      const screen_table *roots, uint32_t row) {
  row_block of = x->of_root ? (row_block){row, 1}
                            : block_of(roots, row, &roots[x->g->of - roots->kind->index]);
  if (of.count == 0) return true;
  sums_clear(x, of.first, of.count);
  const screen_table *about = x->events->about;
  const row_block who = about == roots ? (row_block){row, 1} : block_of(roots, row, about);
  x->met_base = who.first;
  memset(x->met, 0, padded(who.count + 1) / 8);
  row_block b = block_of(roots, row, x->events);
  for (size_t r = b.first, end = b.first + b.count; r < end;) {
    const size_t batch = r / BATCH, stop = (batch + 1) * BATCH < end ? (batch + 1) * BATCH : end;
    if (!plan_run(p, st, batch)) return false;
    fold_rows(x, p, st, r, stop);
    r = stop;
  }
  return put_results(x, k);
}

static size_t largest_unit(const screen_table *roots, const uint32_t *rows, size_t count,
                           const screen_table *part) {
  size_t most = 1;
  for (size_t i = 0; i < count; i++) {
    size_t n = block_of(roots, rows[i], part).count;
    if (n > most) most = n;
  }
  return most;
}

static bool aggregate_some(scenario *w, day_aggregate *k, const screen_table *roots,
                           const uint32_t *rows, size_t count) {
  const aggregate *g = k->aggregate;
  const screen_table *t = &w->s->subjects[g->of];
  sums x = sums_of(w, g);
  row_context here = {w, x.events, &w->s->p->events[g->over].scope, NULL};
  column_plan *p = plan_of(w, &here, g);
  plan_state *st = p ? plan_state_new(p) : NULL;
  bool ok = st && kept_room(k, t) &&
            sums_new(&x, x.of_root ? 1 : largest_unit(roots, rows, count, t),
                     largest_unit(roots, rows, count, x.events->about));
  for (size_t i = 0; ok && i < count; i++) ok = fold_unit(&x, k, p, st, roots, rows[i]);
  sums_free(&x);
  plan_state_free(st);
  return ok;
}

bool aggregates_refresh(screen *s, const screen_table *roots, const uint32_t *rows, size_t count) {
  arena *a AUTO_ARENA = arena_new(0);
  scenario w = {.s = s, .a = a, .on = s->day, .threads = 1};
  bool ok = a && scenario_begin(&w);
  for (size_t i = 0; ok && i < s->p->aggregate_count; i++) {
    day_aggregate *k = &s->aggregates[i];
    const screen_table *t = &s->subjects[k->aggregate->of];
    if (!aggregate_in_column(k->aggregate)) continue;
    if (roots && t != roots && t->root != roots) continue;
    /* many units: one pass over all is quicker */
    bool all = !roots || !k->data || count > roots->rows / 16 + 16;
    ok = all ? day_aggregate_fill(&w, k) : aggregate_some(&w, k, roots, rows, count);
  }
  scenario_end(&w);
  return ok;
}
