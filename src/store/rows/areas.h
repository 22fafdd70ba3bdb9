/* areas.h — the county's areas: towns, villages, with their names. */
#ifndef JISHI_STORE_ROWS_AREAS_H
#define JISHI_STORE_ROWS_AREAS_H

#include "store/scope.h"
#include "store/store.h"

typedef struct area {
  char code[13];
  const char *name;
} area;
bool store_area_put(store *s, const char *code, text name, err *e);
bool store_areas(store *s, arena *a, const scope *r, area **ret, size_t *ret_count,
                 err *e); /* by code */
bool store_area_name(store *s, arena *a, const char *code, const char **ret_name,
                     err *e); /* "" when unknown */

#endif
