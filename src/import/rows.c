/* How each pass over the file reads it. */
#include "import/roster.h"

table_reader *roster_open(const roster *r, err *e) {
  return table_open(r->file->path, NULL, e);
}

bool roster_find_header(roster *r, table_reader *t, err *e) {
  return header_row_find(t, r->layout, r->pack, r->a, &r->header, e);
}

int roster_next(roster *r, table_reader *t, arena *a, table_row *row, err *e) {
  (void)r;
  arena_clear(a);
  return table_next(t, row, e);
}
