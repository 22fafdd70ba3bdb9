/* Units that hang together. */
#include "store/family.h"

#include <stdio.h>

#include "store/sql.h"
#include "store/store_internal.h"

/* ---- lists ---- */

bool uuid_list_has(const uuid_list *l, const uuid *id) {
  for (size_t i = 0; i < l->count; i++)
    if (uuid_equal(&l->items[i], id)) return true;
  return false;
}

bool uuid_list_add(arena *a, uuid_list *l, const uuid *id) {
  if (uuid_is_nil(id) || uuid_list_has(l, id)) return true;
  uuid *more = ARENA_GROW(a, l->items, l->count, &l->room, uuid);
  if (!more) return false;
  l->items = more;
  more[l->count++] = *id;
  return true;
}

/* ---- a family ---- */

static bool add_found(store *s, arena *a, const char *statement, const uuid *id, uuid_list *to,
                      err *e) {
  db_stmt *q = sql_prepare(s, statement, e);
  int got;
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  while ((got = db_next(q, e)) > 0) {
    const uuid found = sql_uuid(q, 0);
    if (uuid_list_add(a, to, &found)) continue;
    db_done(q);
    return err_memory(e);
  }
  return got == 0;
}

bool family_members(store *s, arena *a, const uuid *root, uuid_list *to, err *e) {
  for (size_t i = 0; i < s->kind_count; i++) {
    char statement[160];
    snprintf(statement, sizeof statement, "SELECT id FROM %.80s WHERE county = $1 AND root = $2",
             s->kinds[i].table.name);
    if (!add_found(s, a, statement, root, to, e)) return false;
  }
  return uuid_list_add(a, to, root) || err_memory(e);
}

/* Those of a root, and with whom it was merged. */
static bool add_of_root(store *s, arena *a, const uuid *root, family *f, err *e) {
  return family_members(s, a, root, &f->members, e) &&
         add_found(s, a, "SELECT DISTINCT subject FROM journal WHERE county = $1 AND root = $2",
                   root, &f->members, e) &&
         add_found(s, a, "SELECT gone_root FROM merger WHERE county = $1 AND stays_root = $2", root,
                   &f->roots, e) &&
         add_found(s, a, "SELECT stays_root FROM merger WHERE county = $1 AND gone_root = $2", root,
                   &f->roots, e);
}

bool family_find(store *s, arena *a, const uuid *root, family *f, err *e) {
  size_t roots = 0, members = 0;
  *f = (family){0};
  if (!uuid_list_add(a, &f->roots, root)) return err_memory(e);
  while (roots < f->roots.count || members < f->members.count) {
    if (f->roots.count > FAMILY_ROOTS_MAX)
      return err_set(e, ERR_NOT_ALLOWED, "subject",
                     "和它连在一起的登记太多（迁移、合并超过 %d 个），不能删去。",
                     "More than %d units hang together with this one by moves and mergers; it "
                     "cannot be forgotten.",
                     FAMILY_ROOTS_MAX);
    if (roots < f->roots.count) {
      const uuid next = f->roots.items[roots++];
      if (!add_of_root(s, a, &next, f, e)) return false;
      continue;
    }
    const uuid next = f->members.items[members++];
    if (!add_found(s, a, "SELECT DISTINCT root FROM journal WHERE county = $1 AND subject = $2",
                   &next, &f->roots, e))
      return false;
  }
  return true;
}

bool family_gone(store *s, arena *a, const family *f, const kind *k, const uuid *subject,
                 uuid_list *ret, err *e) {
  *ret = (uuid_list){0};
  if (!uuid_list_add(a, ret, subject)) return err_memory(e);
  for (size_t i = 0; i < ret->count; i++) {
    const uuid next = ret->items[i];
    if (!add_found(s, a,
                   "SELECT gone FROM merger WHERE county = $1 AND stays = $2 AND undone_seq = 0",
                   &next, ret, e))
      return false;
    if (k->parent < 0 && uuid_list_has(&f->roots, &next) && !family_members(s, a, &next, ret, e))
      return false;
  }
  return true;
}
