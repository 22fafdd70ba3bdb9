/* load.h — a pack from its folder: the files of docs/pack-format.md, read, checked and compiled.
 *
 * Reading never stops at the first fault: every fault goes into `faults` with file:line:column and
 * a plain sentence; a pack with a fault is not returned. */
#ifndef JISHI_PACK_LOAD_LOAD_H
#define JISHI_PACK_LOAD_LOAD_H

#include "base/err.h"
#include "pack/model/pack.h"

/* Reads a folder (and an overlay folder of the same form holding parameters only; NULL: none). NULL
 * with at least one fault. */
pack *pack_load(const char *folder, const char *overlay, faults *f);
/* The same from files already in memory (the journal keeps them). Texts are copied. */
pack *pack_from_files(const pack_file *files, size_t count, const pack_file *overlay,
                      size_t overlay_count, faults *f);
/* The same pack with local values: `values` (as a loaded pack's `overlay`), and file by file over
 * them what an overlay folder holds (NULL: none): its own folder OVERLAY/NAME, or the overlay
 * itself where it serves one pack. Old values that the pack has no parameter for any more are left
 * out. */
pack *pack_with_values(const pack *p, const pack_file *values, size_t count, const char *overlay,
                       faults *f);

#endif
