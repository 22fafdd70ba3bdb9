/* Reports: tables kept as they were reported, and what has been corrected since. */
#include "http/handlers.h"

#include "base/json_build.h"
#include "base/json_map.h"
#include "http/tables.h"

enum { REPORT_ROWS_MAX = 2000 };

typedef struct report_asked {
  uuid id;
  const json *asked;
  const char *ledger;
  text title;
  const report *there; /* that is looked at */
} report_asked;

/* ---- whose ---- */

/* It tells what its maker saw: to others only where they see all of it, too. */
static bool may_see(request *q, const report *r, const ledger *l) {
  err ignored;
  if (uuid_equal(&r->officer, &q->who.actor.officer)) return true;
  const json *areas = json_parse(q->a, r->areas, &ignored);
  const scope seen = actor_scope_in(&q->who.actor, request_packs(q), l->pack);
  const sight s = actor_sight_everywhere(&q->who.actor, request_packs(q), l->pack);
  if (!areas || !reach_has_kind(&q->who.reach, l->kind)) return false;
  if (sight_of(&s, ledger_reads(l)) != SHOWN_CLEAR) return false;
  for (size_t i = 0; i < areas->count; i++) {
    char code[13];
    if (!area_code_check(areas->items[i].s, code, &ignored) || !scope_has(&seen, code))
      return false;
  }
  return areas->count > 0;
}

/* ---- the shape Report ---- */

static void put_report(request *q, json_out *w, const report *r) {
  json_open(w, '{');
  json_field_uuid(w, "id", &r->id);
  json_field_str(w, "pack", r->pack);
  json_field_str(w, "ledger", r->ledger);
  json_field_text(w, "title", r->title);
  json_field_day(w, "from", r->from);
  json_field_day(w, "to", r->to);
  json_field_instant(w, "at", r->at_ms);
  json_field_int(w, "seq", r->seq);
  json_field_str(w, "officer_name", view_officer_name(q, &r->officer));
  json_close(w, '}');
}

/* ---- keeping ---- */

static bool after_keep(request *q, err *e) {
  const report_asked *x = table_context(q);
  report *r = NULL;
  if (!store_report_find(request_store(q), q->a, &x->id, &r, e)) return false;
  if (!r) return err_set(e, ERR_INTERNAL, NULL, "报表没有找到。", "The report is not there.");
  json_out w = request_answer(q, 201);
  put_report(q, &w, r);
  return true;
}

static json *list_of_areas(request *q) {
  const scope *s = &table_view(q)->scope;
  json *list = ARENA_NEW(q->a, json);
  json *items = ARENA_ARRAY(q->a, s->count + 1, json);
  if (!list || !items) return NULL;
  for (size_t i = 0; i < s->count; i++)
    items[i] = (json){.type = JSON_TEXT, .s = text_of(s->areas[i].lo)};
  *list = (json){.type = JSON_LIST, .count = s->count, .items = items};
  return list;
}

/* The table as it is answered, as a tree. */
static json *shown_table(request *q, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  table_put_shown(q, &w);
  if (buf_ok(&b)) return json_parse(q->a, buf_view(&b), e);
  err_memory(e);
  return NULL;
}

static bool keep(request *q, err *e) {
  const report_asked *x = table_context(q);
  const ledger *l = table_ledger(q);
  json *body = json_map_new(q->a), *areas = list_of_areas(q), *contents = shown_table(q, e);
  const text title = x->title.bytes ? x->title : text_of(l->title);
  if (!contents) return false;
  if (json_bool(contents, "more"))
    return err_set(e, ERR_TOO_LARGE, "rows",
                   "定稿的报表最多 %d 行，请汇总或缩小范围；要全部明细请导出。",
                   "A report that is kept has at most %d lines: sum it up, narrow it, or export.",
                   REPORT_ROWS_MAX);
  if (!body || !areas || !json_set_uuid(q->a, body, "id", &x->id) ||
      !json_set_text(q->a, body, "pack", text_of(l->pack->name)) ||
      !json_set_text(q->a, body, "ledger", text_of(x->ledger)) ||
      !json_set_text(q->a, body, "title", title) || !json_set(q->a, body, "asked", x->asked) ||
      !json_set(q->a, body, "areas", areas) || !json_set(q->a, body, "contents", contents))
    return err_memory(e);
  for (size_t i = 0; i < 2; i++) {
    const char *key = i ? "to" : "from";
    const text given = json_text(x->asked, key);
    if (given.bytes && !json_set_text(q->a, body, key, given)) return err_memory(e);
  }
  return request_command(q, VERB_REPORT, &x->id, body, 0, after_keep);
}

/* What is asked, by a ledger's name or as a table, with the days and the area. */
static json *read_asked(request *q, const json *sent, err *e) {
  static const char *const given[] = {"from", "to", "as_of", "area", "sort"};
  const text ledger = json_text(sent, "ledger");
  const json *table = json_get(sent, "table");
  json *asked = ledger.bytes ? table_of_ledger(q, ledger, e) : json_map_new(q->a);
  if (!asked) return NULL;
  if (!ledger.bytes && (!table || table->type != JSON_MAP)) {
    err_set(e, ERR_BAD_INPUT, "ledger", "请写明是哪本台账，或要什么表。",
            "Say which ledger, or which table.");
    return NULL;
  }
  bool ok = true;
  for (size_t i = 0; !ledger.bytes && i < table->count; i++)
    ok = ok && json_set_key(q->a, asked, table->keys[i], &table->items[i]);
  for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
    const json *j = json_get(sent, given[i]);
    ok = ok && (!j || json_set(q->a, asked, given[i], j));
  }
  ok = ok && json_set_bool(q->a, asked, "english", q->english);
  if (!ok) err_memory(e);
  return ok ? asked : NULL;
}

bool handle_report_put(request *q, err *e) {
  report_asked *x = ARENA_NEW(q->a, report_asked);
  report *there = NULL;
  const json *sent = param_body(q, e);
  if (!sent) return false;
  if (!x) return err_memory(e);
  *x = (report_asked){.ledger = ""};
  if (!param_uuid(q, 0, &x->id, e) || !store_report_find(request_store(q), q->a, &x->id, &there, e))
    return false;
  if (there)
    return err_set(e, ERR_CONFLICT, "id", "这份报表已经定稿，不能再改。",
                   "This report has been kept; it does not change any more.");
  const text ledger = json_text(sent, "ledger");
  x->title = text_trim(json_text(sent, "title"));
  x->ledger = arena_copy(q->a, ledger.at, ledger.bytes);
  x->asked = read_asked(q, sent, e);
  if (!x->asked) return false;
  if (!x->ledger) return err_memory(e);
  return table_ask(q, x->asked, REPORT_ROWS_MAX, x, keep, e);
}

/* ---- looking ---- */

static bool ask_ledger(request *q, const report *r, json **ret_asked, ledger *ret, err *e) {
  *ret_asked = json_parse(q->a, r->asked, e);
  return *ret_asked && ledger_read(q->a, request_packs(q), *ret_asked, q->english, false, ret, e);
}

bool handle_reports(request *q, err *e) {
  static const char parts[] = "number";
  page_cursor c;
  report *rows = NULL;
  size_t count = 0, limit = query_limit(q);
  if (!page_read(q, parts, &c, e)) return false;
  const report_query x = {.pack = query_str(q, "pack"),
                          .ledger = query_str(q, "ledger"),
                          .before = c.given ? c.number : 0,
                          .limit = limit + 1};
  if (!store_reports(request_store(q), q->a, &x, &rows, &count, e)) return false;
  const bool more = count > limit;
  if (more) count = limit;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) {
    json *asked;
    ledger l;
    err gone; /* of a pack that is no more: its own maker's still */
    const bool own = uuid_equal(&rows[i].officer, &q->who.actor.officer);
    if (own || (ask_ledger(q, &rows[i], &asked, &l, &gone) && may_see(q, &rows[i], &l)))
      put_report(q, &w, &rows[i]);
  }
  if (more) c.number = rows[count - 1].seq;
  page_end(&w, parts, more ? &c : NULL);
  return true;
}

/* What a line is known by: its texts and days, but for those that only number it. */
static bool is_key(const json *columns, size_t i) {
  const text type = json_text(&columns->items[i], "type");
  return text_is(type, "text") || text_is(type, "date");
}

static bool same_value(const json *x, const json *y) {
  return x->type == y->type && text_equal(x->s, y->s) && x->n == y->n;
}

static bool same_line(const json *columns, const json *x, const json *y, bool keys) {
  if (x->count != y->count) return false;
  for (size_t i = 0; i < x->count && i < columns->count; i++)
    if ((!keys || is_key(columns, i)) && !same_value(&x->items[i], &y->items[i])) return false;
  return true;
}

/* The line of today that stands for a reported one; those taken are not taken twice. */
static const json *find_line(const json *columns, const json *line, const json *today,
                             bool *taken) {
  for (size_t i = 0; i < today->count; i++) {
    if (taken[i] || !same_line(columns, line, &today->items[i], true)) continue;
    taken[i] = true;
    return &today->items[i];
  }
  return NULL;
}

/* Beside each line as reported the line as it is today; then those that have come since. */
static bool put_today(request *q, json_out *w, const json *then, const json *today, err *e) {
  const json *columns = json_get(then, "columns"), *rows = json_get(then, "rows"),
             *now = json_get(today, "rows");
  bool *taken = ARENA_ARRAY(q->a, (now ? now->count : 0) + 1, bool);
  bool same = columns && rows && now && rows->count == now->count;
  if (!taken) return err_memory(e);
  json_field_open(w, "today", '[');
  for (size_t i = 0; columns && rows && now && i < rows->count; i++) {
    const json *line = find_line(columns, &rows->items[i], now, taken);
    same &= line && same_line(columns, &rows->items[i], line, false);
    if (line)
      json_put(w, line);
    else
      json_put_null(w);
  }
  json_close(w, ']');
  json_field_open(w, "added", '[');
  for (size_t i = 0; now && i < now->count; i++)
    if (!taken[i]) json_put(w, &now->items[i]);
  json_close(w, ']');
  json_field_bool(w, "same", same);
  return true;
}

static bool show(request *q, err *e) {
  const report_asked *x = table_context(q);
  const json *then = json_parse(q->a, x->there->contents, e),
             *today = then ? shown_table(q, e) : NULL;
  if (!then || !today) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "report");
  put_report(q, &w, x->there);
  json_key(&w, "table");
  json_put(&w, then);
  if (!put_today(q, &w, then, today, e)) return false;
  json_close(&w, '}');
  return true;
}

bool handle_report(request *q, err *e) {
  report_asked *x = ARENA_NEW(q->a, report_asked);
  report *r = NULL;
  json *asked;
  ledger l;
  if (!x) return err_memory(e);
  *x = (report_asked){.ledger = ""};
  if (!param_uuid(q, 0, &x->id, e) || !store_report_find(request_store(q), q->a, &x->id, &r, e))
    return false;
  if (!r) return err_set(e, ERR_UNKNOWN_NAME, "id", "没有这份报表。", "There is no such report.");
  if (!ask_ledger(q, r, &asked, &l, e)) return false;
  if (!may_see(q, r, &l)) return rights_denied((label){"查看这份报表", "see this report"}, e);
  x->there = r;
  return table_ask(q, asked, REPORT_ROWS_MAX, x, show, e);
}
