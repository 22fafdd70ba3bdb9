/* What the engine would refuse, found before anything is sent. */
#include "import/roster.h"

#include "engine/rules/form.h"

/* The field that a check refused; -1: no single one, or not the row's fault. */
static int refused_field(const field *fields, size_t count, const err *why) {
  if (why->code != ERR_BAD_INPUT) return -1;
  for (size_t i = 0; i < count; i++)
    if (strcmp(fields[i].name, why->where) == 0) return (int)i;
  return -1;
}

static bool is_of_row(const err *why) {
  return why->code == ERR_BAD_INPUT || why->code == ERR_CONFLICT || why->code == ERR_NOT_ALLOWED;
}

/* Without the field, where the row may go on so. False: it may not. */
static bool drop(roster *r, const table_row *row, int kind_index, const field *fields, int i,
                 value *values, const err *why) {
  if (i < 0 || values[i].type == VALUE_UNKNOWN || !roster_may_leave_out(r, kind_index, &fields[i]))
    return false;
  report_told(r, &r->cells, row->number, roster_header_of(r, kind_index, i),
              roster_cell_of(r, row, kind_index, i), "check", why);
  values[i] = (value){.type = VALUE_UNKNOWN};
  return true;
}

static bool refuse(roster *r, const table_row *row, int kind_index, const field *fields, int i,
                   const err *why) {
  text header = i < 0 ? TEXT("") : roster_header_of(r, kind_index, i);
  if (i >= 0 && !header.bytes) header = text_of(fields[i].title.zh);
  return roster_fault(r, row, header, i < 0 ? TEXT("") : roster_cell_of(r, row, kind_index, i),
                      "check", why);
}

/* As they will be: what the row says over what is registered, or over what a new one begins with.
 */
static value *values_after(const form_place *at, const kind *k, const value *before,
                           const value *values, bool *changed, err *e) {
  value *after = ARENA_ARRAY(at->a, k->field_count, value);
  if (!after) return err_memory(e), NULL;
  for (size_t i = 0; i < k->field_count; i++) {
    changed[i] = values[i].type != VALUE_UNKNOWN;
    after[i] = changed[i] ? values[i]
               : before   ? before[i]
                          : value_missing(at->a, k->fields[i].name);
    if (after[i].type == VALUE_UNKNOWN && !before && k->fields[i].initial)
      after[i] = value_string(text_of(k->fields[i].initial));
  }
  return form_fill_in(at, k, after, changed, NULL, e) ? after : NULL;
}

bool roster_check_values(roster *r, const table_row *row, const kind *k, const value *before,
                         value *values, arena *a, err *fatal) {
  const form_place at = {r->s, a, store_packs(r->s), {.today = r->today}};
  bool *changed = ARENA_ARRAY(a, k->field_count, bool);
  if (!changed) return err_memory(fatal);
  for (size_t round = 0; round <= k->field_count; round++) {
    err e = {0};
    const value *after = values_after(&at, k, before, values, changed, fatal);
    if (!after) return false;
    if (form_check_references(&at, k->fields, k->field_count, values, &e) &&
        form_check_fields(&at, &k->scope, k->fields, k->field_count, after, &e) &&
        form_check_subject(&at, k, after, before ? changed : NULL, &e))
      return true;
    if (!is_of_row(&e)) return *fatal = e, false;
    const int i = refused_field(k->fields, k->field_count, &e);
    if (!drop(r, row, k->index, k->fields, i, values, &e))
      return refuse(r, row, k->index, k->fields, i, &e);
  }
  return true;
}

bool roster_check_event(roster *r, const table_row *row, const event_kind *k, value *values,
                        arena *a, err *fatal) {
  const form_place at = {r->s, a, store_packs(r->s), {.today = r->today}};
  for (size_t round = 0; round <= k->field_count; round++) {
    err e = {0};
    if (form_check_references(&at, k->fields, k->field_count, values, &e) &&
        form_check_fields(&at, &k->scope, k->fields, k->field_count, values, &e))
      return true;
    if (!is_of_row(&e)) return *fatal = e, false;
    const int i = refused_field(k->fields, k->field_count, &e);
    if (!drop(r, row, OF_EVENT, k->fields, i, values, &e))
      return refuse(r, row, OF_EVENT, k->fields, i, &e);
  }
  return true;
}
