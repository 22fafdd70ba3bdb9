/* zones.h — which units belong to a zone. The zone is a field of a root's kind (kind.zone_field).
 */
#ifndef JISHI_STORE_ROWS_ZONES_H
#define JISHI_STORE_ROWS_ZONES_H

#include "store/rows/subjects.h"

void record_zone(const record *root, char ret[13]); /* "": none */
/* The zone of a unit today; "": none, or its kind has none. */
bool store_zone_of(store *s, const uuid *root, char ret[13], err *e);

#endif
