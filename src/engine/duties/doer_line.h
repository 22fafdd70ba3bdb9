/* doer_line.h — one doer's line in the making (lines.h says what a line is): begun for an officer,
 * the owner of assigned subjects or all who work in an area, then summed, or its subjects given one
 * by one to `take`. Lives in the arena of the question. */
#ifndef JISHI_ENGINE_DUTIES_DOER_LINE_H
#define JISHI_ENGINE_DUTIES_DOER_LINE_H

#include "engine/duties/excuses.h"
#include "engine/duties/lines.h"
#include "engine/duties/owners.h"

/* An owner as he was looked up, with the days on which he is away. */
typedef struct known_owner {
  const char *key;
  duty_owner who;
  bool off[PERIOD_DAYS_MAX], has_off;
} known_owner;

typedef struct doer_line {
  store *s;
  arena *a;
  const duty_request *q;
  duty_line *out;
  duty_query ask;
  duty_excuses excuses;
  scope areas;               /* where the doer works */
  bool off[PERIOD_DAYS_MAX]; /* the officer is away, and nobody stands in */
  bool has_off;
  int64_t least; /* over parameters; −1: unknown */
  size_t parts;  /* choices that count by themselves; 0: none */
  int64_t must;  /* subjects that leave no day to spare */
  bool unknown;
  /* the subject whose rows are being read */
  duty_subject now;
  int64_t by_part[64];
  int64_t own_least;
  bool any;
  /* where subjects are assigned */
  known_owner *owners;
  size_t owner_count, owner_room;
  bool day_seen[PERIOD_DAYS_MAX]; /* of a subject that is nobody's */
  /* where finished subjects go; false with no error: enough */
  bool (*take)(struct doer_line *l, const duty_subject *x, err *e);
  duty_subject *rows;
  size_t count, room;
  bool more;
} doer_line;

/* An expression over parameters on a day. */
value duty_eval_parameters(const pack *p, const duty *d, const cel_program *x, arena *a, day on);

/* Where who asks sees every subject of a pack. */
scope duty_scope_in(const duty_request *q, const pack *p);
/* `ret` says pack, duty and doer; its period, and what its acts are asked with, are filled in. */
bool doer_line_begin(doer_line *l, store *s, arena *a, const duty_request *q, duty_line *ret,
                     err *e);
/* Every subject in turn to l->take. */
bool doer_line_scan(doer_line *l, err *e);
/* Need, done, state and forecast of the whole line. */
bool doer_line_sum(doer_line *l, err *e);

#endif
