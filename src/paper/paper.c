/* Forms and their pages. */
#include "paper/paper_internal.h"

#include <cairo-pdf.h>
#include <stdlib.h>

#define LETTERS "Noto Serif CJK SC, Source Han Serif SC, SimSun, Noto Sans CJK SC, serif"
#define LINE_WIDTH 0.25
enum { A4_SHORT = 210, A4_LONG = 297, FOOTER_SIZE = 9 };

static bool no_memory(err *e) {
  return err_memory(e);
}

/* ---- letters ---- */

PangoLayout *paper_lay(paper *p, text t, double width, double size, bool bold, paper_align align) {
  PangoLayout *l = pango_layout_new(p->words);
  PangoFontDescription *font = pango_font_description_from_string(LETTERS);
  /* The context's unit is a millimetre: so is the letters'. */
  pango_font_description_set_absolute_size(font, size / POINTS_A_MM * PANGO_SCALE);
  if (bold) pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description(l, font);
  pango_font_description_free(font);
  pango_layout_set_text(l, t.at, (int)t.bytes);
  pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
  if (width > 0) pango_layout_set_width(l, (int)(width * PANGO_SCALE));
  pango_layout_set_alignment(l, align == PAPER_CENTRE  ? PANGO_ALIGN_CENTER
                                : align == PAPER_RIGHT ? PANGO_ALIGN_RIGHT
                                                       : PANGO_ALIGN_LEFT);
  return l;
}

double paper_layout_height(PangoLayout *l) {
  PangoRectangle r;
  pango_layout_get_extents(l, NULL, &r);
  return (double)r.height / PANGO_SCALE;
}

void paper_show(paper *p, PangoLayout *l, double x, double y) {
  cairo_move_to(p->page, x, y);
  pango_cairo_show_layout(p->page, l);
}

void paper_frame(paper *p, double x, double y, double width, double height) {
  cairo_rectangle(p->page, x, y, width, height);
  cairo_stroke(p->page);
}

static bool has_letter(PangoContext *c, const char *family, gunichar letter) {
  PangoFontDescription *d = pango_font_description_from_string(family);
  pango_font_description_set_absolute_size(d, 10 * PANGO_SCALE);
  PangoFont *f = pango_context_load_font(c, d);
  pango_font_description_free(d);
  bool has = f && pango_font_has_char(f, letter);
  if (f) g_object_unref(f);
  return has;
}

bool paper_check_font(err *e) {
  PangoFontMap *fonts = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
  PangoContext *c = fonts ? pango_font_map_create_context(fonts) : NULL;
  const gunichar letter = 0x56FD; /* 国 */
  bool has = c && has_letter(c, LETTERS, letter);
  if (c) g_object_unref(c);
  if (fonts) g_object_unref(fonts);
  return has || err_set(e, ERR_INTERNAL, NULL,
                        "这台机器上没有中文字体，打印出来会是方框。请安装 fonts-noto-cjk。",
                        "There is no Chinese font on this machine, so that forms would be empty "
                        "boxes. Install fonts-noto-cjk.");
}

/* ---- the file ---- */

static cairo_status_t take(void *context, const unsigned char *at, unsigned int bytes) {
  paper *p = context;
  if (p->sink_failed) return CAIRO_STATUS_WRITE_ERROR;
  p->sink_failed = !p->sink(p->context, at, bytes, &p->failed);
  return p->sink_failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

bool paper_sound(paper *p, err *e) {
  cairo_status_t s = cairo_status(p->out);
  if (s == CAIRO_STATUS_SUCCESS && p->page) s = cairo_status(p->page);
  if (s == CAIRO_STATUS_SUCCESS) s = cairo_surface_status(p->pdf);
  if (s == CAIRO_STATUS_SUCCESS && !p->sink_failed) return true;
  if (p->sink_failed) {
    *e = p->failed;
    return false;
  }
  if (s == CAIRO_STATUS_NO_MEMORY) return no_memory(e);
  return err_set(e, ERR_INTERNAL, NULL, "这份文件排不出来（%s）。",
                 "This document cannot be laid out (%s).", cairo_status_to_string(s));
}

paper *paper_new(paper_sink sink, void *context, err *e) {
  paper *p = calloc(1, sizeof *p);
  if (!p) {
    err_memory(e);
    return NULL;
  }
  p->sink = sink;
  p->context = context;
  p->pdf =
      cairo_pdf_surface_create_for_stream(take, p, A4_SHORT * POINTS_A_MM, A4_LONG * POINTS_A_MM);
  cairo_pdf_surface_set_metadata(p->pdf, CAIRO_PDF_METADATA_CREATOR, "Jishi");
  p->out = cairo_create(p->pdf);
  p->fonts = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
  p->words = pango_font_map_create_context(p->fonts);
  pango_context_set_language(p->words, pango_language_from_string("zh-cn"));
  /* Places of letters are not those of a screen's dots. */
  cairo_font_options_t *exact = cairo_font_options_create();
  cairo_font_options_set_hint_style(exact, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(exact, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(p->words, exact);
  cairo_font_options_destroy(exact);
  pango_context_set_round_glyph_positions(p->words, FALSE);
  if (paper_sound(p, e)) return p;
  paper_drop(p);
  return NULL;
}

static void forget_form(paper *p) {
  if (p->page) cairo_destroy(p->page);
  p->page = NULL;
  for (int i = 0; i < p->page_count; i++) cairo_surface_destroy(p->pages[i]);
  p->page_count = 0;
  if (p->table.head) cairo_surface_destroy(p->table.head);
  p->table = (paper_table_state){0};
  p->open = false;
}

void paper_drop(paper *p) {
  if (!p) return;
  forget_form(p);
  p->sink_failed = true; /* nothing more is written */
  if (p->out) cairo_destroy(p->out);
  if (p->pdf) {
    cairo_surface_finish(p->pdf);
    cairo_surface_destroy(p->pdf);
  }
  if (p->words) g_object_unref(p->words);
  if (p->fonts) g_object_unref(p->fonts);
  free(p);
}

bool paper_finish(paper *p, err *e) {
  bool ok = paper_sound(p, e);
  if (ok) {
    cairo_surface_finish(p->pdf);
    ok = paper_sound(p, e);
  }
  paper_drop(p);
  return ok;
}

/* ---- pages ---- */

double paper_width(const paper *p) {
  return p->sheet_width - p->form.left - p->form.right;
}

int paper_pages(const paper *p) {
  return p->pages_before;
}

double paper_floor(const paper *p) {
  return p->sheet_height - p->form.bottom;
}

bool paper_next_page(paper *p, err *e) {
  const cairo_rectangle_t sheet = {0, 0, p->sheet_width, p->sheet_height};
  if (p->page_count == PAPER_FORM_PAGES_MAX || p->pages_before + p->page_count >= PAPER_PAGES_MAX)
    return err_set(e, ERR_TOO_LARGE, NULL, "这份文件超过 %d 页，请缩小范围后再打印。",
                   "This document has more than %d pages; print less at a time.",
                   PAPER_FORM_PAGES_MAX);
  if (p->page) cairo_destroy(p->page);
  cairo_surface_t *s = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &sheet);
  p->pages[p->page_count++] = s;
  p->page = cairo_create(s);
  cairo_set_line_width(p->page, LINE_WIDTH);
  p->y = p->form.top;
  p->fresh = true;
  return paper_sound(p, e);
}

bool paper_begin(paper *p, const paper_setup *s, err *e) {
  forget_form(p);
  p->form = *s;
  p->sheet_width = s->landscape ? A4_LONG : A4_SHORT;
  p->sheet_height = s->landscape ? A4_SHORT : A4_LONG;
  p->open = true;
  return paper_next_page(p, e);
}

static bool put_footer(paper *p, int n, err *e) {
  AUTO_BUF buf b = {0};
  if (p->page) cairo_destroy(p->page);
  p->page = cairo_create(p->pages[n]);
  buf_printf(&b, p->form.english ? "Page %d of %d" : "第 %d 页　共 %d 页", n + 1, p->page_count);
  if (!buf_ok(&b)) return err_memory(e);
  PangoLayout *l = paper_lay(p, buf_view(&b), p->sheet_width, FOOTER_SIZE, false, PAPER_CENTRE);
  const double height = paper_layout_height(l), room = p->form.bottom;
  paper_show(p, l, 0, p->sheet_height - room / 2 - height / 2);
  g_object_unref(l);
  return paper_sound(p, e);
}

bool paper_end(paper *p, err *e) {
  for (int i = 0; i < p->page_count; i++) {
    if (!put_footer(p, i, e)) return false;
    cairo_destroy(p->page);
    p->page = NULL;
    cairo_pdf_surface_set_size(p->pdf, p->sheet_width * POINTS_A_MM, p->sheet_height * POINTS_A_MM);
    cairo_save(p->out);
    cairo_scale(p->out, POINTS_A_MM, POINTS_A_MM);
    cairo_set_source_surface(p->out, p->pages[i], 0, 0);
    cairo_paint(p->out);
    cairo_restore(p->out);
    cairo_show_page(p->out);
    if (!paper_sound(p, e)) return false;
  }
  p->pages_before += p->page_count;
  forget_form(p);
  return true;
}

bool paper_room(paper *p, double height, err *e) {
  if (p->y + height <= paper_floor(p) + 0.01 || p->fresh) return paper_sound(p, e);
  if (!paper_next_page(p, e)) return false;
  if (!p->table.open || !p->table.head) return true;
  cairo_set_source_surface(p->page, p->table.head, 0, p->y);
  cairo_paint(p->page);
  cairo_set_source_rgb(p->page, 0, 0, 0);
  p->y += p->table.head_height;
  return paper_sound(p, e);
}

bool paper_break(paper *p, err *e) {
  return p->fresh || paper_next_page(p, e);
}

void paper_space(paper *p, double height) {
  if (!p->fresh) p->y += height;
}

/* ---- paragraphs ---- */

static void show_line(paper *p, PangoLayoutIter *i, double x, double y) {
  PangoRectangle r;
  pango_layout_iter_get_line_extents(i, NULL, &r);
  cairo_move_to(p->page, x + (double)r.x / PANGO_SCALE, y);
  pango_cairo_show_layout_line(p->page, pango_layout_iter_get_line_readonly(i));
}

/* Line by line, so that a paragraph may go on overleaf. */
static bool show_lines(paper *p, PangoLayout *l, err *e) {
  PangoLayoutIter *i = pango_layout_get_iter(l);
  bool ok = true;
  do {
    int top, bottom;
    pango_layout_iter_get_line_yrange(i, &top, &bottom);
    const double height = (double)(bottom - top) / PANGO_SCALE;
    ok = paper_room(p, height, e);
    if (!ok) break;
    const double base = (double)(pango_layout_iter_get_baseline(i) - top) / PANGO_SCALE;
    show_line(p, i, p->form.left, p->y + base);
    p->y += height;
    p->fresh = false;
  } while (pango_layout_iter_next_line(i));
  pango_layout_iter_free(i);
  return ok && paper_sound(p, e);
}

bool paper_text(paper *p, const paper_style *s, text t, err *e) {
  const double size = s->size > 0 ? s->size : p->form.size;
  paper_space(p, s->above);
  PangoLayout *l = paper_lay(p, t, paper_width(p), size, s->bold, s->align);
  pango_layout_set_indent(l, (int)(s->indent * size / POINTS_A_MM * PANGO_SCALE));
  pango_layout_set_justify(l, s->align == PAPER_LEFT);
  pango_layout_set_line_spacing(l, 1.1F);
  bool ok = show_lines(p, l, e);
  g_object_unref(l);
  return ok;
}
