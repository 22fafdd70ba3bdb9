/* Rows that are compared with the register. */
#include "import/compare.h"

#include "base/json_fields.h"
#include "engine/eval/display.h"
#include "engine/rules/form.h"
#include "import/roster.h"
#include "pack/model/field_value.h"
#include "store/rows/cases.h"

#include <stdio.h>

enum { LIKELY_MAX = 20, WHY_BYTES = 300, TOLD_BYTES = 1500 };

/* One of the register with a name that the list has. */
typedef struct namesake {
  uuid id;
  struct namesake *next;
} namesake;

struct comparison {
  const compare_sink *sink; /* NULL: only counted */
  seen_keys names;          /* of rows that no key found; `row`: place in `namesakes` */
  namesake **namesakes;
  size_t name_count, name_room;
  int64_t counts[COMPARED_RESULTS], differing, managed;
  buf why;           /* of the row being read */
  const value *clue; /* of the event: what is the same in all rows */
};

typedef struct list_row {
  const table_row *row;
  value *child, *parent; /* as the list says; UNKNOWN: nothing */
  value *whole;          /* child, with what follows from it */
  text name, key;
  char area[13]; /* "": none, or one that cannot be told */
  text area_heading, area_cell;
} list_row;

static const kind *row_kind(const roster *r) {
  return &r->pack->kinds[r->layout->row_kind];
}

static const kind *parent_kind(const roster *r) {
  return r->layout->parent_kind < 0 ? NULL : &r->pack->kinds[r->layout->parent_kind];
}

/* ---- reading a row: nothing in it costs it ---- */

static void say_why(roster *r, text column, const err *why) {
  buf *b = &r->why;
  const bool english = r->compared->sink && r->compared->sink->english;
  if (b->bytes > WHY_BYTES) return;
  if (b->bytes) buf_char(b, ' ');
  if (column.bytes) buf_printf(b, english ? "%.*s: " : "%.*s：", (int)column.bytes, column.at);
  buf_str(b, english ? why->en : why->zh);
}

static void take_why(roster *r, int64_t row, text column, const err *why) {
  (void)row;
  if (!r->quiet) say_why(r, column, why);
}

static void read_area(roster *r, list_row *v, text code, text town, text village) {
  err e = {0};
  const bool named = code.bytes || village.bytes;
  v->area[0] = 0;
  if (named && !area_book_find(r->areas, code, town, village, v->area, &e)) {
    v->area[0] = 0;
    if (!r->quiet) say_why(r, v->area_heading, &e);
  }
}

static bool read_row(roster *r, const table_row *row, arena *a, list_row *ret, err *e) {
  const kind *k = row_kind(r), *in = parent_kind(r);
  const record *c = record_new(a, k), *whole = record_new(a, k), *p = in ? record_new(a, in) : NULL;
  text code = TEXT(""), town = TEXT(""), village = TEXT("");
  if (!c || !whole || (in && !p)) return err_memory(e);
  list_row v = {.row = row, .child = c->fields, .parent = p ? p->fields : NULL};
  v.whole = whole->fields;
  v.area_heading = v.area_cell = TEXT("");
  for (size_t i = 0; i < r->header.count && i < row->count; i++) {
    const header_column *h = &r->header.columns[i];
    const text cell = row->cells[i].text;
    if (h->use == USE_AREA_CODE) code = cell;
    if (h->use == USE_TOWN) town = cell;
    if (h->use == USE_VILLAGE) village = cell;
    if (h->use == USE_AREA_CODE || h->use == USE_VILLAGE) {
      v.area_heading = h->header;
      v.area_cell = cell;
    }
    if (h->use != USE_FIELD) continue;
    const bool of_parent = in && h->to->kind == in->index;
    const kind *of = of_parent ? in : k;
    value *to = of_parent ? v.parent : v.child;
    roster_read_cell(r, row, i, &of->fields[h->to->field], a, &to[h->to->field]);
  }
  read_area(r, &v, code, town, village);
  memcpy(v.whole, v.child, k->field_count * sizeof *v.whole);
  const form_place at = {r->s, a, store_packs(r->s), {.today = r->today}};
  bool *given = ARENA_ARRAY(a, k->field_count, bool);
  if (!given) return err_memory(e);
  if (!form_fill_in(&at, k, v.whole, given, NULL, e)) return false;
  const value *name = k->title_field < 0 ? NULL : &v.child[k->title_field];
  const value *key = k->key < 0 ? NULL : &v.child[k->key];
  v.name = name && name->type == VALUE_STRING ? name->s : TEXT("");
  v.key = key && key->type == VALUE_STRING ? key->s : TEXT("");
  *ret = v;
  return true;
}

/* ---- who it is ---- */

static bool is_his_to_see(roster *r, const record *x, arena *a, bool *ret_yes, err *e) {
  const standing_unit u = {x->kind, &x->root, x->area};
  *ret_yes = false;
  return actor_sees(r->s, a, r->who, r->today, &u, ret_yes, e);
}

static bool find_by_key(roster *r, const list_row *v, arena *a, record **ret, err *e) {
  bool his = false;
  *ret = NULL;
  if (!v->key.bytes) return true;
  if (!store_subject_find_by_key(r->s, a, row_kind(r), v->key, ret, e)) return false;
  if (*ret && !is_his_to_see(r, *ret, a, &his, e)) return false;
  if (!his) *ret = NULL;
  return true;
}

/* One lies in the other. */
static bool is_same_area(const char *x, const char *y) {
  const size_t a = strlen(x), b = strlen(y);
  return strncmp(x, y, a < b ? a : b) == 0;
}

/* The same name, one more thing that agrees, and none that does not. */
static bool is_alike(const roster *r, const list_row *v, const record *x) {
  const kind *k = row_kind(r);
  size_t agree = 0;
  if (v->area[0] && !is_same_area(v->area, x->area)) return false;
  agree += v->area[0] != 0;
  for (size_t i = 0; i < k->alike_count; i++) {
    const int f = k->alike[i];
    const value *said = &v->whole[f], *stands = &x->fields[f];
    if (f == k->title_field || said->type == VALUE_UNKNOWN || stands->type == VALUE_UNKNOWN)
      continue;
    if (!value_equal(said, stands)) return false;
    agree++;
  }
  return agree > 0;
}

static bool find_likely(roster *r, const list_row *v, arena *a, record **ret, size_t *ret_count,
                        err *e) {
  *ret = NULL;
  *ret_count = 0;
  const seen_key *seen = v->name.bytes ? seen_find(&r->compared->names, v->name) : NULL;
  const namesake *n = seen ? r->compared->namesakes[seen->row] : NULL;
  for (; n && *ret_count < LIKELY_MAX; n = n->next) {
    record *x = NULL;
    bool his = false;
    if (!store_subject_find(r->s, a, row_kind(r), &n->id, NULL, &x, e)) return false;
    if (!x || !is_alike(r, v, x)) continue;
    if (!is_his_to_see(r, x, a, &his, e)) return false;
    if (his && (*ret_count)++ == 0) *ret = x;
  }
  return true;
}

/* Whether there is enough to look for somebody by. */
static bool says_enough(const roster *r, const list_row *v) {
  const kind *k = row_kind(r);
  bool more = v->area[0];
  for (size_t i = 0; i < k->alike_count; i++)
    more |= k->alike[i] != k->title_field && v->whole[k->alike[i]].type != VALUE_UNKNOWN;
  return v->key.bytes || (v->name.bytes && more);
}

/* ---- the first pass: names of whom no key finds, and who of the register has them ---- */

static bool add_name(roster *r, text name, err *e) {
  struct comparison *x = r->compared;
  if (seen_find(&x->names, name)) return true;
  namesake **more = ARENA_GROW(r->a, x->namesakes, x->name_count, &x->name_room, namesake *);
  if (!more) return err_memory(e);
  x->namesakes = more;
  x->namesakes[x->name_count] = NULL;
  return seen_add(r->a, &x->names, name, (int64_t)x->name_count++, 0) || err_memory(e);
}

static bool collect_name(roster *r, const table_row *row, arena *a, err *e) {
  list_row v;
  record *found = NULL;
  r->quiet = true; /* the row is read again, and its faults told then */
  const bool ok = read_row(r, row, a, &v, e) && find_by_key(r, &v, a, &found, e);
  r->quiet = false;
  return ok && (found || !v.name.bytes || add_name(r, v.name, e));
}

static bool take_namesake(void *context, const record *x, err *e) {
  const roster *r = context;
  const seen_key *seen = seen_find(&r->compared->names, record_title(x));
  if (!seen) return true;
  namesake *n = ARENA_NEW(r->a, namesake);
  if (!n) return err_memory(e);
  *n = (namesake){x->id, r->compared->namesakes[seen->row]};
  r->compared->namesakes[seen->row] = n;
  return true;
}

static bool read_clue(roster *r, err *e);

bool roster_begin_comparison(roster *r, err *e) {
  if (!r->layout->compare) return true;
  table_reader *t = roster_open(r, e);
  arena *a AUTO_ARENA = arena_new(0);
  table_row row;
  int got = 0;
  bool ok = t && ((a && seen_init(r->a, &r->compared->names)) || err_memory(e)) &&
            read_clue(r, e) && roster_find_header(r, t, e);
  while (ok && (got = roster_next(r, t, a, &row, e)) > 0)
    ok = arena_whole(a, collect_name(r, &row, a, e), e);
  table_close(t);
  if (!ok || got != 0) return false;
  return !r->compared->name_count || store_subjects_scan(r->s, row_kind(r), take_namesake, r, e);
}

/* ---- what it is like ---- */

static bool is_english(const roster *r) {
  return r->compared->sink && r->compared->sink->english;
}

static bool keep(arena *a, const buf *b, text *ret) {
  const char *copy = buf_ok(b) ? arena_copy(a, b->bytes ? b->at : "", b->bytes) : NULL;
  if (copy) *ret = (text){copy, b->bytes};
  return copy != NULL;
}

static bool print_value(const roster *r, arena *a, const field *f, const value *v, how_shown how,
                        text *ret) {
  AUTO_BUF buf b = {0};
  field_print(&b, f, v, how, is_english(r));
  return keep(a, &b, ret);
}

typedef struct found_one {
  const record *subject, *root;
  sight sight;
} found_one;

static const record *of_kind(const found_one *x, int kind_index) {
  return x->subject->kind->index == kind_index ? x->subject : x->root;
}

/* Columns whose field he is shown as it is; the key found it. */
static bool add_differences(roster *r, const list_row *v, const found_one *x, arena *a,
                            compared_row *row, err *e) {
  const kind *k = row_kind(r);
  compared_difference *all = ARENA_ARRAY(a, r->header.count + 1, compared_difference);
  if (!all) return err_memory(e);
  row->differences = all;
  for (size_t c = 0; c < r->header.count; c++) {
    const header_column *h = &r->header.columns[c];
    if (h->use != USE_FIELD) continue;
    const bool own = h->to->kind == k->index;
    const field *f = import_field(r->pack, r->layout, h->to);
    const value *told = &(own ? v->child : v->parent)[h->to->field];
    const value *stands = &of_kind(x, h->to->kind)->fields[h->to->field];
    if ((own && h->to->field == k->key) || told->type == VALUE_UNKNOWN ||
        f->privacy != PRIVACY_OPEN || sight_of_field(&x->sight, f) != SHOWN_CLEAR ||
        (stands->type == told->type && value_equal(told, stands)))
      continue;
    compared_difference *d = &all[row->difference_count++];
    d->column = h->header;
    if (!print_value(r, a, f, told, SHOWN_CLEAR, &d->told) ||
        !print_value(r, a, f, stands, SHOWN_CLEAR, &d->registered))
      return err_memory(e);
  }
  if (v->area[0] && !is_same_area(v->area, x->subject->area))
    all[row->difference_count++] =
        (compared_difference){v->area_heading, v->area_cell, text_of(row->area)};
  return true;
}

static bool add_shown(roster *r, const found_one *x, arena *a, compared_row *row, err *e) {
  const import_compare *c = r->layout->compare;
  text *shown = ARENA_ARRAY(a, c->shown_count + 1, text);
  if (!shown) return err_memory(e);
  row->shown = shown;
  for (size_t i = 0; i < c->shown_count; i++) {
    const record *of = of_kind(x, c->shown[i].kind);
    const field *f = &of->kind->fields[c->shown[i].field];
    if (!print_value(r, a, f, &of->fields[c->shown[i].field], sight_of_field(&x->sight, f),
                     &shown[i]))
      return err_memory(e);
  }
  return true;
}

static bool describe(roster *r, const list_row *v, const record *subject, arena *a,
                     compared_row *row, err *e) {
  record *root = NULL;
  casework *cases = NULL;
  size_t count = 0;
  if (parent_kind(r) &&
      !store_subject_find(r->s, a, parent_kind(r), &subject->root, NULL, &root, e))
    return false;
  const found_one x = {
      subject, root ? root : subject,
      actor_sight(r->who, store_packs(r->s), r->pack, r->s, subject->area, &subject->root)};
  row->subject = subject;
  row->root = x.root;
  if (!store_cases_of(r->s, a, &subject->root, &cases, &count, e) ||
      !store_area_name(r->s, a, subject->area, &row->area, e))
    return false;
  for (size_t i = 0; i < count; i++) row->managed |= !cases[i].closed && !cases[i].withdrawn;
  return add_shown(r, &x, a, row, e) &&
         (row->result != COMPARED_FOUND || add_differences(r, v, &x, a, row, e));
}

/* ---- what becomes of it ---- */

/* What the clerk wrote once for all, over what the pack says. */
static bool read_clue(roster *r, err *e) {
  const import_compare *c = r->layout->compare;
  const import_choices *x = r->file->choices;
  if (!r->sink || c->event < 0) return true;
  const event_kind *k = &r->pack->events[c->event];
  value *all = ARENA_ARRAY(r->a, k->field_count, value);
  if (!all) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++) all[i] = c->set[i];
  for (size_t i = 0; i < c->asked_count; i++) {
    const field *f = &k->fields[c->asked[i]];
    const json *said = x && x->clue ? json_get(x->clue, f->name) : NULL;
    if (said && !field_read_json(f, r->a, said, r->today, &all[c->asked[i]], e)) return false;
    if (f->required && all[c->asked[i]].type == VALUE_UNKNOWN)
      return err_set(e, ERR_BAD_INPUT, f->name, "“%s”没有填，请补上。",
                     "\"%s\" is empty; fill it in.", LABEL(f->title));
  }
  r->compared->clue = all;
  return true;
}

/* "金额：12000；医院：…": what the list says beside who it is. */
static bool tell_the_rest(const roster *r, const list_row *v, const field *f, arena *a, value *to) {
  AUTO_BUF buf b = {0};
  if (to->type == VALUE_STRING) buf_text(&b, to->s);
  for (size_t i = 0; i < r->header.count && i < v->row->count && b.bytes < TOLD_BYTES; i++) {
    const header_column *h = &r->header.columns[i];
    const text cell = text_cut(text_trim(v->row->cells[i].text), 100);
    if (h->use != USE_NOTHING || h->how == HOW_IGNORED || !cell.bytes || !h->header.bytes) continue;
    if (b.bytes) buf_str(&b, "；");
    buf_printf(&b, "%.*s：%.*s", (int)h->header.bytes, h->header.at, (int)cell.bytes, cell.at);
  }
  text all;
  if (!keep(a, &b, &all)) return false;
  if (f->max >= f->min) all = text_cut(all, (size_t)f->max);
  if (all.bytes) *to = value_string(all);
  return true;
}

static bool make_clue(roster *r, const list_row *v, const compared_row *row, arena *a,
                      row_result *ret, err *e) {
  const import_compare *c = r->layout->compare;
  const event_kind *k = &r->pack->events[c->event];
  const record *about = row->subject->kind->index == k->about ? row->subject : row->root;
  value *fields = ARENA_ARRAY(a, k->field_count, value);
  char id[37], name[64];
  err why;
  if (!fields) return err_memory(e);
  memcpy(fields, r->compared->clue, k->field_count * sizeof *fields);
  if (c->tells >= 0 && !tell_the_rest(r, v, &k->fields[c->tells], a, &fields[c->tells]))
    return err_memory(e);
  *ret = ROW_REFUSED;
  if (!actor_holds_unit(r->who, r->pack, k->who, r->s, row->subject->area, &row->subject->root)) {
    err_set(&why, ERR_DENIED, "area", "此人不在您的管辖范围内，或者您的岗位不能登记这类事项。",
            "This one is outside your areas, or your post may not record this.");
    roster_fault(r, v->row, TEXT(""), TEXT(""), "denied", &why);
    return true;
  }
  *e = (err){0};
  if (!roster_check_event(r, v->row, k, fields, a, e)) return e->code == ERR_NONE;
  uuid_format(&row->subject->id, id);
  snprintf(name, sizeof name, "clue/%s", id);
  const uuid entry = uuid_derived(&r->id, text_of(name));
  const text seen = {(const char *)entry.b, sizeof entry.b};
  *ret = ROW_OK;
  if (seen_find(&r->rows, seen)) { /* twice in the list */
    r->same++;
    return true;
  }
  if (!seen_add(r->a, &r->rows, seen, v->row->number, 0)) return err_memory(e);
  r->created++;
  return roster_send_event(r, k, fields, &entry, &about->id, a, e);
}

static bool is_wanted(const roster *r, const compared_row *row) {
  const import_choices *x = r->file->choices;
  return r->layout->compare->event >= 0 && row->result == COMPARED_FOUND &&
         !(x && x->only_unmanaged && row->managed);
}

row_result roster_compare(roster *r, const table_row *row, arena *a, err *fatal) {
  struct comparison *x = r->compared;
  const kind *k = row_kind(r);
  list_row v;
  record *found = NULL;
  r->why.bytes = 0;
  if (!r->on_fault) r->on_fault = take_why;
  if (!read_row(r, row, a, &v, fatal) || !find_by_key(r, &v, a, &found, fatal)) return ROW_ABORT;
  compared_row c = {.sheet = roster_sheet_of(r, row->number),
                    .row = roster_row_in_sheet(row->number),
                    .name = v.name,
                    .key = TEXT(""),
                    .area = "",
                    .result = COMPARED_FOUND};
  if (!found && !find_likely(r, &v, a, &found, &c.likely, fatal)) return ROW_ABORT;
  if (c.likely) c.result = COMPARED_POSSIBLE;
  if (!found) c.result = says_enough(r, &v) ? COMPARED_ABSENT : COMPARED_UNCLEAR;
  if (found && !describe(r, &v, found, a, &c, fatal)) return ROW_ABORT;
  if (v.key.bytes && !print_value(r, a, &k->fields[k->key], &v.child[k->key],
                                  field_shown(&k->fields[k->key]), &c.key))
    return err_memory(fatal), ROW_ABORT;
  if (!keep(a, &r->why, &c.why)) return err_memory(fatal), ROW_ABORT;
  r->compared_rows[c.result]++;
  r->compared_managed += c.result == COMPARED_FOUND && c.managed;
  r->compared_differing += c.difference_count > 0;
  if (x->sink && !x->sink->take(x->sink->context, &c, fatal)) return ROW_ABORT;
  if (!is_wanted(r, &c)) return ROW_ABSENT;
  row_result got = ROW_OK;
  if (r->sink && !make_clue(r, &v, &c, a, &got, fatal)) return ROW_ABORT;
  return got;
}

bool roster_new_comparison(roster *r, const compare_sink *sink, err *e) {
  r->compared = ARENA_NEW(r->a, struct comparison);
  if (!r->compared) return err_memory(e);
  *r->compared = (struct comparison){.sink = sink};
  return true;
}
