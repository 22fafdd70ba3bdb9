/* subject_row.h — a row that is a subject, and perhaps says who its parent is: its cells read, and
 * where its unit may be registered. What is wrong with it goes into the report. */
#ifndef JISHI_IMPORT_SUBJECT_ROW_H
#define JISHI_IMPORT_SUBJECT_ROW_H

#include "import/roster.h"

typedef struct subject_row {
  const table_row *row;
  value *child, *parent; /* UNKNOWN where the roster has no column or an empty cell */
  text county, town, village, area_code;
} subject_row;

const kind *roster_row_kind(const roster *r);
const kind *roster_parent_kind(const roster *r); /* NULL: rows have none */

/* Every cell of the row; all faults are reported. */
row_result subject_row_read(roster *r, const table_row *row, arena *a, subject_row *ret_row,
                            err *fatal);
bool subject_row_has_required(roster *r, const table_row *row, const kind *k, const value *values);
text subject_row_key(const roster *r, const subject_row *v); /* of the child; "": none */

/* The area that the row of a new root names. */
row_result subject_row_area(roster *r, const subject_row *v, char ret_area[13], err *fatal);
/* Whether who imports may register there; `root` NULL: a new unit. */
bool subject_row_may_register(roster *r, const subject_row *v, const char *area, const uuid *root);
/* A zone lies in the town of the unit; else it is left out, and told. */
void subject_row_drop_far_zone(roster *r, const subject_row *v, const kind *k, value *values,
                               const char *area);
/* The number of a record that was merged away leads to the one that stands, which keeps its own. */
void subject_keep_key(const kind *k, value *said, const record *stored);

#endif
