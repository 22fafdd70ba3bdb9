/* The front door: who may, is it a repeat, which verb; the day's beginning. */
#include "engine/inside.h"

#include <stdlib.h>

static bool apply_look(work *w, err *e);
static bool apply_import(work *w, err *e);
static bool apply_tick(work *w, err *e);

static const struct {
  const char *name;
  bool (*apply)(work *w, err *e);
} verbs[] = {
#define X(upper, lower) {#lower, apply_##lower},
    VERBS(X)
#undef X
};

const char *verb_name(verb v) {
  return verbs[v].name;
}

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

bool body_uuid(const json *body, const char *key, uuid *out, err *e) {
  if (uuid_parse(json_text(body, key), out)) return true;
  return err_set(e, ERR_BAD_INPUT, key, "“%s”必须是一个 UUID。", "\"%s\" must be a UUID.", key);
}

/* Does this entry of an import join those before it? Then it has their instant; else one of its
 * own, so that a replay can tell. */
static bool join(work *w, const uuid *root, err *e) {
  engine *g = w->g;
  if (g->pending.root_kind && root && uuid_equal(root, &g->pending.root)) {
    w->at_ms = g->pending.at_ms; /* the same import on the same day: see begin_entry */
    return true;
  }
  if (!settle_pending(g, e)) return false;
  if (g->replaying || !root || uuid_is_nil(&w->c->via) || w->at_ms != g->head.last_at_ms ||
      !uuid_equal(&w->c->via, &g->last.via) || !uuid_equal(root, &g->last.root))
    return true;
  w->at_ms++;
  if (day_of_ms(w->at_ms) == w->today) return true;
  return err_set(e, ERR_STORE, NULL, "正好跨过午夜，请再试一次。",
                 "It is just turning midnight; try again.");
}

/* Before anything is read for an entry: what waits is looked at, unless this entry may join it. */
static bool begin_entry(work *w, err *e) {
  const pending *p = &w->g->pending;
  if (!p->root_kind) return true;
  verb v = w->c->verb;
  bool may_join = (v == VERB_SUBJECT || v == VERB_FACTS || v == VERB_EVENT) &&
                  uuid_equal(&w->c->via, &p->via) && day_of_ms(p->at_ms) == w->today &&
                  (!w->g->replaying || w->at_ms == p->at_ms);
  return may_join || settle_pending(w->g, e);
}

bool work_append(work *w, const uuid *subject, const uuid *root, const char *area, err *e) {
  engine *g = w->g;
  if (!join(w, root, e)) return false;
  AUTO_BUF buf body = {0};
  json_canonical(&body, w->c->body);
  if (!buf_ok(&body)) return err_memory(e);
  entry x = {.seq = w->seq,
             .id = w->id,
             .at_ms = w->at_ms,
             .officer = w->c->who.officer,
             .verb = verb_name(w->c->verb),
             .via = w->c->via,
             .body = buf_view(&body)};
  if (subject) x.subject = w->out->subject = *subject;
  if (root) x.root = w->out->root = *root;
  if (area) {
    memcpy(x.area, area, strnlen(area, 12));
    memcpy(w->out->area, x.area, sizeof x.area);
  }
  x.link = entry_link(&g->head.link, &x);
  w->out->seq = x.seq;
  if (!store_append(g->s, &x, e)) {
    if (e)
      e->code = ERR_STORE; /* whatever failed, the batch must be tried again without this one */
    return false;
  }
  g->head.seq = x.seq;
  g->head.link = x.link;
  g->head.last_at_ms = x.at_ms;
  g->head.last_id = x.id;
  g->last = (tail){.via = x.via, .root = x.root};
  return true;
}

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
  return begin_entry(&w, e) && verbs[c->verb].apply(&w, e);
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

enum { TICK_UNITS_MAX = 200000 };

/* Looks again at every unit that asked to be woken by this day. */
static bool apply_tick(work *w, err *e) {
  if (!w->c->who.system && !w->g->replaying)
    return err_set(e, ERR_DENIED, NULL, "日切由系统自动进行。", "Days are begun by the system.");
  if (!work_append(w, NULL, NULL, NULL, e)) return false;
  for (size_t p = 0; p < w->g->packs.count; p++)
    for (size_t k = 0; k < w->g->packs.packs[p]->kind_count; k++) {
      const kind *of = &w->g->packs.packs[p]->kinds[k];
      if (of->parent >= 0) continue;
      arena *a AUTO_ARENA = arena_new(0);
      uuid *ids = NULL;
      size_t count = 0;
      if (!a) return err_memory(e);
      if (!store_due_to_wake(w->s, a, of, w->today, TICK_UNITS_MAX, &ids, &count, e)) return false;
      for (size_t i = 0; i < count; i++) {
        arena *one AUTO_ARENA = arena_new(0);
        answer ignored = {0};
        work each = *w;
        each.a = one;
        each.out = &ignored;
        if (!one) return err_memory(e);
        if (!settle(&each, of, &ids[i], e)) return false;
      }
    }
  return store_ticked(w->s, w->today, e);
}

static bool anything_wakes(engine *g, day today, bool *yes, err *e) {
  *yes = false;
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  for (size_t p = 0; p < g->packs.count && !*yes; p++)
    for (size_t k = 0; k < g->packs.packs[p]->kind_count && !*yes; k++) {
      const kind *of = &g->packs.packs[p]->kinds[k];
      uuid *ids = NULL;
      size_t count = 0;
      if (of->parent >= 0) continue;
      if (!store_due_to_wake(g->s, a, of, today, 1, &ids, &count, e)) return false;
      *yes = count > 0;
    }
  return true;
}

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

/* ---- entries without consequences ---- */

static bool apply_look(work *w, err *e) {
  uuid id;
  const kind *k = catalog_kind(&w->g->packs, json_text(w->c->body, "kind"), NULL);
  record *r = NULL;
  if (!body_uuid(w->c->body, "id", &id, e)) return false;
  if (k && !store_subject(w->s, w->a, k, &id, NULL, &r, e)) return false;
  if (!r && !w->g->replaying) return no_subject(e);
  if (!w->g->replaying && !actor_may(&w->c->who, &w->g->packs, RIGHT_SEE_CLEAR, r->area))
    return err_set(e, ERR_DENIED, NULL, "您的岗位不能查看完整的证件号、电话等信息。",
                   "Your post may not see masked fields in clear.");
  return work_append(w, &id, r ? &r->root : &id, r ? r->area : "", e);
}

static bool apply_import(work *w, err *e) {
  if (!w->g->replaying && !actor_may(&w->c->who, &w->g->packs, RIGHT_IMPORT, NULL))
    return err_set(e, ERR_DENIED, NULL, "您的岗位不能导入名册。",
                   "Your post may not import rosters.");
  return work_append(w, NULL, NULL, NULL, e);
}
