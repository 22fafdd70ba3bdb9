/* init.h — a county's first entries, and packs sent as entries. */
#ifndef JISHI_ENGINE_INIT_H
#define JISHI_ENGINE_INIT_H

#include "engine/engine.h"

typedef struct county_setup {
  const char *location, *code, *name;
  int64_t at_ms; /* 0: now, with a random first id; else the same call makes the same entries */
  const char *calendar_file; /* holiday notices (base/calendar.h) */
  const char *areas_csv;     /* code,name; those under `code` are taken */
  const char *const *pack_folders;
  size_t pack_count;
  bool wrapped;        /* the key file, when it is made: by a passphrase */
  const char *overlay; /* the county's own values, for all packs; may be NULL */
} county_setup;
/* The first entries of a new location: county, areas, holiday notices, packs. */
bool engine_init(const county_setup *c, faults *f, err *e);
/* A CALENDAR command of the system's, for engine_apply or the writer. */
bool notices_command(const calendar_notices *notices, arena *a, command *ret, err *e);
/* Sends a pack folder as a PACK entry (inside an open transaction). All faults are told. */
bool engine_send_pack(engine *eng, const char *folder, const char *overlay, faults *f, err *e);
bool engine_send_pack_at(engine *eng, int64_t at_ms, const char *folder, const char *overlay,
                         faults *f, err *e); /* 0: now */

/* Reads a pack folder with the county's values: those it has now, and over them those of `overlay`
 * (may be NULL). NULL: faults. */
pack *engine_read_pack(engine *eng, const char *folder, const char *overlay, faults *f);

#endif
