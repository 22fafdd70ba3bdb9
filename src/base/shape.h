/* shape.h — an area drawn on the map (GeoJSON, RFC 7946), and whether a point lies in it.
 *
 * A Polygon or MultiPolygon, or a Feature with one, in WGS-84. Coordinates are kept as whole
 * billionths of a degree, so that no rounding decides on which side of a line a point lies. A line
 * belongs to what it encloses, that of a hole to what lies around the hole. */
#ifndef JISHI_BASE_SHAPE_H
#define JISHI_BASE_SHAPE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/place.h"

enum { SHAPE_BYTES_MAX = 256 * 1024 };

typedef struct shape shape; /* lives in its arena */
/* NULL: ERR_BAD_INPUT says what is wrong with it, at "shape". */
shape *shape_parse(arena *a, text geojson, err *e);
bool shape_has(const shape *s, const place *p);

#endif
