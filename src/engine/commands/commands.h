/* commands.h — the verbs, for engine.c alone. Each checks first, reading only; then appends; then
 * writes. */
#ifndef JISHI_ENGINE_COMMANDS_COMMANDS_H
#define JISHI_ENGINE_COMMANDS_COMMANDS_H

#include "engine/context.h"

#define X(upper, lower) bool apply_##lower(command_context *ctx, err *e);
VERBS(X)
#undef X

bool may_administer(command_context *ctx, err *e); /* the right, or a replay (admin.c) */
/* Whether some unit asked to be woken by this day (tick.c). */
bool tick_is_due(engine *eng, day today, bool *yes, err *e);
/* Loads a pack from the body of a PACK entry and puts it into the catalog, in place of an older
 * one (admin.c). */
bool engine_load_pack(engine *eng, text body, err *e);

#endif
