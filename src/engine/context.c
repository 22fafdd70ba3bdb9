/* One command on its way into the journal. */
#include "engine/context.h"

#include "engine/rules/evaluate.h"

bool body_uuid(const json *body, const char *key, uuid *out, err *e) {
  if (uuid_parse(json_text(body, key), out)) return true;
  return err_set(e, ERR_BAD_INPUT, key, "“%s”必须是一个 UUID。", "\"%s\" must be a UUID.", key);
}

/* From which day the facts hold: given, or today; never later than today. */
bool body_since(work *w, const char *key, bool required, day *out, err *e) {
  text s = json_text(w->c->body, key);
  if (!s.bytes && !required) {
    *out = w->today;
    return true;
  }
  day d;
  if (!day_parse(s, &d))
    return err_set(e, ERR_BAD_INPUT, key, "请填写日期，例如 2024-03-01。",
                   "Please give a day such as 2024-03-01.");
  if (d > w->today)
    return err_set(e, ERR_BAD_INPUT, key, "日期不能晚于今天，请改正。",
                   "The day may not be later than today; correct it.");
  *out = d;
  return true;
}

text json_text_of(work *w, const json *tree) {
  AUTO_BUF buf b = {0};
  if (tree)
    json_canonical(&b, tree);
  else
    buf_str(&b, "{}");
  char *copy = buf_ok(&b) ? arena_copy(w->a, b.at, b.bytes) : NULL;
  return copy ? (text){copy, b.bytes} : (text){NULL, 0};
}

bool in_sight(work *w, const char *area) {
  if (w->g->replaying) return true;
  reach r = actor_reach(&w->c->who);
  return reach_has(&r, area);
}

bool matches(work *w, int64_t version, err *e) {
  if (w->g->replaying || w->c->match == 0 || w->c->match == version) return true;
  return err_set(e, ERR_STALE, NULL, "别人刚刚处理过，请刷新后再办。",
                 "Someone has just acted on this; reload first.");
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
bool begin_entry(work *w, err *e) {
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
