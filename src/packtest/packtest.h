/* packtest.h — a pack's own tests: `jishi pack test FOLDER`.
 *
 * Reads the YAML files of FOLDER/tests (docs/pack-format.md, at its end) and runs every case
 * through the real engine, in a temporary county for each set of parameters that cases ask for. A
 * case runs inside one transaction that is rolled back at its end, so cases never see each other;
 * every day between two steps begins as in service.
 *
 * The report has a line `PASS name` or `FAIL name` for each case, under a failed one its
 * differences with file:line and day, and a last line with the counts. It is for those who write
 * packs. */
#ifndef JISHI_PACKTEST_PACKTEST_H
#define JISHI_PACKTEST_PACKTEST_H

#include "base/err.h"
#include "base/text.h"

typedef struct packtest_counts {
  int64_t passed, failed;
} packtest_counts;

/* The county of a case whose `area` does not name another. */
#define PACKTEST_COUNTY "370871"

/* False: the tests could not be run at all (the pack has faults, a test file cannot be read, no
 * disk); then *e is the first fault, and the report names them all. Failed cases are counted, not
 * errors. `areas_csv`: code,name of the county's areas. */
bool packtest_run(const char *pack_folder, const char *calendar_path, const char *areas_csv,
                  packtest_counts *counts, buf *report, err *e);

#endif
