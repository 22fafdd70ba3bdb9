/* Rosters: rows to values, values to commands. One pass serves the dry run and the taking in; only
 * the sink differs. */
#include "import/roster.h"

#include <stdio.h>

/* ---- one row ---- */

static met **slot_of(met **table, size_t slots, text key) {
  uint64_t h = 1469598103934665603u;
  for (size_t i = 0; i < key.bytes; i++) h = (h ^ (unsigned char)key.at[i]) * 1099511628211u;
  return &table[h % slots];
}

static met *find_met(met **table, size_t slots, text key) {
  for (met *m = *slot_of(table, slots, key); m; m = m->next)
    if (text_equal(m->key, key)) return m;
  return NULL;
}

static met *add_met(roster *r, met **table, text key) {
  met *m = ARENA_NEW(r->a, met);
  char *copy = arena_copy(r->a, key.at, key.bytes);
  if (!m || !copy) return NULL;
  met **at = slot_of(table, r->slots, key);
  *m = (met){.key = {copy, key.bytes}, .next = *at};
  return *at = m;
}

typedef struct row_values {
  value *parent, *child; /* UNKNOWN where the roster has no column or an empty cell */
  text county, town, village, code;
} row_values;

/* Every cell of the row read against its field; all faults told. */
static bool read_row(roster *r, const table_row *row, arena *a, row_values *out) {
  const kind *child = &r->pack->kinds[r->layout->row_kind];
  const kind *parent = r->layout->parent_kind < 0 ? NULL : &r->pack->kinds[r->layout->parent_kind];
  bool good = true;
  out->child = record_new(a, child)->fields;
  out->parent = parent ? record_new(a, parent)->fields : NULL;
  for (size_t c = 0; c < r->head.count && c < row->count; c++) {
    const head_column *h = &r->head.columns[c];
    text cell = row->cells[c].text;
    err e;
    switch (h->use) {
    case USE_FIELD: {
      bool of_parent = parent && h->to->kind == parent->index;
      const field *f = of_parent ? &parent->fields[h->to->field] : &child->fields[h->to->field];
      value *to = of_parent ? &out->parent[h->to->field] : &out->child[h->to->field];
      if (row->cells[c].damaged_number && f->type == FIELD_TEXT) {
        err_set(
            &e, ERR_BAD_INPUT, f->name,
            "Excel 把这个号码变成了科学记数法，后几位已丢失。请把这一列设为“文本”，重新填写号码。",
            "Excel turned this number into scientific form and its last digits are lost. Format "
            "the column as text and enter it again.");
        roster_fault(r, row->number, h->header, cell, &e);
        good = false;
      } else if (!field_read_text(f, a, cell, r->today, to, &e)) {
        roster_fault(r, row->number, h->header, cell, &e);
        good = false;
      }
      break;
    }
    case USE_COUNTY:
      out->county = cell;
      break;
    case USE_TOWN:
      out->town = cell;
      break;
    case USE_VILLAGE:
      out->village = cell;
      break;
    case USE_AREA_CODE:
      out->code = cell;
      break;
    case USE_NOTHING:
      break;
    }
  }
  return good;
}

static text header_of(const roster *r, int kind_index, int field_index) {
  for (size_t c = 0; c < r->head.count; c++) {
    const import_column *to = r->head.columns[c].to;
    if (to && to->kind == kind_index && to->field == field_index) return r->head.columns[c].header;
  }
  return TEXT("");
}

static bool required_there(roster *r, const table_row *row, const kind *k, const value *fields) {
  bool good = true;
  for (size_t i = 0; i < k->field_count; i++) {
    if (!k->fields[i].required || fields[i].type != VALUE_UNKNOWN) continue;
    text header = header_of(r, k->index, (int)i);
    err e;
    err_set(&e, ERR_BAD_INPUT, k->fields[i].name, "“%s”没有填，请补上。%.0s",
            "%.0s\"%s\" is empty; fill it in.", k->fields[i].title.zh, k->fields[i].title.en);
    roster_fault(r, row->number, header.bytes ? header : text_of(k->fields[i].title.zh), TEXT(""),
                 &e);
    good = false;
  }
  return good;
}

/* ---- commands ---- */

static void put_fields(json_out *w, const kind *k, const value *fields, const value *before) {
  json_key(w, "fields");
  json_open(w, '{');
  for (size_t i = 0; i < k->field_count; i++) {
    if (fields[i].type == VALUE_UNKNOWN) continue;
    if (before && value_equal(&before[i], &fields[i])) continue;
    json_key(w, k->fields[i].name);
    value_put_json(w, &fields[i], k->fields[i].type_in_cel);
  }
  json_close(w, '}');
}

static void put_id(json_out *w, const char *key, const uuid *id) {
  char s[37];
  uuid_format(id, s);
  json_key(w, key);
  json_put_str(w, s);
}

static bool send(roster *r, verb v, const kind *k, const uuid *id, const char *area,
                 const uuid *parent, const value *fields, const value *before, arena *a, err *e) {
  if (!r->sink) return true;
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  char s[37], name[96];
  json_open(&w, '{');
  json_key(&w, "kind");
  json_put_str(&w, k->name);
  put_id(&w, "id", id);
  if (v == VERB_SUBJECT && !parent) {
    json_key(&w, "area");
    json_put_str(&w, area);
  }
  if (v == VERB_SUBJECT && parent) put_id(&w, "parent", parent);
  put_fields(&w, k, fields, before);
  json_close(&w, '}');
  if (!buf_ok(&b)) return err_memory(e);
  uuid_format(id, s);
  snprintf(name, sizeof name, "%s/%s", verb_name(v), s);
  uuid entry_id = v == VERB_SUBJECT
                      ? *id
                      : uuid_derived(&r->id, text_of(name)); /* sent twice, it counts once */
  return r->sink(r, v, &entry_id, &b, a, e);
}

static bool differs(const kind *k, const value *fields, const value *before) {
  for (size_t i = 0; i < k->field_count; i++)
    if (fields[i].type != VALUE_UNKNOWN && !value_equal(&fields[i], &before[i])) return true;
  return false;
}

/* Made new, changed, or the same: counted, and sent where anything is to do. */
static bool make_or_change(roster *r, const kind *k, record *there, const uuid *fresh_id,
                           const char *area, const uuid *parent, const value *fields, arena *a,
                           err *e) {
  if (!there) {
    r->created++;
    return send(r, VERB_SUBJECT, k, fresh_id, area, parent, fields, NULL, a, e);
  }
  if (!differs(k, fields, there->fields)) {
    r->same++;
    return true;
  }
  r->changed++;
  return send(r, VERB_FACTS, k, &there->id, area, NULL, fields, there->fields, a, e);
}

static uuid fresh_id(const roster *r, const kind *k, text key, int64_t row) {
  AUTO_BUF buf b = {0};
  buf_printf(&b, "%s/%.*s/%lld", k->name, (int)key.bytes, key.at, (long long)(key.bytes ? 0 : row));
  return uuid_derived(&r->id, buf_view(&b));
}

static bool refuse(roster *r, const table_row *row, text column, text cell, const err *e) {
  roster_fault(r, row->number, column, cell, e);
  return false;
}

/* A copy that outlives the row. */
static value keep(arena *a, const value *v) {
  value out = *v;
  if (v->type == VALUE_STRING) out.s.at = arena_copy(a, v->s.at, v->s.bytes);
  if (v->type == VALUE_LIST) {
    value_list *list = ARENA_NEW(a, value_list);
    value *items = ARENA_ARRAY(a, v->list->count, value);
    for (size_t i = 0; list && items && i < v->list->count; i++)
      items[i] = keep(a, &v->list->items[i]);
    if (list) *list = (value_list){items ? v->list->count : 0, items};
    out.list = list;
  }
  bool failed = (v->type == VALUE_STRING && !out.s.at) || (v->type == VALUE_LIST && !out.list);
  return failed ? (value){.type = VALUE_UNKNOWN} : out;
}

static record *keep_record(arena *a, const record *from) {
  record *r = ARENA_NEW(a, record);
  value *fields = ARENA_ARRAY(a, from->kind->field_count, value);
  if (!r || !fields) return NULL;
  *r = *from;
  r->fields = fields;
  for (size_t i = 0; i < from->kind->field_count; i++) fields[i] = keep(a, &from->fields[i]);
  return r;
}

/* The parent of this row: met before in the file, or now. NULL: the row is bad (told). */
static met *parent_of(roster *r, const table_row *row, const row_values *v, arena *a, err *fatal,
                      bool *died) {
  const kind *k = &r->pack->kinds[r->layout->parent_kind];
  int key_field = r->layout->parent_key;
  text key = v->parent[key_field].type == VALUE_STRING ? v->parent[key_field].s : TEXT("");
  err e;
  const met *carried = key.bytes ? find_met(r->carried, r->slots, key) : NULL;
  for (size_t i = 0; carried && i < k->field_count; i++)
    if (v->parent[i].type == VALUE_UNKNOWN) v->parent[i] = carried->fields[i];
  if (!required_there(r, row, k, v->parent) || !key.bytes) return NULL;
  met *m = find_met(r->parents, r->slots, key);
  if (m) {
    for (size_t i = 0; i < k->field_count; i++) {
      if (v->parent[i].type == VALUE_UNKNOWN || m->fields[i].type == VALUE_UNKNOWN ||
          value_equal(&v->parent[i], &m->fields[i]))
        continue;
      err_set(&e, ERR_BAD_INPUT, k->fields[i].name,
              "同一%s的“%s”和第 %lld 行不一样，请改成一样。%.0s%.0s",
              "%.0s%.0sRow %lld of the same %s has another \"%s\"; make them equal.", k->title.zh,
              k->fields[i].title.zh, (long long)m->row, k->title.en, k->fields[i].title.en);
      refuse(r, row, header_of(r, k->index, (int)i), TEXT(""), &e);
      return NULL;
    }
    return m->failed ? NULL : m;
  }
  record *there = NULL;
  *died = true;
  if (!store_subject_by_key(r->s, a, k, key, &there, fatal)) return NULL;
  m = add_met(r, r->parents, key);
  if (!m || !(m->fields = ARENA_ARRAY(r->a, k->field_count, value))) {
    err_memory(fatal);
    return NULL;
  }
  *died = false;
  m->row = row->number;
  m->failed = true;
  for (size_t i = 0; i < k->field_count; i++) m->fields[i] = keep(r->a, &v->parent[i]);
  if (there)
    memcpy(m->area, there->area, 13);
  else if (!area_book_find(r->areas, v->code, v->town, v->village, m->area, &e)) {
    refuse(r, row, TEXT("区域"), v->village, &e);
    return NULL;
  }
  if (!actor_may(r->who, store_packs(r->s), RIGHT_REGISTER, m->area)) {
    err_set(&e, ERR_DENIED, "area", "这个村（居）不在您的管辖范围内，请由管辖的人导入。",
            "This village is outside your areas.");
    refuse(r, row, TEXT("区域"), v->village, &e);
    return NULL;
  }
  m->id = there ? there->id : fresh_id(r, k, key, row->number);
  m->there = there ? keep_record(r->a, there) : NULL;
  if (there && !m->there) {
    *died = true;
    err_memory(fatal);
    return NULL;
  }
  m->failed = false;
  return m;
}

/* Only when a row of it is good: a parent without a good row is not taken in. */
static bool make_parent(roster *r, const table_row *row, met *m, arena *a) {
  const kind *k = &r->pack->kinds[r->layout->parent_kind];
  err e;
  if (m->made) return true;
  m->made = true;
  if (make_or_change(r, k, m->there, &m->id, m->area, NULL, m->fields, a, &e)) return true;
  m->failed = true;
  roster_fault(r, row->number, header_of(r, k->index, r->layout->parent_key), m->key, &e);
  return false;
}

/* The same key twice in the file, or in another unit: told. */
static bool child_is_free(roster *r, const table_row *row, const kind *k, text key,
                          const record *there, const uuid *parent) {
  err e;
  text column = header_of(r, k->index, r->layout->row_key);
  met *before = key.bytes ? find_met(r->rows, r->slots, key) : NULL;
  if (before) {
    err_set(&e, ERR_BAD_INPUT, "row", "和第 %lld 行重复，请删去一行。",
            "The same as row %lld; delete one of them.", (long long)before->row);
    return refuse(r, row, column, TEXT(""), &e);
  }
  if (there && parent && !uuid_equal(&there->root, parent)) {
    label in = r->pack->kinds[r->layout->parent_kind].title;
    err_set(&e, ERR_CONFLICT, "row", "这个%s已登记在另一个%s名下，请先核对是迁入还是填错。%.0s%.0s",
            "%.0s%.0sThis %s is registered with another %s; check whether it moved or is a slip.",
            k->title.zh, in.zh, k->title.en, in.en);
    return refuse(r, row, column, TEXT(""), &e);
  }
  return true;
}

/* One row of data. False only when the import cannot go on. */
static bool take_row(roster *r, const table_row *row, arena *a, err *fatal) {
  const kind *k = &r->pack->kinds[r->layout->row_kind];
  row_values v = {.county = TEXT(""), .town = TEXT(""), .village = TEXT(""), .code = TEXT("")};
  bool good = read_row(r, row, a, &v), died = false;
  good = required_there(r, row, k, v.child) && good;
  met *parent = NULL;
  if (good && v.parent) {
    parent = parent_of(r, row, &v, a, fatal, &died);
    if (died) return false;
    good = parent != NULL;
  }
  int key_field = r->layout->row_key;
  text key =
      key_field >= 0 && v.child[key_field].type == VALUE_STRING ? v.child[key_field].s : TEXT("");
  record *there = NULL;
  if (good && key.bytes && !store_subject_by_key(r->s, a, k, key, &there, fatal)) return false;
  good = good && child_is_free(r, row, k, key, there, parent ? &parent->id : NULL);
  char area[13] = "";
  err e;
  if (good && !parent && !there && !area_book_find(r->areas, v.code, v.town, v.village, area, &e))
    good = refuse(r, row, TEXT("区域"), v.village, &e);
  if (good && !parent &&
      !actor_may(r->who, store_packs(r->s), RIGHT_REGISTER, there ? there->area : area)) {
    err_set(&e, ERR_DENIED, "area", "这个村（居）不在您的管辖范围内，请由管辖的人导入。",
            "This village is outside your areas.");
    good = refuse(r, row, TEXT("区域"), v.village, &e);
  }
  if (good && key.bytes) {
    met *m = add_met(r, r->rows, key);
    if (!m) return err_memory(fatal);
    m->row = row->number;
  }
  uuid id = fresh_id(r, k, key, row->number);
  good = good && (!parent || make_parent(r, row, parent, a));
  if (good && !make_or_change(r, k, there, &id, area, parent ? &parent->id : NULL, v.child, a, &e))
    good = refuse(r, row, header_of(r, k->index, key_field), key, &e);
  r->good += good;
  r->bad += !good;
  text title = k->title_field >= 0 && v.child[k->title_field].type == VALUE_STRING
                   ? v.child[k->title_field].s
                   : TEXT("");
  if (good) roster_sample(r, row, title);
  return true;
}

/* ---- what one row says of its parent (a name in one row that is its parent's) ---- */

typedef struct own_row {
  arena *a;
  const kind *kind;
  const value *fields;
} own_row;

static value own_slot(void *context, int slot) {
  const own_row *o = context;
  if ((size_t)slot < o->kind->field_count) return o->fields[slot]; /* slot i is field i */
  return value_missing(o->a, cel_env_name(o->kind->scope.env, slot));
}

static bool holds(const roster *r, arena *a, const cel_program *when, const value *fields) {
  if (!when) return true;
  own_row own = {a, &r->pack->kinds[r->layout->row_kind], fields};
  cel_run c = {.a = a, .slot = own_slot, .context = &own, .today = r->today};
  value v = cel_eval(when, &c);
  return v.type == VALUE_BOOL && v.yes;
}

static bool carry_row(roster *r, const table_row *row, arena *a, err *e) {
  const kind *parent = &r->pack->kinds[r->layout->parent_kind];
  size_t told = r->errors.bytes;
  int count = r->error_count;
  row_values v = {.code = TEXT("")};
  read_row(r, row, a, &v);
  r->errors.bytes = told; /* the row is read again, and told of then */
  r->error_count = count;
  const value *key = &v.parent[r->layout->parent_key];
  if (key->type != VALUE_STRING) return true;
  for (size_t c = 0; c < r->head.count; c++) {
    const import_column *to = r->head.columns[c].to;
    if (!to || to->parent_field < 0 || v.child[to->field].type == VALUE_UNKNOWN ||
        !holds(r, a, to->when, v.child))
      continue;
    met *m = find_met(r->carried, r->slots, key->s);
    if (!m) {
      m = add_met(r, r->carried, key->s);
      if (!m || !(m->fields = ARENA_ARRAY(r->a, parent->field_count, value))) return err_memory(e);
      for (size_t i = 0; i < parent->field_count; i++)
        m->fields[i] = (value){.type = VALUE_UNKNOWN};
    }
    if (m->fields[to->parent_field].type == VALUE_UNKNOWN)
      m->fields[to->parent_field] = keep(r->a, &v.child[to->field]);
  }
  return true;
}

/* A first pass over the file, only where the layout carries anything. */
static bool carry(roster *r, const char *path, err *e) {
  bool any = false;
  for (size_t i = 0; r->layout->parent_kind >= 0 && i < r->layout->column_count; i++)
    any |= r->layout->columns[i].parent_field >= 0;
  if (!any) return true;
  table_reader *t = table_open(path, NULL, e);
  arena *a AUTO_ARENA = arena_new(0);
  if (!t || !a) {
    table_close(t);
    return t ? err_memory(e) : false;
  }
  table_row row;
  int got = 0;
  bool ok = import_find_head(t, r->layout, r->pack, r->a, &r->head, e);
  while (ok && (got = table_next(t, &row, e)) > 0) {
    arena_clear(a);
    ok = carry_row(r, &row, a, e);
  }
  table_close(t);
  return ok && got == 0;
}

static bool is_empty(const table_row *row) {
  for (size_t i = 0; i < row->count; i++)
    if (text_trim(row->cells[i].text).bytes) return false;
  return true;
}

bool roster_read(roster *r, const char *path, void (*progress)(int64_t, int64_t), err *e) {
  table_reader *t = table_open(path, NULL, e);
  if (!t) return false;
  r->slots = 65536;
  r->parents = ARENA_ARRAY(r->a, r->slots, met *);
  r->rows = ARENA_ARRAY(r->a, r->slots, met *);
  r->areas = area_book_new(r->s, r->a, e);
  r->carried = ARENA_ARRAY(r->a, r->slots, met *);
  bool ok = r->areas && (r->parents && r->rows && r->carried ? true : err_memory(e)) &&
            carry(r, path, e) && import_find_head(t, r->layout, r->pack, r->a, &r->head, e);
  table_row row;
  int got = 0;
  arena *a AUTO_ARENA = arena_new(0);
  ok = ok && (a || err_memory(e));
  while (ok && (got = table_next(t, &row, e)) > 0) {
    arena_clear(a);
    if (is_empty(&row)) continue;
    r->row_count++;
    r->row = row.number;
    ok = r->layout->event >= 0 ? roster_event(r, &row, a, e) : take_row(r, &row, a, e);
    if (progress && r->row_count % 100 == 0) progress(r->row_count, 0);
  }
  table_close(t);
  return ok && got == 0;
}
