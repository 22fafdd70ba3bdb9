/* measure.h — help or enforcement that is proposed and approved, with its amount. */
#ifndef JISHI_PACK_MODEL_MEASURE_H
#define JISHI_PACK_MODEL_MEASURE_H

#include "pack/model/field.h"
#include "pack/model/scope.h"

typedef struct measure_kind {
  const char *name, *group;
  label title, group_title;
  const char *defined_at; /* in the pack, as a kind's */
  int index, of;
  day from, to;
  const field *fields;
  size_t field_count;
  const cel_program *amount; /* money, in `scope`; NULL: no money */
  const char *per;           /* "once", "month", "year" */
  const cel_program *when;   /* may be proposed; NULL: always */
  label otherwise_message;
  const char *const *propose, *const *approve; /* roles */
  bool needs_case;
  int fund;         /* field that names the fund; -1 */
  name_scope scope; /* kind's names + case + form */
} measure_kind;

#endif
