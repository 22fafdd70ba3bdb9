/* Forms for many, and whom one is for. */
#include "engine/rules/derived_events.h"
#include "print/print_internal.h"

enum { A_TIME = 200 };

typedef struct many {
  store *s;
  const print *p;
  const print_view *v;
  const print_many *q;
  paper *out;
  int64_t forms;
} many;

static bool one(many *m, const print_of *of, err *e) {
  bool done = false;
  if (m->forms == PRINT_FORMS_MAX)
    return err_set(e, ERR_TOO_LARGE, NULL,
                   "一次最多打印 %d 份，请缩小范围（例如一个村一个村地打）。",
                   "At most %d forms are printed at a time; narrow it, to a village for example.",
                   PRINT_FORMS_MAX);
  if (!print_form(m->s, m->p, m->v, of, m->out, &done, e)) return false;
  m->forms += done;
  return true;
}

static bool all_records(many *m, arena *a, err *e) {
  subject_query q = {.kind = m->p->kind,
                     .scope = m->v->ledger.scope,
                     .reach = m->v->ledger.reach,
                     .words = m->q->words,
                     .colour = m->q->colour,
                     .limit = A_TIME};
  for (size_t n = A_TIME; n == A_TIME;) {
    record **rows = NULL;
    arena_clear(a);
    if (!store_subjects(m->s, a, &q, &rows, &n, e)) return false;
    for (size_t i = 0; i < n; i++)
      if (!one(m, &(print_of){rows[i]->root, rows[i]->id}, e)) return false;
    if (!n) break;
    memcpy(q.after_area, rows[n - 1]->area, sizeof q.after_area);
    q.after_id = rows[n - 1]->id;
  }
  return true;
}

static bool all_events(many *m, arena *a, err *e) {
  when last;
  event_list q = {.kind = m->p->event,
                  .scope = m->v->ledger.scope,
                  .reach = m->v->ledger.reach,
                  .from = m->q->from,
                  .to = m->q->to,
                  .limit = A_TIME};
  for (size_t n = A_TIME; n == A_TIME;) {
    event **rows = NULL;
    arena_clear(a);
    if (!store_events_list(m->s, a, &q, &rows, &n, e)) return false;
    for (size_t i = 0; i < n; i++)
      if (!one(m, &(print_of){rows[i]->root, rows[i]->id}, e)) return false;
    if (!n) break;
    last = event_when(rows[n - 1]);
    q.after = &last;
  }
  return true;
}

bool print_all(store *s, const print *p, const print_view *v, const print_many *q, paper *out,
               int64_t *ret_forms, err *e) {
  many m = {.s = s, .p = p, .v = v, .q = q, .out = out};
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  const bool ok = !p->kind   ? one(&m, &(print_of){0}, e)
                  : p->event ? all_events(&m, a, e)
                             : all_records(&m, a, e);
  if (!ok) return false;
  *ret_forms = m.forms;
  return m.forms > 0 || print_say_none(p, e);
}

bool print_say_none(const print *p, err *e) {
  if (*p->otherwise) return err_set(e, ERR_BAD_INPUT, NULL, "%s", "%s", p->otherwise);
  return err_set(e, ERR_BAD_INPUT, NULL, "这里没有要打印“%s”的。", "\"%s\" is for none of these.",
                 p->title);
}

/* ---- whom ---- */

static bool no_such(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "of", "没有这个对象或登记，请核对编号。",
                 "There is no such record or event; check its number.");
}

static bool find_event(store *s, arena *a, const event_kind *k, const uuid *id, print_of *ret,
                       char ret_area[13], err *e) {
  event *x = NULL;
  measure *m = NULL;
  uuid own = *id;
  if (k->derived) {
    if (!store_measure_find(s, a, id, NULL, &m, e)) return false;
    if (m) own = measure_event_id(&m->id, m->version);
  }
  if (!store_event_find(s, a, k, &own, NULL, &x, e)) return false;
  if (!x || x->withdrawn) return true;
  *ret = (print_of){x->root, x->id};
  memcpy(ret_area, x->area, sizeof x->area);
  return true;
}

bool print_find(store *s, arena *a, const print *p, text written, print_of *ret, char ret_area[13],
                err *e) {
  uuid id;
  record *r = NULL;
  *ret = (print_of){0};
  ret_area[0] = 0;
  const bool is_id = uuid_parse(written, &id);
  if (is_id && p->event && !find_event(s, a, p->event, &id, ret, ret_area, e)) return false;
  if (ret_area[0]) return true;
  /* An event that is told by whom it is of: the newest that fits. */
  const kind *k = p->event ? catalog_root_kind(store_packs(s), p->kind) : p->kind;
  if (!k) return no_such(e);
  if (is_id ? !store_subject_find(s, a, k, &id, NULL, &r, e)
            : k->key >= 0 && !store_subject_find_by_key(s, a, k, written, &r, e))
    return false;
  if (!r) return no_such(e);
  *ret = (print_of){r->root, p->event ? (uuid){{0}} : r->id};
  memcpy(ret_area, r->area, sizeof r->area);
  return true;
}
