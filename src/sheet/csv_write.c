#include "base/money.h"
#include "sheet/table_internal.h"
#include "sheet/write_internal.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

enum { DIGITS_SHOWN = 11 }; /* of a longer number Excel shows, and saves, the scientific form */

typedef struct csv_writer {
  table_writer base;
  FILE *file;
  buf line, converted;
  iconv_t convert; /* to GB18030; (iconv_t)-1: UTF-8 it is */
} csv_writer;

static bool is_number(text t) {
  size_t i = t.bytes && (t.at[0] == '-' || t.at[0] == '+') ? 1 : 0, digits = 0, points = 0;
  for (; i < t.bytes; i++) {
    if (t.at[i] == '.')
      points++;
    else if (t.at[i] >= '0' && t.at[i] <= '9')
      digits++;
    else
      return false;
  }
  return digits > 0 && points <= 1;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* 3-1, 2024/3/1, 8:30, 2024年3月1日, 1E5: what begins with a digit and has nothing that is foreign
 * to a date, a time or a number. */
static bool may_be_a_date(text t) {
  static const char *const words[] = {"年", "月", "日"};
  size_t i = 0;
  if (!t.bytes || !is_digit(t.at[0])) return false;
  while (i < t.bytes) {
    const text rest = {t.at + i, t.bytes - i};
    size_t n = strchr("0123456789-/.:eE+ ", t.at[i]) && t.at[i] ? 1 : 0;
    for (size_t k = 0; k < 3 && !n; k++)
      if (text_starts(rest, words[k])) n = strlen(words[k]);
    if (!n) return false;
    i += n;
  }
  return true;
}

static bool is_spoilt(text t) {
  size_t digits = 0;
  while (digits < t.bytes && is_digit(t.at[digits])) digits++;
  if (digits == t.bytes) return digits > 1 && (digits > DIGITS_SHOWN || t.at[0] == '0');
  if (is_number(t))
    return digits > 0 && (t.at[t.bytes - 1] == '0' || (digits > 1 && t.at[0] == '0'));
  return may_be_a_date(t);
}

void csv_cell(buf *b, text t) {
  bool formula = csv_is_formula(t) && !is_number(t), spoilt = is_spoilt(t),
       quote = formula || spoilt;
  for (size_t i = 0; i < t.bytes && !quote; i++) quote = strchr(",\"\r\n\t;", t.at[i]) != NULL;
  if (!quote) {
    buf_text(b, t);
    return;
  }
  buf_char(b, '"');
  if (formula) buf_char(b, '\'');
  if (spoilt) buf_char(b, '\t');
  for (size_t i = 0; i < t.bytes; i++) {
    if (t.at[i] == '"') buf_char(b, '"');
    buf_char(b, t.at[i]);
  }
  buf_char(b, '"');
}

static void add_value(buf *b, const table_value *v) {
  char out[32];
  switch (v->type) {
  case TABLE_EMPTY:
    break;
  case TABLE_TEXT:
    csv_cell(b, v->text);
    break;
  case TABLE_INTEGER:
    buf_int(b, v->number);
    break;
  case TABLE_MONEY:
    money_format_yuan(v->number, out);
    buf_str(b, out);
    break;
  case TABLE_RATE:
    rate_format_percent(v->number, out);
    buf_str(b, out);
    break;
  case TABLE_NUMBER:
    decimal_format(v->number, v->decimals, out);
    buf_str(b, out);
    break;
  case TABLE_DAY:
    if (v->day == DAY_NONE) break;
    day_format(v->day, out);
    buf_str(b, out);
    break;
  }
}

/* GB18030 has every character of Unicode, so that none is lost. */
static bool convert_line(csv_writer *w, err *e) {
  char piece[4096], *in = w->line.at;
  size_t left = w->line.bytes;
  while (left) {
    char *out = piece;
    size_t room = sizeof piece;
    size_t done = iconv(w->convert, &in, &left, &out, &room);
    if (done == (size_t)-1 && errno != E2BIG)
      return err_set(e, ERR_BAD_INPUT, "encoding", "有不能写成 GB18030 的字符，请改用 UTF-8。",
                     "There is a character that GB18030 cannot write; take UTF-8.");
    buf_add(&w->converted, piece, sizeof piece - room);
  }
  return buf_ok(&w->converted) || err_memory(e);
}

static void add_title(buf *b, const table_column *c) {
  AUTO_BUF buf both = {0};
  if (c->over && *c->over) buf_printf(&both, "%s ", c->over);
  buf_str(&both, c->title);
  if (buf_ok(&both))
    csv_cell(b, buf_view(&both));
  else
    b->failed = true;
}

static bool write_line(csv_writer *w, err *e) {
  buf_str(&w->line, "\r\n");
  if (!buf_ok(&w->line)) return err_memory(e);
  if (w->convert != (iconv_t)-1 && !convert_line(w, e)) return false;
  const buf *out = w->convert == (iconv_t)-1 ? &w->line : &w->converted;
  bool ok = fwrite(out->at, 1, out->bytes, w->file) == out->bytes;
  buf_clear(&w->line);
  buf_clear(&w->converted);
  return ok || write_failed(e);
}

static bool csv_put(table_writer *base, const table_value *cells, size_t count, err *e) {
  csv_writer *w = (csv_writer *)base;
  for (size_t i = 0; i < base->column_count; i++) {
    if (i) buf_char(&w->line, ',');
    if (i < count) add_value(&w->line, &cells[i]);
  }
  return write_line(w, e);
}

static bool csv_finish(table_writer *base, err *e) {
  csv_writer *w = (csv_writer *)base;
  FILE *f = w->file;
  w->file = NULL;
  bool flushed = fflush(f) == 0 && !ferror(f);
  return (fclose(f) == 0 && flushed) || write_failed(e);
}

static void csv_release(table_writer *base) {
  csv_writer *w = (csv_writer *)base;
  if (w->file) fclose(w->file);
  if (w->convert != (iconv_t)-1) iconv_close(w->convert);
  buf_release(&w->line);
  buf_release(&w->converted);
}

static bool begin(csv_writer *w, const char *path, const table_layout *l, err *e) {
  if (!writer_begin(&w->base, path, l, e)) return false;
  w->file = fopen(w->base.path, "wb");
  if (!w->file) return write_failed(e);
  if (l->gb18030) {
    w->convert = iconv_open("GB18030", "UTF-8");
    if (w->convert == (iconv_t)-1) return err_memory(e);
  } else {
    buf_str(&w->line, "\xEF\xBB\xBF"); /* without it Excel takes the file for GBK */
  }
  for (size_t i = 0; i < l->column_count; i++) {
    if (i) buf_char(&w->line, ',');
    add_title(&w->line, &l->columns[i]);
  }
  return write_line(w, e);
}

table_writer *table_write_csv(const char *path, const table_layout *l, err *e) {
  csv_writer *w = calloc(1, sizeof *w);
  if (!w) {
    err_memory(e);
    return NULL;
  }
  w->convert = (iconv_t)-1;
  w->base = (table_writer){.put = csv_put, .finish = csv_finish, .release = csv_release};
  if (begin(w, path, l, e)) return &w->base;
  table_drop(&w->base);
  return NULL;
}
