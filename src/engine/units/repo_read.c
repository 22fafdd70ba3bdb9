/* The read half of the repository. */
#include "engine/units/repo_read.h"

#include "engine/rights.h"

#include <assert.h>

cached_unit *repo_cached_unit(command_context *ctx, const uuid *root) {
  return unit_cache_find(ctx->engine->cache, root);
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

bool repo_load_subject(command_context *ctx, const kind *k, const uuid *id, record **ret, err *e) {
  const record *known = unit_cache_subject(ctx->engine->cache, id);
  if (!known || known->kind != k)
    return store_subject_find(ctx->store, ctx->a, k, id, NULL, ret, e);
  *ret = copy_of(ctx->a, known);
  return *ret || err_memory(e);
}

bool repo_load_standing(command_context *ctx, const kind *k, const uuid *id, record **ret, err *e) {
  return repo_load_subject(ctx, k, id, ret, e) &&
         (*ret || store_subject_standing(ctx->store, ctx->a, k, id, ret, e));
}

bool repo_cache_unit(command_context *ctx, cached_unit *k, err *e) {
  engine *eng = ctx->engine;
  if (!eng->cache) eng->cache = unit_cache_new();
  if (eng->cache && unit_cache_add(eng->cache, k)) return true;
  if (!eng->cache) cached_unit_free(k); /* else it is among the dropped */
  return err_memory(e);
}

/* Past the cache: at the beginning of a day more units are evaluated than it holds. */
static bool load_uncached(command_context *ctx, const kind *root_kind, const uuid *root,
                          unit_state *ret, err *e) {
  record *there = NULL;
  unit_state s = {0};
  if (!store_findings_of(ctx->store, ctx->a, root, true, &s.open, &s.open_count, e) ||
      !store_cases_of(ctx->store, ctx->a, root, &s.cases, &s.case_count, e) ||
      !store_subject_find(ctx->store, ctx->a, root_kind, root, NULL, &there, e))
    return false;
  if (there) s.u = unit_load(ctx->store, ctx->a, root_kind, root, NULL, context_as_of(ctx), e);
  if (there && !s.u) return false;
  *ret = s;
  return true;
}

static bool copy_cached(command_context *ctx, const cached_unit *k, unit_state *ret, err *e) {
  assert(k->pack == catalog_pack_of(&ctx->engine->packs, k->root->kind)); /* not of an older one */
  unit_state s = {.open = ARENA_ARRAY(ctx->a, k->open_count, finding),
                  .open_count = k->open_count,
                  .cases = ARENA_ARRAY(ctx->a, k->case_count, casework),
                  .case_count = k->case_count};
  if (!s.open || !s.cases) return err_memory(e);
  if (k->open_count) memcpy(s.open, k->open, k->open_count * sizeof *s.open);
  if (k->case_count) memcpy(s.cases, k->cases, k->case_count * sizeof *s.cases);
  const unit_parts parts = {.root = k->root,
                            .children = k->children,
                            .child_count = k->child_count,
                            .indexes = k->indexes,
                            .event_kinds = k->kinds};
  s.u = unit_over(ctx->store, ctx->a, &parts, context_as_of(ctx), e);
  if (!s.u) return false;
  *ret = s;
  return true;
}

bool repo_load_unit(command_context *ctx, const kind *root_kind, const uuid *root, unit_state *ret,
                    err *e) {
  cached_unit *k = repo_cached_unit(ctx, root);
  if (!k && ctx->command->verb == VERB_TICK) return load_uncached(ctx, root_kind, root, ret, e);
  if (!k) {
    err why = {0};
    k = cached_unit_load(ctx, root_kind, root, &why);
    if (!k && why.code == ERR_UNKNOWN_NAME) return load_uncached(ctx, root_kind, root, ret, e);
    if (!k) {
      if (e) *e = why;
      return false;
    }
    if (!repo_cache_unit(ctx, k, e)) return false;
  }
  return copy_cached(ctx, k, ret, e);
}

unit *repo_load_event_unit(command_context *ctx, const event *ev, record *r, err *e) {
  const pack *p = catalog_pack_of_event(&ctx->engine->packs, ev->kind);
  bool *none = ARENA_ARRAY(ctx->a, p->event_count, bool);
  record **child = ARENA_NEW(ctx->a, record *);
  unit_parts parts = {.root = r, .event_kinds = none};
  if (!none || !child) {
    err_memory(e);
    return NULL;
  }
  if (r->kind->parent >= 0) {
    *child = r;
    parts.children = child;
    parts.child_count = 1;
    if (!repo_load_subject(ctx, catalog_root_kind(&ctx->engine->packs, r->kind), &r->root,
                           &parts.root, e))
      return NULL;
    if (!parts.root) {
      rights_no_subject(e);
      return NULL;
    }
  }
  return unit_over(ctx->store, ctx->a, &parts, context_as_of(ctx), e);
}
