#include "base/json_map.h"

#include <inttypes.h>

json *json_map_new(arena *a) {
  json *map = ARENA_NEW(a, json);
  if (map) *map = (json){.type = JSON_MAP, .s = {"", 0}};
  return map;
}

/* A map has few members, so it is written anew for each that is added. */
static bool add_member(arena *a, json *map, text key, const json *value) {
  size_t count = map->count;
  json *items = ARENA_ARRAY(a, count + 1, json);
  text *keys = ARENA_ARRAY(a, count + 1, text);
  const char *own_key = arena_copy(a, key.at, key.bytes);
  if (!items || !keys || !own_key) return false;
  if (count) memcpy(items, map->items, count * sizeof *items);
  if (count) memcpy(keys, map->keys, count * sizeof *keys);
  items[count] = *value;
  keys[count] = (text){own_key, key.bytes};
  map->items = items;
  map->keys = keys;
  map->count++;
  return true;
}

bool json_set_key(arena *a, json *map, text key, const json *value) {
  if (!map || !value) return false;
  for (size_t i = 0; i < map->count; i++)
    if (text_equal(map->keys[i], key)) {
      map->items[i] = *value;
      return true;
    }
  return add_member(a, map, key, value);
}

bool json_set(arena *a, json *map, const char *key, const json *value) {
  return json_set_key(a, map, text_of(key), value);
}

bool json_set_text(arena *a, json *map, const char *key, text s) {
  const char *own = arena_copy(a, s.at, s.bytes);
  return own && json_set(a, map, key, &(json){.type = JSON_TEXT, .s = {own, s.bytes}});
}

bool json_set_uuid(arena *a, json *map, const char *key, const uuid *id) {
  char shown[37];
  uuid_format(id, shown);
  return json_set_text(a, map, key, text_of(shown));
}

bool json_set_int(arena *a, json *map, const char *key, int64_t n) {
  const char *shown = arena_printf(a, "%" PRId64, n);
  return shown && json_set(a, map, key, &(json){.type = JSON_INT, .n = n, .s = text_of(shown)});
}

bool json_set_bool(arena *a, json *map, const char *key, bool yes) {
  return json_set(a, map, key, &(json){.type = JSON_BOOL, .yes = yes, .s = {"", 0}});
}
