/* Words of rules. */
#include "pack/model/rule.h"

const char *colour_name(int64_t c) {
  return c == COLOUR_RED ? "red" : c == COLOUR_YELLOW ? "yellow" : "green";
}
