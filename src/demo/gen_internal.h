/* gen_internal.h — a generator as it was read. */
#ifndef JISHI_DEMO_GEN_INTERNAL_H
#define JISHI_DEMO_GEN_INTERNAL_H

#include "demo/gen.h"

/* Word in a recipe, and how its node is read and thrown (gen_read.c, gen_draw.c). */
#define GENS(X)                                                                                    \
  X(value)                                                                                         \
  X(weights)                                                                                       \
  X(pick)                                                                                          \
  X(range)                                                                                         \
  X(skewed)                                                                                        \
  X(serial)                                                                                        \
  X(person_name)                                                                                   \
  X(officer) X(birth) X(resident_id) X(phone) X(chance) X(yes) X(several) X(if) X(by) X(cel)
typedef enum gen_kind {
#define X(word) GEN_##word,
  GENS(X)
#undef X
} gen_kind;

struct gen {
  gen_kind kind;
  const field *f;
  const yaml *at;
  value *values;    /* value, weights, pick, several */
  int64_t *weights; /* weights, birth; chances × 1e6 for several, chance, yes */
  size_t count;
  int64_t total;
  int64_t low, typical, high, step; /* range, skewed */
  struct band {
    int from, to;
  } * bands;
  text pattern;         /* serial; role of an officer */
  bool login;           /* officer */
  cel_program *program; /* cel, if, by, person_name */
  int birth, sex;       /* slots, for resident_id */
  text male;
  gen *then, *otherwise; /* chance, if; otherwise of by */
  text *cases;           /* by */
  gen **of;
};

enum { CHANCE_ONE = 1000000 };

#endif
