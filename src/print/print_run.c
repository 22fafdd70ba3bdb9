/* A form: what it tells, block after block. */
#include "print/print_internal.h"

#include <stdio.h>

/* ---- values ---- */

static bool take_values(void *context, const ledger_line *line, err *e) {
  running *r = context;
  const table_value *cells = line->cells;
  for (size_t i = 0; i < r->p->values->column_count; i++) {
    r->cells[i] = cells[i];
    if (cells[i].type == TABLE_TEXT)
      r->cells[i].text.at = arena_copy(r->a, cells[i].text.at, cells[i].text.bytes);
    if (cells[i].type == TABLE_TEXT && !r->cells[i].text.at) return err_memory(e);
  }
  r->there = true;
  return true;
}

static bool goes_on(void *context, err *e) {
  const running *r = context;
  return !r->v->goes_on || r->v->goes_on(r->v->context, e);
}

static bool read_values(running *r, err *e) {
  ledger_view view = r->v->ledger;
  ledger_end end;
  const ledger_sink sink = {.take = take_values, .goes_on = goes_on, .context = r};
  if (!r->p->values) return r->there = true;
  r->cells = ARENA_ARRAY(r->a, r->p->values->column_count, table_value);
  if (!r->cells) return err_memory(e);
  view.root = &r->of->root;
  view.only = uuid_is_nil(&r->of->only) ? NULL : &r->of->only;
  if (!ledger_run(r->s, r->a, r->p->values, &view, &sink, &end, e)) return false;
  r->event = end.last;
  return true;
}

/* ---- blocks ---- */

static paper_align align_of(print_side side) {
  return side == PRINT_CENTRE ? PAPER_CENTRE : side == PRINT_RIGHT ? PAPER_RIGHT : PAPER_LEFT;
}

static bool put_text(running *r, const print_block *x, err *e) {
  AUTO_BUF buf b = {0};
  const paper_style style = {
      .align = align_of(x->align), .size = x->size, .indent = x->indent, .bold = x->bold};
  if (!print_say(r, &x->text, true, true, &b, e) || !paper_text(r->out, &style, buf_view(&b), e))
    return false;
  if (x->type == PRINT_HEADING || x->bold) paper_space(r->out, x->type == PRINT_HEADING ? 3 : 1);
  return true;
}

static size_t most_fields(const print_block *x) {
  size_t most = 0;
  for (size_t i = 0; i < x->line_count; i++)
    if (x->lines[i].count > most) most = x->lines[i].count;
  return most;
}

static bool put_line(running *r, const print_line *line, err *e) {
  paper_cell cells[PRINT_WIDTHS_MAX] = {0};
  buf values[PRINT_WIDTHS_MAX] = {0};
  double least = 0;
  bool ok = true;
  for (size_t i = 0; ok && i < line->count; i++) {
    const print_field *f = &line->fields[i];
    const int column = f->value.count == 1 ? f->value.pieces[0].column : -1;
    const char *title = f->title      ? f->title
                        : column >= 0 ? r->p->values->columns[column].title
                                      : "";
    ok = print_say(r, &f->value, false, false, &values[i], e);
    cells[2 * i] = (paper_cell){.text = text_of(title), .align = PAPER_CENTRE, .shaded = true};
    cells[2 * i + 1] = (paper_cell){.text = buf_view(&values[i]), .ruled = f->ruled};
    if (f->height > least) least = f->height;
  }
  ok = ok && paper_row(r->out, cells, 2 * line->count, least, false, e);
  for (size_t i = 0; i < line->count; i++) buf_release(&values[i]);
  return ok;
}

static bool put_fields(running *r, const print_block *x, err *e) {
  double widths[PRINT_WIDTHS_MAX] = {0};
  const double title = 24;
  const size_t count = x->width_count ? x->width_count : 2 * most_fields(x);
  for (size_t i = 0; i < count; i++) widths[i] = x->width_count ? x->widths[i] : i % 2 ? 0 : title;
  if (!paper_table(r->out, widths, count, x->size, e)) return false;
  for (size_t i = 0; i < x->line_count; i++)
    if (!put_line(r, &x->lines[i], e)) return false;
  return paper_table_end(r->out, e);
}

static bool put_ticks(running *r, const print_block *x, err *e) {
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < x->tick_count; i++) {
    const table_value *v = &r->cells[x->ticks[i].column];
    const bool yes = v->type == TABLE_INTEGER && v->number == 1;
    buf_printf(&b, "%s%s %s", i ? "　" : "", yes ? "■" : "□", x->ticks[i].title);
  }
  if (!buf_ok(&b)) return err_memory(e);
  return paper_text(r->out, &(paper_style){.size = x->size}, buf_view(&b), e);
}

static bool put_boxes(running *r, const print_block *x, err *e) {
  text words[PRINT_WIDTHS_MAX];
  buf said[PRINT_WIDTHS_MAX] = {0};
  bool ok = true;
  for (size_t i = 0; ok && i < x->box_count; i++) {
    ok = print_say(r, &x->boxes[i], true, false, &said[i], e);
    words[i] = buf_view(&said[i]);
  }
  ok = ok && paper_boxes(r->out, words, x->box_count, x->height,
                         r->p->english ? TEXT("Date:                ") : TEXT("年　　月　　日"), e);
  for (size_t i = 0; i < x->box_count; i++) buf_release(&said[i]);
  return ok;
}

static bool put_photos(running *r, const print_block *x, err *e) {
  enum { PHOTOS_MAX = 30 };
  paper_picture all[PHOTOS_MAX] = {0};
  const table_value *v = &r->cells[x->column];
  text rest = v->type == TABLE_TEXT ? v->text : TEXT(""), name;
  size_t n = 0;
  while (n < PHOTOS_MAX && text_next_word(&rest, &name)) {
    stored_file *f = NULL;
    const char *caption = arena_printf(r->a, r->p->english ? "Picture %zu" : "照片 %zu", n + 1);
    if (!caption) return err_memory(e);
    if (!store_attachment_find(r->s, r->a, name, &f, e)) return false;
    all[n++] = (paper_picture){f ? f->body : TEXT(""), text_of(caption)};
  }
  return paper_pictures(r->out, all, n, x->width, x->height, e);
}

static bool put_qr(running *r, const print_block *x, err *e) {
  AUTO_BUF buf holds = {0}, beside = {0};
  return print_say(r, &x->text, false, false, &holds, e) &&
         print_say(r, &x->beside, true, true, &beside, e) &&
         paper_qr(r->out, buf_view(&holds), x->width, buf_view(&beside), e);
}

static bool put_block(running *r, const print_block *x, err *e) {
  if (x->when >= 0 && (r->cells[x->when].type != TABLE_INTEGER || r->cells[x->when].number != 1))
    return true;
  paper_space(r->out, x->above);
  switch (x->type) {
  case PRINT_HEADING:
  case PRINT_TEXT:
    return put_text(r, x, e);
  case PRINT_FIELDS:
    return put_fields(r, x, e);
  case PRINT_TABLE:
    return print_put_table(r, x, e);
  case PRINT_TICKS:
    return put_ticks(r, x, e);
  case PRINT_BOXES:
    return put_boxes(r, x, e);
  case PRINT_PHOTOS:
    return put_photos(r, x, e);
  case PRINT_QR:
    return put_qr(r, x, e);
  case PRINT_RECEIPT:
    return print_put_receipt(r, x, e);
  case PRINT_SPACE:
    paper_space(r->out, x->height);
    return true;
  case PRINT_PAGE:
    return paper_break(r->out, e);
  }
  return true;
}

/* ---- the whole ---- */

static void find_period(running *r) {
  r->from = r->to = DAY_NONE;
  for (size_t i = 0; i < r->p->block_count; i++)
    if (r->p->blocks[i].table && r->p->blocks[i].table->from != DAY_NONE) {
      r->from = r->p->blocks[i].table->from;
      r->to = r->p->blocks[i].table->to;
      return;
    }
}

bool print_form(store *s, const print *p, const print_view *v, const print_of *of, paper *out,
                bool *ret_done, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  running r = {.s = s, .a = a, .p = p, .v = v, .of = of, .out = out};
  if (!a) return err_memory(e);
  find_period(&r);
  if (!read_values(&r, e)) return false;
  *ret_done = r.there;
  if (!r.there) return true;
  const paper_setup setup = {.landscape = p->landscape,
                             .top = p->top,
                             .right = p->right,
                             .bottom = p->bottom,
                             .left = p->left,
                             .size = p->size,
                             .english = p->english};
  if (!paper_begin(out, &setup, e)) return false;
  for (size_t i = 0; i < p->block_count; i++)
    if (!goes_on(&r, e) || !put_block(&r, &p->blocks[i], e)) return false;
  return paper_end(out, e);
}
