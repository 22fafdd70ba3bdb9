/* What areas and officers are called. */
#include "ledger/ledger_internal.h"

#include <stdlib.h>

static int by_id(const void *x, const void *y) {
  return memcmp(&((const officer *)x)->id, &((const officer *)y)->id, sizeof(uuid));
}

static int by_code(const void *code, const void *x) {
  return strcmp(code, ((const area *)x)->code);
}

bool ledger_names_load(store *s, arena *a, ledger_names *ret, err *e) {
  *ret = (ledger_names){0};
  if (!store_areas_ever(s, a, &ret->areas, &ret->area_count, e) ||
      !store_officers(s, a, &ret->officers, &ret->officer_count, e))
    return false;
  if (ret->officer_count) qsort(ret->officers, ret->officer_count, sizeof *ret->officers, by_id);
  return true;
}

text ledger_area_name(const ledger_names *n, const char *code) {
  const area *x =
      n->area_count ? bsearch(code, n->areas, n->area_count, sizeof *n->areas, by_code) : NULL;
  return text_of(x ? x->name : code);
}

text ledger_officer_name(const ledger_names *n, text login) {
  for (size_t i = 0; i < n->officer_count; i++)
    if (text_is(login, n->officers[i].login)) return text_of(n->officers[i].name);
  return login;
}

text ledger_officer_of(const ledger_names *n, const uuid *id) {
  const officer key = {.id = *id};
  const officer *x = n->officer_count && !uuid_is_nil(id)
                         ? bsearch(&key, n->officers, n->officer_count, sizeof key, by_id)
                         : NULL;
  return x ? text_of(x->name) : TEXT("");
}
