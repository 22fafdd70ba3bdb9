/* steps.h — one case of a pack's tests: given, steps, what is expected. */
#ifndef JISHI_TRIAL_STEPS_H
#define JISHI_TRIAL_STEPS_H

#include "trial/act.h"

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
/* Compares what a step expects (its `expect`) with what is there. */
bool playing_expect(playing *p, const yaml *expect, err *e);

#endif
