/* Events: one table a kind of event. */
#include "store/rows/events.h"

#include "store/row.h"
#include "store/store_internal.h"

static const row_column head[] = {ROW_UUID("id", event, id, KEY),
                                  ROW_UUID("root", event, root, FIXED),
                                  ROW_UUID("subject", event, subject, FIXED),
                                  ROW_AREA("area", event, area, FIXED),
                                  ROW_DAY("day", event, on, FIXED),
                                  ROW_INT("seq", event, seq, FIXED),
                                  ROW_INT("at", event, at_ms, FIXED),
                                  ROW_INT("moment", event, moment, FIXED),
                                  ROW_OPTIONAL_UUID("officer", event, officer, FIXED),
                                  ROW_BOOL("withdrawn", event, withdrawn, FIXED)};
enum { HEAD = sizeof head / sizeof *head };
/* By day: the lists of a period, over all units. */
static const char *const indexes[] = {"root, day", "day", NULL};

static const event_rows *rows_of(const store *s, const event_kind *k) {
  for (size_t i = 0; i < s->event_count; i++)
    if (s->events[i].kind == k) return &s->events[i];
  return NULL;
}

static bool prepare_event(store *s, const event_kind *k, event_rows *x) {
  row_column *columns = ARENA_ARRAY(s->a, HEAD + k->field_count, row_column);
  if (!columns) return false;
  memcpy(columns, head, sizeof head);
  x->kind = k;
  x->table = (row_table){.name = arena_printf(s->a, "event_%s", k->name),
                         .columns = columns,
                         .count = HEAD + k->field_count,
                         .indexes = indexes,
                         .derived = true,
                         .bytes = sizeof(event),
                         .owner_at = ROW_OWNER(event, subject),
                         .sql = &x->sql};
  return x->table.name &&
         row_fields(s->a, k->fields, k->field_count, offsetof(event, fields), columns + HEAD) &&
         row_sql_make(s->a, &x->table, &x->sql);
}

bool store_events_prepare(store *s, err *e) {
  size_t n = 0;
  for (size_t p = 0; p < s->packs->count; p++) n += s->packs->packs[p]->event_count;
  s->events = ARENA_ARRAY(s->a, n, event_rows);
  if (!s->events) return err_memory(e);
  for (size_t p = 0; p < s->packs->count; p++)
    for (size_t i = 0; i < s->packs->packs[p]->event_count; i++)
      if (!prepare_event(s, &s->packs->packs[p]->events[i], &s->events[s->event_count++]))
        return err_memory(e);
  return true;
}

/* `wanted` NULL: every field was selected. */
static event *read_event(db_stmt *q, arena *a, const event_rows *x, const bool *wanted, err *e) {
  event *ev = ARENA_NEW(a, event);
  if (!ev || !(ev->fields = ARENA_ARRAY(a, x->kind->field_count, value))) {
    err_memory(e);
    return NULL;
  }
  ev->kind = x->kind;
  return row_read(q, &x->table, wanted, a, ev, e) ? ev : NULL;
}

static bool no_event(const event_kind *k, err *e) {
  return err_set(e, ERR_INTERNAL, k->name, "事件“%s”不在已装的业务包里。",
                 "The event \"%s\" is in no loaded pack.", k->name);
}

bool event_time(const event *x, int64_t *ret_ms) {
  const value *v = x->kind->time_field < 0 ? NULL : &x->fields[x->kind->time_field];
  int seconds = v && v->type == VALUE_STRING ? clock_seconds(v->s) : -1;
  if (seconds >= 0) *ret_ms = day_start_ms(x->on) + (int64_t)seconds * 1000;
  return seconds >= 0;
}

void event_set_moment(event *x) {
  if (!event_time(x, &x->moment)) x->moment = moment_without_time(x->on, x->at_ms);
}

bool store_event_put(store *s, const event *v, err *e) {
  const event_rows *x = rows_of(s, v->kind);
  return x ? row_insert(s, &x->table, v, e) : no_event(v->kind, e);
}

bool store_event_find(store *s, arena *a, const event_kind *k, const uuid *id, const scope *r,
                      event **ret, err *e) {
  const event_rows *x = rows_of(s, k);
  if (!x) return no_event(k, e);
  db_stmt *q = row_select(s, &x->table, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  int got = db_next(q, e);
  if (got < 0) return false;
  event *found = got ? read_event(q, a, x, NULL, e) : NULL;
  db_done(q);
  if (got && !found) return false;
  bool yes = true;
  if (found && r && !scope_has_unit(s, r, found->area, &found->root, &yes, e)) return false;
  *ret = found && yes ? found : NULL;
  return true;
}

/* BEFORE the table AFTER; id NULL: of all events of the kind. */
static bool run_on(store *s, const event_kind *k, const char *before, const char *after,
                   const uuid *id, err *e) {
  const event_rows *x = rows_of(s, k);
  if (!x) return no_event(k, e);
  AUTO_BUF buf b = {0};
  buf_printf(&b, "%s %s %s", before, x->table.name, after);
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  if (id) sql_bind_uuid(q, 2, id);
  return db_run(q, e);
}

bool store_event_withdraw(store *s, const event *v, err *e) {
  return run_on(s, v->kind, "UPDATE", "SET withdrawn = 1 WHERE county = $1 AND id = $2", &v->id, e);
}

bool store_event_restore(store *s, const event *v, err *e) {
  if (!run_on(s, v->kind, "UPDATE", "SET withdrawn = 0 WHERE county = $1 AND id = $2", &v->id, e))
    return false;
  db_stmt *q = sql_prepare(
      s, "UPDATE fact SET withdrawn = 0 WHERE county = $1 AND subject = $2 AND seq = $3", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &v->subject);
  db_bind_int(q, 3, v->seq);
  return db_run(q, e);
}

bool store_event_set_flag(store *s, const event_kind *k, const uuid *id, size_t field_at, bool yes,
                          err *e) {
  const event_rows *x = rows_of(s, k);
  if (!x) return no_event(k, e);
  AUTO_BUF buf b = {0};
  buf_printf(&b, "UPDATE %s SET %s = $3 WHERE county = $1 AND id = $2", x->table.name,
             x->table.columns[HEAD + field_at].name);
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  db_bind_int(q, 3, yes);
  return db_run(q, e);
}

bool store_event_drop(store *s, const event *v, err *e) {
  return run_on(s, v->kind, "DELETE FROM", "WHERE county = $1 AND id = $2", &v->id, e);
}

bool store_events_clear(store *s, const event_kind *k, err *e) {
  return run_on(s, k, "DELETE FROM", "WHERE county = $1", NULL, e);
}

static bool move_rows(store *s, const char *table_name, const uuid *from, const uuid *subject,
                      const uuid *to, const char *area, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b,
             "UPDATE %s SET root = $4, area = $5 WHERE county = $1 AND root = $2 AND subject = $3",
             table_name);
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  sql_bind_uuid(q, 2, from);
  sql_bind_uuid(q, 3, subject);
  sql_bind_uuid(q, 4, to);
  db_bind_str(q, 5, area);
  return db_run(q, e);
}

bool store_events_move(store *s, const event_kind *k, const uuid *from, const uuid *subject,
                       const uuid *to, const char *area, err *e) {
  const event_rows *x = rows_of(s, k);
  if (!x) return no_event(k, e);
  return move_rows(s, x->table.name, from, subject, to, area, e) &&
         (!k->payment || move_rows(s, "payment", from, subject, to, area, e));
}

static bool read_events(db_stmt *q, arena *a, const event_rows *x, const bool *wanted, event ***ret,
                        size_t *ret_count, err *e) {
  event **rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    event **more = ARENA_GROW(a, rows, n, &room, event *);
    if (!more) err_memory(e);
    if (!more || !(more[n] = read_event(q, a, x, wanted, e))) {
      db_done(q);
      return false;
    }
    rows = more;
    n++;
  }
  if (got < 0) return false;
  *ret = rows;
  *ret_count = n;
  return true;
}

bool store_events_of_day(store *s, arena *a, const event_query *query, event ***ret,
                         size_t *ret_count, err *e) {
  const event_rows *x = rows_of(s, query->kind);
  if (!x) return no_event(query->kind, e);
  db_stmt *q =
      row_select(s, &x->table, "root = $2 AND day = $3 AND withdrawn = 0 ORDER BY moment, seq", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &query->root);
  db_bind_int(q, 3, query->from);
  return read_events(q, a, x, NULL, ret, ret_count, e);
}

bool store_events_list(store *s, arena *a, const event_list *x, event ***ret, size_t *ret_count,
                       err *e) {
  const event_rows *rows = rows_of(s, x->kind);
  if (!rows) return no_event(x->kind, e);
  const pack *p = catalog_pack_of_event(s->packs, x->kind);
  const char *order = x->newest_first ? " DESC" : "";
  AUTO_BUF buf b = {0};
  int n = 10;
  buf_str(&b, "withdrawn = 0 AND day >= $2 AND day <= $3 AND ");
  scope_sql(s, &b, &x->scope, &n);
  reach_sql_kind(s, &b, x->reach, &p->kinds[x->kind->about], &n);
  if (!uuid_is_nil(&x->officer)) buf_str(&b, " AND officer = $8");
  if (x->names) buf_printf(&b, " AND f_%s = $9", x->names->name);
  if (x->after)
    buf_printf(&b, " AND (day, moment, seq) %c ($4, $5, $6)", x->newest_first ? '<' : '>');
  buf_printf(&b, " ORDER BY day%s, moment%s, seq%s LIMIT $7", order, order, order);
  db_stmt *q = row_select_buf(s, &rows->table, &b, e);
  if (!q) return false;
  db_bind_int(q, 2, x->from == DAY_NONE ? DAY_MIN : x->from);
  db_bind_int(q, 3, x->to == DAY_NONE ? DAY_MAX : x->to);
  if (x->after) {
    db_bind_int(q, 4, x->after->on);
    db_bind_int(q, 5, x->after->moment);
    db_bind_int(q, 6, x->after->seq);
  }
  db_bind_int(q, 7, (int64_t)x->limit);
  if (!uuid_is_nil(&x->officer)) sql_bind_uuid(q, 8, &x->officer);
  if (x->names) db_bind_text(q, 9, x->key);
  n = 10;
  scope_bind(q, &x->scope, &n);
  reach_bind_kind(q, x->reach, &p->kinds[x->kind->about], &n);
  return read_events(q, a, rows, NULL, ret, ret_count, e);
}

static bool select_wanted(buf *b, const event_rows *x, const bool *wanted) {
  buf_str(b, "SELECT ");
  for (size_t i = 0; i < x->table.count; i++)
    if (i < HEAD || !wanted || wanted[i - HEAD])
      buf_printf(b, "%s%s", i ? ", " : "", x->table.columns[i].name);
  buf_printf(b, " FROM %s WHERE county = $1", x->table.name);
  return buf_ok(b);
}

bool store_events_scan(store *s, const event_kind *k, const bool *wanted, event_taker take,
                       void *context, err *e) {
  const event_rows *x = rows_of(s, k);
  if (!x) return no_event(k, e);
  AUTO_BUF buf b = {0};
  select_wanted(&b, x, wanted);
  buf_str(&b, " AND withdrawn = 0 ORDER BY root, day DESC, moment DESC, seq DESC");
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  arena *a AUTO_ARENA = arena_new(0);
  int got = 0;
  if (!a) return err_memory(e);
  while ((got = db_next(q, e)) > 0) {
    const event *v = read_event(q, a, x, wanted, e);
    if (!v || !take(context, v, e)) {
      db_done(q);
      return false;
    }
    arena_clear(a);
  }
  return got == 0;
}

bool store_events(store *s, arena *a, const event_query *query, event ***ret, size_t *ret_count,
                  err *e) {
  const event_rows *x = rows_of(s, query->kind);
  if (!x) return no_event(query->kind, e);
  AUTO_BUF buf b = {0};
  select_wanted(&b, x, query->wanted);
  buf_printf(&b, " AND root = $2 AND day >= $3%s ORDER BY day DESC, moment DESC, seq DESC",
             query->withdrawn_too ? "" : " AND withdrawn = 0");
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &query->root);
  db_bind_int(q, 3, query->from == DAY_NONE ? DAY_MIN : query->from);
  return read_events(q, a, x, query->wanted, ret, ret_count, e);
}
