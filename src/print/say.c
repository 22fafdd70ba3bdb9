/* Texts of a form, with what they tell. */
#include "print/print_internal.h"

static void put_word(running *r, buf *b, const print_piece *x) {
  const bool en = r->p->english;
  const day from = r->from, to = r->to;
  ymd month;
  switch (x->word) {
  case PRINT_NO_WORD:
    return;
  case PRINT_COUNTY:
    buf_str(b, r->v->county);
    return;
  case PRINT_PLACE:
    buf_str(b, r->v->place);
    return;
  case PRINT_BY:
    buf_str(b, r->v->by);
    return;
  case PRINT_TODAY:
    paper_put_day(b, r->v->ledger.now.today, true, en);
    return;
  case PRINT_FROM:
    if (from != DAY_NONE) paper_put_day(b, from, true, en);
    return;
  case PRINT_TO:
    if (to != DAY_NONE) paper_put_day(b, to, true, en);
    return;
  case PRINT_MONTH:
    month = day_to_ymd(from != DAY_NONE ? from : r->v->ledger.now.today);
    buf_printf(b, en ? "%d-%02d" : "%d年%d月", month.year, month.month);
    return;
  case PRINT_ANSWER:
    print_put_answer(r, b, x->answer);
    return;
  }
}

/* What is not known is a line to write on, where `gap`. */
bool print_say(running *r, const print_text *t, bool spelled, bool gap, buf *b, err *e) {
  for (size_t i = 0; i < t->count; i++) {
    const print_piece *x = &t->pieces[i];
    buf_text(b, x->words);
    const size_t before = b->bytes;
    const bool asks = x->column >= 0 || x->word != PRINT_NO_WORD;
    if (x->column >= 0)
      paper_put_value(b, &r->cells[x->column], spelled, r->p->english);
    else
      put_word(r, b, x);
    if (asks && gap && b->bytes == before) buf_str(b, "________");
  }
  return (buf_ok(b) && !arena_failed(r->a)) || err_memory(e);
}
