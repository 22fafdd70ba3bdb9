/* json_build.h — the writer of json.h, making a tree instead of text, such as a command's body:
 *
 *   json_builder made = {.a = a};
 *   json_out w = json_to_tree(&made);
 *   json_open(&w, '{');
 *   json_field_uuid(&w, "id", &id);
 *   json_close(&w, '}');
 *   if (!(c.body = json_built(&made, e))) return false;
 *
 * Tree and texts live in the arena; nothing of what was given is kept. For members that are set
 * one by one, or set again, there is json_map.h. */
#ifndef JISHI_BASE_JSON_BUILD_H
#define JISHI_BASE_JSON_BUILD_H

#include "base/json.h"

typedef struct json_frame json_frame;
typedef struct json_builder {
  arena *a;
  json *root;
  json_frame *open; /* the list or map that is being written; NULL: none */
  text key;         /* of the next member */
  buf state;        /* no text, only whether memory was short: the `b` of the writer */
} json_builder;

json_out json_to_tree(json_builder *t);
/* NULL: no memory. Everything that was opened must be closed. */
json *json_built(json_builder *t, err *e);

/* ---- what the writer calls ---- */
void json_build_open(json_builder *t, char bracket);
void json_build_close(json_builder *t, char bracket);
void json_build_key(json_builder *t, text key);
void json_build_text(json_builder *t, text s);
void json_build_int(json_builder *t, int64_t n);
void json_build_bool(json_builder *t, bool yes);
void json_build_null(json_builder *t);
void json_build_source(json_builder *t, text source); /* JSON, e.g. the digits of a number */

#endif
