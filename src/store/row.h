/* row.h — a row described once: from the description come its table, its statements, and the way of
 * its members in and out. For store.c and rows/ only.
 *
 * Each table has `county` first, in its key and in each index. The columns of role ROW_KEY, in
 * their order, are the rest of the key. In every statement column i stands for the parameter
 * $(i + 2); $1 is the county. */
#ifndef JISHI_STORE_ROW_H
#define JISHI_STORE_ROW_H

#include "store/sql.h"

typedef enum row_type {
  ROW_TYPE_INT,          /* int64_t */
  ROW_TYPE_OPTIONAL_INT, /* int64_t with a bool beside it; false is NULL */
  ROW_TYPE_BOOL,
  ROW_TYPE_DAY,
  ROW_TYPE_OPTIONAL_DAY,  /* DAY_NONE is NULL */
  ROW_TYPE_UUID,          /* nil is a value, too */
  ROW_TYPE_OPTIONAL_UUID, /* nil is NULL */
  ROW_TYPE_STR,           /* const char *, never NULL */
  ROW_TYPE_TEXT,
  ROW_TYPE_OPTIONAL_TEXT, /* at NULL is NULL */
  ROW_TYPE_AREA,          /* char[13] */
  ROW_TYPE_BLOB,          /* a text of any bytes */
  ROW_TYPE_HASH,
  ROW_TYPE_FIELD /* the value of a pack's field; UNKNOWN is NULL */
} row_type;

typedef enum row_role {
  ROW_KEY = 1,
  ROW_FIXED = 2,     /* written once */
  ROW_CHANGES = 4,   /* written by each row_put and row_update */
  ROW_REFRESHED = 8, /* the same, but row_update with NULL keeps what is there */
} row_role;

typedef struct row_column {
  const char *name;
  row_type type;
  row_role role;
  size_t at;          /* offset of the member; FIELD: of the `value *` that all fields share */
  size_t flag;        /* OPTIONAL_INT: offset of its bool; FIELD: which of the values */
  const field *field; /* FIELD */
  bool unread;        /* for searching only */
  bool sealed;        /* lies sealed on the disk (sealed.h): a TEXT, a BLOB, a FIELD */
} row_column;

typedef struct row_sql row_sql;
typedef struct row_table {
  const char *name;
  const row_column *columns;
  size_t count;
  const char *const *indexes; /* column lists after county; NULL-terminated; '!' makes it unique */
  bool derived;               /* can be rebuilt from the journal */
  /* Of sealed columns: the uuid, as its offset + 1, by whose data key; 0: the county's. `owner`:
   * the column it stands in, for the key to come with each row; NULL: it is looked for when a row
   * has something sealed. */
  size_t owner_at;
  const char *owner;
  size_t bytes;       /* of the struct */
  const row_sql *sql; /* of a pack's own table; NULL: the store has them */
} row_table;

/* The offset of a member; does not compile when it has another type. */
#define ROW_AT(row, member, member_type)                                                           \
  (offsetof(row, member) + 0 * sizeof(char[_Generic(((row *)0)->member, member_type : 1)]))
#define ROW_COLUMN(column, row, member, member_type, kind, role)                                   \
  { .name = column, ROW_TYPE_##kind, ROW_##role, ROW_AT(row, member, member_type) }

/* ROW_INT("colour", finding, colour, CHANGES): column, struct, member, role. */
#define ROW_INT(c, r, m, role) ROW_COLUMN(c, r, m, int64_t, INT, role)
#define ROW_BOOL(c, r, m, role) ROW_COLUMN(c, r, m, bool, BOOL, role)
#define ROW_DAY(c, r, m, role) ROW_COLUMN(c, r, m, day, DAY, role)
#define ROW_OPTIONAL_DAY(c, r, m, role) ROW_COLUMN(c, r, m, day, OPTIONAL_DAY, role)
#define ROW_UUID(c, r, m, role) ROW_COLUMN(c, r, m, uuid, UUID, role)
#define ROW_OPTIONAL_UUID(c, r, m, role) ROW_COLUMN(c, r, m, uuid, OPTIONAL_UUID, role)
#define ROW_STR(c, r, m, role) ROW_COLUMN(c, r, m, const char *, STR, role)
#define ROW_TEXT(c, r, m, role) ROW_COLUMN(c, r, m, text, TEXT, role)
#define ROW_OPTIONAL_TEXT(c, r, m, role) ROW_COLUMN(c, r, m, text, OPTIONAL_TEXT, role)
#define ROW_AREA(c, r, m, role) ROW_COLUMN(c, r, m, char *, AREA, role)
#define ROW_SEALED_TEXT(c, r, m, role_)                                                            \
  { .name = c, ROW_TYPE_TEXT, ROW_##role_, ROW_AT(r, m, text), .sealed = true }
#define ROW_SEALED_BLOB(c, r, m, role_)                                                            \
  { .name = c, ROW_TYPE_BLOB, ROW_##role_, ROW_AT(r, m, text), .sealed = true }
#define ROW_OWNER(row, member) (ROW_AT(row, member, uuid) + 1)
#define ROW_BLOB(c, r, m, role) ROW_COLUMN(c, r, m, text, BLOB, role)
#define ROW_HASH(c, r, m, role) ROW_COLUMN(c, r, m, hash, HASH, role)
#define ROW_OPTIONAL_INT(c, r, m, has, role)                                                       \
  { .name = c, ROW_TYPE_OPTIONAL_INT, ROW_##role, ROW_AT(r, m, int64_t), ROW_AT(r, has, bool) }

#define ROW_INDEXES(...)                                                                           \
  (const char *const[]) {                                                                          \
    __VA_ARGS__, NULL                                                                              \
  }
#define ROW_COLUMNS(row, ...)                                                                      \
  .columns = (const row_column[]){__VA_ARGS__},                                                    \
  .count = sizeof((const row_column[]){__VA_ARGS__}) / sizeof(row_column), .bytes = sizeof(row)

/* The columns "f_NAME" of a pack's fields, whose values stand in the array at `at`. */
bool row_fields(arena *a, const field *fields, size_t count, size_t at, row_column *ret_columns);

/* The statements of a table, made once. */
struct row_sql {
  const row_table *table;
  const char *columns; /* those that are read: "id, root, …" */
  const char *insert, *put, *update, *remove;
};
bool row_sql_make(arena *a, const row_table *t, row_sql *ret_sql);
const row_sql *row_sql_of(const store *s, const row_table *t);

bool row_insert(store *s, const row_table *t, const void *row, err *e);
/* Inserts, or changes what is there under the key. */
bool row_put(store *s, const row_table *t, const void *row, err *e);
bool row_update(store *s, const row_table *t, const void *row, err *e);
bool row_remove(store *s, const row_table *t, const void *row, err *e); /* by its key */

/* "SELECT … FROM … WHERE county = $1 AND" `where`, whose own parameters begin with $2. */
db_stmt *row_select(store *s, const row_table *t, const char *where, err *e);
/* The same with a text that was put together. */
db_stmt *row_select_buf(store *s, const row_table *t, buf *where, err *e);

/* What a list of columns begins with where keys come with the rows: "(SELECT …), ". `wanted` as
 * below. */
void row_key_column(buf *b, const row_table *t, const bool *wanted);

/* A row of what row_select gives, or of a statement with the same columns. Texts are copied into
 * `a`. `wanted` (may be NULL): of the fields only those marked were selected, the others become
 * UNKNOWN. */
bool row_read(db_stmt *q, const row_table *t, const bool *wanted, arena *a, void *ret_row, err *e);
/* All rows as an array of the struct. */
bool row_list(db_stmt *q, const row_table *t, arena *a, void *ret_rows, size_t *ret_count, err *e);
/* The first row; *ret_row NULL: there is none. */
bool row_first(db_stmt *q, const row_table *t, arena *a, void *ret_row, err *e);

#endif
