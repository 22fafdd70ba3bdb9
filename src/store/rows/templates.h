/* templates.h — what was decided of somebody else's empty tables: which column each heading is
 * filled from. County-wide, known again by the headings' fingerprint (ledger/headings.h). */
#ifndef JISHI_STORE_ROWS_TEMPLATES_H
#define JISHI_STORE_ROWS_TEMPLATES_H

#include "store/store.h"

typedef struct template_choice {
  const char *fingerprint;
  int64_t seq;      /* of the entry */
  text title;       /* of the table it was decided for */
  const char *rows; /* a kind, or a kind of event */
  text filter;      /* CEL over the rows; "" */
  text columns; /* JSON: for each heading in order {"heading", "column": a ledger's column or null}
                 */
  uuid officer;
  int64_t at_ms;
} template_choice;
bool store_template_put(store *s, const template_choice *x, err *e);
bool store_template_remove(store *s, const char *fingerprint, err *e);
/* NULL: nothing was decided. */
bool store_template_find(store *s, arena *a, text fingerprint, template_choice **ret, err *e);
/* Newest first. */
bool store_templates(store *s, arena *a, template_choice **ret, size_t *ret_count, err *e);

#endif
