/* Duties: members of their sets, acts that count. */
#include "store/rows/duties.h"

#include "store/row.h"

static const uuid nobody;
/* A member is judged by where it was then. */
static const scope_columns of_member = {"area", "root", "zone"};

/* ---- members ---- */

const row_table store_table_member = {
    .name = "duty_member",
    .derived = true,
    .indexes = ROW_INDEXES("duty, area, root", "duty, owner, area, root"),
    ROW_COLUMNS(duty_member, ROW_UUID("root", duty_member, root, KEY),
                ROW_STR("duty", duty_member, duty, KEY), ROW_DAY("since", duty_member, since, KEY),
                ROW_OPTIONAL_DAY("until", duty_member, until, CHANGES),
                ROW_AREA("area", duty_member, area, CHANGES),
                ROW_AREA("zone", duty_member, zone, CHANGES),
                ROW_INT("least", duty_member, least, CHANGES),
                ROW_STR("owner", duty_member, owner, CHANGES))};

bool store_member_put(store *s, const duty_member *m, err *e) {
  return row_put(s, &store_table_member, m, e);
}

bool store_member_drop(store *s, const duty_member *m, err *e) {
  return row_remove(s, &store_table_member, m, e);
}

bool store_members_open(store *s, arena *a, const uuid *root, duty_member **ret, size_t *ret_count,
                        err *e) {
  db_stmt *q = row_select(s, &store_table_member, "root = $2 AND until IS NULL", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  return row_list(q, &store_table_member, a, ret, ret_count, e);
}

bool store_member_on(store *s, arena *a, const char *duty, const uuid *root, day on,
                     duty_member **ret, err *e) {
  size_t count = 0;
  db_stmt *q = row_select(s, &store_table_member,
                          "root = $2 AND duty = $3 AND since <= $4 AND (until IS NULL OR until > "
                          "$4) ORDER BY since DESC",
                          e);
  *ret = NULL;
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  db_bind_str(q, 3, duty);
  db_bind_int(q, 4, on);
  return row_list(q, &store_table_member, a, ret, &count, e) && (count || !(*ret = NULL));
}

/* ---- acts ---- */

const row_table store_table_act = {
    .name = "duty_day_count",
    .derived = true,
    .indexes = ROW_INDEXES("duty, officer, day"),
    ROW_COLUMNS(
        duty_day_count, ROW_STR("duty", duty_day_count, duty, KEY),
        ROW_UUID("root", duty_day_count, root, KEY), ROW_DAY("day", duty_day_count, on, KEY),
        ROW_UUID("officer", duty_day_count, officer, KEY),
        ROW_STR("part", duty_day_count, part, KEY), ROW_INT("n", duty_day_count, n, CHANGES))};

bool store_duty_count_put(store *s, const duty_day_count *x, err *e) {
  return x->n ? row_put(s, &store_table_act, x, e) : row_remove(s, &store_table_act, x, e);
}

bool store_duty_counts_clear(store *s, const char *duty, err *e) {
  db_stmt *q = sql_prepare(s, "DELETE FROM duty_day_count WHERE county = $1 AND duty = $2", e);
  if (!q) return false;
  db_bind_str(q, 2, duty);
  return db_run(q, e);
}

static void bind_key_uuid(db_stmt *q, int n, const uuid *u) {
  db_bind_blob(q, n, u->b, sizeof u->b); /* nil is a value here */
}

/* $2 duty, $3 on, $4-$5 days, $6-$7 cursor; then doers, owner or root, scope. */
static bool scan_text(const store *s, buf *b, const duty_query *x, int *n) {
  buf_str(b, "SELECT m.root, m.area, m.since, m.least, m.owner, a.part, a.n, a.day, a.officer");
  /* whose it was then: a look into the key */
  buf_str(b, x->by_owner ? ", (SELECT o.owner FROM duty_member o WHERE o.county = m.county AND "
                           "o.root = m.root AND o.duty = m.duty AND o.since <= a.day AND (o.until "
                           "IS NULL OR o.until > a.day))"
                         : ", NULL");
  buf_str(b, " FROM duty_member m LEFT JOIN duty_day_count a ON a.county = m.county AND a.duty = "
             "m.duty AND a.root = m.root AND a.day BETWEEN $4 AND $5");
  for (size_t i = 0; i < x->doer_count; i++, *n += 3)
    buf_printf(b, "%s(a.officer = $%d AND a.day BETWEEN $%d AND $%d)%s", i ? " OR " : " AND (", *n,
               *n + 1, *n + 2, i + 1 == x->doer_count ? ")" : "");
  buf_str(b, " WHERE m.county = $1 AND m.duty = $2 AND m.since <= $3 AND (m.until IS NULL OR "
             "m.until > $3) AND (m.area, m.root) > ($6, $7)");
  if (x->owner) buf_printf(b, " AND m.owner = $%d", (*n)++);
  if (!uuid_is_nil(&x->root)) buf_printf(b, " AND m.root = $%d", (*n)++);
  buf_str(b, " AND ");
  scope_sql_on(s, b, &x->scope, (scope_columns){"m.area", "m.root", "m.zone"}, n);
  buf_str(b, " ORDER BY m.area, m.root"); /* as the index has them: rows stream */
  return buf_ok(b);
}

static void scan_bind(db_stmt *q, const duty_query *x) {
  int n = 8;
  db_bind_str(q, 2, x->duty);
  db_bind_int(q, 3, x->on);
  db_bind_int(q, 4, x->from);
  db_bind_int(q, 5, x->to);
  db_bind_str(q, 6, x->has_after ? x->after_area : "");
  bind_key_uuid(q, 7, x->has_after ? &x->after_root : &nobody);
  for (size_t i = 0; i < x->doer_count; i++, n += 3) {
    bind_key_uuid(q, n, &x->doers[i].officer);
    db_bind_int(q, n + 1, x->doers[i].from);
    db_bind_int(q, n + 2, x->doers[i].to);
  }
  if (x->owner) db_bind_str(q, n++, x->owner);
  if (!uuid_is_nil(&x->root)) sql_bind_uuid(q, n++, &x->root);
  scope_bind(q, &x->scope, &n);
}

bool store_duty_scan(store *s, const duty_query *x, duty_taker take, void *context, err *e) {
  AUTO_BUF buf b = {0};
  int n = 8;
  if (!scan_text(s, &b, x, &n)) return err_memory(e);
  db_stmt *q = sql_prepare_buf(s, &b, e);
  int got;
  if (!q) return false;
  scan_bind(q, x);
  while ((got = db_next(q, e)) > 0) {
    duty_count c = {.root = sql_uuid(q, 0),
                    .since = (day)db_int(q, 2),
                    .least = db_int(q, 3),
                    .owner = db_text(q, 4),
                    .part = db_text(q, 5),
                    .n = db_null(q, 6) ? 0 : db_int(q, 6),
                    .last = sql_day(q, 7),
                    .officer = sql_uuid(q, 8),
                    .then = db_text(q, 9)};
    sql_area(q, 1, c.area);
    err why = {0};
    if (take(context, &c, &why)) continue;
    db_done(q);
    if (why.code == ERR_NONE) return true;
    if (e) *e = why;
    return false;
  }
  return got == 0;
}

bool store_duty_owners(store *s, arena *a, const duty_query *query, duty_owner_row **ret,
                       size_t *ret_count, err *e) {
  AUTO_BUF buf b = {0};
  int n = 4;
  buf_str(&b, "SELECT owner, min(area) FROM duty_member WHERE county = $1 AND duty = $2 AND since "
              "<= $3 AND (until IS NULL OR until > $3) AND owner <> '' AND ");
  scope_sql_on(s, &b, &query->scope, of_member, &n);
  buf_str(&b, " GROUP BY owner ORDER BY owner");
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  n = 4;
  db_bind_str(q, 2, query->duty);
  db_bind_int(q, 3, query->on);
  scope_bind(q, &query->scope, &n);
  duty_owner_row *rows = NULL;
  size_t count = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    duty_owner_row *more = ARENA_GROW(a, rows, count, &room, duty_owner_row);
    text owner = db_text(q, 0);
    const char *copy = more ? arena_copy(a, owner.at, owner.bytes) : NULL;
    if (!copy) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    rows[count].owner = copy;
    sql_area(q, 1, rows[count++].area);
  }
  *ret = rows;
  *ret_count = count;
  return got == 0;
}

bool store_duty_areas(store *s, arena *a, const duty_query *query, size_t digits, char (**out)[13],
                      size_t *ret_count, err *e) {
  AUTO_BUF buf b = {0};
  int n = 5;
  buf_str(&b, "SELECT DISTINCT substr(area, 1, $4) FROM duty_member WHERE county = $1 AND duty = "
              "$2 AND since <= $3 AND (until IS NULL OR until > $3) AND ");
  scope_sql_on(s, &b, &query->scope, of_member, &n);
  buf_str(&b, " ORDER BY 1");
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  n = 5;
  db_bind_str(q, 2, query->duty);
  db_bind_int(q, 3, query->on);
  db_bind_int(q, 4, (int64_t)digits);
  scope_bind(q, &query->scope, &n);
  typedef char code[13];
  code *rows = NULL;
  size_t rows_count = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    code *more = ARENA_GROW(a, rows, rows_count, &room, code);
    if (!more) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    text part = db_text(q, 0);
    memcpy(rows[rows_count], "000000000000", 13);
    if (part.bytes <= 12) memcpy(rows[rows_count], part.at, part.bytes);
    rows_count++;
  }
  *out = rows;
  *ret_count = rows_count;
  return got == 0;
}
