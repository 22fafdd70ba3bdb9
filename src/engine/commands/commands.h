/* commands.h — the verbs, for engine.c alone: one handler each.
 *
 * A command goes through five steps, in this order; NULL: the verb has none of that kind. Only
 * `apply` writes, and in it nothing is refused any more once context_append was called. A replay
 * leaves out `authorize` and `check`: what stands in the journal was allowed when it was written.
 */
#ifndef JISHI_ENGINE_COMMANDS_COMMANDS_H
#define JISHI_ENGINE_COMMANDS_COMMANDS_H

#include "engine/context.h"

typedef bool command_step(command_context *ctx, err *e);
typedef struct verb_handler {
  size_t request_bytes;    /* of what its steps hand on to one another: ctx->request, zeroed */
  command_step *find;      /* what the command is about */
  command_step *authorize; /* whether this officer may */
  command_step *read;      /* the form, and what it stands for */
  command_step *check;     /* guards, references, versions */
  command_step *apply;     /* the journal entry, the rows, and what follows */
} verb_handler;

#define X(upper, lower) extern const verb_handler verb_##lower;
VERBS(X)
#undef X

/* For those who administer the whole county: an administrator of a town has no say in its packs and
 * holidays (admin.c). */
bool administer_authorize(command_context *ctx, err *e);
/* A child with all that happened to it moves to another root; its old root no longer knows it
 * (subject.c). */
bool subject_move_to_parent(command_context *ctx, record *r, const record *to, err *e);
/* Whoever sees masked fields in clear says why (subject.c). */
bool clear_check_reason(command_context *ctx, err *e);
/* Whether some unit's rules must be evaluated again by this day (tick.c). */
bool tick_is_due(engine *eng, day today, bool *ret_yes, err *e);

#endif
