/* unit_read.h — rows that kept units know, read through them. */
#ifndef JISHI_ENGINE_UNITS_UNIT_READ_H
#define JISHI_ENGINE_UNITS_UNIT_READ_H

#include "engine/context.h"

kept *kept_of(work *w, const uuid *root);
bool keep_unit(work *w, kept *k, err *e);
/* A copy in the entry's arena; *out NULL: not there. */
bool know_subject(work *w, const kind *k, const uuid *id, record **out, err *e);
/* The unit as it is now, its open findings and cases, all free to be changed; *u NULL: not there.
 */
bool know_unit(work *w, const kind *root_kind, const uuid *root, unit **u, finding **open,
               size_t *open_count, casework **cases, size_t *case_count, err *e);

/* The event's subject and its root as a unit without events: for expressions over one event. */
unit *unit_of_event(work *w, const event *x, record *r, err *e);

#endif
