/* steps.h — one case of a pack's tests: given, steps, what is expected; or input, output. */
#ifndef JISHI_PACKTEST_STEPS_H
#define JISHI_PACKTEST_STEPS_H

#include "packtest/act.h"

#include "engine/eval/unit.h"

/* A case on its way: the unit it made, the day it has come to, and what differed so far. */
typedef struct playing {
  engine *g;
  const pack *pack;
  arena *a;
  const char *file;
  const kind *root_kind;
  uuid root;
  char area[13];
  day today;
  uint64_t made; /* ids given out */
  size_t differences;
  buf *says; /* the differences, a line each */
} playing;

/* Plays the whole case inside the open transaction, which the caller rolls back. False: the engine
 * itself failed. */
bool playing_case(playing *p, const yaml *test, err *e);
/* The first day of a case; DAY_NONE when it has none that can be read. */
day playing_first_day(const yaml *test);
/* Adds a difference: "file:line: day: …". */
void playing_differs(playing *p, const yaml *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* ---- a case's beginning (packtest_steps.c) ---- */

/* Sets the case's area and begins its first day. False: the engine failed. */
bool playing_begin(playing *p, const yaml *test, day first, err *e);
/* Makes the unit that `given` describes; `loose`: kinds of events are passed over, and texts that
 * must be given but do not matter are made up. */
bool playing_unit(playing *p, const yaml *given, const yaml *test, bool loose, err *e);
/* Records an event, of the N-th child when `form` says so (`person: N`). *id: the event's. A
 * refusal is a difference: *id is nil. */
bool playing_event(playing *p, const event_kind *k, const yaml *form, day on, uuid *id, err *e);

/* ---- what is there (packtest_expect.c) ---- */

/* The unit as the engine sees it on the day that the case has come to. */
typedef struct looking {
  playing *p;
  unit *u;
  record *about;
} looking;
bool looking_at(looking *l, playing *p, err *e);
/* A variable, an aggregate or a field of the subject, by name; a rule: whether it holds. */
bool looking_named(const looking *l, text name, value *v, const cel_type **t);
/* A value for people; what is missing of an unknown one. */
void looking_say(const looking *l, const value *v, const cel_type *t, buf *b);
/* `want` as people write it (money in yuan, `unknown`); numbers may be off by `margin`. */
bool looking_is(const value *v, const cel_type *t, const yaml *want, int64_t margin);
/* A number as people write it, by its type's unit. */
bool looking_number(const cel_type *t, text s, int64_t *n);

/* ---- calculations (packtest_calc.c) ---- */

/* A case with `period`, `input` and `output`. */
bool playing_calculation(playing *p, const yaml *test, err *e);
/* `2024-05-01`, or `2024-05` or `2024` for its first day. */
bool playing_period(text s, day *out);

/* Compares what a step expects (its `expect`) with what is there. */
bool playing_expect(playing *p, const yaml *expect, err *e);

#endif
