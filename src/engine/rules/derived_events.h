/* derived_events.h — measures and case steps as events, so that aggregates see them. */
#ifndef JISHI_ENGINE_RULES_DERIVED_EVENTS_H
#define JISHI_ENGINE_RULES_DERIVED_EVENTS_H

#include "engine/context.h"

/* `previous_version` (0: none): the derived event of that version is withdrawn. */
bool derive_measure_event(command_context *ctx, const measure_kind *k, const measure *m,
                          int64_t previous_version, err *e);
/* The event of a step is taken back. */
bool derived_step_withdraw(command_context *ctx, const kind *root_kind, const step *t, err *e);
uuid measure_event_id(const uuid *measure_id, int64_t version);
uuid step_event_id(const uuid *case_id, int64_t seq, const char *to);
bool derive_step_event(command_context *ctx, const unit *u, const casework *c, const step *t,
                       err *e);

#endif
