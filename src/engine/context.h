/* context.h — one command on its way into the journal: what its files share. */
#ifndef JISHI_ENGINE_CONTEXT_H
#define JISHI_ENGINE_CONTEXT_H

#include "engine/state.h"

/* One command on its way. `a` holds all that its answer needs. */
typedef struct command_context {
  engine *engine;
  store *store;
  arena *a;
  const command *command;
  void *request; /* the verb's own, between its steps (commands.h) */
  answer *answer;
  int64_t seq, at_ms;
  day today;
  uuid id;
  text made; /* at NULL; or the body as it is to stand in the journal, when that says more than the
                command did */
} command_context;

/* Writes the journal entry; from here on the command is accepted. */
bool context_append(command_context *ctx, const uuid *subject, const uuid *root, const char *area,
                    err *e);
/* A replay's: the entry is chained, and nothing follows from it. */
bool entry_pass_over(engine *eng, const entry *x, err *e);
bool body_uuid(const json *body, const char *key, uuid *ret, err *e); /* required */

/* Call before anything is read for a command: evaluates what an import batch left pending, unless
 * this command may belong to that batch. */
bool context_begin(command_context *ctx, err *e);
/* A day of the body that is not later than today; today when it is absent and not required. */
bool body_day(command_context *ctx, const char *key, bool required, day *ret, err *e);
text context_canonical(command_context *ctx, const json *tree); /* NULL: {}; at NULL: memory */
/* Its day, and the county's calendar. */
static inline as_of context_as_of(const command_context *ctx) {
  return (as_of){ctx->today, ctx->engine->calendar};
}
/* Whether who commands sees a unit, by the kind of its root or a child, and may do something in a
 * pack (rights.h). */
bool context_sees(const command_context *ctx, const kind *k, const uuid *root, const char *area,
                  bool *ret_yes, err *e);
bool context_may(const command_context *ctx, right r, const pack *p, const char *area,
                 const uuid *root); /* root NULL: over an area by itself */
bool context_holds(const command_context *ctx, const pack *p, const char *const *roles,
                   const char *area, const uuid *root);
/* What of a unit's fields he is shown; what he is not shown he may not answer either
 * (sight_check_answers). */
sight context_sight(const command_context *ctx, const pack *p, const char *area, const uuid *root);
/* Notes which files are named in what was said of a unit (store/rows/attachments.h). */
bool context_note_files(command_context *ctx, const field *fields, size_t count,
                        const value *values, const kind *about, const uuid *root, err *e);
/* Whether the caller saw this version (If-Match), or did not ask. */
bool context_check_version(const command_context *ctx, int64_t version, err *e);

#endif
