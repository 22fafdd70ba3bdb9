/* sample_draw.h — a sample on its way: what was asked, who may be drawn, who was. */
#ifndef JISHI_HTTP_SAMPLE_DRAW_H
#define JISHI_HTTP_SAMPLE_DRAW_H

#include "http/request.h"
#include "screen/screen.h"

typedef struct draw_terms {
  const pack *pack;
  const sample_plan *plan;
  scope scope;
  char area[13];
  bool stratified;
  int64_t size;                            /* 0: as the precision needs */
  int64_t confidence, precision, expected; /* rates */
} draw_terms;
/* As texts ("0.95"; "" is the usual) of the query or the body. BAD_INPUT outside 0 … 1. */
bool draw_read_rates(draw_terms *x, text confidence, text precision, text expected, err *e);

typedef struct drawing {
  draw_terms terms;
  frame frame;
  int64_t size;        /* the sum of: */
  int64_t *sizes;      /* of each stratum */
  frame_member *drawn; /* by stratum, then by ticket */
} drawing;
/* Who may be drawn, and how many of each stratum. */
bool draw_size(drawing *x, screen *s, arena *a, day today, err *e);
/* After draw_size: who is. BAD_INPUT when nobody may be. */
bool draw_pick(drawing *x, text seed, arena *a, err *e);
/* "[{title, population, drawn}, …]" as a member `strata`. */
void draw_put_strata(request *q, json_out *w, const drawing *x);

#endif
