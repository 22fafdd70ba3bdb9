/* Words of duties. */
#include "pack/model/duty.h"

static const char *const eaches[] = {"officer", "village", "town", "county"};
const char *duty_each_name(duty_each e) {
  return eaches[e];
}
