/* values.h — values as a pack writes them, and how numbers are told. */
#ifndef JISHI_PACK_LOAD_VALUES_H
#define JISHI_PACK_LOAD_VALUES_H

#include "pack/load/reader.h"

/* A parameter's or limit's value by its type ("money" …), exactly. */
bool values_read(const doc *d, const yaml *node, const char *type, value *ret);
/* `unit:` and `decimals:` of a number of that type: the type that tells them. What the formula's
 * own type says of its unit already must agree. */
const cel_type *values_read_measure(const doc *d, const yaml *map, const cel_type *t);
/* A mean of whole numbers has decimals: number, in the same unit. */
const cel_type *values_as_number(const doc *d, const cel_type *t);

#endif
