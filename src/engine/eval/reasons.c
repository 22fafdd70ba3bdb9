/* What a value was made of, for people: names, values, documents. */
#include "engine/eval/reasons.h"

#include "base/json_fields.h"
#include "engine/eval/display.h"
#include "engine/eval/slot_value.h"

#include <stdio.h>
#include <stdlib.h>

enum { REASONS_DEPTH = 6 };

static void put_program(unit *u, const record *about, const name_scope *sc, const cel_program *p,
                        const unit_extra *extra, json_out *w, int depth);

static void put_field(json_out *w, const field *f, const value *v) {
  AUTO_BUF buf shown = {0};
  const choice *c =
      f->type == FIELD_CHOICE && v->type == VALUE_STRING ? choice_find(f, v->s) : NULL;
  json_field_label(w, "title", f->title);
  field_print(&shown, f, v, field_shown(f), false);
  json_field_buf(w, "text", &shown);
  if (c) json_field_label(w, "choice", c->title);
  json_key(w, "value");
  field_put_json(w, f, v, field_shown(f));
}

static void put_value(json_out *w, const value *v, const cel_type *t) {
  AUTO_BUF buf shown = {0};
  value_say(&shown, v, t, false);
  json_field_buf(w, "text", &shown);
  json_key(w, "value");
  if (v->type == VALUE_UNKNOWN || v->type == VALUE_ERROR)
    json_put_null(w);
  else
    value_put_json(w, v, t);
}

static void put_form(const unit_extra *extra, json_out *w) {
  json_field_open(w, "from", '[');
  for (size_t i = 0; extra && extra->form && i < extra->form_count; i++) {
    json_open(w, '{');
    json_field_str(w, "name", extra->form_fields[i].name);
    put_field(w, &extra->form_fields[i], &extra->form[i]);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_slot(unit *u, const record *about, const name_scope *sc, int number,
                     const unit_extra *extra, json_out *w, int depth) {
  const slot_value x = unit_slot(u, about, NULL, sc, number);
  json_open(w, '{');
  json_field_str(w, "name", x.name);
  if (x.field) {
    put_field(w, x.field, &x.value);
  } else {
    json_field_label(w, "title", x.title);
    if (x.type) put_value(w, &x.value, x.type);
  }
  if (x.reference) json_field_str(w, "reference", x.reference);
  if (x.since != DAY_NONE) json_field_day(w, "since", x.since);
  if (x.formula && depth > 0) {
    json_field_text(w, "formula", cel_program_source(x.formula));
    json_field_open(w, "from", '[');
    put_program(u, about, &about->kind->scope, x.formula, NULL, w, depth - 1);
    json_close(w, ']');
  }
  if (sc->slots[number].kind == SLOT_FORM) put_form(extra, w);
  json_close(w, '}');
}

static void put_program(unit *u, const record *about, const name_scope *sc, const cel_program *p,
                        const unit_extra *extra, json_out *w, int depth) {
  size_t count = 0;
  const int *slots = cel_program_slots(p, &count);
  for (size_t i = 0; i < count; i++) put_slot(u, about, sc, slots[i], extra, w, depth);
}

void unit_reasons(unit *u, const record *about, const name_scope *sc, const cel_program *p,
                  const unit_extra *extra, json_out *w) {
  json_open(w, '[');
  put_program(u, about, sc, p, extra, w, REASONS_DEPTH);
  json_close(w, ']');
}

/* ---- names of missing facts ---- */

static label label_of(const char *zh, const char *en) {
  return (label){zh ? zh : "", en ? en : ""};
}

/* "persons[2].health": the third of its kind, by name. */
static bool child_title(const unit *u, const char *name, label *ret) {
  for (size_t k = 0; k < u->pack->kind_count; k++) {
    const kind *c = &u->pack->kinds[k];
    size_t n = strlen(c->plural);
    if (n == 0 || strncmp(name, c->plural, n) != 0 || name[n] != '[') continue;
    char *end;
    unsigned long number = strtoul(name + n + 1, &end, 10);
    if (end[0] != ']' || end[1] != '.') return false;
    const field *f = field_find(c->fields, c->field_count, text_of(end + 2));
    if (!f) return false;
    for (size_t i = 0; i < u->child_count; i++) {
      if (u->children[i]->kind != c || number-- > 0) continue;
      text who = record_title(u->children[i]);
      *ret = label_of(arena_printf(u->a, "%.*s的%s", (int)who.bytes, who.at, f->title.zh),
                      arena_printf(u->a, "%s of %.*s", f->title.en, (int)who.bytes, who.at));
      return true;
    }
    return false;
  }
  return false;
}

/* "event.field" or "kind.field". */
static bool dotted_title(const unit *u, const char *name, label *ret) {
  const char *dot = strchr(name, '.');
  if (!dot) return false;
  text head = {name, (size_t)(dot - name)}, tail = text_of(dot + 1);
  const event_kind *ev = pack_event(u->pack, head);
  const kind *k = ev ? NULL : pack_kind(u->pack, head);
  if (!ev && !k) return false;
  const field *f = ev ? field_find(ev->fields, ev->field_count, tail)
                      : field_find(k->fields, k->field_count, tail);
  if (!f) return false;
  label of = ev ? ev->title : k->title;
  *ret = label_of(arena_printf(u->a, "%s的%s", of.zh, f->title.zh),
                  arena_printf(u->a, "%s of %s", f->title.en, of.en));
  return true;
}

label unit_missing_title(const unit *u, const kind *about, const char *name) {
  label found;
  const field *f = field_find(about->fields, about->field_count, text_of(name));
  if (f) return f->title;
  for (size_t i = 0; i < u->pack->parameter_count; i++)
    if (strcmp(u->pack->parameters[i].name, name) == 0) return u->pack->parameters[i].title;
  for (size_t i = 0; i < u->pack->variable_count; i++)
    if (strcmp(u->pack->variables[i].name, name) == 0) return u->pack->variables[i].title;
  for (size_t i = 0; i < u->pack->aggregate_count; i++)
    if (strcmp(u->pack->aggregates[i].name, name) == 0) return u->pack->aggregates[i].title;
  if (strcmp(name, CEL_MISSING_CALENDAR) == 0)
    return (label){"那一年的放假通知", "the holiday notice of that year"};
  if (child_title(u, name, &found) || dotted_title(u, name, &found)) return found;
  return (label){name, name};
}
