/* Facts that follow from events, in the order of their times. */
#include "engine/rules/effects.h"

#include "engine/eval/unit_eval.h"
#include "engine/rules/facts.h"
#include "engine/units/repo_read.h"
#include "engine/units/repo_write.h"

#include <stdlib.h>

/* ---- one event ---- */

static int by_code(const void *a, const void *b) {
  return text_compare(((const value *)a)->s, ((const value *)b)->s);
}

/* As the field keeps it: several choices sorted, distinct, and only those it has. */
static bool as_stored(arena *a, const field *f, value *v) {
  if (f->type != FIELD_CHOICES || v->type != VALUE_LIST) return true;
  value *items = ARENA_ARRAY(a, v->list->count, value);
  value_list *list = ARENA_NEW(a, value_list);
  if (!items || !list) return false;
  size_t n = 0;
  for (size_t i = 0; i < v->list->count; i++)
    if (v->list->items[i].type == VALUE_STRING && choice_find(f, v->list->items[i].s))
      items[n++] = v->list->items[i];
  if (n) qsort(items, n, sizeof *items, by_code);
  size_t left = n > 0;
  for (size_t i = 1; i < n; i++)
    if (by_code(&items[left - 1], &items[i]) != 0) items[left++] = items[i];
  *list = (value_list){left, items};
  *v = left || f->empty_title.zh[0] ? (value){.type = VALUE_LIST, .list = list}
                                    : value_missing(a, f->name);
  return true;
}

static bool sets_something(const value *v) {
  return v->type != VALUE_UNKNOWN && v->type != VALUE_ERROR;
}

/* On the day it was recorded: `today()` is the same whenever it is asked again. */
value *effects_evaluate(command_context *ctx, const event *ev, record *before, err *e) {
  const event_kind *k = ev->kind;
  value *values = ARENA_ARRAY(ctx->a, k->set_count, value);
  unit *u = repo_load_event_unit(ctx, ev, before, e);
  if (!u) return NULL;
  u->today = day_of_ms(ev->at_ms);
  for (size_t i = 0; values && i < k->set_count; i++) {
    values[i] = unit_event_eval(u, ev, k->sets[i].value);
    if (!as_stored(ctx->a, &before->kind->fields[k->sets[i].field], &values[i])) values = NULL;
  }
  if (!values) err_memory(e);
  return values;
}

bool effects_record(command_context *ctx, const event *ev, record *r, const value *values, err *e) {
  for (size_t i = 0; i < ev->kind->set_count; i++)
    if (sets_something(&values[i]) && !fact_record(ctx, r, ev->kind->sets[i].field, &values[i],
                                                   event_when(ev), ev->kind->name, e))
      return false;
  return true;
}

/* ---- a subject's events and facts, in order ---- */

typedef struct reapplying {
  command_context *ctx;
  record *subject; /* as it is known now */
  record *before;  /* as it was known before the event at hand */
  fact *facts;
  size_t fact_count, fact_next;
  event **events; /* those that set something, oldest first */
  size_t event_count, event_room;
  bool *touched; /* by field: set by one of them */
} reapplying;

static bool is_set_by(const event *ev, const char *field_name, const kind *k) {
  for (size_t i = 0; i < ev->kind->set_count; i++)
    if (strcmp(k->fields[ev->kind->sets[i].field].name, field_name) == 0) return true;
  return false;
}

static int older(const void *a, const void *b) {
  return when_compare(event_when(*(event *const *)a), event_when(*(event *const *)b));
}

static bool find_events(reapplying *t, const pack *p, when from, err *e) {
  const record *r = t->subject;
  for (size_t k = 0; k < p->event_count; k++) {
    event **all = NULL;
    size_t count = 0;
    if (p->events[k].about != r->kind->index || !p->events[k].set_count) continue;
    if (!store_events(t->ctx->store, t->ctx->a,
                      &(event_query){.kind = &p->events[k], .root = r->root, .from = from.on}, &all,
                      &count, e))
      return false;
    for (size_t i = 0; i < count; i++) {
      if (!uuid_equal(&all[i]->subject, &r->id) || when_compare(event_when(all[i]), from) < 0)
        continue;
      event **more = ARENA_GROW(t->ctx->a, t->events, t->event_count, &t->event_room, event *);
      if (!more) return err_memory(e);
      t->events = more;
      t->events[t->event_count++] = all[i];
    }
  }
  if (t->event_count) qsort(t->events, t->event_count, sizeof(event *), older);
  return true;
}

static void apply_fact(reapplying *t, const fact *f) {
  const kind *k = t->subject->kind;
  const field *d = field_find(k->fields, k->field_count, text_of(f->field));
  t->before->fields[d - k->fields] = f->v;
}

/* The fact that setter i of an event made; NULL: none. They stand at the event's place. */
static const fact *fact_of_setter(const reapplying *t, const event *ev, int i) {
  const char *name = t->subject->kind->fields[ev->kind->sets[i].field].name;
  for (size_t n = t->fact_next; n < t->fact_count; n++) {
    const fact *f = &t->facts[n];
    int order = when_compare(fact_when(f), event_when(ev));
    if (order > 0) break;
    if (order == 0 && strcmp(f->field, name) == 0) return f;
  }
  return NULL;
}

static bool replace_fact(reapplying *t, const event *ev, int i, const fact *had, const value *v,
                         err *e) {
  const field *d = &t->subject->kind->fields[ev->kind->sets[i].field];
  const bool sets = sets_something(v);
  if (had && sets && had->v.type == v->type && value_equal(&had->v, v)) return true;
  if (had && !store_fact_drop(t->ctx->store, had, e)) return false;
  return !sets || fact_of_event(t->ctx, ev, d, v, e);
}

/* What the event sets, and what it answered, becomes known. */
static bool reapply_event(reapplying *t, const event *ev, err *e) {
  const event_kind *k = ev->kind;
  const bool fresh = ev->seq == t->ctx->seq;
  while (t->fact_next < t->fact_count &&
         when_compare(fact_when(&t->facts[t->fact_next]), event_when(ev)) < 0)
    apply_fact(t, &t->facts[t->fact_next++]);
  value *values = effects_evaluate(t->ctx, ev, t->before, e);
  if (!values) return false;
  for (size_t i = 0; i < k->set_count; i++) {
    const fact *had = fact_of_setter(t, ev, (int)i);
    if (k->sets[i].frozen && !fresh) {
      values[i] = had ? had->v : (value){.type = VALUE_UNKNOWN};
    } else {
      t->touched[k->sets[i].field] = true;
      if (!replace_fact(t, ev, (int)i, had, &values[i], e)) return false;
    }
  }
  for (; t->fact_next < t->fact_count; t->fact_next++) {
    const fact *f = &t->facts[t->fact_next];
    if (when_compare(fact_when(f), event_when(ev)) > 0) break;
    if (!is_set_by(ev, f->field, t->subject->kind)) apply_fact(t, f);
  }
  for (size_t i = 0; i < k->set_count; i++)
    if (sets_something(&values[i])) t->before->fields[k->sets[i].field] = values[i];
  return true;
}

/* The subject as it is known after all of them. */
static bool save_subject(reapplying *t, err *e) {
  record *r = t->subject;
  bool any = false;
  while (t->fact_next < t->fact_count) apply_fact(t, &t->facts[t->fact_next++]);
  for (size_t i = 0; i < r->kind->field_count; i++) {
    const value *now = &t->before->fields[i];
    if (!t->touched[i] || (now->type == r->fields[i].type &&
                           (now->type == VALUE_UNKNOWN || value_equal(now, &r->fields[i]))))
      continue;
    r->fields[i] = *now;
    any = true;
  }
  if (!any) return true;
  r->version = t->ctx->seq;
  return repo_save_subject(t->ctx, r, false, e);
}

static const pack *pack_with_setters(const command_context *ctx, const kind *k) {
  const pack *p = catalog_pack_of(&ctx->engine->packs, k);
  for (size_t i = 0; i < p->event_count; i++)
    if (p->events[i].about == k->index && p->events[i].set_count) return p;
  return NULL;
}

bool effects_from(command_context *ctx, record *r, when from, err *e) {
  const pack *p = pack_with_setters(ctx, r->kind);
  if (!p) return true;
  reapplying t = {.ctx = ctx,
                  .subject = r,
                  .before = record_new(ctx->a, r->kind),
                  .touched = ARENA_ARRAY(ctx->a, r->kind->field_count, bool)};
  if (!t.before || !t.touched) return err_memory(e);
  if (!find_events(&t, p, from, e)) return false;
  if (!t.event_count) return true;
  value *fields = t.before->fields;
  *t.before = *r;
  t.before->fields = fields;
  if (!store_facts_of(ctx->store, ctx->a, r, &t.facts, &t.fact_count, e)) return false;
  for (size_t i = 0; i < t.event_count; i++)
    if (!reapply_event(&t, t.events[i], e)) return false;
  return save_subject(&t, e);
}
