#include "sheet/inside.h"

#include <stdio.h>
#include <string.h>

void row_clear(row_builder *b) {
  for (size_t i = 0; i < b->count; i++) b->spans[i].set = false;
  b->count = 0;
  buf_clear(&b->bytes);
}

bool row_set(row_builder *b, size_t column, text t, bool damaged) {
  if (t.bytes > TABLE_CELL_MAX_BYTES) return false;
  b->spans[column].start = b->bytes.bytes;
  b->spans[column].bytes = t.bytes;
  b->spans[column].damaged = damaged;
  b->spans[column].set = true;
  if (column >= b->count) b->count = column + 1;
  buf_text(&b->bytes, t);
  return buf_ok(&b->bytes);
}

void row_finish(row_builder *b, int64_t number, table_row *out) {
  for (size_t i = 0; i < b->count; i++) {
    b->cells[i] = (table_cell){.text = TEXT("")};
    if (!b->spans[i].set) continue;
    b->cells[i].text = (text){b->bytes.at + b->spans[i].start, b->spans[i].bytes};
    b->cells[i].damaged_number = b->spans[i].damaged;
  }
  *out = (table_row){.number = number, .count = b->count, .cells = b->cells};
}

void row_release(row_builder *b) {
  buf_release(&b->bytes);
}

table_reader *table_open(const char *path, const table_limits *limits, err *e) {
  static const table_limits usual = {(int64_t)512 << 20, 200};
  unsigned char head[8] = {0};
  FILE *f = fopen(path, "rb");
  size_t n = f ? fread(head, 1, sizeof head, f) : 0;
  if (!f || fclose(f) != 0) {
    err_set(e, ERR_BAD_FILE, "file", "打不开文件，请核对文件名。",
            "The file cannot be opened; check its name.");
    return NULL;
  }
  if (n == 0) {
    err_set(e, ERR_BAD_FILE, "file", "文件是空的。", "The file is empty.");
    return NULL;
  }
  if (n == 8 && memcmp(head, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0) {
    err_set(e, ERR_BAD_FILE, "file",
            "这是旧版 .xls 或加了密码的文件，请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx。",
            "This is an old .xls or a file with a password; open it, remove the password, and save "
            "as .xlsx.");
    return NULL;
  }
  if (n >= 4 && memcmp(head, "PK\x03\x04", 4) == 0)
    return xlsx_open(path, limits ? limits : &usual, e);
  return csv_open(path, e);
}

int table_next(table_reader *t, table_row *row, err *e) {
  return t->next(t, row, e);
}

void table_close(table_reader *t) {
  if (t) t->close(t);
}
