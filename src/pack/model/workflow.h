/* workflow.h — the states a case goes through, who may move it, and by when. */
#ifndef JISHI_PACK_MODEL_WORKFLOW_H
#define JISHI_PACK_MODEL_WORKFLOW_H

#include "pack/model/event_kind.h"

typedef struct limit {
  bool working_days;       /* working or natural days */
  const cel_program *days; /* int, in the case scope; NULL: no deadline */
} limit;
typedef struct state {
  const char *name;
  label title;
  limit limit;
  bool closed;
  int relapse; /* state index a relapse re-opens this closed case into; -1: a new case is opened
                  instead */
} state;
typedef struct transition {
  const char *name;
  label title;
  const int *from;
  size_t from_count;
  int to;
  const char *const *who;
  const struct fact_setter *sets; /* facts that follow from taking the step */
  size_t set_count;
  const int *clears; /* fields that the step makes unknown */
  size_t clear_count;
  const char *const
      *not_by; /* steps whose officer may not take this one; NULL-terminated, NULL: none */
  const cel_program *when; /* guard, in the form's scope; NULL: none */
  label otherwise_message; /* why not, when the guard is not true */
  const field *fields;
  size_t field_count;
  name_scope scope; /* kind's names + case + form */
} transition;
/* The state in which a case stands whose subject was taken in from another system's register. */
typedef struct taken_in {
  const cel_program *when;  /* in the kind's scope */
  const cel_program *since; /* date: from when on it stands there; NULL: from today on */
  int state;
} taken_in;
/* In place of the name of a transition, where a step is none. */
#define CASE_TAKEN_IN "taken_in"
typedef struct workflow {
  const char *name, *process;
  label title;
  int index, of;
  day from, to; /* picked by the day a case opens */
  int start;
  const state *states;
  size_t state_count;
  const transition *transitions;
  size_t transition_count;
  const taken_in *taken_in; /* the first that is true */
  size_t taken_in_count;
  name_scope scope; /* kind's names + case */
} workflow;
struct pack;
/* The workflow of a process for a kind in force on a day; NULL: none. */
const workflow *workflow_for(const struct pack *p, const char *process, int of, day on);
/* NULL: no such state, or no workflow (`w` NULL). */
const state *workflow_state(const workflow *w, const char *name);
const transition *workflow_transition(const workflow *w, text name); /* NULL: no such step */

#endif
