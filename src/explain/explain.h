/* explain.h — why: one tree from a sentence down to who said what on which day.
 *
 * A node is {kind, name, title, …, inputs: [node]}, see docs/api.md. Values are those of today (of
 * an event: those of its day), from the unit as it is loaded; what a finding or a measure kept of
 * its own day stands beside them. A name that two inputs share is told once and afterwards only
 * marked `seen`; what is over a limit is marked `cut`.
 *
 * Each function writes one node; false: memory or the store. */
#ifndef JISHI_EXPLAIN_EXPLAIN_H
#define JISHI_EXPLAIN_EXPLAIN_H

#include "engine/eval/unit_eval.h"
#include "engine/rights.h"

enum { EXPLAIN_NODES_MAX = 2000, EXPLAIN_EVENTS_MAX = 50, EXPLAIN_CHILDREN_MAX = 50 };

typedef struct explain_context {
  store *s;
  unit *u;
  json_out *w;
  bool english; /* the language of `text` */
  sight see;    /* what is not shown in clear is told as stars */
} explain_context;

bool explain_rule(const explain_context *x, const record *about, const rule *r, err *e);
bool explain_variable(const explain_context *x, const record *about, const variable *v, err *e);
bool explain_aggregate(const explain_context *x, const record *about, const aggregate *g, err *e);
/* All that is computed of an event, by the formulas and parameters of its day. */
bool explain_event(const explain_context *x, const record *about, const event *ev, err *e);
bool explain_finding(const explain_context *x, const finding *f, err *e);
/* The amount of a measure; `extra` as it was proposed with. */
bool explain_measure(const explain_context *x, const measure *m, const measure_kind *k,
                     const unit_extra *extra, err *e);
/* The root's colour: its open findings and open cases. */
bool explain_colour(const explain_context *x, const finding *findings, size_t finding_count,
                    const casework *cases, size_t case_count, err *e);

#endif
