/* gen.h — generators: how a recipe says what a field of an invented subject holds
 * (docs/demo-format.md).
 *
 * A generator is read once, with the names it may use, and thrown for each record. A scene is a
 * list of names in the order in which they are drawn; an expression sees those before it. */
#ifndef JISHI_DEMO_GEN_H
#define JISHI_DEMO_GEN_H

#include "base/yaml.h"
#include "demo/dice.h"
#include "pack/model/pack.h"

typedef struct gen gen;

/* Names being declared and, once thrown, their values by the same index. */
typedef struct scene {
  cel_env *env;
  size_t count;
} scene;

/* What reading a recipe shares. */
typedef struct recipe_reader {
  arena *a;
  const char *file;
  day last_day; /* of the history */
  err *e;
} recipe_reader;

/* The names people get: one character each. */
typedef struct name_lists {
  text surnames, given;
} name_lists;

/* The name, or the login, of the officer of a role nearest to an area; "" when there is none. */
typedef const char *(*officer_teller)(const void *district, text role, const char *area,
                                      int64_t which, bool login);

/* One record being drawn. */
typedef struct drawing {
  arena *a;
  dice *dice;
  const scene *scene;
  value *slots; /* scene->count; UNKNOWN until drawn */
  const name_lists *names;
  officer_teller officer; /* asked with `district` and `area`, where the record is */
  const void *district;
  const char *area;
  day first_day, last_day, today; /* of the history; of what is drawn */
  int64_t number;                 /* what {n} stands for */
  err *e;                         /* the first thing that failed */
  bool failed;
} drawing;

bool scene_add(recipe_reader *r, scene *s, const char *name, const cel_type *type);
/* NULL: a fault, r->e says where. `f` is the field it is for: its type and choices. */
gen *gen_read(recipe_reader *r, const scene *s, const field *f, const yaml *node);
/* A whole number: a count, an offset of days. */
gen *gen_read_int(recipe_reader *r, const scene *s, const yaml *node);
cel_program *gen_read_test(recipe_reader *r, const scene *s,
                           const yaml *node); /* a bool expression */
bool gen_fault(recipe_reader *r, const yaml *at, label what);

/* UNKNOWN: the record says nothing here. After a failure d->failed is set. */
value gen_draw(const gen *g, drawing *d);
int64_t gen_draw_int(const gen *g, drawing *d, int64_t otherwise);
bool gen_test(const cel_program *p, drawing *d); /* NULL passes; unknown does not */

#endif
