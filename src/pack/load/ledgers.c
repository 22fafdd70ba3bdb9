/* ledgers.yaml: the tables a programme keeps (台账). What one shows is read by the same words as a
 * table that is asked for once (pack/model/ledger.h); here it is tried, so that its faults are told
 * with their place. */
#include "pack/load/asked.h"
#include "pack/load/parts.h"

#include "pack/model/ledger.h"

static void tell(const doc *d, const yaml *item, const err *why) {
  const char *rest;
  const yaml *at = asked_node(item, why->where, &rest);
  if (*rest)
    FAULT(d, at, "（%s）%s", "(%s) %s", rest + 1, LABEL(*why));
  else
    FAULT(d, at, "%s", "%s", LABEL(*why));
}

static bool read_ledger(const doc *d, const yaml *item, names before, ledger_spec *x) {
  loader *l = d->l;
  if (!load_is_map(d, item)) return false;
  load_only_keys(
      d, item, "name title rows columns filter sort per group_by pivot subtotals totals all_areas");
  *x = (ledger_spec){.name = load_name(d, item, "name"),
                     .title = load_title(d, item, "title", true)};
  int per = load_word(d, item, "per", "day week month quarter year", -1);
  x->has_period = per >= 0;
  if (x->has_period) x->per = (period_kind)per;
  json *asked = asked_json(l, item);
  x->asked = asked;
  if (!x->name || !asked || !load_is_new(d, item, before, x->name)) return false;
  ledger tried;
  err why;
  catalog own = {.packs = {l->p}, .count = 1};
  bool ok = ledger_read(l->a, &own, asked, false, false, &tried, &why);
  if (!ok) tell(d, item, &why);
  return ok;
}

void pack_read_ledgers(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "ledgers", &n);
  ledger_spec *all = TAKE(l, n, ledger_spec);
  if (!parts || !all) return;
  l->p->ledgers = all;
  for (size_t i = 0; i < n; i++)
    if (read_ledger(parts[i].d, parts[i].at, NAMES(all, l->p->ledger_count),
                    &all[l->p->ledger_count]))
      l->p->ledger_count++;
}
