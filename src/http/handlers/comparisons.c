/* A list beside the register: rows with what was found, shown or as a file. They are read anew from
 * the file each time and kept nowhere. */
#include "http/handlers.h"

#include "base/json_build.h"
#include "http/table_file.h"
#include "http/uploads.h"
#include "import/choices.h"
#include "import/compare.h"

enum { FIXED_COLUMNS = 12 };

typedef struct comparison_task {
  request *q;
  upload u;
  const pack *pack;
  const import_layout *layout;
  import_choices choices;
  text result; /* "": any */
  bool differing;
  text managed; /* yes, no; "": both */
  table_file file;
  page_cursor cursor; /* number: rows that were shown before */
  int64_t most, matched, told;
  int64_t counts[COMPARED_RESULTS];
  buf out;
} comparison_task;

/* ---- which rows ---- */

static bool is_asked(const comparison_task *x, const compared_row *row) {
  if (x->result.bytes && !text_is(x->result, compared_word(row->result))) return false;
  if (x->differing && !row->difference_count) return false;
  return !x->managed.bytes || (row->subject && row->managed == text_is(x->managed, "yes"));
}

/* ---- shown ---- */

static void put_known(json_out *w, const comparison_task *x, const compared_row *row) {
  json_field_str(w, "kind", row->subject->kind->name);
  json_field_uuid(w, "subject", &row->subject->id);
  json_field_text(w, "title", record_title(row->subject));
  json_field_str(w, "root_kind", row->root->kind->name);
  json_field_uuid(w, "root", &row->root->id);
  json_field_text(w, "root_title", record_title(row->root));
  json_field_str(w, "area_name", row->area);
  json_field_str(w, "colour", colour_name(row->root->colour));
  json_field_bool(w, "managed", row->managed);
  json_field_open(w, "shown", '[');
  for (size_t i = 0; i < x->layout->compare->shown_count; i++) json_put_text(w, row->shown[i]);
  json_close(w, ']');
}

static void put_differences(json_out *w, const compared_row *row) {
  json_field_open(w, "differences", '[');
  for (size_t i = 0; i < row->difference_count; i++) {
    json_open(w, '{');
    json_field_text(w, "column", row->differences[i].column);
    json_field_text(w, "told", row->differences[i].told);
    json_field_text(w, "registered", row->differences[i].registered);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_row(comparison_task *x, const compared_row *row) {
  if (x->told++) buf_char(&x->out, ',');
  json_out w = json_to(&x->out);
  json_open(&w, '{');
  json_field_text(&w, "sheet", row->sheet);
  json_field_int(&w, "row", row->row);
  json_field_text(&w, "name", row->name);
  json_field_text(&w, "key", row->key);
  json_field_str(&w, "result", compared_word(row->result));
  json_field_int(&w, "likely", (int64_t)row->likely);
  if (row->subject) put_known(&w, x, row);
  put_differences(&w, row);
  json_field_text(&w, "why", row->why);
  json_close(&w, '}');
}

/* ---- as a file ---- */

static const label fixed[FIXED_COLUMNS] = {{"工作表", "sheet"},
                                           {"行", "row"},
                                           {"名单上的名称", "name in the list"},
                                           {"号码", "number"},
                                           {"比对结果", "result"},
                                           {"登记的名称", "registered name"},
                                           {"所属", "belongs to"},
                                           {"区域", "area"},
                                           {"在办个案", "open case"},
                                           {"预警", "colour"},
                                           {"不一致之处", "differs"},
                                           {"说明", "note"}};
static const label results[COMPARED_RESULTS] = {{"在册", "registered"},
                                                {"可能在册，请核对", "possibly registered"},
                                                {"不在册", "not registered"},
                                                {"信息不够，比不了", "too little to tell"}};

static label colour_title(int64_t colour) {
  static const struct {
    const char *word;
    label title;
  } known[] = {{"red", {"红", "red"}}, {"yellow", {"黄", "yellow"}}, {"green", {"绿", "green"}}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i].word, colour_name(colour)) == 0) return known[i].title;
  return (label){"", ""};
}

static const char *said(const comparison_task *x, label l) {
  return x->q->english ? l.en : l.zh;
}

static bool say_differences(const comparison_task *x, const compared_row *row, buf *b) {
  for (size_t i = 0; i < row->difference_count; i++) {
    const compared_difference *d = &row->differences[i];
    buf_printf(b, x->q->english ? "%s%.*s: %.*s, registered: %.*s" : "%s%.*s：%.*s，登记：%.*s",
               i ? (x->q->english ? "; " : "；") : "", (int)d->column.bytes, d->column.at,
               (int)d->told.bytes, d->told.at, (int)d->registered.bytes, d->registered.at);
  }
  return buf_ok(b);
}

static table_value text_cell(text t) {
  return (table_value){.type = t.bytes ? TABLE_TEXT : TABLE_EMPTY, .text = t};
}

static bool write_row(comparison_task *x, const compared_row *row, err *e) {
  const size_t shown = x->layout->compare->shown_count;
  table_value *cells = ARENA_ARRAY(x->q->a, FIXED_COLUMNS + shown, table_value);
  AUTO_BUF buf differs = {0};
  if (!cells || !say_differences(x, row, &differs)) return err_memory(e);
  const label yes = {"是", "yes"}, no = {"否", "no"}, none = {"", ""};
  const bool known = row->subject != NULL;
  size_t n = 0;
  cells[n++] = text_cell(row->sheet);
  cells[n++] = (table_value){.type = TABLE_INTEGER, .number = row->row};
  cells[n++] = text_cell(row->name);
  cells[n++] = text_cell(row->key);
  cells[n++] = text_cell(text_of(said(x, results[row->result])));
  cells[n++] = text_cell(known ? record_title(row->subject) : TEXT(""));
  cells[n++] = text_cell(known && row->root != row->subject ? record_title(row->root) : TEXT(""));
  cells[n++] = text_cell(text_of(known ? row->area : ""));
  cells[n++] = text_cell(text_of(said(x, !known ? none : row->managed ? yes : no)));
  cells[n++] = text_cell(text_of(said(x, known ? colour_title(row->root->colour) : none)));
  for (size_t i = 0; i < shown; i++) cells[n++] = text_cell(known ? row->shown[i] : TEXT(""));
  cells[n++] = text_cell(buf_view(&differs));
  cells[n++] = text_cell(row->why);
  return table_put(x->file.writer, cells, n, e);
}

static bool take_row(void *context, const compared_row *row, err *e) {
  comparison_task *x = context;
  x->counts[row->result]++;
  if (!is_asked(x, row)) return true;
  const int64_t place = x->matched++;
  if (x->file.format != FORMAT_SHOWN) return write_row(x, row, e);
  if (place >= x->cursor.number && place < x->cursor.number + x->most) put_row(x, row);
  return buf_ok(&x->out) || err_memory(e);
}

/* ---- on the thread ---- */

static bool read_rows(request *q, store *s, err *e) {
  comparison_task *x = q->data;
  char path[64];
  const compare_sink sink = {.english = q->english, .take = take_row, .context = x};
  if (!param_temporary(x->u.body, path, e)) return false;
  const import_file file = {.who = &q->who.actor,
                            .layout = x->layout,
                            .path = path,
                            .name = x->u.file,
                            .taking_in_on = DAY_NONE,
                            .choices = &x->choices,
                            .sheet = x->choices.sheet.bytes ? x->choices.sheet.at : NULL,
                            .asks = true};
  bool ok = db_begin_read(store_db(s), e);
  if (ok) {
    ok = import_compare_rows(s, q->a, &file, request_today(), &sink, e);
    db_end_read(store_db(s));
  }
  param_temporary_done(path);
  return ok;
}

static bool show_rows(request *q, store *s, err *e) {
  comparison_task *x = q->data;
  if (read_rows(q, s, e)) return true;
  buf_release(&x->out);
  return false;
}

static bool fill_file(request *q, store *s, err *e) {
  comparison_task *x = q->data;
  AUTO_BUF buf b = {0};
  if (!read_rows(q, s, e)) return false;
  ledger_file_put_note(&b, x->matched, q->who.officer->name, q->english);
  return buf_ok(&b) ? table_note(x->file.writer, buf_view(&b), e) : err_memory(e);
}

static bool make_file(request *q, store *s, err *e) {
  comparison_task *x = q->data;
  const import_compare *c = x->layout->compare;
  table_column *columns = ARENA_ARRAY(q->a, FIXED_COLUMNS + c->shown_count, table_column);
  size_t n = 0;
  if (!columns) return err_memory(e);
  for (size_t i = 0; i < FIXED_COLUMNS - 2; i++) columns[n++].title = said(x, fixed[i]);
  for (size_t i = 0; i < c->shown_count; i++)
    columns[n++].title = said(x, x->pack->kinds[c->shown[i].kind].fields[c->shown[i].field].title);
  columns[n++].title = said(x, fixed[FIXED_COLUMNS - 2]);
  columns[n++].title = said(x, fixed[FIXED_COLUMNS - 1]);
  return table_file_make(q, s, &x->file, columns, n, fill_file, e);
}

/* ---- answering ---- */

static bool answer_rows(request *q, err *e) {
  comparison_task *x = q->data;
  (void)e;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_open(&w, "columns", '[');
  const import_compare *c = x->layout->compare;
  for (size_t i = 0; i < c->shown_count; i++) {
    const label title = x->pack->kinds[c->shown[i].kind].fields[c->shown[i].field].title;
    json_open(&w, '{');
    json_field_str(&w, "zh", title.zh);
    json_field_str(&w, "en", title.en);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  json_field_int(&w, "matched", x->matched);
  page_begin(&w);
  if (x->out.bytes) json_put_raw(&w, buf_view(&x->out));
  buf_release(&x->out);
  x->cursor.number += x->most;
  page_end(&w, "number", x->cursor.number < x->matched ? &x->cursor : NULL);
  return true;
}

static bool answer_file(request *q, err *e) {
  const comparison_task *x = q->data;
  return table_file_answer(q, &x->file, e);
}

/* Who took what along, before he gets it. */
static bool note_file(request *q, err *e) {
  const comparison_task *x = q->data;
  const uuid id = uuid_v7_now();
  const json *body = comparison_entry(q, &x->u, x->layout, table_format_word(x->file.format),
                                      x->matched, x->counts[COMPARED_FOUND], e);
  return body && request_command(q, VERB_EXPORT, &id, body, 0, answer_file);
}

const json *comparison_entry(request *q, const upload *u, const import_layout *l,
                             const char *format, int64_t rows, int64_t found, err *e) {
  const pack *p = catalog_pack_of_import(request_packs(q), l);
  json_builder made = {.a = q->a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  json_field_str(&w, "rows", p->kinds[l->row_kind].name);
  json_field_str(&w, "title", u->file);
  json_field_str(&w, "format", format);
  json_field_uuid(&w, "compared", &u->id);
  json_field_int(&w, "count", rows);
  json_field_int(&w, "found", found);
  json_close(&w, '}');
  return json_built(&made, e);
}

/* ---- asking ---- */

static bool read_asked(request *q, comparison_task *x, err *e) {
  const json *choices = x->u.choices.at ? json_parse(q->a, x->u.choices, e) : NULL;
  if (x->u.choices.at && !choices) return false;
  x->result = query_text(q, "result");
  x->managed = query_text(q, "managed");
  x->differing = query_text(q, "differing").bytes > 0;
  x->most = (int64_t)query_limit(q);
  bool known = !x->result.bytes;
  for (int i = 0; i < COMPARED_RESULTS; i++)
    known |= text_is(x->result, compared_word((compared_result)i));
  if (!known)
    return err_set(e, ERR_BAD_INPUT, "result", "没有这种比对结果。", "There is no such result.");
  return import_choices_read(q->a, choices, &x->choices, e) &&
         table_file_read(query_text(q, "format"), query_text(q, "encoding"), &x->file, e) &&
         page_read(q, "number", &x->cursor, e);
}

bool handle_import_compared(request *q, err *e) {
  const upload *u = upload_of_address(q, false, true, e);
  comparison_task *x = u ? ARENA_NEW(q->a, comparison_task) : NULL;
  if (!u) return false;
  if (!x) return err_memory(e);
  const found_name found = catalog_import(request_packs(q), text_of(u->layout));
  *x = (comparison_task){.q = q, .u = *u, .pack = found.owner, .layout = found.item};
  q->data = x;
  if (!x->layout || !x->layout->compare)
    return err_set(e, ERR_NOT_ALLOWED, "layout", "这不是信息比对的名单。",
                   "This list is not compared.");
  if (!u->body.bytes)
    return err_set(e, ERR_NOT_ALLOWED, "state", "原表已不再保存（最多 %d 天），请重新上传。",
                   "The file is not kept any more (%d days at most); upload it again.",
                   UPLOAD_DAYS);
  if (!read_asked(q, x, e)) return false;
  x->file.title = arena_printf(q->a, "%s", x->layout->title.zh);
  if (q->english) x->file.title = x->layout->title.en;
  return x->file.format == FORMAT_SHOWN
             ? request_background(q, BACKGROUND_LIST, show_rows, answer_rows)
             : request_background(q, BACKGROUND_TABLE, make_file, note_file);
}
