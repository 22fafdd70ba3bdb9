/* roster.h — a roster being read: what the files of the import share. */
#ifndef JISHI_IMPORT_ROSTER_H
#define JISHI_IMPORT_ROSTER_H

#include "import/areas.h"
#include "import/header_row.h"
#include "import/import.h"

enum { ROSTER_FAULTS_MAX = 500, ROSTER_SAMPLE_MAX = 20, ROSTER_ABSENT_CELLS = 6 };

/* A parent already met in this file. */
typedef struct met {
  text key;
  uuid id;
  char area[13];
  bool failed, made;
  record *there; /* stored already; NULL: new */
  int64_t row;
  value *fields;
  struct met *next;
} met;

typedef struct roster roster;
struct roster {
  store *s;
  arena *a; /* lives through the file */
  const actor *who;
  const pack *pack;
  const import_layout *layout;
  day today;
  uuid id;
  import_head head;
  area_book *areas;
  met **parents, **rows; /* by key; `rows` only to find doubles */
  met **carried;         /* by the parent's key: what one of its rows says of the parent */
  size_t slots;
  int64_t row_count, good, bad, created, changed, same, absent;
  int64_t row; /* being read: what is sent belongs to it */
  buf errors, sample, absent_rows;
  int error_count, sample_count;
  bool (*sink)(roster *r, verb v, const uuid *id, buf *body, arena *row_arena,
               err *e); /* NULL: dry */
  void *sink_context;
};

/* One pass over the file: every row checked, every good one given to the sink. */
bool roster_read(roster *r, const char *path, void (*progress)(int64_t, int64_t), err *e);

/* ---- row_events.c: a row that is an event; false only when the import cannot go on ---- */
bool roster_event(roster *r, const table_row *row, arena *a, err *fatal);

/* ---- report.c: what is told of it ---- */
void roster_fault(roster *r, int64_t row, text column, text cell, const err *why);
void roster_absent(roster *r, const table_row *row, text key);
void roster_sample(roster *r, const table_row *row, text title);
text roster_report(roster *r, err *e); /* JSON, docs/api.md IMPORT; .at NULL: memory */
void roster_release(roster *r);

#endif
