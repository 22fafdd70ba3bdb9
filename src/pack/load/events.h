/* events.h — what of events other files need: facts that follow, and events of the engine. */
#ifndef JISHI_PACK_LOAD_EVENTS_H
#define JISHI_PACK_LOAD_EVENTS_H

#include "pack/load/reader.h"

/* `sets: {field: EXPR}`: fields of a kind. */
const fact_setter *events_read_setters(const doc *d, const yaml *item, const kind *of,
                                       const cel_env *env, size_t *ret_count);
void events_read(loader *l); /* after the kinds */
/* Those of measures and steps, after the pack's own. */
void events_derive(loader *l);

#endif
