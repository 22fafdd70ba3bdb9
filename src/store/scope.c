/* Scopes: ranges of area codes. */
#include "store/scope.h"

#include <stdio.h>

#include "base/ident.h"

scope scope_all(void) {
  scope r = {.count = 1};
  memcpy(r.areas[0].lo, "000000000000", 13);
  memcpy(r.areas[0].hi, "999999999999", 13);
  return r;
}

static bool covered(const scope *r, const char *lo, const char *hi) {
  for (size_t i = 0; i < r->count; i++)
    if (strcmp(r->areas[i].lo, lo) <= 0 && strcmp(hi, r->areas[i].hi) <= 0) return true;
  return false;
}

bool scope_add(scope *r, const char *area) {
  char code[13], lo[13], hi[13];
  if (!area_code_check(text_of(area), code, NULL)) return true; /* an invalid area adds nothing */
  area_code_range(code, lo, hi);
  if (covered(r, lo, hi)) return true;
  if (r->count == SCOPE_MAX) return false;
  memcpy(r->areas[r->count].lo, lo, 13);
  memcpy(r->areas[r->count].hi, hi, 13);
  r->count++;
  return true;
}

bool scope_has(const scope *r, const char *area) {
  return covered(r, area, area);
}

scope scope_within(const scope *r, const char *area) {
  scope part = {0};
  char code[13], lo[13], hi[13];
  if (!area_code_check(text_of(area), code, NULL)) return part;
  area_code_range(code, lo, hi);
  if (covered(r, lo, hi)) {
    scope_add(&part, code);
    return part;
  }
  for (size_t i = 0; i < r->count; i++)
    if (strcmp(lo, r->areas[i].lo) <= 0 && strcmp(r->areas[i].hi, hi) <= 0)
      part.areas[part.count++] = r->areas[i];
  return part;
}

void scope_sql(buf *b, const scope *r, int *n) {
  if (r->count == 0) {
    buf_str(b, "0 = 1");
    return;
  }
  buf_char(b, '(');
  for (size_t i = 0; i < r->count; i++, *n += 2)
    buf_printf(b, "%sarea BETWEEN $%d AND $%d", i ? " OR " : "", *n, *n + 1);
  buf_char(b, ')');
}

void scope_bind(db_stmt *q, const scope *r, int *n) {
  for (size_t i = 0; i < r->count; i++, *n += 2) {
    db_bind_str(q, *n, r->areas[i].lo);
    db_bind_str(q, *n + 1, r->areas[i].hi);
  }
}
