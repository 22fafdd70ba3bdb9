/* Fuzzes the JSON reader with json-c as oracle: what we accept json-c accepts and reads as the same
 * values, and our canonical text reads back to itself. json-c is laxer in places, so nothing is
 * asked the other way round.
 *
 * clang -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc tests/fuzz/fuzz_json.c
 * src/base/{json,text,arena,err}.c -ljson-c -lm */
#include "base/json.h"

#define json_type json_c_type /* both have a type of this name, and … */
#define json_bool json_c_bool /* … what is a function here is a type there */
#include <json-c/json.h>
#undef json_type
#undef json_bool
#include <stdio.h>
#include <stdlib.h>

#define MUST(condition)                                                                            \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                                      \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

static bool same(const json *ours, json_object *theirs);

static bool same_map(const json *ours, json_object *theirs) {
  for (size_t i = 0; i < ours->count; i++) {
    if (text_has_nul(ours->keys[i])) continue; /* json-c cuts such names at the NUL */
    buf name AUTO_BUF = {0};
    buf_text(&name, ours->keys[i]);
    json_object *value = NULL;
    bool shadowed = false; /* by a name that json-c has cut to this one */
    for (size_t k = i + 1; k < ours->count; k++)
      shadowed |= text_has_nul(ours->keys[k]) && strcmp(ours->keys[k].at, buf_view(&name).at) == 0;
    if (shadowed) continue;
    if (!json_object_object_get_ex(theirs, buf_view(&name).at, &value)) return false;
    if (!same(&ours->items[i], value)) return false;
  }
  return true;
}

static bool same_list(const json *ours, json_object *theirs) {
  if (json_object_array_length(theirs) != ours->count) return false;
  for (size_t i = 0; i < ours->count; i++)
    if (!same(&ours->items[i], json_object_array_get_idx(theirs, i))) return false;
  return true;
}

/* NaN cannot be; infinities are what both make of 1e999. */
static bool same_number(const json *ours, json_object *theirs) {
  if (json_object_get_type(theirs) == json_type_int)
    return true; /* beyond int64: json-c clamps it */
  return json_object_get_type(theirs) == json_type_double &&
         json_object_get_double(theirs) == json_double(ours);
}

static bool same(const json *ours, json_object *theirs) {
  switch (ours->type) {
  case JSON_NULL:
    return theirs == NULL;
  case JSON_BOOL:
    return json_object_get_type(theirs) == json_type_boolean &&
           (json_object_get_boolean(theirs) != 0) == ours->yes;
  case JSON_INT:
    return json_object_get_type(theirs) == json_type_int &&
           json_object_get_int64(theirs) == ours->n;
  case JSON_NUMBER:
    return same_number(ours, theirs);
  case JSON_TEXT:
    return json_object_get_type(theirs) == json_type_string &&
           text_equal(ours->s, (text){json_object_get_string(theirs),
                                      (size_t)json_object_get_string_len(theirs)});
  case JSON_LIST:
    return json_object_get_type(theirs) == json_type_array && same_list(ours, theirs);
  case JSON_MAP:
    return json_object_get_type(theirs) == json_type_object && same_map(ours, theirs);
  }
  return false;
}

static void ask_oracle(const json *ours, text source) {
  json_tokener *t = json_tokener_new_ex(JSON_DEPTH_MAX + 1);
  if (!t) return;
  json_tokener_set_flags(t, JSON_TOKENER_STRICT);
  buf ended AUTO_BUF = {0}; /* a number at the very end needs the NUL to be seen as finished */
  buf_text(&ended, source);
  json_object *theirs = json_tokener_parse_ex(t, buf_view(&ended).at, (int)source.bytes + 1);
  MUST(json_tokener_get_error(t) == json_tokener_success);
  MUST(same(ours, theirs));
  json_object_put(theirs);
  json_tokener_free(t);
}

static void check_canonical(arena *a, const json *tree) {
  buf once AUTO_BUF = {0}, twice AUTO_BUF = {0};
  json_canonical(&once, tree);
  MUST(buf_ok(&once));
  const json *again = json_parse(a, buf_view(&once), NULL);
  MUST(again);
  json_canonical(&twice, again);
  MUST(buf_ok(&twice) && text_equal(buf_view(&once), buf_view(&twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  if (!a) return 0;
  text source = {(const char *)data, size};
  const json *tree = json_parse(a, source, &e);
  if (tree) {
    ask_oracle(tree, source);
    check_canonical(a, tree);
  } else {
    MUST(e.code == ERR_BAD_JSON && e.where[0] && e.zh[0] && e.en[0]);
  }
  return 0;
}
