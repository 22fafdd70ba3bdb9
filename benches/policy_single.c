/* One household after one write: every rule about it and its members, as the engine evaluates them;
 * and what it takes to make programs of the expressions. */
#include "policy.h"

bool single_write(const subject_matter *m, const char *path, size_t households) {
  (void)m, (void)path, (void)households;
  return false;
}
double single_run(double seconds) {
  return seconds - seconds - 1;
}
double compile_run(const subject_matter *m, double seconds, size_t *expressions) {
  (void)m, (void)expressions;
  return seconds - seconds - 1;
}
