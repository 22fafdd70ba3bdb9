/* What the columns of a file may be given to. */
#include "pack/model/pack.h"

typedef struct target_list {
  const pack *p;
  const import_layout *l;
  arena *a;
  import_target *items;
  size_t count, room;
  bool failed;
} target_list;

static void add(target_list *x, import_target t) {
  import_target *items = ARENA_GROW(x->a, x->items, x->count, &x->room, import_target);
  x->failed |= !items || !t.word;
  if (!items) return;
  x->items = items;
  x->items[x->count++] = t;
}

static void add_areas(target_list *x) {
  if (x->l->event >= 0) return;
  add(x, (import_target){"area.village", {"村（居）", "village"}, {"", ""}, USE_VILLAGE, NULL});
  add(x, (import_target){"area.town", {"乡镇（街道）", "town"}, {"", ""}, USE_TOWN, NULL});
  add(x, (import_target){"area.county", {"区县", "county"}, {"", ""}, USE_COUNTY, NULL});
  add(x, (import_target){"area.code", {"区划代码", "area code"}, {"", ""}, USE_AREA_CODE, NULL});
}

static void add_column(target_list *x, const import_column *c) {
  const field *f = import_field(x->p, x->l, c);
  const label none = {"", ""};
  const event_kind *event = x->l->event < 0 ? NULL : &x->p->events[x->l->event];
  const char *kind = c->kind >= 0 ? x->p->kinds[c->kind].name : event ? event->name : "";
  add(x, (import_target){.word = c->is_day ? "on" : arena_printf(x->a, "%s.%s", kind, f->name),
                         .title = f->title,
                         .of = c->is_day      ? none
                               : c->kind >= 0 ? x->p->kinds[c->kind].title
                                              : event->title,
                         .use = USE_FIELD,
                         .to = c});
}

static bool has_column(const import_layout *l, int kind, int field) {
  for (size_t i = 0; i < l->column_count; i++)
    if (!l->columns[i].is_day && l->columns[i].kind == kind && l->columns[i].field == field)
      return true;
  return false;
}

/* Fields that the layout has no column for. */
static void add_fields(target_list *x, int kind, const field *fields, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (has_column(x->l, kind, (int)i) || field_is_filled(&fields[i])) continue;
    if (kind < 0 && x->l->set[i].type != VALUE_UNKNOWN) continue;
    if (fields[i].format == FORMAT_FILES || fields[i].format == FORMAT_MEASURE ||
        fields[i].format == FORMAT_FOLLOW_UP)
      continue;
    import_column *c = ARENA_NEW(x->a, import_column);
    x->failed |= !c;
    if (!c) return;
    *c = (import_column){.kind = kind, .field = (int)i, .parent_field = -1};
    add_column(x, c);
  }
}

bool import_targets(const pack *p, const import_layout *l, arena *a, import_target **ret,
                    size_t *ret_count, err *e) {
  target_list x = {.p = p, .l = l, .a = a};
  add_areas(&x);
  for (size_t i = 0; i < l->column_count; i++) add_column(&x, &l->columns[i]);
  if (l->event >= 0) {
    add_fields(&x, -1, p->events[l->event].fields, p->events[l->event].field_count);
  } else {
    const kind *row = &p->kinds[l->row_kind];
    const kind *parent = l->parent_kind < 0 ? NULL : &p->kinds[l->parent_kind];
    add_fields(&x, row->index, row->fields, row->field_count);
    if (parent) add_fields(&x, parent->index, parent->fields, parent->field_count);
  }
  *ret = x.items;
  *ret_count = x.count;
  return !x.failed || err_memory(e);
}

const import_target *import_target_find(const import_target *targets, size_t count, text word) {
  static const import_target none = {"", {"不需要", "not needed"}, {"", ""}, USE_NOTHING, NULL};
  if (!word.bytes) return &none;
  for (size_t i = 0; i < count; i++)
    if (text_is(word, targets[i].word)) return &targets[i];
  return NULL;
}
