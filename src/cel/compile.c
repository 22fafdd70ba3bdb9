/* The stages in a row, and what a program says of itself. */
#include "cel/program.h"

static bool build(cel_program *p, arena *a, const cel_env *env, const cel_type *want, err *e) {
  node *tree = cel_parse(a, p->source, &p->beyond, e);
  if (!tree || !cel_check(a, env, tree, want, p, e)) return false;
  p->tree = tree;
  p->type = tree->type;
  return cel_generate(a, tree, p, e);
}

cel_program *cel_compile(arena *a, const cel_env *env, text source, const cel_type *want, err *e) {
  err here;
  if (!e) e = &here;
  cel_program *p = ARENA_NEW(a, cel_program);
  char *copy = arena_copy(a, source.at, source.bytes);
  if (!p || !copy) {
    err_memory(e);
    return NULL;
  }
  p->source = (text){copy, source.bytes};
  return arena_whole(a, build(p, a, env, want, e), e) ? p : NULL;
}

const node *cel_tree(const cel_program *p) {
  return p->tree;
}

const cel_type *cel_program_type(const cel_program *p) {
  return p->type;
}

const int *cel_program_slots(const cel_program *p, size_t *ret_count) {
  *ret_count = p->slot_count;
  return p->slots;
}

bool cel_program_counts_workdays(const cel_program *p) {
  for (size_t i = 0; i < p->length; i++) {
    if (p->code[i].op != OP_CALL) continue;
    function_run run = cel_functions[p->code[i].a].run;
    if (run == run_add_workdays || run == run_workdays_between) return true;
  }
  return false;
}

text cel_program_source(const cel_program *p) {
  return p->source;
}

bool cel_runs_in_browser(const cel_program *p, err *e) {
  if (!p->beyond.what.zh) return true;
  return cel_fail(e, p->source, p->beyond.at,
                  "“%s”在手机端不能用，请改写，例如用 has() 和 orElse()。",
                  "\"%s\" does not run on the phone; write it differently, for instance with "
                  "has() and orElse().",
                  LABEL(p->beyond.what));
}

static const char *const opcode_names[] = {
#define OPCODE(name, what) #name,
#include "cel/opcodes.def"
#undef OPCODE
};

void cel_program_print(buf *b, const cel_program *p) {
  for (size_t i = 0; i < p->length; i++) {
    instruction in = p->code[i];
    buf_printf(b, "%4zu %-16s %d %d %d", i, opcode_names[in.op], in.a, in.b, in.c);
    if (in.op == OP_CALL) buf_printf(b, "  %s", cel_functions[in.a].name);
    if (in.op == OP_CONSTANT || in.op == OP_SELECT || in.op == OP_HAS ||
        in.op == OP_SELECT_OPTIONAL) {
      buf_str(b, "  ");
      value_print(b, &p->constants[in.a], NULL);
    }
    buf_char(b, '\n');
  }
}
