/* form.h — reading what was filled in, and checking it. */
#ifndef JISHI_ENGINE_RULES_FORM_H
#define JISHI_ENGINE_RULES_FORM_H

#include "engine/context.h"

/* Reads {field: value} against declared fields: every fault of type, range, format, choice;
 * `required` ones must be there when `whole`. */
bool read_form(work *w, const field *fields, size_t count, const json *form, bool whole, value *out,
               err *e);
/* The record's own checks (field.check) over its values as they would be. */
bool check_fields(work *w, const scope *sc, const field *fields, size_t count, const value *values,
                  err *e);
/* What the kind's own fields ask of one another (`asked`); `only` (may be NULL): those that change.
 */
bool check_subject_form(work *w, const kind *k, const value *values, const bool *only, err *e);
typedef struct form_asking {
  value (*eval)(void *context, const cel_program *p); /* over the form and what it is about */
  void *context;
  day on;
} form_asking;
/* What is not asked must not be answered, what is asked and required must; `only` (may be NULL):
 * the fields looked at. */
bool check_asked(const form_asking *q, const field *fields, size_t count, const value *values,
                 const bool *only, err *e);
bool check_event_form(work *w, const event *x, record *r, err *e);

#endif
