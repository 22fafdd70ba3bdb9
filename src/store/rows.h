/* rows.h — all rows of a county, for those above that work with most of them; else include the one
 * header of rows/ that is needed. */
#ifndef JISHI_STORE_ROWS_H
#define JISHI_STORE_ROWS_H

#include "store/rows/amendments.h"
#include "store/rows/areas.h"
#include "store/rows/attachments.h"
#include "store/rows/cases.h"
#include "store/rows/conditions.h"
#include "store/rows/county.h"
#include "store/rows/duties.h"
#include "store/rows/events.h"
#include "store/rows/excuses.h"
#include "store/rows/facts.h"
#include "store/rows/findings.h"
#include "store/rows/follow_ups.h"
#include "store/rows/forgettings.h"
#include "store/rows/journal.h"
#include "store/rows/mappings.h"
#include "store/rows/measures.h"
#include "store/rows/mergers.h"
#include "store/rows/officers.h"
#include "store/rows/packs.h"
#include "store/rows/payments.h"
#include "store/rows/reports.h"
#include "store/rows/samples.h"
#include "store/rows/saved_tables.h"
#include "store/rows/schema.h"
#include "store/rows/serials.h"
#include "store/rows/subjects.h"
#include "store/rows/uploads.h"
#include "store/rows/zones.h"
#include "store/scope.h"
#include "store/store.h"

#endif
