/* explain_tree.h — nodes of what an expression read, down to the facts. */
#ifndef JISHI_EXPLAIN_EXPLAIN_TREE_H
#define JISHI_EXPLAIN_EXPLAIN_TREE_H

#include "cel/ast.h"
#include "explain/explain.h"

typedef struct explain_writer {
  explain_context x;
  const record *about;
  const event *event; /* NULL, or what is told is of this event about `about` */
  const unit_extra *extra;
  bool *variables, *aggregates; /* by index: told already of this subject */
  size_t left;                  /* nodes that may still be written */
  uuid officer;                 /* the one named last: neighbours are mostly one officer's */
  const char *officer_name;
} explain_writer;

/* ---- pieces ---- */
void explain_put_day(json_out *w, const char *key,
                     day d); /* no day, and the first of all days: null */
void explain_put_value(explain_writer *t, const value *v, const cel_type *type);
bool explain_node_open(explain_writer *t, const char *kind_word, const char *name,
                       label title); /* false: full */
void explain_node_close(explain_writer *t);
void explain_inputs_open(explain_writer *t);
void explain_inputs_close(explain_writer *t, bool cut);

/* Who that is; nil: the system. Good until the next call. */
const char *explain_officer(explain_writer *t, const uuid *id);

/* ---- nodes; nothing is written when there is no room ---- */
void explain_put_case(explain_writer *t, const casework *c);
void explain_put_aggregate(explain_writer *t, const aggregate *g);
bool explain_put_variable(explain_writer *t, const variable *d, err *e);
bool explain_put_rule(explain_writer *t, const rule *r, err *e);
/* op, inputs and cut of a node about a program: its operands as conditions, or the names it reads.
 */
bool explain_put_program(explain_writer *t, const name_scope *sc, const cel_program *p, err *e);

#endif
