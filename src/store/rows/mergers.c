/* Mergers. */
#include "store/rows/mergers.h"

#include "store/row.h"
#include "store/sealed.h"
#include "store/store_internal.h"

const row_table store_table_merger = {
    .name = "merger",
    .derived = true,
    .indexes = ROW_INDEXES("gone", "stays_root", "kind, natural_key"),
    ROW_COLUMNS(
        merger, ROW_UUID("id", merger, id, KEY), ROW_INT("seq", merger, seq, FIXED),
        ROW_STR("kind", merger, kind, FIXED), ROW_UUID("gone", merger, gone, FIXED),
        ROW_UUID("gone_root", merger, gone_root, FIXED), ROW_UUID("stays", merger, stays, FIXED),
        ROW_UUID("stays_root", merger, stays_root, FIXED),
        ROW_AREA("gone_area", merger, gone_area, FIXED), ROW_AREA("area", merger, area, FIXED),
        ROW_TEXT("title", merger, title, FIXED),
        ROW_TEXT("natural_key", merger, natural_key, FIXED),
        ROW_TEXT("reason", merger, reason, FIXED),
        ROW_OPTIONAL_UUID("officer", merger, officer, FIXED), ROW_INT("at", merger, at_ms, FIXED),
        ROW_INT("undone_seq", merger, undone_seq, CHANGES),
        ROW_TEXT("undone_reason", merger, undone_reason, CHANGES),
        ROW_OPTIONAL_UUID("undone_by", merger, undone_by, CHANGES),
        ROW_INT("undone_at", merger, undone_ms, CHANGES))};

/* A row that followed, by the table it stands in. Of a fact: its field and entry. */
typedef struct merger_row {
  uuid merger;
  const char *place;
  uuid row;
  const char *field;
  int64_t seq;
  bool own; /* it was about the record itself, not about a child of it */
} merger_row;
const row_table store_table_merger_row = {
    .name = "merger_row",
    .derived = true,
    ROW_COLUMNS(merger_row, ROW_UUID("merger", merger_row, merger, KEY),
                ROW_STR("place", merger_row, place, KEY), ROW_UUID("row_id", merger_row, row, KEY),
                ROW_STR("field", merger_row, field, KEY), ROW_INT("seq", merger_row, seq, KEY),
                ROW_BOOL("own", merger_row, own, FIXED))};

bool store_merger_put(store *s, const merger *m, err *e) {
  const kind *k = catalog_kind(s->packs, text_of(m->kind), NULL);
  char room[SEALED_INDEX_CHARS + 1];
  merger x = *m;
  return (!k || !m->natural_key.bytes ||
          sealed_key_mark(s, k, m->natural_key, room, &x.natural_key, e)) &&
         row_put(s, &store_table_merger, &x, e);
}

bool store_merger_find(store *s, arena *a, const uuid *id, const scope *r, merger **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_merger, "id = $2", e);
  merger *found = NULL;
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  if (!row_first(q, &store_table_merger, a, &found, e)) return false;
  bool yes = true;
  if (found && r && !scope_has_unit(s, r, found->area, &found->stays_root, &yes, e)) return false;
  *ret = found && yes ? found : NULL;
  return true;
}

bool store_merger_of(store *s, arena *a, const char *kind, const uuid *gone, merger **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_merger, "gone = $2 AND kind = $3 AND undone_seq = 0", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, gone);
  db_bind_str(q, 3, kind);
  return row_first(q, &store_table_merger, a, ret, e);
}

bool store_merger_of_key(store *s, arena *a, const char *kind, text key, merger **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_merger,
                          "kind = $2 AND natural_key = $3 AND undone_seq = 0 ORDER BY seq DESC", e);
  if (!q) return false;
  db_bind_str(q, 2, kind);
  db_bind_text(q, 3, key);
  return row_first(q, &store_table_merger, a, ret, e);
}

bool store_mergers_of(store *s, arena *a, const uuid *root, merger **ret, size_t *ret_count,
                      err *e) {
  db_stmt *q = row_select(s, &store_table_merger, "stays_root = $2 ORDER BY seq DESC, id", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  return row_list(q, &store_table_merger, a, ret, ret_count, e);
}

/* ---- rows that follow ---- */

static const char *const places[] = {"casework", "measure", "finding", "payment", "amendment"};
enum { PLACES = sizeof places / sizeof *places };

/* Notes which rows are about the record, or (`whole`) of its unit, before they are moved. */
static bool note_rows(store *s, const merger *m, const char *table, bool whole, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b,
             "INSERT INTO merger_row (county, merger, place, row_id, field, seq, own) "
             "SELECT county, $2, $3, id, '', 0, CASE WHEN subject = $4 THEN 1 ELSE 0 END FROM %s "
             "WHERE county = $1 AND %s = $4",
             table, whole ? "root" : "subject");
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &m->id);
  db_bind_str(q, 3, table);
  sql_bind_uuid(q, 4, &m->gone);
  return db_run(q, e);
}

static bool move_rows(store *s, const merger *m, const char *table, bool whole, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b,
             "UPDATE %s SET root = $2, area = $3, subject = CASE WHEN subject = $4 THEN $5 ELSE "
             "subject END WHERE county = $1 AND %s = $4",
             table, whole ? "root" : "subject");
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &m->stays_root);
  db_bind_str(q, 3, m->area);
  sql_bind_uuid(q, 4, &m->gone);
  sql_bind_uuid(q, 5, &m->stays);
  return db_run(q, e);
}

/* Rows that were taken back in the meantime are gone, and stay so. */
static bool move_rows_back(store *s, const merger *m, const char *table, err *e) {
  static const char *const of[] = {"", ", subject = $4"};
  for (int own = 0; own < 2; own++) {
    AUTO_BUF buf b = {0};
    buf_printf(&b,
               "UPDATE %s SET root = $2, area = $3%s WHERE county = $1 AND id IN (SELECT row_id "
               "FROM merger_row WHERE county = $1 AND merger = $5 AND place = $6 AND own = %d)",
               table, of[own], own);
    db_stmt *q = sql_prepare_buf(s, &b, e);
    if (!q) return false;
    sql_bind_uuid(q, 2, &m->gone_root);
    db_bind_str(q, 3, m->gone_area);
    if (own) sql_bind_uuid(q, 4, &m->gone);
    sql_bind_uuid(q, 5, &m->id);
    db_bind_str(q, 6, table);
    if (!db_run(q, e)) return false;
  }
  return true;
}

static bool move_facts(store *s, const merger *m, err *e) {
  db_stmt *q =
      sql_prepare(s,
                  "INSERT INTO merger_row (county, merger, place, row_id, field, seq, own) "
                  "SELECT county, $2, 'fact', subject, field, seq, 1 FROM fact "
                  "WHERE county = $1 AND subject = $3",
                  e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &m->id);
  sql_bind_uuid(q, 3, &m->gone);
  if (!db_run(q, e)) return false;
  q = sql_prepare(s, "UPDATE fact SET subject = $2 WHERE county = $1 AND subject = $3", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &m->stays);
  sql_bind_uuid(q, 3, &m->gone);
  return db_run(q, e);
}

static bool move_facts_back(store *s, const merger *m, err *e) {
  db_stmt *q = sql_prepare(
      s,
      "UPDATE fact SET subject = $2 WHERE county = $1 AND subject = $3 AND EXISTS (SELECT 1 FROM "
      "merger_row r WHERE r.county = $1 AND r.merger = $4 AND r.place = 'fact' AND r.field = "
      "fact.field AND r.seq = fact.seq)",
      e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &m->gone);
  sql_bind_uuid(q, 3, &m->stays);
  sql_bind_uuid(q, 4, &m->id);
  return db_run(q, e);
}

/* The children's own rows: they stay themselves and get another root. */
static bool move_children(store *s, const merger *m, const char *table, bool back, err *e) {
  AUTO_BUF buf b = {0}, note = {0};
  buf_printf(&note,
             "INSERT INTO merger_row (county, merger, place, row_id, field, seq, own) "
             "SELECT county, $2, '%s', id, '', 0, 0 FROM %s WHERE county = $1 AND root = $3",
             table, table);
  if (back)
    buf_printf(
        &b,
        "UPDATE %s SET root = $2, parent = $2, area = $3 WHERE county = $1 AND root = $4 AND "
        "id IN (SELECT row_id FROM merger_row WHERE county = $1 AND merger = $5 AND place = "
        "'%s')",
        table, table);
  else
    buf_printf(&b,
               "UPDATE %s SET root = $2, parent = $2, area = $3 WHERE county = $1 AND root = $4",
               table);
  db_stmt *q = back ? NULL : sql_prepare_buf(s, &note, e);
  if (!back) {
    if (!q) return false;
    sql_bind_uuid(q, 2, &m->id);
    sql_bind_uuid(q, 3, &m->gone);
    if (!db_run(q, e)) return false;
  }
  q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  sql_bind_uuid(q, 2, back ? &m->gone : &m->stays);
  db_bind_str(q, 3, back ? m->gone_area : m->area);
  sql_bind_uuid(q, 4, back ? &m->stays : &m->gone);
  if (back) sql_bind_uuid(q, 5, &m->id);
  return db_run(q, e);
}

/* Every table of events about the record, and of a root those about its children. Summaries are
 * made anew. */
static bool each_event_table(store *s, const merger *m, const kind *k, bool back, err *e) {
  const pack *p = catalog_pack_of(s->packs, k);
  for (size_t i = 0; i < s->event_count; i++) {
    const event_rows *x = &s->events[i];
    const bool own = x->kind->about == k->index;
    const bool child = k->parent < 0 && p->kinds[x->kind->about].parent == k->index;
    if (catalog_pack_of_event(s->packs, x->kind) != p || x->kind->summary || !(own || child))
      continue;
    const char *table = x->table.name;
    if (back ? !move_rows_back(s, m, table, e)
             : !note_rows(s, m, table, k->parent < 0, e) ||
                   !move_rows(s, m, table, k->parent < 0, e))
      return false;
  }
  for (size_t i = 0; k->parent < 0 && i < s->kind_count; i++)
    if (s->kinds[i].kind->parent == k->index && catalog_pack_of(s->packs, s->kinds[i].kind) == p &&
        !move_children(s, m, s->kinds[i].table.name, back, e))
      return false;
  return true;
}

bool store_merger_move(store *s, const merger *m, const kind *k, err *e) {
  for (size_t i = 0; i < PLACES; i++)
    if (!note_rows(s, m, places[i], k->parent < 0, e) ||
        !move_rows(s, m, places[i], k->parent < 0, e))
      return false;
  return move_facts(s, m, e) && each_event_table(s, m, k, false, e);
}

bool store_merger_move_back(store *s, const merger *m, const kind *k, err *e) {
  for (size_t i = 0; i < PLACES; i++)
    if (!move_rows_back(s, m, places[i], e)) return false;
  return move_facts_back(s, m, e) && each_event_table(s, m, k, true, e);
}

bool store_merger_moved(store *s, const merger *m, const char *place, const uuid *id, bool *ret_yes,
                        err *e) {
  db_stmt *q = sql_prepare(
      s,
      "SELECT 1 FROM merger_row WHERE county = $1 AND merger = $2 AND place = $3 AND row_id = $4",
      e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &m->id);
  db_bind_str(q, 3, place);
  sql_bind_uuid(q, 4, id);
  const int got = db_next(q, e);
  if (got > 0) db_done(q);
  *ret_yes = got > 0;
  return got >= 0;
}

bool store_merger_add_event(store *s, const merger *m, const event_kind *k, const uuid *id,
                            err *e) {
  merger_row row = {.merger = m->id, .row = *id, .field = "", .own = true};
  for (size_t i = 0; i < s->event_count; i++)
    if (s->events[i].kind == k) row.place = s->events[i].table.name;
  return row_put(s, &store_table_merger_row, &row, e);
}

bool store_merger_add_fact(store *s, const merger *m, const char *field, int64_t seq, err *e) {
  const merger_row row = {
      .merger = m->id, .place = "fact", .row = m->stays, .field = field, .seq = seq, .own = true};
  return row_put(s, &store_table_merger_row, &row, e);
}

/* ---- hints ---- */

bool store_alike(store *s, arena *a, const alike_query *query, alike **ret, size_t *ret_count,
                 err *e) {
  const kind *k = query->kind;
  AUTO_BUF buf b = {0};
  alike *rows = NULL;
  size_t n = 0, room = 0;
  int parameter = 3, got;
  *ret = NULL;
  *ret_count = 0;
  if (!k->alike_count) return true;
  buf_printf(&b,
             "SELECT x.id, y.id FROM (SELECT * FROM subject_%s WHERE county = $1 AND withdrawn = 0 "
             "AND ",
             k->name);
  scope_sql(s, &b, &query->scope, &parameter);
  reach_sql_kind(s, &b, query->reach, k, &parameter);
  buf_printf(&b,
             ") x JOIN subject_%s y ON y.county = $1 AND y.area = x.area AND y.id > x.id AND "
             "y.withdrawn = 0 AND (x.natural_key IS NULL OR y.natural_key IS NULL)",
             k->name);
  for (size_t i = 0; i < k->alike_count; i++)
    buf_printf(&b, " AND y.f_%s = x.f_%s", k->fields[k->alike[i]].name,
               k->fields[k->alike[i]].name);
  buf_str(&b, " ORDER BY x.area, x.id, y.id LIMIT $2");
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  db_bind_int(q, 2, (int64_t)query->limit);
  parameter = 3;
  scope_bind(q, &query->scope, &parameter);
  reach_bind_kind(q, query->reach, k, &parameter);
  while ((got = db_next(q, e)) > 0) {
    alike *more = ARENA_GROW(a, rows, n, &room, alike);
    if (!more) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    rows[n++] = (alike){sql_uuid(q, 0), sql_uuid(q, 1)};
  }
  *ret = rows;
  *ret_count = n;
  return got == 0;
}
