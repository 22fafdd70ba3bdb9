/* policy.h — what the files of `./bench policy` share: one invented county, the rules of the pack
 * as C and as SQL, and what each engine counts.
 *
 * The county is a formula (policy_data.c): the hash of a row and a column gives the value, in C and
 * in SQL alike, so that all engines hold the same data and no file is exchanged. */
#ifndef JISHI_BENCHES_POLICY_H
#define JISHI_BENCHES_POLICY_H

#include "screen/screen.h"

enum { PER_VILLAGE = 700, THREADS_MAX = 8 };

/* ---- columns ---- */
typedef enum shape { SHAPE_NUMBER, SHAPE_CODE, SHAPE_BIT, SHAPE_AGGREGATE } shape;
/* In a row of `every`: least + step × (0 … span - 1); in the others `base`. Unknown in `unknown` of
 * a hundred rows. */
typedef struct column_spec {
  const char *name;
  bool person;
  shape shape;
  int unknown, every, base, least, span, step;
} column_spec;
typedef enum column_id {
  C_WAGE,
  C_BUSINESS,
  C_PROPERTY,
  C_TRANSFER,
  C_SPENDING,
  C_CLAIMS,
  C_SELF_PAID,
  C_ALLOWANCE_RECEIVED,
  C_SIZE,
  C_GRADE,
  C_TENURE,
  C_UNSAFE,
  C_WATER,
  C_SELF_PAID_12M,
  C_HARDSHIPS,
  C_WARNINGS,
  C_OVER_CAP,
  C_THIRD_PARTY,
  C_LOANS_LIVE,
  C_LOANS_OVER,
  C_LOANS_ENDING,
  C_REPAIRS,
  C_EMPLOYMENT,
  C_SCHOOL,
  C_MEDICAL,
  C_WORKER,
  C_ALLOWANCE,
  C_PREMIUMS,
  C_GRANTS,
  COLUMNS
} column_id;
extern const column_spec specs[COLUMNS];

typedef struct held {
  void *data; /* int32_t, uint8_t or bits by shape, as wide as Jishi holds them; NULL: no rule reads
                 it */
  uint64_t *known; /* NULL: all */
} held;
typedef struct county_data {
  size_t households, persons, villages;
  uint32_t *first; /* a household's first person; households + 1 of them */
  held c[COLUMNS];
} county_data;
bool county_make(county_data *d, size_t households, const bool wanted[COLUMNS]);
void county_free(county_data *d);
/* False: unknown. `row` of the household or person as they are counted here. */
bool county_cell(const county_data *d, column_id c, size_t row, int64_t *v);
size_t persons_before(const county_data *d, size_t village); /* the village's first person */

/* ---- rules ---- */
typedef enum rule_id {
  R_ILLNESS,
  R_BELOW,
  R_NEAR,
  R_ALLOWANCE,
  R_UNSAFE_HOUSE,
  R_HARDSHIP,
  R_WARNING,
  R_WATER,
  R_OVER_CAP,
  R_THIRD_PARTY,
  R_LOANS,
  R_LOAN_LARGE,
  R_LOAN_ENDING,
  R_REPAIRED,
  R_NOT_OWN,
  R_LOST_JOB,
  R_DROPPED_OUT,
  R_INSURANCE,
  R_PREMIUM,
  R_GRANT,
  RULES
} rule_id;
enum { RULE_COLUMNS_MAX = 10 };
typedef struct rule_spec {
  const char *name;
  bool person;
  const char *sql, *costs;       /* {line} … stand for parameters; costs NULL: none */
  int columns[RULE_COLUMNS_MAX]; /* column_id + 1 */
} rule_spec;
extern const rule_spec rule_specs[RULES];

typedef struct amounts { /* the parameters; money in fen */
  int64_t line, near, standard, alert, terms;
} amounts;
/* The pack less rules that have no counterpart here; what it lacks is set. */
typedef struct subject_matter {
  pack *p;
  bool has[RULES], costs[RULES], wanted[COLUMNS];
  amounts now, then; /* then: of the what-if */
  day today;
  char left_out[512];
} subject_matter;
bool matter_load(subject_matter *m, const char *folder);

typedef struct count {
  int64_t matched, unknown, money, unpriced;
} count;
/* One for each rule and village: rule × villages + village. */
static inline count *count_at(count *all, size_t villages, size_t rule, size_t village) {
  return &all[rule * villages + village];
}

/* ---- engines: seconds taken, below 0: failed; `out` is zeroed and counted into ---- */
double seconds_now(void);
double run_loops(const subject_matter *m, const county_data *d, const amounts *by, int threads,
                 count *out);
double run_stream(const county_data *d, int threads, size_t *bytes);

screen *make_screen(const subject_matter *m, const county_data *d);
/* `then` NULL: a screening; else a what-if. */
double run_screen(const subject_matter *m, screen *s, int threads, size_t villages, count *now,
                  count *then);

typedef enum dialect { DUCKDB, SQLITE, POSTGRES } dialect;
/* Statements that make and fill the tables, each followed by a line ";". */
bool sql_create(buf *b, const subject_matter *m, dialect to, size_t households);
/* One that counts by village: a row of matched, unknown and, where the rule has costs, money and
 * unpriced for each rule. */
bool sql_ask(buf *b, const subject_matter *m, dialect to, bool person);
double sqlite_make(const subject_matter *m, size_t households, int64_t *bytes);
double sqlite_run(const subject_matter *m, size_t villages, count *out);
void sqlite_end(void);
double postgres_make(const subject_matter *m, const char *url, size_t households, int64_t *bytes);
double postgres_run(const subject_matter *m, int threads, size_t villages, count *out);
void postgres_end(void);

/* ---- one household after one write (policy_single.c) ---- */
/* Writes the expressions, `households` records and what the rules say of them, for the rivals. */
bool single_write(const subject_matter *m, const char *path, size_t households);
double single_run(double seconds); /* nanoseconds a household; < 0: failed */
double compile_run(const subject_matter *m, double seconds,
                   size_t *expressions); /* … an expression */

#endif
