/* Boxes for seals and signatures, QR symbols, pictures. */
#include "paper/paper_internal.h"

#include "sheet/qr.h"

#include <stdlib.h>

static const double pad = 2;

bool paper_boxes(paper *p, const text *words, size_t count, double height, text below, err *e) {
  const double width = paper_width(p) / (double)(count ? count : 1);
  const double size = p->form.size;
  if (!paper_room(p, height, e)) return false;
  for (size_t i = 0; i < count; i++) {
    const double x = p->form.left + width * (double)i;
    paper_frame(p, x, p->y, width, height);
    PangoLayout *l = paper_lay(p, words[i], width - 2 * pad, size, false, PAPER_LEFT);
    paper_show(p, l, x + pad, p->y + pad);
    g_object_unref(l);
    l = paper_lay(p, below, width - 2 * pad, size, false, PAPER_RIGHT);
    paper_show(p, l, x + pad, p->y + height - pad - paper_layout_height(l));
    g_object_unref(l);
  }
  p->y += height;
  p->fresh = false;
  return paper_sound(p, e);
}

bool paper_qr(paper *p, text content, double side, text words, err *e) {
  uint8_t *dark = NULL;
  int n = 0;
  if (!paper_room(p, side, e) || !qr_modules(content, &dark, &n, e)) return false;
  const double one = side / n;
  for (int y = 0; y < n; y++)
    for (int x = 0; x < n; x++) {
      int wide = 0;
      while (x + wide < n && dark[y * n + x + wide]) wide++;
      if (wide) cairo_rectangle(p->page, p->form.left + x * one, p->y + y * one, wide * one, one);
      x += wide;
    }
  free(dark);
  /* Neighbouring rectangles without a hair of white between them. */
  cairo_set_antialias(p->page, CAIRO_ANTIALIAS_NONE);
  cairo_fill(p->page);
  cairo_set_antialias(p->page, CAIRO_ANTIALIAS_DEFAULT);
  PangoLayout *l =
      paper_lay(p, words, paper_width(p) - side - 2 * pad, p->form.size, false, PAPER_LEFT);
  const double height = paper_layout_height(l);
  paper_show(p, l, p->form.left + side + 2 * pad, p->y + (side > height ? (side - height) / 2 : 0));
  g_object_unref(l);
  p->y += height > side ? height : side;
  p->fresh = false;
  return paper_sound(p, e);
}

/* ---- pictures ---- */

typedef struct reading {
  text rest;
} reading;

static cairo_status_t read_some(void *context, unsigned char *into, unsigned int bytes) {
  reading *r = context;
  if (r->rest.bytes < bytes) return CAIRO_STATUS_READ_ERROR;
  memcpy(into, r->rest.at, bytes);
  r->rest.at += bytes;
  r->rest.bytes -= bytes;
  return CAIRO_STATUS_SUCCESS;
}

static unsigned two(const unsigned char *at) {
  return (unsigned)(at[0] << 8 | at[1]);
}

/* Width and height of a JPEG (ITU-T T.81, SOF0 … SOF2); false: it is none that can be shown. */
static bool jpeg_size(text body, int *ret_width, int *ret_height) {
  const unsigned char *b = (const unsigned char *)body.at;
  size_t at = 2;
  if (body.bytes < 4 || b[0] != 0xFF || b[1] != 0xD8) return false;
  while (at + 9 < body.bytes && b[at] == 0xFF) {
    const unsigned mark = b[at + 1], length = two(b + at + 2);
    if (mark >= 0xC0 && mark <= 0xC2) {
      *ret_height = (int)two(b + at + 5);
      *ret_width = (int)two(b + at + 7);
      return *ret_width > 0 && *ret_height > 0;
    }
    if (length < 2) return false;
    at += 2 + length;
  }
  return false;
}

/* The file itself goes into the PDF; the surface only says how large it is. */
static cairo_surface_t *jpeg_surface(text body) {
  int width, height;
  if (!jpeg_size(body, &width, &height)) return NULL;
  cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
  unsigned char *own = malloc(body.bytes);
  if (!own || cairo_surface_status(s) != CAIRO_STATUS_SUCCESS) {
    free(own);
    cairo_surface_destroy(s);
    return NULL;
  }
  memcpy(own, body.at, body.bytes);
  if (cairo_surface_set_mime_data(s, CAIRO_MIME_TYPE_JPEG, own, body.bytes, free, own) ==
      CAIRO_STATUS_SUCCESS)
    return s;
  free(own);
  cairo_surface_destroy(s);
  return NULL;
}

/* Width and height stand in a PNG's first chunk; one that claims to be huge is not unpacked. */
static cairo_surface_t *png_surface(text body) {
  enum { PIXELS_MAX = 50 << 20 };
  const unsigned char *b = (const unsigned char *)body.at;
  if (body.bytes < 24 || memcmp(b + 1, "PNG", 3) != 0) return NULL;
  const uint64_t width = (uint64_t)two(b + 16) << 16 | two(b + 18),
                 height = (uint64_t)two(b + 20) << 16 | two(b + 22);
  if (width == 0 || height == 0 || width > PIXELS_MAX / height) return NULL;
  reading r = {body};
  cairo_surface_t *s = cairo_image_surface_create_from_png_stream(read_some, &r);
  if (cairo_surface_status(s) == CAIRO_STATUS_SUCCESS) return s;
  cairo_surface_destroy(s);
  return NULL;
}

static void draw_picture(paper *p, const paper_picture *x, double left, double top, double width,
                         double height) {
  cairo_surface_t *s = jpeg_surface(x->body);
  if (!s) s = png_surface(x->body);
  if (!s) {
    const char *why = p->form.english ? "This picture cannot be shown." : "这张照片显示不了。";
    PangoLayout *l = paper_lay(p, text_of(why), width - 2 * pad, p->form.size, false, PAPER_CENTRE);
    paper_frame(p, left, top, width, height);
    paper_show(p, l, left + pad, top + height / 2);
    g_object_unref(l);
    return;
  }
  const double w = cairo_image_surface_get_width(s), h = cairo_image_surface_get_height(s);
  const double scale = width / w < height / h ? width / w : height / h;
  cairo_save(p->page);
  cairo_translate(p->page, left + (width - w * scale) / 2, top + (height - h * scale) / 2);
  cairo_scale(p->page, scale, scale);
  cairo_set_source_surface(p->page, s, 0, 0);
  cairo_rectangle(p->page, 0, 0, w, h);
  cairo_fill(p->page);
  cairo_restore(p->page);
  cairo_surface_destroy(s);
}

bool paper_pictures(paper *p, const paper_picture *all, size_t count, double width, double height,
                    err *e) {
  const double gap = 3, caption = p->form.size / POINTS_A_MM * 1.6;
  size_t a_line = (size_t)((paper_width(p) + gap) / (width + gap));
  if (a_line == 0) a_line = 1;
  for (size_t i = 0; i < count; i += a_line) {
    if (!paper_room(p, height + caption, e)) return false;
    for (size_t k = i; k < count && k < i + a_line; k++) {
      const double x = p->form.left + (double)(k - i) * (width + gap);
      draw_picture(p, &all[k], x, p->y, width, height);
      PangoLayout *l = paper_lay(p, all[k].caption, width, p->form.size - 1, false, PAPER_CENTRE);
      paper_show(p, l, x, p->y + height);
      g_object_unref(l);
    }
    p->y += height + caption;
    p->fresh = false;
  }
  return paper_sound(p, e);
}
