/* unit_write.h — rows that kept units know, written through them. */
#ifndef JISHI_ENGINE_UNITS_UNIT_WRITE_H
#define JISHI_ENGINE_UNITS_UNIT_WRITE_H

#include "engine/context.h"

bool keep_subject(work *w, record *r, bool fresh, err *e);
bool keep_event(work *w, const event *x, err *e);
bool keep_withdrawal(work *w, const event *x, err *e);
bool keep_finding(work *w, const finding *f, err *e);
bool keep_case(work *w, const casework *c, err *e);

#endif
