/* The file once more, with what is wrong: marked cells, and the reasons in a column of their own.
 * Sent in again, that column is passed over. */
#include "import/roster.h"

#include "sheet/marked_write.h"

#include <stdlib.h>

enum { KEPT_MAX = 200000 };

typedef struct kept_fault {
  int64_t row;
  text column;
  const char *says;
} kept_fault;

typedef struct faulty_sheet {
  roster *r;
  const faulty_file *to;
  kept_fault *faults;
  size_t count, room;
  bool failed;
} faulty_sheet;

static void take_fault(roster *r, int64_t row, text column, const err *why) {
  faulty_sheet *x = r->on_fault_context;
  if (x->count == KEPT_MAX) return;
  kept_fault *more = ARENA_GROW(r->a, x->faults, x->count, &x->room, kept_fault);
  const char *kept = arena_copy(r->a, column.at, column.bytes);
  const char *says = arena_text(r->a, x->to->english ? why->en : why->zh);
  x->failed |= !more || !kept || !says;
  if (x->failed) return;
  x->faults = more;
  x->faults[x->count++] = (kept_fault){row, {kept, column.bytes}, says};
}

static int by_row(const void *x, const void *y) {
  const kept_fault *a = x, *b = y;
  return a->row < b->row ? -1 : a->row > b->row;
}

/* Those of a row: *at is left behind them. */
static size_t faults_of(const faulty_sheet *x, int64_t row, size_t *at) {
  while (*at < x->count && x->faults[*at].row < row) ++*at;
  size_t from = *at;
  while (*at < x->count && x->faults[*at].row == row) ++*at;
  return from;
}

static bool put_row(faulty_sheet *x, marked_writer *w, const table_row *row, size_t from, size_t to,
                    arena *a, err *e) {
  const roster *r = x->r;
  const size_t width = r->header.count;
  const bool head = roster_row_in_sheet(row->number) == r->header.number;
  marked_cell *cells = ARENA_ARRAY(a, width + 1, marked_cell);
  AUTO_BUF buf why = {0};
  if (!cells) return err_memory(e);
  for (size_t c = 0; c < width && c < row->count; c++)
    cells[c] = (marked_cell){.text = row->cells[c].text, .head = head};
  for (size_t i = from; i < to; i++) {
    const kept_fault *f = &x->faults[i];
    for (size_t c = 0; f->column.bytes && c < width; c++)
      if (text_equal(r->header.columns[c].header, f->column)) cells[c].comment = f->says;
    buf_printf(&why, "%s%.*s%s%s", why.bytes ? "\n" : "", (int)f->column.bytes, f->column.at,
               f->column.bytes ? (x->to->english ? ": " : "：") : "", f->says);
  }
  for (size_t c = 0; c < width; c++)
    if (is_reason_heading(r->header.columns[c].header)) cells[c] = (marked_cell){.text = TEXT("")};
  if (head) buf_str(&why, IMPORT_REASON_HEADING);
  if (!buf_ok(&why)) return err_memory(e);
  cells[width] = (marked_cell){.text = buf_view(&why), .head = head};
  return marked_put(w, cells, width + 1, e);
}

/* Rows with a fault, and all that stands above the data. */
static bool put_rows(faulty_sheet *x, table_reader *t, marked_writer *w, size_t *at, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  table_row row;
  int got = 0;
  bool ok = a || err_memory(e);
  while (ok && (got = table_next(t, &row, e)) > 0) {
    arena_clear(a);
    row.number |= (int64_t)x->r->sheet << ROSTER_SHEET_BITS;
    const size_t from = faults_of(x, row.number, at);
    if (x->to->all || roster_row_in_sheet(row.number) <= x->r->header.number || from < *at)
      ok = roster_mend(x->r, a, &row, e) && put_row(x, w, &row, from, *at, a, e);
  }
  return ok && got == 0;
}

static bool put_sheets(faulty_sheet *x, marked_writer *w, err *e) {
  roster *r = x->r;
  table_reader *t = roster_open(r, e);
  size_t at = 0;
  bool ok = t != NULL;
  for (size_t i = 0; ok && i < r->sheet_count; i++) {
    if (!r->sheets[i].header) continue;
    r->sheet = i;
    r->header = *r->sheets[i].header;
    ok = table_choose_at(t, i, e) && marked_sheet(w, r->sheets[i].name, e) &&
         put_rows(x, t, w, &at, e);
  }
  table_close(t);
  return ok;
}

static bool read_faults(roster *r, faulty_sheet *x, err *e) {
  r->on_fault = take_fault;
  r->on_fault_context = x;
  const bool read = roster_read(r, e);
  r->on_fault = NULL;
  r->on_fault_context = NULL;
  return read;
}

static bool write_faulty(roster *r, const faulty_file *to, err *e) {
  faulty_sheet x = {.r = r, .to = to};
  if (!read_faults(r, &x, e)) return false;
  if (x.failed) return err_memory(e);
  if (x.faults) qsort(x.faults, x.count, sizeof *x.faults, by_row);
  marked_writer *w = marked_write(to->path, e);
  if (!w) return false;
  if (put_sheets(&x, w, e)) return marked_finish(w, e);
  marked_drop(w);
  return false;
}

bool import_write_faulty(store *s, arena *a, const import_file *file, day today,
                         const faulty_file *to, err *e) {
  roster r;
  bool ok = roster_begin(&r, s, a, file, today, e) && write_faulty(&r, to, e);
  report_release(&r);
  return ok;
}
