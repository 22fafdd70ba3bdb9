/* What a change of areas moves: units, and the posts of officers. */
#include "engine/area_change.h"

#include "base/ident.h"

static bool add_step(const area_asking *q, area_plan *p, const char *from, const char *to,
                     const record *root, size_t *room, err *e) {
  area_step *more = ARENA_GROW(q->a, p->steps, p->step_count, room, area_step);
  if (!more) return err_memory(e);
  p->steps = more;
  p->steps[p->step_count++] = (area_step){.from = from, .to = to, .root = root};
  return true;
}

/* The same last digits, or the next ones that nothing has had. */
static bool free_code(const area_asking *q, const area_plan *p, char code[13], err *e) {
  for (int tries = 0; tries < 100; tries++) {
    area *there = NULL;
    bool taken = false;
    if (!store_area_find(q->s, q->a, code, &there, e)) return false;
    for (size_t i = 0; i < p->step_count; i++) taken |= strcmp(p->steps[i].to, code) == 0;
    if (!there && !taken) return true;
    for (int i = 11; i > 9 && ++code[i] > '9'; i--) code[i] = '0'; /* a zone stays one */
  }
  return err_set(e, ERR_TOO_LARGE, "to", "“%.9s”下面没有空的代码了。",
                 "No code is free below %.9s.", code);
}

/* A village or zone goes below another town. */
static bool move_one_below(const area_asking *q, area_plan *p, const char *from, const char *town,
                           size_t *room, err *e) {
  char to[13];
  memcpy(to, town, 9);
  memcpy(to + 9, from + 9, 4);
  if (!free_code(q, p, to, e)) return false;
  const char *lasting = arena_copy(q->a, to, 12);
  if (!lasting) return err_memory(e);
  if (!add_step(q, p, from, lasting, NULL, room, e)) return false;
  p->steps[p->step_count - 1].below = true;
  return true;
}

/* Where a village or zone of a town that is split goes; NULL: where the rest goes. */
static const char *part_of(const area_plan *p, const char *code) {
  for (size_t i = 0; i < p->part_count; i++)
    if (strcmp(p->parts[i].of->code, code) == 0) return p->parts[i].to;
  return NULL;
}

/* A town takes its villages and zones along; of a split each to its part, the rest to `rest`. */
static bool move_below(const area_asking *q, area_plan *p, const char *town, const char *rest,
                       size_t *room, err *e) {
  area *all = NULL;
  size_t count = 0;
  if (!store_areas(q->s, q->a, NULL, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    const char *code = all[i].code, *part = part_of(p, code), *to = part ? part : rest;
    if (strncmp(code, town, 9) != 0 || strcmp(code, town) == 0 || strcmp(to, town) == 0) continue;
    if (!move_one_below(q, p, code, to, room, e)) return false;
  }
  return true;
}

/* All of one area goes to the first target. */
static bool add_whole(const area_asking *q, area_plan *p, const char *from, size_t *room, err *e) {
  return add_step(q, p, from, p->to[0].code, NULL, room, e) &&
         (area_code_level(from) != AREA_TOWN || move_below(q, p, from, p->to[0].code, room, e));
}

/* Who is listed goes where it is said; the rest stays where it can, else it goes to the first. */
static bool find_parts(const area_asking *q, area_plan *p, size_t *room, err *e) {
  const char *from = p->from[0]->code, *rest = p->to[0].code;
  for (size_t i = 0; i < p->listed_count; i++)
    if (strcmp(p->listed[i].to, from) != 0 &&
        !add_step(q, p, from, p->listed[i].to, p->listed[i].root, room, e))
      return false;
  for (size_t i = 0; i < p->to_count; i++)
    if (strcmp(p->to[i].code, from) == 0) rest = from;
  return (area_code_level(from) != AREA_TOWN || move_below(q, p, from, rest, room, e)) &&
         (strcmp(rest, from) == 0 || add_step(q, p, from, rest, NULL, room, e));
}

static bool find_steps(const area_asking *q, area_plan *p, err *e) {
  size_t room = 0;
  const area_target *to = p->to;
  switch (p->way) {
  case AREA_RECODE:
    return add_whole(q, p, p->from[0]->code, &room, e);
  case AREA_MERGE:
    for (size_t i = 0; i < p->from_count; i++)
      if (strcmp(p->from[i]->code, to->code) != 0 && !add_whole(q, p, p->from[i]->code, &room, e))
        return false;
    return true;
  case AREA_ABOLISH: /* who is in a zone leaves it */
    for (size_t i = 0; i < p->from_count; i++)
      if (area_code_is_zone(p->from[i]->code) &&
          !add_step(q, p, p->from[i]->code, "", NULL, &room, e))
        return false;
    return true;
  case AREA_SPLIT:
    return find_parts(q, p, &room, e);
  default:
    return true;
  }
}

static bool add_post(post *posts, size_t *count, post x, err *e) {
  for (size_t i = 0; i < *count; i++)
    if (strcmp(posts[i].role, x.role) == 0 && strcmp(posts[i].pack, x.pack) == 0 &&
        strcmp(posts[i].area, x.area) == 0)
      return true;
  if (*count == SCOPE_MAX)
    return err_set(e, ERR_TOO_LARGE, "from", "有人的岗位会超过 %d 个，请先调整他的岗位。",
                   "Somebody would have more than %d posts; change his posts first.", SCOPE_MAX);
  posts[(*count)++] = x;
  return true;
}

/* His posts follow: of a split he keeps all parts, until somebody says otherwise. */
static bool follow_post(const area_plan *p, const post *x, post *posts, size_t *count, err *e) {
  bool moved = false;
  if (p->way == AREA_ABOLISH && area_goes(p, x->area)) return true; /* it ends with the area */
  if (p->way == AREA_SPLIT && area_goes(p, x->area)) {
    for (size_t i = 0; i < p->to_count; i++) {
      post part = *x;
      memcpy(part.area, p->to[i].code, sizeof part.area);
      if (!add_post(posts, count, part, e)) return false;
    }
    return true;
  }
  for (size_t i = 0; i < p->step_count && !moved; i++)
    if (!p->steps[i].root && strcmp(p->steps[i].from, x->area) == 0) {
      post to = *x;
      memcpy(to.area, p->steps[i].to, sizeof to.area);
      if (!add_post(posts, count, to, e)) return false;
      moved = true;
    }
  return moved || add_post(posts, count, *x, e);
}

static bool same_posts(const officer *o, const post *posts, size_t count) {
  bool same = count == o->post_count;
  for (size_t i = 0; same && i < count; i++)
    same = strcmp(posts[i].area, o->posts[i].area) == 0 &&
           strcmp(posts[i].role, o->posts[i].role) == 0 &&
           strcmp(posts[i].pack, o->posts[i].pack) == 0;
  return same;
}

static bool find_officers(const area_asking *q, area_plan *p, err *e) {
  officer *all = NULL;
  size_t count = 0;
  if (!store_officers(q->s, q->a, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    officer *o = &all[i];
    post *posts = ARENA_ARRAY(q->a, SCOPE_MAX, post);
    size_t n = 0;
    if (!posts) return err_memory(e);
    for (size_t k = 0; k < o->post_count; k++)
      if (!follow_post(p, &o->posts[k], posts, &n, e)) return false;
    if (same_posts(o, posts, n)) continue;
    o->posts = posts;
    o->post_count = n;
    all[p->officer_count++] = *o;
  }
  p->officers = all;
  return true;
}

static bool count_cases(const area_asking *q, area_plan *p, const char *area, err *e) {
  scope here = {.count = 1}; /* this area alone, not what lies below it */
  state_count *counts = NULL;
  size_t n = 0;
  memcpy(here.areas[0].lo, area, 13);
  memcpy(here.areas[0].hi, area, 13);
  if (!store_case_counts(q->s, q->a, &here, NULL, &counts, &n, e)) return false;
  for (size_t i = 0; i < n; i++) p->cases += counts[i].n;
  return true;
}

static bool count_step(const area_asking *q, area_plan *p, const area_step *x, err *e) {
  int64_t n = 0;
  casework *cases = NULL;
  size_t count = 0;
  if (!x->root) {
    if (!store_units_in(q->s, x->from, &n, e)) return false;
    p->units += n;
    return count_cases(q, p, x->from, e);
  }
  p->units++;
  if (!store_cases_of(q->s, q->a, &x->root->id, &cases, &count, e)) return false;
  for (size_t i = 0; i < count; i++) p->cases += !cases[i].closed;
  return true;
}

/* What a change moved goes back. */
static bool find_undone(const area_asking *q, area_plan *p, err *e) {
  past_area *rows = NULL;
  size_t count = 0;
  officer *all = NULL;
  if (!store_past_areas(q->s, q->a, p->undone->seq, &rows, &count, e) ||
      !store_officers_changed_by(q->s, q->a, p->undone->seq, &all, &p->officer_count, e))
    return false;
  p->officers = all;
  p->units = (int64_t)count;
  return true;
}

bool area_plan_find(const area_asking *q, area_plan *p, err *e) {
  if (p->way == AREA_UNDO) return find_undone(q, p, e);
  if (!find_steps(q, p, e) || !find_officers(q, p, e)) return false;
  bool all_leave = false; /* then those who are listed are counted with them */
  for (size_t i = 0; i < p->step_count; i++)
    all_leave |= !p->steps[i].root && strcmp(p->steps[i].from, p->from[0]->code) == 0;
  for (size_t i = 0; i < p->step_count; i++)
    if (!(all_leave && p->steps[i].root) && !count_step(q, p, &p->steps[i], e)) return false;
  return true;
}
