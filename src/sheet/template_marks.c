/* A workbook once more, with what is wrong in it: cells coloured, and a column that says why. Of
 * each part only those cells, their rows' ends and the new cell formats are written anew. */
#include "sheet/template_internal.h"

#include <stdlib.h>

enum { REASON_WIDTH = 60, NO_STYLE = -1 };

typedef struct marking {
  template *t;
  const template_marked_sheet *sheet; /* being written */
  const template_mark *marks;
  size_t count;
  const char *heading;
  int *coloured; /* by base style: which place among the new ones; -1: none yet */
  int *bases;    /* of the new styles, by place */
  size_t base_count, style_count;
  buf *b;
} marking;

/* ---- cell formats ---- */

/* The base format, coloured; NO_STYLE: memory. The new ones stand behind the wrapping one, which is
 * the first. */
static int coloured(marking *x, int style) {
  const size_t base = style < 0 || (size_t)style >= x->style_count ? 0 : (size_t)style;
  if (x->coloured[base] < 0) {
    x->bases[x->base_count] = (int)base;
    x->coloured[base] = (int)x->base_count++;
  }
  return (int)x->style_count + 1 + x->coloured[base];
}

static void put_name(buf *b, const xml_tag *like, const char *local) {
  const text whole = like->name, last = xml_local(like->name);
  buf_add(b, whole.at, whole.bytes - last.bytes);
  buf_str(b, local);
}

static void put_fill(buf *b, const xml_tag *like) {
  static const char *const names[] = {"fill", "patternFill", "fgColor"};
  static const char *const with[] = {"", " patternType=\"solid\"", " rgb=\"FFFFC7CE\"/"};
  for (size_t i = 0; i < 3; i++) {
    buf_char(b, '<');
    put_name(b, like, names[i]);
    buf_printf(b, "%s>", with[i]);
  }
  for (size_t i = 2; i-- > 0;) {
    buf_str(b, "</");
    put_name(b, like, names[i]);
    buf_char(b, '>');
  }
}

static void put_counted(buf *b, const xml_tag *tag, int64_t count) {
  char n[24];
  snprintf(n, sizeof n, "%lld", (long long)count);
  xml_put_tag(b, tag, (xml_set[]){{"count", n}, {NULL, NULL}});
}

/* How many elements a list holds; *at: behind its opening tag. */
static int64_t children(text xml, size_t at) {
  xml_tag tag;
  int64_t n = 0;
  while (xml_next(xml, &at, &tag) && !tag.ends) {
    xml_skip(xml, &at, &tag);
    n++;
  }
  return n;
}

static void put_clone(buf *b, text xml, size_t from, size_t to, const char *fill) {
  xml_tag tag;
  size_t at = from;
  xml_next(xml, &at, &tag);
  xml_put_tag(b, &tag, (xml_set[]){{"fillId", fill}, {"applyFill", "1"}, {NULL, NULL}});
  buf_add(b, xml.at + at, to - at);
}

/* The list of cell formats with those added: *at behind its opening tag, and then behind it. */
static bool put_formats(const marking *x, text xml, const xml_tag *list, size_t *at, int64_t fill) {
  size_t *from = calloc(x->style_count + 1, sizeof *from), n = 0;
  const size_t begin = *at;
  char fill_id[24];
  xml_tag tag;
  if (!from) return false;
  snprintf(fill_id, sizeof fill_id, "%lld", (long long)fill);
  while (xml_next(xml, at, &tag) && !tag.ends) {
    if (n < x->style_count) from[n] = tag.from;
    n++;
    xml_skip(xml, at, &tag);
  }
  put_counted(x->b, list, (int64_t)(x->style_count + 1 + x->base_count));
  buf_add(x->b, xml.at + begin, tag.from - begin);
  buf_char(x->b, '<');
  put_name(x->b, list, "xf");
  buf_str(x->b, " numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" applyAlignment=\"1\"><");
  put_name(x->b, list, "alignment");
  buf_str(x->b, " vertical=\"top\" wrapText=\"1\"/></");
  put_name(x->b, list, "xf");
  buf_char(x->b, '>');
  for (size_t i = 0; n == x->style_count && i < x->base_count; i++) {
    xml_tag one;
    size_t to = from[x->bases[i]];
    if (xml_next(xml, &to, &one)) xml_skip(xml, &to, &one);
    put_clone(x->b, xml, from[x->bases[i]], to, fill_id);
  }
  buf_add(x->b, xml.at + tag.from, *at - tag.from);
  free(from);
  return n == x->style_count;
}

/* False: it has no lists to add to. */
static bool put_styles(const marking *x, text xml) {
  size_t at = 0, copied = 0;
  xml_tag tag;
  int64_t fill = -1;
  bool done = false;
  while (!done && xml_next(xml, &at, &tag)) {
    const bool fills = xml_is(&tag, "fills"), formats = xml_is(&tag, "cellXfs");
    if (tag.ends || tag.empty || !(fills || formats)) continue;
    buf_add(x->b, xml.at + copied, tag.from - copied);
    if (fills) {
      fill = children(xml, at);
      put_counted(x->b, &tag, fill + 1);
      const size_t begin = at;
      xml_tag end;
      while (xml_next(xml, &at, &end) && !end.ends) xml_skip(xml, &at, &end);
      buf_add(x->b, xml.at + begin, end.from - begin);
      put_fill(x->b, &tag);
      buf_add(x->b, xml.at + end.from, at - end.from);
    } else if (fill < 0 || !put_formats(x, xml, &tag, &at, fill)) {
      return false;
    } else {
      done = true;
    }
    copied = at;
  }
  buf_add(x->b, xml.at + copied, xml.bytes - copied);
  return done;
}

/* ---- a sheet ---- */

static void put_text_cell(const marking *x, int column, int64_t row, int style, text t) {
  const text p = x->t->model.prefix;
  buf_printf(x->b, "<%.*sc r=\"", (int)p.bytes, p.at);
  ref_put_cell(x->b, column, row);
  buf_char(x->b, '"');
  if (style >= 0) buf_printf(x->b, " s=\"%d\"", style);
  if (!t.bytes) {
    buf_str(x->b, "/>");
    return;
  }
  buf_printf(x->b, " t=\"inlineStr\"><%.*sis><%.*st xml:space=\"preserve\">", (int)p.bytes, p.at,
             (int)p.bytes, p.at);
  xml_escape(x->b, t);
  buf_printf(x->b, "</%.*st></%.*sis></%.*sc>", (int)p.bytes, p.at, (int)p.bytes, p.at,
             (int)p.bytes, p.at);
}

static void put_coloured(marking *x, const sheet_cell *c) {
  const text xml = x->t->model.xml;
  char style[24];
  xml_tag tag;
  size_t at = c->from;
  snprintf(style, sizeof style, "%d", coloured(x, c->style));
  xml_next(xml, &at, &tag);
  xml_put_tag(x->b, &tag, (xml_set[]){{"s", style}, {NULL, NULL}});
  buf_add(x->b, xml.at + at, c->to - at);
}

/* A cell that is marked, or written anew, or has none yet. */
static void put_marked(marking *x, const template_mark *m, const sheet_cell *c) {
  const int style = c ? c->style : NO_STYLE;
  if (m->to.at)
    put_text_cell(x, m->column, m->row, m->wrong ? coloured(x, style) : style, m->to);
  else if (c)
    put_coloured(x, c);
  else
    put_text_cell(x, m->column, m->row, coloured(x, NO_STYLE), TEXT(""));
}

static const template_mark *mark_at(const template_mark *marks, size_t count, int column) {
  for (size_t i = 0; i < count; i++)
    if (marks[i].column == column) return &marks[i];
  return NULL;
}

/* The marked cells that have no element yet and come before `column`, and the reason. */
static void put_missing(marking *x, const sheet_row *r, const template_mark *marks, size_t count,
                        int from, int column, text why) {
  const sheet_model *m = &x->t->model;
  for (int c = from; c < column && c <= x->sheet->column; c++) {
    const template_mark *mark = c == x->sheet->column ? NULL : mark_at(marks, count, c);
    if (mark && !model_cell(m, r->number, c)) put_marked(x, mark, NULL);
    if (c == x->sheet->column && why.bytes)
      put_text_cell(x, c, r->number, (int)x->style_count, why);
  }
}

static void put_row(marking *x, const sheet_row *r, const template_mark *marks, size_t count,
                    text why) {
  const sheet_model *m = &x->t->model;
  xml_tag tag;
  size_t at = r->from;
  int next = 0;
  xml_next(m->xml, &at, &tag);
  const xml_tag open = {tag.from, tag.to, tag.name, tag.attributes, false, false};
  xml_put_tag(x->b, &open, (xml_set[]){{"spans", NULL}, {NULL, NULL}});
  for (size_t i = 0; i < r->count; i++) {
    const sheet_cell *c = &m->cells[r->first + i];
    const template_mark *mark = mark_at(marks, count, c->column);
    put_missing(x, r, marks, count, next, c->column, why);
    next = c->column;
    if (c->column == x->sheet->column) continue;
    next = c->column + 1;
    if (mark)
      put_marked(x, mark, c);
    else
      buf_add(x->b, m->xml.at + c->from, c->to - c->from);
  }
  put_missing(x, r, marks, count, next, x->sheet->column + 1, why);
  buf_printf(x->b, "</%.*s>", (int)tag.name.bytes, tag.name.at);
}

/* Sentences of the row's marks, one a line. */
static void say_why(const template_mark *marks, size_t count, buf *b) {
  for (size_t i = 0; i < count; i++)
    if (marks[i].says.bytes) {
      if (b->bytes) buf_char(b, '\n');
      buf_text(b, marks[i].says);
    }
}

/* Up to the rows; where nothing stands against it, the new column is wide enough to be read. */
static void put_before(const marking *x, text xml, size_t to) {
  const text p = x->t->model.prefix;
  const int column = x->sheet->column + 1;
  xml_tag tag;
  size_t at = 0;
  bool has_columns = false;
  while (at < to && xml_next(xml, &at, &tag)) has_columns |= xml_is(&tag, "cols");
  buf_add(x->b, xml.at, to);
  if (!has_columns)
    buf_printf(x->b,
               "<%.*scols><%.*scol min=\"%d\" max=\"%d\" width=\"%d\" "
               "customWidth=\"1\"/></%.*scols>",
               (int)p.bytes, p.at, (int)p.bytes, p.at, column, column, REASON_WIDTH, (int)p.bytes,
               p.at);
}

static void put_sheet(marking *x, size_t number) {
  const sheet_model *m = &x->t->model;
  size_t next = 0, copied = m->data_from;
  while (next < x->count && x->marks[next].sheet < number) next++;
  put_before(x, m->xml, m->data_from);
  for (size_t i = 0; i < m->row_count; i++) {
    const sheet_row *r = &m->rows[i];
    AUTO_BUF buf why = {0};
    while (next < x->count && x->marks[next].sheet == number && x->marks[next].row < r->number)
      next++;
    const size_t first = next;
    while (next < x->count && x->marks[next].sheet == number && x->marks[next].row == r->number)
      next++;
    if (r->number == x->sheet->head) buf_str(&why, x->heading);
    say_why(x->marks + first, next - first, &why);
    buf_add(x->b, m->xml.at + copied, r->from - copied);
    copied = r->to;
    if (why.bytes || next > first || model_cell(m, r->number, x->sheet->column))
      put_row(x, r, x->marks + first, next - first, buf_view(&why));
    else
      buf_add(x->b, m->xml.at + r->from, r->to - r->from);
    x->b->failed |= why.failed;
  }
  buf_add(x->b, m->xml.at + copied, m->xml.bytes - copied);
}

/* ---- the archive ---- */

static bool write_parts(void *context, zip_t *z, err *e) {
  marking *x = context;
  template *t = x->t;
  const template_marked_sheet *sheets = x->sheet;
  arena *a AUTO_ARENA = arena_new(0);
  text styles;
  if (!a) return err_memory(e);
  if (!template_part(t, a, t->book->styles_path, TEMPLATE_PART_MAX, NULL, &styles, e) ||
      !xml_check(styles, e))
    return false;
  for (size_t i = 0; i < template_sheet_count(t); i++) {
    AUTO_BUF buf b = {0};
    if (!sheets[i].head) continue;
    x->sheet = &sheets[i];
    x->b = &b;
    if (!template_model(t, i, e)) return false;
    put_sheet(x, i);
    if (!template_replace(z, t->book->sheet_paths[i], &b, e)) return false;
  }
  AUTO_BUF buf b = {0};
  x->b = &b;
  if (put_styles(x, styles)) return template_replace(z, t->book->styles_path, &b, e);
  return err_set(e, ERR_NOT_ALLOWED, "file", "文件的格式表不完整，不能在原表上标注。",
                 "The workbook's formats are incomplete, and cannot be marked.");
}

bool template_mark_faults(template *t, const template_marked_sheet *sheets,
                          const template_mark *marks, size_t count, const char *heading, buf *out,
                          err *e) {
  marking x = {.t = t, .sheet = sheets, .marks = marks, .count = count, .heading = heading};
  x.style_count = t->format_count;
  x.coloured = malloc((x.style_count + 1) * sizeof *x.coloured);
  x.bases = malloc((x.style_count + 1) * sizeof *x.bases);
  bool ok = (x.coloured && x.bases) || err_memory(e);
  for (size_t i = 0; ok && i <= x.style_count; i++) x.coloured[i] = -1;
  ok = ok && template_rewrite(t, write_parts, &x, out, e);
  free(x.coloured);
  free(x.bases);
  return ok;
}
