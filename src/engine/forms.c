/* What a form asks and does not ask, what follows for the subject, and what the engine numbers. */
#include "engine/inside.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- asked only sometimes ---- */

static bool depends(const field *f) {
  if (f->asked) return true;
  for (size_t i = 0; i < f->choice_count; i++)
    if (f->choices[i].asked || f->choices[i].from != DAY_NONE || f->choices[i].to != DAY_NONE)
      return true;
  return false;
}

static bool offered(const form_asking *q, const choice *c) {
  if (!choice_on(c, q->on)) return false;
  value v = c->asked ? q->eval(q->context, c->asked) : value_bool(true);
  return v.type != VALUE_BOOL || v.yes;
}

static bool check_choice(const form_asking *q, const field *f, text code, err *e) {
  const choice *c = choice_find(f, code);
  if (!c || offered(q, c)) return true;
  return err_set(e, ERR_BAD_INPUT, f->name,
                 "“%s”里的“%s”不适用于这个对象或这一天，请去掉。%.0s%.0s",
                 "%.0s%.0sOf \"%s\" the choice \"%s\" does not apply here or on that day; take it "
                 "out.",
                 f->title.zh, c->title.zh, f->title.en, c->title.en);
}

bool check_asked(const form_asking *q, const field *fields, size_t count, const value *values,
                 const bool *only, err *e) {
  for (size_t i = 0; i < count; i++) {
    const field *f = &fields[i];
    const value *v = &values[i];
    if ((only && !only[i]) || !depends(f)) continue;
    value yes = f->asked ? q->eval(q->context, f->asked) : value_bool(true);
    bool asked_for = yes.type != VALUE_BOOL || yes.yes;
    if (!asked_for && v->type != VALUE_UNKNOWN)
      return err_set(e, ERR_BAD_INPUT, f->name, "“%s”这里不用填，请去掉。%.0s",
                     "%.0s\"%s\" is not asked here; take it out.", f->title.zh, f->title.en);
    if (f->asked && yes.type == VALUE_BOOL && yes.yes && f->required && v->type == VALUE_UNKNOWN)
      return err_set(e, ERR_BAD_INPUT, f->name, "请填写“%s”。%.0s", "Please fill in %.0s\"%s\".",
                     f->title.zh, f->title.en);
    if (v->type == VALUE_STRING && f->type == FIELD_CHOICE && !check_choice(q, f, v->s, e))
      return false;
    for (size_t k = 0; v->type == VALUE_LIST && k < v->list->count; k++)
      if (!check_choice(q, f, v->list->items[k].s, e)) return false;
  }
  return true;
}

/* ---- an event with its subject, and nothing else ---- */

unit *unit_of_event(work *w, const event *x, record *r, err *e) {
  const pack *p = catalog_pack_of_event(&w->g->packs, x->kind);
  record *root = r, **children = NULL;
  bool *none = ARENA_ARRAY(w->a, p->event_count, bool);
  if (!none) {
    err_memory(e);
    return NULL;
  }
  if (r->kind->parent >= 0) {
    children = ARENA_NEW(w->a, record *);
    if (!children) {
      err_memory(e);
      return NULL;
    }
    *children = r;
    if (!know_subject(w, root_kind_of(w, r->kind), &r->root, &root, e)) return NULL;
    if (!root) {
      no_subject(e);
      return NULL;
    }
  }
  return unit_over(w->s, w->a, root, children, children ? 1 : 0, NULL, none, w->g->calendar,
                   w->today, e);
}

typedef struct of_event {
  unit *u;
  const event *x;
} of_event;

static value eval_of_event(void *context, const cel_program *p) {
  const of_event *o = context;
  return unit_event_eval(o->u, o->x, p);
}

bool check_event_form(work *w, const event *x, record *r, err *e) {
  const event_kind *k = x->kind;
  bool any = false;
  for (size_t i = 0; i < k->field_count; i++) any |= depends(&k->fields[i]);
  if (!any || w->g->replaying) return true;
  of_event o = {unit_of_event(w, x, r, e), x};
  if (!o.u) return false;
  form_asking q = {eval_of_event, &o, x->on};
  return check_asked(&q, k->fields, k->field_count, x->fields, NULL, e);
}

/* ---- facts that follow ---- */

static int by_code(const void *a, const void *b) {
  return text_compare(((const value *)a)->s, ((const value *)b)->s);
}

/* As the field keeps it: several choices sorted, distinct, and only those it has. */
static bool as_kept(arena *a, const field *f, value *v) {
  if (f->type != FIELD_CHOICES || v->type != VALUE_LIST) return true;
  value *items = ARENA_ARRAY(a, v->list->count, value);
  value_list *list = ARENA_NEW(a, value_list);
  if (!items || !list) return false;
  size_t n = 0;
  for (size_t i = 0; i < v->list->count; i++)
    if (v->list->items[i].type == VALUE_STRING && choice_find(f, v->list->items[i].s))
      items[n++] = v->list->items[i];
  if (n) qsort(items, n, sizeof *items, by_code);
  size_t kept = n > 0;
  for (size_t i = 1; i < n; i++)
    if (by_code(&items[kept - 1], &items[i]) != 0) items[kept++] = items[i];
  *list = (value_list){kept, items};
  *v =
      kept || f->none.zh[0] ? (value){.type = VALUE_LIST, .list = list} : value_missing(a, f->name);
  return true;
}

bool event_sets(work *w, const event *x, record *r, value **out, err *e) {
  const event_kind *k = x->kind;
  *out = NULL;
  if (k->set_count == 0) return true;
  value *values = ARENA_ARRAY(w->a, k->set_count, value);
  unit *u = unit_of_event(w, x, r, e);
  if (!values || !u) return u ? err_memory(e) : false;
  for (size_t i = 0; i < k->set_count; i++) {
    values[i] = unit_event_eval(u, x, k->sets[i].value);
    if (!as_kept(w->a, &r->kind->fields[k->sets[i].field], &values[i])) return err_memory(e);
  }
  *out = values;
  return true;
}

bool say_event_sets(work *w, const event *x, record *r, const value *values, bool *any, err *e) {
  for (size_t i = 0; values && i < x->kind->set_count; i++) {
    if (values[i].type == VALUE_UNKNOWN || values[i].type == VALUE_ERROR) continue;
    if (!say_fact(w, r, x->kind->sets[i].field, &values[i], x->on, x->kind->name, e)) return false;
    *any = true;
  }
  return true;
}

/* ---- numbers ---- */

static bool give_number(work *w, const field *f, day on, value *out, err *e) {
  char day_text[11], n_text[24];
  int64_t n = 0;
  AUTO_BUF buf b = {0};
  day_format(on, day_text);
  bool by_year = strstr(f->serial, "{year}") != NULL;
  /* what is written alike is one series, whichever step gives it */
  if (!store_serial_next(w->s, f->serial, by_year ? day_to_ymd(on).year : 0, &n, e)) return false;
  snprintf(n_text, sizeof n_text, "%lld", (long long)n);
  for (const char *c = f->serial; *c;) {
    if (strncmp(c, "{n}", 3) == 0) {
      buf_str(&b, n_text);
      c += 3;
    } else if (strncmp(c, "{year}", 6) == 0) {
      buf_add(&b, day_text, 4);
      c += 6;
    } else {
      buf_char(&b, *c++);
    }
  }
  char *copy = buf_ok(&b) ? arena_copy(w->a, b.at, b.bytes) : NULL;
  if (!copy) return err_memory(e);
  *out = value_string((text){copy, b.bytes});
  return true;
}

bool give_numbers(work *w, const field *fields, size_t count, day on, value *values, err *e) {
  for (size_t i = 0; i < count; i++)
    if (fields[i].serial && !give_number(w, &fields[i], on, &values[i], e)) return false;
  return true;
}
