/* screen and simulate: every rule over everybody, and what would be if. */
#include "cli/areas.h"
#include "cli/commands.h"
#include "pack/json.h"
#include "pack/load/load.h"

#include "base/ident.h"
#include "base/money.h"
#include "cli/table_print.h"
#include "engine/engine.h"
#include "engine/eval/reasons.h"
#include "screen/whatif_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What both commands open; closed together. */
typedef struct county_screen {
  arena *a;
  engine *g;
  store *reader;
  screen *s;
  pack *other; /* with the overlay that is tried; NULL: none */
  faults faults;
  whatif x;
  scope all;
  bool what_if, zeros; /* zeros: rules with nothing but zeros are told, too */
} county_screen;

static const char *say_label(label l) {
  return speaks_english() && l.en[0] ? l.en : l.zh;
}

static const char *yuan(arena *a, int64_t fen, bool sign) {
  char digits[32];
  money_format_yuan(fen, digits);
  return arena_printf(a, "%s%s", sign && fen > 0 ? "+" : "", digits);
}

static void put_fen(table_print *t, const rule *r, int64_t fen, bool sign) {
  table_print_cell(t, r->cost ? yuan(t->a, fen, sign) : "");
}

/* ---- opening ---- */

static const pack *pack_named(const catalog *packs, const char *name, err *e) {
  for (size_t i = 0; i < packs->count; i++)
    if (!name || strcmp(packs->packs[i]->name, name) == 0) return packs->packs[i];
  known_name names[CATALOG_MAX];
  for (size_t i = 0; i < packs->count; i++)
    names[i] =
        (known_name){.name = packs->packs[i]->name, .title = say_label(packs->packs[i]->title)};
  if (name) keep_names(name, names, packs->count, CATALOG_MAX);
  err_set(e, ERR_UNKNOWN_NAME, "--pack", "这个区县没有这个业务包。",
          "The county has no such pack.");
  return NULL;
}

static bool is_folder(const char *path) {
  struct stat st;
  return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum { NAMES_MAX = 512 };

static bool no_such_rule(const pack *p, const char *word, err *e) {
  known_name names[NAMES_MAX];
  size_t n = 0;
  for (size_t i = 0; i < p->rule_count && n < NAMES_MAX; i++)
    names[n++] = (known_name){.name = p->rules[i].name, .title = say_label(p->rules[i].title)};
  keep_names(word, names, n, NAMES_MAX);
  return err_set(e, ERR_USAGE, "--rule", "没有这条规则。", "There is no such rule.");
}

static bool no_such_field(const pack *p, const char *word, err *e) {
  known_name names[NAMES_MAX];
  size_t n = 0;
  for (size_t k = 0; k < p->kind_count; k++)
    for (size_t i = 0; i < p->kinds[k].field_count && n < NAMES_MAX; i++) {
      const field *f = &p->kinds[k].fields[i];
      if (whatif_by(p, text_of(f->name)) == f)
        names[n++] = (known_name){.name = f->name, .title = say_label(f->title)};
    }
  keep_names(word, names, n, NAMES_MAX);
  return err_set(e, ERR_USAGE, "--by", "应是一个选项或是否字段的名称。",
                 "must be the name of a field with choices or yes and no.");
}

/* By name, or by the title that the tables show. */
static const rule *rule_given(const pack *p, const char *word) {
  const rule *r = whatif_rule(p, text_of(word));
  for (size_t i = 0; !r && i < p->rule_count; i++)
    if (strcmp(p->rules[i].title.zh, word) == 0 || strcmp(p->rules[i].title.en, word) == 0)
      r = &p->rules[i];
  return r;
}

static bool read_options(county_screen *c, const options *o, err *e) {
  whatif *x = &c->x;
  *x = (whatif){.as_of = day_today(), .villages = true, .list.limit = WHATIF_LIST_MAX};
  const char *as_of = option(o, OPTION_AS_OF), *area_code = option(o, OPTION_AREA),
             *by = option(o, OPTION_BY), *rule_name = option(o, OPTION_RULE),
             *who = option(o, OPTION_WHO);
  if (!(x->pack = pack_named(engine_packs(c->g), option(o, OPTION_PACK_NAME), e))) return false;
  if (as_of && !day_parse(text_of(as_of), &x->as_of))
    return err_set(e, ERR_USAGE, "--as-of", "应是日期，如 2026-01-31。",
                   "must be a day such as 2026-01-31.");
  memcpy(x->area, store_county(engine_store(c->g)), 13);
  if (area_code && !area_given(engine_store(c->g), c->a, area_code, "--area", x->area, e))
    return false;
  x->scope = scope_within(&c->all, x->area);
  if (by && !(x->by = whatif_by(x->pack, text_of(by)))) return no_such_field(x->pack, by, e);
  if (rule_name && !(x->list.rule = x->only = rule_given(x->pack, rule_name)))
    return no_such_rule(x->pack, rule_name, e);
  if (option_flag(o, OPTION_LIST) && !rule_name)
    return err_set(e, ERR_USAGE, "--list", "要名单，请用 --rule 写明哪条规则。",
                   "needs a rule: --rule NAME --list.");
  x->list.which = c->what_if ? WHICH_ENTERS : WHICH_MATCHED_NOW;
  if (who && !whatif_which(text_of(who), &x->list.which))
    return err_set(e, ERR_USAGE, "--who",
                   "应是 matched_now、matched_then、enters、leaves 或 unknown。",
                   "is matched_now, matched_then, enters, leaves or unknown.");
  return true;
}

/* ---- what is set otherwise ---- */

static bool differs(const parameter *was, const setting *s, arena *a, day on) {
  value now = parameter_at(was, a, on, NULL), then = parameter_at(s->instead, a, on, NULL);
  if (now.type == VALUE_UNKNOWN || then.type == VALUE_UNKNOWN) return now.type != then.type;
  return !value_equal(&now, &then);
}

/* An edit that begins to hold later changes nothing on the day asked for; say so, and when. */
static bool tell_later(county_screen *c, err *e) {
  day first = DAY_NONE;
  for (size_t i = 0; i < c->x.setting_count; i++) {
    const setting *s = &c->x.settings[i];
    const parameter *was = &c->x.pack->parameters[s->parameter], *both[] = {was, s->instead};
    if (differs(was, s, c->a, c->x.as_of)) return true;
    for (int k = 0; k < 2; k++)
      for (day d = parameter_next_change(both[k], c->x.as_of); d != DAY_NONE;
           d = parameter_next_change(both[k], d))
        if ((first == DAY_NONE || d < first) && differs(was, s, c->a, d)) first = d;
  }
  char today[11], then[11];
  day_format(c->x.as_of, today);
  if (first == DAY_NONE) {
    if (c->x.setting_count) return true; /* only earlier days: they count where facts are old */
    return err_set(e, ERR_BAD_INPUT, "--overlay",
                   "这个目录里的参数与现行的没有不同，请核对改的是不是这个目录。",
                   "The parameters of this folder are those in force; check that it is the one you "
                   "edited.");
  }
  day_format(first, then);
  fprintf(stderr,
          say("提示：改过的参数在 %s 与现行的没有不同，从 %s 起才不同；可加 --as-of %s。\n",
              "Note: on %s the edited parameters are those in force; they differ from %s on: add "
              "--as-of %s.\n"),
          today, then, then);
  return true;
}

static bool read_overlay(county_screen *c, const char *overlay, err *e) {
  if (!is_folder(overlay))
    return err_set(e, ERR_USAGE, "--overlay", "没有“%s”这个目录。", "There is no folder \"%s\".",
                   overlay);
  c->other = pack_with_values(c->x.pack, c->x.pack->overlay, c->x.pack->overlay_count, overlay,
                              &c->faults);
  if (!c->other) return c->faults.count ? (*e = c->faults.items[0], false) : err_memory(e);
  return settings_between(c->x.pack, c->other, c->a, c->x.as_of, &c->x.settings,
                          &c->x.setting_count, e) &&
         tell_later(c, e);
}

static void keep_parameters(const pack *p, arena *a, const char *told) {
  enum { NEAR = 8 };
  const char *word = arena_copy(a, told, strcspn(told, "="));
  known_name *names = ARENA_ARRAY(a, p->parameter_count, known_name);
  if (!word || !names) return;
  for (size_t i = 0; i < p->parameter_count; i++)
    names[i] =
        (known_name){.name = p->parameters[i].name, .title = say_label(p->parameters[i].title)};
  keep_names(word, names, p->parameter_count, NEAR);
}

/* One by --set counts more than the same of the overlay. */
static bool add_setting(county_screen *c, size_t *room, const char *told, err *e) {
  setting t;
  if (!setting_read(c->x.pack, c->a, text_of(told), &t, e)) {
    if (e->code == ERR_UNKNOWN_NAME) keep_parameters(c->x.pack, c->a, told);
    if (strcmp(e->where, "set") == 0) snprintf(e->where, sizeof e->where, "--set");
    return false;
  }
  for (size_t i = 0; i < c->x.setting_count; i++)
    if (c->x.settings[i].parameter == t.parameter && text_equal(c->x.settings[i].key, t.key)) {
      c->x.settings[i] = t;
      return true;
    }
  setting *all = ARENA_GROW(c->a, c->x.settings, c->x.setting_count, room, setting);
  if (!all) return err_memory(e);
  c->x.settings = all;
  c->x.settings[c->x.setting_count++] = t;
  return true;
}

static bool read_what_if(county_screen *c, const options *o, err *e) {
  if (option(o, OPTION_TRIED_OVERLAY) && !read_overlay(c, option(o, OPTION_TRIED_OVERLAY), e))
    return false;
  size_t room = c->x.setting_count;
  bool any = option(o, OPTION_TRIED_OVERLAY) != NULL;
  const char *set[OPTIONS_MAX];
  size_t count = option_all(o, OPTION_SET, set, OPTIONS_MAX);
  for (size_t i = 0; i < count; i++)
    if (!add_setting(c, &room, set[i], e)) return false;
  return any || count ||
         err_set(e, ERR_USAGE, "simulate",
                 "请用 --overlay 给出改过的参数目录，或用 --set 参数=值。",
                 "needs --overlay EDITED_FOLDER, or --set PARAMETER=VALUE.");
}

/* ---- telling ---- */

static const char *shown_value(arena *a, const parameter *p, const value *v) {
  if (!v || v->type == VALUE_UNKNOWN) return say("未设定", "not set");
  buf b = {0};
  if (v->type == VALUE_MAP || v->type == VALUE_LIST) {
    json_out w = json_to(&b);
    parameter_put_value(&w, p, v);
  } else if (v->type == VALUE_BOOL) {
    buf_str(&b, v->yes ? say("是", "yes") : say("否", "no"));
  } else {
    value_print(&b, v, p->one);
  }
  const char *out = buf_ok(&b) ? arena_copy(a, b.at ? b.at : "", b.bytes) : NULL;
  buf_release(&b);
  return out;
}

static bool tell_settings(county_screen *c, err *e) {
  const char *heads[] = {say("参数", "parameter"), say("名称", "name"), say("现行", "now"),
                         say("推演", "then"), say("现行依据", "document")};
  table_print t = table_print_new(c->a, 5, heads, "llrrl");
  for (size_t i = 0; i < c->x.setting_count; i++) {
    const setting *s = &c->x.settings[i];
    const parameter *p = &c->x.pack->parameters[s->parameter];
    const dated_value *row = NULL;
    value now = parameter_at(p, c->a, c->x.as_of, &row);
    const value *shown = &now;
    if (s->key.bytes) shown = now.type == VALUE_MAP ? value_get(now.map, s->key) : NULL;
    table_print_cell(&t, say_label(p->title));
    table_print_cell(&t, s->key.bytes
                             ? arena_printf(c->a, "%s.%.*s", p->name, (int)s->key.bytes, s->key.at)
                             : p->name);
    table_print_cell(&t, shown_value(c->a, p, shown));
    table_print_cell(&t, shown_value(c->a, p, &s->v));
    table_print_cell(&t, row && row->reference ? row->reference : p->reference ? p->reference : "");
  }
  return table_print_out(&t, e);
}

static const char *per_word(const rule *r) {
  if (!r->per) return "";
  return strcmp(r->per, "month") == 0  ? say("元/月", "yuan a month")
         : strcmp(r->per, "year") == 0 ? say("元/年", "yuan a year")
                                       : say("元", "yuan once");
}

static void put_sum(table_print *t, const rule *r, const whatif_sum *s, bool what_if) {
  table_print_number(t, s->now.matched);
  if (what_if) {
    table_print_number(t, s->then.matched);
    table_print_number(t, s->enters);
    table_print_number(t, s->leaves);
  }
  table_print_number(t, s->then.unknown);
  if (what_if) put_fen(t, r, s->now.money, false);
  put_fen(t, r, s->then.money, false);
  table_print_cell(t, per_word(r));
}

static bool same_tally(const tally *x, const tally *y) {
  return x->matched == y->matched && x->unknown == y->unknown && x->failed == y->failed &&
         x->money == y->money && x->unpriced == y->unpriced;
}

/* Of a what-if only what changes is told by village and category. */
static bool left_out(const whatif_sum *s, bool what_if) {
  return what_if ? same_tally(&s->now, &s->then) && !s->enters && !s->leaves : whatif_sum_empty(s);
}

/* One table: of the whole, a line for each rule; `all` NULL: of the parts, a line for each part and
 * rule with something in it. */
static bool tell_sums(county_screen *c, const screen_answer *x, const whatif_sum *all,
                      const whatif_part *parts, size_t count, const char *part_head, err *e) {
  const char *heads[TABLE_PRINT_COLUMNS];
  const bool whole = all != NULL;
  size_t n = 0;
  if (!whole) heads[n++] = part_head;
  heads[n++] = say("规则", "rule");
  if (whole) heads[n++] = say("对象", "about");
  heads[n++] = c->what_if ? say("现在", "now") : say("符合", "matched");
  if (c->what_if) {
    heads[n++] = say("推演", "then");
    heads[n++] = say("新进", "enter");
    heads[n++] = say("退出", "leave");
  }
  heads[n++] = say("无法判断", "cannot tell");
  if (c->what_if) heads[n++] = say("现在金额", "cost now");
  heads[n++] = c->what_if ? say("推演金额", "cost then") : say("金额", "cost");
  heads[n++] = "";
  table_print t = table_print_new(c->a, n, heads, "llrrrrrrrr");
  t.right[n - 1] = false;
  size_t hidden = 0, told = 0;
  for (size_t p = 0; p < (whole ? 1 : count); p++)
    for (size_t i = 0; i < x->rule_count; i++) {
      const whatif_sum *s = parts ? &parts[p].of[i] : &all[i];
      if (c->x.only && x->rules[i] != c->x.only) continue;
      if (whole ? !c->zeros && !c->x.only && whatif_sum_empty(s) : left_out(s, c->what_if)) {
        hidden++;
        continue;
      }
      if (!whole) {
        const char *name = "";
        if (parts[p].area[0] && !store_area_name(c->reader, c->a, parts[p].area, &name, e))
          return false;
        table_print_cell(&t, parts[p].area[0] ? arena_printf(c->a, "%s %s", parts[p].area, name)
                                              : say_label(parts[p].title));
      }
      table_print_cell(&t, say_label(x->rules[i]->title));
      if (whole) table_print_cell(&t, say_label(c->x.pack->kinds[x->rules[i]->of].title));
      put_sum(&t, x->rules[i], s, c->what_if);
      told++;
    }
  if (!told && !whole) return true;
  if (!whole) putchar('\n');
  if (!table_print_out(&t, e)) return false;
  if (whole && hidden)
    printf(say("另有 %zu 条规则全是零，没有列出；要看请加 --all。\n",
               "%zu rules with nothing but zeros are left out; --all shows them.\n"),
           hidden);
  return true;
}

/* What it would cost more or less, by period. */
static bool tell_cost(county_screen *c, const screen_answer *x, const whatif_sums *s, err *e) {
  static const char *const periods[] = {"once", "month", "year"};
  for (size_t p = 0; p < 3; p++) {
    int64_t now = 0, then = 0, more, unpriced = 0;
    const rule *one = NULL;
    for (size_t i = 0; i < x->rule_count; i++) {
      if (c->x.only && x->rules[i] != c->x.only) continue;
      if (!x->rules[i]->cost || strcmp(x->rules[i]->per, periods[p]) != 0) continue;
      one = x->rules[i];
      unpriced += s->all[i].then.unpriced;
      if (__builtin_add_overflow(now, s->all[i].now.money, &now) ||
          __builtin_add_overflow(then, s->all[i].then.money, &then))
        return err_set(e, ERR_TOO_LARGE, "costs", "金额合计太大，算不下。",
                       "The money adds up to too much.");
    }
    if (!one) continue;
    if (__builtin_sub_overflow(then, now, &more))
      return err_set(e, ERR_TOO_LARGE, "costs", "金额合计太大，算不下。",
                     "The money adds up to too much.");
    const char *was = yuan(c->a, now, false), *will = yuan(c->a, then, false),
               *difference = yuan(c->a, more, true);
    if (!was || !will || !difference) return err_memory(e);
    if (c->what_if)
      printf(say("金额：现在 %s，推演 %s，相差 %s（%s）\n",
                 "Cost: now %s, then %s, difference %s (%s)\n"),
             was, will, difference, per_word(one));
    else
      printf(say("金额：%s（%s）\n", "Cost: %s (%s)\n"), was, per_word(one));
    if (unpriced)
      printf(say("其中 %lld 个缺少资料，算不出金额，未计入。\n",
                 "Facts are missing of %lld, whose cost is not counted.\n"),
             (long long)unpriced);
  }
  return true;
}

/* Why it cannot be told of one: the facts and parameters that the rule waits for. */
static bool put_reason(county_screen *c, table_print *t, const uuid *root, const uuid *id, err *e) {
  const rule *r = c->x.list.rule;
  const kind *k = &c->x.pack->kinds[r->of], *root_kind = k;
  AUTO_BUF buf b = {0};
  while (root_kind->parent >= 0) root_kind = &c->x.pack->kinds[root_kind->parent];
  unit *u = unit_load(c->reader, c->a, root_kind, root, NULL,
                      (as_of){c->x.as_of, engine_calendar(c->g)}, e);
  if (!u) return false;
  const record *about = unit_subject(u, id);
  if (about) {
    value v = unit_eval(u, about, &k->scope, r->when, NULL);
    for (const missing *m = v.type == VALUE_UNKNOWN ? v.missing : NULL; m; m = m->next)
      buf_printf(&b, "%s%s", b.bytes ? say("、", ", ") : "",
                 say_label(unit_missing_title(u, k, m->name)));
  }
  if (!b.bytes)
    buf_str(&b, say("推演中去掉了参数", "a parameter is taken away")); /* known as it is */
  table_print_cell(t, buf_ok(&b) ? arena_copy(c->a, b.at, b.bytes) : NULL);
  return true;
}

static bool tell_list(county_screen *c, err *e) {
  question q = whatif_question(&c->x);
  const kind *k = &c->x.pack->kinds[c->x.list.rule->of];
  const bool unknown = c->x.list.which == WHICH_UNKNOWN; /* then the reason, and no cost */
  const char *heads[] = {say_label(k->title), say("区域", "area"),
                         unknown ? say("还不知道", "not known") : say("金额", "cost"), "id", ""};
  table_print t = table_print_new(c->a, 5, heads, unknown ? "lllll" : "llrll");
  for (rule_list list = c->x.list; list.cursor >= 0;) {
    screen_rows got;
    if (!screen_list(c->s, c->a, &q, &list, &got, e)) return false;
    const screen_row *rows = got.rows;
    list.cursor = got.next;
    for (size_t i = 0; i < got.count; i++) {
      record *r = NULL;
      const char *name = "";
      char id[37];
      if (!store_subject_find(c->reader, c->a, k, &rows[i].id, NULL, &r, e) ||
          !store_area_name(c->reader, c->a, rows[i].area, &name, e))
        return false;
      uuid_format(&rows[i].id, id);
      text title = r ? record_title(r) : TEXT("");
      table_print_cell(&t, arena_copy(c->a, title.at, title.bytes));
      table_print_cell(&t, name);
      if (!unknown)
        put_fen(&t, c->x.list.rule, rows[i].money, false);
      else if (!put_reason(c, &t, &rows[i].root, &rows[i].id, e))
        return false;
      table_print_cell(&t, arena_text(c->a, id));
      table_print_cell(&t, rows[i].provisional ? say("暂定", "provisional") : "");
    }
  }
  putchar('\n');
  return table_print_out(&t, e);
}

static bool tell(county_screen *c, bool list, err *e) {
  question q = whatif_question(&c->x);
  screen_answer *x = NULL;
  whatif_sums s;
  char on[11];
  if (!screen_ask(c->s, c->a, &q, &x, e) || !whatif_sum_up(x, c->x.area, true, c->a, &s, e))
    return false;
  day_format(x->as_of, on);
  printf(say("%s，%s，共 %lld 个对象\n", "%s, %s: %lld subjects\n"), say_label(c->x.pack->title),
         on, (long long)x->subjects);
  if (c->what_if) {
    putchar('\n');
    if (!tell_settings(c, e)) return false;
    if (!c->x.only)
      printf(say("\n新进 %lld 个对象，退出 %lld 个\n", "\n%lld subjects enter, %lld leave\n"),
             (long long)x->enters, (long long)x->leaves);
  }
  if (!tell_cost(c, x, &s, e)) return false;
  putchar('\n');
  if (!tell_sums(c, x, s.all, NULL, 0, NULL, e)) return false;
  if (!tell_sums(c, x, NULL, s.areas, s.area_count, say("村（社区）", "village"), e)) return false;
  if (c->x.by &&
      !tell_sums(c, x, NULL, s.categories, s.category_count, say_label(c->x.by->title), e))
    return false;
  return !list || tell_list(c, e);
}

/* ---- the commands ---- */

static bool run(county_screen *c, const options *o, err *e) {
  const char *location = o->words[0];
  c->all = scope_all();
  if (!(c->a = arena_new(0))) return err_memory(e);
  if (!(c->g = engine_open(location, e)) || !read_options(c, o, e) ||
      (c->what_if && !read_what_if(c, o, e)) ||
      !(c->reader = store_open(location, DB_READ, store_county(engine_store(c->g)), e)) ||
      !store_use_packs(c->reader, engine_packs(c->g), false, e) ||
      !(c->s = screen_new(c->x.pack, engine_calendar(c->g), e)) ||
      !screen_load(c->s, c->reader, NULL, e))
    return false;
  if (!option_flag(o, OPTION_JSON)) return tell(c, option_flag(o, OPTION_LIST), e);
  if (!option_flag(o, OPTION_LIST)) c->x.list.rule = NULL;
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  if (!whatif_answer(&c->x, c->s, c->reader, c->a, &w, e)) return false;
  if (!buf_ok(&b)) return err_memory(e);
  puts(b.at);
  return true;
}

static int run_command(const options *o, bool what_if) {
  county_screen c = {.what_if = what_if, .zeros = option_flag(o, OPTION_ALL)};
  err e;
  bool ok = run(&c, o, &e);
  int status = ok ? EXIT_DONE : c.faults.count ? say_faults(&c.faults) : say_error(&e);
  if (ok) status = say_written(status);
  screen_free(c.s);
  store_close(c.reader);
  pack_free(c.other);
  faults_release(&c.faults);
  engine_close(c.g);
  arena_free(c.a);
  return status;
}

int command_screen(const options *o) {
  return run_command(o, false);
}

int command_simulate(const options *o) {
  return run_command(o, true);
}
