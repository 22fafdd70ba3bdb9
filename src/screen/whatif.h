/* whatif.h — a question to a screen, read from the JSON of docs/api.md (SIMULATION).
 *
 * Knows screens and stores, nothing of requests. */
#ifndef JISHI_SCREEN_WHATIF_H
#define JISHI_SCREEN_WHATIF_H

#include "base/json.h"
#include "screen/screen.h"

enum { WHATIF_SETTINGS_MAX = 64, WHATIF_LIST_MAX = 500 };

typedef struct whatif {
  const pack *pack;
  day as_of;
  scope scope;       /* who may be counted */
  char area[13];     /* whose next level down is summed up … */
  bool villages;     /* … or its villages */
  setting *settings; /* in the reader's arena */
  size_t setting_count;
  const field *by;  /* NULL: no categories */
  const rule *only; /* sums of this rule alone; NULL: of all */
  rule_list list;   /* .rule NULL: none is asked for */
} whatif;

/* The pack of that name, the first for ""; NULL: none. */
const pack *whatif_pack(const catalog *packs, text name);

/* A JSON question; `seen` bounds it. Everything is checked; e->where names the member. */
bool whatif_read(const json *body, const catalog *packs, const scope *seen, day today, arena *a,
                 whatif *ret, err *e);
question whatif_question(const whatif *x); /* points into x */
/* The area whose parts are summed up when none was asked for: that of a single post, else the
 * county's. */
void whatif_base(const scope *seen, const char *county, char ret[13]);
const field *whatif_by(const pack *p, text name); /* a choice or yes/no field of a root kind */
const rule *whatif_rule(const pack *p, text name);
bool whatif_which(text word, which *ret);

#endif
