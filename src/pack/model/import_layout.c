/* The field that a column fills. */
#include "pack/model/pack.h"

static const field the_day = {.name = "on",
                              .title = {"日期", "day"},
                              .help = {"", ""},
                              .type = FIELD_DATE,
                              .required = true,
                              .min = 1,
                              .max = 0,
                              .fact_index = -1,
                              .check_message = {"", ""}};

const field *import_field(const pack *p, const import_layout *l, const import_column *c) {
  if (c->is_day) return &the_day;
  return c->kind < 0 ? &p->events[l->event].fields[c->field] : &p->kinds[c->kind].fields[c->field];
}
