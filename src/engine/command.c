/* The names of the verbs. */
#include "engine/command.h"

static const char *const names[] = {
#define X(upper, lower) #lower,
    VERBS(X)
#undef X
};

const char *verb_name(verb v) {
  return names[v];
}
