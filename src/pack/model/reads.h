/* reads.h — what a value tells of: the groups of all fields behind it, through variables and
 * aggregates. A value is shown to who may see every one of them. */
#ifndef JISHI_PACK_MODEL_READS_H
#define JISHI_PACK_MODEL_READS_H

#include "pack/model/pack.h"

/* Of an expression whose names `sc` explains; `fields` are those of SLOT_FIELD. A field picked from
 * a record counts by its name, whatever the record: one too many may be found, never one too few.
 * p NULL: nothing. */
uint32_t reads_of(const pack *p, const name_scope *sc, const field *fields, const cel_program *x);
uint32_t reads_of_rule(const pack *p, const rule *r);
uint32_t reads_of_message(const pack *p, const rule *r); /* of what its sentences print */
uint32_t reads_of_amount(const pack *p, const measure_kind *m);
uint32_t reads_of_indicator(const pack *p, const indicator *i);
uint32_t reads_of_follow_up(const pack *p, const follow_up *f);
/* The title of what is read but not in `but`, for a sentence. */
label reads_title(const pack *p, uint32_t reads, uint32_t but);

#endif
