/* explain_tree.h — between explain.c (nodes of names) and explain_whole.c (nodes of what people
 * ask about). */
#ifndef JISHI_EXPLAIN_EXPLAIN_TREE_H
#define JISHI_EXPLAIN_EXPLAIN_TREE_H

#include "cel/ast.h"
#include "explain/explain.h"

typedef struct telling {
  explaining x;
  const record *about;
  const event *event; /* NULL, or what is told is of this event about `about` */
  const unit_extra *extra;
  bool *variables, *aggregates; /* by index: told already of this subject */
  size_t left;                  /* nodes that may still be written */
  uuid officer;                 /* the one named last: neighbours are mostly one officer's */
  const char *officer_name;
} telling;

/* ---- pieces ---- */
void tell_label(json_out *w, const char *key, label l);
void tell_str(json_out *w, const char *key, const char *s);
void tell_day(json_out *w, const char *key, day d);
void tell_value(telling *t, const value *v, const cel_type *type);
bool node_open(telling *t, const char *kind_word, const char *name, label title); /* false: full */
void node_close(telling *t);
void inputs_open(telling *t);
void inputs_close(telling *t, bool cut);

/* Who that is; nil: the system. Good until the next call. */
const char *officer_of(telling *t, const uuid *id);

/* ---- nodes; nothing is written when there is no room ---- */
void tell_case(telling *t, const casework *c);
void tell_aggregate(telling *t, const aggregate *g);
bool tell_variable(telling *t, const variable *d, err *e);
bool tell_rule(telling *t, const rule *r, err *e);
/* op, inputs and cut of a node about a program: its operands as conditions, or the names it reads.
 */
bool tell_program(telling *t, const name_scope *sc, const cel_program *p, err *e);

#endif
