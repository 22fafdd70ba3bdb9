/* Reading a recipe: the county, its officers, its subjects. */
#include "demo/recipe_sheet.h"
#include "pack/model/administrator.h"

#include "base/ident.h"

#include <unistd.h>

/* ---- subjects ---- */

/* Keys `let` and `fields` of a node. */
static bool read_record(recipe_reader *r, recipe_sheet *s, const char *name, const field *fields,
                        size_t count, const yaml *node) {
  const sheet_source from = {.name = name,
                             .fields = fields,
                             .count = count,
                             .let = yaml_get(node, "let"),
                             .map = yaml_get(node, "fields")};
  return recipe_sheet_read(r, s, &from);
}

static bool read_child(recipe_reader *r, const pack *p, subject_recipe *s, child_recipe *c,
                       const yaml *node) {
  c->k = pack_kind(p, yaml_text(node, "kind"));
  if (!c->k || c->k->parent != s->k->index)
    return gen_fault(r, node,
                     (label){"这里应是下级对象的类型。", "A kind below this one belongs here."});
  const yaml *number = yaml_get(node, "number");
  if (!number)
    return gen_fault(r, node, (label){"请写 number：几个。", "Give the number of them."});
  c->number = gen_read_int(r, &s->sheet.scene, number);
  return c->number && recipe_sheet_new(r, &c->sheet, false) &&
         recipe_sheet_about(r, &c->sheet, s->k, &s->sheet, &c->sheet.parent) &&
         read_record(r, &c->sheet, c->k->name, c->k->fields, c->k->field_count, node);
}

static bool read_event(recipe_reader *r, const pack *p, subject_recipe *s, event_recipe *v,
                       const yaml *node) {
  v->k = pack_event(p, yaml_text(node, "name"));
  if (!v->k)
    return gen_fault(r, node,
                     (label){"业务包里没有这种登记。", "The pack has no such kind of event."});
  const kind *about = &p->kinds[v->k->about];
  v->child = about == s->k ? -1 : recipe_child(s, about);
  if (about != s->k && v->child < 0)
    return gen_fault(r, node,
                     (label){"这种登记不是关于它的。", "This event is not about this kind."});
  const scene *own = v->child < 0 ? &s->sheet.scene : &s->children[v->child].sheet.scene;
  const yaml *when = yaml_get(node, "when"), *per_year = yaml_get(node, "per_year");
  v->sample = yaml_text(node, "sample");
  if (!per_year && !v->sample.bytes)
    return gen_fault(r, node,
                     (label){"请写 per_year：每年几次；或 sample：哪次抽查。",
                             "Give per_year: how many a year; or sample: of whom is drawn."});
  if (when && !(v->when = gen_read_test(r, own, when))) return false;
  if (per_year && !(v->per_year = gen_read_int(r, own, per_year))) return false;
  v->even = !text_is(yaml_text(node, "gaps"), "random");
  v->role = yaml_text(node, "as");
  return recipe_sheet_new(r, &v->sheet, true) && recipe_sheet_sees(r, &v->sheet, s, v->child) &&
         read_record(r, &v->sheet, v->k->name, v->k->fields, v->k->field_count, node);
}

static bool read_areas(recipe_reader *r, const yaml *node, text **ret, size_t *ret_count) {
  const yaml *list = recipe_list(node, "areas");
  char code[13];
  *ret = ARENA_ARRAY(r->a, list->count, text);
  if (!*ret) return err_memory(r->e);
  for (size_t i = 0; i < list->count; i++) {
    if (!area_code_check(list->items[i].s, code, NULL) || list->items[i].s.bytes != 12)
      return gen_fault(r, &list->items[i],
                       (label){"这里应是12位区划代码。", "A 12-digit area code."});
    (*ret)[i] = list->items[i].s;
  }
  *ret_count = list->count;
  return true;
}

static bool read_subject(recipe_reader *r, const pack *p, subject_recipe *s, const yaml *node) {
  s->k = pack_kind(p, yaml_text(node, "kind"));
  if (!s->k || s->k->parent >= 0)
    return gen_fault(
        r, node,
        (label){"这里应是业务包的一种独立对象。", "A kind that stands by itself belongs here."});
  s->share_ppm = 1000000;
  s->fixed = -1;
  s->taken_in = yaml_text(node, "taken_in");
  s->county_level = text_is(yaml_text(node, "registered_at"), "county");
  s->of_officers = yaml_text(node, "for_officers");
  if (s->of_officers.bytes && !pack_role(p, s->of_officers))
    return gen_fault(r, node, (label){"没有这个岗位。", "There is no such role."});
  if (!read_areas(r, node, &s->areas, &s->area_count)) return false;
  if (yaml_has(node, "share") && !recipe_share(r, yaml_get(node, "share"), 1, &s->share_ppm))
    return false;
  if (yaml_has(node, "number") && !yaml_as_int(yaml_get(node, "number"), &s->fixed))
    return gen_fault(r, node, (label){"number 应是整数。", "number is a whole number."});
  const yaml *children = recipe_list(node, "children"), *events = recipe_list(node, "events"),
             *stories = recipe_list(node, "stories");
  s->children = ARENA_ARRAY(r->a, children->count, child_recipe);
  s->events = ARENA_ARRAY(r->a, events->count, event_recipe);
  s->stories = ARENA_ARRAY(r->a, stories->count, story);
  if (!s->children || !s->events || !s->stories) return err_memory(r->e);
  if (children->count > RECIPE_PARTS_MAX || events->count > RECIPE_PARTS_MAX ||
      stories->count > RECIPE_PARTS_MAX)
    return gen_fault(r, node, (label){"太多了。", "Too many."});
  if (!recipe_sheet_new(r, &s->sheet, false) ||
      !read_record(r, &s->sheet, s->k->name, s->k->fields, s->k->field_count, node))
    return false;
  for (; s->child_count < children->count; s->child_count++)
    if (!read_child(r, p, s, &s->children[s->child_count], &children->items[s->child_count]))
      return false;
  for (; s->event_count < events->count; s->event_count++)
    if (!read_event(r, p, s, &s->events[s->event_count], &events->items[s->event_count]))
      return false;
  for (; s->story_count < stories->count; s->story_count++)
    if (!story_read(r, p, s, &s->stories[s->story_count], &stories->items[s->story_count]))
      return false;
  return true;
}

/* ---- officers, names, the county ---- */

static bool read_leave(recipe_reader *r, leave_recipe *l, const yaml *node) {
  *l = (leave_recipe){.login = yaml_text(node, "login"),
                      .reason = yaml_text(node, "reason"),
                      .stand_in = yaml_text(node, "stand_in"),
                      .days = 1};
  bool days_ok = !yaml_has(node, "days") || yaml_as_int(yaml_get(node, "days"), &l->days);
  if (!l->login.bytes || !l->reason.bytes || !days_ok || l->days < 1 ||
      !yaml_as_int(yaml_get(node, "ago"), &l->ago) || l->ago < 0 || l->ago > HISTORY_MAX)
    return gen_fault(r, node,
                     (label){"请假要写 login、ago、reason，可写 days 和 stand_in。",
                             "A leave has login, ago, reason, and may have days and stand_in."});
  return true;
}

static bool read_officer(recipe_reader *r, const pack *p, officer_recipe *o, const yaml *node) {
  static const struct {
    const char *word;
    int level;
  } levels[] = {{"county", AREA_COUNTY},
                {"town", AREA_TOWN},
                {"village", AREA_VILLAGE},
                {"zone", LEVEL_ZONE}};
  *o = (officer_recipe){.role = yaml_text(node, "role"),
                        .login = yaml_text(node, "login"),
                        .name = yaml_text(node, "name"),
                        .number = 1};
  if (administrator_index(o->role) < 0 && !pack_role(p, o->role))
    return gen_fault(r, node, (label){"没有这个岗位。", "There is no such role."});
  if (!o->login.bytes) return gen_fault(r, node, (label){"请写 login。", "Give a login."});
  if (yaml_has(node, "number") &&
      (!yaml_as_int(yaml_get(node, "number"), &o->number) || o->number < 1 || o->number > 100))
    return gen_fault(r, node, (label){"number 应是 1 到 100 的整数。", "number is from 1 to 100."});
  if (!read_areas(r, node, &o->areas, &o->area_count)) return false;
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
    if (text_is(yaml_text(node, "each"), levels[i].word)) o->level = levels[i].level;
  return o->level || gen_fault(r, node,
                               (label){"each 应是 county、town、village 或 zone。",
                                       "each is county, town, village or zone."});
}

static bool read_sample(recipe_reader *r, const pack *p, sample_recipe *x, const yaml *node) {
  *x = (sample_recipe){.plan = yaml_text(node, "plan"),
                       .title = yaml_text(node, "title"),
                       .seed = yaml_text(node, "seed"),
                       .role = yaml_text(node, "as"),
                       .of = yaml_text(node, "of")};
  if (!pack_sample_plan(p, x->plan) || !pack_role(p, x->role) || !x->title.bytes ||
      !x->seed.bytes || !yaml_as_int(yaml_get(node, "size"), &x->size) || x->size < 1)
    return gen_fault(r, node,
                     (label){"抽查要写 plan、title、seed、as、size。",
                             "A sample has plan, title, seed, as and size."});
  return !yaml_has(node, "visited") ||
         recipe_share(r, yaml_get(node, "visited"), 100, &x->visited_ppm);
}

static bool read_samples(recipe_reader *r, recipe *x, const yaml *root) {
  const yaml *list = recipe_list(root, "samples");
  x->samples = ARENA_ARRAY(r->a, list->count, sample_recipe);
  if (!x->samples) return err_memory(r->e);
  for (; x->sample_count < list->count; x->sample_count++)
    if (!read_sample(r, x->pack, &x->samples[x->sample_count], &list->items[x->sample_count]))
      return false;
  return true;
}

/* Whether code and shape are good the engine says. */
static bool read_zone(recipe_reader *r, zone_recipe *z, const yaml *node) {
  *z = (zone_recipe){.code = yaml_text(node, "code"),
                     .name = yaml_text(node, "name"),
                     .colour = yaml_text(node, "colour"),
                     .shape = yaml_text(node, "shape")};
  return (z->code.bytes && z->name.bytes) ||
         gen_fault(r, node, (label){"片区要写 code 和 name。", "A zone has code and name."});
}

static bool read_zones(recipe_reader *r, recipe *x, const yaml *root) {
  const yaml *list = recipe_list(root, "zones");
  x->zones = ARENA_ARRAY(r->a, list->count, zone_recipe);
  if (!x->zones) return err_memory(r->e);
  for (; x->zone_count < list->count; x->zone_count++)
    if (!read_zone(r, &x->zones[x->zone_count], &list->items[x->zone_count])) return false;
  return true;
}

static bool read_head(recipe_reader *r, recipe *x, const yaml *root) {
  const yaml *county = yaml_get(root, "county"), *names = yaml_get(root, "names");
  x->county = yaml_text(county, "code");
  x->county_name = yaml_text(county, "name");
  x->password = yaml_text(root, "password");
  x->names = (name_lists){yaml_text(names, "surnames"), yaml_text(names, "given")};
  x->history = HISTORY_DEFAULT;
  if (!x->county.bytes || !x->county_name.bytes || !x->password.bytes)
    return gen_fault(r, root,
                     (label){"请写 county: {code, name} 和 password。",
                             "Give county: {code, name} and password."});
  if (!x->names.surnames.bytes || !x->names.given.bytes)
    return gen_fault(r, root,
                     (label){"请写 names: {surnames, given}。", "Give names: {surnames, given}."});
  if (yaml_has(root, "history") && (!yaml_as_int(yaml_get(root, "history"), &x->history) ||
                                    x->history < 30 || x->history > HISTORY_MAX))
    return gen_fault(r, root,
                     (label){"history 应是 30 到 3650 天。", "history is 30 to 3650 days."});
  return true;
}

static bool read_all(recipe_reader *r, recipe *x, const yaml *root) {
  const yaml *officers = recipe_list(root, "officers"), *subjects = recipe_list(root, "subjects");
  if (!read_head(r, x, root) || !read_zones(r, x, root) || !read_samples(r, x, root)) return false;
  x->officers = ARENA_ARRAY(r->a, officers->count, officer_recipe);
  x->subjects = ARENA_ARRAY(r->a, subjects->count, subject_recipe);
  if (!x->officers || !x->subjects) return err_memory(r->e);
  if (officers->count > RECIPE_PARTS_MAX || subjects->count > RECIPE_PARTS_MAX)
    return gen_fault(r, root, (label){"太多了。", "Too many."});
  for (; x->officer_count < officers->count; x->officer_count++)
    if (!read_officer(r, x->pack, &x->officers[x->officer_count],
                      &officers->items[x->officer_count]))
      return false;
  for (; x->subject_count < subjects->count; x->subject_count++)
    if (!read_subject(r, x->pack, &x->subjects[x->subject_count],
                      &subjects->items[x->subject_count]))
      return false;
  const yaml *leaves = recipe_list(root, "leaves");
  x->leaves = ARENA_ARRAY(r->a, leaves->count, leave_recipe);
  if (!x->leaves) return err_memory(r->e);
  for (; x->leave_count < leaves->count; x->leave_count++)
    if (!read_leave(r, &x->leaves[x->leave_count], &leaves->items[x->leave_count])) return false;
  return true;
}

bool recipe_read(arena *a, const char *path, const pack *p, day last_day, recipe **ret, err *e) {
  recipe *x = ARENA_NEW(a, recipe);
  if (!x) return err_memory(e);
  *ret = NULL;
  if (access(path, F_OK) != 0) return true;
  recipe_reader r = {.a = a, .file = path, .last_day = last_day, .e = e};
  const yaml *root = NULL;
  x->pack = p;
  if (!yaml_load(a, path, &root, e) || !read_all(&r, x, root)) return false;
  *ret = x;
  return true;
}
