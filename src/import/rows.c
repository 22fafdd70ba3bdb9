/* How each pass over the file reads it: its sheets one after the other, without what is no data. */
#include "import/roster.h"

#include <stdio.h>

table_reader *roster_open(const roster *r, err *e) {
  return table_open(r->source.path, NULL, e);
}

/* ---- its sheets ---- */

static bool keep_text(arena *a, text t, text *ret) {
  const char *copy = arena_copy(a, t.at, t.bytes);
  if (copy) *ret = (text){copy, t.bytes};
  return copy != NULL;
}

static bool name_sheets(roster *r, const table_reader *t, err *e) {
  r->sheet_count = table_sheet_count(t);
  r->hidden_count = table_hidden_count(t);
  r->sheets = ARENA_ARRAY(r->a, r->sheet_count, roster_sheet);
  r->hidden = ARENA_ARRAY(r->a, r->hidden_count, text);
  if (!r->sheets || !r->hidden) return err_memory(e);
  for (size_t i = 0; i < r->sheet_count; i++) {
    r->sheets[i] = (roster_sheet){.name = TEXT("")};
    if (!keep_text(r->a, table_sheet_name(t, i), &r->sheets[i].name)) return err_memory(e);
  }
  for (size_t i = 0; i < r->hidden_count; i++)
    if (!keep_text(r->a, table_hidden_name(t, i), &r->hidden[i])) return err_memory(e);
  return true;
}

static bool no_such_sheet(const roster *r, err *e) {
  AUTO_BUF buf names = {0};
  for (size_t i = 0; i < r->sheet_count && names.bytes < 200; i++)
    buf_printf(&names, "%s%.*s", i ? "、" : "", (int)r->sheets[i].name.bytes, r->sheets[i].name.at);
  const text cut = text_cut(text_of(r->file->sheet), 60);
  return buf_ok(&names)
             ? err_set(e, ERR_UNKNOWN_NAME, "sheet", "文件里没有名为“%.*s”的工作表；有：%s。",
                       "The file has no sheet \"%.*s\"; it has: %s.", (int)cut.bytes, cut.at,
                       names.at ? names.at : "")
             : err_memory(e);
}

/* A sheet without the layout's head (instructions, a cover) is passed over and told. */
static bool look_at_sheet(roster *r, table_reader *t, size_t i, err *e) {
  const import_choices *chosen = r->file->choices;
  const header_search search = {.layout = r->layout,
                                .pack = r->pack,
                                .choices = r->decided,
                                .choice_count = r->decided_count,
                                .number = chosen ? chosen->head : 0};
  header_row *h = ARENA_NEW(r->a, header_row);
  if (!h) return err_memory(e);
  if (header_row_find(t, i, &search, r->a, h, e)) {
    r->sheets[i].header = h;
    return true;
  }
  r->sheets[i].why = *e;
  return e->code == ERR_BAD_FILE &&
         (strcmp(e->where, "header") == 0 || strcmp(e->where, "no_header") == 0);
}

/* None is read: what is wrong with the one that comes nearest. */
static bool none_fits(const roster *r, err *e) {
  for (size_t i = r->sheet_count; i-- > 0;)
    if (r->sheets[i].why.code != ERR_NONE &&
        (e->code == ERR_NONE || strcmp(r->sheets[i].why.where, "header") == 0))
      *e = r->sheets[i].why;
  return false;
}

static bool find_sheets(roster *r, table_reader *t, err *e) {
  size_t read = 0;
  if (!name_sheets(r, t, e)) return false;
  if (r->file->sheet && r->file->sheet[0] && roster_chosen_sheet(r) == r->sheet_count)
    return no_such_sheet(r, e);
  if (!roster_decide_columns(r, t, e)) return false;
  for (size_t i = 0; i < r->sheet_count; i++) {
    if (!roster_wants_sheet(r, i)) continue;
    if (!look_at_sheet(r, t, i, e)) return false;
    read += r->sheets[i].header != NULL;
  }
  *e = (err){0};
  return read > 0 || roster_is_to_choose(r) || none_fits(r, e);
}

/* The next that is read, from `i` on; *ret_there false: there is none. */
static bool go_to_sheet(roster *r, table_reader *t, size_t i, bool *ret_there, err *e) {
  while (i < r->sheet_count && !r->sheets[i].header) i++;
  *ret_there = i < r->sheet_count;
  if (!*ret_there) return true;
  r->sheet = i;
  r->header = *r->sheets[i].header;
  r->sheets[i].rows = r->sheets[i].hidden_rows = r->sheets[i].passed_over = 0;
  return header_row_pass(t, i, &r->header, e);
}

bool roster_find_header(roster *r, table_reader *t, err *e) {
  bool there;
  return (r->sheets || find_sheets(r, t, e)) && go_to_sheet(r, t, 0, &there, e);
}

/* ---- its rows ---- */

/* What stands below or between the data of a table that people keep by hand. */
static const char *const no_data[] = {
    "合计",   "小计",       "总计",         "共计",   "累计",     "本页计",   "注：",
    "注:",    "备注：",     "备注:",        "说明：", "说明:",    "填表人",   "制表人",
    "审核人", "经办人",     "负责人",       "填报人", "填报单位", "填报日期", "制表日期",
    "联系人", "单位负责人", "单位（盖章）", "签字"};

static bool begins_as_no_data(text t) {
  char plain[40]; /* 合 计 */
  size_t n = 0;
  for (size_t i = 0; i < t.bytes && n + 1 < sizeof plain; i++)
    if (t.at[i] != ' ' && t.at[i] != '(') plain[n++] = t.at[i];
  for (size_t i = 0; i < sizeof no_data / sizeof *no_data; i++)
    if (text_starts((text){plain, n}, no_data[i])) return true;
  return false;
}

/* "合计" and nothing else. */
static bool is_total_word(text t) {
  static const char *const words[] = {"合计", "合 计", "合　计", "小计", "小 计", "小　计", "总计"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_is(t, words[i])) return true;
  return false;
}

/* A row that begins as a total; or nothing in a column that a row of data must have, and a word of
 * totals or signatures; or the head said once more, on a next page. */
static bool is_no_data(const roster *r, const table_row *row) {
  size_t filled = 0, titles = 0;
  bool has_word = false, has_required = false, is_total = false;
  for (size_t i = 0; i < row->count; i++) {
    const table_cell *c = &row->cells[i];
    if (!c->text.bytes || c->merged) continue;
    const header_column *h = i < r->header.count ? &r->header.columns[i] : NULL;
    if (!filled++) is_total = is_total_word(c->text);
    has_word |= begins_as_no_data(c->text);
    titles += h && h->how != HOW_NOT && same_heading(h->header, c->text);
    has_required |= h && h->to && h->to->kind == r->layout->row_kind &&
                    (h->to->required || h->to->field == r->layout->row_key) &&
                    !begins_as_no_data(c->text);
  }
  if (is_total || (filled >= 2 && titles == filled)) return true;
  return has_word && !has_required;
}

bool roster_mend(const roster *r, arena *a, table_row *row, err *e) {
  const import_choices *x = r->file->choices;
  table_cell *cells = NULL;
  if (!x || !x->mended_count) return true;
  const int64_t number = roster_row_in_sheet(row->number);
  for (size_t c = 0; c < r->header.count && c < row->count; c++) {
    text heading = r->header.columns[c].header;
    if (!import_choices_mends(x, heading)) continue;
    const text *to = import_choices_mended(x, roster_sheet_of(r, row->number), number, heading,
                                           text_trim(row->cells[c].text));
    if (!to) continue;
    if (!cells) {
      cells = ARENA_ARRAY(a, row->count, table_cell);
      if (!cells) return err_memory(e);
      memcpy(cells, row->cells, row->count * sizeof *cells);
      row->cells = cells;
    }
    cells[c] = (table_cell){.text = *to, .as_day = DAY_NONE};
  }
  return true;
}

int roster_next(roster *r, table_reader *t, arena *a, table_row *row, err *e) {
  bool there = true;
  int got = 0;
  arena_clear(a);
  while (there) {
    roster_sheet *s = &r->sheets[r->sheet];
    got = table_next(t, row, e);
    if (got < 0) return got;
    if (got == 0) {
      if (!go_to_sheet(r, t, r->sheet + 1, &there, e)) return -1;
      continue;
    }
    if (is_no_data(r, row)) {
      s->passed_over++;
      continue;
    }
    s->rows++;
    s->hidden_rows += row->hidden;
    row->number |= (int64_t)r->sheet << ROSTER_SHEET_BITS;
    return roster_mend(r, a, row, e) ? got : -1;
  }
  return 0;
}

/* ---- where a row stands ---- */

int64_t roster_row_in_sheet(int64_t row) {
  return row & (((int64_t)1 << ROSTER_SHEET_BITS) - 1);
}

text roster_sheet_of(const roster *r, int64_t row) {
  const size_t sheet = (size_t)(row >> ROSTER_SHEET_BITS);
  return r->sheet_count > 1 && sheet < r->sheet_count ? r->sheets[sheet].name : TEXT("");
}

const char *roster_place(const roster *r, int64_t row, bool english, char ret[ROSTER_PLACE_MAX]) {
  const text sheet = text_cut(roster_sheet_of(r, row), 60);
  const long long n = (long long)roster_row_in_sheet(row);
  const char *before = !sheet.bytes ? "" : english ? "\"" : "“";
  const char *after = !sheet.bytes ? "" : english ? "\", " : "”";
  snprintf(ret, ROSTER_PLACE_MAX, english ? "%s%.*s%srow %lld" : "%s%.*s%s第 %lld 行", before,
           (int)sheet.bytes, sheet.at, after, n);
  return ret;
}
