/* Values by themselves: equality, order, lookup, JSON in. */
#include "base/json.h"
#include "cel/program.h"

#include <math.h>

enum { VALUE_DEPTH_MAX = 500 };

value value_missing(arena *a, const char *name) {
  missing *m = ARENA_NEW(a, missing);
  char *copy = arena_text(a, name);
  static const missing memory = {"(memory)", NULL};
  if (!m || !copy) return (value){.type = VALUE_UNKNOWN, .missing = &memory};
  *m = (missing){copy, NULL};
  return (value){.type = VALUE_UNKNOWN, .missing = m};
}

static bool is_number(value_type t) {
  return t == VALUE_INT || t == VALUE_UINT || t == VALUE_DOUBLE;
}

static int sign(bool less, bool greater) {
  return less ? -1 : greater;
}

/* As the reference has it: beyond the range of the integer it decides; within, the integer is
 * rounded to a double first. */
static int compare_int_double(int64_t i, double d) {
  if (isnan(d)) return 2;
  if (d > 9223372036854775808.0) return -1;
  if (d < -9223372036854775808.0) return 1;
  return sign((double)i<d, (double)i> d);
}

static int compare_uint_double(uint64_t u, double d) {
  if (isnan(d)) return 2;
  if (d > 18446744073709551616.0) return -1;
  if (d < 0) return 1;
  return sign((double)u<d, (double)u> d);
}

static int flip(int order) {
  return order == 2 ? 2 : -order;
}

static int compare_numbers(const value *a, const value *b) {
  if (a->type == VALUE_DOUBLE && b->type == VALUE_DOUBLE)
    return isnan(a->d) || isnan(b->d) ? 2 : sign(a->d<b->d, a->d> b->d);
  if (a->type == VALUE_DOUBLE)
    return flip(b->type == VALUE_INT ? compare_int_double(b->i, a->d)
                                     : compare_uint_double(b->u, a->d));
  if (b->type == VALUE_DOUBLE)
    return a->type == VALUE_INT ? compare_int_double(a->i, b->d) : compare_uint_double(a->u, b->d);
  if (a->type == VALUE_INT && b->type == VALUE_INT) return sign(a->i<b->i, a->i> b->i);
  if (a->type == VALUE_INT && a->i < 0) return -1;
  if (b->type == VALUE_INT && b->i < 0) return 1;
  return sign(a->u<b->u, a->u> b->u);
}

int value_compare(const value *a, const value *b) {
  if (is_number(a->type) && is_number(b->type)) return compare_numbers(a, b);
  if (a->type != b->type) return 2;
  switch (a->type) {
  case VALUE_BOOL:
    return sign(a->yes<b->yes, a->yes> b->yes);
  case VALUE_STRING:
  case VALUE_BYTES: {
    int order = text_compare(a->s, b->s);
    return sign(order<0, order> 0);
  }
  case VALUE_TIMESTAMP:
  case VALUE_DURATION:
    if (a->i != b->i) return a->i < b->i ? -1 : 1;
    return sign(a->nanos<b->nanos, a->nanos> b->nanos);
  default:
    return 2;
  }
}

const value *map_find(const value_map *m, const value *key) {
  if (key->type == VALUE_STRING) return value_get(m, key->s);
  for (size_t i = 0; i < m->count; i++)
    if (value_compare(&m->pairs[i].key, key) == 0) return &m->pairs[i].item;
  return NULL;
}

static bool maps_equal(const value_map *a, const value_map *b, int64_t *steps, int depth) {
  if (a->count != b->count) return false;
  for (size_t i = 0; i < a->count && *steps >= 0; i++) {
    *steps -= (int64_t)b->count / 4;
    const value *other = map_find(b, &a->pairs[i].key);
    if (!other || !value_equal_within(&a->pairs[i].item, other, steps, depth + 1)) return false;
  }
  return true;
}

static bool lists_equal(const value_list *a, const value_list *b, int64_t *steps, int depth) {
  if (a->count != b->count) return false;
  for (size_t i = 0; i < a->count && *steps >= 0; i++)
    if (!value_equal_within(&a->items[i], &b->items[i], steps, depth + 1)) return false;
  return true;
}

bool value_equal_within(const value *a, const value *b, int64_t *steps, int depth) {
  if (--*steps < 0) return false;
  if (depth > VALUE_DEPTH_MAX) {
    *steps = -1;
    return false;
  }
  if (is_number(a->type) && is_number(b->type)) return compare_numbers(a, b) == 0;
  if (a->type != b->type) return false;
  switch (a->type) {
  case VALUE_NULL:
    return true;
  case VALUE_STRING:
  case VALUE_BYTES:
    *steps -= (int64_t)(a->s.bytes / 64);
    return text_equal(a->s, b->s);
  case VALUE_TYPE:
    return text_equal(a->s, b->s);
  case VALUE_LIST:
    return lists_equal(a->list, b->list, steps, depth);
  case VALUE_MAP:
    return maps_equal(a->map, b->map, steps, depth);
  case VALUE_OPTIONAL:
    if (!a->item || !b->item) return a->item == b->item;
    return value_equal_within(a->item, b->item, steps, depth + 1);
  case VALUE_UNKNOWN:
  case VALUE_ERROR:
    return false;
  default:
    return value_compare(a, b) == 0;
  }
}

bool value_equal(const value *a, const value *b) {
  int64_t steps = INT64_MAX;
  return value_equal_within(a, b, &steps, 0);
}

const value *value_get(const value_map *m, text key) {
  for (size_t i = 0; i < m->count; i++)
    if (m->pairs[i].key.type == VALUE_STRING && text_equal(m->pairs[i].key.s, key))
      return &m->pairs[i].item;
  return NULL;
}

const char *value_type_name(const value *v) {
  static const char *const names[] = {
      [VALUE_NULL] = "null_type",
      [VALUE_BOOL] = "bool",
      [VALUE_INT] = "int",
      [VALUE_UINT] = "uint",
      [VALUE_DOUBLE] = "double",
      [VALUE_STRING] = "string",
      [VALUE_BYTES] = "bytes",
      [VALUE_LIST] = "list",
      [VALUE_MAP] = "map",
      [VALUE_TIMESTAMP] = "google.protobuf.Timestamp",
      [VALUE_DURATION] = "google.protobuf.Duration",
      [VALUE_TYPE] = "type",
      [VALUE_OPTIONAL] = "optional_type",
      [VALUE_UNKNOWN] = "unknown",
      [VALUE_ERROR] = "error",
  };
  return names[v->type];
}

/* ---- JSON in ---- */

static const value no_memory = {.type = VALUE_UNKNOWN};

static value list_from_json(arena *a, const json *tree) {
  value_list *list = ARENA_NEW(a, value_list);
  value *items = ARENA_ARRAY(a, tree->count, value);
  if (!list || !items) return no_memory;
  for (size_t i = 0; i < tree->count; i++) items[i] = value_from_json(a, &tree->items[i]);
  *list = (value_list){tree->count, items};
  return (value){.type = VALUE_LIST, .list = list};
}

static value map_from_json(arena *a, const json *tree) {
  value_map *map = ARENA_NEW(a, value_map);
  value_pair *pairs = ARENA_ARRAY(a, tree->count, value_pair);
  if (!map || !pairs) return no_memory;
  for (size_t i = 0; i < tree->count; i++)
    pairs[i] = (value_pair){value_string(tree->keys[i]), value_from_json(a, &tree->items[i])};
  *map = (value_map){.count = tree->count, .pairs = pairs, .path = ""};
  return (value){.type = VALUE_MAP, .map = map};
}

value value_from_json(arena *a, const json *tree) {
  if (!tree) return value_null();
  switch (tree->type) {
  case JSON_NULL:
    return value_null();
  case JSON_BOOL:
    return value_bool(tree->yes);
  case JSON_INT:
    return value_int(tree->n);
  case JSON_NUMBER:
    return value_double(json_double(tree));
  case JSON_TEXT:
    return value_string(tree->s);
  case JSON_LIST:
    return list_from_json(a, tree);
  case JSON_MAP:
    return map_from_json(a, tree);
  }
  return value_null();
}
