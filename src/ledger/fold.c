/* Rows put together to lines, and the lines told. */
#include "ledger/fold.h"

#include "base/money.h"

#include <stdlib.h>

/* What rows come to in one place of the summary, in one of its columns. */
typedef struct sums {
  int64_t in, out, unknown;
  int64_t sum, least, most;
  bool broken; /* the sum has left 64 bits */
} sums;

/* Texts by number, in the order they came. */
typedef struct names_seen {
  uint32_t *slots; /* number + 1; 0: free */
  size_t room;     /* a power of two */
  text *ids;
  size_t count, id_room;
} names_seen;

typedef struct fold_line {
  fold_key keys[LEDGER_KEYS_MAX];
  uint32_t number;
} fold_line;

struct fold {
  const ledger *l;
  arena *a;
  size_t made;                  /* columns after the keys */
  names_seen lines_by, cols_by, /* by the ids of their keys */
      cells_by;                 /* by the numbers of line and column */
  fold_line *lines, *cols;
  size_t line_room, col_room;
  sums *cells; /* `made` a cell */
  size_t cell_room;
  buf id;
};

/* ---- finding ---- */

static bool see_room(names_seen *s) {
  if (s->count * 2 < s->room) return true;
  const size_t room = s->room ? s->room * 2 : 64;
  uint32_t *slots = calloc(room, sizeof *slots);
  if (!slots) return false;
  for (size_t i = 0; i < s->count; i++) {
    size_t at = text_hash(s->ids[i]) & (room - 1);
    while (slots[at]) at = (at + 1) & (room - 1);
    slots[at] = (uint32_t)i + 1;
  }
  free(s->slots);
  s->slots = slots;
  s->room = room;
  return true;
}

/* UINT32_MAX: memory. */
static uint32_t number_of(fold *f, names_seen *s, text id, bool *ret_is_new) {
  *ret_is_new = false;
  if (!see_room(s)) return UINT32_MAX;
  size_t at = text_hash(id) & (s->room - 1);
  for (; s->slots[at]; at = (at + 1) & (s->room - 1))
    if (text_equal(s->ids[s->slots[at] - 1], id)) return s->slots[at] - 1;
  text *ids = ARENA_GROW(f->a, s->ids, s->count, &s->id_room, text);
  if (ids) s->ids = ids;
  const char *kept = ids ? arena_copy(f->a, id.at, id.bytes) : NULL;
  if (!kept) return UINT32_MAX;
  s->ids[s->count] = (text){kept, id.bytes};
  s->slots[at] = (uint32_t)s->count + 1;
  *ret_is_new = true;
  return (uint32_t)s->count++;
}

/* UINT32_MAX: it is not there. */
static uint32_t number_seen(const names_seen *s, text id) {
  if (!s->room) return UINT32_MAX;
  for (size_t at = text_hash(id) & (s->room - 1); s->slots[at]; at = (at + 1) & (s->room - 1))
    if (text_equal(s->ids[s->slots[at] - 1], id)) return s->slots[at] - 1;
  return UINT32_MAX;
}

/* ---- taking in ---- */

static bool copy_key(fold *f, const fold_key *from, fold_key *to) {
  *to = *from;
  if (!(to->id.at = arena_copy(f->a, from->id.at, from->id.bytes))) return false;
  if (to->cell.type == TABLE_EMPTY) to->rank = INT64_MAX;
  if (to->cell.type != TABLE_TEXT) return true;
  return (to->cell.text.at = arena_copy(f->a, from->cell.text.at, from->cell.text.bytes)) != NULL;
}

/* The line or column of these keys. UINT32_MAX: `e`. */
static uint32_t place_of(fold *f, names_seen *by, fold_line **lines, size_t *room,
                         const fold_key *keys, size_t count, err *e) {
  bool is_new;
  buf_clear(&f->id);
  for (size_t i = 0; i < count; i++) {
    buf_printf(&f->id, "%zu.%d:", keys[i].id.bytes, (int)keys[i].cell.type);
    buf_text(&f->id, keys[i].id);
  }
  const uint32_t n =
      buf_ok(&f->id) ? number_of(f, by, buf_view(&f->id), &is_new) : (is_new = false, UINT32_MAX);
  if (n == UINT32_MAX) {
    err_memory(e);
    return n;
  }
  if (!is_new) return n;
  fold_line *grown = ARENA_GROW(f->a, *lines, n, room, fold_line);
  if (grown) *lines = grown;
  bool ok = grown != NULL;
  if (ok) grown[n] = (fold_line){.number = n};
  for (size_t i = 0; i < count && ok; i++) ok = copy_key(f, &keys[i], &grown[n].keys[i]);
  if (ok) return n;
  err_memory(e);
  return UINT32_MAX;
}

static text cell_id(uint32_t pair[2]) {
  return (text){(const char *)pair, 2 * sizeof *pair};
}

static bool too_many(label what, int most, err *e) {
  return err_set(e, ERR_TOO_LARGE, NULL, "%s超过 %d，请少选一项，或者先筛选。",
                 "There are too many %s (over %d); leave a key out, or filter first.", LABEL(what),
                 most);
}

/* NULL: `e`. */
static sums *cell_of(fold *f, uint32_t line, uint32_t col, err *e) {
  bool is_new;
  uint32_t pair[2] = {line, col};
  const uint32_t n = number_of(f, &f->cells_by, cell_id(pair), &is_new);
  if (n == UINT32_MAX) {
    err_memory(e);
    return NULL;
  }
  const size_t wanted = ((size_t)n + 1) * f->made;
  if (wanted > FOLD_CELLS_MAX) {
    too_many((label){"汇总的格数", "cells"}, FOLD_CELLS_MAX, e);
    return NULL;
  }
  if (wanted > f->cell_room) {
    const size_t room = wanted * 2;
    sums *grown = realloc(f->cells, room * sizeof *grown);
    if (!grown) {
      err_memory(e);
      return NULL;
    }
    f->cells = grown;
    f->cell_room = room;
  }
  sums *at = &f->cells[(size_t)n * f->made];
  if (is_new) memset(at, 0, f->made * sizeof *at);
  return at;
}

static void add_number(sums *s, int64_t number, int64_t times) {
  int64_t all;
  if (s->in == 0 || number < s->least) s->least = number;
  if (s->in == 0 || number > s->most) s->most = number;
  s->broken |=
      __builtin_mul_overflow(number, times, &all) || __builtin_add_overflow(s->sum, all, &s->sum);
  s->in += times;
}

static void add_sums(sums *to, const sums *from) {
  if (from->in && (to->in == 0 || from->least < to->least)) to->least = from->least;
  if (from->in && (to->in == 0 || from->most > to->most)) to->most = from->most;
  to->broken |= from->broken || __builtin_add_overflow(to->sum, from->sum, &to->sum);
  to->in += from->in;
  to->out += from->out;
  to->unknown += from->unknown;
}

bool fold_add_line(fold *f, const fold_key *keys, err *e) {
  if (place_of(f, &f->lines_by, &f->lines, &f->line_room, keys, f->l->group_count, e) == UINT32_MAX)
    return false;
  return f->lines_by.count <= FOLD_LINES_MAX ||
         too_many((label){"汇总的行数", "lines"}, FOLD_LINES_MAX, e);
}

bool fold_add(fold *f, const fold_key *keys, const fold_part *parts, int64_t times, err *e) {
  const ledger *l = f->l;
  const uint32_t line =
      place_of(f, &f->lines_by, &f->lines, &f->line_room, keys, l->group_count, e);
  const uint32_t col = line == UINT32_MAX ? line
                                          : place_of(f, &f->cols_by, &f->cols, &f->col_room,
                                                     keys + l->group_count, l->pivot, e);
  if (col == UINT32_MAX) return false;
  if (f->lines_by.count > FOLD_LINES_MAX)
    return too_many((label){"汇总的行数", "lines"}, FOLD_LINES_MAX, e);
  if (f->cols_by.count > FOLD_ACROSS_MAX)
    return too_many((label){"横向的值", "values across"}, FOLD_ACROSS_MAX, e);
  sums *at = cell_of(f, line, col, e);
  if (!at) return false;
  for (size_t i = 0; i < f->made; i++)
    if (parts[i].state == PART_IN)
      add_number(&at[i], parts[i].number, times);
    else if (parts[i].state == PART_OUT)
      at[i].out += times;
    else
      at[i].unknown += times;
  return true;
}

/* ---- telling ---- */

/* While the lines are told. A strip holds `made` sums for each column in its order, and for the
 * line as a whole after them. */
typedef struct telling {
  fold *f;
  arena *a;
  const ledger_sink *sink;
  ledger_end *end;
  size_t cols, strip; /* columns; sums of a strip */
  sums *line, *whole, *groups[LEDGER_KEYS_MAX];
  table_value *cells;
  size_t width;
} telling;

static int by_keys(const void *x, const void *y) {
  const fold_line *a = x, *b = y;
  for (size_t i = 0; i < LEDGER_KEYS_MAX; i++) {
    if (a->keys[i].rank != b->keys[i].rank) return a->keys[i].rank < b->keys[i].rank ? -1 : 1;
    const int order = text_compare(a->keys[i].id, b->keys[i].id);
    if (order) return order;
  }
  return 0;
}

static bool is_share(const ledger_column *c) {
  return c->make == MAKE_SHARE || c->make == MAKE_ROW_SHARE;
}

static const ledger_column *made_at(const telling *t, size_t i) {
  return &t->f->l->columns[ledger_key_count(t->f->l) + i];
}

static table_value word(const telling *t, const char *zh, const char *en) {
  return (table_value){.type = TABLE_TEXT, .text = text_of(t->f->l->english ? en : zh)};
}

static table_value shown_key(const telling *t, const fold_key *k) {
  return k->cell.type == TABLE_EMPTY ? word(t, "不详", "not known") : k->cell;
}

static int64_t rounded(__int128 above, int64_t below) {
  const __int128 half = below / 2;
  return (int64_t)(above >= 0 ? (above + half) / below : (above - half) / below);
}

static table_value mean_of(const sums *s, const cel_type *type) {
  if (type->unit == UNIT_MONEY)
    return (table_value){.type = TABLE_MONEY, .number = rounded(s->sum, s->in)};
  const __int128 scale = type->unit == UNIT_RATE || type->unit == UNIT_NUMBER ? 1 : RATE_ONE;
  const int64_t places = 1000000; /* two of the eight decimals */
  const int said = cel_type_decimals(type);
  int64_t mean = rounded(s->sum * scale, s->in);
  if (type->unit == UNIT_RATE) return (table_value){.type = TABLE_RATE, .number = mean};
  if (said < 0 || scale == RATE_ONE) mean = rounded(mean, places) * places;
  return (table_value){
      .type = TABLE_NUMBER, .number = mean, .decimals = (int8_t)(said < 0 ? 2 : said)};
}

static int64_t weight(const ledger_column *c, const sums *s) {
  return c->of_value ? s->sum : s->in;
}

/* A share, and beside it what it is a share of. */
static void put_share(const telling *t, const ledger_column *c, const sums *s, const sums *col,
                      const sums *all, table_value *ret) {
  const bool of_rows = c->only && c->make == MAKE_SHARE;
  const int64_t base = of_rows ? s->in + s->out : weight(c, c->make == MAKE_SHARE ? col : all);
  const bool broken = s->broken || col->broken || all->broken;
  ret[0] = ret[1] = (table_value){.type = TABLE_EMPTY};
  if (broken) t->end->failed++;
  if (broken) return;
  ret[1] = ledger_number(base, c->of_value ? c->type : &cel_int);
  if (base > 0)
    ret[0] = (table_value){.type = TABLE_RATE,
                           .number = rounded((__int128)weight(c, s) * RATE_ONE, base)};
}

static table_value made_cell(const telling *t, const ledger_column *c, const sums *s) {
  const table_value none = {.type = TABLE_EMPTY};
  switch (c->make) {
  case MAKE_SUM:
    if (s->broken) t->end->failed++;
    return s->broken || (!s->in && s->unknown) ? none : ledger_number(s->sum, c->type);
  case MAKE_MEAN:
    if (s->broken) t->end->failed++;
    return s->broken || !s->in ? none : mean_of(s, c->type);
  case MAKE_MIN:
    return s->in ? ledger_number(s->least, c->type) : none;
  case MAKE_MAX:
    return s->in ? ledger_number(s->most, c->type) : none;
  case MAKE_UNKNOWN:
    return (table_value){.type = TABLE_INTEGER, .number = s->unknown};
  default: /* of nobody known is not nought */
    if (c->only && !s->in && !s->out && s->unknown) return none;
    return (table_value){.type = TABLE_INTEGER, .number = s->in};
  }
}

/* The numbers of a strip behind the keys, which stand in t->cells already. */
static bool tell_strip(telling *t, const sums *strip, ledger_line_type is, err *e) {
  const size_t made = t->f->made, groups = t->f->l->group_count;
  const size_t shown = t->cols + (t->f->l->pivot && t->f->l->totals);
  size_t at = groups;
  for (size_t c = 0; c < shown; c++)
    for (size_t i = 0; i < made; i++) {
      const sums *s = &strip[c * made + i];
      if (is_share(made_at(t, i))) {
        put_share(t, made_at(t, i), s, &t->whole[c * made + i], &strip[t->cols * made + i],
                  &t->cells[at]);
        at += 2;
      } else {
        t->cells[at++] = made_cell(t, made_at(t, i), s);
      }
    }
  const ledger_line line = {t->cells, at, is};
  return t->sink->take(t->sink->context, &line, e);
}

/* ---- the head ---- */

static const char *key_words(const telling *t, const fold_key *k) {
  const table_value v = shown_key(t, k);
  char day_shown[11], number[32];
  if (v.type == TABLE_TEXT) return arena_copy(t->a, v.text.at, v.text.bytes);
  if (v.type == TABLE_DAY) {
    day_format(v.day, day_shown);
    return arena_text(t->a, day_shown);
  }
  if (v.type == TABLE_MONEY)
    money_format_yuan(v.number, number);
  else if (v.type == TABLE_RATE)
    rate_format_percent(v.number, number);
  else if (v.type == TABLE_NUMBER)
    decimal_format(v.number, v.decimals, number);
  else
    return arena_printf(t->a, "%lld", (long long)v.number);
  return arena_text(t->a, number);
}

static table_type type_of_made(const ledger_column *c) {
  if (is_share(c)) return TABLE_RATE;
  if (c->make == MAKE_COUNT || c->make == MAKE_UNKNOWN) return TABLE_INTEGER;
  const table_type own = ledger_number(0, c->type).type;
  return c->make == MAKE_MEAN && own == TABLE_INTEGER ? TABLE_NUMBER : own;
}

static void put_head(ledger_head *heads, size_t *at, const char *title, const char *over,
                     table_type type) {
  heads[(*at)++] = (ledger_head){title, over, type};
}

static bool tell_head(telling *t, err *e) {
  const ledger *l = t->f->l;
  const size_t made = t->f->made, shown = t->cols + (l->pivot && l->totals);
  const bool one = l->pivot && made == 1 && !is_share(made_at(t, 0));
  size_t at = 0;
  ledger_head *heads = ARENA_ARRAY(t->a, l->group_count + shown * made * 2, ledger_head);
  t->cells = ARENA_ARRAY(t->a, l->group_count + shown * made * 2, table_value);
  if (!heads || !t->cells) return err_memory(e);
  for (size_t i = 0; i < l->group_count; i++)
    put_head(heads, &at, l->columns[i].title, "", ledger_column_type(&l->columns[i]));
  for (size_t c = 0; c < shown; c++) {
    const char *over = !l->pivot      ? ""
                       : c == t->cols ? (l->english ? "total" : "合计")
                                      : key_words(t, &t->f->cols[c].keys[0]);
    if (!over) return err_memory(e);
    for (size_t i = 0; i < made; i++) {
      const ledger_column *x = made_at(t, i);
      put_head(heads, &at, one ? over : x->title, one ? "" : over, type_of_made(x));
      if (!is_share(x)) continue;
      put_head(heads, &at, l->english ? "of" : "基数", over,
               x->of_value ? ledger_number(0, x->type).type : TABLE_INTEGER);
    }
  }
  t->width = at;
  return arena_whole(t->a, true, e) &&
         (!t->sink->begin || t->sink->begin(t->sink->context, heads, at, e));
}

/* ---- the lines ---- */

static void read_strip(const telling *t, const fold_line *line, sums *ret) {
  const size_t made = t->f->made;
  memset(ret, 0, t->strip * sizeof *ret);
  for (size_t c = 0; c < t->cols; c++) {
    uint32_t pair[2] = {line->number, t->f->cols[c].number};
    const uint32_t n = number_seen(&t->f->cells_by, cell_id(pair));
    if (n == UINT32_MAX) continue;
    for (size_t i = 0; i < made; i++) {
      const sums *from = &t->f->cells[(size_t)n * made + i];
      ret[c * made + i] = *from;
      add_sums(&ret[t->cols * made + i], from);
    }
  }
}

static void add_strip(const telling *t, sums *to, const sums *from) {
  for (size_t i = 0; i < t->strip; i++) add_sums(&to[i], &from[i]);
}

static bool same_keys(const fold_line *x, const fold_line *y, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (x->keys[i].rank != y->keys[i].rank || !text_equal(x->keys[i].id, y->keys[i].id))
      return false;
  return true;
}

static void put_keys(telling *t, const fold_line *line, size_t count) {
  for (size_t i = 0; i < t->f->l->group_count; i++)
    t->cells[i] = i < count ? shown_key(t, &line->keys[i]) : (table_value){.type = TABLE_EMPTY};
}

/* Of the groups that end behind a line, the innermost first. next NULL: it is the last. */
static bool tell_subtotals(telling *t, const fold_line *line, const fold_line *next, err *e) {
  const ledger *l = t->f->l;
  for (size_t level = l->group_count; level-- > 1;) {
    if (next && same_keys(line, next, level)) continue;
    put_keys(t, line, level);
    t->cells[level] = word(t, "小计", "subtotal");
    if (!tell_strip(t, t->groups[level], LINE_SUBTOTAL, e)) return false;
    memset(t->groups[level], 0, t->strip * sizeof(sums));
  }
  return true;
}

static bool tell_lines(telling *t, err *e) {
  const fold *f = t->f;
  const ledger *l = f->l;
  for (size_t n = 0; n < f->lines_by.count; n++) {
    const fold_line *line = &f->lines[n];
    t->end->more = t->sink->rows_max && t->end->rows == t->sink->rows_max;
    if (t->end->more) break;
    read_strip(t, line, t->line);
    put_keys(t, line, l->group_count);
    if (!tell_strip(t, t->line, LINE_ROW, e)) return false;
    t->end->rows++;
    if (!l->subtotals) continue;
    for (size_t level = 1; level < l->group_count; level++) add_strip(t, t->groups[level], t->line);
    if (!tell_subtotals(t, line, n + 1 < f->lines_by.count ? line + 1 : NULL, e)) return false;
  }
  if (!l->totals || !l->group_count || !f->lines_by.count) return true;
  put_keys(t, NULL, 0);
  t->cells[0] = word(t, "合计", "total");
  return tell_strip(t, t->whole, LINE_TOTAL, e);
}

/* ---- in an order that was asked for ---- */

/* A line, with what it is sorted by. */
typedef struct sorted_line {
  const ledger *l;
  const int64_t *values; /* by what is asked, INT64_MIN: not known */
  fold_line line;
} sorted_line;

static int key_order(const fold_key *x, const fold_key *y) {
  if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
  return text_compare(x->id, y->id);
}

/* With subtotals the outer groups stay together. What is not known comes last. */
static int by_sort(const void *x, const void *y) {
  const sorted_line *a = x, *b = y;
  const ledger *l = a->l;
  int order = 0;
  for (size_t i = 0; l->subtotals && i + 1 < l->group_count && !order; i++)
    order = key_order(&a->line.keys[i], &b->line.keys[i]);
  for (size_t i = 0; i < l->sort_count && !order; i++) {
    const size_t n = (size_t)abs(l->sort[i]) - 1;
    const int64_t v = a->values[i], w = b->values[i];
    if (n < l->group_count)
      order = key_order(&a->line.keys[n], &b->line.keys[n]);
    else if (v != w && (v == INT64_MIN || w == INT64_MIN))
      return v == INT64_MIN ? 1 : -1;
    else
      order = (v > w) - (v < w);
    if (l->sort[i] < 0) order = -order;
  }
  return order ? order : by_keys(&a->line, &b->line);
}

static int64_t sort_value(const telling *t, size_t n) {
  const size_t keys = ledger_key_count(t->f->l);
  table_value cell[2];
  if (n < keys) return 0;
  const sums *s = &t->line[t->cols * t->f->made + n - keys];
  const ledger_column *c = made_at(t, n - keys);
  if (is_share(c))
    put_share(t, c, s, &t->whole[t->cols * t->f->made + n - keys], s, cell);
  else
    cell[0] = made_cell(t, c, s);
  return cell[0].type == TABLE_EMPTY ? INT64_MIN
         : cell[0].type == TABLE_DAY ? cell[0].day
                                     : cell[0].number;
}

static bool sort_lines(telling *t, err *e) {
  fold *f = t->f;
  const ledger *l = f->l;
  const size_t count = f->lines_by.count;
  if (!l->sort_count || count < 2) return true;
  const int64_t failed = t->end->failed;
  sorted_line *all = ARENA_ARRAY(t->a, count, sorted_line);
  int64_t *values = ARENA_ARRAY(t->a, count * l->sort_count, int64_t);
  if (!all || !values) return err_memory(e);
  for (size_t n = 0; n < count; n++) {
    all[n] = (sorted_line){l, &values[n * l->sort_count], f->lines[n]};
    read_strip(t, &f->lines[n], t->line);
    for (size_t i = 0; i < l->sort_count; i++)
      values[n * l->sort_count + i] = sort_value(t, (size_t)abs(l->sort[i]) - 1);
  }
  t->end->failed = failed; /* they are told of with their cells */
  qsort(all, count, sizeof *all, by_sort);
  for (size_t n = 0; n < count; n++) f->lines[n] = all[n].line;
  return true;
}

static void sum_whole(telling *t) {
  for (size_t n = 0; n < t->f->lines_by.count; n++) {
    read_strip(t, &t->f->lines[n], t->line);
    add_strip(t, t->whole, t->line);
  }
  for (size_t i = 0; i < t->f->made; i++) {
    const ledger_column *c = made_at(t, i);
    if (c->of_value || c->only) t->end->unknown += t->whole[t->cols * t->f->made + i].unknown;
  }
}

bool fold_tell(fold *f, arena *a, const ledger_sink *sink, ledger_end *end, err *e) {
  telling t = {.f = f, .a = a, .sink = sink, .end = end, .cols = f->cols_by.count};
  t.strip = (t.cols + 1) * f->made;
  t.line = ARENA_ARRAY(a, t.strip, sums);
  t.whole = ARENA_ARRAY(a, t.strip, sums);
  bool ok = t.line && t.whole;
  for (size_t i = 1; i < f->l->group_count && ok; i++)
    ok = (t.groups[i] = ARENA_ARRAY(a, t.strip, sums)) != NULL;
  if (!ok) return err_memory(e);
  if (f->lines_by.count) qsort(f->lines, f->lines_by.count, sizeof *f->lines, by_keys);
  if (f->cols_by.count) qsort(f->cols, f->cols_by.count, sizeof *f->cols, by_keys);
  sum_whole(&t);
  return sort_lines(&t, e) && tell_head(&t, e) && tell_lines(&t, e);
}

/* ---- making it ---- */

fold *fold_new(const ledger *l, err *e) {
  fold *f = calloc(1, sizeof *f);
  if (f) f->a = arena_new(0);
  if (!f || !f->a) {
    free(f);
    err_memory(e);
    return NULL;
  }
  f->l = l;
  f->made = l->column_count - ledger_key_count(l);
  return f;
}

void fold_free(fold *f) {
  if (!f) return;
  free(f->lines_by.slots);
  free(f->cols_by.slots);
  free(f->cells_by.slots);
  free(f->cells);
  buf_release(&f->id);
  arena_free(f->a);
  free(f);
}
