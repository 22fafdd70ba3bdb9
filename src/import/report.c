/* What is told of a roster: faults with row, column, value and remedy; a sample; the counts. */
#include "import/roster.h"
#include "pack/model/field_value.h"

#include "base/json_fields.h"
#include "engine/eval/display.h"

/* Begins the object. */
static void put_where(json_out *w, int64_t row, text column, text cell) {
  json_open(w, '{');
  json_field_int(w, "row", row);
  json_field_text(w, "column", column);
  json_field_text(w, "value", text_cut(cell, 120));
}

void report_fault(roster *r, int64_t row, text column, text cell, const err *why) {
  fault_groups_add(r, row, column, cell, why);
  if (r->error_count++ >= ROSTER_FAULTS_MAX) return;
  json_out w = json_to(&r->errors);
  if (r->errors.bytes) buf_char(&r->errors, ',');
  put_where(&w, row, column, cell);
  json_field_str(&w, "zh", why->zh);
  json_field_str(&w, "en", why->en);
  json_close(&w, '}');
}

void report_difference(roster *r, const field *f, text column, const value *told,
                       const value *registered) {
  if (r->differences++ >= ROSTER_FAULTS_MAX) return;
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
  json_out w = json_to(&r->difference_rows);
  if (r->difference_rows.bytes) buf_char(&r->difference_rows, ',');
  put_where(&w, r->row, column, buf_view(&cell));
  json_field_str(&w, "zh", e.zh);
  json_field_str(&w, "en", e.en);
  json_close(&w, '}');
  r->difference_rows.failed |= cell.failed || now_zh.failed || now_en.failed;
}

/* Somebody the list names and the register does not know: neither right nor wrong. */
void report_absent(roster *r, const table_row *row, text key) {
  if (r->absent++ >= ROSTER_FAULTS_MAX) return;
  json_out w = json_to(&r->absent_rows);
  if (r->absent_rows.bytes) buf_char(&r->absent_rows, ',');
  json_open(&w, '{');
  json_field_int(&w, "row", row->number);
  json_field_text(&w, "key", text_cut(key, 120));
  json_field_open(&w, "cells", '[');
  for (size_t c = 0; c < row->count && c < ROSTER_ABSENT_CELLS; c++)
    json_put_text(&w, text_cut(row->cells[c].text, 60));
  json_close(&w, ']');
  json_close(&w, '}');
}

void report_repeated(roster *r, int64_t row, int64_t other, bool same) {
  err e;
  if (r->repeated++ >= ROSTER_FAULTS_MAX) return;
  if (same)
    err_set(&e, ERR_CONFLICT, NULL, "和第 %lld 行完全一样，只登记一次。",
            "It is the same as row %lld and recorded once.", (long long)other);
  else
    err_set(&e, ERR_CONFLICT, NULL, "第 %lld 行又写了同一条，以后面的为准，这一行没有读。",
            "Row %lld says it anew and counts; this row was not read.", (long long)other);
  json_out w = json_to(&r->repeated_rows);
  if (r->repeated_rows.bytes) buf_char(&r->repeated_rows, ',');
  json_open(&w, '{');
  json_field_int(&w, "row", row);
  json_field_int(&w, "other", other);
  json_field_str(&w, "zh", e.zh);
  json_field_str(&w, "en", e.en);
  json_close(&w, '}');
}

void report_sample(roster *r, const table_row *row, text title) {
  if (r->sample_count++ >= ROSTER_SAMPLE_MAX) return;
  if (r->sample.bytes) buf_char(&r->sample, ',');
  json_out w = json_to(&r->sample);
  json_open(&w, '{');
  json_field_int(&w, "row", row->number);
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

bool report_write(roster *r, text *ret_json, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  json_field_int(&w, "rows", r->row_count);
  json_field_int(&w, "accepted", r->accepted);
  json_field_int(&w, "refused", r->refused);
  json_field_int(&w, "created", r->created);
  json_field_int(&w, "changed", r->changed);
  json_field_int(&w, "same", r->same);
  json_field_int(&w, "absent", r->absent);
  json_field_int(&w, "differences", r->differences);
  json_field_int(&w, "marks", r->marks);
  json_field_int(&w, "repeated", r->repeated);
  json_field_int(&w, "set_aside", r->set_aside);
  json_field_str(&w, "unknown_columns", r->header.unknown);
  roster_put_columns(r, &w);
  fault_groups_put(r, &w);
  json_key(&w, "errors");
  buf_char(&b, '[');
  buf_append(&b, &r->errors);
  buf_str(&b, "],\"absent_rows\":[");
  buf_append(&b, &r->absent_rows);
  buf_str(&b, "],\"difference_rows\":[");
  buf_append(&b, &r->difference_rows);
  buf_str(&b, "],\"repeated_rows\":[");
  buf_append(&b, &r->repeated_rows);
  buf_str(&b, "],\"sample\":[");
  buf_append(&b, &r->sample);
  buf_str(&b, "]}");
  char *copy = buf_ok(&b) && buf_ok(&r->errors) && buf_ok(&r->sample) && buf_ok(&r->absent_rows) &&
                       buf_ok(&r->difference_rows) && buf_ok(&r->repeated_rows)
                   ? arena_copy(r->a, b.at, b.bytes)
                   : NULL;
  if (!copy) return err_memory(e);
  *ret_json = (text){copy, b.bytes};
  return arena_whole(r->a, true, e);
}

void report_release(roster *r) {
  buf_release(&r->errors);
  buf_release(&r->sample);
  buf_release(&r->absent_rows);
  buf_release(&r->difference_rows);
  buf_release(&r->repeated_rows);
}
