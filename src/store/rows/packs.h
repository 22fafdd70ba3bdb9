/* packs.h — the packs' sources. */
#ifndef JISHI_STORE_ROWS_PACKS_H
#define JISHI_STORE_ROWS_PACKS_H

#include "store/store.h"

/* The newest source of each pack, as its journal entry carries it; in the order they came. */
bool store_pack_put(store *s, const char *name, int64_t seq, text body, err *e);
bool store_pack_bodies(store *s, arena *a, text **out, size_t *count, err *e);

#endif
