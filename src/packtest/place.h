/* place.h — a temporary place to play in, with a county and one pack. */
#ifndef JISHI_PACKTEST_PLACE_H
#define JISHI_PACKTEST_PLACE_H

#include "base/yaml.h"
#include "engine/engine.h"

enum { PACKTEST_FOLDER_MAX = 256 };
typedef struct packtest_place {
  char folder[PACKTEST_FOLDER_MAX]; /* "" until made */
  engine *g;
} packtest_place;

typedef struct packtest_setting {
  const char *pack_folder, *calendar_path, *areas_csv;
  char county[13];
  int64_t at_ms;          /* of its first entries */
  const yaml *parameters; /* as packtest_overlay_write takes them; NULL: none */
  const pack *pack;       /* the pack itself, for plain values among them; NULL: there are none */
} packtest_setting;

/* A fault of the parameters or the pack goes to `f` as well. */
bool packtest_place_make(packtest_place *p, const packtest_setting *s, faults *f, err *e);
void packtest_place_remove(packtest_place *p);
/* A fresh temporary folder; "" after a failure. */
bool packtest_folder_make(char folder[PACKTEST_FOLDER_MAX], err *e);
void packtest_folder_remove(const char *folder);
/* Makes the folder `overlay` with a file for each parameter; `reference` is the document the values
 * are said to come from. A parameter is written as
 *   400                                   this value on every day, whatever `p` (may be NULL) says
 *   {2021-01-01: 400}                     from that day on
 *   {level1: 0.9, level2: {2021-01-01: 0.8}}   by key, each in one of the two ways
 *   {values: …}, {keys: …}, {brackets: …} as in its file */
bool packtest_overlay_write(const char *overlay, const yaml *parameters, const pack *p,
                            const char *reference, err *e);
/* A tree as YAML in flow style, as the parser would read it again. */
void packtest_put_yaml(buf *b, const yaml *node);

#endif
