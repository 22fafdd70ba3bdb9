/* summaries.h — events made of other events, one a period. */
#ifndef JISHI_ENGINE_RULES_SUMMARIES_H
#define JISHI_ENGINE_RULES_SUMMARIES_H

#include "engine/context.h"

/* x came or went: the summaries that are made of it. */
bool summaries_mark(work *w, const event *x, err *e);
/* Makes the marked ones of a unit, and those made of them. */
bool summaries_make(work *w, const uuid *root, err *e);
bool summaries_again(work *w, const pack *p, err *e); /* all of a pack's */

#endif
