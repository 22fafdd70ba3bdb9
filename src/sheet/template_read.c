/* A template opened: its parts, and a sheet's cells with their places in the XML. */
#include "sheet/template_internal.h"

#include <limits.h>
#include <stdlib.h>

enum { SHEET_ROWS_LAST = 1048576 };

static bool refuse(err *e, err_code code, label what) {
  return err_set(e, code, "file", "%s", "%s", LABEL(what));
}

static bool damaged(err *e) {
  return refuse(e, ERR_BAD_FILE,
                (label){"文件已损坏，请用 Excel 或 WPS 打开后另存为 .xlsx。",
                        "The file is damaged; open it in a spreadsheet program and save it as "
                        ".xlsx."});
}

/* ---- the archive ---- */

bool template_part(template *t, arena *a, const char *path, size_t most, bool *ret_there, text *ret,
                   err *e) {
  zip_stat_t st;
  zip_int64_t index = zip_name_locate(t->book->zip, path, ZIP_FL_NOCASE);
  if (ret_there) *ret_there = index >= 0;
  if (index < 0) return ret_there || damaged(e);
  if (zip_stat_index(t->book->zip, (zip_uint64_t)index, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE))
    return damaged(e);
  if (st.size > most)
    return refuse(e, ERR_TOO_LARGE,
                  (label){"这张表太大，不像一张空表。请删去空白的行和列，或另存为新文件再上传。",
                          "This sheet is too large for an empty table. Delete blank rows and "
                          "columns, or copy it to a new file."});
  char *at = arena_take(a, st.size + 1);
  if (!at) return err_memory(e);
  zip_file_t *f = zip_fopen_index(t->book->zip, (zip_uint64_t)index, 0);
  if (!f) return damaged(e);
  size_t got = 0;
  for (zip_int64_t n = 1; got < st.size && n > 0; got += n > 0 ? (size_t)n : 0)
    n = zip_fread(f, at + got, st.size - got);
  if (zip_fclose(f) != 0 || got != st.size) return damaged(e);
  *ret = (text){at, got};
  return true;
}

/* The size that the archive tells may be a lie, and the parts that are read are not all: what it
 * would unpack to is judged before. */
static bool is_modest(zip_t *z, err *e) {
  zip_int64_t n = zip_get_num_entries(z, 0);
  zip_uint64_t all = 0;
  zip_stat_t st;
  for (zip_int64_t i = 0; i < n; i++) {
    if (zip_stat_index(z, (zip_uint64_t)i, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE))
      return damaged(e);
    all += st.size;
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
      return refuse(e, ERR_BAD_FILE,
                    (label){"此文件有密码，请去掉密码，另存为 .xlsx 再上传。",
                            "This file has a password; remove it and save the file as .xlsx."});
  }
  return (n <= 10000 && all <= 4 * (zip_uint64_t)TEMPLATE_PART_MAX) ||
         refuse(e, ERR_TOO_LARGE,
                (label){"文件解压后太大，不像一张空表，不能填。请另存为新文件再上传。",
                        "The file inflates beyond measure and is refused. Copy the table to a new "
                        "file."});
}

static bool has_part(zip_t *z, const char *path) {
  return zip_name_locate(z, path, ZIP_FL_NOCASE) >= 0;
}

static bool is_fillable(zip_t *z, err *e) {
  if (has_part(z, "xl/vbaProject.bin"))
    return refuse(e, ERR_BAD_FILE,
                  (label){"文件带宏。请用 Excel 或 WPS 打开，另存为不带宏的 .xlsx 再上传。",
                          "The file holds macros; save it as an .xlsx without macros."});
  if (has_part(z, "_xmlsignatures/origin.sigs"))
    return refuse(e, ERR_BAD_FILE,
                  (label){"文件有数字签名，填写会破坏签名。请向发文单位要没有签名的空表。",
                          "The file is signed, and filling would break the signature; ask its "
                          "sender for one that is not."});
  return true;
}

static zip_t *open_archive(text bytes, err *e) {
  zip_error_t why;
  zip_error_init(&why);
  zip_t *z = NULL;
  zip_source_t *s = zip_source_buffer_create(bytes.at, bytes.bytes, 0, &why);
  if (s && !(z = zip_open_from_source(s, ZIP_RDONLY, &why))) zip_source_free(s);
  if (!z && (!s || zip_error_code_zip(&why) == ZIP_ER_MEMORY))
    err_memory(e);
  else if (!z)
    damaged(e);
  zip_error_fini(&why);
  return z;
}

static bool is_xlsx(text b, err *e) {
  if (b.bytes > TEMPLATE_BYTES_MAX)
    return refuse(e, ERR_TOO_LARGE,
                  (label){"文件超过 8 MB，不像一张空表。请删去图片和空白的行，再上传。",
                          "The file is over 8 MiB, too large for an empty table. Delete pictures "
                          "and blank rows."});
  if (b.bytes >= 8 && memcmp(b.at, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0)
    return refuse(e, ERR_BAD_FILE,
                  (label){"此文件有密码，或是旧版 .xls、.et。请用 Excel 或 WPS "
                          "打开，去掉密码，另存为 .xlsx。",
                          "This file has a password, or is an old .xls. Open it in a spreadsheet "
                          "program, remove the password, and save it as .xlsx."});
  return (b.bytes >= 4 && memcmp(b.at, "PK\x03\x04", 4) == 0) ||
         refuse(e, ERR_BAD_FILE,
                (label){"这不是 Excel 表格（.xlsx），没法照它的样子填。请另存为 .xlsx 再上传。",
                        "This is no .xlsx workbook; save it as .xlsx."});
}

/* ---- number formats ---- */

static bool code_is_percent(text code) {
  bool quoted = false;
  for (size_t i = 0; i < code.bytes; i++) {
    if (code.at[i] == '"') quoted = !quoted;
    if (code.at[i] == '%' && !quoted) return true;
  }
  return false;
}

static bool percent_code(text xml, int64_t id) {
  xml_tag tag;
  text v, code;
  AUTO_BUF buf b = {0};
  for (size_t at = 0; xml_next(xml, &at, &tag);) {
    int64_t n;
    if (xml_is(&tag, "numFmt") && xml_attribute(&tag, "numFmtId", &v) && text_to_int(v, &n) &&
        n == id && xml_attribute(&tag, "formatCode", &code)) {
      xml_unescape(&b, code);
      return buf_ok(&b) && code_is_percent(buf_view(&b));
    }
    if (xml_is(&tag, "fonts")) return false; /* number formats stand before */
  }
  return false;
}

static bool read_formats(template *t, err *e) {
  text xml, v;
  bool there = false, in = false;
  xml_tag tag;
  size_t n = 0;
  t->format_count = t->book->style_count;
  t->formats = ARENA_ARRAY(t->a, t->format_count + 1, template_format);
  if (!t->formats) return err_memory(e);
  if (!t->book->styles_path[0]) return true;
  if (!template_part(t, t->a, t->book->styles_path, TEMPLATE_PART_MAX, &there, &xml, e) ||
      (there && !xml_check(xml, e)))
    return false;
  for (size_t at = 0; there && xml_next(xml, &at, &tag);) {
    int64_t id = 0;
    if (xml_is(&tag, "cellXfs")) in = !tag.ends;
    if (!in || tag.ends || !xml_is(&tag, "xf") || n >= t->format_count) continue;
    if (xml_attribute(&tag, "numFmtId", &v)) text_to_int(v, &id);
    t->formats[n] = t->book->style_is_date[n]                                   ? TEMPLATE_DAY
                    : id == 9 || id == 10 || (id > 49 && percent_code(xml, id)) ? TEMPLATE_PERCENT
                                                                                : TEMPLATE_PLAIN;
    n++;
  }
  return true;
}

template *template_open(text bytes, err *e) {
  if (!is_xlsx(bytes, e)) return NULL;
  zip_t *z = open_archive(bytes, e);
  if (!z) return NULL;
  if (!is_modest(z, e) || !is_fillable(z, e)) {
    zip_discard(z);
    return NULL;
  }
  table_reader *reader = xlsx_open(z, &table_usual_limits, e);
  if (!reader) return NULL;
  arena *a = arena_new((size_t)256 << 20);
  template *t = a ? ARENA_NEW(a, template) : NULL;
  if (!t) {
    arena_free(a);
    table_close(reader);
    err_memory(e);
    return NULL;
  }
  *t = (template){.bytes = bytes, .a = a, .book = (xlsx *)reader, .modelled = SIZE_MAX};
  if (read_formats(t, e)) return t;
  template_close(t);
  return NULL;
}

void template_close(template *t) {
  if (!t) return;
  table_close(&t->book->base);
  arena_free(t->a);
}

bool template_keep_labels(template_table *t, arena *a, err *e) {
  struct template_label *kept = ARENA_ARRAY(a, t->label_count + 1, struct template_label);
  if (!kept) return err_memory(e);
  for (size_t i = 0; i < t->label_count; i++) {
    const text was = t->labels[i].text;
    kept[i] = t->labels[i];
    kept[i].text = (text){arena_copy(a, was.at, was.bytes), was.bytes};
    if (!kept[i].text.at) return err_memory(e);
  }
  t->labels = kept;
  return true;
}

size_t template_sheet_count(const template *t) {
  return t->book->sheet_count;
}

text template_sheet_name(const template *t, size_t sheet) {
  return sheet < t->book->sheet_count ? t->book->sheets[sheet] : TEXT("");
}

int64_t template_day_number(const template *t, day d) {
  const int64_t n = (int64_t)d + (t->book->date_1904 ? 24107 : 25569);
  return n < (t->book->date_1904 ? 1 : 61) ? 0 : n;
}

/* ---- a sheet ---- */

typedef struct modelling {
  template *t;
  sheet_model *m;
  size_t cell_room, row_room, merge_room;
} modelling;

static bool copy_text(arena *a, buf *b, text *ret, err *e) {
  const text t = text_trim(buf_view(b));
  char *copy = buf_ok(b) ? arena_copy(a, t.at, t.bytes) : NULL;
  if (!copy) return err_memory(e);
  *ret = (text){copy, t.bytes};
  return true;
}

/* The texts of the <t> inside an element, phonetic ones left out. */
static void collect_texts(buf *b, text xml, size_t at, size_t to) {
  xml_tag tag;
  while (at < to && xml_next(xml, &at, &tag) && tag.from < to) {
    if (xml_is(&tag, "rPh") && !tag.ends) xml_skip(xml, &at, &tag);
    if (!xml_is(&tag, "t") || tag.ends || tag.empty) continue;
    const size_t from = at;
    xml_skip(xml, &at, &tag);
    const char *end = memrchr(xml.at + from, '<', at - from);
    xml_unescape(b, (text){xml.at + from, (size_t)(end - xml.at) - from});
  }
}

static bool read_formula(modelling *r, const xml_tag *tag, text inside, sheet_cell *c, err *e) {
  AUTO_BUF buf b = {0};
  text v;
  int64_t n = 0;
  c->has_formula = true;
  if (xml_attribute(tag, "t", &v)) {
    c->array = text_is(v, "array") || text_is(v, "dataTable");
    if (text_is(v, "shared") && xml_attribute(tag, "si", &v) && text_to_int(v, &n) && n >= 0 &&
        n < INT_MAX)
      c->shared = (int)n;
  }
  xml_unescape(&b, inside);
  return copy_text(r->t->a, &b, &c->formula, e);
}

static bool read_value(modelling *r, text type, text raw, sheet_cell *c, err *e) {
  AUTO_BUF buf b = {0};
  int64_t n;
  if (text_is(type, "s")) {
    if (!text_to_int(text_trim(raw), &n) || n < 0 || (uint64_t)n >= r->t->book->shared_count)
      return damaged(e);
    c->text = r->t->book->shared[n];
    return true;
  }
  xml_unescape(&b, raw);
  return copy_text(r->t->a, &b, &c->text, e);
}

/* From behind "<c …>" to behind "</c>". */
static bool read_inside(modelling *r, size_t *at, text type, sheet_cell *c, err *e) {
  const text xml = r->m->xml;
  xml_tag tag;
  while (xml_next(xml, at, &tag) && !tag.ends) {
    const size_t from = *at;
    xml_skip(xml, at, &tag);
    size_t to = from;
    if (!tag.empty) to = (size_t)((const char *)memrchr(xml.at + from, '<', *at - from) - xml.at);
    const text inside = {xml.at + from, to - from};
    if (xml_is(&tag, "f") && !read_formula(r, &tag, inside, c, e)) return false;
    if (xml_is(&tag, "v") && !read_value(r, type, inside, c, e)) return false;
    if (xml_is(&tag, "is")) {
      AUTO_BUF buf b = {0};
      collect_texts(&b, xml, from, to);
      if (!copy_text(r->t->a, &b, &c->text, e)) return false;
    }
  }
  return true;
}

static bool read_cell(modelling *r, const xml_tag *tag, size_t *at, int64_t row, int column,
                      err *e) {
  sheet_model *m = r->m;
  text v, type = TEXT("");
  int64_t style = -1, said = row;
  if (m->cell_count == TEMPLATE_CELLS_MAX)
    return refuse(e, ERR_TOO_LARGE,
                  (label){"这张表的格子太多（有很多空白但带格式的行或列）。请删去它们，再上传。",
                          "The sheet has too many cells (blank rows or columns with formats); "
                          "delete them."});
  sheet_cell *more = ARENA_GROW(r->t->a, m->cells, m->cell_count, &r->cell_room, sheet_cell);
  if (!more) return err_memory(e);
  m->cells = more;
  sheet_cell *c = &m->cells[m->cell_count];
  *c = (sheet_cell){.row = row,
                    .column = column,
                    .from = tag->from,
                    .style = -1,
                    .shared = -1,
                    .formula = TEXT(""),
                    .text = TEXT("")};
  if (xml_attribute(tag, "r", &v) && (!ref_cell(v, &c->column, &said) || said != row))
    return damaged(e);
  if (m->cell_count && m->cells[m->cell_count - 1].row == row &&
      m->cells[m->cell_count - 1].column >= c->column)
    return damaged(e);
  if (xml_attribute(tag, "s", &v) && text_to_int(v, &style) && style >= 0 && style < INT_MAX)
    c->style = (int)style;
  xml_attribute(tag, "t", &type);
  if (!tag->empty && !read_inside(r, at, type, c, e)) return false;
  c->to = *at;
  if (c->text.bytes && c->column >= TEMPLATE_COLUMNS_MAX)
    return refuse(e, ERR_TOO_LARGE,
                  (label){"这张表有内容的列超过 512 列，没法填。请删去多余的列。",
                          "The sheet has more than 512 columns with content; delete those not "
                          "needed."});
  m->cell_count++;
  return true;
}

static bool read_row(modelling *r, const xml_tag *tag, size_t *at, err *e) {
  sheet_model *m = r->m;
  text v;
  xml_tag inner;
  int64_t number = m->row_count ? m->rows[m->row_count - 1].number + 1 : 1, said;
  const int64_t least = number;
  if (xml_attribute(tag, "r", &v)) {
    if (!text_to_int(v, &said) || said < least || said > SHEET_ROWS_LAST) return damaged(e);
    number = said;
  }
  sheet_row *more = ARENA_GROW(r->t->a, m->rows, m->row_count, &r->row_room, sheet_row);
  if (!more) return err_memory(e);
  m->rows = more;
  m->rows[m->row_count] = (sheet_row){.number = number,
                                      .from = tag->from,
                                      .open_to = tag->to,
                                      .first = m->cell_count,
                                      .empty_tag = tag->empty};
  int column = 0;
  while (!tag->empty && xml_next(m->xml, at, &inner) && !inner.ends) {
    if (!xml_is(&inner, "c")) {
      xml_skip(m->xml, at, &inner);
      continue;
    }
    if (!read_cell(r, &inner, at, number, column, e)) return false;
    column = m->cells[m->cell_count - 1].column + 1;
  }
  m->rows[m->row_count].to = *at;
  m->rows[m->row_count].count = m->cell_count - m->rows[m->row_count].first;
  m->row_count++;
  return true;
}

static bool read_merge(modelling *r, const xml_tag *tag, err *e) {
  sheet_model *m = r->m;
  text v;
  if (m->merge_count == TEMPLATE_MERGES_MAX)
    return refuse(e, ERR_TOO_LARGE,
                  (label){"这张表的合并单元格太多，没法填。请删去空白行里的合并。",
                          "The sheet has too many merged cells; undo those in blank rows."});
  ref_area *more = ARENA_GROW(r->t->a, m->merges, m->merge_count, &r->merge_room, ref_area);
  if (!more) return err_memory(e);
  m->merges = more;
  ref_area *a = &m->merges[m->merge_count];
  if (!xml_attribute(tag, "ref", &v) || !ref_parse(v, a)) return damaged(e);
  for (size_t i = 0; i < m->merge_count; i++) {
    const ref_area *b = &m->merges[i];
    if (a->r1 <= b->r2 && b->r1 <= a->r2 && a->c1 <= b->c2 && b->c1 <= a->c2)
      return err_set(e, ERR_BAD_FILE, "file",
                     "第 %lld 行有互相重叠的合并单元格，文件已损坏。请用 Excel 或 WPS "
                     "取消合并后重新合并。",
                     "Merged cells overlap in row %lld: the file is damaged; undo the merges and "
                     "make them again.",
                     (long long)a->r1);
  }
  m->merge_count++;
  return true;
}

static bool read_sheet(modelling *r, err *e) {
  sheet_model *m = r->m;
  xml_tag tag;
  for (size_t at = 0; xml_next(m->xml, &at, &tag);) {
    if (xml_is(&tag, "sheetData") && !tag.ends) {
      xml_tag inner;
      if (m->data_to) return damaged(e); /* a sheet has its rows once */
      m->prefix = (text){tag.name.at, tag.name.bytes - strlen("sheetData")};
      m->data_from = tag.from;
      m->data_to = tag.to;
      if (tag.empty) continue;
      while (xml_next(m->xml, &at, &inner) && !inner.ends)
        if (!xml_is(&inner, "row"))
          return damaged(e);
        else if (!read_row(r, &inner, &at, e))
          return false;
      m->data_to = inner.to;
    } else if (xml_is(&tag, "mergeCell") && !tag.ends && !read_merge(r, &tag, e)) {
      return false;
    }
  }
  return m->data_to > 0 || damaged(e);
}

static bool count_merges(template *t, sheet_model *m, err *e) {
  for (size_t i = 0; i < m->merge_count; i++)
    if (m->merges[i].r2 > m->merged_last) m->merged_last = m->merges[i].r2;
  m->merges_over = ARENA_ARRAY(t->a, (size_t)m->merged_last + 2, int32_t);
  if (!m->merges_over) return err_memory(e);
  for (size_t i = 0; i < m->merge_count; i++) {
    m->merges_over[m->merges[i].r1]++;
    m->merges_over[m->merges[i].r2 + 1]--;
  }
  for (int64_t r = 1; r <= m->merged_last; r++) m->merges_over[r] += m->merges_over[r - 1];
  return true;
}

bool template_model(template *t, size_t sheet, err *e) {
  modelling r = {.t = t, .m = &t->model};
  if (t->modelled == sheet) return true;
  t->modelled = SIZE_MAX;
  t->model = (sheet_model){.prefix = TEXT("")};
  if (!template_part(t, t->a, t->book->sheet_paths[sheet], TEMPLATE_PART_MAX, NULL, &t->model.xml,
                     e) ||
      !xml_check(t->model.xml, e) || !read_sheet(&r, e) || !count_merges(t, &t->model, e))
    return false;
  t->modelled = sheet;
  return true;
}

const sheet_row *model_row(const sheet_model *m, int64_t row) {
  size_t lo = 0, hi = m->row_count;
  while (lo < hi) {
    const size_t mid = (lo + hi) / 2;
    if (m->rows[mid].number < row)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo < m->row_count && m->rows[lo].number == row ? &m->rows[lo] : NULL;
}

const sheet_cell *model_cell(const sheet_model *m, int64_t row, int column) {
  const sheet_row *r = model_row(m, row);
  for (size_t i = 0; r && i < r->count; i++)
    if (m->cells[r->first + i].column == column) return &m->cells[r->first + i];
  return NULL;
}

const ref_area *model_merge(const sheet_model *m, int64_t row, int column) {
  if (row > m->merged_last || !m->merges_over[row]) return NULL;
  for (size_t i = 0; i < m->merge_count; i++) {
    const ref_area *a = &m->merges[i];
    if (row >= a->r1 && row <= a->r2 && column >= a->c1 && column <= a->c2) return a;
  }
  return NULL;
}
