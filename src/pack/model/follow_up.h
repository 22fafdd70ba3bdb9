/* follow_up.h — what is expected after something was recorded: by whom, by which day, and which
 * event fulfils it (follow_ups.yaml). */
#ifndef JISHI_PACK_MODEL_FOLLOW_UP_H
#define JISHI_PACK_MODEL_FOLLOW_UP_H

#include "pack/model/field.h"
#include "pack/model/scope.h"

typedef struct follow_up {
  const char *name;
  label title;
  const char *defined_at; /* in the pack, as a kind's */
  int index;
  int of;                        /* root kind of both what it follows and what fulfils it */
  int after;                     /* event kind; -1: a measure, once it is approved */
  int after_measure;             /* measure kind; -1 */
  name_scope own;                /* its fields, `on`, parameters; of all that follows: */
  const cel_program *when;       /* NULL: each */
  const cel_program *what;       /* text; NULL: the title says all */
  const cel_program *from, *due; /* days; NULL: from its own day on, without a last day */
  const cel_program *expected;   /* money; NULL: none */
  int owner;                     /* field of the pack's people, or of an officer; -1: none */
  const char *const *who;        /* roles that see it as theirs where it has no owner */
  int done_by;                   /* event kind */
  int names;                     /* field of it that says which one it fulfils; -1: all before it
                                    about the same subject */
  name_scope done;               /* fields of `done_by`, `on`, parameters; of these: */
  const cel_program *done_where; /* NULL: each */
  const cel_program *actual;     /* money, summed; NULL: none */
} follow_up;

#endif
