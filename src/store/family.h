/* family.h — units that hang together.
 *
 * A unit is evaluated as a whole, and a child may have come from another unit, or a record have
 * been merged with one there: all that hang together so are a family, and nothing that is said of
 * one of them is told by the rows of others. */
#ifndef JISHI_STORE_FAMILY_H
#define JISHI_STORE_FAMILY_H

#include "base/arena.h"
#include "store/store.h"

typedef struct uuid_list {
  uuid *items;
  size_t count, room;
} uuid_list;
bool uuid_list_has(const uuid_list *l, const uuid *id);
bool uuid_list_add(arena *a, uuid_list *l, const uuid *id); /* once; false: memory */

enum { FAMILY_ROOTS_MAX = 40 };
typedef struct family {
  uuid_list roots, members; /* members: all that ever were in them, roots too */
} family;
/* Scans the journal: for what is rare. More than FAMILY_ROOTS_MAX: ERR_NOT_ALLOWED. */
bool family_find(store *s, arena *a, const uuid *root, family *ret, err *e);

/* All that are forgotten with one: of a root its whole unit; and what was merged into them. */
bool family_gone(store *s, arena *a, const family *f, const kind *k, const uuid *subject,
                 uuid_list *ret, err *e);

/* All of a unit, withdrawn ones too, and its root. */
bool family_members(store *s, arena *a, const uuid *root, uuid_list *to, err *e);

#endif
