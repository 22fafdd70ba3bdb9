/* lists.h — what a list of the API looks like as a table: its columns, as on the screen, and where
 * in an item each stands. A route of routes.def that names one leaves as XLSX and CSV, too
 * (list_file.h). */
#ifndef JISHI_HTTP_LISTS_H
#define JISHI_HTTP_LISTS_H

#include "http/request.h"

typedef enum list_type {
  LIST_TEXT, /* a text, or a label in the asker's language; a whole number */
  LIST_DAY,
  LIST_INSTANT,
  LIST_MONEY,  /* fen */
  LIST_YES,    /* true, false */
  LIST_AMOUNT, /* of the type that the item or the answer tells: money, rate, number, int */
  LIST_CODE,   /* told by one of `words` */
  LIST_PART,   /* of those within an item: their name; of the item: the answer's area */
  LIST_JOINED, /* texts of a list of items, each by the key behind the colon of the path */
} list_type;

typedef struct list_word {
  const char *code; /* NULL: the end */
  label says;
} list_word;

typedef struct list_column {
  const char *name; /* to choose it by; NULL: the end */
  label title;
  const char *path; /* in the item, "subject.title"; one with "/" in front in the answer */
  list_type type;
  const list_word *words;
} list_column;

struct list_layout {
  const char *name;
  const list_column *columns;
  const char *cursor; /* the parameter that asks for the next page; NULL: cursor */
  const char *items;  /* where its items stand, several in turn; NULL: items */
  const char *within; /* behind each item those that it holds there; they know its members, too */
};

extern const list_layout list_cases, list_findings, list_duties, list_duty_subjects,
    list_follow_ups, list_excuses, list_funds, list_payments, list_measures, list_history,
    list_journal, list_imports, list_amendments, list_indicators, list_indicator_rows,
    list_indicator_series, list_samples, list_sample_subjects, list_due;

#endif
