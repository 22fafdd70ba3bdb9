/* The row being read, whichever format it comes from. */
#include "sheet/table_internal.h"

void row_clear(row_builder *b) {
  for (size_t i = 0; i < b->count; i++) b->spans[i].set = false;
  b->count = b->text_bytes = 0;
  b->any = false;
  buf_clear(&b->bytes);
}

bool row_fault(err *e, err_code code, int64_t number, label what) {
  char where[32];
  snprintf(where, sizeof where, "row %lld", (long long)number);
  return err_set(e, code, where, "第 %lld 行%s", "Row %lld %s", (long long)number, LABEL(what));
}

bool row_too_many(int64_t number, err *e) {
  if (number <= TABLE_ROWS_MAX) return false;
  err_set(e, ERR_TOO_LARGE, "file", "行数超过 %d，请分成几个文件再导入。",
          "More than %d rows; split the file.", TABLE_ROWS_MAX);
  return true;
}

bool row_set(row_builder *b, int64_t number, size_t column, table_cell cell, bool lasts, err *e) {
  text t = cell.text;
  if (column >= TABLE_COLUMNS_MAX) {
    if (!t.bytes) return true;
    return row_fault(e, ERR_TOO_LARGE, number,
                     (label){"的列太多（最多 1024 列），请删去多余的列。",
                             "has more than 1024 columns; delete those not needed."});
  }
  if (!lasts && t.bytes > TABLE_CELL_MAX_POINTS && text_points(t) > TABLE_CELL_MAX_POINTS)
    return row_fault(e, ERR_TOO_LARGE, number,
                     (label){"有一格的内容太长（最多 32767 个字），请删短。",
                             "has a cell of more than 32767 characters; shorten it."});
  if (t.bytes > TABLE_LINE_MAX_BYTES - b->text_bytes)
    return row_fault(
        e, ERR_TOO_LARGE, number,
        (label){"超过 1 MB，不像一张表，请删短。", "is over 1 MiB; this is no table. Shorten it."});
  if (column >= b->count) b->count = column + 1;
  if (!t.bytes && !cell.no_result) return true;
  b->text_bytes += t.bytes;
  b->spans[column].at = lasts ? t.at : NULL;
  b->spans[column].start = b->bytes.bytes;
  b->spans[column].bytes = t.bytes;
  b->spans[column].cell = cell;
  b->spans[column].set = true;
  b->any = true;
  if (!lasts) buf_text(&b->bytes, t);
  return buf_ok(&b->bytes) || err_memory(e);
}

_Static_assert(TABLE_COLUMNS_MAX == 1024 && TABLE_CELL_MAX_POINTS == 32767 &&
                   TABLE_LINE_MAX_BYTES == 1 << 20,
               "the sentences above name these limits");

text row_text(const row_builder *b, size_t column) {
  if (column >= b->count || !b->spans[column].bytes || !b->spans[column].set) return TEXT("");
  const char *at = b->spans[column].at;
  return (text){at ? at : b->bytes.at + b->spans[column].start, b->spans[column].bytes};
}

void row_finish(row_builder *b, int64_t number, table_row *ret) {
  for (size_t i = 0; i < b->count; i++) {
    b->cells[i] = b->spans[i].set ? b->spans[i].cell : (table_cell){.as_day = DAY_NONE};
    b->cells[i].text = row_text(b, i);
  }
  *ret = (table_row){.number = number, .count = b->count, .cells = b->cells};
}

void row_release(row_builder *b) {
  buf_release(&b->bytes);
}
