/* ledger.h — what a table over the register shows (台账): its rows are the records of a kind, or
 * what was recorded of a kind of event; its columns are fields, expressions, and counts over a
 * period.
 *
 * Packs name theirs in ledgers.yaml, people ask for one as JSON; both say the same:
 *
 *   {"rows": "garden", "columns": [{"shows": "area"}, {"what": "owner"},
 *    {"what": "trees.size()"}, {"counts": "visit"}], "filter": "fenced",
 *    "from": "2024-03-01", "to": "2024-03-31"}
 *
 * from and to choose events, and are the period of the counts. sort: "4 -1": by the fourth column,
 * then by the first, which falls; without it records come by area, events by day.
 * as_of: "2024-03-31": what held at the end of that day, by what is known now; what is known only
 * as it is now is refused.
 *
 * With group_by or pivot it is a summary: rows that agree in the keys are one line, and the columns
 * say what each group comes to. A pivot's values stand across.
 *
 *   {"rows": "garden", "group_by": [{"shows": "area"}], "pivot": {"what": "soil"},
 *    "columns": [{"make": "count"}, {"make": "mean", "what": "hectares"}]} */
#ifndef JISHI_PACK_MODEL_LEDGER_H
#define JISHI_PACK_MODEL_LEDGER_H

#include "base/json.h"
#include "pack/model/catalog.h"

enum { LEDGER_COLUMNS_MAX = 100, LEDGER_TITLE_MAX = 60, LEDGER_SORT_MAX = 8, LEDGER_KEYS_MAX = 3 };

typedef enum ledger_shows {
  LEDGER_WHAT,  /* an expression over the row */
  LEDGER_FIELD, /* a field of the row, as it is shown everywhere */
  LEDGER_FORM,  /* of steps: a field of the form that the step was taken with */
  LEDGER_COUNT, /* events of the row's unit in the period: how many, or their sum */
  /* by their words, in `shows`: */
  LEDGER_NUMBER,   /* number: 1, 2, 3 … */
  LEDGER_TITLE,    /* title: whom or what the row is about */
  LEDGER_ROOT,     /* root: the head of its unit */
  LEDGER_AREA,     /* area: the name of its village */
  LEDGER_TOWN,     /* town */
  LEDGER_CODE,     /* code: of its area */
  LEDGER_COLOUR,   /* colour: of a root kind's records */
  LEDGER_DAY,      /* day, of events: when it happened */
  LEDGER_OFFICER,  /* officer: who recorded it */
  LEDGER_RECORDED, /* recorded: when */
} ledger_shows;

/* What a group comes to. What is not known is in no sum, mean or share; UNKNOWN counts it. */
typedef enum ledger_make {
  MAKE_COUNT,
  MAKE_SUM,
  MAKE_MEAN,
  MAKE_MIN,
  MAKE_MAX,
  MAKE_SHARE,     /* its part of the column's count or sum; with `where`, of the group's own rows */
  MAKE_ROW_SHARE, /* its part of the line's */
  MAKE_UNKNOWN,
} ledger_make;

/* A day as a key: of which period. */
typedef enum ledger_step { STEP_NONE, STEP_WEEK, STEP_MONTH, STEP_QUARTER, STEP_YEAR } ledger_step;

typedef struct ledger_column {
  const char *title; /* in the asker's language, with the unit */
  ledger_shows shows;
  const field *field; /* LEDGER_FIELD; of LEDGER_WHAT: that it is alone ("person.birth"), or NULL */
  const cel_program *what;  /* LEDGER_WHAT; LEDGER_COUNT: what is added up, NULL: 1 each */
  const cel_type *type;     /* of both */
  const event_kind *counts; /* LEDGER_COUNT */
  const cel_program *where; /* LEDGER_COUNT: only these; NULL: all */
  const char *transition;   /* LEDGER_FORM: of which step; `field` is of its form */
  ledger_step step;         /* of a key */
  ledger_make make;         /* of what a group comes to … */
  const cel_program *only;  /* … of only these rows; NULL: all */
  bool of_value;            /* … of their values; else of the rows themselves */
} ledger_column;

typedef struct ledger {
  const char *title; /* of the whole; "" */
  const pack *pack;
  const kind *kind;             /* of the rows, or of what the events are about */
  const event_kind *event;      /* NULL: the rows are records */
  const ledger_column *columns; /* of a summary: the keys first */
  size_t column_count;
  int sort[LEDGER_SORT_MAX]; /* columns from 1; negative: falling */
  size_t sort_count;         /* 0: as they come */
  size_t group_count;        /* keys of its lines */
  bool pivot;                /* the key after them stands across */
  bool all_areas;            /* villages without a row are lines, too, where areas are the keys */
  bool subtotals, totals;    /* after each group of an outer key; at the end, and of each line */
  const cel_program *filter; /* NULL: every row */
  text filter_source, words;
  int colour; /* -1: any */
  day from, to;
  day as_of; /* DAY_NONE: as it is now */
  bool english, clear;
  bool needs_children, needs_events; /* of its expressions, beside the row itself */
  const event_kind *of_now; /* that they read, and that tells nothing of a past day; NULL */
} ledger;

static inline size_t ledger_key_count(const ledger *l) {
  return l->group_count + l->pivot;
}

/* One of a pack's. */
struct ledger_spec {
  const char *name;
  label title;
  bool has_period;
  period_kind per;   /* what it is usually asked for, with has_period */
  const json *asked; /* rows, columns, filter */
};

/* Whether a column `shows` it: area, town … */
bool ledger_has_word(text word);
/* What was asked, checked and compiled; lives in `a`. `clear`: masked fields may be computed of,
 * for whoever asks may see them. e->where: "columns[2].what column 1". */
bool ledger_read(arena *a, const catalog *packs, const json *asked, bool english, bool clear,
                 ledger *ret, err *e);

#endif
