/* fields.h — the fields of kinds, events and forms, and what else names a field. */
#ifndef JISHI_PACK_LOAD_FIELDS_H
#define JISHI_PACK_LOAD_FIELDS_H

#include "pack/load/reader.h"

void fields_mark_conditions(loader *l, size_t from, int kind,
                            int event); /* whose fields were just read */
/* The field that `fund:` names; -1: none. */
int fields_fund(const doc *d, const yaml *map, const field *fields, size_t count);
typedef enum fields_of { FIELDS_OF_KIND, FIELDS_OF_EVENT, FIELDS_OF_FORM } fields_of;
/* `facts`: the kind that a `fact:` of an event or form names a field of; NULL for a kind's own
 * fields or when it is not known. */
const field *fields_read(const doc *d, const yaml *map, fields_of of, const kind *facts,
                         size_t *ret_count);

/* `list:` of a file: the fields shown in lists, by index. */
const int *fields_read_list(const doc *d, const char *key, const field *fields, size_t field_count,
                            size_t *ret_count);

#endif
