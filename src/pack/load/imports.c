/* imports.yaml: which header of a roster goes where. */
#include "pack/load/expressions.h"
#include "pack/load/parts.h"
#include "pack/model/field_value.h"

typedef struct headings {
  const char **items;
  size_t count, room;
} headings;

/* A heading names one thing only. */
static void add_headings(const doc *d, const yaml *at, const char *const *more, headings *seen) {
  loader *l = d->l;
  for (; more && *more; more++) {
    if (names_index(NAMES(seen->items, seen->count), text_of(*more)) >= 0)
      FAULT(d, at, "表头“%s”已经指另一列了，请改一个。",
            "The heading \"%s\" stands for another column already; change one.", *more);
    const char **items = ARENA_GROW(l->a, seen->items, seen->count, &seen->room, const char *);
    l->no_memory |= !items;
    if (!items) return;
    seen->items = items;
    seen->items[seen->count++] = *more;
  }
}

/* "kind.field" */
static bool read_target(const doc *d, const yaml *to, const import_layout *l, import_column *c) {
  const pack *p = d->l->p;
  text s = to->type == YAML_TEXT ? to->s : TEXT("");
  if (l->event >= 0 && text_is(s, "on")) {
    c->kind = c->field = -1;
    c->is_day = true;
    return true;
  }
  const char *dot = s.bytes ? memchr(s.at, '.', s.bytes) : NULL;
  if (!dot) {
    FAULT(d, to, "“to”写作 类型.字段，例如 %s.name。",
          "Write \"to\" as kind.field, such as %s.name.", p->kinds[l->row_kind].name);
    return false;
  }
  text kind_name = {s.at, (size_t)(dot - s.at)},
       field_name = {dot + 1, s.bytes - kind_name.bytes - 1};
  if (l->event >= 0 && text_is(kind_name, p->events[l->event].name)) {
    const event_kind *x = &p->events[l->event];
    c->kind = -1;
    c->field = names_index(NAMES(x->fields, x->field_count), field_name);
    if (c->field >= 0) return true;
    hint near = name_hint(NAMES(x->fields, x->field_count), field_name);
    FAULT(d, to, "“%s”没有字段“%.*s”%s", "\"%s\" has no field \"%.*s\"%s", x->name,
          SHOWN(field_name), LABEL(near));
    return false;
  }
  c->kind = names_index(NAMES(p->kinds, p->kind_count), kind_name);
  if (c->kind < 0 || (c->kind != l->row_kind && c->kind != l->parent_kind)) {
    FAULT(d, to, "“%.*s”既不是这张表的 row，也不是 parent，请核对。",
          "\"%.*s\" is neither the row nor the parent of this roster; check it.", SHOWN(kind_name));
    return false;
  }
  const kind *k = &p->kinds[c->kind];
  c->field = names_index(NAMES(k->fields, k->field_count), field_name);
  if (c->field >= 0) return true;
  hint h = name_hint(NAMES(k->fields, k->field_count), field_name);
  FAULT(d, to, "“%s”没有字段“%.*s”%s", "\"%s\" has no field \"%.*s\"%s", k->name, SHOWN(field_name),
        LABEL(h));
  return false;
}

/* "also_to: PARENT.FIELD" with a condition "when": what a roster says of the parent only in
 * one of its rows. */
static void read_also_to(const doc *d, const yaml *item, const import_layout *l, import_column *c) {
  const yaml *also = load_get(item, "also_to");
  c->parent_field = -1;
  if (l->event >= 0 && also)
    FAULT(d, also, "登记的名单没有“also_to”，请删去。",
          "A list of events has no \"also_to\"; remove it.");
  if (!also || l->event >= 0) {
    if (load_get(item, "when"))
      FAULT(d, yaml_get(item, "when"), "“when”要和“also_to”一起写。",
            "\"when\" goes with \"also_to\".");
    return;
  }
  const pack *p = d->l->p;
  const kind *parent = l->parent_kind < 0 ? NULL : &p->kinds[l->parent_kind];
  text s = also->type == YAML_TEXT ? also->s : TEXT("");
  for (size_t i = 0; parent && i < parent->field_count; i++) {
    size_t n = strlen(parent->name);
    if (s.bytes > n && memcmp(s.at, parent->name, n) == 0 && s.at[n] == '.' &&
        text_is((text){s.at + n + 1, s.bytes - n - 1}, parent->fields[i].name))
      c->parent_field = (int)i;
  }
  if (c->kind != l->row_kind || c->parent_field < 0)
    FAULT(d, also, "“also_to”应是上级的一个字段，写作“上级.字段”，并且这一列属于本行对象。",
          "\"also_to\" is a field of the parent (PARENT.FIELD), and the column one of the row's "
          "own.");
  c->when = compile_key(d, item, "when", p->kinds[l->row_kind].scope.env, &cel_bool);
}

static void read_time(const doc *d, const yaml *item, const import_layout *l, import_column *c) {
  static const char words[] = "instant period_end";
  int word = load_word(d, item, "time", words, -1);
  if (word < 0) return;
  if (!c->is_day) {
    FAULT(d, load_get(item, "time"), "“time”要写在“to: on”的列上。",
          "\"time\" goes with \"to: on\".");
    return;
  }
  const event_kind *x = &d->l->p->events[l->event];
  if (x->time_field < 0)
    FAULT(d, load_get(item, "time"),
          "事件“%s”没有时刻，请在它的文件里写上 time: optional 或 required。",
          "The event \"%s\" has no time; write time: optional or required in its file.", x->name);
  else
    c->time = word ? IMPORT_PERIOD_END : IMPORT_TIME;
}

static void read_columns(const doc *d, const yaml *map, import_layout *l, headings *seen) {
  size_t n;
  const yaml *items = load_list(d, map, "columns", true, &n);
  import_column *columns = TAKE_PARTS(d, map, &n, import_column);
  l->columns = columns;
  for (size_t i = 0; i < n; i++) {
    import_column c = {0};
    if (!load_is_map(d, &items[i])) continue;
    load_only_keys(d, &items[i], "header to required also_to when time missing");
    c.headers = load_texts(d, &items[i], "header", true, NULL);
    c.required = load_flag(d, &items[i], "required");
    c.missing = load_texts(d, &items[i], "missing", false, NULL);
    add_headings(d, yaml_get(&items[i], "header"), c.headers, seen);
    const yaml *to = load_need(d, &items[i], "to");
    if (!to || !read_target(d, to, l, &c)) continue;
    read_also_to(d, &items[i], l, &c);
    if (load_get(&items[i], "time")) read_time(d, &items[i], l, &c);
    for (size_t k = 0; k < l->column_count; k++)
      if (columns[k].kind == c.kind && columns[k].field == c.field && columns[k].is_day == c.is_day)
        FAULT(d, yaml_get(&items[i], "to"), "这个字段已经有一列了，请把两列的表头写在一起。",
              "This field has a column already; put the headings of both together.");
    columns[l->column_count++] = c;
  }
}

static void read_area(const doc *d, const yaml *map, import_layout *l, headings *seen) {
  const yaml *area = load_need(d, map, "area");
  if (!area || !load_is_map(d, area)) return;
  load_only_keys(d, area, "county town village code");
  l->county = load_texts(d, area, "county", false, NULL);
  l->town = load_texts(d, area, "town", false, NULL);
  l->village = load_texts(d, area, "village", false, NULL);
  l->area_code = load_texts(d, area, "code", false, NULL);
  const char *const *all[] = {l->county, l->town, l->village, l->area_code};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) add_headings(d, area, all[i], seen);
  if (!l->village && !l->area_code)
    FAULT(d, area, "请写明村（village）或行政区划代码（code）在哪一列。",
          "Say which column holds the village or the area code.");
}

/* Rows find their subjects by the kind's key, so the key needs a column. -1: the kind has no key.
 */
static int key_column(const doc *d, const yaml *map, const import_layout *l, int kind_index) {
  const kind *k = &d->l->p->kinds[kind_index];
  if (k->key < 0) return -1;
  for (size_t i = 0; i < l->column_count; i++)
    if (l->columns[i].kind == kind_index && l->columns[i].field == k->key) return k->key;
  FAULT(d, map, "没有哪一列填写“%s.%s”，导入时就找不到对象，请补上这一列。",
        "No column fills \"%s.%s\", by which an import finds the subject; add it.", k->name,
        k->fields[k->key].name);
  return -1;
}

/* Answers of an event that are the same in every row. NULL: no memory. */
static const value *read_set(const doc *d, const yaml *item, const event_kind *x) {
  value *set = TAKE(d->l, x->field_count, value);
  for (size_t i = 0; set && i < x->field_count; i++) set[i] = (value){.type = VALUE_UNKNOWN};
  const yaml *map = load_get(item, "set");
  if (!map || !set || !load_is_map(d, map)) return set;
  for (size_t i = 0; i < map->count; i++) {
    int f =
        load_one_at(d, &map->keys[i], NAMES(x->fields, x->field_count), (label){"字段", "fields"});
    err why = {0};
    if (f < 0) continue;
    text s = map->items[i].type == YAML_TEXT ? map->items[i].s : TEXT("");
    if (!field_read_text(&x->fields[f], d->l->a, s, DAY_MAX, &set[f], &why))
      FAULT(d, &map->items[i], "%s", "%s", LABEL(why));
  }
  return set;
}

/* ---- rows that are compared ---- */

/* "KIND.FIELD" of the row or of its parent. */
static void read_shown(const doc *d, const yaml *at, const import_layout *l, import_compare *c) {
  size_t n = 0;
  const yaml *items = load_list(d, at, "show", false, &n);
  import_shown *shown = TAKE(d->l, n, import_shown);
  c->shown = shown;
  for (size_t i = 0; shown && i < n; i++) {
    import_column to = {0};
    if (read_target(d, &items[i], l, &to))
      shown[c->shown_count++] = (import_shown){to.kind, to.field};
  }
}

/* What becomes of those found, when somebody says so. */
static void read_clues(const doc *d, const yaml *at, const import_layout *l, import_compare *c) {
  const pack *p = d->l->p;
  const yaml *clues = load_get(at, "clues");
  size_t n = 0;
  c->event = c->tells = -1;
  if (!clues || !load_is_map(d, clues)) return;
  load_only_keys(d, clues, "event set ask tell");
  const yaml *named = load_need(d, clues, "event");
  c->event =
      named ? load_one_at(d, named, NAMES(p->events, p->event_count), (label){"事项", "events"})
            : -1;
  if (c->event < 0) return;
  const event_kind *x = &p->events[c->event];
  const names fields = NAMES(x->fields, x->field_count);
  if (x->about != l->row_kind && x->about != l->parent_kind)
    FAULT(d, named, "“%s”不是关于这张表的对象或它的上级的，请换一种。",
          "\"%s\" is neither about the row of this list nor about its parent; choose another.",
          x->name);
  c->set = read_set(d, clues, x);
  const yaml *asked = load_list(d, clues, "ask", false, &n);
  int *fields_asked = TAKE(d->l, n, int);
  c->asked = fields_asked;
  for (size_t i = 0; fields_asked && i < n; i++) {
    const int f = load_one_at(d, &asked[i], fields, (label){"字段", "fields"});
    if (f >= 0) fields_asked[c->asked_count++] = f;
  }
  const yaml *tell = load_get(clues, "tell");
  if (tell) c->tells = load_one_at(d, tell, fields, (label){"字段", "fields"});
  if (c->tells >= 0 && x->fields[c->tells].type != FIELD_TEXT)
    FAULT(d, tell, "“tell”应是文字字段。", "\"tell\" is a field of text.");
}

static void read_compare(const doc *d, const yaml *item, import_layout *l) {
  const yaml *at = load_get(item, "compare");
  const kind *k = &d->l->p->kinds[l->row_kind];
  if (!at || !load_is_map(d, at)) return;
  load_only_keys(d, at, "show clues");
  import_compare *c = TAKE(d->l, 1, import_compare);
  if (!c) return;
  *c = (import_compare){.event = -1, .tells = -1};
  l->compare = c;
  if (k->key < 0 && !k->alike_count)
    FAULT(d, at, "“%s”既没有“key”，也没有“alike”，无从比对。",
          "\"%s\" has neither \"key\" nor \"alike\", so nothing can be compared with it.", k->name);
  read_shown(d, at, l, c);
  read_clues(d, at, l, c);
}

/* ---- rows that are events ---- */

/* What is published again later is corrected by it. */
static void read_replaces(const doc *d, const yaml *item, import_layout *l) {
  const event_kind *x = &d->l->p->events[l->event];
  if (!load_get(item, "replaces")) return;
  size_t n;
  const yaml *items = load_list(d, item, "replaces", false, &n);
  int *same = TAKE(d->l, n, int);
  for (size_t i = 0; same && i < n; i++) {
    int f = load_one_at(d, &items[i], NAMES(x->fields, x->field_count), (label){"字段", "fields"});
    if (f >= 0) same[l->same_count++] = f;
  }
  l->same = same;
}

/* A list of what happened: each row names its subject by the key of a kind, the one the event is
 * about or a child of it. */
static bool read_event_layout(const doc *d, const yaml *item, import_layout *l) {
  const pack *p = d->l->p;
  const event_kind *x = &p->events[l->event];
  load_only_keys(d, item, "name title row find columns set ignore replaces missing");
  l->row_kind = load_get(item, "find") ? load_kind(d, item, "find") : x->about;
  if (l->row_kind < 0) return false;
  const kind *by = &p->kinds[l->row_kind];
  if (l->row_kind != x->about && by->parent != x->about) {
    FAULT(d, yaml_get(item, "find"), "“find”应是这种登记所关于的对象，或它的下级。",
          "\"find\" is the kind this event is about, or one below it.");
    return false;
  }
  headings seen = {0};
  read_columns(d, item, l, &seen);
  l->set = read_set(d, item, x);
  read_replaces(d, item, l);
  l->ignore = load_texts(d, item, "ignore", false, NULL);
  l->missing = load_texts(d, item, "missing", false, NULL);
  add_headings(d, yaml_get(item, "ignore"), l->ignore, &seen);
  l->row_key = key_column(d, item, l, l->row_kind);
  bool day_there = false;
  for (size_t i = 0; i < l->column_count; i++) day_there |= l->columns[i].is_day;
  if (!day_there)
    FAULT(d, item, "没有哪一列是日期，请补上一列“to: on”。",
          "No column is the day; add one with \"to: on\".");
  if (by->key < 0)
    FAULT(d, item, "“%s”没有“key”，各行找不到它，请先在类型里写明。",
          "\"%s\" has no \"key\" by which rows find it; give one in the kind.", by->name);
  return true;
}

static bool read_layout(const doc *d, const yaml *item, names before, import_layout *l) {
  if (!load_is_map(d, item)) return false;
  *l = (import_layout){.parent_kind = -1, .parent_key = -1, .row_key = -1, .event = -1};
  const pack *p = d->l->p;
  l->event = names_index(NAMES(p->events, p->event_count), yaml_text(item, "row"));
  if (l->event >= 0 && !p->events[l->event].derived) {
    l->name = load_name(d, item, "name");
    l->title = load_title(d, item, "title", true);
    return l->name && load_is_new(d, item, before, l->name) && read_event_layout(d, item, l);
  }
  load_only_keys(d, item, "name title row parent compare area columns ignore missing");
  const kind *kinds = d->l->p->kinds;
  l->event = -1;
  l->name = load_name(d, item, "name");
  l->row_kind = load_kind(d, item, "row");
  l->parent_kind = load_get(item, "parent") ? load_kind(d, item, "parent") : -1;
  l->title = load_title(d, item, "title", true);
  if (!l->name || l->row_kind < 0 || !load_is_new(d, item, before, l->name)) return false;
  const kind *row = &kinds[l->row_kind];
  if (row->parent != l->parent_kind && (row->parent >= 0 || l->parent_kind >= 0))
    FAULT(d, load_get(item, "parent") ? yaml_get(item, "parent") : item,
          "“parent”应是“%s”的上级（没有上级就删去）。",
          "\"parent\" should be the parent of \"%s\" (remove it when there is none).", row->name);
  headings seen = {0};
  read_columns(d, item, l, &seen);
  if (load_get(item, "area") || !load_get(item, "compare")) read_area(d, item, l, &seen);
  l->ignore = load_texts(d, item, "ignore", false, NULL);
  l->missing = load_texts(d, item, "missing", false, NULL);
  add_headings(d, yaml_get(item, "ignore"), l->ignore, &seen);
  l->row_key = key_column(d, item, l, l->row_kind);
  read_compare(d, item, l);
  if (l->parent_kind < 0 || l->compare) return true;
  l->parent_key = key_column(d, item, l, l->parent_kind);
  if (kinds[l->parent_kind].key < 0)
    FAULT(d, yaml_get(item, "parent"), "“%s”没有“key”，各行找不到它，请先在类型里写明。",
          "\"%s\" has no \"key\" by which rows find it; give one in the kind.",
          kinds[l->parent_kind].name);
  return true;
}

void pack_read_imports(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "imports", &n);
  import_layout *layouts = TAKE(l, n, import_layout);
  if (!parts || !layouts) return;
  l->p->imports = layouts;
  for (size_t i = 0; i < n; i++) {
    size_t at = l->p->import_count;
    if (read_layout(parts[i].d, parts[i].at, NAMES(layouts, at), &layouts[at]))
      l->p->import_count++;
  }
}
