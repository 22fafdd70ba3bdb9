/* engine.h — the loop: apply one entry, and all that follows from it.
 *
 * A command becomes one journal entry; its consequences (facts, findings, cases, deadlines) are
 * computed from the entry and what is stored, from nothing else, so that a replay makes the same
 * rows. Applying needs an open write transaction; the writer (writer.h) opens and commits it for
 * many commands together. A refused command has written nothing. */
#ifndef JISHI_ENGINE_ENGINE_H
#define JISHI_ENGINE_ENGINE_H

#include "engine/unit.h"

typedef struct engine engine;

/* Opens the place for writing, loads the packs that the journal carries (the newest entry of each)
 * and the calendar. */
engine *engine_open(const char *place, const char *calendar_path, err *e);
void engine_close(engine *g);
store *engine_store(engine *g);
const catalog *engine_packs(const engine *g);
const calendar *engine_calendar(const engine *g);

/* Who asks. Posts decide rights and reach; the system (command line, replay) may all. */
typedef struct actor {
  uuid officer;
  bool system;
  const post *posts;
  size_t post_count;
} actor;
typedef enum right {
  RIGHT_REGISTER,
  RIGHT_RECORD,
  RIGHT_IMPORT,
  RIGHT_DECIDE,
  RIGHT_SEE_CLEAR,
  RIGHT_ADMINISTER
} right;
bool actor_may(const actor *who, const catalog *packs, right r,
               const char *area); /* area NULL: anywhere */
bool actor_holds(const actor *who, const char *const *roles,
                 const char *area); /* one of the roles over the area */
reach actor_reach(const actor *who);

/* The verbs, and their JSON bodies. */
#define VERBS(X)                                                                                    \
  X(COUNTY, county)   /* {code, name} — the first entry */                                        \
  X(PACK, pack)       /* {name, files: [{path, body}], overlay: [{path, body}]} */                  \
  X(AREAS, areas)     /* {rows: [[code, name], …]} */                                             \
  X(OFFICER, officer) /* {id, login, name, active, posts: [{role, area}]} */                        \
  X(SUBJECT, subject) /* {kind, id, area, parent?, since?, fields, source?} — makes it */         \
  X(FACTS, facts)     /* {kind, id, since?, fields, area?, parent?, note?, source?} — changes     \
                         it; a child with `parent` moves to another root */                         \
  X(EVENT, event) /* {kind, id, subject, on, fields, replaces?} — of the same kind and subject */ \
  X(WITHDRAW, withdraw) /* {kind, id} — an event */                                               \
  X(MOVE, move)         /* {case, transition, form, note} */                                        \
  X(MEASURE, measure)   /* {id, kind, subject, case?, form, note?} or {id, state, note?} */         \
  X(IMPORT, import)     /* {id, layout, file, rows} — announces rows that follow with `via` */    \
  X(UNDO, undo)         /* {import} */                                                              \
  X(LOOK, look)         /* {kind, id} — masked fields were shown in clear */                      \
  X(EXCUSE, excuse)     /* {id, duty?, officer? | kind, subject, from, to, reason, stand_in?} or    \
                           {id, withdrawn: true} — not done, because */                           \
  X(TICK, tick)         /* {day} — a day has begun */
typedef enum verb {
#define X(upper, lower) VERB_##upper,
  VERBS(X)
#undef X
} verb;
const char *verb_name(verb v);

typedef struct command {
  verb verb;
  uuid id; /* of the entry: made by the caller, phone or server; a repeat is recognised by it */
  actor who;
  int64_t at_ms; /* 0: now */
  int64_t match; /* the version the caller saw; 0: not asked for */
  uuid via;      /* the import it belongs to; nil: none */
  const json *body;
} command;

typedef struct answer {
  int64_t seq;
  bool again; /* the same command was applied before; nothing was done now */
  uuid subject, root;
  const kind *root_kind;
  char area[13];
  uuid *raised, *resolved, *cases; /* consequences; in the arena */
  size_t raised_count, resolved_count, case_count;
} answer;

/* False: refused, nothing written. When e->code is ERR_STORE or ERR_MEMORY something may have been
 * written: the caller must roll back and call engine_rolled_back. `a` holds the answer. */
bool engine_apply(engine *g, const command *c, arena *a, answer *out, err *e);
/* From now on the rules of a unit that consecutive entries of one import touch are looked at once,
 * after the last of them: its answer names no consequences, and engine_finish must be called before
 * each commit. In the journal such entries stand together, about one root, at the same instant, and
 * a replay does as was done. */
void engine_gather(engine *g);
bool engine_finish(engine *g, err *e);
/* The transaction is on disk. */
void engine_committed(engine *g);
/* The transaction was rolled back: forget what was cached in it. */
void engine_rolled_back(engine *g);
/* When the local day is later than the last tick and rules of some unit must be looked at again:
 * applies a TICK entry. */
bool engine_tick(engine *g, int64_t at_ms, arena *a, bool *ticked, err *e);

/* Whether a transition could be taken now: true, or false and *why says the guard's sentence or the
 * missing facts. */
bool transition_allowed(unit *u, const record *about, const transition *t, const unit_extra *x,
                        err *why);

/* Whether this officer may set a measure to a state now. */
bool measure_may(const actor *who, const measure_kind *k, const measure *m, const char *to);

/* Replays the journal of `place` into a fresh place (a temporary file beside it, or schema) and
 * compares every derived table; with `replace` the fresh one takes its place. *same tells;
 * differing tables are named in `report`. */
bool engine_rebuild(const char *place, const char *calendar_path, bool replace, bool *same,
                    buf *report, void (*progress)(int64_t done, int64_t all), err *e);
/* Reads the whole journal and recomputes the chain. *entries counted; on a break: false, e->place =
 * "entry N". */
bool engine_verify(const char *place, int64_t *entries, err *e);

/* The first entries of a new place: county, areas (those under `county_code` in the CSV file
 * code,name), packs. `at_ms` 0: now, with a random first id; otherwise at that instant, with ids
 * that follow from code, name and instant, so that the same call makes the same journal. */
bool engine_init(const char *place, int64_t at_ms, const char *county_code, const char *county_name,
                 const char *areas_csv, const char *const *pack_folders, size_t pack_count,
                 const char *overlay, faults *f, err *e);
/* Sends a pack folder as a PACK entry (inside an open transaction). All faults are told. */
bool engine_send_pack(engine *g, const char *folder, const char *overlay, faults *f, err *e);
bool engine_send_pack_at(engine *g, int64_t at_ms, const char *folder, const char *overlay,
                         faults *f, err *e); /* 0: now */
/* Takes a new version of a pack: refused where it would lose data (a field or kind with values
 * gone, its type changed). With `plan_only` only tells what would change. */
bool engine_upgrade(engine *g, const char *pack_folder, const char *overlay, bool plan_only,
                    buf *plan, faults *f, err *e);

#endif
