/* What is told of a roster: faults with row, column, value and remedy; a sample; the counts. */
#include "import/roster.h"
#include "pack/model/field_value.h"

#include "base/json_fields.h"
#include "engine/eval/display.h"

/* Begins an object of the list; false: it is long enough, or nothing is told now. */
static bool begin_told(roster *r, told_list *l, json_out *w, int64_t row) {
  if (r->quiet || l->count++ >= ROSTER_FAULTS_MAX) return false;
  if (l->items.bytes) buf_char(&l->items, ',');
  *w = json_to(&l->items);
  json_open(w, '{');
  json_field_text(w, "sheet", roster_sheet_of(r, row));
  json_field_int(w, "row", roster_row_in_sheet(row));
  return true;
}

/* Faults that somebody can mend are also grouped, and marked in the file that is sent back. */
void report_told(roster *r, told_list *l, int64_t row, text column, text cell, const char *code,
                 const err *why) {
  json_out w;
  if (!r->quiet && (l == &r->errors || l == &r->cells)) fault_groups_add(r, row, column, cell, why);
  if (!begin_told(r, l, &w, row)) return;
  const text heading = fault_heading(r, column); /* by which the cell is mended */
  json_field_text(&w, "column", heading.bytes ? heading : column);
  json_field_text(&w, "value", text_cut(cell, 120));
  json_field_str(&w, "code", code);
  json_field_str(&w, "zh", why->zh);
  json_field_str(&w, "en", why->en);
  json_close(&w, '}');
}

void report_difference(roster *r, const field *f, text column, const value *told,
                       const value *registered) {
  AUTO_BUF buf now_zh = {0}, now_en = {0}, cell = {0};
  err e;
  field_print(&cell, f, told, field_shown(f), false);
  if (registered) field_print(&now_zh, f, registered, field_shown(f), false);
  if (registered) field_print(&now_en, f, registered, field_shown(f), true);
  label by = f->owner_count ? f->owners[0].title : (label){"首次录入", "the first taking-in"};
  err_set(&e, ERR_NOT_ALLOWED, f->name,
          "登记的是“%s”，没有改：这一项由“%s”写入。请核对，名册对的按办理，登记错的提出更正。",
          "\"%s\" is registered and stays: this is written by \"%s\". Check which is right: take "
          "the step, or propose a correction.",
          ZH_EN(now_zh.bytes ? now_zh.at : "空", now_en.bytes ? now_en.at : "nothing"), LABEL(by));
  report_told(r, &r->differences, r->row, column, buf_view(&cell), "differs", &e);
  r->differences.items.failed |= cell.failed || now_zh.failed || now_en.failed;
}

/* Somebody the list names and the register does not know: neither right nor wrong. */
void report_absent(roster *r, const table_row *row, text key) {
  json_out w;
  if (!begin_told(r, &r->absent, &w, row->number)) return;
  json_field_text(&w, "key", text_cut(key, 120));
  json_field_open(&w, "cells", '[');
  for (size_t c = 0; c < row->count && c < ROSTER_ABSENT_CELLS; c++)
    json_put_text(&w, text_cut(row->cells[c].text, 60));
  json_close(&w, ']');
  json_close(&w, '}');
}

void report_repeated(roster *r, int64_t row, int64_t other, bool same) {
  err e;
  json_out w;
  char zh[ROSTER_PLACE_MAX], en[ROSTER_PLACE_MAX];
  if (!begin_told(r, &r->repeated, &w, row)) return;
  roster_place(r, other, false, zh);
  roster_place(r, other, true, en);
  if (same)
    err_set(&e, ERR_CONFLICT, NULL, "和%s完全一样，只登记一次。",
            "It is the same as %s and recorded once.", ZH_EN(zh, en));
  else
    err_set(&e, ERR_CONFLICT, NULL, "%s又写了同一条，以后面的为准，这一行没有读。",
            "It is said anew by %s, which counts; this row was not read.", ZH_EN(zh, en));
  json_field_int(&w, "other", roster_row_in_sheet(other));
  json_field_str(&w, "zh", e.zh);
  json_field_str(&w, "en", e.en);
  json_close(&w, '}');
}

void report_sample(roster *r, const table_row *row, text title) {
  if (r->sample_count++ >= ROSTER_SAMPLE_MAX) return;
  if (r->sample.bytes) buf_char(&r->sample, ',');
  json_out w = json_to(&r->sample);
  json_open(&w, '{');
  json_field_text(&w, "sheet", roster_sheet_of(r, row->number));
  json_field_int(&w, "row", roster_row_in_sheet(row->number));
  json_field_text(&w, "title", title);
  json_field_open(&w, "fields", '{');
  for (size_t c = 0; c < r->header.count && c < row->count; c++) {
    const header_column *h = &r->header.columns[c];
    if (h->use != USE_FIELD || !row->cells[c].text.bytes) continue;
    const field *f = import_field(r->pack, r->layout, h->to);
    AUTO_BUF buf shown = {0};
    if (f->privacy == PRIVACY_OPEN)
      buf_text(&shown, row->cells[c].text);
    else
      field_mask(&shown, f, row->cells[c].text);
    json_key_text(&w, h->header);
    json_put_buf(&w, &shown);
    r->sample.failed |= !buf_ok(&shown);
  }
  json_close(&w, '}');
  json_close(&w, '}');
}

/* A sentence about the file as a whole. */
static void put_notice(json_out *w, const err *what) {
  json_open(w, '{');
  json_field_str(w, "zh", what->zh);
  json_field_str(w, "en", what->en);
  json_close(w, '}');
}

static void put_hidden_sheets(const roster *r, json_out *w) {
  AUTO_BUF buf names = {0};
  err e;
  for (size_t i = 0; i < r->hidden_count && names.bytes < 300; i++)
    buf_printf(&names, "%s“%.*s”", i ? "、" : "", (int)text_cut(r->hidden[i], 60).bytes,
               r->hidden[i].at);
  if (!r->hidden_count || !buf_ok(&names)) return;
  err_set(&e, ERR_BAD_FILE, "file", "隐藏的工作表没有读：%s。", "Hidden sheets are not read: %s.",
          names.at);
  put_notice(w, &e);
}

static void put_notices_of_sheet(const roster *r, json_out *w, const roster_sheet *s) {
  err e;
  const text name = text_cut(r->sheet_count > 1 ? s->name : TEXT(""), 60);
  const char *open = name.bytes ? "“" : "", *close = name.bytes ? "”" : "";
  if (s->hidden_rows) {
    err_set(&e, ERR_BAD_FILE, "file",
            "%s%.*s%s有 %lld 行是隐藏的（常见的是还开着筛选），也一起读了。",
            "%s%.*s%s: %lld rows are hidden (a filter may be on) and were read, too.", open,
            (int)name.bytes, name.at, close, (long long)s->hidden_rows);
    put_notice(w, &e);
  }
  if (s->passed_over) {
    err_set(&e, ERR_BAD_FILE, "file", "%s%.*s%s有 %lld 行是合计、签名、备注或重复的表头，没有读。",
            "%s%.*s%s: %lld rows are totals, signatures, notes or heads said once more, and were "
            "not read.",
            open, (int)name.bytes, name.at, close, (long long)s->passed_over);
    put_notice(w, &e);
  }
  if (s->why.code != ERR_NONE) {
    err_set(&e, ERR_BAD_FILE, "file", "%s%.*s%s没有读：%s", "%s%.*s%s is not read: %s", open,
            (int)name.bytes, name.at, close, LABEL(s->why));
    put_notice(w, &e);
  }
}

static void put_sheets(const roster *r, json_out *w) {
  json_field_open(w, "sheets", '[');
  for (size_t i = 0; i < r->sheet_count; i++) {
    json_open(w, '{');
    json_field_text(w, "name", r->sheets[i].name);
    json_field_bool(w, "read", r->sheets[i].header != NULL);
    json_field_int(w, "rows", r->sheets[i].rows);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_field_open(w, "notices", '[');
  put_hidden_sheets(r, w);
  for (size_t i = 0; i < r->sheet_count; i++) put_notices_of_sheet(r, w, &r->sheets[i]);
  json_close(w, ']');
}

/* What is told of cells and rows, and how the report calls it. */
enum { LISTS = 7 };
typedef struct named_list {
  const char *name, *count;
  told_list *list;
} named_list;

static void lists_of(roster *r, named_list ret[LISTS]) {
  const named_list all[LISTS] = {
      {"errors", NULL, &r->errors},
      {"cells", "left_out", &r->cells},
      {"notes", "noted", &r->notes},
      {"move_rows", "moves", &r->moves},
      {"absent_rows", "absent", &r->absent},
      {"difference_rows", "differences", &r->differences},
      {"repeated_rows", "repeated", &r->repeated},
  };
  memcpy(ret, all, sizeof all);
}

static void put_compared(const roster *r, json_out *w) {
  json_field_open(w, "compared", '{');
  for (int i = 0; i < COMPARED_RESULTS; i++)
    json_field_int(w, compared_word((compared_result)i), r->compared_rows[i]);
  json_field_int(w, "differing", r->compared_differing);
  json_field_int(w, "managed", r->compared_managed);
  json_close(w, '}');
  json_field_open(w, "fault_groups", '[');
  json_close(w, ']');
}

static void forget_told(told_list *l) {
  l->items.bytes = 0;
  l->count = 0;
}

static void put_list(json_out *w, const char *name, const buf *items) {
  json_field_open(w, name, '[');
  if (items->bytes) json_put_raw(w, buf_view(items));
  json_close(w, ']');
  w->b->failed |= items->failed;
}

bool report_write(roster *r, text *ret_json, err *e) {
  AUTO_BUF buf b = {0};
  named_list lists[LISTS];
  json_out w = json_to(&b);
  lists_of(r, lists);
  json_open(&w, '{');
  json_field_int(&w, "rows", r->row_count);
  json_field_int(&w, "accepted", r->accepted);
  json_field_int(&w, "refused", r->refused);
  json_field_int(&w, "created", r->created);
  json_field_int(&w, "changed", r->changed);
  json_field_int(&w, "same", r->same);
  json_field_int(&w, "marks", r->marks);
  json_field_int(&w, "set_aside", r->set_aside);
  /* What stands in a list that is only compared is not kept, in a report either. */
  for (size_t i = 0; i < LISTS; i++)
    if (r->layout->compare && lists[i].list != &r->errors) forget_told(lists[i].list);
  for (size_t i = 0; i < LISTS; i++)
    if (lists[i].count) json_field_int(&w, lists[i].count, lists[i].list->count);
  json_field_str(&w, "unknown_columns", r->header.unknown);
  roster_put_columns(r, &w);
  if (r->layout->compare)
    put_compared(r, &w);
  else
    fault_groups_put(r, &w);
  put_sheets(r, &w);
  for (size_t i = 0; i < LISTS; i++) put_list(&w, lists[i].name, &lists[i].list->items);
  put_list(&w, "sample", &r->sample);
  json_close(&w, '}');
  char *copy = buf_ok(&b) ? arena_copy(r->a, b.at, b.bytes) : NULL;
  if (!copy) return err_memory(e);
  *ret_json = (text){copy, b.bytes};
  return arena_whole(r->a, true, e);
}

void report_release(roster *r) {
  named_list lists[LISTS];
  lists_of(r, lists);
  for (size_t i = 0; i < LISTS; i++) buf_release(&lists[i].list->items);
  buf_release(&r->sample);
  buf_release(&r->why);
  table_source_close(&r->source);
}
