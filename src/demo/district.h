/* district.h — an invented district while it is being made: areas, officers, units drawn again
 * whenever they are needed. */
#ifndef JISHI_DEMO_DISTRICT_H
#define JISHI_DEMO_DISTRICT_H

#include "demo/demo.h"
#include "demo/recipe.h"
#include "packtest/act.h"

typedef struct demo_officer {
  uuid id;
  post post;
  const char *name, *login;
} demo_officer;

typedef struct district {
  engine *g;
  const char *location;
  arena *a;
  const demo_config *config;
  const recipe *recipe; /* the one at work */
  uint64_t seed;        /* of this recipe */
  day first_day, last_day;
  const area *areas;
  size_t area_count;
  const area **villages;
  int64_t *weights; /* of the villages, summed up from the left */
  size_t village_count;
  demo_officer *officers;
  size_t officer_count, officer_room;
  demo_result *result;
} district;

/* One record as it was drawn. */
typedef struct drawn {
  const recipe_sheet *sheet;
  const char *area; /* where it is */
  value *slots;
  value whole; /* as an open record */
} drawn;
typedef struct drawn_unit {
  const subject_recipe *of;
  size_t subject; /* index of `of` */
  int64_t number; /* from 1 */
  uuid root;
  const area *village;
  day since; /* registered */
  drawn self;
  drawn **children; /* by child recipe */
  size_t *child_counts;
} drawn_unit;

enum { CHILDREN_MAX = 30 };

/* Draws a unit: the same one each time. `again`: other numbers for the children, after a key was
 * taken. */
bool unit_draw(const district *d, arena *a, size_t subject, int64_t number, uint64_t again,
               drawn_unit *ret, err *e);
bool unit_is_early(const subject_recipe *s); /* registered before those that may refer to it */
uuid unit_child_id(const drawn_unit *u, size_t child_recipe, size_t which);
/* A form about the unit or one of its children, on a day. */
typedef struct form_recipe {
  const recipe_sheet *sheet;
  int child; /* index of the child recipe; -1: the root */
  size_t which;
  day on;
} form_recipe;
/* Draws the answers over the unit's records as JSON. */
bool unit_form(const district *d, arena *a, const drawn_unit *u, const form_recipe *of, dice *dice,
               const json **ret_form, err *e);
/* A drawing over a record that was drawn, to throw its conditions and numbers. */
drawing unit_drawing(const district *d, arena *a, const drawn *of, int64_t number, dice *dice,
                     err *e);
bool drawn_form(arena *a, const drawn *r, const json **ret_form, err *e);

int64_t district_ms(day d, int64_t of_day_ms);
bool district_zones(district *d, err *e); /* adds those of the recipe */
/* Draws the samples of the recipe on the last day, and records the visits there were. */
bool district_samples(district *d, err *e);
bool district_villages(district *d, err *e);
/* Officers of the recipe, with the one password, and how to sign in. */
bool district_officers(district *d, err *e);
/* The officer of that role who has the unit's zone, or is nearest to its area; the system when the
 * recipe has none. */
actor district_officer(const district *d, text role, const drawn_unit *u, int64_t which);

int64_t district_officer_count(const district *d, text role);
const demo_officer *district_officer_of(const district *d, text role, int64_t nth); /* from 1 */
const demo_officer *district_officer_at(const district *d, text role, const char *area,
                                        int64_t which); /* NULL: none */

/* On one day in this order; the numbers are part of what the dice are thrown for. */
typedef enum planned_type { PLANNED_UNIT, PLANNED_EVENT, PLANNED_STEP } planned_type;

/* What is to happen, in order of time. */
typedef struct planned {
  int64_t at_ms;
  int32_t number;   /* of the unit */
  uint8_t district; /* index of its recipe */
  uint8_t type;     /* a planned_type */
  uint16_t subject; /* index within the recipe */
  uint16_t what;    /* event; story */
  uint16_t nth;     /* which time; step */
  uint16_t child;   /* which child an event is about, from 0 */
} planned;
typedef struct plan {
  planned *items; /* owned */
  size_t count, room;
} plan;
/* Adds what one recipe lets happen. */
bool plan_write(const district *d, size_t district_index, plan *p, err *e);
void plan_sort(plan *p);
void plan_release(plan *p);

#endif
