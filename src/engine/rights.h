/* rights.h — who asks, and what his posts let him do, where. */
#ifndef JISHI_ENGINE_RIGHTS_H
#define JISHI_ENGINE_RIGHTS_H

#include "store/rows.h"

/* Who asks. Posts decide rights and scope; the system (command line, replay) may all. `invented`:
 * somebody of a pack's test, whose posts stand as they are given; everybody else has an account,
 * which is looked at again when his command is applied (account.h). */
typedef struct actor {
  uuid officer;
  bool system, invented;
  const post *posts;
  size_t post_count;
} actor;
typedef enum right {
  RIGHT_REGISTER,
  RIGHT_RECORD,
  RIGHT_IMPORT,
  RIGHT_DECIDE,
  RIGHT_SEE_CLEAR,
  RIGHT_CORRECT, /* what a procedure has written, with a second officer */
  RIGHT_TAKE_IN, /* the state of another system's register, after the county is set up */
  RIGHT_ADMINISTER
} right;
bool actor_may(const actor *who, const catalog *packs, right r,
               const char *area); /* area NULL: anywhere */
/* Whether a post is one of a pack's roles. */
bool post_is_of(const post *x, const pack *p, const char *const *roles);
bool actor_holds(const actor *who, const pack *p, const char *const *roles,
                 const char *area); /* one of the roles over the area */
scope actor_scope(const actor *who);

/* Over a unit: over its area, or else over its zone. Who holds a post on a zone has it over the
 * units of the zone, whatever their villages. `root` NULL: over an area by itself. */
bool actor_may_unit(const actor *who, const catalog *packs, right r, store *s, const char *area,
                    const uuid *root);
bool actor_holds_unit(const actor *who, const pack *p, const char *const *roles, store *s,
                      const char *area, const uuid *root);
bool actor_sees_unit(const actor *who, store *s, const char *area, const uuid *root);

bool rights_no_subject(err *e); /* not there, or outside the areas: the same sentence for both */
bool rights_denied(label what, err *e);

#endif
