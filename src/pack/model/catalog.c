#include "pack/model/catalog.h"

static bool taken(const catalog *c, const pack *p, err *e) {
  for (size_t i = 0; i < p->kind_count; i++)
    if (catalog_kind(c, text_of(p->kinds[i].name), NULL))
      return !err_set(e, ERR_CONFLICT, p->kinds[i].name,
                      "类型“%s”在另一个业务包里已经有了，请改名。",
                      "Another pack has a kind \"%s\" already; rename it.", p->kinds[i].name);
  for (size_t i = 0; i < p->event_count; i++)
    if (catalog_event(c, text_of(p->events[i].name), NULL))
      return !err_set(e, ERR_CONFLICT, p->events[i].name,
                      "事件“%s”在另一个业务包里已经有了，请改名。",
                      "Another pack has an event \"%s\" already; rename it.", p->events[i].name);
  for (size_t i = 0; i < p->duty_count; i++)
    if (catalog_duty(c, text_of(p->duties[i].name), NULL))
      return !err_set(e, ERR_CONFLICT, p->duties[i].name,
                      "任务“%s”在另一个业务包里已经有了，请改名。",
                      "Another pack has a duty \"%s\" already; rename it.", p->duties[i].name);
  for (size_t i = 0; i < p->condition_count; i++)
    for (size_t k = 0; k < c->count; k++)
      if (pack_condition(c->packs[k], text_of(p->conditions[i].name)))
        return !err_set(
            e, ERR_CONFLICT, p->conditions[i].name, "情形“%s”在另一个业务包里已经有了，请改名。",
            "Another pack has a condition \"%s\" already; rename it.", p->conditions[i].name);
  for (size_t i = 0; i < p->measure_count; i++)
    if (catalog_measure(c, text_of(p->measures[i].name), NULL))
      return !err_set(e, ERR_CONFLICT, p->measures[i].name,
                      "措施“%s”在另一个业务包里已经有了，请改名。",
                      "Another pack has a measure \"%s\" already; rename it.", p->measures[i].name);
  return false;
}

bool catalog_add(catalog *c, const pack *p, err *e) {
  if (c->count == CATALOG_MAX)
    return err_set(e, ERR_TOO_LARGE, p->name, "一个区县最多装 %d 个业务包。",
                   "A county runs at most %d packs.", CATALOG_MAX);
  if (taken(c, p, e)) return false;
  c->packs[c->count++] = p;
  return true;
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
LOOK_UP(catalog_rule, rule, rules, rule_count)
LOOK_UP(catalog_workflow, workflow, workflows, workflow_count)
LOOK_UP(catalog_duty, duty, duties, duty_count)
LOOK_UP(catalog_follow_up, follow_up, follow_ups, follow_up_count)
LOOK_UP(catalog_import, import_layout, imports, import_count)

const role *catalog_role(const catalog *c, text name) {
  for (size_t p = 0; p < c->count; p++)
    for (size_t i = 0; i < c->packs[p]->role_count; i++)
      if (text_is(name, c->packs[p]->roles[i].name)) return &c->packs[p]->roles[i];
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
