#include "base/place.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const double PI = 3.14159265358979323846;
/* Krasovsky 1940, on which the shifted grid is defined. */
static const double AXIS = 6378245.0, ECCENTRICITY = 0.00669342162296594323;

static double waves(double a, double b) {
  return (20.0 * sin(6.0 * a * PI) + 20.0 * sin(2.0 * a * PI)) * 2.0 / 3.0 + b;
}

static double shift_lat(double x, double y) {
  double base = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(fabs(x));
  double along = (20.0 * sin(y * PI) + 40.0 * sin(y / 3.0 * PI)) * 2.0 / 3.0;
  double far_off = (160.0 * sin(y / 12.0 * PI) + 320.0 * sin(y * PI / 30.0)) * 2.0 / 3.0;
  return base + waves(x, 0) + along + far_off;
}

static double shift_lng(double x, double y) {
  double base = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(fabs(x));
  double along = (20.0 * sin(x * PI) + 40.0 * sin(x / 3.0 * PI)) * 2.0 / 3.0;
  double far_off = (150.0 * sin(x / 12.0 * PI) + 300.0 * sin(x / 30.0 * PI)) * 2.0 / 3.0;
  return base + waves(x, 0) + along + far_off;
}

place place_to_gcj02(place p) {
  double radians = p.lat / 180.0 * PI, s = 1 - ECCENTRICITY * sin(radians) * sin(radians);
  double lat = shift_lat(p.lng - 105.0, p.lat - 35.0), lng = shift_lng(p.lng - 105.0, p.lat - 35.0);
  lat = lat * 180.0 / (AXIS * (1 - ECCENTRICITY) / (s * sqrt(s)) * PI);
  lng = lng * 180.0 / (AXIS / sqrt(s) * cos(radians) * PI);
  return (place){p.lng + lng, p.lat + lat};
}

place place_from_gcj02(place g) {
  place p = g;
  for (int i = 0; i < 8; i++) {
    place there = place_to_gcj02(p);
    p.lng -= there.lng - g.lng;
    p.lat -= there.lat - g.lat;
  }
  return p;
}

static bool number(const char **at, double *ret) {
  char *end;
  *ret = strtod(*at, &end);
  if (end == *at) return false;
  *at = end;
  return true;
}

bool place_parse(text s, place *ret) {
  char own[80];
  s = text_trim(s);
  if (s.bytes == 0 || s.bytes >= sizeof own) return false;
  memcpy(own, s.at, s.bytes);
  own[s.bytes] = 0;
  static const char *const grids[] = {"WGS84", "WGS-84", "CGCS2000", "GCJ02", "GCJ-02"};
  enum { SHIFTED = 3 };
  const char *at = own;
  bool shifted = false;
  for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
    size_t n = strlen(grids[i]);
    if (strncasecmp(own, grids[i], n) != 0) continue;
    shifted = i >= SHIFTED;
    at = own + n;
    while (*at == ' ' || *at == ':') at++;
    break;
  }
  if (!number(&at, &ret->lng)) return false;
  while (*at == ' ' || *at == ',') at++;
  if (!number(&at, &ret->lat) || *at) return false;
  /* isfinite, too: no comparison holds of NaN */
  if (!(ret->lng >= -180 && ret->lng <= 180 && ret->lat >= -90 && ret->lat <= 90)) return false;
  if (shifted) *ret = place_from_gcj02(*ret);
  return true;
}

void place_format(const place *p, char ret[32]) {
  snprintf(ret, 32, "%.6f,%.6f", p->lng, p->lat);
}
