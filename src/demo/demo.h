/* demo.h — an invented district: `jishi demo DIR --size N --seed S`.
 *
 * What it holds is said by the packs' demo.yaml (docs/demo-format.md); the same recipe, number,
 * seed and last day give the same entries; their seals differ, as each place has keys of its own.
 * Everything is written through the engine, as officers would have done it, on the days they would
 * have: a year of history stands behind the last day. Nobody in it exists. */
#ifndef JISHI_DEMO_DEMO_H
#define JISHI_DEMO_DEMO_H

#include "base/date.h"
#include "base/err.h"
#include "base/text.h"

enum { DEMO_UNITS_MAX = 1000000, DEMO_BATCH = 500 };

typedef struct demo_config {
  int64_t units; /* how many of a recipe's subjects with share 1; 1 … DEMO_UNITS_MAX */
  uint64_t seed;
  day last_day; /* of the history: yesterday */
  const char *calendar_path, *areas_csv;
  const char *const *pack_folders; /* those without demo.yaml come without subjects */
  size_t pack_count;
  const char *recipe; /* instead of the first pack's demo.yaml; NULL: none */
} demo_config;

typedef struct demo_result {
  int64_t units, entries; /* roots made; commands taken */
  buf made_zh, made_en; /* the roots by kind: "1200 户，214 单位", "1200 households, 214 …" */
  int64_t refused;      /* commands the engine refused, as it may: reasons in the notes */
  buf logins_zh, logins_en; /* a few ways to sign in, a line each: "登录名 xian1  密码 …
                               县级（济宁高新区）" */
  buf notes_zh, notes_en;   /* "n × step: reason", a line each */
} demo_result;
void demo_result_release(demo_result *r);

/* Makes a fresh location. `progress` (may be NULL) is called now and then. After false what is in
 * the location is of no use. */
bool demo_make(const char *location, const demo_config *c,
               void (*progress)(int64_t done, int64_t all), demo_result *ret, err *e);

#endif
