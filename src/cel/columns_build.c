/* From the tree of an expression to steps over columns. */
#include "base/money.h"
#include "cel/columns_plan.h"

/* ---- names ---- */

static int plan_program_step(column_plan *p, const cel_program *program);

int plan_source(column_plan *p, const source *s, bool bits) {
  switch (s->kind) {
  case SOURCE_FAILED:
    return NO_MEMORY;
  case SOURCE_VALUE:
    if (is_fault(&s->value)) return plan_fault(p, bits, s->value.type == VALUE_ERROR);
    if (bits) return s->value.type == VALUE_BOOL ? plan_truth(p, s->value.yes) : NO_WAY;
    return s->value.type == VALUE_INT ? plan_number(p, s->value.i) : NO_WAY;
  case SOURCE_PROGRAM:
    return plan_program_step(p, s->program);
  case SOURCE_COLUMN: {
    if (!s->column.set && (bits != (s->column.lane == LANE_BIT))) return NO_WAY;
    plan_step t = plan_step_of(s->through ? STEP_GATHER : STEP_COLUMN, s->column.lane, -1, -1);
    t.column = s->column;
    t.through = s->through;
    t.least = s->column.least;
    t.most = s->column.most;
    t.unknown = s->column.known != NULL;
    t.failed = s->column.failed != NULL;
    return plan_step_add(p, t);
  }
  case SOURCE_NONE:
    break;
  }
  return NO_WAY;
}

source plan_name(column_plan *p, const node *n) {
  if (n->kind == NODE_SLOT) return p->ask.slot(p->ask.context, n->slot);
  if (n->kind == NODE_SELECT && !n->optional) {
    const node *base = n->items[0];
    if (base->kind == NODE_LOCAL && p->ask.local_field)
      return p->ask.local_field(p->ask.context, base->slot, n->name);
    if (base->kind == NODE_SLOT && !base->test)
      return p->ask.slot_field(p->ask.context, base->slot, n->name);
  }
  return (source){.kind = SOURCE_NONE};
}

static int name_step(column_plan *p, const node *n, bool bits) {
  source s = plan_name(p, n);
  if (!n->test) return plan_source(p, &s, bits);
  /* has(): whether it is known, whatever its type */
  if (s.kind == SOURCE_VALUE) return plan_truth(p, s.value.type != VALUE_UNKNOWN);
  if (s.kind == SOURCE_FAILED) return NO_MEMORY;
  if (s.kind != SOURCE_COLUMN) return NO_WAY;
  if (!s.column.known) return plan_truth(p, true);
  plan_step t = plan_step_of(s.through ? STEP_GATHER : STEP_COLUMN, s.column.lane, -1, -1);
  t.column = s.column;
  t.through = s.through;
  t.unknown = true;
  t.failed = s.column.failed != NULL;
  int at = plan_step_add(p, t);
  return at < 0 ? at : plan_step_add(p, plan_step_of(STEP_KNOWN, LANE_BIT, at, -1));
}

/* ---- operators ---- */

static bool is_kind(const node *n, cel_kind k) {
  return n->type && n->type->kind == k;
}

static int against_number(column_plan *p, step_op op, int a, int64_t n) {
  if (p->steps[a].lane == LANE_INT32 && !plan_fits32(n, n)) a = plan_wide(p, a);
  if (a < 0) return a;
  plan_step s = plan_step_of(op, LANE_BIT, a, -1);
  s.number = n;
  plan_join_faults(p, &s);
  return plan_step_add(p, s);
}

static bool plain_number(const column_plan *p, int a) {
  return p->steps[a].op == STEP_NUMBER && !p->steps[a].no_value;
}

/* a < b, or with `equal` a == b */
static int compare(column_plan *p, int a, int b, bool equal) {
  if (plain_number(p, b))
    return against_number(p, equal ? STEP_IS : STEP_BELOW, a, p->steps[b].number);
  if (plain_number(p, a))
    return against_number(p, equal ? STEP_IS : STEP_ABOVE, b, p->steps[a].number);
  return plan_same_lane(p, &a, &b) ? plan_bits(p, equal ? STEP_EQUAL : STEP_LESS, a, b) : NO_MEMORY;
}

static bool literal_words(const node *list, const text **words, size_t *ret_count, arena *a) {
  text *out = ARENA_ARRAY(a, list->count, text);
  if (!out || list->kind != NODE_LIST || list->optionals) return false;
  for (size_t i = 0; i < list->count; i++) {
    const node *x = list->items[i];
    if (x->kind != NODE_LITERAL || x->literal.type != VALUE_STRING) return false;
    out[i] = x->literal.s;
  }
  *words = out;
  *ret_count = list->count;
  return true;
}

static int equality(column_plan *p, const node *n) {
  const node *x = n->items[0], *y = n->items[1];
  if (is_kind(x, CEL_INT) && is_kind(y, CEL_INT)) {
    int a = plan_node(p, x), b = a < 0 ? a : plan_node(p, y);
    return b < 0 ? b : compare(p, a, b, true);
  }
  if (is_kind(x, CEL_BOOL) && is_kind(y, CEL_BOOL)) {
    int a = plan_node(p, x), b = a < 0 ? a : plan_node(p, y);
    return b < 0 ? b : plan_bits(p, STEP_SAME, a, b);
  }
  if (!is_kind(x, CEL_STRING) || !is_kind(y, CEL_STRING)) return NO_WAY;
  if (y->kind == NODE_LITERAL) return plan_one_of(p, x, &y->literal.s, 1);
  return x->kind == NODE_LITERAL ? plan_one_of(p, y, &x->literal.s, 1) : NO_WAY;
}

static int membership(column_plan *p, const node *n) {
  const node *x = n->items[0], *all = n->items[1];
  const text *words;
  size_t count;
  if (is_kind(x, CEL_STRING)) {
    if (x->kind == NODE_LITERAL && all->kind != NODE_LIST)
      return plan_set_has(p, all, &x->literal.s, 1);
    return literal_words(all, &words, &count, p->a) ? plan_one_of(p, x, words, count) : NO_WAY;
  }
  if (!is_kind(x, CEL_INT) || all->kind != NODE_LIST || all->optionals) return NO_WAY;
  int a = plan_node(p, x), out = a < 0 ? a : plan_truth(p, false);
  for (size_t i = 0; out >= 0 && i < all->count; i++) {
    const node *item = all->items[i];
    if (item->kind != NODE_LITERAL || item->literal.type != VALUE_INT) return NO_WAY;
    int is = against_number(p, STEP_IS, a, item->literal.i);
    out = is < 0 ? is : i == 0 ? is : plan_bits(p, STEP_OR, out, is);
  }
  return out;
}

static void bounds_of_product(const plan_step *x, const plan_step *y, __int128 *least,
                              __int128 *most) {
  const int64_t ends[2][2] = {{x->least, x->most}, {y->least, y->most}};
  for (int i = 0; i < 4; i++) {
    __int128 v = (__int128)ends[0][i & 1] * ends[1][i >> 1];
    if (i == 0 || v < *least) *least = v;
    if (i == 0 || v > *most) *most = v;
  }
}

static int64_t magnitude(const plan_step *s) {
  int64_t low = s->least < -INT64_MAX ? INT64_MAX : s->least < 0 ? -s->least : s->least;
  return low > s->most ? low : s->most;
}

/* Rounded or not, the result is no larger than what is divided. Zero divisors fail. */
static int division(column_plan *p, step_op op, int a, int b) {
  const plan_step *x = &p->steps[a], *y = &p->steps[b];
  bool narrow =
      op == STEP_DIVIDE && x->lane == LANE_INT32 && y->lane == LANE_INT32 && x->least > INT32_MIN;
  int64_t most = magnitude(x);
  if (!narrow && (most >= INT64_C(1) << 51 || magnitude(y) >= INT64_C(1) << 31)) return NO_WAY;
  bool may_fail = y->least <= 0 && y->most >= 0;
  if (!narrow) {
    a = plan_wide(p, a);
    b = plan_wide(p, b);
    if (a < 0 || b < 0) return NO_MEMORY;
  }
  plan_step s = plan_step_of(op, narrow ? LANE_INT32 : LANE_INT64, a, b);
  s.least = -most;
  s.most = most;
  plan_join_faults(p, &s);
  s.failed |= may_fail;
  s.number = may_fail;
  return plan_step_add(p, s);
}

static int arithmetic(column_plan *p, opcode op, int a, int b) {
  const plan_step *x = &p->steps[a], *y = &p->steps[b];
  __int128 least, most;
  switch (op) {
  case OP_ADD:
    return plan_int_step(p, STEP_ADD, a, b, (__int128)x->least + y->least,
                         (__int128)x->most + y->most);
  case OP_SUBTRACT:
    return plan_int_step(p, STEP_SUBTRACT, a, b, (__int128)x->least - y->most,
                         (__int128)x->most - y->least);
  case OP_MULTIPLY:
    bounds_of_product(x, y, &least, &most);
    return plan_int_step(p, STEP_MULTIPLY, a, b, least, most);
  case OP_DIVIDE:
    return division(p, STEP_QUOTIENT, a, b);
  case OP_MODULO:
    return division(p, STEP_REMAINDER, a, b);
  default:
    return NO_WAY;
  }
}

static int operator_step(column_plan *p, const node *n, opcode op) {
  switch (op) {
  case OP_EQUAL:
    return equality(p, n);
  case OP_UNEQUAL:
    return plan_not(p, equality(p, n));
  case OP_IN:
    return membership(p, n);
  default:
    break;
  }
  int a, b;
  if (op == OP_NOT) return plan_not(p, plan_node(p, n->items[0]));
  if (op == OP_NEGATE) {
    if (!is_kind(n->items[0], CEL_INT)) return NO_WAY;
    b = plan_node(p, n->items[0]);
    a = b < 0 ? b : plan_number(p, 0);
    return a < 0 ? a : arithmetic(p, OP_SUBTRACT, a, b);
  }
  if (n->count != 2 || !is_kind(n->items[0], CEL_INT) || !is_kind(n->items[1], CEL_INT))
    return NO_WAY;
  a = plan_node(p, n->items[0]);
  b = a < 0 ? a : plan_node(p, n->items[1]);
  if (b < 0) return b;
  switch (op) {
  case OP_LESS:
    return compare(p, a, b, false);
  case OP_GREATER:
    return compare(p, b, a, false);
  case OP_LESS_EQUAL:
    return plan_not(p, compare(p, b, a, false));
  case OP_GREATER_EQUAL:
    return plan_not(p, compare(p, a, b, false));
  default:
    return arithmetic(p, op, a, b);
  }
}

/* ---- choices between values ---- */

static int pick(column_plan *p, step_op op, int c, int a, int b) {
  if (a < 0 || b < 0) return a < 0 ? a : b;
  bool bits = p->steps[a].lane == LANE_BIT;
  if (bits != (p->steps[b].lane == LANE_BIT)) return NO_WAY;
  if (!bits && !plan_same_lane(p, &a, &b)) return NO_MEMORY;
  const plan_step *x = &p->steps[a], *y = &p->steps[b];
  step_op of_bits = op == STEP_PICK ? STEP_PICK_BITS : STEP_OR_ELSE_BITS;
  plan_step s = plan_step_of(bits ? of_bits : op, x->lane, a, b);
  s.c = c;
  s.least = x->least < y->least ? x->least : y->least;
  s.most = x->most > y->most ? x->most : y->most;
  s.unknown = op == STEP_PICK ? x->unknown || y->unknown || p->steps[c].unknown : y->unknown;
  s.failed = x->failed || y->failed || (c >= 0 && p->steps[c].failed);
  return plan_step_add(p, s);
}

static int if_step(column_plan *p, const node *n) {
  int c = plan_node(p, n->items[0]);
  if (c < 0) return c;
  if (p->steps[c].lane != LANE_BIT) return NO_WAY;
  int a = plan_node(p, n->items[1]);
  return a < 0 ? a : pick(p, STEP_PICK, c, a, plan_node(p, n->items[2]));
}

static int logic(column_plan *p, const node *n) {
  int out = NO_WAY;
  for (size_t i = 0; i < n->count; i++) {
    if (!is_kind(n->items[i], CEL_BOOL)) return NO_WAY;
    int one = plan_node(p, n->items[i]);
    if (one < 0) return one;
    out = i == 0 ? one : plan_bits(p, n->kind == NODE_AND ? STEP_AND : STEP_OR, out, one);
    if (out < 0) return out;
  }
  return out;
}

/* ---- functions ---- */

static int day_part(column_plan *p, step_op op, int a, int b, int64_t least, int64_t most) {
  const int of[] = {a, b};
  for (int i = 0; i < 2; i++)
    if (of[i] >= 0 && (p->steps[of[i]].least < DAY_MIN || p->steps[of[i]].most > DAY_MAX ||
                       p->steps[of[i]].lane != LANE_INT32))
      return NO_WAY;
  plan_step s = plan_step_of(op, LANE_INT32, a, b);
  s.least = least;
  s.most = most;
  plan_join_faults(p, &s);
  return plan_step_add(p, s);
}

static int extreme(column_plan *p, step_op op, int a, int b) {
  if (!plan_same_lane(p, &a, &b)) return NO_MEMORY;
  plan_step s = plan_step_of(op, p->steps[a].lane, a, b);
  const int64_t la = p->steps[a].least, lb = p->steps[b].least, ma = p->steps[a].most,
                mb = p->steps[b].most;
  bool least = op == STEP_MIN;
  s.least = (la < lb) == least ? la : lb;
  s.most = (ma < mb) == least ? ma : mb;
  plan_join_faults(p, &s);
  return plan_step_add(p, s);
}

static int share(column_plan *p, int a, int b) {
  __int128 least, most, limit = (__int128)1 << 62;
  bounds_of_product(&p->steps[a], &p->steps[b], &least, &most);
  if (least <= -limit || most >= limit) return NO_WAY;
  a = plan_wide(p, a);
  b = plan_wide(p, b);
  if (a < 0 || b < 0) return NO_MEMORY;
  plan_step s = plan_step_of(STEP_SHARE, LANE_INT64, a, b);
  s.least = (int64_t)(least / RATE_ONE) - 1;
  s.most = (int64_t)(most / RATE_ONE) + 1;
  plan_join_faults(p, &s);
  return plan_step_add(p, s);
}

static int two_ints(column_plan *p, function_run run, int a, int b) {
  const plan_step *x = &p->steps[a], *y = &p->steps[b];
  bool days = x->least >= DAY_MIN && x->most <= DAY_MAX;
  if (run == run_divide) return division(p, STEP_DIVIDE, a, b);
  if (run == run_min) return extreme(p, STEP_MIN, a, b);
  if (run == run_max) return extreme(p, STEP_MAX, a, b);
  if (run == run_share) return share(p, a, b);
  if (run == run_years_between) return day_part(p, STEP_YEARS_BETWEEN, a, b, -10000, 10000);
  if (run == run_months_between) return day_part(p, STEP_MONTHS_BETWEEN, a, b, -120000, 120000);
  if (run == run_days_between && days && y->least >= DAY_MIN && y->most <= DAY_MAX)
    return arithmetic(p, OP_SUBTRACT, b, a);
  if (run == run_add_days && days && x->least + y->least >= DAY_MIN && y->most <= DAY_MAX &&
      x->most + y->most <= DAY_MAX && y->least >= -DAY_MAX)
    return arithmetic(p, OP_ADD, a, b);
  return NO_WAY;
}

static int one_int(column_plan *p, function_run run, int a) {
  if (run == run_year) return day_part(p, STEP_YEAR, a, -1, 1, 9999);
  if (run == run_month) return day_part(p, STEP_MONTH, a, -1, 1, 12);
  if (run == run_day) return day_part(p, STEP_MONTH_DAY, a, -1, 1, 31);
  if (run == run_weekday) return day_part(p, STEP_WEEKDAY, a, -1, 1, 7);
  if (run != run_yuan && run != run_number) return NO_WAY;
  int times = plan_number(p, run == run_yuan ? 100 : RATE_ONE);
  return times < 0 ? times : arithmetic(p, OP_MULTIPLY, a, times);
}

/* ---- lists of rows ---- */

/* Takes filters off the list that is folded; true when what is left is a name. */
static bool open_list(const node *n, fold *f) {
  while (n->kind == NODE_LOOP && n->loop == LOOP_FILTER && !n->name2.bytes) {
    if (f->filter_count == FOLD_FILTERS_MAX) return false;
    f->filters[f->filter_count].test = n->items[2];
    f->filters[f->filter_count++].local = n->slot;
    n = n->items[0];
  }
  f->slot = n->slot;
  return n->kind == NODE_SLOT && !n->test;
}

static int fold_step(column_plan *p, fold *f, const node *list) {
  if (!p->ask.fold || !open_list(list, f)) return NO_WAY;
  source s = p->ask.fold(p->ask.context, f);
  bool bits = f->kind == FOLD_ANY || f->kind == FOLD_ALL || f->kind == FOLD_ONE;
  return plan_source(p, &s, bits);
}

static int loop_step(column_plan *p, const node *n) {
  static const fold_kind kinds[] = {
      [LOOP_ALL] = FOLD_ALL, [LOOP_EXISTS] = FOLD_ANY, [LOOP_ONE] = FOLD_ONE};
  if (n->loop > LOOP_ONE || n->name2.bytes || n->items[1]) return NO_WAY;
  if (n->loop == LOOP_EXISTS && n->items[0]->type && n->items[0]->type->kind == CEL_LIST &&
      n->items[0]->type->of->kind == CEL_STRING) {
    /* set.exists(x, x in [...]) */
    const node *body = n->items[2];
    const text *words;
    size_t count;
    if (body->kind != NODE_CALL || body->count != 2 || body->items[0]->kind != NODE_LOCAL ||
        body->items[0]->slot != n->slot)
      return NO_WAY;
    opcode op = body->function >= 0 ? cel_functions[body->function].op : OP_RETURN;
    if (op == OP_EQUAL && body->items[1]->kind == NODE_LITERAL)
      return plan_set_has(p, n->items[0], &body->items[1]->literal.s, 1);
    if (op == OP_IN && literal_words(body->items[1], &words, &count, p->a))
      return plan_set_has(p, n->items[0], words, count);
    return NO_WAY;
  }
  fold f = {.kind = kinds[n->loop], .body = n->items[2], .local = n->slot};
  return fold_step(p, &f, n->items[0]);
}

static int list_call(column_plan *p, function_run run, const node *list) {
  fold f = {.kind = run == run_sum ? FOLD_SUM : run == run_min ? FOLD_MIN : FOLD_MAX};
  if (list->kind != NODE_LOOP || list->loop != LOOP_LIST || list->name2.bytes ||
      !is_kind(list->items[2], CEL_INT))
    return NO_WAY;
  f.body = list->items[2];
  f.local = list->slot;
  if (list->items[1]) {
    f.filters[0].test = list->items[1];
    f.filters[0].local = list->slot;
    f.filter_count = 1;
  }
  return fold_step(p, &f, list->items[0]);
}

/* True where a name or number is known, else unknown or false. What may fail is left to the row by
 * row way, which tells the failure. */
static int known_step(column_plan *p, const node *n) {
  if (!is_kind(n, CEL_INT) && !is_kind(n, CEL_BOOL)) {
    node test = *n;
    test.test = true;
    return n->kind == NODE_SLOT || n->kind == NODE_SELECT ? name_step(p, &test, true) : NO_WAY;
  }
  int x = plan_node(p, n);
  if (x < 0 || p->steps[x].failed) return x < 0 ? x : NO_WAY;
  if (!p->steps[x].unknown) return plan_truth(p, true);
  return plan_bits(p, p->steps[x].lane == LANE_BIT ? STEP_SAME : STEP_EQUAL, x, x);
}

/* needing(x, a, b): x where a and b are known. */
static int needing_step(column_plan *p, const node *n, bool bits) {
  int x = plan_node(p, n->items[0]), known = -1;
  if (x < 0) return x;
  for (size_t i = 1; i < n->count; i++) {
    int one = known_step(p, n->items[i]);
    known = one < 0 || i == 1 ? one : plan_bits(p, STEP_AND, known, one);
    if (known < 0) return known;
  }
  return pick(p, STEP_PICK, known, x, plan_fault(p, bits, false));
}

static int call_step(column_plan *p, const node *n) {
  if (n->function < 0) return plan_fault(p, is_kind(n, CEL_BOOL), true);
  const cel_function *f = &cel_functions[n->function];
  if (!f->run) return operator_step(p, n, f->op);
  if (f->run == run_today) return plan_number(p, p->ask.today);
  if (f->run == run_or_else) {
    int x = plan_node(p, n->items[0]), y = x < 0 ? x : plan_node(p, n->items[1]);
    if (y < 0) return y;
    return p->steps[x].unknown ? pick(p, STEP_OR_ELSE, -1, x, y) : x;
  }
  if (f->run == run_known) {
    node test = *n->items[0];
    test.test = true;
    return test.kind == NODE_SLOT || test.kind == NODE_SELECT ? name_step(p, &test, true) : NO_WAY;
  }
  if (f->run == run_needing) return needing_step(p, n, is_kind(n, CEL_BOOL));
  if (f->run == run_size && n->count == 1) {
    fold count = {.kind = FOLD_COUNT};
    return fold_step(p, &count, n->items[0]);
  }
  if (n->count == 1 && (f->run == run_sum || f->run == run_min || f->run == run_max))
    return list_call(p, f->run, n->items[0]);
  for (size_t i = 0; i < n->count; i++)
    if (!is_kind(n->items[i], CEL_INT)) return NO_WAY;
  if (n->count == 0 || n->count > 2) return NO_WAY;
  int a = plan_node(p, n->items[0]), b = a < 0 || n->count < 2 ? a : plan_node(p, n->items[1]);
  if (b < 0) return b;
  return n->count == 1 ? one_int(p, f->run, a) : two_ints(p, f->run, a, b);
}

/* ---- nodes ---- */

static int literal_step(column_plan *p, const node *n) {
  if (n->literal.type == VALUE_BOOL) return plan_truth(p, n->literal.yes);
  if (n->literal.type == VALUE_INT) return plan_number(p, n->literal.i);
  return NO_WAY;
}

static int index_step(column_plan *p, const node *n) {
  if (n->optional || n->items[0]->kind != NODE_SLOT) return NO_WAY;
  source s = plan_name(p, n->items[0]);
  if (s.kind != SOURCE_VALUE) return s.kind == SOURCE_FAILED ? NO_MEMORY : NO_WAY;
  if (s.value.type == VALUE_UNKNOWN) return plan_fault(p, is_kind(n, CEL_BOOL), false);
  return s.value.type == VALUE_MAP ? plan_keyed(p, s.value.map, n->items[1]) : NO_WAY;
}

int plan_node(column_plan *p, const node *n) {
  bool bits = is_kind(n, CEL_BOOL);
  if (!bits && !is_kind(n, CEL_INT)) return NO_WAY;
  switch (n->kind) {
  case NODE_LITERAL:
    return literal_step(p, n);
  case NODE_SLOT:
  case NODE_SELECT:
    return name_step(p, n, bits);
  case NODE_INDEX:
    return index_step(p, n);
  case NODE_CALL:
    return call_step(p, n);
  case NODE_AND:
  case NODE_OR:
    return logic(p, n);
  case NODE_IF:
    return if_step(p, n);
  case NODE_LOOP:
    return loop_step(p, n);
  default:
    return NO_WAY;
  }
}

/* ---- programs ---- */

static int by_row(column_plan *p, const cel_program *program) {
  bool bits = program->type && program->type->kind == CEL_BOOL;
  if (!bits && (!program->type || program->type->kind != CEL_INT)) return NO_WAY;
  p->by_row++;
  plan_step s = plan_step_of(STEP_ROWS, bits ? LANE_BIT : LANE_INT64, -1, -1);
  s.least = INT64_MIN;
  s.most = INT64_MAX;
  s.unknown = s.failed = true;
  s.program = program;
  s.ask = p->asked;
  return plan_step_add(p, s);
}

static int plan_program_step(column_plan *p, const cel_program *program) {
  for (size_t i = 0; i < p->program_count; i++)
    if (p->programs[i].program == program) return p->programs[i].step;
  int at = plan_node(p, program->tree);
  if (at == NO_WAY) at = by_row(p, program);
  if (at < 0) return at;
  plan_program *more =
      ARENA_GROW(p->a, p->programs, p->program_count, &p->program_room, plan_program);
  if (!more) return NO_MEMORY;
  p->programs = more;
  p->programs[p->program_count++] = (plan_program){program, at};
  return at;
}

static int add_output(column_plan *p, int at) {
  if (at < 0) return at;
  int *more = ARENA_GROW(p->a, p->outputs, p->output_count, &p->output_room, int);
  if (!more) return NO_MEMORY;
  p->outputs = more;
  p->outputs[p->output_count] = at;
  return (int)p->output_count++;
}

int plan_add(column_plan *p, const cel_program *program) {
  return add_output(p, plan_program_step(p, program));
}

int plan_add_part(column_plan *p, const cel_program *program, const node *part) {
  (void)program;
  return add_output(p, plan_node(p, part));
}
