/* tracking.h — duties, as things happen. */
#ifndef JISHI_ENGINE_DUTIES_TRACKING_H
#define JISHI_ENGINE_DUTIES_TRACKING_H

#include "engine/context.h"

/* What an event counts for, and what it brings about; `gone`: it was withdrawn. After it is stored.
 */
bool duties_on_event(command_context *ctx, const event *ev, bool gone, err *e);
/* The unit's root enters and leaves sets; `u` NULL: it was taken back. */
bool duties_update_membership(command_context *ctx, const pack *p, unit *u, const kind *root_kind,
                              const uuid *root, err *e);
/* Events of this kind about a child came with it from another root. */
bool duties_on_move(command_context *ctx, const event_kind *k, const uuid *from, const record *r,
                    err *e);
/* All of a pack's counts anew, from what is recorded; what an older version counted is forgotten
 * before. */
bool duties_forget(command_context *ctx, const pack *p, err *e);
bool duties_recount(command_context *ctx, const pack *p, err *e);

#endif
