#include "sheet/table_read.h"
#include "sheet/write_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

bool write_failed(err *e) {
  return err_set(e, ERR_STORE, "file", "文件没有写成，磁盘可能满了，请清理后再试。",
                 "The file could not be written; the disk may be full. Make room and try again.");
}

static char *temporary_path(void) {
  const char *folder = getenv("TMPDIR");
  char *path = NULL;
  if (asprintf(&path, "%s/jishi-table-XXXXXX", folder && *folder ? folder : "/tmp") < 0)
    return NULL;
  int fd = mkstemp(path);
  if (fd >= 0 && close(fd) == 0) return path;
  free(path);
  return NULL;
}

bool writer_begin(table_writer *w, const char *path, const table_layout *l, err *e) {
  if (l->column_count == 0 || l->column_count > TABLE_COLUMNS_MAX)
    return err_set(e, ERR_TOO_LARGE, "columns", "表格要有 1 至 %d 列。",
                   "A table has 1 to %d columns.", TABLE_COLUMNS_MAX);
  w->is_temporary = !path;
  w->path = path ? strdup(path) : temporary_path();
  w->column_count = l->column_count;
  return w->path ? true : path ? err_memory(e) : write_failed(e);
}

static void writer_free(table_writer *w, bool keep_file) {
  w->release(w);
  if (!keep_file && w->path) unlink(w->path);
  free(w->path);
  free(w);
}

/* No text that table_read would not give back. */
static bool check_text(const table_writer *w, text t, err *e) {
  char where[32];
  snprintf(where, sizeof where, "row %lld", (long long)w->rows + 1);
  /* U+FFFE and U+FFFF are no characters, and XML has no way to write them. */
  if (!text_valid_utf8(t) || text_has_nul(t) || memmem(t.at, t.bytes, "\xEF\xBF\xBE", 3) ||
      memmem(t.at, t.bytes, "\xEF\xBF\xBF", 3))
    return err_set(e, ERR_BAD_INPUT, where, "第 %lld 行有不能写进表格的字符。",
                   "Row %lld holds what cannot be written to a table.", (long long)w->rows + 1);
  if (t.bytes > TABLE_CELL_MAX_POINTS && text_points(t) > TABLE_CELL_MAX_POINTS)
    return err_set(e, ERR_TOO_LARGE, where, "第 %lld 行有一格超过 %d 个字。",
                   "Row %lld has a cell of more than %d characters.", (long long)w->rows + 1,
                   TABLE_CELL_MAX_POINTS);
  return true;
}

bool table_put(table_writer *w, const table_value *cells, size_t count, err *e) {
  if (w->rows == TABLE_WRITE_ROWS_MAX)
    return err_set(e, ERR_TOO_LARGE, "file", "一个表最多导出 %d 行，请缩小范围分次导出。",
                   "A table holds at most %d rows; narrow the choice and export in parts.",
                   TABLE_WRITE_ROWS_MAX);
  if (count > w->column_count)
    return err_set(e, ERR_INTERNAL, "row", "一行有 %zu 格，表只有 %zu 列。",
                   "A row of %zu cells for %zu columns.", count, w->column_count);
  size_t bytes = 0;
  for (size_t i = 0; i < count; i++) {
    if (cells[i].type != TABLE_TEXT) continue;
    if (!check_text(w, cells[i].text, e)) return false;
    bytes += cells[i].text.bytes;
  }
  if (bytes > TABLE_LINE_MAX_BYTES)
    return err_set(e, ERR_TOO_LARGE, "row", "有一行的内容超过 %d KB，不能写进表格。",
                   "A row is over %d KB and cannot be written.", TABLE_LINE_MAX_BYTES / 1024);
  if (!w->put(w, cells, count, e)) return false;
  w->rows++;
  return true;
}

bool table_note(table_writer *w, text t, err *e) {
  return !w->note || (check_text(w, t, e) && w->note(w, t, e));
}

static bool read_into(const char *path, buf *out, err *e) {
  FILE *f = fopen(path, "rb");
  if (!f) return write_failed(e);
  char at[16384];
  size_t n;
  while ((n = fread(at, 1, sizeof at, f)) > 0) buf_add(out, at, n);
  bool ok = !ferror(f);
  fclose(f);
  if (!buf_ok(out)) return err_memory(e);
  return ok || write_failed(e);
}

bool table_finish(table_writer *w, buf *out, err *e) {
  bool ok = w->finish(w, e) && (!out || read_into(w->path, out, e));
  writer_free(w, ok && !w->is_temporary);
  return ok;
}

void table_drop(table_writer *w) {
  if (w) writer_free(w, false);
}
