#include "http/table_file.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool table_file_read(text format, text encoding, table_file *ret, err *e) {
  *ret = (table_file){.format = FORMAT_SHOWN};
  return table_format_read(format, encoding, &ret->format, &ret->gb18030, e);
}

bool table_file_begin(table_file *f, const table_column *columns, size_t count, err *e) {
  const table_layout l = {
      .title = f->title, .column_count = count, .columns = columns, .gb18030 = f->gb18030};
  f->writer = table_format_begin(f->format, f->path, &l, e);
  return f->writer != NULL;
}

bool table_file_make(request *q, store *s, table_file *f, const table_column *columns, size_t count,
                     table_fill *fill, err *e) {
  struct stat at;
  q->file_fd = memfd_create("table", MFD_CLOEXEC); /* closed with the request at the latest */
  if (q->file_fd < 0) return err_memory(e);
  snprintf(f->path, sizeof f->path, "/proc/self/fd/%d", q->file_fd);
  if ((columns && !table_file_begin(f, columns, count, e)) || !fill(q, s, e)) {
    table_drop(f->writer);
    return false;
  }
  if (!table_finish(f->writer, NULL, e)) return false;
  if (fstat(q->file_fd, &at) != 0) return err_memory(e);
  q->file_bytes = at.st_size;
  return true;
}

/* attachment; filename*=UTF-8''… (RFC 6266, RFC 8187). */
static const char *disposition(request *q, const table_file *f) {
  AUTO_BUF buf b = {0};
  char today[11];
  day_format(request_today(), today);
  buf_printf(&b, "%s; filename*=UTF-8''", f->shown ? "inline" : "attachment");
  for (const char *c = f->title; *c; c++) {
    const bool plain = (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') ||
                       (*c >= 'a' && *c <= 'z') || *c == '-' || *c == '_';
    if (plain)
      buf_char(&b, *c);
    else
      buf_printf(&b, "%%%02X", (unsigned char)*c);
  }
  buf_printf(&b, "%%20%s.%s", today, table_format_word(f->format));
  return buf_ok(&b) ? arena_text(q->a, b.at) : NULL;
}

bool table_file_answer(request *q, const table_file *f, err *e) {
  const int file = q->file_fd;
  q->file_fd = -1; /* an answer begun anew has no file */
  request_answer(q, 200);
  q->file_fd = file;
  q->file_name = disposition(q, f);
  q->content_type = f->gb18030 ? "text/csv; charset=gb18030" : table_format_content(f->format);
  return q->file_name || err_memory(e);
}
