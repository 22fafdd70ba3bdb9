/* case_run.h — one case of a pack's tests on its way: the unit it made, the day it has come to, and
 * what differed so far. A case has given, steps and what is expected; or input and output. */
#ifndef JISHI_PACKTEST_CASE_RUN_H
#define JISHI_PACKTEST_CASE_RUN_H

#include "packtest/act.h"

/* A root subject that the case made, and what it is called by. */
typedef struct named_subject {
  const kind *kind;
  uuid id;
  text key, title;
} named_subject;

typedef struct case_run {
  engine *g;
  const pack *pack;
  arena *a;
  const char *file;
  const kind *root_kind; /* the unit at hand: the first one given, or whom `about` names */
  uuid root;
  named_subject *named;
  size_t named_count, named_room;
  char area[13];
  day today;
  uint64_t made; /* ids given out */
  size_t differences;
  buf *says; /* the differences, a line each */
} case_run;

/* Each runs a whole case inside the open transaction, which the caller rolls back. False: the
 * engine itself failed. */
bool case_steps(case_run *p, const yaml *test, err *e);       /* steps.c */
bool case_calculation(case_run *p, const yaml *test, err *e); /* calculation.c */

/* The first day of a case; DAY_NONE when it has none that can be read. */
day case_first_day(const yaml *test);
/* Adds a difference: "file:line: day: …". */
void case_differs(case_run *p, const yaml *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A refusal is a difference; a failing store ends the run (false). */
bool case_refused(case_run *p, const yaml *at, const err *why, err *e);

/* Sets the case's area, begins its first day, makes its officers. False: the engine failed. */
bool case_begin(case_run *p, const yaml *test, day first, err *e);
/* Makes the unit that `given` describes; `loose`: kinds of events are passed over, and texts that
 * must be given but do not matter are made up. */
bool case_make_unit(case_run *p, const yaml *given, const yaml *test, bool loose, err *e);
bool case_pass_days(case_run *p, day until, err *e);

/* `about: NAME` in a step or among what is expected: the unit at hand is another one that was
 * given, by its key or its name. What is at hand without it is kept in *had, for case_about_end. A
 * name that nothing has is a difference, and false. */
typedef struct unit_at_hand {
  const kind *root_kind;
  uuid root;
} unit_at_hand;
bool case_about(case_run *p, const yaml *map, unit_at_hand *had);
void case_about_end(case_run *p, const unit_at_hand *had);

/* The next command, by `who`, in the morning of the case's day. */
act case_next_act(case_run *p, actor who, answer *ret);
uuid case_officer(text role); /* who holds a role in tests: always the same one */
/* "person: 2" among the answers: the step is about the second child of that kind. */
bool case_subject(case_run *p, const kind *k, const yaml *form, uuid *ret, err *why);
/* The N-th of its kind that was recorded of the unit at hand, withdrawn ones too. */
bool case_nth_event(case_run *p, const event_kind *k, const yaml *number, uuid *ret, err *why);
bool case_record_event(case_run *p, const act *t, const event_kind *k, const yaml *given, day on,
                       err *why);
/* Records an event, of the N-th child when `form` says so (`person: N`). *ret_id: the event's. A
 * refusal is a difference: *ret_id is nil. */
bool case_take_event(case_run *p, const event_kind *k, const yaml *form, day on, uuid *ret_id,
                     err *e);

#endif
