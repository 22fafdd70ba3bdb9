/* reevaluate.h — what follows from a change: findings, cases, deadlines. */
#ifndef JISHI_ENGINE_RULES_REEVALUATE_H
#define JISHI_ENGINE_RULES_REEVALUATE_H

#include "engine/context.h"

/* settle, now or with the last of the import's entries about this unit that stand together in the
 * journal at one instant. */
bool reevaluate_schedule(command_context *ctx, const kind *root_kind, const uuid *root, err *e);
bool reevaluate_flush(engine *eng, err *e);
/* Looks at every rule of the unit: raises, resolves, opens and re-opens cases, marks the root. */
bool reevaluate_unit(command_context *ctx, const kind *root_kind, const uuid *root, err *e);
/* The n-th natural or working day after the case came into its state; no deadline when the calendar
 * does not go back so far. */
void case_set_deadline(casework *c, const calendar *of, bool working, int days);
/* Names a consequence in the answer. */
void answer_add(command_context *ctx, uuid **list, size_t *count, const uuid *id);
/* Puts the case into a state: step row, deadline, closed. */
bool case_enter_state(command_context *ctx, unit *u, casework *c, const workflow *flow,
                      int state_index, const char *transition, text form, text note, err *e);

#endif
