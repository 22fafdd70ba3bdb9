/* The workflow in force on a day; a state by name. */
#include "pack/model/pack.h"

#include <string.h>

const workflow *workflow_for(const pack *p, const char *process, int of, day on) {
  const workflow *found = NULL;
  for (size_t i = 0; i < p->workflow_count; i++) {
    const workflow *w = &p->workflows[i];
    if (w->of != of || !day_in_range(w->from, w->to, on) || strcmp(w->process, process) != 0)
      continue;
    if (!found || w->from > found->from) found = w; /* DAY_NONE is before all days */
  }
  return found;
}

const state *workflow_state(const workflow *w, const char *name) {
  for (size_t i = 0; w && i < w->state_count; i++)
    if (strcmp(w->states[i].name, name) == 0) return &w->states[i];
  return NULL;
}

const transition *workflow_transition(const workflow *w, text name) {
  for (size_t i = 0; w && i < w->transition_count; i++)
    if (text_is(name, w->transitions[i].name)) return &w->transitions[i];
  return NULL;
}
