/* unit_past.h — a unit as it was at the end of a day that is past, by what is known now: what was
 * recorded late or corrected since counts, what was taken back does not.
 *
 * Fields are those of the facts that held, the area that of the day, the colour that of the
 * findings open then. A child stands with the unit that it belongs to now, and of some events only
 * what they are now is known (pack_event_is_of_now). */
#ifndef JISHI_ENGINE_EVAL_UNIT_PAST_H
#define JISHI_ENGINE_EVAL_UNIT_PAST_H

#include "engine/eval/unit.h"

/* Where units were that have been elsewhere: of a whole county, by root and day. */
typedef struct past_places {
  day on;
  const struct past_area *areas;
  size_t count;
  bool any; /* some unit was elsewhere on that day */
} past_places;
bool past_places_load(store *s, arena *a, day on, past_places *ret, err *e);

/* Turns what was loaded with u->today = places->on to that day; before anything is evaluated. Who
 * was not registered yet is left out: u->root NULL when it is the root. */
bool unit_past(store *s, unit *u, const past_places *places, err *e);

#endif
