/* facts.h — what is known of a subject: recording it, withdrawing it. */
#ifndef JISHI_ENGINE_RULES_FACTS_H
#define JISHI_ENGINE_RULES_FACTS_H

#include "engine/context.h"

/* Whether some kind of event about it has a time of its own: then what is recorded now need not be
 * the latest. */
bool events_have_times(const command_context *ctx, const kind *k);
when when_now(const command_context *ctx);
/* The moment of what is recorded for a day without a time: see store/when.h. */
when when_recorded_for(const command_context *ctx, day since);
/* Records a fact and makes it current when it is the latest. */
bool fact_record(command_context *ctx, record *r, int index, const value *v, when since,
                 const char *source, err *e);
/* The row of a fact that follows from an event recorded before, and nothing more. */
bool fact_of_event(command_context *ctx, const event *ev, const field *d, const value *v, err *e);

/* The answers with a `fact` become facts of the subject, now. */
bool facts_of_form(command_context *ctx, record *r, const field *fields, size_t count,
                   const value *form, const char *source, err *e);

/* Withdraws the facts of entry `seq`: the fields fall back to what was known without them. */
bool facts_withdraw(command_context *ctx, record *r, int64_t seq, err *e);
/* Fills in the fields that the engine numbers: never the same number twice, whatever is withdrawn.
 */
bool serial_numbers_assign(command_context *ctx, const field *fields, size_t count, day on,
                           value *values, err *e);

#endif
