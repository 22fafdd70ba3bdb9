/* sample_plan.h — from whom a sample is drawn, how they are checked, and what is counted of it. */
#ifndef JISHI_PACK_MODEL_SAMPLE_PLAN_H
#define JISHI_PACK_MODEL_SAMPLE_PLAN_H

#include "base/label.h"
#include "cel/cel.h"

typedef enum strata_area { STRATA_NO_AREA, STRATA_TOWN, STRATA_VILLAGE } strata_area;
/* A share of those who were checked. */
typedef struct sample_result {
  const char *name;
  label title, definition; /* 统计口径 */
  const cel_program *what; /* bool, of the check */
} sample_result;
enum { SAMPLE_FIELDS_MAX = 2, SAMPLE_RESULTS_MAX = 16 };
typedef struct sample_plan {
  const char *name;
  label title, definition; /* who may be drawn, in words */
  int index;
  int of;                   /* root kind */
  const cel_program *where; /* who may be drawn; NULL: all */
  int for_kind;             /* root kind of what samples are drawn for; -1: for themselves */
  strata_area by_area;
  int by[SAMPLE_FIELDS_MAX]; /* choice or yes/no fields of the kind */
  size_t by_count;
  int check; /* event kind about it: the visit; of several since the draw the newest counts */
  const sample_result *results;
  size_t result_count;
} sample_plan;

#endif
