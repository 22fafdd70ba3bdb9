/* What a value was made of, for people: names, values, documents. */
#include "engine/eval/reasons.h"

#include "engine/eval/display.h"

#include <stdio.h>
#include <stdlib.h>

enum { REASONS_DEPTH = 6 };

static void put_label(json_out *w, const char *key, label l) {
  json_key(w, key);
  json_open(w, '{');
  json_key(w, "zh");
  json_put_str(w, l.zh);
  json_key(w, "en");
  json_put_str(w, l.en);
  json_close(w, '}');
}

static void put_value(json_out *w, const value *v, const cel_type *t) {
  AUTO_BUF buf shown = {0};
  value_say(&shown, v, t, false);
  json_key(w, "text");
  json_put_buf(w, &shown);
  json_key(w, "value");
  if (v->type == VALUE_UNKNOWN || v->type == VALUE_ERROR)
    json_put_null(w);
  else
    value_put_json(w, v, t);
}

static label choice_title(const field *f, const value *v) {
  const choice *c = v->type == VALUE_STRING ? choice_find(f, v->s) : NULL;
  return c ? c->title : (label){NULL, NULL};
}

static void put_program(unit *u, const record *about, const name_scope *sc, const cel_program *p,
                        const unit_extra *extra, json_out *w, int depth);

static void put_field(json_out *w, const field *f, const value *v) {
  put_label(w, "title", f->title);
  AUTO_BUF buf shown = {0};
  field_print(&shown, f, v, false, false);
  json_key(w, "text");
  json_put_buf(w, &shown);
  label chosen = f->type == FIELD_CHOICE ? choice_title(f, v) : (label){NULL, NULL};
  if (chosen.zh) put_label(w, "choice", chosen);
  json_key(w, "value");
  field_put_json(w, f, v, false);
}

static void put_parameter(unit *u, const parameter *p, json_out *w) {
  const dated_value *row = NULL;
  value v = parameter_at(p, u->a, u->today, &row);
  put_label(w, "title", p->title);
  put_value(w, &v, p->type);
  const char *document = row && row->reference ? row->reference : p->reference;
  if (document) {
    json_key(w, "reference");
    json_put_str(w, document);
  }
  if (row) {
    char on[11];
    day_format(row->from, on);
    json_key(w, "since");
    json_put_str(w, on);
  }
}

static void put_variable(unit *u, const record *about, const variable *d, json_out *w, int depth) {
  value v = unit_variable(u, about, d);
  put_label(w, "title", d->title);
  put_value(w, &v, d->type);
  const dated_program *now = NULL;
  for (size_t i = 0; i < d->count; i++)
    if (d->formulas[i].from <= u->today) now = &d->formulas[i];
  if (!now || depth == 0) return;
  json_key(w, "formula");
  json_put_text(w, cel_program_source(now->program));
  json_key(w, "from");
  json_open(w, '[');
  put_program(u, about, &about->kind->scope, now->program, NULL, w, depth - 1);
  json_close(w, ']');
}

static void put_slot(unit *u, const record *about, const name_scope *sc, int number,
                     const unit_extra *extra, json_out *w, int depth) {
  const slot *t = &sc->slots[number];
  json_open(w, '{');
  json_key(w, "name");
  json_put_str(w, cel_env_name(sc->env, number));
  switch (t->kind) {
  case SLOT_FIELD:
    put_field(w, &about->kind->fields[t->index], &about->fields[t->index]);
    break;
  case SLOT_PARAMETER:
    put_parameter(u, &u->pack->parameters[t->index], w);
    break;
  case SLOT_VARIABLE:
    put_variable(u, about, &u->pack->variables[t->index], w, depth);
    break;
  case SLOT_AGGREGATE: {
    const aggregate *agg = &u->pack->aggregates[t->index];
    value v = unit_aggregate(u, about, agg);
    put_label(w, "title", agg->title);
    put_value(w, &v, agg->type);
    break;
  }
  case SLOT_CHILDREN: {
    int64_t n = 0;
    for (size_t i = 0; i < u->child_count; i++)
      n += u->children[i]->kind == &u->pack->kinds[t->index] && unit_counts(u, u->children[i]);
    value v = value_int(n);
    put_label(w, "title", u->pack->kinds[t->index].title);
    put_value(w, &v, &cel_int);
    break;
  }
  case SLOT_ABOUT:
  case SLOT_PARENT:
    put_label(w, "title", u->root->kind->title);
    break;
  case SLOT_CASE:
    put_label(w, "title", (label){"个案", "case"});
    break;
  case SLOT_FORM:
    put_label(w, "title", (label){"填写内容", "what was filled in"});
    json_key(w, "from");
    json_open(w, '[');
    for (size_t i = 0; extra && extra->form && i < extra->form_count; i++) {
      json_open(w, '{');
      json_key(w, "name");
      json_put_str(w, extra->form_fields[i].name);
      put_field(w, &extra->form_fields[i], &extra->form[i]);
      json_close(w, '}');
    }
    json_close(w, ']');
    break;
  case SLOT_ON:
    put_label(w, "title", (label){"日期", "day"});
    break;
  case SLOT_AREA:
    put_label(w, "title", (label){"区域", "area"});
    break;
  }
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
  text head = {name, (size_t)(dot - name)}, journal_tail = text_of(dot + 1);
  const event_kind *ev = pack_event(u->pack, head);
  const kind *k = ev ? NULL : pack_kind(u->pack, head);
  if (!ev && !k) return false;
  const field *f = ev ? field_find(ev->fields, ev->field_count, journal_tail)
                      : field_find(k->fields, k->field_count, journal_tail);
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
