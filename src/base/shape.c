#include "base/shape.h"

#include "base/json.h"
#include "base/label.h"

#include <math.h>

enum { RING_POINTS_LEAST = 4 };

typedef struct point {
  int64_t x, y; /* billionths of a degree */
} point;

typedef struct ring {
  point *points; /* the last is the first again */
  size_t count;
} ring;

typedef struct polygon {
  ring *rings; /* the outer one, then its holes */
  size_t count;
  point least, most;
} polygon;

struct shape {
  polygon *polygons;
  size_t count;
};

static bool refuse(err *e, label why) {
  return err_set(e, ERR_BAD_INPUT, "shape", "%s", "%s", LABEL(why));
}

/* ---- reading ---- */

/* Nine decimals of a degree fit a double whole. */
static int64_t billionths(double degrees) {
  return llround(degrees * 1e9);
}

static bool is_number(const json *j) {
  return j->type == JSON_INT || j->type == JSON_NUMBER;
}

static bool read_point(const json *j, point *ret, err *e) {
  const bool pair =
      j->type == JSON_LIST && j->count >= 2 && is_number(&j->items[0]) && is_number(&j->items[1]);
  const double x = pair ? json_double(&j->items[0]) : NAN;
  const double y = pair ? json_double(&j->items[1]) : NAN;
  if (!(x >= -180 && x <= 180 && y >= -90 && y <= 90))
    return refuse(e, (label){"边界的每个点要写成 [经度, 纬度]，例如 [116.6251, 35.4302]。",
                             "Each point of a shape is [longitude, latitude], such as "
                             "[116.6251, 35.4302]."});
  *ret = (point){billionths(x), billionths(y)};
  return true;
}

static bool read_ring(arena *a, const json *j, ring *ret, err *e) {
  const size_t n = j->type == JSON_LIST ? j->count : 0;
  ret->points = ARENA_ARRAY(a, n + 1, point);
  if (!ret->points) return err_memory(e);
  for (; ret->count < n; ret->count++)
    if (!read_point(&j->items[ret->count], &ret->points[ret->count], e)) return false;
  if (n >= RING_POINTS_LEAST && ret->points[0].x == ret->points[n - 1].x &&
      ret->points[0].y == ret->points[n - 1].y)
    return true;
  return refuse(e,
                (label){"边界的每一圈至少三个不同的点，最后再回到第一个点。",
                        "A ring of a shape has three points at least, and ends where it began."});
}

static bool read_polygon(arena *a, const json *j, polygon *ret, err *e) {
  const size_t n = j && j->type == JSON_LIST ? j->count : 0;
  if (n == 0) return refuse(e, (label){"边界里没有点。", "The shape has no points."});
  ret->rings = ARENA_ARRAY(a, n, ring);
  if (!ret->rings) return err_memory(e);
  for (; ret->count < n; ret->count++)
    if (!read_ring(a, &j->items[ret->count], &ret->rings[ret->count], e)) return false;
  ret->least = ret->most = ret->rings[0].points[0];
  for (size_t i = 1; i < ret->rings[0].count; i++) {
    const point p = ret->rings[0].points[i];
    if (p.x < ret->least.x) ret->least.x = p.x;
    if (p.y < ret->least.y) ret->least.y = p.y;
    if (p.x > ret->most.x) ret->most.x = p.x;
    if (p.y > ret->most.y) ret->most.y = p.y;
  }
  return true;
}

static bool read_polygons(arena *a, const json *map, shape *ret, err *e) {
  const text type = json_text(map, "type");
  const json *all = json_get(map, "coordinates");
  const bool several = text_is(type, "MultiPolygon");
  if (!several && !text_is(type, "Polygon"))
    return refuse(e, (label){"边界要是 GeoJSON 的 Polygon 或 MultiPolygon。",
                             "A shape is a GeoJSON Polygon or MultiPolygon."});
  const size_t n = several ? all && all->type == JSON_LIST ? all->count : 0 : 1;
  if (n == 0) return refuse(e, (label){"边界里没有点。", "The shape has no points."});
  ret->polygons = ARENA_ARRAY(a, n, polygon);
  if (!ret->polygons) return err_memory(e);
  for (; ret->count < n; ret->count++)
    if (!read_polygon(a, several ? &all->items[ret->count] : all, &ret->polygons[ret->count], e))
      return false;
  return true;
}

shape *shape_parse(arena *a, text geojson, err *e) {
  if (geojson.bytes > SHAPE_BYTES_MAX) {
    refuse(e, (label){"边界太细，请减少点数。", "The shape has too many points; simplify it."});
    return NULL;
  }
  shape *s = ARENA_NEW(a, shape);
  const json *map = json_parse(a, geojson, NULL);
  if (!s) return err_memory(e), NULL;
  if (text_is(json_text(map, "type"), "Feature")) map = json_get(map, "geometry");
  return read_polygons(a, map, s, e) ? s : NULL;
}

/* ---- a point ---- */

typedef enum side { OUTSIDE, ON_LINE, INSIDE } side;

static bool between(int64_t v, int64_t a, int64_t b) {
  return (a <= v && v <= b) || (b <= v && v <= a);
}

/* A ray to the east crosses the ring an odd number of times from inside. */
static side side_of(const ring *r, point p) {
  bool inside = false;
  for (size_t i = 1; i < r->count; i++) {
    const point a = r->points[i - 1], b = r->points[i];
    const __int128 turn = (__int128)(b.x - a.x) * (p.y - a.y) - (__int128)(b.y - a.y) * (p.x - a.x);
    if (turn == 0 && between(p.x, a.x, b.x) && between(p.y, a.y, b.y)) return ON_LINE;
    if ((a.y > p.y) != (b.y > p.y) && (b.y > a.y ? turn > 0 : turn < 0)) inside = !inside;
  }
  return inside ? INSIDE : OUTSIDE;
}

static bool polygon_has(const polygon *g, point p) {
  if (p.x < g->least.x || p.x > g->most.x || p.y < g->least.y || p.y > g->most.y) return false;
  const side outer = side_of(&g->rings[0], p);
  if (outer != INSIDE) return outer == ON_LINE;
  for (size_t i = 1; i < g->count; i++)
    if (side_of(&g->rings[i], p) == INSIDE) return false;
  return true;
}

bool shape_has(const shape *s, const place *p) {
  const point own = {billionths(p->lng), billionths(p->lat)};
  for (size_t i = 0; i < s->count; i++)
    if (polygon_has(&s->polygons[i], own)) return true;
  return false;
}
