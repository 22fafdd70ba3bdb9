/* catalog.h — the packs a county runs, looked up by name. Kinds, events and measures have names of
 * their own across all packs. */
#ifndef JISHI_PACK_MODEL_CATALOG_H
#define JISHI_PACK_MODEL_CATALOG_H

#include "pack/model/pack.h"

enum { CATALOG_MAX = 8 };
typedef struct catalog {
  const pack *packs[CATALOG_MAX];
  size_t count;
} catalog;

/* False: too many, or a kind, event or measure of that name is there already. */
bool catalog_add(catalog *c, const pack *p, err *e);

/* NULL: none. Each found thing tells its pack by *ret_owner (may be NULL). */
const kind *catalog_kind(const catalog *c, text name, const pack **ret_owner);
const event_kind *catalog_event(const catalog *c, text name, const pack **ret_owner);
const measure_kind *catalog_measure(const catalog *c, text name, const pack **ret_owner);
const rule *catalog_rule(const catalog *c, text name, const pack **ret_owner);
const workflow *catalog_workflow(const catalog *c, text name, const pack **ret_owner);
const role *catalog_role(const catalog *c, text name);
const duty *catalog_duty(const catalog *c, text name, const pack **ret_owner);
const follow_up *catalog_follow_up(const catalog *c, text name, const pack **ret_owner);
const import_layout *catalog_import(const catalog *c, text name, const pack **ret_owner);
/* The pack a kind, or a kind of event, stands in. */
const pack *catalog_pack_of(const catalog *c, const kind *k);
const pack *catalog_pack_of_event(const catalog *c, const event_kind *k);
/* Its parent, or itself when it has none. */
const kind *catalog_root_kind(const catalog *c, const kind *k);

#endif
