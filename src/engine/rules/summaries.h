/* summaries.h — events made of other events, one a period. */
#ifndef JISHI_ENGINE_RULES_SUMMARIES_H
#define JISHI_ENGINE_RULES_SUMMARIES_H

#include "engine/context.h"

/* `ev` was recorded or withdrawn: marks the summaries that are computed from it. */
bool summaries_mark_stale(command_context *ctx, const event *ev, err *e);
/* Recomputes the marked summaries of a unit, and those computed from them. */
bool summaries_refresh(command_context *ctx, const uuid *root, err *e);
bool summaries_rebuild(command_context *ctx, const pack *p, err *e); /* all of a pack's */

#endif
