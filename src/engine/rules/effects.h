/* effects.h — the facts that follow from events: a pack's `sets`.
 *
 * They are a function of the subject's events that are left, in the order of their times (when.h):
 * each is evaluated over the subject as it was known just before its event. When an event comes
 * late, is corrected or withdrawn, or a fact is recorded late, those of later events of the same
 * subject are evaluated again. `frozen` ones, and what a step of a case sets, stay as they were
 * written. */
#ifndef JISHI_ENGINE_RULES_EFFECTS_H
#define JISHI_ENGINE_RULES_EFFECTS_H

#include "engine/context.h"

/* What a new event sets, by `sets`, over the subject as it is; NULL: memory. */
value *effects_evaluate(command_context *ctx, const event *ev, record *r, err *e);
bool effects_record(command_context *ctx, const event *ev, record *r, const value *values, err *e);
/* What was known of the subject from there on has changed: evaluates them again from there. The
 * subject's row is saved when it is another then. */
bool effects_from(command_context *ctx, record *r, when from, err *e);

#endif
