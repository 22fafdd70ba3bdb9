/* durations.h — `duration:` of an indicator: from what to what, within how many days. */
#ifndef JISHI_PACK_LOAD_DURATIONS_H
#define JISHI_PACK_LOAD_DURATIONS_H

#include "pack/load/reader.h"

/* `of`: the kind whose spells are counted; -1: told already. NULL: faulty. */
const duration *duration_read(const doc *d, const yaml *map, int of);

#endif
