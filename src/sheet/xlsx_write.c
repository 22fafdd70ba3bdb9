#include "base/money.h"
#include "sheet/table_read.h"
#include "sheet/write_internal.h"

#include <stdlib.h>
#include <xlsxwriter.h>

enum {
  A4 = 9,              /* paper number in ECMA-376 part 1, 18.3.1.63 */
  SHEET_NAME_MAX = 31, /* characters, Excel's */
  WIDTH_LEAST = 8,
  WIDTH_MOST = 60,
};
static const int64_t EXACT_MAX = 999999999999999; /* fifteen digits */

typedef struct xlsx_writer {
  table_writer base;
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_format *head, *plain, *money, *day, *rate;
  lxw_format *numbers[RATE_DECIMALS + 1]; /* by their decimals, made when the first comes */
  lxw_row_t next, head_rows;
  int64_t cells; /* not empty, all rows */
  int64_t lines; /* rows with a cell that is not empty, titles too */
  buf text;
} xlsx_writer;

/* ---- making it ---- */

/* Without what Excel refuses in a name, and not longer than it allows. */
static void sheet_name(const table_layout *l, buf *out) {
  text from = text_of(l->sheet ? l->sheet : l->title);
  size_t pos = 0, count = 0, at = 0;
  for (int32_t c; count < SHEET_NAME_MAX && (c = text_next(from, &pos)) > 0; at = pos) {
    if (c < ' ' || (c < 128 && strchr("[]:*?/\\'", c))) continue;
    buf_add(out, from.at + at, pos - at);
    count += c > 0xFFFF ? 2 : 1;
  }
  if (count == 0 || count > SHEET_NAME_MAX) {
    buf_clear(out);
    buf_str(out, "Sheet1");
  }
}

static double column_width(const table_column *c) {
  text t = text_of(c->title);
  int width = c->width;
  if (width <= 0) { /* a Chinese character is two digits wide */
    width = 2;
    size_t pos = 0;
    for (int32_t point; (point = text_next(t, &pos)) > 0;) width += point > 127 ? 2 : 1;
    if (width < WIDTH_LEAST) width = WIDTH_LEAST;
  }
  return width > WIDTH_MOST ? WIDTH_MOST : width;
}

static bool ok(lxw_error code) {
  return code == LXW_NO_ERROR;
}

static lxw_format *bordered(xlsx_writer *w) {
  lxw_format *f = workbook_add_format(w->book);
  if (!f) return NULL;
  format_set_border(f, LXW_BORDER_THIN);
  format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
  return f;
}

static bool make_formats(xlsx_writer *w) {
  if (!(w->head = bordered(w)) || !(w->plain = bordered(w)) || !(w->money = bordered(w)) ||
      !(w->day = bordered(w)) || !(w->rate = bordered(w)))
    return false;
  format_set_bold(w->head);
  format_set_text_wrap(w->head);
  format_set_align(w->head, LXW_ALIGN_CENTER);
  format_set_text_wrap(w->plain);
  format_set_num_format(w->money, "0.00");
  format_set_num_format(w->day, "yyyy-mm-dd");
  format_set_num_format(w->rate, "0.00%");
  return true;
}

static bool is_over(const table_column *c) {
  return c->over && *c->over;
}

/* The upper of two lines of titles. Rows are written once, from the top: what is merged downwards
 * stands here, and its merge is noted with the lower line. */
static bool write_overs(xlsx_writer *w, const table_layout *l) {
  const lxw_row_t row = w->next++;
  bool good = true;
  for (size_t c = 0, end = 0; c < l->column_count && good; c = end) {
    const table_column *x = &l->columns[c];
    const char *said = is_over(x) ? x->over : x->title;
    for (end = c + 1; is_over(x) && end < l->column_count && is_over(&l->columns[end]) &&
                      strcmp(l->columns[end].over, x->over) == 0;)
      end++;
    good = ok(end > c + 1 ? worksheet_merge_range(w->sheet, row, (lxw_col_t)c, row,
                                                  (lxw_col_t)(end - 1), said, w->head)
                          : worksheet_write_string(w->sheet, row, (lxw_col_t)c, said, w->head));
    w->cells += *said != 0;
  }
  w->lines++;
  return good;
}

static bool write_heads(xlsx_writer *w, const table_layout *l) {
  const lxw_row_t row = w->next++;
  bool any = false, good = true;
  for (lxw_col_t c = 0; c < l->column_count && good; c++) {
    const char *title = l->columns[c].title;
    if (w->head_rows == 2 && !is_over(&l->columns[c])) {
      good = ok(worksheet_merge_range(w->sheet, row - 1, c, row, c, title, w->head));
      continue;
    }
    good = ok(worksheet_write_string(w->sheet, row, c, title, w->head));
    any |= *title != 0;
    w->cells += *title != 0;
  }
  w->lines += any;
  return good;
}

static bool write_titles(xlsx_writer *w, const table_layout *l) {
  lxw_col_t last = (lxw_col_t)(l->column_count - 1);
  bool good = true;
  if (l->title) {
    lxw_format *f = workbook_add_format(w->book);
    if (!f) return false;
    format_set_bold(f);
    format_set_font_size(f, 16);
    format_set_align(f, LXW_ALIGN_CENTER);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    good = ok(worksheet_set_row(w->sheet, 0, 28, NULL)) &&
           ok(last ? worksheet_merge_range(w->sheet, 0, 0, 0, last, l->title, f)
                   : worksheet_write_string(w->sheet, 0, 0, l->title, f));
    w->next = 1;
    w->lines += *l->title != 0;
    w->cells += *l->title != 0;
  }
  w->head_rows = 1;
  for (lxw_col_t c = 0; c <= last; c++)
    if (is_over(&l->columns[c])) w->head_rows = 2;
  for (lxw_col_t c = 0; good && c <= last; c++)
    good = ok(worksheet_set_column(w->sheet, c, c, column_width(&l->columns[c]), NULL));
  return good && (w->head_rows == 1 || write_overs(w, l)) && write_heads(w, l);
}

static bool set_up_page(xlsx_writer *w) {
  lxw_row_t head = w->next - 1;
  worksheet_freeze_panes(w->sheet, w->next, 0);
  worksheet_set_landscape(w->sheet);
  worksheet_set_paper(w->sheet, A4);
  worksheet_fit_to_pages(w->sheet, 1, 0);
  worksheet_set_margins(w->sheet, 0.4, 0.4, 0.5, 0.6);
  worksheet_center_horizontally(w->sheet);
  return ok(worksheet_repeat_rows(w->sheet, head - (w->head_rows - 1), head)) &&
         ok(worksheet_set_footer(w->sheet, "&C第 &P 页 共 &N 页"));
}

/* ---- rows ---- */

/* _x0041_ would be read as A (ECMA-376 part 1, 22.9.2.19). */
static bool is_escape(text t) {
  return t.bytes >= 7 && t.at[0] == '_' && t.at[1] == 'x' && t.at[6] == '_' &&
         strspn(t.at + 2, "0123456789ABCDEFabcdef") == 4;
}

static lxw_error put_text(xlsx_writer *w, lxw_col_t column, text t) {
  buf_clear(&w->text);
  for (size_t i = 0; i < t.bytes; i++) {
    buf_char(&w->text, t.at[i]);
    if (is_escape((text){t.at + i, t.bytes - i})) buf_str(&w->text, "x005F_");
  }
  buf_char(&w->text, 0);
  if (!buf_ok(&w->text)) return LXW_ERROR_MEMORY_MALLOC_FAILED;
  return worksheet_write_string(w->sheet, w->next, column, w->text.at, w->plain);
}

/* NULL: memory. */
static lxw_format *number_format(xlsx_writer *w, int decimals) {
  static const char *const shown[] = {"0",       "0.0",      "0.00",      "0.000",     "0.0000",
                                      "0.00000", "0.000000", "0.0000000", "0.00000000"};
  if (decimals < 0 || decimals > RATE_DECIMALS) return w->plain;
  if (w->numbers[decimals]) return w->numbers[decimals];
  lxw_format *f = w->numbers[decimals] = bordered(w);
  if (f) format_set_num_format(f, shown[decimals]);
  return f;
}

static lxw_error put_number(xlsx_writer *w, lxw_col_t column, const table_value *v) {
  char out[32];
  bool exact = v->number <= EXACT_MAX && v->number >= -EXACT_MAX;
  double n = (double)v->number;
  switch (v->type) {
  case TABLE_MONEY:
    if (exact) return worksheet_write_number(w->sheet, w->next, column, n / 100, w->money);
    money_format_yuan(v->number, out);
    break;
  case TABLE_RATE:
    if (exact) return worksheet_write_number(w->sheet, w->next, column, n / RATE_ONE, w->rate);
    rate_format_percent(v->number, out);
    break;
  case TABLE_NUMBER: {
    lxw_format *f = number_format(w, v->decimals);
    if (!f) return LXW_ERROR_MEMORY_MALLOC_FAILED;
    if (exact) return worksheet_write_number(w->sheet, w->next, column, n / RATE_ONE, f);
    decimal_format(v->number, v->decimals, out);
    break;
  }
  default:
    if (exact) return worksheet_write_number(w->sheet, w->next, column, n, w->plain);
    snprintf(out, sizeof out, "%lld", (long long)v->number);
  }
  return put_text(w, column, text_of(out));
}

static lxw_error put_day(xlsx_writer *w, lxw_col_t column, day d) {
  /* Excel knows no day before 1900, and counts one that never was before 1 March 1900. */
  double serial = (double)d + 25569;
  char out[32];
  if (serial >= 61) return worksheet_write_number(w->sheet, w->next, column, serial, w->day);
  day_format(d, out);
  return put_text(w, column, text_of(out));
}

static bool is_empty(const table_value *v) {
  return v->type == TABLE_EMPTY || (v->type == TABLE_TEXT && text_trim(v->text).bytes == 0) ||
         (v->type == TABLE_DAY && v->day == DAY_NONE);
}

static bool xlsx_put(table_writer *base, const table_value *cells, size_t count, err *e) {
  xlsx_writer *w = (xlsx_writer *)base;
  lxw_error code = LXW_NO_ERROR;
  bool any = false;
  for (size_t i = 0; i < base->column_count && ok(code); i++) {
    lxw_col_t column = (lxw_col_t)i;
    if (i >= count || is_empty(&cells[i])) {
      code = worksheet_write_blank(w->sheet, w->next, column, w->plain); /* for its border */
      continue;
    }
    any = true;
    w->cells++;
    if (cells[i].type == TABLE_TEXT)
      code = put_text(w, column, cells[i].text);
    else if (cells[i].type == TABLE_DAY)
      code = put_day(w, column, cells[i].day);
    else
      code = put_number(w, column, &cells[i]);
  }
  if (!ok(code)) return code == LXW_ERROR_MEMORY_MALLOC_FAILED ? err_memory(e) : write_failed(e);
  w->lines += any;
  w->next++;
  return true;
}

static bool xlsx_note(table_writer *base, text t, err *e) {
  xlsx_writer *w = (xlsx_writer *)base;
  lxw_col_t last = (lxw_col_t)(base->column_count - 1);
  lxw_format *f = workbook_add_format(w->book);
  AUTO_BUF buf b = {0};
  buf_text(&b, t);
  if (!f || !buf_ok(&b)) return err_memory(e);
  format_set_text_wrap(f);
  lxw_error code = last ? worksheet_merge_range(w->sheet, w->next, 0, w->next, last, b.at, f)
                        : worksheet_write_string(w->sheet, w->next, 0, b.at, f);
  w->next++;
  w->lines++;
  w->cells++;
  return ok(code) || write_failed(e);
}

/* ---- the end ---- */

/* libxlsxwriter keeps rows in a temporary file whose write errors it does not look at. */
static bool reads_back(const xlsx_writer *w, err *e) {
  static const table_limits own = {INT64_MAX, INT64_MAX};
  err why;
  table_reader *t = table_open(w->base.path, &own, &why);
  int64_t lines = 0, cells = 0;
  table_row row;
  int got = -1;
  while (t && (got = table_next(t, &row, &why)) > 0) {
    lines++;
    for (size_t i = 0; i < row.count; i++)
      cells += row.cells[i].text.bytes > 0 && !row.cells[i].merged;
  }
  table_close(t);
  return (got == 0 && lines == w->lines && cells == w->cells) || write_failed(e);
}

static bool xlsx_finish(table_writer *base, err *e) {
  xlsx_writer *w = (xlsx_writer *)base;
  lxw_error code = workbook_close(w->book); /* frees it, also on failure */
  w->book = NULL;
  if (code == LXW_ERROR_MEMORY_MALLOC_FAILED) return err_memory(e);
  return ok(code) ? reads_back(w, e) : write_failed(e);
}

static void xlsx_release(table_writer *base) {
  xlsx_writer *w = (xlsx_writer *)base;
  lxw_workbook_free(w->book);
  buf_release(&w->text);
}

static bool begin(xlsx_writer *w, const char *path, const table_layout *l, err *e) {
  if (!writer_begin(&w->base, path, l, e)) return false;
  lxw_workbook_options how = {.constant_memory = LXW_TRUE};
  AUTO_BUF buf name = {0};
  sheet_name(l, &name);
  if (!buf_ok(&name)) return err_memory(e);
  w->book = workbook_new_opt(w->base.path, &how);
  if (!w->book) return err_memory(e);
  w->sheet = workbook_add_worksheet(w->book, name.at);
  if (!w->sheet) return write_failed(e);
  return (make_formats(w) && write_titles(w, l) && set_up_page(w)) || err_memory(e);
}

table_writer *table_write_xlsx(const char *path, const table_layout *l, err *e) {
  xlsx_writer *w = calloc(1, sizeof *w);
  if (!w) {
    err_memory(e);
    return NULL;
  }
  w->base = (table_writer){
      .put = xlsx_put, .note = xlsx_note, .finish = xlsx_finish, .release = xlsx_release};
  if (begin(w, path, l, e)) return &w->base;
  table_drop(&w->base);
  return NULL;
}
