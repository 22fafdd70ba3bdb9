/* county.h — what fuzz targets need a county for: one of the orchard pack in a folder of its own,
 * with a garden, trees and events in it. The working directory is the build folder. */
#ifndef JISHI_TESTS_COUNTY_H
#define JISHI_TESTS_COUNTY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../unit/orchard.h"

/* So in the corpora, too: ids are counted. */
static orchard *fuzzed;
static const char *fuzzed_garden;

#define MUST(condition)                                                                            \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                              \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

/* Every refusal is a sentence in both languages, and no fault of ours. */
UNUSED static void must_be_told(const err *e) {
  MUST(e->code != ERR_NONE && e->code != ERR_INTERNAL);
  MUST(e->zh[0] && e->en[0]);
  MUST(text_valid_utf8(text_of(e->zh)) && text_valid_utf8(text_of(e->en)));
}

static void county_end(void) {
  orchard_free(fuzzed);
  orchard_drop_sqlite(NULL);
}

static void county_begin(const char *first_day) {
  if (orchard_use_sqlite(NULL) != 0) abort();
  fuzzed = orchard_new(first_day);
  fuzzed_garden = add_garden(fuzzed, "G1", NORTH, ",\"ill\":4,\"income\":90000");
  add_tree(fuzzed, fuzzed_garden, "t-1", ",\"pests\":[\"moth\"]");
  add_tree(fuzzed, fuzzed_garden, "t-2", "");
  add_event(fuzzed, "check", fuzzed_garden, first_day, "\"ill\":5");
  add_event(fuzzed, "sale", fuzzed_garden, first_day, "\"amount\":400000");
  atexit(county_end);
}

#endif
