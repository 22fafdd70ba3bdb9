#include "import/header_row.h"

/* The next character that counts: white space and the stars of required columns do not, and
 * full-width brackets are ASCII ones. -1 at the end. */
static int32_t next_point(text t, size_t *pos) {
  int32_t c;
  do c = text_next(t, pos);
  while ((c >= 0 && c <= ' ') || c == 0x3000 || c == '*');
  return c == 0xFF08 ? '(' : c == 0xFF09 ? ')' : c;
}

static bool same_header(text a, text b) {
  size_t i = 0, k = 0;
  for (;;) {
    int32_t x = next_point(a, &i), y = next_point(b, &k);
    if (x != y) return false;
    if (x < 0) return true;
  }
}

static bool is_one_of(const char *const *names, text header) {
  for (; names && *names; names++)
    if (same_header(text_of(*names), header)) return true;
  return false;
}

/* The header as faults and the report name it. */
static bool shown_header(arena *a, text cell, text *ret_header) {
  AUTO_BUF buf b = {0};
  size_t pos = 0;
  for (int32_t c; (c = next_point(cell, &pos)) >= 0;) {
    char bytes[4];
    buf_add(&b, bytes, text_encode((uint32_t)c, bytes));
  }
  char *copy = buf_ok(&b) ? arena_copy(a, b.bytes ? b.at : "", b.bytes) : NULL;
  if (copy) *ret_header = (text){copy, b.bytes};
  return copy != NULL;
}

/* False: a header that the layout does not know. */
static bool use_of(const import_layout *l, header_column *c) {
  for (size_t i = 0; i < l->column_count; i++)
    if (is_one_of(l->columns[i].headers, c->header)) {
      c->use = USE_FIELD;
      c->to = &l->columns[i];
      return true;
    }
  if (is_one_of(l->area_code, c->header))
    c->use = USE_AREA_CODE;
  else if (is_one_of(l->village, c->header))
    c->use = USE_VILLAGE;
  else if (is_one_of(l->town, c->header))
    c->use = USE_TOWN;
  else if (is_one_of(l->county, c->header))
    c->use = USE_COUNTY;
  else
    return is_one_of(l->ignore, c->header);
  return true;
}

/* *ret_known: how many columns the layout knows. */
static bool read_header(const table_row *row, const import_layout *l, arena *a, header_row *h,
                        size_t *ret_known, err *e) {
  AUTO_BUF buf unknown = {0};
  *ret_known = 0;
  h->count = row->count < HEADER_COLUMNS_MAX ? row->count : HEADER_COLUMNS_MAX;
  for (size_t i = 0; i < h->count; i++) {
    header_column *c = &h->columns[i];
    *c = (header_column){.use = USE_NOTHING};
    if (!shown_header(a, row->cells[i].text, &c->header)) return err_memory(e);
    bool is_known = use_of(l, c);
    *ret_known += is_known && c->header.bytes;
    if (is_known || !c->header.bytes) continue;
    if (unknown.bytes) buf_str(&unknown, "、");
    buf_text(&unknown, c->header);
  }
  h->unknown = unknown.bytes && buf_ok(&unknown) ? arena_copy(a, unknown.at, unknown.bytes) : "";
  return (buf_ok(&unknown) && h->unknown) || err_memory(e);
}

static bool has_required(const header_row *h, const import_layout *l, const pack *p, err *e) {
  AUTO_BUF buf zh = {0}, en = {0};
  for (size_t i = 0; i < l->column_count; i++) {
    if (!l->columns[i].required) continue;
    bool found = false;
    for (size_t c = 0; c < h->count; c++) found |= h->columns[c].to == &l->columns[i];
    if (found) continue;
    const field *f = import_field(p, l, &l->columns[i]);
    buf_printf(&zh, "%s“%s”", zh.bytes ? "、" : "", l->columns[i].headers[0]);
    buf_printf(&en, "%s\"%s\" (%s)", en.bytes ? ", " : "", l->columns[i].headers[0], f->title.en);
  }
  if (!buf_ok(&zh) || !buf_ok(&en)) return err_memory(e);
  if (!zh.bytes) return true;
  return err_set(e, ERR_BAD_FILE, "header", "表头缺少列：%s。请补上这一列再导入。",
                 "The header lacks %s; add it and import again.", ZH_EN(zh.at, en.at));
}

/* Two columns for one field: one of them would be passed over in silence. */
static bool none_twice(const header_row *h, err *e) {
  for (size_t c = 0; c < h->count; c++)
    for (size_t i = 0; i < c && h->columns[c].use != USE_NOTHING; i++)
      if (h->columns[i].use == h->columns[c].use && h->columns[i].to == h->columns[c].to)
        return err_set(e, ERR_BAD_FILE, "header",
                       "表头里“%.*s”和“%.*s”是同一列内容。请删去一列，或改名后再导入。",
                       "The header has \"%.*s\" and \"%.*s\" for the same thing; delete one or "
                       "rename it, and import again.",
                       (int)h->columns[i].header.bytes, h->columns[i].header.at,
                       (int)h->columns[c].header.bytes, h->columns[c].header.at);
  return true;
}

bool header_row_find(table_reader *t, const import_layout *l, const pack *p, arena *a,
                     header_row *ret_header, err *e) {
  table_row row;
  int got;
  for (int i = 0; i < HEADER_SEARCH_ROWS && (got = table_next(t, &row, e)) != 0; i++) {
    size_t known = 0;
    if (got < 0 || !read_header(&row, l, a, ret_header, &known, e)) return false;
    if (known < 2) continue; /* titles, notes, dates above the header */
    return none_twice(ret_header, e) && has_required(ret_header, l, p, e);
  }
  return err_set(e, ERR_BAD_FILE, "header", "前 %d 行里没有找到“%s”的表头，请核对文件和版式。",
                 "In the first %d rows no header was found of \"%s\"; check file and layout.",
                 HEADER_SEARCH_ROWS, LABEL(l->title));
}
