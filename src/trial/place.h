/* place.h — a temporary place to play in, with a county and one pack. */
#ifndef JISHI_TRIAL_PLACE_H
#define JISHI_TRIAL_PLACE_H

#include "base/yaml.h"
#include "engine/engine.h"

enum { TRIAL_FOLDER_MAX = 256 };
typedef struct trial_place {
  char folder[TRIAL_FOLDER_MAX]; /* "" until made */
  engine *g;
} trial_place;

typedef struct trial_setting {
  const char *pack_folder, *calendar_path, *areas_csv;
  char county[13];
  int64_t at_ms;          /* of its first entries */
  const yaml *parameters; /* name → {day: value} or the file's own form; NULL: none */
} trial_setting;

/* A fault of the parameters or the pack goes to `f` as well. */
bool trial_place_make(trial_place *p, const trial_setting *s, faults *f, err *e);
void trial_place_remove(trial_place *p);
/* A fresh temporary folder; "" after a failure. */
bool trial_folder_make(char folder[TRIAL_FOLDER_MAX], err *e);
void trial_folder_remove(const char *folder);
/* Makes the folder `overlay` with a file for each parameter; `reference` is the document the values
 * are said to come from. */
bool trial_overlay_write(const char *overlay, const yaml *parameters, const char *reference,
                         err *e);
/* A tree as YAML in flow style, as the parser would read it again. */
void trial_put_yaml(buf *b, const yaml *node);

#endif
