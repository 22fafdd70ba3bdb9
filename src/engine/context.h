/* context.h — one command on its way into the journal: what its files share. */
#ifndef JISHI_ENGINE_CONTEXT_H
#define JISHI_ENGINE_CONTEXT_H

#include "engine/state.h"

/* One command on its way. `a` holds all that its answer needs. */
typedef struct work {
  engine *g;
  store *s;
  arena *a;
  const command *c;
  answer *out;
  int64_t seq, at_ms;
  day today;
  uuid id;
} work;

/* Writes the journal entry; from here on the command is accepted. */
bool work_append(work *w, const uuid *subject, const uuid *root, const char *area, err *e);
bool body_uuid(const json *body, const char *key, uuid *out, err *e); /* required */

/* Before anything is read for an entry: what waits is looked at, unless this entry may join it. */
bool begin_entry(work *w, err *e);
/* From which day the facts hold: given, or today; never later than today. */
bool body_since(work *w, const char *key, bool required, day *out, err *e);
text json_text_of(work *w, const json *tree); /* NULL: {}; at NULL: memory */
bool in_sight(work *w, const char *area);
bool matches(work *w, int64_t version, err *e);

#endif
