/* recipe.h — packs/NAME/demo.yaml as it is read: docs/demo-format.md. Immutable; lives in the
 * reader's arena. */
#ifndef JISHI_DEMO_RECIPE_H
#define JISHI_DEMO_RECIPE_H

#include "base/ident.h"
#include "demo/gen.h"

enum { LEVEL_ZONE = AREA_VILLAGE + 1 };
enum { HISTORY_DEFAULT = 365, HISTORY_MAX = 3650, RECIPE_PARTS_MAX = 200 };

/* A record's names in the order they are drawn. */
typedef struct named_gen {
  const field *f; /* a field of the kind, event or form; or one made for a `let` */
  gen *g;
  int slot;
  bool written; /* goes into the record; a `let` does not */
} named_gen;
typedef struct recipe_sheet {
  scene scene;
  named_gen *gens;
  size_t count;
  const cel_type *type; /* the whole as an open record */
  int n, last_day, on;  /* slots; on -1: none */
  int subject, parent;  /* slots of the records it sees; -1: none */
} recipe_sheet;

typedef struct child_recipe {
  const kind *k;
  gen *number; /* in the parent's scene */
  recipe_sheet sheet;
} child_recipe;

typedef struct event_recipe {
  const event_kind *k;
  int child; /* index of the child recipe it is about; -1: the root */
  cel_program *when;
  gen *per_year; /* in the scene of its subject, like `when`; NULL: it is not planned, but */
  text sample;   /* what is recorded of who is drawn by this plan */
  bool even;
  text role;
  recipe_sheet sheet;
} event_recipe;

typedef enum step_type {
  STEP_EVENT,
  STEP_FACTS,
  STEP_MOVE,
  STEP_MEASURE,
  STEP_MEASURE_STATE
} step_type;
typedef struct story_step {
  step_type type;
  int64_t ago; /* days before the last day */
  text role;
  const event_kind *event;
  const measure_kind *measure;
  text name; /* of the transition; of the measure's state */
  int child;
  int64_t child_number; /* from 1 */
  recipe_sheet sheet;
} story_step;
typedef struct story {
  text name;
  int64_t share_ppm; /* of 1 000 000, among those that meet `when` */
  cel_program *when;
  gen *shift; /* days earlier, one number for the whole story */
  story_step *steps;
  size_t step_count;
} story;

typedef struct subject_recipe {
  const kind *k;
  int64_t share_ppm; /* of 1 000 000 of the asked number; or: */
  int64_t fixed;     /* -1: by share */
  text taken_in;     /* from which register its state comes; "": it is registered as new */
  bool county_level; /* registered at the county, before all that may refer to it */
  text of_officers; /* one for each officer of this role, where his post is, and as early; "": no */
  text *areas;      /* in turn in these; count 0: anywhere */
  size_t area_count;
  recipe_sheet sheet;
  child_recipe *children;
  size_t child_count;
  event_recipe *events;
  size_t event_count;
  story *stories;
  size_t story_count;
  int64_t made; /* roots so far */
} subject_recipe;

typedef struct officer_recipe {
  text role, login, name;
  int level; /* an area_level: one for each area of it; LEVEL_ZONE: for each zone */
  int64_t number;
  text *areas; /* only these; count 0: every area of the level */
  size_t area_count;
} officer_recipe;

/* An officer is away: "not done, because", said on the last day. */
typedef struct leave_recipe {
  text login, reason, stand_in;
  int64_t ago, days;
} leave_recipe;

/* A sample that is drawn on the last day, of which a share was visited. */
typedef struct sample_recipe {
  text plan, title, seed, role;
  text of; /* the key of what it is for; "": nothing */
  int64_t size;
  int64_t visited_ppm;
} sample_recipe;

/* A zone that is added before all else. */
typedef struct zone_recipe {
  text code, name, colour, shape; /* shape: GeoJSON */
} zone_recipe;

typedef struct recipe {
  const pack *pack;
  text county, county_name, password;
  int64_t history; /* days */
  name_lists names;
  officer_recipe *officers;
  size_t officer_count;
  subject_recipe *subjects;
  size_t subject_count;
  zone_recipe *zones;
  size_t zone_count;
  sample_recipe *samples;
  size_t sample_count;
  leave_recipe *leaves;
  size_t leave_count;
} recipe;

/* The recipe of a pack folder. *ret NULL and true: the pack has none. */
bool recipe_read(arena *a, const char *path, const pack *p, day last_day, recipe **ret, err *e);

#endif
