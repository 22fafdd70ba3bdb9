/* serials.h — numbers that are never given twice. */
#ifndef JISHI_STORE_ROWS_SERIALS_H
#define JISHI_STORE_ROWS_SERIALS_H

#include "store/store.h"

/* The next of a series (year 0: of one that goes on). */
bool store_serial_next(store *s, const char *series, int64_t year, int64_t *ret, err *e);

#endif
