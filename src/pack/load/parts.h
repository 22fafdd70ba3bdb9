/* parts.h — one function a part of a pack, called by load.c in this order. */
#ifndef JISHI_PACK_LOAD_PARTS_H
#define JISHI_PACK_LOAD_PARTS_H

#include "pack/load/reader.h"

void read_about(loader *l); /* pack.yaml: name, version, roles */
void read_kinds(loader *l); /* kinds.c: kinds and events with their fields */
void read_parameters(loader *l);
void read_event_scopes(loader *l);    /* all names but variables */
void read_event_variables(loader *l); /* names every variable; those of events are compiled */
void read_event_limits(loader *l);    /* once, pays */
void read_aggregates(loader *l);
void read_kind_scopes(loader *l);    /* all names but variables */
void read_kind_variables(loader *l); /* and those of kinds */
void read_indicators(loader *l);
void read_duties(loader *l); /* duties.c: conditions and duties */
void read_workflows(loader *l);
void read_rules(loader *l);
void read_measures(loader *l);
void read_imports(loader *l);
void read_askeds(loader *l);      /* `asked:` of fields and choices, after all scopes */
void check_references(loader *l); /* `of:` of fields names a root kind with a key */

#endif
