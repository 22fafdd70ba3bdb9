/* Fuzzes the shapes of zones: a GeoJSON that is refused is refused with a sentence, one that is
 * taken answers for points on, inside and far outside of it. */
#include "base/shape.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  static const char *const points[] = {"108.1,30.0", "108.15,30.05", "-180,-90", "180,90", "0,0"};
  arena *a AUTO_ARENA = arena_new(64 << 20);
  err e = {0};
  if (!a) return 0;
  const shape *s = shape_parse(a, (text){(const char *)data, bytes}, &e);
  if (!s) {
    if (e.code != ERR_BAD_INPUT && e.code != ERR_TOO_LARGE && e.code != ERR_BAD_JSON) abort();
    if (!e.zh[0] || !e.en[0]) abort();
    return 0;
  }
  for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
    place p;
    if (place_parse(text_of(points[i]), &p)) shape_has(s, &p);
  }
  return 0;
}
