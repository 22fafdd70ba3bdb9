/* catalog.h — see model/catalog.h. */
#ifndef JISHI_PACK_CATALOG_H
#define JISHI_PACK_CATALOG_H

#include "pack/model/catalog.h"
#include "pack/pack.h"

#endif
