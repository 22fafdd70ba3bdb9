/* record.h — an expression over one record by itself: its fields, its day and parameters. Whatever
 * else the scope has a name for is unknown. */
#ifndef JISHI_ENGINE_EVAL_RECORD_H
#define JISHI_ENGINE_EVAL_RECORD_H

#include "engine/eval/unit.h"

typedef struct lone_record {
  const name_scope *scope;
  const value *fields; /* NULL: none */
  const pack *pack;    /* whose parameters are read; NULL: they are unknown */
  day on;              /* of the record, and of the parameters; DAY_NONE: unknown, and today's */
  as_of now;
} lone_record;
value eval_record(arena *a, const lone_record *r, const cel_program *p);

#endif
