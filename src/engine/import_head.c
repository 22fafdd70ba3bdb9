#include "engine/import_head.h"

#include "base/ident.h"

#include <stdlib.h>

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

/* ---- areas ---- */

typedef struct named_area {
  text name; /* without 村委会, 街道 … */
  const area *at;
} named_area;

struct area_book {
  named_area *items;
  size_t count;
};

/* 刘庄村村委会, 刘庄村委会, 刘庄村, 刘庄 are one village; 接庄街道, 接庄镇 one town. */
static text bare(text t) {
  static const char *const endings[] = {"村民委员会", "居民委员会", "社区居委会", "村委会",
                                        "居委会",     "社区",       "街道办事处", "办事处",
                                        "街道",       "村",         "镇",         "乡"};
  for (bool cut = true; cut;) {
    cut = false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings && !cut; i++)
      if (text_ends(t, endings[i]) && t.bytes > strlen(endings[i])) {
        t.bytes -= strlen(endings[i]);
        cut = true;
      }
  }
  return t;
}

area_book *area_book_new(store *s, arena *a, err *e) {
  area *areas = NULL;
  area_book *b = ARENA_NEW(a, area_book);
  size_t count = 0;
  if (!b) {
    err_memory(e);
    return NULL;
  }
  if (!store_areas(s, a, NULL, &areas, &count, e)) return NULL;
  b->items = ARENA_ARRAY(a, count, named_area);
  if (!b->items) {
    err_memory(e);
    return NULL;
  }
  for (size_t i = 0; i < count; i++)
    b->items[i] = (named_area){bare(text_of(areas[i].name)), &areas[i]};
  b->count = count;
  return b;
}

static bool in_town(const named_area *village, const char *town) {
  return !town || strncmp(village->at->code, town, 9) == 0;
}

bool area_book_find(const area_book *b, text code, text town, text village, char out[13], err *e) {
  if (text_trim(code).bytes) {
    char full[13];
    if (!area_code_check(text_trim(code), full, e)) return false;
    for (size_t i = 0; i < b->count; i++)
      if (strcmp(b->items[i].at->code, full) == 0) return memcpy(out, full, 13), true;
    return err_set(e, ERR_BAD_INPUT, "area", "本区县没有代码为 %s 的村（居），请核对。",
                   "There is no area %s in this county.", full);
  }
  text town_name = bare(text_trim(town)), village_name = bare(text_trim(village));
  const char *in = NULL;
  for (size_t i = 0; town_name.bytes && i < b->count; i++)
    if (area_code_level(b->items[i].at->code) == AREA_TOWN &&
        text_equal(b->items[i].name, town_name))
      in = b->items[i].at->code;
  int shown = (int)(village.bytes > 60 ? 60 : village.bytes),
      town_shown = (int)(town.bytes > 60 ? 60 : town.bytes);
  if (town_name.bytes && !in)
    return err_set(e, ERR_BAD_INPUT, "town", "没有“%.*s”这个乡镇（街道），请按区划表填写。",
                   "There is no town \"%.*s\"; write it as in the area list.", town_shown, town.at);
  const char *found = NULL;
  size_t n = 0;
  for (size_t i = 0; i < b->count; i++)
    if (area_code_level(b->items[i].at->code) == AREA_VILLAGE && in_town(&b->items[i], in) &&
        text_equal(b->items[i].name, village_name)) {
      found = b->items[i].at->code;
      n++;
    }
  if (n == 1) return memcpy(out, found, 13), true;
  if (n > 1)
    return err_set(e, ERR_BAD_INPUT, "village",
                   "有 %d 个“%.*s”，请同时填写乡镇（街道）或区划代码。",
                   "There are %d villages named \"%.*s\"; give the town, too, or the code.", (int)n,
                   shown, village.at);
  return err_set(e, ERR_BAD_INPUT, "village", "没有“%.*s”这个村（居），请按区划表填写。",
                 "There is no village \"%.*s\"; write it as in the area list.", shown, village.at);
}
