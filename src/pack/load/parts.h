/* parts.h — one function a part of a pack, called by load.c in this order. */
#ifndef JISHI_PACK_LOAD_PARTS_H
#define JISHI_PACK_LOAD_PARTS_H

#include "pack/load/reader.h"

void pack_read_about(loader *l); /* pack.yaml: name, version, roles */
void pack_read_kinds(loader *l); /* kinds.c: kinds and events with their fields */
void pack_read_parameters(loader *l);
void pack_read_event_scopes(loader *l);    /* all names but variables */
void pack_read_event_variables(loader *l); /* names every variable; those of events are compiled */
void pack_read_event_limits(loader *l);    /* unique_key, payment */
void pack_read_aggregates(loader *l);
void pack_read_kind_scopes(loader *l);    /* all names but variables */
void pack_read_kind_variables(loader *l); /* and those of kinds */
void pack_read_indicators(loader *l);
void pack_read_ledgers(loader *l);
void pack_read_prints(loader *l);
void pack_read_sample_plans(loader *l);
void pack_read_duties(loader *l); /* duties.c: conditions and duties */
void pack_read_workflows(loader *l);
void pack_read_rules(loader *l);
void pack_read_measures(loader *l);
void pack_read_follow_ups(loader *l); /* after duties and measures */
void pack_read_imports(loader *l);
void pack_read_owners(loader *l); /* owners.c: which step, measure or event writes which field */
void pack_read_field_conditions(
    loader *l);                   /* `applies_when:` of fields and choices, after all scopes */
void pack_check_sight(loader *l); /* sight.c: whoever has work on a kind sees it */
void pack_read_field_groups(
    loader *l); /* last: which role sees which fields, and what tells of them */
void fields_check_references(loader *l); /* `of:` of fields names a root kind with a key */

#endif
