/* names.h — any array of structs whose first member is the name, looked up by it. */
#ifndef JISHI_PACK_MODEL_NAMES_H
#define JISHI_PACK_MODEL_NAMES_H

#include "base/text.h"

typedef struct names {
  const void *items;
  size_t count, size;
} names;
#define NAMES(array, n) ((names){(array), (n), sizeof *(array)})
const char *names_get(names n, size_t i); /* never NULL */
int names_index(names n, text name);      /* -1: none */

#endif
