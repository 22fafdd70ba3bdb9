/* duration_views.h — durations as JSON: their terms, what they come to, one spell. */
#ifndef JISHI_HTTP_DURATION_VIEWS_H
#define JISHI_HTTP_DURATION_VIEWS_H

#include "base/json.h"
#include "screen/screen.h"

/* "duration": natural or working days, and the limit as of a day. */
void duration_put_terms(json_out *w, const pack *p, const duration *d, day on);
/* "value" (the median) and "sums"; out of memory: those of nothing, and `w` fails later. */
void duration_put_sums(arena *a, json_out *w, const spell *const *items, size_t count);
void duration_put_spell(json_out *w, const spell *y); /* all but its subject */

#endif
