/* The front door: who may, is it a repeat, which verb; the day's beginning. */
#include "engine/commands/commands.h"
#include "engine/context.h"
#include "engine/rules/evaluate.h"

#include <stdlib.h>

static bool (*const verbs[])(work *w, err *e) = {
#define X(upper, lower) apply_##lower,
    VERBS(X)
#undef X
};

/* ---- opening ---- */

static bool read_tail(engine *g, arena *a, err *e) {
  entry *last = NULL;
  if (g->head.seq && !store_entry(g->s, a, &g->head.last_id, &last, e)) return false;
  if (last) g->last = g->committed_last = (tail){.via = last->via, .root = last->root};
  return true;
}

engine *engine_open(const char *place, const char *calendar_path, err *e) {
  engine *g = calloc(1, sizeof *g);
  if (!g) {
    err_memory(e);
    return NULL;
  }
  g->looked = DAY_NONE;
  g->calendar = calendar_load(calendar_path, e);
  g->s = g->calendar ? store_open(place, DB_WRITE, NULL, e) : NULL;
  arena *a AUTO_ARENA = arena_new(0);
  text *bodies = NULL;
  size_t count = 0;
  bool ok = g->s && (a || err_memory(e)) && store_pack_bodies(g->s, a, &bodies, &count, e);
  for (size_t i = 0; ok && i < count; i++) ok = engine_load_pack(g, bodies[i], e);
  ok = ok && store_use_packs(g->s, &g->packs, false, e) && store_county_read(g->s, &g->head, e) &&
       read_tail(g, a, e);
  if (!ok) {
    engine_close(g);
    return NULL;
  }
  g->committed = g->head;
  return g;
}

void engine_close(engine *g) {
  if (!g) return;
  cache_free(g->cache);
  free(g->stale);
  store_close(g->s);
  for (size_t i = 0; i < CATALOG_MAX; i++) pack_free(g->owned[i]);
  calendar_free(g->calendar);
  free(g);
}

store *engine_store(engine *g) {
  return g->s;
}

const catalog *engine_packs(const engine *g) {
  return &g->packs;
}

const calendar *engine_calendar(const engine *g) {
  return g->calendar;
}

/* ---- applying ---- */

/* A command that came before: the same content answers like the first time, other content is a
 * conflict. */
static bool find_repeat(work *w, bool *again, err *e) {
  entry *before = NULL;
  if (!store_entry(w->s, w->a, &w->id, &before, e)) return false;
  *again = before != NULL;
  if (!before) return true;
  AUTO_BUF buf body = {0};
  json_canonical(&body, w->c->body);
  if (!buf_ok(&body)) return err_memory(e);
  if (strcmp(before->verb, verb_name(w->c->verb)) != 0 ||
      !text_equal(before->body, buf_view(&body)))
    return err_set(e, ERR_CONFLICT, "id",
                   "这个编号已经登记过另一份内容。要更正，请先撤回原来的那份。",
                   "This id is taken by other content. To correct it, withdraw the first one.");
  w->out->again = true;
  w->out->seq = before->seq;
  w->out->subject = before->subject;
  w->out->root = before->root;
  memcpy(w->out->area, before->area, sizeof before->area);
  return true;
}

static bool apply_as(engine *g, const command *c, int64_t at_ms, arena *a, answer *out, err *e) {
  *out = (answer){0};
  if (!c->body)
    return err_set(e, ERR_BAD_INPUT, NULL, "请求没有内容。", "The request has no content.");
  if (at_ms < g->head.last_at_ms)
    at_ms = g->head.last_at_ms; /* the journal's clock never runs back */
  work w = {.g = g,
            .s = g->s,
            .a = a,
            .c = c,
            .out = out,
            .seq = g->head.seq + 1,
            .at_ms = at_ms,
            .today = day_of_ms(at_ms),
            .id = c->id};
  bool again = false;
  if (!g->replaying && !find_repeat(&w, &again, e)) return false;
  if (again) return true;
  cache_sweep(g->cache);
  return begin_entry(&w, e) && verbs[c->verb](&w, e);
}

bool engine_apply(engine *g, const command *c, arena *a, answer *out, err *e) {
  return apply_as(g, c, c->at_ms ? c->at_ms : now_ms(), a, out, e);
}

void engine_gather(engine *g) {
  g->gathering = true;
}

bool engine_finish(engine *g, err *e) {
  return settle_pending(g, e);
}

void engine_committed(engine *g) {
  g->committed = g->head;
  g->committed_last = g->last;
  cache_committed(g->cache);
  g->packs_changed = false;
}

void engine_rolled_back(engine *g) {
  if (g->head.seq != g->committed.seq) g->looked = DAY_NONE; /* a tick may be among what is gone */
  g->head = g->committed;
  g->last = g->committed_last;
  g->pending = (pending){0};
  g->stale_count = 0;
  if (g->packs_changed) cache_clear(g->cache);
  cache_rolled_back(g->cache);
}

/* ---- days ---- */

bool engine_tick(engine *g, int64_t at_ms, arena *a, bool *ticked, err *e) {
  *ticked = false;
  if (at_ms < g->head.last_at_ms) at_ms = g->head.last_at_ms;
  day today = day_of_ms(at_ms);
  if (g->head.seq == 0 || g->looked == today) return true;
  if (!settle_pending(g, e)) return false;
  bool yes = false;
  if (!anything_wakes(g, today, &yes, e)) return false;
  if (yes) {
    AUTO_BUF buf b = {0};
    char on[11];
    day_format(today, on);
    buf_printf(&b, "{\"day\":\"%s\"}", on);
    json *body = buf_ok(&b) ? json_parse(a, buf_view(&b), e) : NULL;
    if (!body) return buf_ok(&b) ? false : err_memory(e);
    AUTO_BUF buf name = {0};
    buf_printf(&name, "tick/%s/%lld", on, (long long)g->head.seq);
    command c = {.verb = VERB_TICK,
                 .id = uuid_derived(&g->head.last_id, buf_view(&name)),
                 .who = {.system = true},
                 .body = body};
    answer out;
    if (!apply_as(g, &c, at_ms, a, &out, e)) return false;
    *ticked = true;
  }
  g->looked = today;
  return true;
}
