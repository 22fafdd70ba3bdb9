/* scope.h — what the names in an expression stand for. */
#ifndef JISHI_PACK_MODEL_SCOPE_H
#define JISHI_PACK_MODEL_SCOPE_H

#include "cel/cel.h"

typedef enum slot_kind {
  SLOT_FIELD,     /* .index into the kind's (or event's, form's) fields */
  SLOT_AGGREGATE, /* .index into pack->aggregates */
  SLOT_VARIABLE,  /* .index into pack->variables */
  SLOT_PARAMETER, /* .index into pack->parameters */
  SLOT_CHILDREN,  /* .index into pack->kinds: list of open records */
  SLOT_PARENT,    /* open record of the parent; of an event about a child, of that child's parent */
  SLOT_ABOUT,     /* open record of the subject an event is about */
  SLOT_CASE,      /* record: opened, since (dates), state, relapses, measures (int: done ones),
                     open_findings (int) */
  SLOT_FORM,      /* record: the fields filled in with a transition or measure */
  SLOT_ON,        /* the day of an event */
  SLOT_AREA       /* the subject's 12-digit area */
} slot_kind;
typedef struct slot {
  slot_kind kind;
  int index;
} slot;
typedef struct name_scope {
  cel_env *env;
  const slot *slots; /* one a declared name, same order */
  size_t count;
} name_scope;

#endif
