/* store.h — what one county knows, in typed rows: the only place that speaks SQL above the driver.
 *
 * Tables: fixed ones (schema.c) and, for every kind and event of the packs, one of its own with one
 * column a field
 * (`subject_household`, `event_visit`), NULL = unknown. Everything but `credential`, `session` and
 * `upload` is derived from the journal and can be rebuilt. Every table carries `county` first in
 * its key, and every statement is bounded by it.
 *
 * Reads take a `reach`: the areas the asking officer may see. It is applied here, in the
 * statements, nowhere above.
 *
 * A store is one connection: one thread at a time. Rows are given in the caller's arena. Knows base
 * and pack. */
#ifndef JISHI_STORE_STORE_H
#define JISHI_STORE_STORE_H

#include "base/hash.h"
#include "base/json.h"
#include "base/uuid.h"
#include "pack/catalog.h"
#include "store/db.h"

typedef struct store store;
struct reach;

/* `county`: 12-digit code; NULL: the only one there. `packs` may be NULL until store_use_packs
 * (init, reading the journal). */
store *store_open(const char *place, db_mode mode, const char *county, err *e);
void store_close(store *s);
/* Makes the statements of the packs' kinds; with `make_tables` also makes missing tables and
 * columns (inside the open transaction). The catalog must outlive the store. */
bool store_use_packs(store *s, const catalog *packs, bool make_tables, err *e);
const catalog *store_packs(const store *s);
db *store_db(store *s);
const char *store_county(const store *s);

/* ---- the county ---- */
typedef struct county {
  char code[13];
  char name[128];
  day last_tick; /* DAY_NONE: never */
  /* of the last entry of the journal; seq 0 = none */
  int64_t seq, last_at_ms;
  uuid last_id;
  hash link;
} county;
bool store_make(store *s, const char *code, const char *name,
                err *e); /* the fixed tables and the county's row */
bool store_county_read(store *s, county *out, err *e);
bool store_ticked(store *s, day on,
                  err *e); /* DAY_NONE: the next tick looks at all that may wake */
/* The newest source of each pack, as its journal entry carries it; in the order they came. */
bool store_pack_put(store *s, const char *name, int64_t seq, text body, err *e);
bool store_pack_bodies(store *s, arena *a, text **out, size_t *count, err *e);
bool store_county_lock(
    store *s,
    err *e); /* inside a write transaction: no other writer of this county until its end */

/* ---- journal ---- */
typedef struct entry {
  int64_t seq;
  uuid id;
  int64_t at_ms;
  uuid officer; /* nil: the system */
  const char *verb;
  uuid subject, root; /* nil where the entry is about no subject */
  uuid via;           /* the import it came with; nil: none */
  char area[13];      /* "" for none */
  text body;          /* canonical JSON */
  hash link;          /* over the previous link and all of the above */
} entry;
hash entry_link(const hash *before, const entry *x);
bool store_append(store *s, const entry *x, err *e);
bool store_entry(store *s, arena *a, const uuid *id, entry **out, err *e); /* *out NULL: none */
/* Entries after `seq` in order, at most `limit`; with reach: those about areas inside it. */
bool store_journal(store *s, arena *a, int64_t after, size_t limit, const struct reach *r,
                   entry **out, size_t *count, err *e);
bool store_entries_via(store *s, arena *a, const uuid *via, entry **out, size_t *count, err *e);

/* ---- reach ---- */
enum { REACH_MAX = 16 };
typedef struct reach {
  struct {
    char lo[13], hi[13];
  } areas[REACH_MAX];
  size_t count; /* 0: sees nothing */
} reach;
reach reach_all(void);
bool reach_add(reach *r, const char *area); /* false: full */
bool reach_has(const reach *r, const char *area);
reach reach_within(const reach *r, const char *area); /* the part of r inside an area */

/* ---- areas ---- */
typedef struct area {
  char code[13];
  const char *name;
} area;
bool store_area_put(store *s, const char *code, text name, err *e);
bool store_areas(store *s, arena *a, const reach *r, area **out, size_t *count,
                 err *e); /* by code */
bool store_area_name(store *s, arena *a, const char *code, const char **name,
                     err *e); /* "" when unknown */

/* ---- officers ---- */
typedef struct post {
  const char *role; /* a pack's role, or "admin" */
  char area[13];
} post;
typedef struct officer {
  uuid id;
  const char *login, *name;
  bool active;
  const post *posts;
  size_t post_count;
} officer;
bool store_officer_put(store *s, const officer *o, err *e);
bool store_officer(store *s, arena *a, const uuid *id, officer **out, err *e);
bool store_officer_by_login(store *s, arena *a, text login, officer **out, err *e);
bool store_officers(store *s, arena *a, officer **out, size_t *count, err *e);
/* Kept aside from the journal: an argon2id hash; failed sign-ins in a row and the time of the last.
 */
typedef struct credential {
  char password_hash[128];
  int64_t failures, last_failure_ms;
} credential;
bool store_credential_put(store *s, const uuid *officer, const credential *c, err *e);
bool store_credential(store *s, const uuid *officer, credential *out, bool *found, err *e);

/* As they were at the end of a day, those not active left out; by login. */
bool store_officer_past_put(store *s, const officer *o, int64_t seq, day on, err *e);
bool store_officers_on(store *s, arena *a, day on, const uuid *only, officer **out, size_t *count,
                       err *e); /* `only` NULL: all */

/* ---- subjects ---- */
typedef struct record {
  const kind *kind;
  uuid id, root, parent; /* a root: root = id, parent nil */
  char area[13];
  int64_t version, created; /* journal numbers */
  day wake; /* root: when its rules must be looked at again without any write; DAY_NONE: never */
  int64_t colour; /* root: the worst open finding, a `colour` */
  bool withdrawn;
  value *fields;     /* kind->field_count values; UNKNOWN = not known */
  text stored_title; /* as last read or put, the store's own; .at NULL: neither */
} record;
record *record_new(arena *a, const kind *k); /* all unknown; NULL: memory */
text record_title(const record *r);          /* "" when unknown */
/* *out NULL: none, withdrawn, or out of reach (`r` NULL: no bound). */
bool store_subject(store *s, arena *a, const kind *k, const uuid *id, const reach *r, record **out,
                   err *e);
bool store_subject_by_key(store *s, arena *a, const kind *k, text key, record **out, err *e);
bool store_children(store *s, arena *a, const kind *k, const uuid *root, record ***out,
                    size_t *count, err *e); /* by created */
bool store_subject_put(store *s, record *r, bool fresh,
                       err *e);                             /* ERR_CONFLICT: the key is another's */
bool store_subject_mark(store *s, const record *r, err *e); /* only version, wake, colour */
bool store_due_to_wake(store *s, arena *a, const kind *k, day on, size_t limit, uuid **out,
                       size_t *count, err *e);
bool store_wake_all(store *s, day on, err *e); /* every root is to be looked at again on that day */
typedef struct subject_query {
  const kind *kind;
  reach reach;
  text words;          /* part of the title, pinyin initials, or start of the key; "" = all */
  int colour;          /* -1 = any */
  char after_area[13]; /* cursor: rows after (area, id); "" = from the start */
  uuid after_id;
  size_t limit;
} subject_query;
bool store_list(store *s, arena *a, const subject_query *q, record ***out, size_t *count, err *e);
/* All that are not withdrawn, one after another: roots by area, children by root and as created.
 * The record is gone when the function returns; false from it stops, with its error. */
typedef bool (*record_taker)(void *context, const record *r, err *e);
bool store_scan(store *s, const kind *k, record_taker take, void *context, err *e);
bool store_count(store *s, const kind *k, const reach *r, int64_t *out, err *e);

/* ---- facts ---- */
typedef struct fact {
  uuid subject;
  const char *field;
  int64_t seq;
  day since;
  value v;            /* UNKNOWN: was made unknown */
  const char *source; /* "visit", "import", "desk" … : the event kind's name, or a word */
  uuid officer;
  int64_t at_ms;
} fact;
bool store_fact_put(store *s, const fact *f, const field *d, err *e);
typedef struct fact_query {
  const kind *kind; /* the root's */
  uuid root;
  bool has_after; /* cursor: newest first, by (seq, subject, field) */
  int64_t after_seq;
  uuid after_subject;
  text after_field;
  size_t limit;
} fact_query;
/* All that was ever said of a unit's subjects, root and children together, newest first. A field
 * that a newer pack dropped comes with an UNKNOWN value. */
bool store_history(store *s, arena *a, const fact_query *query, fact **out, size_t *count, err *e);
/* The fact in force of a field: who said it, when and by what; its value is not read. *out NULL:
 * none. */
bool store_fact_told(store *s, arena *a, const record *subject, const field *d, fact **out, err *e);
/* The value in force: the latest by (since, seq) that is not withdrawn; UNKNOWN when none. */
bool store_fact_now(store *s, arena *a, const record *subject, const field *d, value *out, err *e);
bool store_facts_withdraw(store *s, const uuid *subject, int64_t seq, err *e);
bool store_facts_left(store *s, const uuid *subject, int64_t *count, err *e);

/* ---- events ---- */
typedef struct event {
  const event_kind *kind;
  uuid id, root, subject;
  char area[13];
  day on;
  int64_t seq, at_ms;
  uuid officer;
  bool withdrawn;
  value *fields;
} event;
bool store_event_put(store *s, const event *x, err *e);
bool store_event(store *s, arena *a, const event_kind *k, const uuid *id, const reach *r,
                 event **out, err *e);
bool store_event_withdraw(store *s, const event *x, err *e);
/* A withdrawn one counts again, with the facts it told. */
bool store_event_restore(store *s, const event *x, err *e);
/* Of what the engine makes itself: gone, as if it had never been; all of a kind. */
bool store_event_drop(store *s, const event *x, err *e);
bool store_events_clear(store *s, const event_kind *k, err *e);
/* A subject's events follow it from one root to another, and what they paid. */
bool store_events_move(store *s, const event_kind *k, const uuid *from, const uuid *subject,
                       const uuid *to, const char *area, err *e);
/* Of a unit, on days from ≤ on; newest first; withdrawn ones only when asked. */
bool store_events(store *s, arena *a, const event_kind *k, const uuid *root, day from,
                  bool withdrawn_too, event ***out, size_t *count, err *e);
/* The same with only the fields marked in `wanted` (one flag a field; NULL: all); the others are
 * UNKNOWN. */
bool store_events_with(store *s, arena *a, const event_kind *k, const bool *wanted,
                       const uuid *root, day from, bool withdrawn_too, event ***out, size_t *count,
                       err *e);
/* Of one unit and day, not withdrawn, as they were recorded. */
bool store_events_of_day(store *s, arena *a, const event_kind *k, const uuid *root, day on,
                         event ***out, size_t *count, err *e);
/* Of the whole county, by root, newest first. */
typedef bool (*event_taker)(void *context, const event *x, err *e);
bool store_scan_events(store *s, const event_kind *k, const bool *wanted, event_taker take,
                       void *context, err *e);

/* ---- findings ---- */
typedef struct finding {
  uuid id, root, subject, case_id; /* case nil: none */
  const char *kind, *rule;
  char area[13];
  int64_t colour;
  day since, until;               /* until DAY_NONE: open */
  text says_zh, says_en, reasons; /* reasons: JSON list, see docs/api.md */
} finding;
bool store_finding_put(store *s, const finding *f, err *e); /* inserts or replaces by id */
bool store_findings_of(store *s, arena *a, const uuid *root, bool open_only, finding **out,
                       size_t *count, err *e);
bool store_finding(store *s, arena *a, const uuid *id, finding **out, err *e);
typedef struct finding_query {
  reach reach;
  const char *rule; /* NULL: any */
  int colour;       /* -1: any */
  bool open_only;
  day after_since; /* cursor: newest first */
  uuid after_id;
  bool has_after;
  size_t limit;
} finding_query;
bool store_findings(store *s, arena *a, const finding_query *q, finding **out, size_t *count,
                    err *e);
bool store_finding_counts(store *s, const reach *r, int64_t by_colour[3], err *e); /* open ones */

/* ---- cases ---- */
typedef struct casework {
  uuid id, root, subject;
  const char *kind, *process, *workflow, *state;
  char area[13];
  day opened, since, deadline; /* deadline DAY_NONE: none */
  bool closed, withdrawn;
  int64_t relapses, version;
} casework;
bool store_case_put(store *s, const casework *c, err *e);
bool store_case(store *s, arena *a, const uuid *id, const reach *r, casework **out, err *e);
bool store_cases_of(store *s, arena *a, const uuid *root, casework **out, size_t *count,
                    err *e); /* oldest first */
typedef struct case_query {
  reach reach;
  const char *process, *state; /* NULL: any; */
  int closed;                  /* 0, 1, -1 = both */
  day due_from, due_to;        /* deadline in this range; DAY_NONE: no bound */
  bool has_after;              /* cursor: by (deadline, id), no deadline last */
  day after_deadline;
  uuid after_id;
  size_t limit;
} case_query;
bool store_cases(store *s, arena *a, const case_query *q, casework **out, size_t *count, err *e);
typedef struct state_count {
  const char *workflow, *state;
  int64_t n;
} state_count;
bool store_case_counts(store *s, arena *a, const reach *r, state_count **out, size_t *count,
                       err *e); /* open ones */
typedef struct step {
  uuid case_id;
  int64_t seq;
  const char *transition; /* "" : opened or re-opened by a finding */
  const char *from, *to;
  int64_t at_ms;
  uuid officer;
  text form, note; /* form: JSON map */
} step;
bool store_step_put(store *s, const step *t, err *e);
bool store_steps(store *s, arena *a, const uuid *case_id, step **out, size_t *count,
                 err *e); /* oldest first */

/* ---- measures ---- */
typedef struct measure {
  uuid id, root, subject, case_id;
  const char *kind, *state; /* proposed approved refused running done stopped */
  char area[13];
  bool has_amount;
  int64_t amount;
  text form, note, trace; /* JSON maps and a text */
  day since;
  int64_t version;
  const char *fund; /* key of the fund its money comes from; "" or NULL: none named */
} measure;
bool store_measure_put(store *s, const measure *m, err *e);
bool store_measure(store *s, arena *a, const uuid *id, const reach *r, measure **out, err *e);
bool store_measures_of(store *s, arena *a, const uuid *root, measure **out, size_t *count, err *e);
bool store_measures_in(store *s, arena *a, const reach *r, const char *state, size_t limit,
                       measure **out, size_t *count, err *e);

/* ---- payments: money that events moved (payments.c); a row an event ---- */
typedef struct payment {
  uuid id, root, subject, measure; /* id: the event's; measure nil: none */
  const char *kind, *fund, *period;
  char area[13];
  int64_t amount;
  day on;
  bool withdrawn;
} payment;
bool store_payment_put(store *s, const payment *p, err *e);
bool store_payment_withdraw(store *s, const uuid *id, err *e);
/* What was paid for a measure (in a period; NULL: in all), and from a fund. */
bool store_paid(store *s, const uuid *measure, const char *period, int64_t *out, err *e);
bool store_paid_from(store *s, const char *fund, int64_t *out, err *e);
typedef struct fund_total {
  const char *fund;
  int64_t paid, payments;
  int64_t promised; /* approved or running measures: what of their amounts is not paid yet; of those
                       by month or year, of the period of `today` */
  int64_t promises;
} fund_total;
bool store_fund_totals(store *s, arena *a, day today, fund_total **out, size_t *count, err *e);
typedef struct payment_query {
  reach reach;
  const char *fund; /* NULL: any */
  day from, to;
  bool has_after; /* cursor: newest first, by (day, id) */
  day after_on;
  uuid after_id;
  size_t limit;
} payment_query;
bool store_payments(store *s, arena *a, const payment_query *q, payment **out, size_t *count,
                    err *e);
bool store_payments_of(store *s, arena *a, const uuid *root, payment **out, size_t *count, err *e);

/* ---- duties: who was in the set when, what was done, what excuses (duties.c) ---- */
typedef struct duty_member {
  const char *duty;
  uuid root;
  char area[13];
  day since, until;  /* in the set on since ≤ day < until; DAY_NONE: still */
  int64_t least;     /* demanded of this subject; 0 where the duty has one demand for the set */
  const char *owner; /* login of whose it is; "": of whom its area is */
} duty_member;
bool store_member_put(store *s, const duty_member *m, err *e); /* by root, duty, since */
bool store_member_drop(store *s, const duty_member *m, err *e);
bool store_members_open(store *s, arena *a, const uuid *root, duty_member **out, size_t *count,
                        err *e);
/* What counts of one subject, day, officer (nil: of any) and part. n 0: the row goes. */
typedef struct duty_act {
  const char *duty;
  uuid root, officer;
  day on;
  const char *part;
  int64_t n;
} duty_act;
bool store_act_put(store *s, const duty_act *x, err *e);
bool store_acts_clear(store *s, const char *duty, err *e);
/* Members with their acts, a row each; by area and subject. Members without any come once, with n 0
 * and part "". */
typedef struct duty_doer {
  uuid officer;
  day from, to;
} duty_doer;
typedef struct duty_query {
  const char *duty;
  day on;                 /* in the set at the end of this day */
  day from, to;           /* acts on these days */
  reach reach;            /* of the subjects */
  const char *owner;      /* NULL: any */
  const duty_doer *doers; /* acts of these, each on its own days, too; NULL: of anybody */
  size_t doer_count;
  uuid root;      /* nil: all */
  bool has_after; /* cursor */
  char after_area[13];
  uuid after_root;
} duty_query;
typedef struct duty_count {
  uuid root;
  char area[13];
  day since;
  int64_t least;
  text owner, part;
  int64_t n;
  day last; /* DAY_NONE: none */
} duty_count;
typedef bool (*duty_taker)(void *context, const duty_count *c,
                           err *e); /* false with e->code ERR_NONE: enough */
bool store_duty_scan(store *s, const duty_query *q, duty_taker take, void *context, err *e);
/* The areas, cut to so many digits, in which a duty's set has members on a day. */
bool store_duty_areas(store *s, arena *a, const char *duty, day on, const reach *r, size_t digits,
                      char (**out)[13], size_t *count, err *e);
/* A condition that an event brought about, where and how long (last day included). */
typedef struct condition_day {
  uuid event, root;
  const char *name;
  char lo[13], hi[13]; /* areas; of a subject alone both "" */
  day since, until;
} condition_day;
bool store_condition_put(store *s, const condition_day *c, err *e);
bool store_conditions_drop(store *s, const uuid *event, err *e);
bool store_conditions_clear(store *s, const char *name, err *e);
bool store_conditions(store *s, arena *a, const char *name, day from, day to, condition_day **out,
                      size_t *count, err *e); /* by root */
/* "Not done, because": of an officer or a subject, for one duty or (duty "") all. */
typedef struct excuse {
  uuid id, officer, root, stand_in, said_by;
  const char *duty, *reason;
  char area[13];
  day since, until; /* last day included */
  int64_t seq;
  bool withdrawn;
} excuse;
bool store_excuse_put(store *s, const excuse *x, err *e);
bool store_excuse(store *s, arena *a, const uuid *id, excuse **out, err *e);
bool store_excuses(store *s, arena *a, day from, day to, excuse **out, size_t *count,
                   err *e); /* not withdrawn; by root */

/* ---- numbers that are never given twice: the next of a series (year 0: of one that goes on) ----
 */
bool store_serial_next(store *s, const char *series, int64_t year, int64_t *out, err *e);

/* ---- attached files (files.c); kept aside from the journal ---- */
typedef struct stored_file {
  const char *name, *type; /* the hash of the body, in hex; a media type */
  int64_t at_ms;
  text body;
} stored_file;
bool store_file_put(store *s, const stored_file *f, err *e); /* the same again changes nothing */
bool store_file(store *s, arena *a, text name, stored_file **out, err *e); /* *out NULL: none */

/* ---- uploads: a roster waiting to be taken in; kept aside from the journal ---- */
typedef struct upload {
  uuid id, officer;
  const char *layout, *file, *state; /* checked applied undone */
  text body;                         /* the file */
  text report;                       /* JSON, docs/api.md IMPORT */
} upload;
bool store_upload_put(store *s, const upload *u, err *e);
bool store_upload(store *s, arena *a, const uuid *id, bool with_body, upload **out, err *e);

/* ---- comparing: every derived table's rows in key order, hashed; for `rebuild --check` ---- */
typedef struct table_digest {
  const char *table;
  int64_t rows;
  hash digest;
} table_digest;
bool store_digest(store *s, arena *a, table_digest **out, size_t *count, err *e);

#endif
