/* when.h — what came before what, of events and of facts: by day, by moment, then as recorded.
 *
 * The moment of an event with a time is that time. What has none stands where it was recorded, or
 * at the end of its day when it was recorded later: so it comes after all that was known of that
 * day. */
#ifndef JISHI_STORE_WHEN_H
#define JISHI_STORE_WHEN_H

#include "base/date.h"

typedef struct when {
  day on;
  int64_t moment; /* milliseconds, as now_ms */
  int64_t seq;    /* of the entry */
} when;

static inline int when_compare(when a, when b) {
  if (a.on != b.on) return a.on < b.on ? -1 : 1;
  if (a.moment != b.moment) return a.moment < b.moment ? -1 : 1;
  return a.seq < b.seq ? -1 : a.seq > b.seq;
}

/* Of what has no time of its own. */
static inline int64_t moment_without_time(day on, int64_t at_ms) {
  const int64_t end = day_start_ms(on + 1);
  return at_ms < end ? at_ms : end;
}

#endif
