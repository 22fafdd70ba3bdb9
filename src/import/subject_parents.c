/* The parents of rows: each taken in once, whichever rows say something of it. */
#include "import/subject_parents.h"

#include "engine/eval/record.h"
#include "import/subject_upsert.h"

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

/* What an earlier row says of the same parent stands. False: what must be there is said otherwise,
 * so that it may be another parent altogether; nobody chose to take the rest. */
static bool parent_agrees(roster *r, const subject_row *v, const seen_key *seen) {
  const kind *k = roster_parent_kind(r);
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

/* Whether a parent may stand as this row says it; of one that is registered its key is enough. */
static row_result judge_parent(roster *r, const subject_row *v, seen_parent *p, text key, arena *a,
                               err *fatal) {
  const kind *k = roster_parent_kind(r);
  const record *stored = p->stored;
  row_result got;
  *fatal = (err){0};
  if (!stored && !subject_row_has_required(r, v->row, k, p->fields)) return ROW_REFUSED;
  if (stored)
    memcpy(p->area, stored->area, sizeof p->area);
  else if ((got = subject_row_area(r, v, p->area, fatal)) != ROW_OK)
    return got;
  if (!subject_row_may_register(r, v, p->area, stored ? &stored->root : NULL)) return ROW_REFUSED;
  subject_row_drop_far_zone(r, v, k, p->fields, p->area);
  if (!roster_check_values(r, v->row, k, stored ? stored->fields : NULL, p->fields, a, fatal))
    return fatal->code == ERR_NONE ? ROW_REFUSED : ROW_ABORT;
  if (stored) {
    p->id = stored->id;
    subject_keep_key(k, p->fields, stored);
  } else if (!subject_derive_id(r, k, key, v->row->number, &p->id, fatal)) {
    return ROW_ABORT;
  }
  return ROW_OK;
}

/* The first row with this parent. Where it is refused, so are those that follow. */
static row_result add_parent(roster *r, const subject_row *v, text key, arena *a,
                             seen_parent **ret_parent, err *fatal) {
  const kind *k = roster_parent_kind(r);
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
  const kind *k = roster_parent_kind(r);
  char zh[ROSTER_PLACE_MAX], en[ROSTER_PLACE_MAX];
  err e;
  err_set(&e, ERR_BAD_INPUT, "key", "同一%s在%s有错，改好那一行，这一行也就能读了。",
          "The same %s has a fault in %s; mend that row, and this one will do.", LABEL(k->title),
          ZH_EN(roster_place(r, seen->row, false, zh), roster_place(r, seen->row, true, en)));
  roster_fault(r, v->row, roster_header_of(r, k->index, r->layout->parent_key), seen->key,
               "parent_fault", &e);
  return ROW_REFUSED;
}

row_result subject_parent_find(roster *r, const subject_row *v, arena *a, seen_parent **ret_parent,
                               err *fatal) {
  const kind *k = roster_parent_kind(r);
  text key = value_text(&v->parent[r->layout->parent_key]);
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

bool subject_parent_send(roster *r, seen_parent *p, arena *a, err *e) {
  if (p->sent) return true;
  p->sent = true;
  const wanted_subject x = {.kind = roster_parent_kind(r),
                            .id = p->id,
                            .area = p->area,
                            .fields = p->fields,
                            .before = p->stored ? p->stored->fields : NULL};
  return subject_upsert(r, &x, a, e);
}

/* ---- what one row says of its parent (a name in one row that is its parent's) ---- */

static bool holds(const roster *r, arena *a, const cel_program *when, const value *values) {
  if (!when) return true;
  const lone_record own = {.scope = &roster_row_kind(r)->scope,
                           .fields = values,
                           .on = DAY_NONE,
                           .now = {.today = r->today}};
  value v = eval_record(a, &own, when);
  return v.type == VALUE_BOOL && v.yes;
}

static bool collect_from_row(roster *r, const table_row *row, arena *a, err *e) {
  const kind *parent = roster_parent_kind(r);
  subject_row v;
  r->quiet = true; /* the row is read again, and its faults told then */
  const row_result got = subject_row_read(r, row, a, &v, e);
  r->quiet = false;
  if (got == ROW_ABORT) return false;
  text key = value_text(&v.parent[r->layout->parent_key]);
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

bool roster_collect_parent_fields(roster *r, err *e) {
  bool any = false;
  for (size_t i = 0; roster_parent_kind(r) && i < r->layout->column_count; i++)
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
