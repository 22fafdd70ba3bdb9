/* What is sent of a subject that a row names. */
#include "import/subject_upsert.h"

#include "base/json_build.h"
#include "base/json_fields.h"

#include <stdio.h>

static bool is_news(const wanted_subject *x, size_t i) {
  return x->fields[i].type != VALUE_UNKNOWN &&
         !(x->before && value_equal(&x->before[i], &x->fields[i]));
}

/* What is written of it: of owned fields only what is taken in. */
static bool is_written(const roster *r, const wanted_subject *x, size_t i) {
  return is_news(x, i) && (r->file->taking_in || !field_is_owned(&x->kind->fields[i]));
}

/* What the roster says of owned fields, and the register does not. */
static void compare_owned(roster *r, const wanted_subject *x) {
  for (size_t i = 0; i < x->kind->field_count; i++) {
    const field *f = &x->kind->fields[i];
    if (!is_news(x, i) || is_written(r, x, i)) continue;
    if (!x->before && f->initial && x->fields[i].type == VALUE_STRING &&
        text_is(x->fields[i].s, f->initial))
      continue;
    report_difference(r, f, roster_header_of(r, x->kind->index, (int)i), &x->fields[i],
                      x->before ? &x->before[i] : NULL);
  }
}

static void put_taking_in(json_out *w, const import_file *file) {
  if (!file->taking_in) return;
  json_field_open(w, "taking_in", '{');
  json_field_str(w, "source", file->taking_in);
  if (file->taking_in_on != DAY_NONE) json_field_day(w, "on", file->taking_in_on);
  json_close(w, '}');
}

static void put_fields(const roster *r, json_out *w, const wanted_subject *x) {
  json_field_open(w, "fields", '{');
  for (size_t i = 0; i < x->kind->field_count; i++) {
    if (!is_written(r, x, i)) continue;
    json_key(w, x->kind->fields[i].name);
    value_put_json(w, &x->fields[i], x->kind->fields[i].type_in_cel);
  }
  json_close(w, '}');
}

/* An entry's id is derived: sent twice, it counts once. */
static bool send(roster *r, const wanted_subject *x, arena *a, err *e) {
  if (!r->sink) return true;
  json_builder made = {.a = a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  json_field_str(&w, "kind", x->kind->name);
  json_field_uuid(&w, "id", &x->id);
  if (!x->before && x->parent) json_field_uuid(&w, "parent", x->parent);
  if (!x->before && !x->parent) json_field_str(&w, "area", x->area);
  if (x->from) json_field_uuid(&w, "parent", x->parent);
  if (x->from) json_field_uuid(&w, "from", x->from);
  put_fields(r, &w, x);
  put_taking_in(&w, r->file);
  json_close(&w, '}');
  const json *body = json_built(&made, e);
  if (!body) return false;
  if (!x->before) return r->sink(r, VERB_SUBJECT, &x->id, body, e);
  char id[37], name[64];
  uuid_format(&x->id, id);
  int n = snprintf(name, sizeof name, "%s/%s", verb_name(VERB_FACTS), id);
  uuid entry = uuid_derived(&r->id, (text){name, (size_t)n});
  return r->sink(r, VERB_FACTS, &entry, body, e);
}

static bool differs(const roster *r, const wanted_subject *x) {
  for (size_t i = 0; i < x->kind->field_count; i++)
    if (is_written(r, x, i)) return true;
  return x->from != NULL;
}

/* Created, changed, or the same: counted, and sent where there is something to do. */
bool subject_upsert(roster *r, const wanted_subject *x, arena *a, err *e) {
  compare_owned(r, x);
  if (x->before && !differs(r, x)) {
    r->same++;
    return true;
  }
  *(x->before ? &r->changed : &r->created) += 1;
  return send(r, x, a, e);
}

bool subject_derive_id(const roster *r, const kind *k, text key, int64_t row, uuid *ret_id,
                       err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b, "%s/%.*s/%lld", k->name, (int)key.bytes, key.at, (long long)(key.bytes ? 0 : row));
  if (!buf_ok(&b)) return err_memory(e);
  *ret_id = uuid_derived(&r->id, buf_view(&b));
  return true;
}
