/* What a change of areas asks for, whether it can be, and what moves. */
#include "engine/area_change.h"

#include "base/ident.h"
#include "base/shape.h"
#include "engine/areas.h"

#include <stdio.h>

enum { REASON_MAX = 500, DOCUMENT_MAX = 120, NAME_MAX_POINTS = 60, PARTS_MAX = 64 };

static const char *const ways[] = {"rename", "recode", "merge", "split", "add", "abolish", "undo"};

const char *area_way_name(area_way w) {
  return ways[w];
}

/* ---- reading ---- */

static bool read_way(text t, area_way *ret, err *e) {
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
    if (text_is(t, ways[i])) return *ret = (area_way)i, true;
  return err_set(e, ERR_BAD_INPUT, "way",
                 "way 应是 rename、recode、merge、split、add、abolish 或 undo。",
                 "way is rename, recode, merge, split, add, abolish or undo.");
}

static bool read_day(const area_asking *q, const json *body, day *ret, err *e) {
  text s = json_text(body, "on");
  *ret = q->today;
  if (!s.bytes) return true;
  if (!day_parse(s, ret))
    return err_set(e, ERR_BAD_INPUT, "on", "请填写日期，例如 2024-03-01。",
                   "Please give a day such as 2024-03-01.");
  return *ret <= q->today || err_set(e, ERR_BAD_INPUT, "on", "日期不能晚于今天；到那一天再办。",
                                     "The day may not be later than today; do it on that day.");
}

static bool too_many(const char *where, err *e) {
  return err_set(e, ERR_BAD_INPUT, where, "一次最多 %d 个。", "At most %d at a time.", PARTS_MAX);
}

static bool read_from(const area_asking *q, const json *list, area_plan *p, err *e) {
  const size_t count = list && list->type == JSON_LIST ? list->count : 0;
  if (count > PARTS_MAX) return too_many("from", e);
  p->from = ARENA_ARRAY(q->a, count + 1, const area *);
  if (!p->from) return err_memory(e);
  for (size_t i = 0; i < count; i++) {
    char code[13];
    area *x = NULL;
    text given = list->items[i].type == JSON_TEXT ? list->items[i].s : TEXT("");
    if (!area_code_check(given, code, e)) return err_within(e, "from");
    if (!store_area_find(q->s, q->a, code, &x, e)) return false;
    if (!x) return area_stands_check(q->s, q->a, code, "from", e);
    p->from[p->from_count++] = x;
  }
  return true;
}

/* at NULL: none */
static text read_look(const json *item, const char *key) {
  const text said = json_text(item, key);
  return said.bytes ? said : (text){0};
}

static bool read_target(const area_asking *q, const json *item, area_target *t, err *e) {
  area *there = NULL;
  if (!area_code_check(json_text(item, "code"), t->code, e)) return err_within(e, "to");
  if (!store_area_find(q->s, q->a, t->code, &there, e)) return false;
  t->there = there;
  t->name = text_trim(json_text(item, "name"));
  t->says_shape = json_has(item, "shape");
  t->says_colour = json_has(item, "colour");
  t->shape = read_look(item, "shape");
  t->colour = read_look(item, "colour");
  return true;
}

static bool read_to(const area_asking *q, const json *list, area_plan *p, err *e) {
  const size_t count = list && list->type == JSON_LIST ? list->count : 0;
  if (count > PARTS_MAX) return too_many("to", e);
  p->to = ARENA_ARRAY(q->a, count + 1, area_target);
  if (!p->to) return err_memory(e);
  for (size_t i = 0; i < count; i++)
    if (!read_target(q, &list->items[i], &p->to[p->to_count++], e)) return false;
  return true;
}

static bool is_in(const area_plan *p, const record *root) {
  char zone[13];
  const char *from = p->from_count ? p->from[0]->code : "";
  record_zone(root, zone);
  return strcmp(area_code_is_zone(from) ? zone : root->area, from) == 0;
}

/* Of any kind that has keys; of several the one in `from`. */
static bool find_by_key(const area_asking *q, const area_plan *p, text key, record **ret, err *e) {
  *ret = NULL;
  for (size_t i = 0; i < q->packs->count; i++)
    for (size_t k = 0; k < q->packs->packs[i]->kind_count; k++) {
      const kind *of = &q->packs->packs[i]->kinds[k];
      record *r = NULL;
      if (of->parent >= 0 || of->key < 0) continue;
      if (!store_subject_find_by_key(q->s, q->a, of, key, &r, e)) return false;
      if (r && (!*ret || is_in(p, r))) *ret = r;
    }
  return true;
}

static bool read_listed(const area_asking *q, const json *list, area_plan *p, err *e) {
  const size_t count = list && list->type == JSON_LIST ? list->count : 0;
  p->listed = ARENA_ARRAY(q->a, count + 1, area_listed);
  if (!p->listed) return err_memory(e);
  for (size_t i = 0; i < count; i++) {
    const json *item = &list->items[i];
    const kind *k = catalog_kind(q->packs, json_text(item, "kind"), NULL);
    area_listed *x = &p->listed[p->listed_count++];
    uuid id;
    const text key = text_trim(json_text(item, "key"));
    if (!key.bytes && (!k || k->parent >= 0 || !uuid_parse(json_text(item, "id"), &id)))
      return err_set(e, ERR_BAD_INPUT, "subjects", "第 %d 行要写对象的编号，或者类型和 id。",
                     "Row %d needs the key of a subject, or its kind and id.", (int)i + 1);
    if (!area_code_check(json_text(item, "to"), x->to, e)) return err_within(e, "subjects");
    if (key.bytes ? !find_by_key(q, p, key, &x->root, e)
                  : !store_subject_find(q->s, q->a, k, &id, NULL, &x->root, e))
      return false;
    if (!x->root)
      return err_set(e, ERR_UNKNOWN_NAME, "subjects", "第 %d 行的对象没有找到。",
                     "The subject of row %d is not there.", (int)i + 1);
  }
  return true;
}

static bool read_parts(const area_asking *q, const json *list, area_plan *p, err *e) {
  const size_t count = list && list->type == JSON_LIST ? list->count : 0;
  p->parts = ARENA_ARRAY(q->a, count + 1, area_part);
  if (!p->parts) return err_memory(e);
  for (size_t i = 0; i < count; i++) {
    char code[13];
    area *there = NULL;
    area_part *x = &p->parts[p->part_count++];
    if (!area_code_check(json_text(&list->items[i], "code"), code, e) ||
        !area_code_check(json_text(&list->items[i], "to"), x->to, e))
      return err_within(e, "areas");
    if (!area_stands_check(q->s, q->a, code, "areas", e) ||
        !store_area_find(q->s, q->a, code, &there, e))
      return false;
    x->of = there;
  }
  return true;
}

/* A new code changes nothing else, unless it is said. */
static void keep_looks(area_plan *p) {
  for (size_t i = 0; p->from_count && i < p->to_count; i++) {
    area_target *t = &p->to[i];
    if (!t->name.bytes) t->name = text_of(p->from[0]->name);
    if (!t->says_shape) t->shape = p->from[0]->shape;
    if (!t->says_colour) t->colour = p->from[0]->colour;
  }
}

bool area_plan_read(const area_asking *q, const json *body, area_plan *ret, err *e) {
  uuid change;
  *ret = (area_plan){.reason = text_trim(json_text(body, "reason")),
                     .document = text_trim(json_text(body, "document"))};
  if (!ret->reason.at) ret->reason = TEXT("");
  if (!ret->document.at) ret->document = TEXT("");
  if (!read_way(json_text(body, "way"), &ret->way, e) || !read_day(q, body, &ret->on, e) ||
      !read_from(q, json_get(body, "from"), ret, e) || !read_to(q, json_get(body, "to"), ret, e) ||
      !read_listed(q, json_get(body, "subjects"), ret, e) ||
      !read_parts(q, json_get(body, "areas"), ret, e))
    return false;
  if (ret->way == AREA_RECODE) keep_looks(ret);
  if (ret->way != AREA_UNDO) return true;
  if (!uuid_parse(json_text(body, "change"), &change))
    return err_set(e, ERR_BAD_INPUT, "change", "请写明要撤销哪一次变更。",
                   "Say which change is to be taken back.");
  if (!store_area_change_find(q->s, q->a, &change, &ret->undone, e)) return false;
  if (!ret->undone)
    return err_set(e, ERR_UNKNOWN_NAME, "change", "没有找到这次区划变更。",
                   "There is no such change of areas.");
  const json *was = json_parse(q->a, ret->undone->body, e);
  return was && read_from(q, json_get(was, "from"), ret, e) &&
         read_to(q, json_get(was, "to"), ret, e);
}

/* ---- whether it can be ---- */

static bool refuse(err *e, const char *where, label why) {
  return err_set(e, ERR_BAD_INPUT, where, "%s", "%s", LABEL(why));
}

static bool same_tree(const char *a, const char *b) {
  return area_code_level(a) == area_code_level(b) && area_code_is_zone(a) == area_code_is_zone(b);
}

static bool check_said(const area_plan *p, err *e) {
  if (!p->reason.bytes || text_points(p->reason) > REASON_MAX)
    return err_set(e, ERR_BAD_INPUT, "reason", "请写明变更的原因，最多 %d 字。",
                   "Say why, in at most %d characters.", REASON_MAX);
  if (!p->document.bytes || text_points(p->document) > DOCUMENT_MAX)
    return err_set(e, ERR_BAD_INPUT, "document", "请写明批准文件的文号，最多 %d 字。",
                   "Give the number of the document that approves it, in at most %d characters.",
                   DOCUMENT_MAX);
  return true;
}

static bool check_from(const area_asking *q, const area_plan *p, err *e) {
  for (size_t i = 0; i < p->from_count; i++) {
    if (!area_stands_check(q->s, q->a, p->from[i]->code, "from", e)) return false;
    if (area_code_level(p->from[i]->code) < AREA_TOWN)
      return refuse(
          e, "from",
          (label){"只能变更乡镇、村（居）和片区。", "Only towns, villages and zones change."});
    for (size_t k = 0; k < i; k++)
      if (strcmp(p->from[i]->code, p->from[k]->code) == 0)
        return refuse(e, "from", (label){"同一个区域写了两次。", "An area is given twice."});
  }
  return true;
}

/* A new code: inside the county, below an area that stands, never used before. */
static bool check_new(const area_asking *q, const area_target *t, err *e) {
  char parent[13];
  if (t->there)
    return err_set(e, ERR_CONFLICT, "to", "代码 %s 已经用过（%s），请换一个。",
                   "The code %s is taken (%s); choose another.", t->code, t->there->name);
  if (!t->name.bytes || text_points(t->name) > NAME_MAX_POINTS)
    return err_set(e, ERR_BAD_INPUT, "to", "请写 %s 的名称，最多 %d 字。",
                   "Give the name of %s, in at most %d characters.", t->code, NAME_MAX_POINTS);
  if (area_code_level(t->code) < AREA_TOWN)
    return refuse(
        e, "to",
        (label){"新的代码要是乡镇或村（居）。", "A new code is that of a town or village."});
  area_code_parent(t->code, parent);
  return area_stands_check(q->s, q->a, parent, "to", e);
}

static bool is_colour(text t) {
  if (t.bytes != 7 || t.at[0] != '#') return false;
  for (size_t i = 1; i < 7; i++)
    if (!strchr("0123456789abcdefABCDEF", t.at[i])) return false;
  return true;
}

static bool check_targets(const area_asking *q, const area_plan *p, err *e) {
  for (size_t i = 0; i < p->to_count; i++) {
    const area_target *t = &p->to[i];
    for (size_t k = 0; k < i; k++)
      if (strcmp(t->code, p->to[k].code) == 0)
        return refuse(e, "to", (label){"同一个代码写了两次。", "A code is given twice."});
    if (p->from_count && !same_tree(t->code, p->from[0]->code))
      return refuse(e, "to", (label){"前后要是同一级的区域。", "Both must be areas of one level."});
    if ((t->shape.bytes || t->colour.bytes) && !area_code_is_zone(t->code))
      return refuse(e, "to",
                    (label){"只有片区画边界、选颜色。", "Only a zone has a shape and a colour."});
    if (t->shape.bytes && !shape_parse(q->a, t->shape, e)) return err_within(e, "to");
    if (t->colour.bytes && !is_colour(t->colour))
      return refuse(
          e, "to",
          (label){"颜色写成 #rrggbb，例如 #2f7d32。", "A colour is #rrggbb, such as #2f7d32."});
    const bool may_be_there = p->way == AREA_RENAME || p->way == AREA_MERGE ||
                              (p->way == AREA_SPLIT && area_goes(p, t->code));
    if (may_be_there && t->there) {
      if (!area_stands_check(q->s, q->a, t->code, "to", e)) return false;
    } else if (!check_new(q, t, e)) {
      return false;
    }
  }
  return true;
}

static bool check_count(const area_plan *p, err *e) {
  static const struct {
    size_t from_least, from_most, to_least, to_most;
    label said;
  } of[] = {
      [AREA_RENAME] = {1, 1, 1, 1, {"更名：写一个区域。", "Rename: give one area."}},
      [AREA_RECODE] =
          {1, 1, 1, 1, {"换代码：写旧、新各一个。", "Recode: give an old and a new one."}},
      [AREA_MERGE] = {1,
                      PARTS_MAX,
                      1,
                      1,
                      {"合并：写并掉的和并入的。", "Merge: give those that "
                                                   "go and the one they go "
                                                   "into."}},
      [AREA_SPLIT] = {1,
                      1,
                      2,
                      PARTS_MAX,
                      {"拆分：写拆开的一个和拆成的几个。",
                       "Split: give the one, and what it becomes."}},
      [AREA_ADD] = {0, 0, 1, PARTS_MAX, {"新增：写代码和名称。", "Add: give code and name."}},
      [AREA_ABOLISH] = {1,
                        PARTS_MAX,
                        0,
                        0,
                        {"撤销区域：只写要撤销的。", "Abolish: give those that go, no more."}}};
  if (p->from_count < of[p->way].from_least || p->from_count > of[p->way].from_most)
    return refuse(e, "from", of[p->way].said);
  if (p->to_count < of[p->way].to_least || p->to_count > of[p->way].to_most)
    return refuse(e, "to", of[p->way].said);
  return true;
}

static bool check_way(const area_plan *p, err *e) {
  const char *from = p->from_count ? p->from[0]->code : "", *to = p->to[0].code;
  if (p->way == AREA_RENAME && strcmp(from, to) != 0)
    return refuse(e, "to", (label){"更名不换代码。", "A renaming keeps the code."});
  if (p->way == AREA_RENAME && text_points(p->to[0].name) > NAME_MAX_POINTS)
    return err_set(e, ERR_BAD_INPUT, "to", "名称最多 %d 字。", "A name has at most %d characters.",
                   NAME_MAX_POINTS);
  if (p->way == AREA_RENAME && !p->to[0].says_shape && !p->to[0].says_colour &&
      (!p->to[0].name.bytes || text_is(p->to[0].name, p->from[0]->name)))
    return refuse(e, "to", (label){"请写新的名称。", "Give the new name."});
  if (p->way == AREA_MERGE && p->from_count == 1 && area_goes(p, to))
    return refuse(e, "from",
                  (label){"请写并入的和被并的两个区域。",
                          "Give two areas, the one that goes and the one that stays."});
  return true;
}

/* Nobody is registered there, and nothing lies below. Who is in a zone stays in his village. */
static bool check_abolished(const area_asking *q, const area_plan *p, err *e) {
  area *all = NULL;
  size_t count = 0;
  if (p->way != AREA_ABOLISH) return true;
  if (!store_areas(q->s, q->a, NULL, &all, &count, e)) return false;
  for (size_t i = 0; i < p->from_count; i++) {
    const area *x = p->from[i];
    int64_t units = 0;
    if (!area_code_is_zone(x->code) && !store_units_in(q->s, x->code, &units, e)) return false;
    if (units)
      return err_set(e, ERR_NOT_ALLOWED, "from", "“%s”还登记着 %lld 个对象，请改用合并。",
                     "In \"%s\" %lld subjects are registered; merge it instead.", x->name,
                     (long long)units);
    for (size_t k = 0; area_code_level(x->code) == AREA_TOWN && k < count; k++)
      if (strncmp(all[k].code, x->code, 9) == 0 && !area_goes(p, all[k].code))
        return err_set(e, ERR_NOT_ALLOWED, "from", "“%s”下面还有“%s”，请一起撤销或先划走。",
                       "\"%s\" still has \"%s\" below it; abolish both, or move that first.",
                       x->name, all[k].name);
  }
  return true;
}

static bool is_target(const area_plan *p, const char *code) {
  for (size_t i = 0; i < p->to_count; i++)
    if (strcmp(p->to[i].code, code) == 0) return true;
  return false;
}

static bool check_listed(const area_plan *p, err *e) {
  for (size_t i = 0; i < p->listed_count; i++) {
    const area_listed *x = &p->listed[i];
    if (p->way != AREA_SPLIT || !is_target(p, x->to))
      return err_set(e, ERR_BAD_INPUT, "subjects", "第 %d 行的去处不是拆成的区域。",
                     "Row %d goes to none of the areas it is split into.", (int)i + 1);
    if (!is_in(p, x->root))
      return err_set(e, ERR_BAD_INPUT, "subjects", "第 %d 行的对象不在“%s”。",
                     "The subject of row %d is not in \"%s\".", (int)i + 1, p->from[0]->name);
  }
  return true;
}

/* What lies below a town goes with its parts: each once, and each to one of them. */
static bool check_parts(const area_plan *p, err *e) {
  const bool town = p->way == AREA_SPLIT && area_code_level(p->from[0]->code) == AREA_TOWN;
  if (p->part_count && !town)
    return refuse(e, "areas",
                  (label){"只有拆分乡镇时才写哪些村（居）划到哪里。",
                          "Which villages go where is said of a town that is split."});
  for (size_t i = 0; i < p->part_count; i++) {
    const area *x = p->parts[i].of;
    if (strncmp(x->code, p->from[0]->code, 9) != 0 || area_code_level(x->code) != AREA_VILLAGE)
      return err_set(e, ERR_BAD_INPUT, "areas", "“%s”不在“%s”下面。", "\"%s\" is not below \"%s\".",
                     x->name, p->from[0]->name);
    if (!is_target(p, p->parts[i].to))
      return err_set(e, ERR_BAD_INPUT, "areas", "“%s”的去处不是拆成的乡镇。",
                     "\"%s\" goes to none of the towns it is split into.", x->name);
    for (size_t k = 0; k < i; k++)
      if (strcmp(p->parts[k].of->code, x->code) == 0)
        return refuse(e, "areas", (label){"同一个区域写了两次。", "An area is given twice."});
  }
  return true;
}

/* ---- taking back ---- */

static bool followed(label what, err *e) {
  return err_set(e, ERR_NOT_ALLOWED, "change", "不能撤销：%s。请另办一次变更。",
                 "It cannot be taken back: %s. Make another change.", LABEL(what));
}

static bool names_code(const area_plan *p, const char *code) {
  for (size_t i = 0; i < p->to_count; i++)
    if (strcmp(p->to[i].code, code) == 0) return true;
  return area_goes(p, code);
}

/* The areas that the change named, made or ended. */
static bool find_touched(const area_asking *q, const area_plan *p, const char ***ret, size_t *n,
                         err *e) {
  area *all = NULL;
  size_t count = 0;
  if (!store_areas_ever(q->s, q->a, &all, &count, e)) return false;
  *ret = ARENA_ARRAY(q->a, count + 1, const char *);
  if (!*ret) return err_memory(e);
  *n = 0;
  for (size_t i = 0; i < count; i++)
    if (names_code(p, all[i].code) || (all[i].has_made && all[i].made == p->undone->seq) ||
        (all[i].has_ended && all[i].ended == p->undone->seq))
      (*ret)[(*n)++] = all[i].code;
  return true;
}

static bool check_later_changes(const area_asking *q, const area_plan *p, err *e) {
  area_change *all = NULL;
  const char **touched = NULL;
  size_t count = 0, n = 0;
  if (!store_area_changes(q->s, q->a, &all, &count, e) || !find_touched(q, p, &touched, &n, e))
    return false;
  for (size_t i = 0; i < count && all[i].seq > p->undone->seq; i++) {
    area_plan later = {0};
    const json *body = all[i].undone ? NULL : json_parse(q->a, all[i].body, e);
    if (all[i].undone) continue;
    if (!body || !read_from(q, json_get(body, "from"), &later, e) ||
        !read_to(q, json_get(body, "to"), &later, e))
      return false;
    for (size_t k = 0; k < n; k++)
      if (names_code(&later, touched[k]))
        return followed((label){"后来又有变更", "another change followed"}, e);
  }
  return true;
}

/* Posts that were given over what it made. */
static bool check_later_posts(const area_asking *q, const area_plan *p, err *e) {
  officer *all = NULL;
  const char **touched = NULL;
  size_t count = 0, n = 0;
  if (!store_officers(q->s, q->a, &all, &count, e) || !find_touched(q, p, &touched, &n, e))
    return false;
  for (size_t i = 0; i < count; i++) {
    bool here = false;
    int64_t seq = 0;
    for (size_t k = 0; k < all[i].post_count; k++)
      for (size_t t = 0; t < n; t++) here |= strcmp(touched[t], all[i].posts[k].area) == 0;
    if (!here) continue;
    if (!store_officer_changed(q->s, &all[i].id, &seq, e)) return false;
    if (seq > p->undone->seq)
      return followed((label){"后来又调整了岗位", "posts have been changed since"}, e);
  }
  return true;
}

/* What it made has not been written into since. */
static bool check_made(const area_asking *q, const area_change *was, err *e) {
  area *all = NULL;
  size_t count = 0;
  if (!store_areas_ever(q->s, q->a, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    bool yes = false;
    if (!all[i].has_made || all[i].made != was->seq) continue;
    if (!store_area_followed(q->s, all[i].code, was->seq, &yes, e)) return false;
    if (yes) return followed((label){"那里后来有了登记", "something was recorded there since"}, e);
  }
  return true;
}

static bool check_undo(const area_asking *q, const area_plan *p, err *e) {
  const area_change *was = p->undone;
  if (was->undone)
    return err_set(e, ERR_NOT_ALLOWED, "change", "这次变更已经撤销了。",
                   "This change has been taken back already.");
  for (size_t i = 0; i < p->to_count && strcmp(was->way, "rename") != 0; i++) {
    bool yes = false;
    if (!store_area_followed(q->s, p->to[i].code, was->seq, &yes, e)) return false;
    if (yes) return followed((label){"那里后来有了登记", "something was recorded there since"}, e);
  }
  return check_made(q, was, e) && check_later_changes(q, p, e) &&
         (strcmp(was->way, "rename") == 0 || check_later_posts(q, p, e));
}

bool area_plan_check(const area_asking *q, const area_plan *p, err *e) {
  if (!check_said(p, e)) return false;
  if (p->way == AREA_UNDO) return check_undo(q, p, e);
  return check_count(p, e) && check_from(q, p, e) && check_targets(q, p, e) && check_way(p, e) &&
         check_abolished(q, p, e) && check_listed(p, e) && check_parts(p, e);
}
