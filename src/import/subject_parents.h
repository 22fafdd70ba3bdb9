/* subject_parents.h — the parents that rows name: looked up or made once, by the first row that has
 * it; what later rows say otherwise is told. A fault in it costs every row that has it. */
#ifndef JISHI_IMPORT_SUBJECT_PARENTS_H
#define JISHI_IMPORT_SUBJECT_PARENTS_H

#include "import/subject_row.h"

row_result subject_parent_find(roster *r, const subject_row *v, arena *a, seen_parent **ret_parent,
                               err *fatal);
/* Sent with the first accepted row that has it: a parent without one is not taken in. */
bool subject_parent_send(roster *r, seen_parent *p, arena *a, err *e);

#endif
