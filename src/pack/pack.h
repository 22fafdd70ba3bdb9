/* pack.h — a programme as data: the folder of docs/pack-format.md, read, checked and compiled.
 *
 * Reading never stops at the first fault: every fault goes into `faults` with file:line:column and
 * a plain sentence; a pack with a fault is not returned. A loaded pack is immutable, lives in its
 * own arena, and may be read by many threads.
 *
 * Knows base and cel; nothing of stores, the network, or any programme by name. */
#ifndef JISHI_PACK_PACK_H
#define JISHI_PACK_PACK_H

#include "base/date.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "cel/cel.h"

typedef struct label {
  const char *zh, *en; /* never NULL */
} label;

/* ---- fields ---- */
typedef enum field_type {
  FIELD_TEXT,
  FIELD_INT,
  FIELD_MONEY, /* fen */
  FIELD_RATE,  /* × 10^8 */
  FIELD_DATE,  /* day */
  FIELD_BOOL,
  FIELD_CHOICE,  /* one code of `choices` */
  FIELD_CHOICES, /* several, kept sorted and distinct */
} field_type;
typedef enum field_format {
  FORMAT_NONE,
  FORMAT_RESIDENT_ID,
  FORMAT_CREDIT_CODE,
  FORMAT_DISABILITY_CARD,
  FORMAT_PHONE,
  FORMAT_MEASURE,  /* the id of a measure of the same unit */
  FORMAT_TIME,     /* of the day: "09:30" */
  FORMAT_OFFICERS, /* logins of officers, one space between, in the order given */
  FORMAT_FILES,    /* attached files: their names (hashes), one space between */
  FORMAT_PLACE     /* a point: "116.625100,35.430200", WGS-84 */
} field_format;
/* How a value is shown without the right to see it in clear. */
typedef enum field_privacy { PRIVACY_OPEN, PRIVACY_MASKED, PRIVACY_HIDDEN } field_privacy;

typedef struct choice {
  const char *code;
  label title;
  const char *official;     /* code in the official table, or NULL */
  const char *const *also;  /* other spellings an import accepts; NULL-terminated, may be NULL */
  label group;              /* heading it stands under; "" */
  const cel_program *asked; /* like a field's; NULL: always */
  day from, to;             /* offered on these days; DAY_NONE: open */
} choice;

typedef struct field {
  const char *name;
  label title, help; /* help may be "" */
  field_type type;
  field_format format;
  field_privacy privacy;
  bool required;
  bool long_text;   /* a box of several lines */
  int64_t min, max; /* numbers, money, dates: range; text: max characters. min > max: no limit */
  const choice *choices;
  size_t choice_count;
  const char *fact; /* on an event or form: the subject's field this answer becomes, or NULL */
  int fact_index;   /* in the subject kind's fields; -1 */
  const char *of;   /* text: the key of a subject of this kind, which must be there; NULL */
  /* Whether it is asked at all: over the record's own fields; of an event also over the subject it
   * is about, `on` and parameters. Unknown: it is. NULL: always. */
  const cel_program *asked;
  label none;         /* several choices: what an empty list says; "": it says nothing (unknown) */
  const char *unit;   /* of a number, shown behind it; "" */
  const char *serial; /* the engine numbers it: text with {n} and {year}; NULL: people fill it in */
  cel_program
      *check; /* over the record's own fields (env of the record); must be true. NULL: none */
  label check_says;
  const cel_type *type_in_cel;
  int line;
} field;
const field *field_find(const field *fields, size_t count, text name); /* NULL: none */
const choice *choice_find(const field *f, text code);
/* A cell or answer as people write it ("是", a title, an alias, "1,234.50", "2024/3/1") to a value;
 * empty text is UNKNOWN (missing). */
bool field_read_text(const field *f, arena *a, text s, day today, value *out, err *e);
/* A JSON value of the API (money integer fen, dates "YYYY-MM-DD", rates decimal strings, choices by
 * code) to a checked value: range, format, choice. null → UNKNOWN. e->place = the field's name. */
struct json;
/* Whether a choice is offered on a day, its `asked` aside. */
bool choice_on(const choice *c, day on);
bool field_read_json(const field *f, arena *a, const struct json *j, day today, value *out, err *e);

/* ---- what an environment's slots stand for ---- */
typedef enum slot_kind {
  SLOT_FIELD,     /* .index into the kind's (or event's, form's) fields */
  SLOT_AGGREGATE, /* .index into pack->aggregates */
  SLOT_VARIABLE,  /* .index into pack->variables */
  SLOT_PARAMETER, /* .index into pack->parameters */
  SLOT_CHILDREN,  /* .index into pack->kinds: list of open records */
  SLOT_PARENT,    /* open record of the parent; of an event about a child, of that child's parent */
  SLOT_ABOUT,     /* open record of the subject an event is about */
  SLOT_CASE,      /* record: opened, since (dates), state, relapses, measures (int: done ones),
                     open_findings (int) */
  SLOT_FORM,      /* record: the fields filled in with a transition or measure */
  SLOT_ON,        /* the day of an event */
  SLOT_AREA       /* the subject's 12-digit area */
} slot_kind;
typedef struct slot {
  slot_kind kind;
  int index;
} slot;
typedef struct scope {
  cel_env *env;
  const slot *slots; /* one a declared name, same order */
  size_t count;
} scope;

/* ---- kinds and events ---- */
typedef struct kind {
  const char *name,
      *plural; /* plural: the name of the list in the parent's scope; "" for a root kind */
  label title;
  int index;
  int parent;      /* kind index, or -1: a root (the head of a unit) */
  int key;         /* field index of the natural key (unique within the county), or -1 */
  int title_field; /* field shown as the subject's name */
  int ended;       /* date field: from that day on the subject counts no more (moved away, dead,
                      dissolved); -1: none */
  const int *list; /* field indices shown in lists, in order */
  size_t list_count;
  const field *fields;
  size_t field_count;
  scope scope; /* fields, aggregates, variables, parameters, children or parent, area */
} kind;

typedef enum period_kind {
  PERIOD_DAY,
  PERIOD_WEEK, /* ISO: Monday to Sunday */
  PERIOD_MONTH,
  PERIOD_QUARTER,
  PERIOD_YEAR
} period_kind;
const char *period_name(period_kind p);
void period_days(period_kind p, day on, day *from, day *to); /* the first and the last */

/* An event that the engine makes of others: one a subject and period, kept right as they come. */
typedef enum summary_op {
  SUMMARY_COUNT, /* of those it is true of */
  SUMMARY_SUM,
  SUMMARY_MEAN,
  SUMMARY_MAX,
  SUMMARY_MIN,
  SUMMARY_LAST
} summary_op;
typedef struct summary_field {
  summary_op op;
  const cel_program *what;  /* in the scope of the events it is made of; NULL: true */
  const cel_program *needs; /* int: fewer known values make it unknown; NULL: 1 */
} summary_field;
typedef struct summary {
  int over; /* event kind index */
  period_kind per;
  const summary_field *fields; /* one a field */
} summary;

/* Money that an event moves. */
typedef struct pays {
  const cel_program *amount; /* money, in the event's scope */
  int fund;                  /* field whose `of` is the kind of funds */
  int fund_kind, budget;     /* that kind, and its money field that payments may not exceed */
  int measure;               /* field of the format `measure`; -1 */
  const cel_program *period; /* text: "2024-03", "2024"; NULL: none */
} pays;

typedef struct event_kind {
  const char *name;
  label title;
  int index;
  int about;              /* kind index */
  const char *const *who; /* roles that may record it; NULL-terminated */
  const field *fields;
  size_t field_count;
  const int *list; /* field indices shown in a line of history */
  size_t list_count;
  /* At most one live event of this kind with the same key about the same subject; NULL: any number
   */
  const cel_program *once;
  label once_says;
  const pays *pays; /* NULL: no money moves */
  const int *shows; /* variables of it that are shown with it, by index in the pack */
  size_t show_count;
  const struct set *sets; /* facts of its subject that follow */
  size_t set_count;
  bool made; /* by the engine itself, for measures and steps of cases, or as a summary; nobody
                records it */
  const summary *summary; /* NULL: none */
  scope scope; /* fields, on, parameters, the subject and its parent as records, variables */
} event_kind;
/* What the engine notes of every measure (one event, moved with its state) and every step of a
 * case, about the root kind they belong to: for aggregates, indicators and tables. Their fields, in
 * this order. */
enum {
  MADE_MEASURE,
  MADE_GROUP,
  MADE_STATE,
  MADE_AMOUNT,
  MADE_PER,
  MADE_FUND,
  MADE_PROPOSED,
  MADE_COUNT
};
enum { STEP_PROCESS, STEP_NAME, STEP_FROM, STEP_TO, STEP_COUNT };

/* ---- parameters ---- */
typedef enum parameter_form { PARAM_VALUE, PARAM_SCALE, PARAM_KEYED } parameter_form;
typedef struct dated_value {
  day from;
  value v;               /* UNKNOWN when `value: null` (ceases) */
  const char *reference; /* document */
} dated_value;
typedef struct parameter {
  const char *name; /* "p.monitor.line" */
  label title;
  const char *unit; /* "money", "rate", "int", "bool", "text", "date" */
  const char *reference, *file;
  int line;
  parameter_form form;
  const cel_type *type;      /* in expressions: money, …; map(string, money) for keyed; scale */
  const dated_value *values; /* ascending by date; none = must be set locally */
  size_t value_count;
} parameter;
/* The value in force on `on`: UNKNOWN named after the parameter when none is set. *which (may be
 * NULL): the row. */
value parameter_at(const parameter *p, arena *a, day on, const dated_value **which);
/* A value of the parameter, or of one of its keys, as the API writes it. */
struct json_out;
void parameter_put_value(struct json_out *w, const parameter *p, const value *v);
day parameter_next_change(const parameter *p, day after); /* DAY_NONE: none */

/* ---- aggregates, variables, rules ---- */
typedef enum aggregate_op {
  AGG_COUNT,
  AGG_SUM,
  AGG_LAST,
  AGG_MIN,
  AGG_MAX,
  AGG_DAYS,    /* distinct days */
  AGG_SUBJECTS /* distinct subjects */
} aggregate_op;
typedef enum window_type {
  WINDOW_ALL,
  WINDOW_DAYS,
  WINDOW_MONTHS,
  WINDOW_CALENDAR_MONTH,
  WINDOW_CALENDAR_YEAR
} window_type;
typedef struct aggregate {
  const char *name;
  label title;
  int of;   /* kind index; events about its children count too */
  int over; /* event kind index */
  aggregate_op op;
  const cel_program *where; /* in the event's scope; NULL: all */
  const cel_program *what;  /* in the event's scope; NULL for count, days and subjects */
  window_type window;
  int length; /* days or months: events with day > today - length (months: > same day back), ≤ today
               */
  const cel_type *type;
} aggregate;
day aggregate_first_day(const aggregate *g, day today); /* of its window; DAY_MIN: all */

typedef struct dated_program {
  day from;
  const cel_program *program;
} dated_program;
/* Variables that use one another, at most: what the engine's evaluation may nest. */
enum { PACK_VARIABLE_CHAIN_MAX = 32 };
typedef struct variable {
  const char *name;
  label title;
  int of;       /* kind index; -1: of an event */
  int of_event; /* event kind index; -1: of a kind */
  const cel_type *type;
  const dated_program *formulas; /* ascending; form changes by date */
  size_t count;
  /* Of an event, in place of formulas: the sum (money) of `earlier`, or the number, of the events
   * of the same kind about the same subject that came before it, by day and then as they were
   * recorded, from its day's calendar year or month on. */
  const cel_program *earlier;
  bool counts_earlier;
  window_type since;
} variable;

/* "{expression}" pieces between literal text, one list a language. */
typedef struct piece {
  const char *literal; /* or NULL: */
  const cel_program *program;
} piece;
typedef struct sentence {
  const piece *pieces;
  size_t count;
} sentence;
/* A green rule is a note: something to put right that makes no one worse off. */
typedef enum colour { COLOUR_GREEN, COLOUR_YELLOW, COLOUR_RED } colour;
const char *colour_name(int64_t c);
typedef struct rule {
  const char *name;
  label title;
  int index, of;
  day from, to; /* in force on from ≤ day ≤ to; DAY_NONE: open */
  const cel_program *when;
  colour colour;
  const cel_program *costs; /* money that helping this subject would take; NULL: not told */
  const char *per;          /* of `costs`: "once", "month", "year"; NULL without */
  sentence says_zh, says_en;
  const char *opens; /* process name whose workflow it opens, or NULL: a finding only */
} rule;

/* ---- indicators: figures with their definition, over subjects or over events of a period ---- */
typedef enum indicator_form {
  INDICATOR_COUNT,    /* rows */
  INDICATOR_SUBJECTS, /* distinct subjects of events */
  INDICATOR_ROOTS,    /* distinct root subjects */
  INDICATOR_SUM,      /* Σ what */
  INDICATOR_SHARE,    /* of the rows, how many `what` is true of */
  INDICATOR_MEAN,     /* Σ what ÷ rows */
  INDICATOR_RATIO     /* Σ what ÷ Σ per */
} indicator_form;
typedef struct indicator {
  const char *name;
  label title, definition; /* 统计口径 */
  label group;             /* heading it stands under */
  int index;
  int of, of_event; /* one of them -1 */
  indicator_form form;
  const cel_program *where; /* the rows that count; NULL: all */
  const cel_program *what, *per;
  const cel_type *type; /* of the figure: int, money, rate */
} indicator;
/* From Σ what (or the count) and Σ per (or the rows); UNKNOWN where nothing is divided by. */
value indicator_value(const indicator *i, int64_t above, int64_t below);

/* ---- conditions: what holds on some days at some places, because an event said so ---- */
typedef enum cover { COVERS_SUBJECT, COVERS_VILLAGE, COVERS_TOWN, COVERS_COUNTY } cover;
typedef struct condition {
  const char *name;
  label title;
  int index;
  int over;                /* event kind index */
  const cel_program *when; /* over the event's own fields, `on`, parameters; NULL: always */
  int until;               /* date field: the last day it holds; -1: the event's day only */
  cover covers;            /* how far around the event's subject */
} condition;

/* ---- duties: who must go where, how often ---- */
typedef enum duty_each { EACH_OFFICER, EACH_VILLAGE, EACH_TOWN, EACH_COUNTY } duty_each;
typedef enum duty_form {
  DUTY_LEAST,    /* each subject of the set at least `least` times */
  DUTY_SUBJECTS, /* `least` different subjects of the set */
  DUTY_COVERAGE  /* at least this share (rate) of the set */
} duty_form;
typedef struct duty_raise {
  int condition;            /* while it holds on any day of the period … */
  const cel_program *least; /* … at least this, over parameters */
} duty_raise;
typedef struct duty {
  const char *name;
  label title;
  int index;
  int of;                    /* root kind: what the set is made of */
  const cel_program *where;  /* in its scope; NULL: all */
  const cel_program *own;    /* text in its scope: the login of the officer whose it is; NULL: whose
                                area it is in */
  int by;                    /* event kind: what is counted */
  const cel_program *counts; /* over the event's own fields, `on`, parameters; NULL: all */
  const char *const *who;    /* roles */
  duty_each each;
  const cel_program *otherwise; /* bool over parameters: then `other` holds in place of `each` */
  duty_each other;
  period_kind period;
  duty_form form;
  const cel_program *least; /* int (coverage: rate); DUTY_LEAST: in the kind's scope, else over
                               parameters */
  int parts;       /* choice field of the event, each of whose choices counts by itself; -1 */
  bool once_a_day; /* more on one day (by one officer) is one */
  const cel_program *spacing; /* int over parameters: minutes between two that count; NULL */
  int time;                   /* field of the format `time`; -1 */
  int officers;               /* field of the format `officers`: who did it; -1: who recorded it */
  const int *excuses;         /* conditions that excuse a day */
  size_t excuse_count;
  bool workdays; /* other days are excused */
  const duty_raise *raises;
  size_t raise_count;
  const label *reasons; /* offered for "not done because" */
  size_t reason_count;
  scope parameters; /* the scope of what is "over parameters" */
} duty;
const char *duty_each_name(duty_each e);

/* ---- workflow ---- */
typedef struct limit {
  bool working;            /* working or natural days */
  const cel_program *days; /* int, in the case scope; NULL: no deadline */
} limit;
typedef struct state {
  const char *name;
  label title;
  limit limit;
  bool closed;
  int relapse; /* state index a relapse re-opens this closed case into; -1: a new case is opened
                  instead */
} state;
typedef struct set {
  int field;                /* of the subject */
  const cel_program *value; /* in the form's scope */
} set;
typedef struct transition {
  const char *name;
  label title;
  const int *from;
  size_t from_count;
  int to;
  const char *const *who;
  const struct set *sets; /* facts that follow from taking the step */
  size_t set_count;
  const char *const
      *not_by; /* steps whose officer may not take this one; NULL-terminated, NULL: none */
  const cel_program *when; /* guard, in the form's scope; NULL: none */
  label unless_says;       /* why not, when the guard is not true */
  const field *fields;
  size_t field_count;
  scope scope; /* kind's names + case + form */
} transition;
typedef struct workflow {
  const char *name, *process;
  label title;
  int index, of;
  day from, to; /* picked by the day a case opens */
  int start;
  const state *states;
  size_t state_count;
  const transition *transitions;
  size_t transition_count;
  scope scope; /* kind's names + case */
} workflow;
/* The workflow of a process for a kind in force on a day; NULL: none. */
struct pack;
const workflow *workflow_for(const struct pack *p, const char *process, int of, day on);

/* ---- measures ---- */
typedef struct measure_kind {
  const char *name, *group;
  label title, group_title;
  int index, of;
  day from, to;
  const field *fields;
  size_t field_count;
  const cel_program *amount; /* money, in `scope`; NULL: no money */
  const char *per;           /* "once", "month", "year" */
  const cel_program *when;   /* may be proposed; NULL: always */
  label unless_says;
  const char *const *propose, *const *approve; /* roles */
  bool needs_case;
  int fund;    /* field that names the fund; -1 */
  scope scope; /* kind's names + case + form */
} measure_kind;

/* ---- import layouts ---- */
typedef struct import_column {
  const char *const *headers; /* NULL-terminated, the spellings accepted */
  int kind, field;            /* kind index and field index; of the row's event: kind -1 */
  bool is_day;                /* the event's day, in place of a field */
  int hour; /* with is_day: the cell is an instant, and its hour (1 to 24: midnight ends the day
               before) becomes this field of the event; -1 */
  bool required;
  int parent_field; /* the cell becomes this field of the parent, too, where `when` holds of the
                       row; -1: none */
  const cel_program *when; /* over the row kind's own fields; NULL: always */
} import_column;
typedef struct import_layout {
  const char *name;
  label title;
  int row_kind;    /* one row = one subject of this kind; of an event: the kind it is found by */
  int event;       /* one row = one event of this kind; -1: a subject */
  const int *same; /* of an event: fields that, with subject and day, tell which one it is: a later
                      list's row takes its place; NULL: no row replaces another */
  size_t same_count;
  const value *set;        /* of an event: answers that are the same in every row; UNKNOWN: none */
  int parent_kind;         /* whose columns are repeated, or -1 */
  int parent_key, row_key; /* field indices by which rows find subjects */
  const import_column *columns;
  size_t column_count;
  const char *const *county,
      *const *town, *const *village,
                        *const *area_code; /* headers that give the area; may be NULL */
  const char *const *ignore;               /* headers known and not stored */
} import_layout;

/* The field a column fills; of the day a field called "on". */
struct pack;
const field *import_field(const struct pack *p, const import_layout *l, const import_column *c);

/* ---- the pack ---- */
typedef struct role {
  const char *name;
  label title;
  bool registers, records, imports, decides, sees_clear, administers;
} role;

typedef struct pack_file {
  const char *path; /* below the pack folder */
  text body;
} pack_file;

typedef struct pack {
  arena *a;
  const char *name, *version;
  label title;
  hash hash; /* of the files: equal packs have equal hashes */
  const pack_file *files, *overlay;
  size_t file_count, overlay_count;
  const role *roles;
  size_t role_count;
  const kind *kinds;
  size_t kind_count;
  const event_kind *events;
  size_t event_count;
  const parameter *parameters;
  size_t parameter_count;
  const aggregate *aggregates;
  size_t aggregate_count;
  const variable *variables;
  size_t variable_count;
  const rule *rules;
  size_t rule_count;
  const indicator *indicators;
  size_t indicator_count;
  const condition *conditions;
  size_t condition_count;
  const duty *duties;
  size_t duty_count;
  const workflow *workflows;
  size_t workflow_count;
  const measure_kind *measures;
  size_t measure_count;
  const import_layout *imports;
  size_t import_count;
} pack;

/* Reads a folder (and an overlay folder of the same form holding parameters only; NULL: none). NULL
 * with at least one fault. */
pack *pack_load(const char *folder, const char *overlay, faults *f);
/* The same from files already in memory (the journal keeps them). Texts are copied. */
pack *pack_from_files(const pack_file *files, size_t count, const pack_file *overlay,
                      size_t overlay_count, faults *f);
/* The same pack with local values: `values` (as a loaded pack's `overlay`), and file by file over
 * them what an overlay folder holds (NULL: none): its own folder OVERLAY/NAME, or the overlay
 * itself where it serves one pack. Old values that the pack has no parameter for any more are left
 * out. */
pack *pack_with_values(const pack *p, const pack_file *values, size_t count, const char *overlay,
                       faults *f);
void pack_free(pack *p); /* NULL is fine */

const kind *pack_kind(const pack *p, text name);
const event_kind *pack_event(const pack *p, text name);
/* What is made of a root kind's measures ("_measure") and steps ("_step"); NULL: it has none. */
const event_kind *pack_made(const pack *p, const kind *root, const char *suffix);
const role *pack_role(const pack *p, text name);
const duty *pack_duty(const pack *p, text name);
const condition *pack_condition(const pack *p, text name);
const measure_kind *pack_measure(const pack *p, text name);
bool roles_hold(const char *const *roles, const char *role);

/* The description that clients draw from (GET /packs): see docs/api.md. */
void pack_put_json(struct json_out *w, const pack *p);
/* Fields alone, as a list of the same shape. */
void fields_put_json(struct json_out *w, const field *fields, size_t count);
/* What is shown of a masked or hidden text: the first and last digits of an identifier, stars
 * between. */
void field_mask(buf *b, const field *f, text t);

#endif
