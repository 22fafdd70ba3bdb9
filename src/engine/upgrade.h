/* upgrade.h — a new version of a pack. */
#ifndef JISHI_ENGINE_UPGRADE_H
#define JISHI_ENGINE_UPGRADE_H

#include "engine/engine.h"

/* Takes a new version of a pack: refused where it would lose data (a field or kind with values
 * gone, its type changed). With `plan_only` only tells what would change. The one in use, with the
 * same local values: `plan` stays empty, and nothing is written. */
bool engine_upgrade(engine *eng, const char *pack_folder, const char *overlay, bool plan_only,
                    buf *plan, faults *f, err *e);

#endif
