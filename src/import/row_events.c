/* Rows that are events (settlements, grants, warnings): each finds its subject in the register and
 * becomes one event. Whom the register does not know is reported apart: comparing such a list with
 * the register is what it is for. */
#include "import/roster.h"

#include "base/json_build.h"
#include "base/json_fields.h"
#include "engine/eval/record.h"

typedef struct event_row {
  const table_row *row;
  const event_kind *kind;
  value *fields, key, on;
  text key_header;
} event_row;

static value *value_of(event_row *v, const import_column *c) {
  return c->is_day ? &v->on : c->kind == OF_EVENT ? &v->fields[c->field] : &v->key;
}

/* "2022-01-04 16:00:00", "2022/1/4 16:00", "2022-01-04 16", or RFC 3339 with a zone. */
static bool read_instant(text cell, int64_t *ret_ms) {
  text s = text_trim(cell);
  const char *gap =
      s.bytes ? memchr(s.at, s.bytes > 10 && s.at[10] == 'T' ? 'T' : ' ', s.bytes) : NULL;
  day d;
  int64_t hour;
  if (instant_parse(s, ret_ms)) return true;
  if (!gap || !day_parse_loose((text){s.at, (size_t)(gap - s.at)}, &d)) return false;
  text clock = {gap + 1, s.bytes - (size_t)(gap + 1 - s.at)};
  int seconds = clock_seconds(clock);
  if (seconds < 0 && text_to_int(clock, &hour) && hour >= 0 && hour < 24)
    seconds = (int)hour * 3600;
  *ret_ms = day_start_ms(d) + (int64_t)seconds * 1000;
  return seconds >= 0;
}

/* The day and the time of what happened, or ended, at an instant. */
static bool read_day_and_time(const import_column *c, text cell, arena *a, value *ret_on,
                              value *ret_time, err *e) {
  int64_t ms;
  char whole[30];
  if (!read_instant(cell, &ms))
    return err_set(e, ERR_BAD_INPUT, "on", "应是日期和时刻，例如 2022-01-04 16:00:00。",
                   "It should be a day and a time, such as 2022-01-04 16:00:00.");
  day on = day_of_ms(ms);
  if (c->time == IMPORT_PERIOD_END && ms == day_start_ms(on)) {
    *ret_on = value_int(on - 1);
    *ret_time = value_string(TEXT("24:00"));
    return true;
  }
  instant_format(ms, whole);
  const char *clock = arena_copy(a, whole + 11, ms % 60000 >= 1000 ? 8 : 5);
  if (!clock) return err_memory(e);
  *ret_on = value_int(on);
  *ret_time = value_string(text_of(clock));
  return true;
}

/* Every cell against its field; all faults are reported. Columns of the subject beside its key are
 * for people. */
static bool read_cells(roster *r, event_row *v, arena *a) {
  bool good = true;
  for (size_t c = 0; c < r->header.count && c < v->row->count; c++) {
    const header_column *h = &r->header.columns[c];
    if (h->use != USE_FIELD) continue;
    bool is_key = h->to->kind != OF_EVENT && h->to->field == r->layout->row_key;
    if (h->to->kind != OF_EVENT && !is_key) continue;
    if (is_key) v->key_header = h->header;
    if (h->to->is_day && h->to->time != IMPORT_NO_TIME) {
      text cell = v->row->cells[c].text;
      err e;
      if (!read_day_and_time(h->to, cell, a, &v->on, &v->fields[v->kind->time_field], &e))
        good = roster_fault(r, v->row, h->header, cell, "date", &e);
    } else {
      const field *f = import_field(r->pack, r->layout, h->to);
      good = roster_read_cell(r, v->row, c, f, a, value_of(v, h->to)) && good;
    }
  }
  return good;
}

/* A day whose time, if it has one, has come. */
static bool has_come(const roster *r, const event_row *v) {
  const event own = {.kind = v->kind, .on = (day)v->on.i, .fields = v->fields};
  int64_t ms;
  return v->on.i < r->today || (v->on.i == r->today && (!event_time(&own, &ms) || ms <= now_ms()));
}

static bool has_day(roster *r, const event_row *v) {
  err e;
  if (v->on.type == VALUE_INT && has_come(r, v)) return true;
  if (v->on.type != VALUE_INT)
    err_set(&e, ERR_BAD_INPUT, "on", "日期没有填，请补上。", "The day is empty; fill it in.");
  else
    err_set(&e, ERR_BAD_INPUT, "on", "日期、时刻不能晚于现在，请改正。",
            "Day and time may not be later than now; correct them.");
  return roster_fault(r, v->row, TEXT("日期"), TEXT(""), "date", &e);
}

static bool has_key(roster *r, const event_row *v) {
  err e;
  if (v->key.type == VALUE_STRING) return true;
  err_set(&e, ERR_BAD_INPUT, "key", "没有填这一列，找不到是谁，请补上。",
          "This is empty, so nobody can be found; fill it in.");
  return roster_fault(r, v->row, v->key_header, TEXT(""), "empty", &e);
}

static bool may_record(roster *r, const event_row *v, const record *who) {
  err e;
  bool sees = false;
  const standing_unit u = {who->kind, &who->root, who->area};
  if (actor_sees(r->s, r->a, r->who, r->today, &u, &sees, &e) && sees &&
      actor_holds_unit(r->who, r->pack, v->kind->who, r->s, who->area, &who->root))
    return true;
  err_set(&e, ERR_DENIED, "area", "此人不在您的管辖范围内，或者您的岗位不能登记这类事项。",
          "This one is outside your areas, or your post may not record this.");
  return roster_fault(r, v->row, v->key_header, TEXT(""), "denied", &e);
}

/* ---- the command ---- */

/* `id` and `replaces` may be NULL. NULL: no memory. */
static const json *command_body(arena *a, const event_row *v, const uuid *id, const uuid *subject,
                                const uuid *replaces, err *e) {
  json_builder made = {.a = a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  json_field_str(&w, "kind", v->kind->name);
  if (id) json_field_uuid(&w, "id", id);
  json_field_uuid(&w, "subject", subject);
  if (replaces) json_field_uuid(&w, "replaces", replaces);
  json_field_day(&w, "on", (day)v->on.i);
  json_field_open(&w, "fields", '{');
  for (size_t i = 0; i < v->kind->field_count; i++) {
    if (v->fields[i].type == VALUE_UNKNOWN) continue;
    json_key(&w, v->kind->fields[i].name);
    value_put_json(&w, &v->fields[i], v->kind->fields[i].type_in_cel);
  }
  json_close(&w, '}');
  json_close(&w, '}');
  return json_built(&made, e);
}

/* The same row of any import is the same event; withdrawn once, it may come again. */
static bool event_id(roster *r, const event_row *v, const uuid *subject, arena *a, uuid *ret_id,
                     bool *ret_is_stored, err *e) {
  AUTO_BUF buf content = {0};
  event *x = NULL;
  const json *body = command_body(a, v, NULL, subject, NULL, e);
  if (!body) return false;
  json_out w = json_to(&content);
  json_put(&w, body);
  if (!buf_ok(&content)) return err_memory(e);
  uuid id = uuid_derived(subject, buf_view(&content));
  if (!store_event_find(r->s, a, v->kind, &id, NULL, &x, e)) return false;
  *ret_is_stored = x && !x->withdrawn;
  *ret_id = x && x->withdrawn ? uuid_derived(&r->id, buf_view(&content)) : id;
  return true;
}

/* The one that an earlier list said of the same; NULL: none. */
static bool find_same(roster *r, const event_row *v, const record *who, arena *a,
                      const event **ret_event, err *e) {
  event **all = NULL;
  size_t count = 0;
  const event *found = NULL;
  if (r->layout->same &&
      !store_events_of_day(r->s, a,
                           &(event_query){.kind = v->kind, .root = who->root, .from = (day)v->on.i},
                           &all, &count, e))
    return false;
  for (size_t i = 0; i < count && !found; i++) {
    bool same = uuid_equal(&all[i]->subject, &who->id);
    for (size_t k = 0; same && k < r->layout->same_count; k++) {
      const value *x = &all[i]->fields[r->layout->same[k]], *y = &v->fields[r->layout->same[k]];
      same = x->type == y->type && x->type != VALUE_UNKNOWN && value_equal(x, y);
    }
    if (same) found = all[i];
  }
  *ret_event = found;
  return true;
}

static bool send(roster *r, const event_row *v, const uuid *id, const uuid *subject,
                 const uuid *replaces, arena *a, err *e) {
  if (!r->sink) return true;
  const json *body = command_body(a, v, id, subject, replaces, e);
  return body && r->sink(r, VERB_EVENT, id, body, e);
}

bool roster_send_event(roster *r, const event_kind *k, value *fields, const uuid *id,
                       const uuid *subject, arena *a, err *e) {
  const event_row v = {.kind = k, .fields = fields, .on = value_int(r->today)};
  return send(r, &v, id, subject, NULL, a, e);
}

/* Recorded, replacing what an earlier list said, or the same: counted, and sent where there is
 * something to do. */
static bool upsert_event(roster *r, const event_row *v, const record *who, arena *a, err *e) {
  uuid id;
  bool is_stored = false;
  const event *before = NULL;
  if (!event_id(r, v, &who->id, a, &id, &is_stored, e)) return false;
  const text name = {(const char *)id.b, sizeof id.b};
  const seen_key *seen = seen_find(&r->rows, name);
  if (seen) {
    report_repeated(r, v->row->number, seen->row, true);
    r->same++;
    return true;
  }
  if (!seen_add(r->a, &r->rows, name, v->row->number, 0)) return err_memory(e);
  if (is_stored) {
    r->same++;
    return true;
  }
  if (!find_same(r, v, who, a, &before, e)) return false;
  *(before ? &r->changed : &r->created) += 1;
  return send(r, v, &id, &who->id, before ? &before->id : NULL, a, e);
}

/* The subject the event is about: the one found, or its parent. NULL: there is none. */
static bool find_subject(roster *r, const event_row *v, arena *a, record **ret_found,
                         record **ret_subject, err *e) {
  const kind *by = &r->pack->kinds[r->layout->row_kind], *about = &r->pack->kinds[v->kind->about];
  record *found = NULL, *subject = NULL;
  if (!store_subject_find_by_key(r->s, a, by, v->key.s, &found, e)) return false;
  if (found && about->index == found->kind->index)
    subject = found;
  else if (found && !store_subject_find(r->s, a, about, &found->parent, NULL, &subject, e))
    return false;
  *ret_found = found;
  *ret_subject = subject;
  return true;
}

/* Read and checked by itself; all faults are reported. */
static row_result read_row(roster *r, const table_row *row, arena *a, event_row *ret, err *fatal) {
  const event_kind *k = &r->pack->events[r->layout->event];
  event_row v = {.row = row,
                 .kind = k,
                 .fields = ARENA_ARRAY(a, k->field_count, value),
                 .key = {.type = VALUE_UNKNOWN},
                 .on = {.type = VALUE_UNKNOWN},
                 .key_header = TEXT("")};
  if (!v.fields) return err_memory(fatal), ROW_ABORT;
  for (size_t i = 0; i < k->field_count; i++) v.fields[i] = r->layout->set[i];
  bool good = read_cells(r, &v, a);
  good = roster_has_required(r, row, OF_EVENT, k->fields, k->field_count, v.fields) && good;
  good = has_day(r, &v) && good;
  *ret = v;
  *fatal = (err){0};
  if (good && has_key(r, &v) && roster_check_event(r, row, k, v.fields, a, fatal)) return ROW_OK;
  return fatal->code == ERR_NONE ? ROW_REFUSED : ROW_ABORT;
}

/* ---- rows of one file that say the same ---- */

/* Which one it is among rows that replace one another: subject, day and the layout's fields. */
static bool put_same_key(const roster *r, const event_row *v, buf *out) {
  json_out w = json_to(out);
  json_open(&w, '[');
  json_put_text(&w, v->key.s);
  json_put_int(&w, v->on.i);
  for (size_t i = 0; i < r->layout->same_count; i++) {
    const int f = r->layout->same[i];
    if (v->fields[f].type == VALUE_UNKNOWN) return false;
    value_put_json(&w, &v->fields[f], v->kind->fields[f].type_in_cel);
  }
  json_close(&w, ']');
  return true;
}

static bool collect_last_row(roster *r, const table_row *row, arena *a, err *e) {
  AUTO_BUF buf key = {0};
  event_row v;
  r->quiet = true; /* the row is read again, and its faults told then */
  row_result got = read_row(r, row, a, &v, e);
  r->quiet = false;
  if (got != ROW_OK) return got != ROW_ABORT;
  if (!put_same_key(r, &v, &key)) return true;
  if (!buf_ok(&key)) return err_memory(e);
  seen_key *seen = seen_find(&r->last_rows, buf_view(&key));
  if (!seen && !(seen = seen_add(r->a, &r->last_rows, buf_view(&key), row->number, 0)))
    return err_memory(e);
  seen->row = row->number;
  return true;
}

bool roster_collect_last_rows(roster *r, err *e) {
  if (r->layout->event < 0 || !r->layout->same) return true;
  table_reader *t = roster_open(r, e);
  arena *a AUTO_ARENA = arena_new(0);
  table_row row;
  int got = 0;
  bool ok =
      t && ((a && seen_init(r->a, &r->last_rows)) || err_memory(e)) && roster_find_header(r, t, e);
  while (ok && (got = roster_next(r, t, a, &row, e)) > 0) {
    ok = arena_whole(a, collect_last_row(r, &row, a, e), e);
  }
  table_close(t);
  return ok && got == 0;
}

/* Whether a later row says it anew; then this one is told and left out. */
static bool is_overtaken(roster *r, const event_row *v) {
  AUTO_BUF buf key = {0};
  if (!r->layout->same || !put_same_key(r, v, &key) || !buf_ok(&key)) return false;
  const seen_key *seen = seen_find(&r->last_rows, buf_view(&key));
  if (!seen || seen->row == v->row->number) return false;
  report_repeated(r, v->row->number, seen->row, false);
  return true;
}

row_result roster_event(roster *r, const table_row *row, arena *a, err *fatal) {
  event_row v;
  record *found = NULL, *who = NULL;
  row_result read = read_row(r, row, a, &v, fatal);
  if (read != ROW_OK) return read;
  if (is_overtaken(r, &v)) return ROW_REPEATED;
  if (!find_subject(r, &v, a, &found, &who, fatal)) return ROW_ABORT;
  if (!who) {
    report_absent(r, row, v.key.s);
    return ROW_ABSENT;
  }
  if (!may_record(r, &v, who)) return ROW_REFUSED;
  if (!upsert_event(r, &v, who, a, fatal)) return ROW_ABORT;
  report_sample(r, row, record_title(found));
  return ROW_OK;
}
