/* Reading stories: the dated steps that some units follow. */
#include "demo/recipe_sheet.h"

static const char *first_role(const char *const *roles) {
  return roles && roles[0] ? roles[0] : "";
}

/* `person: 2` among the answers: about the second child of that kind. */
static bool about(recipe_reader *r, const pack *p, const subject_recipe *s, story_step *t,
                  int kind_index, const yaml *form) {
  const kind *k = &p->kinds[kind_index];
  t->child = k == s->k ? -1 : recipe_child(s, k);
  t->child_number = 1;
  if (k != s->k && t->child < 0)
    return gen_fault(r, form, (label){"这一步不是关于它的。", "This step is not about this kind."});
  const yaml *number = t->child >= 0 ? yaml_get(form, k->name) : NULL;
  if (number && (!yaml_as_int(number, &t->child_number) || t->child_number < 1))
    return gen_fault(r, number, (label){"这里应是第几个。", "Which of them: 1, 2 …"});
  return recipe_sheet_new(r, &t->sheet, true) && recipe_sheet_sees(r, &t->sheet, s, t->child);
}

static bool form_of(recipe_reader *r, const pack *p, story_step *t, const field *fields,
                    size_t count, int kind_index, const yaml *form) {
  const char *but = t->child >= 0 ? p->kinds[kind_index].name : NULL;
  const sheet_source from = {
      .name = "form", .fields = fields, .count = count, .map = form, .but = but};
  return recipe_sheet_read(r, &t->sheet, &from);
}

static bool read_event(recipe_reader *r, const pack *p, const subject_recipe *s, story_step *t,
                       const yaml *body) {
  t->type = STEP_EVENT;
  t->event = body->type == YAML_MAP && body->count == 1 ? pack_event(p, body->keys[0].s) : NULL;
  if (!t->event)
    return gen_fault(r, body,
                     (label){"业务包里没有这种登记。", "The pack has no such kind of event."});
  if (!t->role.bytes) t->role = text_of(first_role(t->event->who));
  return about(r, p, s, t, t->event->about, &body->items[0]) &&
         form_of(r, p, t, t->event->fields, t->event->field_count, t->event->about,
                 &body->items[0]);
}

static bool read_facts(recipe_reader *r, const pack *p, const subject_recipe *s, story_step *t,
                       const yaml *body) {
  const kind *k = s->k;
  t->type = STEP_FACTS;
  for (size_t i = 0; i < s->child_count; i++)
    if (yaml_has(body, s->children[i].k->name)) k = s->children[i].k;
  return about(r, p, s, t, k->index, body) &&
         form_of(r, p, t, k->fields, k->field_count, k->index, body);
}

/* Of the workflow in force on the day, roughly; several may have a step of that name. */
static const transition *transition_named(const pack *p, const kind *k, text name, day on) {
  const transition *any = NULL;
  for (size_t i = 0; i < p->workflow_count; i++) {
    const workflow *flow = &p->workflows[i];
    bool in_force = day_in_range(flow->from, flow->to, on);
    for (size_t n = 0; flow->of == k->index && n < flow->transition_count; n++)
      if (text_is(name, flow->transitions[n].name) && (in_force || !any))
        any = &flow->transitions[n];
  }
  return any;
}

static bool read_move(recipe_reader *r, const pack *p, const subject_recipe *s, story_step *t,
                      const yaml *body) {
  t->type = STEP_MOVE;
  t->name = body->type == YAML_TEXT ? body->s : body->count ? body->keys[0].s : TEXT("");
  const transition *n = transition_named(p, s->k, t->name, r->last_day - (day)t->ago);
  if (!n) return gen_fault(r, body, (label){"流程里没有这一步。", "No workflow has this step."});
  if (!t->role.bytes) t->role = text_of(first_role(n->who));
  const yaml *form = body->type == YAML_MAP ? &body->items[0] : NULL;
  return about(r, p, s, t, s->k->index, form) &&
         form_of(r, p, t, n->fields, n->field_count, s->k->index, form);
}

static bool read_measure(recipe_reader *r, const pack *p, const subject_recipe *s, story_step *t,
                         const yaml *body) {
  t->measure = body->type == YAML_MAP && body->count == 1 ? pack_measure(p, body->keys[0].s) : NULL;
  if (!t->measure)
    return gen_fault(r, body, (label){"业务包里没有这种措施。", "The pack has no such measure."});
  const yaml *form = &body->items[0];
  t->type = form->type == YAML_TEXT ? STEP_MEASURE_STATE : STEP_MEASURE;
  t->name = form->type == YAML_TEXT ? form->s : TEXT("");
  bool approves = text_is(t->name, "approved") || text_is(t->name, "refused");
  if (!t->role.bytes)
    t->role = text_of(first_role(approves ? t->measure->approve : t->measure->propose));
  return about(r, p, s, t, t->measure->of, form) &&
         form_of(r, p, t, t->measure->fields, t->measure->field_count, t->measure->of, form);
}

static const struct {
  const char *word;
  bool (*read)(recipe_reader *r, const pack *p, const subject_recipe *s, story_step *t,
               const yaml *body);
} words[] = {
    {"event", read_event}, {"facts", read_facts}, {"move", read_move}, {"measure", read_measure}};

/* On how many days the step is taken: `ago` may be a list. */
static size_t days_of(const yaml *node) {
  const yaml *ago = yaml_get(node, "ago");
  return ago && ago->type == YAML_LIST ? ago->count : 1;
}

static bool read_step(recipe_reader *r, const pack *p, const subject_recipe *s, story_step *t,
                      const yaml *node, size_t which) {
  t->role = yaml_text(node, "as");
  const yaml *ago = yaml_get(node, "ago");
  if (ago && ago->type == YAML_LIST) ago = &ago->items[which];
  if (!ago || !yaml_as_int(ago, &t->ago) || t->ago < 0 || t->ago > HISTORY_MAX)
    return gen_fault(
        r, node,
        (label){"每一步要写 ago：几天以前。", "Each step has ago: days before the last day."});
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    const yaml *body = yaml_get(node, words[i].word);
    if (body) return words[i].read(r, p, s, t, body);
  }
  return gen_fault(r, node,
                   (label){"这一步要写 event、facts、move 或 measure。",
                           "A step is event, facts, move or measure."});
}

bool story_read(recipe_reader *r, const pack *p, const subject_recipe *s, story *t,
                const yaml *node) {
  const yaml *steps = recipe_list(node, "steps"), *when = yaml_get(node, "when"),
             *shift = yaml_get(node, "shift");
  t->name = yaml_text(node, "name");
  if (!recipe_share(r, yaml_get(node, "share"), 100, &t->share_ppm)) return false;
  if (when && !(t->when = gen_read_test(r, &s->sheet.scene, when))) return false;
  if (shift && !(t->shift = gen_read_int(r, &s->sheet.scene, shift))) return false;
  size_t room = 0;
  for (size_t i = 0; i < steps->count; i++) room += days_of(&steps->items[i]);
  if (room > 2000) return gen_fault(r, steps, (label){"太多了。", "Too many."});
  t->steps = ARENA_ARRAY(r->a, room, story_step);
  if (!t->steps) return err_memory(r->e);
  for (size_t i = 0; i < steps->count; i++)
    for (size_t k = 0; k < days_of(&steps->items[i]); k++)
      if (!read_step(r, p, s, &t->steps[t->step_count++], &steps->items[i], k)) return false;
  return true;
}
