/* MERGE: two records of one kind were one person or thing. All that is written of the one goes to
 * the other; where both say something, the one that stays is right. It can be taken back: what
 * went over comes back, a case or measure with what was done in it since; what else was recorded
 * since stays where it was recorded. */
#include "engine/commands/commands.h"

#include "engine/duties/follow_ups.h"
#include "engine/duties/tracking.h"
#include "engine/rules/derived_events.h"
#include "engine/rules/effects.h"
#include "engine/rules/facts.h"
#include "engine/rules/open_cases.h"
#include "engine/rules/reevaluate.h"
#include "engine/rules/summaries.h"
#include "engine/units/repo_read.h"
#include "engine/units/repo_write.h"

enum { REASON_MAX = 500 };
static const when from_the_start = {.on = DAY_MIN, .moment = INT64_MIN};

typedef struct merge_request {
  merger m;
  const kind *kind;
  record *gone, *stays;
  bool undo;
} merge_request;

static bool no_merger(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这次合并，或者不在您的管辖范围内。",
                 "There is no such merger, or it is outside your areas.");
}

static bool find_both(command_context *ctx, merge_request *rq, err *e) {
  return store_subject_find_ever(ctx->store, ctx->a, rq->kind, &rq->m.gone, &rq->gone, e) &&
         store_subject_find_ever(ctx->store, ctx->a, rq->kind, &rq->m.stays, &rq->stays, e);
}

static bool find_new(command_context *ctx, merge_request *rq, err *e) {
  const json *body = ctx->command->body;
  merger *m = &rq->m;
  text name = json_text(body, "kind");
  rq->kind = catalog_kind(&ctx->engine->packs, name, NULL);
  if (!rq->kind)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种对象。", "There is no such kind.");
  if (!body_uuid(body, "from", &m->gone, e) || !body_uuid(body, "into", &m->stays, e) ||
      !find_both(ctx, rq, e))
    return false;
  if (!rq->gone || rq->gone->withdrawn || !rq->stays || rq->stays->withdrawn)
    return rights_no_subject(e);
  m->seq = ctx->seq;
  m->kind = rq->kind->name;
  m->gone_root = rq->gone->root;
  m->stays_root = rq->stays->root;
  memcpy(m->gone_area, rq->gone->area, sizeof m->gone_area);
  memcpy(m->area, rq->stays->area, sizeof m->area);
  m->title = record_title(rq->gone);
  const value *key = rq->kind->key < 0 ? NULL : &rq->gone->fields[rq->kind->key];
  m->natural_key = key ? value_text(key) : TEXT("");
  m->officer = ctx->command->who.officer;
  m->at_ms = ctx->at_ms;
  m->undone_reason = TEXT("");
  return true;
}

static bool merge_find(command_context *ctx, err *e) {
  merge_request *rq = ctx->request;
  const json *body = ctx->command->body;
  merger *there = NULL;
  uuid id;
  if (!body_uuid(body, "id", &id, e) ||
      !store_merger_find(ctx->store, ctx->a, &id, NULL, &there, e))
    return false;
  rq->undo = json_has(body, "undone");
  rq->m.id = id;
  if (!rq->undo) return find_new(ctx, rq, e);
  if (!there) return no_merger(e);
  rq->m = *there;
  rq->kind = catalog_kind(&ctx->engine->packs, text_of(there->kind), NULL);
  if (!rq->kind || !find_both(ctx, rq, e)) return rq->kind ? false : no_merger(e);
  return (rq->gone && rq->stays) || no_merger(e);
}

static bool merge_authorize(command_context *ctx, err *e) {
  const merge_request *rq = ctx->request;
  const char *areas[] = {rq->m.gone_area, rq->m.area};
  const uuid *roots[] = {&rq->m.gone_root, &rq->m.stays_root};
  const pack *p = catalog_pack_of(&ctx->engine->packs, rq->kind);
  for (int i = 0; i < 2; i++) {
    bool sees;
    if (!context_sees(ctx, rq->kind, roots[i], areas[i], &sees, e)) return false;
    if (!sees) return rq->undo ? no_merger(e) : rights_no_subject(e);
    if (!context_may(ctx, RIGHT_CORRECT, p, areas[i], roots[i]))
      return rights_denied((label){"合并或拆开登记", "merge records or take it back"}, e);
  }
  return true;
}

static bool check_undo(const merge_request *rq, err *e) {
  if (rq->m.undone_seq)
    return err_set(e, ERR_NOT_ALLOWED, "id", "这次合并已经撤销了，请刷新。",
                   "This merger was taken back already; reload.");
  if (rq->stays->withdrawn)
    return err_set(e, ERR_NOT_ALLOWED, "id", "合并后留下的那条后来又并入了别的，请先撤销那一次。",
                   "The record that stayed was merged into another since; take that back first.");
  return true;
}

static bool merge_check(command_context *ctx, err *e) {
  const merge_request *rq = ctx->request;
  text reason = text_trim(json_text(ctx->command->body, "reason"));
  if (!reason.bytes || text_points(reason) > REASON_MAX)
    return err_set(e, ERR_BAD_INPUT, "reason", "请写明理由，最多 %d 字。",
                   "Say why, in at most %d characters.", REASON_MAX);
  if (rq->undo) return check_undo(rq, e);
  if (uuid_equal(&rq->m.gone, &rq->m.stays))
    return err_set(e, ERR_BAD_INPUT, "into", "两条是同一条，请选另一条。",
                   "Both are the same record; choose another.");
  return open_cases_let_merge(ctx, rq->gone, rq->stays, e);
}

/* ---- what both ways share ---- */

/* All live events that go over or come back, of every kind but summaries. */
typedef struct moving {
  event **events;
  size_t count, room;
} moving;

static bool collect_kind(command_context *ctx, const event_kind *k, const uuid *root,
                         const uuid *subject, moving *x, err *e) {
  event **all = NULL;
  size_t count = 0;
  if (!store_events(ctx->store, ctx->a, &(event_query){.kind = k, .root = *root, .from = DAY_NONE},
                    &all, &count, e))
    return false;
  for (size_t i = 0; i < count; i++) {
    if (subject && !uuid_equal(&all[i]->subject, subject)) continue;
    event **more = ARENA_GROW(ctx->a, x->events, x->count, &x->room, event *);
    if (!more) return err_memory(e);
    x->events = more;
    x->events[x->count++] = all[i];
  }
  return true;
}

/* Of a root: of all its unit. */
static bool collect(command_context *ctx, const kind *k, const uuid *root, const uuid *subject,
                    moving *x, err *e) {
  const pack *p = catalog_pack_of(&ctx->engine->packs, k);
  for (size_t i = 0; i < p->event_count; i++) {
    const event_kind *of = &p->events[i];
    const bool own = of->about == k->index;
    const bool child = k->parent < 0 && p->kinds[of->about].parent == k->index;
    if (of->summary || !(own || child)) continue;
    if (!collect_kind(ctx, of, root, k->parent < 0 ? NULL : subject, x, e)) return false;
  }
  return true;
}

/* What is counted and summed up of them, there and here; `x` are as they stood there. */
static bool recount(command_context *ctx, moving *x, const uuid *from, const uuid *to,
                    const uuid *root, const char *area, err *e) {
  for (size_t i = 0; i < x->count; i++) {
    event *ev = x->events[i];
    if (!duties_on_event(ctx, ev, true, e) || !summaries_mark_stale(ctx, ev, e)) return false;
    if (uuid_equal(&ev->subject, from)) ev->subject = *to;
    ev->root = *root;
    memcpy(ev->area, area, sizeof ev->area);
    if (!duties_on_event(ctx, ev, false, e) || !summaries_mark_stale(ctx, ev, e)) return false;
  }
  return true;
}

/* Open findings since that day end where they are: the rules open them anew where they belong. Of
 * a root: those of its unit. */
static bool close_findings(command_context *ctx, const kind *k, const uuid *root,
                           const uuid *subject, day since, err *e) {
  finding *all = NULL;
  size_t count = 0;
  if (!store_findings_of(ctx->store, ctx->a, root, true, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    if ((k->parent >= 0 && !uuid_equal(&all[i].subject, subject)) || all[i].since < since) continue;
    all[i].until = ctx->today;
    if (!store_finding_put(ctx->store, &all[i], e)) return false;
  }
  return true;
}

/* The record as what is said of it makes it. */
static bool fields_from_facts(command_context *ctx, record *r, err *e) {
  for (size_t i = 0; i < r->kind->field_count; i++)
    if (!store_fact_now(ctx->store, ctx->a, r, &r->kind->fields[i], &r->fields[i], e)) return false;
  r->version = ctx->seq;
  return true;
}

static bool evaluate(command_context *ctx, const merge_request *rq, err *e) {
  const catalog *packs = &ctx->engine->packs;
  const kind *root_kind = catalog_root_kind(packs, rq->kind);
  const pack *p = catalog_pack_of(packs, rq->kind);
  const uuid *roots[] = {&rq->m.gone_root, &rq->m.stays_root};
  for (int i = 0; i < 2; i++) {
    unit_cache_drop(ctx->engine->cache, roots[i]);
    if (!follow_ups_of_unit(ctx, p, roots[i], e)) return false;
  }
  if (!uuid_equal(roots[0], roots[1]) && !reevaluate_unit(ctx, root_kind, roots[0], e))
    return false;
  return reevaluate_unit(ctx, root_kind, roots[1], e);
}

/* ---- there and back ---- */

/* What the one that stays knew is known on, whatever was said later of the other. */
static bool say_again(command_context *ctx, record *stays, const value *before, err *e) {
  for (size_t i = 0; i < stays->kind->field_count; i++)
    if (before[i].type != VALUE_UNKNOWN && !value_equal(&before[i], &stays->fields[i]) &&
        !fact_record(ctx, stays, (int)i, &before[i], when_now(ctx), "merge", e))
      return false;
  return true;
}

static bool merge(command_context *ctx, merge_request *rq, err *e) {
  moving x = {0};
  record *stays = rq->stays, *gone = rq->gone;
  value *before = ARENA_ARRAY(ctx->a, rq->kind->field_count, value);
  if (!before) return err_memory(e);
  memcpy(before, stays->fields, rq->kind->field_count * sizeof *before);
  gone->withdrawn = true;
  gone->version = ctx->seq;
  if (!close_findings(ctx, rq->kind, &rq->m.gone_root, &rq->m.gone, DAY_MIN, e) ||
      !collect(ctx, rq->kind, &rq->m.gone_root, &rq->m.gone, &x, e) ||
      !store_merger_move(ctx->store, &rq->m, rq->kind, e) ||
      !store_subject_put(ctx->store, gone, false, e) || !fields_from_facts(ctx, stays, e) ||
      !say_again(ctx, stays, before, e) || !store_subject_put(ctx->store, stays, false, e))
    return false;
  unit_cache_drop(ctx->engine->cache, &rq->m.gone_root);
  unit_cache_drop(ctx->engine->cache, &rq->m.stays_root);
  return recount(ctx, &x, &rq->m.gone, &rq->m.stays, &rq->m.stays_root, rq->m.area, e) &&
         effects_from(ctx, stays, from_the_start, e) && evaluate(ctx, rq, e);
}

/* ---- what was done since, with a case or measure that came over ---- */

static const event_kind *derived_kind(command_context *ctx, const merge_request *rq,
                                      const char *what) {
  return pack_derived_event(catalog_pack_of(&ctx->engine->packs, rq->kind), rq->kind, what);
}

static bool steps_since(command_context *ctx, const merge_request *rq, err *e) {
  casework *cases = NULL;
  step *steps = NULL;
  size_t count = 0, step_count = 0;
  const event_kind *k = derived_kind(ctx, rq, "_step");
  if (!k) return true;
  if (!store_cases_of(ctx->store, ctx->a, &rq->m.stays_root, &cases, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    bool moved;
    if (!store_merger_moved(ctx->store, &rq->m, "casework", &cases[i].id, &moved, e) ||
        !store_steps(ctx->store, ctx->a, &cases[i].id, &steps, &step_count, e))
      return false;
    for (size_t n = 0; moved && n < step_count; n++) {
      const uuid id = step_event_id(&cases[i].id, steps[n].seq, steps[n].to);
      if (steps[n].seq > rq->m.seq && !store_merger_add_event(ctx->store, &rq->m, k, &id, e))
        return false;
    }
  }
  return true;
}

static bool measures_since(command_context *ctx, const merge_request *rq, err *e) {
  measure *all = NULL;
  size_t count = 0;
  const event_kind *k = derived_kind(ctx, rq, "_measure");
  if (!k) return true;
  if (!store_measures_of(ctx->store, ctx->a, &rq->m.stays_root, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    bool moved;
    const uuid id = measure_event_id(&all[i].id, all[i].version);
    if (!store_merger_moved(ctx->store, &rq->m, "measure", &all[i].id, &moved, e) ||
        (moved && all[i].version > rq->m.seq &&
         !store_merger_add_event(ctx->store, &rq->m, k, &id, e)))
      return false;
  }
  return true;
}

/* Whether an entry was a step of such a case, or about such a measure. */
static bool goes_back(command_context *ctx, const merge_request *rq, int64_t seq, bool *ret_yes,
                      err *e) {
  entry *x = NULL;
  size_t count = 0;
  uuid id;
  *ret_yes = false;
  if (!store_journal(ctx->store, ctx->a, &(journal_query){.after = seq - 1, .limit = 1}, &x, &count,
                     e))
    return false;
  const bool move = count && strcmp(x->verb, "move") == 0;
  if (!move && (!count || strcmp(x->verb, "measure") != 0)) return true;
  const json *body = json_parse(ctx->a, x->body, e);
  if (!body) return false;
  return !uuid_parse(json_text(body, move ? "case" : "id"), &id) ||
         store_merger_moved(ctx->store, &rq->m, move ? "casework" : "measure", &id, ret_yes, e);
}

static bool facts_since(command_context *ctx, const merge_request *rq, err *e) {
  fact *all = NULL;
  size_t count = 0;
  if (!store_facts_of(ctx->store, ctx->a, rq->stays, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    bool yes = false;
    if (all[i].seq <= rq->m.seq) continue;
    if (!goes_back(ctx, rq, all[i].seq, &yes, e) ||
        (yes && !store_merger_add_fact(ctx->store, &rq->m, all[i].field, all[i].seq, e)))
      return false;
  }
  return true;
}

static bool take_back(command_context *ctx, merge_request *rq, err *e) {
  moving x = {0};
  record *stays = rq->stays, *gone = rq->gone;
  gone->withdrawn = false;
  if (!close_findings(ctx, rq->kind, &rq->m.stays_root, &rq->m.stays, day_of_ms(rq->m.at_ms), e) ||
      !steps_since(ctx, rq, e) || !measures_since(ctx, rq, e) || !facts_since(ctx, rq, e) ||
      !store_merger_move_back(ctx->store, &rq->m, rq->kind, e) ||
      !collect(ctx, rq->kind, &rq->m.gone_root, &rq->m.gone, &x, e) ||
      !store_facts_withdraw(ctx->store, &stays->id, rq->m.seq, e) ||
      !fields_from_facts(ctx, stays, e) || !fields_from_facts(ctx, gone, e) ||
      !store_subject_put(ctx->store, stays, false, e) ||
      !store_subject_put(ctx->store, gone, false, e))
    return false;
  unit_cache_drop(ctx->engine->cache, &rq->m.gone_root);
  unit_cache_drop(ctx->engine->cache, &rq->m.stays_root);
  /* Told from where they stood until now, to where they stand again. */
  for (size_t i = 0; i < x.count; i++) {
    if (uuid_equal(&x.events[i]->subject, &rq->m.gone)) x.events[i]->subject = rq->m.stays;
    x.events[i]->root = rq->m.stays_root;
    memcpy(x.events[i]->area, rq->m.area, sizeof rq->m.area);
  }
  return recount(ctx, &x, &rq->m.stays, &rq->m.gone, &rq->m.gone_root, rq->m.gone_area, e) &&
         effects_from(ctx, stays, from_the_start, e) &&
         effects_from(ctx, gone, from_the_start, e) && evaluate(ctx, rq, e);
}

static bool merge_apply(command_context *ctx, err *e) {
  merge_request *rq = ctx->request;
  text reason = text_trim(json_text(ctx->command->body, "reason"));
  if (!context_append(ctx, &rq->m.stays, &rq->m.stays_root, rq->m.area, e)) return false;
  if (!rq->undo) {
    rq->m.reason = reason;
    return store_merger_put(ctx->store, &rq->m, e) && merge(ctx, rq, e);
  }
  rq->m.undone_seq = ctx->seq;
  rq->m.undone_reason = reason;
  rq->m.undone_by = ctx->command->who.officer;
  rq->m.undone_ms = ctx->at_ms;
  return store_merger_put(ctx->store, &rq->m, e) && take_back(ctx, rq, e);
}

const verb_handler verb_merge = {.request_bytes = sizeof(merge_request),
                                 .find = merge_find,
                                 .authorize = merge_authorize,
                                 .check = merge_check,
                                 .apply = merge_apply};
