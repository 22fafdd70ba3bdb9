/* import_runs.h — which rosters are being taken in by this process, and how far they are. After a
 * restart nothing is: a roster whose row still says "running" was broken off. */
#ifndef JISHI_HTTP_IMPORT_RUNS_H
#define JISHI_HTTP_IMPORT_RUNS_H

#include "base/uuid.h"

#include <stdbool.h>

bool import_run_begin(const uuid *id); /* false: it runs already */
void import_run_at(const uuid *id, int64_t rows);
void import_run_end(const uuid *id);
bool import_run_rows(const uuid *id, int64_t *ret_rows); /* false: it does not run */

#endif
