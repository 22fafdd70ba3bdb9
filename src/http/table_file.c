#include "http/table_file.h"

#include "paper/table_pdf.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
  const char *word, *type;
  table_writer *(*begin)(const char *path, const table_layout *l, err *e);
} formats[] = {
    [FORMAT_SHOWN] = {"json", NULL, NULL},
    [FORMAT_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                     table_write_xlsx},
    [FORMAT_CSV] = {"csv", "text/csv; charset=utf-8", table_write_csv},
    [FORMAT_PDF] = {"pdf", "application/pdf", table_write_pdf},
};
enum { FORMATS = sizeof formats / sizeof *formats };

bool table_file_read(text format, text encoding, table_file *ret, err *e) {
  int found = format.bytes ? -1 : FORMAT_SHOWN;
  for (int i = 0; i < FORMATS; i++)
    if (text_is(format, formats[i].word)) found = i;
  if (found < 0)
    return err_set(e, ERR_BAD_INPUT, "format", "格式应是 json、xlsx、csv 或 pdf。",
                   "The format is json, xlsx, csv or pdf.");
  *ret = (table_file){.format = (table_format)found, .gb18030 = text_is(encoding, "gb18030")};
  return !encoding.bytes || text_is(encoding, "utf-8") || (ret->gb18030 && found == FORMAT_CSV) ||
         err_set(e, ERR_BAD_INPUT, "encoding", "CSV 的编码是 utf-8 或 gb18030。",
                 "The encoding of CSV is utf-8 or gb18030.");
}

const char *table_file_word(const table_file *f) {
  return formats[f->format].word;
}

bool table_file_begin(table_file *f, const table_column *columns, size_t count, err *e) {
  const table_layout l = {
      .title = f->title, .column_count = count, .columns = columns, .gb18030 = f->gb18030};
  f->writer = formats[f->format].begin(f->path, &l, e);
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

void table_file_put_note(const request *q, buf *b, int64_t rows) {
  char now[30];
  instant_format(now_ms(), now);
  buf_printf(b,
             q->english ? "As of %.10s %.5s; %lld rows; exported by %s."
                        : "截至 %.10s %.5s；共 %lld 行；导出人：%s。",
             now, now + 11, (long long)rows, q->who.officer->name);
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
  buf_printf(&b, "%%20%s.%s", today, formats[f->format].word);
  return buf_ok(&b) ? arena_text(q->a, b.at) : NULL;
}

bool table_file_answer(request *q, const table_file *f, err *e) {
  const int file = q->file_fd;
  q->file_fd = -1; /* an answer begun anew has no file */
  request_answer(q, 200);
  q->file_fd = file;
  q->file_name = disposition(q, f);
  q->content_type = f->gb18030 ? "text/csv; charset=gb18030" : formats[f->format].type;
  return q->file_name || err_memory(e);
}
