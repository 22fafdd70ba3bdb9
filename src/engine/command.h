/* command.h — what can be asked of the engine, and what it answers. */
#ifndef JISHI_ENGINE_COMMAND_H
#define JISHI_ENGINE_COMMAND_H

#include "engine/rights.h"

/* The verbs, and their JSON bodies. */
#define VERBS(X)                                                                                      \
  X(COUNTY, county)     /* {code, name} — the first entry */                                        \
  X(PACK, pack)         /* {name, files: [{path, body}], overlay: [{path, body}]} */                  \
  X(CALENDAR, calendar) /* {notices: [{year, reference, holidays, workdays}]} or {withdrawn: year,    \
                           reason} — takes the last one back */                                     \
  X(AREAS, areas)       /* {rows: [[code, name], …]} */                                             \
  X(AREA, area) /* {way, from: [code], to: [{code, name?, shape?, colour?}], subjects?: [{kind,       \
                   id, to}], change?, on?, reason, document} — engine/area_change.h */              \
  X(OFFICER, officer) /* {id, login?, name?, active?, posts?: [{role, area}], password?: true,        \
                         codes?: bool} —                                                            \
                         what is left out stays; a password is never in it */                         \
  X(SUBJECT,                                                                                          \
    subject) /* {kind, id, area, parent?, since?, fields, source?, taking_in?} — makes it */        \
  X(FACTS, facts) /* {kind, id, since?, fields, area?, parent?, from?, note?, source?,                \
                     taking_in?} — changes it; a child with `parent` moves to another root, and     \
                     back to `from` when the import is taken back that moved it */                    \
  X(EVENT, event) /* {kind, id, subject, on, fields, replaces?} — of the same kind and subject */   \
  X(WITHDRAW, withdraw)   /* {kind, id} — an event */                                               \
  X(MOVE, move)           /* {case, transition, form, note} */                                        \
  X(STEP_BACK, step_back) /* {case, step: number of its entry, reason} — the last step */           \
  X(MEASURE, measure)     /* {id, kind, subject, case?, form, note?} or {id, state, note?} */         \
  X(IMPORT, import) /* {id, layout, file, rows} — announces rows that follow with its import_id */  \
  X(MAPPING, mapping) /* {id, layout, fingerprint, map: {heading: what}} — which column is what;    \
                         {id, forgotten: true} */                                                     \
  X(UNDO, undo)       /* {import} */                                                                  \
  X(UNMASK, unmask)   /* {kind, id} — masked fields were shown in clear */                          \
  X(EXPORT, export) /* {rows, title, format, columns: [title], areas: [code], filter?, q?, from?,     \
                       to?, count, clear?, reason?} or {list, path, format, columns: [name],          \
                       asked, count} — a table left the house */                                    \
  X(TABLE, table) /* {id, name?, asked?, period?, shared?} or {id, removed: true} — a table kept    \
                     under a name; what is left out stays */                                          \
  X(TEMPLATE, template) /* {fingerprint, title, rows, filter?, columns: [{heading, column}]} — how  \
                           an empty table is filled; {fingerprint, forgotten: true} */                \
  X(EXCUSE, excuse)     /* {id, duty?, officer? | kind, subject, from, to, reason, stand_in?} or      \
                           {id, withdrawn: true} — not done, because */                             \
  X(AMENDMENT, amendment) /* {id, kind, subject, fields, since?, reason} — proposes a correction    \
                             of owned fields; {id, state, note?} — decides it */                    \
  X(FORGET, forget)       /* {id, kind, subject, reason, document} — proposes to destroy what is    \
                             known of one that is over; {id, state} — decides it; confirmed, the    \
                             entry also says what is kept: {…, kept, of} (store/residue.h) */       \
  X(SAMPLE, sample)       /* {id, pack, plan, title, seed, area, stratified, population, size,        \
                             confidence, precision, expected, subject?, strata, members} — drawn */ \
  X(REPORT,                                                                                           \
    report) /* {id, pack, ledger, title, from?, to?, asked, areas, contents} — a table kept */      \
  X(MERGE, merge)   /* {id, kind, from, into, reason} — two records are one; {id, undone: true,     \
                       reason} — they are two again */                                              \
  X(SET_UP, set_up) /* {closed: true} — the county is set up: see store_set_up_put */               \
  X(SETTINGS, settings) /* {NAME: number} — of store/rows/settings.def; what is left out stays */   \
  X(CLOCK, clock)       /* {last} — the clock is right, however far from the last entry */          \
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
  int64_t at_ms;            /* 0: now */
  int64_t expected_version; /* the version the caller saw; 0: not asked for */
  uuid import_id;           /* the import it belongs to; nil: none */
  const json *body;
  text stored; /* a replay's: the body as it stands in the journal; at NULL: it is made of `body` */
  const char
      *password_hash;  /* with OFFICER: his new one, which is not in the journal; NULL: none */
  bool first_password; /* another gave it to him, and he must change it */
  const struct totp_kept *totp; /* with OFFICER and codes true: his, not in the journal */
} command;

typedef struct answer {
  int64_t seq;
  bool repeated; /* the same command was applied before; nothing was done now */
  uuid subject, root;
  const kind *root_kind;
  char area[13];
  uuid *opened, *resolved, *cases; /* consequences; in the arena */
  size_t opened_count, resolved_count, case_count;
} answer;

#endif
