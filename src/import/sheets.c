/* Which sheet of a file somebody chose. */
#include "import/roster.h"

size_t roster_chosen_sheet(const roster *r) {
  const text wanted = text_of(r->file->sheet);
  int64_t n;
  for (size_t i = 0; i < r->sheet_count; i++)
    if (text_equal(r->sheets[i].name, wanted)) return i;
  if (text_to_int(wanted, &n) && n >= 1 && (uint64_t)n <= r->sheet_count) return (size_t)n - 1;
  return r->sheet_count;
}

bool roster_wants_sheet(const roster *r, size_t sheet) {
  const bool chosen = r->file->sheet && r->file->sheet[0];
  return !chosen || roster_chosen_sheet(r) == sheet;
}
