/* Loading a unit. */
#include "engine/eval/unit.h"

void unit_reevaluate_by(unit *u, day on) {
  if (on != DAY_NONE && on > u->today &&
      (u->next_evaluation == DAY_NONE || on < u->next_evaluation))
    u->next_evaluation = on;
}

static bool load_children(store *s, unit *u, err *e) {
  const pack *p = u->pack;
  size_t room = 0;
  for (size_t k = 0; k < p->kind_count; k++) {
    if (p->kinds[k].parent != u->root->kind->index) continue;
    record **some = NULL;
    size_t count = 0;
    if (!store_children(s, u->a, &p->kinds[k], &u->root->id, &some, &count, e)) return false;
    for (size_t i = 0; i < count; i++) {
      record **more = ARENA_GROW(u->a, u->children, u->child_count, &room, record *);
      if (!more) return err_memory(e);
      u->children = more;
      u->children[u->child_count++] = some[i];
    }
  }
  return true;
}

/* What aggregates read of the events of a kind. */
typedef struct reading {
  const pack *pack;
  const event_kind *kind;
  bool *fields, *variables; /* by index; variables: already followed */
} reading;

static void mark_fields(const reading *r, const cel_program *p) {
  size_t count = 0;
  const int *slots = p ? cel_program_slots(p, &count) : NULL;
  for (size_t i = 0; i < count; i++) {
    const slot *t = &r->kind->scope.slots[slots[i]];
    if (t->kind == SLOT_FIELD) r->fields[t->index] = true;
    if (t->kind != SLOT_VARIABLE || r->variables[t->index]) continue;
    r->variables[t->index] = true; /* variables use one another PACK_VARIABLE_CHAIN_MAX deep */
    const variable *v = &r->pack->variables[t->index];
    for (size_t f = 0; f < v->count; f++) mark_fields(r, v->formulas[f].program);
    mark_fields(r, v->earlier);
  }
}

static bool loads_events(const unit *u, size_t k) {
  return !u->event_kinds || u->event_kinds[k];
}

bool unit_looks_back(const pack *p, size_t k) {
  for (size_t i = 0; i < p->variable_count; i++)
    if (p->variables[i].of_event == (int)k &&
        (p->variables[i].earlier || p->variables[i].count_earlier))
      return true;
  return false;
}

static bool load_events(store *s, unit *u, err *e) {
  const pack *p = u->pack;
  u->events = ARENA_ARRAY(u->a, p->event_count, event **);
  u->event_counts = ARENA_ARRAY(u->a, p->event_count, size_t);
  if (!u->events || !u->event_counts) return err_memory(e);
  for (size_t k = 0; k < p->event_count; k++) {
    if (!loads_events(u, k)) continue;
    const event_kind *of = &p->events[k];
    reading read = {p, of, ARENA_ARRAY(u->a, of->field_count, bool),
                    ARENA_ARRAY(u->a, p->variable_count, bool)};
    day from = DAY_NONE;
    if (!read.fields || !read.variables) return err_memory(e);
    for (size_t i = 0; i < p->aggregate_count; i++) {
      const aggregate *agg = &p->aggregates[i];
      if (agg->over != (int)k) continue;
      day start = aggregate_first_day(agg, u->today);
      if (from == DAY_NONE || start < from) from = start;
      mark_fields(&read, agg->where);
      mark_fields(&read, agg->what);
    }
    if (unit_looks_back(p, k)) from = DAY_MIN;
    for (size_t i = 0; i < p->variable_count; i++)
      if (p->variables[i].of_event == (int)k) mark_fields(&read, p->variables[i].earlier);
    if (from != DAY_NONE &&
        !store_events(
            s, u->a,
            &(event_query){.kind = of, .root = u->root->id, .from = from, .wanted = read.fields},
            &u->events[k], &u->event_counts[k], e))
      return false;
  }
  return true;
}

unit *unit_over(store *s, arena *a, const unit_parts *parts, as_of now, err *e) {
  unit *u = ARENA_NEW(a, unit);
  if (!u) {
    err_memory(e);
    return NULL;
  }
  *u = (unit){.a = a,
              .packs = store_packs(s),
              .pack = catalog_pack_of(store_packs(s), parts->root->kind),
              .calendar = now.calendar,
              .today = now.today,
              .root = parts->root,
              .children = parts->children,
              .child_count = parts->child_count,
              .event_kinds = parts->event_kinds,
              .indexes = parts->indexes,
              .next_evaluation = DAY_NONE};
  return load_events(s, u, e) ? u : NULL;
}

unit *unit_load(store *s, arena *a, const kind *root_kind, const uuid *root, const scope *r,
                as_of now, err *e) {
  unit *u = ARENA_NEW(a, unit);
  if (!u) {
    err_memory(e);
    return NULL;
  }
  *u = (unit){.a = a,
              .packs = store_packs(s),
              .pack = catalog_pack_of(store_packs(s), root_kind),
              .calendar = now.calendar,
              .today = now.today,
              .next_evaluation = DAY_NONE};
  if (!store_subject_find(s, a, root_kind, root, r, &u->root, e)) return NULL;
  if (!u->root) {
    err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这个%s，或者不在您的管辖范围内。",
            "There is no such %s, or it is outside your areas.", LABEL(root_kind->title));
    return NULL;
  }
  return load_children(s, u, e) && load_events(s, u, e) ? u : NULL;
}

record *unit_subject(const unit *u, const uuid *id) {
  if (uuid_equal(&u->root->id, id)) return u->root;
  for (size_t i = 0; i < u->child_count; i++)
    if (uuid_equal(&u->children[i]->id, id)) return u->children[i];
  return NULL;
}
