/* areas: the codes of the county's areas; and areas and posts given as words. */
#include "cli/areas.h"
#include "pack/model/administrator.h"

#include "base/fold.h"
#include "base/ident.h"
#include "cli/commands.h"
#include "engine/officers.h"

#include <stdio.h>

enum { NEAR = 12, ROLES_MAX = 128 };

static bool is_code(const char *word) {
  return strlen(word) >= 6 && strspn(word, "0123456789") == strlen(word);
}

static bool is_within(const area *x, const char *code, size_t digits) {
  return strncmp(x->code, code, digits) == 0;
}

/* Of a wrong code: what lies in its town, or else the county and its towns. */
static size_t keep_near_code(area *all, size_t count, const char *code) {
  bool town = false;
  size_t n = 0;
  for (size_t i = 0; i < count && strlen(code) > 9; i++) town |= is_within(&all[i], code, 9);
  for (size_t i = 0; i < count; i++)
    if (town ? is_within(&all[i], code, 9) : area_code_level(all[i].code) <= AREA_TOWN)
      all[n++] = all[i];
  return n;
}

static bool near_areas(store *s, arena *a, const char *word, err *e) {
  area *all = NULL;
  size_t count = 0;
  if (!store_areas(s, a, NULL, &all, &count, e)) return false;
  if (is_code(word)) count = keep_near_code(all, count, word);
  char county_code[13], county_name[128];
  known_name *names = ARENA_ARRAY(a, count, known_name);
  if (!names) return err_memory(e);
  if (!store_there(s, county_code, county_name, e)) return false;
  for (size_t i = 0; i < count; i++) {
    bool county = strcmp(all[i].code, county_code) == 0;
    names[i] = (known_name){all[i].code, county ? county_name : all[i].name, county};
  }
  keep_names(word, names, count, NEAR);
  return true;
}

bool area_given(store *s, arena *a, const char *word, const char *where, char ret_code[13],
                err *e) {
  err ignored;
  area_book *b = area_book_new(s, a, e);
  if (!b) return false;
  if (area_book_word(b, text_of(word), ret_code, e)) return true;
  near_areas(s, a, word, &ignored);
  snprintf(e->where, sizeof e->where, "%s", where);
  return false;
}

static void tell_roles(const catalog *packs, const char *word) {
  known_name names[ROLES_MAX];
  size_t n = 0;
  for (int i = 0; i < ADMINISTRATORS; i++)
    names[n++] = (known_name){administrators[i].name,
                              say(administrators[i].title.zh, administrators[i].title.en), false};
  for (size_t i = 0; i < packs->count; i++)
    for (size_t k = 0; k < packs->packs[i]->role_count && n < ROLES_MAX; k++) {
      const role *r = &packs->packs[i]->roles[k];
      names[n++] = (known_name){r->name, say(r->title.zh, r->title.en), false};
    }
  keep_names(word, names, n, ROLES_MAX);
}

/* As written, with letters and signs of full width (admin＠３７０８７１) made ordinary ones. */
static const char *ordinary(arena *a, const char *word) {
  AUTO_BUF buf folded = {0};
  return text_fold(text_of(word), &folded) ? arena_copy(a, folded.at, folded.bytes) : word;
}

bool post_given(store *s, const catalog *packs, arena *a, const char *typed, post *ret, err *e) {
  const char *word = ordinary(a, typed);
  if (!word) return err_memory(e);
  const char *at = strchr(word, '@');
  if (!at)
    return err_set(e, ERR_USAGE, "--post", "“%s”应写成 岗位@区域，如 admin@370871。",
                   "\"%s\": a post is written ROLE@AREA, as admin@370871.", word);
  const char *role_word = arena_copy(a, word, (size_t)(at - word));
  if (!role_word) return err_memory(e);
  if (catalog_role(packs, text_of(role_word)).several)
    return officer_role(packs, text_of(role_word), "--post", ret, e);
  if (!officer_role(packs, text_of(role_word), "--post", ret, e)) {
    tell_roles(packs, role_word);
    return err_set(e, ERR_BAD_INPUT, "--post", "没有“%s”这个岗位。", "There is no role \"%s\".",
                   role_word);
  }
  return area_given(s, a, at + 1, "--post", ret->area, e);
}

static const char *role_title(const catalog *packs, const post *x) {
  label title = officer_role_title(packs, x);
  return say(title.zh, title.en);
}

const char *area_title(store *s, arena *a, const char *code) {
  const char *name = "";
  err ignored;
  return store_area_name(s, a, code, &name, &ignored) && name[0] ? name : code;
}

const char *posts_told(store *s, const catalog *packs, arena *a, const post *posts, size_t count) {
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < count; i++)
    buf_printf(&b, say("%s%s@%s（%s）", "%s%s@%s (%s)"), i ? say("、", ", ") : "",
               role_title(packs, &posts[i]), area_title(s, a, posts[i].area), posts[i].area);
  const char *kept = buf_ok(&b) ? arena_copy(a, b.at ? b.at : "", b.bytes) : NULL;
  return kept ? kept : "?";
}

/* ---- the command ---- */

/* `meant`: the area that each word names as imports and posts read it; "": none. */
static bool holds(const area *x, const options *o, char meant[][13]) {
  for (int i = 1; i < o->word_count; i++)
    if (strcmp(x->code, meant[i]) != 0 && !strstr(x->name, o->words[i]) &&
        strncmp(x->code, o->words[i], strlen(o->words[i])) != 0)
      return false;
  return true;
}

static void put_areas(const area *all, size_t count, const options *o, char meant[][13],
                      json_out *w) {
  json_open(w, '{');
  json_key(w, "items");
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) {
    if (!holds(&all[i], o, meant)) continue;
    json_open(w, '{');
    json_key(w, "code");
    json_put_str(w, all[i].code);
    json_key(w, "name");
    json_put_str(w, all[i].name);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_close(w, '}');
}

/* `why`: why the last word names none, an older name among the reasons. */
static bool find_meant(store *s, arena *a, const options *o, char meant[][13], err *why, err *e) {
  const area_book *b = area_book_new(s, a, e);
  for (int i = 1; b && i < o->word_count; i++)
    if (!area_book_word(b, text_of(o->words[i]), meant[i], why)) meant[i][0] = 0;
  return b != NULL;
}

int command_areas(const options *o) {
  err e, why = {0};
  char meant[OPTIONS_MAX][13];
  arena *a AUTO_ARENA = arena_new(0);
  area *all = NULL;
  size_t count = 0, told = 0;
  if (!a) return err_memory(&e), say_error(&e);
  store *s = store_open(o->words[0], DB_READ, NULL, &e);
  bool ok = s && store_areas(s, a, NULL, &all, &count, &e) && find_meant(s, a, o, meant, &why, &e);
  store_close(s);
  if (!ok) return say_error(&e);
  if (option_flag(o, OPTION_JSON)) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    put_areas(all, count, o, meant, &w);
    return put_json(&b, EXIT_DONE);
  }
  for (size_t i = 0; i < count; i++)
    if (holds(&all[i], o, meant)) {
      printf("%s  %s\n", all[i].code, all[i].name);
      told++;
    }
  if (told) return say_written(EXIT_DONE);
  fprintf(stderr, "%s\n",
          why.zh[0] ? say(why.zh, why.en) : say("没有这样的区域。", "There is no such area."));
  return EXIT_REFUSED;
}
