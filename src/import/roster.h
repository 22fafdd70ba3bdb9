/* roster.h — a roster file being read: what the files of the import share.
 *
 * One pass serves the dry run and the import itself; only the sink differs. A row is a subject
 * (row_subjects.c) or an event (row_events.c). */
#ifndef JISHI_IMPORT_ROSTER_H
#define JISHI_IMPORT_ROSTER_H

#include "base/json_fields.h"
#include "import/areas.h"
#include "import/choices.h"
#include "import/compare.h"
#include "import/header_row.h"
#include "import/import.h"
#include "sheet/table_source.h"

enum { ROSTER_FAULTS_MAX = 500, ROSTER_SAMPLE_MAX = 20, ROSTER_ABSENT_CELLS = 6 };

/* What became of a row. */
typedef enum row_result {
  ROW_OK,
  ROW_REFUSED,  /* its faults are in the report */
  ROW_REPEATED, /* another row of the file says it, too, or anew; reported, too */
  ROW_ABSENT,   /* it names somebody whom the register does not know; reported, too */
  ROW_MOVED,    /* it stands under another parent, and nobody chose that it moves; reported, too */
  ROW_ABORT     /* the import cannot go on; the row's *fatal says why */
} row_result;

/* What is told of cells and rows. Of more than ROSTER_FAULTS_MAX only how many. */
typedef struct told_list {
  buf items; /* JSON objects */
  int64_t count;
} told_list;

/* Keys found in the file so far, each with the row that had it first. */
typedef struct seen_key {
  text key;
  int64_t row;
  uint64_t content;           /* of that row; rows that say the same have the same */
  struct seen_parent *parent; /* of a parent's key */
  struct seen_key *next;
} seen_key;
typedef struct seen_keys {
  seen_key **slots;
  size_t slot_count;
} seen_keys;
bool seen_init(arena *a, seen_keys *s);
seen_key *seen_find(const seen_keys *s, text key); /* NULL: none */
/* NULL: memory. `fields`: of its parent; 0 for none. */
seen_key *seen_add(arena *a, seen_keys *s, text key, int64_t row, size_t fields);
/* A parent that an earlier row of the file has. */
typedef struct seen_parent {
  uuid id;
  char area[13];
  bool failed, sent;
  record *stored; /* NULL: new */
  value *fields;
} seen_parent;

/* A visible sheet of the file. A row's number is told with its sheet's place in the upper half, so
 * that it is one number through all of them; of the first sheet it is what people see. */
typedef struct roster_sheet {
  text name;
  header_row *header; /* NULL: it is not read */
  err why;            /* it is not */
  int64_t rows, hidden_rows, passed_over;
} roster_sheet;
enum { ROSTER_SHEET_BITS = 32 };

/* The first cells of a column. */
typedef struct column_sample {
  text cells[3];
} column_sample;

typedef struct roster roster;
struct roster {
  store *s;
  arena *a; /* lives through the file; what belongs to a row lives in the row's own */
  const import_file *file;
  table_source source; /* of the file */
  const actor *who;
  const pack *pack;
  const import_layout *layout;
  day today;
  uuid id;
  header_row header;    /* of the sheet being read */
  roster_sheet *sheets; /* NULL: not looked at yet */
  size_t sheet_count, sheet;
  text *hidden; /* sheets */
  size_t hidden_count;
  import_target *targets; /* what its columns may be given to */
  size_t target_count;
  column_choice *decided; /* beside what the layout says */
  size_t decided_count, decided_room;
  header_row *shown_header; /* the one that is told: of the first sheet that is read, or nearly */
  char fingerprint[65];
  column_sample *column_samples; /* by column, of those nobody knew; NULL */
  area_book *areas;
  seen_keys parents, rows;
  seen_keys last_rows;     /* of events that replace one another: the last row of each */
  seen_keys parent_fields; /* by the parent's key: what one of its rows says of the parent */
  day set_up_until;        /* see store_set_up_put; read for a taking-in only */
  int64_t row_count, accepted, refused, created, changed, same;
  int64_t set_aside; /* rows that somebody chose to leave out */
  int64_t marks;     /* cells that stood for "no value" */
  int64_t row;       /* being read: what is sent belongs to it */
  bool quiet;        /* a first pass over the rows: the second one tells their faults */
  told_list errors;  /* each costs its row */
  told_list cells;   /* left out; the rest of the row is taken in */
  told_list notes;   /* read otherwise than written */
  told_list moves, absent, differences, repeated;
  seen_keys group_keys; /* faults by kind: places in `groups` */
  struct fault_group *groups;
  size_t group_count;
  /* Takes every fault, too, with its column's heading; NULL. */
  void (*on_fault)(roster *r, int64_t row, text column, const err *why);
  void *on_fault_context;
  /* Of a layout that compares. */
  struct comparison *compared; /* compare.c */
  int64_t compared_rows[COMPARED_RESULTS], compared_differing, compared_managed;
  buf why; /* of its row being read: what could not be */
  buf sample;
  int sample_count;
  /* Takes a command with this body, of which it keeps a copy; NULL: a dry run. */
  bool (*sink)(roster *r, verb v, const uuid *id, const json *body, err *e);
  void *sink_context;
};

/* ---- import.c ---- */
bool roster_begin(roster *r, store *s, arena *a, const import_file *file, day today, err *e);
/* Every row checked, every accepted one given to the sink. */
bool roster_read(roster *r, err *e);

/* ---- fault_groups.c: faults by column and sentence, most frequent first ---- */
typedef struct fault_group fault_group;
void fault_groups_add(roster *r, int64_t row, text column, text cell, const err *why);
/* The heading of the column that a fault speaks of, of an area that of the one that names it; "":
 * it speaks of the row. */
text fault_heading(const roster *r, text column);
void fault_groups_put(roster *r, json_out *w); /* a member of an object */

/* ---- sheets.c ---- */
size_t roster_chosen_sheet(const roster *r); /* by name or number; sheet_count: there is none */
/* All are, or the one that somebody chose. */
bool roster_wants_sheet(const roster *r, size_t sheet);

/* ---- columns.c: which column is what ---- */
/* What was chosen, is remembered, or the cells of the sheets say; before the sheets are looked at.
 */
bool roster_decide_columns(roster *r, table_reader *t, err *e);
/* Whether somebody is to choose before rows can be read: r->shown_header says why. */
bool roster_is_to_choose(const roster *r);
void roster_put_columns(const roster *r, json_out *w); /* members of an object */
/* What a column is, as a target's word; "": nothing, or there is none of that heading. */
const char *roster_target_of(const roster *r, text heading);

/* ---- rows.c: how each pass over the file reads it ---- */
table_reader *roster_open(const roster *r, err *e);
/* Of the first sheet that is read; the reader then stands on its first row of data. */
bool roster_find_header(roster *r, table_reader *t, err *e);
/* As table_next, through all sheets that are read; `a`, which is the row's, is cleared. Rows that
 * are no data (totals, signatures, notes) are passed over. */
int roster_next(roster *r, table_reader *t, arena *a, table_row *row, err *e);
/* Writes into a row of the sheet being read what was chosen in place of its cells. */
bool roster_mend(const roster *r, arena *a, table_row *row, err *e);

/* "第 3 行", and of which sheet where there are several. */
enum { ROSTER_PLACE_MAX = 160 };
const char *roster_place(const roster *r, int64_t row, bool english, char ret[ROSTER_PLACE_MAX]);
/* The row as its sheet numbers it, and the sheet's name; "" where there is one only. */
int64_t roster_row_in_sheet(int64_t row);
text roster_sheet_of(const roster *r, int64_t row);

/* ---- row_subjects.c ---- */
bool roster_begin_subjects(roster *r, err *e);
row_result roster_subject(roster *r, const table_row *row, arena *a, err *fatal);

/* ---- subject_parents.c ---- */
/* The first pass, over rows that say something of their parent; only where the layout has any. */
bool roster_collect_parent_fields(roster *r, err *e);

/* ---- row_events.c ---- */
row_result roster_event(roster *r, const table_row *row, arena *a, err *fatal);
/* The first pass, where rows replace one another: which row of the file is the last of each. */
bool roster_collect_last_rows(roster *r, err *e);

/* Sends an event with those answers, of today. */
bool roster_send_event(roster *r, const event_kind *k, value *fields, const uuid *id,
                       const uuid *subject, arena *a, err *e);

/* ---- compare.c ---- */
bool roster_new_comparison(roster *r, const compare_sink *sink, err *e);
/* The first pass: who of the register may be meant; only of a layout that compares. */
bool roster_begin_comparison(roster *r, err *e);
/* ROW_OK: a clue is made of it, or would be; ROW_ABSENT: it is told only. */
row_result roster_compare(roster *r, const table_row *row, arena *a, err *fatal);

/* ---- row_cells.c: what both kinds of rows need; a fault goes into the report ---- */
enum { OF_EVENT = -1 }; /* in place of a kind's index */
/* One cell read against its field. What cannot be read is left out and told; false: it costs the
 * row, because the field must be there, names the subject, or belongs to an event (whose identity
 * is its content), and nobody chose to take the rest. */
bool roster_read_cell(roster *r, const table_row *row, size_t column, const field *f, arena *a,
                      value *ret_value);
/* Whether the row may go on without this field of that kind. */
bool roster_may_leave_out(const roster *r, int kind_index, const field *f);
/* The header that the file has for a field; "" for none. */
text roster_header_of(const roster *r, int kind_index, int field_index);
/* The cell of a field; "" for none. */
text roster_cell_of(const roster *r, const table_row *row, int kind_index, int field_index);
bool roster_has_required(roster *r, const table_row *row, int kind_index, const field *fields,
                         size_t count, const value *values);
/* The fault costs the row. `code` names its kind for those who group them (docs/api.md). Reports,
 * and returns false. */
bool roster_fault(roster *r, const table_row *row, text column, text cell, const char *code,
                  const err *why);

/* ---- row_check.c: what the engine would refuse ---- */
/* Over what is registered (NULL: nothing) and what the row says: references, officers, checks, what
 * applies. What a field's check refuses is left out and told; false: it costs the row. *fatal is
 * filled in when it is not the row's fault. */
bool roster_check_values(roster *r, const table_row *row, const kind *k, const value *before,
                         value *values, arena *a, err *fatal);
bool roster_check_event(roster *r, const table_row *row, const event_kind *k, value *values,
                        arena *a, err *fatal);

/* ---- report.c: what is told of it ---- */
void report_told(roster *r, told_list *l, int64_t row, text column, text cell, const char *code,
                 const err *why);
/* The roster says of an owned field other than what is registered: told, not written. */
void report_difference(roster *r, const field *f, text column, const value *told,
                       const value *registered);
void report_absent(roster *r, const table_row *row, text key);
/* A row that says what row `other` says (`same`), or what that one says anew. */
void report_repeated(roster *r, int64_t row, int64_t other, bool same);
void report_sample(roster *r, const table_row *row, text title);
bool report_write(roster *r, text *ret_json, err *e); /* JSON, docs/api.md IMPORT; in r->a */
void report_release(roster *r);

#endif
