#include "http/import_runs.h"

#include "http/background.h"

static struct {
  pthread_mutex_t lock;
  struct {
    bool used;
    uuid id;
    int64_t rows;
  } runs[BACKGROUND_RUNNING];
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Under the lock; -1: none. */
static int place_of(const uuid *id) {
  for (int i = 0; i < BACKGROUND_RUNNING; i++)
    if (all.runs[i].used && uuid_equal(&all.runs[i].id, id)) return i;
  return -1;
}

bool import_run_begin(const uuid *id) {
  bool begun = false;
  pthread_mutex_lock(&all.lock);
  for (int i = 0; i < BACKGROUND_RUNNING && !begun && place_of(id) < 0; i++) {
    begun = !all.runs[i].used;
    if (!begun) continue;
    all.runs[i].used = true;
    all.runs[i].id = *id;
    all.runs[i].rows = 0;
  }
  pthread_mutex_unlock(&all.lock);
  return begun;
}

void import_run_at(const uuid *id, int64_t rows) {
  pthread_mutex_lock(&all.lock);
  const int at = place_of(id);
  if (at >= 0) all.runs[at].rows = rows;
  pthread_mutex_unlock(&all.lock);
}

void import_run_end(const uuid *id) {
  pthread_mutex_lock(&all.lock);
  const int at = place_of(id);
  if (at >= 0) all.runs[at].used = false;
  pthread_mutex_unlock(&all.lock);
}

bool import_run_rows(const uuid *id, int64_t *ret_rows) {
  pthread_mutex_lock(&all.lock);
  const int at = place_of(id);
  if (at >= 0) *ret_rows = all.runs[at].rows;
  pthread_mutex_unlock(&all.lock);
  return at >= 0;
}
