/* paper.h — pages exact to the millimetre, as a PDF: paragraphs, tables, boxes, signs, pictures,
 * one below the other, broken over pages.
 *
 * A PDF holds one form after another; each begins a page, and its pages are counted by themselves.
 * The pages of one form are in memory until it ends, no more. The head of a table stands on each of
 * its pages again; a row is torn only where it is higher than a page. Lengths are millimetres,
 * sizes of letters points. The letters are embedded, only those that are used.
 *
 * Pango and Cairo do the work, behind this file alone. Knows nothing of packs and records. What
 * GLib finds no memory for ends the program: so what is laid out is bounded. One owner at a time.
 */
#ifndef JISHI_PAPER_PAPER_H
#define JISHI_PAPER_PAPER_H

#include "base/err.h"
#include "base/text.h"

enum { PAPER_PAGES_MAX = 10000, PAPER_CELL_BYTES_MAX = 20000, PAPER_COLUMNS_MAX = 40 };

typedef struct paper paper;
/* Takes the bytes of the PDF as they come; false stops it. */
typedef bool (*paper_sink)(void *context, const void *at, size_t bytes, err *e);

typedef struct paper_setup {
  bool landscape; /* of A4 */
  double top, right, bottom, left;
  double size; /* of the letters */
  bool english;
} paper_setup;

typedef enum paper_align { PAPER_LEFT, PAPER_CENTRE, PAPER_RIGHT } paper_align;
typedef struct paper_style {
  paper_align align;
  double size;   /* 0: the form's */
  double above;  /* empty before it */
  double indent; /* of the first line, in letters */
  bool bold;
} paper_style;

/* Whether letters for Chinese are there; false: what to install. */
bool paper_check_font(err *e);

paper *paper_new(paper_sink sink, void *context, err *e);
/* Writes what is left, and frees it; false: the file is not whole. */
bool paper_finish(paper *p, err *e);
void paper_drop(paper *p); /* NULL is fine */

bool paper_begin(paper *p, const paper_setup *s, err *e);
bool paper_end(paper *p, err *e);
double paper_width(const paper *p); /* between the margins of the form */
int paper_pages(const paper *p);    /* of all that have ended */

bool paper_text(paper *p, const paper_style *s, text t, err *e);
void paper_space(paper *p, double height);
bool paper_break(paper *p, err *e); /* what follows begins a page, unless one was begun just now */

typedef struct paper_cell {
  text text;
  paper_align align;
  int span; /* columns; 0: one */
  bool bold, shaded;
  bool ruled; /* written by hand: lines */
} paper_cell;
/* Widths of 0 share what the others leave; together never wider than the form. size 0: the form's.
 */
bool paper_table(paper *p, const double *widths, size_t count, double size, err *e);
/* `head`: it stands on every page again, until the table's end. least: its height. */
bool paper_row(paper *p, const paper_cell *cells, size_t count, double least, bool head, err *e);
bool paper_table_end(paper *p, err *e);

/* Side by side, each with its words above, and beneath them where to put the day. */
bool paper_boxes(paper *p, const text *words, size_t count, double height, text below, err *e);
/* A QR symbol, and words beside it. */
bool paper_qr(paper *p, text content, double side, text words, err *e);

typedef struct paper_picture {
  text body;    /* JPEG or PNG */
  text caption; /* "" */
} paper_picture;
/* As many in a line as fit, each within width × height. What cannot be read is a box that says so.
 */
bool paper_pictures(paper *p, const paper_picture *all, size_t count, double width, double height,
                    err *e);

#endif
