/* facts.h — what is known of a subject: saying it, taking it back. */
#ifndef JISHI_ENGINE_RULES_FACTS_H
#define JISHI_ENGINE_RULES_FACTS_H

#include "engine/context.h"

/* Says a fact and makes it current when it is the latest. */
bool say_fact(work *w, record *r, int index, const value *v, day since, const char *source, err *e);

/* Facts that an event had set fall back to what was known without it. */
bool take_facts_back(work *w, record *r, int64_t seq, err *e);
/* The facts that the event's `sets` make, before it is recorded; and saying them. */
bool event_sets(work *w, const event *x, record *r, value **out, err *e);
bool say_event_sets(work *w, const event *x, record *r, const value *values, bool *any, err *e);
/* Fills in the fields that the engine numbers: never the same number twice, whatever is withdrawn.
 */
bool give_numbers(work *w, const field *fields, size_t count, day on, value *values, err *e);

#endif
