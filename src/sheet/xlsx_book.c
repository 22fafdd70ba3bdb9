/* The workbook (ECMA-376 parts 1 and 2): its parts in the archive, its sheets, which number formats
 * are dates, and the shared strings. */
#include "sheet/xlsx_internal.h"

#include <stdlib.h>
#include <string.h>

enum { RATIO_FROM_BYTES = 1 << 20 };

bool xlsx_fault(xlsx *x, err_code code, label what) {
  if (x->fault.code == ERR_NONE) err_set(&x->fault, code, "file", "%s", "%s", LABEL(what));
  return false;
}

bool xlsx_damaged(xlsx *x) {
  return xlsx_fault(
      x, ERR_BAD_FILE,
      (label){"文件已损坏，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
              "The file is damaged; open it in a spreadsheet program and save it as .xlsx."});
}

bool xlsx_no_memory(xlsx *x) {
  if (x->fault.code == ERR_NONE) err_memory(&x->fault);
  return false;
}

const char *xlsx_local(const char *name) {
  const char *colon = strrchr(name, ':');
  return colon ? colon + 1 : name;
}

const char *xlsx_attribute(const char **attributes, const char *name) {
  for (; attributes[0]; attributes += 2)
    if (strcmp(xlsx_local(attributes[0]), name) == 0) return attributes[1];
  return NULL;
}

/* _x000D_ is a character that XML cannot carry (ECMA-376 part 1, 22.9.2.19). What comes out is
 * shorter, so it is done in place. */
text xlsx_unescape(buf *b) {
  char *at = b->at, hex[5] = "", utf8[4], *end;
  size_t to = 0;
  for (size_t i = 0; i < b->bytes;) {
    if (b->bytes - i >= 7 && at[i] == '_' && at[i + 1] == 'x' && at[i + 6] == '_') {
      memcpy(hex, at + i + 2, 4);
      unsigned long point = strspn(hex, "0123456789ABCDEFabcdef") == 4 ? strtoul(hex, &end, 16) : 0;
      size_t n = point ? text_encode((uint32_t)point, utf8) : 0;
      memcpy(at + to, utf8, n);
      to += n;
      i += n ? 7 : 0;
      if (n) continue;
    }
    at[to++] = at[i++];
  }
  b->bytes = to;
  return buf_view(b);
}

/* ---- a part ---- */

/* A document type could declare entities that grow without end; no workbook has one. */
static void on_doctype(void *context, const char *name, const char *system, const char *public,
                       int internal) {
  (void)name;
  (void)system;
  (void)public;
  (void)internal;
  xlsx *x = context;
  xlsx_fault(
      x, ERR_BAD_FILE,
      (label){"文件里有表格不该有的内容（DTD 声明），为安全起见不能导入。请用 Excel 或 WPS "
              "另存为 .xlsx。",
              "The file holds what no table needs (a DTD), and is refused. Save it as .xlsx in a "
              "spreadsheet program."});
  XML_StopParser(x->parser, XML_FALSE);
}

static void on_characters(void *context, const char *at, int bytes) {
  xlsx *x = context;
  if (x->in_text && !x->in_phonetic) buf_add(&x->cell, at, (size_t)bytes);
}

static bool open_part(xlsx *x, zip_uint64_t index) {
  zip_stat_t st;
  zip_stat_init(&st);
  if (zip_stat_index(x->zip, index, 0, &st) != 0) return xlsx_damaged(x);
  if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
    return xlsx_fault(x, ERR_BAD_FILE,
                      (label){"此文件有密码，请去掉密码，另存为 .xlsx 再导入。",
                              "This file has a password; remove it and save the file as .xlsx."});
  x->part = zip_fopen_index(x->zip, index, 0);
  if (!x->part) return xlsx_damaged(x);
  x->part_packed =
      st.valid & ZIP_STAT_COMP_SIZE && st.comp_size < INT64_MAX / 2 ? (int64_t)st.comp_size : 0;
  x->part_inflated = 0;
  return true;
}

bool xlsx_open_part(xlsx *x, const char *path, bool *ret_there) {
  zip_int64_t index = zip_name_locate(x->zip, path, ZIP_FL_NOCASE);
  *ret_there = index >= 0;
  return !*ret_there || open_part(x, (zip_uint64_t)index);
}

bool xlsx_begin_part(xlsx *x, const char *path, XML_StartElementHandler start,
                     XML_EndElementHandler end, bool *ret_there) {
  if (!xlsx_open_part(x, path, ret_there)) return false;
  if (!*ret_there) return true;
  x->in_text = x->in_phonetic = 0;
  buf_clear(&x->cell);
  x->parser = XML_ParserCreate(NULL);
  if (!x->parser) return xlsx_no_memory(x);
  XML_SetUserData(x->parser, x);
  XML_SetElementHandler(x->parser, start, end);
  XML_SetCharacterDataHandler(x->parser, on_characters);
  XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
  return true;
}

void xlsx_end_part(xlsx *x) {
  if (x->part) zip_fclose(x->part);
  x->part = NULL;
  if (x->parser) XML_ParserFree(x->parser);
  x->parser = NULL;
}

static bool too_much(xlsx *x) {
  return xlsx_fault(
      x, ERR_TOO_LARGE,
      (label){"文件解压后太大，不像一张正常的表，不能导入。请删去空白的行和列，或分成几个文件。",
              "The file inflates beyond measure and is refused. Delete blank rows and columns, or "
              "split "
              "it."});
}

bool xlsx_count(xlsx *x, int64_t bytes) {
  x->inflated += bytes;
  return x->inflated <= x->limits.inflated_bytes || too_much(x);
}

bool xlsx_within_limits(xlsx *x, int64_t got) {
  x->part_inflated += got;
  if (x->part_inflated > RATIO_FROM_BYTES &&
      x->part_inflated / (x->part_packed + 1) > x->limits.ratio)
    return too_much(x);
  return xlsx_count(x, got);
}

bool xlsx_feed(xlsx *x, bool *ret_more) {
  XML_ParsingStatus now;
  XML_GetParsingStatus(x->parser, &now);
  enum XML_Status s = XML_STATUS_OK;
  if (now.parsing == XML_SUSPENDED) {
    s = XML_ResumeParser(x->parser);
  } else if (now.parsing != XML_FINISHED) {
    void *at = XML_GetBuffer(x->parser, XLSX_PIECE);
    if (!at) return xlsx_no_memory(x);
    zip_int64_t got = zip_fread(x->part, at, XLSX_PIECE);
    if (got < 0) return xlsx_damaged(x);
    if (!xlsx_within_limits(x, got)) return false;
    s = XML_ParseBuffer(x->parser, (int)got, got == 0);
  }
  if (s == XML_STATUS_ERROR)
    return XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY ? xlsx_no_memory(x) : xlsx_damaged(x);
  XML_GetParsingStatus(x->parser, &now);
  *ret_more = now.parsing != XML_FINISHED;
  return x->fault.code == ERR_NONE;
}

static bool read_part(xlsx *x, const char *path, bool must, XML_StartElementHandler start,
                      XML_EndElementHandler end) {
  bool there = false, more = true, ok = xlsx_begin_part(x, path, start, end, &there);
  if (ok && !there) {
    more = false;
    ok = !must || xlsx_damaged(x);
  }
  while (ok && more) ok = xlsx_feed(x, &more);
  xlsx_end_part(x);
  return ok;
}

/* ---- relations: where the parts are ---- */

/* A target is relative to the folder of the part that names it, or begins with a slash. False: too
 * long, or out of the archive. */
static bool resolve(const char *from, const char *target, char ret[TABLE_NAME_MAX_BYTES]) {
  const char *slash = target[0] == '/' ? NULL : strrchr(from, '/');
  size_t folder = slash ? (size_t)(slash - from) + 1 : 0;
  if (target[0] == '/') target++;
  for (; strncmp(target, "./", 2) == 0 || strncmp(target, "../", 3) == 0;
       target += target[1] == '/' ? 2 : 3) {
    if (target[1] == '/') continue;
    if (folder == 0) return false;
    const char *up = folder < 2 ? NULL : memrchr(from, '/', folder - 1);
    folder = up ? (size_t)(up - from) + 1 : 0;
  }
  if (folder + strlen(target) >= TABLE_NAME_MAX_BYTES) return false;
  memcpy(ret, from, folder);
  strcpy(ret + folder, target);
  return true;
}

static bool type_ends(const char *type, const char *end) {
  return type && text_ends(text_of(type), end);
}

static void on_root_relation(void *context, const char *name, const char **attributes) {
  xlsx *x = context;
  const char *target = xlsx_attribute(attributes, "Target");
  if (strcmp(xlsx_local(name), "Relationship") != 0 || !target || x->book_path[0]) return;
  if (type_ends(xlsx_attribute(attributes, "Type"), "/officeDocument"))
    resolve("", target, x->book_path);
}

static void on_relation(void *context, const char *name, const char **attributes) {
  xlsx *x = context;
  const char *id = xlsx_attribute(attributes, "Id"), *type = xlsx_attribute(attributes, "Type"),
             *target = xlsx_attribute(attributes, "Target");
  char path[TABLE_NAME_MAX_BYTES];
  if (strcmp(xlsx_local(name), "Relationship") != 0 || !id || !target ||
      !resolve(x->book_path, target, path))
    return;
  if (type_ends(type, "/styles")) strcpy(x->styles_path, path);
  if (type_ends(type, "/sharedStrings")) strcpy(x->strings_path, path);
  for (size_t i = 0; i < x->sheet_count; i++) {
    if (x->sheet_paths[i][0] || strcmp(id, x->sheet_ids[i]) != 0) continue;
    char *copy = arena_text(x->a, path);
    if (copy)
      x->sheet_paths[i] = copy;
    else
      xlsx_no_memory(x);
  }
}

/* ---- the workbook ---- */

static void add_sheet(xlsx *x, const char **attributes) {
  const char *state = xlsx_attribute(attributes, "state"),
             *name = xlsx_attribute(attributes, "name"), *id = NULL;
  for (const char **at = attributes; at[0]; at += 2)
    if (strchr(at[0], ':') && strcmp(xlsx_local(at[0]), "id") == 0) id = at[1];
  if (!name || !id) return;
  const bool hidden = state && strcmp(state, "visible") != 0;
  if ((hidden ? x->hidden_count : x->sheet_count) == TABLE_SHEETS_MAX ||
      strlen(name) >= TABLE_NAME_MAX_BYTES || strlen(id) >= TABLE_NAME_MAX_BYTES) {
    xlsx_fault(x, ERR_TOO_LARGE,
               (label){"工作表太多，或名称太长，请只留下要导入的工作表。",
                       "Too many sheets, or too long a name; keep only the sheet to import."});
    return;
  }
  const char *own_name = arena_text(x->a, name), *own_id = arena_text(x->a, id);
  if (!own_name || !own_id) {
    xlsx_no_memory(x);
    return;
  }
  if (hidden) {
    x->hidden[x->hidden_count++] = text_of(own_name);
    return;
  }
  x->sheets[x->sheet_count] = text_of(own_name);
  x->sheet_ids[x->sheet_count] = own_id;
  x->sheet_paths[x->sheet_count++] = "";
}

static void on_workbook(void *context, const char *name, const char **attributes) {
  xlsx *x = context;
  const char *tag = xlsx_local(name);
  if (strcmp(tag, "workbookPr") == 0) {
    const char *v = xlsx_attribute(attributes, "date1904");
    x->date_1904 = v && (strcmp(v, "1") == 0 || strcmp(v, "true") == 0);
  } else if (strcmp(tag, "sheet") == 0) {
    add_sheet(x, attributes);
  }
}

/* ---- styles: which number formats are dates ---- */

static bool builtin_is_date(int64_t id) {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
         (id >= 50 && id <= 58);
}

/* A y or d that is not in quotes, brackets, or behind an escape, filler or spacer. */
static bool code_is_date(const char *code) {
  bool quoted = false, bracket = false;
  for (; *code; code++) {
    if (*code == '"') quoted = !quoted;
    if (quoted) continue;
    if (*code == '[') bracket = true;
    if (*code == ']') bracket = false;
    if (bracket) continue;
    if (strchr("\\_*", *code) && code[1])
      code++;
    else if (strchr("yYdD", *code))
      return true;
  }
  return false;
}

static bool format_number(const char *id, int64_t *ret_n) {
  return id && text_to_int(text_of(id), ret_n) && *ret_n >= 0 && *ret_n < XLSX_FORMATS_MAX;
}

static void set_format(xlsx *x, int64_t n, bool is_date) {
  unsigned char bit = (unsigned char)(1 << n % 8);
  x->date_formats[n / 8] =
      (unsigned char)(is_date ? x->date_formats[n / 8] | bit : x->date_formats[n / 8] & ~bit);
}

static void on_style(void *context, const char *name, const char **attributes) {
  xlsx *x = context;
  const char *tag = xlsx_local(name), *id = xlsx_attribute(attributes, "numFmtId");
  int64_t n = 0;
  if (strcmp(tag, "numFmt") == 0) {
    const char *code = xlsx_attribute(attributes, "formatCode");
    if (format_number(id, &n) && code) set_format(x, n, code_is_date(code));
  } else if (strcmp(tag, "cellXfs") == 0) {
    x->in_text = 1; /* the other xf elements are not those that cells name */
  } else if (strcmp(tag, "xf") == 0 && x->in_text) {
    bool *more = x->style_count < XLSX_STYLES_MAX
                     ? ARENA_GROW(x->a, x->style_is_date, x->style_count, &x->style_room, bool)
                     : NULL;
    if (!more) {
      xlsx_fault(x, ERR_TOO_LARGE,
                 (label){"文件里的单元格格式太多，请把表复制到新文件再导入。",
                         "The file has too many cell formats; copy the table to a new file."});
      return;
    }
    x->style_is_date = more;
    x->style_is_date[x->style_count++] =
        format_number(id, &n) && (x->date_formats[n / 8] >> n % 8 & 1);
  }
}

static void on_style_end(void *context, const char *name) {
  if (strcmp(xlsx_local(name), "cellXfs") == 0) ((xlsx *)context)->in_text = 0;
}

/* ---- shared strings ---- */

static void on_string(void *context, const char *name, const char **attributes) {
  (void)attributes;
  xlsx *x = context;
  const char *tag = xlsx_local(name);
  if (strcmp(tag, "si") == 0)
    buf_clear(&x->cell);
  else if (strcmp(tag, "rPh") == 0)
    x->in_phonetic++;
  else if (strcmp(tag, "t") == 0)
    x->in_text++;
}

static void keep_string(xlsx *x) {
  text t = text_trim(xlsx_unescape(&x->cell));
  if (!buf_ok(&x->cell) ||
      (t.bytes > TABLE_CELL_MAX_POINTS && text_points(t) > TABLE_CELL_MAX_POINTS)) {
    xlsx_fault(x, ERR_TOO_LARGE,
               (label){"有一格的内容太长（最多 32767 个字），请删短。",
                       "A cell has more than 32767 characters; shorten it."});
    return;
  }
  text *more = ARENA_GROW(x->a, x->shared, x->shared_count, &x->shared_room, text);
  if (more) x->shared = more;
  char *copy = more ? arena_copy(x->a, t.at, t.bytes) : NULL;
  if (!copy) {
    xlsx_fault(x, ERR_TOO_LARGE,
               (label){"文件里的文字太多，请分成几个文件再导入。",
                       "The file holds too much text; split it."});
    return;
  }
  x->shared[x->shared_count++] = (text){copy, t.bytes};
}

static void on_string_end(void *context, const char *name) {
  xlsx *x = context;
  const char *tag = xlsx_local(name);
  if (strcmp(tag, "rPh") == 0)
    x->in_phonetic--;
  else if (strcmp(tag, "t") == 0)
    x->in_text--;
  else if (strcmp(tag, "si") == 0 && x->fault.code == ERR_NONE)
    keep_string(x);
  if (x->fault.code != ERR_NONE) XML_StopParser(x->parser, XML_FALSE);
}

/* ---- all of it ---- */

static bool read_relations(xlsx *x) {
  char path[2 * TABLE_NAME_MAX_BYTES];
  const char *slash = strrchr(x->book_path, '/');
  int folder = slash ? (int)(slash - x->book_path) + 1 : 0;
  snprintf(path, sizeof path, "%.*s_rels/%s.rels", folder, x->book_path, x->book_path + folder);
  return read_part(x, path, true, on_relation, NULL);
}

static bool read_workbook(xlsx *x) {
  if (!read_part(x, "_rels/.rels", false, on_root_relation, NULL)) return false;
  if (!x->book_path[0]) strcpy(x->book_path, "xl/workbook.xml");
  if (zip_name_locate(x->zip, x->book_path, ZIP_FL_NOCASE) < 0 ||
      !text_ends(text_of(x->book_path), ".xml"))
    return xlsx_fault(
        x, ERR_BAD_FILE,
        (label){"这不是 Excel 表格（.xlsx），可能是 Word 文件、压缩包或 .xlsb。请另存为 .xlsx。",
                "This is no .xlsx workbook; it may be a document, an archive, or an .xlsb. "
                "Save it as .xlsx."});
  if (!read_part(x, x->book_path, true, on_workbook, NULL) || !read_relations(x)) return false;
  return x->sheet_count > 0 ||
         xlsx_fault(x, ERR_BAD_FILE,
                    (label){"文件里没有可见的工作表。请打开文件，取消隐藏要导入的工作表。",
                            "The workbook has no visible sheet; unhide the one to import."});
}

bool xlsx_read_book(xlsx *x) {
  x->sheets = ARENA_ARRAY(x->a, TABLE_SHEETS_MAX, text);
  x->hidden = ARENA_ARRAY(x->a, TABLE_SHEETS_MAX, text);
  x->sheet_ids = ARENA_ARRAY(x->a, TABLE_SHEETS_MAX, const char *);
  x->sheet_paths = ARENA_ARRAY(x->a, TABLE_SHEETS_MAX, const char *);
  if (!x->sheets || !x->hidden || !x->sheet_ids || !x->sheet_paths) return xlsx_no_memory(x);
  for (int64_t id = 0; id < 64; id++) set_format(x, id, builtin_is_date(id));
  return read_workbook(x) &&
         (!x->styles_path[0] || read_part(x, x->styles_path, false, on_style, on_style_end)) &&
         (!x->strings_path[0] || read_part(x, x->strings_path, false, on_string, on_string_end));
}
