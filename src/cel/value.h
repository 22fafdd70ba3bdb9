/* value.h — the value of the language: what facts, parameters and expressions are made of.
 *
 * Values are small and copied freely; what they point to lives in an arena. Days, money and rates
 * are plain INT at run time (days since 1970-01-01; fen; rate × 10^8): their unit lives in the
 * static type (cel.h), so that C, columns and the browser compute on the same 64-bit integers.
 *
 * UNKNOWN is not an error: it says that facts are missing, and which. */
#ifndef JISHI_CEL_VALUE_H
#define JISHI_CEL_VALUE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

typedef enum value_type {
  VALUE_NULL,
  VALUE_BOOL,
  VALUE_INT,
  VALUE_UINT,
  VALUE_DOUBLE,
  VALUE_STRING,
  VALUE_BYTES,
  VALUE_LIST,
  VALUE_MAP,
  VALUE_TIMESTAMP, /* seconds in .i, nanoseconds in .nanos */
  VALUE_DURATION,  /* the same */
  VALUE_TYPE,      /* its name in .s */
  VALUE_OPTIONAL,  /* .item, or NULL for none */
  VALUE_UNKNOWN,   /* .missing */
  VALUE_ERROR      /* .error */
} value_type;

typedef struct value value;
typedef struct value_list value_list;
typedef struct value_map value_map;

/* Names of absent facts, e.g. "income", "persons[2].health". */
typedef struct missing {
  const char *name;
  struct missing *next;
} missing;

struct value {
  value_type type;
  int32_t nanos;
  union {
    bool yes;
    int64_t i;
    uint64_t u;
    double d;
    text s;
    const value_list *list;
    const value_map *map;
    const value *item;
    const missing *missing;
    const err *error;
  };
};

struct value_list {
  size_t count;
  const value *items;
};

typedef struct value_pair {
  value key, item;
} value_pair;

/* `open`: the record of a subject or event. A field that is not in it is UNKNOWN (named
 * `path`.field), not an error. */
struct value_map {
  size_t count;
  const value_pair *pairs; /* any order; keys distinct */
  bool open;
  const char *path; /* prefix of the missing name for an open map; "" for none */
};

static inline value value_null(void) {
  return (value){.type = VALUE_NULL};
}
static inline value value_bool(bool yes) {
  return (value){.type = VALUE_BOOL, .yes = yes};
}
static inline value value_int(int64_t i) {
  return (value){.type = VALUE_INT, .i = i};
}
static inline value value_double(double d) {
  return (value){.type = VALUE_DOUBLE, .d = d};
}
static inline value value_string(text s) {
  return (value){.type = VALUE_STRING, .s = s};
}
value value_missing(arena *a, const char *name); /* UNKNOWN naming one fact; `name` is copied */

/* CEL equality: heterogeneous, deep, numbers by mathematical value, NaN unequal. Never fails. */
bool value_equal(const value *a, const value *b);
/* What a string says; "" of any other value, and of an unknown one. */
static inline text value_text(const value *v) {
  return v->type == VALUE_STRING ? v->s : TEXT("");
}
/* The item under a string key, or NULL. */
const value *value_get(const value_map *m, text key);

#endif
