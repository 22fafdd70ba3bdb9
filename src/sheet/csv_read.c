/* CSV: found out first (encoding, separator), then fed to libcsv a line at most at a time, so that
 * no record can take all memory. */
#include "sheet/table_internal.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

enum { PIECE = 65536, SCAN_LINE_MAX = 2 * TABLE_LINE_MAX_BYTES };

typedef struct csv_reader {
  table_reader base;
  FILE *file;
  iconv_t convert; /* (iconv_t)-1: already UTF-8 */
  struct csv_parser parser;
  unsigned char separator;
  bool parser_there, started, at_end, row_whole, after_cr, failed;
  char raw[PIECE];
  size_t raw_left; /* bytes of an unfinished character, at the start of raw */
  buf utf8;        /* converted, not yet fed */
  size_t fed, record_bytes;
  bool only_blanks; /* of the record so far */
  row_builder row;
  size_t column;
  int64_t number;
  err fault;
} csv_reader;

static bool bad_encoding(err *e) {
  return err_set(
      e, ERR_BAD_FILE, "file",
      "这不是文本表格，或文字编码认不出来。请用 Excel 或 WPS 打开，另存为 .xlsx 再导入。",
      "This is no text table, or its encoding is not known. Open it in a spreadsheet program and "
      "save it as .xlsx.");
}

/* ---- cells ---- */

bool csv_is_formula(text t) {
  static const char *const wide[] = {"＝", "＋", "－", "＠"};
  if (t.bytes && t.at[0] && strchr("=+-@'\t\r\n", t.at[0])) return true;
  for (size_t i = 0; i < 4; i++)
    if (text_starts(t, wide[i])) return true;
  return false;
}

/* 3.70811E+17: how Excel saves a long number as CSV. */
static bool is_scientific(text t) {
  size_t i = 1;
  if (t.bytes < 5 || t.at[0] < '1' || t.at[0] > '9') return false;
  if (t.at[i] == '.')
    for (i++; i < t.bytes && t.at[i] >= '0' && t.at[i] <= '9';) i++;
  if (t.bytes - i != 4 || (t.at[i] != 'E' && t.at[i] != 'e') || t.at[i + 1] != '+') return false;
  return t.at[i + 2] >= '1' && t.at[i + 2] <= '9' && t.at[i + 3] >= '0' && t.at[i + 3] <= '9';
}

static bool is_number_like(text t) {
  size_t i = 0;
  while (i < t.bytes && strchr("0123456789.Xx", t.at[i]) && t.at[i]) i++;
  return i == t.bytes && i > 0;
}

/* What keeps a spreadsheet program from changing or running a cell: ="…", or one apostrophe in
 * front of a number or of a formula's first sign (csv_write.c puts it there). */
static text unguard(text t) {
  if (t.bytes >= 3 && t.at[0] == '=' && t.at[1] == '"' && t.at[t.bytes - 1] == '"' &&
      !memchr(t.at + 2, '"', t.bytes - 3))
    return text_trim((text){t.at + 2, t.bytes - 3});
  if (t.bytes < 2 || t.at[0] != '\'') return t;
  text rest = {t.at + 1, t.bytes - 1};
  return csv_is_formula(rest) || is_number_like(rest) ? text_trim(rest) : t;
}

static void on_cell(void *at, size_t bytes, void *context) {
  csv_reader *r = context;
  if (r->failed) return;
  text t = {at ? at : "", bytes};
  if (!text_valid_utf8(t) || text_has_nul(t)) {
    bad_encoding(&r->fault);
    r->failed = true;
    return;
  }
  t = unguard(text_trim(t));
  const table_cell cell = {.text = t, .damaged_number = is_scientific(t), .as_day = DAY_NONE};
  if (!row_set(&r->row, r->number, r->column++, cell, false, &r->fault)) r->failed = true;
}

static void on_row(int c, void *context) {
  (void)c;
  ((csv_reader *)context)->row_whole = true;
}

/* ---- reading ahead ---- */

static bool convert_piece(csv_reader *r, size_t have, err *e) {
  char *in = r->raw;
  size_t in_left = have;
  while (in_left) {
    char out[4096], *to = out;
    size_t room = sizeof out;
    size_t done = iconv(r->convert, &in, &in_left, &to, &room);
    int why = errno;
    buf_add(&r->utf8, out, sizeof out - room);
    if (done != (size_t)-1 || why == E2BIG) continue;
    if (why == EINVAL && !r->at_end)
      break; /* the rest of the character comes with the next piece */
    return bad_encoding(e);
  }
  memmove(r->raw, in, in_left);
  r->raw_left = in_left;
  return true;
}

/* The next piece as UTF-8, without a byte order mark. */
static bool read_piece(csv_reader *r, err *e) {
  size_t got = fread(r->raw + r->raw_left, 1, PIECE - r->raw_left, r->file);
  if (ferror(r->file))
    return err_set(e, ERR_BAD_FILE, "file", "读文件出错，请重试。",
                   "The file cannot be read; try again.");
  size_t have = r->raw_left + got;
  r->at_end = got == 0;
  buf_clear(&r->utf8);
  if (r->convert == (iconv_t)-1)
    buf_add(&r->utf8, r->raw, have);
  else if (!convert_piece(r, have, e))
    return false;
  r->fed = !r->started && text_starts(buf_view(&r->utf8), "\xEF\xBB\xBF") ? 3 : 0;
  r->started = true;
  return buf_ok(&r->utf8) || err_memory(e);
}

/* ---- records ---- */

static void record_begin(csv_reader *r) {
  row_clear(&r->row);
  r->column = 0;
  r->row_whole = false;
  r->record_bytes = 0;
  r->only_blanks = true;
  r->number++;
}

/* Bytes up to and with the next end of line: a record never ends before one. */
static size_t line_length(const csv_reader *r) {
  const char *at = r->utf8.at + r->fed;
  size_t n = r->utf8.bytes - r->fed;
  const char *lf = memchr(at, '\n', n);
  if (lf) n = (size_t)(lf - at) + 1;
  const char *cr = memchr(at, '\r', n);
  return cr ? (size_t)(cr - at) + 1 : n;
}

static bool feed_line(csv_reader *r) {
  const char *at = r->utf8.at + r->fed;
  if (r->after_cr && *at == '\n' && r->record_bytes == 0) { /* the second half of CR LF */
    r->after_cr = false;
    r->fed++;
    return true;
  }
  size_t n = line_length(r);
  char last = at[n - 1];
  r->after_cr = last == '\r';
  for (size_t i = 0; r->only_blanks && i < n; i++)
    r->only_blanks = at[i] == ' ' || at[i] == '\t' || at[i] == '\r' || at[i] == '\n';
  if (csv_parse(&r->parser, at, n, on_cell, on_row, r) != n) return err_memory(&r->fault);
  r->fed += n;
  r->record_bytes += n;
  if (r->failed) return false;
  if (r->record_bytes > TABLE_LINE_MAX_BYTES)
    return row_fault(
        &r->fault, ERR_TOO_LARGE, r->number,
        (label){"超过 1 MB，不像一张表。常见原因是引号没有配对，请检查这一行。",
                "is over 1 MiB; this is no table. A quote may not be closed; check that row."});
  /* libcsv tells nothing of an empty line, but a person counts it. */
  if (!r->row_whole && r->only_blanks && (last == '\n' || last == '\r')) r->row_whole = true;
  return true;
}

/* The last record may lack its end of line. If it does not end with one either, a quote is open. */
static bool end_last(csv_reader *r) {
  r->record_bytes = 0;
  if (csv_parse(&r->parser, "\n", 1, on_cell, on_row, r) != 1) return err_memory(&r->fault);
  if (r->failed || r->row_whole) return !r->failed;
  return row_fault(&r->fault, ERR_BAD_FILE, r->number,
                   (label){"的引号没有配对，后面的内容都被它包住了，请检查这一行。",
                           "opens a quote that is never closed; check that row."});
}

/* One record into r->row: 1, 0 at the end, -1 with r->fault. */
static int read_record(csv_reader *r) {
  record_begin(r);
  while (!r->row_whole) {
    if (r->fed < r->utf8.bytes) {
      if (!feed_line(r)) return -1;
      continue;
    }
    if (!r->at_end) {
      if (!read_piece(r, &r->fault)) return -1;
      continue;
    }
    if (r->record_bytes == 0 || r->only_blanks) return 0;
    return end_last(r) ? 1 : -1;
  }
  return 1;
}

static int csv_next_row(table_reader *base, table_row *row, err *e) {
  csv_reader *r = (csv_reader *)base;
  int got = r->failed ? -1 : 1;
  do {
    if (got > 0) got = read_record(r);
    if (got > 0 && row_too_many(r->number, &r->fault)) got = -1;
  } while (got > 0 && !r->row.any);
  if (got < 0) {
    r->failed = true;
    *e = r->fault;
  }
  if (got > 0) row_finish(&r->row, r->number, row);
  return got;
}

static void csv_close(table_reader *base) {
  csv_reader *r = (csv_reader *)base;
  fclose(r->file);
  if (r->convert != (iconv_t)-1) iconv_close(r->convert);
  if (r->parser_there) csv_free(&r->parser);
  buf_release(&r->utf8);
  row_release(&r->row);
  free(r);
}

/* ---- finding out ---- */

/* The last end of line in the bytes, or NULL. */
static const char *last_line_end(const char *at, size_t bytes) {
  const char *lf = memrchr(at, '\n', bytes);
  return lf ? lf : memrchr(at, '\r', bytes);
}

/* Reads on to the end in pieces: is it UTF-8? A character cut by the end of a piece is carried
 * over. A line that is over every limit ends the search, for the reader will end there too. */
static bool is_utf8(FILE *f) {
  char at[PIECE];
  size_t kept = 0, line = 0, got;
  while (line <= SCAN_LINE_MAX && (got = fread(at + kept, 1, sizeof at - kept, f)) > 0) {
    size_t all = kept + got, good = text_valid_prefix((text){at, all});
    const char *end = last_line_end(at, all);
    line = end ? (size_t)(at + all - end) : line + got;
    kept = all - good;
    if (kept >= 4) return false;
    memmove(at, at + good, kept);
  }
  return kept == 0 || line > SCAN_LINE_MAX;
}

static const char *encoding_of(FILE *f) {
  unsigned char head[2] = {0};
  size_t n = fread(head, 1, 2, f);
  if (n == 2 && head[0] == 0xFF && head[1] == 0xFE) return "UTF-16LE";
  if (n == 2 && head[0] == 0xFE && head[1] == 0xFF) return "UTF-16BE";
  rewind(f);
  return is_utf8(f) ? NULL : "GB18030";
}

/* The separator that stands most often in the first line that has one, outside quotes. */
static unsigned char separator_of(text start) {
  size_t commas = 0, tabs = 0, semicolons = 0;
  bool quoted = false;
  for (size_t i = 0; i < start.bytes; i++) {
    char c = start.at[i];
    if ((c == '\n' || c == '\r') && !quoted && commas + tabs + semicolons) break;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    commas += c == ',';
    tabs += c == '\t';
    semicolons += c == ';';
  }
  return tabs > commas && tabs > semicolons ? '\t' : semicolons > commas ? ';' : ',';
}

static bool new_parser(csv_reader *r, err *e) {
  r->parser_there = csv_init(&r->parser, CSV_EMPTY_IS_NULL) == 0;
  if (!r->parser_there) return err_memory(e);
  csv_set_blk_size(&r->parser, 16384);
  return true;
}

static bool begin(csv_reader *r, err *e) {
  const char *encoding = encoding_of(r->file);
  if (ferror(r->file))
    return err_set(e, ERR_BAD_FILE, "file", "读文件出错，请重试。",
                   "The file cannot be read; try again.");
  rewind(r->file);
  if (encoding) {
    r->convert = iconv_open("UTF-8", encoding);
    if (r->convert == (iconv_t)-1) return errno == ENOMEM ? err_memory(e) : bad_encoding(e);
  }
  if (!new_parser(r, e) || !read_piece(r, e)) return false;
  r->separator = separator_of(buf_view(&r->utf8));
  csv_set_delim(&r->parser, r->separator);
  return true;
}

/* The one sheet there is, from its first row. */
static bool csv_choose(table_reader *base, size_t sheet, err *e) {
  csv_reader *r = (csv_reader *)base;
  (void)sheet;
  rewind(r->file);
  if (r->convert != (iconv_t)-1) iconv(r->convert, NULL, NULL, NULL, NULL);
  if (r->parser_there) csv_free(&r->parser);
  r->parser_there = r->started = r->at_end = r->row_whole = r->after_cr = r->failed = false;
  r->raw_left = r->fed = r->record_bytes = 0;
  r->number = 0;
  buf_clear(&r->utf8);
  row_clear(&r->row);
  if (!new_parser(r, e)) return r->failed = true, r->fault = *e, false;
  csv_set_delim(&r->parser, r->separator);
  return true;
}

table_reader *csv_open(FILE *f, err *e) {
  static const text unnamed[] = {{"", 0}};
  csv_reader *r = calloc(1, sizeof *r);
  if (!r) {
    fclose(f);
    err_memory(e);
    return NULL;
  }
  r->base = (table_reader){.next = csv_next_row,
                           .close = csv_close,
                           .sheet_count = 1,
                           .sheets = unnamed,
                           .choose = csv_choose};
  r->file = f;
  r->convert = (iconv_t)-1;
  if (begin(r, e)) return &r->base;
  csv_close(&r->base);
  return NULL;
}
