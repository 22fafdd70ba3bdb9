/* Shares of events, and aggregates as scans over them. */
#include "engine/eval/aggregate_index.h"

/* Adds what a program in the event's scope reads; false: more than shares may depend on. */
static bool add_reads(const pack *p, const scope *sc, const cel_program *program, int depth,
                      roll_plan *plan) {
  size_t count = 0;
  const int *slots = program ? cel_program_slots(program, &count) : NULL;
  if (depth > PACK_VARIABLE_CHAIN_MAX) return false;
  for (size_t i = 0; i < count; i++) {
    const slot *t = &sc->slots[slots[i]];
    if (t->kind == SLOT_FIELD || t->kind == SLOT_ON || t->kind == SLOT_AREA) continue;
    if (t->kind == SLOT_PARAMETER) {
      size_t at = 0;
      while (at < plan->count && plan->parameters[at] != t->index) at++;
      if (at == ROLL_PARAMETERS_MAX) return false;
      plan->parameters[at] = t->index;
      if (at == plan->count) plan->count++;
    } else if (t->kind == SLOT_VARIABLE) {
      const variable *v = &p->variables[t->index];
      if (v->earlier || v->counts_earlier) return false; /* other events */
      for (size_t f = 0; f < v->count; f++)
        if (!add_reads(p, sc, v->formulas[f].program, depth + 1, plan)) return false;
    } else {
      return false;
    }
  }
  return true;
}

roll_plan roll_plan_of(const pack *p, const aggregate *g) {
  roll_plan plan = {0};
  const scope *sc = &p->events[g->over].scope;
  plan.steady = add_reads(p, sc, g->where, 0, &plan) && add_reads(p, sc, g->what, 0, &plan);
  return plan;
}

bool roll_add(roll *r, arena *a, const share *s) {
  if (s->says == SHARE_NO && !s->where_read) return true;
  share *more = ARENA_GROW(a, r->shares, r->count, &r->room, share);
  if (!more) return false;
  r->shares = more;
  size_t at = r->count++;
  for (; at > 0; at--) { /* events come mostly in the order of their days */
    const share *before = &more[at - 1];
    if (before->on < s->on || (before->on == s->on && before->seq < s->seq)) break;
    more[at] = *before;
  }
  more[at] = *s;
  return true;
}

void roll_withdraw(roll *r, int64_t seq) {
  size_t kept = 0;
  for (size_t i = 0; i < r->count; i++)
    if (r->shares[i].seq != seq) r->shares[kept++] = r->shares[i];
  r->count = kept;
}

static void wake_by_parameters(unit *u, const roll_plan *plan, uint64_t read) {
  for (size_t i = 0; i < plan->count && read; i++)
    if (read >> i & 1)
      wake_by(u, parameter_next_change(&u->pack->parameters[plan->parameters[i]], u->today));
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

static void end_with(scan *c, value v) {
  c->sum = v;
  c->ended = true;
}

static void take(scan *c, unit *u, const aggregate *g, const share *s) {
  c->read |= s->where_read;
  if (s->says == SHARE_FAILS) {
    end_with(c, s->v);
    return;
  }
  if (s->says == SHARE_NO) return;
  c->oldest = s->on;
  if (g->op == AGG_DAYS) {
    c->n += s->on != c->last_day;
    c->last_day = s->on;
    return;
  }
  if (g->op == AGG_SUBJECTS) {
    if (!seen_add(&c->seen, u->a, &s->subject, &c->n)) end_with(c, sum_too_large(u, g));
    return;
  }
  c->n++;
  if (g->op == AGG_COUNT || (g->op == AGG_LAST && c->n > 1)) return;
  c->read |= s->what_read;
  if (s->v.type == VALUE_UNKNOWN || s->v.type == VALUE_ERROR) {
    end_with(c, s->v);
  } else if (g->op == AGG_SUM) {
    if (__builtin_add_overflow(c->sum.i, s->v.i, &c->sum.i)) end_with(c, sum_too_large(u, g));
  } else if (c->n == 1 || (g->op == AGG_MIN && s->v.i < c->sum.i) ||
             (g->op == AGG_MAX && s->v.i > c->sum.i)) {
    c->sum = s->v;
  }
}

value roll_value(unit *u, const record *about, const aggregate *g, const roll *r) {
  day from = aggregate_first_day(g, u->today);
  scan c = {.sum = value_int(0), .last_day = DAY_NONE, .oldest = DAY_NONE};
  for (size_t i = r->count; i-- > 0 && !c.ended && r->shares[i].on >= from;) {
    const share *s = &r->shares[i];
    if (s->on <= u->today && (about == u->root || uuid_equal(&s->subject, &about->id)))
      take(&c, u, g, s);
  }
  /* The oldest leaves the window first. */
  if (c.oldest != DAY_NONE) wake_by(u, window_end(g, c.oldest));
  if (c.read) {
    roll_plan plan = roll_plan_of(u->pack, g);
    wake_by_parameters(u, &plan, c.read);
  }
  if (c.ended) return c.sum;
  if (g->op == AGG_COUNT || g->op == AGG_DAYS || g->op == AGG_SUBJECTS) return value_int(c.n);
  if (c.n == 0 && g->op != AGG_SUM) return value_missing(u->a, g->name);
  return c.sum;
}
