/* Duties at scale: FOLDER OFFICERS. Each officer has 100 shops and patrols ten a day for 30 days.
 * The rows are put as the engine puts them; then the engine itself records some more, and is asked,
 * beside the same questions in SQL over what was recorded.
 *
 * Prints `KEY VALUE` lines: seconds, and the counts by which both are known to agree. */
#include "base/ident.h"
#include "engine/duties/lines.h"
#include "engine/engine.h"
#include "engine/init.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SHOPS = 100, DAYS = 30, A_DAY = 10, PROBES = 200 };
static const char area_code[] = "370871001001";
static engine *eng;
static sqlite3 *lite;
static int64_t officers;
static day first;

static void die(const char *what, const err *e) {
  fprintf(stderr, "%s: %s\n", what, e ? e->en : "");
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uuid id_of(int sort, int64_t a, int64_t b) {
  uint8_t random10[10] = {(uint8_t)sort};
  for (int i = 0; i < 4; i++) random10[1 + i] = (uint8_t)(a >> (8 * i));
  for (int i = 0; i < 4; i++) random10[5 + i] = (uint8_t)(b >> (8 * i));
  return uuid_v7(1700000000000 + a * 1000 + b, random10);
}

static uuid officer_id(int64_t n) {
  return id_of(1, n, 0);
}
static uuid shop_id(int64_t officer_number, int64_t n) {
  return id_of(2, officer_number, n);
}
/* Which shop an officer visits as the k-th of a day: round and round, but never the last ten. */
static int64_t visited(int64_t on, int64_t k) {
  return (on * A_DAY + k) % (SHOPS - A_DAY);
}

static void put_officer(store *s, int64_t n) {
  char login[24];
  err e;
  snprintf(login, sizeof login, "k%lld", (long long)n);
  post p = {.role = "keeper", .pack = "rounds"};
  memcpy(p.area, area_code, sizeof p.area);
  officer o = {.id = officer_id(n),
               .login = login,
               .name = login,
               .active = true,
               .posts = &p,
               .post_count = 1};
  if (!store_officer_put(s, &o, &e) || !store_officer_past_put(s, &o, n + 1, first - 1, &e))
    die("officer", &e);
}

static void put_shop(store *s, arena *a, const kind *k, int64_t officer_number, int64_t n) {
  char code[24], login[24];
  err e;
  snprintf(code, sizeof code, "s%lld-%lld", (long long)officer_number, (long long)n);
  snprintf(login, sizeof login, "k%lld", (long long)officer_number);
  record *r = record_new(a, k);
  if (!r) die("memory", NULL);
  r->id = r->root = shop_id(officer_number, n);
  memcpy(r->area, area_code, sizeof r->area);
  r->version = r->created = 1;
  r->next_evaluation = DAY_NONE;
  r->fields[0] = value_string(text_of(code));
  r->fields[1] = value_string(text_of(login));
  if (!store_subject_put(s, r, true, &e)) die("shop", &e);
  static const char *const duties[] = {"ten", "week", "twice"};
  for (int d = 0; d < 3; d++) {
    duty_member m = {.duty = duties[d],
                     .root = r->id,
                     .since = first - 1,
                     .until = DAY_NONE,
                     .least = d == 2 ? 4 : 0,
                     .owner = d == 2 ? "" : login};
    memcpy(m.area, area_code, sizeof m.area);
    if (!store_member_put(s, &m, &e)) die("member", &e);
  }
}

static void put_patrol(store *s, const event_kind *k, int64_t officer_number, int64_t on,
                       int64_t n) {
  value fields[1] = {{.type = VALUE_UNKNOWN}};
  err e;
  event x = {.kind = k,
             .id = id_of(3, officer_number * 64 + on, n),
             .root = shop_id(officer_number, visited(on, n)),
             .on = first + (day)on,
             .seq = 2 + on,
             .at_ms = 1700000000000,
             .officer = officer_id(officer_number),
             .fields = fields};
  x.subject = x.root;
  memcpy(x.area, area_code, sizeof x.area);
  if (!store_event_put(s, &x, &e)) die("patrol", &e);
  duty_day_count act = {.root = x.root, .officer = x.officer, .on = x.on, .part = "", .n = 1};
  for (int d = 0; d < 3; d++) {
    act.duty = d == 0 ? "ten" : d == 1 ? "week" : "twice";
    if (d == 2) act.officer = (uuid){{0}};
    if (!store_duty_count_put(s, &act, &e)) die("act", &e);
  }
}

static void fill(int64_t from, int64_t to) {
  store *s = engine_store(eng);
  const kind *k = catalog_kind(engine_packs(eng), TEXT("shop"), NULL);
  const event_kind *patrol = catalog_event(engine_packs(eng), TEXT("patrol"), NULL);
  err e;
  for (int64_t o = from; o < to; o++) {
    arena *a AUTO_ARENA = arena_new(0);
    if ((o - from) % 200 == 0 && !db_begin(store_db(s), &e)) die("begin", &e);
    put_officer(s, o);
    for (int64_t n = 0; n < SHOPS; n++) put_shop(s, a, k, o, n);
    for (int64_t on = 0; on < DAYS; on++)
      for (int64_t n = 0; n < A_DAY; n++) put_patrol(s, patrol, o, on, n);
    if (((o - from) % 200 == 199 || o + 1 == to) && !db_commit(store_db(s), &e)) die("commit", &e);
  }
}

/* The engine records patrols, 100 a transaction; seconds for each. */
static double record_some(int64_t up_to, int64_t round) {
  enum { MANY = 2000, BATCH = 100 };
  err e;
  double begun = now();
  for (int64_t i = 0; i < MANY; i++) {
    arena *a AUTO_ARENA = arena_new(0);
    char body[400], id[37], subject[37], on[11];
    int64_t o = (i * 7919 + round * 131) % up_to;
    uuid event_id = id_of(4, round, i), shop = shop_id(o, SHOPS - 1 - i % A_DAY);
    uuid_format(&event_id, id);
    uuid_format(&shop, subject);
    day_format(first + DAYS - 1, on);
    snprintf(body, sizeof body,
             "{\"kind\":\"patrol\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"%s\",\"fields\":{}}",
             id, subject, on);
    json *tree = json_parse(a, text_of(body), &e);
    post p = {.role = "keeper", .pack = "rounds"};
    memcpy(p.area, area_code, sizeof p.area);
    command c = {.verb = VERB_EVENT,
                 .id = event_id,
                 .who = {.officer = officer_id(o), .posts = &p, .post_count = 1},
                 .body = tree};
    answer out;
    if (i % BATCH == 0 && !engine_begin(eng, &e)) die("begin", &e);
    if (!engine_apply(eng, &c, a, &out, &e)) die("apply", &e);
    if (i % BATCH == BATCH - 1) {
      if (!engine_commit(eng, &e)) die("commit", &e);
    }
  }
  return (now() - begun) / MANY;
}

/* ---- the questions ---- */

static duty_request asking(const char *duty_name) {
  duty_request q = {.packs = engine_packs(eng),
                    .calendar = engine_calendar(eng),
                    .on = first + DAYS - 1,
                    .today = first + DAYS + 5,
                    .duty = text_of(duty_name),
                    .state = -1,
                    .limit = 50};
  return q;
}

static int64_t day_view(int64_t o, int64_t *week_done) {
  arena *a AUTO_ARENA = arena_new(0);
  err e;
  int64_t done = 0;
  static const char *const duties[] = {"ten", "week"};
  for (int d = 0; d < 2; d++) {
    duty_request q = asking(duties[d]);
    q.officer = officer_id(o);
    duty_line_page found;
    if (!duty_lines(engine_store(eng), a, &q, &found, &e) || found.count != 1) die("lines", &e);
    *(d ? week_done : &done) = found.rows[0].done;
  }
  return done;
}

static int64_t overdue_page(void) {
  arena *a AUTO_ARENA = arena_new(0);
  err e;
  duty_request q = asking("twice");
  q.on = day_add_months(day_month_start(q.on), 1) - 1; /* the month's end */
  q.today = q.on + 1;
  q.state = DUTY_OVERDUE;
  duty_subject_page found;
  if (!duty_subjects(engine_store(eng), a, &q, NULL, &found, &e)) die("subjects", &e);
  return (int64_t)found.count;
}

static int64_t overdue_line(void) {
  arena *a AUTO_ARENA = arena_new(0);
  err e;
  duty_request q = asking("twice");
  q.on = day_add_months(day_month_start(q.on), 1) - 1;
  q.today = q.on + 1;
  duty_line_page found;
  if (!duty_lines(engine_store(eng), a, &q, &found, &e) || found.count != 1) die("line", &e);
  return found.rows[0].done;
}

/* ---- the same in SQL, over shops and patrols ---- */

static int64_t ask_sql(const char *sql, const uuid *officer_given, const char *login, day from,
                       day to) {
  sqlite3_stmt *q = NULL;
  int64_t out = 0;
  if (sqlite3_prepare_v2(lite, sql, -1, &q, NULL) != SQLITE_OK) {
    fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(lite));
    exit(1);
  }
  if (officer_given) sqlite3_bind_blob(q, 1, officer_given->b, 16, SQLITE_TRANSIENT);
  if (login) sqlite3_bind_text(q, 2, login, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64(q, 3, from);
  sqlite3_bind_int64(q, 4, to);
  while (sqlite3_step(q) == SQLITE_ROW) out += sqlite3_column_int64(q, 0);
  sqlite3_finalize(q);
  return out;
}

static int64_t sql_day(int64_t o, int64_t *week_done) {
  char login[24];
  uuid id = officer_id(o);
  day today = first + DAYS - 1, monday = day_week_start(today);
  snprintf(login, sizeof login, "k%lld", (long long)o);
  *week_done =
      ask_sql("SELECT count(DISTINCT p.root) FROM event_patrol p JOIN subject_shop s ON s.county = "
              "p.county AND s.id = p.root WHERE "
              "p.officer = ?1 AND s.f_keeper = ?2 AND p.withdrawn = 0 AND p.day BETWEEN ?3 AND ?4",
              &id, login, monday, today);
  return ask_sql(
      "SELECT count(DISTINCT p.root) FROM event_patrol p JOIN subject_shop s ON s.county = "
      "p.county AND s.id = p.root WHERE "
      "p.officer = ?1 AND s.f_keeper = ?2 AND p.withdrawn = 0 AND p.day BETWEEN ?3 AND ?4",
      &id, login, today, today);
}

#define MONTH_OF                                                                                   \
  "SELECT s.area, s.id, coalesce(n, 0) AS n FROM subject_shop s LEFT JOIN (SELECT root, "          \
  "count(DISTINCT officer || day) AS n FROM "                                                      \
  "event_patrol WHERE withdrawn = 0 AND day BETWEEN ?3 AND ?4 GROUP BY root) p ON p.root = s.id"

static double seconds_of(int64_t (*ask)(void), int64_t *got) {
  double begun = now();
  *got = ask();
  return now() - begun;
}
static day month_from, month_to;
static int64_t sql_page(void) {
  return ask_sql("SELECT 1 FROM (" MONTH_OF ") WHERE n < 4 ORDER BY area, id LIMIT 50", NULL, NULL,
                 month_from, month_to);
}
static int64_t sql_line(void) {
  return ask_sql("SELECT sum(min(n, 4)) FROM (" MONTH_OF ")", NULL, NULL, month_from, month_to);
}
static int64_t recount(void) {
  faults f = {0};
  err e;
  char folder[512];
  snprintf(folder, sizeof folder, "%s/benches/duty_pack", getenv("JISHI_HOME"));
  if (!engine_begin(eng, &e) || !engine_send_pack(eng, folder, NULL, &f, &e) ||
      !engine_commit(eng, &e))
    die("recount", &e);
  return ask_sql("SELECT sum(n) FROM duty_day_count WHERE duty = 'ten'", NULL, NULL, 0, 0);
}
static int64_t sql_recount(void) {
  sqlite3_exec(
      lite,
      "CREATE TEMP TABLE t (root BLOB, day INT, officer BLOB, n INT, PRIMARY KEY (root, day, "
      "officer)) WITHOUT ROWID; INSERT INTO t "
      "SELECT root, day, officer, count(*) FROM event_patrol WHERE withdrawn = 0 GROUP BY root, "
      "day, officer; CREATE INDEX temp.t_1 ON t "
      "(officer, day); CREATE TEMP TABLE u (root BLOB, day INT, n INT, PRIMARY KEY (root, day)) "
      "WITHOUT ROWID; INSERT INTO u SELECT "
      "root, day, count(DISTINCT officer) FROM event_patrol WHERE withdrawn = 0 GROUP BY root, day",
      NULL, NULL, NULL);
  return ask_sql("SELECT sum(n) FROM temp.t", NULL, NULL, 0, 0);
}

static void agree(const char *what, int64_t a, int64_t b) {
  if (a == b) return;
  fprintf(stderr, "%s: Jishi says %lld, SQL %lld\n", what, (long long)a, (long long)b);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc != 3 || (officers = strtol(argv[2], NULL, 10)) < 20) {
    fputs("usage: bench_duty FOLDER OFFICERS\n", stderr);
    return 2;
  }
  char pack_folder[512], areas[512], calendar_path[512], file[600];
  const char *home = getenv("JISHI_HOME"), *folders[1] = {pack_folder};
  snprintf(pack_folder, sizeof pack_folder, "%s/benches/duty_pack", home ? home : ".");
  snprintf(areas, sizeof areas, "%s/data/areas/jining.csv", home ? home : ".");
  snprintf(calendar_path, sizeof calendar_path, "%s/data/calendar.yaml", home ? home : ".");
  snprintf(file, sizeof file, "%s/jishi.db", argv[1]);
  first = day_month_start(day_add_months(day_today(), -2));
  month_from = first;
  month_to = day_add_months(first, 1) - 1;
  faults f = {0};
  err e;
  county_setup c = {.location = argv[1],
                    .code = "370871",
                    .name = "压测",
                    .calendar_file = calendar_path,
                    .areas_csv = areas,
                    .pack_folders = folders,
                    .pack_count = 1};
  if (!engine_init(&c, &f, &e)) die("init", f.count ? &f.items[0] : &e);
  eng = engine_open(argv[1], &e);
  if (!eng) die("open", &e);
  double begun = now();
  int64_t steps[] = {officers / 20, officers / 4, officers}, at = 0;
  for (int i = 0; i < 3; i++) {
    fill(at, steps[i]);
    at = steps[i];
    double each = record_some(at, i);
    printf("patrol_%lld %.9f\n", (long long)at * DAYS * A_DAY, each);
    fflush(stdout);
  }
  printf("filled %.3f\n", now() - begun);
  if (sqlite3_open_v2(file, &lite, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) die(file, NULL);
  sqlite3_exec(lite, "CREATE INDEX IF NOT EXISTS rival_1 ON event_patrol (officer, day); ANALYZE",
               NULL, NULL, NULL);
  double ours = 0, theirs = 0, t;
  for (int64_t i = 0; i < PROBES; i++) {
    int64_t o = (i * 6151) % officers, week = 0, week_sql = 0;
    t = now();
    int64_t done = day_view(o, &week);
    ours += now() - t;
    t = now();
    int64_t done_sql = sql_day(o, &week_sql);
    theirs += now() - t;
    agree("an officer's day", done, done_sql);
    agree("an officer's week", week, week_sql);
  }
  printf("day_view %.9f\nday_sql %.9f\n", ours / PROBES, theirs / PROBES);
  int64_t a, b;
  printf("page %.6f\n", seconds_of(overdue_page, &a));
  printf("page_sql %.6f\n", seconds_of(sql_page, &b));
  agree("a page of what is overdue", a, b);
  printf("line %.6f\n", seconds_of(overdue_line, &a));
  printf("line_sql %.6f\n", seconds_of(sql_line, &b));
  agree("the county's line", a, b);
  printf("recount %.6f\n", seconds_of(recount, &a));
  printf("recount_sql %.6f\n", seconds_of(sql_recount, &b));
  agree("a recount", a, b);
  printf("patrols %lld\n", (long long)a);
  sqlite3_close(lite);
  engine_close(eng);
  return 0;
}
