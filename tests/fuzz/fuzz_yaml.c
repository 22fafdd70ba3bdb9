/* Fuzzes the YAML reader: what it refuses it refuses with a sentence at a line; what it takes keeps
 * within its bounds, holds no key twice and only text that is UTF-8. */
#include "base/yaml.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MUST(condition)                                                                            \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                                      \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

static size_t count_nodes(const yaml *y, int depth) {
  size_t n = 1;
  MUST(depth <= YAML_DEPTH_MAX + 1);
  if (y->type == YAML_TEXT) MUST(text_valid_utf8(y->s));
  for (size_t i = 0; y->type != YAML_TEXT && i < y->count; i++) {
    n += count_nodes(&y->items[i], depth + 1);
    for (size_t k = 0; y->type == YAML_MAP && k < i && i < 100; k++)
      MUST(!text_equal(y->keys[k].s, y->keys[i].s));
  }
  return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  arena *a AUTO_ARENA = arena_new(256 << 20);
  const yaml *root = NULL;
  err e = {0};
  int64_t n;
  bool yes;
  if (!a) return 0;
  if (!yaml_parse(a, "x.yaml", (text){(const char *)data, bytes}, &root, &e)) {
    MUST(e.code == ERR_BAD_FILE || e.code == ERR_TOO_LARGE);
    MUST(e.where[0] && e.zh[0] && e.en[0] && text_valid_utf8(text_of(e.zh)));
    return 0;
  }
  if (!root) return 0;
  MUST(count_nodes(root, 1) <= YAML_NODES_MAX + 1);
  yaml_as_int(root, &n);
  yaml_as_bool(root, &yes);
  return 0;
}
