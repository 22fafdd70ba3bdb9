#include "import/areas.h"

#include "base/ident.h"

typedef struct named_area {
  text name; /* without 村委会, 街道 … */
  const area *at;
} named_area;

struct area_book {
  named_area *items;
  size_t count;
  const char *county_code, *county_name; /* as the county was named when it was made */
};

/* 刘庄村村委会, 刘庄村委会, 刘庄村, 刘庄 are one village; 接庄街道, 接庄镇 one town. */
static text bare(text t) {
  static const char *const endings[] = {"村民委员会", "居民委员会", "社区居委会", "村委会",
                                        "居委会",     "社区",       "街道办事处", "办事处",
                                        "街道",       "村",         "镇",         "乡"};
  for (bool cut = true; cut;) {
    cut = false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings && !cut; i++)
      if (text_ends(t, endings[i]) && t.bytes > strlen(endings[i])) {
        t.bytes -= strlen(endings[i]);
        cut = true;
      }
  }
  return t;
}

area_book *area_book_new(store *s, arena *a, err *e) {
  area *areas = NULL;
  area_book *b = ARENA_NEW(a, area_book);
  size_t count = 0;
  if (!b) {
    err_memory(e);
    return NULL;
  }
  if (!store_areas(s, a, NULL, &areas, &count, e)) return NULL;
  char code[13], name[128];
  if (!store_there(s, code, name, e)) return NULL;
  b->items = ARENA_ARRAY(a, count, named_area);
  b->county_code = arena_text(a, code);
  b->county_name = arena_text(a, name);
  if (!b->items || !b->county_code || !b->county_name) {
    err_memory(e);
    return NULL;
  }
  for (size_t i = 0; i < count; i++)
    b->items[i] = (named_area){bare(text_of(areas[i].name)), &areas[i]};
  b->count = count;
  return b;
}

static bool in_town(const named_area *village, const char *town) {
  return !town || strncmp(village->at->code, town, 9) == 0;
}

bool area_book_find(const area_book *b, text code, text town, text village, char ret[13], err *e) {
  if (text_trim(code).bytes) {
    char full[13];
    if (!area_code_check(text_trim(code), full, e)) return false;
    for (size_t i = 0; i < b->count; i++)
      if (strcmp(b->items[i].at->code, full) == 0) return memcpy(ret, full, 13), true;
    return err_set(e, ERR_BAD_INPUT, "area", "本区县没有代码为 %s 的村（居），请核对。",
                   "There is no area %s in this county.", full);
  }
  text town_name = bare(text_trim(town)), village_name = bare(text_trim(village));
  const char *in = NULL;
  for (size_t i = 0; town_name.bytes && i < b->count; i++)
    if (area_code_level(b->items[i].at->code) == AREA_TOWN &&
        text_equal(b->items[i].name, town_name))
      in = b->items[i].at->code;
  int shown = (int)(village.bytes > 60 ? 60 : village.bytes),
      town_shown = (int)(town.bytes > 60 ? 60 : town.bytes);
  if (town_name.bytes && !in)
    return err_set(e, ERR_BAD_INPUT, "town", "没有“%.*s”这个乡镇（街道），请按区划表填写。",
                   "There is no town \"%.*s\"; write it as in the area list.", town_shown, town.at);
  const char *found = NULL;
  size_t n = 0;
  for (size_t i = 0; i < b->count; i++)
    if (area_code_level(b->items[i].at->code) == AREA_VILLAGE && in_town(&b->items[i], in) &&
        text_equal(b->items[i].name, village_name)) {
      found = b->items[i].at->code;
      n++;
    }
  if (n == 1) return memcpy(ret, found, 13), true;
  if (n > 1)
    return err_set(e, ERR_BAD_INPUT, "village",
                   "有 %d 个“%.*s”，请同时填写乡镇（街道）或区划代码。",
                   "There are %d villages named \"%.*s\"; give the town, too, or the code.", (int)n,
                   shown, village.at);
  return err_set(e, ERR_BAD_INPUT, "village", "没有“%.*s”这个村（居），请按区划表填写。",
                 "There is no village \"%.*s\"; write it as in the area list.", shown, village.at);
}

/* ---- one word ---- */

static bool by_code(const area_book *b, text word, char ret[13], err *e) {
  char code[13];
  if (!area_code_check(word, code, e)) return false;
  for (size_t i = 0; i < b->count; i++)
    if (strcmp(b->items[i].at->code, code) == 0) return memcpy(ret, code, 13), true;
  return err_set(e, ERR_BAD_INPUT, "area", "没有代码为 %s 的区域，请核对。",
                 "There is no area %s; check the code.", code);
}

static bool called(const named_area *x, text word, bool whole) {
  return whole ? text_is(word, x->at->name) : text_equal(x->name, bare(word));
}

static bool several(const area_book *b, text word, bool whole, err *e) {
  AUTO_BUF buf list = {0};
  for (size_t i = 0; i < b->count && list.bytes < 300; i++)
    if (called(&b->items[i], word, whole))
      buf_printf(&list, "%s%s %s", list.bytes ? "、" : "", b->items[i].at->code,
                 b->items[i].at->name);
  return buf_ok(&list) ? err_set(e, ERR_BAD_INPUT, "area", "叫“%.*s”的不止一个，请写代码：%s。",
                                 "Several areas are called \"%.*s\"; give the code: %s.",
                                 (int)word.bytes, word.at, list.at)
                       : err_memory(e);
}

bool area_book_word(const area_book *b, text word, char ret[13], err *e) {
  word = text_trim(word);
  if (word.bytes && word.at[0] >= '0' && word.at[0] <= '9') return by_code(b, word, ret, e);
  if (word.bytes && text_is(word, b->county_name)) return memcpy(ret, b->county_code, 13), true;
  const char *slash = word.bytes ? memchr(word.at, '/', word.bytes) : NULL;
  if (slash)
    return area_book_find(b, TEXT(""), (text){word.at, (size_t)(slash - word.at)},
                          (text){slash + 1, word.bytes - (size_t)(slash - word.at) - 1}, ret, e);
  for (int whole = 1; whole >= 0; whole--) {
    const area *found = NULL;
    size_t n = 0;
    for (size_t i = 0; i < b->count; i++)
      if (called(&b->items[i], word, whole)) {
        found = b->items[i].at;
        n++;
      }
    if (n == 1) return memcpy(ret, found->code, 13), true;
    if (n > 1) return several(b, text_cut(word, 60), whole, e);
  }
  word = text_cut(word, 60);
  return err_set(e, ERR_BAD_INPUT, "area", "没有“%.*s”这个区域，请按区划表填写名称或代码。",
                 "There is no area \"%.*s\"; write a name or code of the area list.",
                 (int)word.bytes, word.at);
}
