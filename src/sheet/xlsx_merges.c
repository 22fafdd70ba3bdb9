/* XLSX: merged cells. They stand behind the rows they are about, so a sheet is looked through for
 * them before it is read: inflated, and not parsed up to the end of its rows. */
#include "sheet/xlsx_internal.h"

#include <stdlib.h>

enum { CARRIED = 64, TAIL_MAX_BYTES = 16 << 20 };

/* ---- behind the rows ---- */

/* Whether the element that begins at *at has this name, with whatever prefix. */
static bool is_element(const char *at, const char *end, const char *name) {
  const char *from = ++at;
  while (at < end && *at != ' ' && *at != '>' && *at != '/' && *at != '\n' && *at != '\r' &&
         *at != '\t') {
    if (*at == ':') from = at + 1;
    at++;
  }
  return at < end && text_is((text){from, (size_t)(at - from)}, name);
}

/* Where "</sheetData>" or "<sheetData/>" begins; NULL: not here. */
static const char *end_of_rows(const char *at, size_t bytes) {
  static const char name[] = "sheetData";
  const char *end = at + bytes;
  for (const char *found; (found = memmem(at, (size_t)(end - at), name, sizeof name - 1));
       at = found + 1) {
    const char *after = found + sizeof name - 1, *open = found;
    while (open > end - bytes && open[-1] != '<' && found - open < CARRIED / 2) open--;
    if (open == end - bytes || open[-1] != '<') continue;
    if (*open == '/' || (after + 1 < end && after[0] == '/' && after[1] == '>')) return open - 1;
  }
  return NULL;
}

/* "B12" */
static bool read_place(const char **at, size_t *ret_column, int64_t *ret_row) {
  size_t column = 0;
  int64_t row = 0;
  const char *c = *at;
  for (; *c >= 'A' && *c <= 'Z' && column <= 16384; c++)
    column = column * 26 + (size_t)(*c - 'A' + 1);
  for (; *c >= '0' && *c <= '9' && row <= 10000000; c++) row = row * 10 + (*c - '0');
  *at = c;
  *ret_column = column - 1;
  *ret_row = row;
  return column > 0 && column <= 16384 && row > 0 && row <= 10000000;
}

static bool add_merge(xlsx *x, const char *range) {
  size_t first, last;
  xlsx_merge m;
  if (!read_place(&range, &first, &m.from) || *range++ != ':' ||
      !read_place(&range, &last, &m.to) || m.to < m.from || last < first)
    return xlsx_damaged(x);
  if (m.to == m.from || first >= TABLE_COLUMNS_MAX) return true;
  if (x->merge_count == TABLE_MERGES_MAX)
    return xlsx_fault(x, ERR_TOO_LARGE,
                      (label){"合并的单元格太多，请取消合并，或把表复制到新文件再导入。",
                              "Too many merged cells; unmerge them, or copy the table to a new "
                              "file."});
  if (x->merge_count == x->merge_room) {
    size_t room = x->merge_room ? 2 * x->merge_room : 64;
    xlsx_merge *more = realloc(x->merges, room * sizeof *more);
    if (!more) return xlsx_no_memory(x);
    x->merges = more;
    x->merge_room = room;
  }
  m.column = first;
  x->merges[x->merge_count++] = m;
  return true;
}

/* The attribute "ref" of an element that begins there. */
static bool read_merge(xlsx *x, const char *at, const char *end) {
  const char *close = memchr(at, '>', (size_t)(end - at));
  char range[40];
  if (!close) return true;
  const char *ref = memmem(at, (size_t)(close - at), " ref=", 5);
  const char *quote = ref ? memchr(ref + 6, ref[5], (size_t)(close - ref - 6)) : NULL;
  if (!quote || (size_t)(quote - ref - 6) >= sizeof range) return xlsx_damaged(x);
  memcpy(range, ref + 6, (size_t)(quote - ref - 6));
  range[quote - ref - 6] = 0;
  return !strchr(range, ':') || add_merge(x, range);
}

static bool read_tail(xlsx *x, const buf *tail) {
  const char *at = tail->at, *end = tail->at + tail->bytes;
  bool ok = true;
  for (const char *open; ok && at && (open = memchr(at, '<', (size_t)(end - at))); at = open + 1)
    if (is_element(open, end, "mergeCell")) ok = read_merge(x, open, end);
  return ok;
}

/* One piece more: what is behind the rows goes to *tail; of what is not, enough is kept to find the
 * end of the rows that lies between two pieces. */
static bool look_through(xlsx *x, buf *tail, bool *is_behind) {
  char piece[CARRIED + XLSX_PIECE];
  size_t kept = 0;
  for (zip_int64_t got; (got = zip_fread(x->part, piece + kept, XLSX_PIECE)) != 0;) {
    if (got < 0) return xlsx_damaged(x);
    if (!xlsx_within_limits(x, got)) { /* the reading itself will come to it, and say so */
      x->fault = (err){0};
      *is_behind = false;
      return true;
    }
    size_t all = kept + (size_t)got;
    const char *from = *is_behind ? piece : end_of_rows(piece, all);
    *is_behind = from != NULL;
    kept = 0;
    if (from) {
      buf_add(tail, from, all - (size_t)(from - piece));
      if (tail->bytes > TAIL_MAX_BYTES) return xlsx_damaged(x);
    } else {
      kept = all < CARRIED ? all : CARRIED;
      memmove(piece, piece + all - kept, kept);
    }
  }
  return buf_ok(tail) || xlsx_no_memory(x);
}

static int by_row(const void *a, const void *b) {
  const xlsx_merge *x = a, *y = b;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  return x->column < y->column ? -1 : x->column > y->column;
}

bool xlsx_read_merges(xlsx *x, const char *path) {
  AUTO_BUF buf tail = {0};
  bool there = false, is_behind = false;
  if (x->merges_of == x->sheet) return true;
  x->merge_count = 0;
  const int64_t inflated = x->inflated; /* the same bytes come once more */
  bool ok = xlsx_open_part(x, path, &there) && (!there || look_through(x, &tail, &is_behind)) &&
            (!is_behind || read_tail(x, &tail));
  xlsx_end_part(x);
  x->inflated = inflated;
  if (!ok) return false;
  if (x->merge_count) qsort(x->merges, x->merge_count, sizeof *x->merges, by_row);
  if (x->merge_count && !x->merged) x->merged = calloc(TABLE_COLUMNS_MAX, sizeof *x->merged);
  if (x->merge_count && !x->merged) return xlsx_no_memory(x);
  x->merges_of = x->sheet;
  return true;
}

/* ---- the rows ---- */

void xlsx_begin_merges(xlsx *x) {
  for (size_t i = 0; i < x->open_count; i++) x->merged[x->open[i]].to = 0;
  x->open_count = x->merge = 0;
}

static bool overlap(xlsx *x, const xlsx_merge *m, const xlsx_merged *other) {
  char column[4] = "";
  size_t n = 0, rest = m->column + 1;
  char back[4];
  for (; rest && n < 3; rest = (rest - 1) / 26) back[n++] = (char)('A' + (rest - 1) % 26);
  for (size_t i = 0; i < n; i++) column[i] = back[n - 1 - i];
  return err_set(
      &x->fault, ERR_BAD_FILE, "file",
      "合并的单元格互相重叠（%1$s%2$lld:%1$s%3$lld 和 %1$s%4$lld:%1$s%5$lld），文件已损坏。"
      "请用 Excel 或 WPS 打开，取消这些合并，另存为 .xlsx。",
      "Merged cells overlap (%1$s%2$lld:%1$s%3$lld and %1$s%4$lld:%1$s%5$lld); the file "
      "is damaged. Unmerge them in a spreadsheet program and save it as .xlsx.",
      column, (long long)other->from, (long long)other->to, (long long)m->from, (long long)m->to);
}

/* Those that begin in this row, or in one above that has no text. */
static bool begin_merged(xlsx *x) {
  for (; x->merge < x->merge_count && x->merges[x->merge].from <= x->row_number; x->merge++) {
    const xlsx_merge *m = &x->merges[x->merge];
    xlsx_merged *to = &x->merged[m->column];
    if (to->to >= m->from) return overlap(x, m, to);
    if (to->to == 0) x->open[x->open_count++] = (unsigned short)m->column;
    to->from = m->from;
    to->to = m->to;
    to->cell = (table_cell){.as_day = DAY_NONE};
    buf_clear(&to->text);
    if (m->from < x->row_number) continue;
    text t = row_text(&x->row, m->column);
    if (t.bytes) to->cell = x->row.spans[m->column].cell;
    buf_text(&to->text, t);
    if (!buf_ok(&to->text)) return xlsx_no_memory(x);
  }
  return true;
}

bool xlsx_fill_merged(xlsx *x) {
  err e;
  for (size_t i = 0; i < x->open_count;) {
    const size_t column = x->open[i];
    xlsx_merged *from = &x->merged[column];
    if (from->to < x->row_number) {
      from->to = 0;
      x->open[i] = x->open[--x->open_count];
      continue;
    }
    i++;
    if (!from->text.bytes || row_text(&x->row, column).bytes) continue;
    table_cell cell = from->cell;
    cell.text = buf_view(&from->text);
    cell.merged = true;
    if (!row_set(&x->row, x->row_number, column, cell, true, &e)) return x->fault = e, false;
  }
  return begin_merged(x);
}

void xlsx_release_merges(xlsx *x) {
  for (size_t i = 0; x->merged && i < TABLE_COLUMNS_MAX; i++) buf_release(&x->merged[i].text);
  free(x->merged);
  free(x->merges);
}
