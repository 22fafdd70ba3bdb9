/* payments.h — events that may happen once, or move money. */
#ifndef JISHI_ENGINE_RULES_PAYMENTS_H
#define JISHI_ENGINE_RULES_PAYMENTS_H

#include "engine/context.h"

/* An event of a kind that happens once must not be recorded yet; `but` (may be NULL) is what `ev`
 * replaces. */
bool payment_check_once(command_context *ctx, const kind *root, const event *ev, const event *but,
                        err *e);
/* A measure given by its name or title is the unit's newest approved one of that kind. */
bool payment_resolve_measures(command_context *ctx, event *ev, err *e);
/* The payment that an event is, and the measure it is for; NULL: no money moves, no measure. */
bool payment_read(command_context *ctx, const pack *p, const event *ev, payment **ret,
                  measure **ret_measure, err *e);
/* Not twice, not without approval, not beyond the fund. `y` NULL: nothing to check. */
bool payment_check(command_context *ctx, const pack *p, const event *ev, const payment *y,
                   const measure *m, err *e);
/* The fund that the form of a measure names; "" for none. */
const char *payment_fund(const measure_kind *k, const value *form, arena *a);

#endif
