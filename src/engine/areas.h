/* areas.h — which areas a subject or a post may name. */
#ifndef JISHI_ENGINE_AREAS_H
#define JISHI_ENGINE_AREAS_H

#include "store/rows.h"

/* There is such an area, and it stands. ERR_BAD_INPUT at `where`; of one that is no more, those
 * that took its place are told. */
bool area_stands_check(store *s, arena *a, const char *code, const char *where, err *e);
bool area_is_no_more(store *s, arena *a, const area *x, const char *where, err *e); /* says it */
/* A root of this kind may be registered there: see kind.registered_at. ERR_BAD_INPUT at "area". */
bool area_fits_kind(store *s, arena *a, const kind *k, const char *code, err *e);
/* Whether units of an area may belong to a zone: both are in one town, or the area lies above. */
bool area_zone_in_town(const char *zone, const char *area);
bool area_level_fits(const kind *k, const char *code, err *e); /* of one that stands */

#endif
