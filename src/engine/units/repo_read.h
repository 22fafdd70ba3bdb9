/* repo_read.h — rows as the writer reads them: from the cached units, and behind them the store
 * (read-through; repo_write.h is the other half). */
#ifndef JISHI_ENGINE_UNITS_REPO_READ_H
#define JISHI_ENGINE_UNITS_REPO_READ_H

#include "engine/context.h"

cached_unit *repo_cached_unit(command_context *ctx, const uuid *root);
bool repo_cache_unit(command_context *ctx, cached_unit *k, err *e);
/* A copy in the command's arena; *ret NULL: not there. */
bool repo_load_subject(command_context *ctx, const kind *k, const uuid *id, record **ret, err *e);
/* The same; of one that was merged into another, that one. */
bool repo_load_standing(command_context *ctx, const kind *k, const uuid *id, record **ret, err *e);
/* A unit as it is now, its open findings and cases, all free to be changed. */
typedef struct unit_state {
  unit *u; /* NULL: its root is not there */
  finding *open;
  size_t open_count;
  casework *cases;
  size_t case_count;
} unit_state;
bool repo_load_unit(command_context *ctx, const kind *root_kind, const uuid *root, unit_state *ret,
                    err *e);

/* The event's subject and its root as a unit without events: for expressions over one event. */
unit *repo_load_event_unit(command_context *ctx, const event *ev, record *r, err *e);

#endif
