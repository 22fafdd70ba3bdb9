/* prints.yaml: the forms that are printed. They are read when they are printed
 * (pack/model/print.h); here they are tried in both languages, so that their faults are told with
 * their place. */
#include "pack/load/asked.h"
#include "pack/load/parts.h"

#include "pack/model/print.h"

#include <stdlib.h>

/* "blocks/2/fields/0/1". Where a step leads nowhere, the node before it. */
static const yaml *node_of(const yaml *at, const char *path) {
  char step[PRINT_PATH_MAX];
  while (*path) {
    const size_t n = strcspn(path, "/");
    const yaml *next = NULL;
    memcpy(step, path, n);
    step[n] = 0;
    if (at->type == YAML_LIST) {
      const size_t k = strtoul(step, NULL, 10);
      next = k < at->count ? &at->items[k] : NULL;
    } else {
      next = yaml_get(at, step);
    }
    if (!next) return at;
    at = next;
    path += n + (path[n] == '/');
  }
  return at;
}

static void tell(const doc *d, const yaml *item, const char *path, const err *why) {
  const char *rest = "";
  const yaml *at = node_of(item, path);
  if (at->type == YAML_MAP && *why->where) at = asked_node(at, why->where, &rest);
  const char *column = strstr(why->where, "column ");
  if (column && *rest)
    FAULT(d, at, "（%s）%s", "(%s) %s", column, LABEL(*why));
  else
    FAULT(d, at, "%s", "%s", LABEL(*why));
}

static bool try_print(const doc *d, const yaml *item, print_spec *x, bool english) {
  const catalog own = {.packs = {d->l->p}, .count = 1};
  char path[PRINT_PATH_MAX] = "";
  print tried;
  err why;
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) {
    d->l->no_memory = true;
    return false;
  }
  const print_request how = {.english = english};
  if (!print_read(a, &own, x->asked, &how, &tried, path, &why)) {
    if (why.code == ERR_MEMORY) d->l->no_memory = true;
    tell(d, item, path, &why);
    return false;
  }
  x->kind = tried.kind;
  x->event = tried.event;
  return true;
}

static bool read_print(const doc *d, const yaml *item, names before, print_spec *x) {
  loader *l = d->l;
  if (!load_is_map(d, item)) return false;
  *x =
      (print_spec){.name = load_name(d, item, "name"), .title = load_title(d, item, "title", true)};
  x->asked = asked_json(l, item);
  return x->name && x->asked && load_is_new(d, item, before, x->name) &&
         try_print(d, item, x, false) && try_print(d, item, x, true);
}

void pack_read_prints(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "prints", &n);
  print_spec *all = TAKE(l, n, print_spec);
  if (!parts || !all) return;
  l->p->prints = all;
  for (size_t i = 0; i < n; i++)
    if (read_print(parts[i].d, parts[i].at, NAMES(all, l->p->print_count), &all[l->p->print_count]))
      l->p->print_count++;
}
