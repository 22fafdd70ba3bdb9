/* duty.h — who must go where, how often. */
#ifndef JISHI_PACK_MODEL_DUTY_H
#define JISHI_PACK_MODEL_DUTY_H

#include "pack/model/condition.h"
#include "pack/model/period.h"
#include "pack/model/scope.h"

typedef enum duty_each { EACH_OFFICER, EACH_VILLAGE, EACH_TOWN, EACH_COUNTY } duty_each;
typedef enum duty_form {
  DUTY_LEAST,    /* each subject of the set at least `at_least` times */
  DUTY_SUBJECTS, /* `at_least` different subjects of the set */
  DUTY_COVERAGE  /* at least this share (rate) of the set */
} duty_form;
typedef struct duty_increase {
  int condition;               /* while it holds on any day of the period … */
  const cel_program *at_least; /* … at least this, over parameters */
} duty_increase;
typedef struct duty {
  const char *name;
  label title;
  const char *defined_at; /* in the pack, as a kind's */
  int index;
  int of;                   /* root kind: what the set is made of */
  const cel_program *where; /* in its scope; NULL: all */
  /* Text in its scope: whose subject it is, by the key of one of the pack's people (`pack_people`),
   * or by a login where it has none. Then only what he does counts, he has a line of his own, and
   * `each` is the sum over all. NULL: everybody's whose area it is in. */
  const cel_program *assigned_to;
  int counted_event;              /* event kind: what is counted */
  const cel_program *count_where; /* over the event's own fields, `on`, parameters; NULL: all */
  const char *const *who;         /* roles */
  duty_each each;
  const cel_program *
      alternative_when; /* bool over parameters: then `alternative_each` holds in place of `each` */
  duty_each alternative_each;
  period_kind period;
  duty_form form;
  const cel_program *at_least; /* int (coverage: rate); DUTY_LEAST: in the kind's scope, else over
                               parameters */
  int parts;       /* choice field of the event, each of whose choices counts by itself; -1 */
  bool once_a_day; /* more on one day (by one officer) is one */
  const cel_program *spacing; /* int over parameters: minutes between two that count; NULL */
  int officers; /* field of the format `officers`, or of the pack's people: who did it; -1: who
                   recorded it */
  const int *excuses; /* conditions that excuse a day */
  size_t excuse_count;
  bool workdays; /* other days are excused */
  const duty_increase *increases;
  size_t increase_count;
  const label *reasons; /* offered for "not done because" */
  size_t reason_count;
  name_scope parameters; /* the scope of what is "over parameters" */
} duty;
const char *duty_each_name(duty_each e);

#endif
