#include "import/header_row.h"

/* ---- headers ---- */

/* Headers are compared without white space, and with full-width brackets as ASCII ones. */
static text squeeze(arena *a, text t) {
  char *out = arena_take(a, t.bytes + 1);
  size_t n = 0;
  if (!out) return TEXT("");
  for (size_t i = 0; i < t.bytes; i++) {
    unsigned char c = (unsigned char)t.at[i];
    if (c <= ' ' || c == '*') continue;
    if (i + 2 < t.bytes && memcmp(t.at + i, "\xE3\x80\x80", 3) == 0) {
      i += 2;
      continue;
    }
    if (i + 2 < t.bytes && (memcmp(t.at + i, "（", 3) == 0 || memcmp(t.at + i, "）", 3) == 0)) {
      out[n++] = memcmp(t.at + i, "（", 3) == 0 ? '(' : ')';
      i += 2;
      continue;
    }
    out[n++] = (char)c;
  }
  return (text){out, n};
}

static bool is_one_of(arena *a, const char *const *names, text header) {
  for (; names && *names; names++)
    if (text_equal(squeeze(a, text_of(*names)), header)) return true;
  return false;
}

static bool use_of(const import_layout *l, arena *a, text header, head_column *out) {
  *out = (head_column){.use = USE_NOTHING, .header = header};
  for (size_t i = 0; i < l->column_count; i++)
    if (is_one_of(a, l->columns[i].headers, header)) {
      out->use = USE_FIELD;
      out->to = &l->columns[i];
      return true;
    }
  if (is_one_of(a, l->area_code, header))
    out->use = USE_AREA_CODE;
  else if (is_one_of(a, l->village, header))
    out->use = USE_VILLAGE;
  else if (is_one_of(a, l->town, header))
    out->use = USE_TOWN;
  else if (is_one_of(a, l->county, header))
    out->use = USE_COUNTY;
  else
    return is_one_of(a, l->ignore, header);
  return true;
}

static size_t read_head(const table_row *row, const import_layout *l, arena *a, import_head *h) {
  size_t known = 0;
  AUTO_BUF buf unknown = {0};
  h->count = row->count < IMPORT_COLUMNS_MAX ? row->count : IMPORT_COLUMNS_MAX;
  for (size_t i = 0; i < h->count; i++) {
    text header = squeeze(a, row->cells[i].text);
    bool is_known = use_of(l, a, header, &h->columns[i]);
    known += is_known && header.bytes;
    if (is_known || !header.bytes) continue;
    if (unknown.bytes) buf_str(&unknown, "、");
    buf_text(&unknown, header);
  }
  h->unknown = unknown.bytes && buf_ok(&unknown) ? arena_copy(a, unknown.at, unknown.bytes) : "";
  return known;
}

static bool has_required(const import_head *h, const import_layout *l, const pack *p, arena *a,
                         err *e) {
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
  (void)a;
  if (!zh.bytes) return true;
  return err_set(e, ERR_BAD_FILE, "header", "表头缺少列：%s。请补上这一列再导入。%.0s",
                 "%.0sThe header lacks %s; add it and import again.", zh.at, en.at);
}

bool import_find_head(table_reader *t, const import_layout *l, const pack *p, arena *a,
                      import_head *out, err *e) {
  table_row row;
  int got;
  for (int i = 0; i < IMPORT_HEAD_ROWS && (got = table_next(t, &row, e)) != 0; i++) {
    if (got < 0) return false;
    if (read_head(&row, l, a, out) < 2) continue; /* titles, notes, dates above the header */
    return has_required(out, l, p, a, e);
  }
  return err_set(e, ERR_BAD_FILE, "header", "前 %d 行里没有找到“%s”的表头，请核对文件和版式。%.0s",
                 "In the first %d rows no header was found of %.0s\"%s\"; check file and layout.",
                 IMPORT_HEAD_ROWS, l->title.zh, l->title.en);
}
