/* clock.h — whether the machine's clock fits the journal.
 *
 * Entries carry the instant of the machine's clock, and rules, deadlines and findings follow from
 * it; a wrong one would judge everybody by a day that is not. So an instant far after the last
 * entry begins no day, and one before it writes nothing, until a person has said that the clock is
 * right: by an entry CLOCK (`jishi clock LOCATION --is-right`), which is also the only one that
 * may stand before the entry it follows. Entries whose instant is given (an import's, a replay's)
 * are not asked. Reading goes on. */
#ifndef JISHI_ENGINE_CLOCK_H
#define JISHI_ENGINE_CLOCK_H

#include "engine/engine.h"

enum {
  CLOCK_FAR_DAYS = 20,  /* the longest holidays, and a week more */
  CLOCK_BEHIND_DAYS = 1 /* what a clock that was set right once may be behind */
};

typedef enum clock_state { CLOCK_FITS, CLOCK_FAR, CLOCK_BEHIND } clock_state;

/* `last_ms`: of the last entry; 0: there is none, and every clock fits. */
clock_state clock_look(int64_t last_ms, int64_t now);
/* False: ERR_CLOCK, with both days and the remedy. */
bool clock_fits(int64_t last_ms, int64_t now, err *e);
bool engine_clock_fits(const engine *eng, int64_t now, err *e);
/* The entry by which a person says that it is `now`. */
bool clock_command(arena *a, int64_t last_ms, int64_t now, command *ret, err *e);

#endif
