#include "cel/types.h"

const cel_type cel_dyn = {.kind = CEL_DYN}, cel_null = {.kind = CEL_NULL},
               cel_bool = {.kind = CEL_BOOL}, cel_int = {.kind = CEL_INT},
               cel_uint = {.kind = CEL_UINT}, cel_double = {.kind = CEL_DOUBLE},
               cel_string = {.kind = CEL_STRING}, cel_bytes = {.kind = CEL_BYTES},
               cel_timestamp = {.kind = CEL_TIMESTAMP}, cel_duration = {.kind = CEL_DURATION},
               cel_type_type = {.kind = CEL_TYPE}, cel_scale = {.kind = CEL_SCALE},
               cel_money = {.kind = CEL_INT, .unit = UNIT_MONEY},
               cel_date = {.kind = CEL_INT, .unit = UNIT_DATE},
               cel_rate = {.kind = CEL_INT, .unit = UNIT_RATE},
               cel_number = {.kind = CEL_INT, .unit = UNIT_NUMBER};

static const struct {
  const char *name;
  const cel_type *type;
} plain_types[] = {
    {"dyn", &cel_dyn},           {"null", &cel_null},      {"bool", &cel_bool},
    {"int", &cel_int},           {"uint", &cel_uint},      {"double", &cel_double},
    {"string", &cel_string},     {"bytes", &cel_bytes},    {"timestamp", &cel_timestamp},
    {"duration", &cel_duration}, {"type", &cel_type_type}, {"scale", &cel_scale},
    {"money", &cel_money},       {"date", &cel_date},      {"rate", &cel_rate},
    {"number", &cel_number},
};
enum { PLAIN_TYPES = sizeof plain_types / sizeof *plain_types };

const cel_type *type_named(text name) {
  for (size_t i = 0; i < PLAIN_TYPES; i++)
    if (text_is(name, plain_types[i].name)) return plain_types[i].type;
  return NULL;
}

static cel_type *new_type(arena *a, cel_kind kind, const cel_type *key, const cel_type *of) {
  cel_type *t = ARENA_NEW(a, cel_type);
  if (t) *t = (cel_type){.kind = kind, .key = key, .of = of};
  return t;
}

const cel_type *cel_list_of(arena *a, const cel_type *of) {
  return new_type(a, CEL_LIST, NULL, of);
}

const char *cel_type_unit(const cel_type *t) {
  return t && t->measure ? t->measure->unit : "";
}

int cel_type_decimals(const cel_type *t) {
  return t && t->measure ? t->measure->decimals : -1;
}

const cel_type *cel_measured(arena *a, const cel_type *t, const char *unit, int decimals) {
  if (t->kind != CEL_INT || (!unit[0] && decimals < 0)) return t;
  cel_type *own = ARENA_NEW(a, cel_type);
  cel_measure *m = ARENA_NEW(a, cel_measure);
  if (!own || !m) return NULL;
  *m = (cel_measure){unit, decimals};
  *own = *t;
  own->measure = m;
  return own;
}

const cel_type *cel_map_of(arena *a, const cel_type *key, const cel_type *of) {
  return new_type(a, CEL_MAP, key, of);
}

static void print_opaque(buf *b, const opaque_type *t) {
  buf_text(b, t->name);
  if (t->count) buf_char(b, '(');
  for (size_t i = 0; i < t->count; i++) {
    if (i) buf_str(b, ", ");
    cel_type_print(b, t->of[i]);
  }
  if (t->count) buf_char(b, ')');
}

void cel_type_print(buf *b, const cel_type *t) {
  t = type_resolve(t);
  if (t->kind == CEL_LIST || t->kind == CEL_OPTIONAL) {
    buf_str(b, t->kind == CEL_LIST ? "list(" : "optional(");
    cel_type_print(b, t->of);
    buf_char(b, ')');
  } else if (t->kind == CEL_MAP) {
    buf_str(b, "map(");
    cel_type_print(b, t->key);
    buf_str(b, ", ");
    cel_type_print(b, t->of);
    buf_char(b, ')');
  } else if (t->kind == CEL_RECORD) {
    buf_str(b, t->record->name);
  } else if (t->kind == KIND_OPAQUE) {
    print_opaque(b, (const opaque_type *)t);
  } else if (t->kind == KIND_VARIABLE) {
    buf_char(b, ((const type_variable *)t)->letter ? ((const type_variable *)t)->letter : '?');
  } else {
    for (size_t i = 0; i < PLAIN_TYPES; i++)
      if (plain_types[i].type->kind == t->kind && plain_types[i].type->unit == t->unit)
        buf_str(b, plain_types[i].name);
  }
}

/* ---- learning ---- */

const cel_type *type_resolve(const cel_type *t) {
  while (t->kind == KIND_VARIABLE && ((const type_variable *)t)->bound)
    t = ((const type_variable *)t)->bound;
  return t;
}

static const cel_type *or_dyn(solver *s, const cel_type *t) {
  if (t) return t;
  s->memory_failed = true;
  return &cel_dyn;
}

static const cel_type *fresh(solver *s, char letter) {
  type_variable *v = ARENA_NEW(s->a, type_variable);
  if (v) *v = (type_variable){.type.kind = KIND_VARIABLE, .letter = letter};
  return or_dyn(s, v ? &v->type : NULL);
}

const cel_type *type_fresh(solver *s) {
  return fresh(s, 0);
}

static bool too_deep(const cel_type *t) {
  for (int depth = 0; depth < TYPE_DEPTH_MAX; depth++) {
    t = type_resolve(t);
    if (t->kind != CEL_LIST && t->kind != CEL_MAP && t->kind != CEL_OPTIONAL) return false;
    t = t->of;
  }
  return true;
}

const cel_type *type_list(solver *s, const cel_type *of) {
  return too_deep(of) ? &cel_dyn : or_dyn(s, new_type(s->a, CEL_LIST, NULL, of));
}
const cel_type *type_map(solver *s, const cel_type *key, const cel_type *of) {
  return too_deep(of) ? &cel_dyn : or_dyn(s, new_type(s->a, CEL_MAP, key, of));
}
const cel_type *type_optional(solver *s, const cel_type *of) {
  return too_deep(of) ? &cel_dyn : or_dyn(s, new_type(s->a, CEL_OPTIONAL, NULL, of));
}

size_t solver_mark(const solver *s) {
  return s->count;
}

void solver_undo(solver *s, size_t mark) {
  while (s->count > mark) s->trail[--s->count]->bound = NULL;
}

static bool occurs(const cel_type *variable, const cel_type *t) {
  t = type_resolve(t);
  if (t == variable) return true;
  if (t->key && occurs(variable, t->key)) return true;
  return t->of && occurs(variable, t->of);
}

static bool bind(solver *s, const cel_type *variable, const cel_type *t) {
  if (occurs(variable, t)) return false;
  type_variable **trail = ARENA_GROW(s->a, s->trail, s->count, &s->room, type_variable *);
  if (!trail) {
    s->memory_failed = true;
    return false;
  }
  s->trail = trail;
  union {
    const cel_type *in;
    type_variable *out;
  } open = {variable};
  open.out->bound = t;
  s->trail[s->count++] = open.out;
  return true;
}

static bool takes_null(cel_kind k) {
  return k == CEL_TIMESTAMP || k == CEL_DURATION || k == CEL_OPTIONAL || k == KIND_OPAQUE;
}

static bool assign_opaque(solver *s, const opaque_type *t, const opaque_type *from) {
  if (!text_equal(t->name, from->name) || t->count != from->count) return false;
  for (size_t i = 0; i < t->count; i++)
    if (!type_assign(s, t->of[i], from->of[i])) return false;
  return true;
}

bool type_units_differ(const cel_type *a, const cel_type *b) {
  const char *x = cel_type_unit(a), *y = cel_type_unit(b);
  return x[0] && y[0] && strcmp(x, y) != 0;
}

bool type_assign(solver *s, const cel_type *target, const cel_type *source) {
  const cel_type *t = type_resolve(target), *from = type_resolve(source);
  if (t == from) return true;
  if (t->kind == KIND_VARIABLE) return bind(s, t, from);
  if (from->kind == KIND_VARIABLE) return bind(s, from, t);
  if (t->kind == CEL_DYN || from->kind == CEL_DYN) return true;
  if (from->kind == CEL_NULL && takes_null(t->kind)) return true;
  if (t->kind == CEL_MAP && from->kind == CEL_RECORD)
    return type_assign(s, t->key, &cel_string) && type_assign(s, t->of, &cel_dyn);
  if (t->kind != from->kind || t->unit != from->unit || type_units_differ(t, from)) return false;
  if (t->kind == CEL_RECORD) return t->record == from->record;
  if (t->kind == KIND_OPAQUE)
    return assign_opaque(s, (const opaque_type *)t, (const opaque_type *)from);
  if (t->key && !type_assign(s, t->key, from->key)) return false;
  return !t->of || type_assign(s, t->of, from->of);
}

/* Of two types that go together, the one that promises less. */
static const cel_type *wider(solver *s, const cel_type *a, const cel_type *b) {
  a = type_resolve(a);
  b = type_resolve(b);
  if (a == b || b->kind == KIND_VARIABLE) return a;
  if (a->kind == KIND_VARIABLE) return b;
  if (a->kind == CEL_DYN || b->kind == CEL_DYN) return &cel_dyn;
  if (a->kind == CEL_NULL) return b;
  if (b->kind == CEL_NULL) return a;
  if (a->kind == CEL_STRING) return a->choices == b->choices ? a : &cel_string;
  if (a->kind == CEL_INT) return cel_type_unit(a)[0] ? a : b;
  if (a->kind != b->kind) return a->kind == CEL_MAP ? a : b;
  if (a->kind == CEL_LIST) return type_list(s, wider(s, a->of, b->of));
  if (a->kind == CEL_OPTIONAL) return type_optional(s, wider(s, a->of, b->of));
  if (a->kind == CEL_MAP) return type_map(s, wider(s, a->key, b->key), wider(s, a->of, b->of));
  if (a->kind == KIND_OPAQUE) {
    opaque_type *o = ARENA_NEW(s->a, opaque_type);
    if (!o) return or_dyn(s, NULL);
    *o = *(const opaque_type *)a;
    for (size_t i = 0; i < o->count; i++)
      o->of[i] = wider(s, o->of[i], ((const opaque_type *)b)->of[i]);
    return &o->type;
  }
  return a;
}

const cel_type *type_join(solver *s, const cel_type *a, const cel_type *b) {
  size_t mark = solver_mark(s);
  if (type_assign(s, a, b)) return wider(s, a, b);
  solver_undo(s, mark);
  if (type_assign(s, b, a)) return wider(s, a, b);
  solver_undo(s, mark);
  return NULL;
}

const cel_type *type_final(solver *s, const cel_type *t) {
  t = type_resolve(t);
  if (t->kind == KIND_VARIABLE) return &cel_dyn;
  if (t->kind == KIND_OPAQUE) {
    opaque_type *o = ARENA_NEW(s->a, opaque_type);
    if (!o) return or_dyn(s, NULL);
    *o = *(const opaque_type *)t;
    for (size_t i = 0; i < o->count; i++) o->of[i] = type_final(s, o->of[i]);
    return &o->type;
  }
  if (!t->of) return t;
  const cel_type *key = t->key ? type_final(s, t->key) : NULL, *of = type_final(s, t->of);
  if (key == t->key && of == t->of) return t;
  return or_dyn(s, new_type(s->a, t->kind, key, of));
}

bool type_is_concrete(const cel_type *t) {
  t = type_resolve(t);
  if (t->kind == CEL_DYN || t->kind == KIND_VARIABLE) return false;
  if (t->key && !type_is_concrete(t->key)) return false;
  return !t->of || type_is_concrete(t->of);
}
