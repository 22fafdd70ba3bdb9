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
  const uuid *from;   /* the root it moves from; NULL: it stays */
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
  if (x->from) json_field_uuid(&w, "parent", x->parent);
  if (x->from) json_field_uuid(&w, "from", x->from);
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
  return x->from != NULL;
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
  roster_fault(r, v->row, TEXT("区域"), v->area_code.bytes ? v->area_code : v->village, "area", &e);
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
  return roster_fault(r, v->row, TEXT("区域"), v->village, "denied", &e);
}

/* A zone lies in the town of the unit; else it is left out. */
static void drop_far_zone(roster *r, const subject_row *v, const kind *k, value *values,
                          const char *area) {
  value *zone = k->zone_field < 0 ? NULL : &values[k->zone_field];
  err e;
  if (!zone || zone->type != VALUE_STRING || area_zone_in_town(zone->s.at, area)) return;
  const field *f = &k->fields[k->zone_field];
  err_set(&e, ERR_BAD_INPUT, f->name, "“%s”不在这个对象所在的乡镇（街道），没有登记，请改正。",
          "\"%s\" is in another town than the object and is left out; correct it.",
          LABEL(f->title));
  report_told(r, &r->cells, v->row->number, roster_header_of(r, k->index, k->zone_field), zone->s,
              "zone", &e);
  *zone = (value){.type = VALUE_UNKNOWN};
}

/* ---- the parent of a row ---- */

/* What an earlier row says of the same parent stands. False: what must be there is said otherwise,
 * so that it may be another parent altogether; nobody chose to take the rest. */
static bool parent_agrees(roster *r, const subject_row *v, const seen_key *seen) {
  const kind *k = parent_kind(r);
  bool good = true;
  for (size_t i = 0; i < k->field_count; i++) {
    const field *f = &k->fields[i];
    value *now = &v->parent[i], *before = &seen->parent->fields[i];
    char zh[ROSTER_PLACE_MAX], en[ROSTER_PLACE_MAX];
    if (now->type == VALUE_UNKNOWN || before->type == VALUE_UNKNOWN || value_equal(now, before))
      continue;
    err e;
    err_set(&e, ERR_BAD_INPUT, f->name, "同一%s的“%s”和%s不一样，以那一行为准，请核对。",
            "Of the same %s, \"%s\" is another in %s, which counts; check it.", LABEL(k->title),
            LABEL(f->title),
            ZH_EN(roster_place(r, seen->row, false, zh), roster_place(r, seen->row, true, en)));
    const bool costs = f->required && !r->file->take_rest;
    report_told(r, costs ? &r->errors : &r->cells, v->row->number,
                roster_header_of(r, k->index, (int)i), roster_cell_of(r, v->row, k->index, (int)i),
                "parent_differs", &e);
    good &= !costs;
  }
  return good;
}

/* The number of a record that was merged away leads to the one that stands, which keeps its own. */
static void keep_number(const kind *k, value *said, const record *stored) {
  if (stored && k->key >= 0 && stored->fields[k->key].type == VALUE_STRING)
    said[k->key] = stored->fields[k->key];
}

/* Whether a parent may stand as this row says it; of one that is registered its key is enough. */
static row_result judge_parent(roster *r, const subject_row *v, seen_parent *p, text key, arena *a,
                               err *fatal) {
  const kind *k = parent_kind(r);
  const record *stored = p->stored;
  row_result got;
  *fatal = (err){0};
  if (!stored && !has_required(r, v->row, k, p->fields)) return ROW_REFUSED;
  if (stored)
    memcpy(p->area, stored->area, sizeof p->area);
  else if ((got = find_area(r, v, p->area, fatal)) != ROW_OK)
    return got;
  if (!may_register(r, v, p->area, stored ? &stored->root : NULL)) return ROW_REFUSED;
  drop_far_zone(r, v, k, p->fields, p->area);
  if (!roster_check_values(r, v->row, k, stored ? stored->fields : NULL, p->fields, a, fatal))
    return fatal->code == ERR_NONE ? ROW_REFUSED : ROW_ABORT;
  if (stored) {
    p->id = stored->id;
    keep_number(k, p->fields, stored);
  } else if (!derive_id(r, k, key, v->row->number, &p->id, fatal)) {
    return ROW_ABORT;
  }
  return ROW_OK;
}

/* The first row with this parent. Where it is refused, so are those that follow. */
static row_result add_parent(roster *r, const subject_row *v, text key, arena *a,
                             seen_parent **ret_parent, err *fatal) {
  const kind *k = parent_kind(r);
  record *stored = NULL;
  if (!store_subject_find_by_key(r->s, a, k, key, &stored, fatal)) return ROW_ABORT;
  seen_key *seen = seen_add(r->a, &r->parents, key, v->row->number, k->field_count);
  if (!seen || !copy_values(r->a, v->parent, k->field_count, seen->parent->fields))
    return err_memory(fatal), ROW_ABORT;
  seen_parent *p = seen->parent;
  p->failed = true;
  if (stored && !(p->stored = copy_record(r->a, stored))) return err_memory(fatal), ROW_ABORT;
  row_result got = judge_parent(r, v, p, key, a, fatal);
  p->failed = got != ROW_OK;
  *ret_parent = p;
  return got;
}

static row_result parent_failed(roster *r, const subject_row *v, const seen_key *seen) {
  const kind *k = parent_kind(r);
  char zh[ROSTER_PLACE_MAX], en[ROSTER_PLACE_MAX];
  err e;
  err_set(&e, ERR_BAD_INPUT, "key", "同一%s在%s有错，改好那一行，这一行也就能读了。",
          "The same %s has a fault in %s; mend that row, and this one will do.", LABEL(k->title),
          ZH_EN(roster_place(r, seen->row, false, zh), roster_place(r, seen->row, true, en)));
  roster_fault(r, v->row, roster_header_of(r, k->index, r->layout->parent_key), seen->key,
               "parent_fault", &e);
  return ROW_REFUSED;
}

static row_result find_parent(roster *r, const subject_row *v, arena *a, seen_parent **ret_parent,
                              err *fatal) {
  const kind *k = parent_kind(r);
  text key = text_value(&v->parent[r->layout->parent_key]);
  const seen_key *collected = key.bytes ? seen_find(&r->parent_fields, key) : NULL;
  for (size_t i = 0; collected && i < k->field_count; i++)
    if (v->parent[i].type == VALUE_UNKNOWN) v->parent[i] = collected->parent->fields[i];
  if (!key.bytes) {
    err e;
    err_set(&e, ERR_BAD_INPUT, "key", "没有填这一列，不知道属于谁，请补上。",
            "This is empty, so nobody can tell what the row belongs to; fill it in.");
    roster_fault(r, v->row, roster_header_of(r, k->index, r->layout->parent_key), TEXT(""), "empty",
                 &e);
    return ROW_REFUSED;
  }
  const seen_key *seen = seen_find(&r->parents, key);
  if (!seen) return add_parent(r, v, key, a, ret_parent, fatal);
  if (seen->parent->failed) return parent_failed(r, v, seen);
  if (!parent_agrees(r, v, seen)) return ROW_REFUSED;
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

/* ---- children without a key ---- */

/* What it says of one of the fields by which likes are known, or what follows from the others. */
static value alike_value(roster *r, const value *fields, int field_index, arena *a) {
  const kind *k = row_kind(r);
  const field *f = &k->fields[field_index];
  const lone_record own = {
      .scope = &k->scope, .fields = fields, .on = DAY_NONE, .now = {.today = r->today}};
  if (fields[field_index].type != VALUE_UNKNOWN || !f->filled_from) return fields[field_index];
  return eval_record(a, &own, f->filled_from);
}

/* The same title, and of the other fields nothing that speaks against it. */
static bool is_alike(roster *r, const value *row, const value *stored, arena *a) {
  const kind *k = row_kind(r);
  for (size_t i = 0; i < k->alike_count; i++) {
    const int f = k->alike[i];
    const value x = alike_value(r, row, f, a), y = alike_value(r, stored, f, a);
    const bool known = x.type != VALUE_UNKNOWN && y.type != VALUE_UNKNOWN;
    if (f == k->title_field ? !known || !value_equal(&x, &y) : known && !value_equal(&x, &y))
      return false;
  }
  return k->alike_count > 0;
}

/* A newborn has no number yet: he is known by his parent and by what the kind calls `alike`, where
 * only one of the two records has a key. */
static bool find_alike(roster *r, const subject_row *v, const seen_parent *parent, arena *a,
                       record **ret, err *e) {
  const kind *k = row_kind(r);
  record **all = NULL, *found = NULL;
  size_t count = 0, several = 0;
  const bool has_key = child_key(r, v).bytes;
  if (!parent || !parent->stored || k->title_field < 0 || k->key < 0) return true;
  if (!store_children(r->s, a, k, &parent->stored->root, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    if (all[i]->withdrawn || !is_alike(r, v->child, all[i]->fields, a)) continue;
    if (has_key && all[i]->fields[k->key].type == VALUE_STRING) continue;
    found = all[i];
    several++;
  }
  if (several == 1) *ret = found;
  return true;
}

/* Under which key the row is known in the file: its own, or its parent's and what it is like. */
static bool put_row_key(roster *r, const subject_row *v, const seen_parent *parent, arena *a,
                        buf *out) {
  const kind *k = row_kind(r);
  text key = child_key(r, v);
  buf_text(out, key);
  if (key.bytes || !parent || k->title_field < 0 || k->key < 0 || !k->alike_count)
    return buf_ok(out);
  json_out w = json_to(out);
  json_open(&w, '[');
  json_put_text(&w, text_value(&v->parent[r->layout->parent_key]));
  for (size_t i = 0; i < k->alike_count; i++) {
    const value x = alike_value(r, v->child, k->alike[i], a);
    value_put_json(&w, &x, k->fields[k->alike[i]].type_in_cel);
  }
  json_close(&w, ']');
  return buf_ok(out);
}

/* ---- a row ---- */

/* What it says, in the columns that are read. */
static uint64_t content_of(const roster *r, const table_row *row) {
  uint64_t sum = 0;
  for (size_t i = 0; i < row->count && i < r->header.count; i++)
    if (r->header.columns[i].use != USE_NOTHING && row->cells[i].text.bytes)
      sum = (sum ^ (text_hash(row->cells[i].text) + i)) * 0x100000001b3u;
  return sum;
}

/* Not twice in the file. */
static row_result is_first(roster *r, const subject_row *v, text key) {
  const seen_key *before = key.bytes ? seen_find(&r->rows, key) : NULL;
  char zh[ROSTER_PLACE_MAX], en[ROSTER_PLACE_MAX];
  err e;
  if (!before) return ROW_OK;
  if (before->content == content_of(r, v->row)) {
    report_repeated(r, v->row->number, before->row, true);
    return ROW_REPEATED;
  }
  err_set(&e, ERR_BAD_INPUT, "row", "和%s重复，内容又不一样，请删去一行。",
          "The same as %s, with other contents; delete one of them.",
          ZH_EN(roster_place(r, before->row, false, zh), roster_place(r, before->row, true, en)));
  roster_fault(r, v->row, roster_header_of(r, row_kind(r)->index, r->layout->row_key),
               child_key(r, v), "twice", &e);
  return ROW_REFUSED;
}

/* Registered with another parent: it moves where somebody chose so, and is else only told. */
static row_result may_stay_or_move(roster *r, const subject_row *v, const record *stored,
                                   const seen_parent *parent, arena *a, err *fatal) {
  const kind *k = row_kind(r), *in = parent_kind(r);
  record *from = NULL;
  err e;
  if (!stored || !parent || uuid_equal(&stored->root, &parent->id)) return ROW_OK;
  if (!store_subject_find(r->s, a, in, &stored->root, NULL, &from, fatal)) return ROW_ABORT;
  const text column = roster_header_of(r, k->index, r->layout->row_key);
  const text title = text_cut(from ? record_title(from) : TEXT(""), 60);
  if (!actor_registers_unit(r->who, store_packs(r->s), k, r->s, stored->area, &stored->root)) {
    err_set(&e, ERR_DENIED, "area",
            "这个%s已登记在另一个%s名下，那里不在您的管辖范围内，请由两边都管的人办理。",
            "This %s is registered with another %s outside your areas; somebody in charge of both "
            "must move it.",
            LABEL(k->title), LABEL(in->title));
    roster_fault(r, v->row, column, child_key(r, v), "denied", &e);
    return ROW_REFUSED;
  }
  err_set(&e, ERR_CONFLICT, "row",
          r->file->take_moves
              ? "这个%s从“%.*s”的%s迁来。"
              : "这个%s登记在“%.*s”的%s名下：是迁来的，请选“迁入”；填错的，请改正。",
          r->file->take_moves ? "This %s moves from \"%.*s\" (%s)."
                              : "This %s is registered with \"%.*s\" (%s): choose to move it, or "
                                "correct the row.",
          LABEL(k->title), (int)title.bytes, title.at, LABEL(in->title));
  report_told(r, &r->moves, v->row->number, column, child_key(r, v), "moved", &e);
  return r->file->take_moves ? ROW_OK : ROW_MOVED;
}

/* What is told by its identifier is told otherwise by the row. */
static void note_contradictions(roster *r, const subject_row *v, arena *a) {
  const kind *k = row_kind(r);
  const lone_record own = {
      .scope = &k->scope, .fields = v->child, .on = DAY_NONE, .now = {.today = r->today}};
  for (size_t i = 0; i < k->field_count; i++) {
    const field *f = &k->fields[i];
    if (!f->filled_from || v->child[i].type == VALUE_UNKNOWN) continue;
    value x = eval_record(a, &own, f->filled_from);
    if (x.type != v->child[i].type || value_equal(&x, &v->child[i])) continue;
    err e;
    err_set(&e, ERR_BAD_INPUT, f->name, "“%s”和同一行的号码对不上，照这一格登记，请核对。",
            "\"%s\" does not fit the number in its row; the cell is recorded, check it.",
            LABEL(f->title));
    report_told(r, &r->notes, v->row->number, roster_header_of(r, k->index, (int)i),
                roster_cell_of(r, v->row, k->index, (int)i), "contradicts", &e);
  }
}

/* `parent` NULL: the row is a root, in *area when it is new. */
static row_result take_child(roster *r, const subject_row *v, const record *stored,
                             seen_parent *parent, const char *area, text key, arena *a,
                             err *fatal) {
  const kind *k = row_kind(r);
  wanted_subject x = {.kind = k,
                      .area = area,
                      .parent = parent ? &parent->id : NULL,
                      .fields = v->child,
                      .before = stored ? stored->fields : NULL};
  if (stored && parent && !uuid_equal(&stored->root, &parent->id)) x.from = &stored->root;
  if (key.bytes) {
    seen_key *seen = seen_add(r->a, &r->rows, key, v->row->number, 0);
    if (!seen) return err_memory(fatal), ROW_ABORT;
    seen->content = content_of(r, v->row);
  }
  if (stored)
    x.id = stored->id;
  else if (!derive_id(r, k, key, v->row->number, &x.id, fatal))
    return ROW_ABORT;
  if (parent && !send_parent(r, parent, a, fatal)) return ROW_ABORT;
  if (!upsert_subject(r, &x, a, fatal)) return ROW_ABORT;
  note_contradictions(r, v, a);
  report_sample(r, v->row, k->title_field < 0 ? TEXT("") : text_value(&v->child[k->title_field]));
  return ROW_OK;
}

/* Where a root of its own is to be registered. */
static row_result place_root(roster *r, const subject_row *v, const record *stored, char area[13],
                             err *fatal) {
  row_result got = stored ? ROW_OK : find_area(r, v, area, fatal);
  if (got != ROW_OK) return got;
  if (stored) memcpy(area, stored->area, 13);
  if (!may_register(r, v, area, stored ? &stored->root : NULL)) return ROW_REFUSED;
  drop_far_zone(r, v, row_kind(r), v->child, area);
  return ROW_OK;
}

row_result roster_subject(roster *r, const table_row *row, arena *a, err *fatal) {
  const kind *k = row_kind(r);
  AUTO_BUF buf key = {0};
  seen_parent *parent = NULL;
  record *stored = NULL;
  char area[13] = "";
  subject_row v;
  row_result got = read_cells(r, row, a, &v, fatal);
  if (got != ROW_OK) return got;
  if (!has_required(r, row, k, v.child)) return ROW_REFUSED;
  if (v.parent && (got = find_parent(r, &v, a, &parent, fatal)) != ROW_OK) return got;
  text own = child_key(r, &v);
  if (own.bytes && !store_subject_find_by_key(r->s, a, k, own, &stored, fatal)) return ROW_ABORT;
  if (!stored && !find_alike(r, &v, parent, a, &stored, fatal)) return ROW_ABORT;
  if (own.bytes) keep_number(k, v.child, stored);
  if (!put_row_key(r, &v, parent, a, &key)) return err_memory(fatal), ROW_ABORT;
  if ((got = is_first(r, &v, buf_view(&key))) != ROW_OK) return got;
  if ((got = may_stay_or_move(r, &v, stored, parent, a, fatal)) != ROW_OK) return got;
  if (!parent && (got = place_root(r, &v, stored, area, fatal)) != ROW_OK) return got;
  *fatal = (err){0};
  if (!roster_check_values(r, row, k, stored ? stored->fields : NULL, v.child, a, fatal))
    return fatal->code == ERR_NONE ? ROW_REFUSED : ROW_ABORT;
  return take_child(r, &v, stored, parent, area, buf_view(&key), a, fatal);
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
  subject_row v;
  r->quiet = true; /* the row is read again, and its faults told then */
  const row_result got = read_cells(r, row, a, &v, e);
  r->quiet = false;
  if (got == ROW_ABORT) return false;
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
