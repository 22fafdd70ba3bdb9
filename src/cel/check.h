/* check.h — what check.c, check_name.c and check_call.c share. */
#ifndef JISHI_CEL_CHECK_H
#define JISHI_CEL_CHECK_H

#include "cel/program.h"
#include "cel/types.h"

typedef struct local {
  text name;
  const cel_type *type;
  int number;
  const struct local *up;
} local;

typedef struct checker {
  arena *a;
  const cel_env *env;
  text source;
  solver s;
  const local *scope;
  int locals, locals_most;
  beyond *beyond;
  err *e;
} checker;

#define check_fail(c, n, ...) cel_fail((c)->e, (c)->source, (n)->at, __VA_ARGS__)

bool check_node(checker *c, node *n);
bool check_call(checker *c, node *n);
/* Turns a chain of names (p.monitor.line) into the declared variable it begins with, if any. */
bool check_chain(checker *c, node *n);
bool check_undeclared(checker *c, node *n); /* the error, with the nearest name */
const local *check_local(const checker *c, text name);
/* "a.b" of a chain of plain names; {NULL} for anything else. */
text check_chain_text(checker *c, const node *n);
/* In a lenient environment a fault becomes an error value; else *e stays and the answer is false.
 */
bool check_later(checker *c, node *n);

/* A type as words in a sentence; from the arena, never NULL. */
const char *check_words(checker *c, const cel_type *t);
/* What to write instead when `got` stands where `need` is needed, with a space in front, or "". */
label check_remedy(checker *c, const cel_type *need, const cel_type *got, const node *n);
/* What the result of a call is told in, and whether the operands go together; and which product it
 * is. */
bool check_measure(checker *c, node *n);
/* Literals against the declared choices of the other side. */
bool check_choices(checker *c, const cel_type *t, const node *literal);

#endif
