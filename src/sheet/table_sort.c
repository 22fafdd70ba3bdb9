/* Rows put one after another into a file in memory: first what they are ordered by, then the cells.
 * Only where each begins is kept beside it. */
#include "sheet/table_sort.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>
#include <unistd.h>

struct table_sort {
  table_order by[TABLE_SORT_MAX];
  size_t by_count, column_count;
  UCollator *collator;
  FILE *file;
  int fd;
  int64_t bytes, *rows, next; /* rows: where each begins */
  size_t count, room;
  buf line;
  const char *at; /* the whole, once it is read */
  table_value *cells;
};

/* ---- writing ---- */

static bool out_of_room(err *e) {
  return err_set(
      e, ERR_TOO_LARGE, "sort", "行太多，排不了序：请缩小范围，或不排序。",
      "There are too many rows to sort; narrow the choice, or leave the order as it is.");
}

/* A key whose bytes compare as the texts do. */
static bool add_key(table_sort *s, text t) {
  int32_t points = 0;
  UErrorCode code = U_ZERO_ERROR;
  uint8_t key[512];
  t = text_cut(t, 400); /* texts that begin alike for so long keep their order */
  UChar wide[512];
  u_strFromUTF8(wide, 512, &points, t.at, (int32_t)t.bytes, &code);
  if (U_FAILURE(code)) points = 0;
  int32_t bytes = ucol_getSortKey(s->collator, wide, points, key, sizeof key);
  if (bytes > (int32_t)sizeof key) bytes = (int32_t)sizeof key;
  buf_add(&s->line, &bytes, sizeof bytes);
  buf_add(&s->line, key, (size_t)bytes);
  return buf_ok(&s->line);
}

static void add_cell(table_sort *s, const table_value *v, bool as_key) {
  const bool empty =
      (v->type == TABLE_TEXT && !v->text.bytes) || (v->type == TABLE_DAY && v->day == DAY_NONE);
  const table_type type = empty ? TABLE_EMPTY : v->type;
  buf_add(&s->line, &type, sizeof type);
  switch (type) {
  case TABLE_EMPTY:
    return;
  case TABLE_TEXT:
    if (as_key) {
      add_key(s, v->text);
      return;
    }
    const int32_t bytes = (int32_t)v->text.bytes;
    buf_add(&s->line, &bytes, sizeof bytes);
    buf_text(&s->line, v->text);
    return;
  case TABLE_DAY: {
    const int64_t n = v->day;
    buf_add(&s->line, &n, sizeof n);
    return;
  }
  default:
    if (!as_key) buf_add(&s->line, &v->decimals, sizeof v->decimals);
    buf_add(&s->line, &v->number, sizeof v->number);
  }
}

bool table_sort_put(table_sort *s, const table_value *cells, err *e) {
  buf_clear(&s->line);
  for (size_t i = 0; i < s->by_count; i++) add_cell(s, &cells[s->by[i].column], true);
  for (size_t i = 0; i < s->column_count; i++) add_cell(s, &cells[i], false);
  if (!buf_ok(&s->line)) return err_memory(e);
  if (s->bytes + (int64_t)s->line.bytes > TABLE_SORT_BYTES_MAX) return out_of_room(e);
  if (s->count == s->room) {
    const size_t room = s->room ? 2 * s->room : 1024;
    int64_t *more = realloc(s->rows, room * sizeof *more);
    if (!more) return err_memory(e);
    s->rows = more;
    s->room = room;
  }
  if (fwrite(s->line.at, 1, s->line.bytes, s->file) != s->line.bytes) return err_memory(e);
  s->rows[s->count++] = s->bytes;
  s->bytes += (int64_t)s->line.bytes;
  return true;
}

int64_t table_sort_rows(const table_sort *s) {
  return (int64_t)s->count;
}

/* ---- ordering ---- */

typedef struct key {
  table_type type;
  int64_t number;
  text bytes;
} key;

static key read_key(const char **at) {
  key k = {0};
  int32_t bytes;
  memcpy(&k.type, *at, sizeof k.type);
  *at += sizeof k.type;
  if (k.type == TABLE_TEXT) {
    memcpy(&bytes, *at, sizeof bytes);
    k.bytes = (text){*at + sizeof bytes, (size_t)bytes};
    *at += sizeof bytes + (size_t)bytes;
  } else if (k.type != TABLE_EMPTY) {
    memcpy(&k.number, *at, sizeof k.number);
    *at += sizeof k.number;
  }
  return k;
}

static int compare_keys(const key *x, const key *y) {
  if (x->type == TABLE_TEXT && y->type == TABLE_TEXT) {
    const size_t n = x->bytes.bytes < y->bytes.bytes ? x->bytes.bytes : y->bytes.bytes;
    const int c = memcmp(x->bytes.at, y->bytes.at, n);
    return c ? c : x->bytes.bytes < y->bytes.bytes ? -1 : x->bytes.bytes > y->bytes.bytes;
  }
  if (x->type == TABLE_TEXT || y->type == TABLE_TEXT) return x->type == TABLE_TEXT ? 1 : -1;
  return x->number < y->number ? -1 : x->number > y->number;
}

static int compare(const void *a, const void *b, void *context) {
  const table_sort *s = context;
  const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  const char *ax = s->at + x, *ay = s->at + y;
  for (size_t i = 0; i < s->by_count; i++) {
    const key kx = read_key(&ax), ky = read_key(&ay);
    const bool no_x = kx.type == TABLE_EMPTY, no_y = ky.type == TABLE_EMPTY;
    if (no_x != no_y) return no_x ? 1 : -1;
    const int c = no_x ? 0 : compare_keys(&kx, &ky);
    if (c) return s->by[i].down ? -c : c;
  }
  return x < y ? -1 : x > y;
}

static bool order(table_sort *s, err *e) {
  if (fflush(s->file) != 0) return err_memory(e);
  if (!s->count) return true;
  s->at = mmap(NULL, (size_t)s->bytes, PROT_READ, MAP_SHARED, s->fd, 0);
  if (s->at == MAP_FAILED) {
    s->at = NULL;
    return err_memory(e);
  }
  qsort_r(s->rows, s->count, sizeof *s->rows, compare, s);
  return true;
}

/* ---- reading ---- */

static const char *read_cell(const char *at, table_value *v) {
  *v = (table_value){0};
  memcpy(&v->type, at, sizeof v->type);
  at += sizeof v->type;
  if (v->type == TABLE_EMPTY) return at;
  if (v->type == TABLE_TEXT) {
    int32_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    v->text = (text){at + sizeof bytes, (size_t)bytes};
    return at + sizeof bytes + bytes;
  }
  int64_t n;
  if (v->type != TABLE_DAY) memcpy(&v->decimals, at++, 1);
  memcpy(&n, at, sizeof n);
  if (v->type == TABLE_DAY)
    v->day = (day)n;
  else
    v->number = n;
  return at + sizeof n;
}

bool table_sort_next(table_sort *s, const table_value **ret, err *e) {
  *ret = NULL;
  if (s->next == 0 && !order(s, e)) return false;
  if (s->next >= (int64_t)s->count) return true;
  const char *at = s->at + s->rows[s->next++];
  for (size_t i = 0; i < s->by_count; i++) read_key(&at);
  for (size_t i = 0; i < s->column_count; i++) at = read_cell(at, &s->cells[i]);
  *ret = s->cells;
  return true;
}

/* ---- making and freeing ---- */

static bool begin(table_sort *s, err *e) {
  UErrorCode code = U_ZERO_ERROR;
  s->cells = calloc(s->column_count + 1, sizeof *s->cells);
  s->fd = memfd_create("sort", MFD_CLOEXEC);
  s->file = s->fd >= 0 ? fdopen(s->fd, "wb") : NULL;
  s->collator = ucol_open("zh", &code);
  if (U_SUCCESS(code)) ucol_setAttribute(s->collator, UCOL_NUMERIC_COLLATION, UCOL_ON, &code);
  return (s->cells && s->file && U_SUCCESS(code)) || err_memory(e);
}

table_sort *table_sort_new(const table_order *by, size_t count, size_t column_count, err *e) {
  table_sort *s = calloc(1, sizeof *s);
  if (!s) {
    err_memory(e);
    return NULL;
  }
  s->fd = -1;
  s->by_count = count < TABLE_SORT_MAX ? count : TABLE_SORT_MAX;
  s->column_count = column_count;
  memcpy(s->by, by, s->by_count * sizeof *by);
  if (begin(s, e)) return s;
  table_sort_free(s);
  return NULL;
}

void table_sort_free(table_sort *s) {
  if (!s) return;
  if (s->at) munmap((void *)(uintptr_t)s->at, (size_t)s->bytes);
  if (s->file)
    fclose(s->file);
  else if (s->fd >= 0)
    close(s->fd);
  if (s->collator) ucol_close(s->collator);
  buf_release(&s->line);
  free(s->rows);
  free(s->cells);
  free(s);
}
