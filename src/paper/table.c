/* Tables: rows that are not torn, heads that come again on each page. */
#include "paper/paper_internal.h"

#include <math.h>

static const double pad_x = 1.2, pad_y = 0.9, smallest = 3;

/* ---- widths ---- */

static void fit_widths(paper *p, const double *widths, size_t count) {
  paper_table_state *t = &p->table;
  const double whole = paper_width(p);
  double said = 0;
  size_t open = 0;
  for (size_t i = 0; i < count; i++) {
    said += widths[i];
    open += widths[i] <= 0;
  }
  /* Those that said nothing get a decent share, the others what is left. */
  const double share =
      open ? (said + (double)open * smallest < whole ? (whole - said) / (double)open : smallest)
           : 0;
  const double sum = said + share * (double)open;
  for (size_t i = 0; i < count; i++)
    t->widths[i] = (widths[i] > 0 ? widths[i] : share) * (sum > whole ? whole / sum : 1);
}

bool paper_table(paper *p, const double *widths, size_t count, double size, err *e) {
  if (count == 0 || count > PAPER_COLUMNS_MAX)
    return err_set(e, ERR_TOO_LARGE, NULL, "纸上的表最多 %d 列，请少选几列。",
                   "A table on paper has at most %d columns; choose fewer.", PAPER_COLUMNS_MAX);
  if (p->table.head) cairo_surface_destroy(p->table.head);
  p->table =
      (paper_table_state){.count = count, .size = size > 0 ? size : p->form.size, .open = true};
  fit_widths(p, widths, count);
  return paper_sound(p, e);
}

bool paper_table_end(paper *p, err *e) {
  if (p->table.head) cairo_surface_destroy(p->table.head);
  p->table = (paper_table_state){0};
  return paper_sound(p, e);
}

/* ---- a row ---- */

typedef struct laid_cell {
  const paper_cell *cell;
  PangoLayout *words;
  PangoLayoutIter *next; /* of a torn row: the first line not shown; NULL: all are */
  double x, width, height;
} laid_cell;
typedef struct laid_row {
  laid_cell cells[PAPER_COLUMNS_MAX];
  size_t count;
  double height;
} laid_row;

static void lay_row(paper *p, const paper_cell *cells, size_t count, double least, bool head,
                    laid_row *ret) {
  const paper_table_state *t = &p->table;
  size_t column = 0;
  double x = p->form.left;
  *ret = (laid_row){.height = least};
  for (size_t i = 0; i < count && column < t->count; i++) {
    laid_cell *c = &ret->cells[ret->count++];
    size_t span = cells[i].span > 0 ? (size_t)cells[i].span : 1;
    if (i + 1 == count || column + span > t->count) span = t->count - column; /* to the end */
    *c = (laid_cell){.cell = &cells[i], .x = x};
    for (size_t k = 0; k < span; k++) c->width += t->widths[column + k];
    const double inside = c->width - 2 * pad_x > 1 ? c->width - 2 * pad_x : 1;
    const text words = text_cut(cells[i].text, PAPER_CELL_BYTES_MAX);
    c->words = paper_lay(p, words, inside, t->size, cells[i].bold || head, cells[i].align);
    c->height = words.bytes ? paper_layout_height(c->words) + 2 * pad_y : 0;
    if (c->height > ret->height) ret->height = c->height;
    x += c->width;
    column += span;
  }
  const double line = t->size * 1.45 / POINTS_A_MM + 2 * pad_y;
  if (ret->height < line) ret->height = line;
}

static void free_row(laid_row *r) {
  for (size_t i = 0; i < r->count; i++) {
    if (r->cells[i].next) pango_layout_iter_free(r->cells[i].next);
    g_object_unref(r->cells[i].words);
  }
}

static void draw_cell_frame(paper *p, const laid_cell *c, double y, double height) {
  if (c->cell->shaded) {
    cairo_set_source_rgb(p->page, 0.94, 0.94, 0.94);
    cairo_rectangle(p->page, c->x, y, c->width, height);
    cairo_fill(p->page);
    cairo_set_source_rgb(p->page, 0, 0, 0);
  }
  paper_frame(p, c->x, y, c->width, height);
  if (!c->cell->ruled) return;
  const double step = 8;
  const int lines = (int)floor((height - step / 2) / step);
  cairo_save(p->page);
  cairo_set_line_width(p->page, 0.1);
  for (int i = 1; i <= lines; i++) {
    const double at = y + i * step;
    cairo_move_to(p->page, c->x + pad_x, at);
    cairo_line_to(p->page, c->x + c->width - pad_x, at);
  }
  cairo_stroke(p->page);
  cairo_restore(p->page);
}

static void draw_row(paper *p, const laid_row *r, bool head, double y) {
  for (size_t i = 0; i < r->count; i++) {
    const laid_cell *c = &r->cells[i];
    draw_cell_frame(p, c, y, r->height);
    /* Labels stand in the middle of a high row, long texts begin at its top. */
    const bool middle = head || c->cell->shaded || c->cell->align == PAPER_CENTRE || r->height < 18;
    const double room = r->height - (c->height - 2 * pad_y);
    paper_show(p, c->words, c->x + pad_x, y + (middle ? room / 2 : pad_y));
  }
}

/* ---- a row higher than a page ---- */

/* As many lines as fit; *ret_more: some are left. */
static double draw_lines(paper *p, laid_cell *c, double height, bool *ret_more) {
  double used = pad_y;
  while (c->next) {
    int top, bottom;
    pango_layout_iter_get_line_yrange(c->next, &top, &bottom);
    const double line = (double)(bottom - top) / PANGO_SCALE;
    if (used + line > height - pad_y && used > pad_y) {
      *ret_more = true;
      return height;
    }
    PangoRectangle r;
    pango_layout_iter_get_line_extents(c->next, NULL, &r);
    const double base = (double)(pango_layout_iter_get_baseline(c->next) - top) / PANGO_SCALE;
    cairo_move_to(p->page, c->x + pad_x + (double)r.x / PANGO_SCALE, p->y + used + base);
    pango_cairo_show_layout_line(p->page, pango_layout_iter_get_line_readonly(c->next));
    used += line;
    if (!pango_layout_iter_next_line(c->next)) {
      pango_layout_iter_free(c->next);
      c->next = NULL;
    }
  }
  return used + pad_y;
}

static bool draw_torn(paper *p, laid_row *r, err *e) {
  for (size_t i = 0; i < r->count; i++) r->cells[i].next = pango_layout_get_iter(r->cells[i].words);
  for (bool more = true; more;) {
    more = false;
    if (!paper_room(p, r->height < 20 ? r->height : 20, e)) return false;
    const double room = paper_floor(p) - p->y;
    double used = 0;
    for (size_t i = 0; i < r->count; i++) {
      double one = draw_lines(p, &r->cells[i], room, &more);
      if (one > used) used = one;
    }
    if (more) used = room;
    for (size_t i = 0; i < r->count; i++)
      paper_frame(p, r->cells[i].x, p->y, r->cells[i].width, used);
    p->y += used;
    p->fresh = false;
    if (more && !paper_next_page(p, e)) return false;
  }
  return true;
}

/* ---- rows ---- */

/* The head, on a surface of its own. */
static bool keep_head(paper *p, const laid_row *r, err *e) {
  const double whole = p->table.head_height + r->height;
  const cairo_rectangle_t at = {0, -1, p->sheet_width, whole + 2};
  cairo_surface_t *s = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &at);
  cairo_t *page = p->page;
  p->page = cairo_create(s);
  cairo_set_line_width(p->page, cairo_get_line_width(page));
  if (p->table.head) {
    cairo_set_source_surface(p->page, p->table.head, 0, 0);
    cairo_paint(p->page);
    cairo_set_source_rgb(p->page, 0, 0, 0);
    cairo_surface_destroy(p->table.head);
  }
  draw_row(p, r, true, p->table.head_height);
  cairo_destroy(p->page);
  p->page = page;
  p->table.head = s;
  p->table.head_height = whole;
  return paper_sound(p, e);
}

bool paper_row(paper *p, const paper_cell *cells, size_t count, double least, bool head, err *e) {
  laid_row r;
  lay_row(p, cells, count, least, head, &r);
  const double whole = paper_floor(p) - p->form.top - p->table.head_height;
  bool ok;
  if (r.height > whole && !head) {
    ok = draw_torn(p, &r, e);
  } else {
    /* A head is not left alone at the foot of a page. */
    const bool had = p->table.open;
    if (head && !p->table.head) p->table.open = false;
    ok = paper_room(p, r.height + (head ? 8 : 0), e);
    p->table.open = had;
    if (ok) {
      draw_row(p, &r, head, p->y);
      p->y += r.height;
      p->fresh = false;
      ok = paper_sound(p, e) && (!head || keep_head(p, &r, e));
    }
  }
  free_row(&r);
  return ok;
}
