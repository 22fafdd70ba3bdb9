/* Every limit of the language gives an error that names it; nothing runs away. */
#include "cel_kit.h"
#include <pthread.h>

static char *repeat(kit *k, const char *before, const char *part, size_t times, const char *after) {
  size_t p = strlen(part);
  char *s = arena_take(k->a, strlen(before) + p * times + strlen(after) + 1);
  assert_non_null(s);
  char *at = stpcpy(s, before);
  for (size_t i = 0; i < times; i++) at = stpcpy(at, part);
  strcpy(at, after);
  return s;
}

static void source_too_long(void **state) {
  kit *k = *state;
  assert_string_equal(kit_run(k, repeat(k, "1", " ", CEL_SOURCE_MAX, "")),
                      "! column 1 The expression is longer than 65536 bytes.");
}

static void too_deep(void **state) {
  kit *k = *state;
  const char *const deep[] = {
      repeat(k, "", "(", 2000, "1"),     repeat(k, "", "[", 2000, ""),
      repeat(k, "1", "+1", 2000, ""),    repeat(k, "any", ".a", 2000, ""),
      repeat(k, "any", "[0]", 2000, ""), repeat(k, "", "true?1:", 2000, "1"),
      repeat(k, "", "-(", 2000, "1")};
  for (size_t i = 0; i < sizeof deep / sizeof *deep; i++)
    assert_non_null(strstr(kit_run(k, deep[i]), "nested too deep, over 250 levels"));
  assert_string_equal(kit_run(k, repeat(k, "", "-", 2001, "1")), "int -1");
  assert_string_equal(kit_run(k, repeat(k, "true", "&&true", 2000, "")), "bool true");
  assert_string_equal(kit_run(k, repeat(k, "[1", ",1", 2000, "].size()")), "int 2001");
}

static void too_many_steps(void **state) {
  kit *k = *state;
  char *numbers = repeat(k, "[1", ",1", 200, "]");
  char *loop = arena_printf(k->a, "%s.all(a, %s.all(b, %s.all(c, a + b + c > 0)))", numbers,
                            numbers, numbers);
  assert_string_equal(kit_run(k, loop),
                      "bool error This takes too many steps; simplify the expression or "
                      "narrow what it goes over.");
  assert_in_range(k->cost, CEL_COST_MAX, CEL_COST_MAX + 100);
  /* Doubling: 2^40 items, then 2^40 bytes, then two equal trees of 2^40 leaves. */
  static const char *const heads[] = {"[1]", "'a'", "[1]"}, *const parts[] = {"x + x", "x + x",
                                                                              "[x, x]"};
  for (size_t kind = 0; kind < 3; kind++) {
    buf b AUTO_BUF = {0};
    for (int i = 0; i < 40; i++) buf_printf(&b, "cel.bind(x, %s, ", i ? parts[kind] : heads[kind]);
    buf_str(&b, "x == x");
    for (int i = 0; i < 40; i++) buf_char(&b, ')');
    assert_non_null(strstr(kit_run(k, b.at), "too many steps"));
  }
}

static void steps_are_counted(void **state) {
  kit *k = *state;
  kit_run(k, "1 + 1");
  int64_t small = k->cost;
  assert_true(small > 0);
  kit_run(k, "[1, 2, 3].all(x, x > 0)");
  assert_true(k->cost > small);
}

static void memory_ends(void **state) {
  kit *k = *state;
  cel_program *p = cel_compile(k->a, k->env, TEXT("[1, 2, 3].map(x, [x, x])"), NULL, NULL);
  assert_non_null(p);
  bool done = false;
  for (size_t limit = 64; !done && limit < 65536; limit += 64) {
    arena *small AUTO_ARENA = arena_new(limit);
    cel_run run = {.a = small, .slot = kit_slot, .context = k};
    value v = cel_eval(p, &run);
    done = v.type == VALUE_LIST;
    if (!done) assert_int_equal(v.error->code, ERR_MEMORY);
  }
  assert_true(done);
  done = false;
  for (size_t limit = 64; !done && limit < 1 << 20; limit += 512) {
    arena *small AUTO_ARENA = arena_new(limit);
    err e = {0};
    cel_env *env = cel_env_new(small);
    if (!env || cel_env_add(env, "x", &cel_int) < 0) continue;
    text source = TEXT("[x].exists(y, y > 1) && 'a'.matches('a') && {'b': x}.b == 2");
    done = cel_compile(small, env, source, NULL, &e) != NULL;
    if (!done) assert_int_equal(e.code, ERR_MEMORY);
  }
  assert_true(done);
}

typedef struct racer {
  const cel_program *p;
  const cel_env *env;
  bool good;
} racer;

static void *race(void *context) {
  racer *r = context;
  r->good = true;
  for (int i = 0; i < 200; i++) {
    kit k = {.a = arena_new(0)};
    union {
      const cel_env *in;
      cel_env *out;
    } env = {r->env};
    k.env = env.out;
    cel_run run = {.a = k.a, .slot = kit_slot, .context = &k};
    value v = cel_eval(r->p, &run);
    r->good = r->good && v.type == VALUE_BOOL && v.yes;
    arena_free(k.a);
  }
  return NULL;
}

static void one_program_many_threads(void **state) {
  kit *k = *state;
  text source = TEXT("persons.exists(x, x.name.matches('^甲$')) && income > p.line && "
                     "timestamp('2024-03-01T00:00:00Z').getHours('Asia/Shanghai') == 8");
  racer racers[4];
  pthread_t threads[4];
  const cel_program *p = cel_compile(k->a, k->env, source, &cel_bool, NULL);
  assert_non_null(p);
  for (int i = 0; i < 4; i++) {
    racers[i] = (racer){p, k->env, false};
    assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
  }
  for (int i = 0; i < 4; i++) {
    pthread_join(threads[i], NULL);
    assert_true(racers[i].good);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {KIT_TEST(source_too_long), KIT_TEST(too_deep),
                                     KIT_TEST(too_many_steps),  KIT_TEST(steps_are_counted),
                                     KIT_TEST(memory_ends),     KIT_TEST(one_program_many_threads)};
  return cmocka_run_group_tests_name("cel_limits", tests, NULL, NULL);
}
