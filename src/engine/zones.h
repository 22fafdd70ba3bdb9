/* zones.h — the zone a unit belongs to.
 *
 * It is a field of the unit (format `zone`), dated as every field. Who registers or changes a unit
 * says it, or else the unit's point does: the zone of its town in whose shape the point lies. What
 * the point said follows the point, and follows the shapes when an AREA entry draws them anew; what
 * somebody said stays. */
#ifndef JISHI_ENGINE_ZONES_H
#define JISHI_ENGINE_ZONES_H

#include "engine/area_change.h"
#include "engine/context.h"

/* The zones of the county with their shapes, as the open transaction has them; read when first
 * asked for. */
void zone_map_forget(engine *eng);

/* What the point among these fields says; "": nothing. `area`: where the unit is registered. */
bool zone_at(command_context *ctx, const kind *k, const value *fields, const char *area,
             char ret[13], err *e);
/* A zone that was said stands, and lies in the town of the unit. ERR_BAD_INPUT at the field. */
bool zone_check(command_context *ctx, const kind *k, const value *fields, const char *area, err *e);
/* Whether nobody said the unit's zone: it follows the point. */
bool zone_follows_point(command_context *ctx, const record *root, bool *ret_yes, err *e);
/* After an event, a step, a measure or a correction: the zone follows the point where nobody said
 * one; a zone that was said by this entry stands and lies in the town of the unit, or
 * ERR_BAD_INPUT. */
bool zone_settle(command_context *ctx, record *root, when since, err *e);
value zone_value(arena *a, const kind *k, const char *zone); /* "": unknown */

/* What the fact of such a zone has as its source. */
#define ZONE_BY_POINT "point"
#define ZONE_BY_AREA "area"

/* Of an AREA entry: the units of a zone go to another (`x->root` NULL: all). */
bool zone_move(command_context *ctx, const area_step *x, day on, err *e);
/* Units that went to another town without their zone: there their points say one, or none. */
bool zones_left_behind(command_context *ctx, day on, err *e);
/* The units of the towns whose zones the plan draws are asked for their points again; of a zone
 * that is not drawn any more all stay in it. */
bool zones_redraw(command_context *ctx, const area_plan *p, err *e);
/* What entry `seq` said of zones is as if it had never been said. */
bool zones_take_back(command_context *ctx, int64_t seq, err *e);

#endif
