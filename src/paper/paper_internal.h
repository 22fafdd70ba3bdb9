/* paper_internal.h — what the files of paper share. */
#ifndef JISHI_PAPER_PAPER_INTERNAL_H
#define JISHI_PAPER_PAPER_INTERNAL_H

#include "paper/paper.h"

#include <pango/pangocairo.h>

#define POINTS_A_MM (72.0 / 25.4)
enum { PAPER_FORM_PAGES_MAX = 300 };

typedef struct paper_table_state {
  double widths[PAPER_COLUMNS_MAX]; /* in mm */
  size_t count;
  double size;
  bool open;
  cairo_surface_t *head; /* drawn once, put on each page; NULL: none yet */
  double head_height;
} paper_table_state;

struct paper {
  paper_sink sink;
  void *context;
  err failed; /* of the sink */
  bool sink_failed;
  cairo_surface_t *pdf;
  cairo_t *out;
  PangoFontMap *fonts;
  PangoContext *words;
  paper_setup form;
  bool open;                                    /* a form is */
  double sheet_width, sheet_height;             /* mm */
  cairo_surface_t *pages[PAPER_FORM_PAGES_MAX]; /* of the form */
  int page_count, pages_before;
  cairo_t *page; /* the last of them, in mm */
  double y;      /* where the next thing goes */
  bool fresh;    /* nothing stands on the page yet */
  paper_table_state table;
};

/* The letters of a text, `width` mm wide (0: as wide as it is); give it back with g_object_unref.
 */
PangoLayout *paper_lay(paper *p, text t, double width, double size, bool bold, paper_align align);
double paper_layout_height(PangoLayout *l);       /* mm */
double paper_floor(const paper *p);               /* where the page ends */
bool paper_room(paper *p, double height, err *e); /* else a new page, with the head of the table */
bool paper_next_page(paper *p, err *e);
bool paper_sound(paper *p, err *e);
void paper_show(paper *p, PangoLayout *l, double x, double y);
void paper_frame(paper *p, double x, double y, double width, double height);

#endif
