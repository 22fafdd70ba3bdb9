/* init.h — a county's first entries, and packs sent as entries. */
#ifndef JISHI_ENGINE_INIT_H
#define JISHI_ENGINE_INIT_H

#include "engine/engine.h"

/* The first entries of a new place: county, areas (those under `county_code` in the CSV file
 * code,name), packs. `at_ms` 0: now, with a random first id; otherwise at that instant, with ids
 * that follow from code, name and instant, so that the same call makes the same journal. */
bool engine_init(const char *place, int64_t at_ms, const char *county_code, const char *county_name,
                 const char *areas_csv, const char *const *pack_folders, size_t pack_count,
                 const char *overlay, faults *f, err *e);
/* Sends a pack folder as a PACK entry (inside an open transaction). All faults are told. */
bool engine_send_pack(engine *eng, const char *folder, const char *overlay, faults *f, err *e);
bool engine_send_pack_at(engine *eng, int64_t at_ms, const char *folder, const char *overlay,
                         faults *f, err *e); /* 0: now */

/* Reads a pack folder with the county's values: those it has now, and over them those of `overlay`
 * (may be NULL). NULL: faults. */
pack *engine_read_pack(engine *eng, const char *folder, const char *overlay, faults *f);

#endif
