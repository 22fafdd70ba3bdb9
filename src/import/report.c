/* What is told of a roster: faults with row, column, value and remedy; a sample; the counts. */
#include "import/roster.h"

void roster_fault(roster *r, int64_t row, text column, text cell, const err *why) {
  if (r->error_count++ >= ROSTER_FAULTS_MAX) return;
  json_out w = json_to(&r->errors);
  if (r->errors.bytes) buf_char(&r->errors, ',');
  json_open(&w, '{');
  json_key(&w, "row");
  json_put_int(&w, row);
  json_key(&w, "column");
  json_put_text(&w, column);
  json_key(&w, "value");
  json_put_text(&w, text_cut(cell, 120));
  json_key(&w, "zh");
  json_put_str(&w, why->zh);
  json_key(&w, "en");
  json_put_str(&w, why->en);
  json_close(&w, '}');
}

/* Somebody the list names and the register does not know: neither right nor wrong. */
void roster_absent(roster *r, const table_row *row, text key) {
  if (r->absent++ >= ROSTER_FAULTS_MAX) return;
  json_out w = json_to(&r->absent_rows);
  if (r->absent_rows.bytes) buf_char(&r->absent_rows, ',');
  json_open(&w, '{');
  json_key(&w, "row");
  json_put_int(&w, row->number);
  json_key(&w, "key");
  json_put_text(&w, text_cut(key, 120));
  json_key(&w, "cells");
  json_open(&w, '[');
  for (size_t c = 0; c < row->count && c < ROSTER_ABSENT_CELLS; c++)
    json_put_text(&w, text_cut(row->cells[c].text, 60));
  json_close(&w, ']');
  json_close(&w, '}');
}

void roster_sample(roster *r, const table_row *row, text title) {
  if (r->sample_count++ >= ROSTER_SAMPLE_MAX) return;
  if (r->sample.bytes) buf_char(&r->sample, ',');
  json_out w = json_to(&r->sample);
  json_open(&w, '{');
  json_key(&w, "row");
  json_put_int(&w, row->number);
  json_key(&w, "title");
  json_put_text(&w, title);
  json_key(&w, "fields");
  json_open(&w, '{');
  for (size_t c = 0; c < r->head.count && c < row->count; c++) {
    const head_column *h = &r->head.columns[c];
    if (h->use != USE_FIELD || !row->cells[c].text.bytes) continue;
    const field *f = import_field(r->pack, r->layout, h->to);
    AUTO_BUF buf shown = {0};
    if (f->privacy == PRIVACY_OPEN)
      buf_text(&shown, row->cells[c].text);
    else
      field_mask(&shown, f, row->cells[c].text);
    json_key_text(&w, h->header);
    json_put_text(&w, buf_view(&shown));
  }
  json_close(&w, '}');
  json_close(&w, '}');
}

text roster_report(roster *r, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  const struct {
    const char *name;
    int64_t n;
  } counts[] = {{"rows", r->row_count},  {"good", r->good},       {"bad", r->bad},
                {"created", r->created}, {"changed", r->changed}, {"same", r->same},
                {"absent", r->absent}};
  json_open(&w, '{');
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    json_key(&w, counts[i].name);
    json_put_int(&w, counts[i].n);
  }
  json_key(&w, "unknown_columns");
  json_put_str(&w, r->head.unknown);
  json_key(&w, "errors");
  buf_char(&b, '[');
  buf_text(&b, buf_view(&r->errors));
  buf_str(&b, "],\"absent_rows\":[");
  buf_text(&b, buf_view(&r->absent_rows));
  buf_str(&b, "],\"sample\":[");
  buf_text(&b, buf_view(&r->sample));
  buf_str(&b, "]}");
  char *copy = buf_ok(&b) && buf_ok(&r->errors) && buf_ok(&r->sample) && buf_ok(&r->absent_rows)
                   ? arena_copy(r->a, b.at, b.bytes)
                   : NULL;
  if (!copy) {
    err_memory(e);
    return (text){NULL, 0};
  }
  return (text){copy, b.bytes};
}

void roster_release(roster *r) {
  buf_release(&r->errors);
  buf_release(&r->sample);
  buf_release(&r->absent_rows);
}
