/* Look-ups by name. */
#include "pack/model/names.h"

#include <string.h>

const char *names_get(names n, size_t i) {
  const char *name;
  memcpy(&name, (const char *)n.items + i * n.size, sizeof name);
  return name ? name : "";
}

int names_index(names n, text name) {
  for (size_t i = 0; i < n.count; i++)
    if (text_is(name, names_get(n, i))) return (int)i;
  return -1;
}
