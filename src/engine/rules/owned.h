/* owned.h — fields that a procedure writes: refused when they are typed, marked when a register's
 * state is first taken in. */
#ifndef JISHI_ENGINE_RULES_OWNED_H
#define JISHI_ENGINE_RULES_OWNED_H

#include "engine/context.h"

/* "taking_in": {"source", "on"?} of a SUBJECT or FACTS body: its owned fields are the state that
 * another system's register had on that day. */
typedef struct taking_in {
  bool given;
  text source;
  day on; /* today when the body does not say */
} taking_in;
bool taking_in_read(command_context *ctx, taking_in *ret, err *e);
bool taking_in_authorize(command_context *ctx, const taking_in *t, const pack *p, const char *area,
                         const uuid *root, err *e);

/* Refuses the first owned field among those marked: the sentence says who writes it. */
bool owned_refuse(const kind *k, const bool *given, err *e);

/* The values that are given for owned fields, as canonical JSON; *ret_any false: none. */
bool owned_json(command_context *ctx, const kind *k, const bool *given, const value *values,
                text *ret, bool *ret_any, err *e);
/* After the facts are written: notes what was taken in, and opens the cases that the packs'
 * `taken_in` names. `before`: the values that were there; NULL: a new subject. */
bool taking_in_note(command_context *ctx, const taking_in *t, const record *r, const bool *given,
                    const value *values, const value *before, err *e);
/* An import is taken back: so is what its entry took in. */
bool taking_in_undo(command_context *ctx, const entry *x, const record *r, err *e);

#endif
