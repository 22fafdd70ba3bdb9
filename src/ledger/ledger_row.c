/* What one row of a ledger says: its cells, and its part in a summary. */
#include "ledger/ledger_internal.h"

#include "base/ident.h"
#include "pack/model/field_value.h"

#include <stdio.h>

static bool is_named(const field *f) {
  return f &&
         (f->format == FORMAT_ZONE || f->format == FORMAT_OFFICER || f->format == FORMAT_OFFICERS);
}

static text town_of(const ledger_running *r, const char *code) {
  char town[13];
  if (area_code_level(code) < AREA_TOWN) return TEXT("");
  snprintf(town, sizeof town, "%.9s000", code);
  return ledger_area_name(&r->names, town);
}

/* ---- cells ---- */

static table_value text_cell(text t) {
  return (table_value){.type = t.bytes ? TABLE_TEXT : TABLE_EMPTY, .text = t};
}

/* A code or logins, by what they are called. */
static bool put_names(ledger_running *r, const field *f, text said, table_value *ret, err *e) {
  AUTO_BUF buf b = {0};
  text word;
  char code[13] = {0};
  if (f->format == FORMAT_ZONE && said.bytes == 12) {
    memcpy(code, said.at, 12);
    buf_text(&b, ledger_area_name(&r->names, code));
  } else {
    while (text_next_word(&said, &word)) {
      if (b.bytes) buf_str(&b, r->l->english ? ", " : "、");
      buf_text(&b, ledger_officer_name(&r->names, word));
    }
  }
  const char *copy = buf_ok(&b) ? arena_copy(r->row, buf_view(&b).at, b.bytes) : NULL;
  *ret = text_cell((text){copy, b.bytes});
  return copy || err_memory(e);
}

static bool put_value(ledger_running *r, const ledger_column *c, value v, table_value *ret,
                      err *e) {
  const err *why = NULL;
  const how_shown how = r->shown[c - r->l->columns];
  if (is_named(c->field) && v.type == VALUE_STRING && how == SHOWN_CLEAR)
    return put_names(r, c->field, v.s, ret, e);
  if (!ledger_cell(r->row, r->l, c, how, &v, ret, &why)) return err_memory(e);
  if (why && why->code == ERR_MEMORY) return err_memory(e);
  if (why && r->end->failed++ == 0) {
    r->end->why = (label){arena_text(r->a, why->zh), arena_text(r->a, why->en)};
    if (!r->end->why.zh || !r->end->why.en) return err_memory(e);
  }
  return true;
}

/* Unknown parts make the whole unknown: half a sum is no sum. */
static bool count_value(const ledger_running *r, const ledger_column *c, const ledger_row *x,
                        value *ret, err *e) {
  event **list = NULL;
  size_t count = 0;
  value sum = x->u ? value_int(0) : (value){.type = VALUE_UNKNOWN};
  const bool whole_unit = x->about->kind->parent < 0;
  if (!store_events(r->s, r->row,
                    &(event_query){.kind = c->counts, .root = x->about->root, .from = r->l->from},
                    &list, &count, e))
    return false;
  for (size_t i = 0; i < count && sum.type == VALUE_INT; i++) {
    if (r->l->to != DAY_NONE && list[i]->on > r->l->to) continue;
    if (ledger_is_past(r) && list[i]->on > r->l->as_of) continue;
    if (!whole_unit && !uuid_equal(&list[i]->subject, &x->about->id)) continue;
    value yes = c->where ? unit_event_eval(x->u, list[i], c->where) : value_bool(true);
    if (yes.type == VALUE_BOOL && !yes.yes) continue;
    value part = yes.type != VALUE_BOOL ? yes
                 : c->what              ? unit_event_eval(x->u, list[i], c->what)
                                        : value_int(1);
    if (part.type != VALUE_INT || __builtin_add_overflow(sum.i, part.i, &sum.i)) sum = part;
  }
  *ret = sum;
  return true;
}

/* An expression over the row. */
static value row_eval(const ledger_running *r, const ledger_row *x, const cel_program *p) {
  if (!x->u) return (value){.type = VALUE_UNKNOWN};
  return x->event ? unit_event_eval(x->u, x->event, p)
                  : unit_eval(x->u, x->about, &r->l->kind->scope, p, NULL);
}

/* What was said in the form of the step that the event stands for; the same entry made both. */
static bool form_value(const ledger_running *r, const ledger_column *c, const ledger_row *x,
                       value *ret, err *e) {
  casework *cases = NULL;
  size_t case_count = 0, step_count = 0;
  *ret = (value){.type = VALUE_UNKNOWN};
  if (!store_cases_of(r->s, r->row, &x->event->root, &cases, &case_count, e)) return false;
  for (size_t i = 0; i < case_count; i++) {
    step *steps = NULL;
    if (!store_steps(r->s, r->row, &cases[i].id, &steps, &step_count, e)) return false;
    for (size_t k = 0; k < step_count; k++) {
      if (steps[k].seq != x->event->seq || strcmp(steps[k].transition, c->transition) != 0)
        continue;
      err bad;
      const json *form = json_parse(r->row, steps[k].form, &bad);
      const json *j = form ? json_get(form, c->field->name) : NULL;
      if (!form && bad.code == ERR_MEMORY) return err_memory(e);
      if (j && !field_read_json(c->field, r->row, j, DAY_MAX, ret, &bad))
        *ret = (value){.type = VALUE_UNKNOWN};
    }
  }
  return true;
}

/* Of LEDGER_FIELD, LEDGER_WHAT, LEDGER_FORM and LEDGER_COUNT. */
static bool row_value(const ledger_running *r, const ledger_column *c, const ledger_row *x,
                      value *ret, err *e) {
  if (c->shows == LEDGER_FORM) return form_value(r, c, x, ret, e);
  if (c->shows == LEDGER_COUNT) return count_value(r, c, x, ret, e);
  *ret = c->shows == LEDGER_WHAT ? row_eval(r, x, c->what)
         : x->event              ? x->event->fields[c->field - r->l->event->fields]
                                 : x->about->fields[c->field - r->l->kind->fields];
  return true;
}

static bool put_title(ledger_running *r, const record *x, table_value *ret, err *e) {
  text t = x ? record_title(x) : TEXT("");
  const char *copy = arena_copy(r->row, t.at, t.bytes);
  *ret = text_cell((text){copy, t.bytes});
  return copy || err_memory(e);
}

static bool put_instant(ledger_running *r, int64_t ms, table_value *ret, err *e) {
  char shown[30];
  instant_format(ms, shown); /* 2024-03-01T08:30:00… */
  const char *copy = arena_printf(r->row, "%.10s %.5s", shown, shown + 11);
  *ret = text_cell(text_of(copy));
  return copy || err_memory(e);
}

/* Where the row was recorded, or is. */
static const char *area_of(const ledger_running *r, const ledger_row *x) {
  return x->event && !(ledger_is_past(r) && x->about) ? x->event->area : x->about->area;
}

bool ledger_row_cell(ledger_running *r, const ledger_column *c, const ledger_row *x,
                     table_value *ret, err *e) {
  const char *code = area_of(r, x);
  value v;
  switch (c->shows) {
  case LEDGER_FIELD:
  case LEDGER_WHAT:
  case LEDGER_FORM:
  case LEDGER_COUNT:
    return row_value(r, c, x, &v, e) && put_value(r, c, v, ret, e);
  case LEDGER_NUMBER:
    *ret = (table_value){.type = TABLE_INTEGER, .number = r->end->rows + 1};
    return true;
  case LEDGER_TITLE:
    return put_title(r, x->about, ret, e);
  case LEDGER_ROOT:
    return put_title(r, x->u ? x->u->root : NULL, ret, e);
  case LEDGER_AREA:
    *ret = text_cell(ledger_area_name(&r->names, code));
    return true;
  case LEDGER_TOWN:
    *ret = text_cell(town_of(r, code));
    return true;
  case LEDGER_CODE:
    *ret = text_cell(text_of(code));
    return true;
  case LEDGER_COLOUR:
    *ret = text_cell(text_of(x->about->kind->parent >= 0 || x->about->colour == COLOUR_GREEN ? ""
                             : x->about->colour == COLOUR_RED ? (r->l->english ? "red" : "红")
                                                              : (r->l->english ? "yellow" : "黄")));
    return true;
  case LEDGER_DAY:
    *ret = (table_value){.type = TABLE_DAY, .day = x->event->on};
    return true;
  case LEDGER_OFFICER:
    *ret = text_cell(ledger_officer_of(&r->names, &x->event->officer));
    return true;
  case LEDGER_RECORDED:
    return put_instant(r, x->event->at_ms, ret, e);
  }
  return true;
}

/* ---- whether it is told ---- */

bool ledger_row_passes(ledger_running *r, const ledger_row *x, bool *ret_yes) {
  *ret_yes = true;
  if (!r->l->filter) return true;
  const value v = row_eval(r, x, r->l->filter);
  *ret_yes = v.type == VALUE_BOOL && v.yes;
  return v.type != VALUE_ERROR || v.error->code != ERR_MEMORY;
}

/* ---- rows of a summary ---- */

static text key_text(ledger_running *r, const void *at, size_t bytes) {
  return (text){arena_copy(r->row, at, bytes), bytes};
}

static text step_words(const ledger_running *r, day d, ledger_step step) {
  const ymd at = day_to_ymd(d);
  const bool en = r->l->english;
  char monday[11];
  const char *said = "";
  switch (step) {
  case STEP_WEEK:
    day_format(day_week_start(d), monday);
    said = arena_printf(r->row, en ? "week of %s" : "%s 起一周", monday);
    break;
  case STEP_MONTH:
    said = arena_printf(r->row, en ? "%d-%02d" : "%d年%d月", at.year, at.month);
    break;
  case STEP_QUARTER:
    said = arena_printf(r->row, en ? "%d Q%d" : "%d年%d季度", at.year, (at.month + 2) / 3);
    break;
  default:
    said = arena_printf(r->row, en ? "%d" : "%d年", at.year);
  }
  return text_of(said);
}

static day step_start(day d, ledger_step step) {
  const ymd at = day_to_ymd(d);
  day quarter = d;
  if (step == STEP_WEEK) return day_week_start(d);
  if (step == STEP_MONTH) return day_month_start(d);
  if (step == STEP_YEAR) return day_year_start(d);
  day_from_ymd(at.year, (at.month - 1) / 3 * 3 + 1, 1, &quarter);
  return quarter;
}

/* Choices in the pack's order, numbers and days by their size, areas by code. */
static int64_t rank_of(const ledger_column *c, const value *v) {
  if (v->type == VALUE_INT) return v->i;
  if (v->type == VALUE_BOOL) return !v->yes;
  if (!c->field || c->field->type != FIELD_CHOICE || v->type != VALUE_STRING) return 0;
  for (size_t i = 0; i < c->field->choice_count; i++)
    if (text_is(v->s, c->field->choices[i].code)) return (int64_t)i;
  return (int64_t)c->field->choice_count;
}

static bool put_value_key(ledger_running *r, const ledger_column *c, const ledger_row *x,
                          fold_key *ret, err *e) {
  value v;
  if (!row_value(r, c, x, &v, e) || !put_value(r, c, v, &ret->cell, e)) return false;
  ret->rank = rank_of(c, &v);
  if (c->step != STEP_NONE && ret->cell.type == TABLE_DAY) {
    ret->rank = step_start(ret->cell.day, c->step);
    ret->cell = text_cell(step_words(r, ret->cell.day, c->step));
  }
  ret->id = ret->cell.type == TABLE_TEXT && c->step == STEP_NONE ? ret->cell.text : TEXT("");
  if (v.type == VALUE_STRING) ret->id = v.s; /* two choices of one title are two */
  if (ret->cell.type == TABLE_EMPTY) ret->id = TEXT("");
  if (ret->id.bytes || ret->cell.type == TABLE_EMPTY) return true;
  ret->id = key_text(r, &ret->rank, sizeof ret->rank);
  return ret->id.at || err_memory(e);
}

static bool put_key(ledger_running *r, const ledger_column *c, const ledger_row *x, fold_key *ret,
                    err *e) {
  const char *code = area_of(r, x);
  *ret = (fold_key){.id = TEXT("")};
  if (c->shows <= LEDGER_COUNT) return put_value_key(r, c, x, ret, e);
  if (!ledger_row_cell(r, c, x, &ret->cell, e)) return false;
  ret->id = ret->cell.type == TABLE_TEXT ? ret->cell.text : TEXT("");
  switch (c->shows) {
  case LEDGER_TITLE: /* two of one name are two */
    if (x->about) ret->id = key_text(r, &x->about->id, sizeof(uuid));
    break;
  case LEDGER_ROOT:
    if (x->u) ret->id = key_text(r, &x->u->root->id, sizeof(uuid));
    break;
  case LEDGER_OFFICER:
    ret->id = key_text(r, &x->event->officer, sizeof(uuid));
    break;
  case LEDGER_AREA:
    ret->id = text_of(code);
    break;
  case LEDGER_TOWN:
    ret->id = ret->cell.type == TABLE_EMPTY ? TEXT("") : (text){code, 9};
    break;
  case LEDGER_COLOUR:
    ret->rank = COLOUR_RED - x->about->colour;
    if (x->about->kind->parent < 0 && x->about->colour == COLOUR_GREEN)
      ret->cell = text_cell(r->l->english ? TEXT("green") : TEXT("绿"));
    ret->id = ret->cell.type == TABLE_EMPTY ? TEXT("") : ret->cell.text;
    break;
  case LEDGER_DAY:
    ret->rank = ret->cell.day;
    if (c->step != STEP_NONE) {
      ret->rank = step_start(ret->cell.day, c->step);
      ret->cell = text_cell(step_words(r, ret->cell.day, c->step));
    }
    ret->id = key_text(r, &ret->rank, sizeof ret->rank);
    break;
  default:
    break;
  }
  return ret->id.at || err_memory(e);
}

static bool put_part(ledger_running *r, const ledger_column *c, const ledger_row *x, fold_part *ret,
                     err *e) {
  value v = c->only ? row_eval(r, x, c->only) : value_bool(true);
  table_value failed;
  *ret = (fold_part){v.type != VALUE_BOOL ? PART_UNKNOWN : v.yes ? PART_IN : PART_OUT, 1};
  if (ret->state == PART_IN && c->of_value) {
    if (!row_value(r, c, x, &v, e)) return false;
    *ret = v.type == VALUE_INT ? (fold_part){PART_IN, v.i} : (fold_part){PART_UNKNOWN, 0};
  }
  return v.type != VALUE_ERROR || put_value(r, c, v, &failed, e);
}

bool ledger_row_fold(ledger_running *r, const ledger_row *x, err *e) {
  const size_t keys = ledger_key_count(r->l);
  fold_key key[LEDGER_KEYS_MAX + 1];
  for (size_t i = 0; i < keys; i++)
    if (!put_key(r, &r->l->columns[i], x, &key[i], e)) return false;
  for (size_t i = keys; i < r->l->column_count; i++)
    if (!put_part(r, &r->l->columns[i], x, &r->parts[i - keys], e)) return false;
  return arena_whole(r->row, true, e) && fold_add(r->fold, key, r->parts, 1, e);
}
