/* types.h — how the checker reasons about types: variables that are bound while it learns,
 * assignability, joins.
 *
 * The check is gradual: `dyn` goes with everything. A type deeper than TYPE_DEPTH_MAX is dyn. */
#ifndef JISHI_CEL_TYPES_H
#define JISHI_CEL_TYPES_H

#include "cel/cel.h"

enum { TYPE_DEPTH_MAX = 32, PARAMS_MAX = 6 };

/* Two kinds more than cel.h has, seen only while checking. */
#define KIND_VARIABLE ((cel_kind)100)
#define KIND_OPAQUE ((cel_kind)101)

typedef struct type_variable {
  cel_type type; /* kind KIND_VARIABLE; first, so that the pointers convert */
  const cel_type *bound;
  char letter;
} type_variable;

/* A type that only has a name and parameters; environments of tests declare such. */
typedef struct opaque_type {
  cel_type type;
  text name;
  size_t count;
  const cel_type *of[PARAMS_MAX];
} opaque_type;

typedef struct solver {
  arena *a;
  type_variable **trail; /* bound since the start, for solver_undo */
  size_t count, room;
  bool memory_failed;
} solver;

const cel_type *type_named(text name);           /* "money"; NULL: not a plain type */
const cel_type *type_resolve(const cel_type *t); /* follows bound variables, at the top only */
const cel_type *type_fresh(solver *s); /* a new variable; never NULL (dyn when memory failed) */
const cel_type *type_list(solver *s, const cel_type *of);
const cel_type *type_map(solver *s, const cel_type *key, const cel_type *of);
const cel_type *type_optional(solver *s, const cel_type *of);
/* May a `source` stand where a `target` is needed? Binds variables; on false some may stay bound:
 * mark and undo. */
bool type_assign(solver *s, const cel_type *target, const cel_type *source);
/* Both are told in a unit, and not in the same. */
bool type_units_differ(const cel_type *a, const cel_type *b);
/* The narrowest type both fit, or NULL. Nothing stays bound on NULL. */
const cel_type *type_join(solver *s, const cel_type *a, const cel_type *b);
const cel_type *
type_final(solver *s, const cel_type *t); /* no variables any more: what was never learnt is dyn */
bool type_is_concrete(const cel_type *t); /* neither dyn nor an unbound variable anywhere in it */
size_t solver_mark(const solver *s);
void solver_undo(solver *s, size_t mark);

/* One way to call a function: "string.(int): string", "(list(T)): T", "(int...): int". */
typedef struct overload {
  bool method, variadic;
  size_t count; /* with the receiver first, when method */
  const cel_type *params[PARAMS_MAX];
  const cel_type *result;
} overload;

/* Reads the next overload of `*signatures` (they are separated by "; ") and moves past it. False at
 * the end. Letters are fresh variables each time. */
bool overload_next(solver *s, const char **signatures, overload *ret);

/* The name of a type used as a value, as in type(x) == int; NULL: no type has this name. */
const char *type_value_name(text name);

/* Names likely meant: the nearer of what was offered, if near enough. */
typedef struct nearest {
  text wrong, best;
  size_t distance;
} nearest;
nearest nearest_to(text wrong);
void nearest_offer(nearest *n, text name);
bool nearest_found(const nearest *n);

#endif
