/* The file once more, with what is wrong: marked cells, and the reasons in a column of their own.
 * Sent in again, that column is passed over. */
#include "import/roster.h"

#include "sheet/marked_write.h"
#include "sheet/template.h"

#include <stdio.h>
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

/* ---- in the workbook itself, which keeps its formats ---- */

typedef struct mark_list {
  faulty_sheet *x;
  template_mark *marks;
  size_t count, room;
  template_marked_sheet *sheets;
} mark_list;

static bool add_mark(mark_list *l, template_mark m, err *e) {
  template_mark *more = ARENA_GROW(l->x->r->a, l->marks, l->count, &l->room, template_mark);
  if (!more) return err_memory(e);
  l->marks = more;
  l->marks[l->count++] = m;
  return true;
}

static int column_named(const header_row *h, text heading) {
  for (size_t c = 0; heading.bytes && c < h->count; c++)
    if (text_equal(h->columns[c].header, heading)) return (int)c;
  return -1;
}

/* What was chosen in place of its cells is written, as it would be read. */
static bool mark_mended(mark_list *l, const table_row *row, const table_row *mended, err *e) {
  const roster *r = l->x->r;
  for (size_t c = 0; c < row->count; c++) {
    const text now = mended->cells[c].text;
    if (text_equal(now, row->cells[c].text)) continue;
    template_mark m = {
        .sheet = r->sheet, .row = roster_row_in_sheet(row->number), .says = TEXT("")};
    m.column = (int)c;
    m.to = (text){arena_copy(r->a, now.at, now.bytes), now.bytes};
    if (!m.to.at) return err_memory(e);
    if (!add_mark(l, m, e)) return false;
  }
  return true;
}

static bool mark_fault(mark_list *l, const kept_fault *f, size_t before, err *e) {
  roster *r = l->x->r;
  const char *between = l->x->to->english ? ": " : "：";
  template_mark m = {.sheet = r->sheet, .row = roster_row_in_sheet(f->row), .wrong = true};
  m.column = column_named(&r->header, f->column);
  m.says = text_of(arena_printf(r->a, "%.*s%s%s", (int)f->column.bytes, f->column.at,
                                f->column.bytes ? between : "", f->says));
  if (!m.says.at) return err_memory(e);
  /* one mark a cell: its text is written and coloured at once */
  for (size_t i = before; i < l->count && m.column >= 0; i++)
    if (l->marks[i].column == m.column) {
      if (l->marks[i].says.bytes) m.column = -1;
      if (l->marks[i].says.bytes) break;
      l->marks[i].wrong = true;
      l->marks[i].says = m.says;
      return true;
    }
  return add_mark(l, m, e);
}

static bool mark_rows(mark_list *l, table_reader *t, size_t *at, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  table_row row;
  int got = 0;
  bool ok = a || err_memory(e);
  while (ok && (got = table_next(t, &row, e)) > 0) {
    arena_clear(a);
    row.number |= (int64_t)l->x->r->sheet << ROSTER_SHEET_BITS;
    table_row mended = row;
    const size_t from = faults_of(l->x, row.number, at), before = l->count;
    ok = roster_mend(l->x->r, a, &mended, e) && mark_mended(l, &row, &mended, e);
    for (size_t i = from; ok && i < *at; i++) ok = mark_fault(l, &l->x->faults[i], before, e);
  }
  return ok && got == 0;
}

/* The column that has the reasons already, or the one behind all others. */
static int reason_column(const header_row *h) {
  for (size_t c = 0; c < h->count; c++)
    if (is_reason_heading(h->columns[c].header)) return (int)c;
  return (int)h->count;
}

static bool mark_sheets(mark_list *l, err *e) {
  roster *r = l->x->r;
  table_reader *t = roster_open(r, e);
  size_t at = 0;
  bool ok = t != NULL;
  for (size_t i = 0; ok && i < r->sheet_count; i++) {
    if (!r->sheets[i].header) continue;
    r->sheet = i;
    r->header = *r->sheets[i].header;
    l->sheets[i] = (template_marked_sheet){r->header.number, reason_column(&r->header)};
    ok = table_choose_at(t, i, e) && mark_rows(l, t, &at, e);
  }
  table_close(t);
  return ok;
}

static bool read_whole(const char *path, buf *out) {
  char piece[16384];
  size_t n;
  FILE *f = fopen(path, "rb");
  if (!f) return false;
  out->limit = TEMPLATE_BYTES_MAX + 1;
  while ((n = fread(piece, 1, sizeof piece, f)) > 0) buf_add(out, piece, n);
  const bool ok = !ferror(f) && buf_ok(out);
  return fclose(f) == 0 && ok;
}

static bool write_whole(const char *path, const buf *b, err *e) {
  FILE *f = fopen(path, "wb");
  const bool written = f && fwrite(b->at, 1, b->bytes, f) == b->bytes;
  if (f && fclose(f) == 0 && written) return true;
  return err_set(e, ERR_STORE, NULL, "磁盘或内存不足，没有写出文件。",
                 "Disk or memory is too short to write the file.");
}

/* *ret_done false: it is no workbook, or not one that can be marked; a new file is written. */
static bool mark_original(faulty_sheet *x, const char *path, bool *ret_done, err *e) {
  roster *r = x->r;
  mark_list l = {.x = x};
  AUTO_BUF buf file = {0};
  AUTO_BUF buf out = {0};
  err why = {0};
  *ret_done = false;
  template *t = read_whole(r->source.path, &file) ? template_open(buf_view(&file), &why) : NULL;
  if (!t || template_sheet_count(t) != r->sheet_count) return template_close(t), true;
  l.sheets = ARENA_ARRAY(r->a, r->sheet_count, template_marked_sheet);
  bool ok = (l.sheets || err_memory(e)) && mark_sheets(&l, e);
  if (ok)
    *ret_done =
        template_mark_faults(t, l.sheets, l.marks, l.count, IMPORT_REASON_HEADING, &out, &why);
  template_close(t);
  return ok && (!*ret_done || write_whole(path, &out, e));
}

static bool write_faulty(roster *r, const faulty_file *to, err *e) {
  faulty_sheet x = {.r = r, .to = to};
  if (!read_faults(r, &x, e)) return false;
  if (x.failed) return err_memory(e);
  if (x.faults) qsort(x.faults, x.count, sizeof *x.faults, by_row);
  bool done = false;
  if (to->all && !mark_original(&x, to->path, &done, e)) return false;
  if (done) return true;
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
