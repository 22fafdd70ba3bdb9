/* Rows into a template, and the archive that comes out of it. */
#include "sheet/template_internal.h"

#include <stdlib.h>

/* ---- taking rows ---- */

/* In the order of the sheet, whatever the caller's is. */
static void order_columns(template_fill *f, const template_table *table, const int *columns) {
  for (size_t i = 0; i < f->count; i++) {
    const int column = table->columns[columns[i]].column;
    size_t at = i;
    for (; at > 0 && f->columns[at - 1] > column; at--) {
      f->columns[at] = f->columns[at - 1];
      f->cells_at[at] = f->cells_at[at - 1];
    }
    f->columns[at] = column;
    f->cells_at[at] = i;
  }
}

template_fill *template_fill_begin(template *t, const template_table *table, const int *columns,
                                   size_t count, err *e) {
  if (!template_model(t, table->sheet, e)) return NULL;
  template_fill *f = calloc(1, sizeof *f);
  if (!f) {
    err_memory(e);
    return NULL;
  }
  *f = (template_fill){.t = t, .table = table, .count = count};
  f->texts.limit = TEMPLATE_FILLED_MAX;
  f->columns = calloc(count + 1, sizeof *f->columns);
  f->cells_at = calloc(count + 1, sizeof *f->cells_at);
  if (!f->columns || !f->cells_at) {
    template_fill_drop(f);
    err_memory(e);
    return NULL;
  }
  order_columns(f, table, columns);
  return f;
}

void template_fill_drop(template_fill *f) {
  if (!f) return;
  free(f->columns);
  free(f->cells_at);
  free(f->cells);
  free(f->row_of);
  buf_release(&f->texts);
  free(f);
}

static bool make_room(template_fill *f, err *e) {
  if (f->rows < f->row_room) return true;
  const size_t room = f->row_room ? f->row_room * 2 : 64;
  filled_cell *cells = realloc(f->cells, room * (f->count + 1) * sizeof *cells);
  if (cells) f->cells = cells;
  int64_t *rows = cells ? realloc(f->row_of, room * sizeof *rows) : NULL;
  if (!rows) return err_memory(e);
  f->row_of = rows;
  f->row_room = room;
  return true;
}

static bool put_row(template_fill *f, int64_t row, const template_value *cells, err *e) {
  if (f->rows == TEMPLATE_ROWS_MAX)
    return err_set(e, ERR_TOO_LARGE, "rows", "要填的行超过 %d，请缩小范围，分几张表填。",
                   "More than %d rows; narrow them, and fill several tables.", TEMPLATE_ROWS_MAX);
  if (!make_room(f, e)) return false;
  for (size_t i = 0; i < f->count; i++) {
    const template_value *v = &cells[f->cells_at[i]];
    const text t = v->type == FILL_NOTHING ? TEXT("") : v->text;
    if (t.bytes > 32767 && text_points(t) > 32767)
      return err_set(e, ERR_TOO_LARGE, "rows", "有一格的内容超过 32767 字，放不进表格。",
                     "A cell has more than 32767 characters, which no sheet holds.");
    f->cells[f->rows * f->count + i] = (filled_cell){.at = (uint32_t)f->texts.bytes,
                                                     .bytes = (uint32_t)t.bytes & 0x1FFFFFFF,
                                                     .type = v->type & 7};
    buf_text(&f->texts, t);
  }
  f->row_of[f->rows++] = row;
  return buf_ok(&f->texts) ||
         err_set(e, ERR_TOO_LARGE, "rows", "要填的内容太多，请缩小范围，分几张表填。",
                 "Too much to fill in; narrow the rows, and fill several tables.");
}

bool template_fill_put(template_fill *f, const template_value *cells, err *e) {
  return put_row(f, 0, cells, e);
}

bool template_fill_label(template_fill *f, size_t label, const template_value *cells, err *e) {
  return put_row(f, f->table->labels[label].row, cells, e);
}

/* ---- the archive ---- */

static bool archive_failed(zip_t *z, err *e) {
  return zip_error_code_zip(zip_get_error(z)) == ZIP_ER_MEMORY
             ? err_memory(e)
             : err_set(e, ERR_BAD_FILE, "file", "文件写不出来，请另存为新文件再上传。",
                       "The file cannot be written; copy the table to a new file.");
}

bool template_replace(zip_t *z, const char *path, const buf *b, err *e) {
  if (!buf_ok(b)) return err_memory(e);
  char *copy = malloc(b->bytes + 1);
  if (!copy) return err_memory(e);
  memcpy(copy, b->at ? b->at : "", b->bytes);
  zip_source_t *s = zip_source_buffer(z, copy, b->bytes, 1);
  if (!s) {
    free(copy);
    return archive_failed(z, e);
  }
  const zip_int64_t index = zip_name_locate(z, path, ZIP_FL_NOCASE);
  if (index >= 0 && zip_file_replace(z, (zip_uint64_t)index, s, 0) == 0) return true;
  zip_source_free(s);
  return archive_failed(z, e);
}

/* Where the writers above write. */
static void write_into(writing *w, buf *b) {
  w->b = b;
}

/* A part through one of the writers above. */
static bool rewrite(writing *w, arena *a, zip_t *z, const char *path,
                    void (*put)(writing *w, text xml, bool flag), bool flag, err *e) {
  text xml;
  bool there = false;
  AUTO_BUF buf b = {0};
  if (!template_part(w->f->t, a, path, TEMPLATE_PART_MAX, &there, &xml, e)) return false;
  if (!there) return true;
  if (!xml_check(xml, e)) return false;
  write_into(w, &b);
  put(w, xml, flag);
  return template_replace(z, path, &b, e);
}

static bool drop_chain(writing *w, arena *a, zip_t *z, err *e) {
  const char *book = w->f->t->book->book_path, *slash = strrchr(book, '/');
  const int folder = slash ? (int)(slash - book) + 1 : 0;
  char path[2 * TABLE_NAME_MAX_BYTES];
  snprintf(path, sizeof path, "%.*scalcChain.xml", folder, book);
  const zip_int64_t index = zip_name_locate(z, path, ZIP_FL_NOCASE);
  if (index < 0) return true;
  if (zip_delete(z, (zip_uint64_t)index) != 0) return archive_failed(z, e);
  snprintf(path, sizeof path, "%.*s_rels/%s.rels", folder, book, book + folder);
  return rewrite(w, a, z, path, template_put_unchained, false, e) &&
         rewrite(w, a, z, "[Content_Types].xml", template_put_unchained, false, e);
}

static bool other_sheets(writing *w, arena *a, zip_t *z, bool *ret_formulas, err *e) {
  template *t = w->f->t;
  const zip_int64_t n = zip_get_num_entries(t->book->zip, 0);
  const char *own = t->book->sheet_paths[w->f->table->sheet];
  for (zip_int64_t i = 0; i < n; i++) {
    const char *name = zip_get_name(t->book->zip, (zip_uint64_t)i, 0);
    text xml;
    bool changed = false;
    AUTO_BUF buf b = {0};
    if (!name || !strstr(name, "worksheets/") || !text_ends(text_of(name), ".xml") ||
        strcmp(name, own) == 0)
      continue;
    if (!template_part(t, a, name, TEMPLATE_PART_MAX, NULL, &xml, e) || !xml_check(xml, e))
      return false;
    write_into(w, &b);
    template_put_other(w, xml, &changed);
    *ret_formulas |= changed;
    if (!buf_ok(&b)) return err_memory(e);
    if (changed && !template_replace(z, name, &b, e)) return false;
  }
  return true;
}

/* Where rows go in: as a person would, above the last empty one, so that sums grow and the line
 * beneath the table stays its last. */
static void plan(writing *w) {
  const template_table *o = w->f->table;
  const int64_t empty = o->data_last - o->data_first + 1;
  w->last = o->data_last;
  if (o->label_count || (int64_t)w->f->rows <= empty || (o->open_ended && empty <= 0)) {
    w->outer = w->inner = (row_shift){.at = INT64_MAX};
    return;
  }
  w->added = (int64_t)w->f->rows - (empty > 0 ? empty : 0);
  w->outer = (row_shift){.at = o->data_last, .by = w->added};
  w->like = empty > 1 ? o->data_last - 1 : empty == 1 ? o->data_last : 0;
  if (empty <= 1) {
    w->outer.at = o->data_last + 1;
    w->outer.grows = empty == 1;
  }
  w->inner = w->outer;
  w->inner.grows = false;
}

static bool write_parts(writing *w, zip_t *z, err *e) {
  template *t = w->f->t;
  bool formulas = false;
  AUTO_BUF buf sheet = {0};
  arena *a AUTO_ARENA = arena_new((size_t)512 << 20);
  if (!a) return err_memory(e);
  write_into(w, &sheet);
  template_put_sheet(w);
  if (!template_replace(z, t->book->sheet_paths[w->f->table->sheet], &sheet, e) ||
      !other_sheets(w, a, z, &formulas, e))
    return false;
  formulas |= w->had_formulas;
  if ((formulas || w->added) &&
      !rewrite(w, a, z, t->book->book_path, template_put_workbook, formulas, e))
    return false;
  if (w->fails)
    return err_set(e, ERR_NOT_ALLOWED, "sheet",
                   "有公式一次引用几张工作表，插入行后会错位。请先在空表里多留些空行，再上传。",
                   "A formula reaches over several sheets at once and would be misplaced by rows "
                   "that are put in. Leave more empty rows in the table and upload it again.");
  return !w->changed_formulas || drop_chain(w, a, z, e);
}

/* What the archive was written to, read back. */
static bool take_out(zip_source_t *s, buf *out, err *e) {
  zip_stat_t st;
  zip_stat_init(&st);
  if (zip_source_stat(s, &st) != 0 || zip_source_open(s) != 0) return err_memory(e);
  char piece[16384];
  zip_int64_t n;
  while ((n = zip_source_read(s, piece, sizeof piece)) > 0) buf_add(out, piece, (size_t)n);
  zip_source_close(s);
  return n == 0 && buf_ok(out) ? true : err_memory(e);
}

bool template_rewrite(template *t, bool (*write)(void *context, zip_t *z, err *e), void *context,
                      buf *out, err *e) {
  zip_error_t why;
  zip_error_init(&why);
  /* A copy that is the archive's own: writing into it, libzip frees what it began with. */
  char *copy = malloc(t->bytes.bytes + 1);
  if (!copy) return err_memory(e);
  memcpy(copy, t->bytes.at, t->bytes.bytes);
  zip_source_t *s = zip_source_buffer_create(copy, t->bytes.bytes, 1, &why);
  zip_t *z = s ? zip_open_from_source(s, 0, &why) : NULL;
  zip_error_fini(&why);
  if (!z) {
    if (s)
      zip_source_free(s);
    else
      free(copy);
    return err_memory(e);
  }
  zip_source_keep(s); /* what it is written to outlives the archive */
  bool ok = write(context, z, e);
  if (ok && zip_close(z) != 0) ok = archive_failed(z, e);
  if (ok)
    ok = take_out(s, out, e);
  else
    zip_discard(z);
  zip_source_free(s);
  return ok;
}

static bool write_filled(void *context, zip_t *z, err *e) {
  return write_parts(context, z, e);
}

bool template_fill_finish(template_fill *f, buf *out, err *e) {
  writing w = {.f = f, .m = &f->t->model, .name = template_sheet_name(f->t, f->table->sheet)};
  if (!template_model(f->t, f->table->sheet, e)) return false;
  plan(&w);
  if (w.added && !template_may_move(f->t, f->table->sheet, &w.outer, e)) return false;
  return template_rewrite(f->t, write_filled, &w, out, e);
}
