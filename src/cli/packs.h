/* packs.h — packs as people name them: a folder, or the name of one that comes with the program.
 *
 * The file packs/default has a name a line: those that a new county gets when none is named. */
#ifndef JISHI_CLI_PACKS_H
#define JISHI_CLI_PACKS_H

#include "cli/options.h"
#include "cli/speak.h"

enum { PACKS_GIVEN_MAX = 8 };

typedef struct packs_chosen {
  const char *folders[PACKS_GIVEN_MAX];
  size_t count;
} packs_chosen;

/* The folder that the word means. NULL: neither; those there are, are kept for say_error. */
const char *pack_given(arena *a, const char *word, err *e);
/* Those of --pack; without it the default ones, and behind them, with `all`, every other one that
 * comes with the program. */
bool packs_given(arena *a, const options *o, bool all, packs_chosen *ret, err *e);

#endif
