/* One file of the mini pack is the fuzzed input: the first byte says which. Nothing but faults may
 * come of it. */
#include "../unit/mini_pack.h"
#include "pack/json.h"
#include "pack/load/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  if (bytes == 0) return 0;
  pack_file files[MINI_FILES];
  memcpy(files, mini_pack, sizeof mini_pack);
  files[data[0] % MINI_FILES].body = (text){(const char *)data + 1, bytes - 1};
  faults f = {0};
  pack *p = pack_from_files(files, MINI_FILES, NULL, 0, &f);
  if (!p && f.total == 0) __builtin_trap(); /* refused without a reason */
  if (p) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    pack_put_json(&w, p, UINT32_MAX);
    arena *a AUTO_ARENA = arena_new(0);
    err e;
    if (a && !json_parse(a, buf_view(&b), &e)) __builtin_trap();
  }
  for (size_t i = 0; i < f.count; i++)
    if (!f.items[i].where[0] || !text_valid_utf8(text_of(f.items[i].zh))) __builtin_trap();
  pack_free(p);
  faults_release(&f);
  return 0;
}
