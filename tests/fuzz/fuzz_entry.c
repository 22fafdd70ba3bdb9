/* Fuzzes one journal entry on a county: the first line is its verb, behind "!" when it comes from a
 * journal that is replayed (a backup, another's export), where less is checked than of an officer's
 * request; the rest is its body. Nothing is kept. */
#include "county.h"

#include "engine/state.h"

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerInitialize(int *count, char ***words) {
  (void)count;
  (void)words;
  county_begin("2025-03-03");
  return 0;
}

/* What is no verb is one all the same. */
static verb verb_of(text name) {
  for (int v = 0; v <= VERB_TICK; v++)
    if (text_is(name, verb_name((verb)v))) return (verb)v;
  return (verb)(name.bytes ? (unsigned char)name.at[0] % (VERB_TICK + 1) : VERB_EVENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  arena *a AUTO_ARENA = arena_new(64 << 20);
  err e = {0};
  const char *end = bytes ? memchr(data, '\n', bytes) : NULL;
  if (!end) return 0;
  text line = {(const char *)data, (size_t)(end - (const char *)data)};
  json *body = json_parse(a, (text){end + 1, bytes - line.bytes - 1}, &e);
  if (!body) return 0;
  bool replay = line.bytes && line.at[0] == '!';
  text name = {line.at + replay, line.bytes - replay};
  command c = {.verb = verb_of(name),
               .id = next_id(fuzzed),
               .who = everyone,
               .at_ms = morning(fuzzed->today) + 1,
               .body = body};
  answer x;
  MUST(engine_begin(fuzzed->g, &e));
  fuzzed->g->replaying = replay;
  bool ok = engine_apply(fuzzed->g, &c, a, &x, &e);
  fuzzed->g->replaying = false;
  if (ok)
    MUST(x.repeated || fuzzed->g->head.seq == x.seq);
  else
    must_be_told(&e);
  engine_rollback(fuzzed->g);
  return 0;
}
