/* Points on the map, in the grids that people have them in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <cmocka.h>

#include "base/place.h"

static void near(double a, double b, double by) {
  if (!(fabs(a - b) <= by)) fail_msg("%.9f is not near %.9f", a, b);
}

/* A published pair of the two grids. */
static void shifted_grid(void **state) {
  (void)state;
  const place wgs84 = {116.404, 39.915}, gcj02 = {116.41024449916938, 39.91640428150164};
  place there = place_to_gcj02(wgs84), back = place_from_gcj02(gcj02);
  near(there.lng, gcj02.lng, 1e-9);
  near(there.lat, gcj02.lat, 1e-9);
  near(back.lng, wgs84.lng, 1e-9);
  near(back.lat, wgs84.lat, 1e-9);
}

static void there_and_back(void **state) {
  (void)state;
  for (double lng = 74; lng < 135; lng += 3.7)
    for (double lat = 18; lat < 53; lat += 2.9) {
      place p = place_from_gcj02(place_to_gcj02((place){lng, lat}));
      near(p.lng, lng, 1e-8);
      near(p.lat, lat, 1e-8);
    }
}

static void written(void **state) {
  (void)state;
  static const struct {
    const char *written, *kept; /* NULL: refused */
  } cases[] = {{"116.6251,35.4302", "116.625100,35.430200"},
               {" 116.6251  35.4302 ", "116.625100,35.430200"},
               {"CGCS2000 116.6251,35.4302", "116.625100,35.430200"},
               {"wgs84: 116.6251, 35.4302", "116.625100,35.430200"},
               {"GCJ02 116.41024449916938,39.91640428150164", "116.404000,39.915000"},
               {"gcj-02 116.41024449916938,39.91640428150164", "116.404000,39.915000"},
               {"-180,-90", "-180.000000,-90.000000"},
               {"116.6251", NULL},
               {"35.4302,116.6251", NULL}, /* the other way round */
               {"116.6251,35.4302,3", NULL},
               {"181,0", NULL},
               {"nan,nan", NULL},
               {"inf,0", NULL},
               {"BD09 116.6,35.4", NULL},
               {"", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    place p;
    char own[32];
    bool read = place_parse(text_of(cases[i].written), &p);
    if (read != (cases[i].kept != NULL)) fail_msg("%s", cases[i].written);
    if (!read) continue;
    place_format(&p, own);
    assert_string_equal(own, cases[i].kept);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(shifted_grid),
                                     cmocka_unit_test(there_and_back), cmocka_unit_test(written)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
