#include "ledger/filling.h"

#include "base/json_map.h"

/* Makes it a summary with a line for each of the named rows. */
static bool group(arena *a, const filling_rows *named, json *asked, err *e) {
  json *keys = ARENA_NEW(a, json);
  json *key = json_parse(a, text_of(named->key), e);
  if (!key) return false;
  if (!keys) return err_memory(e);
  *keys = (json){.type = JSON_LIST, .count = 1, .items = key};
  return (json_set(a, asked, "group_by", keys) && json_set_bool(a, asked, "totals", false) &&
          json_set_bool(a, asked, "all_areas", true)) ||
         err_memory(e);
}

/* What the rows are called, and which number they have. */
static bool stands_there(const filling *f, size_t at) {
  const template_column *c = &f->table->columns[at];
  const text own = c->path[c->depth - 1];
  return f->named && (c->column == f->table->label_column || text_is(own, "序号") ||
                      text_is(own, "序") || text_is(own, "编号"));
}

/* A column of the ledger by itself: whether it can be read, what it is called, and whether it fits.
 */
static bool try_column(arena *a, const filling_request *q, size_t at, const json *column,
                       filling_column *c, err *e) {
  json *asked = json_map_new(a), *list = ARENA_NEW(a, json);
  const size_t own = q->named ? 1 : 0; /* behind the key */
  ledger l = {0};
  err why = {0};
  if (!asked || !list) return err_memory(e);
  *list = (json){.type = JSON_LIST, .count = 1, .items = (json *)column};
  if (!json_set_text(a, asked, "rows", q->rows) || !json_set(a, asked, "columns", list))
    return err_memory(e);
  if (q->named && !group(a, q->named, asked, e)) return false;
  c->source = TEXT("");
  if (!ledger_read(a, q->packs, asked, false, q->clear, &l, &why)) {
    if (why.code == ERR_MEMORY) return err_memory(e);
    c->state = FILLING_ASKED;
    c->why = (label){arena_text(a, why.zh), arena_text(a, why.en)};
    return (c->why.zh && c->why.en) || err_memory(e);
  }
  c->title.zh = l.columns[own].title;
  if (own && (l.columns[own].make == MAKE_SHARE || l.columns[own].make == MAKE_ROW_SHARE)) {
    c->state = FILLING_ASKED;
    c->why = (label){"占比不能填在这里，请用公式。", "A share cannot stand here; use a formula."};
    return true;
  }
  if (!heading_fits(q->table, &q->table->columns[at], &l.columns[own], &c->style, &c->why)) {
    c->state = FILLING_ASKED;
    return true;
  }
  if (!ledger_read(a, q->packs, asked, true, q->clear, &l, e)) return false;
  c->title.en = l.columns[own].title;
  AUTO_BUF buf b = {0};
  json_canonical(&b, column);
  const char *copy = buf_ok(&b) ? arena_copy(a, buf_view(&b).at, b.bytes) : NULL;
  c->source = (text){copy, b.bytes};
  return copy || err_memory(e);
}

static bool plan_column(arena *a, const filling_request *q, filling *f, size_t at,
                        const json *choice, err *e) {
  filling_column *c = &f->columns[at];
  c->source = TEXT("");
  c->title = (label){"", ""};
  c->why = c->match.why;
  if (f->table->columns[at].computed) {
    c->state = FILLING_COMPUTED;
    c->why = (label){"表里自有公式。", "The table has a formula of its own."};
    return true;
  }
  if (stands_there(f, at)) {
    c->state = FILLING_LEFT;
    c->why = (label){"各行已经写好。", "It stands there already."};
    return true;
  }
  if (choice && choice->type == JSON_NULL) {
    c->state = FILLING_LEFT;
    c->why = (label){"", ""};
    return true;
  }
  if (choice && choice->type == JSON_MAP) {
    c->state = FILLING_CHOSEN;
    return try_column(a, q, at, choice, c, e);
  }
  c->state = c->match.certainty == HEADING_SURE ? FILLING_SURE : FILLING_ASKED;
  if (c->state == FILLING_ASKED) return true;
  const json *column = json_parse(a, c->match.target->column, e);
  return column && try_column(a, q, at, column, c, e);
}

static bool gather(arena *a, filling *f, err *e) {
  json *asked = json_map_new(a), *list = ARENA_NEW(a, json);
  json *items = ARENA_ARRAY(a, f->table->column_count + 1, json);
  if (!asked || !list || !items) return err_memory(e);
  for (size_t i = 0; i < f->table->column_count; i++) {
    if (!f->columns[i].source.bytes) continue;
    const json *column = json_parse(a, f->columns[i].source, e);
    if (!column) return false;
    items[f->filled_count] = *column;
    f->filled[f->filled_count++] = (int)i;
  }
  *list = (json){.type = JSON_LIST, .count = f->filled_count, .items = items};
  if (!json_set_text(a, asked, "rows", f->rows) || !json_set(a, asked, "columns", list))
    return err_memory(e);
  f->asked = asked;
  return !f->named || group(a, f->named, asked, e);
}

bool filling_plan(arena *a, const filling_request *q, filling *ret, err *e) {
  const size_t n = q->table->column_count;
  const json *choices = q->choices;
  const bool chosen = choices && choices->type == JSON_LIST && choices->count == n;
  filling f = {.table = q->table, .rows = q->rows, .named = q->named};
  heading_match *matches = ARENA_ARRAY(a, n + 1, heading_match);
  f.columns = ARENA_ARRAY(a, n + 1, filling_column);
  f.filled = ARENA_ARRAY(a, n + 1, int);
  if (!matches || !f.columns || !f.filled) return err_memory(e);
  f.book = (q->named ? heading_groups_new : heading_book_new)(a, q->packs, q->rows, e);
  if (!f.book || !heading_match_columns(a, f.book, q->table, matches, e)) return false;
  for (size_t i = 0; i < n; i++) {
    f.columns[i].match = matches[i];
    if (!plan_column(a, q, &f, i, chosen ? &choices->items[i] : NULL, e)) return false;
    const heading_target *t = heading_target_find(f.book, f.columns[i].source);
    if (q->named && t) f.columns[i].title = t->title; /* says of which, where a count does not */
  }
  if (!gather(a, &f, e)) return false;
  *ret = f;
  return true;
}

bool filling_guess_rows(arena *a, const catalog *packs, const template_table *t,
                        rows_offered *among, size_t count, text *ret_rows, err *e) {
  size_t best = 0, best_own = 0;
  text found = TEXT("");
  heading_match *matches = ARENA_ARRAY(a, t->column_count + 1, heading_match);
  if (!matches) return err_memory(e);
  for (size_t i = 0; i < count; i++) {
    const heading_book *b =
        (t->label_count ? heading_groups_new : heading_book_new)(a, packs, among[i].name, e);
    if (!b || !heading_match_columns(a, b, t, matches, e)) return false;
    size_t own = 0;
    const size_t sure = heading_count_sure(matches, t->column_count, &own);
    among[i].sure = sure;
    if (!sure || sure < best || (sure == best && own < best_own)) continue;
    found = sure == best && own == best_own ? TEXT("") : among[i].name;
    best = sure;
    best_own = own;
  }
  *ret_rows = found;
  return true;
}

bool filling_values(arena *a, const template *t, const filling *f, const ledger_line *line,
                    template_value *ret, err *e) {
  for (size_t i = 0; i < f->filled_count; i++)
    if (!heading_value(a, t, &f->columns[f->filled[i]].style, &line->cells[f->named ? i + 1 : i],
                       &ret[i], e))
      return false;
  return true;
}
