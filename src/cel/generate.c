/* Tree to instructions. */
#include "cel/program.h"

typedef struct generator {
  arena *a;
  cel_program *p;
  size_t code_room, at_room, constant_room, pattern_room, mask_room, slot_room;
  size_t constants, patterns, masks;
  size_t depth, loops; /* in use now */
  uint32_t at;
  err *e;
} generator;

static bool emit(generator *g, const node *n, opcode op, size_t a, size_t b) {
  cel_program *p = g->p;
  instruction *code = ARENA_GROW(g->a, p->code, p->length, &g->code_room, instruction);
  if (!code) return err_memory(g->e);
  p->code = code;
  uint32_t *at = ARENA_GROW(g->a, p->at, p->length, &g->at_room, uint32_t);
  if (!at) return err_memory(g->e);
  p->at = at;
  p->at[p->length] = n->at;
  p->code[p->length++] = (instruction){op, (int32_t)a, (int32_t)b, 0};
  return true;
}

/* The stack grows by one value. */
static bool push(generator *g, const node *n, opcode op, size_t a, size_t b) {
  if (++g->depth > g->p->stack) g->p->stack = g->depth;
  return emit(g, n, op, a, b);
}

static bool constant(generator *g, value v, size_t *index) {
  value *all = ARENA_GROW(g->a, g->p->constants, g->constants, &g->constant_room, value);
  if (!all) return err_memory(g->e);
  g->p->constants = all;
  *index = g->constants++;
  all[*index] = v;
  return true;
}

static bool generate(generator *g, const node *n);

static bool generate_constant(generator *g, const node *n, value v) {
  size_t index;
  return constant(g, v, &index) && push(g, n, OP_CONSTANT, index, 0);
}

/* The index of a slot in the program's own ascending list, which collect_slots has made. */
static size_t slot_index(const cel_program *p, int slot) {
  size_t i = 0;
  while (p->slots[i] != slot) i++;
  return i;
}

static bool collect_slots(generator *g, const node *n) {
  cel_program *p = g->p;
  if (n->kind == NODE_SLOT) {
    size_t i = 0;
    while (i < p->slot_count && p->slots[i] < n->slot) i++;
    if (i < p->slot_count && p->slots[i] == n->slot) return true;
    int *slots = ARENA_GROW(g->a, p->slots, p->slot_count, &g->slot_room, int);
    if (!slots) return err_memory(g->e);
    p->slots = slots;
    memmove(slots + i + 1, slots + i, (p->slot_count++ - i) * sizeof *slots);
    slots[i] = n->slot;
  }
  for (size_t i = 0; i < n->count; i++)
    if (n->items[i] && !collect_slots(g, n->items[i])) return false;
  return true;
}

static bool generate_items(generator *g, const node *n) {
  for (size_t i = 0; i < n->count; i++)
    if (!generate(g, n->items[i])) return false;
  return true;
}

/* One list or map out of many items. */
static bool gather(generator *g, const node *n, opcode op, size_t count) {
  size_t mask = SIZE_MAX;
  if (!generate_items(g, n)) return false;
  if (n->optionals) {
    const bool **masks = ARENA_GROW(g->a, g->p->masks, g->masks, &g->mask_room, const bool *);
    if (!masks) return err_memory(g->e);
    g->p->masks = masks;
    mask = g->masks++;
    masks[mask] = n->optionals;
  }
  g->depth -= n->count;
  return push(g, n, op, count, mask);
}

static bool generate_matches(generator *g, const node *n) {
  const node *pattern = n->items[1];
  err e;
  const regex *r = regex_compile(g->a, pattern->literal.s, &e);
  if (!r) return cel_fail(g->e, g->p->source, pattern->at, "%s", "%s", LABEL(e));
  const regex **all =
      ARENA_GROW(g->a, g->p->patterns, g->patterns, &g->pattern_room, const regex *);
  if (!all) return err_memory(g->e);
  g->p->patterns = all;
  all[g->patterns] = r;
  return generate(g, n->items[0]) && emit(g, n, OP_MATCHES, g->patterns++, 0);
}

/* x.orElse(y): y is evaluated only where x is unknown. */
static bool generate_or_else(generator *g, const node *n) {
  if (!generate(g, n->items[0])) return false;
  size_t skip = g->p->length;
  g->depth--;
  if (!emit(g, n, OP_OR_ELSE, 0, 0) || !generate(g, n->items[1])) return false;
  g->p->code[skip].a = (int32_t)g->p->length;
  return true;
}

static bool generate_call(generator *g, const node *n) {
  if (n->function < 0) {
    err *e = ARENA_NEW(g->a, err);
    if (!e) return err_memory(g->e);
    cel_fail(e, g->p->source, n->at, "没有函数“%.*s”。", "There is no function \"%.*s\".",
             (int)n->name.bytes, n->name.at);
    return generate_constant(g, n, (value){.type = VALUE_ERROR, .error = e});
  }
  const cel_function *f = &cel_functions[n->function];
  if (f->run == run_matches && n->items[1]->kind == NODE_LITERAL &&
      n->items[1]->literal.type == VALUE_STRING)
    return generate_matches(g, n);
  if (f->run == run_or_else) return generate_or_else(g, n);
  if (!generate_items(g, n)) return false;
  g->depth -= n->count;
  return f->run ? push(g, n, OP_CALL, (size_t)n->function, n->count) : push(g, n, f->op, 0, 0);
}

static bool generate_logic(generator *g, const node *n) {
  bool and = n->kind == NODE_AND;
  size_t first = 0; /* skips are chained through their target until the end is known */
  for (size_t i = 0; i < n->count; i++) {
    if (!generate(g, n->items[i])) return false;
    if (i > 0) {
      g->depth--;
      if (!emit(g, n->items[i], and? OP_AND : OP_OR, 0, 0)) return false;
    }
    if (i + 1 == n->count) break;
    if (!emit(g, n->items[i], and? OP_AND_SKIP : OP_OR_SKIP, first, 0)) return false;
    first = g->p->length;
  }
  while (first) {
    instruction *skip = &g->p->code[first - 1];
    first = (size_t)skip->a;
    skip->a = (int32_t)g->p->length;
  }
  return true;
}

static bool generate_if(generator *g, const node *n) {
  if (!generate(g, n->items[0])) return false;
  size_t branch = g->p->length;
  g->depth--;
  if (!emit(g, n->items[0], OP_IF, 0, 0) || !generate(g, n->items[1])) return false;
  size_t jump = g->p->length;
  if (!emit(g, n, OP_JUMP, 0, 0)) return false;
  g->p->code[branch].a = (int32_t)g->p->length;
  g->depth--;
  if (!generate(g, n->items[2])) return false;
  g->p->code[branch].b = g->p->code[jump].a = (int32_t)g->p->length;
  return true;
}

static bool generate_loop(generator *g, const node *n) {
  if (!generate(g, n->items[0])) return false;
  cel_program *p = g->p;
  size_t number = g->loops++, loop = p->length, next = loop + 1, skip = 0;
  if (g->loops > p->loops) p->loops = g->loops;
  g->depth--;
  if (!emit(g, n, OP_LOOP, number, (size_t)n->loop) ||
      !emit(g, n, OP_NEXT, number, (size_t)n->slot))
    return false;
  if (n->name2.bytes) p->code[loop].b |= 0x100; /* two variables */
  if (n->items[1]) {
    if (!generate(g, n->items[1])) return false;
    g->depth--;
    skip = p->length;
    if (!emit(g, n->items[1], OP_TEST, number, 0)) return false;
    p->code[skip].c = (int32_t)next;
  }
  if (!generate(g, n->items[2])) return false;
  size_t step = p->length;
  if (!emit(g, n->items[2], OP_STEP, number, 0))
    return false; /* the depth stays: the result is pushed */
  p->code[step].c = (int32_t)next;
  p->code[loop].c = p->code[next].c = (int32_t)p->length;
  g->loops--;
  return true;
}

static bool generate_bind(generator *g, const node *n) {
  for (size_t i = 0; i < n->count; i++) {
    if (!generate(g, n->items[i])) return false;
    if (i + 1 == n->count) break;
    g->depth--;
    if (!emit(g, n->items[i], OP_STORE, (size_t)n->slot + i, 0)) return false;
  }
  return true;
}

static bool generate_opt_map(generator *g, const node *n) {
  if (!generate(g, n->items[0])) return false;
  size_t open = g->p->length;
  g->depth--;
  if (!emit(g, n, OP_OPTIONAL_MAP, (size_t)n->slot, 0) || !generate(g, n->items[1])) return false;
  if (!n->flat && !emit(g, n, OP_SOME, 0, 0)) return false;
  g->p->code[open].b = (int32_t)g->p->length;
  return true;
}

static bool generate_select(generator *g, const node *n) {
  size_t name;
  return generate(g, n->items[0]) && constant(g, value_string(n->name), &name) &&
         emit(g, n,
              n->test       ? OP_HAS
              : n->optional ? OP_SELECT_OPTIONAL
                            : OP_SELECT,
              name, 0);
}

static bool generate(generator *g, const node *n) {
  switch (n->kind) {
  case NODE_NAME:
  case NODE_LITERAL:
    return generate_constant(g, n, n->literal);
  case NODE_SLOT:
    return push(g, n, n->test ? OP_KNOWN : OP_VARIABLE, slot_index(g->p, n->slot), 0);
  case NODE_LOCAL:
    return push(g, n, OP_LOCAL, (size_t)n->slot, 0);
  case NODE_SELECT:
    return generate_select(g, n);
  case NODE_INDEX:
    if (!generate_items(g, n)) return false;
    g->depth--;
    return emit(g, n, n->optional ? OP_INDEX_OPTIONAL : OP_INDEX, 0, 0);
  case NODE_CALL:
    return generate_call(g, n);
  case NODE_AND:
  case NODE_OR:
    return generate_logic(g, n);
  case NODE_IF:
    return generate_if(g, n);
  case NODE_LIST:
    return gather(g, n, OP_LIST, n->count);
  case NODE_MAP:
    return gather(g, n, OP_MAP, n->count / 2);
  case NODE_LOOP:
    return generate_loop(g, n);
  case NODE_BIND:
  case NODE_BLOCK:
    return generate_bind(g, n);
  case NODE_OPT_MAP:
    return generate_opt_map(g, n);
  }
  return true;
}

bool cel_generate(arena *a, node *tree, cel_program *p, err *e) {
  generator g = {.a = a, .p = p, .e = e};
  return collect_slots(&g, tree) && generate(&g, tree) && emit(&g, tree, OP_RETURN, 0, 0);
}
