/* XLSX: the sheet itself, streaming: the parser stops at the end of each row and hands it over. */
#include "sheet/xlsx_internal.h"

#include "base/date.h"

#include <math.h>
#include <stdlib.h>

enum { OWN_TEXT = 48, DIGITS_KEPT = 15 /* of a number in Excel */ };

/* ---- cells ---- */

/* "AB12" → column 27. False for nonsense, and past XFD, the last there is. */
static bool column_of(const char *reference, size_t *ret) {
  size_t n = 0;
  for (; *reference >= 'A' && *reference <= 'Z'; reference++) {
    n = n * 26 + (size_t)(*reference - 'A' + 1);
    if (n > 16384) return false;
  }
  if (n == 0 || *reference < '0' || *reference > '9') return false;
  *ret = n - 1;
  return true;
}

static cell_kind kind_of(const char *t) {
  if (!t || strcmp(t, "n") == 0) return CELL_NUMBER;
  if (strcmp(t, "s") == 0) return CELL_SHARED;
  if (strcmp(t, "b") == 0) return CELL_BOOL;
  if (strcmp(t, "d") == 0) return CELL_DATE;
  if (strcmp(t, "e") == 0) return CELL_FAULT;
  return CELL_AS_IS; /* inlineStr, str */
}

static bool is_plain(text raw, size_t *digits) {
  bool point = false;
  *digits = 0;
  for (size_t i = 0; i < raw.bytes; i++) {
    char c = raw.at[i];
    if (c >= '0' && c <= '9')
      ++*digits;
    else if (c == '.' && !point && *digits && i + 1 < raw.bytes)
      point = true;
    else if (c != '-' || i)
      return false;
  }
  return *digits > 0;
}

/* The number as a person typed it: Excel stores 0.3 as 0.29999999999999999 and 17 digits with an
 * exponent. */
static text number_text(text raw, double n, char ret[OWN_TEXT]) {
  size_t digits;
  bool plain = is_plain(raw, &digits);
  bool whole = n == floor(n);
  if (plain && (digits <= DIGITS_KEPT || (whole && fabs(n) >= 1e15))) return raw;
  if (whole && fabs(n) < 1e21) {
    snprintf(ret, OWN_TEXT, "%.0f", n);
  } else if (fabs(n) >= 1e-9 && fabs(n) < 1e15) {
    int before = (int)floor(log10(fabs(n))) + 1; /* digits in front of the point */
    int places = before < DIGITS_KEPT ? DIGITS_KEPT - before : 0;
    snprintf(ret, OWN_TEXT, "%.*f", places, n);
    size_t end = strlen(ret);
    while (places && ret[end - 1] == '0') ret[--end] = 0;
    if (ret[end - 1] == '.') ret[--end] = 0;
  } else {
    snprintf(ret, OWN_TEXT, "%.15g", n);
  }
  return text_of(ret);
}

/* The day of a serial number. False: none that a calendar has. */
static bool day_of_serial(double serial, bool from_1904, day *ret) {
  if (!(fabs(serial) < 1e7)) return false;
  /* Day 60 of the 1900 system is 29 February 1900, which never was: from there on one day less. */
  int64_t d = (int64_t)floor(serial) + (from_1904 ? -24107 : serial < 60 ? -25568 : -25569);
  if (d < DAY_MIN || d > DAY_MAX) return false;
  *ret = (day)d;
  return true;
}

static text day_text(double serial, bool from_1904, char ret[OWN_TEXT]) {
  day d;
  if (serial >= 0 && serial < 1) { /* a time without a day */
    int minutes = (int)floor(serial * 1440 + 0.5) % 1440;
    snprintf(ret, OWN_TEXT, "%02d:%02d", minutes / 60, minutes % 60);
    return text_of(ret);
  }
  if (!day_of_serial(serial, from_1904, &d)) return TEXT("");
  day_format(d, ret);
  return text_of(ret);
}

static text number_or_day(const xlsx *x, text raw, char ret[OWN_TEXT], table_cell *cell) {
  char *end;
  if (!raw.bytes) return raw;
  double n = strtod(raw.at, &end);
  if (end != raw.at + raw.bytes || !isfinite(n) || strpbrk(raw.at, "xX")) return raw;
  if (x->style < x->style_count && x->style_is_date[x->style]) {
    text t = day_text(n, x->date_1904, ret);
    if (t.bytes) return t;
  }
  if (n >= 1 && !day_of_serial(n, x->date_1904, &cell->as_day)) cell->as_day = DAY_NONE;
  cell->damaged_number = fabs(n) >= 1e15;
  return number_text(raw, n, ret);
}

static text iso_day(text raw) {
  day d;
  text first = {raw.at, raw.bytes < 10 ? raw.bytes : 10};
  return day_parse(first, &d) ? first : raw;
}

static bool shared_text(xlsx *x, text raw, text *ret_to) {
  int64_t n;
  *ret_to = raw;
  if (!raw.bytes) return true;
  if (!text_to_int(raw, &n) || n < 0 || (uint64_t)n >= x->shared_count) return xlsx_damaged(x);
  *ret_to = x->shared[n];
  return xlsx_count(x, (int64_t)ret_to->bytes); /* a short index may stand for a long text, often */
}

static text bool_text(text raw) {
  if (text_is(raw, "1") || text_is(raw, "true")) return TEXT("是");
  if (text_is(raw, "0") || text_is(raw, "false")) return TEXT("否");
  return raw;
}

static void end_cell(xlsx *x) {
  char out[OWN_TEXT];
  table_cell cell = {.text = TEXT(""),
                     .no_result = x->has_formula && !x->has_value,
                     .error = x->kind == CELL_FAULT,
                     .as_day = DAY_NONE};
  bool ok = true;
  err e;
  if (!buf_ok(&x->cell)) {
    row_fault(&x->fault, ERR_TOO_LARGE, x->row_number,
              (label){"有一格的内容太长（最多 32767 个字），请删短。",
                      "has a cell of more than 32767 characters; shorten it."});
    return;
  }
  text raw = text_trim(buf_view(&x->cell));
  switch (x->kind) {
  case CELL_SHARED:
    ok = shared_text(x, raw, &cell.text);
    break;
  case CELL_BOOL:
    cell.text = bool_text(raw);
    break;
  case CELL_NUMBER:
    cell.text = number_or_day(x, raw, out, &cell);
    break;
  case CELL_DATE:
    cell.text = iso_day(raw);
    break;
  case CELL_AS_IS:
  case CELL_FAULT:
    cell.text = text_trim(xlsx_unescape(&x->cell));
    break;
  }
  if (ok && !row_set(&x->row, x->row_number, x->column, cell, x->kind == CELL_SHARED, &e))
    x->fault = e;
  x->column++;
}

/* ---- the sheet ---- */

static void begin_row(xlsx *x, const char **attributes) {
  const char *r = xlsx_attribute(attributes, "r"), *hidden = xlsx_attribute(attributes, "hidden");
  x->row_hidden = hidden && (strcmp(hidden, "1") == 0 || strcmp(hidden, "true") == 0);
  int64_t n = x->row_number + 1;
  if (r && (!text_to_int(text_of(r), &n) || n <= x->row_number)) {
    xlsx_damaged(x);
    return;
  }
  err e;
  if (row_too_many(n, &e)) x->fault = e;
  x->row_number = n;
  row_clear(&x->row);
  x->column = 0;
  x->in_row = true;
}

/* Millions of cells come by: one pass over the attributes, all of a single letter. */
static void begin_cell(xlsx *x, const char **attributes) {
  const char *type = NULL;
  int64_t style = 0;
  x->style = 0;
  for (; attributes[0]; attributes += 2) {
    const char *name = attributes[0], *v = attributes[1];
    if (name[1]) continue;
    if (name[0] == 'r' && !column_of(v, &x->column)) xlsx_damaged(x);
    if (name[0] == 't') type = v;
    if (name[0] == 's' && text_to_int(text_of(v), &style) && style >= 0) x->style = (size_t)style;
  }
  x->kind = kind_of(type);
  x->has_formula = x->has_value = false;
  buf_clear(&x->cell);
}

static void on_sheet(void *context, const char *name, const char **attributes) {
  xlsx *x = context;
  const char *tag = xlsx_local(name);
  if (strcmp(tag, "c") == 0)
    begin_cell(x, attributes);
  else if (strcmp(tag, "v") == 0 || strcmp(tag, "t") == 0)
    x->in_text++, x->has_value = true;
  else if (strcmp(tag, "f") == 0)
    x->has_formula = true;
  else if (strcmp(tag, "row") == 0)
    begin_row(x, attributes);
  else if (strcmp(tag, "rPh") == 0)
    x->in_phonetic++;
  if (x->fault.code != ERR_NONE) XML_StopParser(x->parser, XML_FALSE);
}

static void on_sheet_end(void *context, const char *name) {
  xlsx *x = context;
  const char *tag = xlsx_local(name);
  if (x->fault.code != ERR_NONE) return;
  if (strcmp(tag, "c") == 0) {
    end_cell(x);
  } else if (strcmp(tag, "v") == 0 || strcmp(tag, "t") == 0) {
    x->in_text--;
  } else if (strcmp(tag, "rPh") == 0) {
    x->in_phonetic--;
  } else if (strcmp(tag, "row") == 0 && x->in_row) {
    x->in_row = false;
    if (!x->row.any) return;
    x->row_ready = true;
    XML_StopParser(x->parser, XML_TRUE); /* hand the row over, go on later */
  }
  if (x->fault.code != ERR_NONE) XML_StopParser(x->parser, XML_FALSE);
}

static bool begin_sheet(xlsx *x, size_t sheet) {
  bool there = false;
  xlsx_end_part(x);
  x->sheet = sheet;
  x->row_number = 0;
  x->in_row = x->ended = false;
  row_clear(&x->row);
  xlsx_begin_merges(x);
  return x->sheet_paths[sheet][0]
             ? xlsx_read_merges(x, x->sheet_paths[sheet]) &&
                   xlsx_begin_part(x, x->sheet_paths[sheet], on_sheet, on_sheet_end, &there) &&
                   (there || xlsx_damaged(x))
             : xlsx_damaged(x);
}

/* Reads on to the next row with text; x->row_ready false at the end of the sheet. */
static bool read_row(xlsx *x) {
  bool ok = true, more = true;
  x->row_ready = false;
  while (ok && more && !x->row_ready) ok = xlsx_feed(x, &more);
  return ok && (!x->row_ready || xlsx_fill_merged(x));
}

static int xlsx_next_row(table_reader *base, table_row *row, err *e) {
  xlsx *x = (xlsx *)base;
  bool ok = x->fault.code == ERR_NONE;
  if (ok && x->ended) return 0;
  if (ok && !x->parser) ok = begin_sheet(x, x->sheet);
  ok = ok && read_row(x);
  while (ok && !x->row_ready && !x->any_row && !x->chosen && x->sheet + 1 < x->base.sheet_count)
    ok = begin_sheet(x, x->sheet + 1) && read_row(x);
  if (!ok) {
    *e = x->fault;
    return -1;
  }
  if (!x->row_ready) {
    x->ended = true;
    return 0;
  }
  x->any_row = true;
  row_finish(&x->row, x->row_number, row);
  row->hidden = x->row_hidden;
  return 1;
}

static bool xlsx_choose(table_reader *base, size_t sheet, err *e) {
  xlsx *x = (xlsx *)base;
  x->chosen = true;
  x->ended = false;
  if (x->fault.code == ERR_NONE) x->inflated = x->book_inflated; /* the limit is of one reading */
  if (x->fault.code == ERR_NONE && begin_sheet(x, sheet)) return true;
  *e = x->fault;
  return false;
}

static void xlsx_close(table_reader *base) {
  xlsx *x = (xlsx *)base;
  xlsx_end_part(x);
  xlsx_release_merges(x);
  zip_discard(x->zip);
  buf_release(&x->cell);
  row_release(&x->row);
  arena_free(x->a);
  free(x);
}

table_reader *xlsx_open(zip_t *archive, const table_limits *limits, err *e) {
  xlsx *x = calloc(1, sizeof *x);
  if (!x) {
    zip_discard(archive);
    err_memory(e);
    return NULL;
  }
  x->base = (table_reader){.next = xlsx_next_row, .close = xlsx_close, .choose = xlsx_choose};
  x->zip = archive;
  x->limits = *limits;
  x->merges_of = SIZE_MAX;
  x->cell.limit = (size_t)TABLE_CELL_MAX_POINTS * 8; /* escapes are longer than what they mean */
  x->a = arena_new(TABLE_SHARED_MAX_BYTES);
  if ((x->a || err_memory(&x->fault)) && xlsx_read_book(x)) {
    x->base.sheet_count = x->sheet_count;
    x->book_inflated = x->inflated;
    x->base.sheets = x->sheets;
    x->base.hidden_count = x->hidden_count;
    x->base.hidden = x->hidden;
    return &x->base;
  }
  *e = x->fault;
  xlsx_close(&x->base);
  return NULL;
}
