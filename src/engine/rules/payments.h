/* payments.h — events that may happen once, or move money. */
#ifndef JISHI_ENGINE_RULES_PAYMENTS_H
#define JISHI_ENGINE_RULES_PAYMENTS_H

#include "engine/context.h"

/* `but` (may be NULL): what x replaces. */
bool payment_check_once(command_context *ctx, const kind *root, const event *ev, const event *but,
                        err *e);
/* A measure given by its name or title is the unit's newest approved one of that kind. */
bool payment_resolve_measures(command_context *ctx, event *ev, err *e);
/* *out NULL: no money moves. */
bool payment_check(command_context *ctx, const pack *p, const event *ev, payment **out, err *e);
/* The fund that the form of a measure names; "" for none. */
const char *payment_fund(const measure_kind *k, const value *form, arena *a);

#endif
