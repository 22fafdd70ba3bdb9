/* json_map.h — a JSON object made member by member, for a command's body or another tree.
 *
 * The object and its keys live in the arena; a value is not copied and must live as long. A member
 * that is set again is replaced. False means no memory; a NULL object is passed on, so that one
 * test at the end of a chain is enough:
 *
 *   json *body = json_map_new(a);
 *   if (!json_set_text(a, body, "kind", kind) || !json_set_uuid(a, body, "id", &id))
 *     return err_memory(e); */
#ifndef JISHI_BASE_JSON_MAP_H
#define JISHI_BASE_JSON_MAP_H

#include "base/json.h"
#include "base/uuid.h"

json *json_map_new(arena *a); /* {}; NULL: no memory */
bool json_set(arena *a, json *map, const char *key, const json *value);
bool json_set_key(arena *a, json *map, text key, const json *value);
bool json_set_text(arena *a, json *map, const char *key, text s); /* copied */
bool json_set_uuid(arena *a, json *map, const char *key, const uuid *id);
bool json_set_int(arena *a, json *map, const char *key, int64_t n);
bool json_set_bool(arena *a, json *map, const char *key, bool yes);

#endif
