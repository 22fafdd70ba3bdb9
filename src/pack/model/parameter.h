/* parameter.h — a policy value with its dates and its source document. */
#ifndef JISHI_PACK_MODEL_PARAMETER_H
#define JISHI_PACK_MODEL_PARAMETER_H

#include "base/date.h"
#include "cel/cel.h"
#include "base/label.h"

typedef enum parameter_form { PARAM_VALUE, PARAM_SCALE, PARAM_KEYED } parameter_form;
typedef struct dated_value {
  day from;
  value v;               /* UNKNOWN when `value: null` (ceases) */
  const char *reference; /* document */
} dated_value;
typedef struct parameter {
  const char *name; /* "p.monitor.line" */
  label title;
  const char *kind;    /* of one value: "money", "rate", "number", "int", "bool", "text", "date" */
  const cel_type *one; /* the type of one value, with the unit it is told in */
  const char *reference, *file;
  int line;
  parameter_form form;
  const cel_type *type;      /* in expressions: `one`; map(string, one) for keyed; scale */
  const dated_value *values; /* ascending by date; none = must be set locally */
  size_t value_count;
} parameter;
/* Of rows with ascending days, the one in force; NULL: none yet. */
const dated_value *row_in_force(const dated_value *rows, size_t count, day on);
/* The value in force on `on`: UNKNOWN named after the parameter when none is set. *ret_which (may
 * be NULL): the row. */
value parameter_at(const parameter *p, arena *a, day on, const dated_value **ret_which);
day parameter_next_change(const parameter *p, day after); /* DAY_NONE: none */

#endif
