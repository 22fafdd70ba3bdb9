/* report.h — what a dry run or an import found, for people: the counts, then each fault by row and
 * column. `report`: {rows, accepted, refused, created, changed, same, errors}. */
#ifndef JISHI_CLI_REPORT_H
#define JISHI_CLI_REPORT_H

#include "base/json.h"

void say_report(const json *report);

#endif
