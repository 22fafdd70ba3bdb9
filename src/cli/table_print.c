/* A table for people on a terminal. */
#include "cli/table_print.h"

#include "base/text.h"

#include <stdio.h>
#include <unicode/uchar.h>

static size_t width_of_point(UChar32 c) {
  int8_t type = u_charType(c);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) return 0;
  int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

size_t terminal_width(const char *s) {
  text t = text_of(s);
  size_t at = 0, width = 0;
  for (int32_t c; (c = text_next(t, &at)) >= 0;) width += width_of_point(c);
  return width;
}

table_print table_print_new(arena *a, size_t columns, const char *const *heads, const char *sides) {
  table_print t = {.a = a, .columns = columns};
  for (size_t i = 0; i < columns; i++) t.right[i] = sides[i] == 'r';
  t.cells = arena_take(a, columns * sizeof *t.cells);
  t.failed = !t.cells;
  for (size_t i = 0; i < columns && t.cells; i++) t.cells[i] = heads[i];
  t.count = t.room = columns;
  return t;
}

void table_print_cell(table_print *t, const char *s) {
  const char **cells =
      t->failed ? NULL : ARENA_GROW(t->a, t->cells, t->count, &t->room, const char *);
  t->failed |= !cells || !s;
  if (t->failed) return;
  t->cells = cells;
  t->cells[t->count++] = s;
}

void table_print_number(table_print *t, int64_t n) {
  table_print_cell(t, arena_printf(t->a, "%lld", (long long)n));
}

bool table_print_out(const table_print *t, err *e) {
  size_t wide[TABLE_PRINT_COLUMNS] = {0};
  if (t->failed) return err_memory(e);
  for (size_t i = 0; i < t->count; i++) {
    size_t w = terminal_width(t->cells[i]);
    if (w > wide[i % t->columns]) wide[i % t->columns] = w;
  }
  for (size_t i = 0; i < t->count; i++) {
    size_t c = i % t->columns, gap = wide[c] - terminal_width(t->cells[i]);
    bool last = c + 1 == t->columns;
    if (t->right[c]) printf("%*s", (int)gap, "");
    fputs(t->cells[i], stdout);
    if (!t->right[c] && !last) printf("%*s", (int)gap, "");
    fputs(last ? "\n" : "  ", stdout);
  }
  return true;
}
