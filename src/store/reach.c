#include "store/reach.h"

#include "store/sql.h"

static bool part_has(const reach_part *x, const kind *k) {
  for (size_t i = 0; i < x->kind_count; i++)
    if (x->kinds[i] == k) return true;
  return false;
}

static const kind *root_of(const reach_part *x, const kind *k) {
  return k->parent < 0 ? k : &x->pack->kinds[k->parent];
}

bool reach_has_kind(const reach *r, const kind *k) {
  bool has = r->everything;
  for (size_t i = 0; i < r->count && !has; i++) has = part_has(&r->parts[i], k);
  return has;
}

/* ---- assigned ---- */

/* "SELECT root FROM …": the units of a root kind that are somebody's on the reach's day; his key is
 * $n. */
static void assigned_sql(buf *b, const pack *p, const kind *root, day today, int n) {
  const kind *in = &p->kinds[root->assigned_in];
  buf_printf(b, "SELECT root FROM subject_%s WHERE county = $1 AND withdrawn = 0 AND f_%s = $%d",
             in->name, in->fields[root->assigned_by].name, n);
  if (in->end_date_field < 0) return;
  const char *end = in->fields[in->end_date_field].name;
  buf_printf(b, " AND (f_%s IS NULL OR f_%s > %d)", end, end, (int)today);
}

static bool is_assigned(store *s, const reach *r, const reach_part *x, const kind *root_kind,
                        const uuid *root, bool *ret_yes, err *e) {
  AUTO_BUF buf b = {0};
  *ret_yes = false;
  if (!x->self[0]) return true;
  assigned_sql(&b, x->pack, root_kind, r->today, 2);
  buf_str(&b, " AND root = $3 LIMIT 1");
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  db_bind_str(q, 2, x->self);
  sql_bind_uuid(q, 3, root);
  int got = db_next(q, e);
  if (got > 0) db_done(q);
  *ret_yes = got > 0;
  return got >= 0;
}

bool reach_sees(store *s, const reach *r, const kind *k, const uuid *root, const char *area,
                bool *ret_yes, err *e) {
  *ret_yes = r->everything;
  for (size_t i = 0; i < r->count && !*ret_yes; i++) {
    const reach_part *x = &r->parts[i];
    if (!part_has(x, k)) continue;
    if (!scope_has_unit(s, &x->scope, area, root, ret_yes, e)) return false;
    if (*ret_yes && x->self && !is_assigned(s, r, x, root_of(x, k), root, ret_yes, e)) return false;
  }
  return true;
}

/* ---- in a statement ---- */

static void put_name(buf *b, size_t *count, const char *name) {
  buf_printf(b, "%s'%s'", (*count)++ ? ", " : "", name);
}

static void event_names(buf *b, const reach_part *x, size_t *n) {
  for (size_t i = 0; i < x->pack->event_count; i++)
    if (part_has(x, &x->pack->kinds[x->pack->events[i].about]))
      put_name(b, n, x->pack->events[i].name);
}

static void measure_names(buf *b, const reach_part *x, size_t *n) {
  for (size_t i = 0; i < x->pack->measure_count; i++)
    if (part_has(x, &x->pack->kinds[x->pack->measures[i].of]))
      put_name(b, n, x->pack->measures[i].name);
}

static void follow_up_names(buf *b, const reach_part *x, size_t *n) {
  for (size_t i = 0; i < x->pack->follow_up_count; i++)
    if (part_has(x, &x->pack->kinds[x->pack->follow_ups[i].of]))
      put_name(b, n, x->pack->follow_ups[i].name);
}

static void kind_names(buf *b, const reach_part *x, size_t *n) {
  for (size_t i = 0; i < x->kind_count; i++) put_name(b, n, x->kinds[i]->name);
}

static void names_sql(buf *b, const reach_part *x, reach_by by) {
  size_t n = 0;
  buf_printf(b, "%s IN (", by == REACH_FOLLOW_UP ? "name" : "kind");
  if (by == REACH_KIND) kind_names(b, x, &n);
  if (by == REACH_EVENT) event_names(b, x, &n);
  if (by == REACH_MEASURE) measure_names(b, x, &n);
  if (by == REACH_FOLLOW_UP) follow_up_names(b, x, &n);
  buf_str(b, n ? ")" : "'')");
}

static void roots_sql(buf *b, const reach_part *x) {
  size_t n = 0;
  buf_char(b, '(');
  for (size_t i = 0; i < x->kind_count; i++)
    if (x->kinds[i]->parent < 0)
      buf_printf(
          b, "%sEXISTS (SELECT 1 FROM subject_%s y WHERE y.county = $1 AND y.id = journal.root)",
          n++ ? " OR " : "", x->kinds[i]->name);
  buf_str(b, n ? ")" : "0 = 1)");
}

/* A part with `self` holds one root kind and its children. */
static void part_sql(const store *s, buf *b, const reach *r, const reach_part *x, int *n) {
  scope_sql(s, b, &x->scope, n);
  if (!x->self) return;
  buf_str(b, " AND root IN (");
  assigned_sql(b, x->pack, root_of(x, x->kinds[0]), r->today, (*n)++);
  buf_char(b, ')');
}

void reach_sql(const store *s, buf *b, const reach *r, reach_by by, int *n) {
  if (!r || r->everything) return;
  buf_str(b, " AND (0 = 1");
  for (size_t i = 0; i < r->count; i++) {
    buf_str(b, " OR (");
    if (by == REACH_ROOT)
      roots_sql(b, &r->parts[i]);
    else
      names_sql(b, &r->parts[i], by);
    buf_str(b, " AND ");
    part_sql(s, b, r, &r->parts[i], n);
    buf_char(b, ')');
  }
  buf_char(b, ')');
}

void reach_sql_kind(const store *s, buf *b, const reach *r, const kind *k, int *n) {
  if (!r || r->everything) return;
  buf_str(b, " AND (0 = 1");
  for (size_t i = 0; i < r->count; i++) {
    if (!part_has(&r->parts[i], k)) continue;
    buf_str(b, " OR (");
    part_sql(s, b, r, &r->parts[i], n);
    buf_char(b, ')');
  }
  buf_char(b, ')');
}

static void part_bind(db_stmt *q, const reach_part *x, int *n) {
  scope_bind(q, &x->scope, n);
  if (x->self) db_bind_str(q, (*n)++, x->self[0] ? x->self : "\n"); /* nobody's key */
}

void reach_bind(db_stmt *q, const reach *r, int *n) {
  if (!r || r->everything) return;
  for (size_t i = 0; i < r->count; i++) part_bind(q, &r->parts[i], n);
}

void reach_bind_kind(db_stmt *q, const reach *r, const kind *k, int *n) {
  if (!r || r->everything) return;
  for (size_t i = 0; i < r->count; i++)
    if (part_has(&r->parts[i], k)) part_bind(q, &r->parts[i], n);
}
