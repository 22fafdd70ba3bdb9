/* Measures and case steps are recorded as derived events too: aggregates, indicators and tables
 * then need nothing of their own for them. */
#include "engine/rules/derived_events.h"

#include "engine/units/repo_write.h"

#include <stdio.h>

static value coded(const char *s) {
  return s && s[0] ? value_string(text_of(s)) : (value){.type = VALUE_UNKNOWN};
}

static bool derive_event(command_context *ctx, const event_kind *k, const uuid *id,
                         const uuid *root, const char *area, value *fields, err *e) {
  event ev = {.kind = k,
              .id = *id,
              .root = *root,
              .subject = *root,
              .on = ctx->today,
              .seq = ctx->seq,
              .at_ms = ctx->at_ms,
              .officer = ctx->command->who.officer,
              .fields = fields};
  memcpy(ev.area, area, sizeof ev.area);
  event_set_moment(&ev);
  for (size_t i = 0; i < k->field_count; i++)
    if (fields[i].type == VALUE_UNKNOWN) fields[i] = value_missing(ctx->a, k->fields[i].name);
  return repo_save_event(ctx, &ev, e);
}

static bool is_begun(const char *state) {
  return strcmp(state, "running") == 0 || strcmp(state, "done") == 0;
}

/* Each version of a measure replaces the derived event of the version before. */
uuid measure_event_id(const uuid *measure_id, int64_t version) {
  char name[40];
  snprintf(name, sizeof name, "note/%lld", (long long)version);
  return uuid_derived(measure_id, text_of(name));
}

bool derive_measure_event(command_context *ctx, const measure_kind *k, const measure *m,
                          int64_t previous_version, err *e) {
  const pack *p = NULL;
  catalog_measure(&ctx->engine->packs, text_of(m->kind), &p);
  const kind *of = &p->kinds[k->of];
  const event_kind *made =
      pack_derived_event(p, catalog_root_kind(&ctx->engine->packs, of), "_measure");
  if (!made) return true;
  value fields[DERIVED_COUNT] = {
      [DERIVED_MEASURE] = coded(k->name),
      [DERIVED_GROUP] = coded(k->group),
      [DERIVED_STATE] = coded(m->state),
      [DERIVED_AMOUNT] = m->has_amount ? value_int(m->amount) : (value){.type = VALUE_UNKNOWN},
      [DERIVED_PER] = m->has_amount ? coded(k->per) : (value){.type = VALUE_UNKNOWN},
      [DERIVED_FUND] = coded(m->fund),
      [DERIVED_PROPOSED] = value_int(ctx->today),
      [DERIVED_BEGUN] =
          is_begun(m->state) ? value_int(ctx->today) : (value){.type = VALUE_UNKNOWN}};
  if (previous_version) {
    event *old = NULL;
    uuid id = measure_event_id(&m->id, previous_version);
    if (!store_event_find(ctx->store, ctx->a, made, &id, NULL, &old, e)) return false;
    if (old) fields[DERIVED_PROPOSED] = old->fields[DERIVED_PROPOSED];
    if (old && old->fields[DERIVED_BEGUN].type == VALUE_INT)
      fields[DERIVED_BEGUN] = old->fields[DERIVED_BEGUN];
    if (old && !repo_save_withdrawal(ctx, old, e)) return false;
  }
  uuid id = measure_event_id(&m->id, m->version);
  return derive_event(ctx, made, &id, &m->root, m->area, fields, e);
}

uuid step_event_id(const uuid *case_id, int64_t seq, const char *to) {
  char name[120];
  snprintf(name, sizeof name, "step/%lld/%s", (long long)seq, to);
  return uuid_derived(case_id, text_of(name));
}

bool derived_step_withdraw(command_context *ctx, const kind *root_kind, const step *t, err *e) {
  const pack *p = catalog_pack_of(&ctx->engine->packs, root_kind);
  const event_kind *made = pack_derived_event(p, root_kind, "_step");
  const uuid id = step_event_id(&t->case_id, t->seq, t->to);
  event *had = NULL;
  if (!made) return true;
  if (!store_event_find(ctx->store, ctx->a, made, &id, NULL, &had, e)) return false;
  return !had || had->withdrawn || repo_save_withdrawal(ctx, had, e);
}

bool derive_step_event(command_context *ctx, const unit *u, const casework *c, const step *t,
                       err *e) {
  const event_kind *made = pack_derived_event(u->pack, u->root->kind, "_step");
  if (!made) return true;
  value fields[STEP_COUNT] = {[STEP_PROCESS] = coded(c->process),
                              [STEP_NAME] = value_string(text_of(t->transition)),
                              [STEP_FROM] = value_string(text_of(t->from)),
                              [STEP_TO] = coded(t->to)};
  uuid id = step_event_id(&c->id, t->seq, t->to);
  return derive_event(ctx, made, &id, &c->root, c->area, fields, e);
}
