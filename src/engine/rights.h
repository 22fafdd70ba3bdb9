/* rights.h — who may what, where: the one place that decides.
 *
 * A right is role × pack × area × assignment × field. A post is a role of one pack over one area,
 * and counts in that pack alone. Which kinds a role sees, and whether all of them or only those
 * assigned to its holder, the pack says (pack/model/kind.h); what is masked, its fields say. The
 * three administrators are of no pack: each has one right, and sees no record at all.
 *
 * What reads asks for a reach (store/reach.h) and gives it to the statements; what does something
 * to one unit asks actor_sees first, then for the right. Nothing is decided elsewhere. */
#ifndef JISHI_ENGINE_RIGHTS_H
#define JISHI_ENGINE_RIGHTS_H

#include "store/reach.h"
#include "store/rows.h"

/* Who asks. Posts decide rights and scope; the system (command line, replay) may do
 * everything. `invented`: somebody of a pack's test, whose posts stand as they are given, and to
 * whom every unit is assigned; everybody else has an account, which is looked at again when his
 * command is applied (account.h). */
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
  RIGHT_FORGET,  /* what is over, with a second officer */
  /* of the administrators, in their order: */
  RIGHT_ADMINISTER, /* accounts, areas, packs, the calendar */
  RIGHT_AUTHORISE,  /* who has which post */
  RIGHT_AUDIT       /* who did what: the journal, without what it says */
} right;
enum { RIGHTS = RIGHT_AUDIT + 1 };
const char *right_name(right r); /* "see_clear", as packs write it */

/* ---- what he may do ---- */

/* p NULL: in any pack, and the administrators' rights. area NULL: anywhere. */
bool actor_may(const actor *who, const catalog *packs, right r, const pack *p, const char *area);
/* To register records of a kind, or change them. */
bool actor_registers(const actor *who, const catalog *packs, const kind *k, const char *area);
/* Whether a post is one of a pack's roles. */
bool post_is_of(const post *x, const pack *p, const char *const *roles);
bool actor_holds(const actor *who, const pack *p, const char *const *roles,
                 const char *area); /* one of the roles over the area */

/* Over a unit: over its area, or else over its zone. Who holds a post on a zone has it over the
 * units of the zone, whatever their villages. `root` NULL: over an area by itself. */
bool actor_may_unit(const actor *who, const catalog *packs, right r, const pack *p, store *s,
                    const char *area, const uuid *root);
bool actor_registers_unit(const actor *who, const catalog *packs, const kind *k, store *s,
                          const char *area, const uuid *root);
bool actor_holds_unit(const actor *who, const pack *p, const char *const *roles, store *s,
                      const char *area, const uuid *root);

/* ---- what he sees ---- */

/* Areas of his posts, whatever they let him see there. */
scope actor_scope(const actor *who);
/* Areas of which figures are told to him: those in which he sees every record of the pack's first
 * root kind of which he sees every record anywhere. Empty: no figures of that pack are his. */
scope actor_scope_in(const actor *who, const catalog *packs, const pack *p);
/* Whether figures of a kind may be told over that scope. */
bool actor_sees_all(const actor *who, const catalog *packs, const kind *k);
bool actor_reach(store *s, arena *a, const actor *who, const catalog *packs, day today, reach *ret,
                 err *e);
/* A unit by where it stands, and the kind of its root or of one of its children. */
typedef struct standing_unit {
  const kind *kind;
  const uuid *root;
  const char *area;
} standing_unit;
/* By the packs that the store uses. */
bool actor_sees(store *s, arena *a, const actor *who, day today, const standing_unit *u,
                bool *ret_yes, err *e);

/* ---- what he sees of it ---- */

/* Which field groups of a pack's records he is shown, by the posts that reach a unit. */
typedef struct sight {
  uint32_t clear, masked;
  bool unmasked; /* he has said why he must see in clear what is masked, and may */
} sight;
sight actor_sight(const actor *who, const catalog *packs, const pack *p, store *s, const char *area,
                  const uuid *root);
/* What he is shown wherever he sees records of the pack at all: for what is asked of many at once.
 */
sight actor_sight_everywhere(const actor *who, const catalog *packs, const pack *p);
/* The groups of which he sees something somewhere; all, for who has no post in the pack: what a
 * pack says is no secret. */
uint32_t actor_seen_groups(const actor *who, const catalog *packs, const pack *p);
how_shown sight_of(const sight *s,
                   uint32_t reads); /* of what tells of all that (pack/model/reads.h) */
how_shown sight_of_field(const sight *s, const field *f);
/* Of what a rule found. r NULL: of a rule that is gone, so nobody knows what it told of. */
how_shown sight_of_finding(const sight *s, const pack *p, const rule *r);
/* Refuses answers to fields that he does not see: he cannot know what he would write over. */
bool sight_check_answers(const sight *s, const field *fields, size_t count, const json *answers,
                         err *e);

bool rights_no_subject(err *e); /* not there, or not his to see: the same sentence for both */
bool rights_denied(label what, err *e);

#endif
