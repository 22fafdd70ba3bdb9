/* rules.yaml: what is watched for, and the sentence that says it. Read after the workflows that
 * rules open. */
#include "pack/load/expressions.h"
#include "pack/load/parts.h"

/* Cases belong to the head of a unit; a rule about a child opens one for its parent. */
static void read_opened_process(const doc *d, const yaml *item, rule *r) {
  const pack *p = d->l->p;
  const yaml *node = load_get(item, "opens_process");
  if (!node) return;
  const kind *k = &p->kinds[r->of];
  int root = k->parent >= 0 ? k->parent : r->of;
  const char **processes = TAKE(d->l, p->workflow_count, const char *);
  size_t count = 0;
  for (size_t i = 0; processes && i < p->workflow_count; i++) {
    if (p->workflows[i].of != root) continue;
    processes[count++] = p->workflows[i].process;
    if (node->type == YAML_TEXT && text_is(node->s, p->workflows[i].process))
      r->opens_process = p->workflows[i].process;
  }
  if (r->opens_process || d->l->no_memory) return;
  text shown = node->type == YAML_TEXT ? node->s : TEXT("…");
  hint h = name_hint(NAMES(processes, count), shown);
  FAULT(d, node, "“%s”没有办理“%.*s”的流程（workflow.yaml）%s",
        "No workflow (workflow.yaml) of \"%s\" has the process \"%.*s\"%s", p->kinds[root].name,
        SHOWN(shown), LABEL(h));
}

static void read_message(const doc *d, const yaml *item, const let *l, rule *r) {
  const yaml *says = load_need(d, item, "message");
  if (!says) return;
  load_sentence(d, item, "message", true);
  bool both = says->type == YAML_MAP;
  r->message_zh = compile_sentence(d, both ? yaml_get(says, "zh") : says, l);
  r->message_en = both ? compile_sentence(d, yaml_get(says, "en"), l) : r->message_zh;
}

static colour colour_at(const doc *d, const yaml *item) {
  int c = load_word(d, item, "colour", "green yellow red", COLOUR_YELLOW);
  return c == COLOUR_GREEN || c == COLOUR_RED ? (colour)c : COLOUR_YELLOW;
}

static bool read_rule(const doc *d, const yaml *item, names before, rule *r) {
  static const char *const pers[] = {"once", "month", "year"};
  if (!load_is_map(d, item)) return false;
  load_only_keys(d, item, "name title of from to let when colour message opens_process cost per");
  *r = (rule){.name = load_name(d, item, "name"), .of = load_kind(d, item, "of")};
  r->title = load_title(d, item, "title", true);
  load_dates(d, item, &r->from, &r->to);
  if (load_need(d, item, "colour")) r->colour = colour_at(d, item);
  load_need(d, item, "when");
  if (!r->name || r->of < 0 || !load_is_new(d, item, before, r->name)) return false;
  const let l = let_read(d, item, d->l->kinds[r->of].scope.env);
  r->when = compile_check_phone(d, yaml_get(item, "when"),
                                let_compile_key(d, item, "when", &l, &cel_bool));
  if (load_get(item, "cost")) {
    r->cost = let_compile_key(d, item, "cost", &l, &cel_money);
    int per = load_word(d, item, "per", "once month year", 0);
    r->per = pers[per > 0 ? per : 0];
  }
  read_message(d, item, &l, r);
  read_opened_process(d, item, r);
  return true;
}

void pack_read_rules(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "rules", &n);
  rule *rules = TAKE(l, n, rule);
  if (!parts || !rules) return;
  l->p->rules = rules;
  for (size_t i = 0; i < n; i++) {
    size_t at = l->p->rule_count;
    if (!read_rule(parts[i].d, parts[i].at, NAMES(rules, at), &rules[at])) continue;
    rules[at].index = (int)at;
    l->p->rule_count++;
  }
}
