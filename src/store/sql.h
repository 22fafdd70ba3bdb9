/* sql.h — statements of a store; how small types and field values stand in columns. For rows/ only.
 */
#ifndef JISHI_STORE_SQL_H
#define JISHI_STORE_SQL_H

#include "store/store.h"

/* A statement with $1 = county bound. NULL on error. */
db_stmt *sql_prepare(store *s, const char *text, err *e);
/* The same with a text that was put together. */
db_stmt *sql_prepare_buf(store *s, buf *text, err *e);
/* Binding and reading the small types. Nil uuid and DAY_NONE are NULL. */
void sql_bind_uuid(db_stmt *q, int n, const uuid *u);
void sql_bind_day(db_stmt *q, int n, day d);
uuid sql_uuid(db_stmt *q, int column);
day sql_day(db_stmt *q, int column);
const char *sql_str(db_stmt *q, int column, arena *a); /* NULL: memory */
bool sql_text(db_stmt *q, int column, arena *a, text *ret);
void sql_area(db_stmt *q, int column, char ret[13]);

/* Field values as columns: numbers as int64, text as it is, what is sealed as text, several choices
 * as a JSON list; UNKNOWN as NULL. */
char sql_field_storage(const field *f);
bool sql_bind_field(db_stmt *q, int n, const field *f, const value *v, arena *scratch);
bool sql_field(db_stmt *q, int column, const field *f, arena *a, value *ret);
/* The same as one text, for the table of facts; NULL-valued text (at == NULL) for UNKNOWN. */
bool sql_field_to_text(const field *f, const value *v, arena *a, text *ret);
bool sql_field_from_text(const field *f, text t, arena *a, value *ret);
/* " AND kind IN (…)": rows of that pack's kinds; NULL: of all. */
void sql_of_pack(buf *b, const pack *p);

#endif
