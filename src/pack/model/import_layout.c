/* The field that a column fills, and what stands for no value. */
#include "base/fold.h"
#include "base/money.h"
#include "pack/model/pack.h"

static const field the_day = {.name = "on",
                              .title = {"日期", "day"},
                              .help = {"", ""},
                              .type = FIELD_DATE,
                              .required = true,
                              .min = 1,
                              .max = 0,
                              .fact_index = -1,
                              .check_message = {"", ""}};

const field *import_field(const pack *p, const import_layout *l, const import_column *c) {
  if (c->is_day) return &the_day;
  return c->kind < 0 ? &p->events[l->event].fields[c->field] : &p->kinds[c->kind].fields[c->field];
}

static bool is_mark(text mark, text folded_cell) {
  buf folded AUTO_BUF = {0};
  int64_t x, y;
  if (!text_fold(mark, &folded)) return false;
  return text_equal(buf_view(&folded), folded_cell) ||
         (decimal_parse(buf_view(&folded), &x) && decimal_parse(folded_cell, &y) && x == y);
}

static bool is_choice(const field *f, text cell) {
  for (size_t i = 0; i < f->choice_count; i++) {
    const choice *c = &f->choices[i];
    if (text_is(cell, c->code) || text_is(cell, c->title.zh) || text_is(cell, c->title.en) ||
        (c->official && text_is(cell, c->official)))
      return true;
    for (const char *const *a = c->aliases; a && *a; a++)
      if (text_is(cell, *a)) return true;
  }
  return false;
}

bool import_missing(const import_layout *l, const import_column *c, const field *f, text cell) {
  const char *const *marks = c->missing ? c->missing : l->missing;
  buf folded AUTO_BUF = {0};
  text s = text_trim(cell);
  if (!marks || !s.bytes || s.bytes > 60 || is_choice(f, s) || !text_fold(s, &folded)) return false;
  for (; *marks; marks++)
    if (is_mark(text_of(*marks), text_trim(buf_view(&folded)))) return true;
  return false;
}

bool import_is_nothing(const field *f, text cell) {
  static const char *const words[] = {
      "无",   "／",   "/",    "-",    "－",   "—",  "——",     "–",      "--",  "---",
      "暂无", "没有", "不详", "未知", "未填", "空", "N/A",    "n/a",    "NA",  "na",
      "NULL", "null", "None", "none", "\\",   "*",  "无数据", "不适用", "nan", "NaN"};
  const text s = text_trim(cell);
  if (!s.bytes || s.bytes > 9) return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!text_is(s, words[i])) continue;
    if (f->empty_title.zh[0] && text_is(s, "无")) return false;
    if (f->type == FIELD_BOOL && (text_is(s, "无") || text_is(s, "没有"))) return false;
    return !is_choice(f, s);
  }
  return false;
}
