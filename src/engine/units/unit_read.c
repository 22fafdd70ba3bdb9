/* Rows as the writer reads them: the kept units first, the store behind them. */
#include "engine/units/unit_read.h"

#include "engine/rights.h"

kept *kept_of(work *w, const uuid *root) {
  return cache_find(w->g->cache, root);
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

bool keep_unit(work *w, kept *k, err *e) {
  engine *g = w->g;
  if (!g->cache) g->cache = cache_new();
  if (g->cache && cache_add(g->cache, k)) return true;
  if (!g->cache) kept_free(k); /* else it is among the dropped */
  return err_memory(e);
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
    if (!know_subject(w, catalog_root_kind(&w->g->packs, r->kind), &r->root, &root, e)) return NULL;
    if (!root) {
      no_subject(e);
      return NULL;
    }
  }
  return unit_over(w->s, w->a, root, children, children ? 1 : 0, NULL, none, w->g->calendar,
                   w->today, e);
}
