/* Rows that are subjects. */
#include "import/roster.h"

#include "base/json_fields.h"
#include "engine/eval/record.h"
#include "import/subject_parents.h"
#include "import/subject_upsert.h"

/* ---- children without a key ---- */

/* What it says of one of the fields by which likes are known, or what follows from the others. */
static value alike_value(roster *r, const value *fields, int field_index, arena *a) {
  const kind *k = roster_row_kind(r);
  const field *f = &k->fields[field_index];
  const lone_record own = {
      .scope = &k->scope, .fields = fields, .on = DAY_NONE, .now = {.today = r->today}};
  if (fields[field_index].type != VALUE_UNKNOWN || !f->filled_from) return fields[field_index];
  return eval_record(a, &own, f->filled_from);
}

/* The same title, and of the other fields nothing that speaks against it. */
static bool is_alike(roster *r, const value *row, const value *stored, arena *a) {
  const kind *k = roster_row_kind(r);
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
  const kind *k = roster_row_kind(r);
  record **all = NULL, *found = NULL;
  size_t count = 0, several = 0;
  const bool has_key = subject_row_key(r, v).bytes;
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
  const kind *k = roster_row_kind(r);
  text key = subject_row_key(r, v);
  buf_text(out, key);
  if (key.bytes || !parent || k->title_field < 0 || k->key < 0 || !k->alike_count)
    return buf_ok(out);
  json_out w = json_to(out);
  json_open(&w, '[');
  json_put_text(&w, value_text(&v->parent[r->layout->parent_key]));
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
  roster_fault(r, v->row, roster_header_of(r, roster_row_kind(r)->index, r->layout->row_key),
               subject_row_key(r, v), "twice", &e);
  return ROW_REFUSED;
}

/* Registered with another parent: it moves where somebody chose so, and is else only told. */
static row_result may_stay_or_move(roster *r, const subject_row *v, const record *stored,
                                   const seen_parent *parent, arena *a, err *fatal) {
  const kind *k = roster_row_kind(r), *in = roster_parent_kind(r);
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
    roster_fault(r, v->row, column, subject_row_key(r, v), "denied", &e);
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
  report_told(r, &r->moves, v->row->number, column, subject_row_key(r, v), "moved", &e);
  return r->file->take_moves ? ROW_OK : ROW_MOVED;
}

/* What is told by its identifier is told otherwise by the row. */
static void note_contradictions(roster *r, const subject_row *v, arena *a) {
  const kind *k = roster_row_kind(r);
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

/* What is known of the subject of a row. */
typedef struct known_subject {
  record *stored;      /* NULL: it is new */
  seen_parent *parent; /* NULL: it is a root */
  char area[13];       /* of a root */
  text key;            /* in the file */
} known_subject;

static row_result take_child(roster *r, const subject_row *v, const known_subject *x, arena *a,
                             err *fatal) {
  const kind *k = roster_row_kind(r);
  const record *stored = x->stored;
  seen_parent *parent = x->parent;
  wanted_subject w = {.kind = k,
                      .area = x->area,
                      .parent = parent ? &parent->id : NULL,
                      .fields = v->child,
                      .before = stored ? stored->fields : NULL};
  if (stored && parent && !uuid_equal(&stored->root, &parent->id)) w.from = &stored->root;
  if (x->key.bytes) {
    seen_key *seen = seen_add(r->a, &r->rows, x->key, v->row->number, 0);
    if (!seen) return err_memory(fatal), ROW_ABORT;
    seen->content = content_of(r, v->row);
  }
  if (stored)
    w.id = stored->id;
  else if (!subject_derive_id(r, k, x->key, v->row->number, &w.id, fatal))
    return ROW_ABORT;
  if (parent && !subject_parent_send(r, parent, a, fatal)) return ROW_ABORT;
  if (!subject_upsert(r, &w, a, fatal)) return ROW_ABORT;
  note_contradictions(r, v, a);
  report_sample(r, v->row, k->title_field < 0 ? TEXT("") : value_text(&v->child[k->title_field]));
  return ROW_OK;
}

/* Where a root of its own is to be registered. */
static row_result place_root(roster *r, const subject_row *v, const record *stored, char area[13],
                             err *fatal) {
  row_result got = stored ? ROW_OK : subject_row_area(r, v, area, fatal);
  if (got != ROW_OK) return got;
  if (stored) memcpy(area, stored->area, 13);
  if (!subject_row_may_register(r, v, area, stored ? &stored->root : NULL)) return ROW_REFUSED;
  subject_row_drop_far_zone(r, v, roster_row_kind(r), v->child, area);
  return ROW_OK;
}

row_result roster_subject(roster *r, const table_row *row, arena *a, err *fatal) {
  const kind *k = roster_row_kind(r);
  AUTO_BUF buf key = {0};
  known_subject x = {.area = ""};
  subject_row v;
  row_result got = subject_row_read(r, row, a, &v, fatal);
  if (got != ROW_OK) return got;
  if (!subject_row_has_required(r, row, k, v.child)) return ROW_REFUSED;
  if (v.parent && (got = subject_parent_find(r, &v, a, &x.parent, fatal)) != ROW_OK) return got;
  text own = subject_row_key(r, &v);
  if (own.bytes && !store_subject_find_by_key(r->s, a, k, own, &x.stored, fatal)) return ROW_ABORT;
  if (!x.stored && !find_alike(r, &v, x.parent, a, &x.stored, fatal)) return ROW_ABORT;
  if (own.bytes) subject_keep_key(k, v.child, x.stored);
  if (!put_row_key(r, &v, x.parent, a, &key)) return err_memory(fatal), ROW_ABORT;
  x.key = buf_view(&key);
  if ((got = is_first(r, &v, x.key)) != ROW_OK) return got;
  if ((got = may_stay_or_move(r, &v, x.stored, x.parent, a, fatal)) != ROW_OK) return got;
  if (!x.parent && (got = place_root(r, &v, x.stored, x.area, fatal)) != ROW_OK) return got;
  *fatal = (err){0};
  if (!roster_check_values(r, row, k, x.stored ? x.stored->fields : NULL, v.child, a, fatal))
    return fatal->code == ERR_NONE ? ROW_REFUSED : ROW_ABORT;
  return take_child(r, &v, &x, a, fatal);
}

bool roster_begin_subjects(roster *r, err *e) {
  return (seen_init(r->a, &r->parents) && seen_init(r->a, &r->rows) &&
          seen_init(r->a, &r->parent_fields)) ||
         err_memory(e);
}
