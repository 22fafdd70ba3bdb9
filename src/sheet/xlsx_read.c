/* XLSX: the parts of a workbook (ECMA-376 part 1) through libzip and expat, the sheet itself
 * streaming. */
#include "sheet/inside.h"

#include "base/arena.h"
#include "base/date.h"

#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <zip.h>

enum { PIECE = 65536, STYLES_MAX = 65536, PATH_MAX_BYTES = 256 };

typedef enum cell_kind {
  CELL_NUMBER,
  CELL_SHARED,
  CELL_INLINE,
  CELL_BOOL,
  CELL_FORMULA_TEXT,
  CELL_ERROR
} cell_kind;

typedef struct xlsx {
  table_reader base;
  zip_t *zip;
  table_limits limits;
  arena *a;
  bool date_1904;
  char sheet_path[PATH_MAX_BYTES];
  text *shared;
  size_t shared_count, shared_room;
  bool *style_is_date;
  size_t style_count, style_room;
  /* the sheet being read */
  zip_file_t *part;
  XML_Parser parser;
  int64_t inflated, packed;
  bool parsing_done, row_ready, suspended;
  row_builder row;
  int64_t row_number, last_row;
  size_t column;
  cell_kind kind;
  size_t style;
  buf cell;
  int in_value, in_phonetic;
  err fault; /* code ERR_NONE: none */
} xlsx;

static bool file_fault(xlsx *x, err_code code, const char *zh, const char *en) {
  if (x->fault.code == ERR_NONE) err_set(&x->fault, code, "file", "%s%.0s", "%.0s%s", zh, en);
  return false;
}

static bool damaged(xlsx *x) {
  return file_fault(x, ERR_BAD_FILE, "文件已损坏，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
                    "The file is damaged; open it in a spreadsheet program and save it as .xlsx.");
}

/* Names come as "main:row" or "row", with or without a prefix. */
static const char *local(const char *name) {
  const char *colon = strrchr(name, ':');
  return colon ? colon + 1 : name;
}

static const char *attribute(const char **attributes, const char *name) {
  for (; attributes[0]; attributes += 2)
    if (strcmp(local(attributes[0]), name) == 0) return attributes[1];
  return NULL;
}

/* A document type could declare entities that grow without end; no workbook has one. */
static void on_doctype(void *context, const char *name, const char *system, const char *public,
                       int internal) {
  (void)name;
  (void)system;
  (void)public;
  (void)internal;
  xlsx *x = context;
  file_fault(x, ERR_BAD_FILE, "文件里有不允许的内容（DTD），不能导入。",
             "The file holds what is not allowed (a DTD).");
  XML_StopParser(x->parser, XML_FALSE);
}

/* ---- parts read whole: workbook, relations, styles, shared strings ---- */

static bool open_part(xlsx *x, const char *name, bool *there) {
  zip_stat_t st;
  zip_stat_init(&st);
  zip_int64_t index = zip_name_locate(x->zip, name, ZIP_FL_NOCASE);
  *there = index >= 0;
  if (index < 0) return true;
  if (zip_stat_index(x->zip, (zip_uint64_t)index, 0, &st) != 0 ||
      !(x->part = zip_fopen_index(x->zip, (zip_uint64_t)index, 0)))
    return damaged(x);
  x->packed = st.valid & ZIP_STAT_COMP_SIZE ? (int64_t)st.comp_size : 0;
  x->inflated = 0;
  return true;
}

static void close_part(xlsx *x) {
  if (x->part) zip_fclose(x->part);
  x->part = NULL;
  if (x->parser) XML_ParserFree(x->parser);
  x->parser = NULL;
}

static bool new_parser(xlsx *x, XML_StartElementHandler start, XML_EndElementHandler end,
                       XML_CharacterDataHandler characters) {
  x->parser = XML_ParserCreate(NULL);
  if (!x->parser) return err_memory(&x->fault);
  XML_SetUserData(x->parser, x);
  XML_SetElementHandler(x->parser, start, end);
  XML_SetCharacterDataHandler(x->parser, characters);
  XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
  return true;
}

/* Reads the next piece and feeds it. False on a fault; *more false at the end. */
static bool feed(xlsx *x, bool *more) {
  char at[PIECE];
  zip_int64_t got = zip_fread(x->part, at, sizeof at);
  if (got < 0) return damaged(x);
  x->inflated += got;
  if (x->inflated > x->limits.inflated_bytes ||
      (x->inflated > 1 << 20 && x->inflated / (x->packed + 1) > x->limits.ratio))
    return file_fault(x, ERR_TOO_LARGE, "文件展开后太大，不像一张正常的表，不能导入。",
                      "The file inflates beyond measure; it is refused.");
  *more = got > 0;
  enum XML_Status s = XML_Parse(x->parser, at, (int)got, got == 0);
  x->suspended = s == XML_STATUS_SUSPENDED;
  if (s == XML_STATUS_ERROR) return damaged(x);
  return x->fault.code == ERR_NONE;
}

static bool read_whole(xlsx *x, const char *name, bool must, XML_StartElementHandler start,
                       XML_EndElementHandler end, XML_CharacterDataHandler characters) {
  bool there, more = true;
  if (!open_part(x, name, &there)) return false;
  if (!there) return !must || damaged(x);
  bool ok = new_parser(x, start, end, characters);
  while (ok && more) ok = feed(x, &more);
  close_part(x);
  return ok;
}

/* ---- the workbook: which sheet, which date system ---- */

static void on_workbook(void *context, const char *name, const char **attributes) {
  xlsx *x = context;
  if (strcmp(local(name), "workbookPr") == 0) {
    const char *v = attribute(attributes, "date1904");
    x->date_1904 = v && (strcmp(v, "1") == 0 || strcmp(v, "true") == 0);
  }
  if (strcmp(local(name), "sheet") != 0 || x->sheet_path[0]) return;
  const char *state = attribute(attributes, "state"), *id = NULL;
  for (const char **at = attributes; at[0]; at += 2)
    if (strchr(at[0], ':') && strcmp(local(at[0]), "id") == 0) id = at[1];
  if (state && strcmp(state, "visible") != 0) return;
  if (id && strlen(id) < sizeof x->sheet_path)
    snprintf(x->sheet_path, sizeof x->sheet_path, "%s", id);
}

/* workbook.xml.rels: the id found above becomes a path. */
static void on_relation(void *context, const char *name, const char **attributes) {
  xlsx *x = context;
  if (strcmp(local(name), "Relationship") != 0) return;
  const char *id = attribute(attributes, "Id"), *target = attribute(attributes, "Target");
  if (!id || !target || strcmp(id, x->sheet_path) != 0 || strlen(target) > PATH_MAX_BYTES - 8)
    return;
  buf_clear(&x->cell);
  if (target[0] == '/')
    buf_str(&x->cell, target + 1);
  else
    buf_printf(&x->cell, "xl/%s", target);
}

/* ---- styles: which number formats are dates ---- */

static bool builtin_date(int64_t id) {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
         (id >= 50 && id <= 58);
}

/* y, m, d or h outside quotes, brackets and escapes. */
static bool code_is_date(const char *code) {
  bool quoted = false, bracket = false;
  for (; *code; code++) {
    if (*code == '"') quoted = !quoted;
    if (*code == '[') bracket = true;
    if (*code == ']') bracket = false;
    if (*code == '\\' && code[1]) {
      code++;
      continue;
    }
    if (!quoted && !bracket && strchr("yYdD", *code)) return true;
  }
  return false;
}

/* Custom formats live in x->cell as "id " pairs of those that are dates, until the styles are read.
 */
static bool custom_date(const xlsx *x, int64_t id) {
  char mark[32];
  snprintf(mark, sizeof mark, ";%lld;", (long long)id);
  return x->cell.at && strstr(x->cell.at, mark);
}

static void on_style(void *context, const char *name, const char **attributes) {
  xlsx *x = context;
  const char *tag = local(name);
  if (strcmp(tag, "numFmt") == 0) {
    const char *id = attribute(attributes, "numFmtId"), *code = attribute(attributes, "formatCode");
    if (id && code && code_is_date(code)) buf_printf(&x->cell, ";%s;", id);
  } else if (strcmp(tag, "cellXfs") == 0) {
    x->in_value = 1;
  } else if (strcmp(tag, "xf") == 0 && x->in_value && x->style_count < STYLES_MAX) {
    const char *id = attribute(attributes, "numFmtId");
    int64_t n = 0;
    bool *more = ARENA_GROW(x->a, x->style_is_date, x->style_count, &x->style_room, bool);
    if (!more) {
      err_memory(&x->fault);
      return;
    }
    x->style_is_date = more;
    if (id && !text_to_int(text_of(id), &n)) n = 0;
    x->style_is_date[x->style_count++] = builtin_date(n) || custom_date(x, n);
  }
}

static void on_style_end(void *context, const char *name) {
  if (strcmp(local(name), "cellXfs") == 0) ((xlsx *)context)->in_value = 0;
}

/* ---- shared strings ---- */

static void on_string(void *context, const char *name, const char **attributes) {
  (void)attributes;
  xlsx *x = context;
  const char *tag = local(name);
  if (strcmp(tag, "si") == 0) buf_clear(&x->cell);
  if (strcmp(tag, "rPh") == 0) x->in_phonetic++;
  if (strcmp(tag, "t") == 0 && !x->in_phonetic) x->in_value++;
}

static void on_string_end(void *context, const char *name) {
  xlsx *x = context;
  const char *tag = local(name);
  if (strcmp(tag, "rPh") == 0 && x->in_phonetic) x->in_phonetic--;
  if (strcmp(tag, "t") == 0 && x->in_value) x->in_value--;
  if (strcmp(tag, "si") != 0 || x->fault.code != ERR_NONE) return;
  text *more = ARENA_GROW(x->a, x->shared, x->shared_count, &x->shared_room, text);
  char *copy = more && buf_ok(&x->cell)
                   ? arena_copy(x->a, x->cell.at ? x->cell.at : "", x->cell.bytes)
                   : NULL;
  if (!copy) {
    file_fault(x, ERR_TOO_LARGE, "文件里的文字太多，请分成几个文件。",
               "The file holds too much text; split it.");
    XML_StopParser(x->parser, XML_FALSE);
    return;
  }
  x->shared = more;
  x->shared[x->shared_count++] = (text){copy, x->cell.bytes};
}

static void on_characters(void *context, const char *at, int bytes) {
  xlsx *x = context;
  if (x->in_value && !x->in_phonetic) buf_add(&x->cell, at, (size_t)bytes);
}

/* ---- the sheet ---- */

/* "AB12" → column 27. False for nonsense. */
static bool column_of(const char *reference, size_t *out) {
  size_t n = 0;
  for (; *reference >= 'A' && *reference <= 'Z'; reference++) {
    n = n * 26 + (size_t)(*reference - 'A' + 1);
    if (n > 16384) return false;
  }
  *out = n ? n - 1 : 0;
  return n > 0;
}

static cell_kind kind_of(const char *t) {
  if (!t || strcmp(t, "n") == 0) return CELL_NUMBER;
  if (strcmp(t, "s") == 0) return CELL_SHARED;
  if (strcmp(t, "inlineStr") == 0) return CELL_INLINE;
  if (strcmp(t, "b") == 0) return CELL_BOOL;
  if (strcmp(t, "e") == 0) return CELL_ERROR;
  return CELL_FORMULA_TEXT; /* str, d */
}

static void on_sheet(void *context, const char *name, const char **attributes) {
  xlsx *x = context;
  const char *tag = local(name);
  if (strcmp(tag, "row") == 0) {
    const char *r = attribute(attributes, "r");
    int64_t n = 0;
    x->row_number = r && text_to_int(text_of(r), &n) && n > x->last_row ? n : x->last_row + 1;
    row_clear(&x->row);
    x->column = 0;
  } else if (strcmp(tag, "c") == 0) {
    const char *r = attribute(attributes, "r"), *s = attribute(attributes, "s");
    int64_t style = 0;
    size_t column;
    if (r && column_of(r, &column)) x->column = column;
    x->kind = kind_of(attribute(attributes, "t"));
    x->style = s && text_to_int(text_of(s), &style) && style >= 0 ? (size_t)style : SIZE_MAX;
    buf_clear(&x->cell);
  } else if (strcmp(tag, "v") == 0 || strcmp(tag, "t") == 0) {
    x->in_value++;
  } else if (strcmp(tag, "rPh") == 0) {
    x->in_phonetic++;
  }
}

static text day_text(const xlsx *x, double serial, char out[32]) {
  /* Day 60 of the 1900 system is 29 February 1900, which never was: from there on one day less. */
  double days = floor(serial);
  int64_t d = (int64_t)days + (x->date_1904 ? -24107 : days < 60 ? -25568 : -25569);
  if (d < DAY_MIN || d > DAY_MAX) return TEXT("");
  day_format((day)d, out);
  return text_of(out);
}

/* The text of a number as a person typed it: Excel stores 0.1 + 0.2 with 17 digits. */
static text number_text(text raw, double n, char out[32], bool *lost) {
  bool plain = true;
  size_t digits = 0;
  for (size_t i = 0; i < raw.bytes; i++) {
    plain &= raw.at[i] == '-' || raw.at[i] == '.' || (raw.at[i] >= '0' && raw.at[i] <= '9');
    digits += raw.at[i] >= '0' && raw.at[i] <= '9';
  }
  *lost = fabs(n) >= 1e15;
  if (plain && digits <= 15) return raw;
  if (n == floor(n) && fabs(n) < 1e18)
    snprintf(out, 32, "%.0f", n);
  else
    snprintf(out, 32, "%.15g", n);
  return text_of(out);
}

static bool is_date_style(const xlsx *x) {
  return x->style < x->style_count && x->style_is_date[x->style];
}

static text cell_text(xlsx *x, char out[32], bool *lost) {
  text raw = buf_view(&x->cell);
  int64_t n;
  switch (x->kind) {
  case CELL_SHARED:
    if (text_to_int(text_trim(raw), &n) && n >= 0 && (size_t)n < x->shared_count)
      return x->shared[n];
    damaged(x);
    return TEXT("");
  case CELL_BOOL:
    return text_is(text_trim(raw), "1") ? TEXT("是") : TEXT("否");
  case CELL_ERROR:
    return TEXT("");
  case CELL_NUMBER: {
    char *end;
    raw = text_trim(raw);
    if (!raw.bytes) return raw;
    double d = strtod(raw.at, &end);
    if (!isfinite(d)) return raw;
    return is_date_style(x) ? day_text(x, d, out) : number_text(raw, d, out, lost);
  }
  case CELL_INLINE:
  case CELL_FORMULA_TEXT:
    break;
  }
  return raw;
}

static void end_cell(xlsx *x) {
  char out[32];
  bool lost = false;
  text t = text_trim(cell_text(x, out, &lost));
  if (x->column >= TABLE_COLUMNS_MAX) {
    if (t.bytes)
      file_fault(x, ERR_TOO_LARGE, "表格的列太多，请删去多余的列。",
                 "The table has too many columns; delete those not needed.");
  } else if (t.bytes && !row_set(&x->row, x->column, t, lost)) {
    file_fault(x, ERR_TOO_LARGE, "有一格的内容太长，请删短。", "A cell is too long; shorten it.");
  }
  x->column++;
}

static void on_sheet_end(void *context, const char *name) {
  xlsx *x = context;
  const char *tag = local(name);
  if (strcmp(tag, "v") == 0 || strcmp(tag, "t") == 0) {
    if (x->in_value) x->in_value--;
  } else if (strcmp(tag, "rPh") == 0) {
    if (x->in_phonetic) x->in_phonetic--;
  } else if (strcmp(tag, "c") == 0) {
    end_cell(x);
  } else if (strcmp(tag, "row") == 0) {
    x->last_row = x->row_number;
    if (x->row_number > TABLE_ROWS_MAX)
      file_fault(x, ERR_TOO_LARGE, "行数太多，请分成几个文件。", "Too many rows; split the file.");
    x->row_ready = true;
    XML_StopParser(x->parser, XML_TRUE); /* hand the row over, go on later */
  }
  if (x->fault.code != ERR_NONE) XML_StopParser(x->parser, XML_FALSE);
}

static int xlsx_next_row(table_reader *base, table_row *row, err *e) {
  xlsx *x = (xlsx *)base;
  x->row_ready = false;
  bool ok = true;
  while (ok && !x->row_ready && !x->parsing_done) {
    if (x->suspended) {
      enum XML_Status s = XML_ResumeParser(x->parser);
      x->suspended = s == XML_STATUS_SUSPENDED;
      if (s == XML_STATUS_ERROR) ok = damaged(x);
      continue;
    }
    XML_ParsingStatus status;
    XML_GetParsingStatus(x->parser, &status);
    bool more = true;
    if (status.parsing == XML_FINISHED)
      x->parsing_done = true;
    else
      ok = feed(x, &more);
  }
  if (x->fault.code != ERR_NONE) {
    *e = x->fault;
    return -1;
  }
  if (!x->row_ready) return 0;
  row_finish(&x->row, x->row_number, row);
  return 1;
}

static void xlsx_close(table_reader *base) {
  xlsx *x = (xlsx *)base;
  close_part(x);
  if (x->zip) zip_discard(x->zip);
  buf_release(&x->cell);
  row_release(&x->row);
  arena_free(x->a);
  free(x);
}

static bool find_sheet(xlsx *x) {
  if (!read_whole(x, "xl/workbook.xml", true, on_workbook, NULL, NULL)) return false;
  if (!x->sheet_path[0])
    return file_fault(x, ERR_BAD_FILE, "文件里没有可见的工作表。",
                      "The workbook has no visible sheet.");
  buf_clear(&x->cell);
  if (!read_whole(x, "xl/_rels/workbook.xml.rels", true, on_relation, NULL, NULL)) return false;
  if (!x->cell.bytes || x->cell.bytes >= sizeof x->sheet_path) return damaged(x);
  memcpy(x->sheet_path, x->cell.at, x->cell.bytes + 1);
  return true;
}

table_reader *xlsx_open(const char *path, const table_limits *limits, err *e) {
  xlsx *x = calloc(1, sizeof *x);
  if (!x) {
    err_memory(e);
    return NULL;
  }
  x->base.next = xlsx_next_row;
  x->base.close = xlsx_close;
  x->limits = *limits;
  x->cell.limit = TABLE_CELL_MAX_BYTES * 2;
  x->a = arena_new(TABLE_SHARED_MAX_BYTES);
  int code = 0;
  x->zip = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
  bool there = false,
       ok = (x->a || err_memory(&x->fault)) && (x->zip || damaged(x)) && find_sheet(x);
  buf_clear(&x->cell);
  ok = ok && read_whole(x, "xl/styles.xml", false, on_style, on_style_end, NULL);
  x->in_value = 0;
  buf_clear(&x->cell);
  ok = ok && read_whole(x, "xl/sharedStrings.xml", false, on_string, on_string_end, on_characters);
  x->in_value = x->in_phonetic = 0;
  ok = ok && open_part(x, x->sheet_path, &there) && (there || damaged(x)) &&
       new_parser(x, on_sheet, on_sheet_end, on_characters);
  if (ok) return &x->base;
  *e = x->fault;
  xlsx_close(&x->base);
  return NULL;
}
