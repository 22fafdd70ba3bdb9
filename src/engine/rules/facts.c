/* Facts: recording and withdrawing them; the numbers the engine gives. */
#include "engine/rules/facts.h"

#include "engine/units/repo_write.h"

#include <stdio.h>

bool events_have_times(const command_context *ctx, const kind *k) {
  const pack *p = catalog_pack_of(&ctx->engine->packs, k);
  for (size_t i = 0; i < p->event_count; i++)
    if (p->events[i].about == k->index && p->events[i].time_field >= 0) return true;
  return false;
}

when when_now(const command_context *ctx) {
  return (when){ctx->today, ctx->at_ms, ctx->seq};
}

when when_recorded_for(const command_context *ctx, day since) {
  return (when){since, moment_without_time(since, ctx->at_ms), ctx->seq};
}

bool fact_record(command_context *ctx, record *r, int index, const value *v, when since,
                 const char *source, err *e) {
  const field *d = &r->kind->fields[index];
  fact f = {.subject = r->id,
            .field = d->name,
            .seq = ctx->seq,
            .since = since.on,
            .moment = since.moment,
            .v = *v,
            .source = source,
            .officer = ctx->command->who.officer,
            .at_ms = ctx->at_ms};
  if (!store_fact_put(ctx->store, &f, d, e)) return false;
  if (since.on >= ctx->today && !events_have_times(ctx, r->kind)) {
    r->fields[index] = *v;
    return true;
  }
  /* Recorded late: it counts now only if nothing newer was recorded before. */
  return store_fact_now(ctx->store, ctx->a, r, d, &r->fields[index], e);
}

bool fact_of_event(command_context *ctx, const event *ev, const field *d, const value *v, err *e) {
  const fact f = {.subject = ev->subject,
                  .field = d->name,
                  .seq = ev->seq,
                  .since = ev->on,
                  .moment = ev->moment,
                  .v = *v,
                  .source = ev->kind->name,
                  .officer = ev->officer,
                  .at_ms = ev->at_ms};
  return store_fact_put(ctx->store, &f, d, e);
}

/* Facts that an event had set fall back to what was known without it. */
bool facts_withdraw(command_context *ctx, record *r, int64_t seq, err *e) {
  if (!store_facts_withdraw(ctx->store, &r->id, seq, e)) return false;
  for (size_t i = 0; i < r->kind->field_count; i++)
    if (!store_fact_now(ctx->store, ctx->a, r, &r->kind->fields[i], &r->fields[i], e)) return false;
  r->version = ctx->seq;
  return true;
}

bool facts_of_form(command_context *ctx, record *r, const field *fields, size_t count,
                   const value *form, const char *source, err *e) {
  bool any = false;
  for (size_t i = 0; i < count; i++) {
    if (fields[i].fact_index < 0 || form[i].type == VALUE_UNKNOWN) continue;
    if (!fact_record(ctx, r, fields[i].fact_index, &form[i], when_now(ctx), source, e))
      return false;
    any = true;
  }
  if (!any) return true;
  r->version = ctx->seq;
  return repo_save_subject(ctx, r, false, e);
}

/* ---- numbers ---- */

static bool serial_number_assign(command_context *ctx, const field *f, day on, value *ret, err *e) {
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

bool serial_numbers_assign(command_context *ctx, const field *fields, size_t count, day on,
                           value *values, err *e) {
  for (size_t i = 0; i < count; i++)
    if (fields[i].serial && !serial_number_assign(ctx, &fields[i], on, &values[i], e)) return false;
  return true;
}
