/* IMPORT announces rows that follow; UNDO takes back what they brought. */
#include "engine/commands/commands.h"

#include "engine/duties/tracking.h"
#include "engine/rules/evaluate.h"
#include "engine/rules/facts.h"
#include "engine/rules/summaries.h"
#include "engine/units/unit_read.h"
#include "engine/units/unit_write.h"

bool apply_import(work *w, err *e) {
  if (!w->g->replaying && !actor_may(&w->c->who, &w->g->packs, RIGHT_IMPORT, NULL))
    return err_set(e, ERR_DENIED, NULL, "您的岗位不能导入名册。",
                   "Your post may not import rosters.");
  return work_append(w, NULL, NULL, NULL, e);
}

/* What an event had replaced is there again. */
static bool bring_back(work *w, const event_kind *k, const json *body, err *e) {
  uuid id;
  event *old = NULL;
  if (!uuid_parse(json_text(body, "replaces"), &id)) return true;
  if (!store_event(w->s, w->a, k, &id, NULL, &old, e)) return false;
  if (!old || !old->withdrawn) return true;
  old->withdrawn = false;
  cache_drop(w->g->cache, &old->root);
  return store_event_restore(w->s, old, e) && duties_note(w, old, false, e) &&
         summaries_mark(w, old, e);
}

static bool undo_event(work *w, const entry *x, const json *body, err *e) {
  const pack *owner = NULL;
  const event_kind *k = catalog_event(&w->g->packs, json_text(body, "kind"), &owner);
  event *had = NULL;
  record *r = NULL;
  uuid id;
  if (!k || strcmp(x->verb, "event") != 0 || !uuid_parse(json_text(body, "id"), &id)) return true;
  if (!store_event(w->s, w->a, k, &id, NULL, &had, e)) return false;
  if (!had || had->withdrawn) return true;
  if (!bring_back(w, k, body, e)) return false;
  if (!know_subject(w, &owner->kinds[k->about], &had->subject, &r, e) ||
      !keep_withdrawal(w, had, e))
    return false;
  return !r || (take_facts_back(w, r, had->seq, e) && keep_subject(w, r, false, e));
}

/* What an entry of an import was about. */
static const kind *kind_of_entry(work *w, const json *body) {
  const pack *owner = NULL;
  text name = json_text(body, "kind");
  const kind *k = catalog_kind(&w->g->packs, name, NULL);
  const event_kind *x = k ? NULL : catalog_event(&w->g->packs, name, &owner);
  return x ? &owner->kinds[x->about] : k;
}

static bool undo_entry(work *w, const entry *x, err *e) {
  err ignored;
  json *body = json_parse(w->a, x->body, &ignored);
  const kind *k = catalog_kind(&w->g->packs, json_text(body, "kind"), NULL);
  record *r = NULL;
  if (!k) return undo_event(w, x, body, e);
  if (!know_subject(w, k, &x->subject, &r, e)) return false;
  if (!r) return true;
  int64_t left = 0;
  if (!take_facts_back(w, r, x->seq, e) || !store_facts_left(w->s, &r->id, &left, e)) return false;
  if (left == 0 && r->created == x->seq) r->withdrawn = true;
  return keep_subject(w, r, false, e);
}

bool apply_undo(work *w, err *e) {
  uuid import;
  entry *entries = NULL;
  size_t count = 0;
  if (!body_uuid(w->c->body, "import", &import, e) ||
      !store_entries_via(w->s, w->a, &import, &entries, &count, e))
    return false;
  if (count == 0)
    return err_set(e, ERR_UNKNOWN_NAME, "import", "没有找到这次导入，或者它没有带来任何更改。",
                   "There is no such import, or it changed nothing.");
  if (!w->g->replaying && !actor_may(&w->c->who, &w->g->packs, RIGHT_IMPORT, NULL))
    return no_right("撤销导入", "take imports back", e);
  if (!work_append(w, NULL, NULL, NULL, e)) return false;
  /* Children before their parents: last in, first out. */
  for (size_t i = count; i-- > 0;) {
    cache_sweep(w->g->cache);
    if (!undo_entry(w, &entries[i], e)) return false;
  }
  for (size_t i = count; i-- > 0;) {
    if (i > 0 && uuid_equal(&entries[i].root, &entries[i - 1].root)) continue;
    const json *body = json_parse(w->a, entries[i].body, e);
    const kind *k = body ? kind_of_entry(w, body) : NULL;
    cache_sweep(w->g->cache);
    if (k && !settle(w, catalog_root_kind(&w->g->packs, k), &entries[i].root, e)) return false;
  }
  return true;
}
