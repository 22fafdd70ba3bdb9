/* The rows of a ledger, one after another. */
#include "ledger/ledger_internal.h"

#include "pack/model/reads.h"
#include "sheet/table_sort.h"

#include <stdio.h>

enum { ROWS_A_TIME = 200 };

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
static bool see_to_summary(const ledger_running *r, size_t i, uint32_t reads, err *e) {
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

static bool see_to_shown(ledger_running *r, err *e) {
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

/* ---- a past day ---- */

/* Whether the root, as it was, belonged to what is asked for: where nobody has moved, and for areas
 * alone, the statements have seen to it. */
static bool belonged(const ledger_running *r, const record *root) {
  if (!r->places.any && !scope_has_zones(&r->view->scope)) return true;
  const int zone = root->kind->zone_field;
  char code[13] = {0};
  if (scope_has(&r->view->scope, root->area)) return true;
  if (zone < 0 || root->fields[zone].type != VALUE_STRING || root->fields[zone].s.bytes != 12)
    return false;
  memcpy(code, root->fields[zone].s.at, 12);
  return scope_has(&r->view->scope, code);
}

/* Which unit a child belonged to on the day is not kept; how many may be told of with another. */
static bool count_moved(ledger_running *r, err *e) {
  const kind *root = catalog_root_kind(store_packs(r->s), r->l->kind);
  for (size_t i = 0; i < r->l->pack->kind_count; i++) {
    const kind *k = &r->l->pack->kinds[i];
    int64_t n = 0;
    if (k->parent != root->index || (k != r->l->kind && !r->l->needs_children)) continue;
    if (!store_children_moved(r->s, k, &r->scope, r->view->reach, &n, e)) return false;
    r->end->moved += n;
  }
  return true;
}

static bool load_past(ledger_running *r, err *e) {
  r->now = r->view->now;
  r->scope = r->view->scope;
  if (!ledger_is_past(r)) return true;
  char today[11];
  day_format(r->now.today, today);
  if (r->l->as_of > r->now.today)
    return err_set(e, ERR_BAD_INPUT, "as_of", "截至的日期最晚是今天（%s）。",
                   "The day can be today (%s) at the latest.", today);
  r->now.today = r->l->as_of;
  if (!past_places_load(r->s, r->a, r->l->as_of, &r->places, e)) return false;
  if (r->places.any || scope_has_zones(&r->scope)) r->scope = scope_all();
  return count_moved(r, e);
}

static bool load_names(ledger_running *r, err *e) {
  if (!r->view->names) return ledger_names_load(r->s, r->a, &r->names, e);
  r->names = *r->view->names;
  return true;
}

/* ---- rows ---- */

/* True without a row: rows_max is reached, and *ret_done set. */
static bool tell(ledger_running *r, const ledger_row *x, bool *ret_done, err *e) {
  bool yes;
  if (!ledger_row_passes(r, x, &yes)) return err_memory(e);
  if (!yes) return true;
  if (r->fold) return ledger_row_fold(r, x, e);
  *ret_done = r->end->more = r->sink->rows_max && r->end->rows == r->sink->rows_max;
  if (*ret_done) return true;
  for (size_t i = 0; i < r->l->column_count; i++)
    if (!ledger_row_cell(r, &r->l->columns[i], x, &r->cells[i], e)) return false;
  const ledger_line line = {r->cells, r->l->column_count, LINE_ROW};
  if (!arena_whole(r->row, true, e) || !r->sink->take(r->sink->context, &line, e)) return false;
  r->end->rows++;
  if (x->event) r->end->last = x->event->id;
  return true;
}

/* Only as much of the unit as the expressions ask for. *ret NULL: it is gone. */
static bool load_unit_now(ledger_running *r, const uuid *root, record *about, unit **ret, err *e) {
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

/* *ret NULL, too: it was not there on the day. */
static bool load_unit(ledger_running *r, const uuid *root, record *about, unit **ret, err *e) {
  if (!load_unit_now(r, root, about, ret, e)) return false;
  if (!ledger_is_past(r) || !*ret) return true;
  if (!unit_past(r->s, *ret, &r->places, e)) return false;
  if (!(*ret)->root) *ret = NULL;
  return true;
}

static bool tell_record(ledger_running *r, record *about, bool *ret_done, err *e) {
  ledger_row x = {.about = about};
  if (!load_unit(r, &about->root, about, &x.u, e)) return false;
  if (x.u) x.about = unit_subject(x.u, &about->id);
  if (ledger_is_past(r) && (!x.u || !x.about || !belonged(r, x.u->root) ||
                            (r->l->colour >= 0 && x.u->root->colour != r->l->colour)))
    return true;
  if (!x.about) x = (ledger_row){.about = about};
  return tell(r, &x, ret_done, e);
}

static bool tell_event(ledger_running *r, const event *ev, bool *ret_done, err *e) {
  record *about = NULL;
  ledger_row x = {.event = ev};
  if (!store_subject_find(r->s, r->row, r->l->kind, &ev->subject, NULL, &about, e)) return false;
  if (about && !load_unit(r, &ev->root, about, &x.u, e)) return false;
  x.about = x.u ? unit_subject(x.u, &ev->subject) : ledger_is_past(r) ? NULL : about;
  if (ledger_is_past(r) && (x.u ? !belonged(r, x.u->root) : !scope_has(&r->view->scope, ev->area)))
    return true;
  if (!x.about) x.u = NULL;
  return tell(r, &x, ret_done, e);
}

static bool goes_on(const ledger_running *r, err *e) {
  return !r->sink->goes_on || r->sink->goes_on(r->sink->context, e);
}

static bool sees(ledger_running *r, const uuid *root, const char *area, bool *ret_yes, err *e) {
  *ret_yes = true;
  return !r->view->reach || reach_sees(r->s, r->view->reach, r->l->kind, root, area, ret_yes, e);
}

static bool run_unit_records(ledger_running *r, err *e) {
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
static bool run_unit_events(ledger_running *r, err *e) {
  bool done = false, seen = false;
  event **rows = NULL;
  size_t n = 0;
  const event_query q = {.kind = r->l->event, .root = *r->view->root, .from = r->l->from};
  if (!store_events(r->s, r->page, &q, &rows, &n, e)) return false;
  for (size_t i = n; i-- > 0 && !done;) {
    if (r->l->to != DAY_NONE && rows[i]->on > r->l->to) continue;
    if (ledger_is_past(r) && rows[i]->on > r->l->as_of) continue;
    if (r->view->only && !uuid_equal(&rows[i]->id, r->view->only)) continue;
    if (!sees(r, &rows[i]->root, rows[i]->area, &seen, e)) return false;
    if (!seen) continue;
    arena_clear(r->row);
    if (!goes_on(r, e) || !tell_event(r, rows[i], &done, e)) return false;
  }
  return true;
}

static bool run_records(ledger_running *r, err *e) {
  subject_query q = {.kind = r->l->kind,
                     .scope = r->scope,
                     .reach = r->view->reach,
                     .words = r->l->words,
                     .colour = ledger_is_past(r) ? -1 : r->l->colour,
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

static bool run_events(ledger_running *r, err *e) {
  when last;
  const bool cut = ledger_is_past(r) && (r->l->to == DAY_NONE || r->l->to > r->l->as_of);
  event_list q = {.kind = r->l->event,
                  .scope = r->scope,
                  .reach = r->view->reach,
                  .from = r->l->from,
                  .to = cut ? r->l->as_of : r->l->to,
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
static bool tell_sorted(ledger_running *r, table_sort *all, err *e) {
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

static bool tell_heads(const ledger_running *r, err *e) {
  const ledger *l = r->l;
  ledger_head *heads = ARENA_ARRAY(r->a, l->column_count, ledger_head);
  if (!heads) return err_memory(e);
  for (size_t i = 0; i < l->column_count; i++)
    heads[i] = (ledger_head){l->columns[i].title, "", ledger_column_type(&l->columns[i])};
  return !r->sink->begin || r->sink->begin(r->sink->context, heads, l->column_count, e);
}

static bool run_rows(ledger_running *r, err *e) {
  if (r->view->root) return r->l->event ? run_unit_events(r, e) : run_unit_records(r, e);
  return r->l->event ? run_events(r, e) : run_records(r, e);
}

static bool run_sorted(ledger_running *r, err *e) {
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

/* The villages that stand and are asked for; of other keys than areas nothing is added. */
static bool add_areas(ledger_running *r, err *e) {
  const ledger *l = r->l;
  bool towns_only = true;
  for (size_t i = 0; i < l->group_count; i++) {
    const ledger_shows shows = l->columns[i].shows;
    if (shows != LEDGER_AREA && shows != LEDGER_TOWN) return true;
    towns_only &= shows == LEDGER_TOWN;
  }
  const area_level level = towns_only ? AREA_TOWN : AREA_VILLAGE;
  for (size_t i = 0; l->group_count && i < r->names.area_count; i++) {
    const area *x = &r->names.areas[i];
    fold_key key[LEDGER_KEYS_MAX];
    if (!area_stands(x) || area_code_is_zone(x->code) || area_code_level(x->code) != level ||
        !scope_has(&r->view->scope, x->code))
      continue;
    for (size_t k = 0; k < l->group_count; k++) {
      const bool town = l->columns[k].shows == LEDGER_TOWN;
      char code[13];
      snprintf(code, sizeof code, town ? "%.9s000" : "%.12s", x->code);
      const text name = ledger_area_name(&r->names, code);
      key[k] =
          (fold_key){.cell = {.type = TABLE_TEXT, .text = name}, .id = {x->code, town ? 9 : 12}};
    }
    if (!fold_add_line(r->fold, key, e)) return false;
  }
  return true;
}

static bool run_summary(ledger_running *r, err *e) {
  r->fold = fold_new(r->l, e);
  const bool ok = r->fold && run_rows(r, e) && (!r->l->all_areas || add_areas(r, e)) &&
                  fold_tell(r->fold, r->a, r->sink, r->end, e);
  fold_free(r->fold);
  r->fold = NULL;
  return ok;
}

bool ledger_run(store *s, arena *a, const ledger *l, const ledger_view *view,
                const ledger_sink *sink, ledger_end *ret, err *e) {
  arena *page AUTO_ARENA = arena_new(0), *row AUTO_ARENA = arena_new(0);
  ledger_running r = {
      .s = s, .a = a, .page = page, .row = row, .l = l, .view = view, .sink = sink, .end = ret};
  *ret = (ledger_end){.why = {"", ""}};
  r.cells = ARENA_ARRAY(a, l->column_count, table_value);
  r.parts = ARENA_ARRAY(a, l->column_count, fold_part);
  r.no_events = ARENA_ARRAY(a, l->pack->event_count + 1, bool);
  r.shown = ARENA_ARRAY(a, l->column_count, how_shown);
  if (!page || !row || !r.cells || !r.parts || !r.shown || !r.no_events) return err_memory(e);
  if (!see_to_shown(&r, e) || !load_past(&r, e) || !load_names(&r, e)) return false;
  if (ledger_key_count(l)) return run_summary(&r, e);
  return tell_heads(&r, e) && (l->sort_count ? run_sorted(&r, e) : run_rows(&r, e));
}
