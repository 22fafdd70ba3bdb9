/* Tables of a form, and a ledger by itself. */
#include "print/print_internal.h"

static bool is_number(const ledger *l, size_t i) {
  return i < l->column_count && l->columns[i].shows == LEDGER_NUMBER;
}

/* What stands above several columns, then above each. */
static bool put_heads(const ledger_head *heads, size_t count, paper *out, err *e) {
  paper_cell over[PAPER_COLUMNS_MAX] = {0}, cells[PAPER_COLUMNS_MAX] = {0};
  size_t spans = 0;
  bool any = false;
  for (size_t i = 0; i < count; i++) {
    cells[i] = (paper_cell){.text = text_of(heads[i].title), .align = PAPER_CENTRE, .shaded = true};
    any |= *heads[i].over != 0;
    if (i && *heads[i].over && strcmp(heads[i].over, heads[i - 1].over) == 0)
      over[spans - 1].span++;
    else
      over[spans++] = (paper_cell){
          .text = text_of(heads[i].over), .align = PAPER_CENTRE, .shaded = true, .span = 1};
  }
  return (!any || paper_row(out, over, spans, 0, true, e)) &&
         paper_row(out, cells, count, 0, true, e);
}

/* `n` above 0: what a column of numbers says. */
static bool put_row(const ledger *l, const ledger_line *line, int64_t n, paper *out, err *e) {
  paper_cell cells[PAPER_COLUMNS_MAX] = {0};
  size_t ends[PAPER_COLUMNS_MAX] = {0};
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < line->count; i++) {
    if (n && is_number(l, i))
      buf_int(&b, n);
    else if (line->cells)
      paper_put_value(&b, &line->cells[i], false, l->english);
    ends[i] = b.bytes;
  }
  if (!buf_ok(&b)) return err_memory(e);
  for (size_t i = 0, from = 0; i < line->count; from = ends[i++])
    cells[i] = (paper_cell){.text = {b.at ? b.at + from : "", ends[i] - from},
                            .bold = line->is != LINE_ROW,
                            .align = is_number(l, i) ? PAPER_CENTRE
                                     : line->cells   ? paper_align_of(line->cells[i].type)
                                                     : PAPER_LEFT};
  return paper_row(out, cells, line->count, 0, false, e);
}

/* ---- of a form ---- */

typedef struct telling {
  running *r;
  const print_block *x;
  const ledger_head *heads;
  size_t count;      /* columns */
  table_value *kept; /* the newest so many rows, in a ring; NULL: they are put as they come */
  arena **memory;    /* of each */
  int64_t rows;
  bool begun;
} telling;

static bool take_heads(void *context, const ledger_head *heads, size_t count, err *e) {
  telling *t = context;
  ledger_head *own = ARENA_ARRAY(t->r->a, count, ledger_head);
  if (!own) return err_memory(e);
  memcpy(own, heads, count * sizeof *own);
  t->heads = own;
  t->count = count;
  if (t->x->newest) t->kept = ARENA_ARRAY(t->r->a, (size_t)t->x->newest * count, table_value);
  return !t->x->newest || t->kept || err_memory(e);
}

static bool begin_table(telling *t, err *e) {
  double widths[PAPER_COLUMNS_MAX] = {0};
  const print_block *x = t->x;
  if (t->begun) return true;
  t->begun = true;
  for (size_t i = 0; i < x->width_count && i < t->count && i < PAPER_COLUMNS_MAX; i++)
    widths[i] = x->widths[i];
  return paper_table(t->r->out, widths, t->count, x->size, e) &&
         put_heads(t->heads, t->count, t->r->out, e);
}

static bool take_row(void *context, const ledger_line *line, err *e) {
  telling *t = context;
  t->rows++;
  return begin_table(t, e) && put_row(t->x->table, line, 0, t->r->out, e);
}

static bool keep_row(void *context, const ledger_line *line, err *e) {
  telling *t = context;
  const size_t n = t->count, at = (size_t)(t->rows++ % t->x->newest);
  arena_clear(t->memory[at]);
  for (size_t i = 0; i < n; i++) {
    table_value *into = &t->kept[at * n + i];
    *into = line->cells[i];
    if (into->type == TABLE_TEXT)
      into->text.at = arena_copy(t->memory[at], into->text.at, into->text.bytes);
    if (into->type == TABLE_TEXT && !into->text.at) return err_memory(e);
  }
  return true;
}

static bool put_kept(telling *t, err *e) {
  const int64_t most = t->x->newest, from = t->rows > most ? t->rows - most : 0;
  for (int64_t i = from; i < t->rows; i++) {
    const ledger_line line = {.cells = &t->kept[(size_t)(i % most) * t->count], .count = t->count};
    if (!begin_table(t, e) || !put_row(t->x->table, &line, i - from + 1, t->r->out, e))
      return false;
  }
  return true;
}

static bool goes_on(void *context, err *e) {
  const print_view *v = ((telling *)context)->r->v;
  return !v->goes_on || v->goes_on(v->context, e);
}

static bool run_table(telling *t, err *e) {
  running *r = t->r;
  ledger_view view = r->v->ledger;
  ledger_end end;
  const bool keeps = t->x->newest > 0;
  const ledger_sink sink = {.begin = take_heads,
                            .take = keeps ? keep_row : take_row,
                            .goes_on = goes_on,
                            .context = t,
                            .rows_max = t->x->rows_max};
  if (r->p->kind) view.root = &r->of->root;
  if (!ledger_run(r->s, r->a, t->x->table, &view, &sink, &end, e)) return false;
  if (keeps && !put_kept(t, e)) return false;
  if (!t->rows && t->x->none) return true;
  if (!begin_table(t, e)) return false;
  for (int64_t i = t->rows; i < t->x->least; i++)
    if (!put_row(t->x->table, &(ledger_line){.count = t->count}, i + 1, r->out, e)) return false;
  return paper_table_end(r->out, e);
}

bool print_put_table(running *r, const print_block *x, err *e) {
  telling t = {.r = r, .x = x};
  const size_t most = (size_t)x->newest;
  bool ok = true;
  if (most) {
    t.memory = ARENA_ARRAY(r->a, most, arena *);
    if (!t.memory) return err_memory(e);
  }
  for (size_t i = 0; ok && i < most; i++) ok = (t.memory[i] = arena_new(0)) || err_memory(e);
  ok = ok && run_table(&t, e);
  for (size_t i = 0; i < most; i++) arena_free(t.memory[i]);
  if (ok && !t.rows && x->none)
    ok = paper_text(r->out, &(paper_style){.size = x->size}, text_of(x->none), e);
  return ok;
}
