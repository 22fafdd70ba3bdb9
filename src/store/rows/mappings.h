/* mappings.h — which column of a file is what, as somebody chose it: remembered for the next file
 * with the same headings. */
#ifndef JISHI_STORE_ROWS_MAPPINGS_H
#define JISHI_STORE_ROWS_MAPPINGS_H

#include "store/store.h"

typedef struct mapping {
  uuid id;
  const char *layout;      /* "pack.layout" */
  const char *fingerprint; /* of the headings, whatever their order */
  text map;                /* JSON: {heading: what it is, "" when it is not needed} */
  uuid officer;            /* who chose last */
  int64_t at_ms, seq;
  bool forgotten;
} mapping;
bool store_mapping_put(store *s, const mapping *x, err *e);
bool store_mapping_find(store *s, arena *a, const uuid *id, mapping **ret, err *e);
/* The one that is remembered for these headings; *ret NULL: none. */
bool store_mapping_of(store *s, arena *a, const char *layout, const char *fingerprint,
                      mapping **ret, err *e);
/* Those not forgotten, the last first; before entry `before` (0: all). */
bool store_mappings(store *s, arena *a, int64_t before, size_t limit, mapping **ret,
                    size_t *ret_count, err *e);

#endif
