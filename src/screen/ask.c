/* Questions: the rules in force over all rows, counted by village and category; and who. */
#include "cel/kernels.h"
#include "screen/screen_internal.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct cell {
  tally now, then;
  int64_t enters, leaves;
} cell;

/* The outputs of one rule in a plan; -1: none. */
typedef struct outputs {
  const rule *rule;
  size_t number; /* in the answer's rules */
  int now, now_costs, then, then_costs;
} outputs;

typedef struct rule_run {
  screen *s;
  const question *q;
  scenario now, then;
  bool what_if;
  size_t areas, categories;
  const rule **rules;
  size_t rule_count;
  const screen_table *roots; /* the root table being asked, and its categories */
  const stored_column *by;
  const screen_table *t;
  outputs *outs;
  size_t out_count;
  int threads;
  const kernels *k;
  cell *cells[SCREEN_THREADS_MAX];
  uint64_t *any_now[SCREEN_THREADS_MAX], *any_then[SCREEN_THREADS_MAX];
} rule_run;

/* ---- plans ---- */

/* What goes row by row reads aggregates: they are made before threads start. */
static bool make_cells(scenario *w, const name_scope *sc, const cel_program *p) {
  size_t count;
  const int *slots = cel_program_slots(p, &count);
  for (size_t i = 0; i < count; i++) {
    const slot *t = &sc->slots[slots[i]];
    column c;
    if (t->kind == SLOT_AGGREGATE && aggregate_in_column(&w->s->p->aggregates[t->index]) &&
        !compute_aggregate(w, &w->s->p->aggregates[t->index], &c))
      return false;
    const cel_program *formula =
        t->kind == SLOT_VARIABLE ? formula_on(&w->s->p->variables[t->index], w->on) : NULL;
    if (formula && !make_cells(w, sc, formula)) return false;
  }
  return true;
}

static int add_program(column_plan *plan, scenario *w, const name_scope *sc, const cel_program *p) {
  size_t rows = plan_row_by_row(plan);
  int at = plan_add(plan, p);
  if (plan_row_by_row(plan) != rows && !make_cells(w, sc, p)) return -1;
  return at;
}

static bool add_rules(rule_run *x, column_plan *plan, bool then) {
  const name_scope *sc = &x->t->kind->scope;
  scenario *w = then ? &x->then : &x->now;
  for (size_t i = 0; i < x->out_count; i++) {
    outputs *o = &x->outs[i];
    int when = add_program(plan, w, sc, o->rule->when), costs = -1;
    if (when < 0) return false;
    if (o->rule->cost && (costs = add_program(plan, w, sc, o->rule->cost)) < 0) return false;
    *(then ? &o->then : &o->now) = when;
    *(then ? &o->then_costs : &o->now_costs) = costs;
  }
  return true;
}

/* `here` must live as long as the plan. */
static column_plan *rules_plan(rule_run *x, row_context here[2]) {
  here[0] = (row_context){&x->now, x->t, &x->t->kind->scope, NULL};
  here[1] = (row_context){&x->then, x->t, &x->t->kind->scope, NULL};
  column_ask now = row_context_ask(&here[0]), then = row_context_ask(&here[1]);
  column_plan *plan = plan_new(x->now.a, &now);
  if (!plan || !add_rules(x, plan, false)) return NULL;
  if (x->what_if && (!plan_ask_again(plan, &then) || !add_rules(x, plan, true))) return NULL;
  return plan_seal(plan) ? plan : NULL;
}

/* ---- counting one batch ---- */

static size_t category_of(const rule_run *x, uint32_t root) {
  const stored_column *f = x->by;
  if (!f) return 0;
  if (!bit_of(f->known, root)) return x->categories - 1;
  return f->lane == LANE_BIT ? bit_of(f->data, root) : ((const uint8_t *)f->data)[root];
}

/* Rows first … end - 1 of a batch that count into the same cell of each rule. */
typedef struct run {
  uint32_t first, end;
  size_t cell; /* beside those of the rule */
} run;
enum { RUNS_MAX = BATCH };

static size_t cell_number(const rule_run *x, size_t row) {
  return x->t->area[row] * x->categories + category_of(x, x->t->owner[row]);
}

static size_t find_runs(const rule_run *x, size_t first, run runs[RUNS_MAX]) {
  const screen_table *t = x->t;
  const uint32_t end = (uint32_t)(t->rows - first < BATCH ? t->rows - first : BATCH);
  const bool uniform = t->areas_of[first / BATCH].least == t->areas_of[first / BATCH].most;
  size_t n = 0;
  for (uint32_t i = 0; i < end;) {
    runs[n] = (run){i, end, cell_number(x, first + i)};
    if (uniform && !x->by) return n + 1;
    uint32_t k = i + 1;
    if (x->by)
      while (k < end && cell_number(x, first + k) == runs[n].cell) k++;
    else
      while (k < end && t->area[first + k] == t->area[first + i]) k++;
    runs[n++].end = i = k;
  }
  return n;
}

typedef struct verdict {
  uint64_t matched[BATCH_WORDS], unknown[BATCH_WORDS], failed[BATCH_WORDS];
  bool may_miss, may_fail;
} verdict;

static void judge(const column *c, const uint64_t *live, verdict *v) {
  const uint64_t *bits = c->data;
  v->may_miss = c->known != NULL;
  v->may_fail = c->failed != NULL;
  if (!c->known) {
    for (size_t w = 0; w < BATCH_WORDS; w++) v->matched[w] = bits[w] & live[w];
    return;
  }
  for (size_t w = 0; w < BATCH_WORDS; w++) {
    const uint64_t failed = c->failed ? c->failed[w] : 0;
    v->matched[w] = bits[w] & c->known[w] & live[w];
    v->failed[w] = failed & live[w];
    v->unknown[w] = ~c->known[w] & ~failed & live[w];
  }
}

static int64_t cost_at(const column *c, size_t i) {
  return c->lane == LANE_INT32 ? ((const int32_t *)c->data)[i] : ((const int64_t *)c->data)[i];
}

static void add_money(tally *t, const column *c, const uint64_t *matched, const run *r) {
  for (size_t w = r->first / 64; w * 64 < r->end; w++) {
    uint64_t rest = matched[w];
    if (w == r->first / 64) rest &= ~UINT64_C(0) << r->first % 64;
    if (r->end - w * 64 < 64) rest &= (UINT64_C(1) << (r->end - w * 64)) - 1;
    for (; rest; rest &= rest - 1) {
      const size_t i = w * 64 + (size_t)__builtin_ctzll(rest);
      if ((c->known && !bit_of(c->known, i)) ||
          __builtin_add_overflow(t->money, cost_at(c, i), &t->money))
        t->unpriced++;
    }
  }
}

static void add_verdict(const rule_run *x, tally *t, const verdict *v, const column *costs,
                        const run *r) {
  const int64_t matched = x->k->ones_between(v->matched, r->first, r->end);
  t->matched += matched;
  if (v->may_miss) t->unknown += x->k->ones_between(v->unknown, r->first, r->end);
  if (v->may_fail) t->failed += x->k->ones_between(v->failed, r->first, r->end);
  if (matched && costs->data) add_money(t, costs, v->matched, r);
}

static void note_roots(const rule_run *x, uint64_t *any, size_t batch, const uint64_t *matched) {
  if (x->t == x->roots) {
    for (size_t w = 0; w < BATCH_WORDS; w++) any[batch * BATCH_WORDS + w] |= matched[w];
    return;
  }
  for (size_t w = 0; w < BATCH_WORDS; w++)
    for (uint64_t rest = matched[w]; rest; rest &= rest - 1)
      bit_put(any, x->t->owner[batch * BATCH + w * 64 + (size_t)__builtin_ctzll(rest)], true);
}

typedef struct judged {
  verdict now, then;
  column now_costs, then_costs;
  uint64_t enters[BATCH_WORDS], leaves[BATCH_WORDS];
} judged;

static void judge_rule(const rule_run *x, const outputs *o, const column_plan *p,
                       const plan_state *st, const uint64_t *live, judged *j) {
  const column now = plan_output(p, st, o->now);
  judge(&now, live, &j->now);
  j->now_costs = j->then_costs = (column){0};
  if (o->now_costs >= 0) j->now_costs = plan_output(p, st, o->now_costs);
  if (!x->what_if) return;
  const column then = plan_output(p, st, o->then);
  if (o->then_costs >= 0) j->then_costs = plan_output(p, st, o->then_costs);
  judge(&then, live, &j->then);
  for (size_t w = 0; w < BATCH_WORDS; w++) {
    j->enters[w] = j->then.matched[w] & ~j->now.matched[w];
    j->leaves[w] = j->now.matched[w] & ~j->then.matched[w];
  }
}

/* A rule that the settings do not touch says the same then. */
static bool is_touched(const outputs *o, const column_plan *p) {
  return !plan_same(p, o->now, o->then) ||
         (o->now_costs >= 0 && !plan_same(p, o->now_costs, o->then_costs));
}

static bool count_batch(void *context, int thread, size_t batch, const column_plan *p,
                        const plan_state *st) {
  rule_run *x = context;
  const uint64_t *live = x->now.live[x->t->kind->index] + batch * BATCH_WORDS;
  run runs[RUNS_MAX];
  const size_t n = find_runs(x, batch * BATCH, runs);
  for (size_t i = 0; i < x->out_count; i++) {
    const outputs *o = &x->outs[i];
    judged j;
    judge_rule(x, o, p, st, live, &j);
    const bool touched = x->what_if && is_touched(o, p);
    cell *cells = &x->cells[thread][o->number * x->areas * x->categories];
    for (size_t k = 0; k < n; k++) {
      cell *to = &cells[runs[k].cell];
      tally was = to->now;
      add_verdict(x, &to->now, &j.now, &j.now_costs, &runs[k]);
      if (!x->what_if) continue;
      if (!touched) {
        to->then.matched += to->now.matched - was.matched;
        to->then.unknown += to->now.unknown - was.unknown;
        to->then.failed += to->now.failed - was.failed;
        to->then.unpriced += to->now.unpriced - was.unpriced;
        to->then.money += to->now.money - was.money;
        continue;
      }
      add_verdict(x, &to->then, &j.then, &j.then_costs, &runs[k]);
      to->enters += x->k->ones_between(j.enters, runs[k].first, runs[k].end);
      to->leaves += x->k->ones_between(j.leaves, runs[k].first, runs[k].end);
    }
    if (!x->what_if || o->rule->colour == COLOUR_GREEN) continue;
    note_roots(x, x->any_now[thread], batch, j.now.matched);
    note_roots(x, x->any_then[thread], batch, j.then.matched);
  }
  return true;
}

/* ---- one root kind after another ---- */

static bool ask_table(rule_run *x) {
  x->out_count = 0;
  for (size_t i = 0; i < x->rule_count; i++)
    if (x->rules[i]->of == x->t->kind->index)
      x->outs[x->out_count++] = (outputs){x->rules[i], i, -1, -1, -1, -1};
  if (x->out_count == 0 || x->t->rows == 0) return true;
  row_context here[2];
  const column_plan *plan = rules_plan(x, here);
  return plan && compute_batches(plan, padded(x->t->rows) / BATCH, x->threads, count_batch, x);
}

static void count_roots(rule_run *x, const bool *allowed, screen_answer *ret) {
  const screen_table *t = x->roots;
  const uint64_t *live = x->now.live[t->kind->index];
  for (int k = 1; k < x->threads; k++)
    for (size_t w = 0; w < padded(t->rows) / 64; w++) {
      x->any_now[0][w] |= x->any_now[k][w];
      x->any_then[0][w] |= x->any_then[k][w];
    }
  for (size_t w = 0; w < padded(t->rows) / 64; w++) {
    const uint64_t enters = x->any_then[0][w] & ~x->any_now[0][w],
                   leaves = x->any_now[0][w] & ~x->any_then[0][w];
    const bool uniform = t->areas_of[w / BATCH_WORDS].least == t->areas_of[w / BATCH_WORDS].most;
    if (uniform) {
      if (!allowed[t->areas_of[w / BATCH_WORDS].least]) continue;
      ret->subjects += __builtin_popcountll(live[w]);
      ret->enters += x->what_if ? __builtin_popcountll(enters) : 0;
      ret->leaves += x->what_if ? __builtin_popcountll(leaves) : 0;
      continue;
    }
    for (uint64_t rest = live[w]; rest; rest &= rest - 1) {
      const size_t bit = (size_t)__builtin_ctzll(rest);
      if (!allowed[t->area[w * 64 + bit]]) continue;
      ret->subjects++;
      ret->enters += x->what_if && (enters >> bit & 1);
      ret->leaves += x->what_if && (leaves >> bit & 1);
    }
  }
}

static bool ask_roots(rule_run *x, const bool *allowed, screen_answer *ret) {
  const pack *p = x->s->p;
  const size_t words = padded(x->roots->rows + 1) / 64;
  bool ok = true;
  x->by = NULL;
  if (x->q->by) {
    const field *fields = x->roots->kind->fields;
    if (x->q->by >= fields && x->q->by < fields + x->roots->kind->field_count)
      x->by = &x->roots->fields[x->q->by - fields];
  }
  for (int k = 0; k < x->threads; k++) {
    x->any_now[k] = calloc(words, 8);
    x->any_then[k] = calloc(words, 8);
    ok = ok && x->any_now[k] && x->any_then[k];
  }
  for (size_t i = 0; ok && i < p->kind_count; i++) {
    x->t = &x->s->subjects[i];
    if (x->t == x->roots || x->t->root == x->roots) ok = ask_table(x);
  }
  if (ok && x->roots->rows) count_roots(x, allowed, ret);
  for (int k = 0; k < x->threads; k++) {
    free(x->any_now[k]);
    free(x->any_then[k]);
  }
  return ok;
}

/* ---- the answer ---- */

static bool tally_is_empty(const tally *t) {
  return !t->matched && !t->unknown && !t->failed && !t->money && !t->unpriced;
}

static bool cell_is_empty(const cell *c) {
  return tally_is_empty(&c->now) && tally_is_empty(&c->then) && !c->enters && !c->leaves;
}

static void add_tally(tally *to, const tally *from) {
  to->matched += from->matched;
  to->unknown += from->unknown;
  to->failed += from->failed;
  to->money += from->money;
  to->unpriced += from->unpriced;
}

static void add_cell(cell *to, const cell *from) {
  add_tally(&to->now, &from->now);
  add_tally(&to->then, &from->then);
  to->enters += from->enters;
  to->leaves += from->leaves;
}

typedef struct area_order {
  const unit_place *place;
  size_t number;
} area_order;

static int by_code(const void *a, const void *b) {
  return memcmp(((const area_order *)a)->place, ((const area_order *)b)->place, sizeof(unit_place));
}

static bool answer_cells(rule_run *x, arena *a, const bool *allowed, screen_answer *ret) {
  const size_t n = x->rule_count * x->areas * x->categories;
  area_order *order = ARENA_ARRAY(a, x->areas + 1, area_order);
  size_t filled = 0;
  if (!order) return false;
  for (size_t i = 0; i < x->areas; i++) order[i] = (area_order){&x->s->areas[i], i};
  qsort(order, x->areas, sizeof *order, by_code);
  for (int k = 1; k < x->threads; k++)
    for (size_t i = 0; i < n; i++) add_cell(&x->cells[0][i], &x->cells[k][i]);
  for (size_t i = 0; i < n; i++) filled += !cell_is_empty(&x->cells[0][i]);
  screen_cell *cells = ARENA_ARRAY(a, filled + 1, screen_cell);
  if (!cells) return false;
  for (size_t r = 0; r < x->rule_count; r++)
    for (size_t i = 0; i < x->areas; i++) {
      if (!allowed[order[i].number]) continue;
      char *code = NULL, *zone = NULL;
      for (size_t c = 0; c < x->categories; c++) {
        const cell *from = &x->cells[0][(r * x->areas + order[i].number) * x->categories + c];
        if (cell_is_empty(from)) continue;
        if (!code && (!(code = arena_text(a, order[i].place->area)) ||
                      !(zone = arena_text(a, order[i].place->zone))))
          return false;
        cells[ret->cell_count++] = (screen_cell){.rule = x->rules[r],
                                                 .area = code,
                                                 .zone = zone,
                                                 .category = (int)c,
                                                 .now = from->now,
                                                 .then = x->what_if ? from->then : from->now,
                                                 .enters = from->enters,
                                                 .leaves = from->leaves};
      }
    }
  ret->cells = cells;
  return true;
}

static bool answer_categories(const rule_run *x, arena *a, screen_answer *ret) {
  label *titles = ARENA_ARRAY(a, x->categories, label);
  const field *by = x->q->by;
  if (!titles) return false;
  titles[x->categories - 1] = by ? (label){"未填", "not known"} : (label){"", ""};
  if (by && by->type == FIELD_BOOL) {
    titles[0] = (label){"否", "no"};
    titles[1] = (label){"是", "yes"};
  }
  for (size_t i = 0; by && by->type == FIELD_CHOICE && i < by->choice_count; i++)
    titles[i] = by->choices[i].title;
  ret->categories = titles;
  ret->category_count = x->categories;
  return true;
}

static size_t count_categories(const field *by) {
  if (!by) return 1;
  return by->type == FIELD_BOOL ? 3 : by->choice_count + 1;
}

static int threads_of(const question *q) {
  long n = q->threads > 0 ? q->threads : sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > SCREEN_THREADS_MAX ? SCREEN_THREADS_MAX : (int)n;
}

static bool rule_run_begin(rule_run *x, screen *s, const question *q, arena *scratch) {
  *x = (rule_run){.s = s, .q = q, .threads = threads_of(q), .k = kernels_best()};
  x->what_if = q->setting_count > 0;
  x->now = (scenario){.s = s, .a = scratch, .on = q->as_of, .threads = x->threads};
  bool ok = scenario_begin(&x->now);
  x->then = x->now;
  x->then.settings = q->settings;
  x->then.setting_count = q->setting_count;
  return ok;
}

static bool answer_all(rule_run *x, arena *a, const bool *allowed, screen_answer *ret) {
  bool ok = true;
  for (size_t i = 0; ok && i < x->s->p->kind_count; i++) {
    x->roots = &x->s->subjects[i];
    if (!x->roots->root) ok = ask_roots(x, allowed, ret);
  }
  return ok && answer_cells(x, a, allowed, ret) && answer_categories(x, a, ret);
}

bool screen_ask(screen *s, arena *a, const question *q, screen_answer **ret, err *e) {
  arena *scratch AUTO_ARENA = arena_new(0);
  screen_answer *answer = ARENA_NEW(a, screen_answer);
  const rule **rules = ARENA_ARRAY(a, s->p->rule_count + 1, const rule *);
  if (!scratch || !answer || !rules) return err_memory(e);
  if (q->by && q->by->type != FIELD_BOOL &&
      (q->by->type != FIELD_CHOICE || q->by->choice_count > COLUMN_WORDS_MAX))
    return err_set(e, ERR_BAD_INPUT, "by", "“%s”不能用来分类，请选单选项或是否项。",
                   "\"%s\" cannot be used for categories; choose a field of one choice or yes/no.",
                   q->by->name);
  pthread_rwlock_rdlock(&s->lock);
  rule_run x;
  bool begun = rule_run_begin(&x, s, q, scratch);
  for (size_t i = 0; i < s->p->rule_count; i++)
    if (day_in_range(s->p->rules[i].from, s->p->rules[i].to, q->as_of))
      rules[x.rule_count++] = &s->p->rules[i];
  x.rules = rules;
  x.areas = s->area_count;
  x.categories = count_categories(q->by);
  x.outs = ARENA_ARRAY(scratch, x.rule_count + 1, outputs);
  bool *allowed = ARENA_ARRAY(scratch, x.areas + 1, bool);
  bool ok = begun && x.outs && allowed;
  for (size_t i = 0; ok && i < x.areas; i++) allowed[i] = area_in_scope(s, (uint32_t)i, q->scope);
  for (int k = 0; ok && k < x.threads; k++) {
    x.cells[k] = calloc(x.rule_count * x.areas * x.categories + 1, sizeof(cell));
    ok = x.cells[k] != NULL;
  }
  *answer =
      (screen_answer){.as_of = q->as_of, .seq = s->seq, .rules = rules, .rule_count = x.rule_count};
  ok = ok && answer_all(&x, a, allowed, answer);
  for (int k = 0; k < x.threads; k++) free(x.cells[k]);
  scenario_end(&x.now);
  scenario_end(&x.then);
  pthread_rwlock_unlock(&s->lock);
  if (!ok) return err_memory(e);
  *ret = answer;
  return true;
}

/* ---- who ---- */

typedef struct row_lister {
  rule_run *x;
  which w;
  arena *a;
  screen_row *rows;
  size_t count, limit;
  int64_t next;                 /* -1: the end */
  const row_context *here;      /* now, then */
  bool program_counts_workdays; /* the rule does */
} row_lister;

static uint64_t wanted_word(const row_lister *l, const verdict *now, const verdict *then,
                            size_t w) {
  switch (l->w) {
  case WHICH_MATCHED_NOW:
    return now->matched[w];
  case WHICH_MATCHED_THEN:
    return then->matched[w];
  case WHICH_ENTERS:
    return then->matched[w] & ~now->matched[w];
  case WHICH_LEAVES:
    return now->matched[w] & ~then->matched[w];
  case WHICH_UNKNOWN:
    return then->unknown[w];
  }
  return 0;
}

static bool row_is_provisional(row_lister *l, size_t row) {
  const bool now = l->w == WHICH_MATCHED_NOW || l->w == WHICH_ENTERS || l->w == WHICH_LEAVES,
             then = l->x->what_if && l->w != WHICH_MATCHED_NOW;
  bool yes[2] = {false, false};
  if (!l->program_counts_workdays || l->w == WHICH_UNKNOWN) return false;
  const cel_program *when = l->x->outs[0].rule->when;
  if (now || !then) row_context_eval(&l->here[0], when, row, l->a, &yes[0]);
  if (then) row_context_eval(&l->here[1], when, row, l->a, &yes[1]);
  return yes[0] || yes[1];
}

static void list_row(row_lister *l, const column_plan *p, const plan_state *st, size_t row) {
  const screen_table *t = l->x->t;
  const outputs *o = &l->x->outs[0];
  bool now = l->w == WHICH_MATCHED_NOW || l->w == WHICH_LEAVES || !l->x->what_if;
  screen_row *to = &l->rows[l->count++];
  *to = (screen_row){.id = t->ids[row], .root = l->x->roots->ids[t->owner[row]]};
  memcpy(to->area, l->x->s->areas[t->area[row]].area, sizeof to->area);
  to->provisional = row_is_provisional(l, row);
  int costs = now ? o->now_costs : o->then_costs;
  if (costs < 0) return;
  column c = plan_output(p, st, costs);
  const size_t i = row % BATCH;
  if (c.known && !bit_of(c.known, i)) return;
  to->money = cost_at(&c, i);
}

static void list_batch(row_lister *l, const column_plan *p, const plan_state *st, size_t batch,
                       size_t from) {
  const rule_run *x = l->x;
  const screen_table *t = x->t;
  const outputs *o = &x->outs[0];
  const uint64_t *live = x->now.live[t->kind->index] + batch * BATCH_WORDS;
  verdict now, then;
  column c = plan_output(p, st, o->now);
  judge(&c, live, &now);
  if (x->what_if) c = plan_output(p, st, o->then);
  judge(&c, live, &then);
  for (size_t w = 0; w < BATCH_WORDS; w++)
    for (uint64_t rest = wanted_word(l, &now, &then, w); rest; rest &= rest - 1) {
      const size_t row = batch * BATCH + w * 64 + (size_t)__builtin_ctzll(rest);
      if (row < from) continue;
      if (!area_in_scope(x->s, t->area[row], x->q->scope)) continue;
      if (l->count == l->limit) {
        l->next = (int64_t)row;
        return;
      }
      list_row(l, p, st, row);
    }
}

static bool list_all(row_lister *l, size_t from) {
  rule_run *x = l->x;
  row_context here[2];
  const column_plan *plan = rules_plan(x, here);
  plan_state *st = plan ? plan_state_new(plan) : NULL;
  bool ok = st != NULL;
  l->next = -1;
  l->here = here;
  const cel_program *when = x->outs[0].rule->when;
  l->program_counts_workdays = program_counts_workdays(x->s->p, when, &x->t->kind->scope);
  for (size_t b = from / BATCH; ok && l->next < 0 && b < padded(x->t->rows) / BATCH; b++) {
    ok = plan_run(plan, st, b);
    if (ok) list_batch(l, plan, st, b, from);
  }
  plan_state_free(st);
  return ok;
}

bool screen_list(screen *s, arena *a, const question *q, const rule_list *list,
                 screen_rows *ret_rows, err *e) {
  arena *scratch AUTO_ARENA = arena_new(0);
  screen_row *rows = ARENA_ARRAY(a, list->limit + 1, screen_row);
  if (!scratch || !rows) return err_memory(e);
  pthread_rwlock_rdlock(&s->lock);
  rule_run x;
  bool begun = rule_run_begin(&x, s, q, scratch);
  outputs one = {list->rule, 0, -1, -1, -1, -1};
  x.outs = &one;
  x.out_count = 1;
  x.t = &s->subjects[list->rule->of];
  x.roots = x.t->root ? x.t->root : x.t;
  row_lister l = {
      .x = &x, .w = list->which, .a = a, .rows = rows, .limit = list->limit, .next = -1};
  bool ok = begun && (list->cursor < 0 || list_all(&l, (size_t)list->cursor));
  scenario_end(&x.now);
  scenario_end(&x.then);
  pthread_rwlock_unlock(&s->lock);
  if (!ok) return err_memory(e);
  *ret_rows = (screen_rows){rows, l.count, l.next};
  return true;
}
