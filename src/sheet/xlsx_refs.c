#include "sheet/xlsx_refs.h"

enum { COLUMNS = 16384, ROWS = 1048576 };

/* One end of a reference: "$A$1", "A" of "A:C", "5" of "5:9". */
typedef struct end_ref {
  bool column_fixed, row_fixed;
  int column;  /* -1: none */
  int64_t row; /* 0: none */
} end_ref;

static bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* What a name may hold; bytes over 127 are letters of other scripts. */
static bool in_name(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '\\' || c == '?' ||
         (unsigned char)c > 127;
}

/* Bytes of an end at the beginning of t; 0: there is none. */
static size_t read_end(text t, end_ref *ret) {
  size_t i = 0, digits;
  int column = 0;
  int64_t row = 0;
  *ret = (end_ref){.column = -1};
  bool fixed = i < t.bytes && t.at[i] == '$';
  i += fixed;
  const size_t letters = i;
  for (; i < t.bytes && is_letter(t.at[i]) && column <= COLUMNS; i++)
    column = column * 26 + ((t.at[i] & ~0x20) - 'A' + 1);
  if (i > letters) {
    if (column > COLUMNS) return 0;
    ret->column = column - 1;
    ret->column_fixed = fixed;
    fixed = i < t.bytes && t.at[i] == '$';
    i += fixed;
  }
  digits = i;
  for (; i < t.bytes && is_digit(t.at[i]) && row <= ROWS; i++) row = row * 10 + (t.at[i] - '0');
  if (row > ROWS) return 0;
  if (i == digits) return fixed || ret->column < 0 ? 0 : i;
  if (row == 0) return 0;
  ret->row = row;
  ret->row_fixed = fixed;
  return i;
}

static void put_end(buf *b, const end_ref *r) {
  if (r->column >= 0) {
    if (r->column_fixed) buf_char(b, '$');
    ref_put_column(b, r->column);
  }
  if (r->row) {
    if (r->row_fixed) buf_char(b, '$');
    buf_int(b, r->row);
  }
}

void ref_put_column(buf *b, int column) {
  char letters[4];
  int n = 0;
  for (column++; column > 0; column = (column - 1) / 26)
    letters[n++] = (char)('A' + (column - 1) % 26);
  while (n > 0) buf_char(b, letters[--n]);
}

void ref_put_cell(buf *b, int column, int64_t row) {
  ref_put_column(b, column);
  buf_int(b, row);
}

bool ref_cell(text t, int *ret_column, int64_t *ret_row) {
  end_ref r;
  if (read_end(t, &r) != t.bytes || r.column < 0 || !r.row) return false;
  *ret_column = r.column;
  *ret_row = r.row;
  return true;
}

bool ref_parse(text t, ref_area *ret) {
  const char *colon = memchr(t.at, ':', t.bytes);
  ref_area a;
  const text first = {t.at, colon ? (size_t)(colon - t.at) : t.bytes};
  if (!ref_cell(first, &a.c1, &a.r1)) return false;
  a.c2 = a.c1;
  a.r2 = a.r1;
  if (colon && !ref_cell((text){colon + 1, t.bytes - first.bytes - 1}, &a.c2, &a.r2)) return false;
  if (a.c2 < a.c1 || a.r2 < a.r1) return false;
  *ret = a;
  return true;
}

/* ---- walking through a formula ---- */

typedef struct walk {
  buf *b;
  text sheet;
  bool here;              /* a reference without a sheet is one of `sheet` */
  const row_shift *shift; /* NULL: a copy */
  int64_t rows;
  int columns;
  bool names, fails;
} walk;

int64_t ref_shift_row(int64_t row, const row_shift *s) {
  return row >= s->at ? row + s->by : row;
}

static int64_t shift_last(int64_t row, const row_shift *s) {
  return row >= s->at || (s->grows && row == s->at - 1) ? row + s->by : row;
}

static void move_copy(const walk *w, end_ref *r) {
  if (r->row && !r->row_fixed) r->row += w->rows;
  if (r->column >= 0 && !r->column_fixed) r->column += w->columns;
}

/* A range that grows is one: "A5" alone is the cell that it is. */
static void put_reference(const walk *w, end_ref a, end_ref z, bool range, bool ours) {
  if (!w->shift) {
    move_copy(w, &a);
    move_copy(w, &z);
    if (a.row < 0 || a.row > ROWS || z.row > ROWS || a.column >= COLUMNS || z.column >= COLUMNS ||
        (a.row == 0 && a.column < 0)) {
      buf_str(w->b, "#REF!");
      return;
    }
  } else if (ours) {
    if (a.row) a.row = ref_shift_row(a.row, w->shift);
    if (z.row) z.row = shift_last(z.row, w->shift);
  }
  put_end(w->b, &a);
  if (!range) return;
  buf_char(w->b, ':');
  put_end(w->b, &z);
}

/* Behind a quoted piece; a doubled quote is one of its characters. */
static size_t quoted_end(text t, size_t at) {
  const char quote = t.at[at];
  for (at++; at < t.bytes; at++)
    if (t.at[at] == quote) {
      if (at + 1 < t.bytes && t.at[at + 1] == quote)
        at++;
      else
        return at + 1;
    }
  return t.bytes;
}

/* Whether what stands before the "!" is the sheet: quoted or not. */
static bool is_sheet(text written, text sheet) {
  size_t k = 0;
  if (!written.bytes) return false;
  if (written.at[0] != '\'') return text_equal(written, sheet);
  for (size_t i = 1; i + 1 < written.bytes; i++, k++) {
    if (written.at[i] == '\'') i++;
    if (k >= sheet.bytes || written.at[i] != sheet.at[k]) return false;
  }
  return k == sheet.bytes;
}

/* A reference at `at`, which nothing joins to a name; 0: there is none. */
static size_t take_reference(const walk *w, text f, size_t at, bool ours) {
  end_ref a, z;
  const text rest = {f.at + at, f.bytes - at};
  const size_t first = read_end(rest, &a);
  size_t all = first;
  bool range = false;
  if (!first) return 0;
  z = a;
  if (first < rest.bytes && rest.at[first] == ':') {
    const size_t more = read_end((text){rest.at + first + 1, rest.bytes - first - 1}, &z);
    if (more && (a.row > 0) == (z.row > 0) && (a.column >= 0) == (z.column >= 0)) {
      range = true;
      all = first + 1 + more;
    }
  }
  if (!range && (!a.row || a.column < 0)) return 0; /* a name, a number */
  if (all < rest.bytes && (in_name(rest.at[all]) || rest.at[all] == '(' || rest.at[all] == '!'))
    return 0;
  if (!range) z = a;
  put_reference(w, a, z, range, ours);
  return all;
}

static size_t name_end(text f, size_t at) {
  while (at < f.bytes && (in_name(f.at[at]) || f.at[at] == '$')) at++;
  return at;
}

/* The brackets of a structured reference or of another workbook. */
static size_t bracket_end(text f, size_t at) {
  int depth = 0;
  for (; at < f.bytes; at++) {
    if (f.at[at] == '[') depth++;
    if (f.at[at] == ']' && --depth == 0) return at + 1;
  }
  return f.bytes;
}

static void walk_formula(walk *w, text f) {
  bool ours = w->here, foreign = false;
  for (size_t at = 0; at < f.bytes;) {
    const char c = f.at[at];
    size_t end = at + 1, got;
    if (c == '"') {
      end = quoted_end(f, at);
    } else if (c == '[') {
      end = bracket_end(f, at);
      foreign = end < f.bytes && (in_name(f.at[end]) || f.at[end] == '\'');
    } else if (c == '\'' || in_name(c) || c == '$') {
      end = c == '\'' ? quoted_end(f, at) : name_end(f, at);
      const text word = {f.at + at, end - at};
      if (end < f.bytes && f.at[end] == '!') {
        ours = !foreign && is_sheet(word, w->sheet);
        w->names |= ours;
        w->fails |= memchr(word.at, ':', word.bytes) != NULL;
        foreign = false;
        buf_add(w->b, f.at + at, end + 1 - at);
        at = end + 1;
        got = at < f.bytes ? take_reference(w, f, at, ours) : 0;
        at += got;
        ours = w->here;
        continue;
      }
      if (end < f.bytes && f.at[end] == ':' && c != '\'') { /* Sheet1:Sheet3!A1 */
        const size_t next = name_end(f, end + 1);
        w->fails |= next < f.bytes && f.at[next] == '!';
      }
      got = c == '\'' ? 0 : take_reference(w, f, at, ours);
      if (got) {
        at += got;
        continue;
      }
    }
    buf_add(w->b, f.at + at, end - at);
    at = end;
  }
}

bool ref_shift_formula(buf *b, text formula, text sheet, bool here, const row_shift *s) {
  walk w = {.b = b, .sheet = sheet, .here = here, .shift = s};
  walk_formula(&w, formula);
  return !w.fails;
}

void ref_copy_formula(buf *b, text formula, int64_t rows, int columns) {
  walk w = {.b = b, .here = true, .sheet = TEXT(""), .rows = rows, .columns = columns};
  walk_formula(&w, formula);
}

bool ref_names_sheet(text formula, text sheet) {
  AUTO_BUF buf ignored = {0};
  const row_shift none = {.at = ROWS + 1};
  walk w = {.b = &ignored, .sheet = sheet, .shift = &none};
  walk_formula(&w, formula);
  return w.names || w.fails;
}

void ref_shift_list(buf *b, text list, const row_shift *s) {
  text word;
  bool first = true;
  while (text_next_word(&list, &word)) {
    ref_area a;
    if (!word.bytes) continue;
    if (!first) buf_char(b, ' ');
    first = false;
    if (!ref_parse(word, &a)) { /* whole columns stay; whole rows are seldom, and stay, too */
      for (size_t i = 0; i < word.bytes; i++)
        if (word.at[i] == '"') /* it stood in single quotes */
          buf_str(b, "&quot;");
        else
          buf_char(b, word.at[i]);
      continue;
    }
    a.r1 = ref_shift_row(a.r1, s);
    a.r2 = shift_last(a.r2, s);
    ref_put_cell(b, a.c1, a.r1);
    if (a.c1 == a.c2 && a.r1 == a.r2 && !memchr(word.at, ':', word.bytes)) continue;
    buf_char(b, ':');
    ref_put_cell(b, a.c2, a.r2);
  }
}
