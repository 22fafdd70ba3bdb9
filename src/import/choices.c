#include "import/choices.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY_ROOM = 1024, VALUE_BYTES_MAX = 600, REFUSED_MAX = 100000 };

/* A value's cells stand under row 0. False: too long for any that is mended. */
static bool key_of(text sheet, int64_t row, text heading, text cell, char room[KEY_ROOM],
                   text *ret) {
  if (row) cell = TEXT("");
  if (!row) sheet = TEXT("");
  int n = snprintf(room, KEY_ROOM, "%" PRId64 "\x1f%.*s\x1f%.*s\x1f%.*s", row, (int)sheet.bytes,
                   sheet.at, (int)heading.bytes, heading.at, (int)cell.bytes, cell.at);
  *ret = (text){room, (size_t)n};
  return n > 0 && n < KEY_ROOM;
}

static int by_key(const void *x, const void *y) {
  const text *a = &((const mended_cell *)x)->key, *b = &((const mended_cell *)y)->key;
  int order = memcmp(a->at, b->at, a->bytes < b->bytes ? a->bytes : b->bytes);
  return order ? order : a->bytes < b->bytes ? -1 : a->bytes > b->bytes;
}

static bool bad(const char *member, err *e) {
  return err_set(e, ERR_BAD_INPUT, member, "选择的内容写法不对，请刷新页面再试。",
                 "This choice is not written as it should be; load the page anew.");
}

static bool add_mended(arena *a, import_choices *x, const json *item, bool one, err *e) {
  const char *member = one ? "cells" : "values";
  char room[KEY_ROOM];
  text key, column = json_text(item, "column"), value = json_text(item, "value"),
            to = json_text(item, "to");
  int64_t row = 0;
  if (!column.bytes || !json_has(item, "to") || (one && !json_int(item, "row", &row)) ||
      (one && row < 1) || to.bytes > VALUE_BYTES_MAX ||
      !key_of(json_text(item, "sheet"), row, column, value, room, &key))
    return bad(member, e);
  char *kept = arena_copy(a, key.at, key.bytes);
  if (!kept) return err_memory(e);
  x->mended[x->mended_count++] = (mended_cell){{kept, key.bytes}, to};
  if (!import_choices_mends(x, column)) x->mended_columns[x->mended_column_count++] = column;
  return true;
}

static bool read_mended(arena *a, const json *body, import_choices *x, err *e) {
  const json *values = json_get(body, "values"), *cells = json_get(body, "cells");
  if (values && values->type != JSON_LIST) return bad("values", e);
  if (cells && cells->type != JSON_LIST) return bad("cells", e);
  const size_t n = (values ? values->count : 0) + (cells ? cells->count : 0);
  if (n > CHOICES_MENDED_MAX)
    return err_set(e, ERR_TOO_LARGE, "cells",
                   "在页面上最多改 %d 处，更多的请下载带原因的表，改好再导入。",
                   "At most %d cells are mended here; for more, download the sheet with the "
                   "reasons, correct it and import it again.",
                   CHOICES_MENDED_MAX);
  x->mended = ARENA_ARRAY(a, n + 1, mended_cell);
  x->mended_columns = ARENA_ARRAY(a, n + 1, text);
  if (!x->mended || !x->mended_columns) return err_memory(e);
  for (size_t i = 0; values && i < values->count; i++)
    if (!add_mended(a, x, &values->items[i], false, e)) return false;
  for (size_t i = 0; cells && i < cells->count; i++)
    if (!add_mended(a, x, &cells->items[i], true, e)) return false;
  qsort(x->mended, x->mended_count, sizeof *x->mended, by_key);
  return true;
}

static bool read_refused(arena *a, const json *body, import_choices *x, err *e) {
  const json *rows = json_get(body, "refuse");
  char room[KEY_ROOM];
  if (!rows) return true;
  if (rows->type != JSON_LIST || rows->count > REFUSED_MAX) return bad("refuse", e);
  x->refused = ARENA_ARRAY(a, rows->count + 1, mended_cell);
  if (!x->refused) return err_memory(e);
  for (size_t i = 0; i < rows->count; i++) {
    int64_t row = 0;
    text key;
    if (!json_int(&rows->items[i], "row", &row) || row < 1 ||
        !key_of(json_text(&rows->items[i], "sheet"), row, TEXT(""), TEXT(""), room, &key))
      return bad("refuse", e);
    const char *kept = arena_copy(a, key.at, key.bytes);
    if (!kept) return err_memory(e);
    x->refused[x->refused_count++].key = (text){kept, key.bytes};
  }
  qsort(x->refused, x->refused_count, sizeof *x->refused, by_key);
  return true;
}

bool import_choices_read(arena *a, const json *body, import_choices *ret, err *e) {
  *ret = (import_choices){.sheet = TEXT("")};
  if (!body) return true;
  if (body->type != JSON_MAP) return bad("choices", e);
  const text sheet = json_text(body, "sheet");
  ret->sheet = (text){arena_copy(a, sheet.at, sheet.bytes), sheet.bytes};
  if (!ret->sheet.at) return err_memory(e);
  ret->map = json_get(body, "map");
  ret->take_rest = json_bool(body, "take_rest");
  ret->take_moves = json_bool(body, "take_moves");
  const json *clues = json_get(body, "clues");
  ret->clue = clues ? json_get(clues, "fields") : NULL;
  ret->only_unmanaged = clues && json_bool(clues, "only_unmanaged");
  if (ret->clue && ret->clue->type != JSON_MAP) return bad("clues", e);
  if (json_has(body, "head") && (!json_int(body, "head", &ret->head) || ret->head < 0))
    return bad("head", e);
  if (ret->map && ret->map->type != JSON_MAP) return bad("map", e);
  return read_mended(a, body, ret, e) && read_refused(a, body, ret, e);
}

bool import_choices_mends(const import_choices *x, text heading) {
  for (size_t i = 0; i < x->mended_column_count; i++)
    if (text_equal(x->mended_columns[i], heading)) return true;
  return false;
}

static const mended_cell *find(const mended_cell *list, size_t count, text sheet, int64_t row,
                               text heading, text cell) {
  char room[KEY_ROOM];
  mended_cell wanted = {0};
  return count && key_of(sheet, row, heading, cell, room, &wanted.key)
             ? bsearch(&wanted, list, count, sizeof *list, by_key)
             : NULL;
}

const text *import_choices_mended(const import_choices *x, text sheet, int64_t row, text heading,
                                  text cell) {
  const mended_cell *c = find(x->mended, x->mended_count, sheet, row, heading, cell);
  if (!c) c = find(x->mended, x->mended_count, sheet, 0, heading, cell);
  return c ? &c->to : NULL;
}

bool import_choices_refuses(const import_choices *x, text sheet, int64_t row) {
  return find(x->refused, x->refused_count, sheet, row, TEXT(""), TEXT("")) != NULL;
}
