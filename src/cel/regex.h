/* regex.h — RE2 patterns on PCRE2: unanchored, linear in practice by limits; what RE2 lacks is
 * refused. */
#ifndef JISHI_CEL_REGEX_H
#define JISHI_CEL_REGEX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

enum {
  REGEX_PATTERN_MAX = 4096,
  REGEX_REPEAT_MAX = 1000,
  REGEX_QUICK_STEPS = 2000,   /* enough for nearly every match */
  REGEX_MATCH_STEPS = 200000, /* the most one match may take */
  REGEX_HEAP_KB = 4096
};

typedef struct regex regex; /* immutable; lives in its arena; may be used by many threads */

/* NULL with *e (BAD_EXPR, where = "") filled in. */
const regex *regex_compile(arena *a, text pattern, err *e);
/* 1 found, 0 not found, -1 more than `steps` of work. `a`: memory for the search only. */
int regex_find(const regex *r, arena *a, text s, uint32_t steps);

#endif
