/* Somebody else's empty tables: what their headings ask for, what is remembered of them, and their
 * file with the rows filled in. The file comes with each request and is kept nowhere. */
#include "http/handlers.h"

#include "base/json_build.h"
#include "base/json_map.h"
#include "http/table_file.h"
#include "ledger/filling.h"
#include "store/rows/templates.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PREVIEW_ROWS = 10, ROWS_OFFERED_MAX = 400, TARGETS_TOLD_MAX = 1200 };

typedef struct template_task {
  request *q;
  text sheet, rows;      /* as asked; "": to be found out */
  rows_offered *offered; /* kinds and events that he sees */
  size_t offered_count;
  /* of a filling: */
  bool shown, clear;
  text title, filter, words, reason, from, to;
  int64_t seen; /* the entry by which what is remembered was looked at */
  ledger_view view;
  table_file file;
  /* while it runs: */
  template *book;
  template_table table;
  ledger_names names;
  filling_rows named; /* where its rows are named */
  char fingerprint[65];
  template_choice *kept; /* what is remembered of it; NULL */
  filling plan;
  bool planned;
  template_fill *filling;
  ledger_end end;
  ledger ledger;
  buf out; /* the answer, JSON or the file */
  int64_t told;
  size_t *told_labels; /* of named rows: which, by `told` */
} template_task;

/* ---- what is asked ---- */

static bool offer_rows(request *q, template_task *x, err *e) {
  const catalog *packs = request_packs(q);
  rows_offered *list = ARENA_ARRAY(q->a, ROWS_OFFERED_MAX, rows_offered);
  if (!list) return err_memory(e);
  for (size_t p = 0; p < packs->count; p++) {
    const pack *of = packs->packs[p];
    for (size_t i = 0; i < of->kind_count && x->offered_count < ROWS_OFFERED_MAX; i++)
      if (reach_has_kind(&q->who.reach, &of->kinds[i]))
        list[x->offered_count++].name = text_of(of->kinds[i].name);
    for (size_t i = 0; i < of->event_count && x->offered_count < ROWS_OFFERED_MAX; i++)
      if (reach_has_kind(&q->who.reach, &of->kinds[of->events[i].about]))
        list[x->offered_count++].name = text_of(of->events[i].name);
  }
  x->offered = list;
  return true;
}

static bool is_offered(const template_task *x, text rows) {
  for (size_t i = 0; i < x->offered_count; i++)
    if (text_equal(x->offered[i].name, rows)) return true;
  return false;
}

static template_task *begin(request *q, err *e) {
  template_task *x = ARENA_NEW(q->a, template_task);
  if (!x) {
    err_memory(e);
    return NULL;
  }
  *x = (template_task){.q = q, .sheet = query_text(q, "sheet"), .rows = query_text(q, "rows")};
  if (q->body.bytes == 0) {
    err_set(e, ERR_BAD_FILE, "body", "没有收到文件。", "No file was received.");
    return NULL;
  }
  if (!offer_rows(q, x, e)) return NULL;
  if (x->rows.bytes && !is_offered(x, x->rows)) {
    rights_denied((label){"查看这类对象", "see these records"}, e);
    return NULL;
  }
  q->data = x;
  return x;
}

static void end(template_task *x) {
  template_fill_drop(x->filling);
  template_close(x->book);
  x->filling = NULL;
  x->book = NULL;
}

/* ---- reading it ---- */

static bool sheet_number(const template_task *x, size_t *ret, err *e) {
  *ret = SIZE_MAX;
  if (!x->sheet.bytes) return true;
  for (size_t i = 0; i < template_sheet_count(x->book); i++)
    if (text_equal(template_sheet_name(x->book, i), x->sheet)) *ret = i;
  return *ret != SIZE_MAX || err_set(e, ERR_UNKNOWN_NAME, "sheet", "文件里没有这张工作表。",
                                     "The workbook has no such sheet.");
}

/* The rows it is of, as asked, as remembered, or as its headings say. */
static bool find_rows(template_task *x, err *e) {
  text guessed = TEXT("");
  if (!filling_guess_rows(x->q->a, x->q->packs, &x->table, x->offered, x->offered_count, &guessed,
                          e))
    return false;
  if (!x->rows.bytes && x->kept && is_offered(x, text_of(x->kept->rows)))
    x->rows = text_of(x->kept->rows);
  if (!x->rows.bytes) x->rows = guessed;
  return true;
}

static bool kept_columns(template_task *x, const json **ret, err *e) {
  *ret = NULL;
  if (!x->kept || !text_is(x->rows, x->kept->rows)) return true;
  const json *columns = json_parse(x->q->a, x->kept->columns, e);
  json *list = ARENA_NEW(x->q->a, json);
  if (!columns || !list) return columns ? err_memory(e) : false;
  json *items = ARENA_ARRAY(x->q->a, columns->count + 1, json);
  if (!items) return err_memory(e);
  for (size_t i = 0; i < columns->count; i++) {
    const json *c = json_get(&columns->items[i], "column");
    items[i] = c ? *c : (json){.type = JSON_NULL};
  }
  *list = (json){.type = JSON_LIST, .count = columns->count, .items = items};
  *ret = list;
  return true;
}

/* Of a table whose rows are named: which lines they are. */
static bool find_named(template_task *x, store *s, err *e) {
  if (!x->table.label_count) return true;
  const named_table of = {x->q->packs, &x->table, x->rows, &x->names, &x->view.scope};
  return ledger_names_load(s, x->q->a, &x->names, e) &&
         filling_rows_find(x->q->a, &of, &x->named, e);
}

static bool read_template(template_task *x, store *s, err *e) {
  size_t sheet;
  const json *choices = NULL;
  if (!(x->book = template_open(buf_view(&x->q->body), e)) || !sheet_number(x, &sheet, e) ||
      !template_read(x->book, sheet, &x->table, e) ||
      !heading_fingerprint(&x->table, x->fingerprint, e))
    return false;
  if (!store_template_find(s, x->q->a, text_of(x->fingerprint), &x->kept, e) || !find_rows(x, e) ||
      !kept_columns(x, &choices, e))
    return false;
  x->planned = x->rows.bytes > 0;
  const filling_request asked = {.packs = x->q->packs,
                                 .table = &x->table,
                                 .rows = x->rows,
                                 .choices = choices,
                                 .named = x->table.label_count ? &x->named : NULL,
                                 .clear = x->clear};
  return !x->planned || (find_named(x, s, e) && filling_plan(x->q->a, &asked, &x->plan, e));
}

/* ---- what its headings ask for ---- */

static label rows_title(const template_task *x, text rows) {
  const event_kind *ev = NULL;
  const kind *k = catalog_kind(x->q->packs, rows, NULL);
  if (!k) ev = catalog_event(x->q->packs, rows, NULL);
  return k ? k->title : ev ? ev->title : (label){"", ""};
}

static void put_target(json_out *w, const heading_target *t) {
  json_open(w, '{');
  json_key(w, "column");
  json_put_raw(w, t->column);
  json_field_label(w, "title", t->title);
  json_field_label(w, "of", t->of);
  json_close(w, '}');
}

static const char *state_word(filling_state s) {
  static const char *const words[] = {[FILLING_ASKED] = "asked",
                                      [FILLING_SURE] = "sure",
                                      [FILLING_CHOSEN] = "chosen",
                                      [FILLING_LEFT] = "left",
                                      [FILLING_COMPUTED] = "computed"};
  return words[s];
}

static bool put_column(template_task *x, json_out *w, size_t i, err *e) {
  const template_column *c = &x->table.columns[i];
  const text path = heading_path(x->q->a, c);
  if (!path.at) return err_memory(e);
  json_open(w, '{');
  json_field_int(w, "place", c->column);
  json_field_text(w, "heading", path);
  const filling_column *p = x->planned ? &x->plan.columns[i] : NULL;
  json_field_str(w, "state", p ? state_word(p->state) : c->computed ? "computed" : "asked");
  json_key(w, "column");
  if (p && p->source.bytes)
    json_put_raw(w, p->source);
  else
    json_put_null(w);
  json_field_label(w, "title", p ? p->title : (label){"", ""});
  json_field_label(w, "why", p ? p->why : (label){"", ""});
  json_key(w, "likely");
  if (p && p->match.target && p->state == FILLING_ASKED)
    put_target(w, p->match.target);
  else
    json_put_null(w);
  json_field_open(w, "others", '[');
  for (size_t k = 0; p && k < p->match.other_count; k++) put_target(w, p->match.others[k]);
  json_close(w, ']');
  json_close(w, '}');
  return true;
}

static void put_drawing(const template_task *x, json_out *w) {
  json_field_open(w, "cells", '[');
  for (size_t i = 0; i < x->table.drawn_count; i++) {
    const template_drawn *d = &x->table.drawn[i];
    json_open(w, '{');
    json_field_int(w, "row", d->row);
    json_field_int(w, "place", d->column);
    json_field_int(w, "rows", d->rows);
    json_field_int(w, "columns", d->columns);
    json_field_text(w, "text", d->text);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_offered(const template_task *x, json_out *w) {
  json_field_open(w, "offered", '[');
  for (size_t i = 0; i < x->offered_count; i++) {
    json_open(w, '{');
    json_field_text(w, "rows", x->offered[i].name);
    json_field_label(w, "title", rows_title(x, x->offered[i].name));
    json_field_int(w, "sure", (int64_t)x->offered[i].sure);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_field_open(w, "targets", '[');
  const size_t n = x->planned ? heading_target_count(x->plan.book) : 0;
  for (size_t i = 0; i < n && i < TARGETS_TOLD_MAX; i++)
    put_target(w, heading_target_at(x->plan.book, i));
  json_close(w, ']');
}

static bool tell_template(request *q, store *s, err *e) {
  template_task *x = q->data;
  json_out w = json_to(&x->out);
  bool ok = read_template(x, s, e);
  if (ok) {
    json_open(&w, '{');
    json_field_open(&w, "sheets", '[');
    for (size_t i = 0; i < template_sheet_count(x->book); i++)
      json_put_text(&w, template_sheet_name(x->book, i));
    json_close(&w, ']');
    json_field_text(&w, "sheet", template_sheet_name(x->book, x->table.sheet));
    json_field_text(&w, "title", x->table.title);
    json_field_str(&w, "fingerprint", x->fingerprint);
    json_field_text(&w, "rows", x->rows);
    json_field_int(&w, "head_last", x->table.head_last);
    json_field_int(&w, "empty_rows", x->table.data_last - x->table.data_first + 1);
    json_field_bool(&w, "open_ended", x->table.open_ended);
    json_field_text(&w, "filter", x->kept ? x->kept->filter : TEXT(""));
    put_drawing(x, &w);
    json_field_open(&w, "columns", '[');
    for (size_t i = 0; ok && i < x->table.column_count; i++) ok = put_column(x, &w, i, e);
    json_close(&w, ']');
    put_offered(x, &w);
  }
  end(x);
  if (ok && !buf_ok(&x->out)) ok = err_memory(e);
  if (!ok) buf_release(&x->out);
  return ok;
}

/* The rest is told on the loop, where names are looked up. */
static bool answer_template(request *q, err *e) {
  template_task *x = q->data;
  (void)e;
  json_out w = request_answer(q, 200);
  buf_append(w.b, &x->out);
  buf_release(&x->out);
  w.comma = true;
  json_key(&w, "remembered");
  if (x->kept) {
    json_open(&w, '{');
    json_field_int(&w, "seq", x->kept->seq);
    json_field_str(&w, "officer_name", view_officer_name(q, &x->kept->officer));
    json_field_instant(&w, "at", x->kept->at_ms);
    json_close(&w, '}');
  } else {
    json_put_null(&w);
  }
  json_close(&w, '}');
  return true;
}

bool handle_template_new(request *q, err *e) {
  template_task *x = begin(q, e);
  if (!x) return false;
  x->clear = true; /* what may be chosen; what is shown, the filling decides */
  return param_scope(q, TEXT(""), &x->view.scope, e) &&
         request_background(q, BACKGROUND_ASK, tell_template, answer_template);
}

/* ---- filling ---- */

static bool goes_on(void *context, err *e) {
  const request *q = ((template_task *)context)->q;
  if (request_abandoned(q)) return request_say_abandoned(e);
  return !request_stopping((request *)q) || err_set(e, ERR_BUSY, NULL, "服务正在停止，请稍后再试。",
                                                    "The service is stopping; try again soon.");
}

static bool take_row(void *context, const ledger_line *line, err *e) {
  template_task *x = context;
  template_value cells[TEMPLATE_COLUMNS_MAX];
  const bool named = x->table.label_count > 0;
  const size_t row = named ? filling_rows_label(&x->named, &x->table, line) : 0;
  if (named && row == SIZE_MAX) return true; /* none of theirs */
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  if (!filling_values(a, x->book, &x->plan, line, cells, e)) return false;
  if (!x->shown)
    return named ? template_fill_label(x->filling, row, cells, e)
                 : template_fill_put(x->filling, cells, e);
  if (named) x->told_labels[x->told] = row;
  json_out w = json_to(&x->out);
  if (x->told++) buf_char(&x->out, ',');
  json_open(&w, '[');
  for (size_t i = 0; i < x->plan.filled_count; i++)
    if (cells[i].type == FILL_NOTHING)
      json_put_null(&w);
    else
      json_put_text(&w, cells[i].text);
  json_close(&w, ']');
  return buf_ok(&x->out) || err_memory(e);
}

/* The table over the register that fills it: the columns planned, and what of the rows is asked. */
static bool read_asked(template_task *x, err *e) {
  arena *a = x->q->a;
  json *asked = (json *)x->plan.asked;
  const struct {
    const char *key;
    text t;
  } given[] = {{"title", x->title},
               {"filter", x->filter},
               {"q", x->words},
               {"from", x->from},
               {"to", x->to}};
  for (size_t i = 0; i < sizeof given / sizeof *given; i++)
    if (given[i].t.bytes && !json_set_text(a, asked, given[i].key, given[i].t))
      return err_memory(e);
  return ledger_read(a, x->q->packs, asked, x->q->english, x->clear, &x->ledger, e);
}

static bool is_ready(const template_task *x, err *e) {
  if (!x->planned)
    return err_set(e, ERR_BAD_INPUT, "rows", "还没有选这张表填的是哪一类对象或登记。",
                   "It is not chosen yet what the rows of the table are.");
  if ((x->kept ? x->kept->seq : 0) != x->seen && x->seen >= 0)
    return err_set(e, ERR_CONFLICT, "seen", "各列的对应刚刚被别人改过，请重新上传空表看一看。",
                   "Somebody has just changed what the columns mean; upload the table again.");
  if (x->table.label_count && !filling_rows_check(&x->named, &x->table, e)) return false;
  return x->plan.filled_count > 0 ||
         err_set(e, ERR_NOT_ALLOWED, "columns", "没有一列能填，请先选各列填什么。",
                 "No column can be filled; choose first what they are.");
}

static bool may_clear(request *q, const template_task *x, err *e) {
  for (size_t i = 0; x->clear && i < x->view.scope.count; i++)
    if (!request_may(q, RIGHT_SEE_CLEAR, x->ledger.pack, x->view.scope.areas[i].lo))
      return rights_denied(
          (label){"导出完整的证件号、电话等信息", "take masked fields out in clear"}, e);
  return true;
}

static bool write_bytes(int fd, text t, err *e) {
  for (size_t at = 0; at < t.bytes;) {
    const ssize_t n = write(fd, t.at + at, t.bytes - at);
    if (n <= 0) return err_memory(e);
    at += (size_t)n;
  }
  return true;
}

static bool run_rows(template_task *x, store *s, err *e) {
  request *q = x->q;
  const ledger_sink sink = {.take = take_row,
                            .goes_on = goes_on,
                            .context = x,
                            .rows_max = x->shown && !x->table.label_count ? PREVIEW_ROWS
                                                                          : TEMPLATE_ROWS_MAX};
  x->told_labels = ARENA_ARRAY(q->a, x->table.label_count + 1, size_t);
  if (!x->told_labels) return err_memory(e);
  x->view.now = (as_of){request_today(), engine_calendar(request_engine(q))};
  x->view.reach = &q->who.reach;
  x->view.sight = actor_sight_everywhere(&q->who.actor, q->packs, x->ledger.pack);
  x->view.sight.unmasked = x->clear;
  if (!ledger_run(s, q->a, &x->ledger, &x->view, &sink, &x->end, e)) return false;
  if (x->shown || !x->end.more) return true;
  return err_set(e, ERR_TOO_LARGE, "rows", "要填的行超过 %d，请缩小范围，分几张表填。",
                 "More than %d rows; narrow them, and fill several tables.", TEMPLATE_ROWS_MAX);
}

static bool make_file(template_task *x, err *e) {
  request *q = x->q;
  if (!template_fill_finish(x->filling, &x->out, e)) return false;
  q->file_fd = memfd_create("template", MFD_CLOEXEC); /* closed with the request at the latest */
  if (q->file_fd < 0) return err_memory(e);
  q->file_bytes = (int64_t)x->out.bytes;
  return write_bytes(q->file_fd, buf_view(&x->out), e);
}

static bool fill_template(request *q, store *s, err *e) {
  template_task *x = q->data;
  bool ok = db_begin_read(store_db(s), e);
  if (!ok) return false;
  ok = read_template(x, s, e) && is_ready(x, e) && read_asked(x, e) && may_clear(q, x, e);
  if (ok && !x->shown) {
    x->filling = template_fill_begin(x->book, &x->table, x->plan.filled, x->plan.filled_count, e);
    ok = x->filling != NULL;
  }
  ok = ok && run_rows(x, s, e);
  db_end_read(store_db(s));
  ok = ok && (x->shown ? template_keep_labels(&x->table, q->a, e) : make_file(x, e));
  end(x);
  if (!ok || !x->shown) buf_release(&x->out);
  return ok;
}

static void put_labels(json_out *w, const template_task *x) {
  const size_t n = x->table.label_count;
  json_field_open(w, "labels", '[');
  for (int64_t i = 0; n && i < x->told; i++)
    json_put_text(w, x->table.labels[x->told_labels[i]].text);
  json_close(w, ']');
  json_field_open(w, "unmatched", '[');
  for (size_t i = 0; i < n; i++)
    if (!x->named.lines[i].bytes) json_put_text(w, x->table.labels[i].text);
  json_close(w, ']');
  json_key(w, "label_place");
  if (n)
    json_put_int(w, x->table.label_column);
  else
    json_put_null(w);
}

static bool answer_preview(request *q, err *e) {
  template_task *x = q->data;
  (void)e;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_open(&w, "columns", '[');
  for (size_t i = 0; i < x->plan.filled_count; i++) json_put_int(&w, x->plan.filled[i]);
  json_close(&w, ']');
  json_field_open(&w, "rows", '[');
  if (x->out.bytes) json_put_raw(&w, buf_view(&x->out));
  json_close(&w, ']');
  put_labels(&w, x);
  json_field_int(&w, "unknown", x->end.unknown);
  json_field_bool(&w, "more", x->end.more);
  json_field_int(&w, "failed", x->end.failed);
  json_field_label(&w, "why", x->end.why);
  json_close(&w, '}');
  buf_release(&x->out);
  return true;
}

static bool answer_file(request *q, err *e) {
  const template_task *x = q->data;
  return table_file_answer(q, &x->file, e);
}

static bool put_texts(json_out *w, const template_task *x) {
  json_field_open(w, "columns", '[');
  for (size_t i = 0; i < x->ledger.column_count; i++) json_put_str(w, x->ledger.columns[i].title);
  json_close(w, ']');
  json_field_open(w, "areas", '[');
  for (size_t i = 0; i < x->view.scope.count; i++) json_put_str(w, x->view.scope.areas[i].lo);
  json_close(w, ']');
  return true;
}

/* Who took what along, before he gets it. */
static bool note_filled(request *q, err *e) {
  const template_task *x = q->data;
  json_builder made = {.a = q->a};
  json_out w = json_to_tree(&made);
  const uuid id = uuid_v7_now();
  json_open(&w, '{');
  json_field_text(&w, "rows", x->rows);
  json_field_str(&w, "title", x->file.title);
  json_field_str(&w, "format", "xlsx");
  json_field_str(&w, "template", x->fingerprint);
  put_texts(&w, x);
  if (x->filter.bytes) json_field_text(&w, "filter", x->filter);
  if (x->words.bytes) json_field_text(&w, "q", x->words);
  if (x->from.bytes) json_field_text(&w, "from", x->from);
  if (x->to.bytes) json_field_text(&w, "to", x->to);
  if (x->clear) json_field_bool(&w, "clear", true);
  if (x->reason.bytes) json_field_text(&w, "reason", x->reason);
  json_field_int(&w, "count", x->end.rows);
  json_close(&w, '}');
  const json *body = json_built(&made, e);
  return body && request_command(q, VERB_EXPORT, &id, body, 0, answer_file);
}

bool handle_template_fill(request *q, err *e) {
  template_task *x = begin(q, e);
  if (!x) return false;
  text seen = query_text(q, "seen"), name = query_text(q, "name");
  x->seen = -1;
  if (seen.bytes && !text_to_int(seen, &x->seen))
    return err_set(e, ERR_BAD_INPUT, "seen", "seen 应是整数。", "seen is a whole number.");
  x->shown = !text_is(query_text(q, "format"), "xlsx");
  x->clear = query_clear(q);
  if (x->clear && x->shown)
    return err_set(e, ERR_BAD_INPUT, "clear", "完整的信息只在导出的文件里给出。",
                   "Masked fields are in clear in a file alone.");
  x->filter = query_text(q, "filter");
  x->words = query_text(q, "q");
  x->reason = query_text(q, "reason");
  x->from = query_text(q, "from");
  x->to = query_text(q, "to");
  if (text_ends(name, ".xlsx")) name.bytes -= strlen(".xlsx");
  x->file = (table_file){.format = FORMAT_XLSX};
  x->file.title = name.bytes ? arena_copy(q->a, name.at, name.bytes) : "表";
  if (!x->file.title) return err_memory(e);
  return param_scope(q, query_text(q, "area"), &x->view.scope, e) &&
         request_background(q, x->shown ? BACKGROUND_ASK : BACKGROUND_TABLE, fill_template,
                            x->shown ? answer_preview : note_filled);
}

/* ---- what is remembered ---- */

static bool put_kept(request *q, json_out *w, const template_choice *x, err *e) {
  const json *columns = json_parse(q->a, x->columns, e);
  if (!columns) return false;
  json_open(w, '{');
  json_field_str(w, "fingerprint", x->fingerprint);
  json_field_int(w, "seq", x->seq);
  json_field_text(w, "title", x->title);
  json_field_str(w, "rows", x->rows);
  json_field_text(w, "filter", x->filter);
  json_key(w, "columns");
  json_put(w, columns);
  json_field_str(w, "officer_name", view_officer_name(q, &x->officer));
  json_field_instant(w, "at", x->at_ms);
  json_close(w, '}');
  return true;
}

bool handle_templates(request *q, err *e) {
  template_choice *list = NULL;
  size_t count = 0;
  if (!store_templates(request_store(q), q->a, &list, &count, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) {
    const kind *k = catalog_kind(request_packs(q), text_of(list[i].rows), NULL);
    const pack *p = NULL;
    const event_kind *ev = k ? NULL : catalog_event(request_packs(q), text_of(list[i].rows), &p);
    if (ev) k = &p->kinds[ev->about];
    if (k && reach_has_kind(&q->who.reach, k) && !put_kept(q, &w, &list[i], e)) return false;
  }
  page_end(&w, "", NULL);
  return true;
}

static bool answer_kept(request *q, err *e) {
  template_choice *x = NULL;
  if (!store_template_find(request_store(q), q->a, q->params[0], &x, e)) return false;
  if (!x)
    return err_set(e, ERR_UNKNOWN_NAME, "fingerprint", "没有记住这张表的对应。",
                   "Nothing is remembered of this table.");
  json_out w = request_answer(q, 200);
  return put_kept(q, &w, x, e);
}

static bool answer_forgotten(request *q, err *e) {
  (void)e;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_bool(&w, "done", true);
  json_close(&w, '}');
  return true;
}

bool handle_template_put(request *q, err *e) {
  static const char *const taken[] = {"title", "rows", "filter", "columns", NULL};
  const json *sent = param_body(q, e);
  json *body = json_map_new(q->a);
  const uuid id = uuid_v7_now();
  if (!sent) return false;
  if (!body) return err_memory(e);
  for (size_t i = 0; i < sent->count; i++) {
    bool known = false;
    for (size_t k = 0; taken[k]; k++) known |= text_is(sent->keys[i], taken[k]);
    if (!known)
      return err_set(e, ERR_BAD_INPUT, "body", "有不认识的内容。", "Something is unknown.");
    if (!json_set_key(q->a, body, sent->keys[i], &sent->items[i])) return err_memory(e);
  }
  return (json_set_text(q->a, body, "fingerprint", q->params[0]) || err_memory(e)) &&
         request_command(q, VERB_TEMPLATE, &id, body, 0, answer_kept);
}

bool handle_template_forget(request *q, err *e) {
  json *body = json_map_new(q->a);
  const uuid id = uuid_v7_now();
  if (!json_set_text(q->a, body, "fingerprint", q->params[0]) ||
      !json_set_bool(q->a, body, "forgotten", true))
    return err_memory(e);
  return request_command(q, VERB_TEMPLATE, &id, body, 0, answer_forgotten);
}
