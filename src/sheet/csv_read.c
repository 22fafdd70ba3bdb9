/* CSV: found out first (encoding, separator), then fed to libcsv byte by byte up to the end of a
 * record, so that no line can take all memory. */
#include "sheet/inside.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>

enum { PIECE = 65536 };

typedef struct csv_reader {
  table_reader base;
  FILE *file;
  iconv_t convert; /* (iconv_t)-1: already UTF-8 */
  struct csv_parser parser;
  bool parser_there, at_end, row_whole, bad_cell, too_many_columns, bad_text;
  char raw[PIECE];
  size_t raw_left; /* bytes of an unfinished character, at the start of raw */
  buf utf8;        /* converted, not yet fed */
  size_t fed, line_bytes;
  row_builder row;
  size_t column;
  int64_t number;
} csv_reader;

static void on_cell(void *at, size_t bytes, void *context) {
  csv_reader *r = context;
  text t = text_trim((text){at ? at : "", bytes});
  if (r->column == TABLE_COLUMNS_MAX) {
    r->too_many_columns = true;
    return;
  }
  if (!text_valid_utf8(t) || text_has_nul(t)) r->bad_text = true;
  if (!row_set(&r->row, r->column++, t, false)) r->bad_cell = true;
}

static void on_row(int c, void *context) {
  (void)c;
  ((csv_reader *)context)->row_whole = true;
}

/* ---- reading ahead ---- */

static bool bad_encoding(err *e) {
  return err_set(e, ERR_BAD_FILE, "file",
                 "文件的文字编码认不出来，请另存为“CSV UTF-8”或 .xlsx 再导入。",
                 "The file's encoding is not known; save it as CSV UTF-8 or .xlsx.");
}

/* The next piece as UTF-8. */
static bool read_piece(csv_reader *r, err *e) {
  size_t got = fread(r->raw + r->raw_left, 1, PIECE - r->raw_left, r->file);
  if (ferror(r->file))
    return err_set(e, ERR_BAD_FILE, "file", "读文件出错，请重试。",
                   "The file could not be read; try again.");
  size_t have = r->raw_left + got;
  r->at_end = got == 0;
  buf_clear(&r->utf8);
  r->fed = 0;
  if (r->convert == (iconv_t)-1) {
    buf_add(&r->utf8, r->raw, have);
    return buf_ok(&r->utf8) || err_memory(e);
  }
  char *in = r->raw;
  size_t in_left = have;
  while (in_left) {
    char out[4096], *to = out;
    size_t room = sizeof out;
    size_t done = iconv(r->convert, &in, &in_left, &to, &room);
    buf_add(&r->utf8, out, sizeof out - room);
    if (done != (size_t)-1) continue;
    if (errno == E2BIG) continue;
    if (errno == EINVAL && !r->at_end)
      break; /* the rest of the character comes with the next piece */
    return bad_encoding(e);
  }
  memmove(r->raw, in, in_left);
  r->raw_left = in_left;
  return buf_ok(&r->utf8) || err_memory(e);
}

static bool row_fault(csv_reader *r, err *e) {
  char place[32];
  snprintf(place, sizeof place, "row %lld", (long long)r->number + 1);
  if (r->line_bytes > TABLE_LINE_MAX_BYTES)
    return err_set(
        e, ERR_TOO_LARGE, place,
        "第 %lld 行超过 %d KB，不像一张表。常见原因是引号没有配对，请检查这一行。",
        "Row %lld is over %d KB; this is no table. A quote may not be closed; check that row.",
        (long long)r->number + 1, TABLE_LINE_MAX_BYTES / 1024);
  if (r->too_many_columns)
    return err_set(e, ERR_TOO_LARGE, place, "第 %lld 行的列数超过 %d。",
                   "Row %lld has more than %d columns.", (long long)r->number + 1,
                   TABLE_COLUMNS_MAX);
  if (r->bad_text) return bad_encoding(e);
  if (r->bad_cell)
    return err_set(e, ERR_TOO_LARGE, place, "第 %lld 行有一格的内容太长。",
                   "Row %lld has a cell that is too long.", (long long)r->number + 1);
  return true;
}

static int csv_next_row(table_reader *base, table_row *row, err *e) {
  csv_reader *r = (csv_reader *)base;
  row_clear(&r->row);
  r->column = 0;
  r->row_whole = false;
  r->line_bytes = 0;
  while (!r->row_whole) {
    if (r->fed == r->utf8.bytes) {
      if (r->at_end) break;
      if (!read_piece(r, e)) return -1;
      if (r->at_end && csv_fini(&r->parser, on_cell, on_row, r) != 0) {
        if (row_fault(r, e)) err_memory(e);
        return -1;
      }
      continue;
    }
    /* One byte at a time is libcsv's own pace; more would run past the end of the record. */
    if (csv_parse(&r->parser, r->utf8.at + r->fed, 1, on_cell, on_row, r) != 1) {
      err_memory(e);
      return -1;
    }
    r->fed++;
    if (++r->line_bytes > TABLE_LINE_MAX_BYTES) break;
  }
  if (!row_fault(r, e)) return -1;
  if (!r->row_whole) return 0;
  if (++r->number > TABLE_ROWS_MAX) {
    err_set(e, ERR_TOO_LARGE, "file", "行数超过 %d，请分成几个文件。",
            "More than %d rows; split the file.", TABLE_ROWS_MAX);
    return -1;
  }
  row_finish(&r->row, r->number, row);
  return 1;
}

static void csv_close(table_reader *base) {
  csv_reader *r = (csv_reader *)base;
  if (r->file) fclose(r->file);
  if (r->convert != (iconv_t)-1) iconv_close(r->convert);
  if (r->parser_there) csv_free(&r->parser);
  buf_release(&r->utf8);
  row_release(&r->row);
  free(r);
}

/* ---- finding out ---- */

/* Reads the whole file once in pieces: is it UTF-8? A character cut by the end of a piece is
 * carried over. */
static bool is_utf8(FILE *f) {
  char at[PIECE];
  size_t kept = 0, got;
  bool good = true;
  while (good && (got = fread(at + kept, 1, sizeof at - kept, f)) > 0) {
    text all = {at, kept + got};
    size_t pos = 0;
    int32_t c;
    while ((c = text_next(all, &pos)) > 0) {
    }
    kept = all.bytes - pos;
    good = c == -1 || (c == -2 && kept < 4);
    memmove(at, at + pos, kept < 4 ? kept : 0);
    if (kept >= 4) kept = 0;
  }
  rewind(f);
  return good && kept == 0;
}

/* The separator that stands most often in the first line outside quotes. */
static unsigned char separator_of(FILE *f) {
  size_t commas = 0, tabs = 0, semicolons = 0;
  bool quoted = false;
  int c;
  for (int n = 0; n < 65536 && (c = fgetc(f)) != EOF && (quoted || c != '\n'); n++) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    commas += c == ',';
    tabs += c == '\t';
    semicolons += c == ';';
  }
  rewind(f);
  return tabs > commas && tabs > semicolons ? '\t' : semicolons > commas ? ';' : ',';
}

static const char *encoding_of(FILE *f) {
  unsigned char head[2] = {0};
  size_t n = fread(head, 1, 2, f);
  rewind(f);
  if (n == 2 && head[0] == 0xFF && head[1] == 0xFE) return "UTF-16LE";
  if (n == 2 && head[0] == 0xFE && head[1] == 0xFF) return "UTF-16BE";
  return is_utf8(f) ? NULL : "GB18030";
}

table_reader *csv_open(const char *path, err *e) {
  csv_reader *r = calloc(1, sizeof *r);
  if (!r) {
    err_memory(e);
    return NULL;
  }
  r->base.next = csv_next_row;
  r->base.close = csv_close;
  r->convert = (iconv_t)-1;
  r->file = fopen(path, "rb");
  bool ok = r->file || err_set(e, ERR_BAD_FILE, "file", "打不开文件，请核对文件名。",
                               "The file cannot be opened; check its name.");
  const char *encoding = ok ? encoding_of(r->file) : NULL;
  if (ok && encoding) {
    r->convert = iconv_open("UTF-8", encoding);
    ok = r->convert != (iconv_t)-1 || bad_encoding(e);
  }
  if (ok) {
    r->parser_there = csv_init(&r->parser, CSV_EMPTY_IS_NULL) == 0;
    ok = r->parser_there || err_memory(e);
  }
  if (ok) {
    csv_set_delim(&r->parser, separator_of(r->file));
    return &r->base;
  }
  csv_close(&r->base);
  return NULL;
}
