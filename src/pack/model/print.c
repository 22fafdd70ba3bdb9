/* What stands in prints.yaml, to a form that can be filled in. */
#include "pack/model/print.h"

#include "base/json_map.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct reading {
  arena *a;
  const catalog *packs;
  const print_request *how;
  print *p;
  text of;       /* what it is printed of, as written */
  json *columns; /* of the values, growing */
  size_t room;
  const char **paths; /* of each column, where it is written */
  size_t path_room;
  char path[PRINT_PATH_MAX];
} reading;

static const struct {
  const char *word;
  print_word means;
} own_words[] = {{"county", PRINT_COUNTY}, {"place", PRINT_PLACE}, {"today", PRINT_TODAY},
                 {"by", PRINT_BY},         {"from", PRINT_FROM},   {"to", PRINT_TO},
                 {"month", PRINT_MONTH}};

/* ---- faults ---- */

static bool wrong(err *e, label what) {
  return err_set(e, ERR_BAD_INPUT, NULL, "%s", "%s", LABEL(what));
}

/* The path goes one step down; what it was is given back to `up`. */
static size_t down(reading *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static size_t down(reading *r, const char *format, ...) {
  const size_t was = strlen(r->path);
  va_list args;
  va_start(args, format);
  vsnprintf(r->path + was, sizeof r->path - was, format, args);
  va_end(args);
  return was;
}
/* Only when all went well: else the path says where. */
static bool up(reading *r, size_t was, bool ok) {
  if (ok) r->path[was] = 0;
  return ok;
}

static bool only_keys(const json *map, const char *keys, err *e) {
  for (size_t i = 0; i < map->count; i++) {
    text rest = text_of(keys), word;
    bool known = false;
    while (!known && text_next_word(&rest, &word)) known = text_equal(word, map->keys[i]);
    if (known) continue;
    const int shown = (int)text_cut(map->keys[i], 60).bytes;
    return err_set(e, ERR_BAD_INPUT, NULL, "这里没有“%.*s”这一项，可以写：%s。",
                   "There is no \"%.*s\" here; there are: %s.", shown, map->keys[i].at, keys);
  }
  return true;
}

/* ---- values ---- */

static const char *copy_of(const reading *r, text t) {
  return arena_copy(r->a, t.at, t.bytes);
}

/* A text, or {zh, en}: in the language that is asked for. */
static text said(const reading *r, const json *x) {
  if (!x) return TEXT("");
  if (x->type == JSON_TEXT) return x->s;
  return json_text(x, r->how->english ? "en" : "zh");
}

static bool number_of(const json *map, const char *key, double least, double most, double *ret,
                      err *e) {
  const json *x = json_get(map, key);
  char word[32], *end;
  if (!x) return true;
  if (x->type == JSON_TEXT && x->s.bytes && x->s.bytes < sizeof word) {
    memcpy(word, x->s.at, x->s.bytes);
    word[x->s.bytes] = 0;
    const double n = strtod(word, &end);
    if (*end == 0 && n >= least && n <= most) {
      *ret = n;
      return true;
    }
  }
  return err_set(e, ERR_BAD_INPUT, NULL, "“%s”应是 %g 到 %g 的数。",
                 "\"%s\" is a number from %g to %g.", key, least, most);
}

static bool flag_of(const json *map, const char *key, bool *ret, err *e) {
  const json *x = json_get(map, key);
  if (!x) return true;
  *ret = x->type == JSON_TEXT && text_is(x->s, "true");
  return *ret || (x->type == JSON_TEXT && text_is(x->s, "false")) ||
         err_set(e, ERR_BAD_INPUT, NULL, "“%s”写 true 或 false。", "\"%s\" is true or false.", key);
}

/* ---- columns of the values ---- */

/* One more; the same `what` again is the same column. */
static bool add_column(reading *r, const char *key, text source, int *ret, err *e) {
  if (!r->p->kind)
    return wrong(e,
                 (label){"一个区域的表单没有自己的字段，请放到它的表里。",
                         "A form of an area has no fields of its own; tell them in its tables."});
  for (size_t i = 0; i < r->columns->count; i++)
    if (text_equal(json_text(&r->columns->items[i], key), source)) {
      *ret = (int)i;
      return true;
    }
  json *more = ARENA_GROW(r->a, r->columns->items, r->columns->count, &r->room, json);
  const char **paths = ARENA_GROW(r->a, r->paths, r->columns->count, &r->path_room, const char *);
  json *one = json_map_new(r->a);
  if (more) r->columns->items = more;
  if (paths) r->paths = paths;
  if (!more || !paths || !one || !json_set_text(r->a, one, key, source)) return err_memory(e);
  r->columns->items[r->columns->count] = *one;
  r->paths[r->columns->count] = arena_text(r->a, r->path);
  *ret = (int)r->columns->count++;
  return r->paths[*ret] || err_memory(e);
}

/* Whether something holds, as 1 or 0. */
static bool add_condition(reading *r, text source, int *ret, err *e) {
  const char *whole = arena_printf(r->a, "(%.*s) ? 1 : 0", (int)source.bytes, source.at);
  return whole ? add_column(r, "what", text_of(whole), ret, e) : err_memory(e);
}

static bool read_when(reading *r, const json *map, int *ret, err *e) {
  text source = text_trim(json_text(map, "when"));
  *ret = -1;
  return !source.bytes || add_condition(r, source, ret, e);
}

/* ---- texts ---- */

static bool asks(const field *fields, size_t count, text name) {
  return field_find(fields, count, name) != NULL;
}

/* A field of some step, or of some measure, of what the event is about. */
static bool read_answer(const reading *r, text name, const char **ret, err *e) {
  const print *p = r->p;
  bool found = false;
  *ret = copy_of(r, name);
  if (!*ret) return err_memory(e);
  for (size_t i = 0; p->event && p->event->derived && i < p->pack->workflow_count; i++) {
    const workflow *w = &p->pack->workflows[i];
    for (size_t k = 0; k < w->transition_count; k++)
      found |= asks(w->transitions[k].fields, w->transitions[k].field_count, name);
  }
  for (size_t i = 0; p->event && p->event->derived && i < p->pack->measure_count; i++)
    found |= asks(p->pack->measures[i].fields, p->pack->measures[i].field_count, name);
  return found || err_set(e, ERR_BAD_INPUT, NULL, "没有哪一步或哪项措施要填“%s”。",
                          "No step and no measure asks for \"%s\".", *ret);
}

static bool read_word(reading *r, text word, print_piece *ret, err *e) {
  for (size_t i = 0; i < sizeof own_words / sizeof *own_words; i++)
    if (text_is(word, own_words[i].word)) {
      ret->word = own_words[i].means;
      return true;
    }
  if (text_starts(word, "answer.")) {
    ret->word = PRINT_ANSWER;
    return read_answer(r, (text){word.at + 7, word.bytes - 7}, &ret->answer, e);
  }
  return add_column(r, "shows", word, &ret->column, e);
}

static bool add_piece(reading *r, print_text *t, size_t *room, const print_piece *x, err *e) {
  print_piece *more = ARENA_GROW(r->a, (print_piece *)t->pieces, t->count, room, print_piece);
  if (!more) return err_memory(e);
  t->pieces = more;
  more[t->count++] = *x;
  return true;
}

/* "words {expression} words {@word}". */
static bool read_text(reading *r, text s, print_text *ret, err *e) {
  size_t room = 0, at = 0;
  *ret = (print_text){0};
  while (at < s.bytes) {
    print_piece x = {.column = -1};
    const char *open = memchr(s.at + at, '{', s.bytes - at);
    const size_t from = open ? (size_t)(open - s.at) : s.bytes;
    x.words = (text){s.at + at, from - at};
    at = from;
    if (open) {
      const char *close = memchr(open, '}', s.bytes - from);
      if (!close) return wrong(e, (label){"花括号没有合上。", "A brace is not closed."});
      text inside = text_trim((text){open + 1, (size_t)(close - open - 1)});
      if (!inside.bytes) return wrong(e, (label){"花括号里是空的。", "The braces are empty."});
      if (!(inside.at[0] == '@' ? read_word(r, (text){inside.at + 1, inside.bytes - 1}, &x, e)
                                : add_column(r, "what", inside, &x.column, e)))
        return false;
      at = (size_t)(close - s.at) + 1;
    }
    if (!add_piece(r, ret, &room, &x, e)) return false;
  }
  return true;
}

static bool text_at(reading *r, const json *map, const char *key, print_text *ret, err *e) {
  size_t was = down(r, "/%s", key);
  text s = said(r, json_get(map, key));
  return up(r, was, read_text(r, s, ret, e));
}

/* ---- blocks ---- */

static bool read_field(reading *r, const json *x, print_field *ret, err *e) {
  text title = text_trim(said(r, json_get(x, "title"))), what = text_trim(json_text(x, "what")),
       shows = text_trim(json_text(x, "shows")), words = said(r, json_get(x, "text"));
  print_piece one = {.column = -1};
  size_t room = 0;
  *ret = (print_field){0};
  if (x->type != JSON_MAP || (what.bytes > 0) + (shows.bytes > 0) + (words.bytes > 0) > 1)
    return wrong(e, (label){"一格写 what、shows、text 中的一项，或者只写 title。",
                            "A field says one of what, shows and text, or title alone."});
  if (!only_keys(x, "title what shows text height ruled", e) ||
      !number_of(x, "height", 0, 250, &ret->height, e) || !flag_of(x, "ruled", &ret->ruled, e))
    return false;
  if (title.bytes && !(ret->title = copy_of(r, title))) return err_memory(e);
  if (words.bytes) return read_text(r, words, &ret->value, e);
  if (what.bytes && !add_column(r, "what", what, &one.column, e)) return false;
  if (shows.bytes && !read_word(r, shows, &one, e)) return false;
  if (what.bytes || shows.bytes) return add_piece(r, &ret->value, &room, &one, e);
  return title.bytes ||
         wrong(e, (label){"空着的一格要写 title。", "An empty field needs a title."});
}

static bool read_line(reading *r, const json *x, print_line *ret, err *e) {
  if (x->type != JSON_LIST || !x->count)
    return wrong(e, (label){"每一行是几格的列表。", "A line is a list of fields."});
  print_field *fields = ARENA_ARRAY(r->a, x->count, print_field);
  if (!fields) return err_memory(e);
  for (size_t i = 0; i < x->count; i++) {
    size_t was = down(r, "/%zu", i);
    if (!up(r, was, read_field(r, &x->items[i], &fields[i], e))) return false;
  }
  *ret = (print_line){fields, x->count};
  return true;
}

static const json *list_at(const json *map, const char *key) {
  const json *x = json_get(map, key);
  return x && x->type == JSON_LIST && x->count ? x : NULL;
}

static bool needs_list(err *e, const char *key) {
  return err_set(e, ERR_BAD_INPUT, NULL, "“%s”是一个列表，至少一项。",
                 "\"%s\" is a list of one or more.", key);
}

static bool read_fields(reading *r, const json *x, print_block *b, err *e) {
  const json *list = list_at(x, "fields");
  if (!list) return needs_list(e, "fields");
  print_line *lines = ARENA_ARRAY(r->a, list->count, print_line);
  if (!lines) return err_memory(e);
  size_t most = 0;
  for (size_t i = 0; i < list->count; i++) {
    size_t was = down(r, "/fields/%zu", i);
    if (!up(r, was, read_line(r, &list->items[i], &lines[i], e))) return false;
    if (lines[i].count > most) most = lines[i].count;
  }
  b->lines = lines;
  b->line_count = list->count;
  if (b->width_count && b->width_count < 2 * most)
    return wrong(e, (label){"widths 里每一格要写标题和内容两个宽度。",
                            "widths gives two for each field: of its title and of its value."});
  return 2 * most <= PRINT_WIDTHS_MAX ||
         wrong(e, (label){"一行里的格太多。", "There are too many fields in a line."});
}

static bool read_table(reading *r, const json *x, print_block *b, err *e) {
  const json *asked = json_get(x, "table");
  double least = 0, newest = 0, most = 0;
  text none = said(r, json_get(x, "none"));
  json *whole = json_map_new(r->a);
  b->table = ARENA_NEW(r->a, ledger);
  if (!asked || asked->type != JSON_MAP)
    return wrong(e, (label){"table 里写 rows 和 columns。", "table says rows and columns."});
  if (!whole || !b->table) return err_memory(e);
  if (!number_of(x, "least", 0, 100, &least, e) || !number_of(x, "newest", 1, 1000, &newest, e) ||
      !number_of(x, "most", 1, 10000, &most, e))
    return false;
  b->least = (int64_t)least;
  b->newest = (int64_t)newest;
  b->rows_max = (int64_t)most;
  if (none.bytes && !(b->none = copy_of(r, none))) return err_memory(e);
  for (size_t i = 0; i < asked->count; i++)
    if (!json_set_key(r->a, whole, asked->keys[i], &asked->items[i])) return err_memory(e);
  if ((r->how->from.bytes && !json_set_text(r->a, whole, "from", r->how->from)) ||
      (r->how->to.bytes && !json_set_text(r->a, whole, "to", r->how->to)))
    return err_memory(e);
  size_t was = down(r, "/table");
  if (!up(r, was, ledger_read(r->a, r->packs, whole, r->how->english, r->how->clear, b->table, e)))
    return false;
  if (b->table->column_count > PRINT_WIDTHS_MAX)
    return wrong(e, (label){"纸上的表列太多。", "A table on paper has fewer columns."});
  const kind *root =
      b->table->kind->parent >= 0 ? &b->table->pack->kinds[b->table->kind->parent] : b->table->kind;
  const kind *own = r->p->kind;
  if (own && own->parent >= 0) own = &r->p->pack->kinds[own->parent];
  return !own || root == own ||
         wrong(e,
               (label){"这张表不是关于同一个对象的。", "This table is not about the same unit."});
}

static const field *find_field(const print *p, text name) {
  return !p->kind   ? NULL
         : p->event ? field_find(p->event->fields, p->event->field_count, name)
                    : field_find(p->kind->fields, p->kind->field_count, name);
}

/* Whether each choice was taken. */
static bool read_ticks(reading *r, const json *x, print_block *b, err *e) {
  const field *f = find_field(r->p, json_text(x, "ticks"));
  if (!f || !f->choice_count)
    return wrong(e, (label){"ticks 写一个有选项的字段。", "ticks names a field with choices."});
  print_tick *all = ARENA_ARRAY(r->a, f->choice_count, print_tick);
  if (!all) return err_memory(e);
  for (size_t i = 0; i < f->choice_count; i++) {
    const char *c = f->choices[i].code;
    const char *when = f->type == FIELD_CHOICES ? arena_printf(r->a, "'%s' in %s", c, f->name)
                                                : arena_printf(r->a, "%s == '%s'", f->name, c);
    all[i].title = r->how->english ? f->choices[i].title.en : f->choices[i].title.zh;
    if (!when) return err_memory(e);
    if (!add_condition(r, text_of(when), &all[i].column, e)) return false;
  }
  b->ticks = all;
  b->tick_count = f->choice_count;
  return true;
}

static bool read_boxes(reading *r, const json *x, print_block *b, err *e) {
  const json *list = list_at(x, "boxes");
  if (!list || list->count > PRINT_WIDTHS_MAX) return needs_list(e, "boxes");
  print_text *all = ARENA_ARRAY(r->a, list->count, print_text);
  if (!all) return err_memory(e);
  for (size_t i = 0; i < list->count; i++) {
    size_t was = down(r, "/boxes/%zu", i);
    if (!up(r, was, read_text(r, said(r, &list->items[i]), &all[i], e))) return false;
  }
  b->boxes = all;
  b->box_count = list->count;
  if (b->height <= 0) b->height = 30;
  return true;
}

static bool read_photos(reading *r, const json *x, print_block *b, err *e) {
  text name = json_text(x, "photos");
  const field *f = find_field(r->p, name);
  if (!f || f->format != FORMAT_FILES)
    return wrong(e, (label){"photos 写一个存照片的字段（format: files）。",
                            "photos names a field that holds them (format: files)."});
  if (b->width <= 0) b->width = 80;
  if (b->height <= 0) b->height = 60;
  return add_column(r, "what", name, &b->column, e);
}

static bool read_figure(reading *r, const json *x, print_figure *ret, err *e) {
  text name = json_text(x, "name"), what = text_trim(json_text(x, "what")),
       title = text_trim(said(r, json_get(x, "title"))), shows = json_text(x, "shows"),
       answer = json_text(x, "answer");
  *ret = (print_figure){.column = -1};
  if (x->type != JSON_MAP || (what.bytes > 0) + (shows.bytes > 0) + (answer.bytes > 0) != 1)
    return wrong(e, (label){"每个数写 what、shows、answer 中的一项。",
                            "A figure says one of what, shows and answer."});
  if (!only_keys(x, "name title what shows answer", e)) return false;
  if (name.bytes && !(ret->name = copy_of(r, name))) return err_memory(e);
  if (title.bytes && !(ret->title = copy_of(r, title))) return err_memory(e);
  if (answer.bytes) return read_answer(r, answer, &ret->answer, e);
  return add_column(r, what.bytes ? "what" : "shows", what.bytes ? what : shows, &ret->column, e);
}

static bool read_receipt(reading *r, const json *x, print_block *b, err *e) {
  const json *list = list_at(x, "receipt");
  if (!list) return needs_list(e, "receipt");
  print_figure *all = ARENA_ARRAY(r->a, list->count, print_figure);
  text formula = text_trim(json_text(x, "formula"));
  if (!all) return err_memory(e);
  for (size_t i = 0; i < list->count; i++) {
    size_t was = down(r, "/receipt/%zu", i);
    if (!up(r, was, read_figure(r, &list->items[i], &all[i], e))) return false;
  }
  if (formula.bytes && !(b->formula = copy_of(r, formula))) return err_memory(e);
  b->figures = all;
  b->figure_count = list->count;
  if (b->width <= 0) b->width = 45;
  return text_at(r, x, "beside", &b->beside, e);
}

static bool read_qr(reading *r, const json *x, print_block *b, err *e) {
  if (b->width <= 0) b->width = 30;
  return text_at(r, x, "qr", &b->text, e) && text_at(r, x, "beside", &b->beside, e);
}

static bool read_heading(reading *r, const json *x, print_block *b, err *e) {
  if (b->size <= 0) b->size = 18;
  b->bold = true;
  b->align = PRINT_CENTRE;
  return text_at(r, x, "heading", &b->text, e);
}

static bool read_paragraph(reading *r, const json *x, print_block *b, err *e) {
  return text_at(r, x, "text", &b->text, e);
}

static bool read_space(reading *r, const json *x, print_block *b, err *e) {
  (void)r;
  return number_of(x, "space", 0, 250, &b->height, e);
}

static bool read_page(reading *r, const json *x, print_block *b, err *e) {
  (void)r;
  (void)b;
  return text_is(json_text(x, "page"), "new") ||
         wrong(e, (label){"写成 page: new。", "It is written page: new."});
}

static const struct {
  const char *word, *keys;
  bool (*read)(reading *r, const json *x, print_block *b, err *e);
} types[] = {
    [PRINT_HEADING] = {"heading", "heading size above when", read_heading},
    [PRINT_TEXT] = {"text", "text size align bold indent above when", read_paragraph},
    [PRINT_FIELDS] = {"fields", "fields widths size above when", read_fields},
    [PRINT_TABLE] = {"table", "table widths size above when least newest most none", read_table},
    [PRINT_TICKS] = {"ticks", "ticks size above when", read_ticks},
    [PRINT_BOXES] = {"boxes", "boxes height above when", read_boxes},
    [PRINT_PHOTOS] = {"photos", "photos width height above when", read_photos},
    [PRINT_QR] = {"qr", "qr beside width above when", read_qr},
    [PRINT_RECEIPT] = {"receipt", "receipt formula beside width above when", read_receipt},
    [PRINT_SPACE] = {"space", "space when", read_space},
    [PRINT_PAGE] = {"page", "page when", read_page},
};
enum { TYPES = sizeof types / sizeof *types };

static bool read_widths(const json *x, print_block *b, err *e) {
  const json *list = json_get(x, "widths");
  if (!list) return true;
  if (list->type != JSON_LIST || list->count > PRINT_WIDTHS_MAX) return needs_list(e, "widths");
  for (size_t i = 0; i < list->count; i++) {
    json one = {.type = JSON_MAP, .count = 1, .items = &list->items[i], .keys = &TEXT("widths")};
    if (!number_of(&one, "widths", 0, 297, &b->widths[i], e)) return false;
  }
  b->width_count = list->count;
  return true;
}

static bool read_align(const json *x, print_side *ret, err *e) {
  text word = json_text(x, "align");
  if (text_is(word, "centre")) *ret = PRINT_CENTRE;
  if (text_is(word, "right")) *ret = PRINT_RIGHT;
  return !word.bytes || *ret != PRINT_LEFT || text_is(word, "left") ||
         wrong(e, (label){"align 写 left、centre 或 right。", "align is left, centre or right."});
}

static bool read_block(reading *r, const json *x, print_block *b, err *e) {
  int type = -1, count = 0;
  *b = (print_block){.when = -1, .column = -1};
  for (int i = 0; i < TYPES; i++)
    if (json_get(x, types[i].word)) {
      type = i;
      count++;
    }
  if (count != 1)
    return wrong(e, (label){"每一块写 heading、text、fields、table、ticks、boxes、photos、qr、"
                            "receipt、space、page 中的一项。",
                            "A block is one of heading, text, fields, table, ticks, boxes, photos, "
                            "qr, receipt, space and page."});
  b->type = (print_type)type;
  return only_keys(x, types[type].keys, e) && number_of(x, "size", 5, 72, &b->size, e) &&
         number_of(x, "above", 0, 250, &b->above, e) &&
         number_of(x, "indent", 0, 10, &b->indent, e) &&
         number_of(x, "height", 3, 250, &b->height, e) &&
         number_of(x, "width", 5, 280, &b->width, e) && flag_of(x, "bold", &b->bold, e) &&
         read_align(x, &b->align, e) && read_widths(x, b, e) && read_when(r, x, &b->when, e) &&
         types[type].read(r, x, b, e);
}

static bool read_blocks(reading *r, const json *asked, err *e) {
  const json *list = list_at(asked, "blocks");
  if (!list || list->count > PRINT_BLOCKS_MAX) return needs_list(e, "blocks");
  print_block *all = ARENA_ARRAY(r->a, list->count, print_block);
  if (!all) return err_memory(e);
  for (size_t i = 0; i < list->count; i++) {
    snprintf(r->path, sizeof r->path, "blocks/%zu", i);
    if (!read_block(r, &list->items[i], &all[i], e)) return false;
  }
  r->path[0] = 0;
  r->p->blocks = all;
  r->p->block_count = list->count;
  bool tables = r->p->kind != NULL;
  for (size_t i = 0; i < list->count; i++) tables |= all[i].table != NULL;
  return tables || wrong(e, (label){"一个区域的表单至少要有一张表。",
                                    "A form of an area has a table at least."});
}

/* ---- the whole ---- */

static bool read_margins(reading *r, const json *asked, err *e) {
  const json *list = json_get(asked, "margins");
  print *p = r->p;
  double *const into[] = {&p->top, &p->right, &p->bottom, &p->left};
  p->top = p->bottom = 20;
  p->left = p->right = 18;
  p->size = 10.5;
  if (!number_of(asked, "size", 6, 40, &p->size, e)) return false;
  text word = json_text(asked, "paper");
  p->landscape = text_is(word, "landscape");
  if (word.bytes && !p->landscape && !text_is(word, "portrait"))
    return wrong(e, (label){"paper 写 portrait（竖）或 landscape（横）。",
                            "paper is portrait or landscape."});
  if (!list) return true;
  if (list->type != JSON_LIST || list->count != 4)
    return wrong(e, (label){"margins 写上、右、下、左四个毫米数。",
                            "margins are four: top, right, bottom, left, in millimetres."});
  for (size_t i = 0; i < 4; i++) {
    json one = {.type = JSON_MAP, .count = 1, .items = &list->items[i], .keys = &TEXT("margins")};
    if (!number_of(&one, "margins", 5, 80, into[i], e)) return false;
  }
  return true;
}

static bool read_of(reading *r, err *e) {
  print *p = r->p;
  snprintf(r->path, sizeof r->path, "of");
  if (text_is(r->of, "area")) return true;
  p->kind = catalog_kind(r->packs, r->of, &p->pack);
  if (p->kind) return true;
  p->event = catalog_event(r->packs, r->of, &p->pack);
  if (p->event) p->kind = &p->pack->kinds[p->event->about];
  return p->event || wrong(e, (label){"of 写一类对象、一种登记，或 area。",
                                      "of names a kind, a kind of event, or area."});
}

/* "columns[3].what column 5": the path of that column. */
static void tell_column(reading *r, err *e) {
  char *end;
  if (strncmp(e->where, "columns[", 8) != 0) {
    snprintf(r->path, sizeof r->path, "when");
    return;
  }
  const size_t n = strtoul(e->where + 8, &end, 10);
  if (n < r->columns->count) snprintf(r->path, sizeof r->path, "%s", r->paths[n]);
}

static bool read_values(reading *r, const json *asked, err *e) {
  json *whole = json_map_new(r->a);
  ledger *l = ARENA_NEW(r->a, ledger);
  text when = text_trim(json_text(asked, "when"));
  int ignored;
  if (!r->p->kind) return true;
  r->path[0] = 0;
  if (!add_column(r, "shows", TEXT("title"), &ignored, e)) return false;
  if (!whole || !l || !json_set_text(r->a, whole, "rows", r->of) ||
      (when.bytes && !json_set_text(r->a, whole, "filter", when)) ||
      !json_set(r->a, whole, "columns", r->columns))
    return err_memory(e);
  if (!ledger_read(r->a, r->packs, whole, r->how->english, r->how->clear, l, e)) {
    tell_column(r, e);
    return false;
  }
  r->p->values = l;
  return true;
}

bool print_read(arena *a, const catalog *packs, const json *asked, const print_request *how,
                print *ret, char ret_path[PRINT_PATH_MAX], err *e) {
  json columns = {.type = JSON_LIST};
  *ret = (print){.english = how->english, .name = "", .otherwise = ""};
  reading r = {.a = a,
               .packs = packs,
               .how = how,
               .p = ret,
               .columns = &columns,
               .of = json_text(asked, "of")};
  json *kept = ARENA_NEW(a, json);
  if (!kept) return err_memory(e);
  r.columns = kept;
  *kept = columns;
  ret->name = copy_of(&r, json_text(asked, "name"));
  ret->title = copy_of(&r, said(&r, json_get(asked, "title")));
  ret->otherwise = copy_of(&r, said(&r, json_get(asked, "otherwise")));
  if (!ret->name || !ret->title || !ret->otherwise) return err_memory(e);
  bool ok = only_keys(asked, "name title of when otherwise paper margins size blocks", e) &&
            read_of(&r, e) && read_margins(&r, asked, e) && read_blocks(&r, asked, e) &&
            read_values(&r, asked, e);
  if (!ok) memcpy(ret_path, r.path, sizeof r.path);
  return ok;
}
