/* guards.h — what may be done now: the guards of transitions and measures. */
#ifndef JISHI_ENGINE_RULES_GUARDS_H
#define JISHI_ENGINE_RULES_GUARDS_H

#include "engine/eval/reasons.h"
#include "engine/rights.h"

/* What a case gives: itself, its measures done, the unit's open findings but for green ones. */
bool guard_load_extra(store *s, arena *a, const casework *c, unit_extra *extra, err *e);

/* Whether a transition could be taken now: true, or false and *why says the guard's sentence or the
 * missing facts. */
bool guard_transition_allowed(unit *u, const record *about, const transition *t,
                              const unit_extra *extra, err *why);

/* The last step that stands, when an officer took it: the one that may be taken back. -1: none. */
int guard_last_step(const step *steps, size_t count);
/* Whether he may take it back: who took it, while the step is his; or who decides there. `t` NULL:
 * a newer pack dropped it. */
bool guard_may_take_back(store *s, const actor *who, const catalog *packs, const pack *p,
                         const casework *c, const transition *t, const step *last);

/* Whoever proposed a measure is not the one who approves or refuses it. */
bool guard_is_proposer(const actor *who, const measure *m);
/* Whether this officer may set a measure to a state now. */
bool guard_measure_allowed(store *s, const actor *who, const pack *p, const measure_kind *k,
                           const measure *m, const char *to);

bool guard_measure_move(const char *from, text to);
/* A guard's answer as an error: true passes. */
bool guard_check(unit *u, const record *about, const value *v, label unless, err *why);

#endif
