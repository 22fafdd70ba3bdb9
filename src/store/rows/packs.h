/* packs.h — the packs' sources. */
#ifndef JISHI_STORE_ROWS_PACKS_H
#define JISHI_STORE_ROWS_PACKS_H

#include "store/store.h"

/* The newest source of each pack, as its journal entry carries it. */
bool store_pack_put(store *s, const char *name, int64_t seq, text body, err *e);
/* Each stands as its journal entry has it; else e names the pack. */
bool store_packs_sound(store *s, err *e);
/* Those that came after an entry, in their order. */
bool store_packs_after(store *s, arena *a, int64_t seq, text **ret, size_t *ret_count, err *e);

#endif
