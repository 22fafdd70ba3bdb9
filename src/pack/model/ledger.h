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
 * then by the first, which falls; without it records come by area, events by day. */
#ifndef JISHI_PACK_MODEL_LEDGER_H
#define JISHI_PACK_MODEL_LEDGER_H

#include "base/json.h"
#include "pack/model/catalog.h"

enum { LEDGER_COLUMNS_MAX = 100, LEDGER_TITLE_MAX = 60, LEDGER_SORT_MAX = 8 };

typedef enum ledger_shows {
  LEDGER_WHAT,  /* an expression over the row */
  LEDGER_FIELD, /* a field of the row, as it is shown everywhere */
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

typedef struct ledger_column {
  const char *title; /* in the asker's language, with the unit */
  ledger_shows shows;
  const field *field; /* LEDGER_FIELD; of LEDGER_WHAT: that it is alone ("person.birth"), or NULL */
  const cel_program *what;  /* LEDGER_WHAT; LEDGER_COUNT: what is added up, NULL: 1 each */
  const cel_type *type;     /* of both */
  const event_kind *counts; /* LEDGER_COUNT */
  const cel_program *where; /* LEDGER_COUNT: only these; NULL: all */
} ledger_column;

typedef struct ledger {
  const char *title; /* of the whole; "" */
  const pack *pack;
  const kind *kind;        /* of the rows, or of what the events are about */
  const event_kind *event; /* NULL: the rows are records */
  const ledger_column *columns;
  size_t column_count;
  int sort[LEDGER_SORT_MAX]; /* columns from 1; negative: falling */
  size_t sort_count;         /* 0: as they come */
  const cel_program *filter; /* NULL: every row */
  text filter_source, words;
  int colour; /* -1: any */
  day from, to;
  bool english, clear;
  bool needs_children, needs_events; /* of its expressions, beside the row itself */
} ledger;

/* One of a pack's. */
struct ledger_spec {
  const char *name;
  label title;
  bool has_period;
  period_kind per;   /* what it is usually asked for, with has_period */
  const json *asked; /* rows, columns, filter */
};

/* What was asked, checked and compiled; lives in `a`. `clear`: masked fields may be computed of,
 * for whoever asks may see them. e->where: "columns[2].what column 1". */
bool ledger_read(arena *a, const catalog *packs, const json *asked, bool english, bool clear,
                 ledger *ret, err *e);

#endif
