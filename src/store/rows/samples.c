/* Samples as they were drawn. */
#include "store/rows/samples.h"

#include "store/row.h"

const row_table store_table_sample = {
    .name = "sample",
    .derived = true,
    .indexes = ROW_INDEXES("pack, seq"),
    ROW_COLUMNS(
        sample, ROW_UUID("id", sample, id, KEY), ROW_INT("seq", sample, seq, FIXED),
        ROW_STR("pack", sample, pack, FIXED), ROW_STR("plan", sample, plan, FIXED),
        ROW_STR("kind", sample, kind, FIXED), ROW_TEXT("title", sample, title, FIXED),
        ROW_TEXT("seed", sample, seed, FIXED), ROW_AREA("area", sample, area, FIXED),
        ROW_DAY("drawn_on", sample, on, FIXED),
        ROW_OPTIONAL_UUID("subject", sample, subject, FIXED),
        ROW_BOOL("stratified", sample, stratified, FIXED),
        ROW_INT("population", sample, population, FIXED), ROW_INT("size", sample, size, FIXED),
        ROW_INT("confidence", sample, confidence, FIXED),
        ROW_INT("margin", sample, precision, FIXED), ROW_INT("expected", sample, expected, FIXED),
        ROW_TEXT("strata", sample, strata, FIXED), ROW_TEXT("members", sample, members, FIXED),
        ROW_OPTIONAL_UUID("officer", sample, officer, FIXED), ROW_INT("at", sample, at_ms, FIXED))};

bool store_sample_put(store *s, const sample *x, err *e) {
  return row_put(s, &store_table_sample, x, e);
}

bool store_sample_find(store *s, arena *a, const uuid *id, sample **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_sample, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return row_first(q, &store_table_sample, a, ret, e);
}

bool store_samples(store *s, arena *a, const char *pack, sample **ret, size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_sample, "pack = $2 ORDER BY seq DESC", e);
  if (!q) return false;
  db_bind_str(q, 2, pack);
  return row_list(q, &store_table_sample, a, ret, ret_count, e);
}
