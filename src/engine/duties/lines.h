/* lines.h — what is due, done, excused and overdue, on any day.
 *
 * A duty asks a doer (an officer, or all who work in an area together) to reach a number in a
 * period: each subject of a set so many times, so many different subjects, or a share of the set. A
 * line is one doer's duty in the period that a day lies in, as things stood at the end of that day:
 * sets and officers as they were then; what was recorded of those days later counts.
 *
 * Where a duty assigns its subjects (`assigned_to`), each owner has a line of his own: of his
 * subjects counts what he did, and what an earlier owner did while they were his. The line of a
 * village is the sum over all of them.
 *
 * A day is excused by a condition (conditions.yaml), by not being a working day where the duty says
 * so, or by what somebody said: "not done, because" (EXCUSE), of an officer or a subject. A subject
 * or line is excused when all its days of the period are, or when the excuse names this duty. What
 * a stand-in does in the set of an absent officer counts for him. */
#ifndef JISHI_ENGINE_DUTIES_LINES_H
#define JISHI_ENGINE_DUTIES_LINES_H

#include "store/rows.h"

typedef enum duty_state {
  DUTY_NOTHING, /* an empty set */
  DUTY_DONE,
  DUTY_EXCUSED,
  DUTY_DUE,     /* the period is running */
  DUTY_OVERDUE, /* it has ended */
  DUTY_UNKNOWN  /* the demand cannot be told: a parameter or fact is missing */
} duty_state;
const char *duty_state_name(duty_state s);

typedef struct duty_line {
  const pack *pack;
  const duty *duty;
  duty_each each;
  const officer *officer; /* NULL: all in `area` together; the id of a person without an account
                             is that of his record */
  const char *owner;      /* where subjects are assigned: his key or login; of the line of one
                             subject the name of whose it is; else NULL */
  char area[13]; /* of the officer's first post, the first of the owner's subjects, or the team's */
  day from, to;
  int64_t set;        /* subjects */
  int64_t need, done; /* visits where each subject has its own number, else subjects */
  int64_t excused;    /* subjects that are asked for nothing */
  int64_t today;      /* what must be done on the asked day for the period to come out */
  int days_left;      /* of the period, from that day on, that are not excused */
  bool provisional;   /* counts working days of a year without a holiday notice */
  duty_state state;
  label why; /* excused: by what; "" */
} duty_line;

typedef struct duty_request {
  const catalog *packs;
  const calendar *calendar;
  day on, today; /* `on` ≤ today */
  /* Of who asks: where he sees every subject, by index of `packs`; NULL: everywhere. */
  const scope *scopes;
  uuid self;    /* his own lines are shown whatever their areas */
  uuid officer; /* nil: all; also a person without an account, by his record */
  uuid subject; /* not nil: what is due at this one, whoever does it */
  text duty;    /* "": all */
  int state;    /* -1: any */
  size_t skip;  /* doers passed over: the cursor */
  size_t limit;
} duty_request;
typedef struct duty_line_page {
  duty_line *rows;
  size_t count, next; /* next: the `skip` of the page after this; 0: that was all */
} duty_line_page;
bool duty_lines(store *s, arena *a, const duty_request *q, duty_line_page *ret, err *e);

typedef struct duty_subject {
  uuid root;
  char area[13];
  const char *owner; /* whose it is, by name; "": of whom its area is */
  day since, last;   /* in the set; last act in the period, DAY_NONE: none */
  int64_t need, done;
  duty_state state;
  label why;
} duty_subject;
typedef struct duty_subject_page {
  duty_subject *rows;
  size_t count;
  bool more;
} duty_subject_page;
/* The subjects of one duty (`q->duty`), of `q->officer` or all within scope; by area. `after` as it
 * was in the last row of the page before; NULL: from the start. */
bool duty_subjects(store *s, arena *a, const duty_request *q, const duty_subject *after,
                   duty_subject_page *ret, err *e);

#endif
