/* Tables over the register: seen on the screen, or taken along as a file. */
#include "http/handlers.h"

#include "base/json_build.h"
#include "base/json_map.h"
#include "base/money.h"
#include "http/table_file.h"
#include "http/tables.h"
#include "ledger/ledger.h"

enum { SHOWN_ROWS = 50, SHOWN_ROWS_MAX = 500 };

typedef struct asked_table {
  void *context; /* table_ask's */
  const json *body;
  ledger ledger;
  ledger_view view;
  table_file file;
  ledger_sink sink;
  ledger_end end;
  request *q;
  const ledger_head *heads;
  size_t head_count;
  buf rows; /* as shown: "[…],[…]" */
  buf sums; /* which of them are subtotals and totals: "3,7" */
  int64_t shown;
} asked_table;

/* ---- cells as JSON ---- */

static const char *type_word(table_type t) {
  static const char *const words[] = {
      [TABLE_EMPTY] = "text",   [TABLE_TEXT] = "text", [TABLE_INTEGER] = "int",
      [TABLE_MONEY] = "money",  [TABLE_DAY] = "date",  [TABLE_RATE] = "rate",
      [TABLE_NUMBER] = "number"};
  return words[t];
}

static void put_cell(json_out *w, const table_value *v) {
  char shown[32];
  switch (v->type) {
  case TABLE_EMPTY:
    json_put_null(w);
    return;
  case TABLE_TEXT:
    json_put_text(w, v->text);
    return;
  case TABLE_INTEGER:
  case TABLE_MONEY:
    json_put_int(w, v->number);
    return;
  case TABLE_DAY:
    day_format(v->day, shown);
    break;
  case TABLE_RATE:
    rate_format(v->number, shown);
    break;
  case TABLE_NUMBER:
    decimal_format(v->number, v->decimals, shown);
    break;
  }
  json_put_str(w, shown);
}

static bool show_head(void *context, const ledger_head *heads, size_t count, err *e) {
  asked_table *t = context;
  (void)e;
  t->heads = heads;
  t->head_count = count;
  return true;
}

static bool show_row(void *context, const ledger_line *line, err *e) {
  asked_table *t = context;
  json_out w = json_to(&t->rows);
  if (t->rows.bytes) buf_char(&t->rows, ',');
  json_open(&w, '[');
  for (size_t i = 0; i < line->count; i++) put_cell(&w, &line->cells[i]);
  json_close(&w, ']');
  if (line->is != LINE_ROW)
    buf_printf(&t->sums, "%s%lld", t->sums.bytes ? "," : "", (long long)t->shown);
  t->shown++;
  if (!buf_ok(&t->sums)) return err_memory(e);
  return buf_ok(&t->rows) || err_memory(e);
}

/* ---- running ---- */

static bool goes_on(void *context, err *e) {
  const request *q = ((asked_table *)context)->q;
  if (request_abandoned(q)) return request_say_abandoned(e);
  return !request_stopping((request *)q) || err_set(e, ERR_BUSY, NULL, "服务正在停止，请稍后再试。",
                                                    "The service is stopping; try again soon.");
}

static bool run(request *q, store *s, err *e) {
  asked_table *t = q->data;
  t->view.now = (as_of){request_today(), engine_calendar(request_engine(q))};
  if (!db_begin_read(store_db(s), e)) return false;
  bool ok = ledger_run(s, q->a, &t->ledger, &t->view, &t->sink, &t->end, e);
  db_end_read(store_db(s));
  return ok;
}

/* ---- on the screen ---- */

void table_put_shown(request *q, json_out *w) {
  asked_table *t = q->data;
  json_open(w, '{');
  json_field_str(w, "title", t->ledger.title);
  json_field_open(w, "columns", '[');
  for (size_t i = 0; i < t->head_count; i++) {
    json_open(w, '{');
    json_field_str(w, "title", t->heads[i].title);
    json_field_str(w, "over", t->heads[i].over);
    json_field_str(w, "type", type_word(t->heads[i].type));
    json_close(w, '}');
  }
  json_close(w, ']');
  json_field_open(w, "rows", '[');
  if (t->rows.bytes) json_put_raw(w, buf_view(&t->rows));
  json_close(w, ']');
  json_field_open(w, "sums", '[');
  if (t->sums.bytes) json_put_raw(w, buf_view(&t->sums));
  json_close(w, ']');
  json_field_bool(w, "more", t->end.more);
  json_field_int(w, "failed", t->end.failed);
  json_field_label(w, "why", t->end.why);
  json_field_int(w, "unknown", t->end.unknown);
  json_field_day(w, "as_of", t->ledger.as_of);
  json_field_int(w, "moved", t->end.moved);
  json_close(w, '}');
  buf_release(&t->rows);
  buf_release(&t->sums);
}

static bool answer_shown(request *q, err *e) {
  (void)e;
  json_out w = request_answer(q, 200);
  table_put_shown(q, &w);
  return true;
}

static bool run_shown(request *q, store *s, err *e) {
  asked_table *t = q->data;
  bool ok = run(q, s, e);
  if (!ok) buf_release(&t->rows);
  if (!ok) buf_release(&t->sums);
  return ok;
}

/* ---- as a file ---- */

static bool write_row(void *context, const ledger_line *line, err *e) {
  const asked_table *t = context;
  return table_put(t->file.writer, line->cells, line->count, e);
}

/* Once its head is known: a pivot's comes from what is counted. */
static bool begin_file(void *context, const ledger_head *heads, size_t count, err *e) {
  asked_table *t = context;
  table_column *columns = ledger_file_columns(t->q->a, heads, count);
  if (!columns) return err_memory(e);
  return table_file_begin(&t->file, columns, count, e);
}

static bool fill_file(request *q, store *s, err *e) {
  const asked_table *t = q->data;
  return run(q, s, e) &&
         ledger_file_note(t->file.writer, &t->ledger, &t->end, q->who.officer->name, e);
}

static bool run_file(request *q, store *s, err *e) {
  asked_table *t = q->data;
  t->file.title = t->ledger.title;
  return table_file_make(q, s, &t->file, NULL, 0, fill_file, e);
}

static bool answer_file(request *q, err *e) {
  const asked_table *t = q->data;
  return table_file_answer(q, &t->file, e);
}

/* Who took what along, before he gets it. */
static bool note_export(request *q, err *e) {
  const asked_table *t = q->data;
  const uuid id = uuid_v7_now();
  const json *body =
      ledger_file_entry(q->a, &t->ledger, t->body, &t->view.scope, t->file.format, t->end.rows);
  return body ? request_command(q, VERB_EXPORT, &id, body, 0, answer_file) : err_memory(e);
}

/* ---- asking ---- */

/* A file in clear needs the right everywhere it reaches, and is noted with the reason; what is
 * merely shown stays masked. */
static bool may_clear(request *q, const asked_table *t, err *e) {
  if (!t->ledger.clear) return true;
  if (t->file.format == FORMAT_SHOWN)
    return err_set(e, ERR_BAD_INPUT, "clear", "完整的信息只在导出的文件里给出。",
                   "Masked fields are in clear in a file alone.");
  for (size_t i = 0; i < t->view.scope.count; i++)
    if (!request_may(q, RIGHT_SEE_CLEAR, t->ledger.pack, t->view.scope.areas[i].lo))
      return rights_denied(
          (label){"导出完整的证件号、电话等信息", "take masked fields out in clear"}, e);
  return true;
}

static bool read_limit(asked_table *t, err *e) {
  int64_t rows = SHOWN_ROWS;
  if (json_get(t->body, "limit") &&
      (!json_int(t->body, "limit", &rows) || rows < 1 || rows > SHOWN_ROWS_MAX))
    return err_set(e, ERR_BAD_INPUT, "limit", "一次最多显示 %d 行。", "At most %d rows are shown.",
                   SHOWN_ROWS_MAX);
  t->sink.rows_max = t->file.format == FORMAT_SHOWN ? rows : TABLE_WRITE_ROWS_MAX;
  return true;
}

/* What was kept is compared in the language that it was kept in. */
static bool in_english(const request *q, const json *asked) {
  return json_has(asked, "english") ? json_bool(asked, "english") : q->english;
}

static asked_table *read_table(request *q, const json *asked, err *e) {
  asked_table *t = ARENA_NEW(q->a, asked_table);
  if (!t) {
    err_memory(e);
    return NULL;
  }
  *t = (asked_table){.q = q, .body = asked, .sink = {.goes_on = goes_on, .context = t}};
  if (!table_file_read(json_text(asked, "format"), json_text(asked, "encoding"), &t->file, e) ||
      !ledger_read(q->a, request_packs(q), asked, in_english(q, asked), json_bool(asked, "clear"),
                   &t->ledger, e))
    return NULL;
  if (!reach_has_kind(&q->who.reach, t->ledger.kind)) {
    rights_denied((label){"查看这类对象", "see these records"}, e);
    return NULL;
  }
  t->view.reach = &q->who.reach;
  t->view.sight = actor_sight_everywhere(&q->who.actor, request_packs(q), t->ledger.pack);
  t->view.sight.unmasked = t->ledger.clear; /* which may_clear sees to */
  if (!param_scope(q, json_text(asked, "area"), &t->view.scope, e) || !may_clear(q, t, e) ||
      !read_limit(t, e))
    return NULL;
  q->data = t;
  return t;
}

static bool begin(request *q, const json *asked, err *e) {
  asked_table *t = read_table(q, asked, e);
  if (!t) return false;
  const bool shown = t->file.format == FORMAT_SHOWN;
  t->sink.begin = shown ? show_head : begin_file;
  t->sink.take = shown ? show_row : write_row;
  return request_background(q, shown ? BACKGROUND_ASK : BACKGROUND_TABLE,
                            shown ? run_shown : run_file, shown ? answer_shown : note_export);
}

bool table_ask(request *q, const json *asked, int64_t rows_max, void *context,
               request_handler *then, err *e) {
  asked_table *t = read_table(q, asked, e);
  if (!t) return false;
  if (t->file.format != FORMAT_SHOWN || t->ledger.clear)
    return err_set(e, ERR_BAD_INPUT, "format", "这里要的是表，不是文件。", "A table, not a file.");
  t->context = context;
  t->sink.rows_max = rows_max;
  t->sink.begin = show_head;
  t->sink.take = show_row;
  return request_background(q, BACKGROUND_ASK, run_shown, then);
}

void *table_context(const request *q) {
  return ((const asked_table *)q->data)->context;
}

const ledger *table_ledger(const request *q) {
  return &((const asked_table *)q->data)->ledger;
}

const ledger_view *table_view(const request *q) {
  return &((const asked_table *)q->data)->view;
}

bool handle_table(request *q, err *e) {
  const json *asked = param_body(q, e);
  return asked && begin(q, asked, e);
}

json *table_of_ledger(request *q, text name, err *e) {
  const found_name found = catalog_ledger(request_packs(q), name);
  const ledger_spec *x = found.item;
  json *asked = json_map_new(q->a);
  bool ok = asked != NULL;
  if (ok && !x) {
    err_set(e, found.several ? ERR_BAD_INPUT : ERR_UNKNOWN_NAME, "name",
            found.several ? "有几本这个名称的台账，请写成“业务包.名称”。" : "没有这本台账。",
            found.several ? "Several packs have a ledger of that name; write pack.name."
                          : "There is no such ledger.");
    return NULL;
  }
  for (size_t i = 0; ok && i < x->asked->count; i++)
    ok = json_set_key(q->a, asked, x->asked->keys[i], &x->asked->items[i]);
  if (!ok) err_memory(e);
  return ok ? asked : NULL;
}

bool handle_ledger(request *q, err *e) {
  static const char *const given[] = {"area",     "from", "to", "as_of", "format",
                                      "encoding", "sort", "q",  "reason"};
  json *asked = table_of_ledger(q, q->params[0], e);
  if (!asked) return false;
  for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
    text t = query_text(q, given[i]);
    if (t.bytes && !json_set_text(q->a, asked, given[i], t)) return err_memory(e);
  }
  if ((query_text(q, "limit").bytes &&
       !json_set_int(q->a, asked, "limit", (int64_t)query_limit(q))) ||
      (query_clear(q) && !json_set_bool(q->a, asked, "clear", true)))
    return err_memory(e);
  return begin(q, asked, e);
}
