/* whatif_json.h — the answer of a screen summed up by area and category, and written as the JSON of
 * docs/api.md (SIMULATION); the command line writes the same. */
#ifndef JISHI_SCREEN_WHATIF_JSON_H
#define JISHI_SCREEN_WHATIF_JSON_H

#include "screen/whatif.h"

/* Sums of an answer for one rule: over everything, an area, or a category. */
typedef struct whatif_sum {
  tally now, then;
  int64_t enters, leaves;
} whatif_sum;
typedef struct whatif_part {
  char area[13];  /* of an area */
  label title;    /* of a category */
  whatif_sum *of; /* one a rule, in the answer's order */
} whatif_part;
typedef struct whatif_sums {
  whatif_sum *all; /* one a rule */
  whatif_part *areas, *categories;
  size_t area_count, category_count;
} whatif_sums;
/* At the level below `base`, or by village. False: memory, or a sum of money that no number holds.
 */
bool whatif_sum_up(const screen_answer *x, const char *base, bool villages, arena *a,
                   whatif_sums *ret, err *e);
bool whatif_sum_empty(const whatif_sum *s);

/* Asks and writes all of it. `names`: for titles and areas, of the same county. */
bool whatif_answer(const whatif *x, screen *s, store *names, arena *a, json_out *w, err *e);

#endif
