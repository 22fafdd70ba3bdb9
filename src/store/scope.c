/* Scopes: ranges of area codes. */
#include "store/scope.h"

#include <stdio.h>

#include "base/ident.h"
#include "store/rows/zones.h"
#include "store/store_internal.h"

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

static bool is_zone(const scope *r, size_t i) {
  return strcmp(r->areas[i].lo, r->areas[i].hi) == 0 && area_code_is_zone(r->areas[i].lo);
}

bool scope_has_zones(const scope *r) {
  for (size_t i = 0; i < r->count; i++)
    if (is_zone(r, i)) return true;
  return false;
}

bool scope_has_unit(struct store *s, const scope *r, const char *area, const uuid *root,
                    bool *ret_yes, err *e) {
  char zone[13];
  *ret_yes = scope_has(r, area);
  if (*ret_yes || !scope_has_zones(r)) return true;
  if (!store_zone_of(s, root, zone, e)) return false;
  *ret_yes = zone[0] && scope_has(r, zone);
  return true;
}

/* ---- in a statement ---- */

/* The roots that belong to a zone today, of all kinds that have one; false: no kind has. */
static bool roots_of_zone(const store *s, buf *b, const char *root, int n) {
  bool any = false;
  for (size_t i = 0; i < s->kind_count; i++) {
    const kind *k = s->kinds[i].kind;
    if (k->zone_field < 0) continue;
    if (any) buf_str(b, " UNION ALL ");
    if (!any) buf_printf(b, "%s IN (", root);
    any = true;
    buf_printf(b, "SELECT id FROM %s WHERE county = $1 AND f_%s BETWEEN $%d AND $%d",
               s->kinds[i].table.name, k->fields[k->zone_field].name, n, n + 1);
  }
  if (any) buf_char(b, ')');
  return any;
}

void scope_sql_on(const struct store *s, buf *b, const scope *r, scope_columns on, int *n) {
  if (r->count == 0) {
    buf_str(b, "0 = 1");
    return;
  }
  buf_char(b, '(');
  for (size_t i = 0; i < r->count; i++, *n += 2) {
    const char *column = on.area;
    if (i) buf_str(b, " OR ");
    if (is_zone(r, i) && on.zone)
      column = on.zone;
    else if (is_zone(r, i) && roots_of_zone(s, b, on.root, *n))
      continue;
    buf_printf(b, "%s BETWEEN $%d AND $%d", column, *n, *n + 1);
  }
  buf_char(b, ')');
}

void scope_sql(const struct store *s, buf *b, const scope *r, int *n) {
  scope_sql_on(s, b, r, (scope_columns){"area", "root", NULL}, n);
}

void scope_bind(db_stmt *q, const scope *r, int *n) {
  for (size_t i = 0; i < r->count; i++, *n += 2) {
    db_bind_str(q, *n, r->areas[i].lo);
    db_bind_str(q, *n + 1, r->areas[i].hi);
  }
}
