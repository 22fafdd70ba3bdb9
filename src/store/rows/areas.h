/* areas.h — the county's areas: towns, villages and zones, with their names, now and before. */
#ifndef JISHI_STORE_ROWS_AREAS_H
#define JISHI_STORE_ROWS_AREAS_H

#include "base/date.h"
#include "store/scope.h"
#include "store/store.h"

/* An area keeps its row when it is no more, so that old papers can be read. */
typedef struct area {
  char code[13];
  const char *name;
  day until;           /* from this day on it is no more; DAY_NONE: it stands */
  text successors;     /* codes of those that took its place, blanks between; at NULL: none */
  text shape;          /* of a zone: its polygon (GeoJSON); at NULL: not drawn */
  text colour;         /* of a zone: "#rrggbb"; at NULL: none */
  int64_t made, ended; /* numbers of the entries that did it; without the flag: the first list */
  bool has_made, has_ended;
} area;
static inline bool area_stands(const area *x) {
  return x->until == DAY_NONE;
}
/* A new one, or another name of one that is there. */
bool store_area_put(store *s, const char *code, text name, err *e);
bool store_area_save(store *s, const area *x, err *e); /* all of it */
/* What an entry made is as if it had never been, what it ended stands again, with the old names. */
bool store_areas_restore(store *s, int64_t seq, err *e);
bool store_area_find(store *s, arena *a, const char *code, area **ret, err *e); /* NULL: none */
/* Those that stand, and all there ever were; by code. */
bool store_areas(store *s, arena *a, const scope *r, area **ret, size_t *ret_count, err *e);
bool store_areas_ever(store *s, arena *a, area **ret, size_t *ret_count, err *e);
bool store_area_name(store *s, arena *a, const char *code, const char **ret_name,
                     err *e); /* "" when unknown */

/* What an area was called, and how it was drawn, before: a row a change. */
typedef struct area_name {
  char code[13];
  int64_t seq; /* of the entry that gave it another */
  day until;   /* its name and looks on the days before this one */
  const char *name;
  text shape, colour; /* as in `area` */
} area_name;
/* What it was called on a day. */
bool store_area_name_on(store *s, arena *a, const char *code, day on, const char **ret_name,
                        err *e);
/* How it was called and drawn just before an entry; NULL: there never was such an area. */
bool store_area_looks_before(store *s, arena *a, const char *code, int64_t seq,
                             const area_name **ret, err *e);
bool store_area_name_put(store *s, const area_name *x, err *e);
bool store_area_names(store *s, arena *a, area_name **ret, size_t *ret_count,
                      err *e); /* all, by code and time */

#endif
