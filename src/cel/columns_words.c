/* Texts in columns: never a column of results, always a question with few answers, so that a table
 * over the codes answers it. */
#include "cel/columns_plan.h"

static bool is_word(const text *words, size_t count, text w) {
  for (size_t i = 0; i < count; i++)
    if (text_equal(words[i], w)) return true;
  return false;
}

/* Equal tables are one, so that equal steps are one. */
static const code_table *table_kept(column_plan *p, const code_table *t) {
  for (size_t i = 0; i < p->count; i++)
    if (p->steps[i].table && memcmp(p->steps[i].table, t, sizeof *t) == 0) return p->steps[i].table;
  code_table *copy = ARENA_NEW(p->a, code_table);
  if (copy) *copy = *t;
  return copy;
}

static int code_step(column_plan *p, const source *s) {
  plan_step t = {.op = s->through ? STEP_GATHER : STEP_COLUMN,
                 .lane = LANE_CODE,
                 .a = -1,
                 .b = -1,
                 .c = -1,
                 .data = -1,
                 .column = s->column,
                 .through = s->through,
                 .unknown = s->column.known != NULL,
                 .failed = s->column.failed != NULL};
  return plan_step_add(p, t);
}

static int column_one_of(column_plan *p, const source *s, const text *words, size_t count) {
  if (s->column.lane != LANE_CODE) return NO_WAY;
  int a = code_step(p, s), only = -1;
  if (a < 0) return a;
  code_table t = {0};
  size_t yes = 0;
  for (size_t i = 0; i < s->column.word_count; i++) {
    t.truth[i] = is_word(words, count, text_of(s->column.words[i]));
    if (t.truth[i]) only = (int)i;
    yes += t.truth[i];
  }
  plan_step x = {.op = STEP_ONE_OF,
                 .lane = LANE_BIT,
                 .a = a,
                 .b = -1,
                 .c = -1,
                 .data = -1,
                 .unknown = p->steps[a].unknown,
                 .failed = p->steps[a].failed};
  if (yes == 1) {
    x.op = STEP_IS;
    x.number = only;
  } else if (!(x.table = table_kept(p, &t))) {
    return NO_MEMORY;
  }
  return plan_step_add(p, x);
}

static bool calls(const node *n, function_run run) {
  return n->kind == NODE_CALL && n->function >= 0 && cel_functions[n->function].run == run;
}

/* A choice between texts becomes the choice between their answers. */
static int choice(column_plan *p, step_op op, int c, int a, int b) {
  if (a < 0 || b < 0) return a < 0 ? a : b;
  plan_step s = {
      .op = op,
      .lane = LANE_BIT,
      .a = a,
      .b = b,
      .c = c,
      .data = -1,
      .unknown = p->steps[b].unknown || (c >= 0 && (p->steps[a].unknown || p->steps[c].unknown)),
      .failed = p->steps[a].failed || p->steps[b].failed || (c >= 0 && p->steps[c].failed)};
  return plan_step_add(p, s);
}

int plan_one_of(column_plan *p, const node *n, const text *words, size_t count) {
  if (n->kind == NODE_LITERAL && n->literal.type == VALUE_STRING)
    return plan_truth(p, is_word(words, count, n->literal.s));
  if (n->kind == NODE_IF) {
    int c = plan_node(p, n->items[0]), a = c < 0 ? c : plan_one_of(p, n->items[1], words, count);
    return a < 0 ? a : choice(p, STEP_PICK_BITS, c, a, plan_one_of(p, n->items[2], words, count));
  }
  if (calls(n, run_or_else)) {
    int a = plan_one_of(p, n->items[0], words, count);
    if (a < 0 || !p->steps[a].unknown) return a;
    return choice(p, STEP_OR_ELSE_BITS, -1, a, plan_one_of(p, n->items[1], words, count));
  }
  if (n->test) return NO_WAY;
  source s = plan_name(p, n);
  switch (s.kind) {
  case SOURCE_COLUMN:
    return column_one_of(p, &s, words, count);
  case SOURCE_PROGRAM:
    return plan_one_of(p, s.program->tree, words, count);
  case SOURCE_VALUE:
    if (is_fault(&s.value)) return plan_fault(p, true, s.value.type == VALUE_ERROR);
    return s.value.type == VALUE_STRING ? plan_truth(p, is_word(words, count, s.value.s)) : NO_WAY;
  case SOURCE_FAILED:
    return NO_MEMORY;
  case SOURCE_NONE:
    break;
  }
  return NO_WAY;
}

int plan_set_has(column_plan *p, const node *set, const text *words, size_t count) {
  source s = plan_name(p, set);
  if (set->test) return NO_WAY;
  if (s.kind == SOURCE_FAILED) return NO_MEMORY;
  if (s.kind != SOURCE_COLUMN || !s.column.set) return NO_WAY;
  int a = plan_source(p, &s, false);
  if (a < 0) return a;
  uint64_t mask = 0;
  for (size_t i = 0; i < s.column.word_count; i++)
    if (is_word(words, count, text_of(s.column.words[i]))) mask |= UINT64_C(1) << i;
  plan_step x = {.op = STEP_ANY_BIT,
                 .lane = LANE_BIT,
                 .a = a,
                 .b = -1,
                 .c = -1,
                 .data = -1,
                 .number = (int64_t)mask,
                 .unknown = p->steps[a].unknown,
                 .failed = p->steps[a].failed};
  return plan_step_add(p, x);
}

/* ---- a parameter by key ---- */

static int keyed_value(column_plan *p, const value_map *map, text key) {
  const value *v = value_get(map, key);
  if (!v) return plan_fault(p, false, !map->open);
  if (is_fault(v)) return plan_fault(p, false, v->type == VALUE_ERROR);
  return v->type == VALUE_INT ? plan_number(p, v->i) : NO_WAY;
}

static int keyed_column(column_plan *p, const value_map *map, const source *s) {
  if (s->column.lane != LANE_CODE) return NO_WAY;
  int a = code_step(p, s);
  if (a < 0) return a;
  code_table t = {0};
  plan_step x = {.op = STEP_LOOKUP,
                 .lane = LANE_INT64,
                 .a = a,
                 .b = -1,
                 .c = -1,
                 .data = -1,
                 .unknown = p->steps[a].unknown,
                 .failed = p->steps[a].failed};
  for (size_t i = 0; i < s->column.word_count; i++) {
    const value *v = value_get(map, text_of(s->column.words[i]));
    if (v && !is_fault(v) && v->type != VALUE_INT) return NO_WAY;
    t.known[i] = v && v->type == VALUE_INT;
    t.failed[i] = v ? v->type == VALUE_ERROR : !map->open;
    t.number[i] = t.known[i] ? v->i : 0;
    x.unknown |= !t.known[i] && !t.failed[i];
    x.failed |= t.failed[i];
    if (t.number[i] < x.least) x.least = t.number[i];
    if (t.number[i] > x.most) x.most = t.number[i];
  }
  x.table = table_kept(p, &t);
  return x.table ? plan_step_add(p, x) : NO_MEMORY;
}

int plan_keyed(column_plan *p, const value_map *map, const node *key) {
  if (key->kind == NODE_LITERAL && key->literal.type == VALUE_STRING)
    return keyed_value(p, map, key->literal.s);
  if (key->test || !key->type || key->type->kind != CEL_STRING) return NO_WAY;
  source s = plan_name(p, key);
  switch (s.kind) {
  case SOURCE_COLUMN:
    return keyed_column(p, map, &s);
  case SOURCE_PROGRAM:
    return plan_keyed(p, map, s.program->tree);
  case SOURCE_VALUE:
    if (is_fault(&s.value)) return plan_fault(p, false, s.value.type == VALUE_ERROR);
    return s.value.type == VALUE_STRING ? keyed_value(p, map, s.value.s) : NO_WAY;
  case SOURCE_FAILED:
    return NO_MEMORY;
  case SOURCE_NONE:
    break;
  }
  return NO_WAY;
}
