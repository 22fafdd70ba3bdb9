/* condition.h — what holds on some days at some places, because an event said so. */
#ifndef JISHI_PACK_MODEL_CONDITION_H
#define JISHI_PACK_MODEL_CONDITION_H

#include "cel/cel.h"
#include "base/label.h"

typedef enum cover { COVERS_SUBJECT, COVERS_VILLAGE, COVERS_TOWN, COVERS_COUNTY } cover;
typedef struct condition {
  const char *name;
  label title;
  const char *defined_at; /* in the pack, as a kind's */
  int index;
  int over;                /* event kind index */
  const cel_program *when; /* over the event's own fields, `on`, parameters; NULL: always */
  int until;               /* date field: the last day it holds; -1: the event's day only */
  cover covers;            /* how far around the event's subject */
} condition;

#endif
