/* Contributions of events, and aggregates as scans over them. */
#include "engine/eval/aggregate_index.h"

#include <assert.h>

/* Adds what a program in the event's scope reads; false: more than a contribution may depend on. */
static bool add_reads(const pack *p, const name_scope *sc, const cel_program *program, int depth,
                      index_plan *plan) {
  size_t count = 0;
  const int *slots = program ? cel_program_slots(program, &count) : NULL;
  if (depth > PACK_VARIABLE_CHAIN_MAX) return false;
  for (size_t i = 0; i < count; i++) {
    const slot *t = &sc->slots[slots[i]];
    if (t->kind == SLOT_FIELD || t->kind == SLOT_ON || t->kind == SLOT_AREA) continue;
    if (t->kind == SLOT_PARAMETER) {
      size_t at = 0;
      while (at < plan->count && plan->parameters[at] != t->index) at++;
      if (at == INDEX_PARAMETERS_MAX) return false;
      plan->parameters[at] = t->index;
      if (at == plan->count) plan->count++;
    } else if (t->kind == SLOT_VARIABLE) {
      const variable *v = &p->variables[t->index];
      if (v->earlier || v->count_earlier) return false; /* other events */
      for (size_t f = 0; f < v->count; f++)
        if (!add_reads(p, sc, v->formulas[f].program, depth + 1, plan)) return false;
    } else {
      return false;
    }
  }
  return true;
}

index_plan aggregate_index_plan(const pack *p, const aggregate *agg) {
  index_plan plan = {0};
  const name_scope *sc = &p->events[agg->over].scope;
  plan.indexable = add_reads(p, sc, agg->where, 0, &plan) && add_reads(p, sc, agg->what, 0, &plan);
  return plan;
}

bool aggregate_index_add(aggregate_index *r, arena *a, const contribution *s) {
  if (s->result == CONTRIBUTES_NO && !s->where_read && !s->where_provisional) return true;
  contribution *more = ARENA_GROW(a, r->entries, r->count, &r->room, contribution);
  if (!more) return false;
  r->entries = more;
  size_t at = r->count++;
  for (; at > 0; at--) { /* events come mostly in the order of their days */
    const contribution *before = &more[at - 1];
    if (when_compare((when){before->on, before->moment, before->seq},
                     (when){s->on, s->moment, s->seq}) < 0)
      break;
    more[at] = *before;
  }
  more[at] = *s;
  assert(at + 1 == r->count || s->on <= more[at + 1].on); /* the scans rely on the order */
  return true;
}

void aggregate_index_remove(aggregate_index *r, int64_t seq) {
  size_t left = 0;
  for (size_t i = 0; i < r->count; i++)
    if (r->entries[i].seq != seq) r->entries[left++] = r->entries[i];
  r->count = left;
}

static void reevaluate_by_parameters(unit *u, const index_plan *plan, uint64_t read) {
  for (size_t i = 0; i < plan->count && read; i++)
    if (read >> i & 1)
      unit_reevaluate_by(
          u, parameter_next_change(&u->pack->parameters[plan->parameters[i]], u->today));
}

/* One scan over a window, newest first. */
typedef struct scan {
  value sum;
  int64_t n;
  uint64_t read;
  day last_day, oldest;
  bool ended; /* by an unknown or an error, which is then the sum */
  seen_subjects seen;
} scan;

static void scan_end(scan *c, value v) {
  c->sum = v;
  c->ended = true;
}

static void scan_contribution(scan *c, unit *u, const aggregate *agg, const contribution *s) {
  c->read |= s->where_read;
  u->provisional |= s->where_provisional;
  if (s->result == CONTRIBUTES_FAILED) {
    scan_end(c, s->v);
    return;
  }
  if (s->result == CONTRIBUTES_NO) return;
  c->oldest = s->on;
  if (agg->op == AGG_DAYS) {
    c->n += s->on != c->last_day;
    c->last_day = s->on;
    return;
  }
  if (agg->op == AGG_SUBJECTS) {
    if (!seen_subject_add(&c->seen, u->a, &s->subject, &c->n))
      scan_end(c, aggregate_overflow(u, agg));
    return;
  }
  c->n++;
  if (agg->op == AGG_COUNT || (agg->op == AGG_LAST && c->n > 1)) return;
  c->read |= s->what_read;
  u->provisional |= s->what_provisional;
  if (s->v.type == VALUE_UNKNOWN || s->v.type == VALUE_ERROR) {
    scan_end(c, s->v);
  } else if (agg->op == AGG_SUM || agg->op == AGG_MEAN) {
    if (__builtin_add_overflow(c->sum.i, s->v.i, &c->sum.i))
      scan_end(c, aggregate_overflow(u, agg));
  } else if (c->n == 1 || agg->op == AGG_FIRST || (agg->op == AGG_MIN && s->v.i < c->sum.i) ||
             (agg->op == AGG_MAX && s->v.i > c->sum.i)) {
    c->sum = s->v;
  }
}

value aggregate_index_value(unit *u, const record *about, const aggregate *agg,
                            const aggregate_index *r) {
  assert(r->indexable); /* else contributions are missing, and it must be folded from events */
  day from = aggregate_first_day(agg, u->today);
  scan c = {.sum = value_int(0), .last_day = DAY_NONE, .oldest = DAY_NONE};
  for (size_t i = r->count; i-- > 0 && !c.ended && r->entries[i].on >= from;) {
    const contribution *s = &r->entries[i];
    assert(i == 0 || r->entries[i - 1].on <= s->on);
    if (s->on <= u->today && (about == u->root || uuid_equal(&s->subject, &about->id)))
      scan_contribution(&c, u, agg, s);
  }
  /* The oldest leaves the window first. */
  if (c.oldest != DAY_NONE) unit_reevaluate_by(u, aggregate_window_end(agg, c.oldest));
  if (c.read) {
    index_plan plan = aggregate_index_plan(u->pack, agg);
    reevaluate_by_parameters(u, &plan, c.read);
  }
  if (c.ended) return c.sum;
  if (agg->op == AGG_COUNT || agg->op == AGG_DAYS || agg->op == AGG_SUBJECTS) return value_int(c.n);
  if (c.n == 0 && agg->op != AGG_SUM) return value_missing(u->a, agg->name);
  return aggregate_finish(u, agg, c.sum, c.n);
}
