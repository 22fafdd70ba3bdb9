/* Units and their zones. */
#include "store/rows/zones.h"

#include "store/store_internal.h"

void record_zone(const record *root, char ret[13]) {
  const value *v = root->kind->zone_field < 0 ? NULL : &root->fields[root->kind->zone_field];
  ret[0] = 0;
  if (v && v->type == VALUE_STRING && v->s.bytes == AREA_DIGITS) {
    memcpy(ret, v->s.at, AREA_DIGITS);
    ret[AREA_DIGITS] = 0;
  }
}

bool store_zone_of(store *s, const uuid *root, char ret[13], err *e) {
  ret[0] = 0;
  for (size_t i = 0; i < s->kind_count && !ret[0]; i++) {
    const kind *k = s->kinds[i].kind;
    AUTO_BUF buf b = {0};
    if (k->zone_field < 0) continue;
    buf_printf(&b, "SELECT f_%s FROM %s WHERE county = $1 AND id = $2",
               k->fields[k->zone_field].name, s->kinds[i].table.name);
    db_stmt *q = sql_prepare_buf(s, &b, e);
    if (!q) return false;
    sql_bind_uuid(q, 2, root);
    const int got = db_next(q, e);
    if (got < 0) return false;
    if (got > 0 && !db_null(q, 0)) sql_area(q, 0, ret);
    if (got > 0) db_done(q);
  }
  return true;
}
