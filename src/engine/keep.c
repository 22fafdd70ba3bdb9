/* Rows as the writer reads and puts them: the kept units first, the store behind them. */
#include "engine/inside.h"

static kept *kept_of(work *w, const uuid *root) {
  return cache_find(w->g->cache, root);
}

/* Nothing that is half taken in is used again. */
static void taken(work *w, const uuid *root, bool whole) {
  if (!whole) cache_drop(w->g->cache, root);
}

static record *copy_of(arena *a, const record *from) {
  record *r = ARENA_NEW(a, record);
  value *fields = ARENA_ARRAY(a, from->kind->field_count, value);
  if (!r || !fields) return NULL;
  memcpy(fields, from->fields, from->kind->field_count * sizeof *fields);
  *r = *from;
  r->fields = fields;
  return r;
}

bool know_subject(work *w, const kind *k, const uuid *id, record **out, err *e) {
  const record *known = cache_subject(w->g->cache, id);
  if (!known || known->kind != k) return store_subject(w->s, w->a, k, id, NULL, out, e);
  *out = copy_of(w->a, known);
  return *out || err_memory(e);
}

static bool keep_unit(work *w, kept *k, err *e) {
  engine *g = w->g;
  if (!g->cache) g->cache = cache_new();
  if (g->cache && cache_add(g->cache, k)) return true;
  if (!g->cache) kept_free(k); /* else it is among the dropped */
  return err_memory(e);
}

bool keep_subject(work *w, record *r, bool fresh, err *e) {
  if (!store_subject_put(w->s, r, fresh, e)) return false;
  if (fresh && r->kind->parent < 0) { /* nothing else is known of it yet */
    kept *k = kept_new(pack_of_root(w, r->kind), r, e);
    return k && keep_unit(w, k, e);
  }
  kept *k = kept_of(w, &r->root);
  if (!k) return true;
  record *added = NULL;
  taken(w, &r->root,
        !r->withdrawn && kept_take_subject(k, r, &added) &&
            (!added || cache_name(w->g->cache, k, added)));
  return true;
}

bool keep_event(work *w, const event *x, err *e) {
  if (!store_event_put(w->s, x, e)) return false;
  kept *k = kept_of(w, &x->root);
  if (k) taken(w, &x->root, kept_take_event(k, w, x));
  return duties_note(w, x, false, e) && summaries_mark(w, x, e);
}

bool keep_withdrawal(work *w, const event *x, err *e) {
  if (!store_event_withdraw(w->s, x, e) ||
      (x->kind->pays && !store_payment_withdraw(w->s, &x->id, e)))
    return false;
  kept *k = kept_of(w, &x->root);
  for (size_t i = 0; k && i < k->pack->aggregate_count; i++)
    if (k->pack->aggregates[i].over == x->kind->index) roll_withdraw(&k->rolls[i], x->seq);
  return duties_note(w, x, true, e) && summaries_mark(w, x, e);
}

bool keep_finding(work *w, const finding *f, err *e) {
  if (!store_finding_put(w->s, f, e)) return false;
  kept *k = kept_of(w, &f->root);
  if (k) taken(w, &f->root, kept_take_finding(k, f));
  return true;
}

bool keep_case(work *w, const casework *c, err *e) {
  if (!store_case_put(w->s, c, e)) return false;
  kept *k = kept_of(w, &c->root);
  if (k) taken(w, &c->root, kept_take_case(k, c));
  return true;
}

/* Of units that are not kept: the day's beginning looks at too many to keep them all. */
static bool read_unit(work *w, const kind *root_kind, const uuid *root, unit **u, finding **open,
                      size_t *open_count, casework **cases, size_t *case_count, err *e) {
  record *there = NULL;
  if (!store_findings_of(w->s, w->a, root, true, open, open_count, e) ||
      !store_cases_of(w->s, w->a, root, cases, case_count, e) ||
      !store_subject(w->s, w->a, root_kind, root, NULL, &there, e))
    return false;
  if (there) *u = unit_load(w->s, w->a, root_kind, root, NULL, w->g->calendar, w->today, e);
  return !there || *u;
}

bool know_unit(work *w, const kind *root_kind, const uuid *root, unit **u, finding **open,
               size_t *open_count, casework **cases, size_t *case_count, err *e) {
  kept *k = kept_of(w, root);
  *u = NULL;
  if (!k && w->c->verb == VERB_TICK)
    return read_unit(w, root_kind, root, u, open, open_count, cases, case_count, e);
  if (!k) {
    err why = {0};
    k = kept_load(w, root_kind, root, &why);
    if (!k && why.code == ERR_UNKNOWN_NAME)
      return read_unit(w, root_kind, root, u, open, open_count, cases, case_count, e);
    if (!k) {
      if (e) *e = why;
      return false;
    }
    if (!keep_unit(w, k, e)) return false;
  }
  *open = ARENA_ARRAY(w->a, k->open_count, finding);
  *cases = ARENA_ARRAY(w->a, k->case_count, casework);
  if (!*open || !*cases) return err_memory(e);
  if (k->open_count) memcpy(*open, k->open, k->open_count * sizeof **open);
  if (k->case_count) memcpy(*cases, k->cases, k->case_count * sizeof **cases);
  *open_count = k->open_count;
  *case_count = k->case_count;
  *u = unit_over(w->s, w->a, k->root, k->children, k->child_count, k->rolls, k->kinds,
                 w->g->calendar, w->today, e);
  return *u != NULL;
}
