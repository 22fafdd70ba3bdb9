/* The steps of a plan, each with what its column may hold. */
#include "cel/columns_plan.h"

column_plan *plan_new(arena *a, const column_ask *ask) {
  column_plan *p = ARENA_NEW(a, column_plan);
  if (!p) return NULL;
  p->a = a;
  p->k = kernels_best();
  return plan_ask_again(p, ask) ? p : NULL;
}

bool plan_ask_again(column_plan *p, const column_ask *ask) {
  column_ask *copy = ARENA_NEW(p->a, column_ask);
  if (!copy) return false;
  *copy = *ask;
  p->ask = *ask;
  p->asked = copy;
  p->program_count = 0; /* the same program may mean something else now */
  return true;
}

/* ---- steps ---- */

static bool same_step(const plan_step *x, const plan_step *y) {
  return x->op == y->op && x->lane == y->lane && x->a == y->a && x->b == y->b && x->c == y->c &&
         x->number == y->number && x->no_value == y->no_value && x->failed == y->failed &&
         x->column.data == y->column.data && x->column.known == y->column.known &&
         x->column.words == y->column.words && x->through == y->through && x->table == y->table &&
         x->program == y->program && x->ask == y->ask;
}

int plan_step_add(column_plan *p, plan_step s) {
  for (size_t i = 0; i < p->count; i++)
    if (same_step(&p->steps[i], &s)) return (int)i;
  plan_step *more = ARENA_GROW(p->a, p->steps, p->count, &p->room, plan_step);
  if (!more) return NO_MEMORY;
  p->steps = more;
  p->steps[p->count] = s;
  return (int)p->count++;
}

bool plan_fits32(int64_t least, int64_t most) {
  return least >= INT32_MIN && most <= INT32_MAX;
}

plan_step plan_step_of(step_op op, lane l, int a, int b) {
  return (plan_step){.op = op, .lane = l, .a = a, .b = b, .c = -1, .data = -1};
}

int plan_number(column_plan *p, int64_t n) {
  plan_step s = plan_step_of(STEP_NUMBER, plan_fits32(n, n) ? LANE_INT32 : LANE_INT64, -1, -1);
  s.number = s.least = s.most = n;
  return plan_step_add(p, s);
}

int plan_truth(column_plan *p, bool yes) {
  plan_step s = plan_step_of(STEP_TRUTH, LANE_BIT, -1, -1);
  s.number = yes;
  return plan_step_add(p, s);
}

int plan_fault(column_plan *p, bool bits, bool failed) {
  plan_step s = plan_step_of(bits ? STEP_TRUTH : STEP_NUMBER, bits ? LANE_BIT : LANE_INT32, -1, -1);
  s.no_value = true;
  s.unknown = !failed;
  s.failed = failed;
  return plan_step_add(p, s);
}

void plan_join_faults(const column_plan *p, plan_step *s) {
  const int of[] = {s->a, s->b, s->c};
  for (int i = 0; i < 3; i++) {
    if (of[i] < 0) continue;
    s->unknown |= p->steps[of[i]].unknown;
    s->failed |= p->steps[of[i]].failed;
  }
}

int plan_bits(column_plan *p, step_op op, int a, int b) {
  plan_step s = plan_step_of(op, LANE_BIT, a, b);
  plan_join_faults(p, &s);
  return plan_step_add(p, s);
}

int plan_not(column_plan *p, int a) {
  if (a < 0) return a;
  return p->steps[a].op == STEP_NOT ? p->steps[a].a : plan_bits(p, STEP_NOT, a, -1);
}

int plan_wide(column_plan *p, int a) {
  if (a < 0 || p->steps[a].lane == LANE_INT64) return a;
  plan_step s = plan_step_of(STEP_WIDEN, LANE_INT64, a, -1);
  s.least = p->steps[a].least;
  s.most = p->steps[a].most;
  plan_join_faults(p, &s);
  return plan_step_add(p, s);
}

/* Both in the same lane. */
bool plan_same_lane(column_plan *p, int *a, int *b) {
  if (p->steps[*a].lane == p->steps[*b].lane) return true;
  *a = plan_wide(p, *a);
  *b = plan_wide(p, *b);
  return *a >= 0 && *b >= 0;
}

int plan_int_step(column_plan *p, step_op op, int a, int b, __int128 least, __int128 most) {
  if (least < INT64_MIN || most > INT64_MAX)
    return NO_WAY; /* it might overflow: row by row, which tells */
  bool narrow = p->steps[a].lane == LANE_INT32 && (b < 0 || p->steps[b].lane == LANE_INT32) &&
                plan_fits32((int64_t)least, (int64_t)most);
  if (!narrow) {
    a = plan_wide(p, a);
    if (b >= 0) b = plan_wide(p, b);
    if (a == NO_MEMORY || b == NO_MEMORY) return NO_MEMORY;
  }
  plan_step s = plan_step_of(op, narrow ? LANE_INT32 : LANE_INT64, a, b);
  s.least = (int64_t)least;
  s.most = (int64_t)most;
  plan_join_faults(p, &s);
  return plan_step_add(p, s);
}
