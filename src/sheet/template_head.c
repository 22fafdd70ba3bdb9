/* What an empty table asks for: where its head is, which heading each column has, which rows are to
 * be filled. What it cannot tell for certain it says so; nothing is guessed. */
#include "sheet/template_internal.h"

#include <stdlib.h>

enum { LOOKED_ROWS = 60, HEAD_ROWS_MAX = TEMPLATE_DEPTH_MAX, LABELS_MAX = 5000, DRAWN_MAX = 1500 };

typedef struct looking {
  template *t;
  const sheet_model *m;
  int first, last; /* columns that the head covers */
  template_table *out;
} looking;

/* ---- words ---- */

/* Without white space, in ASCII brackets and colons. */
static size_t squeeze(text t, char *ret, size_t room) {
  size_t n = 0, pos = 0;
  for (int32_t c; (c = text_next(t, &pos)) >= 0;) {
    char utf8[4];
    if (c <= ' ' || c == 0x3000 || c == 0xA0) continue;
    if (c == 0xFF1A) c = ':';
    if (c == 0xFF08) c = '(';
    if (c == 0xFF09) c = ')';
    const size_t k = text_encode((uint32_t)c, utf8);
    if (n + k >= room) break;
    memcpy(ret + n, utf8, k);
    n += k;
  }
  ret[n] = 0;
  return n;
}

static bool begins_with_one(const char *s, const char *const *words) {
  for (; *words; words++)
    if (strncmp(s, *words, strlen(*words)) == 0) return true;
  return false;
}

static bool is_total_word(text t) {
  static const char *const words[] = {"合计", "总计",   "小计", "共计", "累计",  "汇总",
                                      "全镇", "全街道", "全县", "全区", "Total", NULL};
  char s[64];
  squeeze(t, s, sizeof s);
  return begins_with_one(s, words);
}

/* What is written above and below a table, with room behind for the answer. */
static bool is_note_word(text t) {
  static const char *const words[] = {"填表说明", "填报说明",     "填表人",     "填报人",
                                      "填报单位", "填表单位",     "填报时间",   "填报日期",
                                      "填表日期", "填表时间",     "制表",       "审核",
                                      "负责人:",  "单位负责人",   "分管领导",   "主要领导",
                                      "备注:",    "说明:",        "注:",        "注1",
                                      "联系人:",  "联系电话:",    "单位(盖章)", "(盖章)",
                                      "报送",     "单位:",        "签字",       "签名",
                                      "经办人",   "村委会(盖章)", "年月日",     "附件",
                                      "填写说明", "驻村",         "审批",       NULL};
  char s[256];
  squeeze(t, s, sizeof s);
  if (strcmp(s, "负责人") == 0 || strcmp(s, "备注") == 0) return false;
  return begins_with_one(s, words) || strstr(s, ":") != NULL || strstr(s, "盖章") != NULL ||
         strstr(s, "签字)") != NULL;
}

static bool is_number(text t) {
  int64_t n;
  char s[32];
  squeeze(t, s, sizeof s);
  return text_to_int(text_of(s), &n) && n >= 0 && n < 1000000;
}

static bool is_serial_word(text t) {
  char s[32];
  squeeze(t, s, sizeof s);
  return strcmp(s, "序号") == 0 || strcmp(s, "编号") == 0 || strcmp(s, "序") == 0 ||
         strcmp(s, "No.") == 0 || strcmp(s, "No") == 0;
}

/* ---- cells ---- */

/* The text that covers a place: its own, or that of the merge over it. */
static text covered(const looking *l, int64_t row, int column, const ref_area **ret_merge) {
  const ref_area *m = model_merge(l->m, row, column);
  const sheet_cell *c = model_cell(l->m, m ? m->r1 : row, m ? m->c1 : column);
  if (ret_merge) *ret_merge = m;
  return c ? c->text : TEXT("");
}

static text own(const looking *l, int64_t row, int column) {
  const sheet_cell *c = model_cell(l->m, row, column);
  return c ? c->text : TEXT("");
}

static bool has_formula(const looking *l, int64_t row, int column) {
  const sheet_cell *c = model_cell(l->m, row, column);
  return c && c->has_formula;
}

typedef struct row_look {
  int labels;  /* texts that begin in this row */
  int covered; /* columns with a text, their own or a merge's */
  int numbers; /* of the labels, whole numbers */
  int first;   /* the first column with a text of its own; -1 */
  int last;
  int widest; /* columns that its widest text covers */
  bool formulas;
} row_look;

static row_look look_at(const looking *l, int64_t row, int first, int last) {
  row_look r = {.first = -1, .last = -1};
  for (int c = first; c <= last; c++) {
    const ref_area *m;
    const text t = covered(l, row, c, &m);
    r.formulas |= has_formula(l, row, c);
    if (!t.bytes) continue;
    r.covered++;
    if (m && (m->r1 != row || m->c1 != c)) continue;
    const int wide = m ? m->c2 - m->c1 + 1 : 1;
    r.labels++;
    r.numbers += is_number(t);
    if (r.first < 0) r.first = c;
    r.last = c;
    if (wide > r.widest) r.widest = wide;
  }
  return r;
}

/* "1 2 3 4 …", "甲 乙 1 2 …": the numbers of the columns, beneath the head. */
static bool is_column_numbers(const looking *l, int64_t row) {
  static const char *const stems[] = {"甲", "乙", "丙", "丁", "戊", "己", NULL};
  int known = 0, numbers = 0, before = 0;
  for (int c = l->first; c <= l->last; c++) {
    char s[32];
    int64_t n = 0;
    const text t = own(l, row, c);
    if (!t.bytes) continue;
    squeeze(t, s, sizeof s);
    known++;
    char *digits = s[0] == '(' ? s + 1 : s;
    digits[strcspn(digits, ")")] = 0;
    const bool sum = strpbrk(digits, "=+") != NULL; /* "3=1+2" */
    digits[strcspn(digits, "=")] = 0;
    if (text_to_int(text_of(digits), &n) && (n == before + 1 || sum)) {
      before = (int)n;
      numbers++;
    } else if (strlen(s) != 3 || !begins_with_one(s, stems)) {
      return false;
    }
  }
  return numbers >= 1 && known >= 3;
}

/* ---- where the head is ---- */

/* Columns from the first to the last that any text of the looked-at rows stands in. */
static bool find_width(looking *l) {
  l->first = -1;
  l->last = -1;
  for (size_t i = 0; i < l->m->cell_count; i++) {
    const sheet_cell *c = &l->m->cells[i];
    if (!c->text.bytes || c->column >= TEMPLATE_COLUMNS_MAX) continue;
    const ref_area *m = model_merge(l->m, c->row, c->column);
    const int to = m && m->c2 < TEMPLATE_COLUMNS_MAX ? m->c2 : c->column;
    if (l->first < 0 || c->column < l->first) l->first = c->column;
    if (to > l->last) l->last = to;
  }
  return l->first >= 0;
}

static int64_t last_row(const looking *l) {
  return l->m->row_count ? l->m->rows[l->m->row_count - 1].number : 0;
}

static bool has_note(const looking *l, int64_t row) {
  for (int c = l->first; c <= l->last; c++)
    if (is_note_word(own(l, row, c))) return true;
  return false;
}

/* A row of headings: several texts, none of them a note or a wide title. */
static bool may_be_head(const looking *l, int64_t row, const row_look *r) {
  const int width = l->last - l->first + 1;
  if (r->covered < 2 || r->labels == 0) return false;
  if (r->labels == 1 && r->widest * 10 >= width * 6 && r->widest > 2) return false;
  if (r->numbers * 2 > r->labels) return false;
  if (has_note(l, row)) {
    /* "备注" among the headings is one; "填报单位：" with two or three others is a note */
    if (r->labels < 4 || r->covered * 2 < width) return false;
    for (int c = l->first; c <= l->last; c++) {
      const text t = own(l, row, c);
      char s[256];
      squeeze(t, s, sizeof s);
      if (t.bytes && (strstr(s, "填报单位") || strstr(s, "填表人") || strstr(s, "盖章")))
        return false;
    }
  }
  return true;
}

/* A row that is to be filled in: nothing in it but a serial number, formulas, or its own name. */
static bool is_blank(const looking *l, int64_t row, int serial, int *ret_texts) {
  int texts = 0;
  for (int c = l->first; c <= l->last; c++) {
    const sheet_cell *cell = model_cell(l->m, row, c);
    const ref_area *m;
    const text t = covered(l, row, c, &m);
    if (m && m->r1 != row) continue;
    if (!t.bytes || (cell && cell->has_formula)) continue;
    if (c == serial && is_number(t)) continue;
    texts++;
  }
  if (ret_texts) *ret_texts = texts;
  return texts == 0;
}

static bool rows_are_blank_below(const looking *l, int64_t row) {
  for (size_t i = 0; i < l->m->cell_count; i++)
    if (l->m->cells[i].row > row && (l->m->cells[i].text.bytes || l->m->cells[i].has_formula))
      return false;
  return true;
}

static bool is_example(const looking *l, int64_t row) {
  for (int c = l->first; c <= l->last; c++) {
    char s[64];
    squeeze(own(l, row, c), s, sizeof s);
    if (strncmp(s, "例", 3) == 0 || strncmp(s, "示例", 6) == 0 || strncmp(s, "样例", 6) == 0 ||
        strncmp(s, "(例", 4) == 0 || strncmp(s, "填写示例", 12) == 0 || strncmp(s, "举例", 6) == 0)
      return true;
  }
  return false;
}

static bool is_total_row(const looking *l, int64_t row) {
  for (int c = l->first, seen = 0; c <= l->last && seen < 2; c++) {
    const text t = own(l, row, c);
    if (!t.bytes) continue;
    seen++;
    if (is_total_word(t)) return true;
  }
  return false;
}

/* What a table is called, even where nobody merged the cells of its title. */
static bool is_title_word(text t) {
  static const char *const ends[] = {"表", "册", "台账", "名单", "清单",  "统计", "情况", "汇总",
                                     "单", "卡", "附件", "档案", "Table", "List", NULL};
  char s[512];
  squeeze(t, s, sizeof s);
  for (const char *const *w = ends; *w; w++)
    if (strstr(s, *w)) return true;
  return false;
}

/* Groups over headings that nobody merged, so that they look like a lone text. */
static bool is_loose_group_row(const looking *l, int64_t row) {
  const row_look r = look_at(l, row, l->first, l->last);
  if (r.labels == 0 || r.numbers || has_note(l, row)) return false;
  if (r.widest * 10 >= (l->last - l->first + 1) * 6 && r.widest > 2) return false;
  for (int c = l->first; c <= l->last; c++)
    if (is_title_word(own(l, row, c))) return false;
  return true;
}

/* The last row of the head: the lowest of the first block of rows that may be head. A head that
 * merges downwards takes the rows under it along. */
static bool find_head(looking *l) {
  const int64_t last = last_row(l) < LOOKED_ROWS ? last_row(l) : LOOKED_ROWS;
  template_table *o = l->out;
  for (int64_t row = 1; row <= last; row++) {
    row_look r = look_at(l, row, l->first, l->last);
    if (!may_be_head(l, row, &r)) continue;
    /* how far merges reach down, and whether the next row holds headings of a group */
    int64_t end = row;
    for (int64_t at = row; at <= end && at < row + HEAD_ROWS_MAX; at++)
      for (size_t i = 0; i < l->m->merge_count; i++) {
        const ref_area *m = &l->m->merges[i];
        const sheet_cell *c = model_cell(l->m, m->r1, m->c1);
        if (m->r1 == at && m->r2 > end && c && c->text.bytes) end = m->r2;
      }
    for (int64_t next = end + 1; next <= last && next < row + HEAD_ROWS_MAX; next++) {
      const row_look n = look_at(l, next, l->first, l->last);
      int texts;
      if (is_blank(l, next, -1, &texts) || is_column_numbers(l, next)) break;
      bool group = false; /* a head with merges across wants the row beneath */
      for (size_t i = 0; i < l->m->merge_count; i++) {
        const ref_area *m = &l->m->merges[i];
        const sheet_cell *c = model_cell(l->m, m->r1, m->c1);
        group |= m->r2 == end && m->r1 >= row && m->c2 > m->c1 && c && c->text.bytes;
      }
      /* texts in several columns, over empty rows: a second row of headings nobody merged */
      const bool second = n.labels > 1 && !has_note(l, next) && !is_example(l, next);
      if ((!group && !second) || n.numbers || (group && !may_be_head(l, next, &n)) ||
          is_total_row(l, next))
        break;
      end = next;
    }
    if (end - row + 1 > HEAD_ROWS_MAX) return false;
    const row_look bottom = look_at(l, end, l->first, l->last);
    if (bottom.covered < 2) continue;
    o->head_first = row;
    while (o->head_first > 1 && end - o->head_first + 1 < HEAD_ROWS_MAX &&
           is_loose_group_row(l, o->head_first - 1))
      o->head_first--;
    o->head_last = end;
    return true;
  }
  return false;
}

/* ---- columns ---- */

static bool copy_squeezed(arena *a, text t, text *ret, err *e) {
  char s[512];
  const size_t n = squeeze(t, s, sizeof s);
  char *copy = arena_copy(a, s, n);
  if (!copy) return err_memory(e);
  *ret = (text){copy, n};
  return true;
}

/* The heading over a column, row by row. */
static bool read_path(looking *l, int column, template_column *c, err *e) {
  text *path = ARENA_ARRAY(l->t->a, HEAD_ROWS_MAX, text);
  if (!path) return err_memory(e);
  *c = (template_column){.column = column, .path = path};
  for (int64_t row = l->out->head_first; row <= l->out->head_last; row++) {
    const ref_area *m;
    text t = covered(l, row, column, &m), kept;
    if (m && m->r1 < row && m->r1 >= l->out->head_first) continue; /* told above */
    bool loose = false;
    if (!t.bytes && !m && row < l->out->head_last) {
      /* nobody merged the group: the text to its left may be meant for this column, too */
      for (int k = column - 1; k >= l->first && !t.bytes; k--) {
        const ref_area *left;
        t = covered(l, row, k, &left);
        if (left) {
          if (left->r2 > row || left->c2 > left->c1) t = TEXT("");
          break;
        }
      }
      loose = t.bytes > 0;
    }
    if (!t.bytes) continue;
    if (!copy_squeezed(l->t->a, t, &kept, e)) return false;
    if (!kept.bytes || (c->depth && text_equal(path[c->depth - 1], kept))) continue;
    path[c->depth++] = kept;
    c->loose_group |= loose;
  }
  /* a group alone is no heading of the column */
  if (c->loose_group && !own(l, l->out->head_last, column).bytes &&
      !covered(l, l->out->head_last, column, NULL).bytes)
    c->depth = 0;
  return true;
}

static bool read_columns(looking *l, err *e) {
  template_table *o = l->out;
  template_column *list = ARENA_ARRAY(l->t->a, (size_t)(l->last - l->first + 1), template_column);
  if (!list) return err_memory(e);
  for (int c = l->first; c <= l->last; c++) {
    const ref_area *m = model_merge(l->m, o->head_last, c);
    if (m && m->c1 < c && m->c2 > m->c1 && m->r2 >= o->head_last) {
      /* One heading over several columns of the sheet: its cells are merged beneath, too, or it
       * would not be one. */
      continue;
    }
    if (!read_path(l, c, &list[o->column_count], e)) return false;
    if (list[o->column_count].depth) o->column_count++;
  }
  o->columns = list;
  return o->column_count >= 2 ||
         err_set(e, ERR_NOT_ALLOWED, "sheet", "没有找到表头。", "No head was found.");
}

/* ---- rows to be filled ---- */

static int serial_column(const looking *l) {
  for (size_t i = 0; i < l->out->column_count; i++)
    if (is_serial_word(l->out->columns[i].path[l->out->columns[i].depth - 1]))
      return l->out->columns[i].column;
  return -1;
}

/* Whether a row belongs to the table as far as its looks go: cells of the head's columns are there.
 */
static bool is_drawn(const looking *l, int64_t row) {
  int there = 0, all = 0;
  for (size_t i = 0; i < l->out->column_count; i++) {
    const sheet_cell *c = model_cell(l->m, row, l->out->columns[i].column);
    all++;
    there += c && c->style > 0;
  }
  return there * 2 > all;
}

/* A row with its own name ("东村") in one of the first columns and nothing else. */
static int label_of(const looking *l, int64_t row, int serial) {
  int found = -1;
  for (int c = l->first; c <= l->last; c++) {
    const sheet_cell *cell = model_cell(l->m, row, c);
    if (!cell || !cell->text.bytes || cell->has_formula || (c == serial && is_number(cell->text)))
      continue;
    if (found >= 0) return -1;
    found = c;
  }
  return found >= 0 && found <= l->first + 2 ? found : -1;
}

static bool read_labels(looking *l, int serial, int64_t from, int column, int64_t *ret_last,
                        err *e) {
  template_table *o = l->out;
  struct template_label *list = ARENA_ARRAY(l->t->a, LABELS_MAX, struct template_label);
  if (!list) return err_memory(e);
  size_t n = 0;
  *ret_last = from - 1;
  for (int64_t row = from; row <= last_row(l) && n < LABELS_MAX; row++) {
    const text t = own(l, row, column);
    if (label_of(l, row, serial) != column || is_note_word(t)) {
      if (is_total_row(l, row)) continue;
      break;
    }
    *ret_last = row;
    if (!is_total_word(t)) list[n++] = (struct template_label){row, t};
  }
  o->labels = list;
  o->label_count = n;
  o->label_column = column;
  return true;
}

static bool tall_merge(const looking *l, int64_t first, int64_t last, int64_t *ret_row) {
  for (size_t i = 0; i < l->m->merge_count; i++) {
    const ref_area *m = &l->m->merges[i];
    if (m->r1 == m->r2 || m->r2 < first || m->r1 > last) continue;
    if (m->r1 <= first && m->r2 >= last) continue; /* a label beside the whole */
    *ret_row = m->r1;
    return true;
  }
  return false;
}

static bool find_rows(looking *l, err *e) {
  template_table *o = l->out;
  const int serial = serial_column(l);
  int64_t row = o->head_last + 1, bad;
  o->label_column = -1;
  while (row <= last_row(l) &&
         (is_column_numbers(l, row) || is_example(l, row) ||
          (is_total_row(l, row) && row + 1 <= last_row(l) &&
           (is_blank(l, row + 1, serial, NULL) ? is_drawn(l, row + 1)
                                               : label_of(l, row + 1, serial) >= 0))))
    row++;
  o->data_first = row;
  o->data_last = row - 1;
  const int label = row <= last_row(l) && !has_note(l, row) && !is_total_row(l, row)
                        ? label_of(l, row, serial)
                        : -1;
  if (label >= 0) return read_labels(l, serial, row, label, &o->data_last, e);
  if (row <= last_row(l) && !is_blank(l, row, serial, NULL) && !has_note(l, row) &&
      !is_total_row(l, row))
    return err_set(e, ERR_NOT_ALLOWED, "sheet",
                   "第 %lld 行已经有内容，分不清是例子还是数据。请删去它，只留空行，再上传。",
                   "Row %lld is filled in already, as an example or with data; delete it, leave "
                   "empty rows, and upload it again.",
                   (long long)row);
  const bool drawn = is_drawn(l, row);
  for (; row <= last_row(l) && is_blank(l, row, serial, NULL); row++) {
    if (drawn && !is_drawn(l, row)) break;
    o->data_last = row;
  }
  o->open_ended = rows_are_blank_below(l, o->data_last);
  if (!drawn && o->open_ended) o->data_last = o->data_first - 1; /* rows without looks are none */
  if (!tall_merge(l, o->data_first, o->data_last, &bad)) return true;
  return err_set(e, ERR_NOT_ALLOWED, "sheet",
                 "第 %lld 行起有跨行的合并单元格，一行填不成一条。请取消空白行里的合并，再上传。",
                 "From row %lld on cells are merged over several rows, so a row is not one entry; "
                 "undo the merges in the empty rows.",
                 (long long)bad);
}

static void read_looks(looking *l) {
  template_column *list = (template_column *)l->out->columns;
  const int64_t row = l->out->label_count ? l->out->labels[0].row : l->out->data_first;
  for (size_t i = 0; i < l->out->column_count; i++) {
    const sheet_cell *c = model_cell(l->m, row, list[i].column);
    if (!c) continue;
    if (c->style >= 0 && (size_t)c->style < l->t->format_count)
      list[i].format = l->t->formats[c->style];
    for (int64_t r = l->out->data_first; r <= l->out->data_last && !list[i].computed; r++)
      list[i].computed = has_formula(l, r, list[i].column);
  }
}

/* ---- above and to be drawn ---- */

/* "单位：万元": of sums; "单位：东镇" is who fills it in. */
static bool read_unit(looking *l, text t, err *e) {
  static const char *const sums[] = {"亿元", "万元", "千元", "百元", "元", NULL};
  char s[256];
  squeeze(t, s, sizeof s);
  const char *at = strstr(s, "单位:");
  if (!at) return true;
  at += strlen("单位:");
  for (const char *const *u = sums; *u; u++)
    if (strncmp(at, *u, strlen(*u)) == 0 && !l->out->unit.bytes) {
      const char after = at[strlen(*u)];
      if (after && !strchr(",)", after) && (unsigned char)after < 128) continue;
      return copy_squeezed(l->t->a, text_of(*u), &l->out->unit, e);
    }
  return true;
}

static bool read_above(looking *l, err *e) {
  int widest = 0;
  l->out->title = l->out->unit = TEXT("");
  for (int64_t row = 1; row < l->out->head_first; row++)
    for (int c = l->first; c <= l->last; c++) {
      const text t = own(l, row, c);
      if (!t.bytes) continue;
      const ref_area *m = model_merge(l->m, row, c);
      const int wide = m ? m->c2 - m->c1 + 1 : 1;
      if (wide > widest && !is_note_word(t)) {
        widest = wide;
        l->out->title = t;
      }
      if (!read_unit(l, t, e)) return false;
    }
  return true;
}

static bool read_drawn(looking *l, err *e) {
  template_table *o = l->out;
  template_drawn *list = ARENA_ARRAY(l->t->a, DRAWN_MAX, template_drawn);
  if (!list) return err_memory(e);
  for (size_t i = 0; i < l->m->cell_count && o->drawn_count < DRAWN_MAX; i++) {
    const sheet_cell *c = &l->m->cells[i];
    if (c->row > o->head_last) break;
    if (!c->text.bytes || c->column < l->first || c->column > l->last) continue;
    const ref_area *m = model_merge(l->m, c->row, c->column);
    if (m && (m->r1 != c->row || m->c1 != c->column)) continue;
    const int wide = m ? (m->c2 < l->last ? m->c2 : l->last) - c->column + 1 : 1;
    const int64_t high = m ? (m->r2 < o->head_last ? m->r2 : o->head_last) - c->row + 1 : 1;
    list[o->drawn_count++] = (template_drawn){c->row, c->column, (int)high, wide, c->text};
  }
  o->drawn = list;
  return true;
}

static bool no_head(err *e) {
  return err_set(e, ERR_NOT_ALLOWED, "sheet",
                 "没有找到表头：要有一行（或几行）写着各列的名称，下面是空行。",
                 "No head was found: a row, or several, with the headings of the columns, and "
                 "empty rows beneath.");
}

static bool read_one(template *t, size_t sheet, template_table *ret, err *e) {
  looking l = {.t = t, .m = &t->model, .out = ret};
  *ret = (template_table){.sheet = sheet, .label_column = -1};
  if (!template_model(t, sheet, e)) return false;
  if (!find_width(&l) || !find_head(&l)) return no_head(e);
  if (!read_columns(&l, e) || !find_rows(&l, e) || !read_above(&l, e) || !read_drawn(&l, e))
    return false;
  read_looks(&l);
  return true;
}

bool template_read(template *t, size_t sheet, template_table *ret, err *e) {
  template_table found;
  err why;
  if (sheet != SIZE_MAX) {
    if (sheet >= t->book->sheet_count)
      return err_set(e, ERR_UNKNOWN_NAME, "sheet", "文件里没有这张工作表。",
                     "The workbook has no such sheet.");
    if (!read_one(t, sheet, &found, e)) return false;
    *ret = found;
    return true;
  }
  for (size_t i = 0; i < t->book->sheet_count; i++) {
    if (read_one(t, i, &found, &why)) {
      *ret = found;
      return true;
    }
    if (why.code != ERR_NOT_ALLOWED || i + 1 == t->book->sheet_count) {
      *e = why;
      return false;
    }
  }
  return no_head(e);
}
