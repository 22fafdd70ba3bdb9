/* Indicators: figures over subjects or over the events of a period, and the rows behind them. */
#include "screen/screen_internal.h"

#include <stdlib.h>
#include <unistd.h>

/* One indicator being counted. */
typedef struct counting {
  const indicator *i;
  const screen_table *t;
  const uint64_t *live;
  const question *q;
  day from, to;
  int where, what, per; /* outputs; -1: none */
  uint64_t *seen;       /* distinct: rows of subjects or roots that were met */
  figure *by_area;      /* one an area of the screen */
  /* or rows are listed: */
  figure_row *rows;
  size_t row_count, limit;
  int64_t next; /* the row to go on from; -1 */
  size_t first;
} counting;

static int lane_fault(const column *c, size_t i) {
  if (!c->known || bit_of(c->known, i)) return 0;
  return c->failed && bit_of(c->failed, i) ? 2 : 1;
}

static int64_t number_at(const column *c, size_t i) {
  if (c->lane == LANE_BIT) return bit_of(c->data, i);
  return c->lane == LANE_INT32 ? ((const int32_t *)c->data)[i] : ((const int64_t *)c->data)[i];
}

/* Where it was then: subjects at the end of the period, events on their day. */
static uint32_t area_of(const counting *x, const screen *s, size_t row) {
  const screen_table *t = x->t, *root = t->root ? t->root : t;
  const uint32_t now = t->event ? t->about->area[t->subject[row]] : t->area[row];
  if (!s->past_count) return now;
  return past_area_on(s, &root->ids[t->owner[row]], t->event ? t->on[row] : x->to, now);
}

static bool is_distinct(const indicator *i) {
  return i->form == INDICATOR_SUBJECTS || i->form == INDICATOR_ROOTS;
}

/* True when this subject (or root) was not met before. */
static bool first_seen(counting *x, size_t row) {
  const screen_table *t = x->t;
  const size_t who = x->i->form == INDICATOR_ROOTS ? t->owner[row] : t->subject[row];
  if (bit_of(x->seen, who)) return false;
  bit_put(x->seen, who, true);
  return true;
}

static void list_row(counting *x, const screen *s, size_t row, int64_t what) {
  const screen_table *t = x->t, *of = t->event ? t->about : t, *root = t->root ? t->root : t;
  const size_t at = t->event ? t->subject[row] : row;
  figure_row *to = &x->rows[x->row_count++];
  *to = (figure_row){.id = of->ids[at],
                     .root = root->ids[t->owner[row]],
                     .on = t->event ? t->on[row] : DAY_NONE,
                     .what = what};
  memcpy(to->area, s->areas[of->area[at]].area, sizeof to->area);
}

/* What one row adds. False: the list is full. */
static bool count_row(counting *x, const screen *s, const column out[3], size_t row) {
  const size_t i = row % BATCH;
  const indicator *of = x->i;
  figure none, *f = x->by_area ? &x->by_area[area_of(x, s, row)] : &none;
  int64_t what = 1, per = 1;
  for (int k = 0; k < 3; k++) {
    if (!out[k].data) continue;
    int fault = lane_fault(&out[k], i);
    if (fault) {
      *(fault == 1 ? &f->unknown : &f->failed) += x->by_area != NULL;
      return true;
    }
    if (k == 0 && !bit_of(out[k].data, i)) {
      f->known += x->by_area != NULL;
      return true;
    }
    if (k == 1) what = number_at(&out[k], i);
    if (k == 2) per = number_at(&out[k], i);
  }
  f->known += x->by_area != NULL;
  if (is_distinct(of) && !first_seen(x, row)) return true;
  if (x->by_area) {
    if (__builtin_add_overflow(f->above, what, &f->above) ||
        __builtin_add_overflow(f->below, per, &f->below))
      f->failed++;
    return true;
  }
  if (what == 0 || row < x->first) return true;
  if (!area_in_scope(s, area_of(x, s, row), x->q->scope)) return true;
  if (x->row_count == x->limit) {
    x->next = (int64_t)row;
    return false;
  }
  list_row(x, s, row, what);
  return true;
}

typedef struct context {
  counting *x;
  const screen *s;
} context;

static bool count_batch(void *given, int thread, size_t batch, const column_plan *p,
                        const plan_state *st) {
  (void)thread;
  const context *c = given;
  counting *x = c->x;
  const screen_table *t = x->t;
  const size_t first = batch * BATCH, end = first + BATCH < t->rows ? first + BATCH : t->rows;
  column out[3] = {{0}};
  if (x->next >= 0) return true;
  if (x->where >= 0) out[0] = plan_output(p, st, x->where);
  if (x->what >= 0) out[1] = plan_output(p, st, x->what);
  if (x->per >= 0) out[2] = plan_output(p, st, x->per);
  for (size_t row = first; row < end; row++) {
    if (!bit_of(x->live, row)) continue;
    if (t->event && (t->on[row] < x->from || t->on[row] > x->to)) continue;
    if (!count_row(x, c->s, out, row)) return true;
  }
  return true;
}

static bool add_output(column_plan *plan, const cel_program *p, int *ret) {
  *ret = -1;
  return !p || (*ret = plan_add(plan, p)) >= 0;
}

/* Without a program nothing is computed, but the rows are counted all the same. */
static bool run_counting(screen *s, scenario *w, counting *x) {
  const indicator *i = x->i;
  x->t = i->of >= 0 ? &s->subjects[i->of] : &s->events[i->of_event];
  x->live = x->t->event ? x->t->live : w->live[x->t->kind->index];
  x->next = -1;
  const screen_table *who = i->form == INDICATOR_ROOTS ? x->t->root : x->t->about;
  if (is_distinct(i) && !(x->seen = calloc(padded(who->rows + 1) / 64, 8))) return false;
  row_context here = {w, x->t, i->of >= 0 ? &x->t->kind->scope : &x->t->event->scope, NULL};
  column_ask ask = row_context_ask(&here);
  column_plan *plan = plan_new(w->a, &ask);
  context c = {x, s};
  bool ok = plan && add_output(plan, i->where, &x->where) && add_output(plan, i->what, &x->what) &&
            add_output(plan, i->per, &x->per) && plan_seal(plan) &&
            compute_batches(plan, padded(x->t->rows) / BATCH, 1, count_batch, &c);
  free(x->seen);
  x->seen = NULL;
  return ok;
}

static scenario figures_scenario(const screen *s, const question *q, arena *a) {
  return (scenario){.s = s,
                    .a = a,
                    .on = q->as_of,
                    .settings = q->settings,
                    .setting_count = q->setting_count,
                    .threads = 1};
}

static int by_area(const void *a, const void *b) {
  const figure *x = a, *y = b;
  const int by = strcmp(x->area, y->area);
  return by ? by : strcmp(x->zone, y->zone);
}

typedef struct figure_sink {
  arena *a;
  figure *items;
  size_t count, room;
} figure_sink;

/* The figures of one indicator (`all`: one an area of the screen) that are not zero. Where some
 * area has unknown rows, zeros of others are told, too: they are then known to be zero. */
static bool add_figures(figure_sink *to, const screen *s, const question *q, figure *all) {
  const size_t areas = s->area_count;
  for (size_t k = 0; k < areas; k++) {
    all[k].area = s->areas[k].area;
    all[k].zone = s->areas[k].zone;
  }
  bool unknown = false;
  for (size_t k = 0; k < areas; k++) unknown |= all[k].unknown != 0;
  qsort(all, areas, sizeof *all, by_area);
  for (size_t k = 0; k < areas; k++) {
    const figure *f = &all[k];
    if (!f->above && !f->below && !f->unknown && !f->failed && !(unknown && f->known)) continue;
    if (q->scope && !scope_has(q->scope, f->area) && !(f->zone[0] && scope_has(q->scope, f->zone)))
      continue;
    figure *more = ARENA_GROW(to->a, to->items, to->count, &to->room, figure);
    if (!more) return false;
    to->items = more;
    const char *code = arena_text(to->a, f->area), *zone = arena_text(to->a, f->zone);
    if (!code || !zone) return false;
    more[to->count] = *f;
    more[to->count].area = code;
    more[to->count++].zone = zone;
  }
  return true;
}

bool screen_figures(screen *s, arena *a, const question *q, day from, day to, figures *ret_figures,
                    err *e) {
  return screen_figures_of(s, a, &(figure_query){q, NULL, from, to}, ret_figures, e);
}

bool screen_figures_of(screen *s, arena *a, const figure_query *of, figures *ret_figures, err *e) {
  const question *q = of->of;
  arena *scratch AUTO_ARENA = arena_new(0);
  if (!scratch) return err_memory(e);
  pthread_rwlock_rdlock(&s->lock);
  scenario w = figures_scenario(s, q, scratch);
  figure_sink sink = {.a = a};
  bool ok = scenario_begin(&w);
  for (size_t i = 0; ok && i < s->p->indicator_count; i++) {
    if (s->p->indicators[i].duration) continue; /* screen_spells */
    if (of->only && of->only != &s->p->indicators[i]) continue;
    figure *all = ARENA_ARRAY(scratch, s->area_count + 1, figure);
    counting x = {
        .i = &s->p->indicators[i], .q = q, .from = of->from, .to = of->to, .by_area = all};
    for (size_t k = 0; all && k < s->area_count; k++) all[k].indicator = x.i;
    ok = all && run_counting(s, &w, &x) && add_figures(&sink, s, q, all);
  }
  scenario_end(&w);
  pthread_rwlock_unlock(&s->lock);
  if (!ok) return err_memory(e);
  *ret_figures = (figures){sink.items, sink.count};
  return true;
}

bool screen_figure_rows(screen *s, arena *a, const question *q, const figure_list *list,
                        figure_rows *ret_rows, err *e) {
  arena *scratch AUTO_ARENA = arena_new(0);
  figure_row *rows = ARENA_ARRAY(a, list->limit + 1, figure_row);
  if (!scratch || !rows) return err_memory(e);
  pthread_rwlock_rdlock(&s->lock);
  scenario w = figures_scenario(s, q, scratch);
  counting x = {.i = list->indicator,
                .q = q,
                .from = list->from,
                .to = list->to,
                .rows = rows,
                .limit = list->limit,
                .next = -1,
                .first = list->cursor < 0 ? 0 : (size_t)list->cursor};
  bool ok = scenario_begin(&w) && (list->cursor < 0 || run_counting(s, &w, &x));
  scenario_end(&w);
  pthread_rwlock_unlock(&s->lock);
  if (!ok) return err_memory(e);
  *ret_rows = (figure_rows){rows, x.row_count, x.next};
  return true;
}
