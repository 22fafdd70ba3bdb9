/* Reading generators. */
#include "demo/gen_internal.h"

#include "base/money.h"

bool gen_fault(recipe_reader *r, const yaml *at, label what) {
  char where[ERR_WHERE_MAX];
  return err_set(r->e, ERR_BAD_PACK, yaml_where(r->file, at, where), "%s", "%s", LABEL(what));
}

bool scene_add(recipe_reader *r, scene *s, const char *name, const cel_type *type) {
  if (cel_env_add(s->env, name, type) >= 0) {
    s->count = cel_env_count(s->env);
    return true;
  }
  return err_set(r->e, ERR_BAD_PACK, r->file, "名称“%s”用了两次。",
                 "The name \"%s\" is used twice.", name);
}

/* ---- plain values ---- */

static bool scalar(recipe_reader *r, const field *f, const yaml *at, text s, value *ret) {
  int64_t n;
  day d;
  char *copy;
  switch (f->type) {
  case FIELD_MONEY:
    if (!money_parse_yuan(s, &n))
      return gen_fault(r, at, (label){"这里应是以元计的金额。", "An amount in yuan belongs here."});
    *ret = value_int(n);
    return true;
  case FIELD_INT:
    if (!text_to_int(s, &n))
      return gen_fault(r, at, (label){"这里应是整数。", "A whole number belongs here."});
    *ret = value_int(n);
    return true;
  case FIELD_RATE:
    if (!rate_parse(s, &n))
      return gen_fault(r, at,
                       (label){"这里应是比率，例如 0.8。", "A rate such as 0.8 belongs here."});
    *ret = value_int(n);
    return true;
  case FIELD_NUMBER:
    if (!decimal_parse(s, &n))
      return gen_fault(
          r, at, (label){"这里应是一个数，例如 81.4。", "A number such as 81.4 belongs here."});
    *ret = value_int(n);
    return true;
  case FIELD_DATE:
    if (!day_parse(s, &d))
      return gen_fault(
          r, at,
          (label){"这里应是日期，例如 2024-03-01。", "A day such as 2024-03-01 belongs here."});
    *ret = value_int(d);
    return true;
  case FIELD_BOOL:
    if (!text_is(s, "true") && !text_is(s, "false"))
      return gen_fault(r, at, (label){"这里应是 true 或 false。", "true or false belongs here."});
    *ret = value_bool(text_is(s, "true"));
    return true;
  case FIELD_CHOICE:
  case FIELD_CHOICES:
    if (f->choice_count && !choice_find(f, s))
      return gen_fault(r, at, (label){"选项里没有这个代码。", "The choices have no such code."});
    break;
  case FIELD_TEXT:
    break;
  }
  copy = arena_copy(r->a, s.at, s.bytes);
  if (!copy) return err_memory(r->e);
  *ret = value_string((text){copy, s.bytes});
  return true;
}

/* A list of codes for `choices`; one scalar for all others. */
static bool plain(recipe_reader *r, const field *f, const yaml *node, value *ret) {
  if (node->type == YAML_TEXT && f->type != FIELD_CHOICES) return scalar(r, f, node, node->s, ret);
  size_t n = node->type == YAML_TEXT ? 1 : node->count;
  if (node->type == YAML_MAP || f->type != FIELD_CHOICES)
    return gen_fault(r, node, (label){"这里应是一个值。", "A value belongs here."});
  value *items = ARENA_ARRAY(r->a, n, value);
  value_list *list = ARENA_NEW(r->a, value_list);
  if (!items || !list) return err_memory(r->e);
  for (size_t i = 0; i < n; i++) {
    const yaml *item = node->type == YAML_TEXT ? node : &node->items[i];
    if (!scalar(r, f, item, item->s, &items[i])) return false;
  }
  *list = (value_list){n, items};
  *ret = (value){.type = VALUE_LIST, .list = list};
  return true;
}

/* 0.25 as parts of CHANCE_ONE. */
static bool chance(recipe_reader *r, const yaml *node, int64_t *ret) {
  int64_t rate;
  if (node->type != YAML_TEXT || !rate_parse(node->s, &rate) || rate < 0 || rate > RATE_ONE)
    return gen_fault(r, node,
                     (label){"这里应是 0 到 1 之间的概率。", "A chance from 0 to 1 belongs here."});
  *ret = rate / (RATE_ONE / CHANCE_ONE);
  return true;
}

static bool expression(recipe_reader *r, const scene *s, const yaml *node, const cel_type *want,
                       cel_program **ret) {
  char where[ERR_WHERE_MAX];
  if (node->type != YAML_TEXT)
    return gen_fault(r, node, (label){"这里应是表达式。", "An expression belongs here."});
  *ret = cel_compile(r->a, s->env, node->s, want, r->e);
  if (*ret) return true;
  if (r->e) r->e->code = ERR_BAD_PACK;
  return err_within(r->e, yaml_where(r->file, node, where));
}

cel_program *gen_read_test(recipe_reader *r, const scene *s, const yaml *node) {
  cel_program *p = NULL;
  return expression(r, s, node, &cel_bool, &p) ? p : NULL;
}

/* ---- one reader a word ---- */

static bool read_value(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  (void)s;
  g->values = ARENA_NEW(r->a, value);
  return g->values ? plain(r, g->f, node, g->values) : err_memory(r->e);
}

static bool room_for(recipe_reader *r, gen *g, size_t n) {
  g->count = n;
  g->values = ARENA_ARRAY(r->a, n, value);
  g->weights = ARENA_ARRAY(r->a, n, int64_t);
  return (g->values && g->weights) || err_memory(r->e);
}

static bool read_weights(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  (void)s;
  if (node->type != YAML_MAP || !node->count)
    return gen_fault(r, node,
                     (label){"weights 要写成 {代码: 份数}。", "weights is {code: parts}."});
  if (!room_for(r, g, node->count)) return false;
  for (size_t i = 0; i < node->count; i++) {
    if (!plain(r, g->f, &node->keys[i], &g->values[i])) return false;
    int64_t n;
    if (!yaml_as_int(&node->items[i], &n) || n < 0 || n > CHANCE_ONE)
      return gen_fault(r, &node->items[i], (label){"份数应是整数。", "Parts are whole numbers."});
    g->weights[i] = n;
    g->total += n;
  }
  return true;
}

static bool read_pick(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  (void)s;
  if (node->type != YAML_LIST || !node->count)
    return gen_fault(r, node, (label){"pick 要写成列表。", "pick is a list."});
  if (!room_for(r, g, node->count)) return false;
  for (size_t i = 0; i < node->count; i++)
    if (!plain(r, g->f, &node->items[i], &g->values[i])) return false;
  return true;
}

static bool is_number(const field *f) {
  return f->type == FIELD_INT || f->type == FIELD_MONEY || f->type == FIELD_DATE ||
         f->type == FIELD_RATE || f->type == FIELD_NUMBER;
}

static bool read_numbers(recipe_reader *r, gen *g, const yaml *node, size_t count,
                         int64_t *const *into) {
  if (!is_number(g->f) || node->type != YAML_LIST || node->count != count)
    return gen_fault(
        r, node,
        (label){"range 是 [最小, 最大]，skewed 是 [最小, 常见, 最大]，用于数字和日期。",
                "range is [least, most], skewed [least, typical, most], for numbers and days."});
  for (size_t i = 0; i < count; i++) {
    value v = value_null();
    if (!scalar(r, g->f, &node->items[i], node->items[i].s, &v)) return false;
    *into[i] = v.i;
    if (i && *into[i] < *into[i - 1])
      return gen_fault(r, node, (label){"后面的数不能比前面的小。", "The numbers must not fall."});
  }
  return true;
}

static bool read_range(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  (void)s;
  return read_numbers(r, g, node, 2, (int64_t *const[]){&g->low, &g->high});
}

static bool read_skewed(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  (void)s;
  return read_numbers(r, g, node, 3, (int64_t *const[]){&g->low, &g->typical, &g->high});
}

static bool read_serial(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  (void)s;
  g->pattern = node->s;
  return (node->type == YAML_TEXT && g->f->type == FIELD_TEXT) ||
         gen_fault(r, node, (label){"serial 用于文字。", "serial is for text."});
}

static bool read_person_name(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  bool yes;
  if (g->f->type != FIELD_TEXT)
    return gen_fault(r, node, (label){"person_name 用于文字。", "person_name is for text."});
  if (yaml_as_bool(node, &yes)) return true;
  return expression(r, s, node, &cel_string, &g->program);
}

static bool read_officer(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  (void)s;
  text give = yaml_text(g->at, "give");
  g->pattern = node->s;
  g->login = text_is(give, "login");
  return (node->type == YAML_TEXT && g->f->type == FIELD_TEXT &&
          (!give.bytes || g->login || text_is(give, "name"))) ||
         gen_fault(r, node,
                   (label){"officer 要写岗位，用于文字；give 是 name 或 login。",
                           "officer is a role, for text; give is name or login."});
}

static bool read_band(text key, struct band *b) {
  const char *dash = memchr(key.at, '-', key.bytes);
  int64_t from, to;
  if (!dash || !text_to_int((text){key.at, (size_t)(dash - key.at)}, &from) ||
      !text_to_int((text){dash + 1, key.bytes - (size_t)(dash - key.at) - 1}, &to) || from < 0 ||
      to < from || to > 120)
    return false;
  *b = (struct band){(int)from, (int)to};
  return true;
}

static bool read_birth(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  (void)s;
  const yaml *ages = yaml_get(node, "ages");
  if (g->f->type != FIELD_DATE || !ages || ages->type != YAML_MAP || !ages->count)
    return gen_fault(r, node,
                     (label){"birth 要写成 {ages: {18-59: 份数}}，用于日期。",
                             "birth is {ages: {18-59: parts}}, for dates."});
  g->bands = ARENA_ARRAY(r->a, ages->count, struct band);
  if (!g->bands) return err_memory(r->e);
  if (!room_for(r, g, ages->count)) return false;
  for (size_t i = 0; i < ages->count; i++) {
    if (!read_band(ages->keys[i].s, &g->bands[i]) ||
        !yaml_as_int(&ages->items[i], &g->weights[i]) || g->weights[i] < 0 ||
        g->weights[i] > CHANCE_ONE)
      return gen_fault(r, &ages->keys[i],
                       (label){"年龄段要写成 18-59: 份数。", "A band of ages is 18-59: parts."});
    g->total += g->weights[i];
  }
  return true;
}

static bool slot_named(recipe_reader *r, const scene *s, const yaml *node, const char *key,
                       int *ret) {
  text name = yaml_text(node, key);
  char *copy = arena_copy(r->a, name.at, name.bytes);
  if (!copy) return err_memory(r->e);
  *ret = cel_env_slot(s->env, copy);
  return *ret >= 0 || gen_fault(r, node,
                                (label){"birth 和 sex 要写前面已有的字段名。",
                                        "birth and sex name fields drawn before."});
}

static bool read_resident_id(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  g->male = yaml_has(node, "male") ? yaml_text(node, "male") : TEXT("male");
  return slot_named(r, s, node, "birth", &g->birth) && slot_named(r, s, node, "sex", &g->sex);
}

static bool read_phone(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  (void)s;
  return g->f->type == FIELD_TEXT ||
         gen_fault(r, node, (label){"phone 用于文字。", "phone is for text."});
}

static bool read_chance(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  if (!chance(r, node, &g->total)) return false;
  const yaml *then = yaml_get(g->at, "then"), *otherwise = yaml_get(g->at, "else");
  if (!then) return gen_fault(r, node, (label){"chance 要有 then。", "chance needs then."});
  g->then = gen_read(r, s, g->f, then);
  return g->then && (!otherwise || (g->otherwise = gen_read(r, s, g->f, otherwise)));
}

static bool read_yes(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  (void)s;
  if (g->f->type != FIELD_BOOL)
    return gen_fault(r, node, (label){"yes 用于是否。", "yes is for bool."});
  return chance(r, node, &g->total);
}

static bool read_several(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  (void)s;
  if (g->f->type != FIELD_CHOICES || node->type != YAML_MAP || !node->count)
    return gen_fault(r, node,
                     (label){"several 要写成 {代码: 概率}，用于多选。",
                             "several is {code: chance}, for choices."});
  if (!room_for(r, g, node->count)) return false;
  for (size_t i = 0; i < node->count; i++) {
    if (!scalar(r, g->f, &node->keys[i], node->keys[i].s, &g->values[i]) ||
        !chance(r, &node->items[i], &g->weights[i]))
      return false;
    g->total += g->weights[i];
  }
  return true;
}

static bool read_if(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  const yaml *then = yaml_get(g->at, "then"), *otherwise = yaml_get(g->at, "else");
  if (!expression(r, s, node, &cel_bool, &g->program)) return false;
  if (!then) return gen_fault(r, node, (label){"if 要有 then。", "if needs then."});
  g->then = gen_read(r, s, g->f, then);
  return g->then && (!otherwise || (g->otherwise = gen_read(r, s, g->f, otherwise)));
}

static bool read_by(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  const yaml *of = yaml_get(g->at, "of"), *otherwise = yaml_get(g->at, "else");
  if (!expression(r, s, node, NULL, &g->program)) return false;
  if (!of || of->type != YAML_MAP)
    return gen_fault(r, node, (label){"by 要有 of: {值: …}。", "by needs of: {value: …}."});
  g->count = of->count;
  g->cases = ARENA_ARRAY(r->a, of->count, text);
  g->of = ARENA_ARRAY(r->a, of->count, gen *);
  if (!g->cases || !g->of) return err_memory(r->e);
  for (size_t i = 0; i < of->count; i++) {
    g->cases[i] = of->keys[i].s;
    g->of[i] = gen_read(r, s, g->f, &of->items[i]);
    if (!g->of[i]) return false;
  }
  return !otherwise || (g->otherwise = gen_read(r, s, g->f, otherwise));
}

static bool read_cel(recipe_reader *r, const scene *s, gen *g, const yaml *node) {
  return expression(r, s, node, g->f->type_in_cel, &g->program);
}

static const struct {
  const char *word;
  bool (*read)(recipe_reader *r, const scene *s, gen *g, const yaml *node);
} words[] = {
#define X(word) {#word, read_##word},
    GENS(X)
#undef X
};

static bool read_step(recipe_reader *r, gen *g) {
  const yaml *step = yaml_get(g->at, "step");
  g->step = g->f->type == FIELD_MONEY ? 100 : 1;
  if (!step) return true;
  value v;
  if (!is_number(g->f) || g->f->type == FIELD_DATE)
    return gen_fault(r, step, (label){"step 用于数字。", "step is for numbers."});
  if (!scalar(r, g->f, step, step->s, &v)) return false;
  g->step = v.i;
  return v.i > 0 || gen_fault(r, step, (label){"step 应大于零。", "step is above zero."});
}

gen *gen_read(recipe_reader *r, const scene *s, const field *f, const yaml *node) {
  gen *g = ARENA_NEW(r->a, gen);
  if (!g) return err_memory(r->e), NULL;
  g->f = f;
  g->at = node;
  if (node->type != YAML_MAP) {
    g->kind = GEN_value;
    return read_value(r, s, g, node) ? g : NULL;
  }
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    const yaml *word = yaml_get(node, words[i].word);
    if (!word) continue;
    g->kind = (gen_kind)i;
    return read_step(r, g) && words[i].read(r, s, g, word) ? g : NULL;
  }
  gen_fault(r, node,
            (label){"没有这种造数方法，见 docs/demo-format.md。",
                    "There is no such generator; see docs/demo-format.md."});
  return NULL;
}

gen *gen_read_int(recipe_reader *r, const scene *s, const yaml *node) {
  field *f = ARENA_NEW(r->a, field);
  if (!f) return err_memory(r->e), NULL;
  *f = (field){.name = "n", .type = FIELD_INT, .type_in_cel = &cel_int, .min = 1, .fact_index = -1};
  return gen_read(r, s, f, node);
}
