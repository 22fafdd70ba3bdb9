/* The packs in force, and those that were. */
#include "engine/packs.h"
#include "pack/load/load.h"

#include <assert.h>
#include <stdlib.h>

struct owned_pack {
  pack *pack;
  owned_pack *older;
};
struct shared_catalog {
  catalog catalog;
  const shared_catalog *older;
};

static bool pack_files_of(arena *a, const json *list, pack_file **ret, size_t *ret_count) {
  size_t n = list && list->type == JSON_LIST ? list->count : 0;
  pack_file *files = ARENA_ARRAY(a, n, pack_file);
  for (size_t i = 0; files && i < n; i++) {
    text path = json_text(&list->items[i], "path");
    files[i].path = arena_copy(a, path.at, path.bytes);
    files[i].body = json_text(&list->items[i], "body");
    if (!files[i].path) return false;
  }
  *ret = files;
  *ret_count = n;
  return files != NULL;
}

pack *packs_read(arena *a, const json *body, err *e) {
  pack_file *files = NULL, *overlay = NULL;
  size_t count = 0, overlay_count = 0;
  if (!pack_files_of(a, json_get(body, "files"), &files, &count) ||
      !pack_files_of(a, json_get(body, "overlay"), &overlay, &overlay_count)) {
    err_memory(e);
    return NULL;
  }
  faults f = {0};
  pack *p = pack_from_files(files, count, overlay, overlay_count, &f);
  if (!p && f.count)
    *e = f.items[0];
  else if (!p)
    err_memory(e);
  faults_release(&f);
  return p;
}

bool packs_with(const catalog *now, const pack *fresh, catalog *ret_after, err *e) {
  catalog after = {0};
  for (size_t i = 0; i < now->count; i++)
    if (strcmp(now->packs[i]->name, fresh->name) != 0 && !catalog_add(&after, now->packs[i], e))
      return false;
  if (!catalog_add(&after, fresh, e)) return false;
  *ret_after = after;
  return true;
}

bool packs_put(loaded_packs *p, catalog *now, pack *fresh, err *e) {
  owned_pack *own = malloc(sizeof *own);
  if (!own) {
    pack_free(fresh);
    return err_memory(e);
  }
  *own = (owned_pack){fresh, p->newest};
  p->newest = own;
  return packs_with(now, fresh, now, e);
}

bool packs_load(loaded_packs *p, catalog *now, text body, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  json *tree = a ? json_parse(a, body, e) : NULL;
  if (!tree) return a ? false : err_memory(e);
  pack *fresh = packs_read(a, tree, e);
  return fresh && packs_put(p, now, fresh, e);
}

bool packs_changed(const loaded_packs *p) {
  return p->newest != p->committed;
}

bool packs_before_commit(loaded_packs *p, const catalog *now, err *e) {
  assert(!p->next);
  if (!packs_changed(p)) return true;
  p->next = malloc(sizeof *p->next);
  if (!p->next) return err_memory(e);
  *p->next = (shared_catalog){*now, atomic_load(&p->shared)};
  return true;
}

void packs_committed(loaded_packs *p) {
  if (p->next) atomic_store(&p->shared, p->next);
  p->next = NULL;
  p->committed = p->newest;
}

void packs_rolled_back(loaded_packs *p, catalog *now) {
  free(p->next);
  p->next = NULL;
  *now = *packs_shared(p);
  while (p->newest != p->committed) {
    owned_pack *gone = p->newest;
    p->newest = gone->older;
    pack_free(gone->pack);
    free(gone);
  }
}

const catalog *packs_shared(const loaded_packs *p) {
  static const catalog none;
  const shared_catalog *c = atomic_load(&p->shared);
  return c ? &c->catalog : &none;
}

void packs_release(loaded_packs *p) {
  catalog none;
  packs_rolled_back(p, &none);
  for (const shared_catalog *c = atomic_load(&p->shared), *older; c; c = older) {
    older = c->older;
    free((shared_catalog *)c);
  }
  for (owned_pack *o = p->newest, *older; o; o = older) {
    older = o->older;
    pack_free(o->pack);
    free(o);
  }
}
