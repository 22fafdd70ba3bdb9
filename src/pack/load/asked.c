/* What a pack asks for in the words of the API. */
#include "pack/load/asked.h"

#include <stdlib.h>

json *asked_json(loader *l, const yaml *y) {
  json *j = TAKE(l, 1, json);
  if (!j) return NULL;
  *j = (json){.type = y->type == YAML_LIST  ? JSON_LIST
                      : y->type == YAML_MAP ? JSON_MAP
                                            : JSON_TEXT,
              .s = y->s,
              .count = y->count};
  if (y->type == YAML_TEXT) return j;
  j->items = TAKE(l, y->count, json);
  j->keys = y->type == YAML_MAP ? TAKE(l, y->count, text) : NULL;
  if (y->count && (!j->items || (y->type == YAML_MAP && !j->keys))) return NULL;
  for (size_t i = 0; i < y->count; i++) {
    const json *item = asked_json(l, &y->items[i]);
    if (!item) return NULL;
    j->items[i] = *item;
    if (j->keys) j->keys[i] = y->keys[i].s;
  }
  return j;
}

const yaml *asked_node(const yaml *item, const char *where, const char **ret_rest) {
  const yaml *at = item;
  char key[32];
  for (*ret_rest = where; *where && *where != ' ';) {
    const size_t length = strcspn(where, ".[ ");
    if (length >= sizeof key) return at;
    memcpy(key, where, length);
    key[length] = 0;
    if (!yaml_get(at, key)) return at;
    at = yaml_get(at, key);
    where += length;
    if (*where == '[') {
      char *end = NULL;
      const size_t n = strtoul(where + 1, &end, 10);
      if (n >= at->count) return at;
      at = &at->items[n];
      where = *end == ']' ? end + 1 : end;
    }
    if (*where == '.') where++;
    *ret_rest = where;
  }
  return at;
}
