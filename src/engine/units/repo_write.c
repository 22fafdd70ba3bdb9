/* The write half of the repository. */
#include "engine/units/repo_write.h"

#include "engine/duties/tracking.h"
#include "engine/rules/summaries.h"
#include "engine/units/repo_read.h"

/* Drops the cached unit if the update failed half-way. */
static void invalidate_unless(command_context *ctx, const uuid *root, bool whole) {
  if (!whole) unit_cache_drop(ctx->engine->cache, root);
}

bool repo_save_subject(command_context *ctx, record *r, bool fresh, err *e) {
  if (!store_subject_put(ctx->store, r, fresh, e)) return false;
  if (fresh && r->kind->parent < 0) { /* nothing else is known of it yet */
    /* PostgreSQL answers late: that the id is taken may still be on its way. */
    unit_cache_drop(ctx->engine->cache, &r->id);
    cached_unit *k = cached_unit_new(catalog_pack_of(&ctx->engine->packs, r->kind), r, e);
    return k && repo_cache_unit(ctx, k, e);
  }
  cached_unit *k = repo_cached_unit(ctx, &r->root);
  if (!k) return true;
  record *added = NULL;
  invalidate_unless(ctx, &r->root,
                    !r->withdrawn && cached_unit_put_subject(k, r, &added) &&
                        (!added || unit_cache_add_id(ctx->engine->cache, k, added)));
  return true;
}

bool repo_save_event(command_context *ctx, const event *ev, err *e) {
  if (!store_event_put(ctx->store, ev, e)) return false;
  cached_unit *k = repo_cached_unit(ctx, &ev->root);
  if (k) invalidate_unless(ctx, &ev->root, cached_unit_add_event(k, ctx, ev));
  return duties_on_event(ctx, ev, false, e) && summaries_mark_stale(ctx, ev, e);
}

bool repo_save_withdrawal(command_context *ctx, const event *ev, err *e) {
  if (!store_event_withdraw(ctx->store, ev, e) ||
      (ev->kind->payment && !store_payment_withdraw(ctx->store, &ev->id, e)))
    return false;
  cached_unit *k = repo_cached_unit(ctx, &ev->root);
  for (size_t i = 0; k && i < k->pack->aggregate_count; i++)
    if (k->pack->aggregates[i].over == ev->kind->index)
      aggregate_index_remove(&k->indexes[i], ev->seq);
  return duties_on_event(ctx, ev, true, e) && summaries_mark_stale(ctx, ev, e);
}

bool repo_save_finding(command_context *ctx, const finding *f, err *e) {
  if (!store_finding_put(ctx->store, f, e)) return false;
  cached_unit *k = repo_cached_unit(ctx, &f->root);
  if (k) invalidate_unless(ctx, &f->root, cached_unit_put_finding(k, f));
  return true;
}

bool repo_save_case(command_context *ctx, const casework *c, err *e) {
  if (!store_case_put(ctx->store, c, e)) return false;
  cached_unit *k = repo_cached_unit(ctx, &c->root);
  if (k) invalidate_unless(ctx, &c->root, cached_unit_put_case(k, c));
  return true;
}
