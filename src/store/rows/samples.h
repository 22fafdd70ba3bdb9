/* samples.h — samples as they were drawn: frozen, with their seed. */
#ifndef JISHI_STORE_ROWS_SAMPLES_H
#define JISHI_STORE_ROWS_SAMPLES_H

#include "store/store.h"

typedef struct sample {
  uuid id;
  int64_t seq;
  const char *pack, *plan, *kind; /* kind of those drawn */
  text title, seed;
  char area[13]; /* drawn from all in it */
  day on;
  uuid subject; /* what it was drawn for; nil: nothing */
  bool stratified;
  int64_t population, size;
  int64_t confidence, precision, expected; /* rates: what the size was reckoned with */
  text strata;                             /* JSON: [{title, population, drawn}] */
  text members; /* JSON: [[id, index of its stratum], …], in the order they were drawn */
  uuid officer;
  int64_t at_ms;
} sample;
bool store_sample_put(store *s, const sample *x, err *e);
bool store_sample_find(store *s, arena *a, const uuid *id, sample **ret, err *e); /* NULL: none */
bool store_samples(store *s, arena *a, const char *pack, sample **ret, size_t *ret_count,
                   err *e); /* newest first */

#endif
