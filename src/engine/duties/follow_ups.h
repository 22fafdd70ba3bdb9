/* follow_ups.h — keeps what is expected after events and measures up to date.
 *
 * The rows of a unit are made anew from its recorded events and measures whenever one of these
 * comes, is withdrawn or moves, so late, corrected and withdrawn entries need no special case. */
#ifndef JISHI_ENGINE_DUTIES_FOLLOW_UPS_H
#define JISHI_ENGINE_DUTIES_FOLLOW_UPS_H

#include "engine/context.h"

/* An event was stored, or withdrawn; that of a measure when it changes. */
bool follow_ups_on_event(command_context *ctx, const event *ev, err *e);
/* All of a unit: it moved to another area, or a child came or left. */
bool follow_ups_of_unit(command_context *ctx, const pack *p, const uuid *root, err *e);
/* A new version of a pack: all anew. */
bool follow_ups_forget(command_context *ctx, const pack *p, err *e);
bool follow_ups_recount(command_context *ctx, const pack *p, err *e);
/* Fields of the format follow_up may say which one by its name or title: the one of the event's
 * unit that is due first. */
bool follow_ups_resolve(command_context *ctx, event *ev, err *e);

typedef enum follow_up_state {
  FOLLOW_UP_WAITING, /* not asked for yet */
  FOLLOW_UP_DUE,
  FOLLOW_UP_OVERDUE,
  FOLLOW_UP_DONE
} follow_up_state;
follow_up_state follow_up_state_on(const follow_up_row *x, day today);
const char *follow_up_state_name(follow_up_state s);

#endif
