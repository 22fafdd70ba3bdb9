/* import_layout.h — which column of a roster or list goes where. */
#ifndef JISHI_PACK_MODEL_IMPORT_LAYOUT_H
#define JISHI_PACK_MODEL_IMPORT_LAYOUT_H

#include "base/arena.h"
#include "pack/model/field.h"

/* Whether the cell of the day is an instant, whose time becomes the event's. */
typedef enum import_time {
  IMPORT_NO_TIME,
  IMPORT_TIME,      /* midnight begins its day */
  IMPORT_PERIOD_END /* what ends then: midnight is 24:00 of the day before */
} import_time;
typedef struct import_column {
  const char *const *headers; /* NULL-terminated, the spellings accepted */
  int kind, field;            /* kind index and field index; of the row's event: kind -1 */
  bool is_day;                /* the event's day, in place of a field */
  import_time time;           /* with is_day */
  bool required;
  const char *const *missing; /* marks that stand for "no value" in this column; NULL-terminated;
                                 NULL: the layout's */
  int parent_field; /* the cell becomes this field of the parent, too, where `when` holds of the
                       row; -1: none */
  const cel_program *when; /* over the row kind's own fields; NULL: always */
} import_column;
/* A field that is shown of who is found: of the layout's row kind or of its parent. */
typedef struct import_shown {
  int kind, field;
} import_shown;
/* Rows that are compared with the register and never stored. Rows find subjects by their key, else
 * by what the kind calls `alike` and by the area. */
typedef struct import_compare {
  const import_shown *shown;
  size_t shown_count;
  int event;        /* recorded of those found, when somebody says so; -1: none */
  const value *set; /* of the event: answers that are always the same; UNKNOWN: none */
  const int *asked; /* of the event: fields that he who asks for it fills in, once for all */
  size_t asked_count;
  int tells; /* of the event: the text field that takes the row's other columns; -1: none */
} import_compare;
typedef struct import_layout {
  const char *name;
  label title;
  int row_kind;    /* one row = one subject of this kind; of an event: the kind it is found by */
  int event;       /* one row = one event of this kind; -1: a subject */
  const int *same; /* of an event: fields that, with subject and day, tell which one it is: a later
                      list's row takes its place; NULL: no row replaces another */
  size_t same_count;
  const value *set;        /* of an event: answers that are the same in every row; UNKNOWN: none */
  int parent_kind;         /* whose columns are repeated, or -1 */
  int parent_key, row_key; /* field indices by which rows find subjects */
  const import_column *columns;
  size_t column_count;
  const char *const *county,
      *const *town, *const *village,
                        *const *area_code; /* headers that give the area; may be NULL */
  const char *const *ignore;               /* headers known and not stored */
  const char *const *missing;    /* marks that stand for "no value" in any column; NULL: none */
  const import_compare *compare; /* NULL: rows are taken in */
} import_layout;
/* What a column of a file is. */
typedef enum column_use {
  USE_NOTHING,
  USE_FIELD,
  USE_COUNTY,
  USE_TOWN,
  USE_VILLAGE,
  USE_AREA_CODE
} column_use;
/* What a column may be given to by hand: the columns of the layout, and every other field of its
 * kinds that people fill in. */
typedef struct import_target {
  const char *word; /* "KIND.FIELD", "on", "area.village" …; "": not needed */
  label title, of;  /* `of`: the kind it belongs to; "" for areas and the day */
  column_use use;
  const import_column *to; /* USE_FIELD; one that stands in no layout has no headers */
} import_target;
/* Whether a cell is such a mark: as text, or as the same number ("-99.0" is "-99"). A choice
 * spelled so is the choice. */
bool import_missing(const import_layout *l, const import_column *c, const field *f, text cell);
/* Whether it is what people write where they have nothing to write (无, /, —, N/A …), and says
 * nothing in this field: a choice, a yes or no, or a list that may be empty. */
bool import_is_nothing(const field *f, text cell);

/* The field a column fills; of the day a field called "on". */
struct pack;
const field *import_field(const struct pack *p, const import_layout *l, const import_column *c);
/* All targets of a layout, those of the layout itself first. */
bool import_targets(const struct pack *p, const import_layout *l, arena *a, import_target **ret,
                    size_t *ret_count, err *e);
/* The one of that word; "" is the one that needs nothing. NULL: there is none. */
const import_target *import_target_find(const import_target *targets, size_t count, text word);

#endif
