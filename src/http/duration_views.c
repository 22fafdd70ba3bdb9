#include "http/duration_views.h"

#include "base/json_fields.h"
#include "base/money.h"

void duration_put_terms(json_out *w, const pack *p, const duration *d, day on) {
  json_field_open(w, "duration", '{');
  json_field_str(w, "days", d->working_days ? "working" : "natural");
  if (d->limit >= 0) {
    arena *a AUTO_ARENA = arena_new(0);
    const parameter *limit = &p->parameters[d->limit];
    const dated_value *row = NULL;
    value v = a ? parameter_at(limit, a, on, &row) : (value){.type = VALUE_UNKNOWN};
    const char *reference = row && row->reference ? row->reference : limit->reference;
    json_field_open(w, "limit", '{');
    json_field_str(w, "parameter", limit->name);
    json_field_label(w, "title", limit->title);
    json_key(w, "days");
    if (v.type == VALUE_INT)
      json_put_int(w, v.i);
    else
      json_put_null(w);
    if (reference) json_field_str(w, "reference", reference);
    json_close(w, '}');
  }
  json_close(w, '}');
}

static void put_median(json_out *w, const char *key, const spell_sums *x) {
  json_key(w, key);
  if (x->has_median)
    json_put_int(w, x->median);
  else
    json_put_null(w);
}

void duration_put_sums(arena *a, json_out *w, const spell *const *items, size_t count) {
  spell_sums x = {0};
  char share[32];
  spells_sum(a, items, count, &x);
  put_median(w, "value", &x);
  json_field_open(w, "sums", '{');
  json_field_int(w, "count", x.count);
  json_field_int(w, "done", x.done);
  json_field_int(w, "late", x.late);
  json_field_int(w, "open", x.open);
  json_field_int(w, "overdue", x.overdue);
  json_field_int(w, "left", x.left);
  put_median(w, "median", &x);
  json_key(w, "share");
  if (x.has_share) {
    rate_format(x.share, share);
    json_put_str(w, share);
  } else {
    json_put_null(w);
  }
  json_field_bool(w, "provisional", x.provisional);
  json_close(w, '}');
}

void duration_put_spell(json_out *w, const spell *y) {
  json_field_day(w, "on", y->began);
  json_field_int(w, "what", y->days);
  json_field_str(w, "state", spell_state_name(y->state));
  json_field_day(w, "ended", y->ended);
  json_field_day(w, "due", y->due);
  json_field_bool(w, "provisional", y->provisional);
}
