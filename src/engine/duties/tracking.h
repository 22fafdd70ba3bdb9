/* tracking.h — keeps the rows that duties are computed from up to date: members, counts,
 * conditions. */
#ifndef JISHI_ENGINE_DUTIES_TRACKING_H
#define JISHI_ENGINE_DUTIES_TRACKING_H

#include "engine/context.h"

/* What an event counts for, and what it brings about; `gone`: it was withdrawn. After it is stored.
 */
bool duties_on_event(command_context *ctx, const event *ev, bool gone, err *e);
/* Fields with `counted_in`, before it is stored; the unit must have been evaluated. */
bool duties_fill_counted(command_context *ctx, const pack *p, event *ev, err *e);
/* The unit's root enters and leaves the sets of duties; `u` NULL: the root was withdrawn. */
bool duties_update_membership(command_context *ctx, const pack *p, unit *u, const kind *root_kind,
                              const uuid *root, err *e);
/* Events of this kind about a child came with it from another root. */
bool duties_on_move(command_context *ctx, const event_kind *k, const uuid *from, const record *r,
                    err *e);
/* A new version of a pack: the counts of the old one are deleted, those of the new one computed
 * from all recorded events. */
bool duties_forget(command_context *ctx, const pack *p, err *e);
bool duties_recount(command_context *ctx, const pack *p, err *e);

#endif
