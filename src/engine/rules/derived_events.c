/* Measures and steps of cases, noted as events: so aggregates, indicators and tables see them as
 * they see everything else that happens. */
#include "engine/rules/derived_events.h"

#include "engine/units/unit_write.h"

#include <stdio.h>

static value coded(const char *s) {
  return s && s[0] ? value_string(text_of(s)) : (value){.type = VALUE_UNKNOWN};
}

static bool note(work *w, const event_kind *k, const uuid *id, const uuid *root, const char *area,
                 value *fields, err *e) {
  event x = {.kind = k,
             .id = *id,
             .root = *root,
             .subject = *root,
             .on = w->today,
             .seq = w->seq,
             .at_ms = w->at_ms,
             .officer = w->c->who.officer,
             .fields = fields};
  memcpy(x.area, area, sizeof x.area);
  for (size_t i = 0; i < k->field_count; i++)
    if (fields[i].type == VALUE_UNKNOWN) fields[i] = value_missing(w->a, k->fields[i].name);
  return keep_event(w, &x, e);
}

/* A measure's note is replaced by that of its next state. */
static uuid note_id(const uuid *measure_id, int64_t version) {
  char name[40];
  snprintf(name, sizeof name, "note/%lld", (long long)version);
  return uuid_derived(measure_id, text_of(name));
}

bool keep_measure(work *w, const measure_kind *k, const measure *m, int64_t was, err *e) {
  if (!store_measure_put(w->s, m, e)) return false;
  const pack *p = NULL;
  catalog_measure(&w->g->packs, text_of(m->kind), &p);
  const kind *of = &p->kinds[k->of];
  const event_kind *made = pack_made(p, catalog_root_kind(&w->g->packs, of), "_measure");
  if (!made) return true;
  value fields[MADE_COUNT] = {
      [MADE_MEASURE] = coded(k->name),
      [MADE_GROUP] = coded(k->group),
      [MADE_STATE] = coded(m->state),
      [MADE_AMOUNT] = m->has_amount ? value_int(m->amount) : (value){.type = VALUE_UNKNOWN},
      [MADE_PER] = m->has_amount ? coded(k->per) : (value){.type = VALUE_UNKNOWN},
      [MADE_FUND] = coded(m->fund),
      [MADE_PROPOSED] = value_int(w->today)};
  if (was) {
    event *old = NULL;
    uuid id = note_id(&m->id, was);
    if (!store_event(w->s, w->a, made, &id, NULL, &old, e)) return false;
    if (old) fields[MADE_PROPOSED] = old->fields[MADE_PROPOSED];
    if (old && !keep_withdrawal(w, old, e)) return false;
  }
  uuid id = note_id(&m->id, m->version);
  return note(w, made, &id, &m->root, m->area, fields, e);
}

bool note_step(work *w, const unit *u, const casework *c, const step *t, err *e) {
  const event_kind *made = pack_made(u->pack, u->root->kind, "_step");
  char name[120];
  if (!made) return true;
  value fields[STEP_COUNT] = {[STEP_PROCESS] = coded(c->process),
                              [STEP_NAME] = value_string(text_of(t->transition)),
                              [STEP_FROM] = value_string(text_of(t->from)),
                              [STEP_TO] = coded(t->to)};
  snprintf(name, sizeof name, "step/%lld/%s", (long long)t->seq, t->to);
  uuid id = uuid_derived(&c->id, text_of(name));
  return note(w, made, &id, &c->root, c->area, fields, e);
}
