/* IMPORT announces rows that follow; UNDO takes back what they brought. */
#include "engine/commands/commands.h"

#include "engine/duties/tracking.h"
#include "engine/rules/effects.h"
#include "engine/rules/reevaluate.h"
#include "engine/rules/facts.h"
#include "engine/rules/owned.h"
#include "engine/rules/summaries.h"
#include "engine/units/repo_read.h"
#include "engine/units/repo_write.h"
#include "engine/zones.h"
#include "store/sealed.h"

static bool import_authorize(command_context *ctx, err *e) {
  const pack *p = catalog_pack(&ctx->engine->packs, json_text(ctx->command->body, "pack"));
  return (p && context_may(ctx, RIGHT_IMPORT, p, NULL, NULL)) ||
         err_set(e, ERR_DENIED, NULL, "您的岗位不能导入名册。",
                 "Your post may not import rosters.");
}

static bool import_apply(command_context *ctx, err *e) {
  return context_append(ctx, NULL, NULL, NULL, e);
}

const verb_handler verb_import = {.authorize = import_authorize, .apply = import_apply};

/* ---- taking it back ---- */

/* What an event had replaced is there again; *from moves back to it. */
static bool restore_replaced(command_context *ctx, const event_kind *k, const json *body,
                             when *from, err *e) {
  uuid id;
  event *old = NULL;
  if (!uuid_parse(json_text(body, "replaces"), &id)) return true;
  if (!store_event_find(ctx->store, ctx->a, k, &id, NULL, &old, e)) return false;
  if (!old || !old->withdrawn) return true;
  old->withdrawn = false;
  if (when_compare(event_when(old), *from) < 0) *from = event_when(old);
  unit_cache_drop(ctx->engine->cache, &old->root);
  return store_event_restore(ctx->store, old, e) && duties_on_event(ctx, old, false, e) &&
         summaries_mark_stale(ctx, old, e);
}

static bool undo_event(command_context *ctx, const entry *x, const json *body, err *e) {
  const pack *owner = NULL;
  const event_kind *k = catalog_event(&ctx->engine->packs, json_text(body, "kind"), &owner);
  event *had = NULL;
  record *r = NULL;
  uuid id;
  if (!k || strcmp(x->verb, "event") != 0 || !uuid_parse(json_text(body, "id"), &id)) return true;
  if (!store_event_find(ctx->store, ctx->a, k, &id, NULL, &had, e)) return false;
  if (!had || had->withdrawn) return true;
  when from = event_when(had);
  if (!restore_replaced(ctx, k, body, &from, e)) return false;
  if (!repo_load_subject(ctx, &owner->kinds[k->about], &had->subject, &r, e) ||
      !repo_save_withdrawal(ctx, had, e))
    return false;
  return !r || (facts_withdraw(ctx, r, had->seq, e) && repo_save_subject(ctx, r, false, e) &&
                effects_from(ctx, r, from, e) && zone_settle(ctx, r, when_now(ctx), e));
}

/* What an entry of an import was about. */
static const kind *kind_of_entry(command_context *ctx, const json *body) {
  const pack *owner = NULL;
  text name = json_text(body, "kind");
  const kind *k = catalog_kind(&ctx->engine->packs, name, NULL);
  const event_kind *x = k ? NULL : catalog_event(&ctx->engine->packs, name, &owner);
  return x ? &owner->kinds[x->about] : k;
}

/* Where the import moved a child, it is again with the root it came from, unless it has moved on.
 */
static bool move_back(command_context *ctx, const json *body, const kind *k, record *r, err *e) {
  uuid to, from;
  record *root = NULL;
  if (k->parent < 0 || !uuid_parse(json_text(body, "from"), &from) ||
      !uuid_parse(json_text(body, "parent"), &to) || !uuid_equal(&r->parent, &to))
    return true;
  if (!repo_load_subject(ctx, catalog_root_kind(&ctx->engine->packs, k), &from, &root, e))
    return false;
  if (!root || root->withdrawn) return true;
  return subject_move_to_parent(ctx, r, root, e) &&
         reevaluate_unit(ctx, catalog_root_kind(&ctx->engine->packs, k), &from, e);
}

/* Of whom it was about nothing is known any more: the residue stays as it is. */
static bool is_forgotten(command_context *ctx, const entry *x, bool *ret_yes, err *e) {
  return sealed_passed_over(ctx->store, &x->root, x->seq, ret_yes, e);
}

static bool undo_entry(command_context *ctx, const entry *x, err *e) {
  bool forgotten;
  if (!is_forgotten(ctx, x, &forgotten, e) || forgotten) return forgotten;
  json *body = json_parse(ctx->a, x->body, e);
  if (!body) return false;
  const kind *k = catalog_kind(&ctx->engine->packs, json_text(body, "kind"), NULL);
  record *r = NULL;
  if (!k) return undo_event(ctx, x, body, e);
  if (!repo_load_subject(ctx, k, &x->subject, &r, e)) return false;
  if (!r) return true;
  int64_t left = 0;
  if (!taking_in_undo(ctx, x, r, e)) return false;
  if (!facts_withdraw(ctx, r, x->seq, e) || !store_facts_left(ctx->store, &r->id, &left, e))
    return false;
  if (left == 0 && r->created == x->seq) r->withdrawn = true;
  if (!move_back(ctx, body, k, r, e)) return false;
  day since = day_of_ms(x->at_ms);
  day_parse(json_text(body, "since"), &since);
  return repo_save_subject(ctx, r, false, e) &&
         (r->withdrawn || (effects_from(ctx, r, (when){.on = since, .moment = INT64_MIN}, e) &&
                           zone_settle(ctx, r, when_now(ctx), e)));
}

typedef struct undo_request {
  entry *entries; /* that came with the import */
  size_t count;
} undo_request;

static bool undo_find(command_context *ctx, err *e) {
  undo_request *rq = ctx->request;
  uuid import;
  if (!body_uuid(ctx->command->body, "import", &import, e) ||
      !store_entries_of_import(ctx->store, ctx->a, &import, &rq->entries, &rq->count, e))
    return false;
  if (rq->count) return true;
  return err_set(e, ERR_UNKNOWN_NAME, "import", "没有找到这次导入，或者它没有带来任何更改。",
                 "There is no such import, or it changed nothing.");
}

/* In its pack, and wherever it brought something. */
static bool undo_authorize(command_context *ctx, err *e) {
  const undo_request *rq = ctx->request;
  const json *body = json_parse(ctx->a, rq->entries[0].body, e);
  if (!body) return false;
  const kind *k = kind_of_entry(ctx, body);
  const pack *p = k ? catalog_pack_of(&ctx->engine->packs, k) : NULL;
  bool may = ctx->command->who.system || p;
  for (size_t i = 0; may && i < rq->count; i++)
    may = context_may(ctx, RIGHT_IMPORT, p, rq->entries[i].area, &rq->entries[i].root);
  return may || rights_denied((label){"撤销导入", "take imports back"}, e);
}

static bool undo_apply(command_context *ctx, err *e) {
  const undo_request *rq = ctx->request;
  const entry *entries = rq->entries;
  if (!context_append(ctx, NULL, NULL, NULL, e)) return false;
  /* Children before their parents: last in, first out. */
  for (size_t i = rq->count; i-- > 0;) {
    unit_cache_sweep(ctx->engine->cache);
    if (!undo_entry(ctx, &entries[i], e)) return false;
  }
  for (size_t i = rq->count; i-- > 0;) {
    if (i > 0 && uuid_equal(&entries[i].root, &entries[i - 1].root)) continue;
    const json *body = json_parse(ctx->a, entries[i].body, e);
    if (!body) return false;
    const kind *k = kind_of_entry(ctx, body);
    unit_cache_sweep(ctx->engine->cache);
    if (k && !reevaluate_unit(ctx, catalog_root_kind(&ctx->engine->packs, k), &entries[i].root, e))
      return false;
  }
  return true;
}

const verb_handler verb_undo = {.request_bytes = sizeof(undo_request),
                                .find = undo_find,
                                .authorize = undo_authorize,
                                .apply = undo_apply};
