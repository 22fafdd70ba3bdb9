/* Facts: saying them, taking them back; what follows from an event; what the engine numbers. */
#include "engine/rules/facts.h"

#include "engine/eval/unit_eval.h"
#include "engine/units/repo_read.h"

#include <stdio.h>
#include <stdlib.h>

bool fact_record(command_context *ctx, record *r, int index, const value *v, day since,
                 const char *source, err *e) {
  const field *d = &r->kind->fields[index];
  fact f = {.subject = r->id,
            .field = d->name,
            .seq = ctx->seq,
            .since = since,
            .v = *v,
            .source = source,
            .officer = ctx->command->who.officer,
            .at_ms = ctx->at_ms};
  if (!store_fact_put(ctx->store, &f, d, e)) return false;
  if (since >= ctx->today) {
    r->fields[index] = *v;
    return true;
  }
  /* Said late: it counts now only if nothing newer was said before. */
  return store_fact_now(ctx->store, ctx->a, r, d, &r->fields[index], e);
}

/* Facts that an event had set fall back to what was known without it. */
bool facts_withdraw(command_context *ctx, record *r, int64_t seq, err *e) {
  if (!store_facts_withdraw(ctx->store, &r->id, seq, e)) return false;
  for (size_t i = 0; i < r->kind->field_count; i++)
    if (!store_fact_now(ctx->store, ctx->a, r, &r->kind->fields[i], &r->fields[i], e)) return false;
  r->version = ctx->seq;
  return true;
}

/* ---- facts that follow ---- */

static int by_code(const void *a, const void *b) {
  return text_compare(((const value *)a)->s, ((const value *)b)->s);
}

/* As the field keeps it: several choices sorted, distinct, and only those it has. */
static bool as_stored(arena *a, const field *f, value *v) {
  if (f->type != FIELD_CHOICES || v->type != VALUE_LIST) return true;
  value *items = ARENA_ARRAY(a, v->list->count, value);
  value_list *list = ARENA_NEW(a, value_list);
  if (!items || !list) return false;
  size_t n = 0;
  for (size_t i = 0; i < v->list->count; i++)
    if (v->list->items[i].type == VALUE_STRING && choice_find(f, v->list->items[i].s))
      items[n++] = v->list->items[i];
  if (n) qsort(items, n, sizeof *items, by_code);
  size_t left = n > 0;
  for (size_t i = 1; i < n; i++)
    if (by_code(&items[left - 1], &items[i]) != 0) items[left++] = items[i];
  *list = (value_list){left, items};
  *v = left || f->empty_title.zh[0] ? (value){.type = VALUE_LIST, .list = list}
                                    : value_missing(a, f->name);
  return true;
}

bool event_compute_effects(command_context *ctx, const event *ev, record *r, value **ret, err *e) {
  const event_kind *k = ev->kind;
  *ret = NULL;
  if (k->set_count == 0) return true;
  value *values = ARENA_ARRAY(ctx->a, k->set_count, value);
  unit *u = repo_load_event_unit(ctx, ev, r, e);
  if (!values || !u) return u ? err_memory(e) : false;
  for (size_t i = 0; i < k->set_count; i++) {
    values[i] = unit_event_eval(u, ev, k->sets[i].value);
    if (!as_stored(ctx->a, &r->kind->fields[k->sets[i].field], &values[i])) return err_memory(e);
  }
  *ret = values;
  return true;
}

bool event_apply_effects(command_context *ctx, const event *ev, record *r, const value *values,
                         bool *any, err *e) {
  for (size_t i = 0; values && i < ev->kind->set_count; i++) {
    if (values[i].type == VALUE_UNKNOWN || values[i].type == VALUE_ERROR) continue;
    if (!fact_record(ctx, r, ev->kind->sets[i].field, &values[i], ev->on, ev->kind->name, e))
      return false;
    *any = true;
  }
  return true;
}

/* ---- numbers ---- */

static bool assign_serial_number(command_context *ctx, const field *f, day on, value *ret, err *e) {
  char day_text[11], n_text[24];
  int64_t n = 0;
  AUTO_BUF buf b = {0};
  day_format(on, day_text);
  bool by_year = strstr(f->serial, "{year}") != NULL;
  /* what is written alike is one series, whichever step gives it */
  if (!store_serial_next(ctx->store, f->serial, by_year ? day_to_ymd(on).year : 0, &n, e))
    return false;
  snprintf(n_text, sizeof n_text, "%lld", (long long)n);
  for (const char *c = f->serial; *c;) {
    if (strncmp(c, "{n}", 3) == 0) {
      buf_str(&b, n_text);
      c += 3;
    } else if (strncmp(c, "{year}", 6) == 0) {
      buf_add(&b, day_text, 4);
      c += 6;
    } else {
      buf_char(&b, *c++);
    }
  }
  char *copy = buf_ok(&b) ? arena_copy(ctx->a, b.at, b.bytes) : NULL;
  if (!copy) return err_memory(e);
  *ret = value_string((text){copy, b.bytes});
  return true;
}

bool assign_serial_numbers(command_context *ctx, const field *fields, size_t count, day on,
                           value *values, err *e) {
  for (size_t i = 0; i < count; i++)
    if (fields[i].serial && !assign_serial_number(ctx, &fields[i], on, &values[i], e)) return false;
  return true;
}
