/* What may be done now: the guards of transitions and measures. */
#include "engine/rules/guards.h"

bool guard_load_extra(store *s, arena *a, const casework *c, unit_extra *extra, err *e) {
  measure *measures = NULL;
  finding *findings = NULL;
  size_t measure_count = 0, finding_count = 0;
  if (!store_measures_of(s, a, &c->root, &measures, &measure_count, e) ||
      !store_findings_of(s, a, &c->root, true, &findings, &finding_count, e))
    return false;
  extra->casework = c;
  for (size_t i = 0; i < measure_count; i++)
    extra->done_measures +=
        uuid_equal(&measures[i].case_id, &c->id) && strcmp(measures[i].state, "done") == 0;
  for (size_t i = 0; i < finding_count; i++)
    extra->open_findings += findings[i].colour > COLOUR_GREEN;
  return true;
}

/* "因为还不知道：…": the facts that a guard or an amount waits for. */
static void say_missing(unit *u, const kind *about, const value *v, bool english, buf *b) {
  for (const missing *m = v->missing; m; m = m->next) {
    label l = unit_missing_title(u, about, m->name);
    buf_printf(b, "%s%s", b->bytes ? (english ? ", " : "、") : "", english ? l.en : l.zh);
  }
}

/* A guard's answer as an error: true passes. */
bool guard_check(unit *u, const record *about, const value *v, label unless, err *why) {
  if (v->type == VALUE_BOOL && v->yes) return true;
  if (v->type == VALUE_UNKNOWN) {
    AUTO_BUF buf zh = {0}, en = {0};
    say_missing(u, about->kind, v, false, &zh);
    say_missing(u, about->kind, v, true, &en);
    return err_set(why, ERR_NOT_ALLOWED, NULL, "%s（现在无法判断，因为还不知道：%s）",
                   "%s (it cannot be told now, because this is not known: %s)", LABEL(unless),
                   ZH_EN(buf_view(&zh).at, buf_view(&en).at));
  }
  return err_set(why, ERR_NOT_ALLOWED, NULL, "%s", "%s", LABEL(unless));
}

bool guard_transition_allowed(unit *u, const record *about, const transition *t,
                              const unit_extra *extra, err *why) {
  if (!t->when) return true;
  value v = unit_eval(u, about, &t->scope, t->when, extra);
  return guard_check(u, about, &v, t->otherwise_message, why);
}

/* ---- taking a step back ---- */

int guard_last_step(const step *steps, size_t count) {
  for (size_t i = count; i-- > 0;)
    if (!steps[i].taken_back)
      return steps[i].transition[0] && strcmp(steps[i].transition, CASE_TAKEN_IN) != 0 ? (int)i
                                                                                       : -1;
  return -1;
}

bool guard_may_take_back(store *s, const actor *who, const catalog *packs, const pack *p,
                         const casework *c, const transition *t, const step *last) {
  const bool own = !uuid_is_nil(&who->officer) && uuid_equal(&last->officer, &who->officer) && t;
  return (own && actor_holds_unit(who, p, t->who, s, c->area, &c->root)) ||
         actor_may_unit(who, packs, RIGHT_DECIDE, p, s, c->area, &c->root);
}

/* ---- measures ---- */

/* From → to, and whose word it takes. */
static const struct {
  const char *from, *to;
  bool approver;
} moves[] = {
    {"proposed", "approved", true}, {"proposed", "refused", true}, {"proposed", "stopped", false},
    {"approved", "running", false}, {"approved", "done", false},   {"approved", "stopped", false},
    {"running", "done", false},     {"running", "stopped", false},
};

bool guard_is_proposer(const actor *who, const measure *m) {
  return !who->system && !uuid_is_nil(&who->officer) && uuid_equal(&who->officer, &m->proposed_by);
}

bool guard_measure_allowed(store *s, const actor *who, const pack *p, const measure_kind *k,
                           const measure *m, const char *to) {
  for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
    if (strcmp(moves[i].from, m->state) == 0 && strcmp(moves[i].to, to) == 0)
      return !(moves[i].approver && guard_is_proposer(who, m)) &&
             (actor_holds_unit(who, p, k->approve, s, m->area, &m->root) ||
              (!moves[i].approver && actor_holds_unit(who, p, k->propose, s, m->area, &m->root)));
  return false;
}

bool guard_measure_move(const char *from, text to) {
  for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
    if (strcmp(moves[i].from, from) == 0 && text_is(to, moves[i].to)) return true;
  return false;
}
