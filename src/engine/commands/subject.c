/* SUBJECT, FACTS, LOOK: what is known of a subject, and who saw it in clear. */
#include "engine/commands/commands.h"

#include "base/ident.h"
#include "engine/duties/tracking.h"
#include "engine/rules/reevaluate.h"
#include "engine/rules/facts.h"
#include "engine/rules/form.h"
#include "engine/units/repo_read.h"
#include "engine/units/repo_write.h"

static const kind *body_kind(command_context *ctx, err *e) {
  text name = json_text(ctx->command->body, "kind");
  const kind *k = catalog_kind(&ctx->engine->packs, name, NULL);
  if (!k)
    err_set(e, ERR_UNKNOWN_NAME, "kind", "没有“%.*s”这种对象。", "There is no kind \"%.*s\".",
            (int)(name.bytes > 60 ? 60 : name.bytes), name.at);
  return k;
}

static bool body_area(command_context *ctx, char out[13], err *e) {
  text given = json_text(ctx->command->body, "area");
  const char *name = "";
  if (!area_code_check(given, out, e)) return err_within(e, "area");
  if (!store_area_name(ctx->store, ctx->a, out, &name, e)) return false;
  if (!name[0])
    return err_set(e, ERR_BAD_INPUT, "area", "本区县没有代码为 %s 的村（居）或街道。",
                   "There is no area %s in this county.", out);
  return true;
}

static bool may_register(command_context *ctx, const char *area, err *e) {
  if (ctx->engine->replaying ||
      actor_may(&ctx->command->who, &ctx->engine->packs, RIGHT_REGISTER, area))
    return true;
  if (actor_may(&ctx->command->who, &ctx->engine->packs, RIGHT_REGISTER, NULL))
    return err_set(e, ERR_DENIED, "area", "这个村（居）不在您的管辖范围内。",
                   "This area is outside your areas.");
  return rights_denied("登记或修改对象", "register or change subjects", e);
}

/* The key must be nobody else's. */
static bool key_is_free(command_context *ctx, const kind *k, const value *fields, const uuid *self,
                        err *e) {
  if (k->key < 0 || fields[k->key].type != VALUE_STRING) return true;
  record *other = NULL;
  if (!store_subject_by_key(ctx->store, ctx->a, k, fields[k->key].s, &other, e)) return false;
  if (!other || uuid_equal(&other->id, self)) return true;
  return err_set(e, ERR_CONFLICT, k->fields[k->key].name,
                 "这个%s已经登记过了，请先查找再修改。%.0s",
                 "%.0sThis %s is registered already; look it up and change it.",
                 k->fields[k->key].title.zh, k->fields[k->key].title.en);
}

static text body_source(command_context *ctx) {
  text s = json_text(ctx->command->body, "source");
  return s.bytes ? s : uuid_is_nil(&ctx->command->via) ? TEXT("desk") : TEXT("import");
}

bool apply_subject(command_context *ctx, err *e) {
  const kind *k = body_kind(ctx, e);
  if (!k) return false;
  record *r = record_new(ctx->a, k);
  uuid id;
  day since;
  if (!r) return err_memory(e);
  if (!body_uuid(ctx->command->body, "id", &id, e) || !body_day(ctx, "since", false, &since, e))
    return false;
  record *parent = NULL;
  if (k->parent >= 0) {
    uuid parent_id;
    if (!body_uuid(ctx->command->body, "parent", &parent_id, e) ||
        !repo_load_subject(ctx, catalog_root_kind(&ctx->engine->packs, k), &parent_id, &parent, e))
      return false;
    if (!parent) return rights_no_subject(e);
    memcpy(r->area, parent->area, sizeof r->area);
    r->parent = parent->id;
  } else if (!body_area(ctx, r->area, e)) {
    return false;
  }
  if (!may_register(ctx, r->area, e)) return false;
  if (!form_read(ctx, k->fields, k->field_count, json_get(ctx->command->body, "fields"), true,
                 r->fields, e) ||
      !form_check_fields(ctx, &k->scope, k->fields, k->field_count, r->fields, e) ||
      !form_check_subject(ctx, k, r->fields, NULL, e) || !key_is_free(ctx, k, r->fields, &id, e))
    return false;
  r->id = id;
  r->root = parent ? parent->root : id;
  r->version = r->created = ctx->seq;
  if (!context_append(ctx, &r->id, &r->root, r->area, e) || !repo_save_subject(ctx, r, true, e))
    return false;
  text source = body_source(ctx);
  const char *said_by = arena_copy(ctx->a, source.at, source.bytes);
  if (!said_by) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++) {
    if (r->fields[i].type == VALUE_UNKNOWN) continue;
    fact f = {.subject = r->id,
              .field = k->fields[i].name,
              .seq = ctx->seq,
              .since = since,
              .v = r->fields[i],
              .source = said_by,
              .officer = ctx->command->who.officer,
              .at_ms = ctx->at_ms};
    if (!store_fact_put(ctx->store, &f, &k->fields[i], e)) return false;
  }
  return reevaluate_schedule(ctx, catalog_root_kind(&ctx->engine->packs, k), &r->root, e);
}

/* The values as they would be after the change, for the checks. */
static value *values_after(command_context *ctx, const record *r, const value *changes,
                           const bool *changed) {
  value *after = ARENA_ARRAY(ctx->a, r->kind->field_count, value);
  for (size_t i = 0; after && i < r->kind->field_count; i++)
    after[i] = changed[i] ? changes[i] : r->fields[i];
  return after;
}

static bool is_stale(command_context *ctx, int64_t version, err *e) {
  if (ctx->engine->replaying || ctx->command->match == 0 || ctx->command->match == version)
    return true;
  return err_set(e, ERR_STALE, NULL, "别人刚刚改过这条记录，请刷新后再改。",
                 "Someone has just changed this; reload and change again.");
}

/* A child with all that happened to it moves to another root; its old root no longer knows it. */
static bool move_to_parent(command_context *ctx, record *r, const record *to, err *e) {
  const uuid from = r->root;
  const pack *p = catalog_pack_of(&ctx->engine->packs, r->kind);
  r->root = r->parent = to->id;
  memcpy(r->area, to->area, sizeof r->area);
  for (size_t i = 0; i < p->event_count; i++)
    if (p->events[i].about == r->kind->index &&
        (!store_events_move(ctx->store, &p->events[i], &from, &r->id, &to->id, r->area, e) ||
         !duties_on_move(ctx, &p->events[i], &from, r, e)))
      return false;
  unit_cache_drop(ctx->engine->cache, &from);
  unit_cache_drop(ctx->engine->cache, &to->id);
  return repo_save_subject(ctx, r, false, e) &&
         reevaluate_unit(ctx, catalog_root_kind(&ctx->engine->packs, r->kind), &from, e);
}

/* *to NULL: it stays where it is. */
static bool body_parent(command_context *ctx, const record *r, record **to, err *e) {
  uuid id;
  *to = NULL;
  if (!json_has(ctx->command->body, "parent")) return true;
  if (r->kind->parent < 0)
    return err_set(e, ERR_BAD_INPUT, "parent", "这种对象没有上级。", "This has no parent.");
  if (!body_uuid(ctx->command->body, "parent", &id, e)) return false;
  if (uuid_equal(&id, &r->parent)) return true;
  if (!repo_load_subject(ctx, catalog_root_kind(&ctx->engine->packs, r->kind), &id, to, e))
    return false;
  if (!*to) return rights_no_subject(e);
  return may_register(ctx, (*to)->area, e);
}

/* The unit's rows follow its root to another area. */
static bool move_unit_area(command_context *ctx, const record *root, err *e) {
  unit_cache_drop(ctx->engine->cache, &root->id); /* nearly all of it changes */
  const pack *p = catalog_pack_of(&ctx->engine->packs, root->kind);
  for (size_t k = 0; k < p->kind_count; k++) {
    record **children = NULL;
    size_t count = 0;
    if (p->kinds[k].parent != root->kind->index) continue;
    if (!store_children(ctx->store, ctx->a, &p->kinds[k], &root->id, &children, &count, e))
      return false;
    for (size_t i = 0; i < count; i++) {
      memcpy(children[i]->area, root->area, sizeof root->area);
      if (!store_subject_put(ctx->store, children[i], false, e)) return false;
    }
  }
  casework *cases = NULL;
  size_t count = 0;
  if (!store_cases_of(ctx->store, ctx->a, &root->id, &cases, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    memcpy(cases[i].area, root->area, sizeof root->area);
    if (!store_case_put(ctx->store, &cases[i], e)) return false;
  }
  finding *findings = NULL;
  if (!store_findings_of(ctx->store, ctx->a, &root->id, false, &findings, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    memcpy(findings[i].area, root->area, sizeof root->area);
    if (!store_finding_put(ctx->store, &findings[i], e)) return false;
  }
  measure *measures = NULL;
  if (!store_measures_of(ctx->store, ctx->a, &root->id, &measures, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    memcpy(measures[i].area, root->area, sizeof root->area);
    if (!store_measure_put(ctx->store, &measures[i], e)) return false;
  }
  return true;
}

bool apply_facts(command_context *ctx, err *e) {
  const kind *k = body_kind(ctx, e);
  uuid id;
  day since;
  record *r = NULL;
  if (!k || !body_uuid(ctx->command->body, "id", &id, e) ||
      !body_day(ctx, "since", false, &since, e))
    return false;
  if (!repo_load_subject(ctx, k, &id, &r, e)) return false;
  if (!r) return rights_no_subject(e);
  if (!may_register(ctx, r->area, e) || !is_stale(ctx, r->version, e)) return false;
  char area[13] = "";
  bool moves = k->parent < 0 && json_has(ctx->command->body, "area");
  if (moves && (!body_area(ctx, area, e) || !may_register(ctx, area, e))) return false;
  moves = moves && strcmp(area, r->area) != 0;
  record *to = NULL;
  if (!body_parent(ctx, r, &to, e)) return false;
  const json *form = json_get(ctx->command->body, "fields");
  value *changes = ARENA_ARRAY(ctx->a, k->field_count, value);
  bool *changed = ARENA_ARRAY(ctx->a, k->field_count, bool);
  if (!changes || !changed) return err_memory(e);
  if (!form_read(ctx, k->fields, k->field_count, form, false, changes, e)) return false;
  for (size_t i = 0; i < k->field_count; i++) changed[i] = json_has(form, k->fields[i].name);
  value *after = values_after(ctx, r, changes, changed);
  if (!after) return err_memory(e);
  if (!form_check_fields(ctx, &k->scope, k->fields, k->field_count, after, e) ||
      !form_check_subject(ctx, k, after, changed, e) || !key_is_free(ctx, k, after, &id, e))
    return false;
  if (!context_append(ctx, &r->id, to ? &to->id : &r->root,
                      moves ? area
                      : to  ? to->area
                            : r->area,
                      e))
    return false;
  text source = body_source(ctx);
  const char *said_by = arena_copy(ctx->a, source.at, source.bytes);
  if (!said_by) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++)
    if (changed[i] && !fact_record(ctx, r, (int)i, &changes[i], since, said_by, e)) return false;
  r->version = ctx->seq;
  if (moves) memcpy(r->area, area, sizeof r->area);
  if (to ? !move_to_parent(ctx, r, to, e) : !repo_save_subject(ctx, r, false, e)) return false;
  if (moves && !move_unit_area(ctx, r, e)) return false;
  return reevaluate_schedule(ctx, catalog_root_kind(&ctx->engine->packs, k), &r->root, e);
}

bool apply_look(command_context *ctx, err *e) {
  uuid id;
  const kind *k = catalog_kind(&ctx->engine->packs, json_text(ctx->command->body, "kind"), NULL);
  record *r = NULL;
  if (!body_uuid(ctx->command->body, "id", &id, e)) return false;
  if (k && !store_subject(ctx->store, ctx->a, k, &id, NULL, &r, e)) return false;
  if (!r && !ctx->engine->replaying) return rights_no_subject(e);
  if (!ctx->engine->replaying &&
      !actor_may(&ctx->command->who, &ctx->engine->packs, RIGHT_SEE_CLEAR, r->area))
    return err_set(e, ERR_DENIED, NULL, "您的岗位不能查看完整的证件号、电话等信息。",
                   "Your post may not see masked fields in clear.");
  return context_append(ctx, &id, r ? &r->root : &id, r ? r->area : "", e);
}
