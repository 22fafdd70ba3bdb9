/* Forms: reading what was filled in, and checking it. */
#include "engine/rules/form.h"
#include "pack/model/field_value.h"

#include "engine/eval/record.h"
#include "engine/eval/unit_eval.h"
#include "engine/units/repo_read.h"

#include <stdio.h>

#define SHOWN_TEXT(t) (int)text_cut((t), 60).bytes, (t).at

static bool unknown_key(text key, err *e) {
  char name[80];
  snprintf(name, sizeof name, "%.*s", (int)(key.bytes < 79 ? key.bytes : 79), key.at);
  return err_set(e, ERR_BAD_INPUT, name, "没有“%s”这一项。", "There is no field \"%s\".", name);
}

/* What a field names by its key must be registered. */
static bool is_there(const form_place *at, const field *f, const value *v, err *e) {
  if (!f->of || v->type != VALUE_STRING) return true;
  const kind *k = catalog_kind(at->packs, text_of(f->of), NULL);
  record *r = NULL;
  if (!k || !store_subject_find_by_key(at->s, at->a, k, v->s, &r, e)) return !k;
  if (r) return true;
  return err_set(e, ERR_BAD_INPUT, f->name, "没有登记过名为“%.*s”的%s，请从列表里选，或先登记。",
                 "There is no \"%.*s\" among the registered: %s; choose from the list, or "
                 "register it first.",
                 SHOWN_TEXT(v->s), LABEL(k->title));
}

/* Each name must be an active officer's login, and each once: who must be two is two. */
static bool are_officers(const form_place *at, const field *f, const value *v, err *e) {
  if ((f->format != FORMAT_OFFICERS && f->format != FORMAT_OFFICER) || v->type != VALUE_STRING)
    return true;
  uuid *seen = NULL;
  size_t count = 0, room = 0;
  text left = v->s;
  while (left.bytes) {
    const char *space = memchr(left.at, ' ', left.bytes);
    text name = {left.at, space ? (size_t)(space - left.at) : left.bytes};
    officer *o = NULL;
    if (!store_officer_find_by_login(at->s, at->a, name, &o, e)) return false;
    if (!o || !o->active)
      return err_set(e, ERR_BAD_INPUT, f->name, "没有登录名为“%.*s”的在岗人员，请从列表里选。",
                     "There is no active officer with the login \"%.*s\"; choose from the list.",
                     SHOWN_TEXT(name));
    for (size_t i = 0; i < count; i++)
      if (uuid_equal(&seen[i], &o->id))
        return err_set(e, ERR_BAD_INPUT, f->name, "“%.*s”写了两次，每人只写一次。",
                       "\"%.*s\" is named twice; name each once.", SHOWN_TEXT(name));
    if (!(seen = ARENA_GROW(at->a, seen, count, &room, uuid))) return err_memory(e);
    seen[count++] = o->id;
    left = space ? (text){space + 1, left.bytes - name.bytes - 1} : (text){NULL, 0};
  }
  return true;
}

bool form_read(command_context *ctx, const field *fields, size_t count, const json *form,
               bool whole, value *ret, err *e) {
  if (form && form->type != JSON_MAP)
    return err_set(e, ERR_BAD_INPUT, "fields", "填写内容必须是一个 JSON 对象。",
                   "The form must be a JSON object.");
  for (size_t i = 0; form && i < form->count; i++)
    if (!field_find(fields, count, form->keys[i])) return unknown_key(form->keys[i], e);
  for (size_t i = 0; i < count; i++) {
    const json *j = json_get(form, fields[i].name);
    if (j) {
      if (!field_read_json(&fields[i], ctx->a, j, ctx->today, &ret[i], e)) return false;
    } else if (whole) {
      ret[i] = value_missing(ctx->a, fields[i].name);
    }
    if (field_is_filled(&fields[i]) && ret[i].type != VALUE_UNKNOWN)
      return err_set(e, ERR_BAD_INPUT, fields[i].name, "“%s”由系统填写，请留空。",
                     "\"%s\" is filled in by the system; leave it out.", LABEL(fields[i].title));
    if (whole && fields[i].required && !fields[i].applies_when && !fields[i].serial &&
        ret[i].type == VALUE_UNKNOWN)
      return err_set(e, ERR_BAD_INPUT, fields[i].name, "请填写“%s”。", "Please fill in \"%s\".",
                     LABEL(fields[i].title));
    if (!whole && j && fields[i].required && ret[i].type == VALUE_UNKNOWN)
      return err_set(e, ERR_BAD_INPUT, fields[i].name, "“%s”不能为空。", "\"%s\" may not be empty.",
                     LABEL(fields[i].title));
  }
  return true;
}

bool form_check_references(const form_place *at, const field *fields, size_t count,
                           const value *values, err *e) {
  for (size_t i = 0; i < count; i++)
    if (!is_there(at, &fields[i], &values[i], e) || !are_officers(at, &fields[i], &values[i], e))
      return false;
  return true;
}

/* ---- fields that apply sometimes ---- */

static bool depends(const field *f) {
  if (f->applies_when) return true;
  for (size_t i = 0; i < f->choice_count; i++)
    if (f->choices[i].applies_when || f->choices[i].from != DAY_NONE ||
        f->choices[i].to != DAY_NONE)
      return true;
  return false;
}

static bool offered(const form_scope *q, const choice *c) {
  if (!choice_on(c, q->on)) return false;
  value v = c->applies_when ? q->eval(q->context, c->applies_when) : value_bool(true);
  return v.type != VALUE_BOOL || v.yes;
}

static bool check_choice(const form_scope *q, const field *f, text code, err *e) {
  const choice *c = choice_find(f, code);
  if (!c || offered(q, c)) return true;
  return err_set(e, ERR_BAD_INPUT, f->name, "“%s”里的“%s”不适用于这个对象或这一天，请去掉。",
                 "Of \"%s\" the choice \"%s\" does not apply here or on that day; take it "
                 "out.",
                 LABEL(f->title), LABEL(c->title));
}

/* Rejects answers to fields that do not apply (`applies_when`), and missing answers to required
 * fields that do. `changed` (may be NULL): the fields checked. */
static bool check_applicable(const form_scope *q, const field *fields, size_t count,
                             const value *values, const bool *changed, err *e) {
  for (size_t i = 0; i < count; i++) {
    const field *f = &fields[i];
    const value *v = &values[i];
    if ((changed && !changed[i]) || !depends(f)) continue;
    value yes = f->applies_when ? q->eval(q->context, f->applies_when) : value_bool(true);
    bool asked_for = yes.type != VALUE_BOOL || yes.yes;
    if (!asked_for && v->type != VALUE_UNKNOWN)
      return err_set(e, ERR_BAD_INPUT, f->name, "“%s”这里不用填，请去掉。",
                     "\"%s\" is not asked here; take it out.", LABEL(f->title));
    if (f->applies_when && yes.type == VALUE_BOOL && yes.yes && f->required &&
        v->type == VALUE_UNKNOWN)
      return err_set(e, ERR_BAD_INPUT, f->name, "请填写“%s”。", "Please fill in \"%s\".",
                     LABEL(f->title));
    if (v->type == VALUE_STRING && f->type == FIELD_CHOICE && !check_choice(q, f, v->s, e))
      return false;
    for (size_t k = 0; v->type == VALUE_LIST && k < v->list->count; k++)
      if (!check_choice(q, f, v->list->items[k].s, e)) return false;
  }
  return true;
}

/* ---- a record by itself ---- */

typedef struct own_fields {
  arena *a;
  lone_record record;
} own_fields;

static value eval_own(void *context, const cel_program *p) {
  const own_fields *own = context;
  return eval_record(own->a, &own->record, p);
}

bool form_check_subject(const form_place *at, const kind *k, const value *values,
                        const bool *changed, err *e) {
  own_fields own = {at->a,
                    {.scope = &k->scope,
                     .fields = values,
                     .pack = catalog_pack_of(at->packs, k),
                     .on = DAY_NONE,
                     .now = at->now}};
  form_scope q = {eval_own, &own, at->now.today};
  return check_applicable(&q, k->fields, k->field_count, values, changed, e);
}

/* As the field's own reader would take it; false: it would not. */
static bool is_fit(const field *f, const value *v) {
  switch (f->type) {
  case FIELD_BOOL:
    return v->type == VALUE_BOOL;
  case FIELD_TEXT:
    return v->type == VALUE_STRING && (int64_t)text_points(v->s) <= f->max;
  case FIELD_CHOICE:
    return v->type == VALUE_STRING && choice_find(f, v->s);
  case FIELD_CHOICES:
    return false;
  default:
    return v->type == VALUE_INT && (f->min > f->max || (v->i >= f->min && v->i <= f->max));
  }
}

bool form_fill_in(const form_place *at, const kind *k, value *values, const bool *given,
                  bool *ret_filled, err *e) {
  const lone_record own = {.scope = &k->scope, .fields = values, .on = DAY_NONE, .now = at->now};
  for (size_t i = 0; i < k->field_count; i++) {
    const field *f = &k->fields[i];
    if (!f->filled_from || given[i] || values[i].type != VALUE_UNKNOWN || field_is_owned(f))
      continue;
    value v = eval_record(at->a, &own, f->filled_from);
    if (!is_fit(f, &v)) continue;
    values[i] = v;
    if (ret_filled) ret_filled[i] = true;
  }
  return arena_whole(at->a, true, e);
}

bool form_check_fields(const form_place *at, const name_scope *sc, const field *fields,
                       size_t count, const value *values, err *e) {
  const lone_record own = {.scope = sc, .fields = values, .on = DAY_NONE, .now = at->now};
  for (size_t i = 0; i < count; i++) {
    if (!fields[i].check) continue;
    value v = eval_record(at->a, &own, fields[i].check);
    if (v.type == VALUE_UNKNOWN || (v.type == VALUE_BOOL && v.yes)) continue;
    return err_set(e, ERR_BAD_INPUT, fields[i].name, "%s：%s", "%s: %s", LABEL(fields[i].title),
                   LABEL(fields[i].check_message));
  }
  return true;
}

/* ---- an event with its subject, and nothing else ---- */

typedef struct of_event {
  unit *u;
  const event *ev;
} of_event;

static value eval_of_event(void *context, const cel_program *p) {
  const of_event *o = context;
  return unit_event_eval(o->u, o->ev, p);
}

bool form_check_event(command_context *ctx, const event *ev, record *r, err *e) {
  const event_kind *k = ev->kind;
  bool any = false;
  for (size_t i = 0; i < k->field_count; i++) any |= depends(&k->fields[i]);
  if (!any) return true;
  of_event o = {repo_load_event_unit(ctx, ev, r, e), ev};
  if (!o.u) return false;
  form_scope q = {eval_of_event, &o, ev->on};
  return check_applicable(&q, k->fields, k->field_count, ev->fields, NULL, e);
}
