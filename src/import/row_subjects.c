/* Rows that are subjects: values, their parent, commands. */
#include "engine/areas.h"
#include "import/roster.h"

#include "base/json_build.h"
#include "base/json_fields.h"
#include "engine/eval/record.h"

#include <stdio.h>

/* ---- copies that outlive the row ---- */

static bool copy_value(arena *a, const value *from, value *ret_copy) {
  value v = *from;
  if (v.type == VALUE_UNKNOWN) {
    v = (value){.type = VALUE_UNKNOWN};
  } else if (v.type == VALUE_STRING) {
    v.s.at = arena_copy(a, v.s.at, v.s.bytes);
    if (!v.s.at) return false;
  } else if (v.type == VALUE_LIST) {
    value_list *list = ARENA_NEW(a, value_list);
    value *items = ARENA_ARRAY(a, v.list->count, value);
    if (!list || !items) return false;
    for (size_t i = 0; i < v.list->count; i++)
      if (!copy_value(a, &v.list->items[i], &items[i])) return false;
    *list = (value_list){v.list->count, items};
    v.list = list;
  }
  *ret_copy = v;
  return true;
}

static bool copy_values(arena *a, const value *from, size_t count, value *ret_copies) {
  for (size_t i = 0; i < count; i++)
    if (!copy_value(a, &from[i], &ret_copies[i])) return false;
  return true;
}

static record *copy_record(arena *a, const record *from) {
  record *r = record_new(a, from->kind);
  if (!r) return NULL;
  value *fields = r->fields;
  *r = *from;
  r->fields = fields;
  r->stored_title = (text){NULL, 0};
  return copy_values(a, from->fields, from->kind->field_count, fields) ? r : NULL;
}

/* ---- the cells ---- */

typedef struct subject_row {
  const table_row *row;
  value *child, *parent; /* UNKNOWN where the roster has no column or an empty cell */
  text county, town, village, area_code;
} subject_row;

static const kind *row_kind(const roster *r) {
  return &r->pack->kinds[r->layout->row_kind];
}

static const kind *parent_kind(const roster *r) { /* NULL: rows have none */
  return r->layout->parent_kind < 0 ? NULL : &r->pack->kinds[r->layout->parent_kind];
}

static text text_value(const value *v) {
  return v->type == VALUE_STRING ? v->s : TEXT("");
}

static text child_key(const roster *r, const subject_row *v) {
  return r->layout->row_key < 0 ? TEXT("") : text_value(&v->child[r->layout->row_key]);
}

/* Every cell of the row; all faults are reported. */
static row_result read_cells(roster *r, const table_row *row, arena *a, subject_row *ret_row,
                             err *fatal) {
  const kind *child = row_kind(r), *parent = parent_kind(r);
  const record *c = record_new(a, child), *p = parent ? record_new(a, parent) : NULL;
  subject_row v = {.row = row};
  bool good = true;
  if (!c || (parent && !p)) return err_memory(fatal), ROW_ABORT;
  v.child = c->fields;
  v.parent = p ? p->fields : NULL;
  v.county = v.town = v.village = v.area_code = TEXT("");
  for (size_t i = 0; i < r->header.count && i < row->count; i++) {
    const header_column *h = &r->header.columns[i];
    text cell = row->cells[i].text;
    switch (h->use) {
    case USE_FIELD: {
      bool of_parent = parent && h->to->kind == parent->index;
      const kind *k = of_parent ? parent : child;
      value *to = of_parent ? v.parent : v.child;
      good = roster_read_cell(r, row, i, &k->fields[h->to->field], a, &to[h->to->field]) && good;
      break;
    }
    case USE_COUNTY:
      v.county = cell;
      break;
    case USE_TOWN:
      v.town = cell;
      break;
    case USE_VILLAGE:
      v.village = cell;
      break;
    case USE_AREA_CODE:
      v.area_code = cell;
      break;
    case USE_NOTHING:
      break;
    }
  }
  *ret_row = v;
  return good ? ROW_OK : ROW_REFUSED;
}

static bool has_required(roster *r, const table_row *row, const kind *k, const value *values) {
  return roster_has_required(r, row, k->index, k->fields, k->field_count, values);
}

/* ---- commands ---- */

/* A subject as the row has it; `before` NULL: it is new. */
typedef struct wanted_subject {
  const kind *kind;
  uuid id;
  const char *area;   /* of a new root */
  const uuid *parent; /* of a new child */
  const value *fields, *before;
} wanted_subject;

static bool is_news(const wanted_subject *x, size_t i) {
  return x->fields[i].type != VALUE_UNKNOWN &&
         !(x->before && value_equal(&x->before[i], &x->fields[i]));
}

/* What is written of it: of owned fields only what is taken in. */
static bool is_written(const roster *r, const wanted_subject *x, size_t i) {
  return is_news(x, i) && (r->file->taking_in || !field_is_owned(&x->kind->fields[i]));
}

/* What the roster says of owned fields, and the register does not. */
static void compare_owned(roster *r, const wanted_subject *x) {
  for (size_t i = 0; i < x->kind->field_count; i++) {
    const field *f = &x->kind->fields[i];
    if (!is_news(x, i) || is_written(r, x, i)) continue;
    if (!x->before && f->initial && x->fields[i].type == VALUE_STRING &&
        text_is(x->fields[i].s, f->initial))
      continue;
    report_difference(r, f, roster_header_of(r, x->kind->index, (int)i), &x->fields[i],
                      x->before ? &x->before[i] : NULL);
  }
}

static void put_taking_in(json_out *w, const import_file *file) {
  if (!file->taking_in) return;
  json_field_open(w, "taking_in", '{');
  json_field_str(w, "source", file->taking_in);
  if (file->taking_in_on != DAY_NONE) json_field_day(w, "on", file->taking_in_on);
  json_close(w, '}');
}

static void put_fields(const roster *r, json_out *w, const wanted_subject *x) {
  json_field_open(w, "fields", '{');
  for (size_t i = 0; i < x->kind->field_count; i++) {
    if (!is_written(r, x, i)) continue;
    json_key(w, x->kind->fields[i].name);
    value_put_json(w, &x->fields[i], x->kind->fields[i].type_in_cel);
  }
  json_close(w, '}');
}

/* An entry's id is derived: sent twice, it counts once. */
static bool send(roster *r, const wanted_subject *x, arena *a, err *e) {
  if (!r->sink) return true;
  json_builder made = {.a = a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  json_field_str(&w, "kind", x->kind->name);
  json_field_uuid(&w, "id", &x->id);
  if (!x->before && x->parent) json_field_uuid(&w, "parent", x->parent);
  if (!x->before && !x->parent) json_field_str(&w, "area", x->area);
  put_fields(r, &w, x);
  put_taking_in(&w, r->file);
  json_close(&w, '}');
  const json *body = json_built(&made, e);
  if (!body) return false;
  if (!x->before) return r->sink(r, VERB_SUBJECT, &x->id, body, e);
  char id[37], name[64];
  uuid_format(&x->id, id);
  int n = snprintf(name, sizeof name, "%s/%s", verb_name(VERB_FACTS), id);
  uuid entry = uuid_derived(&r->id, (text){name, (size_t)n});
  return r->sink(r, VERB_FACTS, &entry, body, e);
}

static bool differs(const roster *r, const wanted_subject *x) {
  for (size_t i = 0; i < x->kind->field_count; i++)
    if (is_written(r, x, i)) return true;
  return false;
}

/* Created, changed, or the same: counted, and sent where there is something to do. */
static bool upsert_subject(roster *r, const wanted_subject *x, arena *a, err *e) {
  compare_owned(r, x);
  if (x->before && !differs(r, x)) {
    r->same++;
    return true;
  }
  *(x->before ? &r->changed : &r->created) += 1;
  return send(r, x, a, e);
}

/* Of a new subject: the same in every run of this import. */
static bool derive_id(const roster *r, const kind *k, text key, int64_t row, uuid *ret_id, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b, "%s/%.*s/%lld", k->name, (int)key.bytes, key.at, (long long)(key.bytes ? 0 : row));
  if (!buf_ok(&b)) return err_memory(e);
  *ret_id = uuid_derived(&r->id, buf_view(&b));
  return true;
}

/* The area a new root's row names. */
static row_result find_area(roster *r, const subject_row *v, char ret_area[13], err *fatal) {
  err e;
  const kind *root = parent_kind(r) ? parent_kind(r) : row_kind(r);
  if (area_book_find(r->areas, v->area_code, v->town, v->village, ret_area, &e) &&
      area_level_fits(root, ret_area, &e))
    return ROW_OK;
  if (e.code != ERR_BAD_INPUT) {
    *fatal = e;
    return ROW_ABORT;
  }
  roster_fault(r, v->row, TEXT("区域"), v->area_code.bytes ? v->area_code : v->village, &e);
  return ROW_REFUSED;
}

/* `root` NULL: a new unit. */
static bool may_register(roster *r, const subject_row *v, const char *area, const uuid *root) {
  err e;
  const catalog *packs = store_packs(r->s);
  const bool takes_in = !r->file->taking_in ||
                        actor_may_unit(r->who, packs, RIGHT_TAKE_IN, r->pack, r->s, area, root) ||
                        (r->set_up_until == DAY_NONE &&
                         actor_may_unit(r->who, packs, RIGHT_IMPORT, r->pack, r->s, area, root));
  if (takes_in && actor_registers_unit(r->who, packs, row_kind(r), r->s, area, root)) return true;
  err_set(&e, ERR_DENIED, "area", "这个村（居）不在您的管辖范围内，请由管辖的人导入。",
          "This village is outside your areas; somebody in charge of it must import it.");
  return roster_fault(r, v->row, TEXT("区域"), v->village, &e);
}

/* A zone lies in the town of the unit. */
static bool zone_fits(roster *r, const subject_row *v, const kind *k, const value *values,
                      const char *area) {
  const value *zone = k->zone_field < 0 ? NULL : &values[k->zone_field];
  err e;
  if (!zone || zone->type != VALUE_STRING || area_zone_in_town(zone->s.at, area)) return true;
  const field *f = &k->fields[k->zone_field];
  err_set(&e, ERR_BAD_INPUT, f->name, "“%s”不在这个对象所在的乡镇（街道），请改正。",
          "\"%s\" is in another town than the object; correct it.", LABEL(f->title));
  return roster_fault(r, v->row, roster_header_of(r, k->index, k->zone_field), zone->s, &e);
}

/* ---- the parent of a row ---- */

/* What an earlier row says of the same parent must not be said otherwise. */
static bool parent_agrees(roster *r, const subject_row *v, const seen_key *seen) {
  const kind *k = parent_kind(r);
  for (size_t i = 0; i < k->field_count; i++) {
    const value *now = &v->parent[i], *before = &seen->parent->fields[i];
    if (now->type == VALUE_UNKNOWN || before->type == VALUE_UNKNOWN || value_equal(now, before))
      continue;
    err e;
    err_set(&e, ERR_BAD_INPUT, k->fields[i].name,
            "同一%1$s的“%2$s”和第 %3$lld 行不一样，请改成一样。",
            "Row %3$lld of the same %1$s has another \"%2$s\"; make them equal.", LABEL(k->title),
            LABEL(k->fields[i].title), (long long)seen->row);
    return roster_fault(r, v->row, roster_header_of(r, k->index, (int)i), TEXT(""), &e);
  }
  return true;
}

/* The number of a record that was merged away leads to the one that stands, which keeps its own. */
static void keep_number(const kind *k, value *said, const record *stored) {
  if (stored && k->key >= 0 && stored->fields[k->key].type == VALUE_STRING)
    said[k->key] = stored->fields[k->key];
}

/* The first row with this parent. Where it is refused, so are those that follow. */
static row_result add_parent(roster *r, const subject_row *v, text key, arena *a,
                             seen_parent **ret_parent, err *fatal) {
  const kind *k = parent_kind(r);
  record *stored = NULL;
  row_result got;
  if (!store_subject_find_by_key(r->s, a, k, key, &stored, fatal)) return ROW_ABORT;
  seen_key *seen = seen_add(r->a, &r->parents, key, v->row->number, k->field_count);
  if (!seen || !copy_values(r->a, v->parent, k->field_count, seen->parent->fields))
    return err_memory(fatal), ROW_ABORT;
  seen_parent *p = seen->parent;
  p->failed = true;
  if (stored)
    memcpy(p->area, stored->area, sizeof p->area);
  else if ((got = find_area(r, v, p->area, fatal)) != ROW_OK)
    return got;
  if (!may_register(r, v, p->area, stored ? &stored->root : NULL) ||
      !zone_fits(r, v, k, v->parent, p->area))
    return ROW_REFUSED;
  if (stored) {
    p->id = stored->id;
    p->stored = copy_record(r->a, stored);
    if (!p->stored) return err_memory(fatal), ROW_ABORT;
    keep_number(k, p->fields, p->stored);
  } else if (!derive_id(r, k, key, v->row->number, &p->id, fatal)) {
    return ROW_ABORT;
  }
  p->failed = false;
  *ret_parent = p;
  return ROW_OK;
}

static row_result find_parent(roster *r, const subject_row *v, arena *a, seen_parent **ret_parent,
                              err *fatal) {
  const kind *k = parent_kind(r);
  text key = text_value(&v->parent[r->layout->parent_key]);
  const seen_key *collected = key.bytes ? seen_find(&r->parent_fields, key) : NULL;
  for (size_t i = 0; collected && i < k->field_count; i++)
    if (v->parent[i].type == VALUE_UNKNOWN) v->parent[i] = collected->parent->fields[i];
  if (!has_required(r, v->row, k, v->parent)) return ROW_REFUSED;
  if (!key.bytes) {
    err e;
    err_set(&e, ERR_BAD_INPUT, "key", "没有填这一列，不知道属于谁，请补上。",
            "This is empty, so nobody can tell what the row belongs to; fill it in.");
    roster_fault(r, v->row, roster_header_of(r, k->index, r->layout->parent_key), TEXT(""), &e);
    return ROW_REFUSED;
  }
  const seen_key *seen = seen_find(&r->parents, key);
  if (!seen) return add_parent(r, v, key, a, ret_parent, fatal);
  if (!parent_agrees(r, v, seen) || seen->parent->failed) return ROW_REFUSED;
  *ret_parent = seen->parent;
  return ROW_OK;
}

/* Sent with the first accepted row that has it: a parent without one is not taken in. */
static bool send_parent(roster *r, seen_parent *p, arena *a, err *e) {
  if (p->sent) return true;
  p->sent = true;
  const wanted_subject x = {.kind = parent_kind(r),
                            .id = p->id,
                            .area = p->area,
                            .fields = p->fields,
                            .before = p->stored ? p->stored->fields : NULL};
  return upsert_subject(r, &x, a, e);
}

/* ---- a row ---- */

/* Not twice in the file, and not registered with another parent. */
static bool child_is_free(roster *r, const subject_row *v, const record *stored,
                          const seen_parent *parent) {
  const kind *k = row_kind(r);
  text key = child_key(r, v), column = roster_header_of(r, k->index, r->layout->row_key);
  const seen_key *before = key.bytes ? seen_find(&r->rows, key) : NULL;
  err e;
  if (before) {
    err_set(&e, ERR_BAD_INPUT, "row", "和第 %lld 行重复，请删去一行。",
            "The same as row %lld; delete one of them.", (long long)before->row);
    return roster_fault(r, v->row, column, TEXT(""), &e);
  }
  if (stored && parent && !uuid_equal(&stored->root, &parent->id)) {
    label in = parent_kind(r)->title;
    err_set(&e, ERR_CONFLICT, "row", "这个%s已登记在另一个%s名下，请先核对是迁入还是填错。",
            "This %s is registered with another %s; check whether it moved or is a slip.",
            LABEL(k->title), LABEL(in));
    return roster_fault(r, v->row, column, TEXT(""), &e);
  }
  return true;
}

/* `parent` NULL: the row is a root, in *area when it is new. */
static row_result take_child(roster *r, const subject_row *v, const record *stored,
                             seen_parent *parent, const char *area, arena *a, err *fatal) {
  const kind *k = row_kind(r);
  text key = child_key(r, v);
  wanted_subject x = {.kind = k,
                      .area = area,
                      .parent = parent ? &parent->id : NULL,
                      .fields = v->child,
                      .before = stored ? stored->fields : NULL};
  if (key.bytes && !seen_add(r->a, &r->rows, key, v->row->number, 0))
    return err_memory(fatal), ROW_ABORT;
  if (stored)
    x.id = stored->id;
  else if (!derive_id(r, k, key, v->row->number, &x.id, fatal))
    return ROW_ABORT;
  if (parent && !send_parent(r, parent, a, fatal)) return ROW_ABORT;
  if (!upsert_subject(r, &x, a, fatal)) return ROW_ABORT;
  report_sample(r, v->row, k->title_field < 0 ? TEXT("") : text_value(&v->child[k->title_field]));
  return ROW_OK;
}

row_result roster_subject(roster *r, const table_row *row, arena *a, err *fatal) {
  const kind *k = row_kind(r);
  subject_row v;
  row_result got = read_cells(r, row, a, &v, fatal);
  if (got == ROW_ABORT) return got;
  if (!has_required(r, row, k, v.child)) got = ROW_REFUSED;
  seen_parent *parent = NULL;
  if (got == ROW_OK && v.parent) got = find_parent(r, &v, a, &parent, fatal);
  if (got != ROW_OK) return got;
  text key = child_key(r, &v);
  record *stored = NULL;
  if (key.bytes && !store_subject_find_by_key(r->s, a, k, key, &stored, fatal)) return ROW_ABORT;
  keep_number(k, v.child, stored);
  if (!child_is_free(r, &v, stored, parent)) return ROW_REFUSED;
  char area[13] = "";
  if (!parent && !stored) got = find_area(r, &v, area, fatal);
  if (got != ROW_OK) return got;
  if (stored) memcpy(area, stored->area, sizeof area);
  if (!parent && (!may_register(r, &v, area, stored ? &stored->root : NULL) ||
                  !zone_fits(r, &v, k, v.child, area)))
    return ROW_REFUSED;
  return take_child(r, &v, stored, parent, area, a, fatal);
}

/* ---- what one row says of its parent (a name in one row that is its parent's) ---- */

static bool holds(const roster *r, arena *a, const cel_program *when, const value *values) {
  if (!when) return true;
  const lone_record own = {
      .scope = &row_kind(r)->scope, .fields = values, .on = DAY_NONE, .now = {.today = r->today}};
  value v = eval_record(a, &own, when);
  return v.type == VALUE_BOOL && v.yes;
}

static bool collect_from_row(roster *r, const table_row *row, arena *a, err *e) {
  const kind *parent = parent_kind(r);
  size_t reported = r->errors.bytes;
  int count = r->error_count;
  const int64_t marks = r->marks;
  subject_row v;
  if (read_cells(r, row, a, &v, e) == ROW_ABORT) return false;
  r->errors.bytes = reported; /* the row is read again, and its faults reported then */
  r->error_count = count;
  r->marks = marks;
  text key = text_value(&v.parent[r->layout->parent_key]);
  if (!key.bytes) return true;
  for (size_t c = 0; c < r->header.count; c++) {
    const import_column *to = r->header.columns[c].to;
    if (!to || to->parent_field < 0 || v.child[to->field].type == VALUE_UNKNOWN ||
        !holds(r, a, to->when, v.child))
      continue;
    seen_key *seen = seen_find(&r->parent_fields, key);
    if (!seen) seen = seen_add(r->a, &r->parent_fields, key, row->number, parent->field_count);
    if (!seen) return err_memory(e);
    value *field = &seen->parent->fields[to->parent_field];
    if (field->type == VALUE_UNKNOWN && !copy_value(r->a, &v.child[to->field], field))
      return err_memory(e);
  }
  return true;
}

bool roster_begin_subjects(roster *r, err *e) {
  return (seen_init(r->a, &r->parents) && seen_init(r->a, &r->rows) &&
          seen_init(r->a, &r->parent_fields)) ||
         err_memory(e);
}

bool roster_collect_parent_fields(roster *r, err *e) {
  bool any = false;
  for (size_t i = 0; parent_kind(r) && i < r->layout->column_count; i++)
    any |= r->layout->columns[i].parent_field >= 0;
  if (!any) return true;
  table_reader *t = roster_open(r, e);
  arena *a AUTO_ARENA = arena_new(0);
  table_row row;
  int got = 0;
  bool ok = t && (a || err_memory(e)) && roster_find_header(r, t, e);
  while (ok && (got = roster_next(r, t, a, &row, e)) > 0) {
    ok = collect_from_row(r, &row, a, e);
  }
  table_close(t);
  return ok && got == 0;
}
