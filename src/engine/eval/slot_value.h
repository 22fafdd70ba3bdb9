/* slot_value.h — what a name that a program reads stands for: title, value, and what the value
 * rests on. Explanations, reasons and the packs' tests walk the names of a program with it. */
#ifndef JISHI_ENGINE_EVAL_SLOT_VALUE_H
#define JISHI_ENGINE_EVAL_SLOT_VALUE_H

#include "engine/eval/unit_eval.h"

typedef struct slot_value {
  const char *name;
  label title;
  const cel_type *type; /* NULL: a record, a case or a form, which has no value of its own */
  value value;
  const field *field;         /* of a field: how it is shown; NULL */
  const char *reference;      /* of a parameter: the document that says so; may be NULL */
  day since;                  /* … and the first day of the value; DAY_NONE */
  const cel_program *formula; /* of a variable: the one of the day; NULL */
} slot_value;
/* `ev` NULL, or the event that the program is about: the formulas, parameters and fields are then
 * the event's, as of its day. */
slot_value unit_slot(unit *u, const record *about, const event *ev, const name_scope *sc,
                     int number);

#endif
