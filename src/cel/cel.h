/* cel.h — the language of packs: the Common Expression Language, parsed, type-checked, compiled,
 * run.
 *
 * Stages, each a file whose output can be printed: lex → parse (tree) → check (types, units, slots)
 * → compile (program) → run (stack machine, no C recursion on data). Specification: the cel-spec
 * language definition; conformance data of the npm package @bufbuild/cel-spec.
 *
 * Names are declared in an environment before checking. A name may be dotted ("p.monitor.line"):
 * the longest declared prefix wins, as in CEL. Each declared variable is a slot; a run asks for a
 * slot's value only when it is reached.
 *
 * Units: money (fen), date (days since 1970-01-01), rate and number (× 10^8) are CEL int at run
 * time; the checker keeps them apart. money + money, money - money, money * int, money / int,
 * -money; the same of rates and numbers, and their products, rounded once; date + int, date - int =
 * date; date - date = int; comparisons and list membership only between equal units; anything else
 * is an error with the remedy ("write yuan(6000)").
 *
 * An int or number may be measured: its type knows the unit it is told in (µg/m³). Sums, extremes
 * and differences keep it; two that differ do not go together; a product has none.
 *
 * Knows base only; nothing of packs, stores or programmes. */
#ifndef JISHI_CEL_CEL_H
#define JISHI_CEL_CEL_H

#include "base/arena.h"
#include "base/calendar.h"
#include "base/err.h"
#include "cel/value.h"

/* ---- static types ---- */
typedef enum cel_kind {
  CEL_DYN,
  CEL_NULL,
  CEL_BOOL,
  CEL_INT,
  CEL_UINT,
  CEL_DOUBLE,
  CEL_STRING,
  CEL_BYTES,
  CEL_LIST,   /* .of */
  CEL_MAP,    /* .key, .of */
  CEL_RECORD, /* .record: a map with declared fields; unknown field names are checker errors */
  CEL_TIMESTAMP,
  CEL_DURATION,
  CEL_TYPE,
  CEL_OPTIONAL, /* .of */
  CEL_SCALE     /* a bracket scale parameter; only scale functions take it */
} cel_kind;

typedef enum cel_unit {
  UNIT_NONE,
  UNIT_MONEY,
  UNIT_DATE,
  UNIT_RATE,  /* a share: told in percent */
  UNIT_NUMBER /* a decimal: told as it is */
} cel_unit;

/* How a number is told. */
typedef struct cel_measure {
  const char *unit; /* behind it: "µg/m³", "米"; "" */
  int decimals;     /* of a number or rate (in percent); -1: as many as it has */
} cel_measure;

typedef struct cel_type cel_type;
typedef struct cel_record cel_record;
struct cel_type {
  cel_kind kind;
  cel_unit unit;              /* CEL_INT only */
  const cel_measure *measure; /* CEL_INT only; NULL: nothing is known of it */
  const cel_type *key, *of;
  const cel_record *record;
  const char *const *choices; /* CEL_STRING: NULL-terminated value list, or NULL: comparing with
                                 another literal is an error */
};

typedef struct cel_field {
  const char *name;
  const cel_type *type;
} cel_field;
struct cel_record {
  const char *name; /* of the kind */
  const cel_field *fields;
  size_t count;
};

extern const cel_type cel_dyn, cel_null, cel_bool, cel_int, cel_uint, cel_double, cel_string,
    cel_bytes, cel_timestamp, cel_duration, cel_type_type, cel_scale, cel_money, cel_date, cel_rate,
    cel_number;
const cel_type *cel_list_of(arena *a, const cel_type *of);                     /* NULL: memory */
const cel_type *cel_map_of(arena *a, const cel_type *key, const cel_type *of); /* NULL: memory */
void cel_type_print(buf *b, const cel_type *t);                                /* "list(money)" */
/* The type with the measure, or t itself where there is nothing to tell. NULL: memory. */
const cel_type *cel_measured(arena *a, const cel_type *t, const char *unit, int decimals);
const char *cel_type_unit(const cel_type *t); /* "µg/m³", "" */
int cel_type_decimals(const cel_type *t);     /* -1: as many as it has */

/* ---- environment ---- */
typedef struct cel_env cel_env; /* lives in its arena */
cel_env *cel_env_new(arena *a); /* NULL: memory */
/* Declares `name` (copied) and returns its slot ≥ 0, or -1: memory, or declared twice. Slots count
 * from 0. */
int cel_env_add(cel_env *env, const char *name, const cel_type *type);
int cel_env_slot(const cel_env *env, const char *name); /* -1: not declared */
const char *cel_env_name(const cel_env *env, int slot);
const cel_type *cel_env_type(const cel_env *env, int slot);
size_t cel_env_count(const cel_env *env);

/* ---- compile ---- */
typedef struct cel_program
    cel_program; /* immutable; lives in its arena; may be run by many threads at once */

/* Limits, each named in the error it gives. */
enum { CEL_SOURCE_MAX = 65536, CEL_DEPTH_MAX = 250, CEL_COST_MAX = 1000000 };

/* `want` is the type that is needed (NULL: any). On a fault: NULL, e->code = ERR_BAD_EXPR,
 * e->where = "column N" (code points from 1; with "line N " before it when the source has several
 * lines), and a sentence that suggests the nearest known name. */
cel_program *cel_compile(arena *a, const cel_env *env, text source, const cel_type *want, err *e);
const cel_type *cel_program_type(const cel_program *p);
/* The slots the program can read, ascending. */
const int *cel_program_slots(const cel_program *p, size_t *ret_count);
bool cel_program_counts_workdays(const cel_program *p);
text cel_program_source(const cel_program *p);
/* The same for the browser's library, which knows no types: products of decimals are written as
 * share(a, b). */
void cel_program_browser_source(buf *b, const cel_program *p);
/* The operands of the && or || that the whole program is, as they stand in its source, each without
 * the sign; otherwise the source alone. NULL: memory. */
const text *cel_operands(const cel_program *p, arena *a, size_t *ret_count);
void cel_program_print(buf *b, const cel_program *p); /* for people: one instruction a line */
/* True when the expression uses only what @bufbuild/cel can parse (no optional syntax, no
 * two-variable macros); else false and *e says which. */
bool cel_runs_in_browser(const cel_program *p, err *e);

/* What is missing when working days before the calendar's first year are asked for. */
#define CEL_MISSING_CALENDAR "(calendar)"

/* ---- run ---- */
typedef struct cel_run {
  arena *a; /* results and intermediates live here */
  value (*slot)(void *context,
                int slot); /* called at most once a slot and run; may return UNKNOWN or ERROR */
  void *context;
  day today;
  const calendar *calendar; /* NULL: workday functions are errors */
  int64_t cost;             /* in: 0; out: steps taken. Over CEL_COST_MAX is an error */
  bool provisional;         /* out: working days of years without a notice were counted */
  bool asked_today; /* out: today() was reached, so the value may change with the day alone */
} cel_run;
/* Never fails as such: errors and unknowns are values. */
value cel_eval(const cel_program *p, cel_run *run);

/* ---- values for people and machines ---- */
/* JSON of a value: with a static type, money as integer fen, date as "YYYY-MM-DD", rate and
 * number as a decimal string; int as a number; uint too; bytes base64; timestamps RFC 3339;
 * durations "3.5s"; unknown and error as {"unknown":[…]}, {"error":"…"}. `t` may be NULL (dyn). */
struct json_out;
void value_put_json(struct json_out *w, const value *v, const cel_type *t);
/* What a sentence shows: 1,234.50元, 2024-03-01, 80%, 58.5 µg/m³, text as it is. */
void value_print(buf *b, const value *v, const cel_type *t);
/* A JSON tree as a value: whole numbers int, others double. */
struct json;
value value_from_json(arena *a, const struct json *tree);

#endif
