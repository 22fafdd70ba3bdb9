/* packs.h — the packs in force: the engine's own view, which changes inside a transaction, and what
 * reading threads get, which changes with the commit.
 *
 * A pack that was replaced stays until the engine is closed, because readers hold pointers into it:
 * a county takes a new version some times a year. */
#ifndef JISHI_ENGINE_PACKS_H
#define JISHI_ENGINE_PACKS_H

#include "base/json.h"
#include "pack/model/catalog.h"

#include <stdatomic.h>

typedef struct owned_pack owned_pack;
typedef struct shared_catalog shared_catalog;

typedef struct loaded_packs {
  owned_pack *newest, *committed; /* all that were ever loaded; how far they are committed */
  _Atomic(const shared_catalog *) shared; /* what readers get */
  shared_catalog *next;                   /* made before a commit, shared after it */
} loaded_packs;

/* From the body of a PACK entry. NULL: a fault in the pack, or memory. */
pack *packs_read(arena *a, const json *body, err *e);
/* The catalog with `fresh` in the place of the pack of its name. False: it does not fit. */
bool packs_with(const catalog *now, const pack *fresh, catalog *ret_after, err *e);
/* Puts a pack into `now`, the engine's own catalog, in the place of an older one of its name. It is
 * the engine's from now on, also when this fails. */
bool packs_put(loaded_packs *p, catalog *now, pack *fresh, err *e);
bool packs_load(loaded_packs *p, catalog *now, text body, err *e); /* packs_read and packs_put */
bool packs_changed(const loaded_packs *p);                         /* since the last commit */
bool packs_before_commit(loaded_packs *p, const catalog *now, err *e); /* all that can fail */
void packs_committed(loaded_packs *p);
void packs_rolled_back(loaded_packs *p, catalog *now);
const catalog *packs_shared(const loaded_packs *p); /* from any thread */
void packs_release(loaded_packs *p);

#endif
