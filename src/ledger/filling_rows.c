/* The named rows of somebody else's table. */
#include "ledger/filling_rows.h"

#include "base/ident.h"

/* One way of taking the names. */
typedef struct row_names {
  const char *key;
  text *lines;
  size_t known;
} row_names;

static bool same_squeezed(text x, text y) {
  size_t i = 0, k = 0;
  for (;;) {
    while (i < x.bytes && (x.at[i] == ' ' || x.at[i] == '\t')) i++;
    while (k < y.bytes && (y.at[k] == ' ' || y.at[k] == '\t')) k++;
    if (i == x.bytes || k == y.bytes) return i == x.bytes && k == y.bytes;
    if (x.at[i++] != y.at[k++]) return false;
  }
}

/* "东村村委会", "东村" and "东" are one, "东社区" and "东镇" are others. */
typedef struct bare_name {
  text name;
  int tail; /* which of those it had last; 0: none */
} bare_name;
static bare_name without_tail(text t) {
  static const struct {
    const char *word;
    int tail; /* 0: says nothing */
  } tails[] = {{"人民政府", 0},   {"村民委员会", 1}, {"村委会", 1}, {"村", 1},
               {"居民委员会", 2}, {"居委会", 2},     {"社区", 2},   {"街道办事处", 3},
               {"街道", 3},       {"镇", 4},         {"乡", 5}};
  bare_name x = {t, 0};
  for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
    const size_t n = strlen(tails[i].word);
    if (x.name.bytes <= n || (x.tail && x.tail != tails[i].tail) ||
        memcmp(x.name.at + x.name.bytes - n, tails[i].word, n) != 0)
      continue;
    x.name.bytes -= n;
    x.tail = tails[i].tail;
  }
  return x;
}

static bool same_bare(text x, text y) {
  const bare_name a = without_tail(x), b = without_tail(y);
  return (a.tail == b.tail || !a.tail || !b.tail) && same_squeezed(a.name, b.name);
}

/* "": none, or several. */
static text area_called(const named_table *of, area_level level, text label) {
  const ledger_names *names = of->names;
  text found[2] = {TEXT(""), TEXT("")};
  size_t count[2] = {0, 0};
  for (size_t i = 0; i < names->area_count; i++) {
    const area *x = &names->areas[i];
    const text name = text_of(x->name);
    if (!area_stands(x) || area_code_is_zone(x->code) || area_code_level(x->code) != level ||
        !scope_has(of->areas, x->code))
      continue;
    const int near = same_squeezed(name, label) ? 0 : same_bare(name, label) ? 1 : -1;
    if (near < 0) continue;
    found[near] = name;
    count[near]++;
  }
  if (count[0]) return count[0] == 1 ? found[0] : TEXT("");
  return count[1] == 1 ? found[1] : TEXT("");
}

/* Two rows of one name: which of them it is cannot be told. */
static void drop_doubles(const template_table *t, row_names *r) {
  for (size_t i = 0; i < t->label_count; i++) {
    bool twice = false;
    for (size_t k = 0; k < t->label_count && r->lines[i].bytes; k++)
      twice |= k != i && text_equal(r->lines[k], r->lines[i]);
    if (!twice) continue;
    const text name = r->lines[i];
    for (size_t k = 0; k < t->label_count; k++)
      if (text_equal(r->lines[k], name)) r->lines[k] = TEXT("");
  }
  r->known = 0;
  for (size_t i = 0; i < t->label_count; i++) r->known += r->lines[i].bytes > 0;
}

static bool read_areas(arena *a, const named_table *of, area_level level, row_names *ret) {
  const template_table *t = of->table;
  ret->key = level == AREA_TOWN ? "{\"shows\":\"town\"}" : "{\"shows\":\"area\"}";
  if (!(ret->lines = ARENA_ARRAY(a, t->label_count + 1, text))) return false;
  for (size_t i = 0; i < t->label_count; i++)
    ret->lines[i] = area_called(of, level, t->labels[i].text);
  drop_doubles(t, ret);
  return true;
}

static bool read_choices(arena *a, const field *f, const template_table *t, row_names *ret) {
  ret->key = arena_printf(a, "{\"what\":\"%s\"}", f->name);
  ret->lines = ARENA_ARRAY(a, t->label_count + 1, text);
  if (!ret->key || !ret->lines) return false;
  for (size_t i = 0; i < t->label_count; i++) {
    ret->lines[i] = TEXT("");
    for (size_t k = 0; k < f->choice_count; k++)
      if (same_squeezed(text_of(f->choices[k].title.zh), t->labels[i].text))
        ret->lines[i] = text_of(f->choices[k].title.zh);
  }
  drop_doubles(t, ret);
  return true;
}

static void better(row_names *best, const row_names *other) {
  if (other->known > best->known) *best = *other;
}

bool filling_rows_find(arena *a, const named_table *of, filling_rows *ret, err *e) {
  const pack *owner = NULL;
  const kind *k = catalog_kind(of->packs, of->rows, &owner);
  const event_kind *ev = k ? NULL : catalog_event(of->packs, of->rows, &owner);
  const field *fields = k ? k->fields : ev ? ev->fields : NULL;
  const size_t count = k ? k->field_count : ev ? ev->field_count : 0;
  row_names best, other;
  if (!read_areas(a, of, AREA_VILLAGE, &best) || !read_areas(a, of, AREA_TOWN, &other))
    return err_memory(e);
  better(&best, &other);
  for (size_t i = 0; i < count; i++) {
    if (fields[i].type != FIELD_CHOICE || fields[i].privacy != PRIVACY_OPEN) continue;
    if (!read_choices(a, &fields[i], of->table, &other)) return err_memory(e);
    better(&best, &other);
  }
  *ret = (filling_rows){best.key, best.lines, best.known};
  return true;
}

bool filling_rows_check(const filling_rows *x, const template_table *t, err *e) {
  if (x->known && x->known * 2 >= t->label_count) return true;
  return err_set(e, ERR_NOT_ALLOWED, "area",
                 "这张表各行的名称（如“%.*s”）在所选范围里对不上村、乡镇或某一项的类别，填不了；"
                 "请核对名称，或者选对区域。",
                 "The rows of this table (\"%.*s\" …) are no villages, towns or choices that are "
                 "known in the area; check the names, or choose the area.",
                 (int)t->labels[0].text.bytes, t->labels[0].text.at);
}

size_t filling_rows_label(const filling_rows *x, const template_table *t, const ledger_line *line) {
  if (line->is != LINE_ROW || !line->count || line->cells[0].type != TABLE_TEXT) return SIZE_MAX;
  for (size_t i = 0; i < t->label_count; i++)
    if (x->lines[i].bytes && text_equal(x->lines[i], line->cells[0].text)) return i;
  return SIZE_MAX;
}
