/* area_change.h — areas that are renamed, re-coded, merged, split, added: what is asked, whether it
 * can be, and what moves. */
#ifndef JISHI_ENGINE_AREA_CHANGE_H
#define JISHI_ENGINE_AREA_CHANGE_H

#include "base/json.h"
#include "store/rows/area_changes.h"
#include "store/rows.h"

typedef enum area_way {
  AREA_RENAME, /* from one, to the same with another name (or, of a zone, shape or colour) */
  AREA_RECODE, /* from one, to a new code; of a town with all below it */
  AREA_MERGE,  /* from one or several, to one of them, another or a new one; of towns with all below
                  them, under the same last digits where those are free */
  AREA_SPLIT,  /* from one, to several, itself among them or not */
  AREA_ADD,    /* to new ones */
  AREA_ABOLISH, /* from one or several, in which nobody is registered, to none */
  AREA_UNDO     /* takes a change back that nothing followed */
} area_way;

typedef struct area_target {
  char code[13];
  text name, shape, colour;     /* name "": as it is */
  bool says_shape, says_colour; /* not: as it is; said and empty: none any more */
  const area *there;            /* NULL: new */
} area_target;

/* A unit that a split puts elsewhere than the rest. */
typedef struct area_listed {
  record *root;
  char to[13];
} area_listed;

/* What lies below a town that is split, and goes to another part of it. */
typedef struct area_part {
  const area *of;
  char to[13]; /* a town */
} area_part;

/* All that is in `from`, or one unit of it, goes to `to`. */
typedef struct area_step {
  const char *from, *to;
  const record *root; /* NULL: all */
  bool below;         /* `to` is what `from` itself is now, below another town */
} area_step;

typedef struct area_plan {
  area_way way;
  day on;
  text reason, document;
  const area **from;
  size_t from_count;
  area_target *to;
  size_t to_count;
  area_listed *listed;
  size_t listed_count;
  area_part *parts;
  size_t part_count;
  area_change *undone; /* of AREA_UNDO: what is taken back */
  area_step *steps;
  size_t step_count;
  officer *officers; /* with the posts they get */
  size_t officer_count;
  int64_t units, cases; /* that move; cases: those that are open */
} area_plan;

/* Whether it is one of those that are changed. */
static inline bool area_goes(const area_plan *p, const char *code) {
  for (size_t i = 0; i < p->from_count; i++)
    if (strcmp(p->from[i]->code, code) == 0) return true;
  return false;
}

/* Whom it is judged for. */
typedef struct area_asking {
  store *s;
  const catalog *packs;
  arena *a;
  day today;
} area_asking;

/* Reads the body of an AREA entry: {way, from: [code], to: [{code, name?, shape?, colour?}],
 * subjects?: [{kind, id, to} or {key, to}], areas?: [{code, to}], change?, on?, reason, document}.
 */
bool area_plan_read(const area_asking *q, const json *body, area_plan *ret, err *e);
bool area_plan_check(const area_asking *q, const area_plan *p, err *e);
/* What moves: steps, officers, numbers. */
bool area_plan_find(const area_asking *q, area_plan *p, err *e);
const char *area_way_name(area_way w); /* "rename" */

#endif
