/* Fuzzes a filter as it stands behind `?filter=`: compiled in the scope of a kind, then asked of a
 * unit with children and events. */
#include "county.h"

#include "engine/eval/unit_eval.h"

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerInitialize(int *count, char ***words) {
  (void)count;
  (void)words;
  county_begin("2025-03-03");
  return 0;
}

static void ask(arena *a, const cel_program *filter, const kind *k) {
  err e = {0};
  uuid id = id_of(fuzzed_garden);
  unit *u = unit_load(fuzzed->s, a, kind_named(fuzzed, "garden"), &id, NULL,
                      (as_of){fuzzed->today, engine_calendar(fuzzed->g)}, &e);
  MUST(u);
  for (size_t i = 0; i < u->child_count; i++) {
    const record *about = u->children[i];
    if (about->kind != k) continue;
    value v = unit_eval(u, about, &k->scope, filter, NULL);
    MUST(v.type == VALUE_BOOL || v.type == VALUE_UNKNOWN || v.type == VALUE_ERROR);
  }
  if (k == u->root->kind) {
    value v = unit_eval(u, u->root, &k->scope, filter, NULL);
    MUST(v.type == VALUE_BOOL || v.type == VALUE_UNKNOWN || v.type == VALUE_ERROR);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  arena *a AUTO_ARENA = arena_new(256 << 20);
  err e = {0};
  if (!bytes) return 0;
  const kind *k = kind_named(fuzzed, data[0] & 1 ? "tree" : "garden");
  text source = {(const char *)data + 1, bytes - 1};
  if (!text_valid_utf8(source)) return 0; /* parameters of addresses are looked at before */
  cel_program *filter = cel_compile(a, k->scope.env, source, &cel_bool, &e);
  if (!filter) {
    must_be_told(&e);
    return 0;
  }
  MUST(db_begin_read(store_db(fuzzed->s), &e));
  ask(a, filter, k);
  db_end_read(store_db(fuzzed->s));
  return 0;
}
