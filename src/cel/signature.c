/* The signatures of functions.def, read as types; and the names of types as values. */
#include "cel/types.h"

typedef struct reader {
  solver *s;
  const char *at;
  const cel_type *letters[26];
} reader;

static bool accept(reader *r, const char *sign) {
  while (*r->at == ' ') r->at++;
  size_t n = strlen(sign);
  if (strncmp(r->at, sign, n) != 0) return false;
  r->at += n;
  return true;
}

static text word(reader *r) {
  while (*r->at == ' ') r->at++;
  const char *from = r->at;
  while ((*r->at >= 'a' && *r->at <= 'z') || (*r->at >= 'A' && *r->at <= 'Z') || *r->at == '_')
    r->at++;
  return (text){from, (size_t)(r->at - from)};
}

static const cel_type *read_type(reader *r) {
  text name = word(r);
  const cel_type *p = type_named(name);
  if (p) return p;
  if (name.bytes == 1 && name.at[0] >= 'A' && name.at[0] <= 'Z') {
    const cel_type **letter = &r->letters[name.at[0] - 'A'];
    if (!*letter) *letter = type_fresh(r->s);
    return *letter;
  }
  opaque_type o = {.type.kind = KIND_OPAQUE, .name = name};
  if (accept(r, "(")) {
    do o.of[o.count++] = read_type(r);
    while (accept(r, ",") && o.count < PARAMS_MAX);
    accept(r, ")");
  }
  if (text_is(name, "list")) return type_list(r->s, o.of[0]);
  if (text_is(name, "optional")) return type_optional(r->s, o.of[0]);
  if (text_is(name, "map")) return type_map(r->s, o.of[0], o.of[1]);
  opaque_type *kept = ARENA_NEW(r->s->a, opaque_type);
  if (!kept) {
    r->s->memory_failed = true;
    return &cel_dyn;
  }
  *kept = o;
  return &kept->type;
}

bool overload_next(solver *s, const char **signatures, overload *ret) {
  if (!*signatures || !**signatures) return false;
  reader r = {.s = s, .at = *signatures};
  *ret = (overload){0};
  if (!accept(&r, "(")) {
    ret->method = true;
    ret->params[ret->count++] = read_type(&r);
    accept(&r, ".");
    accept(&r, "(");
  }
  while (!accept(&r, ")") && ret->count < PARAMS_MAX) {
    ret->params[ret->count++] = read_type(&r);
    if (accept(&r, "...")) ret->variadic = true;
    accept(&r, ",");
  }
  accept(&r, ":");
  ret->result = read_type(&r);
  accept(&r, ";");
  *signatures = r.at;
  return true;
}

const char *type_value_name(text name) {
  static const char *const names[] = {"bool",
                                      "int",
                                      "uint",
                                      "double",
                                      "string",
                                      "bytes",
                                      "list",
                                      "map",
                                      "null_type",
                                      "type",
                                      "optional_type",
                                      "google.protobuf.Timestamp",
                                      "google.protobuf.Duration"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (text_is(name, names[i])) return names[i];
  return NULL;
}
