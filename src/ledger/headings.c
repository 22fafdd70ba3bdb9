/* What a heading may mean: every column of a table over the register under all its names. */
#include "ledger/heading_book.h"

#include "base/hash.h"
#include "base/json_map.h"
#include "ledger/heading_words.h"

size_t heading_target_count(const heading_book *b) {
  return b->count;
}

const heading_target *heading_target_at(const heading_book *b, size_t i) {
  return &b->targets[i];
}

static bool find_target(const heading_book *b, text column, size_t *ret) {
  for (size_t i = 0; i < b->count; i++)
    if (text_equal(b->targets[i].column, column)) {
      *ret = i;
      return true;
    }
  return false;
}

const heading_target *heading_target_find(const heading_book *b, text column) {
  size_t i;
  return find_target(b, column, &i) ? &b->targets[i] : NULL;
}

/* ---- making the book ---- */

bool heading_book_target(heading_book *b, text column, label title, label of, size_t *ret) {
  if (find_target(b, column, ret)) return true;
  heading_target *more = ARENA_GROW(b->a, b->targets, b->count, &b->room, heading_target);
  if (!more) return false;
  b->targets = more;
  const char *copy = arena_copy(b->a, column.at, column.bytes);
  b->targets[b->count] = (heading_target){{copy, column.bytes}, title, of};
  *ret = b->count++;
  return copy != NULL;
}

bool heading_book_name(heading_book *b, size_t target, const char *name, tier t) {
  heading_words w;
  if (!name || !*name) return true;
  if (!heading_words_of(b->a, text_of(name), &w)) return false;
  for (size_t i = 0; i < b->name_count; i++) {
    heading_name *n = &b->names[i];
    if (n->target != target || !text_equal(n->whole, w.whole)) continue;
    if (t < n->tier) n->tier = t;
    return true;
  }
  heading_name *more = ARENA_GROW(b->a, b->names, b->name_count, &b->name_room, heading_name);
  if (!more) return false;
  b->names = more;
  b->names[b->name_count++] = (heading_name){w.core, w.whole, target, t};
  return true;
}

static bool add_names(heading_book *b, size_t target, label title, tier t) {
  return heading_book_name(b, target, title.zh, t) && heading_book_name(b, target, title.en, t);
}

/* {"what": "…"} of a name in the scope of the rows. */
static bool add_what(heading_book *b, const char *what, label title, label of, size_t *ret) {
  AUTO_BUF buf j = {0};
  json_out w = json_to(&j);
  json_open(&w, '{');
  json_key(&w, "what");
  json_put_str(&w, what);
  json_close(&w, '}');
  return buf_ok(&j) && heading_book_target(b, buf_view(&j), title, of, ret);
}

static label own_label(const heading_book *b) {
  return b->event ? b->event->title : b->kind->title;
}

/* Fields under the name of their owner: "person.birth"; of the rows themselves: "birth". */
static bool add_fields(heading_book *b, const char *owner, label of, const field *fields,
                       size_t count) {
  for (size_t i = 0; i < count; i++) {
    size_t at;
    const char *what = owner ? arena_printf(b->a, "%s.%s", owner, fields[i].name) : fields[i].name;
    if (!what || !add_what(b, what, fields[i].title, of, &at) ||
        !add_names(b, at, fields[i].title, TIER_TITLE))
      return false;
  }
  return true;
}

static bool add_figures(heading_book *b) {
  const pack *p = b->pack;
  size_t at;
  for (size_t i = 0; i < p->aggregate_count; i++)
    if (!b->event && p->aggregates[i].of == b->kind->index &&
        (!add_what(b, p->aggregates[i].name, p->aggregates[i].title, own_label(b), &at) ||
         !add_names(b, at, p->aggregates[i].title, TIER_TITLE)))
      return false;
  for (size_t i = 0; i < p->variable_count; i++) {
    const variable *v = &p->variables[i];
    if ((b->event ? v->of < 0 && v->of_event == b->event->index : v->of == b->kind->index) &&
        (!add_what(b, v->name, v->title, own_label(b), &at) ||
         !add_names(b, at, v->title, TIER_TITLE)))
      return false;
  }
  return true;
}

/* The words of a ledger's columns, under the names people use for them. */
static bool add_words(heading_book *b) {
  static const struct {
    const char *word;
    label title;
    const char *const names[12];
    bool of_events;
  } words[] = {
      {"number", {"序号", "No."}, {"序号", "序", "编号", "No.", "No"}, false},
      {"area",
       {"村（社区）", "Village"},
       {"村", "社区", "行政村", "村名", "村名称", "村社区", "所在村", "村居", "村/社区", "所属村",
        "村(社区)"},
       false},
      {"town",
       {"乡镇（街道）", "Town"},
       {"乡镇", "街道", "镇街", "镇", "乡", "乡镇街道", "所在乡镇", "镇(街道)", "乡镇/街道",
        "镇街道", "所属乡镇"},
       false},
      {"code", {"区划代码", "Area code"}, {"区划代码", "行政区划代码"}, false},
      {"day", {"日期", "Day"}, {"日期"}, true},
      {"officer", {"登记人", "Recorded by"}, {"登记人"}, true},
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    AUTO_BUF buf j = {0};
    size_t at;
    if (words[i].of_events && !b->event) continue;
    buf_printf(&j, "{\"shows\":\"%s\"}", words[i].word);
    if (!buf_ok(&j) || !heading_book_target(b, buf_view(&j), words[i].title, own_label(b), &at) ||
        !add_names(b, at, words[i].title, TIER_SAID))
      return false;
    for (size_t k = 0; k < 12 && words[i].names[k]; k++)
      if (!heading_book_name(b, at, words[i].names[k], TIER_SAID)) return false;
  }
  return true;
}

/* The day of an event under its own name ("…日期"). */
static bool add_event_day(heading_book *b) {
  size_t at;
  if (!b->event) return true;
  const char *zh = arena_printf(b->a, "%s日期", b->event->title.zh);
  return zh &&
         heading_book_target(b, TEXT("{\"shows\":\"day\"}"), (label){"日期", "Day"}, own_label(b),
                             &at) &&
         heading_book_name(b, at, zh, TIER_SAID);
}

/* What a pack's ledger over the same rows calls its columns. */
static bool add_ledger(heading_book *b, const catalog *packs, const ledger_spec *spec) {
  const json *columns = json_get(spec->asked, "columns");
  text rows = json_text(spec->asked, "rows");
  const bool same = b->event ? text_is(rows, b->event->name) : text_is(rows, b->kind->name);
  if (!same || !columns || columns->type != JSON_LIST || json_has(spec->asked, "group_by") ||
      json_has(spec->asked, "pivot"))
    return true;
  for (size_t i = 0; i < columns->count; i++) {
    AUTO_BUF buf j = {0};
    const json *c = &columns->items[i];
    size_t at;
    json *bare = json_map_new(b->a), *asked = json_map_new(b->a);
    json *list = ARENA_NEW(b->a, json);
    ledger l;
    err ignored = {0};
    if (!bare || !asked || !list || c->type != JSON_MAP) return c->type != JSON_MAP;
    for (size_t k = 0; k < c->count; k++)
      if (!text_is(c->keys[k], "title") && !json_set_key(b->a, bare, c->keys[k], &c->items[k]))
        return false;
    json_canonical(&j, bare);
    *list = (json){.type = JSON_LIST, .count = 1, .items = (json *)c};
    if (!json_set_text(b->a, asked, "rows", rows) || !json_set(b->a, asked, "columns", list))
      return false;
    label title = {"", ""};
    if (ledger_read(b->a, packs, asked, false, false, &l, &ignored)) title.zh = l.columns[0].title;
    if (ledger_read(b->a, packs, asked, true, false, &l, &ignored)) title.en = l.columns[0].title;
    if (!*title.zh) continue;
    if (!buf_ok(&j) || !heading_book_target(b, buf_view(&j), title, own_label(b), &at) ||
        !add_names(b, at, title, TIER_SAID))
      return false;
  }
  return true;
}

/* The path by which the rows name a field of a kind; NULL: they do not. */
static const char *path_of(const heading_book *b, int kind_index, const char *field_name) {
  const kind *of = &b->pack->kinds[kind_index];
  if (!b->event && of == b->kind) return field_name;
  if (b->event && of == b->kind) return arena_printf(b->a, "%s.%s", of->name, field_name);
  if (b->kind->parent == kind_index) return arena_printf(b->a, "%s.%s", of->name, field_name);
  return NULL;
}

static bool add_headers(heading_book *b, size_t target, const char *const *headers, tier t) {
  for (; headers && *headers; headers++)
    if (!heading_book_name(b, target, *headers, t)) return false;
  return true;
}

/* The headings under which rosters are taken in. Those of a roster of the same rows say what they
 * mean here; of others they are further names of a field. */
static bool add_layout(heading_book *b, const import_layout *l) {
  const bool same =
      b->event ? l->event == b->event->index : l->event < 0 && l->row_kind == b->kind->index;
  for (size_t i = 0; i < l->column_count; i++) {
    const import_column *c = &l->columns[i];
    size_t at;
    const char *what = NULL;
    if (c->is_day) {
      if (!same) continue;
      if (!heading_book_target(b, TEXT("{\"shows\":\"day\"}"), (label){"日期", "Day"}, own_label(b),
                               &at) ||
          !add_headers(b, at, c->headers, TIER_SAID))
        return false;
      continue;
    }
    const field *f = import_field(b->pack, l, c);
    if (c->kind < 0) {
      if (!b->event || l->event != b->event->index) continue;
      what = f->name;
    } else if (same || c->kind == b->kind->index) {
      what = path_of(b, c->kind, f->name);
    }
    if (!what) continue;
    if (!add_what(b, what, f->title, own_label(b), &at) ||
        !add_headers(b, at, c->headers, same ? TIER_SAID : TIER_TITLE))
      return false;
  }
  return true;
}

heading_book *heading_book_begin(arena *a, const catalog *packs, text rows, err *e) {
  heading_book *b = ARENA_NEW(a, heading_book);
  if (!b) {
    err_memory(e);
    return NULL;
  }
  *b = (heading_book){.a = a};
  b->kind = catalog_kind(packs, rows, &b->pack);
  if (!b->kind) {
    b->event = catalog_event(packs, rows, &b->pack);
    if (b->event) b->kind = &b->pack->kinds[b->event->about];
  }
  if (b->kind) return b;
  err_set(e, ERR_BAD_INPUT, "rows", "没有这类对象或登记。", "There is no such kind or event.");
  return NULL;
}

heading_book *heading_book_new(arena *a, const catalog *packs, text rows, err *e) {
  heading_book *b = heading_book_begin(a, packs, rows, e);
  if (!b) return NULL;
  const pack *p = b->pack;
  bool ok = add_words(b) && add_event_day(b);
  for (size_t i = 0; ok && i < p->ledger_count; i++) ok = add_ledger(b, packs, &p->ledgers[i]);
  ok = ok &&
       (b->event ? add_fields(b, NULL, b->event->title, b->event->fields, b->event->field_count) &&
                       add_fields(b, b->kind->name, b->kind->title, b->kind->fields,
                                  b->kind->field_count)
                 : add_fields(b, NULL, b->kind->title, b->kind->fields, b->kind->field_count));
  if (ok && b->kind->parent >= 0) {
    const kind *parent = &p->kinds[b->kind->parent];
    ok = add_fields(b, parent->name, parent->title, parent->fields, parent->field_count);
  }
  ok = ok && add_figures(b);
  for (size_t i = 0; ok && i < p->import_count; i++) ok = add_layout(b, &p->imports[i]);
  if (ok) return b;
  err_memory(e);
  return NULL;
}

/* ---- matching ---- */

typedef struct found {
  size_t targets[HEADING_OTHERS_MAX + 1];
  bool plain[HEADING_OTHERS_MAX + 1]; /* what its name has in brackets, the heading has, too */
  size_t count;
  bool whole; /* the heading's brackets are part of the name */
} found;

static void add_found(found *f, size_t target, bool plain) {
  for (size_t i = 0; i < f->count; i++)
    if (f->targets[i] == target) {
      f->plain[i] |= plain;
      return;
    }
  if (f->count == HEADING_OTHERS_MAX + 1) return;
  f->targets[f->count] = target;
  f->plain[f->count++] = plain;
}

/* What is called so: by the word of the pack for these rows, else by any title. */
static found look_up(const heading_book *b, text core, text whole) {
  found by[2] = {{.count = 0}, {.count = 0}};
  for (size_t i = 0; i < b->name_count; i++) {
    const heading_name *n = &b->names[i];
    const bool exact = text_equal(n->whole, whole);
    if (!exact && !(core.bytes && text_equal(n->core, core))) continue;
    add_found(&by[n->tier], n->target, exact || n->core.bytes == n->whole.bytes);
    by[n->tier].whole |= exact && whole.bytes != core.bytes;
  }
  return by[TIER_SAID].count ? by[TIER_SAID] : by[TIER_TITLE];
}

/* A group that is the rows' own name or their parent's ("果园信息"), or says nothing. */
static bool is_neutral(const heading_book *b, text core, label of) {
  static const char *const tails[] = {"",         "信息", "情况",     "基本信息",
                                      "基本情况", "明细", "基础信息", NULL};
  if (heading_is_plain_group(core)) return true;
  for (size_t i = 0; i < 2; i++) {
    const char *title = i ? own_label(b).zh : of.zh;
    const size_t n = strlen(title);
    if (core.bytes < n || memcmp(core.at, title, n) != 0) continue;
    for (const char *const *t = tails; *t; t++)
      if (text_is((text){core.at + n, core.bytes - n}, *t)) return true;
  }
  return false;
}

static void likely(heading_match *m, label why) {
  if (m->certainty == HEADING_SURE) {
    m->certainty = HEADING_LIKELY;
    m->why = why;
  }
}

static void take(const heading_book *b, heading_match *m, const found *f) {
  m->certainty = HEADING_SURE;
  m->target = &b->targets[f->targets[0]];
  m->why = (label){"", ""};
  for (size_t i = 1; i < f->count; i++) m->others[m->other_count++] = &b->targets[f->targets[i]];
  if (!f->plain[0])
    likely(m, (label){"库里这一项的名称另有说明，请核对。",
                      "What it is called has a note that the heading has not."});
  if (f->count > 1)
    likely(m, (label){"这个名称可能指几项，请选定。", "The heading may mean several things."});
}

/* How many characters one has of the other, in hundredths. */
static int alike(text x, text y) {
  size_t pos = 0, same = 0, all = 0;
  for (int32_t c; (c = text_next(x, &pos)) >= 0; all++) {
    size_t k = 0;
    for (int32_t d; (d = text_next(y, &k)) >= 0;)
      if (c == d) {
        same++;
        break;
      }
  }
  const size_t other = text_points(y);
  const size_t most = all > other ? all : other;
  return most ? (int)(same * 100 / most) : 0;
}

/* The nearest names, to choose from; none is taken by itself. */
static void suggest(const heading_book *b, text core, heading_match *m) {
  int score[HEADING_OTHERS_MAX] = {0};
  for (size_t i = 0; i < b->name_count; i++) {
    const heading_target *t = &b->targets[b->names[i].target];
    const int s = alike(core, b->names[i].core);
    size_t at = m->other_count;
    bool there = s < 50 || t == m->target;
    for (size_t k = 0; k < m->other_count; k++) there |= m->others[k] == t;
    if (there) continue;
    while (at > 0 && score[at - 1] < s) at--;
    if (at == HEADING_OTHERS_MAX) continue;
    if (m->other_count < HEADING_OTHERS_MAX) m->other_count++;
    for (size_t k = m->other_count - 1; k > at; k--) {
      m->others[k] = m->others[k - 1];
      score[k] = score[k - 1];
    }
    m->others[at] = t;
    score[at] = s;
  }
}

static bool join(arena *a, text x, text y, text *ret, err *e) {
  const char *s = arena_printf(a, "%.*s%.*s", (int)x.bytes, x.at, (int)y.bytes, y.at);
  if (!s) return err_memory(e);
  *ret = text_of(s);
  return true;
}

static bool matching(arena *a, const heading_book *b, const template_column *c, heading_match *m,
                     err *e) {
  heading_words words[TEMPLATE_DEPTH_MAX];
  *m = (heading_match){.why = {"", ""}};
  for (size_t i = 0; i < c->depth; i++)
    if (!heading_words_of(a, c->path[i], &words[i])) return err_memory(e);
  const heading_words *leaf = &words[c->depth - 1];
  if (c->depth > 1) { /* "园主" over "姓名" is "园主姓名" */
    text core, whole;
    if (!join(a, words[c->depth - 2].core, leaf->core, &core, e) ||
        !join(a, words[c->depth - 2].core, leaf->whole, &whole, e))
      return false;
    const found f = look_up(b, core, whole);
    if (f.count) {
      take(b, m, &f);
      if (!f.whole && (leaf->kind == NOTE_OTHER || leaf->kind == NOTE_CODES))
        likely(m, (label){"括号里另有要求，请核对。", "The brackets ask for something else."});
      if (c->loose_group)
        likely(m, (label){"上面的大标题没有合并，不能断定管到哪一列。",
                          "The group above is not merged; it may not reach here."});
      return true;
    }
  }
  const found f = look_up(b, leaf->core, leaf->whole);
  if (!f.count) {
    suggest(b, leaf->core, m);
    m->why = (label){"没有这个名称。", "Nothing is called so."};
    return true;
  }
  take(b, m, &f);
  for (size_t i = 0; i + 1 < c->depth; i++)
    if (!is_neutral(b, words[i].core, m->target->of))
      likely(m, (label){"它在别的大标题下，不一定是这一项。",
                        "It stands under a group, and may be somebody else's."});
  if (c->loose_group)
    likely(m, (label){"上面的大标题没有合并，不能断定管到哪一列。",
                      "The group above is not merged; it may not reach here."});
  if (!f.whole && leaf->kind == NOTE_CODES)
    likely(m, (label){"表里要填代码或符号，不是文字。", "The table wants codes, not words."});
  if (!f.whole && leaf->kind == NOTE_OTHER)
    likely(m, (label){"括号里另有要求，请核对。", "The brackets ask for something else."});
  if (m->certainty == HEADING_LIKELY) suggest(b, leaf->core, m);
  return true;
}

bool heading_match_columns(arena *a, const heading_book *b, const template_table *t,
                           heading_match *ret_matches, err *e) {
  for (size_t i = 0; i < t->column_count; i++) {
    ret_matches[i] = (heading_match){.why = {"", ""}};
    if (!t->columns[i].computed && !matching(a, b, &t->columns[i], &ret_matches[i], e))
      return false;
  }
  for (size_t i = 0; i < t->column_count; i++)
    for (size_t k = 0; k < t->column_count; k++)
      if (i != k && ret_matches[i].target && ret_matches[i].target == ret_matches[k].target)
        likely(&ret_matches[i],
               (label){"有两列像是同一项，请选定。", "Two columns seem to be the same."});
  return true;
}

size_t heading_count_sure(const heading_match *m, size_t count, size_t *ret_own) {
  size_t n = 0;
  *ret_own = 0;
  for (size_t i = 0; i < count; i++) {
    if (m[i].certainty != HEADING_SURE || text_starts(m[i].target->column, "{\"shows\"")) continue;
    n++;
    *ret_own += memchr(m[i].target->column.at, '.', m[i].target->column.bytes) == NULL;
  }
  return n;
}

/* ---- known again ---- */

text heading_path(arena *a, const template_column *c) {
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < c->depth; i++) {
    if (i) buf_char(&b, '/');
    buf_text(&b, c->path[i]);
  }
  char *copy = buf_ok(&b) ? arena_copy(a, buf_view(&b).at, b.bytes) : NULL;
  return (text){copy, b.bytes};
}

bool heading_fingerprint(const template_table *t, char ret[65], err *e) {
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < t->column_count; i++) {
    const template_column *c = &t->columns[i];
    for (size_t k = 0; k < c->depth; k++) {
      buf_text(&b, c->path[k]);
      buf_char(&b, '\t');
    }
    buf_char(&b, c->computed ? '=' : '\n');
  }
  if (t->label_count)
    buf_str(&b, "=named"); /* over named rows the same heads ask for something else */
  if (!buf_ok(&b)) return err_memory(e);
  const text whole = buf_view(&b);
  const hash h = hash_of(&whole, 1);
  hash_format(&h, ret);
  return true;
}
