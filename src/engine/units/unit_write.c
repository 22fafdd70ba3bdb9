/* Rows as the writer puts them: into the store, and into the kept unit. */
#include "engine/units/unit_write.h"

#include "engine/duties/tracking.h"
#include "engine/rules/summaries.h"
#include "engine/units/unit_read.h"

/* Nothing that is half taken in is used again. */
static void taken(work *w, const uuid *root, bool whole) {
  if (!whole) cache_drop(w->g->cache, root);
}

bool keep_subject(work *w, record *r, bool fresh, err *e) {
  if (!store_subject_put(w->s, r, fresh, e)) return false;
  if (fresh && r->kind->parent < 0) { /* nothing else is known of it yet */
    kept *k = kept_new(catalog_pack_of(&w->g->packs, r->kind), r, e);
    return k && keep_unit(w, k, e);
  }
  kept *k = kept_of(w, &r->root);
  if (!k) return true;
  record *added = NULL;
  taken(w, &r->root,
        !r->withdrawn && kept_take_subject(k, r, &added) &&
            (!added || cache_name(w->g->cache, k, added)));
  return true;
}

bool keep_event(work *w, const event *x, err *e) {
  if (!store_event_put(w->s, x, e)) return false;
  kept *k = kept_of(w, &x->root);
  if (k) taken(w, &x->root, kept_take_event(k, w, x));
  return duties_note(w, x, false, e) && summaries_mark(w, x, e);
}

bool keep_withdrawal(work *w, const event *x, err *e) {
  if (!store_event_withdraw(w->s, x, e) ||
      (x->kind->pays && !store_payment_withdraw(w->s, &x->id, e)))
    return false;
  kept *k = kept_of(w, &x->root);
  for (size_t i = 0; k && i < k->pack->aggregate_count; i++)
    if (k->pack->aggregates[i].over == x->kind->index) roll_withdraw(&k->rolls[i], x->seq);
  return duties_note(w, x, true, e) && summaries_mark(w, x, e);
}

bool keep_finding(work *w, const finding *f, err *e) {
  if (!store_finding_put(w->s, f, e)) return false;
  kept *k = kept_of(w, &f->root);
  if (k) taken(w, &f->root, kept_take_finding(k, f));
  return true;
}

bool keep_case(work *w, const casework *c, err *e) {
  if (!store_case_put(w->s, c, e)) return false;
  kept *k = kept_of(w, &c->root);
  if (k) taken(w, &c->root, kept_take_case(k, c));
  return true;
}
