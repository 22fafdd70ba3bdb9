/* What was decided of somebody else's empty tables. */
#include "store/rows/templates.h"

#include "store/row.h"

enum { TEMPLATES_LISTED = 500 };

const row_table store_table_template = {
    .name = "template",
    .derived = true,
    ROW_COLUMNS(template_choice, ROW_STR("fingerprint", template_choice, fingerprint, KEY),
                ROW_INT("seq", template_choice, seq, CHANGES),
                ROW_TEXT("title", template_choice, title, CHANGES),
                ROW_STR("of_rows", template_choice, rows, CHANGES),
                ROW_TEXT("filter", template_choice, filter, CHANGES),
                ROW_TEXT("columns", template_choice, columns, CHANGES),
                ROW_OPTIONAL_UUID("officer", template_choice, officer, CHANGES),
                ROW_INT("at", template_choice, at_ms, CHANGES))};

bool store_template_put(store *s, const template_choice *x, err *e) {
  return row_put(s, &store_table_template, x, e);
}

bool store_template_remove(store *s, const char *fingerprint, err *e) {
  const template_choice x = {.fingerprint = fingerprint, .rows = ""};
  return row_remove(s, &store_table_template, &x, e);
}

bool store_template_find(store *s, arena *a, text fingerprint, template_choice **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_template, "fingerprint = $2", e);
  if (!q) return false;
  db_bind_text(q, 2, fingerprint);
  return row_first(q, &store_table_template, a, ret, e);
}

bool store_templates(store *s, arena *a, template_choice **ret, size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_template, "1 = 1 ORDER BY seq DESC LIMIT $2", e);
  if (!q) return false;
  db_bind_int(q, 2, TEMPLATES_LISTED);
  return row_list(q, &store_table_template, a, ret, ret_count, e);
}
