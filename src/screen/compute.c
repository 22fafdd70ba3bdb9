/* Whole columns that are not stored: values of programs, folds over children. */
#include "screen/screen_internal.h"

#include <stdatomic.h>
#include <stdlib.h>

/* ---- many threads over batches ---- */

typedef struct running {
  const column_plan *p;
  size_t batches;
  atomic_size_t next;
  atomic_bool failed;
  batch_taker each;
  void *context;
} running;
typedef struct runner {
  running *r;
  int thread;
} runner;

enum { BATCHES_AT_ONCE = 8 };

static void *run_batches(void *argument) {
  const runner *me = argument;
  running *r = me->r;
  plan_state *st = plan_state_new(r->p);
  if (!st) atomic_store(&r->failed, true);
  for (;;) {
    size_t from =
        st && !atomic_load(&r->failed) ? atomic_fetch_add(&r->next, BATCHES_AT_ONCE) : r->batches;
    if (from >= r->batches) break;
    size_t to = from + BATCHES_AT_ONCE < r->batches ? from + BATCHES_AT_ONCE : r->batches;
    for (size_t b = from; b < to; b++)
      if (!plan_run(r->p, st, b) || !r->each(r->context, me->thread, b, r->p, st)) {
        atomic_store(&r->failed, true);
        break;
      }
  }
  plan_state_free(st);
  return NULL;
}

bool compute_batches(const column_plan *p, size_t batches, int threads, batch_taker each,
                     void *context) {
  running r = {.p = p, .batches = batches, .each = each, .context = context};
  runner who[SCREEN_THREADS_MAX];
  pthread_t started[SCREEN_THREADS_MAX];
  int n = 0;
  if (threads > SCREEN_THREADS_MAX) threads = SCREEN_THREADS_MAX;
  if ((size_t)threads > batches / BATCHES_AT_ONCE + 1)
    threads = (int)(batches / BATCHES_AT_ONCE) + 1;
  for (int i = 1; i < threads; i++) {
    who[i] = (runner){&r, i};
    /* fewer threads than wished do the same work */
    if (pthread_create(&started[n], NULL, run_batches, &who[i]) == 0) n++;
  }
  who[0] = (runner){&r, 0};
  run_batches(&who[0]);
  while (n > 0) pthread_join(started[--n], NULL);
  return !atomic_load(&r.failed);
}

/* ---- what was made ---- */

struct computed_columns {
  struct computed_columns *next;
  const void *of; /* the program or aggregate; NULL: a fold */
  const screen_table *t;
  fold fold;
  source source;
  void *data;
  uint64_t *known, *failed;
};

/* Of a subject whose day has come, or whose root's has, nothing counts. */
static void mark_live(scenario *w, const screen_table *t, const uint64_t *roots, uint64_t *ret) {
  const stored_column *f = t->kind->end_date_field < 0 ? NULL : &t->fields[t->kind->end_date_field];
  for (size_t r = 0; r < t->rows; r++) {
    bool there = bit_of(t->live, r) || (t->ended && bit_of(t->ended, r));
    if (there && roots) there = bit_of(roots, t->owner[r]);
    if (there && f && f->data && bit_of(f->known, r))
      there = (f->lane == LANE_INT32 ? ((const int32_t *)f->data)[r]
                                     : ((const int64_t *)f->data)[r]) > w->on;
    bit_put(ret, r, there);
  }
}

bool scenario_begin(scenario *w) {
  const screen *s = w->s;
  w->live = ARENA_ARRAY(w->a, s->p->kind_count + 1, const uint64_t *);
  if (!w->live) return false;
  for (int children = 0; children < 2; children++)
    for (size_t i = 0; i < s->p->kind_count; i++) {
      const screen_table *t = &s->subjects[i];
      if ((t->root != NULL) != children) continue;
      w->live[i] = t->live;
      const bool root_ends = t->root && t->root->ends;
      if (!t->ends && !root_ends) continue;
      uint64_t *own = ARENA_ARRAY(w->a, padded(t->rows + 1) / 64, uint64_t);
      if (!own) return false;
      mark_live(w, t, root_ends ? w->live[t->root->kind->index] : NULL, own);
      w->live[i] = own;
    }
  return true;
}

void scenario_end(scenario *w) {
  for (computed_columns *m = w->computed, *next; m; m = next) {
    next = m->next;
    free(m->data);
    free(m->known);
    free(m->failed);
    free(m);
  }
  w->computed = NULL;
}

static computed_columns *made_new(scenario *w, const screen_table *t, const void *of) {
  computed_columns *m = calloc(1, sizeof *m);
  if (!m) return NULL;
  m->of = of;
  m->t = t;
  m->next = w->computed;
  w->computed = m;
  return m;
}

static const computed_columns *made_find(const scenario *w, const screen_table *t, const void *of) {
  const computed_columns *m = w->computed;
  while (m && (m->of != of || m->t != t)) m = m->next;
  return m;
}

static bool same_fold(const fold *a, const fold *b) {
  if (a->kind != b->kind || a->slot != b->slot || a->body != b->body ||
      a->filter_count != b->filter_count)
    return false;
  for (size_t i = 0; i < a->filter_count; i++)
    if (a->filters[i].test != b->filters[i].test) return false;
  return true;
}

static bool made_room(computed_columns *m, lane l, size_t rows) {
  size_t room = padded(rows + 1);
  m->data = aligned_zero(l == LANE_BIT ? room / 8 : l == LANE_INT32 ? room * 4 : room * 8);
  m->known = aligned_zero(room / 8);
  m->failed = aligned_zero(room / 8);
  m->source.kind = SOURCE_COLUMN;
  m->source.column.lane = l;
  m->source.column.data = m->data;
  return m->data && m->known && m->failed;
}

/* ---- a program's values ---- */

static bool keep_batch(void *context, int thread, size_t batch, const column_plan *p,
                       const plan_state *st) {
  (void)thread;
  computed_columns *m = context;
  column c = plan_output(p, st, 0);
  size_t bytes = c.lane == LANE_BIT ? BATCH / 8 : c.lane == LANE_INT32 ? BATCH * 4 : BATCH * 8;
  memcpy((uint8_t *)m->data + batch * bytes, c.data, bytes);
  if (c.known) memcpy(m->known + batch * BATCH_WORDS, c.known, BATCH / 8);
  if (c.failed) memcpy(m->failed + batch * BATCH_WORDS, c.failed, BATCH / 8);
  return true;
}

bool compute_program(scenario *w, const screen_table *t, const name_scope *sc, const cel_program *p,
                     column *ret) {
  const computed_columns *was = made_find(w, t, p);
  if (was) {
    *ret = was->source.column;
    return true;
  }
  row_context here = {w, t, sc, NULL};
  column_ask ask = row_context_ask(&here);
  column_plan *plan = plan_new(w->a, &ask);
  computed_columns *m = made_new(w, t, p);
  if (!plan || !m || plan_add(plan, p) < 0 || !plan_seal(plan)) return false;
  column shape = plan_output(plan, NULL, 0);
  if (!made_room(m, shape.lane, t->rows) ||
      !compute_batches(plan, padded(t->rows) / BATCH, w->threads, keep_batch, m))
    return false;
  column *c = &m->source.column;
  c->least = shape.least;
  c->most = shape.most;
  if (plan_may_miss(plan, 0)) {
    c->known = m->known;
    c->failed = m->failed;
  }
  *ret = *c;
  return true;
}

/* ---- folds over a root's children ---- */

enum { FAULT_UNKNOWN = 1, FAULT_FAILED = 2, OVERFLOWED = 1 << 14 };

/* Faults by level, two bits each: the innermost filter first, the body last; a fault of one level
 * hides what comes after it. */
typedef struct folding {
  const fold *f;
  const screen_table *children;
  const uint64_t *live;
  size_t roots;
  uint16_t *faults;
  int64_t *number;    /* sum, extreme, or how many were true */
  uint32_t *count;    /* items that passed the filters */
  uint64_t *yes, *no; /* some item was true, was false */
} folding;

static int lane_state(const column *c, size_t i) {
  if (c->known == NULL || bit_of(c->known, i)) return 0;
  return c->failed && bit_of(c->failed, i) ? FAULT_FAILED : FAULT_UNKNOWN;
}

static int64_t lane_number(const column *c, size_t i) {
  return c->lane == LANE_INT32 ? ((const int32_t *)c->data)[i] : ((const int64_t *)c->data)[i];
}

static void fold_item(folding *x, uint32_t root, const column *body, size_t i) {
  const fold *f = x->f;
  const size_t level = f->filter_count;
  if (f->body) {
    int state = lane_state(body, i);
    if (state) {
      x->faults[root] |= (uint16_t)(state << 2 * level);
      return;
    }
  }
  int64_t n;
  switch (f->kind) {
  case FOLD_COUNT:
    break;
  case FOLD_ANY:
  case FOLD_ALL:
  case FOLD_ONE: {
    bool yes = bit_of(body->data, i);
    bit_put(yes ? x->yes : x->no, root, true);
    x->number[root] += yes;
    break;
  }
  case FOLD_SUM:
    if (__builtin_add_overflow(x->number[root], lane_number(body, i), &x->number[root]))
      x->faults[root] |= OVERFLOWED;
    break;
  case FOLD_MIN:
  case FOLD_MAX:
    n = lane_number(body, i);
    if (x->count[root] == 0 || (n < x->number[root]) == (f->kind == FOLD_MIN)) x->number[root] = n;
    break;
  }
  x->count[root]++;
}

static bool fold_batch(void *context, int thread, size_t batch, const column_plan *p,
                       const plan_state *st) {
  (void)thread;
  folding *x = context;
  const screen_table *t = x->children;
  const size_t filters = x->f->filter_count, first = batch * BATCH;
  const size_t rows = t->rows - first < BATCH ? t->rows - first : BATCH;
  column tests[FOLD_FILTERS_MAX], body = {0};
  for (size_t k = 0; k < filters; k++) tests[k] = plan_output(p, st, (int)k);
  if (x->f->body) body = plan_output(p, st, (int)filters);
  for (size_t i = 0; i < rows; i++) {
    if (!bit_of(x->live, first + i)) continue;
    const uint32_t root = t->owner[first + i];
    bool passes = true;
    for (size_t k = 0; passes && k < filters; k++) {
      int state = lane_state(&tests[k], i);
      if (state) x->faults[root] |= (uint16_t)(state << 2 * k);
      passes = !state && bit_of(tests[k].data, i);
    }
    if (passes) fold_item(x, root, &body, i);
  }
  return true;
}

/* 0: none; the first level with a fault, unknown before failed. */
static int fault_of(uint16_t faults, size_t levels) {
  for (size_t k = 0; k < levels; k++) {
    int at = faults >> 2 * k & 3;
    if (at) return at & FAULT_UNKNOWN ? FAULT_UNKNOWN : FAULT_FAILED;
  }
  return 0;
}

static void put_result(computed_columns *m, size_t row, int fault, int64_t n) {
  bit_put(m->known, row, fault == 0);
  bit_put(m->failed, row, fault == FAULT_FAILED);
  if (fault) n = 0;
  column *c = &m->source.column;
  if (c->lane == LANE_BIT) {
    bit_put(m->data, row, n != 0);
  } else {
    ((int64_t *)m->data)[row] = n;
    if (n < c->least) c->least = n;
    if (n > c->most) c->most = n;
  }
}

static void fold_result(const folding *x, computed_columns *m, size_t row) {
  const fold *f = x->f;
  const size_t levels = f->filter_count + (f->body ? 1 : 0);
  int fault = fault_of(x->faults[row], f->filter_count);
  int body = fault ? fault : fault_of(x->faults[row], levels);
  int64_t n = x->number[row];
  switch (f->kind) {
  case FOLD_COUNT:
    put_result(m, row, fault, x->count[row]);
    return;
  case FOLD_ANY: /* one true item decides, whatever the others */
    n = bit_of(x->yes, row);
    put_result(m, row, fault || !n ? body : 0, n);
    return;
  case FOLD_ALL:
    n = !bit_of(x->no, row);
    put_result(m, row, fault || n ? body : 0, n);
    return;
  case FOLD_ONE:
    put_result(m, row, body, n == 1);
    return;
  case FOLD_SUM:
    put_result(m, row, body ? body : x->faults[row] & OVERFLOWED ? FAULT_FAILED : 0, n);
    return;
  case FOLD_MIN:
  case FOLD_MAX:
    put_result(m, row, body ? body : x->count[row] == 0 ? FAULT_FAILED : 0, n);
  }
}

/* exists, all, without a filter: no row needs looking at but those that decide or hinder. */
typedef struct deciding {
  const screen_table *children;
  const uint64_t *live;
  bool any;
  uint64_t *decided, *unknown, *failed; /* of the roots */
} deciding;

static void mark_roots(const screen_table *t, size_t first, uint64_t bits, uint64_t *roots) {
  for (; bits; bits &= bits - 1)
    bit_put(roots, t->owner[first + (size_t)__builtin_ctzll(bits)], true);
}

static bool decide_batch(void *context, int thread, size_t batch, const column_plan *p,
                         const plan_state *st) {
  (void)thread;
  deciding *x = context;
  const column c = plan_output(p, st, 0);
  const uint64_t *bits = c.data, *live = x->live + batch * BATCH_WORDS;
  for (size_t w = 0; w < BATCH_WORDS; w++) {
    const size_t first = batch * BATCH + w * 64;
    const uint64_t known = c.known ? c.known[w] : ~UINT64_C(0), failed = c.failed ? c.failed[w] : 0;
    const uint64_t decides = (x->any ? bits[w] : ~bits[w]) & known & live[w];
    mark_roots(x->children, first, decides, x->decided);
    mark_roots(x->children, first, ~known & ~failed & live[w], x->unknown);
    mark_roots(x->children, first, failed & live[w], x->failed);
  }
  return true;
}

static bool run_deciding(const fold *f, const screen_table *children, const uint64_t *live,
                         size_t roots, computed_columns *m, const column_plan *plan) {
  const size_t words = padded(roots + 1) / 64;
  deciding x = {.children = children, .live = live, .any = f->kind == FOLD_ANY};
  x.decided = m->data;
  x.failed = m->failed;
  x.unknown = calloc(words, 8);
  bool ok = x.unknown && compute_batches(plan, padded(children->rows) / BATCH, 1, decide_batch, &x);
  for (size_t w = 0; ok && w < words; w++) {
    m->known[w] = x.decided[w] | ~(x.unknown[w] | x.failed[w]);
    x.failed[w] &= ~x.decided[w] & ~x.unknown[w];
    if (!x.any) x.decided[w] = ~x.decided[w];
  }
  free(x.unknown);
  return ok;
}

/* Filters are listed outermost first, and applied innermost first. */
static fold inside_out(const fold *f) {
  fold g = *f;
  for (size_t i = 0; i < f->filter_count; i++) g.filters[i] = f->filters[f->filter_count - 1 - i];
  return g;
}

static int add_outputs(column_plan *plan, const fold *f) {
  for (size_t i = 0; i < f->filter_count; i++) {
    int at = plan_add_part(plan, f->program, f->filters[i].test);
    if (at < 0) return at;
  }
  return f->body ? plan_add_part(plan, f->program, f->body) : 0;
}

static bool run_fold(folding *x, computed_columns *m, const column_plan *plan) {
  const size_t n = x->roots + 1, words = padded(n) / 64;
  x->faults = calloc(n, sizeof *x->faults);
  x->number = calloc(n, sizeof *x->number);
  x->count = calloc(n, sizeof *x->count);
  x->yes = calloc(words, 8);
  x->no = calloc(words, 8);
  bool ok = x->faults && x->number && x->count && x->yes && x->no &&
            compute_batches(plan, padded(x->children->rows) / BATCH, 1, fold_batch, x);
  for (size_t i = 0; ok && i < x->roots; i++) fold_result(x, m, i);
  free(x->faults);
  free(x->number);
  free(x->count);
  free(x->yes);
  free(x->no);
  return ok;
}

bool compute_fold(scenario *w, const screen_table *root, const name_scope *sc, const fold *f,
                  source *ret) {
  for (const computed_columns *m = w->computed; m; m = m->next)
    if (!m->of && m->t == root && same_fold(&m->fold, f)) {
      *ret = m->source;
      return true;
    }
  fold g = inside_out(f);
  const screen_table *children = &w->s->subjects[sc->slots[f->slot].index];
  row_context body = {w, children, sc, &g};
  column_ask ask = row_context_ask(&body);
  column_plan *plan = plan_new(w->a, &ask);
  if (!plan) return false;
  int added = add_outputs(plan, &g);
  if (added == -2) {
    *ret = (source){.kind = SOURCE_NONE};
    return true;
  }
  computed_columns *m = made_new(w, root, NULL);
  bool bits = f->kind == FOLD_ANY || f->kind == FOLD_ALL || f->kind == FOLD_ONE;
  if (added < 0 || !m || !plan_seal(plan) ||
      !made_room(m, bits ? LANE_BIT : LANE_INT64, root->rows))
    return false;
  m->fold = *f;
  const uint64_t *live = w->live[children->kind->index];
  folding x = {.f = &g, .children = children, .live = live, .roots = root->rows};
  bool decides = f->filter_count == 0 && (f->kind == FOLD_ANY || f->kind == FOLD_ALL);
  if (!(decides ? run_deciding(f, children, live, root->rows, m, plan) : run_fold(&x, m, plan)))
    return false;
  m->source.column.known = m->known;
  m->source.column.failed = m->failed;
  *ret = m->source;
  return true;
}

/* ---- aggregates of another day, or under other parameters ---- */

bool compute_aggregate(scenario *w, const aggregate *g, column *ret) {
  const screen *s = w->s;
  const day_aggregate *k = &s->aggregates[g - s->p->aggregates];
  const name_scope *sc = &s->p->events[g->over].scope;
  if (w->on == s->day && k->data && !scenario_sets(w, g->where, sc) &&
      !scenario_sets(w, g->what, sc)) {
    *ret = day_aggregate_column(k);
    return true;
  }
  const screen_table *t = &s->subjects[g->of];
  const computed_columns *was = made_find(w, t, g);
  if (was) {
    *ret = was->source.column;
    return true;
  }
  computed_columns *m = made_new(w, t, g);
  day_aggregate fresh = {.aggregate = g};
  if (!m) return false;
  bool ok = day_aggregate_fill(w, &fresh);
  m->data = fresh.data; /* the scenario frees it, also when it is only half filled */
  m->known = fresh.known;
  m->failed = fresh.failed;
  if (!ok) return false;
  m->source = (source){.kind = SOURCE_COLUMN, .column = day_aggregate_column(&fresh)};
  *ret = m->source.column;
  return true;
}

bool aggregate_in_column(const aggregate *g) {
  return g->type->kind == CEL_INT;
}

value compute_aggregate_row(scenario *w, const aggregate *g, size_t row, arena *a) {
  const screen *s = w->s;
  const screen_table *of = &s->subjects[g->of], *root = of->root ? of->root : of,
                     *t = &s->events[g->over];
  const size_t owner = of->root ? of->owner[row] : row;
  const day from = aggregate_first_day(g, w->on);
  row_context here = {w, t, &t->event->scope, NULL};
  row_block b = {0};
  value found = value_missing(a, g->name);
  for (size_t i = 0; i < root->part_count; i++)
    if (root->parts[i] == t) b = root->blocks[owner * root->part_count + i];
  for (size_t r = b.first; r < b.first + b.count; r++) { /* newest first */
    if (t->on[r] < from || t->on[r] > w->on || !bit_of(t->live, r)) continue;
    if (of->root && t->subject[r] != row) continue;
    value yes = g->where ? row_context_eval(&here, g->where, r, a, NULL) : value_bool(true);
    if (yes.type != VALUE_BOOL) return yes;
    if (!yes.yes) continue;
    found = row_context_eval(&here, g->what, r, a, NULL);
    if (g->op == AGG_LAST || found.type == VALUE_UNKNOWN || found.type == VALUE_ERROR) return found;
  }
  return found;
}

/* ---- events that build on those before them ---- */

enum { EARLIER_UNKNOWN = 1, EARLIER_KNOWN = 2 };

/* The unit's rows of these events lie newest first. */
static row_block block_of_row(const screen_table *t, size_t row) {
  const screen_table *root = t->root;
  for (size_t i = 0; i < root->part_count; i++)
    if (root->parts[i] == t) return root->blocks[t->owner[row] * root->part_count + i];
  return (row_block){0};
}

/* Rows are filled when they are asked for, the unit's oldest first: each then finds those it builds
 * on. */
static void fill_earlier(scenario *w, computed_columns *m, const screen_table *t, const variable *v,
                         size_t row, arena *a) {
  row_context here = {w, t, &t->event->scope, NULL};
  const day from =
      v->since == WINDOW_CALENDAR_MONTH ? day_month_start(t->on[row]) : day_year_start(t->on[row]);
  const row_block b = block_of_row(t, row);
  int64_t sum = 0;
  uint8_t told = EARLIER_KNOWN;
  for (size_t r = b.first + b.count; told == EARLIER_KNOWN && r-- > row + 1;) {
    if (t->subject[r] != t->subject[row] || t->on[r] < from || !bit_of(t->live, r)) continue;
    if (v->count_earlier) {
      sum++;
      continue;
    }
    value part = row_context_eval(&here, v->earlier, r, a, NULL);
    if (part.type != VALUE_INT || __builtin_add_overflow(sum, part.i, &sum)) told = EARLIER_UNKNOWN;
  }
  ((int64_t *)m->data)[row] = sum;
  ((uint8_t *)m->known)[row] = told;
}

value compute_earlier(scenario *w, const screen_table *t, const variable *v, size_t row, arena *a) {
  computed_columns *m = (computed_columns *)made_find(w, t, v);
  if (!m) {
    m = made_new(w, t, v);
    if (m) {
      m->data = calloc(t->rows + 1, 8);
      m->known = calloc(t->rows / 8 + 1, 8); /* a byte a row */
    }
    if (!m || !m->data || !m->known) {
      w->no_memory = true;
      return value_missing(a, v->name);
    }
  }
  const uint8_t *told = (const uint8_t *)m->known;
  if (!told[row]) {
    const row_block b = block_of_row(t, row);
    for (size_t r = b.first + b.count; r-- > row;)
      if (!told[r] && t->subject[r] == t->subject[row]) fill_earlier(w, m, t, v, r, a);
  }
  if (told[row] != EARLIER_KNOWN) return value_missing(a, v->name);
  return value_int(((const int64_t *)m->data)[row]);
}
