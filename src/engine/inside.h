/* inside.h — what the files of engine/ share: the engine, and one entry being applied. */
#ifndef JISHI_ENGINE_INSIDE_H
#define JISHI_ENGINE_INSIDE_H

#include "engine/cache.h"
#include "engine/duties.h"
#include "engine/engine.h"

/* What an import's last entry leaves to be looked at: its unit, and the entry's own words. */
typedef struct pending {
  const kind *root_kind; /* NULL: nothing */
  uuid root, via, id, officer;
  int64_t seq, at_ms;
  verb verb;
} pending;
typedef struct tail {
  uuid via, root; /* of the journal's last entry */
} tail;

/* A summary that what was recorded has made wrong. */
typedef struct stale {
  const event_kind *of;
  uuid root, subject;
  char area[13];
  day from;
} stale;

struct engine {
  store *s;
  catalog packs;
  pack *owned[CATALOG_MAX];
  calendar *calendar;
  county head;       /* of the journal, as this connection will leave it */
  county committed;  /* as it was when the transaction began */
  unit_cache *cache; /* made when it is first needed */
  bool gathering;    /* the caller calls engine_finish before it commits */
  pending pending;
  tail last, committed_last;
  day looked;     /* the last day on which waking units were looked for */
  bool replaying; /* entries are taken as they stand: no rights, no guards, no repeats */
  stale *stale;
  size_t stale_count, stale_room;
  bool packs_changed; /* a new pack was loaded in this transaction */
};

/* One command on its way. `a` holds all that its answer needs. */
typedef struct work {
  engine *g;
  store *s;
  arena *a;
  const command *c;
  answer *out;
  int64_t seq, at_ms;
  day today;
  uuid id;
} work;

/* Writes the journal entry; from here on the command is accepted. */
bool work_append(work *w, const uuid *subject, const uuid *root, const char *area, err *e);
bool body_uuid(const json *body, const char *key, uuid *out, err *e); /* required */

bool no_subject(err *e); /* not there, or outside the areas: the same sentence for both */
bool no_right(const char *zh, const char *en, err *e);
/* Loads a pack from the body of a PACK entry and puts it into the catalog, in place of an older
 * one. */
bool engine_load_pack(engine *g, text body, err *e);
/* Reads a pack folder with the county's values: those it has now, and over them those of `overlay`
 * (may be NULL). NULL: faults. */
pack *engine_read_pack(engine *g, const char *folder, const char *overlay, faults *f);

/* The verbs. Each checks first, reading only; then appends; then writes. */
bool apply_subject(work *w, err *e);
bool apply_facts(work *w, err *e);
bool apply_event(work *w, err *e);
bool apply_withdraw(work *w, err *e);
bool apply_move(work *w, err *e);
bool apply_measure(work *w, err *e);
bool apply_undo(work *w, err *e);
bool apply_excuse(work *w, err *e);
bool apply_county(work *w, err *e);
bool apply_pack(work *w, err *e);
bool apply_areas(work *w, err *e);
bool apply_officer(work *w, err *e);

/* ---- facts ---- */
/* Reads {field: value} against declared fields: every fault of type, range, format, choice;
 * `required` ones must be there when `whole`. */
bool read_form(work *w, const field *fields, size_t count, const json *form, bool whole, value *out,
               err *e);
/* The record's own checks (field.check) over its values as they would be. */
bool check_fields(work *w, const scope *sc, const field *fields, size_t count, const value *values,
                  err *e);
/* What the kind's own fields ask of one another (`asked`); `only` (may be NULL): those that change.
 */
bool check_subject_form(work *w, const kind *k, const value *values, const bool *only, err *e);
/* Says a fact and makes it current when it is the latest. */
bool say_fact(work *w, record *r, int index, const value *v, day since, const char *source, err *e);

/* ---- forms (forms.c) ---- */
typedef struct form_asking {
  value (*eval)(void *context, const cel_program *p); /* over the form and what it is about */
  void *context;
  day on;
} form_asking;
/* What is not asked must not be answered, what is asked and required must; `only` (may be NULL):
 * the fields looked at. */
bool check_asked(const form_asking *q, const field *fields, size_t count, const value *values,
                 const bool *only, err *e);
bool check_event_form(work *w, const event *x, record *r, err *e);
/* The event's subject and its root as a unit without events: for expressions over one event. */
unit *unit_of_event(work *w, const event *x, record *r, err *e);
/* The facts that the event's `sets` make, before it is recorded; and saying them. */
bool event_sets(work *w, const event *x, record *r, value **out, err *e);
bool say_event_sets(work *w, const event *x, record *r, const value *values, bool *any, err *e);
/* Fills in the fields that the engine numbers: never the same number twice, whatever is withdrawn.
 */
bool give_numbers(work *w, const field *fields, size_t count, day on, value *values, err *e);

/* ---- rows that kept units know, too (keep.c) ---- */
/* A copy in the entry's arena; *out NULL: not there. */
bool know_subject(work *w, const kind *k, const uuid *id, record **out, err *e);
bool keep_subject(work *w, record *r, bool fresh, err *e);
bool keep_event(work *w, const event *x, err *e);
bool keep_withdrawal(work *w, const event *x, err *e);
bool keep_finding(work *w, const finding *f, err *e);
bool keep_case(work *w, const casework *c, err *e);

/* ---- what is noted of measures and steps as events of their own (made.c) ---- */
/* `was`: the version whose note this one replaces; 0: the first. */
bool keep_measure(work *w, const measure_kind *k, const measure *m, int64_t was, err *e);
bool note_step(work *w, const unit *u, const casework *c, const step *t, err *e);

/* ---- events that may happen once, or move money (payments.c) ---- */
/* `but` (may be NULL): what x replaces. */
bool check_once(work *w, const kind *root, const event *x, const event *but, err *e);
/* A measure given by its name or title is the unit's newest approved one of that kind. */
bool name_measures(work *w, event *x, err *e);
/* *out NULL: no money moves. */
bool check_payment(work *w, const pack *p, const event *x, payment **out, err *e);
/* The fund that the form of a measure names; "" for none. */
const char *fund_of_form(const measure_kind *k, const value *form, arena *a);
/* The unit as it is now, its open findings and cases, all free to be changed; *u NULL: not there.
 */
bool know_unit(work *w, const kind *root_kind, const uuid *root, unit **u, finding **open,
               size_t *open_count, casework **cases, size_t *case_count, err *e);

/* ---- duties (duties.c) ---- */
/* What an event counts for, and what it brings about; `gone`: it was withdrawn. After it is stored.
 */
bool duties_note(work *w, const event *x, bool gone, err *e);
/* The unit's root enters and leaves sets; `u` NULL: it was taken back. */
bool duties_enlist(work *w, const pack *p, unit *u, const kind *root_kind, const uuid *root,
                   err *e);
/* Events of this kind about a child came with it from another root. */
bool duties_moved(work *w, const event_kind *k, const uuid *from, const record *r, err *e);
/* All of a pack's counts anew, from what is recorded; what an older version counted is forgotten
 * before. */
bool duties_forget(work *w, const pack *p, err *e);
bool duties_recount(work *w, const pack *p, err *e);

/* ---- summaries (summaries.c) ---- */
/* x came or went: the summaries that are made of it. */
bool summaries_mark(work *w, const event *x, err *e);
/* Makes the marked ones of a unit, and those made of them. */
bool summaries_make(work *w, const uuid *root, err *e);
bool summaries_again(work *w, const pack *p, err *e); /* all of a pack's */

/* ---- what follows ---- */
/* settle, now or with the last of the import's entries about this unit that stand together in the
 * journal at one instant. */
bool follow(work *w, const kind *root_kind, const uuid *root, err *e);
bool settle_pending(engine *g, err *e);
/* Looks at every rule of the unit: raises, resolves, opens and re-opens cases, marks the root. */
bool settle(work *w, const kind *root_kind, const uuid *root, err *e);
/* The unit's rows follow its root to another area. */
bool move_area(work *w, const record *root, err *e);
void answer_add(work *w, uuid **list, size_t *count, const uuid *id);
/* Puts the case into a state: step row, deadline, closed. */
bool enter_state(work *w, unit *u, casework *c, const workflow *flow, int state_index,
                 const char *transition, text form, text note, err *e);
const pack *pack_of_root(work *w, const kind *k);
const kind *root_kind_of(work *w, const kind *k);

#endif
