/* inside.h — what the files of store/ share, and nobody else sees. */
#ifndef JISHI_STORE_INSIDE_H
#define JISHI_STORE_INSIDE_H

#include "store/store.h"

/* A table as data: made from it, compared by it. Column types: 'i' int64, 't' text, 'b' blob; upper
 * case: NOT NULL. */
typedef struct column {
  const char *name;
  char type;
} column;
typedef struct table {
  const char *name;
  const column *columns; /* without `county`, which every table has first */
  size_t count;
  const char *key; /* columns of the primary key after county */
  const char *const
      *indexes; /* column lists after county; NULL-terminated; a leading '!' makes it unique */
  bool derived; /* can be rebuilt from the journal */
} table;
extern const table fixed_tables[];
extern const size_t fixed_table_count;
bool table_make(db *d, const table *t, err *e);
/* Adds columns that a newer pack declares. */
bool table_extend(db *d, const table *t, err *e);

/* The statements of one kind (or event kind), made once. */
typedef struct kind_sql {
  const kind *kind;
  table table;
  const char *select, *insert, *update; /* select: column list */
} kind_sql;
typedef struct event_sql {
  const event_kind *kind;
  table table;
  const char *select, *insert;
} event_sql;

/* Spelled out lately: an import gives a name twice or more, to a unit and to one of its members. */
typedef struct spelled {
  char title[48], initials[24]; /* title "": nothing */
} spelled;
enum { SPELLED_MAX = 256 };

struct store {
  db *d;
  char county[13];
  arena *a; /* lives as long as the packs' statements */
  const catalog *packs;
  kind_sql *kinds;
  size_t kind_count;
  event_sql *events;
  size_t event_count;
  spelled spelled[SPELLED_MAX];
};
const kind_sql *sql_of_kind(const store *s, const kind *k);
const event_sql *sql_of_event(const store *s, const event_kind *k);
bool subjects_prepare(store *s, err *e);
bool events_prepare(store *s, err *e);

/* A statement with $1 = county bound. NULL on error. */
db_stmt *sql(store *s, const char *text, err *e);
/* Binding and reading the small types. Nil uuid and DAY_NONE are NULL. */
void bind_uuid(db_stmt *q, int n, const uuid *u);
void bind_day(db_stmt *q, int n, day d);
uuid column_uuid(db_stmt *q, int column);
day column_day(db_stmt *q, int column);
const char *column_str(db_stmt *q, int column, arena *a); /* NULL: memory */
bool column_text(db_stmt *q, int column, arena *a, text *out);
void column_area(db_stmt *q, int column, char out[13]);

/* Field values as columns: numbers as int64, text as it is, several choices as a JSON list; UNKNOWN
 * as NULL. */
char field_column_type(const field *f);
bool bind_field(db_stmt *q, int n, const field *f, const value *v, arena *scratch);
bool column_field(db_stmt *q, int column, const field *f, arena *a, value *out);
/* The same as one text, for the table of facts; NULL-valued text (at == NULL) for UNKNOWN. */
bool field_to_text(const field *f, const value *v, arena *a, text *out);
bool field_from_text(const field *f, text t, arena *a, value *out);

/* "(area BETWEEN $4 AND $5 OR …)" appended; parameters numbered from *n on, which moves. An empty
 * reach gives "0 = 1". */
void reach_sql(buf *b, const reach *r, int *n);
void reach_bind(db_stmt *q, const reach *r, int *n);

#endif
