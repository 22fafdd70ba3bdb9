/* derived_events.h — what is noted of measures and steps as events of their own. */
#ifndef JISHI_ENGINE_RULES_DERIVED_EVENTS_H
#define JISHI_ENGINE_RULES_DERIVED_EVENTS_H

#include "engine/context.h"

/* `was`: the version whose note this one replaces; 0: the first. */
bool repo_save_measure(command_context *ctx, const measure_kind *k, const measure *m, int64_t was,
                       err *e);
bool derive_step_event(command_context *ctx, const unit *u, const casework *c, const step *t,
                       err *e);

#endif
