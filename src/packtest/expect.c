/* What a step expects, compared with what is there. */
#include "engine/duties/follow_ups.h"
#include "engine/duties/lines.h"
#include "engine/eval/display.h"
#include "engine/eval/reasons.h"
#include "engine/eval/unit_eval.h"
#include "packtest/expect.h"

#include "base/money.h"

static void say_missing(const expectation *l, const record *about, const value *v, buf *b) {
  buf_str(b, "无法判断 (cannot tell), missing:");
  for (const missing *m = v->missing; m; m = m->next) {
    label title = unit_missing_title(l->u, about->kind, m->name);
    buf_printf(b, " %s（%s）", m->name, title.zh);
  }
}

void expectation_print(const expectation *l, const value *v, const cel_type *t, buf *b) {
  if (v->type == VALUE_UNKNOWN)
    say_missing(l, l->about, v, b);
  else if (v->type == VALUE_ERROR)
    buf_printf(b, "error: %s", v->error->zh);
  else
    value_print(b, v, t);
}

/* ---- variables ---- */

bool expectation_number(const cel_type *t, text s, int64_t *ret_n) {
  day d;
  switch (t->unit) {
  case UNIT_MONEY:
    return money_parse_yuan(s, ret_n);
  case UNIT_RATE:
    return rate_parse(s, ret_n);
  case UNIT_NUMBER:
    return decimal_parse(s, ret_n);
  case UNIT_DATE:
    if (!day_parse(s, &d)) return false;
    *ret_n = d;
    return true;
  case UNIT_NONE:
    break;
  }
  return text_to_int(s, ret_n);
}

static bool is_near(int64_t a, int64_t b, int64_t margin) {
  int64_t off;
  if (__builtin_sub_overflow(a, b, &off)) return false;
  return off >= -margin && off <= margin;
}

bool expectation_matches(const value *v, const cel_type *t, const yaml *want, int64_t margin) {
  int64_t n;
  bool yes;
  if (yaml_is_null(want) || text_is(want->s, "unknown")) return v->type == VALUE_UNKNOWN;
  if (v->type == VALUE_BOOL) return yaml_as_bool(want, &yes) && yes == v->yes;
  if (v->type == VALUE_INT && t && t->kind == CEL_INT)
    return expectation_number(t, want->s, &n) && is_near(n, v->i, margin);
  if (v->type == VALUE_INT) return text_to_int(want->s, &n) && n == v->i;
  if (v->type == VALUE_STRING) return text_equal(want->s, v->s);
  if (v->type == VALUE_LIST && want->type == YAML_LIST) {
    bool same = v->list->count == want->count;
    for (size_t i = 0; same && i < want->count; i++)
      same = v->list->items[i].type == VALUE_STRING &&
             text_equal(v->list->items[i].s, want->items[i].s);
    return same;
  }
  if (v->type == VALUE_UNKNOWN || v->type == VALUE_ERROR) return false;
  AUTO_BUF buf b = {0};
  value_print(&b, v, t);
  return text_equal(buf_view(&b), want->s);
}

static const rule *rule_named(const pack *p, text name) {
  for (size_t i = 0; i < p->rule_count; i++)
    if (text_is(name, p->rules[i].name)) return &p->rules[i];
  return NULL;
}

bool expectation_value(const expectation *l, text name, value *ret_v, const cel_type **ret_t) {
  const pack *p = l->p->pack;
  const kind *k = l->about->kind;
  for (size_t i = 0; i < p->variable_count; i++)
    if (p->variables[i].of == k->index && text_is(name, p->variables[i].name)) {
      *ret_v = unit_variable(l->u, l->about, &p->variables[i]);
      *ret_t = p->variables[i].type;
      return true;
    }
  for (size_t i = 0; i < p->aggregate_count; i++)
    if (p->aggregates[i].of == k->index && text_is(name, p->aggregates[i].name)) {
      *ret_v = unit_aggregate(l->u, l->about, &p->aggregates[i]);
      *ret_t = p->aggregates[i].type;
      return true;
    }
  const field *f = field_find(k->fields, k->field_count, name);
  const rule *r = f ? NULL : rule_named(p, name);
  if (f) {
    *ret_v = l->about->fields[f - k->fields];
    *ret_t = f->type_in_cel;
  } else if (r && r->of == k->index) {
    *ret_v = unit_eval(l->u, l->about, &k->scope, r->when, NULL);
    *ret_t = &cel_bool;
  }
  return f || (r && r->of == k->index);
}

static bool is_listed(const yaml *list, text name) {
  for (size_t i = 0; list && i < list->count; i++)
    if (text_equal(list->items[i].s, name)) return true;
  return false;
}

/* A value that hangs on holidays nobody has announced yet passes only when the test says so. */
static void expect_provisional(const expectation *l, const yaml *want, text name, bool provisional,
                               const yaml *list) {
  bool listed = is_listed(list, name);
  if (provisional && !listed)
    case_differs(l->p, want,
                 "%.*s counts working days of a year without a holiday notice; "
                 "write \"provisional: [%.*s]\" where that is meant",
                 (int)name.bytes, name.at, (int)name.bytes, name.at);
  if (!provisional && listed)
    case_differs(l->p, want, "provisional: %.*s is not", (int)name.bytes, name.at);
}

static void expect_variables(expectation *l, const yaml *map, const yaml *provisional) {
  for (size_t i = 0; i < map->count; i++) {
    text name = map->keys[i].s;
    const yaml *want = &map->items[i];
    value v;
    const cel_type *t = NULL;
    l->u->provisional = false;
    if (!expectation_value(l, name, &v, &t)) {
      case_differs(l->p, want, "variables: %s has no \"%.*s\"", l->about->kind->name,
                   (int)name.bytes, name.at);
      continue;
    }
    expect_provisional(l, want, name, l->u->provisional, provisional);
    if (expectation_matches(&v, t, want, 0)) continue;
    AUTO_BUF buf b = {0};
    expectation_print(l, &v, t, &b);
    case_differs(l->p, want, "variables: expected %.*s: %.*s, got %s", (int)name.bytes, name.at,
                 (int)want->s.bytes, want->s.at, b.at ? b.at : "");
  }
}

/* ---- findings ---- */

/* The first subject of the unit about which the rule cannot tell. */
static const record *cannot_tell(const expectation *l, const rule *r, value *ret_v) {
  for (size_t i = 0; i <= l->u->child_count; i++) {
    record *about = i ? l->u->children[i - 1] : l->u->root;
    if (about->kind->index != r->of) continue;
    *ret_v = unit_eval(l->u, about, &about->kind->scope, r->when, NULL);
    if (ret_v->type == VALUE_UNKNOWN) return about;
  }
  return NULL;
}

static void expect_findings(expectation *l, const yaml *map, const yaml *listed,
                            const finding *open, size_t count) {
  for (size_t i = 0; i < map->count; i++) {
    const yaml *want = &map->items[i];
    const rule *r = rule_named(l->p->pack, map->keys[i].s);
    if (!r) {
      case_differs(l->p, want, "findings: the pack has no rule \"%.*s\"", (int)map->keys[i].s.bytes,
                   map->keys[i].s.at);
      continue;
    }
    const char *got = "none";
    bool provisional = false;
    for (size_t n = 0; n < count; n++)
      if (strcmp(open[n].rule, r->name) == 0) {
        got = colour_name(open[n].colour);
        provisional |= open[n].provisional;
      }
    expect_provisional(l, want, map->keys[i].s, provisional, listed);
    if (text_is(want->s, got)) continue;
    AUTO_BUF buf why = {0};
    value v;
    const record *about = cannot_tell(l, r, &v);
    if (about) {
      buf_str(&why, "; ");
      say_missing(l, about, &v, &why);
    }
    case_differs(l->p, want, "findings: expected %s: %.*s, got %s%s", r->name, (int)want->s.bytes,
                 want->s.at, got, why.at ? why.at : "");
  }
}

/* The sentence of an open finding, as it is read. */
static void expect_messages(const expectation *l, const yaml *map, const finding *open,
                            size_t count) {
  for (size_t i = 0; i < map->count; i++) {
    text name = map->keys[i].s, want = map->items[i].s, got = TEXT("none");
    bool said = false;
    for (size_t n = 0; n < count && !said; n++) {
      if (!text_is(name, open[n].rule)) continue;
      got = open[n].message_zh;
      said = text_equal(want, got) || text_equal(want, open[n].message_en);
    }
    if (!said)
      case_differs(l->p, &map->items[i], "messages: expected %.*s: %.*s, got %.*s", (int)name.bytes,
                   name.at, (int)want.bytes, want.at, (int)got.bytes, got.at);
  }
}

static void expect_cannot_tell(expectation *l, const yaml *list) {
  for (size_t i = 0; i < list->count; i++) {
    const yaml *want = &list->items[i];
    const rule *r = rule_named(l->p->pack, want->s);
    value v = value_null();
    if (!r) {
      case_differs(l->p, want, "cannot_tell: the pack has no rule \"%.*s\"", (int)want->s.bytes,
                   want->s.at);
    } else if (!cannot_tell(l, r, &v)) {
      AUTO_BUF buf b = {0};
      expectation_print(l, &v, &cel_bool, &b);
      case_differs(l->p, want, "cannot_tell: expected %s, but it can tell: %s", r->name,
                   b.at ? b.at : "");
    }
  }
}

/* What helping the subject would take, by the rule's `cost`. */
static void expect_costs(expectation *l, const yaml *map) {
  for (size_t i = 0; i < map->count; i++) {
    const yaml *want = &map->items[i];
    const rule *r = rule_named(l->p->pack, map->keys[i].s);
    if (!r || !r->cost || r->of != l->about->kind->index) {
      case_differs(l->p, want, "rule_costs: %s has no rule \"%.*s\" with a cost",
                   l->about->kind->name, (int)map->keys[i].s.bytes, map->keys[i].s.at);
      continue;
    }
    value v = unit_eval(l->u, l->about, &l->about->kind->scope, r->cost, NULL);
    if (expectation_matches(&v, &cel_money, want, 0)) continue;
    AUTO_BUF buf b = {0};
    expectation_print(l, &v, &cel_money, &b);
    case_differs(l->p, want, "rule_costs: expected %s: %.*s, got %s", r->name, (int)want->s.bytes,
                 want->s.at, b.at ? b.at : "");
  }
}

/* ---- cases and measures ---- */

static const casework *last_case(const casework *cases, size_t count, text process) {
  const casework *last = NULL;
  for (size_t i = 0; i < count; i++) {
    if (cases[i].withdrawn || (process.bytes && !text_is(process, cases[i].process))) continue;
    if (!last || last->closed || !cases[i].closed) last = &cases[i];
  }
  return last;
}

static void expect_cases(expectation *l, const yaml *map, const casework *cases, size_t count) {
  for (size_t i = 0; i < map->count; i++) {
    const yaml *want = &map->items[i];
    const casework *c = last_case(cases, count, map->keys[i].s);
    const char *got = c ? c->state : "none";
    if (!text_is(want->s, got))
      case_differs(l->p, want, "cases: expected %.*s: %.*s, got %s", (int)map->keys[i].s.bytes,
                   map->keys[i].s.at, (int)want->s.bytes, want->s.at, got);
  }
}

static void expect_deadline(expectation *l, const yaml *want, const casework *cases, size_t count) {
  const casework *c = last_case(cases, count, (text){"", 0});
  char got[11] = "none";
  if (c && c->deadline != DAY_NONE) day_format(c->deadline, got);
  if (!text_is(want->s, got))
    case_differs(l->p, want, "deadline: expected %.*s, got %s", (int)want->s.bytes, want->s.at,
                 got);
}

static void expect_deadline_provisional(expectation *l, const yaml *want, const casework *cases,
                                        size_t count) {
  const casework *c = last_case(cases, count, (text){"", 0});
  bool yes = false;
  if (!yaml_as_bool(want, &yes) || !c || c->deadline_provisional != yes)
    case_differs(l->p, want, "deadline_provisional: expected %.*s, got %s", (int)want->s.bytes,
                 want->s.at,
                 !c                        ? "none"
                 : c->deadline_provisional ? "true"
                                           : "false");
}

static const measure *last_measure(const measure *measures, size_t count, text kind_name) {
  const measure *last = NULL;
  for (size_t i = 0; i < count; i++)
    if (text_is(kind_name, measures[i].kind) && (!last || measures[i].version >= last->version))
      last = &measures[i];
  return last;
}

static void expect_amounts(expectation *l, const yaml *map, const measure *measures, size_t count) {
  for (size_t i = 0; i < map->count; i++) {
    const yaml *want = &map->items[i];
    const measure *m = last_measure(measures, count, map->keys[i].s);
    char got[32] = "none";
    int64_t fen;
    if (m && m->has_amount) money_format_yuan(m->amount, got);
    bool same = m && m->has_amount ? money_parse_yuan(want->s, &fen) && fen == m->amount
                                   : text_is(want->s, "none");
    if (!same)
      case_differs(l->p, want, "amounts: expected %.*s: %.*s, got %s", (int)map->keys[i].s.bytes,
                   map->keys[i].s.at, (int)want->s.bytes, want->s.at, got);
  }
}

static void expect_measures(expectation *l, const yaml *map, const measure *measures,
                            size_t count) {
  for (size_t i = 0; i < map->count; i++) {
    const yaml *want = &map->items[i];
    const measure *m = last_measure(measures, count, map->keys[i].s);
    const char *got = m ? m->state : "none";
    if (!text_is(want->s, got))
      case_differs(l->p, want, "measures: expected %.*s: %.*s, got %s", (int)map->keys[i].s.bytes,
                   map->keys[i].s.at, (int)want->s.bytes, want->s.at, got);
  }
}

/* ---- duties ---- */

/* `key_visits: overdue`, or of it what is named: {state: due, need: 3, done: 2, owner: 王某}. */
static void expect_duty(expectation *l, const yaml *want, const duty_line *line, text name) {
  const char *state = line ? duty_state_name(line->state) : "nothing";
  const struct {
    const char *word;
    int64_t n;
  } counts[] = {{"need", line ? line->need : 0},
                {"done", line ? line->done : 0},
                {"today", line ? line->today : 0}};
  text stated = want->type == YAML_MAP ? yaml_text(want, "state") : want->s;
  if (stated.bytes && !text_is(stated, state))
    case_differs(l->p, want, "duties: expected %.*s: %.*s, got %s", (int)name.bytes, name.at,
                 (int)stated.bytes, stated.at, state);
  for (size_t i = 0; want->type == YAML_MAP && i < sizeof counts / sizeof *counts; i++) {
    const yaml *n = yaml_get(want, counts[i].word);
    int64_t asked;
    if (n && (!yaml_as_int(n, &asked) || asked != counts[i].n))
      case_differs(l->p, n, "duties: expected %.*s.%s: %.*s, got %lld", (int)name.bytes, name.at,
                   counts[i].word, (int)n->s.bytes, n->s.at, (long long)counts[i].n);
  }
  const yaml *owner = want->type == YAML_MAP ? yaml_get(want, "owner") : NULL;
  if (owner && !text_is(owner->s, line && line->owner ? line->owner : ""))
    case_differs(l->p, owner, "duties: expected %.*s.owner: %.*s, got %s", (int)name.bytes, name.at,
                 (int)owner->s.bytes, owner->s.at, line && line->owner ? line->owner : "");
}

static bool expect_duties(expectation *l, const yaml *map, err *e) {
  engine *g = l->p->g;
  duty_request ask = {.packs = engine_packs(g),
                      .calendar = engine_calendar(g),
                      .on = l->p->today,
                      .today = l->p->today,
                      .subject = l->p->root,
                      .state = -1,
                      .limit = 1000};
  duty_line_page found;
  if (!duty_lines(engine_store(g), l->p->a, &ask, &found, e)) return false;
  for (size_t i = 0; i < map->count; i++) {
    const duty_line *line = NULL;
    for (size_t k = 0; k < found.count; k++)
      if (text_is(map->keys[i].s, found.rows[k].duty->name)) line = &found.rows[k];
    if (pack_duty(l->p->pack, map->keys[i].s))
      expect_duty(l, &map->items[i], line, map->keys[i].s);
    else
      case_differs(l->p, &map->keys[i], "duties: the pack has no duty \"%.*s\"",
                   (int)map->keys[i].s.bytes, map->keys[i].s.at);
  }
  return true;
}

/* ---- follow-ups ---- */

/* A day or an amount in yuan as the test writes it. */
static bool is_told(const yaml *want, bool known, int64_t n, bool is_day) {
  day d;
  int64_t fen;
  if (text_is(want->s, "none")) return !known;
  if (is_day) return day_parse(want->s, &d) && known && d == n;
  return money_parse_yuan(want->s, &fen) && known && fen == n;
}

static void expect_follow_up(expectation *l, const yaml *want, const follow_up_row *row,
                             text name) {
  const char *state = row ? follow_up_state_name(follow_up_state_on(row, l->p->today)) : "none";
  text stated = want->type == YAML_MAP ? yaml_text(want, "state") : want->s;
  if (stated.bytes && !text_is(stated, state))
    case_differs(l->p, want, "follow_ups: expected %.*s: %.*s, got %s", (int)name.bytes, name.at,
                 (int)stated.bytes, stated.at, state);
  for (size_t i = 0; want->type == YAML_MAP && i < want->count; i++) {
    text key = want->keys[i].s;
    const yaml *is = &want->items[i];
    bool good =
        text_is(key, "state") ||
        (row && (text_is(key, "owner")      ? text_is(is->s, row->owner)
                 : text_is(key, "what")     ? text_equal(is->s, row->what)
                 : text_is(key, "due")      ? is_told(is, row->due != DAY_NONE, row->due, true)
                 : text_is(key, "expected") ? is_told(is, row->has_expected, row->expected, false)
                 : text_is(key, "actual")   ? is_told(is, row->has_actual, row->actual, false)
                                            : false));
    if (!good)
      case_differs(l->p, is, "follow_ups: %.*s.%.*s is not %.*s", (int)name.bytes, name.at,
                   (int)key.bytes, key.at, (int)is->s.bytes, is->s.at);
  }
}

/* `promise: overdue`: of those of that name the one to be done first, else the one done last. */
static bool expect_follow_ups(expectation *l, const yaml *map, err *e) {
  follow_up_row *rows = NULL;
  size_t count = 0;
  if (!store_follow_ups_of(engine_store(l->p->g), l->p->a, &l->p->root, &rows, &count, e))
    return false;
  for (size_t i = 0; i < map->count; i++) {
    const follow_up_row *row = NULL;
    for (size_t k = 0; k < count; k++)
      if (text_is(map->keys[i].s, rows[k].name) && (!row || !uuid_is_nil(&row->done)))
        row = &rows[k];
    if (pack_follow_up(l->p->pack, map->keys[i].s))
      expect_follow_up(l, &map->items[i], row, map->keys[i].s);
    else
      case_differs(l->p, &map->keys[i], "follow_ups: the pack has none called \"%.*s\"",
                   (int)map->keys[i].s.bytes, map->keys[i].s.at);
  }
  return true;
}

/* ---- all of it ---- */

/* `person: 2` beside the variables: they are those of the second child. */
static bool choose_about(expectation *l, const yaml *expect) {
  l->about = l->u->root;
  const pack *p = l->p->pack;
  for (size_t k = 0; k < p->kind_count; k++) {
    const yaml *number = p->kinds[k].parent >= 0 ? yaml_get(expect, p->kinds[k].name) : NULL;
    int64_t n, at = 0;
    if (!number) continue;
    if (!yaml_as_int(number, &n)) n = 0;
    for (size_t i = 0; i < l->u->child_count; i++)
      if (l->u->children[i]->kind == &p->kinds[k] && ++at == n) {
        l->about = l->u->children[i];
        return true;
      }
    case_differs(l->p, number, "expect: there is no such %s", p->kinds[k].name);
    return false;
  }
  return true;
}

static bool known_word(const pack *p, text key) {
  static const char *const words[] = {
      "variables", "findings", "cannot_tell", "rule_costs", "colour",      "cases",
      "deadline",  "amounts",  "measures",    "duties",     "provisional", "deadline_provisional",
      "about",     "messages", "follow_ups"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_is(key, words[i])) return true;
  const kind *k = pack_kind(p, key);
  return k && k->parent >= 0;
}

static const yaml *part(expectation *l, const yaml *expect, const char *word, yaml_type type) {
  const yaml *node = yaml_get(expect, word);
  if (!node || node->type == type) return node;
  case_differs(l->p, node, "%s: expected a %s here", word, type == YAML_LIST ? "list" : "map");
  return NULL;
}

bool expectation_begin(expectation *l, case_run *p, err *e) {
  unit *u = unit_load(engine_store(p->g), p->a, p->root_kind, &p->root, NULL,
                      (as_of){p->today, engine_calendar(p->g)}, e);
  *l = (expectation){p, u, u ? u->root : NULL};
  return u != NULL;
}

static bool expect_all(case_run *p, const yaml *expect, err *e) {
  store *s = engine_store(p->g);
  expectation l;
  finding *open = NULL;
  casework *cases = NULL;
  measure *measures = NULL;
  size_t open_count = 0, case_count = 0, measure_count = 0;
  if (!store_findings_of(s, p->a, &p->root, true, &open, &open_count, e) ||
      !store_cases_of(s, p->a, &p->root, &cases, &case_count, e) ||
      !store_measures_of(s, p->a, &p->root, &measures, &measure_count, e))
    return false;
  if (!expectation_begin(&l, p, e)) return false;
  for (size_t i = 0; expect->type == YAML_MAP && i < expect->count; i++)
    if (text_is(expect->keys[i].s, "costs"))
      case_differs(p, &expect->keys[i],
                   "\"costs\" is the old word; it is called \"rule_costs\" now");
    else if (!known_word(p->pack, expect->keys[i].s))
      case_differs(p, &expect->keys[i], "\"%.*s\" cannot be expected", (int)expect->keys[i].s.bytes,
                   expect->keys[i].s.at);
  if (!choose_about(&l, expect)) return true;
  const yaml *node, *provisional = part(&l, expect, "provisional", YAML_LIST);
  if ((node = part(&l, expect, "variables", YAML_MAP))) expect_variables(&l, node, provisional);
  if ((node = part(&l, expect, "findings", YAML_MAP)))
    expect_findings(&l, node, provisional, open, open_count);
  if ((node = part(&l, expect, "messages", YAML_MAP))) expect_messages(&l, node, open, open_count);
  if ((node = part(&l, expect, "cannot_tell", YAML_LIST))) expect_cannot_tell(&l, node);
  if ((node = part(&l, expect, "rule_costs", YAML_MAP))) expect_costs(&l, node);
  if ((node = part(&l, expect, "cases", YAML_MAP))) expect_cases(&l, node, cases, case_count);
  if ((node = part(&l, expect, "colour", YAML_TEXT)) &&
      !text_is(node->s, colour_name(l.u->root->colour)))
    case_differs(p, node, "colour: expected %.*s, got %s", (int)node->s.bytes, node->s.at,
                 colour_name(l.u->root->colour));
  if ((node = part(&l, expect, "deadline", YAML_TEXT)))
    expect_deadline(&l, node, cases, case_count);
  if ((node = part(&l, expect, "deadline_provisional", YAML_TEXT)))
    expect_deadline_provisional(&l, node, cases, case_count);
  if ((node = part(&l, expect, "amounts", YAML_MAP)))
    expect_amounts(&l, node, measures, measure_count);
  if ((node = part(&l, expect, "measures", YAML_MAP)))
    expect_measures(&l, node, measures, measure_count);
  if ((node = part(&l, expect, "follow_ups", YAML_MAP)) && !expect_follow_ups(&l, node, e))
    return false;
  if ((node = part(&l, expect, "duties", YAML_MAP))) return expect_duties(&l, node, e);
  return true;
}

bool case_expect(case_run *p, const yaml *expect, err *e) {
  unit_at_hand had;
  bool ok = !case_about(p, expect, &had) || expect_all(p, expect, e);
  case_about_end(p, &had);
  return ok;
}
