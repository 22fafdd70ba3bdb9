/* Serves `./bench policy`: holds the invented county in Jishi's columns, in plain arrays, in SQLite
 * and in PostgreSQL, and runs what the driver (policy_rivals.mjs) asks for, a line at a time.
 *
 *   bench_policy PACK-FOLDER
 *     make N             the county        → seconds bytes
 *     sqlite | postgres URL                → seconds bytes
 *     run WHAT THREADS   loops loops_then stream screen what_if sqlite postgres → seconds
 *     same WHAT THREADS  runs it, too, and compares what it counted with the loops → ok
 *     same_file FILE     numbers of another engine: rule × village × 4 int64 → ok
 *     sql create|household|person          → statements for DuckDB, then a line "."
 *     single FILE, single_run, compile_run → see policy_single.c
 *     drop                                 the county and SQLite go */
#include "policy.h"

#include <stdio.h>
#include <stdlib.h>

static subject_matter matter;
static county_data data;
static screen *columns;
static size_t streamed;

static count *counts_new(void) {
  return calloc(RULES * data.villages, sizeof(count));
}

/* `then` only for a what-if. */
static double run(const char *what, int threads, count *out, count *then) {
  if (!strcmp(what, "loops")) return run_loops(&matter, &data, &matter.now, threads, out);
  if (!strcmp(what, "loops_then")) return run_loops(&matter, &data, &matter.then, threads, out);
  if (!strcmp(what, "stream")) return run_stream(&data, threads, &streamed);
  if (!strcmp(what, "screen"))
    return run_screen(&matter, columns, threads, data.villages, out, NULL);
  if (!strcmp(what, "what_if"))
    return run_screen(&matter, columns, threads, data.villages, out, then);
  if (!strcmp(what, "sqlite")) return sqlite_run(&matter, data.villages, out);
  if (!strcmp(what, "postgres")) return postgres_run(&matter, threads, data.villages, out);
  return -1;
}

static void put_run(const char *what, int threads) {
  count *out = counts_new(), *then = counts_new();
  const double took = out && then ? run(what, threads, out, then) : -1;
  if (took < 0)
    printf("error %s failed\n", what);
  else
    printf("%.9f\n", took);
  free(out);
  free(then);
}

static bool same(const char *what, const count *x, const count *y) {
  int64_t matched = 0;
  for (size_t r = 0; r < RULES; r++)
    for (size_t v = 0; v < data.villages; v++) {
      const count *a = &x[r * data.villages + v], *b = &y[r * data.villages + v];
      matched += a->matched;
      if (memcmp(a, b, sizeof *a) == 0) continue;
      printf(
          "error %s: %s in village %zu: %lld matched, %lld unknown, %lld fen, %lld unpriced; the "
          "loops "
          "say %lld, %lld, %lld, %lld\n",
          what, rule_specs[r].name, v, (long long)a->matched, (long long)a->unknown,
          (long long)a->money, (long long)a->unpriced, (long long)b->matched, (long long)b->unknown,
          (long long)b->money, (long long)b->unpriced);
      return false;
    }
  if (matched == 0) {
    printf("error %s matched nothing\n", what);
    return false;
  }
  return true;
}

static void put_same(const char *what, int threads, const char *file) {
  count *out = counts_new(), *then = counts_new(), *by_hand = counts_new();
  const size_t bytes = RULES * data.villages * sizeof(count);
  bool ok = out && then && by_hand && run("loops", 1, by_hand, NULL) >= 0;
  if (ok && file) {
    FILE *f = fopen(file, "rb");
    ok = f && fread(out, 1, bytes, f) == bytes;
    if (f) fclose(f);
  } else if (ok) {
    ok = run(what, threads, out, then) >= 0;
  }
  if (!ok) {
    printf("error %s failed\n", what);
  } else if (same(what, out, by_hand)) {
    if (!file && !strcmp(what, "what_if")) {
      memset(by_hand, 0, bytes);
      ok = run("loops_then", 1, by_hand, NULL) >= 0 && same("what_if, then", then, by_hand);
    }
    if (ok) printf("ok\n");
  }
  free(out);
  free(then);
  free(by_hand);
}

static void drop(void) {
  screen_free(columns);
  columns = NULL;
  county_free(&data);
  sqlite_end();
}

static void put_made(size_t households) {
  const double begun = seconds_now();
  drop();
  if (!county_make(&data, households, matter.wanted) || !(columns = make_screen(&matter, &data))) {
    printf("error no memory\n");
    return;
  }
  const screen_size size = screen_measure(columns);
  run_stream(&data, 1, &streamed);
  printf("%.3f %lld %zu %zu %zu\n", seconds_now() - begun, (long long)size.bytes, streamed,
         data.persons, data.villages);
}

static void put_sql(const char *what) {
  AUTO_BUF buf b = {0};
  bool ok = !strcmp(what, "create") ? sql_create(&b, &matter, DUCKDB, data.households)
                                    : sql_ask(&b, &matter, DUCKDB, !strcmp(what, "person"));
  printf("%s\n.\n", ok ? b.at : "error");
}

static void put_rules(void) {
  for (size_t r = 0; r < RULES; r++)
    if (matter.has[r])
      printf("%zu %s %d %d\n", r, rule_specs[r].name, rule_specs[r].person, matter.costs[r]);
  printf(".\n");
}

static void answer(char *line) {
  const char *words[4] = {"", "", "", ""};
  char *rest = NULL;
  int n = 0;
  for (char *w = strtok_r(line, " \n", &rest); w && n < 4; w = strtok_r(NULL, " \n", &rest))
    words[n++] = w;
  int64_t bytes = 0;
  double took = 0;
  size_t expressions = 0;
  const int threads = words[2][0] ? atoi(words[2]) : 1;
  if (!strcmp(words[0], "rules"))
    put_rules();
  else if (!strcmp(words[0], "left_out"))
    printf("%s\n", matter.left_out);
  else if (!strcmp(words[0], "make"))
    put_made(strtoul(words[1], NULL, 10));
  else if (!strcmp(words[0], "run"))
    put_run(words[1], threads);
  else if (!strcmp(words[0], "same"))
    put_same(words[1], threads, NULL);
  else if (!strcmp(words[0], "same_file"))
    put_same(words[2], 1, words[1]);
  else if (!strcmp(words[0], "sql"))
    put_sql(words[1]);
  else if (!strcmp(words[0], "drop"))
    drop(), printf("ok\n");
  else if (!strcmp(words[0], "single"))
    printf(single_write(&matter, words[1], 200) ? "ok\n" : "error single\n");
  else if (!strcmp(words[0], "sqlite") &&
           (took = sqlite_make(&matter, data.households, &bytes)) >= 0)
    printf("%.3f %lld\n", took, (long long)bytes);
  else if (!strcmp(words[0], "postgres") &&
           (took = postgres_make(&matter, words[1], data.households, &bytes)) >= 0)
    printf("%.3f %lld\n", took, (long long)bytes);
  else if (!strcmp(words[0], "single_run") && (took = single_run(atof(words[1]))) >= 0)
    printf("%.1f\n", took);
  else if (!strcmp(words[0], "compile_run") &&
           (took = compile_run(&matter, atof(words[1]), &expressions)) >= 0)
    printf("%.1f %zu\n", took, expressions);
  else
    printf("error %s\n", words[0]);
  fflush(stdout);
}

int main(int argc, char **argv) {
  char line[4096];
  if (argc != 2 || !matter_load(&matter, argv[1])) {
    fprintf(stderr, "usage: bench_policy PACK-FOLDER\n");
    return 2;
  }
  while (fgets(line, sizeof line, stdin)) answer(line);
  drop();
  postgres_end();
  pack_free(matter.p);
  return 0;
}
