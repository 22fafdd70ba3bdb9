/* SUBJECT, FACTS, UNMASK: what is known of a subject, and who saw it in clear. */
#include "engine/commands/commands.h"

#include "base/ident.h"
#include "engine/areas.h"
#include "engine/duties/follow_ups.h"
#include "engine/duties/tracking.h"
#include "engine/rules/effects.h"
#include "engine/rules/reevaluate.h"
#include "engine/rules/facts.h"
#include "engine/rules/form.h"
#include "engine/rules/open_cases.h"
#include "engine/rules/owned.h"
#include "engine/units/repo_read.h"
#include "engine/units/repo_write.h"
#include "engine/zones.h"
#include "store/rows/area_moves.h"

static const kind *body_kind(command_context *ctx, err *e) {
  text name = json_text(ctx->command->body, "kind");
  const kind *k = catalog_kind(&ctx->engine->packs, name, NULL);
  if (!k)
    err_set(e, ERR_UNKNOWN_NAME, "kind", "没有“%.*s”这种对象。", "There is no kind \"%.*s\".",
            (int)text_cut(name, 60).bytes, name.at);
  return k;
}

/* Whether it stands, and is of the right level, is for `check` to say. */
static bool body_area(command_context *ctx, char ret[13], err *e) {
  area *there = NULL;
  if (!area_code_check(json_text(ctx->command->body, "area"), ret, e)) return err_within(e, "area");
  return store_area_find(ctx->store, ctx->a, ret, &there, e) &&
         (there || area_stands_check(ctx->store, ctx->a, ret, "area", e));
}

/* Over a unit, an area, or an area and the zone a new unit comes into (may be ""). */
static bool may_register(const command_context *ctx, const kind *k, const char *area,
                         const uuid *root, const char *zone, err *e) {
  const actor *who = &ctx->command->who;
  const catalog *packs = &ctx->engine->packs;
  if (actor_registers_unit(who, packs, k, ctx->store, area, root)) return true;
  if (zone[0] && actor_registers(who, packs, k, zone)) return true;
  if (actor_registers(who, packs, k, NULL))
    return err_set(e, ERR_DENIED, "area", "这个村（居）不在您的管辖范围内。",
                   "This area is outside your areas.");
  return rights_denied((label){"登记或修改对象", "register or change subjects"}, e);
}

/* The zone a body says, or else that of the point it says: for rights alone, before the form is
 * read. "": neither. */
static bool body_zone(command_context *ctx, const kind *k, const char *area, char ret[13], err *e) {
  const json *form = json_get(ctx->command->body, "fields");
  ret[0] = 0;
  if (k->zone_field < 0) return true;
  if (json_has(form, k->fields[k->zone_field].name)) {
    if (!area_code_check(json_text(form, k->fields[k->zone_field].name), ret, NULL)) ret[0] = 0;
    return true;
  }
  if (k->point_field < 0) return true;
  const record *only = record_new(ctx->a, k);
  if (!only) return err_memory(e);
  value *fields = only->fields;
  fields[k->point_field] = value_string(json_text(form, k->fields[k->point_field].name));
  return zone_at(ctx, k, fields, area, ret, e);
}

/* The key must be nobody else's. */
static bool key_is_free(command_context *ctx, const kind *k, const value *fields, const uuid *self,
                        err *e) {
  if (k->key < 0 || fields[k->key].type != VALUE_STRING) return true;
  record *other = NULL;
  if (!store_subject_find_by_key(ctx->store, ctx->a, k, fields[k->key].s, &other, e)) return false;
  if (!other || uuid_equal(&other->id, self)) return true;
  return err_set(e, ERR_CONFLICT, k->fields[k->key].name, "这个%s已经登记过了，请先查找再修改。",
                 "This %s is registered already; look it up and change it.",
                 LABEL(k->fields[k->key].title));
}

static bool is_over(const kind *k, const value *fields) {
  return k->end_date_field >= 0 && fields[k->end_date_field].type == VALUE_INT;
}

/* Of two who are one officer nobody could say which the duties are: one record stands. */
static bool account_is_free(command_context *ctx, const kind *k, const value *fields,
                            const uuid *self, err *e) {
  record *other = NULL;
  const value *login = k->account_field < 0 ? NULL : &fields[k->account_field];
  if (!login || login->type != VALUE_STRING || is_over(k, fields)) return true;
  if (!store_subject_find_by_field(ctx->store, ctx->a, k, k->account_field, login->s, &other, e))
    return false;
  if (!other || uuid_equal(&other->id, self) || is_over(k, other->fields)) return true;
  const text name = text_cut(record_title(other), 60);
  return err_set(
      e, ERR_CONFLICT, k->fields[k->account_field].name,
      "这个账号已经是“%.*s”的；一个账号只能登记一份，前一份不再计入的，先填写它的结束日期。",
      "This account is that of \"%.*s\" already: an account has one record; of one that is "
      "over give its last day first.",
      (int)name.bytes, name.at);
}

static text body_source(command_context *ctx, const taking_in *t) {
  if (t->given) return TEXT("taking_in");
  text s = json_text(ctx->command->body, "source");
  return s.bytes ? s : uuid_is_nil(&ctx->command->import_id) ? TEXT("desk") : TEXT("import");
}

/* ---- a new subject ---- */

typedef struct subject_request {
  record *subject;
  day since;
  taking_in taking_in;
  char zone[13];      /* for rights: see body_zone */
  bool zone_by_point; /* nobody said it */
  bool *given;        /* [field index] */
} subject_request;

static bool subject_find(command_context *ctx, err *e) {
  subject_request *rq = ctx->request;
  const kind *k = body_kind(ctx, e);
  if (!k) return false;
  record *r = rq->subject = record_new(ctx->a, k);
  if (!r) return err_memory(e);
  if (!body_uuid(ctx->command->body, "id", &r->id, e) ||
      !body_day(ctx, "since", false, &rq->since, e) || !taking_in_read(ctx, &rq->taking_in, e))
    return false;
  if (rq->taking_in.given) rq->since = rq->taking_in.on;
  r->root = r->id;
  r->version = r->created = ctx->seq;
  if (k->parent < 0) return body_area(ctx, r->area, e) && body_zone(ctx, k, r->area, rq->zone, e);
  record *parent = NULL;
  if (!body_uuid(ctx->command->body, "parent", &r->parent, e) ||
      !repo_load_standing(ctx, catalog_root_kind(&ctx->engine->packs, k), &r->parent, &parent, e))
    return false;
  if (!parent) return rights_no_subject(e);
  r->parent = parent->id;
  memcpy(r->area, parent->area, sizeof r->area);
  r->root = parent->root;
  return true;
}

static bool subject_authorize(command_context *ctx, err *e) {
  const subject_request *rq = ctx->request;
  const record *r = rq->subject;
  const uuid *there = r->kind->parent < 0 ? NULL : &r->root;
  bool sees = true; /* a unit that is there already: whose child it becomes */
  if (!may_register(ctx, r->kind, r->area, there, rq->zone, e) ||
      (there && !context_sees(ctx, r->kind, there, r->area, &sees, e)))
    return false;
  if (!sees) return rights_no_subject(e);
  const pack *p = catalog_pack_of(&ctx->engine->packs, r->kind);
  const bool by_area = actor_registers_unit(&ctx->command->who, &ctx->engine->packs, r->kind,
                                            ctx->store, r->area, there);
  const sight shown = context_sight(ctx, p, by_area ? r->area : rq->zone, there);
  return sight_check_answers(&shown, r->kind->fields, r->kind->field_count,
                             json_get(ctx->command->body, "fields"), e) &&
         taking_in_authorize(ctx, &rq->taking_in, p, r->area, there, e);
}

/* Nobody said a zone: the point does. */
static bool fill_zone(command_context *ctx, subject_request *rq, err *e) {
  const record *r = rq->subject;
  const kind *k = r->kind;
  char zone[13];
  if (k->zone_field < 0 ||
      json_has(json_get(ctx->command->body, "fields"), k->fields[k->zone_field].name))
    return true;
  if (!zone_at(ctx, k, r->fields, r->area, zone, e)) return false;
  rq->zone_by_point = zone[0] != 0;
  if (zone[0]) r->fields[k->zone_field] = zone_value(ctx->a, k, zone);
  return true;
}

static bool subject_read(command_context *ctx, err *e) {
  subject_request *rq = ctx->request;
  record *r = rq->subject;
  const kind *k = r->kind;
  if (!form_read(ctx, k->fields, k->field_count, json_get(ctx->command->body, "fields"), true,
                 r->fields, e))
    return false;
  rq->given = ARENA_ARRAY(ctx->a, k->field_count, bool);
  if (!rq->given) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++) {
    rq->given[i] = r->fields[i].type != VALUE_UNKNOWN;
    if (!rq->given[i] && k->fields[i].initial)
      r->fields[i] = value_string(text_of(k->fields[i].initial));
  }
  const form_place at = form_place_of(ctx);
  return form_fill_in(&at, k, r->fields, rq->given, NULL, e) && fill_zone(ctx, rq, e);
}

static bool subject_check(command_context *ctx, err *e) {
  const form_place at = form_place_of(ctx);
  const subject_request *rq = ctx->request;
  const record *r = rq->subject;
  const kind *k = r->kind;
  return (k->parent >= 0 || area_fits_kind(ctx->store, ctx->a, k, r->area, e)) &&
         (rq->taking_in.given || owned_refuse(k, rq->given, e)) &&
         zone_check(ctx, k, r->fields, r->area, e) &&
         form_check_references(&at, k->fields, k->field_count, r->fields, e) &&
         form_check_fields(&at, &k->scope, k->fields, k->field_count, r->fields, e) &&
         form_check_subject(&at, k, r->fields, NULL, e) &&
         key_is_free(ctx, k, r->fields, &r->id, e) && account_is_free(ctx, k, r->fields, &r->id, e);
}

static bool subject_apply(command_context *ctx, err *e) {
  const subject_request *rq = ctx->request;
  record *r = rq->subject;
  const kind *k = r->kind;
  if (!context_append(ctx, &r->id, &r->root, r->area, e) || !repo_save_subject(ctx, r, true, e))
    return false;
  text source = body_source(ctx, &rq->taking_in);
  const char *said_by = arena_copy(ctx->a, source.at, source.bytes);
  if (!said_by) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++) {
    if (r->fields[i].type == VALUE_UNKNOWN) continue;
    fact f = {.subject = r->id,
              .field = k->fields[i].name,
              .seq = ctx->seq,
              .since = rq->since,
              .moment = day_start_ms(rq->since), /* whatever happens that day comes after it */
              .v = r->fields[i],
              .source = rq->zone_by_point && (int)i == k->zone_field ? ZONE_BY_POINT : said_by,
              .officer = ctx->command->who.officer,
              .at_ms = ctx->at_ms};
    if (!store_fact_put(ctx->store, &f, &k->fields[i], e)) return false;
  }
  if (!context_note_files(ctx, k->fields, k->field_count, r->fields, k, &r->root, e) ||
      !taking_in_note(ctx, &rq->taking_in, r, rq->given, r->fields, NULL, e))
    return false;
  return reevaluate_schedule(ctx, catalog_root_kind(&ctx->engine->packs, k), &r->root, e);
}

const verb_handler verb_subject = {.request_bytes = sizeof(subject_request),
                                   .find = subject_find,
                                   .authorize = subject_authorize,
                                   .read = subject_read,
                                   .check = subject_check,
                                   .apply = subject_apply};

/* ---- changes ---- */

typedef struct facts_request {
  record *subject;
  day since;
  char area[13]; /* where it moves; "": it stays */
  char zone[13]; /* the zone that is said; "": none is */
  bool zone_by_point;
  record *parent; /* whose it becomes; NULL: it stays where it is */
  value *changes; /* [field index] */
  bool *changed;
  taking_in taking_in;
} facts_request;

/* The values as they would be after the change, for the checks. */
static value *values_after(command_context *ctx, const record *r, const value *changes,
                           const bool *changed) {
  value *after = ARENA_ARRAY(ctx->a, r->kind->field_count, value);
  for (size_t i = 0; after && i < r->kind->field_count; i++)
    after[i] = changed[i] ? changes[i] : r->fields[i];
  return after;
}

bool subject_move_to_parent(command_context *ctx, record *r, const record *to, err *e) {
  const uuid from = r->root;
  const pack *p = catalog_pack_of(&ctx->engine->packs, r->kind);
  r->root = r->parent = to->id;
  memcpy(r->area, to->area, sizeof r->area);
  for (size_t i = 0; i < p->event_count; i++)
    if (p->events[i].about == r->kind->index &&
        (!store_events_move(ctx->store, &p->events[i], &from, &r->id, &to->id, r->area, e) ||
         !duties_on_move(ctx, &p->events[i], &from, r, e)))
      return false;
  if (!store_amendments_move(ctx->store, &r->id, &to->id, r->area, e)) return false;
  if (!follow_ups_of_unit(ctx, p, &from, e) || !follow_ups_of_unit(ctx, p, &to->id, e))
    return false;
  unit_cache_drop(ctx->engine->cache, &from);
  unit_cache_drop(ctx->engine->cache, &to->id);
  return repo_save_subject(ctx, r, false, e) &&
         reevaluate_unit(ctx, catalog_root_kind(&ctx->engine->packs, r->kind), &from, e);
}

/* The root that a child is to belong to, when that is another. */
static bool find_new_parent(command_context *ctx, facts_request *rq, err *e) {
  const record *r = rq->subject;
  uuid id;
  if (!json_has(ctx->command->body, "parent")) return true;
  if (r->kind->parent < 0)
    return err_set(e, ERR_BAD_INPUT, "parent", "这种对象没有上级。", "This has no parent.");
  if (!body_uuid(ctx->command->body, "parent", &id, e)) return false;
  if (uuid_equal(&id, &r->parent)) return true;
  if (!repo_load_subject(ctx, catalog_root_kind(&ctx->engine->packs, r->kind), &id, &rq->parent, e))
    return false;
  return rq->parent || rights_no_subject(e);
}

static bool facts_find(command_context *ctx, err *e) {
  facts_request *rq = ctx->request;
  const kind *k = body_kind(ctx, e);
  uuid id;
  if (!k || !body_uuid(ctx->command->body, "id", &id, e) ||
      !body_day(ctx, "since", false, &rq->since, e) || !taking_in_read(ctx, &rq->taking_in, e) ||
      !repo_load_standing(ctx, k, &id, &rq->subject, e))
    return false;
  if (rq->taking_in.given) rq->since = rq->taking_in.on;
  if (!rq->subject) return rights_no_subject(e);
  if (k->parent < 0 && json_has(ctx->command->body, "area") && !body_area(ctx, rq->area, e))
    return false;
  const json *form = json_get(ctx->command->body, "fields");
  if (k->zone_field >= 0 && json_has(form, k->fields[k->zone_field].name) &&
      !body_zone(ctx, k, rq->subject->area, rq->zone, e))
    return false;
  return find_new_parent(ctx, rq, e);
}

/* Who has a unit by its zone alone moves it within the town, and gives it to no other zone. */
static bool may_move(const command_context *ctx, const facts_request *rq, err *e) {
  const record *r = rq->subject;
  const bool near = strncmp(rq->area, r->area, 9) == 0;
  if (rq->area[0] && !may_register(ctx, r->kind, rq->area, near ? &r->root : NULL, "", e))
    return false;
  return !rq->zone[0] || may_register(ctx, r->kind, r->area, NULL, rq->zone, e);
}

static bool facts_authorize(command_context *ctx, err *e) {
  const facts_request *rq = ctx->request;
  const record *r = rq->subject;
  bool sees, sees_parent = true;
  if (!may_register(ctx, r->kind, r->area, &r->root, "", e) ||
      !context_sees(ctx, r->kind, &r->root, r->area, &sees, e) ||
      (rq->parent &&
       !context_sees(ctx, r->kind, &rq->parent->root, rq->parent->area, &sees_parent, e)))
    return false;
  if (!sees || !sees_parent) return rights_no_subject(e);
  const pack *p = catalog_pack_of(&ctx->engine->packs, r->kind);
  const sight shown = context_sight(ctx, p, r->area, &r->root);
  return sight_check_answers(&shown, r->kind->fields, r->kind->field_count,
                             json_get(ctx->command->body, "fields"), e) &&
         taking_in_authorize(ctx, &rq->taking_in, p, r->area, &r->root, e) &&
         may_move(ctx, rq, e) &&
         (!rq->parent || may_register(ctx, r->kind, rq->parent->area, &rq->parent->root, "", e));
}

/* What follows from what is said now and was not known before is said with it. */
static bool fill_in_changes(command_context *ctx, facts_request *rq, err *e) {
  const kind *k = rq->subject->kind;
  bool fills = false, any = false;
  for (size_t i = 0; i < k->field_count; i++) {
    fills |= k->fields[i].filled_from != NULL;
    any |= rq->changed[i];
  }
  if (!fills || !any) return true;
  value *after = values_after(ctx, rq->subject, rq->changes, rq->changed);
  bool *filled = ARENA_ARRAY(ctx->a, k->field_count, bool);
  if (!after || !filled) return err_memory(e);
  const form_place at = form_place_of(ctx);
  if (!form_fill_in(&at, k, after, rq->changed, filled, e)) return false;
  for (size_t i = 0; i < k->field_count; i++) {
    if (!filled[i]) continue;
    rq->changes[i] = after[i];
    rq->changed[i] = true;
  }
  return true;
}

/* Its point is another, or its town: the zone follows, unless somebody said it. */
static bool zone_follows(command_context *ctx, facts_request *rq, err *e) {
  const record *r = rq->subject;
  const kind *k = r->kind;
  const char *area = rq->area[0] ? rq->area : r->area;
  const bool leaves = rq->area[0] && strncmp(rq->area, r->area, 9) != 0;
  char was[13], now[13];
  bool follows = leaves;
  if (k->zone_field < 0 || rq->changed[k->zone_field]) return true;
  if (!leaves && (k->point_field < 0 || !rq->changed[k->point_field])) return true;
  if (!leaves && !zone_follows_point(ctx, r, &follows, e)) return false;
  const value *after = values_after(ctx, r, rq->changes, rq->changed);
  if (!after) return err_memory(e);
  record_zone(r, was);
  if (!follows || !zone_at(ctx, k, after, area, now, e)) return !follows;
  if (strcmp(was, now) == 0) return true;
  rq->changes[k->zone_field] = zone_value(ctx->a, k, now);
  rq->changed[k->zone_field] = rq->zone_by_point = true;
  return true;
}

static bool facts_read(command_context *ctx, err *e) {
  facts_request *rq = ctx->request;
  const kind *k = rq->subject->kind;
  const json *form = json_get(ctx->command->body, "fields");
  rq->changes = ARENA_ARRAY(ctx->a, k->field_count, value);
  rq->changed = ARENA_ARRAY(ctx->a, k->field_count, bool);
  if (!rq->changes || !rq->changed) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++) rq->changed[i] = json_has(form, k->fields[i].name);
  return form_read(ctx, k->fields, k->field_count, form, false, rq->changes, e) &&
         fill_in_changes(ctx, rq, e) && zone_follows(ctx, rq, e);
}

static bool facts_check(command_context *ctx, err *e) {
  const form_place at = form_place_of(ctx);
  const facts_request *rq = ctx->request;
  const record *r = rq->subject;
  const kind *k = r->kind;
  value *after = values_after(ctx, r, rq->changes, rq->changed);
  if (!after) return err_memory(e);
  return (!rq->area[0] || strcmp(rq->area, r->area) == 0 ||
          area_fits_kind(ctx->store, ctx->a, k, rq->area, e)) &&
         (rq->taking_in.given || owned_refuse(k, rq->changed, e)) &&
         context_check_version(ctx, r->version, e) &&
         open_cases_let_end(ctx, r, rq->changed, after, e) &&
         ((!rq->area[0] && (k->zone_field < 0 || !rq->changed[k->zone_field])) ||
          zone_check(ctx, k, after, rq->area[0] ? rq->area : r->area, e)) &&
         form_check_references(&at, k->fields, k->field_count, rq->changes, e) &&
         form_check_fields(&at, &k->scope, k->fields, k->field_count, after, e) &&
         form_check_subject(&at, k, after, rq->changed, e) &&
         key_is_free(ctx, k, after, &r->id, e) && account_is_free(ctx, k, after, &r->id, e);
}

/* All that belongs to the unit follows its root to another area. */
static bool move_unit(command_context *ctx, const record *root, const char *to, day on, err *e) {
  const area_move m = {.from = root->area,
                       .to = to,
                       .root = &root->id,
                       .seq = ctx->seq,
                       .on = on,
                       .today = ctx->today};
  unit_cache_drop(ctx->engine->cache, &root->id); /* nearly all of it changes */
  return store_area_move(ctx->store, &m, e);
}

static bool facts_apply(command_context *ctx, err *e) {
  const facts_request *rq = ctx->request;
  record *r = rq->subject;
  const kind *k = r->kind;
  const record *to = rq->parent;
  const bool moves = rq->area[0] && strcmp(rq->area, r->area) != 0;
  const char *area = moves ? rq->area : to ? to->area : r->area;
  if (!context_append(ctx, &r->id, to ? &to->id : &r->root, area, e)) return false;
  value *before = ARENA_ARRAY(ctx->a, k->field_count, value);
  if (!before) return err_memory(e);
  memcpy(before, r->fields, k->field_count * sizeof *before);
  text source = body_source(ctx, &rq->taking_in);
  const char *said_by = arena_copy(ctx->a, source.at, source.bytes);
  if (!said_by) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++) {
    const bool by_point = rq->zone_by_point && (int)i == k->zone_field;
    if (rq->changed[i] &&
        !fact_record(ctx, r, (int)i, &rq->changes[i], when_recorded_for(ctx, rq->since),
                     by_point ? ZONE_BY_POINT : said_by, e))
      return false;
  }
  r->version = ctx->seq;
  if (moves && !move_unit(ctx, r, rq->area, rq->since, e)) return false;
  if (moves) memcpy(r->area, rq->area, sizeof r->area);
  if (to ? !subject_move_to_parent(ctx, r, to, e) : !repo_save_subject(ctx, r, false, e))
    return false;
  if (!context_note_files(ctx, k->fields, k->field_count, r->fields, k, &r->root, e) ||
      !taking_in_note(ctx, &rq->taking_in, r, rq->changed, rq->changes, before, e))
    return false;
  if (!effects_from(ctx, r, when_recorded_for(ctx, rq->since), e)) return false;
  return reevaluate_schedule(ctx, catalog_root_kind(&ctx->engine->packs, k), &r->root, e);
}

const verb_handler verb_facts = {.request_bytes = sizeof(facts_request),
                                 .find = facts_find,
                                 .authorize = facts_authorize,
                                 .read = facts_read,
                                 .check = facts_check,
                                 .apply = facts_apply};

/* ---- masked fields shown in clear ---- */

typedef struct unmask_request {
  uuid id;
  record *subject; /* NULL: not there (an old entry may be about what is gone) */
} unmask_request;

static bool unmask_find(command_context *ctx, err *e) {
  unmask_request *rq = ctx->request;
  const kind *k = catalog_kind(&ctx->engine->packs, json_text(ctx->command->body, "kind"), NULL);
  return body_uuid(ctx->command->body, "id", &rq->id, e) &&
         (!k || store_subject_find(ctx->store, ctx->a, k, &rq->id, NULL, &rq->subject, e));
}

static bool unmask_authorize(command_context *ctx, err *e) {
  const unmask_request *rq = ctx->request;
  const record *r = rq->subject;
  bool sees = false;
  if (r && !context_sees(ctx, r->kind, &r->root, r->area, &sees, e)) return false;
  if (!sees) return rights_no_subject(e);
  return context_may(ctx, RIGHT_SEE_CLEAR, catalog_pack_of(&ctx->engine->packs, r->kind), r->area,
                     &r->root) ||
         err_set(e, ERR_DENIED, NULL, "您的岗位不能查看完整的证件号、电话等信息。",
                 "Your post may not see masked fields in clear.");
}

/* Whoever reads the journal later must be able to ask about it. */
bool clear_check_reason(command_context *ctx, err *e) {
  enum { REASON_MAX = 200 };
  text why = text_trim(json_text(ctx->command->body, "reason"));
  return (why.bytes && text_points(why) <= REASON_MAX) ||
         err_set(e, ERR_BAD_INPUT, "reason", "请写明为什么要看完整的信息，最多 %d 字，会记入流水。",
                 "Say why you need to see it in clear, in at most %d characters; it is kept in the "
                 "journal.",
                 REASON_MAX);
}

static bool unmask_apply(command_context *ctx, err *e) {
  const unmask_request *rq = ctx->request;
  const record *r = rq->subject;
  return context_append(ctx, &rq->id, r ? &r->root : &rq->id, r ? r->area : "", e);
}

const verb_handler verb_unmask = {.request_bytes = sizeof(unmask_request),
                                  .find = unmask_find,
                                  .authorize = unmask_authorize,
                                  .check = clear_check_reason,
                                  .apply = unmask_apply};
