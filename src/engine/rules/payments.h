/* payments.h — events that may happen once, or move money. */
#ifndef JISHI_ENGINE_RULES_PAYMENTS_H
#define JISHI_ENGINE_RULES_PAYMENTS_H

#include "engine/context.h"

/* `but` (may be NULL): what x replaces. */
bool check_once(work *w, const kind *root, const event *x, const event *but, err *e);
/* A measure given by its name or title is the unit's newest approved one of that kind. */
bool name_measures(work *w, event *x, err *e);
/* *out NULL: no money moves. */
bool check_payment(work *w, const pack *p, const event *x, payment **out, err *e);
/* The fund that the form of a measure names; "" for none. */
const char *fund_of_form(const measure_kind *k, const value *form, arena *a);

#endif
