/* catalog.h — the packs a county runs, looked up by name.
 *
 * Every name belongs to its pack. Those of kinds, events, measures, duties and conditions are used
 * bare in addresses and rows: packs that have one alike cannot run beside each other. Rules,
 * workflows, import layouts, ledgers and roles may be called alike: they are looked up in their
 * pack, which the kind of a finding or case tells, and are written `pack.name` where a bare name
 * could mean several. */
#ifndef JISHI_PACK_MODEL_CATALOG_H
#define JISHI_PACK_MODEL_CATALOG_H

#include "pack/model/pack.h"

enum { CATALOG_MAX = 8 };
typedef struct catalog {
  const pack *packs[CATALOG_MAX];
  size_t count;
} catalog;

/* False: too many, or another pack has a kind, event, measure, duty or condition of that name: the
 * sentence says where in both. */
bool catalog_add(catalog *c, const pack *p, err *e);
/* All names of `p` that cannot stand beside those packs, with where each is written. */
void catalog_clashes(const catalog *c, const pack *p, faults *f);

/* NULL: none. Each found thing tells its pack by *ret_owner (may be NULL). */
const kind *catalog_kind(const catalog *c, text name, const pack **ret_owner);
const event_kind *catalog_event(const catalog *c, text name, const pack **ret_owner);
const measure_kind *catalog_measure(const catalog *c, text name, const pack **ret_owner);
const duty *catalog_duty(const catalog *c, text name, const pack **ret_owner);
const follow_up *catalog_follow_up(const catalog *c, text name, const pack **ret_owner);
const pack *catalog_pack(const catalog *c, text name);                     /* NULL: none */
const pack *catalog_pack_of_kind(const catalog *c, const char *kind_name); /* NULL: none */
/* The workflow of a case by what its row says: the kind of its subject, and the name. */
const workflow *catalog_workflow(const catalog *c, const char *kind_name, const char *name);

/* What people write of a rule, a layout or a role: "name", or "pack.name". */
typedef struct written_name {
  const pack *pack; /* NULL: none was written */
  text name;
} written_name;
/* False: a pack is written that is not there. */
bool catalog_written(const catalog *c, text written, written_name *ret);
typedef struct found_name {
  const void *item; /* the rule, layout or role; NULL: none, or several */
  const pack *owner;
  bool several;
} found_name;
found_name catalog_rule(const catalog *c, text written);
found_name catalog_import(const catalog *c, text written);
found_name catalog_role(const catalog *c, text written);
found_name catalog_ledger(const catalog *c, text written);
found_name catalog_print(const catalog *c, text written);
const pack *catalog_pack_of_import(const catalog *c, const import_layout *l);
/* The pack a kind, or a kind of event, stands in. */
const pack *catalog_pack_of(const catalog *c, const kind *k);
const pack *catalog_pack_of_event(const catalog *c, const event_kind *k);
/* Its parent, or itself when it has none. */
const kind *catalog_root_kind(const catalog *c, const kind *k);

#endif
