/* parameters/…/NAME.yaml and the local overlay: dated policy values, exact.
 *
 * A value in force on a day is the last row on or before it. A keyed parameter is a row for every
 * day on which one of its keys changes, holding a map of the keys that have a value; a scale is the
 * same with a list of brackets, lowest threshold first, each a map {threshold, rate} or {threshold,
 * amount}. */
#include "pack/load/fields.h"
#include "pack/load/parts.h"
#include "pack/load/scopes.h"
#include "pack/load/values.h"
#include "base/money.h"

#include <stdlib.h>

static const char folder[] = "parameters/";
static const char type_words[] = "money rate number int bool text date";
enum { KEYS_MAX = 200, ROWS_MAX = 1000 };

typedef struct series {
  const char *key; /* of a keyed parameter */
  dated_value *rows;
  size_t count;
} series;

/* What one file says: one series; one a key; two a bracket (threshold, then rate or amount). */
typedef struct content {
  parameter_form form;
  series *parts;
  size_t count;
  const char *gives; /* of a scale: "rate", "amount", "index" */
} content;

/* What is known while a file is read. */
typedef struct context {
  const doc *d;
  const char *name, *type, *reference; /* reference: of the whole file, or NULL */
} context;

/* ---- values ---- */

static value missing_value(loader *l, const char *name) {
  value v = value_missing(l->a, name);
  l->no_memory |= v.type != VALUE_UNKNOWN;
  return v;
}

static const char *row_reference(const context *c, const yaml *row, const char *shared) {
  const yaml *metadata = load_get(row, "metadata");
  if (!metadata || !load_is_map(c->d, metadata)) return shared;
  load_only_keys(c->d, metadata, "reference");
  const char *own = load_text(c->d, metadata, "reference", false);
  return own ? own : shared;
}

static bool read_row(const context *c, const char *type, const yaml *date, const yaml *row,
                     dated_value *ret) {
  if (!day_parse(date->s, &ret->from)) {
    FAULT(c->d, date, "“%.*s”不是日期，请写作 2024-03-01。",
          "\"%.*s\" is not a date; write it like 2024-03-01.", SHOWN(date->s));
    return false;
  }
  if (row->type != YAML_MAP) {
    FAULT(c->d, row, "这里应写作 {value: …}。", "Write {value: …} here.");
    return false;
  }
  load_only_keys(c->d, row, "value metadata");
  const yaml *v = yaml_get(row, "value");
  ret->reference = row_reference(c, row, c->reference);
  ret->v = missing_value(c->d->l, c->name);
  if (!v) {
    load_need(c->d, row, "value");
    return false;
  }
  if (yaml_is_null(v)) return true;
  if (!ret->reference)
    FAULT(c->d, row, "这个数值没有依据，请在 metadata 里写明文号（reference）。",
          "This value has no source; name the document in metadata (reference).");
  return values_read(c->d, v, type, &ret->v);
}

static int by_date(const void *a, const void *b) {
  const dated_value *x = a, *y = b;
  return (x->from > y->from) - (x->from < y->from);
}

static series read_series(const context *c, const yaml *dates, const char *type) {
  series s = {0};
  if (!dates || yaml_is_null(dates) || !load_is_map(c->d, dates)) return s;
  size_t n = dates->count;
  if (n > ROWS_MAX) {
    FAULT(c->d, dates, "这里有太多日期，最多 %d 个。", "There are too many dates here, at most %d.",
          ROWS_MAX);
    n = ROWS_MAX;
  }
  s.rows = TAKE(c->d->l, n, dated_value);
  for (size_t i = 0; s.rows && i < n; i++)
    if (read_row(c, type, &dates->keys[i], &dates->items[i], &s.rows[s.count])) s.count++;
  if (s.count) qsort(s.rows, s.count, sizeof *s.rows, by_date);
  return s;
}

/* ---- the three forms ---- */

static void read_keys(const context *c, const yaml *keys, content *ret) {
  ret->form = PARAM_KEYED;
  if (!load_is_map(c->d, keys)) return;
  if (keys->count == 0 || keys->count > KEYS_MAX)
    FAULT(c->d, keys, "“keys”应有 1 到 %d 项。", "\"keys\" has from 1 to %d items.", KEYS_MAX);
  size_t n = keys->count > KEYS_MAX ? KEYS_MAX : keys->count;
  ret->parts = TAKE(c->d->l, n, series);
  for (size_t i = 0; ret->parts && i < n; i++) {
    const char *key = load_text_at(c->d, &keys->keys[i], PACK_NAME_MAX);
    if (!key) continue;
    const yaml *item = &keys->items[i];
    series s = {0};
    if (!yaml_is_null(item) && load_is_map(c->d, item)) {
      load_only_keys(c->d, item, "values");
      s = read_series(c, yaml_get(item, "values"), c->type);
    }
    s.key = key;
    ret->parts[ret->count++] = s;
  }
}

static const char *const bracket_gives[] = {"rate", "amount", "index"};

static bool read_bracket(const context *c, const yaml *bracket, const char *gives, series two[2]) {
  if (!load_is_map(c->d, bracket)) return false;
  load_only_keys(c->d, bracket, "threshold rate amount index");
  int given = 0;
  for (int i = 0; i < 3; i++) given += load_get(bracket, bracket_gives[i]) != NULL;
  if (given != 1 || !load_get(bracket, gives)) {
    FAULT(c->d, bracket, "每一档写 threshold，再写 rate、amount 或 index 之一，各档相同。",
          "Each bracket has a threshold and one of rate, amount, index, the same in all.");
    return false;
  }
  const yaml *threshold = load_need(c->d, bracket, "threshold");
  if (!threshold) return false;
  two[0] = read_series(c, threshold, c->type);
  const char *type = strcmp(gives, "amount") == 0  ? "money"
                     : strcmp(gives, "index") == 0 ? "int"
                                                   : "rate";
  two[1] = read_series(c, load_get(bracket, gives), type);
  return true;
}

static void read_brackets(const context *c, const yaml *brackets, content *ret) {
  ret->form = PARAM_SCALE;
  if (brackets->type != YAML_LIST) {
    FAULT(c->d, brackets, "“brackets”应是一个列表，每档一项。",
          "\"brackets\" should be a list, one item a bracket.");
    return;
  }
  const cel_type *from = scope_type_of_word(c->type);
  if (from->kind != CEL_INT || from->unit == UNIT_DATE)
    FAULT(c->d, brackets, "分档的 type 是各档起点的类型，只能是 money、int、rate 或 number。",
          "The type of a scale is that of its thresholds: money, int, rate or number.");
  size_t n = brackets->count;
  series *parts = load_parts(c->d, brackets, &n, 2 * sizeof *parts);
  ret->parts = parts;
  ret->gives = bracket_gives[0];
  for (int i = 0; n && i < 3; i++)
    if (load_get(&brackets->items[0], bracket_gives[i])) ret->gives = bracket_gives[i];
  for (size_t i = 0; i < n; i++)
    if (read_bracket(c, &brackets->items[i], ret->gives, parts + ret->count)) ret->count += 2;
}

static content read_content(const context *c) {
  content out = {.form = PARAM_VALUE};
  const yaml *root = c->d->root;
  const yaml *brackets = load_get(root, "brackets"), *keys = load_get(root, "keys");
  if ((brackets && keys) || ((brackets || keys) && yaml_has(root, "values")))
    FAULT(c->d, root, "“values”“brackets”“keys”只能写一个。",
          "Give only one of \"values\", \"brackets\" and \"keys\".");
  if (brackets) {
    read_brackets(c, brackets, &out);
  } else if (keys) {
    read_keys(c, keys, &out);
  } else {
    out.parts = TAKE(c->d->l, 1, series);
    if (!out.parts) return out;
    out.count = 1;
    out.parts[0] = read_series(c, yaml_get(root, "values"), c->type);
  }
  return out;
}

/* ---- rows of a parameter ---- */

/* Both ascending; `over` replaces and adds by date. */
static series merged(loader *l, series base, series over) {
  series out = {.key = base.key, .rows = TAKE(l, base.count + over.count, dated_value)};
  size_t i = 0, j = 0;
  while (out.rows && (i < base.count || j < over.count)) {
    bool from_over = j < over.count && (i == base.count || over.rows[j].from <= base.rows[i].from);
    if (from_over && i < base.count && over.rows[j].from == base.rows[i].from) i++;
    out.rows[out.count++] = from_over ? over.rows[j++] : base.rows[i++];
  }
  return out;
}

static const value *in_force(const series *s, day on) {
  const dated_value *row = row_in_force(s->rows, s->count, on);
  return row && row->v.type != VALUE_UNKNOWN ? &row->v : NULL;
}

static value map_value(loader *l, const char *path, value_pair *pairs, size_t count, bool open) {
  value_map *m = TAKE(l, 1, value_map);
  if (!m) return value_null();
  *m = (value_map){.count = count, .pairs = pairs, .open = open, .path = path};
  return (value){.type = VALUE_MAP, .map = m};
}

/* A key without a value is unknown, and named: "p.medical.rate.level1". */
static value keyed_at(loader *l, const char *name, const content *c, day on) {
  value_pair *pairs = TAKE(l, c->count, value_pair);
  size_t n = 0;
  for (size_t i = 0; pairs && i < c->count; i++) {
    const value *v = in_force(&c->parts[i], on);
    if (v) pairs[n++] = (value_pair){value_string(text_of(c->parts[i].key)), *v};
  }
  return n ? map_value(l, name, pairs, n, true) : missing_value(l, name);
}

static int by_threshold(const void *a, const void *b) {
  int64_t x = ((const value *)a)->map->pairs[0].item.i,
          y = ((const value *)b)->map->pairs[0].item.i;
  return (x > y) - (x < y);
}

static value scale_at(const context *k, const content *c, day on) {
  loader *l = k->d->l;
  value *brackets = TAKE(l, c->count / 2, value);
  value_list *list = TAKE(l, 1, value_list);
  if (!brackets || !list) return value_null();
  for (size_t i = 0; i + 1 < c->count; i += 2) {
    const value *threshold = in_force(&c->parts[i], on), *gives = in_force(&c->parts[i + 1], on);
    if (!threshold || !gives) continue;
    value_pair *pairs = TAKE(l, 2, value_pair);
    if (!pairs) return value_null();
    pairs[0] = (value_pair){value_string(TEXT("threshold")), *threshold};
    pairs[1] = (value_pair){value_string(text_of(c->gives)), *gives};
    brackets[list->count] = map_value(l, "", pairs, 2, false);
    if (brackets[list->count].type != VALUE_MAP) return value_null();
    list->count++;
  }
  if (list->count == 0) return missing_value(l, k->name);
  qsort(brackets, list->count, sizeof *brackets, by_threshold);
  for (size_t i = 1; i < list->count; i++)
    if (by_threshold(&brackets[i - 1], &brackets[i]) == 0) {
      char since[11];
      day_format(on, since);
      FAULT(k->d, yaml_get(k->d->root, "brackets"), "从 %s 起有两档的起点相同，请改一档。",
            "From %s on two brackets have the same threshold; change one.", since);
      break;
    }
  list->items = brackets;
  return (value){.type = VALUE_LIST, .list = list};
}

/* One row for each day on which any part changes. */
static series combined(const context *k, const content *c) {
  if (c->form == PARAM_VALUE) return c->count ? c->parts[0] : (series){0};
  loader *l = k->d->l;
  size_t all = 0;
  for (size_t i = 0; i < c->count; i++) all += c->parts[i].count;
  series out = {.rows = TAKE(l, all, dated_value)};
  dated_value *dates = TAKE(l, all, dated_value);
  if (!out.rows || !dates) return (series){0};
  size_t n = 0;
  for (size_t i = 0; i < c->count; i++)
    for (size_t r = 0; r < c->parts[i].count; r++) dates[n++] = c->parts[i].rows[r];
  if (n) qsort(dates, n, sizeof *dates, by_date);
  for (size_t i = 0; i < n && !l->no_memory; i++) {
    if (i && dates[i].from == dates[i - 1].from) {
      if (!out.rows[out.count - 1].reference)
        out.rows[out.count - 1].reference = dates[i].reference;
      continue;
    }
    dated_value *row = &out.rows[out.count++];
    *row = dates[i];
    row->v =
        c->form == PARAM_KEYED ? keyed_at(l, k->name, c, row->from) : scale_at(k, c, row->from);
  }
  return out;
}

/* ---- a parameter ---- */

/* "parameters/monitor/line.yaml" → "p.monitor.line"; NULL: a part is not a name. */
static const char *parameter_name(const doc *d) {
  text path = text_of(d->path + sizeof folder - 1);
  path.bytes -= sizeof ".yaml" - 1;
  char *name = TAKE(d->l, path.bytes + 3, char);
  if (!name) return NULL;
  name[0] = 'p';
  name[1] = '.';
  memcpy(name + 2, path.at, path.bytes);
  for (text rest = path;;) {
    const char *slash = rest.bytes ? memchr(rest.at, '/', rest.bytes) : NULL;
    text part = {rest.at, slash ? (size_t)(slash - rest.at) : rest.bytes};
    if (!load_is_name(part)) {
      FAULT(d, NULL, "“%.*s”不能用作参数名称：文件和文件夹名用小写英文字母、数字和下划线。",
            "\"%.*s\" cannot be part of a parameter's name: files and folders are called by "
            "lower-case letters, digits and _.",
            SHOWN(part));
      return NULL;
    }
    if (!slash) return name;
    name[2 + (slash - path.at)] = '.';
    rest = (text){slash + 1, rest.bytes - part.bytes - 1};
  }
}

static const char *file_reference(const doc *d, const yaml *metadata) {
  return metadata && metadata->type == YAML_MAP ? load_text(d, metadata, "reference", false) : NULL;
}

static const doc *overlay_of(loader *l, const doc *d) {
  for (size_t i = 0; i < l->doc_count; i++) {
    doc *o = &l->docs[i];
    if (!o->overlay || strcmp(o->path + sizeof "overlay/" - 1, d->path) != 0) continue;
    o->known = true;
    return o->root ? o : NULL;
  }
  return NULL;
}

/* Puts the county's own values over the pack's. */
static series overlaid(const context *base, content *c, const doc *over) {
  loader *l = base->d->l;
  if (!load_is_map(over, over->root)) return combined(base, c);
  load_only_keys(over, over->root, "description metadata values brackets keys");
  const yaml *metadata = load_get(over->root, "metadata"), *type = yaml_get(metadata, "type");
  if (metadata && load_is_map(over, metadata)) load_only_keys(over, metadata, "type reference");
  if (type && !(type->type == YAML_TEXT && text_is(type->s, base->type)))
    FAULT(
        over, type, "业务包里这个参数的类型是“%s”，本地不能改，请删去或改成一致。",
        "In the pack this parameter is of type \"%s\"; remove the type here, or make it the same.",
        base->type);
  context k = {over, base->name, base->type, file_reference(over, metadata)};
  content local = read_content(&k);
  if (local.form != c->form) {
    FAULT(over, over->root, "形式与业务包里的不同（values、keys 或 brackets），请改成一致。",
          "Its form (values, keys or brackets) is not that of the pack; make it the same.");
    return combined(base, c);
  }
  if (c->form != PARAM_KEYED) return merged(l, combined(base, c), combined(&k, &local));
  names keys = {c->parts ? &c->parts[0].key : NULL, c->count, sizeof(series)};
  for (size_t i = 0; i < local.count; i++) {
    int at = names_index(keys, text_of(local.parts[i].key));
    if (at >= 0) {
      c->parts[at] = merged(l, c->parts[at], local.parts[i]);
      continue;
    }
    hint h = name_hint(keys, text_of(local.parts[i].key));
    FAULT(over, yaml_get(over->root, "keys"), "业务包里的这个参数没有“%s”这一项%s",
          "The pack's parameter has no \"%s\"%s", local.parts[i].key, LABEL(h));
  }
  return combined(base, c);
}

static const cel_type *type_of_parameter(loader *l, const parameter *p) {
  const cel_type *t;
  if (p->form == PARAM_SCALE) return &cel_scale;
  if (p->form == PARAM_VALUE) return p->one;
  t = cel_map_of(l->a, &cel_string, p->one);
  l->no_memory |= !t;
  return t ? t : &cel_dyn;
}

static bool is_type_word(const yaml *node) {
  if (!node || node->type != YAML_TEXT || node->s.bytes >= PACK_NAME_MAX) return false;
  char word[PACK_NAME_MAX + 1] = "";
  memcpy(word, node->s.at, node->s.bytes);
  return scope_type_of_word(word) != NULL;
}

static void read_parameter(const doc *d, const char *name, parameter *p) {
  static const char *const types[] = {"money", "rate", "number", "int", "bool", "text", "date"};
  loader *l = d->l;
  *p = (parameter){
      .name = name, .kind = "int", .one = &cel_int, .file = d->path, .line = d->root->line};
  p->type = &cel_dyn;
  if (!load_is_map(d, d->root)) return;
  load_only_keys(d, d->root, "description metadata values brackets keys");
  p->title = load_title(d, d->root, "description", true);
  const yaml *metadata = load_need(d, d->root, "metadata");
  if (!metadata || !load_is_map(d, metadata)) return;
  load_only_keys(d, metadata, "type unit decimals reference");
  p->reference = file_reference(d, metadata);
  if (is_type_word(load_get(metadata, "unit")) && !load_get(metadata, "type")) {
    FAULT(d, yaml_get(metadata, "unit"),
          "参数的类型写在“type”里，例如 type: money；“unit”是写在数后面的单位，例如 µg/m³。",
          "A parameter's type goes into \"type\", such as type: money; \"unit\" is what stands "
          "behind "
          "a number, such as µg/m³.");
    return;
  }
  int type = load_need(d, metadata, "type") ? load_word(d, metadata, "type", type_words, -1) : -1;
  const doc *over = overlay_of(l, d);
  if (type < 0) return;
  p->kind = types[type];
  p->one = values_read_measure(d, metadata, scope_type_of_word(p->kind));
  context k = {d, name, p->kind, p->reference};
  content c = read_content(&k);
  p->form = c.form;
  p->type = type_of_parameter(l, p);
  series rows = over ? overlaid(&k, &c, over) : combined(&k, &c);
  p->values = rows.rows;
  p->value_count = rows.count;
}

static void check_overlay(loader *l) {
  for (size_t i = 0; i < l->doc_count; i++) {
    const doc *d = &l->docs[i];
    if (!d->overlay || d->known) continue;
    FAULT(d, d->root, "业务包里没有这个参数，本地只能填写业务包已有的参数，请核对文件名。",
          "The pack has no such parameter; only the pack's own parameters are set here. Check the "
          "file's name.");
  }
}

/* "p.flow" beside "p.flow.days" would make the one hide the other. */
static void check_prefixes(loader *l) {
  const pack *p = l->p;
  for (size_t i = 0; i < p->parameter_count; i++) {
    size_t n = strlen(p->parameters[i].name);
    for (size_t k = 0; k < p->parameter_count; k++)
      if (k != i && strncmp(p->parameters[k].name, p->parameters[i].name, n) == 0 &&
          p->parameters[k].name[n] == '.') {
        FAULT(l->parameter_at[i].d, NULL, "“%s”既是参数又是一组参数（%s），请把其中一个改名。",
              "\"%s\" is a parameter and a group of parameters (%s); rename one.",
              p->parameters[i].name, p->parameters[k].name);
        break;
      }
  }
}

static bool is_parameter(const doc *d) {
  return !d->overlay && d->root && text_starts(text_of(d->path), folder) &&
         !text_ends(text_of(d->path), "/index.yaml");
}

void pack_read_parameters(loader *l) {
  size_t room = 0;
  for (size_t i = 0; i < l->doc_count; i++) room += is_parameter(&l->docs[i]);
  l->parameters = TAKE(l, room, parameter);
  l->parameter_at = TAKE(l, room, origin);
  l->p->parameters = l->parameters;
  for (size_t i = 0; !l->no_memory && i < l->doc_count; i++) {
    const doc *d = &l->docs[i];
    const char *name = is_parameter(d) ? parameter_name(d) : NULL;
    if (!name) continue;
    l->parameter_at[l->p->parameter_count] = (origin){d, d->root};
    read_parameter(d, name, &l->parameters[l->p->parameter_count]);
    l->p->parameter_count++;
  }
  if (l->no_memory) return;
  check_prefixes(l);
  check_overlay(l);
}
