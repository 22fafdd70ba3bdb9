/* rule.h — what is watched for, and the sentence that says it. */
#ifndef JISHI_PACK_MODEL_RULE_H
#define JISHI_PACK_MODEL_RULE_H

#include "base/date.h"
#include "cel/cel.h"
#include "base/label.h"

/* "{expression}" pieces between literal text, one list a language. */
typedef struct piece {
  const char *literal; /* or NULL: */
  const cel_program *program;
} piece;
typedef struct sentence {
  const piece *pieces;
  size_t count;
} sentence;
/* A green rule is a note: something to put right that makes no one worse off. */
typedef enum colour { COLOUR_GREEN, COLOUR_YELLOW, COLOUR_RED } colour;
const char *colour_name(int64_t c);
typedef struct rule {
  const char *name;
  label title;
  int index, of;
  day from, to; /* in force on from ≤ day ≤ to; DAY_NONE: open */
  const cel_program *when;
  colour colour;
  const cel_program *cost; /* money that helping this subject would take; NULL: not told */
  const char *per;         /* of `cost`: "once", "month", "year"; NULL without */
  sentence message_zh, message_en;
  const char *opens_process; /* process name whose workflow it opens, or NULL: a finding only */
} rule;

#endif
