/* pack.h — all of the pack floor at once: a programme as data, read, checked and compiled.
 *
 * Knows base and cel; nothing of stores, the network, or any programme by name. */
#ifndef JISHI_PACK_PACK_H
#define JISHI_PACK_PACK_H

#include "pack/json.h"
#include "pack/load/load.h"
#include "pack/model/field_value.h"
#include "pack/model/pack.h"

#endif
