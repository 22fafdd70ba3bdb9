/* Whether a point lies in what was drawn: edges, corners, holes, several parts; and what is no
 * shape. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/shape.h"

#define SQUARE "[[0,0],[10,0],[10,10],[0,10],[0,0]]"
#define HOLE "[[4,4],[6,4],[6,6],[4,6],[4,4]]"
#define FAR_SQUARE "[[20,0],[30,0],[30,10],[20,10],[20,0]]"

static bool lies_in(const char *geojson, double x, double y) {
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  const shape *s = shape_parse(a, text_of(geojson), &e);
  if (!s) fail_msg("%s: %s", geojson, e.en);
  return shape_has(s, &(place){x, y});
}

static void a_polygon_has_its_points(void **state) {
  (void)state;
  const char *plain = "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "]}";
  assert_true(lies_in(plain, 5, 5));
  assert_true(lies_in(plain, 0, 0));
  assert_true(lies_in(plain, 10, 5));
  assert_true(lies_in(plain, 5, 10));
  assert_false(lies_in(plain, 10.000001, 5));
  assert_false(lies_in(plain, -0.000001, 0));
  assert_false(lies_in(plain, 5, 11));
  assert_false(lies_in(plain, -5, 0)); /* west of a corner, level with an edge */
  assert_false(lies_in(plain, -5, 10));
}

static void a_hole_is_outside_and_its_line_inside(void **state) {
  (void)state;
  const char *ring = "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "," HOLE "]}";
  assert_true(lies_in(ring, 1, 5));
  assert_false(lies_in(ring, 5, 5));
  assert_true(lies_in(ring, 4, 5));
  assert_true(lies_in(ring, 6, 6));
}

static void several_parts_and_a_feature(void **state) {
  (void)state;
  const char *two =
      "{\"type\":\"MultiPolygon\",\"coordinates\":[[" SQUARE "," HOLE "],[" FAR_SQUARE "]]}";
  assert_true(lies_in(two, 1, 1));
  assert_true(lies_in(two, 25, 5));
  assert_false(lies_in(two, 15, 5));
  assert_false(lies_in(two, 5, 5));
  assert_true(lies_in("{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Polygon\","
                      "\"coordinates\":[" SQUARE "]}}",
                      5, 5));
}

/* Points on a slanting line of six decimals: a rounding would put some on the wrong side. */
static void a_slanting_line_is_exact(void **state) {
  (void)state;
  const char *west = "{\"type\":\"Polygon\",\"coordinates\":[[[116.5,35.4],[116.500007,35.400003],"
                     "[116.5,35.400003],[116.5,35.4]]]}";
  const char *east = "{\"type\":\"Polygon\",\"coordinates\":[[[116.5,35.4],[116.500007,35.4],"
                     "[116.500007,35.400003],[116.5,35.4]]]}";
  for (int x = 0; x <= 7; x++)
    for (int y = 0; y <= 3; y++) {
      const place p = {116.5 + x * 1e-6, 35.4 + y * 1e-6};
      assert_int_equal(lies_in(west, p.lng, p.lat), 7 * y >= 3 * x);
      assert_int_equal(lies_in(east, p.lng, p.lat), 7 * y <= 3 * x);
    }
}

static void neighbours_leave_no_gap(void **state) {
  (void)state;
  const char *zigzag = "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[10,0],[10,4],[7,6],[10,8],"
                       "[10,10],[0,10],[0,0]]]}";
  const char *other = "{\"type\":\"Polygon\",\"coordinates\":[[[10,0],[20,0],[20,10],[10,10],"
                      "[10,8],[7,6],[10,4],[10,0]]]}";
  for (double x = 0; x <= 20; x += 0.5)
    for (double y = 0; y <= 10; y += 0.5)
      assert_true(lies_in(zigzag, x, y) || lies_in(other, x, y));
  assert_false(lies_in(zigzag, 9, 6));
  assert_true(lies_in(other, 9, 6));
}

static void what_is_no_shape_is_told(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",
      "7",
      "{}",
      "{\"type\":\"Point\",\"coordinates\":[1,2]}",
      "{\"type\":\"Polygon\"}",
      "{\"type\":\"Polygon\",\"coordinates\":[]}",
      "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,1],[0,0]]]}",
      "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,1]]]}",
      "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,91],[0,0]]]}",
      "{\"type\":\"Polygon\",\"coordinates\":[[[0],[1,0],[1,1],[0,0]]]}",
      "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[\"1\",0],[1,1],[0,0]]]}",
      "{\"type\":\"MultiPolygon\",\"coordinates\":[]}",
      "{\"type\":\"MultiPolygon\",\"coordinates\":[[]]}",
      "{\"type\":\"Feature\",\"geometry\":null}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    arena *a AUTO_ARENA = arena_new(0);
    err e = {0};
    if (shape_parse(a, text_of(bad[i]), &e)) fail_msg("%s", bad[i]);
    assert_int_equal(e.code, ERR_BAD_INPUT);
    assert_string_equal(e.where, "shape");
  }
}

int main(void) {
  const struct CMUnitTest all[] = {cmocka_unit_test(a_polygon_has_its_points),
                                   cmocka_unit_test(a_hole_is_outside_and_its_line_inside),
                                   cmocka_unit_test(several_parts_and_a_feature),
                                   cmocka_unit_test(a_slanting_line_is_exact),
                                   cmocka_unit_test(neighbours_leave_no_gap),
                                   cmocka_unit_test(what_is_no_shape_is_told)};
  return cmocka_run_group_tests(all, NULL, NULL);
}
