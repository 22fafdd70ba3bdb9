/* event_kind.h — a kind of event: what is recorded of a subject on a day, and what follows from it.
 */
#ifndef JISHI_PACK_MODEL_EVENT_KIND_H
#define JISHI_PACK_MODEL_EVENT_KIND_H

#include "pack/model/field.h"
#include "pack/model/period.h"
#include "pack/model/scope.h"

typedef struct fact_setter {
  int field;                /* of the subject */
  const cel_program *value; /* in the form's scope */
  bool frozen;              /* stays what it was when the event was recorded */
} fact_setter;

/* An event that the engine makes of others: one a subject and period, kept right as they come. */
typedef enum summary_op {
  SUMMARY_COUNT, /* of those it is true of */
  SUMMARY_SUM,
  SUMMARY_MEAN,
  SUMMARY_MAX,
  SUMMARY_MIN,
  SUMMARY_LAST
} summary_op;
typedef struct summary_field {
  summary_op op;
  const cel_program *what;       /* in the scope of the events it is made of; NULL: true */
  const cel_program *where;      /* bool: only where it holds; NULL: always. The same scope */
  const cel_program *min_values; /* int: fewer known values make it unknown; NULL: 1 */
} summary_field;
typedef struct summary {
  int over; /* event kind index */
  period_kind per;
  const summary_field *fields; /* one a field */
} summary;

/* Money that an event moves. */
typedef struct payment_terms {
  const cel_program *amount; /* money, in the event's scope */
  int fund;                  /* field whose `of` is the kind of funds */
  int fund_kind, budget;     /* that kind, and its money field that payments may not exceed */
  int measure;               /* field of the format `measure`; -1 */
  const cel_program *period; /* text: "2024-03", "2024"; NULL: none */
} payment_terms;

#define EVENT_TIME "time" /* the field of an event's own time, first among its fields */
typedef struct event_kind {
  const char *name;
  label title;
  const char *defined_at; /* in the pack, as a kind's */
  int index;
  int about;              /* kind index */
  const char *const *who; /* roles that may record it; NULL-terminated */
  const field *fields;
  size_t field_count;
  uint32_t
      groups; /* whoever may not see these is not told that it happened; all its fields have them */
  int time_field;  /* the field that tells when on its day it happened (format time); -1: none */
  const int *list; /* field indices shown in a line of history */
  size_t list_count;
  /* At most one live event of this kind with the same key about the same subject; NULL: any number
   */
  const cel_program *unique_key;
  bool unique_on_day; /* the same key on another day is another */
  label unique_message;
  const payment_terms *payment; /* NULL: no money moves */
  const int *display;           /* variables of it that are shown with it, by index in the pack */
  size_t display_count;
  const struct fact_setter *sets; /* facts of its subject that follow */
  size_t set_count;
  bool derived; /* by the engine itself, for measures and steps of cases, or as a summary; nobody
                records it */
  const summary *summary; /* NULL: none */
  name_scope scope; /* fields, on, parameters, the subject and its parent as records, variables */
} event_kind;
/* What the engine notes of every measure (one event, moved with its state) and every step of a
 * case, about the root kind they belong to: for aggregates, indicators and tables. Their fields, in
 * this order. */
enum {
  DERIVED_MEASURE,
  DERIVED_GROUP,
  DERIVED_STATE,
  DERIVED_AMOUNT,
  DERIVED_PER,
  DERIVED_FUND,
  DERIVED_PROPOSED,
  DERIVED_BEGUN, /* first seen running or done */
  DERIVED_COUNT
};
enum { STEP_PROCESS, STEP_NAME, STEP_FROM, STEP_TO, STEP_COUNT };

#endif
