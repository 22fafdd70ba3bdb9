/* json.h — a strict JSON reader and writer (RFC 8259), exact for int64 and decimals.
 *
 * Reading gives a tree in an arena. Numbers keep their source text; whole numbers that fit are also
 * int64. Duplicate keys, bad UTF-8, lone surrogates, trailing bytes, and depth over JSON_DEPTH_MAX
 * are errors (where = "byte N", the first byte being 1; code BAD_JSON). Nothing points into the
 * input after json_parse returns. */
#ifndef JISHI_BASE_JSON_H
#define JISHI_BASE_JSON_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

enum { JSON_DEPTH_MAX = 64 };

typedef enum json_type {
  JSON_NULL,
  JSON_BOOL,
  JSON_INT,
  JSON_NUMBER,
  JSON_TEXT,
  JSON_LIST,
  JSON_MAP
} json_type;

typedef struct json {
  json_type type;
  bool yes;           /* BOOL */
  int64_t n;          /* INT: a number without '.', 'e' that fits int64 */
  text s;             /* TEXT: the characters; INT and NUMBER: the source text */
  size_t count;       /* LIST: items; MAP: pairs */
  struct json *items; /* LIST: count values; MAP: the values, beside `keys` */
  text *keys;         /* MAP only, in source order */
} json;

json *json_parse(arena *a, text source, err *e);

/* Reading a tree: NULL-tolerant, so that lookups chain. */
const json *json_get(const json *map, const char *key); /* NULL when not a map or no such key */
const json *json_get_text(const json *map, text key);
/* "" when absent or of another type. */
text json_text(const json *map, const char *key);
bool json_has(const json *map, const char *key);
/* True and *ret when `key` is an INT. */
bool json_int(const json *map, const char *key, int64_t *ret);
bool json_bool(const json *map, const char *key); /* false when absent */
double json_double(const json *number);           /* INT or NUMBER, nearest double */

/* The writer appends to a buf (or makes a tree: json_build.h); commas and colons are its business.
 * That brackets and keys match is the caller's.
 *
 *   json_out w = json_to(&b);
 *   json_open(&w, '{');
 *   json_key(&w, "id");
 *   json_put_str(&w, id);
 *   json_close(&w, '}'); */
typedef struct json_out {
  buf *b;                    /* its failure is the writer's */
  struct json_builder *tree; /* NULL: text goes to `b` */
  bool comma;                /* a value has been written at this level */
} json_out;
json_out json_to(buf *b);
void json_open(json_out *w, char bracket);  /* '{' or '[' */
void json_close(json_out *w, char bracket); /* '}' or ']' */
void json_key(json_out *w, const char *key);
void json_key_text(json_out *w, text key);
void json_put_text(json_out *w, text s);       /* bytes that are not UTF-8 become U+FFFD */
void json_put_buf(json_out *w, const buf *b);  /* its text; fails when it has failed */
void json_put_str(json_out *w, const char *s); /* NULL writes null */
void json_put_int(json_out *w, int64_t n);
void json_put_bool(json_out *w, bool yes);
void json_put_double(
    json_out *w, double d); /* shortest that reads back the same; NaN and infinities write null */
void json_put_null(json_out *w);
void json_put_raw(json_out *w, text json_source); /* already JSON */
void json_put(json_out *w,
              const json *tree); /* as read, in source order; NUMBER by its source text */

/* The canonical text of a tree, map keys sorted by bytes: equal trees give equal bytes. */
void json_canonical(buf *b, const json *tree);

#endif
