#include "import/areas.h"

#include "base/ident.h"
#include "engine/areas.h"

enum { TOLD = 300, NEAR_MAX = 5, WORD_SHOWN = 60, NAME_POINTS = 64, SPELLING_ROOM = 256 };

typedef enum ending { ENDING_NONE, ENDING_VILLAGE, ENDING_COMMUNITY, ENDING_TOWN } ending;

typedef struct named_area {
  text whole, name; /* folded; and without 村委会, 街道 … */
  ending ending;
  const area *at;
} named_area;

struct area_book {
  store *s;
  arena *a;
  named_area *items; /* those that stand */
  size_t count;
  named_area *old; /* those that are no more, and names that are no more */
  size_t old_count;
  const char *county_code, *county_name; /* as the county was named when it was made */
};

/* ---- spellings ---- */

/* Without blanks, full-width signs as plain ones; as much as there is room for. */
static text folded(text t, char out[SPELLING_ROOM]) {
  size_t n = 0, at = 0;
  for (int32_t c; n + 4 <= SPELLING_ROOM && (c = text_next(t, &at)) >= 0;) {
    if (c <= ' ' || c == 0xA0 || c == 0x3000 || c == 0xFEFF || (c >= 0x200B && c <= 0x200D))
      continue;
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFF01 - '!';
    n += text_encode((uint32_t)c, out + n);
  }
  return (text){out, n};
}

/* 刘庄村村委会, 刘庄村委会, 刘庄村, 刘庄 are one village; 接庄街道, 接庄镇 one town. The first
 * ending says which form was written. 居民委会 is what some published lists write. */
static text bare(text t, ending *ret_ending) {
  static const struct {
    const char *text;
    ending ending;
  } all[] = {{"行政村", ENDING_VILLAGE},
             {"村民委员会", ENDING_VILLAGE},
             {"居民委员会", ENDING_COMMUNITY},
             {"村民委会", ENDING_VILLAGE},
             {"居民委会", ENDING_COMMUNITY},
             {"村委会", ENDING_VILLAGE},
             {"居委会", ENDING_COMMUNITY},
             {"社区", ENDING_COMMUNITY},
             {"街道办事处", ENDING_TOWN},
             {"办事处", ENDING_TOWN},
             {"街道", ENDING_TOWN},
             {"村", ENDING_VILLAGE},
             {"镇", ENDING_TOWN},
             {"乡", ENDING_TOWN}};
  *ret_ending = ENDING_NONE;
  for (bool cut = true; cut;) {
    cut = false;
    for (size_t i = 0; i < sizeof all / sizeof *all && !cut; i++)
      if (text_ends(t, all[i].text) && t.bytes > strlen(all[i].text)) {
        t.bytes -= strlen(all[i].text);
        if (*ret_ending == ENDING_NONE) *ret_ending = all[i].ending;
        cut = true;
      }
  }
  return t;
}

static named_area named(arena *a, const char *name, const area *at) {
  char spelled[SPELLING_ROOM];
  const text whole = folded(text_of(name), spelled);
  named_area x = {.whole = {arena_copy(a, whole.at, whole.bytes), whole.bytes}, .at = at};
  if (x.whole.at) x.name = bare(x.whole, &x.ending);
  return x;
}

/* ---- the book ---- */

static bool add_old_names(area_book *b, const area *all, size_t count, err *e) {
  area_name *names = NULL;
  size_t n = 0;
  if (!store_area_names(b->s, b->a, &names, &n, e)) return false;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < count; k++)
      if (strcmp(all[k].code, names[i].code) == 0) {
        b->old[b->old_count] = named(b->a, names[i].name, &all[k]);
        if (!b->old[b->old_count++].whole.at) return err_memory(e);
      }
  return true;
}

static bool add_areas(area_book *b, err *e) {
  area *all = NULL;
  area_name *names = NULL;
  size_t count = 0, n = 0;
  if (!store_areas_ever(b->s, b->a, &all, &count, e) ||
      !store_area_names(b->s, b->a, &names, &n, e))
    return false;
  b->items = ARENA_ARRAY(b->a, count, named_area);
  b->old = ARENA_ARRAY(b->a, count + n, named_area);
  if (!b->items || !b->old) return err_memory(e);
  for (size_t i = 0; i < count; i++) {
    named_area x = named(b->a, all[i].name, &all[i]);
    if (!x.whole.at) return err_memory(e);
    if (area_stands(&all[i]))
      b->items[b->count++] = x;
    else
      b->old[b->old_count++] = x;
  }
  return add_old_names(b, all, count, e);
}

area_book *area_book_new(store *s, arena *a, err *e) {
  area_book *b = ARENA_NEW(a, area_book);
  char code[13], name[128];
  if (!b) {
    err_memory(e);
    return NULL;
  }
  b->s = s;
  b->a = a;
  if (!store_there(s, code, name, e)) return NULL;
  b->county_code = arena_text(a, code);
  b->county_name = arena_text(a, name);
  if (!b->county_code || !b->county_name) {
    err_memory(e);
    return NULL;
  }
  return add_areas(b, e) ? b : NULL;
}

/* ---- looking for a name ---- */

/* Beside those of base/ident.h. */
enum { LEVEL_ZONE = AREA_VILLAGE + 1 };

/* What is looked for: a word among the areas of a level (0: any), inside a town (NULL: anywhere).
 */
typedef struct search {
  const area_book *b;
  text given, whole, name;
  ending ending;
  int level;
  const char *town;
  const area *found; /* the first */
  size_t count;
} search;

static bool may_be(const search *x, const named_area *n) {
  if (x->level == LEVEL_ZONE && !area_code_is_zone(n->at->code)) return false;
  return (!x->level || x->level == LEVEL_ZONE ||
          area_code_level(n->at->code) == (area_level)x->level) &&
         (!x->town || strncmp(n->at->code, x->town, 9) == 0);
}

typedef enum likeness { SAME_NAME, SAME_WITHOUT_ENDING, SAME_KIND_OF_ENDING } likeness;

static bool is_like(const search *x, const named_area *n, likeness how) {
  if (!may_be(x, n)) return false;
  if (how == SAME_NAME) return text_equal(n->whole, x->whole);
  return text_equal(n->name, x->name) && (how == SAME_WITHOUT_ENDING || n->ending == x->ending);
}

static bool any_like(search *x, likeness how) {
  x->count = 0;
  for (size_t i = 0; i < x->b->count; i++)
    if (is_like(x, &x->b->items[i], how) && !x->count++) x->found = x->b->items[i].at;
  return x->count;
}

/* One sign more, less or other. */
static bool one_sign_apart(text a, text b) {
  int32_t x[NAME_POINTS], y[NAME_POINTS];
  size_t n = 0, m = 0, at = 0, head = 0, tail = 0;
  for (int32_t c; n < NAME_POINTS && (c = text_next(a, &at)) >= 0;) x[n++] = c;
  at = 0;
  for (int32_t c; m < NAME_POINTS && (c = text_next(b, &at)) >= 0;) y[m++] = c;
  while (head < n && head < m && x[head] == y[head]) head++;
  while (tail < n - head && tail < m - head && x[n - 1 - tail] == y[m - 1 - tail]) tail++;
  return n > 1 && m > 1 && n - head - tail <= 1 && m - head - tail <= 1;
}

static bool is_near(const search *x, const named_area *n) {
  const text a = x->name, b = n->name;
  if (a.bytes < 6 || b.bytes < 6) return one_sign_apart(a, b) && a.bytes + b.bytes > 9;
  return memmem(a.at, a.bytes, b.at, b.bytes) || memmem(b.at, b.bytes, a.at, a.bytes) ||
         one_sign_apart(a, b);
}

static void put_area(buf *list, const area *x) {
  if (list->bytes < TOLD) buf_printf(list, "%s%s %s", list->bytes ? "、" : "", x->code, x->name);
}

static bool tell_several(const search *x, likeness how, err *e) {
  AUTO_BUF buf list = {0};
  for (size_t i = 0; i < x->b->count; i++)
    if (is_like(x, &x->b->items[i], how)) put_area(&list, x->b->items[i].at);
  return buf_ok(&list) ? err_set(e, ERR_BAD_INPUT, x->level ? "village" : "area",
                                 "叫“%.*s”的有 %d 个，请写代码：%s。",
                                 "\"%.*s\" is the name of %d areas; give the code: %s.",
                                 (int)x->given.bytes, x->given.at, (int)x->count, list.at)
                       : err_memory(e);
}

/* A name that is no more: what there is now. */
static const named_area *find_old(const search *x) {
  for (size_t i = 0; i < x->b->old_count; i++) {
    const named_area *n = &x->b->old[i];
    if (may_be(x, n) && (text_equal(n->whole, x->whole) || text_equal(n->name, x->name))) return n;
  }
  return NULL;
}

static bool tell_none(const search *x, err *e) {
  AUTO_BUF buf list = {0};
  size_t near = 0;
  const named_area *old = find_old(x);
  const char *where = x->level == AREA_TOWN ? "town" : x->level ? "village" : "area";
  if (old && area_stands(old->at))
    return err_set(e, ERR_BAD_INPUT, where, "“%.*s”已经改名，现在是：%s %s。",
                   "\"%.*s\" has another name now: %s %s.", (int)x->given.bytes, x->given.at,
                   old->at->code, old->at->name);
  if (old) return area_is_no_more(x->b->s, x->b->a, old->at, where, e);
  for (size_t i = 0; i < x->b->count && near < NEAR_MAX; i++)
    if (may_be(x, &x->b->items[i]) && is_near(x, &x->b->items[i])) {
      put_area(&list, x->b->items[i].at);
      near++;
    }
  if (!buf_ok(&list)) return err_memory(e);
  if (near)
    return err_set(e, ERR_BAD_INPUT, where, "没有“%.*s”。是不是：%s？",
                   "There is no \"%.*s\". Did you mean: %s?", (int)x->given.bytes, x->given.at,
                   list.at);
  return err_set(e, ERR_BAD_INPUT, where, "没有“%.*s”这个%s，请按区划表填写名称或代码。",
                 "There is no \"%.*s\" (%s); write a name or code of the area list.",
                 (int)x->given.bytes, x->given.at,
                 x->level == AREA_TOWN    ? ZH_EN("乡镇（街道）", "town")
                 : x->level == LEVEL_ZONE ? ZH_EN("片区", "zone")
                 : x->level               ? ZH_EN("村（居）", "village")
                                          : ZH_EN("区域", "area"));
}

/* The whole name first; then without its ending, and where several are left by the ending: 东闸村
 * is not 东闸社区 where there are both. */
static bool look_for(const area_book *b, text word, int level, const char *town, char ret[13],
                     err *e) {
  char spelled[SPELLING_ROOM];
  search x = {.b = b, .given = text_cut(word, WORD_SHOWN), .level = level, .town = town};
  likeness how = SAME_NAME;
  x.whole = folded(word, spelled);
  x.name = bare(x.whole, &x.ending);
  if (!any_like(&x, how)) any_like(&x, how = SAME_WITHOUT_ENDING);
  if (x.count > 1 && how == SAME_WITHOUT_ENDING && x.ending != ENDING_NONE &&
      any_like(&x, SAME_KIND_OF_ENDING))
    how = SAME_KIND_OF_ENDING;
  else if (x.count != 1)
    any_like(&x, how);
  if (x.count > 1) return tell_several(&x, how, e);
  return x.count ? (memcpy(ret, x.found->code, 13), true) : tell_none(&x, e);
}

/* ---- what was given ---- */

static bool by_code(const area_book *b, text word, char ret[13], err *e) {
  if (!area_code_check(word, ret, e)) return false;
  for (size_t i = 0; i < b->count; i++)
    if (strcmp(b->items[i].at->code, ret) == 0) return true;
  return area_stands_check(b->s, b->a, ret, "area", e);
}

static bool is_code(text t) {
  size_t digits = 0;
  while (digits < t.bytes && t.at[digits] >= '0' && t.at[digits] <= '9') digits++;
  return t.bytes == AREA_DIGITS && digits == t.bytes;
}

bool area_book_find(const area_book *b, text code, text town, text village, char ret[13], err *e) {
  char in[13];
  if (!text_trim(code).bytes && is_code(text_trim(village))) code = village;
  if (text_trim(code).bytes) return by_code(b, text_trim(code), ret, e);
  const bool has_town = text_trim(town).bytes;
  if (has_town && !look_for(b, town, AREA_TOWN, NULL, in, e)) return false;
  return look_for(b, village, AREA_VILLAGE, has_town ? in : NULL, ret, e);
}

bool area_book_word(const area_book *b, text word, char ret[13], err *e) {
  char spelled[SPELLING_ROOM];
  word = text_trim(word);
  const text plain = folded(word, spelled);
  if (plain.bytes && plain.at[0] >= '0' && plain.at[0] <= '9') return by_code(b, plain, ret, e);
  if (word.bytes && text_is(word, b->county_name)) return memcpy(ret, b->county_code, 13), true;
  const char *slash = word.bytes ? memchr(word.at, '/', word.bytes) : NULL;
  if (slash)
    return area_book_find(b, TEXT(""), (text){word.at, (size_t)(slash - word.at)},
                          (text){slash + 1, word.bytes - (size_t)(slash - word.at) - 1}, ret, e);
  return look_for(b, word, 0, NULL, ret, e);
}

bool area_book_zone(const area_book *b, text code, text town, text zone, char ret[13], err *e) {
  char spelled[SPELLING_ROOM], in[13] = "";
  zone = text_trim(zone);
  const text plain = folded(zone, spelled);
  size_t digits = 0;
  while (digits < plain.bytes && plain.at[digits] >= '0' && plain.at[digits] <= '9') digits++;
  if (digits == plain.bytes) return by_code(b, plain, ret, e);
  const char *slash = memchr(zone.at, '/', zone.bytes);
  if (slash) {
    town = (text){zone.at, (size_t)(slash - zone.at)};
    zone = (text){slash + 1, zone.bytes - town.bytes - 1};
  }
  if (text_trim(town).bytes) {
    if (!look_for(b, town, AREA_TOWN, NULL, in, e)) return false;
  } else if (text_trim(code).bytes && !by_code(b, text_trim(code), in, e)) {
    return false;
  }
  return look_for(b, zone, LEVEL_ZONE, in[0] ? in : NULL, ret, e);
}
