/* asked.h — what stands in a pack as it is asked for over the API: YAML as JSON, and back from
 * where a fault is to the line. */
#ifndef JISHI_PACK_LOAD_ASKED_H
#define JISHI_PACK_LOAD_ASKED_H

#include "base/json.h"
#include "pack/load/reader.h"

/* Scalars are texts. NULL: memory. */
json *asked_json(loader *l, const yaml *y);
/* "columns[2].what column 7": the node of columns[2].what, and " column 7". */
const yaml *asked_node(const yaml *item, const char *where, const char **ret_rest);

#endif
