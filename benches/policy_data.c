/* The county as a formula, and the rules with their counterparts in SQL. */
#include "pack/load/load.h"
#include "policy.h"

#include "base/money.h"

#include <stdio.h>
#include <stdlib.h>

/* name, person, shape, unknown, every, base, least, span, step */
const column_spec specs[COLUMNS] = {
    [C_WAGE] = {"wage", false, SHAPE_NUMBER, 3, 1, 0, 0, 40000, 100},
    [C_BUSINESS] = {"business", false, SHAPE_NUMBER, 3, 1, 0, 0, 15000, 100},
    [C_PROPERTY] = {"property", false, SHAPE_NUMBER, 3, 3, 0, 0, 2000, 100},
    [C_TRANSFER] = {"transfer", false, SHAPE_NUMBER, 3, 1, 0, 0, 9000, 100},
    [C_SPENDING] = {"business_spending", false, SHAPE_NUMBER, 3, 2, 0, 0, 6000, 100},
    [C_CLAIMS] = {"claims_received", false, SHAPE_NUMBER, 3, 20, 0, 0, 9000, 100},
    [C_SELF_PAID] = {"self_paid", false, SHAPE_NUMBER, 3, 5, 0, 0, 12000, 100},
    [C_ALLOWANCE_RECEIVED] = {"allowance_received", false, SHAPE_NUMBER, 3, 10, 0, 0, 9600, 100},
    [C_SIZE] = {"size", false, SHAPE_NUMBER, 3, 1, 0, 1, 4, 1}, /* its own formula */
    [C_GRADE] = {"house_grade", false, SHAPE_CODE, 3, 12, 0, 0, 4, 1},
    [C_TENURE] = {"house_tenure", false, SHAPE_CODE, 3, 15, 0, 0, 3, 1},
    [C_UNSAFE] = {"unsafe_house", false, SHAPE_BIT, 3, 40, 0, 1, 1, 1},
    [C_WATER] = {"safe_water", false, SHAPE_BIT, 3, 30, 1, 0, 1, 1},
    [C_SELF_PAID_12M] = {"self_paid_12m", false, SHAPE_AGGREGATE, 3, 10, 0, 0, 30000, 100},
    [C_HARDSHIPS] = {"hardships_90d", false, SHAPE_AGGREGATE, 0, 50, 0, 1, 2, 1},
    [C_WARNINGS] = {"warnings_30d", false, SHAPE_AGGREGATE, 0, 40, 0, 1, 3, 1},
    [C_OVER_CAP] = {"claims_over_cap", false, SHAPE_AGGREGATE, 0, 1, 0, 0, 1, 1},
    [C_THIRD_PARTY] = {"third_party_12m", false, SHAPE_AGGREGATE, 0, 1, 0, 0, 1, 1},
    [C_LOANS_LIVE] = {"loans_live", false, SHAPE_AGGREGATE, 0, 30, 0, 1, 2, 1},
    [C_LOANS_OVER] = {"loans_over", false, SHAPE_AGGREGATE, 0, 80, 0, 1, 2, 1},
    [C_LOANS_ENDING] = {"loans_ending", false, SHAPE_AGGREGATE, 0, 1, 0, 0, 1, 1},
    [C_REPAIRS] = {"repairs", false, SHAPE_AGGREGATE, 0, 60, 0, 1, 2, 1},
    [C_EMPLOYMENT] = {"employment", true, SHAPE_CODE, 3, 3, 0, 0, 3, 1},
    [C_SCHOOL] = {"school", true, SHAPE_CODE, 3, 1, 0, 0, 26, 1},
    [C_MEDICAL] = {"medical_insurance", true, SHAPE_BIT, 3, 20, 1, 0, 1, 1},
    [C_WORKER] = {"worker_insurance", true, SHAPE_BIT, 3, 5, 0, 1, 1, 1},
    [C_ALLOWANCE] = {"allowance", true, SHAPE_BIT, 3, 12, 0, 1, 1, 1},
    [C_PREMIUMS] = {"premiums_year", true, SHAPE_AGGREGATE, 0, 25, 0, 1, 2, 1},
    [C_GRANTS] = {"grants_year", true, SHAPE_AGGREGATE, 0, 1, 0, 0, 1, 1},
};

#define NET_COLUMNS C_WAGE + 1, C_BUSINESS + 1, C_PROPERTY + 1, C_TRANSFER + 1, C_SPENDING + 1
#define REFERENCE_COLUMNS NET_COLUMNS, C_CLAIMS + 1, C_SELF_PAID + 1, C_SIZE + 1
#define GAP "({line} * size - reference)"
#define TOPUP "({standard} * size - monthly)"

/* / divides whole numbers towards zero in SQL; what `divide` rounds below zero does not matter
 * where it is compared with a line above zero. */
const rule_spec rule_specs[RULES] = {
    [R_ILLNESS] = {"illness_shock", false, "self_paid_12m > {alert}", NULL, {C_SELF_PAID_12M + 1}},
    [R_BELOW] = {"income_below_line",
                 false,
                 "mean < {line}",
                 "CASE WHEN " GAP " > 0 THEN " GAP " ELSE 0 END",
                 {REFERENCE_COLUMNS}},
    [R_NEAR] =
        {"income_near_line", false, "mean >= {line} AND mean < {near}", NULL, {REFERENCE_COLUMNS}},
    [R_ALLOWANCE] = {"allowance_due",
                     false,
                     "NOT has_allowance AND monthly < {standard} * size",
                     "CASE WHEN " TOPUP " > 0 THEN " TOPUP " ELSE 0 END",
                     {NET_COLUMNS, C_ALLOWANCE_RECEIVED + 1, C_SIZE + 1, C_ALLOWANCE + 1}},
    [R_UNSAFE_HOUSE] =
        {"unsafe_house",
         false,
         "coalesce(house_grade, CASE unsafe_house WHEN TRUE THEN 3 WHEN FALSE THEN 0 "
         "END) IN (2, 3)",
         NULL,
         {C_GRADE + 1, C_UNSAFE + 1}},
    [R_HARDSHIP] = {"sudden_hardship", false, "hardships_90d > 0", NULL, {C_HARDSHIPS + 1}},
    [R_WARNING] = {"department_warning", false, "warnings_30d > 0", NULL, {C_WARNINGS + 1}},
    [R_WATER] = {"unsafe_water", false, "NOT safe_water", NULL, {C_WATER + 1}},
    [R_OVER_CAP] = {"claim_over_cap", false, "claims_over_cap > 0", NULL, {C_OVER_CAP + 1}},
    [R_THIRD_PARTY] =
        {"third_party_claim", false, "third_party_12m > 0", NULL, {C_THIRD_PARTY + 1}},
    [R_LOANS] = {"two_loans", false, "loans_live > 1", NULL, {C_LOANS_LIVE + 1}},
    [R_LOAN_LARGE] = {"loan_too_large", false, "loans_over > 0", NULL, {C_LOANS_OVER + 1}},
    [R_LOAN_ENDING] = {"loan_ending", false, "loans_ending > 0", NULL, {C_LOANS_ENDING + 1}},
    [R_REPAIRED] = {"repaired_twice", false, "repairs > 1", NULL, {C_REPAIRS + 1}},
    [R_NOT_OWN] = {"unsafe_not_own",
                   false,
                   "coalesce(house_grade, CASE WHEN unsafe_house THEN 3 ELSE 0 END) IN (2, 3) AND "
                   "house_tenure IN (1, 2)",
                   NULL,
                   {C_GRADE + 1, C_UNSAFE + 1, C_TENURE + 1}},
    [R_LOST_JOB] = {"lost_job", true, "coalesce(employment, 2) = 1", NULL, {C_EMPLOYMENT + 1}},
    [R_DROPPED_OUT] = {"dropped_out", true, "coalesce(school, 0) = 25", NULL, {C_SCHOOL + 1}},
    [R_INSURANCE] = {"no_insurance",
                     true,
                     "NOT medical_insurance AND NOT worker_insurance",
                     NULL,
                     {C_MEDICAL + 1, C_WORKER + 1}},
    [R_PREMIUM] = {"premium_twice", true, "premiums_year > 1", NULL, {C_PREMIUMS + 1}},
    [R_GRANT] = {"double_grant", true, "grants_year > {terms}", NULL, {C_GRANTS + 1}},
};

/* ---- values ---- */

enum { PRIME = 2147483647, OF_PERSON = 8 /* a person's number: its household's × 8 + which */ };

static int64_t mixed(uint64_t row, unsigned column) {
  int64_t x = (int64_t)((row * 64 + column) % PRIME);
  x = (x * 1103515245 + 12345) % PRIME;
  x = (x * x + 7) % PRIME;
  return x * 48271 % PRIME;
}

static bool formula(column_id c, uint64_t row, int64_t *v) {
  const column_spec *s = &specs[c];
  const int64_t h = mixed(row, c), g = h / 100;
  if (c == C_SIZE)
    *v = 1 + g % 3 + (g / 3 % 10 < 6);
  else
    *v = g % s->every ? s->base : s->least + g / s->every % s->span * s->step;
  return h % 100 >= s->unknown;
}

static void *zeroed(size_t bytes) {
  bytes = (bytes + 63) / 64 * 64 + 64;
  void *at = aligned_alloc(64, bytes);
  if (at) memset(at, 0, bytes);
  return at;
}

static bool column_make(held *h, const column_spec *s, size_t rows) {
  rows = (rows + 63) / 64 * 64;
  const size_t of[] = {rows * 4, rows, rows / 8, rows * 4};
  h->data = zeroed(of[s->shape]);
  h->known = s->unknown ? zeroed(rows / 8) : NULL;
  return h->data && (h->known || !s->unknown);
}

static void column_put(held *h, column_id c, size_t at, uint64_t row) {
  int64_t v;
  const bool known = formula(c, row, &v);
  const uint64_t bit = UINT64_C(1) << at % 64;
  if (!known) v = 0;
  if (h->known && known) h->known[at / 64] |= bit;
  switch (specs[c].shape) {
  case SHAPE_NUMBER:
  case SHAPE_AGGREGATE:
    ((int32_t *)h->data)[at] = (int32_t)v;
    break;
  case SHAPE_CODE:
    ((uint8_t *)h->data)[at] = (uint8_t)v;
    break;
  case SHAPE_BIT:
    if (v) ((uint64_t *)h->data)[at / 64] |= bit;
  }
}

bool county_cell(const county_data *d, column_id c, size_t row, int64_t *v) {
  const held *h = &d->c[c];
  switch (specs[c].shape) {
  case SHAPE_NUMBER:
  case SHAPE_AGGREGATE:
    *v = ((const int32_t *)h->data)[row];
    break;
  case SHAPE_CODE:
    *v = ((const uint8_t *)h->data)[row];
    break;
  case SHAPE_BIT:
    *v = ((const uint64_t *)h->data)[row / 64] >> row % 64 & 1;
  }
  return !h->known || (h->known[row / 64] >> row % 64 & 1);
}

bool county_make(county_data *d, size_t households, const bool wanted[COLUMNS]) {
  *d = (county_data){.households = households,
                     .villages = (households + PER_VILLAGE - 1) / PER_VILLAGE};
  d->first = zeroed((households + 1) * sizeof *d->first);
  if (!d->first) return false;
  for (size_t i = 0; i < households; i++) {
    int64_t n;
    formula(C_SIZE, i, &n);
    d->first[i + 1] = d->first[i] + (uint32_t)n;
  }
  d->persons = d->first[households];
  for (column_id c = 0; c < COLUMNS; c++) {
    if (!wanted[c]) continue;
    const size_t rows = specs[c].person ? d->persons : households;
    if (!column_make(&d->c[c], &specs[c], rows)) return false;
    for (size_t i = 0; i < households; i++) {
      if (!specs[c].person) column_put(&d->c[c], c, i, i);
      for (uint32_t k = d->first[i]; specs[c].person && k < d->first[i + 1]; k++)
        column_put(&d->c[c], c, k, i * OF_PERSON + (k - d->first[i]));
    }
  }
  return true;
}

void county_free(county_data *d) {
  for (size_t c = 0; c < COLUMNS; c++) {
    free(d->c[c].data);
    free(d->c[c].known);
  }
  free(d->first);
  *d = (county_data){0};
}

size_t persons_before(const county_data *d, size_t village) {
  const size_t i = village * PER_VILLAGE;
  return d->first[i < d->households ? i : d->households];
}

/* ---- the pack ---- */

/* A file of rules without those that are not written down here. */
static bool rules_known_here(subject_matter *m, text all, buf *b) {
  const char *first =
      text_starts(all, "- name: ") ? all.at : memmem(all.at, all.bytes, "\n- name: ", 9);
  if (!first) return false;
  for (size_t at = (size_t)(first - all.at) + (*first == '\n'); at < all.bytes;) {
    const char *next = memmem(all.at + at + 1, all.bytes - at - 1, "\n- name: ", 9);
    size_t end = next ? (size_t)(next - all.at) + 1 : all.bytes;
    text item = {all.at + at, end - at};
    size_t r = 0;
    char name[64] = "";
    sscanf(item.at + strlen("- name: "), "%63[a-z0-9_]", name);
    while (r < RULES && strcmp(rule_specs[r].name, name) != 0) r++;
    if (r < RULES) {
      buf_text(b, item);
    } else {
      size_t used = strlen(m->left_out);
      snprintf(m->left_out + used, sizeof m->left_out - used, "%s%s", used ? " " : "", name);
    }
    at = end;
  }
  return buf_ok(b);
}

static const struct local_value {
  const char *name, *path, *value;
} local_values[] = {
    {"p.monitor.line", "parameters/monitor/line.yaml", "8500"},
    {"p.monitor.near", "parameters/monitor/near.yaml", "1.5"},
    {"p.allowance.standard_month", "parameters/allowance/standard_month.yaml", "800"},
    {"p.loan.most", "parameters/loan/most.yaml", "50000"},
    {"p.loan.remind_days", "parameters/loan/remind_days.yaml", "30"},
    {"p.medical.critical.cap", "parameters/medical/critical/cap.yaml", "400000"},
};
enum { LOCAL_VALUES = sizeof local_values / sizeof *local_values };

static const parameter *parameter_named(const pack *p, const char *name) {
  for (size_t i = 0; i < p->parameter_count; i++)
    if (strcmp(p->parameters[i].name, name) == 0) return &p->parameters[i];
  return NULL;
}

static int64_t amount(const subject_matter *m, const char *name) {
  arena *a AUTO_ARENA = arena_new(0);
  const parameter *p = parameter_named(m->p, name);
  value v = a && p ? parameter_at(p, a, m->today, NULL) : value_null();
  return v.type == VALUE_INT ? v.i : 0;
}

static bool tell_faults(const faults *f) {
  for (size_t i = 0; i < f->count; i++)
    fprintf(stderr, "%s: %s\n", f->items[i].where, f->items[i].en);
  return false;
}

/* The same pack with local values and with those rules only that are written down here. */
static bool pack_again(subject_matter *m, const pack *whole) {
  arena *a AUTO_ARENA = arena_new(0);
  pack_file over[LOCAL_VALUES];
  pack_file *files = a ? ARENA_ARRAY(a, whole->file_count, pack_file) : NULL;
  size_t n = 0, count = 0;
  faults f = {0};
  if (!files) return false;
  for (size_t i = 0; i < whole->file_count; i++) {
    AUTO_BUF buf rules = {0};
    files[count] = whole->files[i];
    if (strncmp(files[count].path, "rules/", 6) != 0) {
      count++;
      continue;
    }
    if (!rules_known_here(m, files[count].body, &rules)) return false;
    if (!rules.bytes) continue;
    char *copy = arena_copy(a, rules.at, rules.bytes);
    if (!copy) return false;
    files[count++].body = (text){copy, rules.bytes};
  }
  for (size_t i = 0; i < LOCAL_VALUES; i++) {
    const parameter *p = parameter_named(whole, local_values[i].name);
    if (!p || parameter_at(p, a, m->today, NULL).type != VALUE_UNKNOWN) continue;
    const char *body =
        arena_printf(a, "metadata: {reference: bench}\nvalues:\n  2020-01-01: {value: %s}\n",
                     local_values[i].value);
    if (!body) return false;
    over[n] = (pack_file){local_values[i].path, text_of(body)};
    n++;
  }
  m->p = pack_from_files(files, count, over, n, &f);
  bool ok = m->p || tell_faults(&f);
  faults_release(&f);
  return ok;
}

static bool code_is(const pack *p, const char *of, const char *name, size_t at, const char *code) {
  const kind *k = pack_kind(p, text_of(of));
  const field *f = k ? field_find(k->fields, k->field_count, text_of(name)) : NULL;
  if (!f || (at < f->choice_count && strcmp(f->choices[at].code, code) == 0)) return true;
  fprintf(stderr, "The %zuth choice of %s is no longer %s: mend benches/policy_data.c.\n", at, name,
          code);
  return false;
}

bool matter_load(subject_matter *m, const char *folder) {
  *m = (subject_matter){0};
  day_from_ymd(2026, 6, 1, &m->today);
  faults f = {0};
  pack *whole = pack_load(folder, NULL, &f);
  bool ok = whole ? pack_again(m, whole) : tell_faults(&f);
  faults_release(&f);
  pack_free(whole);
  if (!ok) return false;
  for (size_t i = 0; i < m->p->rule_count; i++)
    for (size_t r = 0; r < RULES; r++) {
      if (strcmp(m->p->rules[i].name, rule_specs[r].name) != 0) continue;
      m->has[r] = true;
      m->costs[r] = m->p->rules[i].cost != NULL;
      for (const int *c = rule_specs[r].columns; *c; c++) m->wanted[*c - 1] = true;
      if (!m->costs[r] || rule_specs[r].costs) continue;
      fprintf(stderr, "%s has costs now: mend benches/policy_data.c.\n", rule_specs[r].name);
      return false;
    }
  m->now.line = amount(m, "p.monitor.line");
  m->now.standard = amount(m, "p.allowance.standard_month");
  m->now.alert = amount(m, "p.alert.self_paid_year");
  m->now.terms = amount(m, "p.education.terms");
  if (!money_share(m->now.line, amount(m, "p.monitor.near"), &m->now.near)) return false;
  m->then = m->now;
  m->then.line = 900000;
  if (!money_share(m->then.line, amount(m, "p.monitor.near"), &m->then.near)) return false;
  return code_is(m->p, "household", "house_grade", 2, "c") &&
         code_is(m->p, "household", "house_grade", 3, "d") &&
         code_is(m->p, "household", "house_tenure", 1, "rented") &&
         code_is(m->p, "household", "house_tenure", 2, "borrowed") &&
         code_is(m->p, "person", "employment", 1, "lost") &&
         code_is(m->p, "person", "school", 25, "dropped_out");
}

/* ---- the same in SQL ---- */

static const char *div_sign(dialect to) {
  return to == DUCKDB ? "//" : "/";
}

/* Replaces {names} by amounts and / by what divides whole numbers. */
static void put_expression(buf *b, const subject_matter *m, dialect to, const char *s) {
  static const char *const names[] = {"line", "near", "standard", "alert", "terms"};
  const int64_t values[] = {m->now.line, m->now.near, m->now.standard, m->now.alert, m->now.terms};
  for (; *s; s++) {
    if (*s == '/') {
      buf_str(b, div_sign(to));
      continue;
    }
    if (*s != '{') {
      buf_char(b, *s);
      continue;
    }
    for (size_t i = 0; i < 5; i++)
      if (strncmp(s + 1, names[i], strlen(names[i])) == 0) buf_int(b, values[i]);
    s = strchr(s, '}');
  }
}

static void put_hash(buf *b, const char *row, unsigned column) {
  AUTO_BUF buf x = {0};
  buf_printf(&x, "((((%s * 64 + %u) %% 2147483647) * 1103515245 + 12345) %% 2147483647)", row,
             column);
  buf_printf(b, "((%s * %s + 7) %% 2147483647 * 48271 %% 2147483647)", x.at, x.at);
}

static const char *sql_type(dialect to, column_id c) {
  switch (specs[c].shape) {
  case SHAPE_NUMBER:
    return "INTEGER";
  case SHAPE_CODE:
    return to == DUCKDB ? "UTINYINT" : "SMALLINT";
  case SHAPE_BIT:
    return "BOOLEAN";
  case SHAPE_AGGREGATE:
    return c == C_SELF_PAID_12M ? "BIGINT" : "INTEGER";
  }
  return "";
}

static void put_value(buf *b, dialect to, column_id c, const char *row) {
  const column_spec *s = &specs[c];
  const char *div = div_sign(to);
  AUTO_BUF buf h = {0};
  put_hash(&h, row, c);
  if (c == C_SIZE) {
    buf_printf(b,
               "CASE WHEN %s %% 100 >= %d THEN 1 + %s %s 100 %% 3 + CASE WHEN %s %s 300 %% 10 < 6 "
               "THEN 1 ELSE 0 END END",
               h.at, s->unknown, h.at, div, h.at, div);
    return;
  }
  if (s->shape == SHAPE_BIT) buf_char(b, '(');
  buf_printf(b, "CASE WHEN %s %% 100 < %d THEN NULL WHEN %s %s 100 %% %d <> 0 THEN %d ELSE %d + ",
             h.at, s->unknown, h.at, div, s->every, s->base, s->least);
  buf_printf(b, "%s %s 100 %s %d %% %d * %d END", h.at, div, div, s->every, s->span, s->step);
  if (s->shape == SHAPE_BIT) buf_str(b, ") <> 0");
}

static void put_table(buf *b, const subject_matter *m, dialect to, bool person, size_t households) {
  const char *name = person ? "person" : "household";
  buf_printf(b, "CREATE %sTABLE %s (id INTEGER%s, village INTEGER",
             to == POSTGRES ? "UNLOGGED " : "", name, person ? ", owner INTEGER" : "");
  for (column_id c = 0; c < COLUMNS; c++)
    if (m->wanted[c] && specs[c].person == person)
      buf_printf(b, ", %s %s", specs[c].name, sql_type(to, c));
  buf_printf(b, ")\n;\nINSERT INTO %s ", name);
  if (to == SQLITE)
    buf_printf(b, "WITH RECURSIVE t(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM t WHERE i < %zu) ",
               households - 1);
  buf_printf(b, "SELECT %s, i %s %d", person ? "n, i" : "i", div_sign(to), PER_VILLAGE);
  for (column_id c = 0; c < COLUMNS; c++) {
    if (!m->wanted[c] || specs[c].person != person) continue;
    buf_str(b, ", ");
    put_value(b, to, c, person ? "n" : "i");
  }
  AUTO_BUF buf series = {0}, h = {0};
  if (to == SQLITE)
    buf_str(&series, "t");
  else
    buf_printf(&series, "generate_series(CAST(0 AS BIGINT), %zu) t(i)", households - 1);
  put_hash(&h, "i", C_SIZE);
  if (person)
    buf_printf(
        b,
        " FROM (SELECT i, i * 8 + k AS n FROM %s, (SELECT 0 AS k UNION ALL SELECT 1 UNION "
        "ALL SELECT 2 UNION ALL SELECT 3) kin WHERE k < 1 + %s %s 100 %% 3 + CASE WHEN %s %s "
        "300 %% 10 < 6 THEN 1 ELSE 0 END) people",
        series.at, h.at, div_sign(to), h.at, div_sign(to));
  else
    buf_printf(b, " FROM %s", series.at);
  if (to != SQLITE) buf_printf(b, " ORDER BY %s", person ? "n" : "i");
  buf_str(b, "\n;\n");
}

bool sql_create(buf *b, const subject_matter *m, dialect to, size_t households) {
  put_table(b, m, to, false, households);
  put_table(b, m, to, true, households);
  if (to == POSTGRES) buf_str(b, "VACUUM ANALYZE household\n;\nVACUUM ANALYZE person\n;\n");
  return buf_ok(b);
}

/* What several rules read, step by step, so that it need not be computed twice. */
static void put_incomes(buf *b, const subject_matter *m, dialect to) {
  const bool allowance = m->has[R_ALLOWANCE];
  buf_str(b, "(SELECT *, ");
  put_expression(b, m, to, "(2 * reference + size) / (2 * size) AS mean");
  if (allowance)
    put_expression(b, m, to,
                   ", CASE WHEN own_net < 0 THEN -((6 - own_net) / 12) ELSE (own_net + 6) / 12 "
                   "END AS monthly");
  buf_str(b, " FROM (SELECT *, net + claims_received - self_paid AS reference");
  if (allowance)
    buf_str(b, ", net - CASE has_allowance WHEN TRUE THEN allowance_received WHEN FALSE THEN 0 END "
               "AS own_net");
  buf_str(b, " FROM (SELECT *, wage + business + property + transfer - business_spending AS net");
  if (allowance)
    buf_str(b, ", CASE WHEN some_yes = 1 THEN TRUE WHEN some_open = 1 THEN NULL ELSE FALSE END AS "
               "has_allowance");
  buf_str(b, " FROM household");
  if (allowance)
    buf_str(b,
            " LEFT JOIN (SELECT owner, max(CASE WHEN allowance THEN 1 END) AS some_yes, "
            "max(CASE WHEN allowance IS NULL THEN 1 END) AS some_open FROM person WHERE allowance "
            "OR allowance IS NULL GROUP BY owner) p ON p.owner = household.id");
  buf_str(b, ") a) b) c");
}

bool sql_ask(buf *b, const subject_matter *m, dialect to, bool person) {
  buf_str(b, "SELECT village");
  for (size_t r = 0; r < RULES; r++) {
    if (!m->has[r] || rule_specs[r].person != person) continue;
    /* in the way that is quickest there */
    buf_printf(b, to == DUCKDB ? ", count_if(r%zu)" : ", count(*) FILTER (WHERE r%zu)", r);
    buf_printf(b, ", count(*) - count(r%zu)", r);
    if (m->costs[r])
      buf_printf(b,
                 ", coalesce(sum(m%zu) FILTER (WHERE r%zu), 0), count(*) FILTER (WHERE r%zu AND "
                 "m%zu IS NULL)",
                 r, r, r, r);
  }
  buf_str(b, " FROM (SELECT village");
  for (size_t r = 0; r < RULES; r++) {
    if (!m->has[r] || rule_specs[r].person != person) continue;
    buf_str(b, ", ");
    put_expression(b, m, to, rule_specs[r].sql);
    buf_printf(b, " AS r%zu", r);
    if (!m->costs[r]) continue;
    buf_str(b, ", ");
    put_expression(b, m, to, rule_specs[r].costs);
    buf_printf(b, " AS m%zu", r);
  }
  buf_str(b, " FROM ");
  if (person)
    buf_str(b, "person");
  else
    put_incomes(b, m, to);
  buf_str(b, ") x GROUP BY village");
  return buf_ok(b);
}
