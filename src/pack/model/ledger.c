/* What is asked for, as JSON, to a ledger that can be run. */
#include "pack/model/ledger.h"

#include <stdio.h>

typedef struct reading {
  arena *a;
  ledger *l;
  const name_scope *scope; /* of a row */
  char where[32];          /* "columns[2]"; "" */
} reading;

static const struct {
  const char *word;
  ledger_shows shows;
  label title;
  bool of_records, of_events;
} words[] = {
    {"number", LEDGER_NUMBER, {"序号", "No."}, true, true},
    {"title", LEDGER_TITLE, {"名称", "Name"}, true, true},
    {"root", LEDGER_ROOT, {"所属", "Belongs to"}, true, true},
    {"area", LEDGER_AREA, {"村（社区）", "Village"}, true, true},
    {"town", LEDGER_TOWN, {"乡镇（街道）", "Town"}, true, true},
    {"code", LEDGER_CODE, {"区划代码", "Area code"}, true, true},
    {"colour", LEDGER_COLOUR, {"预警", "Warning"}, true, false},
    {"day", LEDGER_DAY, {"日期", "Day"}, false, true},
    {"officer", LEDGER_OFFICER, {"登记人", "Recorded by"}, false, true},
    {"recorded", LEDGER_RECORDED, {"登记时间", "Recorded at"}, false, true},
};
enum { WORDS = sizeof words / sizeof *words };

bool ledger_has_word(text word) {
  for (size_t i = 0; i < WORDS; i++)
    if (text_is(word, words[i].word)) return true;
  return false;
}

static const char *in_words(const reading *r, label t) {
  return r->l->english ? t.en : t.zh;
}

/* A text, or {"zh", "en"}. */
static text title_of(const reading *r, const json *given) {
  const json *both = json_get(given, "title");
  text t = both && both->type == JSON_MAP ? json_text(both, r->l->english ? "en" : "zh")
                                          : json_text(given, "title");
  return text_trim(t);
}

static void where_of(const reading *r, const char *key, char ret[64]) {
  snprintf(ret, 64, "%s%s%s", r->where, *r->where && *key ? "." : "", key);
}

static bool wrong(const reading *r, const char *key, label what, err *e) {
  char where[64];
  where_of(r, key, where);
  return err_set(e, ERR_BAD_INPUT, where, "%s", "%s", LABEL(what));
}

/* Packs write yes as a word. */
static bool says(const json *asked, const char *key, bool otherwise) {
  const json *j = json_get(asked, key);
  if (!j) return otherwise;
  return j->type == JSON_TEXT ? text_is(j->s, "true") : json_bool(asked, key);
}

/* ---- expressions ---- */

/* Variables use one another at most so deep; what is asked twice changes nothing. */
static void mark_needs(ledger *l, const name_scope *sc, const cel_program *p, int depth) {
  size_t count = 0;
  const int *slots = p && depth < PACK_VARIABLE_CHAIN_MAX ? cel_program_slots(p, &count) : NULL;
  for (size_t i = 0; i < count; i++) {
    const slot *t = &sc->slots[slots[i]];
    if (t->kind == SLOT_CHILDREN) l->needs_children = true;
    if (t->kind == SLOT_AGGREGATE) {
      const event_kind *over = &l->pack->events[l->pack->aggregates[t->index].over];
      l->needs_events = true;
      if (pack_event_is_of_now(l->pack, over)) l->of_now = over;
    }
    if (t->kind != SLOT_VARIABLE || (l->needs_events && l->as_of == DAY_NONE)) continue;
    const variable *v = &l->pack->variables[t->index];
    const name_scope *of =
        v->of >= 0 ? &l->pack->kinds[v->of].scope : &l->pack->events[v->of_event].scope;
    if (v->earlier || v->count_earlier) l->needs_events = true;
    for (size_t f = 0; f < v->count; f++) mark_needs(l, of, v->formulas[f].program, depth + 1);
  }
}

static bool say_of_now(const reading *r, const char *key, const char *title, err *e) {
  char where[64];
  where_of(r, key, where);
  return err_set(e, ERR_BAD_INPUT, where,
                 "“%s”只知道现在的情况，不能按过去的一天给出；请去掉这一项，或者不写日期。",
                 "\"%s\" is known only as it is now, not of a past day; leave it out, or ask for "
                 "no day.",
                 title);
}

/* What must be loaded for it; false: a past day is asked for, of which it cannot be told. */
static bool need(const reading *r, const name_scope *sc, const cel_program *p, const char *key,
                 const char *title, err *e) {
  mark_needs(r->l, sc, p, 0);
  return r->l->as_of == DAY_NONE || !r->l->of_now || say_of_now(r, key, title, e);
}

/* NULL: `e`. */
static const cel_program *compile_any(const reading *r, const name_scope *sc, const char *key,
                                      text source, const cel_type *want, err *e) {
  char where[64];
  const cel_program *p = cel_compile(r->a, sc->env, source, want, e);
  where_of(r, key, where);
  if (!p) err_within(e, where);
  return p;
}

/* Nothing is computed of a masked field: what comes out would tell it. */
static const cel_program *compile(const reading *r, const name_scope *sc, const char *key,
                                  text source, const cel_type *want, err *e) {
  char where[64];
  const field *f = r->l->clear ? NULL : pack_private_in(r->l->pack, source);
  if (!f) return compile_any(r, sc, key, source, want, e);
  where_of(r, key, where);
  err_set(e, ERR_DENIED, where, "“%s”是遮挡的内容，不能用来计算或筛选。",
          "\"%s\" is masked, so nothing is computed of it or filtered by it.", LABEL(f->title));
  return NULL;
}

static bool is_shown(const cel_type *t) {
  return t->kind != CEL_RECORD && t->kind != CEL_MAP && t->kind != CEL_SCALE &&
         (t->kind != CEL_LIST || (t->of->kind != CEL_RECORD && t->of->kind != CEL_MAP));
}

/* ---- columns ---- */

static const char *with_unit(const reading *r, const char *title, const cel_type *t) {
  const char *unit = t ? cel_type_unit(t) : "";
  if (!*unit) return title;
  return arena_printf(r->a, r->l->english ? "%s (%s)" : "%s（%s）", title, unit);
}

/* A name by itself: what it is called. */
static const char *name_title(const reading *r, const slot *t, const char *otherwise) {
  const pack *p = r->l->pack;
  switch (t->kind) {
  case SLOT_AGGREGATE:
    return in_words(r, p->aggregates[t->index].title);
  case SLOT_VARIABLE:
    return in_words(r, p->variables[t->index].title);
  case SLOT_PARAMETER:
    return in_words(r, p->parameters[t->index].title);
  case SLOT_ON:
    return in_words(r, (label){"日期", "Day"});
  default:
    return otherwise;
  }
}

/* "person.birth": the field, which is shown as it is everywhere; NULL: it is no such path. */
static const field *path_field(const reading *r, const char *path) {
  const char *dot = strchr(path, '.');
  char owner[64];
  if (!dot || snprintf(owner, sizeof owner, "%.*s", (int)(dot - path), path) >= (int)sizeof owner)
    return NULL;
  int at = cel_env_slot(r->scope->env, owner);
  const slot *t = at < 0 ? NULL : &r->scope->slots[at];
  if (!t || (t->kind != SLOT_ABOUT && t->kind != SLOT_PARENT)) return NULL;
  const kind *k = &r->l->pack->kinds[t->index];
  return field_find(k->fields, k->field_count, text_of(dot + 1));
}

static bool read_what(const reading *r, text source, ledger_column *c, err *e) {
  const char *name = arena_copy(r->a, source.at, source.bytes);
  if (!name) return err_memory(e);
  int at = cel_env_slot(r->scope->env, name);
  const slot *t = at < 0 ? NULL : &r->scope->slots[at];
  if (t && t->kind == SLOT_FIELD) {
    const field *fields = r->l->event ? r->l->event->fields : r->l->kind->fields;
    c->shows = LEDGER_FIELD;
    c->field = &fields[t->index];
    c->type = c->field->type_in_cel;
    c->title = in_words(r, c->field->title);
  } else {
    c->shows = LEDGER_WHAT;
    c->field = t ? NULL : path_field(r, name);
    c->what = c->field ? compile_any(r, r->scope, "what", source, NULL, e)
                       : compile(r, r->scope, "what", source, NULL, e);
    if (!c->what) return false;
    c->type = cel_program_type(c->what);
    if (!is_shown(c->type))
      return wrong(r, "what",
                   (label){"这一列算出来的不是一个值，请写到具体的一项。",
                           "This column is not a single value; name the one that is meant."},
                   e);
    c->title = t ? name_title(r, t, name) : c->field ? in_words(r, c->field->title) : name;
    if (!need(r, r->scope, c->what, "what", c->title, e)) return false;
  }
  c->title = with_unit(r, c->title, c->type);
  return c->title || err_memory(e);
}

static bool is_added_up(const cel_type *t) {
  return t->kind == CEL_INT && t->unit != UNIT_DATE;
}

static bool read_count(const reading *r, const json *given, text name, ledger_column *c, err *e) {
  const event_kind *k = pack_event(r->l->pack, name);
  const kind *about = k ? &r->l->pack->kinds[k->about] : NULL;
  if (r->l->event)
    return wrong(r, "counts",
                 (label){"登记的一览表里不能再数登记。", "A table of events counts no events."}, e);
  if (!k || (about != r->l->kind && about->parent != r->l->kind->index))
    return wrong(r, "counts",
                 (label){"没有这种登记，或者它不是关于这类对象的。",
                         "There is no such event, or it is not about these records."},
                 e);
  text where = text_trim(json_text(given, "where")), sum = text_trim(json_text(given, "sum"));
  if (r->l->as_of != DAY_NONE && pack_event_is_of_now(r->l->pack, k))
    return say_of_now(r, "counts", in_words(r, k->title), e);
  *c = (ledger_column){.shows = LEDGER_COUNT, .counts = k, .type = &cel_int};
  if (where.bytes && !(c->where = compile(r, &k->scope, "where", where, &cel_bool, e)))
    return false;
  if (sum.bytes && !(c->what = compile(r, &k->scope, "sum", sum, NULL, e))) return false;
  if (c->what && !is_added_up(c->type = cel_program_type(c->what)))
    return wrong(r, "sum", (label){"这一项不是能相加的数。", "This cannot be added up."}, e);
  const char *title = in_words(r, k->title);
  if ((c->where && !need(r, &k->scope, c->where, "where", title, e)) ||
      (c->what && !need(r, &k->scope, c->what, "sum", title, e)))
    return false;
  c->title = with_unit(r, title, c->type);
  return c->title || err_memory(e);
}

/* "notice.demands": what the form of a step asks, of the steps of a kind. */
static bool read_form(const reading *r, text path, ledger_column *c, err *e) {
  const char *dot = path.bytes ? memchr(path.at, '.', path.bytes) : NULL;
  const text step = {path.at, dot ? (size_t)(dot - path.at) : 0};
  const text name = {dot ? dot + 1 : "", dot ? path.bytes - step.bytes - 1 : 0};
  const pack *p = r->l->pack;
  const event_kind *k = r->l->event;
  const bool is_step = k && k->derived && text_ends(text_of(k->name), "_step");
  for (size_t i = 0; is_step && i < p->workflow_count; i++) {
    const transition *t =
        p->workflows[i].of == k->about ? workflow_transition(&p->workflows[i], step) : NULL;
    const field *f = t ? field_find(t->fields, t->field_count, name) : NULL;
    if (!f) continue;
    *c = (ledger_column){
        .shows = LEDGER_FORM, .transition = t->name, .field = f, .type = f->type_in_cel};
    c->title = with_unit(r, in_words(r, f->title), c->type);
    return c->title || err_memory(e);
  }
  return wrong(r, "form",
               (label){"表单项写成“步骤.项”，只用在办理步骤的台账里。",
                       "What a form asks is written step.field, in a ledger of steps."},
               e);
}

static bool read_word(const reading *r, text word, ledger_column *c, err *e) {
  for (size_t i = 0; i < WORDS; i++)
    if (text_is(word, words[i].word) && (r->l->event ? words[i].of_events : words[i].of_records)) {
      *c = (ledger_column){.shows = words[i].shows, .title = in_words(r, words[i].title)};
      return true;
    }
  return wrong(r, "shows",
               (label){"没有这样的列；可用 number、title、root、area、town、code，对象还有 "
                       "colour，登记还有 day、officer、recorded。",
                       "There is no such column; there are number, title, root, area, town, code, "
                       "of records colour, of events day, officer and recorded."},
               e);
}

static bool knows_keys(const reading *r, const json *given, const char *const *known, err *e) {
  char where[64];
  for (size_t i = 0; i < given->count; i++) {
    bool found = false;
    for (size_t k = 0; known[k] && !found; k++) found = text_is(given->keys[i], known[k]);
    if (found) continue;
    const char *key = arena_copy(r->a, given->keys[i].at, given->keys[i].bytes);
    if (!key) return err_memory(e);
    where_of(r, "", where);
    return err_set(e, ERR_BAD_INPUT, where, "不认识“%s”。", "\"%s\" is not known here.", key);
  }
  return true;
}

static bool read_column(const reading *r, const json *given, ledger_column *c, err *e) {
  static const char *const keys[] = {"title", "what", "shows", "form", "counts",
                                     "where", "sum",  "step",  NULL};
  text what = text_trim(json_text(given, "what")), shows = json_text(given, "shows"),
       counts = json_text(given, "counts"), form = text_trim(json_text(given, "form")),
       title = title_of(r, given);
  int ways = (what.bytes > 0) + (shows.bytes > 0) + (counts.bytes > 0) + (form.bytes > 0);
  if (given->type != JSON_MAP || ways != 1)
    return wrong(r, "",
                 (label){"每一列写 what、shows、form、counts 中的一项。",
                         "A column says one of what, shows, form and counts."},
                 e);
  if (!knows_keys(r, given, keys, e)) return false;
  if (!(what.bytes    ? read_what(r, what, c, e)
        : shows.bytes ? read_word(r, shows, c, e)
        : form.bytes  ? read_form(r, form, c, e)
                      : read_count(r, given, counts, c, e)))
    return false;
  if (!title.bytes) return true;
  if (text_points(title) > LEDGER_TITLE_MAX)
    return wrong(r, "title", (label){"列名太长。", "The column's title is too long."}, e);
  c->title = arena_copy(r->a, title.at, title.bytes);
  return c->title || err_memory(e);
}

/* ---- summaries: their keys, and what a group comes to ---- */

static bool is_day(const ledger_column *c) {
  return c->shows == LEDGER_DAY ||
         (c->type && c->type->kind == CEL_INT && c->type->unit == UNIT_DATE);
}

static int word_of(text word, const char *const *known, int otherwise) {
  for (int i = 0; known[i]; i++)
    if (text_is(word, known[i])) return i;
  return word.bytes ? -1 : otherwise;
}

static bool read_key(const reading *r, const json *given, ledger_column *c, err *e) {
  static const char *const steps[] = {"day", "week", "month", "quarter", "year", NULL};
  int step = word_of(json_text(given, "step"), steps, STEP_NONE);
  if (!read_column(r, given, c, e)) return false;
  if (c->shows == LEDGER_COUNT || c->shows == LEDGER_NUMBER || c->shows == LEDGER_RECORDED)
    return wrong(r, "", (label){"不能按这一项分组。", "Nothing is grouped by this."}, e);
  if (step < 0 || (step > 0 && !is_day(c)))
    return wrong(r, "step",
                 (label){"日期可以按 week、month、quarter、year 分组。",
                         "Days are grouped by week, month, quarter or year."},
                 e);
  c->step = (ledger_step)step;
  return true;
}

static const char *made_title(const reading *r, const ledger_column *c) {
  static const label of_rows[] = {[MAKE_COUNT] = {"数量", "Number"},
                                  [MAKE_SHARE] = {"占比", "Share"},
                                  [MAKE_ROW_SHARE] = {"占本行", "Share of the line"}};
  static const label of_values[] = {[MAKE_COUNT] = {"已知数", "known"},
                                    [MAKE_SUM] = {"合计", "total"},
                                    [MAKE_MEAN] = {"平均", "mean"},
                                    [MAKE_MIN] = {"最小", "least"},
                                    [MAKE_MAX] = {"最大", "most"},
                                    [MAKE_SHARE] = {"占比", "share"},
                                    [MAKE_ROW_SHARE] = {"占本行", "share of the line"},
                                    [MAKE_UNKNOWN] = {"不详数", "not known"}};
  if (!c->of_value) return in_words(r, of_rows[c->make]);
  return arena_printf(r->a, r->l->english ? "%s: %s" : "%s%s", c->title,
                      in_words(r, of_values[c->make]));
}

static bool check_made(const reading *r, const ledger_column *c, err *e) {
  const bool added = c->make == MAKE_SUM || c->make == MAKE_MEAN || c->make == MAKE_SHARE ||
                     c->make == MAKE_ROW_SHARE;
  if (!c->of_value)
    return c->make == MAKE_COUNT || c->make == MAKE_SHARE || c->make == MAKE_ROW_SHARE ||
           wrong(r, "what", (label){"请说明算哪一项。", "Say what is computed of."}, e);
  if (c->only && c->make == MAKE_SHARE)
    return wrong(
        r, "where",
        (label){"有条件的占比按行数算，不再写 what。", "A share of some rows counts rows."}, e);
  if (added ? is_added_up(c->type) : c->make > MAKE_MAX || c->make == MAKE_COUNT) return true;
  return (c->type->kind == CEL_INT && !added) ||
         wrong(r, "what", (label){"这一项不是能相加的数。", "This cannot be added up."}, e);
}

static bool read_made(const reading *r, const json *given, ledger_column *c, err *e) {
  static const char *const makes[] = {"count", "sum",       "mean",    "min", "max",
                                      "share", "row_share", "unknown", NULL};
  static const char *const keys[] = {"title", "what", "counts", "where", "sum", "make", NULL};
  text what = text_trim(json_text(given, "what")), counts = json_text(given, "counts"),
       where = text_trim(json_text(given, "where")), title = title_of(r, given);
  int make = word_of(json_text(given, "make"), makes, counts.bytes ? MAKE_SUM : MAKE_COUNT);
  if (given->type != JSON_MAP || (what.bytes && counts.bytes))
    return wrong(
        r, "",
        (label){"每一列写 make，以及 what 或 counts。", "A column says make, and what or counts."},
        e);
  if (!knows_keys(r, given, keys, e)) return false;
  if (make < 0)
    return wrong(r, "make",
                 (label){"可用 count、sum、mean、min、max、share、row_share、unknown。",
                         "There are count, sum, mean, min, max, share, row_share and unknown."},
                 e);
  *c = (ledger_column){.type = &cel_int};
  if (what.bytes ? !read_what(r, what, c, e) : counts.bytes && !read_count(r, given, counts, c, e))
    return false;
  c->make = (ledger_make)make;
  c->of_value = what.bytes || counts.bytes;
  if (where.bytes && !counts.bytes) {
    if (!(c->only = compile(r, r->scope, "where", where, &cel_bool, e)) ||
        !need(r, r->scope, c->only, "where", in_words(r, (label){"条件", "condition"}), e))
      return false;
  }
  if (!check_made(r, c, e)) return false;
  if (!title.bytes) return (c->title = made_title(r, c)) || err_memory(e);
  if (text_points(title) > LEDGER_TITLE_MAX)
    return wrong(r, "title", (label){"列名太长。", "The column's title is too long."}, e);
  c->title = arena_copy(r->a, title.at, title.bytes);
  return c->title || err_memory(e);
}

/* ---- the columns in their order ---- */

static bool read_keys(reading *r, const json *groups, const json *across, ledger_column *columns,
                      err *e) {
  for (size_t i = 0; i < r->l->group_count; i++) {
    snprintf(r->where, sizeof r->where, "group_by[%zu]", i);
    if (!read_key(r, &groups->items[i], &columns[i], e)) return false;
  }
  snprintf(r->where, sizeof r->where, "pivot");
  return !r->l->pivot || read_key(r, across, &columns[r->l->group_count], e);
}

static bool read_columns(reading *r, const json *asked, err *e) {
  const json *given = json_get(asked, "columns"), *groups = json_get(asked, "group_by"),
             *across = json_get(asked, "pivot");
  ledger *l = r->l;
  size_t n = given && given->type == JSON_LIST ? given->count : 0;
  if (n == 0 || n > LEDGER_COLUMNS_MAX)
    return err_set(e, ERR_BAD_INPUT, "columns", "请给出 1 到 %d 列。", "Give 1 to %d columns.",
                   LEDGER_COLUMNS_MAX);
  if (groups && (groups->type != JSON_LIST || groups->count > LEDGER_KEYS_MAX))
    return err_set(e, ERR_BAD_INPUT, "group_by", "最多按 %d 项分组。", "At most %d keys group.",
                   LEDGER_KEYS_MAX);
  l->group_count = groups ? groups->count : 0;
  l->pivot = across && across->type == JSON_MAP;
  const size_t keys = ledger_key_count(l);
  ledger_column *columns = ARENA_ARRAY(r->a, keys + n, ledger_column);
  if (!columns) return err_memory(e);
  if (!read_keys(r, groups, across, columns, e)) return false;
  for (size_t i = 0; i < n; i++) {
    snprintf(r->where, sizeof r->where, "columns[%zu]", i);
    if (!(keys ? read_made : read_column)(r, &given->items[i], &columns[keys + i], e)) return false;
  }
  r->where[0] = 0;
  l->columns = columns;
  l->column_count = keys + n;
  return true;
}

/* ---- the whole ---- */

static bool read_rows(const reading *r, const catalog *packs, text name, err *e) {
  ledger *l = r->l;
  l->kind = catalog_kind(packs, name, &l->pack);
  if (l->kind) return true;
  l->event = catalog_event(packs, name, &l->pack);
  if (l->event) l->kind = &l->pack->kinds[l->event->about];
  return l->event ||
         wrong(r, "rows", (label){"没有这类对象或登记。", "There is no such kind or event."}, e);
}

static bool read_day(const reading *r, const json *asked, const char *key, day *ret, err *e) {
  text s = json_text(asked, key);
  *ret = DAY_NONE;
  return !s.bytes || day_parse(s, ret) ||
         wrong(r, key,
               (label){"请填写日期，例如 2024-03-01。", "Please give a day such as 2024-03-01."},
               e);
}

static bool read_as_of(const reading *r, const json *asked, err *e) {
  ledger *l = r->l;
  if (!read_day(r, asked, "as_of", &l->as_of, e)) return false;
  if (l->as_of == DAY_NONE) return true;
  if (l->event && pack_event_is_of_now(l->pack, l->event))
    return say_of_now(r, "rows", in_words(r, l->event->title), e);
  return !l->words.bytes ||
         wrong(r, "q",
               (label){"按名称查找只能查现在的，不能查过去的一天；请改用筛选条件。",
                       "Searching by name is of now, not of a past day; use a filter instead."},
               e);
}

/* Of a past day it says so wherever it goes: a CSV has nothing beneath. */
static bool set_title(const reading *r, text title, err *e) {
  char on[11];
  ledger *l = r->l;
  if (l->as_of == DAY_NONE) {
    l->title = arena_copy(r->a, title.at, title.bytes);
  } else {
    day_format(l->as_of, on);
    l->title = arena_printf(r->a, l->english ? "%.*s, as of %s" : "%.*s（截至%s）",
                            (int)title.bytes, title.at, on);
  }
  return l->title || err_memory(e);
}

static bool read_colour(const reading *r, text word, int *ret, err *e) {
  *ret = -1;
  for (int c = 0; word.bytes && c <= COLOUR_RED; c++)
    if (text_is(word, colour_name(c))) *ret = c;
  return !word.bytes || *ret >= 0 ||
         wrong(r, "colour", (label){"没有这种颜色。", "There is no such colour."}, e);
}

static bool read_sort(const reading *r, text order, err *e) {
  ledger *l = r->l;
  text word;
  while (text_next_word(&order, &word)) {
    int64_t n = 0;
    const bool is_column = text_to_int(word, &n) && n != 0 && n >= -(int64_t)l->column_count &&
                           n <= (int64_t)l->column_count;
    if (!is_column || l->sort_count == LEDGER_SORT_MAX)
      return wrong(
          r, "sort",
          (label){"排序写列的序号，从 1 起，空格隔开，倒序的前面加“-”，至多 8 个，例如 4 -1。",
                  "The order names columns by their number, from 1, with - in front where "
                  "it falls, at most 8: 4 -1."},
          e);
    l->sort[l->sort_count++] = (int)n;
  }
  return true;
}

static bool read_filter(const reading *r, const json *asked, err *e) {
  ledger *l = r->l;
  l->filter_source = text_trim(json_text(asked, "filter"));
  if (!l->filter_source.bytes) return true;
  l->filter = compile(r, r->scope, "filter", l->filter_source, &cel_bool, e);
  return l->filter &&
         need(r, r->scope, l->filter, "filter", in_words(r, (label){"筛选", "filter"}), e);
}

bool ledger_read(arena *a, const catalog *packs, const json *asked, bool english, bool clear,
                 ledger *ret, err *e) {
  *ret = (ledger){.as_of = DAY_NONE,
                  .english = english,
                  .clear = clear,
                  .words = text_trim(json_text(asked, "q"))};
  reading r = {.a = a, .l = ret};
  text title = title_of(&r, asked);
  if (!read_rows(&r, packs, json_text(asked, "rows"), e)) return false;
  r.scope = ret->event ? &ret->event->scope : &ret->kind->scope;
  if (!title.bytes)
    title = text_of(in_words(&r, ret->event ? ret->event->title : ret->kind->title));
  if (text_points(title) > LEDGER_TITLE_MAX)
    return wrong(&r, "title", (label){"表名太长。", "The table's title is too long."}, e);
  if (!read_as_of(&r, asked, e) || !set_title(&r, title, e) ||
      !read_day(&r, asked, "from", &ret->from, e) || !read_day(&r, asked, "to", &ret->to, e) ||
      !read_colour(&r, json_text(asked, "colour"), &ret->colour, e) ||
      !read_columns(&r, asked, e) || !read_sort(&r, json_text(asked, "sort"), e))
    return false;
  ret->subtotals = says(asked, "subtotals", false);
  ret->totals = says(asked, "totals", true);
  ret->all_areas = says(asked, "all_areas", false);
  if (ret->from != DAY_NONE && ret->to != DAY_NONE && ret->to < ret->from)
    return wrong(&r, "to", (label){"结束日期早于开始日期。", "It ends before it begins."}, e);
  return read_filter(&r, asked, e);
}
