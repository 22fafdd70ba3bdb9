#include "pack/model/catalog.h"

#include <stdio.h>

/* A name of one pack, and where it is written. */
typedef struct written_at {
  const char *name, *where;
} written_at;

static void add_clash(label what, const pack *p, written_at own, const pack *owner,
                      written_at other, faults *f) {
  char at[ERR_WHERE_MAX];
  err e;
  snprintf(at, sizeof at, "%s/%s", p->name, own.where);
  err_set(&e, ERR_CONFLICT, at,
          "%s“%s”在业务包 %s 里已经有了（%s/%s），两个业务包不能一起用，请改名。",
          "The %s \"%s\" is in the pack %s already (%s/%s): the two packs cannot run beside each "
          "other; rename one.",
          LABEL(what), own.name, owner->name, owner->name, other.where);
  faults_add(f, &e);
}

#define FIND_CLASHES(type, array, counter, other_type, find, zh, en)                               \
  for (size_t i = 0; i < p->counter; i++)                                                          \
    for (size_t k = 0; k < c->count; k++) {                                                        \
      const type *x = &p->array[i];                                                                \
      const other_type *other = find(c->packs[k], text_of(x->name));                               \
      if (other)                                                                                   \
        add_clash((label){zh, en}, p, (written_at){x->name, x->defined_at}, c->packs[k],           \
                  (written_at){other->name, other->defined_at}, f);                                \
    }

void catalog_clashes(const catalog *c, const pack *p, faults *f) {
  FIND_CLASHES(kind, kinds, kind_count, kind, pack_kind, "类型", "kind")
  FIND_CLASHES(event_kind, events, event_count, event_kind, pack_event, "事件", "event")
  FIND_CLASHES(duty, duties, duty_count, duty, pack_duty, "任务", "duty")
  FIND_CLASHES(follow_up, follow_ups, follow_up_count, follow_up, pack_follow_up, "后续事项",
               "follow-up")
  /* excuses name one or the other */
  FIND_CLASHES(follow_up, follow_ups, follow_up_count, duty, pack_duty, "后续事项", "follow-up")
  FIND_CLASHES(duty, duties, duty_count, follow_up, pack_follow_up, "任务", "duty")
  FIND_CLASHES(condition, conditions, condition_count, condition, pack_condition, "情形",
               "condition")
  FIND_CLASHES(measure_kind, measures, measure_count, measure_kind, pack_measure, "措施", "measure")
}

bool catalog_add(catalog *c, const pack *p, err *e) {
  faults f = {0};
  if (c->count == CATALOG_MAX)
    return err_set(e, ERR_TOO_LARGE, p->name, "一个区县最多装 %d 个业务包。",
                   "A county runs at most %d packs.", CATALOG_MAX);
  catalog_clashes(c, p, &f);
  const bool fits = f.total == 0;
  if (!fits && f.count)
    *e = f.items[0];
  else if (!fits)
    err_memory(e);
  faults_release(&f);
  if (fits) c->packs[c->count++] = p;
  return fits;
}

/* One look-up a thing a pack holds: the first pack that has the name. */
#define LOOK_UP(function, type, array, counter)                                                    \
  const type *function(const catalog *c, text name, const pack **ret_owner) {                      \
    for (size_t p = 0; p < c->count; p++)                                                          \
      for (size_t i = 0; i < c->packs[p]->counter; i++)                                            \
        if (text_is(name, c->packs[p]->array[i].name)) {                                           \
          if (ret_owner) *ret_owner = c->packs[p];                                                 \
          return &c->packs[p]->array[i];                                                           \
        }                                                                                          \
    return NULL;                                                                                   \
  }
LOOK_UP(catalog_kind, kind, kinds, kind_count)
LOOK_UP(catalog_event, event_kind, events, event_count)
LOOK_UP(catalog_measure, measure_kind, measures, measure_count)
LOOK_UP(catalog_duty, duty, duties, duty_count)
LOOK_UP(catalog_follow_up, follow_up, follow_ups, follow_up_count)

const pack *catalog_pack(const catalog *c, text name) {
  for (size_t p = 0; p < c->count; p++)
    if (text_is(name, c->packs[p]->name)) return c->packs[p];
  return NULL;
}

const pack *catalog_pack_of_kind(const catalog *c, const char *kind_name) {
  const pack *owner = NULL;
  return catalog_kind(c, text_of(kind_name), &owner) ? owner : NULL;
}

const workflow *catalog_workflow(const catalog *c, const char *kind_name, const char *name) {
  const pack *p = catalog_pack_of_kind(c, kind_name);
  return p ? pack_workflow(p, text_of(name)) : NULL;
}

/* ---- names of a pack's own ---- */

bool catalog_written(const catalog *c, text written, written_name *ret) {
  const char *dot = written.bytes ? memchr(written.at, '.', written.bytes) : NULL;
  *ret = (written_name){.name = written};
  if (!dot) return true;
  ret->pack = catalog_pack(c, (text){written.at, (size_t)(dot - written.at)});
  ret->name = (text){dot + 1, written.bytes - (size_t)(dot + 1 - written.at)};
  return ret->pack != NULL;
}

/* In the pack that is written, or in the only one that has the name. */
#define FIND_OWN(function, find)                                                                   \
  found_name function(const catalog *c, text written) {                                            \
    written_name w;                                                                                \
    found_name found = {0};                                                                        \
    if (!catalog_written(c, written, &w)) return found;                                            \
    for (size_t p = 0; p < c->count; p++) {                                                        \
      const void *item = w.pack && w.pack != c->packs[p] ? NULL : find(c->packs[p], w.name);       \
      if (!item) continue;                                                                         \
      if (found.item) return (found_name){.several = true};                                        \
      found = (found_name){.item = item, .owner = c->packs[p]};                                    \
    }                                                                                              \
    return found;                                                                                  \
  }
FIND_OWN(catalog_rule, pack_rule)
FIND_OWN(catalog_import, pack_import)
FIND_OWN(catalog_role, pack_role)
FIND_OWN(catalog_ledger, pack_ledger)
FIND_OWN(catalog_print, pack_print)

const pack *catalog_pack_of_import(const catalog *c, const import_layout *l) {
  for (size_t p = 0; p < c->count; p++)
    if (l >= c->packs[p]->imports && l < c->packs[p]->imports + c->packs[p]->import_count)
      return c->packs[p];
  return NULL;
}

const pack *catalog_pack_of_event(const catalog *c, const event_kind *k) {
  for (size_t p = 0; p < c->count; p++)
    if (k >= c->packs[p]->events && k < c->packs[p]->events + c->packs[p]->event_count)
      return c->packs[p];
  return NULL;
}

const pack *catalog_pack_of(const catalog *c, const kind *k) {
  for (size_t p = 0; p < c->count; p++)
    if (k >= c->packs[p]->kinds && k < c->packs[p]->kinds + c->packs[p]->kind_count)
      return c->packs[p];
  return NULL;
}

const kind *catalog_root_kind(const catalog *c, const kind *k) {
  return k->parent < 0 ? k : &catalog_pack_of(c, k)->kinds[k->parent];
}
