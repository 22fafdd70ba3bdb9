#include "http/shapes.h"

#include "base/json_fields.h"

#include <stdio.h>

#define SHAPE(name, says) {LINE_SHAPE, #name, "", says},
#define ALIAS(name, type, says) {LINE_ALIAS, #name, type, says},
#define MEMBER(name, type, says) {LINE_MEMBER, name, type, says},
#define OPTIONAL(name, type, says) {LINE_OPTIONAL, name, type, says},
const shape_line shape_lines[] = {
#include "http/shapes.def"
};
const size_t shape_line_count = sizeof shape_lines / sizeof *shape_lines;

/* ---- types ---- */

bool shape_next_alternative(text *rest, text *ret) {
  int depth = 0;
  size_t n = 0;
  if (!rest->bytes) return false;
  for (; n < rest->bytes && (depth || rest->at[n] != '|'); n++) {
    depth += strchr("[{<", rest->at[n]) != NULL;
    depth -= strchr("]}>", rest->at[n]) != NULL;
  }
  *ret = (text){rest->at, n};
  *rest = n < rest->bytes ? (text){rest->at + n + 1, rest->bytes - n - 1} : (text){"", 0};
  return true;
}

bool shape_cut_null(text *type) {
  if (!text_ends(*type, "?")) return false;
  type->bytes--;
  return true;
}

bool shape_inner(text type, const char *open, const char *close, text *ret) {
  if (!text_starts(type, open) || !text_ends(type, close)) return false;
  *ret = (text){type.at + strlen(open), type.bytes - strlen(open) - strlen(close)};
  return true;
}

/* ---- JSON Schema ---- */

static void put_word(json_out *w, text word) {
  static const struct {
    const char *word, *type, *format;
  } words[] = {{"string", "string", NULL}, {"uuid", "string", "uuid"},
               {"date", "string", "date"}, {"instant", "string", "date-time"},
               {"int", "integer", NULL},   {"bool", "boolean", NULL},
               {"null", "null", NULL}};
  json_open(w, '{');
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!text_is(word, words[i].word)) continue;
    json_field_str(w, "type", words[i].type);
    if (words[i].format) json_field_str(w, "format", words[i].format);
  }
  json_close(w, '}'); /* "any": {} */
}

static void put_page(json_out *w, text item) {
  json_open(w, '{');
  json_field_str(w, "type", "object");
  json_field_open(w, "properties", '{');
  json_field_open(w, "items", '{');
  json_field_str(w, "type", "array");
  json_key(w, "items");
  shape_put_schema(w, item);
  json_close(w, '}');
  json_key(w, "next");
  shape_put_schema(w, TEXT("string?"));
  json_close(w, '}');
  json_key(w, "required");
  json_put_raw(w, TEXT("[\"items\",\"next\"]"));
  json_close(w, '}');
}

static void put_reference(json_out *w, text name) {
  char to[120];
  snprintf(to, sizeof to, "#/components/schemas/%.*s", (int)name.bytes, name.at);
  json_open(w, '{');
  json_field_str(w, "$ref", to);
  json_close(w, '}');
}

/* One alternative, without a '?'. */
static void put_single(json_out *w, text type) {
  text inner;
  if (shape_inner(type, "Page<", ">", &inner)) {
    put_page(w, inner);
  } else if (shape_inner(type, "'", "'", &inner)) {
    json_open(w, '{');
    json_field_text(w, "const", inner);
    json_close(w, '}');
  } else if (shape_inner(type, "[", "]", &inner) || shape_inner(type, "{", "}", &inner)) {
    bool list = type.at[0] == '[';
    json_open(w, '{');
    json_field_str(w, "type", list ? "array" : "object");
    json_key(w, list ? "items" : "additionalProperties");
    shape_put_schema(w, inner);
    json_close(w, '}');
  } else if (type.bytes && type.at[0] >= 'A' && type.at[0] <= 'Z') {
    put_reference(w, type);
  } else {
    put_word(w, type);
  }
}

void shape_put_schema(json_out *w, text type) {
  bool or_null = shape_cut_null(&type);
  text rest = type, one;
  bool several = or_null || (shape_next_alternative(&rest, &one) && rest.bytes);
  if (!several) {
    put_single(w, type);
    return;
  }
  json_open(w, '{');
  json_field_open(w, "anyOf", '[');
  for (rest = type; shape_next_alternative(&rest, &one);) put_single(w, one);
  if (or_null) put_word(w, TEXT("null"));
  json_close(w, ']');
  json_close(w, '}');
}

/* A reference may stand beside nothing else in older readers, so what is said goes around it. */
static void put_member(json_out *w, const shape_line *m) {
  json_key(w, m->name);
  if (!m->says[0]) {
    shape_put_schema(w, text_of(m->type));
    return;
  }
  json_open(w, '{');
  json_field_str(w, "description", m->says);
  json_field_open(w, "allOf", '[');
  shape_put_schema(w, text_of(m->type));
  json_close(w, ']');
  json_close(w, '}');
}

static bool is_member(size_t i) {
  return i < shape_line_count &&
         (shape_lines[i].kind == LINE_MEMBER || shape_lines[i].kind == LINE_OPTIONAL);
}

static void put_object(json_out *w, size_t shape) {
  json_open(w, '{');
  json_field_str(w, "type", "object");
  if (shape_lines[shape].says[0]) json_field_str(w, "description", shape_lines[shape].says);
  json_field_open(w, "properties", '{');
  for (size_t i = shape + 1; is_member(i); i++) put_member(w, &shape_lines[i]);
  json_close(w, '}');
  json_field_open(w, "required", '[');
  for (size_t i = shape + 1; is_member(i); i++)
    if (shape_lines[i].kind == LINE_MEMBER) json_put_str(w, shape_lines[i].name);
  json_close(w, ']');
  json_close(w, '}');
}

void shape_put_schemas(json_out *w) {
  for (size_t i = 0; i < shape_line_count; i++) {
    if (is_member(i)) continue;
    json_key(w, shape_lines[i].name);
    if (shape_lines[i].kind == LINE_SHAPE)
      put_object(w, i);
    else
      shape_put_schema(w, text_of(shape_lines[i].type));
  }
}
