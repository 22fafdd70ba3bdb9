/* sample_draw.h — a sample on its way: what was asked, who may be drawn, who was; and the command
 * that keeps it. */
#ifndef JISHI_SCREEN_SAMPLE_DRAW_H
#define JISHI_SCREEN_SAMPLE_DRAW_H

#include "base/json_fields.h"
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

typedef struct sample_drawing {
  draw_terms terms;
  frame frame;
  int64_t size;        /* the sum of: */
  int64_t *sizes;      /* of each stratum */
  frame_member *drawn; /* by stratum, then by ticket */
} sample_drawing;
/* Who may be drawn, and how many of each stratum. */
bool draw_size(sample_drawing *x, screen *s, arena *a, day today, err *e);
/* After draw_size: who is. BAD_INPUT when nobody may be. */
bool draw_pick(sample_drawing *x, text seed, arena *a, err *e);
/* "[{title, population, drawn}, …]" as a member `strata`, with the names of areas in `names`. */
bool draw_put_strata(json_out *w, const sample_drawing *x, store *names, arena *a, err *e);
/* The body of a SAMPLE entry, in which the whole list stands. */
typedef struct draw_said {
  uuid id;
  text title, seed;
  text subject; /* the id of what it is for; "": nothing */
} draw_said;
bool draw_put_body(json_out *w, const sample_drawing *x, const draw_said *said, store *names,
                   arena *a, err *e);

#endif
