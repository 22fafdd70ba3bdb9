/* notices.h — the holiday notices the county has taken in, by which its working days are counted.
 */
#ifndef JISHI_STORE_ROWS_NOTICES_H
#define JISHI_STORE_ROWS_NOTICES_H

#include "base/calendar.h"
#include "store/store.h"

/* In place of those of the same years. */
bool store_notices_put(store *s, const calendar_notices *notices, int64_t seq, err *e);
bool store_notice_withdraw(store *s, int64_t year, err *e);
/* Those of entries after `seq` (0: all), by year. */
bool store_notices_after(store *s, arena *a, int64_t seq, calendar_notices *ret, err *e);

#endif
