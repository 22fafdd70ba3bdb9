/* The machine: iterative, one stack, no state in the program. */
#include "cel/program.h"

typedef struct loop {
  loop_kind kind;
  bool two, maps;
  const value *items;
  const value_pair *pairs;
  size_t count, at; /* `at` is one past the current item */
  int32_t end;
  value fault; /* what was absorbed so far; NULL type: nothing */
  size_t found;
  value *out;
  value_pair *out_pairs;
  size_t out_count, out_room;
} loop;

struct machine {
  const cel_program *p;
  cel_run *run;
  size_t ip;
  bool stopped;
  value stop;
  err *err; /* of machine_fail */
  value *stack, *locals, *slots;
  bool *fetched;
  loop *loops;
};

arena *machine_arena(machine *m) {
  return m->run->a;
}
cel_run *machine_run(machine *m) {
  return m->run;
}

static const err no_memory = {
    .code = ERR_MEMORY, .zh = "内存不足，请稍后再试。", .en = "Out of memory; try again."};

value machine_stopped(machine *m) {
  if (!m->stopped) {
    m->stopped = true;
    m->stop = (value){.type = VALUE_ERROR, .error = &no_memory};
  }
  return m->stop;
}

err *machine_err(machine *m) {
  m->err = machine_charge(m, m->p->source.bytes / 64) ? machine_take(m, 1, sizeof *m->err) : NULL;
  return m->err;
}

char *machine_where(machine *m, char ret[CEL_WHERE_MAX]) {
  return cel_where(m->p->source, m->p->at[m->ip - 1], ret);
}

value machine_error(machine *m) {
  return m->err ? (value){.type = VALUE_ERROR, .error = m->err} : machine_stopped(m);
}

bool machine_charge(machine *m, size_t steps) {
  static const err too_much = {
      .code = ERR_BAD_EXPR,
      .zh = "计算量太大，超出上限，请简化表达式或缩小范围。",
      .en = "This takes too many steps; simplify the expression or narrow what it goes over."};
  if (steps > (size_t)CEL_COST_MAX) steps = CEL_COST_MAX + 1;
  m->run->cost += (int64_t)steps;
  if (m->run->cost <= CEL_COST_MAX) return true;
  if (!m->stopped) {
    m->stopped = true;
    m->stop = (value){.type = VALUE_ERROR, .error = &too_much};
  }
  return false;
}

void *machine_take(machine *m, size_t count, size_t of) {
  if (!machine_charge(m, count * of / 32 + 1)) return NULL;
  void *p = arena_take_array(m->run->a, count, of);
  if (!p) machine_stopped(m);
  return p;
}

/* ---- faults ---- */

static missing *missing_union(machine *m, const missing *a, const missing *b) {
  missing *out = NULL, **tail = &out;
  for (int side = 0; side < 2; side++) {
    for (const missing *x = side ? b : a; x; x = x->next) {
      bool seen = false;
      size_t steps = 1;
      for (const missing *y = out; y && !seen; y = y->next, steps++)
        seen = y->name == x->name || strcmp(y->name, x->name) == 0;
      if (!machine_charge(m, steps)) return out;
      if (seen) continue;
      missing *copy = machine_take(m, 1, sizeof *copy);
      if (!copy) return out;
      copy->name = x->name;
      *tail = copy;
      tail = &copy->next;
    }
  }
  return out;
}

value fault_join(machine *m, value a, value b) {
  if (a.type == VALUE_UNKNOWN && b.type == VALUE_UNKNOWN && a.missing != b.missing) {
    a.missing = missing_union(m, a.missing, b.missing);
    return a;
  }
  if (a.type == VALUE_UNKNOWN) return a;
  if (b.type == VALUE_UNKNOWN) return b;
  return a.type == VALUE_ERROR ? a : b;
}

static value not_condition(machine *m, value v) {
  if (is_fault(&v)) return v;
  return machine_fail(m, "这里要条件（真或假），得到的是 %s。",
                      "A condition (true or false) is needed, not %s.", value_type_name(&v));
}

static value logic(machine *m, bool and, value a, value b) {
  if (a.type == VALUE_BOOL && a.yes != and) return a;
  if (b.type == VALUE_BOOL && b.yes != and) return b;
  if (a.type == VALUE_BOOL && b.type == VALUE_BOOL) return a;
  if (a.type != VALUE_BOOL) a = not_condition(m, a);
  if (b.type != VALUE_BOOL) b = not_condition(m, b);
  return fault_join(m, a, b);
}

/* ---- loops ---- */

/* False: the range cannot be looped over; *result says why. */
static bool loop_begin(machine *m, loop *l, instruction in, value range, value *result) {
  *l = (loop){.kind = (loop_kind)(in.b & 0xFF), .two = (in.b & 0x100) != 0, .end = in.c};
  *result = range;
  if (is_fault(&range)) return false;
  if (range.type == VALUE_LIST) {
    l->items = range.list->items;
    l->count = range.list->count;
  } else if (range.type == VALUE_MAP) {
    l->maps = true;
    l->pairs = range.map->pairs;
    l->count = range.map->count;
  } else {
    *result = machine_fail(m, "这里要列表或映射，得到的是 %s。",
                           "A list or a map is needed, not %s.", value_type_name(&range));
    return false;
  }
  if (l->kind == LOOP_LIST || l->kind == LOOP_FILTER) {
    l->out = machine_take(m, l->count, sizeof *l->out);
    return l->out != NULL;
  }
  if (l->kind == LOOP_MAP) {
    l->out_pairs = machine_take(m, l->count, sizeof *l->out_pairs);
    l->out_room = l->count;
    return l->out_pairs != NULL;
  }
  return true;
}

static void loop_variables(const loop *l, value *one, value *two) {
  size_t i = l->at - 1;
  if (l->maps) {
    *one = l->pairs[i].key;
    if (l->two) *two = l->pairs[i].item;
  } else {
    *one = l->two ? value_int((int64_t)i) : l->items[i];
    if (l->two) *two = l->items[i];
  }
}

static value loop_result(machine *m, const loop *l) {
  if (is_fault(&l->fault)) return l->fault;
  switch (l->kind) {
  case LOOP_ALL:
    return value_bool(true);
  case LOOP_EXISTS:
    return value_bool(false);
  case LOOP_ONE:
    return value_bool(l->found == 1);
  case LOOP_LIST:
  case LOOP_FILTER:
    return make_list(l->out, l->out_count, m);
  default:
    break;
  }
  value_map *map = machine_take(m, 1, sizeof *map);
  if (!map) return machine_stopped(m);
  *map = (value_map){.count = l->out_count, .pairs = l->out_pairs, .path = ""};
  return (value){.type = VALUE_MAP, .map = map};
}

static void loop_absorb(machine *m, loop *l, value fault) {
  l->fault = is_fault(&l->fault) ? fault_join(m, l->fault, fault) : fault;
}

static value add_entry(machine *m, loop *l, value_pair entry) {
  for (size_t i = 0; i < l->out_count; i++)
    if (machine_equal(m, &l->out_pairs[i].key, &entry.key))
      return machine_fail(m, "映射的键重复了。", "A key of the map appears twice.");
  if (l->out_count == l->out_room) {
    size_t room = l->out_room ? l->out_room * 2 : 8;
    value_pair *more = machine_take(m, room, sizeof *more);
    if (!more) return machine_stopped(m);
    if (l->out_count) memcpy(more, l->out_pairs, l->out_count * sizeof *more);
    l->out_pairs = more;
    l->out_room = room;
  }
  l->out_pairs[l->out_count++] = entry;
  return value_null();
}

static void loop_entries(machine *m, loop *l, value v) {
  if (v.type != VALUE_MAP) {
    loop_absorb(m, l, machine_mistyped(m, "transformMapEntry", &v, 1));
    return;
  }
  for (size_t i = 0; i < v.map->count && !m->stopped; i++) {
    value done = add_entry(m, l, v.map->pairs[i]);
    if (is_fault(&done)) loop_absorb(m, l, done);
  }
}

/* Takes the body's value; true when the loop is decided, with *result. */
static bool loop_step(machine *m, loop *l, value v, value *result) {
  bool condition = l->kind <= LOOP_ONE || l->kind == LOOP_FILTER;
  if (is_fault(&v) || (condition && v.type != VALUE_BOOL)) {
    loop_absorb(m, l, not_condition(m, v));
    return false;
  }
  *result = v;
  switch (l->kind) {
  case LOOP_ALL:
    return !v.yes;
  case LOOP_EXISTS:
    return v.yes;
  case LOOP_ONE:
    l->found += v.yes;
    break;
  case LOOP_LIST:
    l->out[l->out_count++] = v;
    break;
  case LOOP_FILTER:
    if (v.yes) l->out[l->out_count++] = l->maps ? l->pairs[l->at - 1].key : l->items[l->at - 1];
    break;
  case LOOP_MAP: {
    value key = l->maps ? l->pairs[l->at - 1].key : value_int((int64_t)l->at - 1);
    l->out_pairs[l->out_count++] = (value_pair){key, v};
    break;
  }
  case LOOP_ENTRIES:
    loop_entries(m, l, v);
    break;
  }
  return false;
}

/* ---- instructions ---- */

static value variable(machine *m, size_t i) {
  if (!m->fetched[i]) {
    m->slots[i] = m->run->slot(m->run->context, m->p->slots[i]);
    m->fetched[i] = true;
  }
  return m->slots[i];
}

static value call(machine *m, const cel_function *f, const value *args, size_t count) {
  if (f->how != OPEN) {
    value fault = {0};
    for (size_t i = 0; i < count; i++)
      if (is_fault(&args[i])) fault = is_fault(&fault) ? fault_join(m, fault, args[i]) : args[i];
    if (is_fault(&fault)) return fault;
  }
  return f->run(m, args, count);
}

/* Opens an optional for optMap: true when there is an item, else *v is the result. */
static bool open_optional(machine *m, value *v) {
  if (is_fault(v)) return false;
  if (v->type == VALUE_OPTIONAL) {
    if (!v->item) return false;
    *v = *v->item;
    return true;
  }
  *v = machine_mistyped(m, "optMap", v, 1);
  return false;
}

/* Runs one instruction that only takes and pushes values. Returns the new top of the stack. */
static value *plain(machine *m, instruction in, value *top) {
  const cel_program *p = m->p;
  switch (in.op) {
  case OP_CONSTANT:
    *++top = p->constants[in.a];
    break;
  case OP_VARIABLE:
    *++top = variable(m, (size_t)in.a);
    break;
  case OP_KNOWN:
    *++top = value_bool(variable(m, (size_t)in.a).type != VALUE_UNKNOWN);
    break;
  case OP_LOCAL:
    *++top = m->locals[in.a];
    break;
  case OP_STORE:
    m->locals[in.a] = *top--;
    break;
  case OP_SELECT:
  case OP_SELECT_OPTIONAL:
    *top = select_field(m, top, p->constants[in.a].s, in.op != OP_SELECT);
    break;
  case OP_HAS:
    *top = has_field(m, top, p->constants[in.a].s);
    break;
  case OP_INDEX:
  case OP_INDEX_OPTIONAL:
    top--;
    *top = index_item(m, top, top + 1, in.op != OP_INDEX);
    break;
  case OP_LIST:
    top -= in.a - 1;
    *top = build_list(m, top, (size_t)in.a, in.b < 0 ? NULL : p->masks[in.b]);
    break;
  case OP_MAP:
    top -= 2 * in.a - 1;
    *top = build_map(m, top, (size_t)in.a, in.b < 0 ? NULL : p->masks[in.b]);
    break;
  case OP_CALL:
    top -= in.b - 1;
    *top = call(m, &cel_functions[in.a], top, (size_t)in.b);
    break;
  case OP_MATCHES:
    *top = match_text(m, p->patterns[in.a], *top);
    break;
  case OP_AND:
  case OP_OR:
    top--;
    *top = logic(m, in.op == OP_AND, top[0], top[1]);
    break;
  case OP_SOME:
    if (!is_fault(top)) *top = run_optional_of(m, top, 1);
    break;
  case OP_NEGATE:
  case OP_NOT:
    *top = operate(m, in.op, top, top);
    break;
  default:
    top--;
    *top = operate(m, in.op, top, top + 1);
  }
  return top;
}

static value *next_item(machine *m, instruction in, value *top) {
  loop *l = &m->loops[in.a];
  if (l->at == l->count) {
    *++top = loop_result(m, l);
    m->ip = (size_t)in.c;
    return top;
  }
  l->at++;
  loop_variables(l, &m->locals[in.b], &m->locals[in.b + (l->two ? 1 : 0)]);
  return top;
}

/* Runs one instruction that may go elsewhere. */
static value *branch(machine *m, instruction in, value *top) {
  value result;
  switch (in.op) {
  case OP_JUMP:
    m->ip = (size_t)in.a;
    break;
  case OP_IF:
    if (top->type == VALUE_BOOL) {
      if (!top->yes) m->ip = (size_t)in.a;
      return top - 1;
    }
    *top = not_condition(m, *top);
    m->ip = (size_t)in.b;
    break;
  case OP_AND_SKIP:
    if (top->type == VALUE_BOOL && !top->yes) m->ip = (size_t)in.a;
    break;
  case OP_OR_SKIP:
    if (top->type == VALUE_BOOL && top->yes) m->ip = (size_t)in.a;
    break;
  case OP_OR_ELSE:
    if (top->type == VALUE_UNKNOWN) return top - 1;
    m->ip = (size_t)in.a;
    break;
  case OP_LOOP:
    if (loop_begin(m, &m->loops[in.a], in, *top, &result)) return top - 1;
    *top = result;
    m->ip = (size_t)in.c;
    break;
  case OP_NEXT:
    return next_item(m, in, top);
  case OP_TEST:
    if (top->type != VALUE_BOOL) loop_absorb(m, &m->loops[in.a], not_condition(m, *top));
    if (top->type != VALUE_BOOL || !top->yes) m->ip = (size_t)in.c;
    return top - 1;
  case OP_STEP:
    if (loop_step(m, &m->loops[in.a], *top, &result)) {
      *top = result;
      m->ip = (size_t)m->loops[in.a].end;
      return top;
    }
    m->ip = (size_t)in.c;
    return top - 1;
  default: /* OP_OPTIONAL_MAP */
    if (open_optional(m, top)) {
      m->locals[in.a] = *top;
      return top - 1;
    }
    m->ip = (size_t)in.b;
  }
  return top;
}

static bool goes_elsewhere(opcode op) {
  return op == OP_JUMP || op == OP_IF || op == OP_AND_SKIP || op == OP_OR_SKIP ||
         op == OP_OR_ELSE || op == OP_LOOP || op == OP_NEXT || op == OP_TEST || op == OP_STEP ||
         op == OP_OPTIONAL_MAP;
}

/* The fast path for what rules are mostly made of: known numbers and conditions. False: no such
 * case, nothing was done. */
static inline bool quick(machine *m, instruction in, value **at) {
  value *top = *at;
  int64_t sum;
  bool yes;
  switch (in.op) {
  case OP_CONSTANT:
    *++*at = m->p->constants[in.a];
    return true;
  case OP_VARIABLE:
    *++*at = m->fetched[in.a] ? m->slots[in.a] : variable(m, (size_t)in.a);
    return true;
  case OP_AND_SKIP:
  case OP_OR_SKIP:
    if (top->type == VALUE_BOOL && top->yes == (in.op == OP_OR_SKIP)) m->ip = (size_t)in.a;
    return true;
  case OP_NOT:
    if (top->type != VALUE_BOOL) return false;
    top->yes = !top->yes;
    return true;
  case OP_AND:
  case OP_OR:
    if (top[-1].type != VALUE_BOOL || top->type != VALUE_BOOL) return false;
    yes = in.op == OP_AND ? top[-1].yes && top->yes : top[-1].yes || top->yes;
    break;
  case OP_ADD:
    if (top[-1].type != VALUE_INT || top->type != VALUE_INT ||
        __builtin_add_overflow(top[-1].i, top->i, &sum))
      return false;
    top[-1].i = sum;
    --*at;
    return true;
  case OP_LESS:
  case OP_LESS_EQUAL:
  case OP_GREATER:
  case OP_GREATER_EQUAL:
    if (top[-1].type != VALUE_INT || top->type != VALUE_INT) return false;
    yes = in.op == OP_LESS         ? top[-1].i < top->i
          : in.op == OP_LESS_EQUAL ? top[-1].i <= top->i
          : in.op == OP_GREATER    ? top[-1].i > top->i
                                   : top[-1].i >= top->i;
    break;
  case OP_EQUAL:
  case OP_UNEQUAL:
    if (top[-1].type != top->type) return false;
    if (top->type == VALUE_STRING)
      yes = text_equal(top[-1].s, top->s);
    else if (top->type == VALUE_INT)
      yes = top[-1].i == top->i;
    else
      return false;
    yes = yes == (in.op == OP_EQUAL);
    break;
  default:
    return false;
  }
  top[-1] = value_bool(yes);
  --*at;
  return true;
}

/* Programs of packs are small: their stack is ours. */
enum { SMALL_VALUES = 48, SMALL_SLOTS = 16 };

value cel_eval(const cel_program *p, cel_run *run) {
  machine m = {.p = p, .run = run};
  value small[SMALL_VALUES];
  bool small_fetched[SMALL_SLOTS] = {false};
  const size_t values = p->stack + 1 + p->locals + p->slot_count;
  const bool fits = values <= SMALL_VALUES && p->slot_count <= SMALL_SLOTS;
  m.stack = fits ? small : ARENA_ARRAY(run->a, values, value);
  m.fetched = fits ? small_fetched : ARENA_ARRAY(run->a, p->slot_count, bool);
  m.loops = p->loops ? ARENA_ARRAY(run->a, p->loops, loop) : NULL;
  if (!m.stack || !m.fetched || (p->loops && !m.loops)) return machine_stopped(&m);
  m.locals = m.stack + p->stack + 1;
  m.slots = m.locals + p->locals;
  value *top =
      m.stack; /* the first cell is never used, so that `top` always points into the array */
  for (;;) {
    instruction in = p->code[m.ip++];
    if (in.op == OP_RETURN) return *top;
    if (++run->cost > CEL_COST_MAX && (run->cost--, !machine_charge(&m, 1))) return m.stop;
    if (quick(&m, in, &top)) continue;
    top = goes_elsewhere(in.op) ? branch(&m, in, top) : plain(&m, in, top);
    if (m.stopped) return m.stop;
  }
}
