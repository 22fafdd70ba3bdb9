/* program.h — compiled code, and what functions see of the machine that runs it. */
#ifndef JISHI_CEL_PROGRAM_H
#define JISHI_CEL_PROGRAM_H

#include "cel/ast.h"
#include "cel/env.h"
#include "cel/regex.h"

typedef enum opcode {
#define OPCODE(name, what) OP_##name,
#include "cel/opcodes.def"
#undef OPCODE
  OPCODE_COUNT
} opcode;

typedef struct instruction {
  opcode op;
  int32_t a, b, c;
} instruction;

struct cel_program {
  text source;
  const node *tree;
  const cel_type *type;
  instruction *code;
  uint32_t *at; /* byte of the source an instruction comes from */
  size_t length;
  value *constants;
  const regex **patterns;
  const bool **masks;
  int *slots; /* ascending; a VARIABLE instruction counts in this list */
  size_t slot_count;
  size_t stack, locals, loops; /* the most that are in use at once */
  beyond beyond;
};

/* ---- functions ---- */
typedef struct machine machine;
typedef value (*function_run)(machine *m, const value *args, size_t count);
typedef enum function_where { LIBRARY, SUPPLIED, SERVER } function_where;
typedef enum function_how { STRICT, OPEN, TODAY } function_how;

typedef struct cel_function {
  const char *name, *signatures;
  function_run run; /* NULL: an operator */
  opcode op;        /* operators only */
  function_where where;
  function_how how;
} cel_function;

extern const cel_function cel_functions[];
extern const size_t cel_function_count;
int cel_function_find(text name); /* -1: none */

/* ---- the machine, as functions see it ---- */
arena *machine_arena(machine *m);
cel_run *machine_run(machine *m);
/* Pays for work that grows with data. False: over CEL_COST_MAX; the run ends with that error. */
bool machine_charge(machine *m, size_t steps);
/* Room in the run's arena, paid for; NULL: machine_stopped is the value to return. */
void *machine_take(machine *m, size_t count, size_t of);
value machine_stopped(machine *m);

/* An error value; where = the running instruction. */
#define machine_fail(m, ...)                                                                       \
  (err_set(machine_err(m), ERR_BAD_EXPR, machine_where((m), (char[CEL_WHERE_MAX]){0}),             \
           __VA_ARGS__),                                                                           \
   machine_error(m))
err *machine_err(machine *m); /* a new one, NULL: memory */
char *machine_where(machine *m, char ret[CEL_WHERE_MAX]);
value machine_error(machine *m); /* the newest as a value */
value machine_mistyped(machine *m, const char *name, const value *args,
                       size_t count); /* no such overload */

static inline bool is_fault(const value *v) {
  return v->type >= VALUE_UNKNOWN;
}
/* Of two values, at least one a fault: unknowns together, else the first error. */
value fault_join(machine *m, value a, value b);

/* ---- shared by several function files ---- */
const char *value_type_name(const value *v); /* "int", "list", "null_type", … */
value make_text(machine *m, const buf *b);   /* copies; releases nothing */
value make_list(const value *items, size_t count, machine *m);
/* -1, 0, 1; 2: not comparable (NaN, other types). Numbers across int, uint, double. */
int value_compare(const value *a, const value *b);
/* Equality that pays: *steps goes down, and below zero the answer is meaningless. */
bool value_equal_within(const value *a, const value *b, int64_t *steps, int depth);
bool machine_equal(machine *m, const value *a, const value *b);
const value *map_find(const value_map *m, const value *key);
void double_print(buf *b, double d);
void base64_encode(text s, char *ret); /* (bytes + 2) / 3 * 4 characters */
void timestamp_print(buf *b, const value *v);
void duration_print(buf *b, const value *v);
bool timestamp_in_range(int64_t seconds, int32_t nanos);
bool duration_in_range(int64_t seconds, int32_t nanos);

/* functions_text.c: whether the pattern is found in the value, if that is a text. */
value match_text(machine *m, const regex *r, value v);

/* operators.c */
value operate(machine *m, opcode op, const value *a, const value *b);
value select_field(machine *m, const value *base, text name, bool optional);
value has_field(machine *m, const value *base, text name);
value index_item(machine *m, const value *base, const value *index, bool optional);
value build_list(machine *m, const value *items, size_t count, const bool *optionals);
value build_map(machine *m, const value *items, size_t pairs, const bool *optionals);

#define FUNCTION(c_name, name, where, how, signatures)                                             \
  value run_##c_name(machine *m, const value *args, size_t count);
#define OPERATOR(opcode, name, signatures)
#include "cel/functions.def"
#undef FUNCTION
#undef OPERATOR

/* The value of a function of a text that is written out, such as date("2024-03-01"). False: it is
 * not one of those (ret_why->zh stays NULL), or the text is wrong and *ret_why says how it is
 * written. */
bool fold_literal(int function, const value *arg, value *ret, label *ret_why);

/* ---- stages ---- */
/* Names, types and slots into the tree of p->source, and p->locals, p->beyond; false with *e. */
bool cel_check(arena *a, const cel_env *env, node *tree, const cel_type *want, cel_program *p,
               err *e);
bool cel_generate(arena *a, node *tree, cel_program *p, err *e);

#endif
