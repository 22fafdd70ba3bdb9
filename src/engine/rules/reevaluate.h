/* reevaluate.h — what follows from a change: findings, cases, deadlines. */
#ifndef JISHI_ENGINE_RULES_REEVALUATE_H
#define JISHI_ENGINE_RULES_REEVALUATE_H

#include "engine/context.h"

/* Evaluates every rule of the unit: opens, updates and resolves findings, opens and re-opens cases,
 * and marks the root with its colour and the day of its next evaluation. */
bool reevaluate_unit(command_context *ctx, const kind *root_kind, const uuid *root, err *e);
/* The same, now; or, within a batch (engine_batch_begin), once after the last of consecutive
 * entries of one import about the unit. */
bool reevaluate_schedule(command_context *ctx, const kind *root_kind, const uuid *root, err *e);
/* What a batch still has scheduled. */
bool reevaluate_flush(engine *eng, err *e);
/* The n-th natural or working day after the case came into its state; no deadline when the calendar
 * does not go back so far. */
void case_set_deadline(casework *c, const calendar *of, bool working, int days);
typedef struct case_move {
  int to;                 /* state index */
  const char *transition; /* "": the engine's own move */
  text form, note;
  bool has_since; /* it stands there from an earlier day on */
  day since;
} case_move;
/* Puts the case into a state: step row, deadline, closed. */
bool case_enter_state(command_context *ctx, unit *u, casework *c, const workflow *flow,
                      const case_move *move, err *e);
/* Puts it back to where an earlier step had put it; the state is one of the workflow's. */
bool case_return(command_context *ctx, unit *u, casework *c, const workflow *flow, const step *to,
                 err *e);

#endif
