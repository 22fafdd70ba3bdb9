/* facts.h — what is known of a subject: saying it, taking it back. */
#ifndef JISHI_ENGINE_RULES_FACTS_H
#define JISHI_ENGINE_RULES_FACTS_H

#include "engine/context.h"

/* Says a fact and makes it current when it is the latest. */
bool fact_record(command_context *ctx, record *r, int index, const value *v, day since,
                 const char *source, err *e);

/* Withdraws the facts of entry `seq`: the fields fall back to what was known without them. */
bool facts_withdraw(command_context *ctx, record *r, int64_t seq, err *e);
/* The facts that the event's `sets` make, before it is recorded; and saying them. */
bool event_compute_effects(command_context *ctx, const event *ev, record *r, value **ret, err *e);
bool event_apply_effects(command_context *ctx, const event *ev, record *r, const value *values,
                         bool *any, err *e);
/* Fills in the fields that the engine numbers: never the same number twice, whatever is withdrawn.
 */
bool assign_serial_numbers(command_context *ctx, const field *fields, size_t count, day on,
                           value *values, err *e);

#endif
