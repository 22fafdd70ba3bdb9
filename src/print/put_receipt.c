/* The receipt on a form: its figures, and the QR symbol that carries them. */
#include "base/json_fields.h"
#include "print/print_internal.h"

static const char *title_of(running *r, const print_figure *f) {
  return f->title    ? f->title
         : f->answer ? print_answer_title(r, f->answer)
                     : r->p->values->columns[f->column].title;
}

static bool put_words(running *r, const print_block *x, json_out *w, err *e) {
  json_field_open(w, "words", '[');
  for (size_t i = 0; i < x->figure_count; i++) {
    const print_figure *f = &x->figures[i];
    AUTO_BUF buf b = {0};
    if (f->answer)
      print_put_answer(r, &b, f->answer);
    else
      paper_put_value(&b, &r->cells[f->column], false, r->p->english);
    if (!buf_ok(&b)) return err_memory(e);
    if (!b.bytes) continue;
    json_open(w, '[');
    json_put_str(w, title_of(r, f));
    json_put_buf(w, &b);
    json_close(w, ']');
  }
  json_close(w, ']');
  return true;
}

static bool number_of(running *r, const print_figure *f, int64_t *ret) {
  if (f->answer) return print_answer_number(r, f->answer, ret);
  const table_value *v = &r->cells[f->column];
  if (v->type == TABLE_EMPTY || v->type == TABLE_TEXT) return false;
  *ret = v->type == TABLE_DAY ? v->day : v->number;
  return true;
}

/* Only a sum all of whose parts are known can be computed anew. */
static void put_formula(running *r, const print_block *x, json_out *w) {
  const print_figure *last = &x->figures[x->figure_count - 1];
  int64_t n, result;
  for (size_t i = 0; i < x->figure_count; i++)
    if (x->figures[i].name && !number_of(r, &x->figures[i], &n)) return;
  if (!x->formula || !number_of(r, last, &result)) return;
  json_field_open(w, "n", '{');
  for (size_t i = 0; i + 1 < x->figure_count; i++)
    if (x->figures[i].name && number_of(r, &x->figures[i], &n))
      json_field_int(w, x->figures[i].name, n);
  json_close(w, '}');
  json_field_str(w, "formula", x->formula);
  json_field_int(w, "result", result);
}

bool print_put_receipt(running *r, const print_block *x, err *e) {
  AUTO_BUF buf figures = {0}, whole = {0}, beside = {0};
  char today[11];
  day_format(r->v->ledger.now.today, today);
  json_out w = json_to(&figures);
  json_open(&w, '{');
  json_field_str(&w, "county", r->v->county);
  json_field_str(&w, "form", r->p->title);
  json_field_str(&w, "on", today);
  if (!put_words(r, x, &w, e)) return false;
  put_formula(r, x, &w);
  json_close(&w, '}');
  if (!buf_ok(&figures)) return err_memory(e);
  if (!receipt_write(&whole, buf_view(&figures), r->v->key, e)) return false;
  if (!print_say(r, &x->beside, true, true, &beside, e)) return false;
  return paper_qr(r->out, buf_view(&whole), x->width, buf_view(&beside), e);
}
