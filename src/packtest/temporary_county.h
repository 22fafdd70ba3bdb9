/* temporary_county.h — a county with one pack in a temporary folder, for tests. */
#ifndef JISHI_PACKTEST_TEMPORARY_COUNTY_H
#define JISHI_PACKTEST_TEMPORARY_COUNTY_H

#include "base/yaml.h"
#include "engine/engine.h"

enum { TEMPORARY_FOLDER_MAX = 256 };
typedef struct temporary_county {
  char folder[TEMPORARY_FOLDER_MAX]; /* "" until made */
  engine *g;
} temporary_county;

typedef struct temporary_county_setup {
  const char *pack_folder, *calendar_path, *areas_csv;
  char county[13];
  int64_t at_ms;          /* of its first entries */
  const yaml *parameters; /* as overlay_write takes them; NULL: none */
  const pack *pack;       /* the pack itself, for plain values among them; NULL: there are none */
} temporary_county_setup;

/* A fault of the parameters or the pack goes to `f` as well. */
bool temporary_county_make(temporary_county *p, const temporary_county_setup *s, faults *f, err *e);
void temporary_county_remove(temporary_county *p);
/* A fresh temporary folder; "" after a failure. */
bool temporary_folder_make(char folder[TEMPORARY_FOLDER_MAX], err *e);
void temporary_folder_remove(const char *folder);
/* Makes the folder `overlay` with a file for each parameter; `reference` is the document the values
 * are said to come from. A parameter is written as
 *   400                                   this value on every day, whatever `p` (may be NULL) says
 *   {2021-01-01: 400}                     from that day on
 *   {level1: 0.9, level2: {2021-01-01: 0.8}}   by key, each in one of the two ways
 *   {values: …}, {keys: …}, {brackets: …} as in its file */
bool overlay_write(const char *overlay, const yaml *parameters, const pack *p,
                   const char *reference, err *e);
/* A tree as YAML in flow style, as the parser would read it again. */
void overlay_put_yaml(buf *b, const yaml *node);

#endif
