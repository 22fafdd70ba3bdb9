/* Who owns a field: the steps, measures and events that write it. What they write is the result of
 * a procedure, and closed to whoever would merely type it. */
#include "pack/load/parts.h"

/* One pass counts, so that the lists can be taken; one fills them. */
typedef struct owners_pass {
  loader *l;
  bool fills;
} owners_pass;

static void add_owner(const owners_pass *x, int kind_index, int field_index, const owner *o) {
  field *f = (field *)&x->l->kinds[kind_index].fields[field_index];
  for (size_t i = 0; x->fills && i < f->owner_count; i++)
    if (strcmp(f->owners[i].name, o->name) == 0 && f->owners[i].type == o->type) return;
  if (x->fills) ((owner *)f->owners)[f->owner_count] = *o;
  f->owner_count++;
}

static void add_answers(const owners_pass *x, int kind_index, const field *fields, size_t count,
                        const owner *o) {
  for (size_t i = 0; i < count; i++)
    if (fields[i].fact_index >= 0) add_owner(x, kind_index, fields[i].fact_index, o);
}

static void add_all(const owners_pass *x) {
  const pack *p = x->l->p;
  for (size_t w = 0; w < p->workflow_count; w++)
    for (size_t i = 0; i < p->workflows[w].transition_count; i++) {
      const transition *t = &p->workflows[w].transitions[i];
      const owner o = {OWNER_TRANSITION, p->workflows[w].name, t->name, t->title};
      add_answers(x, p->workflows[w].of, t->fields, t->field_count, &o);
      for (size_t s = 0; s < t->set_count; s++)
        add_owner(x, p->workflows[w].of, t->sets[s].field, &o);
      for (size_t s = 0; s < t->clear_count; s++)
        add_owner(x, p->workflows[w].of, t->clears[s], &o);
    }
  for (size_t i = 0; i < p->measure_count; i++) {
    const measure_kind *m = &p->measures[i];
    add_answers(x, m->of, m->fields, m->field_count,
                &(owner){OWNER_MEASURE, NULL, m->name, m->title});
  }
  for (size_t i = 0; i < p->event_count; i++) {
    const event_kind *k = &p->events[i];
    const owner o = {OWNER_EVENT, NULL, k->name, k->title};
    if (k->about < 0 || k->derived) continue;
    add_answers(x, k->about, k->fields, k->field_count, &o);
    for (size_t s = 0; s < k->set_count; s++) add_owner(x, k->about, k->sets[s].field, &o);
  }
}

/* A field's line in its file. */
static const yaml *place_of(const loader *l, int kind_index, const field *f) {
  const yaml *items = yaml_get(l->kind_at[kind_index].at, "fields");
  for (size_t i = 0; items && i < items->count; i++)
    if (text_is(yaml_text(&items->items[i], "name"), f->name)) return &items->items[i];
  return l->kind_at[kind_index].at;
}

/* Only what an event merely observes may be typed as well. */
static void check_typed(loader *l, int kind_index, const field *f) {
  const doc *d = l->kind_at[kind_index].d;
  const yaml *at = place_of(l, kind_index, f), *typed = yaml_get(at, "typed");
  if (f->typed == TYPED_ALWAYS && !f->owner_count)
    FAULT(d, typed, "没有步骤、措施或登记写入“%s”，本来就可以填写，请删去“typed”。",
          "No step, measure or event writes \"%s\", so it may be typed anyway; remove \"typed\".",
          f->name);
  for (size_t i = 0; f->typed == TYPED_ALWAYS && i < f->owner_count; i++)
    if (f->owners[i].type != OWNER_EVENT) {
      FAULT(d, typed, "“%s”由“%s”写入，是办理的结果，不能另行填写，请删去“typed: true”。",
            "\"%s\" is written by \"%s\": a result of the procedure, which nobody types; remove "
            "\"typed: true\".",
            f->name, LABEL(f->owners[i].title));
      break;
    }
  if (field_is_owned(f) && f->required)
    FAULT(d, yaml_get(at, "required"), "“%s”不由人填写，不能必填，请删去“required”。",
          "\"%s\" is not typed, so it cannot be required; remove \"required\".", f->name);
}

void pack_read_owners(loader *l) {
  owners_pass x = {.l = l};
  add_all(&x);
  for (size_t k = 0; k < l->p->kind_count; k++)
    for (size_t i = 0; i < l->kinds[k].field_count; i++) {
      field *f = (field *)&l->kinds[k].fields[i];
      if (!f->owner_count) continue;
      f->owners = TAKE(l, f->owner_count, owner);
      if (!f->owners) return;
      f->owner_count = 0;
    }
  x.fills = true;
  add_all(&x);
  for (size_t k = 0; k < l->p->kind_count; k++)
    for (size_t i = 0; i < l->kinds[k].field_count; i++)
      check_typed(l, (int)k, &l->kinds[k].fields[i]);
}
