/* A unit as it was. */
#include "engine/eval/unit_past.h"

#include "store/rows/area_changes.h"

bool past_places_load(store *s, arena *a, day on, past_places *ret, err *e) {
  past_area *areas = NULL;
  *ret = (past_places){.on = on};
  if (!store_past_areas(s, a, 0, &areas, &ret->count, e)) return false;
  for (size_t i = 0; i < ret->count; i++) ret->any |= on < areas[i].until;
  ret->areas = areas;
  return true;
}

static const char *area_then(const past_places *x, const uuid *root, const char *now) {
  size_t low = 0, high = x->any ? x->count : 0;
  while (low < high) { /* the first of this root */
    const size_t middle = (low + high) / 2;
    if (memcmp(x->areas[middle].root.b, root->b, sizeof root->b) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  for (; x->any && low < x->count && uuid_equal(&x->areas[low].root, root); low++)
    if (x->on < x->areas[low].until) return x->areas[low].area;
  return now;
}

/* *ret NULL: it was not registered yet. */
static bool record_then(store *s, arena *a, const record *now, day on, record **ret, err *e) {
  fact *all = NULL;
  size_t count = 0;
  record *r = record_new(a, now->kind);
  *ret = NULL;
  if (!r) return err_memory(e);
  value *fields = r->fields;
  *r = *now;
  r->fields = fields;
  if (!store_facts_of(s, a, now, &all, &count, e)) return false;
  bool known = false;
  for (size_t i = 0; i < count && all[i].since <= on; i++) { /* the oldest first */
    const field *f = field_find(r->kind->fields, r->kind->field_count, text_of(all[i].field));
    fields[f - r->kind->fields] = all[i].v;
    known = true;
  }
  if (known) *ret = r;
  return true;
}

static bool colour_then(store *s, unit *u, err *e) {
  finding *all = NULL;
  size_t count = 0;
  if (!store_findings_of(s, u->a, &u->root->id, false, &all, &count, e)) return false;
  u->root->colour = COLOUR_GREEN;
  for (size_t i = 0; i < count; i++)
    if (all[i].since <= u->today && (all[i].until == DAY_NONE || all[i].until > u->today) &&
        all[i].colour > u->root->colour)
      u->root->colour = all[i].colour;
  return true;
}

bool unit_past(store *s, unit *u, const past_places *places, err *e) {
  size_t there = 0;
  const record *now = u->root;
  if (!record_then(s, u->a, now, u->today, &u->root, e)) return false;
  if (!u->root) return true;
  const char *area = area_then(places, &now->id, now->area);
  memcpy(u->root->area, area, sizeof u->root->area);
  record **children = ARENA_ARRAY(u->a, u->child_count + 1, record *);
  if (!children) return err_memory(e);
  for (size_t i = 0; i < u->child_count; i++) {
    if (!record_then(s, u->a, u->children[i], u->today, &children[there], e)) return false;
    if (!children[there]) continue;
    memcpy(children[there]->area, area, sizeof u->root->area);
    there++;
  }
  u->children = children;
  u->child_count = there;
  return colour_then(s, u, e);
}
