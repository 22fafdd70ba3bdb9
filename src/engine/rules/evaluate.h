/* evaluate.h — what follows from a change: findings, cases, deadlines. */
#ifndef JISHI_ENGINE_RULES_EVALUATE_H
#define JISHI_ENGINE_RULES_EVALUATE_H

#include "engine/context.h"

/* settle, now or with the last of the import's entries about this unit that stand together in the
 * journal at one instant. */
bool follow(work *w, const kind *root_kind, const uuid *root, err *e);
bool settle_pending(engine *g, err *e);
/* Looks at every rule of the unit: raises, resolves, opens and re-opens cases, marks the root. */
bool settle(work *w, const kind *root_kind, const uuid *root, err *e);
/* Puts the case into a state: step row, deadline, closed. */
bool enter_state(work *w, unit *u, casework *c, const workflow *flow, int state_index,
                 const char *transition, text form, text note, err *e);

#endif
