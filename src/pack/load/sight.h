/* sight.h — who sees and who registers the records of a kind, and whose they are: `may:` and
 * `assigns:` of kinds. */
#ifndef JISHI_PACK_LOAD_SIGHT_H
#define JISHI_PACK_LOAD_SIGHT_H

#include "pack/load/reader.h"

void sight_read(loader *l); /* when all kinds and their parents are known */

#endif
