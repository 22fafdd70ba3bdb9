/* Reading the records of a recipe: names, and how each is drawn. */
#include "demo/recipe_sheet.h"

#include "base/money.h"

static bool recipe_sheet_begin(recipe_reader *r, recipe_sheet *s) {
  s->scene.env = cel_env_new(r->a);
  s->on = s->subject = s->parent = -1;
  if (!s->scene.env) return err_memory(r->e);
  s->n = 0;
  s->last_day = 1;
  return scene_add(r, &s->scene, "n", &cel_int) && scene_add(r, &s->scene, "last_day", &cel_date);
}

bool recipe_sheet_about(recipe_reader *r, recipe_sheet *s, const kind *k, const recipe_sheet *of,
                        int *ret_slot) {
  *ret_slot = (int)s->scene.count;
  return scene_add(r, &s->scene, k->name, of->type);
}

static bool recipe_sheet_end(recipe_reader *r, recipe_sheet *s, const char *name) {
  cel_field *fields = ARENA_ARRAY(r->a, s->scene.count, cel_field);
  cel_record *record = ARENA_NEW(r->a, cel_record);
  cel_type *type = ARENA_NEW(r->a, cel_type);
  if (!fields || !record || !type) return err_memory(r->e);
  for (size_t i = 0; i < s->scene.count; i++)
    fields[i] = (cel_field){cel_env_name(s->scene.env, (int)i), cel_env_type(s->scene.env, (int)i)};
  *record = (cel_record){name, fields, s->scene.count};
  *type = (cel_type){.kind = CEL_RECORD, .record = record};
  s->type = type;
  return true;
}

static bool add_gen(recipe_reader *r, recipe_sheet *s, const field *f, const yaml *node,
                    bool written) {
  named_gen *g = &s->gens[s->count];
  *g = (named_gen){.f = f,
                   .g = gen_read(r, &s->scene, f, node),
                   .slot = (int)s->scene.count,
                   .written = written};
  if (!g->g) return false;
  s->count++;
  return scene_add(r, &s->scene, f->name, f->type_in_cel);
}

/* `let: {class: {type: text, weights: {…}}}`: a name that is drawn, but not written. */
static bool add_let(recipe_reader *r, recipe_sheet *s, text name, const yaml *node) {
  static const struct {
    const char *word;
    field_type type;
    const cel_type *in_cel;
  } types[] = {{"text", FIELD_TEXT, &cel_string},     {"int", FIELD_INT, &cel_int},
               {"money", FIELD_MONEY, &cel_money},    {"rate", FIELD_RATE, &cel_rate},
               {"number", FIELD_NUMBER, &cel_number}, {"date", FIELD_DATE, &cel_date},
               {"bool", FIELD_BOOL, &cel_bool}};
  field *f = ARENA_NEW(r->a, field);
  if (!f || !(f->name = arena_copy(r->a, name.at, name.bytes))) return err_memory(r->e);
  f->fact_index = -1;
  f->min = 1;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (text_is(yaml_text(node, "type"), types[i].word)) {
      f->type = types[i].type;
      f->type_in_cel = types[i].in_cel;
      return add_gen(r, s, f, node, false);
    }
  return gen_fault(
      r, node,
      (label){"let 里的每个名称都要写 type：text int money rate number date bool。",
              "Each name under let has a type: text int money rate number date bool."});
}

bool recipe_sheet_read(recipe_reader *r, recipe_sheet *s, const sheet_source *from) {
  const yaml *let = from->let, *map = from->map;
  size_t lets = let && let->type == YAML_MAP ? let->count : 0,
         n = map && map->type == YAML_MAP ? map->count : 0;
  s->gens = ARENA_ARRAY(r->a, lets + n, named_gen);
  if (!s->gens) return err_memory(r->e);
  for (size_t i = 0; i < lets; i++)
    if (!add_let(r, s, let->keys[i].s, &let->items[i])) return false;
  for (size_t i = 0; i < n; i++) {
    if (from->but && text_is(map->keys[i].s, from->but)) continue;
    const field *f = field_find(from->fields, from->count, map->keys[i].s);
    if (!f)
      return gen_fault(r, &map->keys[i], (label){"没有这个字段。", "There is no such field."});
    if (!add_gen(r, s, f, &map->items[i], true)) return false;
  }
  return recipe_sheet_end(r, s, from->name);
}

bool recipe_sheet_new(recipe_reader *r, recipe_sheet *s, bool with_on) {
  if (!recipe_sheet_begin(r, s)) return false;
  if (!with_on) return true;
  s->on = (int)s->scene.count;
  return scene_add(r, &s->scene, "on", &cel_date);
}

bool recipe_sheet_sees(recipe_reader *r, recipe_sheet *s, const subject_recipe *of, int child) {
  if (child < 0) return recipe_sheet_about(r, s, of->k, &of->sheet, &s->subject);
  return recipe_sheet_about(r, s, of->children[child].k, &of->children[child].sheet, &s->subject) &&
         recipe_sheet_about(r, s, of->k, &of->sheet, &s->parent);
}

/* ---- pieces of a recipe ---- */

bool recipe_share(recipe_reader *r, const yaml *node, int64_t whole, int64_t *ret) {
  int64_t rate;
  if (!node || node->type != YAML_TEXT || !rate_parse(node->s, &rate) || rate < 0 ||
      rate > RATE_ONE * whole)
    return gen_fault(r, node, (label){"share 写错了。", "The share is not right."});
  *ret = rate / whole / 100; /* of 1 000 000 */
  return true;
}

const yaml *recipe_list(const yaml *map, const char *key) {
  static const yaml none = {.type = YAML_LIST};
  const yaml *list = yaml_get(map, key);
  return list && list->type == YAML_LIST ? list : &none;
}

int recipe_child(const subject_recipe *s, const kind *k) {
  for (size_t i = 0; i < s->child_count; i++)
    if (s->children[i].k == k) return (int)i;
  return -1;
}
