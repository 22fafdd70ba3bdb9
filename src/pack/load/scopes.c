/* What names mean where: the environments that a pack's expressions are checked in. */
#include "pack/load/scopes.h"
#include "pack/load/parts.h"

#include <stdio.h>

const cel_type *scope_type_of_word(const char *word) {
  static const struct {
    const char *word;
    const cel_type *type;
  } types[] = {{"money", &cel_money}, {"rate", &cel_rate}, {"number", &cel_number},
               {"int", &cel_int},     {"bool", &cel_bool}, {"text", &cel_string},
               {"date", &cel_date}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strcmp(types[i].word, word) == 0) return types[i].type;
  return NULL;
}

static const cel_type *type_of_words(loader *l, const char *const *words) {
  cel_type *t = TAKE(l, 1, cel_type);
  if (t) *t = (cel_type){.kind = CEL_STRING, .choices = words};
  return t ? t : &cel_dyn;
}

static const cel_type *type_of_choice(loader *l, const field *f) {
  const char **codes = TAKE(l, f->choice_count + 1, const char *);
  for (size_t i = 0; codes && i < f->choice_count; i++) codes[i] = f->choices[i].code;
  return type_of_words(l, codes);
}

const cel_type *scope_type_of_field(loader *l, const field *f) {
  const cel_type *list;
  switch (f->type) {
  case FIELD_TEXT:
    return &cel_string;
  case FIELD_INT:
    return &cel_int;
  case FIELD_MONEY:
    return &cel_money;
  case FIELD_RATE:
    return &cel_rate;
  case FIELD_NUMBER:
    return &cel_number;
  case FIELD_DATE:
    return &cel_date;
  case FIELD_BOOL:
    return &cel_bool;
  case FIELD_CHOICE:
    return type_of_choice(l, f);
  case FIELD_CHOICES:
    list = cel_list_of(l->a, type_of_choice(l, f));
    l->no_memory |= !list;
    return list ? list : &cel_dyn;
  }
  return &cel_dyn;
}

static const cel_type *record_type(loader *l, const char *name, const cel_field *fields,
                                   size_t count) {
  cel_record *r = TAKE(l, 1, cel_record);
  cel_type *t = TAKE(l, 1, cel_type);
  if (!r || !t) return &cel_dyn;
  *r = (cel_record){name, fields, count};
  *t = (cel_type){.kind = CEL_RECORD, .record = r};
  return t;
}

const cel_type *scope_type_of_record(loader *l, const char *name, const field *fields,
                                     size_t count) {
  cel_field *own = TAKE(l, count, cel_field);
  if (!own) return &cel_dyn;
  for (size_t i = 0; i < count; i++) own[i] = (cel_field){fields[i].name, fields[i].type_in_cel};
  return record_type(l, name, own, count);
}

const cel_type *scope_type_of_case(loader *l, const char *const *states) {
  cel_field *fields = TAKE(l, 6, cel_field);
  if (!fields) return &cel_dyn;
  fields[0] = (cel_field){"opened", &cel_date};
  fields[1] = (cel_field){"since", &cel_date};
  fields[2] = (cel_field){"state", states ? type_of_words(l, states) : &cel_string};
  fields[3] = (cel_field){"relapses", &cel_int};
  fields[4] = (cel_field){"measures", &cel_int};
  fields[5] = (cel_field){"open_findings", &cel_int};
  return record_type(l, "case", fields, 6);
}

/* ---- scopes ---- */

bool scope_begin(scoping *s, loader *l) {
  *s = (scoping){.l = l, .env = cel_env_new(l->a)};
  l->no_memory |= !s->env;
  return s->env != NULL;
}

bool scope_name(scoping *s, const char *name, const cel_type *type, slot_kind kind, int index,
                const origin *at) {
  if (!s->env) return false;
  if (cel_env_slot(s->env, name) >= 0) {
    if (at)
      FAULT(at->d, at->at, "“%s”在同一处已经有别的含义（字段、汇总、变量、子项等），请换一个名称。",
            "\"%s\" has another meaning here already (a field, aggregate, variable, list …); take "
            "another name.",
            name);
    return false;
  }
  slot *slots = ARENA_GROW(s->l->a, s->slots, s->count, &s->room, slot);
  if (slots) s->slots = slots;
  if (!slots || cel_env_add(s->env, name, type) != (int)s->count) {
    s->l->no_memory = true;
    return false;
  }
  s->slots[s->count++] = (slot){kind, index};
  return true;
}

name_scope scope_end(const scoping *s) {
  return (name_scope){s->env, s->slots, s->count};
}

void scope_parameters(scoping *s) {
  const pack *p = s->l->p;
  for (size_t i = 0; i < p->parameter_count; i++)
    scope_name(s, p->parameters[i].name, p->parameters[i].type, SLOT_PARAMETER, (int)i,
               &s->l->parameter_at[i]);
}

static origin name_origin(origin o) {
  const yaml *name = yaml_get(o.at, "name");
  return (origin){o.d, name ? name : o.at};
}

static void scope_family(scoping *s, const kind *k, bool tell) {
  loader *l = s->l;
  const pack *p = l->p;
  for (size_t i = 0; i < p->kind_count; i++) {
    const kind *child = &p->kinds[i];
    if (child->parent != k->index || !child->plural[0]) continue;
    const cel_type *list = cel_list_of(l->a, l->kind_types[i]);
    const yaml *plural = yaml_get(l->kind_at[i].at, "plural");
    origin at = {l->kind_at[i].d, plural ? plural : l->kind_at[i].at};
    l->no_memory |= !list;
    if (list) scope_name(s, child->plural, list, SLOT_CHILDREN, (int)i, tell ? &at : NULL);
  }
  if (k->parent < 0) return;
  origin at = name_origin(l->kind_at[k->index]);
  scope_name(s, p->kinds[k->parent].name, l->kind_types[k->parent], SLOT_PARENT, k->parent,
             tell ? &at : NULL);
}

/* All names but `case` and `form`. Fields come first: a field's slot is its index. */
static void scope_kind(scoping *s, int kind_index, bool tell) {
  loader *l = s->l;
  const pack *p = l->p;
  const kind *k = &p->kinds[kind_index];
  for (size_t i = 0; i < k->field_count; i++)
    scope_name(s, k->fields[i].name, k->fields[i].type_in_cel, SLOT_FIELD, (int)i, NULL);
  scope_name(s, "area", &cel_string, SLOT_AREA, 0, NULL);
  scope_family(s, k, tell);
  for (size_t i = 0; i < p->aggregate_count; i++) {
    origin at = name_origin(l->aggregate_at[i]);
    if (p->aggregates[i].of == kind_index)
      scope_name(s, p->aggregates[i].name, p->aggregates[i].type, SLOT_AGGREGATE, (int)i,
                 tell ? &at : NULL);
  }
  scope_parameters(s);
}

name_scope scope_of_case(loader *l, int kind_index, const cel_type *case_type,
                         const cel_type *form) {
  const pack *p = l->p;
  scoping s;
  if (!scope_begin(&s, l)) return (name_scope){0};
  scope_kind(&s, kind_index, false);
  for (size_t i = 0; i < p->variable_count; i++)
    if (p->variables[i].of == kind_index)
      scope_name(&s, p->variables[i].name, p->variables[i].type, SLOT_VARIABLE, (int)i, NULL);
  scope_name(&s, "case", case_type, SLOT_CASE, 0, NULL);
  if (form) scope_name(&s, "form", form, SLOT_FORM, 0, NULL);
  return scope_end(&s);
}

static void scope_subject(scoping *s, const event_kind *k) {
  loader *l = s->l;
  if (k->about < 0) return;
  const kind *about = &l->p->kinds[k->about];
  origin at = name_origin(l->event_at[k->index]);
  scope_name(s, about->name, l->kind_types[k->about], SLOT_ABOUT, k->about, &at);
  if (about->parent >= 0)
    scope_name(s, l->p->kinds[about->parent].name, l->kind_types[about->parent], SLOT_PARENT,
               about->parent, &at);
}

void pack_read_event_scopes(loader *l) {
  const pack *p = l->p;
  l->kind_types = TAKE(l, p->kind_count, const cel_type *);
  l->event_scopes = TAKE(l, p->event_count, scoping);
  if (!l->kind_types || !l->event_scopes) return;
  for (size_t i = 0; i < p->kind_count; i++)
    l->kind_types[i] =
        scope_type_of_record(l, p->kinds[i].name, p->kinds[i].fields, p->kinds[i].field_count);
  for (size_t i = 0; i < p->event_count; i++) {
    event_kind *k = &l->events[i];
    scoping *s = &l->event_scopes[i];
    if (!scope_begin(s, l)) return;
    for (size_t f = 0; f < k->field_count; f++)
      scope_name(s, k->fields[f].name, k->fields[f].type_in_cel, SLOT_FIELD, (int)f, NULL);
    scope_name(s, "on", &cel_date, SLOT_ON, 0, NULL);
    scope_subject(s, k);
    scope_parameters(s);
    k->scope = scope_end(s);
  }
}

void pack_read_kind_scopes(loader *l) {
  const pack *p = l->p;
  l->kind_scopes = TAKE(l, p->kind_count, scoping);
  if (!l->kind_types || !l->kind_scopes) return;
  for (size_t i = 0; i < p->kind_count; i++) {
    if (!scope_begin(&l->kind_scopes[i], l)) return;
    scope_kind(&l->kind_scopes[i], (int)i, true);
    l->kinds[i].scope = scope_end(&l->kind_scopes[i]);
  }
}
