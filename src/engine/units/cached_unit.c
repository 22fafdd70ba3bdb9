/* One cached unit: copies, in its own arena, of what is written to the store. */
#include "engine/context.h"

#include "engine/eval/unit_eval.h"

/* ---- copies that live as long as the unit ---- */

static bool copy_text(arena *a, text *t) {
  if (!t->at) return true;
  t->at = arena_copy(a, t->at, t->bytes);
  return t->at != NULL;
}

static bool copy_str(arena *a, const char **s) {
  *s = arena_text(a, *s);
  return *s != NULL;
}

static bool copy_missing(arena *a, value *v) {
  const missing *from = v->missing;
  const missing *first = NULL;
  missing *last = NULL;
  for (; from; from = from->next) {
    missing *m = ARENA_NEW(a, missing);
    if (!m || !(m->name = arena_text(a, from->name))) return false;
    if (last)
      last->next = m;
    else
      first = m;
    last = m;
  }
  v->missing = first;
  return true;
}

typedef enum copied { COPIED, NO_MEMORY, NOT_KEPT } copied;

/* Deep copy of the values that fields and aggregates can have; others cannot be cached. */
static copied copy_value(arena *a, value *v) {
  switch (v->type) {
  case VALUE_NULL:
  case VALUE_BOOL:
  case VALUE_INT:
  case VALUE_UINT:
  case VALUE_DOUBLE:
    return COPIED;
  case VALUE_STRING:
    return copy_text(a, &v->s) ? COPIED : NO_MEMORY;
  case VALUE_UNKNOWN:
    return copy_missing(a, v) ? COPIED : NO_MEMORY;
  case VALUE_ERROR: {
    err *own = v->error ? ARENA_NEW(a, err) : NULL;
    if (!own) return NO_MEMORY;
    *own = *v->error;
    v->error = own;
    return COPIED;
  }
  case VALUE_LIST: {
    value_list *list = ARENA_NEW(a, value_list);
    value *items = ARENA_ARRAY(a, v->list->count, value);
    if (!list || !items) return NO_MEMORY;
    for (size_t i = 0; i < v->list->count; i++) {
      items[i] = v->list->items[i];
      copied c = copy_value(a, &items[i]);
      if (c != COPIED) return c;
    }
    *list = (value_list){v->list->count, items};
    v->list = list;
    return COPIED;
  }
  default:
    return NOT_KEPT;
  }
}

static bool same_value(const value *x, const value *y) {
  if (x->type != y->type) return false;
  return x->type == VALUE_UNKNOWN ? x->missing == y->missing : value_equal(x, y);
}

/* `to` becomes `from`; fields that stay as they are keep their memory. */
static bool copy_record(arena *a, record *to, const record *from, bool fresh) {
  value *fields = to->fields;
  *to = *from;
  to->fields = fields;
  for (size_t i = 0; i < from->kind->field_count; i++) {
    if (!fresh && same_value(&fields[i], &from->fields[i])) continue;
    value v = from->fields[i];
    if (copy_value(a, &v) != COPIED) return false;
    fields[i] = v;
  }
  to->stored_title = from->stored_title.at ? record_title(to) : (text){NULL, 0};
  return true;
}

static record *new_record(arena *a, const record *from) {
  record *r = ARENA_NEW(a, record);
  if (!r || !(r->fields = ARENA_ARRAY(a, from->kind->field_count, value))) return NULL;
  return copy_record(a, r, from, true) ? r : NULL;
}

/* ---- making one ---- */

void cached_unit_free(cached_unit *k) {
  arena_free(k->a); /* it lives in its own arena */
}

cached_unit *cached_unit_new(const pack *p, const record *root, err *e) {
  arena *a = arena_new(0);
  cached_unit *k = a ? ARENA_NEW(a, cached_unit) : NULL;
  if (k) {
    *k = (cached_unit){.a = a,
                       .pack = p,
                       .root = new_record(a, root),
                       .indexes = ARENA_ARRAY(a, p->aggregate_count, aggregate_index),
                       .kinds = ARENA_ARRAY(a, p->event_count, bool)};
    for (size_t i = 0; k->indexes && k->kinds && i < p->aggregate_count; i++) {
      k->indexes[i].indexable = aggregate_index_plan(p, &p->aggregates[i]).indexable;
      if (!k->indexes[i].indexable) k->kinds[p->aggregates[i].over] = true;
    }
    if (k->root && k->indexes && k->kinds) return k;
  }
  err_memory(e);
  arena_free(a);
  return NULL;
}

static bool take_children(cached_unit *k, const unit *from) {
  for (size_t i = 0; i < from->child_count; i++)
    if (!cached_unit_put_subject(k, from->children[i], NULL)) return false;
  return true;
}

/* From the rows of the store, as unit_load brings them. */
cached_unit *cached_unit_load(command_context *ctx, const kind *root_kind, const uuid *root,
                              err *e) {
  unit *u = unit_load(ctx->store, ctx->a, root_kind, root, NULL, context_as_of(ctx), e);
  cached_unit *k = u ? cached_unit_new(u->pack, u->root, e) : NULL;
  if (!k) return NULL;
  bool ok = take_children(k, u) || err_memory(e);
  for (size_t i = 0; ok && i < u->pack->event_count; i++)
    for (size_t n = u->event_counts[i]; ok && n-- > 0;)
      ok = cached_unit_add_event(k, ctx, u->events[i][n]) || err_memory(e);
  ok = ok && store_findings_of(ctx->store, k->a, root, true, &k->open, &k->open_count, e) &&
       store_cases_of(ctx->store, k->a, root, &k->cases, &k->case_count, e);
  k->open_room = k->open_count;
  k->case_room = k->case_count;
  if (ok) return k;
  cached_unit_free(k);
  return NULL;
}

/* ---- taking in what was put ---- */

/* After those of its kind, before those of later kinds: the order of unit_load. */
static size_t place_of_child(const cached_unit *k, const record *r) {
  size_t at = k->child_count;
  while (at > 0 && k->children[at - 1]->kind->index > r->kind->index) at--;
  return at;
}

bool cached_unit_put_subject(cached_unit *k, const record *r, record **ret_added) {
  if (uuid_equal(&r->id, &k->root->id)) return copy_record(k->a, k->root, r, false);
  for (size_t i = 0; i < k->child_count; i++)
    if (uuid_equal(&r->id, &k->children[i]->id)) return copy_record(k->a, k->children[i], r, false);
  record *copy = new_record(k->a, r);
  record **more =
      copy ? ARENA_GROW(k->a, k->children, k->child_count, &k->child_room, record *) : NULL;
  if (!more) return false;
  k->children = more;
  size_t at = place_of_child(k, r);
  memmove(&more[at + 1], &more[at], (k->child_count - at) * sizeof *more);
  more[at] = copy;
  k->child_count++;
  if (ret_added) *ret_added = copy;
  return true;
}

bool cached_unit_add_event(cached_unit *k, command_context *ctx, const event *ev) {
  const pack *p = k->pack;
  unit around = {.a = ctx->a,
                 .packs = &ctx->engine->packs,
                 .pack = p,
                 .calendar = ctx->engine->calendar,
                 .today = ctx->today,
                 .root = k->root,
                 .next_evaluation = DAY_NONE};
  for (size_t i = 0; i < p->aggregate_count; i++) {
    const aggregate *agg = &p->aggregates[i];
    aggregate_index *r = &k->indexes[i];
    if (agg->over != ev->kind->index || !r->indexable) continue;
    index_plan plan = aggregate_index_plan(p, agg);
    parameter_reads reading = {.plan = &plan};
    contribution s = unit_contribution(&around, agg, ev, &reading);
    copied c = reading.today ? NOT_KEPT : copy_value(k->a, &s.v);
    if (c == NO_MEMORY) return false;
    if (c == NOT_KEPT) {
      r->indexable = false;
      k->kinds[ev->kind->index] = true;
    } else if (!aggregate_index_add(r, k->a, &s)) {
      return false;
    }
  }
  return true;
}

bool cached_unit_put_finding(cached_unit *k, const finding *f) {
  size_t at = 0;
  while (at < k->open_count && !uuid_equal(&k->open[at].id, &f->id)) at++;
  if (f->until != DAY_NONE) {
    if (at == k->open_count) return true;
    k->open_count--;
    memmove(&k->open[at], &k->open[at + 1], (k->open_count - at) * sizeof *f);
    return true;
  }
  finding own = *f;
  if (!copy_str(k->a, &own.kind) || !copy_str(k->a, &own.rule) ||
      !copy_text(k->a, &own.message_zh) || !copy_text(k->a, &own.message_en) ||
      !copy_text(k->a, &own.reasons))
    return false;
  if (at == k->open_count) {
    finding *more = ARENA_GROW(k->a, k->open, k->open_count, &k->open_room, finding);
    if (!more) return false;
    k->open = more;
    k->open_count++;
  }
  k->open[at] = own;
  return true;
}

bool cached_unit_put_case(cached_unit *k, const casework *c) {
  size_t at = 0;
  while (at < k->case_count && !uuid_equal(&k->cases[at].id, &c->id)) at++;
  if (c->withdrawn) return at == k->case_count; /* a unit with a withdrawn case is loaded anew */
  casework own = *c;
  if (!copy_str(k->a, &own.kind) || !copy_str(k->a, &own.process) ||
      !copy_str(k->a, &own.workflow) || !copy_str(k->a, &own.state))
    return false;
  if (at < k->case_count) {
    k->cases[at] = own;
    return true;
  }
  casework *more = ARENA_GROW(k->a, k->cases, k->case_count, &k->case_room, casework);
  if (!more) return false;
  k->cases = more;
  for (at = k->case_count++; at > 0; at--) { /* by (opened, id) */
    const casework *before = &more[at - 1];
    if (before->opened < own.opened ||
        (before->opened == own.opened && memcmp(before->id.b, own.id.b, sizeof own.id.b) < 0))
      break;
    more[at] = *before;
  }
  more[at] = own;
  return true;
}
