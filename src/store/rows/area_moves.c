/* Units go to another area. */
#include "store/rows/area_moves.h"

#include <inttypes.h>

#include "store/row.h"
#include "store/rows/schema.h"
#include "store/store_internal.h"

/* Which rows move: $2 is the root, or the area that all leave; $3 is where they go. */
static const char *moved_where(const area_move *m) {
  return m->root ? "root = $2" : "area = $2";
}

static bool run(store *s, const area_move *m, buf *b, err *e) {
  db_stmt *q = sql_prepare_buf(s, b, e);
  if (!q) return false;
  if (m->root)
    sql_bind_uuid(q, 2, m->root);
  else
    db_bind_str(q, 2, m->from);
  db_bind_str(q, 3, m->to);
  return db_run(q, e);
}

static bool remember(store *s, const area_move *m, const char *table, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b,
             "INSERT INTO past_area (county, root, seq, area, until) SELECT county, root, "
             "%" PRId64 ", area, %d FROM %s WHERE county = $1 AND %s AND area <> $3",
             m->seq, (int)m->on, table, moved_where(m));
  return run(s, m, &b, e);
}

static bool move_rows(store *s, const area_move *m, const char *table, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b, "UPDATE %s SET area = $3 WHERE county = $1 AND %s", table, moved_where(m));
  return run(s, m, &b, e);
}

/* A root is evaluated again: its rules may ask where it is. */
static bool move_roots(store *s, const area_move *m, const char *table, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b, "UPDATE %s SET area = $3, next_evaluation = %d WHERE county = $1 AND %s", table,
             (int)m->today, moved_where(m));
  return (!m->seq || remember(s, m, table, e)) && run(s, m, &b, e);
}

/* On the days before today they were members there: those rows end, and others begin. */
static bool move_members(store *s, const area_move *m, err *e) {
  AUTO_BUF buf add = {0};
  AUTO_BUF buf end = {0};
  AUTO_BUF buf rest = {0};
  buf_printf(&add,
             "INSERT INTO duty_member (county, root, duty, since, until, area, zone, least, owner) "
             "SELECT county, root, duty, %d, NULL, $3, zone, least, owner FROM duty_member WHERE "
             "county = $1 AND "
             "%s AND until IS NULL AND since < %d AND area <> $3",
             (int)m->today, moved_where(m), (int)m->today);
  buf_printf(&end,
             "UPDATE duty_member SET until = %d WHERE county = $1 AND %s AND until IS NULL AND "
             "since < %d AND area <> $3",
             (int)m->today, moved_where(m), (int)m->today);
  buf_printf(&rest, "UPDATE duty_member SET area = $3 WHERE county = $1 AND %s AND until IS NULL",
             moved_where(m));
  return run(s, m, &add, e) && run(s, m, &end, e) && run(s, m, &rest, e);
}

/* Of conditions that cover the village, those that still hold. */
static bool move_conditions(store *s, const area_move *m, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b,
             "UPDATE condition_day SET lo = $3, hi = $3 WHERE county = $1 AND %s AND lo = hi AND "
             "lo <> '' AND until >= %d",
             m->root ? "root = $2" : "lo = $2", (int)m->today);
  return run(s, m, &b, e);
}

static bool has_column(const row_table *t, const char *name) {
  for (size_t i = 0; i < t->count; i++)
    if (strcmp(t->columns[i].name, name) == 0) return true;
  return false;
}

/* Every table that says of a root where it is: the journal stays as it was written. */
static bool follows_root(const row_table *t) {
  return t->derived && has_column(t, "area") && has_column(t, "root") &&
         strcmp(t->name, "past_area") != 0 && strcmp(t->name, "duty_member") != 0;
}

bool store_area_move(store *s, const area_move *m, err *e) {
  if (!move_members(s, m, e) || !move_conditions(s, m, e)) return false;
  for (size_t i = 0; i < s->kind_count; i++) {
    const char *table = s->kinds[i].table.name;
    if (s->kinds[i].kind->parent < 0 ? !move_roots(s, m, table, e) : !move_rows(s, m, table, e))
      return false;
  }
  for (size_t i = 0; store_tables[i]; i++)
    if (follows_root(store_tables[i]) && !move_rows(s, m, store_tables[i]->name, e)) return false;
  for (size_t i = 0; i < s->event_count; i++)
    if (!move_rows(s, m, s->events[i].table.name, e)) return false;
  return true;
}
