/* act.h — steps as people write them, as commands of the engine.
 *
 * A pack's tests and a demo's stories say "the family visit of that day", "verify", "propose this
 * measure", and mean the unit at hand: its only open case, its last proposed measure. Here such a
 * step becomes a command and is applied; the transaction is the caller's. Nothing is remembered
 * between steps: what is meant is looked up in the store each time.
 *
 * Stands above engine; knows nothing of files, clocks, or any programme by name. */
#ifndef JISHI_PACKTEST_ACT_H
#define JISHI_PACKTEST_ACT_H

#include "base/yaml.h"
#include "engine/engine.h"

/* One step on its way. */
typedef struct act {
  engine *g;
  arena *a;
  actor who;
  int64_t at_ms;
  uuid id; /* of the entry; what the step makes (an event, a measure) has an id derived from it */
  answer *out;           /* filled in when the step is taken */
  const char *taking_in; /* of a subject: from which register its state comes; NULL: from none */
} act;

/* `form` is of the API: {"field": value, …}. False: refused, or the step means nothing here;
 * *e says why. */
bool act_subject(const act *t, const kind *k, const uuid *id, const uuid *parent, const char *area,
                 const json *form, err *e); /* parent NULL: a root; area "" for a child */
bool act_facts(const act *t, const kind *k, const uuid *subject, const char *area, const json *form,
               err *e);
typedef struct event_step {
  uuid subject;
  day on;
  const uuid *replaces; /* the event it corrects; NULL: none */
  const json *form;
} event_step;
bool act_event(const act *given, const event_kind *k, const event_step *x, err *e);
bool act_withdraw(const act *t, const event_kind *k, const uuid *event, err *e);
/* Takes the transition on the unit's newest open case that has it (a closed one when none is open).
 */
bool act_move(const act *t, const uuid *root, text transition, const json *form, err *e);
/* Takes back the last step of the unit's case that moved last. */
bool act_step_back(const act *t, const uuid *root, text reason, err *e);
/* Why a duty ("": all) is not done at a subject, or by an officer (not nil), on these days. */
typedef struct excuse_step {
  text duty, reason;
  uuid officer, stand_in; /* nil: none */
  day from, to;
} excuse_step;
bool act_excuse(const act *t, const kind *k, const uuid *subject, const excuse_step *x, err *e);
/* Proposes within the unit's newest open case, when there is one. */
bool act_measure(const act *t, const uuid *root, const measure_kind *k, const uuid *subject,
                 const json *form, err *e);
/* Moves the unit's newest measure of that kind to a state. */
bool act_measure_state(const act *t, const uuid *root, const measure_kind *k, text state, err *e);

/* Of an OFFICER entry: a new officer with one post. NULL: no memory. */
const json *act_officer_body(arena *a, const uuid *id, text login, text name, const post *x,
                             err *e);

/* A zone is added, or is called and drawn anew. `at`: {code, name, shape?}. */
bool act_zone(const act *t, const yaml *at, err *e);

/* Proposes a correction of owned fields; moves the unit's newest proposal to a state. */
bool act_correct(const act *t, const kind *k, const uuid *subject, const json *form, err *e);
bool act_correct_state(const act *t, const uuid *root, text state, err *e);

/* The id of what a step makes: an event, a measure. */
uuid act_thing(const uuid *entry);

/* A map of fields as a test writes it (money in yuan, days YYYY-MM-DD, rates decimal, choices by
 * code or title, 是/否 or true/false, null unknown) as the API's JSON. An unknown field is passed
 * on as text, so that the engine itself refuses it. Keys in `but` (NULL-terminated; may be NULL)
 * are left out. */
typedef struct act_answers {
  const field *fields;
  size_t count;
  const yaml *map;
  const char *const *but;
  const char *file; /* for faults */
} act_answers;
bool act_form(arena *a, const act_answers *x, json **ret_form, err *e);

#endif
