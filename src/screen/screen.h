/* screen.h — a county in columns: every rule over every subject at once, and what would be if.
 *
 * A screen holds the columns of one pack: of each kind, event and field that its rules, variables
 * and aggregates read, and nothing else. It is loaded from a snapshot and then follows the journal.
 * Its answers are those that the engine would give one subject at a time (tested, and fuzzed).
 *
 * Threads: any number may ask while one follows. A question waits for nothing but the moment in
 * which changed units are put in place; it computes with threads of its own.
 *
 * A *what-if* is a question with parameters set otherwise: `now` is with those in force, `then`
 * with the others. Nothing is stored, nobody is notified.
 *
 * Knows base, cel, pack and store; nothing of cases, the network, or any programme by name. */
#ifndef JISHI_SCREEN_SCREEN_H
#define JISHI_SCREEN_SCREEN_H

#include "store/rows.h"

typedef struct screen screen;

/* The pack and the calendar must outlive it. NULL: memory. */
screen *screen_new(const pack *p, const calendar *c, err *e);
void screen_free(screen *s); /* NULL is fine */
/* Fills an empty screen from a store of its own connection, in one snapshot. `progress` may be
 * NULL. */
bool screen_load(screen *s, store *from, void (*progress)(int64_t rows), err *e);
/* Takes in what the journal says since. */
bool screen_follow(screen *s, store *from, err *e);
/* A unit as it is now. */
typedef struct unit_rows {
  const record *root;
  record *const *children;
  size_t child_count;
  event *const *const *events; /* by event kind of the pack, newest first; NULL: none */
  const size_t *event_counts;
} unit_rows;
/* Without a store: puts one unit, and at the end makes the aggregates as of a day. */
bool screen_put(screen *s, const unit_rows *unit, err *e);
bool screen_set_day(screen *s, day today, err *e);
int64_t screen_seq(const screen *s); /* the journal number it stands at */
typedef struct screen_size {
  int64_t subjects, events, bytes; /* all kinds; all columns */
} screen_size;
screen_size screen_measure(const screen *s);

/* ---- what if: parameters set otherwise ---- */
typedef struct setting {
  int parameter;            /* index in the pack */
  text key;                 /* of a keyed parameter; "" else */
  value v;                  /* holds on every day; UNKNOWN: as if it were not set */
  const parameter *instead; /* or: its values on their days; `v` is then the one of the day asked */
} setting;
/* "p.monitor.line=8000" as people write it (money in yuan, rates as decimals, keyed:
 * "p.medical.rate.level1=0.9"; the leading "p." may be left out; "=" nothing: not set). */
bool setting_read(const pack *p, arena *a, text s, setting *ret, err *e);
/* Every parameter in which another version of the same pack (another overlay) differs; it must
 * outlive the settings. `on`: the day of `v`. */
bool settings_between(const pack *now, const pack *then, arena *a, day on, setting **ret,
                      size_t *ret_count, err *e);

/* ---- asking ---- */
typedef struct question {
  day as_of;          /* rules, parameters, windows as of this day; facts as they are now */
  const scope *scope; /* NULL: the whole county */
  const setting *settings;
  size_t setting_count;
  const field *by; /* a choice or yes/no field of root subjects, for categories; NULL: none */
  int threads;     /* 0: one a core, at most SCREEN_THREADS_MAX */
} question;
enum { SCREEN_THREADS_MAX = 8 };

typedef struct tally {
  int64_t matched;  /* subjects of which the rule is true */
  int64_t unknown;  /* … it cannot be told, because facts or parameters are missing */
  int64_t failed;   /* … the expression ended in an error */
  int64_t money;    /* what the rule `costs` for those that match, fen; its own period */
  int64_t unpriced; /* matched, but the cost cannot be told */
} tally;
/* One rule in one village, zone and category. Only where something is not zero. */
typedef struct screen_cell {
  const rule *rule;
  const char *area; /* 12 digits */
  const char *zone; /* "": none */
  int category;     /* index into the answer's categories; 0 when there is no `by` */
  tally now, then;
  int64_t enters, leaves; /* subjects that match only then, only now */
} screen_cell;
typedef struct screen_answer {
  day as_of;
  int64_t seq;            /* of the journal */
  int64_t subjects;       /* root subjects looked at */
  int64_t enters, leaves; /* root subjects with a first, without any rule that matches them or their
                             children; green ones aside */
  const screen_cell *cells; /* by rule, area, zone, category */
  size_t cell_count;
  const label *categories; /* titles; the last one: not known. One empty label without `by` */
  size_t category_count;
  const rule *const *rules; /* in force on the day, in the pack's order */
  size_t rule_count;
} screen_answer;
/* The answer lives in `a`. Without settings `then` equals `now`. */
bool screen_ask(screen *s, arena *a, const question *q, screen_answer **ret, err *e);

/* ---- who ---- */
typedef enum which {
  WHICH_MATCHED_NOW,
  WHICH_MATCHED_THEN,
  WHICH_ENTERS,
  WHICH_LEAVES,
  WHICH_UNKNOWN
} which;
typedef struct screen_row {
  uuid id, root;
  char area[13];
  int64_t money;    /* then (WHICH_LEAVES, WHICH_MATCHED_NOW: now); 0 without cost */
  bool provisional; /* the rule or a variable it reads counts working days of a year without a
                       holiday notice; not seen where only an aggregate does */
} screen_row;
typedef struct rule_list {
  const rule *rule;
  which which;
  int64_t cursor; /* where to begin: 0, or the `next` of the answer before */
  size_t limit;
} rule_list;
typedef struct screen_rows {
  const screen_row *rows;
  size_t count;
  int64_t next; /* -1: the end */
} screen_rows;
/* The subjects of one rule, in the order of the columns. */
bool screen_list(screen *s, arena *a, const question *q, const rule_list *list,
                 screen_rows *ret_rows, err *e);

/* ---- figures: the pack's indicators ---- */
typedef struct figure {
  const indicator *indicator;
  const char *area; /* 12 digits */
  const char *zone; /* "": none */
  int64_t above,
      below; /* indicator_value makes the figure of them; areas are added by adding these */
  int64_t unknown, failed; /* rows of which it cannot be told whether or what they count */
  int64_t known;           /* rows of which it can */
} figure;
/* By indicator, area; only where something was counted. Of events: those on from ≤ day ≤ to; of
 * subjects: as they are. The parameters are those of q->as_of, with its settings. */
typedef struct figures {
  const figure *items;
  size_t count;
} figures;
bool screen_figures(screen *s, arena *a, const question *q, day from, day to, figures *ret_figures,
                    err *e);
typedef struct figure_query {
  const question *of;    /* whose scope and day */
  const indicator *only; /* NULL: all */
  day from, to;
} figure_query;
bool screen_figures_of(screen *s, arena *a, const figure_query *q, figures *ret_figures, err *e);
typedef struct figure_row {
  uuid id, root; /* the subject, or the event's subject */
  char area[13];
  day on;       /* of an event; DAY_NONE */
  int64_t what; /* its part of the figure */
} figure_row;
typedef struct figure_list {
  const indicator *indicator;
  day from, to;
  int64_t cursor; /* as in a rule_list */
  size_t limit;
} figure_list;
typedef struct figure_rows {
  const figure_row *rows;
  size_t count;
  int64_t next; /* -1: the end */
} figure_rows;
/* The rows of one figure, as screen_list. */
bool screen_figure_rows(screen *s, arena *a, const question *q, const figure_list *list,
                        figure_rows *ret_rows, err *e);

/* ---- spells: how long from one thing to another (an indicator's `duration`) ---- */
typedef enum spell_state {                /* those that need somebody first */
                           SPELL_OVERDUE, /* open, and past its limit */
                           SPELL_OPEN,
                           SPELL_LATE,
                           SPELL_DONE, /* within the limit, or there is none */
                           SPELL_LEFT  /* ended without having come to what is counted to */
} spell_state;
const char *spell_state_name(spell_state s);
typedef struct spell {
  uuid id, root; /* the subject */
  char area[13], zone[13];
  day began, ended; /* ended DAY_NONE: open */
  day due;          /* DAY_NONE: no limit, or its parameter is not set */
  int32_t days;     /* it took; open: so far. A working day that has begun counts as one */
  int32_t seen;     /* days after which it is known not to have come yet: for those that have not */
  int32_t limit;    /* -1: none */
  spell_state state;
  bool provisional; /* working days of a year without a holiday notice */
} spell;
typedef struct spells {
  const spell *items; /* by state, the longest first */
  size_t count;
  int64_t unknown; /* marks of which it cannot be told whether or when they were */
} spells;
typedef struct spell_query {
  const question *of; /* whose scope and day */
  const indicator *indicator;
  day from, to; /* of their beginnings */
} spell_query;
/* As they stand on q->of->as_of. */
bool screen_spells(screen *s, arena *a, const spell_query *q, spells *ret, err *e);
/* What spells come to: Kaplan–Meier (base/statistics.h), so that those still open are counted as
 * long as they were seen, and none is left out. */
typedef struct spell_sums {
  int64_t count, done, late, open, overdue, left; /* done: within; open: within, so far */
  bool has_median, has_share, provisional;
  int32_t median; /* days */
  int64_t share;  /* came to it within the limit: a rate */
} spell_sums;
bool spells_sum(arena *a, const spell *const *items, size_t count,
                spell_sums *ret); /* false: memory */

/* ---- samples: who may be drawn, and what came of visiting those drawn ---- */
typedef struct frame_stratum {
  char area[13];                 /* 12 digits; "": not by area */
  int choice[SAMPLE_FIELDS_MAX]; /* of the plan's fields: index, or yes 1; -1: not known, or none */
  int64_t population;
} frame_stratum;
typedef struct frame_member {
  uuid id;
  uint32_t stratum;
} frame_member;
typedef struct frame {
  frame_member *members;
  size_t count;
  frame_stratum *strata;
  size_t stratum_count;
  int64_t unknown; /* subjects of which it cannot be told whether they belong to it */
} frame;
typedef struct frame_query {
  const sample_plan *plan;
  bool stratified; /* else one stratum */
} frame_query;
/* As of q->as_of, in scope. */
bool screen_frame(screen *s, arena *a, const question *q, const frame_query *of, frame *ret,
                  err *e);

typedef enum sample_answer { SAMPLE_UNKNOWN, SAMPLE_NO, SAMPLE_YES } sample_answer;
typedef struct sample_check {
  day on;                              /* of the newest check; DAY_NONE: not visited yet */
  uint8_t answers[SAMPLE_RESULTS_MAX]; /* a sample_answer a result */
} sample_check;
typedef struct check_query {
  const sample_plan *plan;
  const uuid *ids;
  size_t count;
  day since, today; /* checks from this day on count */
} check_query;
bool screen_checks(screen *s, arena *a, const check_query *q, sample_check **ret, err *e);

#endif
