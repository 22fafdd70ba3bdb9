/* Lists of what happened (settlements, grants, warnings): each row finds its subject in the
 * register and becomes one event. Whom the register does not know is told apart: comparing such a
 * list with the register is what it is for. */
#include "import/roster.h"

#include <stdio.h>

typedef struct event_row {
  const event_kind *kind;
  value *fields, key, on;
  text key_header;
} event_row;

static value *place_of(event_row *v, const import_column *c) {
  return c->is_day ? &v->on : c->kind < 0 ? &v->fields[c->field] : &v->key;
}

static bool fault(roster *r, const table_row *row, text column, text cell, const err *why) {
  roster_fault(r, row->number, column, cell, why);
  return false;
}

/* "2022-01-04 16:00:00" is the hour that ends then; midnight ends the day before. */
static bool read_instant(text cell, value *on, value *hour, err *e) {
  text s = text_trim(cell);
  const char *gap =
      s.bytes ? memchr(s.at, s.bytes > 10 && s.at[10] == 'T' ? 'T' : ' ', s.bytes) : NULL;
  day d;
  int64_t h = -1;
  if (gap && day_parse_loose((text){s.at, (size_t)(gap - s.at)}, &d)) {
    text clock = {gap + 1, s.bytes - (size_t)(gap + 1 - s.at)};
    const char *colon = clock.bytes ? memchr(clock.at, ':', clock.bytes) : NULL;
    text digits = {clock.at, colon ? (size_t)(colon - clock.at) : clock.bytes};
    if (!text_to_int(digits, &h) || h < 0 || h > 23) h = -1;
  }
  if (h < 0)
    return err_set(e, ERR_BAD_INPUT, "on", "应是日期和整点，例如 2022-01-04 16:00:00。",
                   "It should be a day and an hour, such as 2022-01-04 16:00:00.");
  *on = value_int(h == 0 ? d - 1 : d);
  *hour = value_int(h == 0 ? 24 : h);
  return true;
}

/* Every cell against its field; all faults told. Columns of the subject beside its key are for
 * people. */
static bool read_cells(roster *r, const table_row *row, arena *a, event_row *v) {
  bool good = true;
  for (size_t c = 0; c < r->head.count && c < row->count; c++) {
    const head_column *h = &r->head.columns[c];
    if (h->use != USE_FIELD) continue;
    bool key = h->to->kind >= 0 && h->to->field == r->layout->row_key;
    if (h->to->kind >= 0 && !key) continue;
    if (key) v->key_header = h->header;
    const field *f = import_field(r->pack, r->layout, h->to);
    text cell = row->cells[c].text;
    err e;
    if (row->cells[c].damaged_number && f->type == FIELD_TEXT) {
      err_set(
          &e, ERR_BAD_INPUT, f->name,
          "Excel 把这个号码变成了科学记数法，后几位已丢失。请把这一列设为“文本”，重新填写号码。",
          "Excel turned this number into scientific form and its last digits are lost. Format "
          "the column as text and enter it again.");
      good = fault(r, row, h->header, cell, &e);
    } else if (h->to->is_day && h->to->hour >= 0) {
      if (!read_instant(cell, &v->on, &v->fields[h->to->hour], &e))
        good = fault(r, row, h->header, cell, &e);
    } else if (!field_read_text(f, a, cell, r->today, place_of(v, h->to), &e)) {
      good = fault(r, row, h->header, cell, &e);
    }
  }
  return good;
}

static text header_of(const roster *r, int field_index) {
  for (size_t c = 0; c < r->head.count; c++) {
    const import_column *to = r->head.columns[c].to;
    if (to && to->kind < 0 && !to->is_day && to->field == field_index)
      return r->head.columns[c].header;
  }
  return TEXT("");
}

static bool required_there(roster *r, const table_row *row, const event_row *v) {
  bool good = true;
  err e;
  for (size_t i = 0; i < v->kind->field_count; i++) {
    const field *f = &v->kind->fields[i];
    if (!f->required || v->fields[i].type != VALUE_UNKNOWN) continue;
    text header = header_of(r, (int)i);
    err_set(&e, ERR_BAD_INPUT, f->name, "“%s”没有填，请补上。%.0s",
            "%.0s\"%s\" is empty; fill it in.", f->title.zh, f->title.en);
    good = fault(r, row, header.bytes ? header : text_of(f->title.zh), TEXT(""), &e);
  }
  if (v->on.type != VALUE_INT) {
    err_set(&e, ERR_BAD_INPUT, "on", "日期没有填，请补上。", "The day is empty; fill it in.");
    good = fault(r, row, TEXT("日期"), TEXT(""), &e);
  } else if (v->on.i > r->today) {
    err_set(&e, ERR_BAD_INPUT, "on", "日期不能晚于今天，请改正。",
            "The day may not be later than today; correct it.");
    good = fault(r, row, TEXT("日期"), TEXT(""), &e);
  }
  return good;
}

static value own_slot(void *context, int slot) {
  const event_row *v = context;
  return (size_t)slot < v->kind->field_count ? v->fields[slot] : (value){.type = VALUE_UNKNOWN};
}

static bool checks_hold(roster *r, const table_row *row, arena *a, event_row *v) {
  for (size_t i = 0; i < v->kind->field_count; i++) {
    const field *f = &v->kind->fields[i];
    if (!f->check) continue;
    cel_run c = {.a = a, .slot = own_slot, .context = v, .today = r->today};
    value ok = cel_eval(f->check, &c);
    if (ok.type != VALUE_BOOL || ok.yes) continue;
    err e;
    err_set(&e, ERR_BAD_INPUT, f->name, "%s：%s%.0s%.0s", "%.0s%.0s%s: %s", f->title.zh,
            f->check_says.zh, f->title.en, f->check_says.en);
    return fault(r, row, header_of(r, (int)i), TEXT(""), &e);
  }
  return true;
}

static bool may_record(roster *r, const table_row *row, const event_row *v, const record *who) {
  reach seen = actor_reach(r->who);
  err e;
  if (r->who->system ||
      (reach_has(&seen, who->area) && actor_holds(r->who, v->kind->who, who->area)))
    return true;
  err_set(&e, ERR_DENIED, "area", "此人不在您的管辖范围内，或者您的岗位不能登记这类事项。",
          "This one is outside your areas, or your post may not record this.");
  return fault(r, row, v->key_header, TEXT(""), &e);
}

/* ---- the command ---- */

static bool put_command(buf *b, const event_row *v, const uuid *id, const uuid *subject,
                        const event *before) {
  char s[37];
  json_out w = json_to(b);
  json_open(&w, '{');
  json_key(&w, "kind");
  json_put_str(&w, v->kind->name);
  if (id) {
    uuid_format(id, s);
    json_key(&w, "id");
    json_put_str(&w, s);
  }
  uuid_format(subject, s);
  json_key(&w, "subject");
  json_put_str(&w, s);
  if (before) {
    char old[37];
    uuid_format(&before->id, old);
    json_key(&w, "replaces");
    json_put_str(&w, old);
  }
  day_format((day)v->on.i, s);
  json_key(&w, "on");
  json_put_str(&w, s);
  json_key(&w, "fields");
  json_open(&w, '{');
  for (size_t i = 0; i < v->kind->field_count; i++) {
    if (v->fields[i].type == VALUE_UNKNOWN) continue;
    json_key(&w, v->kind->fields[i].name);
    value_put_json(&w, &v->fields[i], v->kind->fields[i].type_in_cel);
  }
  json_close(&w, '}');
  json_close(&w, '}');
  return buf_ok(b);
}

/* The same row of any import is the same event; taken back once, it may come again. */
static bool event_id(roster *r, const event_row *v, const uuid *subject, arena *a, uuid *id,
                     bool *there, err *fatal) {
  AUTO_BUF buf b = {0};
  event *x = NULL;
  if (!put_command(&b, v, NULL, subject, NULL)) return err_memory(fatal);
  *id = uuid_derived(subject, buf_view(&b));
  if (!store_event(r->s, a, v->kind, id, NULL, &x, fatal)) return false;
  *there = x && !x->withdrawn;
  if (x && x->withdrawn) *id = uuid_derived(&r->id, buf_view(&b));
  return true;
}

/* The one that an earlier list said of the same; *out NULL: none. */
static bool find_same(roster *r, const event_row *v, const record *who, arena *a, event **out,
                      err *e) {
  event **all = NULL;
  size_t count = 0;
  *out = NULL;
  if (!store_events_of_day(r->s, a, v->kind, &who->root, (day)v->on.i, &all, &count, e))
    return false;
  for (size_t i = 0; i < count && !*out; i++) {
    bool same = uuid_equal(&all[i]->subject, &who->id);
    for (size_t k = 0; same && k < r->layout->same_count; k++) {
      const value *x = &all[i]->fields[r->layout->same[k]], *y = &v->fields[r->layout->same[k]];
      same = x->type == y->type && x->type != VALUE_UNKNOWN && value_equal(x, y);
    }
    if (same) *out = all[i];
  }
  return true;
}

static bool send(roster *r, const event_row *v, const uuid *id, const uuid *subject,
                 const event *before, arena *a, err *e) {
  AUTO_BUF buf b = {0};
  if (!r->sink) return true;
  if (!put_command(&b, v, id, subject, before)) return err_memory(e);
  return r->sink(r, VERB_EVENT, id, &b, a, e);
}

/* The record the event is about: the one found, or its parent. */
static bool about(roster *r, const event_row *v, record *found, arena *a, record **out, err *e) {
  if (r->pack->kinds[v->kind->about].index == found->kind->index) {
    *out = found;
    return true;
  }
  return store_subject(r->s, a, &r->pack->kinds[v->kind->about], &found->parent, NULL, out, e);
}

bool roster_event(roster *r, const table_row *row, arena *a, err *fatal) {
  const event_kind *k = &r->pack->events[r->layout->event];
  const kind *by = &r->pack->kinds[r->layout->row_kind];
  event_row v = {.kind = k,
                 .fields = ARENA_ARRAY(a, k->field_count, value),
                 .key = {.type = VALUE_UNKNOWN},
                 .on = {.type = VALUE_UNKNOWN},
                 .key_header = TEXT("")};
  record *found = NULL, *who = NULL;
  uuid id;
  bool there = false;
  if (!v.fields) return err_memory(fatal);
  for (size_t i = 0; i < k->field_count; i++) v.fields[i] = r->layout->set[i];
  bool good = read_cells(r, row, a, &v);
  good = required_there(r, row, &v) && good;
  if (v.key.type != VALUE_STRING && good) {
    err e;
    err_set(&e, ERR_BAD_INPUT, "key", "没有填这一列，找不到是谁，请补上。",
            "This is empty, so nobody can be found; fill it in.");
    good = fault(r, row, v.key_header, TEXT(""), &e);
  }
  good = good && checks_hold(r, row, a, &v);
  if (good && !store_subject_by_key(r->s, a, by, v.key.s, &found, fatal)) return false;
  if (good && found && !about(r, &v, found, a, &who, fatal)) return false;
  if (good && !who) {
    roster_absent(r, row, v.key.s);
    return true;
  }
  good = good && may_record(r, row, &v, who);
  if (good && !event_id(r, &v, &who->id, a, &id, &there, fatal)) return false;
  if (good && there) r->same++;
  event *before = NULL;
  if (good && !there && r->layout->same && !find_same(r, &v, who, a, &before, fatal)) return false;
  if (good && !there) {
    *(before ? &r->changed : &r->created) += 1;
    if (!send(r, &v, &id, &who->id, before, a, fatal)) return false;
  }
  r->good += good;
  r->bad += !good;
  if (good) roster_sample(r, row, record_title(found));
  return true;
}
