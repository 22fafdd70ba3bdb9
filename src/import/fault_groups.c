/* Faults of a file by kind: the column and the sentence, with the values that have it. */
#include "import/roster.h"

#include <stdlib.h>

enum { GROUPS_MAX = 200, VALUES_MAX = 50, ROWS_SHOWN = 5, VALUE_POINTS = 120 };

typedef struct fault_value {
  text cell;
  int64_t cells, rows[ROWS_SHOWN];
} fault_value;

struct fault_group {
  text column; /* its heading; "" for a row as a whole */
  label says;  /* of the first one */
  int64_t cells;
  fault_value *values;
  size_t value_count, value_room;
};

text fault_heading(const roster *r, text column) {
  static const column_use areas[] = {USE_AREA_CODE, USE_VILLAGE, USE_TOWN};
  for (size_t c = 0; c < r->header.count; c++)
    if (text_equal(r->header.columns[c].header, column)) return column;
  for (size_t u = 0; text_is(column, "区域") && u < 3; u++)
    for (size_t c = 0; c < r->header.count; c++)
      if (r->header.columns[c].use == areas[u]) return r->header.columns[c].header;
  return TEXT("");
}

/* Column and sentence, with every number in it alike: "row 7" and "row 12" are one kind. */
static void group_key(buf *b, text column, const char *sentence) {
  buf_text(b, column);
  buf_char(b, '\x1f');
  for (bool before = false; *sentence; sentence++) {
    const bool digit = *sentence >= '0' && *sentence <= '9';
    if (!digit || !before) buf_char(b, digit ? '#' : *sentence);
    before = digit;
  }
}

static fault_group *group_of(roster *r, text column, const err *why) {
  AUTO_BUF buf key = {0};
  group_key(&key, column, why->zh);
  if (!buf_ok(&key)) arena_fail(r->a);
  if (!buf_ok(&key) || (!r->group_keys.slots && !seen_init(r->a, &r->group_keys))) return NULL;
  seen_key *seen = seen_find(&r->group_keys, buf_view(&key));
  if (seen) return &r->groups[seen->row];
  if (r->group_count == GROUPS_MAX) return NULL;
  if (!r->groups) r->groups = ARENA_ARRAY(r->a, GROUPS_MAX, fault_group);
  const char *heading = arena_copy(r->a, column.at, column.bytes);
  const label says = {arena_text(r->a, why->zh), arena_text(r->a, why->en)};
  if (!r->groups || !heading || !says.zh || !says.en ||
      !seen_add(r->a, &r->group_keys, buf_view(&key), (int64_t)r->group_count, 0))
    return NULL;
  r->groups[r->group_count] = (fault_group){.column = {heading, column.bytes}, .says = says};
  return &r->groups[r->group_count++];
}

/* NULL: there are too many. */
static fault_value *value_of(roster *r, fault_group *g, text cell) {
  for (size_t i = 0; i < g->value_count; i++)
    if (text_equal(g->values[i].cell, cell)) return &g->values[i];
  if (g->value_count == VALUES_MAX) return NULL;
  fault_value *more = ARENA_GROW(r->a, g->values, g->value_count, &g->value_room, fault_value);
  const char *kept = arena_copy(r->a, cell.at, cell.bytes);
  if (!more || !kept) return NULL;
  g->values = more;
  g->values[g->value_count] = (fault_value){.cell = {kept, cell.bytes}};
  return &g->values[g->value_count++];
}

void fault_groups_add(roster *r, int64_t row, text column, text cell, const err *why) {
  if (r->row != row) return; /* of the first passes, after which rows are read again */
  const text heading = fault_heading(r, column);
  if (r->on_fault) r->on_fault(r, row, heading, why);
  fault_group *g = group_of(r, heading, why);
  if (!g) return; /* told one by one; out of memory the arena knows */
  g->cells++;
  cell = text_trim(cell);
  fault_value *v = value_of(r, g, text_cut(cell, VALUE_POINTS));
  if (!v) return;
  if (v->cells < ROWS_SHOWN) v->rows[v->cells] = row;
  v->cells++;
}

static int by_cells(const void *x, const void *y) {
  const int64_t a = ((const fault_group *)x)->cells, b = ((const fault_group *)y)->cells;
  return a < b ? 1 : a > b ? -1 : 0;
}

void fault_groups_put(roster *r, json_out *w) {
  if (r->groups) qsort(r->groups, r->group_count, sizeof *r->groups, by_cells);
  json_field_open(w, "fault_groups", '[');
  for (size_t i = 0; i < r->group_count; i++) {
    const fault_group *g = &r->groups[i];
    json_open(w, '{');
    json_field_text(w, "column", g->column);
    json_field_str(w, "to", roster_target_of(r, g->column));
    json_field_str(w, "zh", g->says.zh);
    json_field_str(w, "en", g->says.en);
    json_field_int(w, "cells", g->cells);
    json_field_open(w, "values", '[');
    for (size_t k = 0; k < g->value_count; k++) {
      json_open(w, '{');
      json_field_text(w, "value", g->values[k].cell);
      json_field_int(w, "cells", g->values[k].cells);
      json_field_text(w, "sheet", roster_sheet_of(r, g->values[k].rows[0]));
      json_field_open(w, "rows", '[');
      for (int64_t n = 0; n < g->values[k].cells && n < ROWS_SHOWN; n++)
        json_put_int(w, roster_row_in_sheet(g->values[k].rows[n]));
      json_close(w, ']');
      json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
  }
  json_close(w, ']');
}
