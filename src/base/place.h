/* place.h — a point on the map: written, checked, and brought to WGS-84, in which it is kept.
 *
 * CGCS2000 differs from WGS-84 by centimetres and is taken as it is. GCJ-02 is the shifted grid of
 * Chinese consumer maps; its inverse is found by iteration, to less than half a metre. */
#ifndef JISHI_BASE_PLACE_H
#define JISHI_BASE_PLACE_H

#include "base/text.h"

typedef struct place {
  double lng, lat; /* degrees */
} place;

place place_to_gcj02(place wgs84);
place place_from_gcj02(place gcj02);
/* "116.6251,35.4302"; a word before it names the grid: WGS84 (or none), CGCS2000, GCJ02. */
bool place_parse(text s, place *wgs84);
void place_format(const place *p, char ret[32]); /* six decimals: about ten centimetres */

#endif
