/* whatif.h — a question to a screen and its answer as the JSON of docs/api.md (SIMULATION); the
 * command line writes the same.
 *
 * Knows screens and stores, nothing of requests. */
#ifndef JISHI_HTTP_WHATIF_H
#define JISHI_HTTP_WHATIF_H

#include "base/json.h"
#include "screen/screen.h"

enum { WHATIF_SETTINGS_MAX = 64, WHATIF_LIST_MAX = 500 };

typedef struct whatif {
  const pack *pack;
  day as_of;
  reach reach;       /* who may be counted */
  char area[13];     /* whose next level down is summed up … */
  bool villages;     /* … or its villages */
  setting *settings; /* in the reader's arena */
  size_t setting_count;
  const field *by;  /* NULL: no categories */
  const rule *rule; /* of the list; NULL: none is asked for */
  which which;
  int64_t cursor;
  size_t limit;
} whatif;

/* A JSON question; `seen` bounds it. Everything is checked; e->place names the member. */
bool whatif_read(const json *body, const catalog *packs, const reach *seen, day today, arena *a,
                 whatif *out, err *e);
question whatif_question(const whatif *x); /* points into x */
/* The area whose parts are summed up when none was asked for: that of a single post, else the
 * county's. */
void whatif_base(const reach *seen, const char *county, char out[13]);
const field *whatif_by(const pack *p, text name); /* a choice or yes/no field of a root kind */
const rule *whatif_rule(const pack *p, text name);
bool whatif_which(text word, which *out);

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
                   whatif_sums *out, err *e);
bool whatif_sum_empty(const whatif_sum *s);

/* Asks and writes all of it. `names`: for titles and areas, of the same county. */
bool whatif_answer(const whatif *x, screen *s, store *names, arena *a, json_out *w, err *e);

#endif
