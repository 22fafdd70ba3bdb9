#include "screen/whatif.h"

#include "base/ident.h"
#include "base/money.h"

static bool wrong(err *e, const char *where, label what) {
  return err_set(e, ERR_BAD_INPUT, where, "%s", "%s", LABEL(what));
}

/* ---- parameters set otherwise ---- */

static bool bad_value(const parameter *p, err *e) {
  static const struct {
    const char *type, *zh, *en;
  } words[] = {{"money", "整数（分）", "a whole number of fen"},
               {"rate", "小数文字，如 \"0.65\"", "a decimal text such as \"0.65\""},
               {"number", "小数文字，如 \"81.4\"", "a decimal text such as \"81.4\""},
               {"int", "整数", "a whole number"},
               {"bool", "true 或 false", "true or false"},
               {"date", "日期，如 \"2026-01-31\"", "a day such as \"2026-01-31\""},
               {"text", "文字", "a text"}};
  size_t i = 0;
  while (i + 1 < sizeof words / sizeof *words && strcmp(words[i].type, p->kind) != 0) i++;
  return err_set(e, ERR_BAD_INPUT, p->name, "“%s”应填%s。", "\"%s\" takes %s.", LABEL(p->title),
                 LABEL(words[i]));
}

static bool read_one(const parameter *p, const char *type, arena *a, const json *j, value *ret,
                     err *e) {
  int64_t n = 0;
  day d = 0;
  if (strcmp(type, "money") == 0 || strcmp(type, "int") == 0) {
    if (j->type != JSON_INT) return bad_value(p, e);
    *ret = value_int(j->n);
  } else if (strcmp(type, "bool") == 0) {
    if (j->type != JSON_BOOL) return bad_value(p, e);
    *ret = value_bool(j->yes);
  } else if (j->type != JSON_TEXT) {
    return bad_value(p, e);
  } else if (strcmp(type, "rate") == 0) {
    if (!rate_parse(j->s, &n)) return bad_value(p, e);
    *ret = value_int(n);
  } else if (strcmp(type, "number") == 0) {
    if (!decimal_parse(j->s, &n)) return bad_value(p, e);
    *ret = value_int(n);
  } else if (strcmp(type, "date") == 0) {
    if (!day_parse(j->s, &d)) return bad_value(p, e);
    *ret = value_int(d);
  } else {
    const char *copy = arena_copy(a, j->s.at, j->s.bytes);
    if (!copy) return err_memory(e);
    *ret = value_string((text){copy, j->s.bytes});
  }
  return true;
}

/* [{threshold, rate | amount}], ascending. */
static bool read_scale(const parameter *p, arena *a, const json *j, value *ret, err *e) {
  if (j->type != JSON_LIST || j->count == 0)
    return err_set(e, ERR_BAD_INPUT, p->name, "“%s”是分档的，应填各档的列表。",
                   "\"%s\" has brackets; give the list of them.", LABEL(p->title));
  value *items = ARENA_ARRAY(a, j->count, value);
  value_list *list = ARENA_NEW(a, value_list);
  if (!items || !list) return err_memory(e);
  for (size_t i = 0; i < j->count; i++) {
    const json *from = json_get(&j->items[i], "threshold"),
               *amount = json_get(&j->items[i], "amount"), *rate = json_get(&j->items[i], "rate");
    value_map *m = ARENA_NEW(a, value_map);
    value_pair *pairs = ARENA_ARRAY(a, 2, value_pair);
    if (!m || !pairs) return err_memory(e);
    if (!from || !amount == !rate) return bad_value(p, e);
    pairs[0].key = value_string(TEXT("threshold"));
    pairs[1].key = value_string(amount ? TEXT("amount") : TEXT("rate"));
    if (!read_one(p, p->kind, a, from, &pairs[0].item, e) ||
        !read_one(p, amount ? "money" : "rate", a, amount ? amount : rate, &pairs[1].item, e))
      return false;
    if (i && pairs[0].item.i <= items[i - 1].map->pairs[0].item.i)
      return err_set(e, ERR_BAD_INPUT, p->name, "“%s”各档的起点应从小到大。",
                     "The thresholds of \"%s\" must rise.", LABEL(p->title));
    *m = (value_map){.count = 2, .pairs = pairs, .path = ""};
    items[i] = (value){.type = VALUE_MAP, .map = m};
  }
  *list = (value_list){.count = j->count, .items = items};
  *ret = (value){.type = VALUE_LIST, .list = list};
  return true;
}

/* The parameter a name stands for: itself, or one key of it ("p.medical.rate.level1"). */
static int parameter_of(const pack *p, text name, text *ret_key) {
  for (size_t i = 0; i < p->parameter_count; i++) {
    const parameter *m = &p->parameters[i];
    size_t n = strlen(m->name);
    *ret_key = TEXT("");
    if (text_is(name, m->name)) return (int)i;
    if (m->form == PARAM_KEYED && name.bytes > n + 1 && text_starts(name, m->name) &&
        name.at[n] == '.') {
      *ret_key = (text){name.at + n + 1, name.bytes - n - 1};
      return (int)i;
    }
  }
  return -1;
}

static bool read_setting(const pack *p, text name, const json *j, arena *a, setting *ret, err *e) {
  text key;
  int at = parameter_of(p, name, &key);
  char shown[ERR_WHERE_MAX];
  text cut = text_cut(name, 80);
  memcpy(shown, cut.at, cut.bytes);
  shown[cut.bytes] = 0;
  if (at < 0)
    return err_set(e, ERR_UNKNOWN_NAME, shown, "没有“%s”这个参数，请核对名称。",
                   "There is no parameter \"%s\"; check the name.", shown);
  const parameter *m = &p->parameters[at];
  if (m->form == PARAM_KEYED && key.bytes == 0)
    return err_set(e, ERR_BAD_INPUT, m->name, "“%s”分几项，请写明是哪一项（%s.项）。",
                   "\"%s\" has several keys; say which (%s.KEY).", LABEL(m->title), m->name);
  *ret = (setting){.parameter = at, .key = key, .v = value_missing(a, m->name)};
  if (j->type == JSON_NULL) return true;
  return m->form == PARAM_SCALE ? read_scale(m, a, j, &ret->v, e)
                                : read_one(m, m->kind, a, j, &ret->v, e);
}

static bool read_settings(const json *set, arena *a, whatif *x, err *e) {
  if (!set || set->type == JSON_NULL) return true;
  if (set->type != JSON_MAP)
    return wrong(e, "set", (label){"set 应是 {参数: 值}。", "set must be {parameter: value}."});
  if (set->count > WHATIF_SETTINGS_MAX)
    return err_set(e, ERR_TOO_LARGE, "set", "一次最多改 %d 个参数。",
                   "At most %d parameters can be set at once.", WHATIF_SETTINGS_MAX);
  x->settings = ARENA_ARRAY(a, set->count, setting);
  if (!x->settings) return err_memory(e);
  for (size_t i = 0; i < set->count; i++)
    if (!read_setting(x->pack, set->keys[i], &set->items[i], a, &x->settings[i], e)) return false;
  x->setting_count = set->count;
  return true;
}

/* ---- the rest of the question ---- */

const field *whatif_by(const pack *p, text name) {
  for (size_t i = 0; i < p->kind_count; i++) {
    if (p->kinds[i].parent >= 0) continue;
    const field *f = field_find(p->kinds[i].fields, p->kinds[i].field_count, name);
    if (f && (f->type == FIELD_CHOICE || f->type == FIELD_BOOL)) return f;
  }
  return NULL;
}

const rule *whatif_rule(const pack *p, text name) {
  for (size_t i = 0; i < p->rule_count; i++)
    if (text_is(name, p->rules[i].name)) return &p->rules[i];
  return NULL;
}

bool whatif_which(text word, which *ret) {
  static const char *const words[] = {[WHICH_MATCHED_NOW] = "matched_now",
                                      [WHICH_MATCHED_THEN] = "matched_then",
                                      [WHICH_ENTERS] = "enters",
                                      [WHICH_LEAVES] = "leaves",
                                      [WHICH_UNKNOWN] = "unknown"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_is(word, words[i])) {
      *ret = (which)i;
      return true;
    }
  return false;
}

void whatif_base(const scope *seen, const char *county, char ret[13]) {
  memcpy(ret, county, 13);
  if (seen->count != 1) return;
  /* An area's range begins with its own code. */
  if (strcmp(seen->areas[0].lo, county) >= 0) memcpy(ret, seen->areas[0].lo, 13);
}

static bool read_list(const json *list, whatif *x, err *e) {
  if (!list || list->type == JSON_NULL) return true;
  x->list.rule = whatif_rule(x->pack, json_text(list, "rule"));
  if (!x->list.rule)
    return wrong(e, "list.rule",
                 (label){"没有这条规则，请核对名称。", "There is no such rule; check the name."});
  if (!whatif_which(json_text(list, "which"), &x->list.which))
    return wrong(e, "list.which",
                 (label){"which 应是 matched_now、matched_then、enters、leaves 或 unknown。",
                         "which is matched_now, matched_then, enters, leaves or unknown."});
  int64_t limit = 50;
  if (json_has(list, "limit") && !json_int(list, "limit", &limit))
    return wrong(e, "list.limit", (label){"limit 应是整数。", "limit must be a whole number."});
  x->list.limit = limit < 1 ? 50 : limit > WHATIF_LIST_MAX ? WHATIF_LIST_MAX : (size_t)limit;
  text cursor = json_text(list, "cursor");
  if (cursor.bytes && (!text_to_int(cursor, &x->list.cursor) || x->list.cursor < 0))
    return wrong(e, "list.cursor",
                 (label){"cursor 不对，请从头再查。", "The cursor is wrong; start anew."});
  return true;
}

const pack *whatif_pack(const catalog *packs, text name) {
  if (!name.bytes) return packs->count ? packs->packs[0] : NULL;
  for (size_t i = 0; i < packs->count; i++)
    if (text_is(name, packs->packs[i]->name)) return packs->packs[i];
  return NULL;
}

bool whatif_read(const json *body, const catalog *packs, const scope *seen, day today, arena *a,
                 whatif *ret, err *e) {
  whatif x = {.pack = whatif_pack(packs, json_text(body, "pack")), .as_of = today, .scope = *seen};
  text as_of = json_text(body, "as_of"), area_code = json_text(body, "area"),
       by = json_text(body, "by");
  if (!x.pack)
    return err_set(e, ERR_UNKNOWN_NAME, "pack", "没有这个业务包。", "There is no such pack.");
  if (as_of.bytes && !day_parse(as_of, &x.as_of))
    return wrong(e, "as_of",
                 (label){"as_of 应是日期，如 2026-01-31。", "as_of is a day such as 2026-01-31."});
  if (area_code.bytes) {
    if (!area_code_check(area_code, x.area, e)) return err_within(e, "area");
    x.scope = scope_within(seen, x.area);
  }
  if (by.bytes && !(x.by = whatif_by(x.pack, by)))
    return wrong(e, "by",
                 (label){"by 应是一个选项或是否字段的名称。",
                         "by is the name of a field with choices or yes and no."});
  if (!read_settings(json_get(body, "set"), a, &x, e) || !read_list(json_get(body, "list"), &x, e))
    return false;
  *ret = x;
  return true;
}
