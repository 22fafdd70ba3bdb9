#include "import/header_row.h"

#include "base/hash.h"

#include <stdlib.h>

/* The next character that counts: white space and the stars of required columns do not, and
 * full-width brackets are ASCII ones. -1 at the end. */
static int32_t next_point(text t, size_t *pos) {
  int32_t c;
  do c = text_next(t, pos);
  while ((c >= 0 && c <= ' ') || c == 0x3000 || c == '*');
  return c == 0xFF08 ? '(' : c == 0xFF09 ? ')' : c;
}

bool same_heading(text a, text b) {
  size_t i = 0, k = 0;
  for (;;) {
    int32_t x = next_point(a, &i), y = next_point(b, &k);
    if (x != y) return false;
    if (x < 0) return true;
  }
}

static bool is_one_of(const char *const *names, text header) {
  for (; names && *names; names++)
    if (same_heading(text_of(*names), header)) return true;
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

void header_letters(size_t column, char ret[4]) {
  char back[4];
  size_t n = 0;
  for (size_t rest = column + 1; rest && n < 3; rest = (rest - 1) / 26)
    back[n++] = (char)('A' + (rest - 1) % 26);
  for (size_t i = 0; i < n; i++) ret[i] = back[n - 1 - i];
  ret[n] = 0;
}

bool is_reason_heading(text heading) {
  return same_heading(heading, TEXT(IMPORT_REASON_HEADING));
}

/* ---- what a title stands for ---- */

/* By its heading: what somebody chose, or what the layout says. */
static void use_of(const header_search *x, header_column *c) {
  const import_layout *l = x->layout;
  c->use = USE_NOTHING;
  c->to = NULL;
  c->how = HOW_NOT;
  if (!c->header.bytes) return;
  for (size_t i = 0; i < x->choice_count; i++) {
    if (!same_heading(x->choices[i].heading, c->header)) continue;
    c->use = x->choices[i].target->use;
    c->to = x->choices[i].target->to;
    c->how = x->choices[i].how;
    return;
  }
  c->how = HOW_TITLE;
  for (size_t i = 0; i < l->column_count; i++)
    if (is_one_of(l->columns[i].headers, c->header)) {
      c->use = USE_FIELD;
      c->to = &l->columns[i];
      return;
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
    c->how =
        is_one_of(l->ignore, c->header) || is_reason_heading(c->header) ? HOW_IGNORED : HOW_NOT;
}

/* ---- the rows at the top of a sheet ---- */

typedef struct title {
  text shown; /* "" for none */
  bool own;   /* not merged from above */
} title;
typedef struct title_row {
  int64_t number;
  title *titles;
  size_t count, filled; /* filled: own ones */
} title_row;
typedef struct title_rows {
  const header_search *search;
  arena *a;
  title_row rows[HEADER_SEARCH_ROWS];
  size_t count, width;
} title_rows;

static bool keep_row(title_rows *x, const table_row *row) {
  title_row *to = &x->rows[x->count];
  *to = (title_row){.number = row->number, .count = row->count};
  to->titles = ARENA_ARRAY(x->a, row->count, title);
  if (!to->titles) return false;
  for (size_t i = 0; i < row->count; i++) {
    if (!shown_header(x->a, row->cells[i].text, &to->titles[i].shown)) return false;
    to->titles[i].own = !row->cells[i].merged;
    to->filled += to->titles[i].own && to->titles[i].shown.bytes;
  }
  if (row->count > x->width) x->width = row->count;
  x->count++;
  return true;
}

static text title_at(const title_rows *x, size_t row, size_t column) {
  const title_row *r = &x->rows[row];
  return column < r->count ? r->titles[column].shown : TEXT("");
}

/* The title over this one: in the row above, of this column or of the nearest on the left, whose
 * cells are merged to the right. Rows with one cell are titles of the sheet, not of columns. */
static text group_over(const title_rows *x, size_t row, size_t column) {
  if (row == 0 || x->rows[row - 1].filled < 2) return TEXT("");
  for (size_t c = column + 1; c-- > 0;) {
    text t = title_at(x, row - 1, c);
    if (t.bytes) return text_equal(t, title_at(x, row, column)) ? TEXT("") : t;
  }
  return TEXT("");
}

/* Column titles that stand in rows `top` to `bottom`. */
typedef struct head {
  size_t top, bottom, known;
} head;

/* "group title" before "title": the name below "owner" is the owner's. False: memory. */
static bool read_title(const title_rows *x, size_t row, size_t column, header_column *c) {
  *c = (header_column){.header = title_at(x, row, column), .group = group_over(x, row, column)};
  if (c->header.bytes && c->group.bytes) {
    header_column both = {.group = TEXT("")};
    both.header = text_of(arena_printf(x->a, "%.*s%.*s", (int)c->group.bytes, c->group.at,
                                       (int)c->header.bytes, c->header.at));
    if (!both.header.bytes) return false;
    use_of(x->search, &both);
    if (both.how != HOW_NOT) return *c = both, true;
  }
  use_of(x->search, c);
  return true;
}

/* Of the lowest row that says something known; else of the lowest that says something. */
static bool read_column(const title_rows *x, const head *h, size_t column, header_column *ret) {
  *ret = (header_column){.header = TEXT(""), .group = TEXT("")};
  for (size_t row = h->bottom + 1; row-- > h->top && ret->how == HOW_NOT;) {
    header_column c;
    if (!read_title(x, row, column, &c)) return false;
    if (c.how != HOW_NOT || !ret->header.bytes) *ret = c;
  }
  return true;
}

/* A row below the first of a head holds titles, and not data that happens to be spelled as one:
 * half of it at least is known. */
static bool are_titles(const title_rows *x, size_t row) {
  size_t known = 0;
  for (size_t i = 0; i < x->rows[row].count; i++) {
    const title *t = &x->rows[row].titles[i];
    header_column c = {.header = t->shown};
    use_of(x->search, &c);
    known += t->own && c.how != HOW_NOT;
  }
  return known > 0 && 2 * known >= x->rows[row].filled;
}

static bool count_known(const title_rows *x, head *h) {
  h->known = 0;
  for (size_t c = 0; c < x->width; c++) {
    header_column column;
    if (!read_column(x, h, c, &column)) return false;
    h->known += column.how != HOW_NOT;
  }
  return true;
}

/* The rows of which most columns are known; among equals the fewest, and the first. */
static bool best_head(const title_rows *x, head *ret) {
  *ret = (head){0};
  for (size_t height = 1; height <= HEADER_ROWS_MAX; height++)
    for (size_t top = 0; top + height <= x->count; top++) {
      head h = {.top = top, .bottom = top + height - 1};
      bool good = !x->search->number || x->rows[h.bottom].number == x->search->number;
      for (size_t row = top + 1; good && row <= h.bottom; row++) good = are_titles(x, row);
      if (!good) continue;
      if (!count_known(x, &h)) return false;
      if (h.known > ret->known) *ret = h;
    }
  return true;
}

/* One of several columns with the same heading is chosen for as "C:heading". */
static bool choose_by_letters(const header_search *x, size_t column, header_column *c, arena *a) {
  char letters[4];
  if (!x->choice_count || !c->header.bytes) return true;
  header_letters(column, letters);
  header_column own = {
      .header = text_of(arena_printf(a, "%s:%.*s", letters, (int)c->header.bytes, c->header.at))};
  if (!own.header.bytes) return false;
  for (size_t i = 0; i < x->choice_count; i++)
    if (same_heading(x->choices[i].heading, own.header)) {
      c->use = x->choices[i].target->use;
      c->to = x->choices[i].target->to;
      c->how = x->choices[i].how;
    }
  return true;
}

static bool read_header(const title_rows *x, const head *h, header_row *ret, err *e) {
  AUTO_BUF buf unknown = {0};
  ret->first = x->rows[h->top].number;
  ret->number = x->rows[h->bottom].number;
  ret->fault = (err){0};
  ret->count = 0;
  for (size_t i = 0; i < x->width; i++) {
    header_column *c = &ret->columns[i];
    if (!read_column(x, h, i, c) || !choose_by_letters(x->search, i, c, x->a)) return err_memory(e);
    if (c->header.bytes) ret->count = i + 1;
    if (c->how != HOW_NOT || !c->header.bytes) continue;
    if (unknown.bytes) buf_str(&unknown, "、");
    buf_text(&unknown, c->header);
  }
  ret->unknown =
      unknown.bytes && buf_ok(&unknown) ? arena_copy(x->a, unknown.at, unknown.bytes) : "";
  return (buf_ok(&unknown) && ret->unknown) || err_memory(e);
}

/* ---- what must be there, and once ---- */

static bool has_required(const header_row *h, const import_layout *l, const pack *p, err *e) {
  AUTO_BUF buf zh = {0}, en = {0};
  for (size_t i = 0; i < l->column_count; i++) {
    const import_column *wanted = &l->columns[i];
    if (!wanted->required) continue;
    bool found = false;
    for (size_t c = 0; c < h->count; c++) {
      const import_column *to = h->columns[c].to;
      found |= to && to->kind == wanted->kind && to->field == wanted->field &&
               to->is_day == wanted->is_day;
    }
    if (found) continue;
    const field *f = import_field(p, l, wanted);
    buf_printf(&zh, "%s“%s”", zh.bytes ? "、" : "", wanted->headers[0]);
    buf_printf(&en, "%s\"%s\" (%s)", en.bytes ? ", " : "", wanted->headers[0], f->title.en);
  }
  if (!buf_ok(&zh) || !buf_ok(&en)) return err_memory(e);
  if (!zh.bytes) return true;
  return err_set(e, ERR_BAD_FILE, "header", "表头缺少列：%s。请补上这一列再导入。",
                 "The header lacks %s; add it and import again.", ZH_EN(zh.at, en.at));
}

static bool is_same_use(const header_column *a, const header_column *b) {
  if (a->use != b->use || a->use == USE_NOTHING) return false;
  return a->use != USE_FIELD || (a->to->kind == b->to->kind && a->to->field == b->to->field &&
                                 a->to->is_day == b->to->is_day);
}

/* Who is compared must be named: by the key or by the title. */
static bool names_somebody(const header_row *h, const import_layout *l, const pack *p, err *e) {
  const kind *k = &p->kinds[l->row_kind];
  if (!l->compare) return true;
  for (size_t c = 0; c < h->count; c++) {
    const import_column *to = h->columns[c].to;
    if (to && to->kind == k->index && (to->field == k->key || to->field == k->title_field))
      return true;
  }
  const field *by = &k->fields[k->key < 0 ? k->title_field : k->key],
              *name = k->title_field < 0 ? by : &k->fields[k->title_field];
  return err_set(e, ERR_BAD_FILE, "header", "表里看不出哪一列是“%s”或“%s”，请选定。",
                 "It cannot be told which column is \"%s\" or \"%s\"; choose it.", LABEL(by->title),
                 LABEL(name->title));
}

/* Two columns for one field: one of them would be passed over in silence. */
static bool none_twice(const header_row *h, err *e) {
  for (size_t c = 0; c < h->count; c++)
    for (size_t i = 0; i < c; i++) {
      const header_column *x = &h->columns[i], *y = &h->columns[c];
      char one[4], other[4];
      if (!is_same_use(x, y)) continue;
      header_letters(i, one);
      header_letters(c, other);
      return err_set(e, ERR_BAD_FILE, "header",
                     "表头里 %s 列“%s”和 %s 列“%s”是同一项内容。请删去一列，或改名后再导入。",
                     "The header has for the same thing column %s \"%s\" and column %s \"%s\"; "
                     "delete one or rename it, and import again.",
                     one, x->header.at, other, y->header.at);
    }
  return true;
}

/* Titles of columns: most of its cells have a text that is no number. */
static size_t looks_like_titles(const title_row *row) {
  size_t words = 0, others = 0;
  for (size_t i = 0; i < row->count; i++) {
    text t = row->titles[i].shown;
    if (!t.bytes) continue;
    if ((t.at[0] >= '0' && t.at[0] <= '9') || text_points(t) > 30)
      others++;
    else
      words++;
  }
  return words > 1 && words > others ? words : 0;
}

/* Where nothing is known: the row that somebody named, or the one that looks most like titles. */
static bool guess_head(const title_rows *x, head *ret) {
  size_t best = 0;
  for (size_t row = 0; row < x->count; row++) {
    size_t likely = looks_like_titles(&x->rows[row]);
    if (x->search->number) likely = x->rows[row].number == x->search->number;
    if (likely <= best) continue;
    best = likely;
    *ret = (head){.top = row, .bottom = row};
  }
  return best > 0;
}

bool header_row_pass(table_reader *t, size_t sheet, const header_row *h, err *e) {
  table_row row;
  int got;
  if (!table_choose_at(t, sheet, e)) return false;
  while ((got = table_next(t, &row, e)) > 0)
    if (row.number >= h->number) return true;
  return got == 0;
}

static bool read_top(table_reader *t, size_t sheet, title_rows *x, err *e) {
  table_row row;
  int got = 0;
  if (!table_choose_at(t, sheet, e)) return false;
  while (x->count < HEADER_SEARCH_ROWS && (got = table_next(t, &row, e)) > 0)
    if (!keep_row(x, &row)) return err_memory(e);
  return got >= 0;
}

/* Whether what was found will do; where faults are only told, it will. */
static bool judge(const header_search *x, bool known, header_row *h, err *e) {
  if (!known)
    err_set(e, ERR_BAD_FILE, "no_header", "前 %d 行里没有找到“%s”的表头，请核对文件和版式。",
            "In the first %d rows no header was found of \"%s\"; check file and layout.",
            HEADER_SEARCH_ROWS, LABEL(x->layout->title));
  else if (none_twice(h, e) && has_required(h, x->layout, x->pack, e) &&
           names_somebody(h, x->layout, x->pack, e))
    return true;
  if (!x->told || e->code != ERR_BAD_FILE) return false;
  h->fault = *e;
  return true;
}

bool header_row_find(table_reader *t, size_t sheet, const header_search *search, arena *a,
                     header_row *ret_header, err *e) {
  title_rows *x = ARENA_NEW(a, title_rows);
  head found;
  if (!x) return err_memory(e);
  *x = (title_rows){.search = search, .a = a};
  if (!read_top(t, sheet, x, e)) return false;
  if (!best_head(x, &found)) return err_memory(e);
  const bool known = found.known >= 2 || (found.known && search->number);
  ret_header->count = 0;
  ret_header->number = 0;
  ret_header->unknown = "";
  if ((known || guess_head(x, &found)) && !read_header(x, &found, ret_header, e)) return false;
  return judge(search, known, ret_header, e) &&
         (!ret_header->number || header_row_pass(t, sheet, ret_header, e));
}

static int by_bytes(const void *x, const void *y) {
  const text *a = x, *b = y;
  int order = memcmp(a->at, b->at, a->bytes < b->bytes ? a->bytes : b->bytes);
  return order ? order : a->bytes < b->bytes ? -1 : a->bytes > b->bytes;
}

bool header_row_fingerprint(const header_row *h, char ret[65]) {
  text *sorted = calloc(h->count + 1, sizeof *sorted);
  size_t n = 0;
  if (!sorted) return false;
  for (size_t i = 0; i < h->count; i++)
    if (h->columns[i].header.bytes && !is_reason_heading(h->columns[i].header))
      sorted[n++] = h->columns[i].header;
  qsort(sorted, n, sizeof *sorted, by_bytes);
  const hash all = hash_of(sorted, n);
  free(sorted);
  hash_format(&all, ret);
  return true;
}
