/* form.h — reading what was filled in, and checking it. */
#ifndef JISHI_ENGINE_RULES_FORM_H
#define JISHI_ENGINE_RULES_FORM_H

#include "engine/context.h"

/* What a form is checked against: the register, the packs, the day. A command's own, or a roster's
 * (import/), which finds out before it is taken in what the engine would refuse. */
typedef struct form_place {
  store *s;
  arena *a;
  const catalog *packs;
  as_of now;
} form_place;
static inline form_place form_place_of(const command_context *ctx) {
  return (form_place){ctx->store, ctx->a, &ctx->engine->packs, context_as_of(ctx)};
}

/* Reads {field: value} against declared fields: every fault of type, range, format, choice;
 * `required` ones must be there when `whole`. */
bool form_read(command_context *ctx, const field *fields, size_t count, const json *form,
               bool whole, value *ret, err *e);
/* What fields name by its key must be registered, who they name must be an active officer. */
bool form_check_references(const form_place *at, const field *fields, size_t count,
                           const value *values, err *e);
/* The record's own checks (field.check) over its values as they would be. */
bool form_check_fields(const form_place *at, const name_scope *sc, const field *fields,
                       size_t count, const value *values, err *e);
/* Fills in what is not known from what the record's other fields say (field.filled_from), but for
 * those that are `given` as empty. `ret_filled` (may be NULL): marked. */
bool form_fill_in(const form_place *at, const kind *k, value *values, const bool *given,
                  bool *ret_filled, err *e);
/* The same check for a subject, whose fields may depend on one another. */
bool form_check_subject(const form_place *at, const kind *k, const value *values,
                        const bool *changed, err *e);
typedef struct form_scope {
  value (*eval)(void *context, const cel_program *p); /* over the form and what it is about */
  void *context;
  day on;
} form_scope;
bool form_check_event(command_context *ctx, const event *ev, record *r, err *e);

#endif
