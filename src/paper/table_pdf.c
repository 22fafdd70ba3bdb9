/* A table as a PDF. */
#include "paper/table_pdf.h"

#include "sheet/write_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct pdf_writer {
  table_writer w; /* first: it is what the caller has */
  FILE *file;
  paper *out;
  double size;
} pdf_writer;

paper_align paper_align_of(table_type t) {
  return t == TABLE_TEXT || t == TABLE_EMPTY ? PAPER_LEFT
         : t == TABLE_DAY                    ? PAPER_CENTRE
                                             : PAPER_RIGHT;
}

static bool put(table_writer *w, const table_value *cells, size_t count, err *e) {
  pdf_writer *p = (pdf_writer *)w;
  paper_cell out[PAPER_COLUMNS_MAX] = {0};
  size_t ends[PAPER_COLUMNS_MAX] = {0};
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < count; i++) {
    paper_put_value(&b, &cells[i], false, false);
    ends[i] = b.bytes;
  }
  if (!buf_ok(&b)) return err_memory(e);
  for (size_t i = 0, from = 0; i < w->column_count; from = i < count ? ends[i] : from, i++)
    out[i] =
        (paper_cell){.text = {i < count && b.at ? b.at + from : "", i < count ? ends[i] - from : 0},
                     .align = i < count ? paper_align_of(cells[i].type) : PAPER_LEFT};
  return paper_row(p->out, out, w->column_count, 0, false, e);
}

static bool note(table_writer *w, text t, err *e) {
  pdf_writer *p = (pdf_writer *)w;
  return paper_table_end(p->out, e) && paper_text(p->out, &(paper_style){.above = 2}, t, e);
}

static bool finish(table_writer *w, err *e) {
  pdf_writer *p = (pdf_writer *)w;
  const bool ended = paper_end(p->out, e);
  paper *out = p->out;
  p->out = NULL;
  if (!ended) {
    paper_drop(out);
    return false;
  }
  if (!paper_finish(out, e)) return false;
  FILE *f = p->file;
  p->file = NULL;
  return fclose(f) == 0 || write_failed(e);
}

static void release(table_writer *w) {
  pdf_writer *p = (pdf_writer *)w;
  paper_drop(p->out);
  if (p->file) fclose(p->file);
}

static bool to_file(void *context, const void *at, size_t bytes, err *e) {
  return fwrite(at, 1, bytes, ((pdf_writer *)context)->file) == bytes || write_failed(e);
}

/* What stands above several columns. */
static bool put_over(pdf_writer *p, const table_layout *l, err *e) {
  paper_cell over[PAPER_COLUMNS_MAX] = {0};
  size_t spans = 0;
  bool any = false;
  for (size_t i = 0; i < l->column_count; i++) {
    const char *now = l->columns[i].over ? l->columns[i].over : "";
    const char *before = i && l->columns[i - 1].over ? l->columns[i - 1].over : "";
    any |= *now != 0;
    if (i && *now && strcmp(now, before) == 0)
      over[spans - 1].span++;
    else
      over[spans++] =
          (paper_cell){.text = text_of(now), .align = PAPER_CENTRE, .shaded = true, .span = 1};
  }
  return !any || paper_row(p->out, over, spans, 0, true, e);
}

static bool begin(pdf_writer *p, const table_layout *l, err *e) {
  const size_t n = l->column_count;
  double widths[PAPER_COLUMNS_MAX] = {0};
  paper_cell heads[PAPER_COLUMNS_MAX] = {0};
  if (n > PAPER_COLUMNS_MAX)
    return err_set(e, ERR_TOO_LARGE, "columns", "纸上的表最多 %d 列，请少选几列，或导出 XLSX。",
                   "A table on paper has at most %d columns; choose fewer, or take XLSX.",
                   PAPER_COLUMNS_MAX);
  p->size = n > 18 ? 7 : n > 11 ? 8 : 9.5;
  const paper_setup setup = {
      .landscape = true, .top = 14, .right = 12, .bottom = 15, .left = 12, .size = p->size};
  const paper_style above = {.align = PAPER_CENTRE, .size = 16, .bold = true};
  for (size_t i = 0; i < n; i++) {
    widths[i] = l->columns[i].width;
    heads[i] =
        (paper_cell){.text = text_of(l->columns[i].title), .align = PAPER_CENTRE, .shaded = true};
  }
  if (!paper_begin(p->out, &setup, e)) return false;
  if (l->title && !paper_text(p->out, &above, text_of(l->title), e)) return false;
  paper_space(p->out, 3);
  return paper_table(p->out, widths, n, p->size, e) && put_over(p, l, e) &&
         paper_row(p->out, heads, n, 0, true, e);
}

table_writer *table_write_pdf(const char *path, const table_layout *l, err *e) {
  pdf_writer *p = calloc(1, sizeof *p);
  if (!p) {
    err_memory(e);
    return NULL;
  }
  p->w = (table_writer){.put = put, .note = note, .finish = finish, .release = release};
  if (writer_begin(&p->w, path, l, e)) {
    p->file = fopen(p->w.path, "wbe");
    if (!p->file) write_failed(e);
    if (p->file) p->out = paper_new(to_file, p, e);
    if (p->out && begin(p, l, e)) return &p->w;
  }
  table_drop(&p->w);
  return NULL;
}
