/* The rows of a ledger, one after another. */
#include "ledger/fold.h"
#include "ledger/ledger_internal.h"

#include "base/ident.h"
#include "pack/model/field_value.h"
#include "pack/model/reads.h"
#include "sheet/table_sort.h"

#include <stdio.h>

enum { ROWS_A_TIME = 200 };

typedef struct running {
  store *s;
  arena *a, *page, *row; /* of the whole run, of a page of rows, of one row */
  const ledger *l;
  const ledger_view *view;
  as_of now;
  const ledger_sink *sink;
  ledger_end *end;
  ledger_names names;
  table_value *cells;
  how_shown *shown; /* by column */
  bool *no_events;  /* by event kind: none is loaded */
  fold *fold;       /* of a summary; NULL */
  fold_part *parts;
} running;

/* The row that is being told. */
typedef struct row_of {
  const record *about; /* NULL: its record is gone */
  const event *event;  /* NULL: of records */
  unit *u;             /* NULL: gone */
} row_of;

static bool is_named(const field *f) {
  return f &&
         (f->format == FORMAT_ZONE || f->format == FORMAT_OFFICER || f->format == FORMAT_OFFICERS);
}

/* ---- what is shown ---- */

static const field *fields_of_rows(const ledger *l) {
  return l->event ? l->event->fields : l->kind->fields;
}

static uint32_t reads_of_column(const ledger *l, const ledger_column *c) {
  const name_scope *sc = l->event ? &l->event->scope : &l->kind->scope;
  const uint32_t only = c->only ? reads_of(l->pack, sc, fields_of_rows(l), c->only) : 0;
  if ((c->shows == LEDGER_FIELD || c->shows == LEDGER_FORM) && c->field)
    return only | field_reads(c->field);
  if (c->shows == LEDGER_WHAT && c->what)
    return only | reads_of(l->pack, sc, fields_of_rows(l), c->what);
  if (c->shows != LEDGER_COUNT) return only;
  const event_kind *k = c->counts;
  return (c->where ? reads_of(l->pack, &k->scope, k->fields, c->where) : 0) |
         (c->what ? reads_of(l->pack, &k->scope, k->fields, c->what) : 0);
}

uint32_t ledger_reads(const ledger *l) {
  const name_scope *sc = l->event ? &l->event->scope : &l->kind->scope;
  uint32_t all = l->filter ? reads_of(l->pack, sc, fields_of_rows(l), l->filter) : 0;
  for (size_t i = 0; i < l->column_count; i++) all |= reads_of_column(l, &l->columns[i]);
  return all;
}

/* A summary tells of every value that it is made of: only what he sees in clear. */
static bool see_to_summary(const running *r, size_t i, uint32_t reads, err *e) {
  const ledger *l = r->l;
  char where[32];
  if (!ledger_key_count(l) || r->shown[i] == SHOWN_CLEAR) return true;
  const size_t keys = ledger_key_count(l);
  snprintf(where, sizeof where,
           i < l->group_count ? "group_by[%zu]"
           : i < keys         ? "pivot"
                              : "columns[%zu]",
           i < l->group_count ? i : i - keys);
  if (reads & READS_PRIVATE)
    return err_set(e, ERR_DENIED, where, "“%s”是遮挡的内容，不能用来分组或汇总。",
                   "\"%s\" is masked, so nothing is grouped or summed by it.",
                   LABEL(((label){l->columns[i].title, l->columns[i].title})));
  return err_set(e, ERR_DENIED, where, "“%s”不向您的岗位公开，不能用来分组或汇总。",
                 "\"%s\" is not shown to your post, so nothing is grouped or summed by it.",
                 LABEL(reads_title(l->pack, reads, r->view->sight.clear)));
}

static bool see_to_shown(running *r, err *e) {
  const ledger *l = r->l;
  const name_scope *sc = l->event ? &l->event->scope : &l->kind->scope;
  for (size_t i = 0; i < l->column_count; i++) {
    const uint32_t of_column = reads_of_column(l, &l->columns[i]);
    r->shown[i] = sight_of(&r->view->sight, of_column);
    if (!see_to_summary(r, i, of_column, e)) return false;
  }
  const uint32_t reads = l->filter ? reads_of(l->pack, sc, fields_of_rows(l), l->filter) : 0;
  return sight_of(&r->view->sight, reads) == SHOWN_CLEAR ||
         err_set(e, ERR_DENIED, "filter", "“%s”不向您的岗位公开，不能用来筛选。",
                 "\"%s\" is not shown to your post, so nothing is filtered by it.",
                 LABEL(reads_title(l->pack, reads, r->view->sight.clear)));
}

static bool load_names(running *r, err *e) {
  if (!r->view->names) return ledger_names_load(r->s, r->a, &r->names, e);
  r->names = *r->view->names;
  return true;
}

static text town_of(const running *r, const char *code) {
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
static bool put_names(running *r, const field *f, text said, table_value *ret, err *e) {
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

static bool put_value(running *r, const ledger_column *c, value v, table_value *ret, err *e) {
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
static bool count_value(const running *r, const ledger_column *c, const row_of *x, value *ret,
                        err *e) {
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
static value row_eval(const running *r, const row_of *x, const cel_program *p) {
  if (!x->u) return (value){.type = VALUE_UNKNOWN};
  return x->event ? unit_event_eval(x->u, x->event, p)
                  : unit_eval(x->u, x->about, &r->l->kind->scope, p, NULL);
}

/* What was said in the form of the step that the event stands for; the same entry made both. */
static bool form_value(const running *r, const ledger_column *c, const row_of *x, value *ret,
                       err *e) {
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
static bool row_value(const running *r, const ledger_column *c, const row_of *x, value *ret,
                      err *e) {
  if (c->shows == LEDGER_FORM) return form_value(r, c, x, ret, e);
  if (c->shows == LEDGER_COUNT) return count_value(r, c, x, ret, e);
  *ret = c->shows == LEDGER_WHAT ? row_eval(r, x, c->what)
         : x->event              ? x->event->fields[c->field - r->l->event->fields]
                                 : x->about->fields[c->field - r->l->kind->fields];
  return true;
}

static bool put_title(running *r, const record *x, table_value *ret, err *e) {
  text t = x ? record_title(x) : TEXT("");
  const char *copy = arena_copy(r->row, t.at, t.bytes);
  *ret = text_cell((text){copy, t.bytes});
  return copy || err_memory(e);
}

static bool put_instant(running *r, int64_t ms, table_value *ret, err *e) {
  char shown[30];
  instant_format(ms, shown); /* 2024-03-01T08:30:00… */
  const char *copy = arena_printf(r->row, "%.10s %.5s", shown, shown + 11);
  *ret = text_cell(text_of(copy));
  return copy || err_memory(e);
}

static bool put_cell(running *r, const ledger_column *c, const row_of *x, table_value *ret,
                     err *e) {
  const char *code = x->event ? x->event->area : x->about->area;
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

/* ---- rows ---- */

static bool passes(running *r, const row_of *x, bool *ret_yes) {
  *ret_yes = true;
  if (!r->l->filter) return true;
  const value v = row_eval(r, x, r->l->filter);
  *ret_yes = v.type == VALUE_BOOL && v.yes;
  return v.type != VALUE_ERROR || v.error->code != ERR_MEMORY;
}

/* ---- rows of a summary ---- */

static text key_text(running *r, const void *at, size_t bytes) {
  return (text){arena_copy(r->row, at, bytes), bytes};
}

static text step_words(const running *r, day d, ledger_step step) {
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

static bool put_value_key(running *r, const ledger_column *c, const row_of *x, fold_key *ret,
                          err *e) {
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

static bool put_key(running *r, const ledger_column *c, const row_of *x, fold_key *ret, err *e) {
  const char *code = x->event ? x->event->area : x->about->area;
  *ret = (fold_key){.id = TEXT("")};
  if (c->shows <= LEDGER_COUNT) return put_value_key(r, c, x, ret, e);
  if (!put_cell(r, c, x, &ret->cell, e)) return false;
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

static bool put_part(running *r, const ledger_column *c, const row_of *x, fold_part *ret, err *e) {
  value v = c->only ? row_eval(r, x, c->only) : value_bool(true);
  table_value failed;
  *ret = (fold_part){v.type != VALUE_BOOL ? PART_UNKNOWN : v.yes ? PART_IN : PART_OUT, 1};
  if (ret->state == PART_IN && c->of_value) {
    if (!row_value(r, c, x, &v, e)) return false;
    *ret = v.type == VALUE_INT ? (fold_part){PART_IN, v.i} : (fold_part){PART_UNKNOWN, 0};
  }
  return v.type != VALUE_ERROR || put_value(r, c, v, &failed, e);
}

static bool fold_row(running *r, const row_of *x, err *e) {
  const size_t keys = ledger_key_count(r->l);
  fold_key key[LEDGER_KEYS_MAX + 1];
  for (size_t i = 0; i < keys; i++)
    if (!put_key(r, &r->l->columns[i], x, &key[i], e)) return false;
  for (size_t i = keys; i < r->l->column_count; i++)
    if (!put_part(r, &r->l->columns[i], x, &r->parts[i - keys], e)) return false;
  return arena_whole(r->row, true, e) && fold_add(r->fold, key, r->parts, 1, e);
}

/* True without a row: rows_max is reached, and *ret_done set. */
static bool tell(running *r, const row_of *x, bool *ret_done, err *e) {
  bool yes;
  if (!passes(r, x, &yes)) return err_memory(e);
  if (!yes) return true;
  if (r->fold) return fold_row(r, x, e);
  *ret_done = r->end->more = r->sink->rows_max && r->end->rows == r->sink->rows_max;
  if (*ret_done) return true;
  for (size_t i = 0; i < r->l->column_count; i++)
    if (!put_cell(r, &r->l->columns[i], x, &r->cells[i], e)) return false;
  const ledger_line line = {r->cells, r->l->column_count, LINE_ROW};
  if (!arena_whole(r->row, true, e) || !r->sink->take(r->sink->context, &line, e)) return false;
  r->end->rows++;
  if (x->event) r->end->last = x->event->id;
  return true;
}

/* Only as much of the unit as the expressions ask for. *ret NULL: it is gone. */
static bool load_unit(running *r, const uuid *root, record *about, unit **ret, err *e) {
  const kind *root_kind = catalog_root_kind(store_packs(r->s), r->l->kind);
  unit_parts parts = {.root = about && about->kind == root_kind ? about : NULL,
                      .event_kinds = r->no_events};
  *ret = NULL;
  if (r->l->needs_events || r->l->needs_children) {
    err why;
    *ret = unit_load(r->s, r->row, root_kind, root, NULL, r->now, &why);
    if (*ret || why.code == ERR_UNKNOWN_NAME) return true;
    *e = why;
    return false;
  }
  if (!parts.root && !store_subject_find(r->s, r->row, root_kind, root, NULL, &parts.root, e))
    return false;
  if (!parts.root) return true;
  if (about && about != parts.root) {
    record **kept = ARENA_NEW(r->row, record *);
    if (!kept) return err_memory(e);
    *kept = about;
    parts.children = kept;
    parts.child_count = 1;
  }
  *ret = unit_over(r->s, r->row, &parts, r->now, e);
  return *ret != NULL;
}

static bool tell_record(running *r, record *about, bool *ret_done, err *e) {
  row_of x = {.about = about};
  if (!load_unit(r, &about->root, about, &x.u, e)) return false;
  if (x.u) x.about = unit_subject(x.u, &about->id);
  if (!x.about) x = (row_of){.about = about};
  return tell(r, &x, ret_done, e);
}

static bool tell_event(running *r, const event *ev, bool *ret_done, err *e) {
  record *about = NULL;
  row_of x = {.event = ev};
  if (!store_subject_find(r->s, r->row, r->l->kind, &ev->subject, NULL, &about, e)) return false;
  if (about && !load_unit(r, &ev->root, about, &x.u, e)) return false;
  x.about = x.u ? unit_subject(x.u, &ev->subject) : about;
  if (!x.about) x.u = NULL;
  return tell(r, &x, ret_done, e);
}

static bool goes_on(const running *r, err *e) {
  return !r->sink->goes_on || r->sink->goes_on(r->sink->context, e);
}

static bool sees(running *r, const uuid *root, const char *area, bool *ret_yes, err *e) {
  *ret_yes = true;
  return !r->view->reach || reach_sees(r->s, r->view->reach, r->l->kind, root, area, ret_yes, e);
}

static bool run_unit_records(running *r, err *e) {
  bool done = false, seen = false;
  const kind *root_kind = catalog_root_kind(store_packs(r->s), r->l->kind);
  record **rows = NULL, *root = NULL;
  size_t n = 0;
  if (!store_subject_find(r->s, r->page, root_kind, r->view->root, NULL, &root, e)) return false;
  if (!root) return true;
  if (!sees(r, &root->id, root->area, &seen, e) || !seen) return !seen;
  if (root_kind == r->l->kind) {
    rows = &root;
    n = 1;
  } else if (!store_children(r->s, r->page, r->l->kind, &root->id, &rows, &n, e)) {
    return false;
  }
  for (size_t i = 0; i < n && !done; i++) {
    if (r->view->only && !uuid_equal(&rows[i]->id, r->view->only)) continue;
    arena_clear(r->row);
    if (!goes_on(r, e) || !tell_record(r, rows[i], &done, e)) return false;
  }
  return true;
}

/* The oldest first, as in a list over many units. */
static bool run_unit_events(running *r, err *e) {
  bool done = false, seen = false;
  event **rows = NULL;
  size_t n = 0;
  const event_query q = {.kind = r->l->event, .root = *r->view->root, .from = r->l->from};
  if (!store_events(r->s, r->page, &q, &rows, &n, e)) return false;
  for (size_t i = n; i-- > 0 && !done;) {
    if (r->l->to != DAY_NONE && rows[i]->on > r->l->to) continue;
    if (r->view->only && !uuid_equal(&rows[i]->id, r->view->only)) continue;
    if (!sees(r, &rows[i]->root, rows[i]->area, &seen, e)) return false;
    if (!seen) continue;
    arena_clear(r->row);
    if (!goes_on(r, e) || !tell_event(r, rows[i], &done, e)) return false;
  }
  return true;
}

static bool run_records(running *r, err *e) {
  subject_query q = {.kind = r->l->kind,
                     .scope = r->view->scope,
                     .reach = r->view->reach,
                     .words = r->l->words,
                     .colour = r->l->colour,
                     .limit = ROWS_A_TIME};
  bool done = false;
  for (size_t n = ROWS_A_TIME; n == ROWS_A_TIME && !done;) {
    record **rows = NULL;
    arena_clear(r->page);
    if (!store_subjects(r->s, r->page, &q, &rows, &n, e)) return false;
    for (size_t i = 0; i < n && !done; i++) {
      arena_clear(r->row);
      if (!goes_on(r, e) || !tell_record(r, rows[i], &done, e)) return false;
    }
    if (n) {
      memcpy(q.after_area, rows[n - 1]->area, sizeof q.after_area);
      q.after_id = rows[n - 1]->id;
    }
  }
  return true;
}

static bool run_events(running *r, err *e) {
  when last;
  event_list q = {.kind = r->l->event,
                  .scope = r->view->scope,
                  .reach = r->view->reach,
                  .from = r->l->from,
                  .to = r->l->to,
                  .limit = ROWS_A_TIME};
  bool done = false;
  for (size_t n = ROWS_A_TIME; n == ROWS_A_TIME && !done;) {
    event **rows = NULL;
    arena_clear(r->page);
    if (!store_events_list(r->s, r->page, &q, &rows, &n, e)) return false;
    for (size_t i = 0; i < n && !done; i++) {
      arena_clear(r->row);
      if (!goes_on(r, e) || !tell_event(r, rows[i], &done, e)) return false;
    }
    if (n) {
      last = event_when(rows[n - 1]);
      q.after = &last;
    }
  }
  return true;
}

/* ---- in an order ---- */

typedef struct sorting {
  table_sort *all;
  const ledger_sink *sink; /* where they go then */
} sorting;

static bool keep_row(void *context, const ledger_line *line, err *e) {
  return table_sort_put(((sorting *)context)->all, line->cells, e);
}

static bool sorting_goes_on(void *context, err *e) {
  const ledger_sink *sink = ((sorting *)context)->sink;
  return !sink->goes_on || sink->goes_on(sink->context, e);
}

/* Serial numbers are those of the order. */
static bool tell_sorted(running *r, table_sort *all, err *e) {
  const ledger_sink *sink = r->sink;
  const table_value *row = NULL;
  ledger_end *end = r->end;
  const int64_t most = sink->rows_max && sink->rows_max < end->rows ? sink->rows_max : end->rows;
  end->more = most < end->rows;
  for (end->rows = 0; end->rows < most; end->rows++) {
    if ((sink->goes_on && !sink->goes_on(sink->context, e)) || !table_sort_next(all, &row, e))
      return false;
    for (size_t i = 0; i < r->l->column_count; i++) {
      r->cells[i] = row[i];
      if (r->l->columns[i].shows == LEDGER_NUMBER) r->cells[i].number = end->rows + 1;
    }
    const ledger_line line = {r->cells, r->l->column_count, LINE_ROW};
    if (!sink->take(sink->context, &line, e)) return false;
  }
  return true;
}

static bool tell_heads(const running *r, err *e) {
  const ledger *l = r->l;
  ledger_head *heads = ARENA_ARRAY(r->a, l->column_count, ledger_head);
  if (!heads) return err_memory(e);
  for (size_t i = 0; i < l->column_count; i++)
    heads[i] = (ledger_head){l->columns[i].title, "", ledger_column_type(&l->columns[i])};
  return !r->sink->begin || r->sink->begin(r->sink->context, heads, l->column_count, e);
}

static bool run_rows(running *r, err *e) {
  if (r->view->root) return r->l->event ? run_unit_events(r, e) : run_unit_records(r, e);
  return r->l->event ? run_events(r, e) : run_records(r, e);
}

static bool run_sorted(running *r, err *e) {
  table_order by[LEDGER_SORT_MAX];
  for (size_t i = 0; i < r->l->sort_count; i++) {
    const int n = r->l->sort[i];
    by[i] = (table_order){.column = (size_t)(n < 0 ? -n : n) - 1, .down = n < 0};
  }
  sorting x = {.all = table_sort_new(by, r->l->sort_count, r->l->column_count, e), .sink = r->sink};
  if (!x.all) return false;
  const ledger_sink keeps = {.take = keep_row, .goes_on = sorting_goes_on, .context = &x};
  r->sink = &keeps;
  bool ok = run_rows(r, e);
  r->sink = x.sink;
  ok = ok && tell_sorted(r, x.all, e);
  table_sort_free(x.all);
  return ok;
}

static bool run_summary(running *r, err *e) {
  r->fold = fold_new(r->l, e);
  const bool ok = r->fold && run_rows(r, e) && fold_tell(r->fold, r->a, r->sink, r->end, e);
  fold_free(r->fold);
  r->fold = NULL;
  return ok;
}

bool ledger_run(store *s, arena *a, const ledger *l, const ledger_view *view, as_of now,
                const ledger_sink *sink, ledger_end *ret, err *e) {
  arena *page AUTO_ARENA = arena_new(0), *row AUTO_ARENA = arena_new(0);
  running r = {.s = s,
               .a = a,
               .page = page,
               .row = row,
               .l = l,
               .view = view,
               .now = now,
               .sink = sink,
               .end = ret};
  *ret = (ledger_end){.why = {"", ""}};
  r.cells = ARENA_ARRAY(a, l->column_count, table_value);
  r.parts = ARENA_ARRAY(a, l->column_count, fold_part);
  r.no_events = ARENA_ARRAY(a, l->pack->event_count + 1, bool);
  r.shown = ARENA_ARRAY(a, l->column_count, how_shown);
  if (!page || !row || !r.cells || !r.parts || !r.shown || !r.no_events) return err_memory(e);
  if (!see_to_shown(&r, e) || !load_names(&r, e)) return false;
  if (ledger_key_count(l)) return run_summary(&r, e);
  return tell_heads(&r, e) && (l->sort_count ? run_sorted(&r, e) : run_rows(&r, e));
}
