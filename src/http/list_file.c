#include "http/list_file.h"

#include "base/json_map.h"
#include "base/money.h"
#include "http/handlers.h"
#include "http/screens.h"
#include "http/server_internal.h"
#include "http/table_file.h"
#include "sheet/table_sort.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS_MAX = 24 };

struct list_file {
  request *q;
  const list_layout *layout;
  const list_column *columns[COLUMNS_MAX];
  size_t column_count;
  table_order order[TABLE_SORT_MAX];
  size_t order_count;
  table_file file;
  table_sort *sort; /* NULL: as they come */
  store *screened;  /* the connection of questions to a screen */
  arena *page;
  const json *answer; /* the page */
  const char *part;   /* the list of the answer that the item stands in */
  text next;          /* the cursor of the next page, in `cursor` */
  buf cursor;
  int64_t rows;
  bool noted; /* what the first answer says of the whole is taken */
  text defined, definition;
};

/* ---- what is asked ---- */

bool list_file_asked(request *q) {
  text format = query_text(q, "format");
  return q->route->list && format.bytes && !text_is(format, "json");
}

static const list_column *column_named(const list_layout *l, text name) {
  for (const list_column *c = l->columns; c->name; c++)
    if (text_is(name, c->name)) return c;
  return NULL;
}

static bool add_column(list_file *x, const list_column *c, err *e) {
  if (!c || x->column_count == COLUMNS_MAX)
    return err_set(e, ERR_BAD_INPUT, "columns", "没有这一列。", "There is no such column.");
  x->columns[x->column_count++] = c;
  return true;
}

static bool read_columns(list_file *x, text names, err *e) {
  if (!names.bytes)
    for (const list_column *c = x->layout->columns; c->name; c++)
      if (!add_column(x, c, e)) return false;
  while (names.bytes) {
    const char *comma = memchr(names.at, ',', names.bytes);
    const text name = {names.at, comma ? (size_t)(comma - names.at) : names.bytes};
    if (!add_column(x, column_named(x->layout, text_trim(name)), e)) return false;
    const size_t taken = name.bytes + (comma ? 1 : 0);
    names = (text){names.at + taken, names.bytes - taken};
  }
  return true;
}

static bool read_sort(list_file *x, text words, err *e) {
  text word;
  while (text_next_word(&words, &word)) {
    int64_t n = 0;
    const int64_t most = (int64_t)x->column_count;
    if (!text_to_int(word, &n) || n == 0 || n < -most || n > most ||
        x->order_count == TABLE_SORT_MAX)
      return err_set(e, ERR_BAD_INPUT, "sort",
                     "排序写列的序号，从 1 起，空格隔开，倒序的前面加“-”，例如 4 -1。",
                     "The order names columns by their number, from 1, with - in front where it "
                     "falls: 4 -1.");
    x->order[x->order_count++] =
        (table_order){.column = (size_t)(n < 0 ? -n : n) - 1, .down = n < 0};
  }
  return true;
}

/* ---- a page ---- */

/* The handler of the list, as if the next page were asked for; what it hands to a screen is asked
 * here. The file that is being made is kept out of its way. */
static bool call_handler(list_file *x, err *e) {
  request *q = x->q;
  q->answered = false;
  q->then = NULL;
  q->screening = NULL;
  q->data = NULL;
  if (!q->route->handle(q, e)) return false;
  if (q->screening) {
    request_handler *then = q->then;
    bool told = screens_ask_here(q->loop->server->screens, q, &x->screened, e);
    q->screening = NULL;
    q->then = NULL;
    if (!told || !then(q, e)) return false;
  }
  return (q->answered && !q->then) ||
         err_set(e, ERR_INTERNAL, NULL, "这份清单不能导出。", "This list cannot be exported.");
}

static bool ask_page(list_file *x, err *e) {
  request *q = x->q;
  const int file = q->file_fd;
  arena *const own = q->a;
  request_handler *const then = q->then;
  q->file_fd = -1;
  q->a = x->page;
  q->page_key = x->layout->cursor ? x->layout->cursor : "cursor";
  q->page_cursor = x->next;
  bool ok = call_handler(x, e) && arena_whole(x->page, true, e) && buf_ok(&q->out);
  x->answer = ok ? json_parse(x->page, buf_view(&q->out), e) : NULL;
  buf_clear(&q->out);
  q->page_key = NULL;
  q->data = NULL;
  q->a = own;
  q->then = then;
  q->file_fd = file;
  q->answered = false;
  return x->answer != NULL;
}

/* ---- cells ---- */

static const json *at_path(const json *from, const char *path) {
  while (from && *path && *path != ':') {
    const size_t n = strcspn(path, ".:");
    from = json_get_text(from, (text){path, n});
    path += n + (path[n] == '.');
  }
  return from;
}

/* In the item, else in the one that holds it; "/…" in the answer. */
static const json *find(const list_file *x, const json *item, const json *holder,
                        const char *path) {
  if (path[0] == '/') return at_path(x->answer, path + 1);
  const json *found = at_path(item, path);
  return found || !holder ? found : at_path(holder, path);
}

static text told(const list_file *x, const json *j) {
  if (!j) return TEXT("");
  if (j->type == JSON_MAP) return json_text(j, x->q->english ? "en" : "zh");
  return j->type == JSON_TEXT ? j->s : TEXT("");
}

static table_value text_cell(text t) {
  return (table_value){.type = t.bytes ? TABLE_TEXT : TABLE_EMPTY, .text = t};
}

static table_value number_cell(table_type type, const json *j) {
  if (j && j->type == JSON_INT) return (table_value){.type = type, .number = j->n};
  return (table_value){.type = TABLE_EMPTY};
}

/* money, rate and number as the answer says beside it. */
static table_value amount_cell(const list_file *x, const json *item, const json *holder,
                               const json *j) {
  const json *said = find(x, item, holder, "type");
  const text type = said ? told(x, said) : json_text(x->answer, "type");
  int64_t n = 0;
  if (text_is(type, "money")) return number_cell(TABLE_MONEY, j);
  if (j && j->type == JSON_TEXT && decimal_parse(j->s, &n)) {
    if (text_is(type, "rate")) return (table_value){.type = TABLE_RATE, .number = n};
    return (table_value){.type = TABLE_NUMBER, .decimals = -1, .number = n};
  }
  return number_cell(TABLE_INTEGER, j);
}

static table_value code_cell(const list_file *x, const list_column *c, text code) {
  for (const list_word *w = c->words; w->code; w++)
    if (text_is(code, w->code)) return text_cell(text_of(x->q->english ? w->says.en : w->says.zh));
  return text_cell(code);
}

static bool joined_cell(const list_file *x, const char *path, const json *j, table_value *ret,
                        err *e) {
  const char *key = strchr(path, ':') + 1;
  AUTO_BUF buf b = {0};
  for (size_t i = 0; j && j->type == JSON_LIST && i < j->count; i++) {
    const text t = told(x, json_get(&j->items[i], key));
    if (b.bytes && t.bytes) buf_str(&b, x->q->english ? "; " : "；");
    buf_text(&b, t);
  }
  const char *copy = buf_ok(&b) ? arena_copy(x->page, b.at ? b.at : "", b.bytes) : NULL;
  *ret = text_cell((text){copy, b.bytes});
  return copy || err_memory(e);
}

/* "2024-03-01T08:30:00…": the minute. */
static bool instant_cell(const list_file *x, text t, table_value *ret, err *e) {
  *ret = (table_value){.type = TABLE_EMPTY};
  if (t.bytes < 16) return true;
  const char *copy = arena_printf(x->page, "%.10s %.5s", t.at, t.at + 11);
  if (copy) *ret = text_cell(text_of(copy));
  return copy || err_memory(e);
}

static bool put_cell(list_file *x, const list_column *c, const json *item, const json *holder,
                     table_value *ret, err *e) {
  const json *j = find(x, item, holder, c->path);
  const bool english = x->q->english;
  day on;
  *ret = (table_value){.type = TABLE_EMPTY};
  switch (c->type) {
  case LIST_TEXT:
    *ret = j && j->type == JSON_INT ? number_cell(TABLE_INTEGER, j) : text_cell(told(x, j));
    return true;
  case LIST_DAY:
    if (j && day_parse(told(x, j), &on)) *ret = (table_value){.type = TABLE_DAY, .day = on};
    return true;
  case LIST_INSTANT:
    return instant_cell(x, told(x, j), ret, e);
  case LIST_MONEY:
    *ret = number_cell(TABLE_MONEY, j);
    return true;
  case LIST_YES:
    if (j && j->type == JSON_BOOL && j->yes) *ret = text_cell(text_of(english ? "yes" : "是"));
    return true;
  case LIST_AMOUNT:
    *ret = amount_cell(x, item, holder, j);
    return true;
  case LIST_CODE:
    *ret = code_cell(x, c, text_is(text_of(c->path), "/part") ? text_of(x->part) : told(x, j));
    return true;
  case LIST_PART:
    *ret = text_cell(told(x, json_get(holder ? item : x->answer, holder ? "name" : "area_name")));
    return true;
  case LIST_JOINED:
    return joined_cell(x, c->path, j, ret, e);
  }
  return true;
}

/* ---- rows ---- */

static bool put_row(list_file *x, const json *item, const json *holder, err *e) {
  table_value cells[COLUMNS_MAX];
  for (size_t i = 0; i < x->column_count; i++)
    if (!put_cell(x, x->columns[i], item, holder, &cells[i], e)) return false;
  x->rows++;
  return x->sort ? table_sort_put(x->sort, cells, e)
                 : table_put(x->file.writer, cells, x->column_count, e);
}

/* An item, and behind it those that it holds. */
static bool put_item(list_file *x, const json *item, err *e) {
  if (!put_row(x, item, NULL, e)) return false;
  for (text left = text_of(x->layout->within ? x->layout->within : ""), word;
       text_next_word(&left, &word);) {
    const json *inner = json_get_text(item, word);
    for (size_t i = 0; inner && inner->type == JSON_LIST && i < inner->count; i++)
      if (!put_row(x, &inner->items[i], item, e)) return false;
  }
  return true;
}

static bool put_page(list_file *x, err *e) {
  for (text left = text_of(x->layout->items ? x->layout->items : "items"), word;
       text_next_word(&left, &word);) {
    const json *items = json_get_text(x->answer, word);
    x->part = arena_copy(x->page, word.at, word.bytes);
    if (!x->part) return err_memory(e);
    for (size_t i = 0; items && items->type == JSON_LIST && i < items->count; i++)
      if (!put_item(x, &items->items[i], e)) return false;
  }
  return true;
}

static bool keep(const list_file *x, const json *j, text *ret, err *e) {
  const text t = told(x, j);
  *ret = (text){arena_copy(x->q->a, t.at, t.bytes), t.bytes};
  return ret->at || err_memory(e);
}

/* What the answer says of the whole, once. */
static bool note_head(list_file *x, err *e) {
  if (x->noted) return true;
  x->noted = true;
  return keep(x, json_get(x->answer, "title"), &x->defined, e) &&
         keep(x, json_get(x->answer, "definition"), &x->definition, e);
}

static bool goes_on(const request *q, err *e) {
  if (request_abandoned(q)) return request_say_abandoned(e);
  return !request_stopping((request *)q) || err_set(e, ERR_BUSY, NULL, "服务正在停止，请稍后再试。",
                                                    "The service is stopping; try again soon.");
}

static bool put_pages(list_file *x, err *e) {
  do {
    arena_clear(x->page);
    if (!goes_on(x->q, e) || !ask_page(x, e) || !note_head(x, e) || !put_page(x, e)) return false;
    const json *next = json_get(x->answer, "next");
    buf_clear(&x->cursor);
    if (next && next->type == JSON_TEXT) buf_text(&x->cursor, next->s);
    if (!buf_ok(&x->cursor)) return err_memory(e);
    x->next = buf_view(&x->cursor);
  } while (x->next.bytes);
  return true;
}

static bool put_sorted(list_file *x, err *e) {
  const table_value *row = NULL;
  do {
    if (!table_sort_next(x->sort, &row, e) ||
        (row && !table_put(x->file.writer, row, x->column_count, e)))
      return false;
  } while (row);
  return true;
}

/* ---- what stands beneath ---- */

static label query_title(text name) {
  static const struct {
    const char *name;
    label title;
  } titles[] = {{"area", {"区域", "area"}},
                {"from", {"自", "from"}},
                {"to", {"至", "to"}},
                {"day", {"日期", "day"}},
                {"state", {"状态", "state"}},
                {"process", {"流程", "process"}},
                {"rule", {"规则", "rule"}},
                {"colour", {"颜色", "colour"}},
                {"officer", {"人员", "officer"}},
                {"duty", {"任务", "duty"}},
                {"fund", {"资金", "fund"}},
                {"way", {"方式", "way"}},
                {"pack", {"业务包", "pack"}},
                {"kind", {"类型", "kind"}},
                {"after", {"序号大于", "after"}}};
  for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
    if (text_is(name, titles[i].name)) return titles[i].title;
  return (label){"条件", "only"};
}

static bool is_of_file(text name) {
  static const char *const own[] = {"cursor", "limit", "format", "encoding", "columns", "sort"};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (text_is(name, own[i])) return true;
  return false;
}

typedef bool take_parameter(list_file *x, void *to, text name, text says, err *e);
static bool each_parameter(list_file *x, take_parameter *take, void *to, err *e) {
  for (text left = text_of(x->q->route->query), name; text_next_word(&left, &name);) {
    const char *key = is_of_file(name) ? NULL : arena_copy(x->q->a, name.at, name.bytes);
    if (is_of_file(name)) continue;
    if (!key) return err_memory(e);
    const text says = query_text(x->q, key);
    if (says.bytes && !take(x, to, name, says, e)) return false;
  }
  return true;
}

static bool tell_parameter(list_file *x, void *to, text name, text says, err *e) {
  request *q = x->q;
  char code[13] = "";
  const label title = query_title(name);
  if (text_is(name, "area") && says.bytes == 12) memcpy(code, says.at, 12);
  if (code[0]) says = text_of(view_area_name(q, code));
  buf_printf(to, q->english ? " %s: %.*s." : "%s：%.*s。", q->english ? title.en : title.zh,
             (int)says.bytes, says.at);
  (void)e;
  return true;
}

static bool write_notes(list_file *x, err *e) {
  AUTO_BUF buf b = {0};
  const bool english = x->q->english;
  if (x->definition.bytes) {
    buf_printf(&b, english ? "%.*s: %.*s" : "%.*s的口径：%.*s", (int)x->defined.bytes,
               x->defined.at, (int)x->definition.bytes, x->definition.at);
    if (!buf_ok(&b) || !table_note(x->file.writer, buf_view(&b), e))
      return buf_ok(&b) ? false : err_memory(e);
    buf_clear(&b);
  }
  ledger_file_put_note(&b, x->rows, x->q->who.officer->name, english);
  if (!each_parameter(x, tell_parameter, &b, e)) return false;
  if (!buf_ok(&b)) return err_memory(e);
  return table_note(x->file.writer, buf_view(&b), e);
}

/* ---- the file ---- */

static bool fill(request *q, store *s, err *e) {
  list_file *x = q->list;
  arena *page AUTO_ARENA = arena_new(0);
  x->page = page;
  if (!page) return err_memory(e);
  if (x->order_count && !(x->sort = table_sort_new(x->order, x->order_count, x->column_count, e)))
    return false;
  if (!db_begin_read(store_db(s), e)) return false;
  q->reading = s;
  bool ok = put_pages(x, e) && (!x->sort || put_sorted(x, e)) && write_notes(x, e);
  q->reading = NULL;
  db_end_read(store_db(s));
  return ok;
}

static bool run_file(request *q, store *s, err *e) {
  list_file *x = q->list;
  table_column columns[COLUMNS_MAX] = {0};
  for (size_t i = 0; i < x->column_count; i++)
    columns[i].title = q->english ? x->columns[i]->title.en : x->columns[i]->title.zh;
  bool ok = table_file_make(q, s, &x->file, columns, x->column_count, fill, e);
  table_sort_free(x->sort);
  store_close(x->screened);
  buf_release(&x->cursor);
  return ok;
}

static bool answer_file(request *q, err *e) {
  return table_file_answer(q, &q->list->file, e);
}

static bool keep_parameter(list_file *x, void *to, text name, text says, err *e) {
  const char *key = arena_copy(x->q->a, name.at, name.bytes);
  return (key && json_set_text(x->q->a, to, key, says)) || err_memory(e);
}

/* Who took what along, before he gets it. */
static bool note_export(request *q, err *e) {
  list_file *x = q->list;
  json *body = json_map_new(q->a), *asked = json_map_new(q->a), *columns = ARENA_NEW(q->a, json);
  const uuid id = uuid_v7_now();
  if (!body || !asked || !columns) return err_memory(e);
  *columns = (json){.type = JSON_LIST,
                    .count = x->column_count,
                    .items = ARENA_ARRAY(q->a, x->column_count, json)};
  if (!columns->items) return err_memory(e);
  for (size_t i = 0; i < x->column_count; i++)
    columns->items[i] = (json){.type = JSON_TEXT, .s = text_of(x->columns[i]->name)};
  if (!each_parameter(x, keep_parameter, asked, e)) return false;
  if (!json_set_text(q->a, body, "list", text_of(x->layout->name)) ||
      !json_set_text(q->a, body, "path", text_of(q->path)) ||
      !json_set_text(q->a, body, "format", text_of(table_format_word(x->file.format))) ||
      !json_set(q->a, body, "columns", columns) || !json_set(q->a, body, "asked", asked) ||
      !json_set_int(q->a, body, "count", x->rows))
    return err_memory(e);
  return request_command(q, VERB_EXPORT, &id, body, 0, answer_file);
}

bool list_file_begin(request *q, err *e) {
  list_file *x = ARENA_NEW(q->a, list_file);
  if (!x) return err_memory(e);
  *x = (list_file){.q = q, .layout = q->route->list};
  if (!table_file_read(query_text(q, "format"), query_text(q, "encoding"), &x->file, e) ||
      !read_columns(x, query_text(q, "columns"), e) || !read_sort(x, query_text(q, "sort"), e))
    return false;
  x->file.title = q->english ? q->route->title.en : q->route->title.zh;
  q->list = x;
  return request_background(q, BACKGROUND_TABLE, run_file, note_export);
}
