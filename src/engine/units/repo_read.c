/* Rows as the writer reads them: the kept units first, the store behind them. */
#include "engine/units/repo_read.h"

#include "engine/rights.h"

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

bool repo_load_subject(command_context *ctx, const kind *k, const uuid *id, record **out, err *e) {
  const record *known = unit_cache_subject(ctx->engine->cache, id);
  if (!known || known->kind != k) return store_subject(ctx->store, ctx->a, k, id, NULL, out, e);
  *out = copy_of(ctx->a, known);
  return *out || err_memory(e);
}

bool repo_cache_unit(command_context *ctx, cached_unit *k, err *e) {
  engine *eng = ctx->engine;
  if (!eng->cache) eng->cache = unit_cache_new();
  if (eng->cache && unit_cache_add(eng->cache, k)) return true;
  if (!eng->cache) cached_unit_free(k); /* else it is among the dropped */
  return err_memory(e);
}

/* Of units that are not kept: the day's beginning looks at too many to keep them all. */
static bool load_uncached(command_context *ctx, const kind *root_kind, const uuid *root, unit **u,
                          finding **open, size_t *open_count, casework **cases, size_t *case_count,
                          err *e) {
  record *there = NULL;
  if (!store_findings_of(ctx->store, ctx->a, root, true, open, open_count, e) ||
      !store_cases_of(ctx->store, ctx->a, root, cases, case_count, e) ||
      !store_subject(ctx->store, ctx->a, root_kind, root, NULL, &there, e))
    return false;
  if (there) *u = unit_load(ctx->store, ctx->a, root_kind, root, NULL, context_as_of(ctx), e);
  return !there || *u;
}

bool repo_load_unit(command_context *ctx, const kind *root_kind, const uuid *root, unit **u,
                    finding **open, size_t *open_count, casework **cases, size_t *case_count,
                    err *e) {
  cached_unit *k = repo_cached_unit(ctx, root);
  *u = NULL;
  if (!k && ctx->command->verb == VERB_TICK)
    return load_uncached(ctx, root_kind, root, u, open, open_count, cases, case_count, e);
  if (!k) {
    err why = {0};
    k = cached_unit_load(ctx, root_kind, root, &why);
    if (!k && why.code == ERR_UNKNOWN_NAME)
      return load_uncached(ctx, root_kind, root, u, open, open_count, cases, case_count, e);
    if (!k) {
      if (e) *e = why;
      return false;
    }
    if (!repo_cache_unit(ctx, k, e)) return false;
  }
  *open = ARENA_ARRAY(ctx->a, k->open_count, finding);
  *cases = ARENA_ARRAY(ctx->a, k->case_count, casework);
  if (!*open || !*cases) return err_memory(e);
  if (k->open_count) memcpy(*open, k->open, k->open_count * sizeof **open);
  if (k->case_count) memcpy(*cases, k->cases, k->case_count * sizeof **cases);
  *open_count = k->open_count;
  *case_count = k->case_count;
  *u = unit_over(ctx->store, ctx->a,
                 &(unit_parts){.root = k->root,
                               .children = k->children,
                               .child_count = k->child_count,
                               .indexes = k->indexes,
                               .event_kinds = k->kinds},
                 context_as_of(ctx), e);
  return *u != NULL;
}

unit *repo_load_event_unit(command_context *ctx, const event *ev, record *r, err *e) {
  const pack *p = catalog_pack_of_event(&ctx->engine->packs, ev->kind);
  record *root = r, **children = NULL;
  bool *none = ARENA_ARRAY(ctx->a, p->event_count, bool);
  if (!none) {
    err_memory(e);
    return NULL;
  }
  if (r->kind->parent >= 0) {
    children = ARENA_NEW(ctx->a, record *);
    if (!children) {
      err_memory(e);
      return NULL;
    }
    *children = r;
    if (!repo_load_subject(ctx, catalog_root_kind(&ctx->engine->packs, r->kind), &r->root, &root,
                           e))
      return NULL;
    if (!root) {
      rights_no_subject(e);
      return NULL;
    }
  }
  return unit_over(
      ctx->store, ctx->a,
      &(unit_parts){
          .root = root, .children = children, .child_count = children ? 1 : 0, .event_kinds = none},
      context_as_of(ctx), e);
}
