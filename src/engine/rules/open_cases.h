/* open_cases.h — what an open case holds fast: its subject neither ends nor is merged away under
 * it, past the steps that decide. */
#ifndef JISHI_ENGINE_RULES_OPEN_CASES_H
#define JISHI_ENGINE_RULES_OPEN_CASES_H

#include "engine/context.h"

/* Refuses to end a record (kind.end_date_field) while a case of it is open; of a root: a case of
 * anybody in its unit. `changed`, `after`: [field index]. */
bool open_cases_let_end(command_context *ctx, const record *r, const bool *changed,
                        const value *after, err *e);

/* Refuses a merger that would decide what only a procedure or a second officer decides: both
 * records say different things in an owned field, one would change an owned field of the other
 * while a case of it is open, or both have an open case of one process. */
bool open_cases_let_merge(command_context *ctx, const record *gone, const record *stays, err *e);

#endif
