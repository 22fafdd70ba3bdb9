/* Maps, lists, names and titles of a pack's files, each with its faults. */
#include "pack/load/reader.h"

#include <stdio.h>
#include <stdlib.h>

enum { SENTENCE_TIMES = 10, WORDS_MAX = 32 };

void *load_take(loader *l, size_t count, size_t of) {
  void *p = l->no_memory ? NULL : arena_take_array(l->a, count, of);
  if (!p) l->no_memory = true;
  return p;
}

void load_fault(loader *l, const err *e) {
  if (e->code == ERR_MEMORY || arena_failed(l->a)) l->no_memory = true;
  if (l->no_memory) return; /* what seems to be missing may only not have been read */
  err as_pack = *e;
  as_pack.code = ERR_BAD_PACK;
  faults_add(l->f, &as_pack);
}

void *load_parts(const doc *d, const yaml *at, size_t *ret_count, size_t of) {
  if (*ret_count > PACK_PARTS_MAX) {
    FAULT(d, at, "这里有 %zu 项，最多 %d 项，请减少或合并。",
          "There are %zu items here, at most %d are possible; remove or merge some.", *ret_count,
          PACK_PARTS_MAX);
    *ret_count = PACK_PARTS_MAX;
  }
  void *p = load_take(d->l, *ret_count, of);
  if (!p) *ret_count = 0;
  return p;
}

/* ---- documents ---- */

const doc *load_find_doc(const loader *l, const char *path) {
  for (size_t i = 0; i < l->doc_count; i++)
    if (!l->docs[i].overlay && strcmp(l->docs[i].path, path) == 0) return &l->docs[i];
  return NULL;
}

bool load_in_folder(const doc *d, const char *folder) {
  return !d->overlay && d->root && text_starts(text_of(d->path), folder);
}

/* The head of one file: name and map. */
const char *load_part_name(const doc *d, names before) {
  if (!load_is_map(d, d->root)) return NULL;
  const char *name = load_name(d, d->root, "name");
  return name && load_is_new(d, d->root, before, name) ? name : NULL;
}

size_t load_count_docs(const loader *l, const char *folder) {
  size_t n = 0;
  for (size_t i = 0; i < l->doc_count; i++) n += load_in_folder(&l->docs[i], folder);
  return n;
}

/* ---- names ---- */

/* Steps (insert, delete, replace, swap neighbours) from one word to the other. */
static size_t steps_between(text a, text b) {
  enum { LONGEST = PACK_NAME_MAX };
  if (a.bytes > LONGEST || b.bytes > LONGEST) return SIZE_MAX;
  size_t rows[3][LONGEST + 1] = {{0}};
  size_t *before = rows[0], *last = rows[1], *now = rows[2];
  for (size_t j = 0; j <= b.bytes; j++) last[j] = j;
  for (size_t i = 1; i <= a.bytes; i++) {
    now[0] = i;
    for (size_t j = 1; j <= b.bytes; j++) {
      size_t least = last[j - 1] + (a.at[i - 1] != b.at[j - 1]);
      if (last[j] + 1 < least) least = last[j] + 1;
      if (now[j - 1] + 1 < least) least = now[j - 1] + 1;
      if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1] &&
          before[j - 2] + 1 < least)
        least = before[j - 2] + 1;
      now[j] = least;
    }
    size_t *free_row = before;
    before = last;
    last = now;
    now = free_row;
  }
  return last[b.bytes];
}

hint name_hint(names n, text written) {
  hint h;
  size_t best = written.bytes / 3 + 2; /* farther away it is another word */
  const char *found = NULL;
  for (size_t i = 0; i < n.count; i++) {
    size_t steps = steps_between(written, text_of(names_get(n, i)));
    if (steps >= best) continue;
    best = steps;
    found = names_get(n, i);
  }
  if (!found) return (hint){"，请核对。", "; check it."};
  snprintf(h.zh, sizeof h.zh, "，是不是“%s”？", found);
  snprintf(h.en, sizeof h.en, "; did you mean \"%s\"?", found);
  return h;
}

static const char *const reserved[] = {
    /* of the language */ "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
    /* of every scope */ "p",
    "on",
    "area",
    "case",
    "form"};

bool load_is_name(text s) {
  if (s.bytes == 0 || s.bytes > PACK_NAME_MAX || s.at[0] < 'a' || s.at[0] > 'z') return false;
  for (size_t i = 0; i < s.bytes; i++) {
    char c = s.at[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return true;
}

const char *load_where(const doc *d, const yaml *map) {
  char own[ERR_WHERE_MAX];
  const yaml *name = map->type == YAML_MAP ? yaml_get(map, "name") : NULL;
  const char *kept = arena_printf(d->l->a, "%s", yaml_where(d->path, name ? name : map, own));
  d->l->no_memory |= !kept;
  return kept ? kept : "";
}

const char *load_name_at(const doc *d, const yaml *node) {
  if (node->type != YAML_TEXT || !load_is_name(node->s)) {
    text shown = node->type == YAML_TEXT ? node->s : TEXT("…");
    FAULT(d, node,
          "“%.*s”不能用作名称：名称用小写英文字母、数字和下划线，以字母开头，最多 %d 个字符。",
          "\"%.*s\" cannot be a name: use lower-case letters, digits and _, a letter first, at "
          "most %d characters.",
          SHOWN(shown), PACK_NAME_MAX);
    return NULL;
  }
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (text_is(node->s, reserved[i])) {
      FAULT(d, node, "“%s”在表达式里另有含义，请换一个名称。",
            "\"%s\" means something else in expressions; take another name.", reserved[i]);
      return NULL;
    }
  return node->s.at;
}

const char *load_name(const doc *d, const yaml *map, const char *key) {
  const yaml *node = load_need(d, map, key);
  return node ? load_name_at(d, node) : NULL;
}

bool load_is_new(const doc *d, const yaml *map, names before, const char *name) {
  if (names_index(before, text_of(name)) < 0) return true;
  const yaml *at = yaml_get(map, "name");
  FAULT(d, at ? at : map, "“%s”已经有了，请换一个名称。",
        "\"%s\" is taken already; take another name.", name);
  return false;
}

int load_one_at(const doc *d, const yaml *node, names known, label what) {
  text s = node->type == YAML_TEXT ? node->s : TEXT("…");
  int i = names_index(known, s);
  if (i >= 0) return i;
  hint h = name_hint(known, s);
  FAULT(d, node, "没有名为“%.*s”的%s%s", "\"%.*s\" is none of the %s%s", SHOWN(s), LABEL(what),
        LABEL(h));
  return -1;
}

int load_one(const doc *d, const yaml *map, const char *key, names known, label what) {
  const yaml *node = load_need(d, map, key);
  return node ? load_one_at(d, node, known, what) : -1;
}

int load_kind(const doc *d, const yaml *map, const char *key) {
  return load_one(d, map, key, NAMES(d->l->p->kinds, d->l->p->kind_count),
                  (label){"类型", "kinds"});
}

/* ---- maps ---- */

bool load_is_map(const doc *d, const yaml *node) {
  if (node->type == YAML_MAP) return true;
  FAULT(d, node, "这里应是若干“名称: 内容”，请按格式说明填写。",
        "Here should be \"name: content\" pairs; see the description of the format.");
  return false;
}

static names split_words(const char *words, const char *into[WORDS_MAX], char *room, size_t bytes) {
  size_t count = 0;
  snprintf(room, bytes, "%s", words);
  char *rest = NULL;
  for (char *w = strtok_r(room, " ", &rest); w && count < WORDS_MAX; w = strtok_r(NULL, " ", &rest))
    into[count++] = w;
  return NAMES(into, count);
}

/* Words of format 1 and what they are called now. A word that was used for two things stands here
 * twice: the one that is known in its place is meant. */
static const struct old_key {
  const char *was, *is;
} old_keys[] = {{"also", "aliases"},
                {"also", "also_to"},
                {"asked", "applies_when"},
                {"by", "counted_event"},
                {"costs", "cost"},
                {"counts", "count_where"},
                {"days", "distinct_days"},
                {"ended", "end_date_field"},
                {"is", "value"},
                {"key", "value"},
                {"least", "at_least"},
                {"made_of", "summary_of"},
                {"natural", "calendar_days"},
                {"needs", "min_values"},
                {"none", "empty_title"},
                {"once", "unique_key"},
                {"opens", "opens_process"},
                {"or", "alternative"},
                {"own", "assigned_to"},
                {"pays", "payment"},
                {"place", "registered_at"},
                {"raised", "increases"},
                {"says", "message"},
                {"shows", "display"},
                {"subjects", "distinct_subjects"},
                {"unless", "otherwise_message"},
                {"working", "working_days"}};

/* What an old word is called now where `known` are the words; NULL: it is none. */
static const char *renamed(text key, names known) {
  for (size_t i = 0; i < sizeof old_keys / sizeof *old_keys; i++)
    if (text_is(key, old_keys[i].was) && names_index(known, text_of(old_keys[i].is)) >= 0)
      return old_keys[i].is;
  return NULL;
}

void load_only_keys(const doc *d, const yaml *map, const char *keys) {
  const char *words[WORDS_MAX];
  char room[512];
  names known = split_words(keys, words, room, sizeof room);
  for (size_t i = 0; map->type == YAML_MAP && i < map->count; i++) {
    text key = map->keys[i].s;
    if (names_index(known, key) >= 0) continue;
    const char *now = renamed(key, known);
    if (now) {
      FAULT(d, &map->keys[i], "“%.*s”是旧格式的写法，现在写作“%s”。",
            "\"%.*s\" is the old word; it is called \"%s\" now.", SHOWN(key), now);
      continue;
    }
    hint h = name_hint(known, key);
    FAULT(d, &map->keys[i], "这里没有“%.*s”这一项%s", "There is no item \"%.*s\" here%s",
          SHOWN(key), LABEL(h));
  }
}

const yaml *load_get(const yaml *map, const char *key) {
  const yaml *node = yaml_get(map, key);
  return yaml_is_null(node) ? NULL : node;
}

const yaml *load_need(const doc *d, const yaml *map, const char *key) {
  const yaml *node = load_get(map, key);
  if (!node) FAULT(d, map, "缺少“%s”，请补上。", "\"%s\" is missing; add it.", key);
  return node;
}

const yaml *load_list(const doc *d, const yaml *map, const char *key, bool required,
                      size_t *ret_count) {
  const yaml *node = required ? load_need(d, map, key) : load_get(map, key);
  *ret_count = 0;
  if (!node) return NULL;
  if (node->type != YAML_LIST) {
    FAULT(d, node, "“%s”应是一个列表：用 [甲, 乙]，或每行一项、以“- ”开头。",
          "\"%s\" should be a list: [a, b], or one item a line after \"- \".", key);
    return NULL;
  }
  if (required && node->count == 0)
    FAULT(d, node, "“%s”不能是空的，请至少写一项。", "\"%s\" is empty; give at least one.", key);
  *ret_count = node->count;
  return node->items;
}

/* Files of one list: NAME.yaml first, then those below NAME/ by their paths. */
static bool holds_parts(const doc *d, const char *name, bool alone) {
  text path = text_of(d->path);
  size_t n = strlen(name);
  if (d->overlay || !d->root || !text_starts(path, name)) return false;
  return alone ? strcmp(d->path + n, ".yaml") == 0 : d->path[n] == '/';
}

const origin *load_parts_of(loader *l, const char *name, size_t *ret_count) {
  origin *all = NULL;
  size_t n = 0, room = 0;
  const doc *last = NULL;
  for (int alone = 1; alone >= 0; alone--)
    for (size_t i = 0; i < l->doc_count; i++) {
      size_t items = 0;
      const doc *d = &l->docs[i];
      const yaml *list = holds_parts(d, name, alone) ? load_doc_list(d, &items) : NULL;
      for (size_t k = 0; list && k < items; k++) {
        all = ARENA_GROW(l->a, all, n, &room, origin);
        if (!all) {
          l->no_memory = true;
          *ret_count = 0;
          return NULL;
        }
        all[n++] = (origin){d, &list[k]};
      }
      if (items) last = d;
    }
  *ret_count = n;
  if (n > PACK_PARTS_MAX) {
    FAULT(last, last->root, "“%s”一共 %zu 项，最多 %d 项，请减少或合并。",
          "\"%s\" has %zu items in all, at most %d are possible; remove or merge some.", name, n,
          PACK_PARTS_MAX);
    *ret_count = PACK_PARTS_MAX;
  }
  return all;
}

const yaml *load_doc_list(const doc *d, size_t *ret_count) {
  *ret_count = 0;
  if (!d->root) return NULL;
  if (d->root->type != YAML_LIST) {
    FAULT(d, d->root, "这个文件应是一个列表，每一项以“- ”开头。",
          "This file should be a list, each item after \"- \".");
    return NULL;
  }
  *ret_count = d->root->count;
  return d->root->items;
}

/* ---- scalars ---- */

static bool has_control(text s) {
  for (size_t i = 0; i < s.bytes; i++) {
    unsigned char c = (unsigned char)s.at[i];
    if ((c < 0x20 && c != '\n') || c == 0x7F) return true;
  }
  return false;
}

const char *load_text_at(const doc *d, const yaml *node, size_t max_points) {
  if (node->type != YAML_TEXT) {
    FAULT(d, node, "这里应是一段文字，不是列表或对象；含有 { [ 的文字请加引号。",
          "Here should be text, not a list or map; put quotes around text with { or [.");
    return NULL;
  }
  if (has_control(node->s)) {
    FAULT(d, node, "这段文字里有看不见的控制字符，请删去。",
          "This text holds an invisible control character; remove it.");
    return NULL;
  }
  if (text_points(node->s) > max_points) {
    FAULT(d, node, "这段文字太长，最多 %zu 个字。",
          "This text is too long: at most %zu characters.", max_points);
    return NULL;
  }
  return node->s.at;
}

const char *load_text(const doc *d, const yaml *map, const char *key, bool required) {
  const yaml *node = required ? load_need(d, map, key) : load_get(map, key);
  const char *s = node ? load_text_at(d, node, PACK_TITLE_MAX) : NULL;
  if (!s || s[0]) return s;
  FAULT(d, node, "“%s”不能是空的，请填写。", "\"%s\" is empty; fill it in.", key);
  return NULL;
}

static const char *title_part(const doc *d, const yaml *map, const char *key, size_t max_points) {
  const yaml *node = load_need(d, map, key);
  const char *s = node ? load_text_at(d, node, max_points) : NULL;
  if (s && !s[0]) FAULT(d, node, "“%s”不能是空的，请填写。", "\"%s\" is empty; fill it in.", key);
  return s ? s : "";
}

label load_label_at(const doc *d, const yaml *node, size_t max_points) {
  if (node->type == YAML_MAP) {
    load_only_keys(d, node, "zh en");
    return (label){title_part(d, node, "zh", max_points), title_part(d, node, "en", max_points)};
  }
  const char *s = load_text_at(d, node, max_points);
  return s ? (label){s, s} : (label){"", ""};
}

static label map_label(const doc *d, const yaml *map, const char *key, bool required,
                       size_t max_points) {
  const yaml *node = required ? load_need(d, map, key) : load_get(map, key);
  return node ? load_label_at(d, node, max_points) : (label){"", ""};
}

label load_title(const doc *d, const yaml *map, const char *key, bool required) {
  return map_label(d, map, key, required, PACK_TITLE_MAX);
}

label load_sentence(const doc *d, const yaml *map, const char *key, bool required) {
  return map_label(d, map, key, required, PACK_TITLE_MAX * SENTENCE_TIMES);
}

bool load_flag(const doc *d, const yaml *map, const char *key) {
  const yaml *node = load_get(map, key);
  bool yes = false;
  if (node && !yaml_as_bool(node, &yes))
    FAULT(d, node, "“%s”应是 true 或 false。", "\"%s\" should be true or false.", key);
  return yes;
}

int64_t load_int(const doc *d, const yaml *map, const char *key, int64_t least, int64_t most,
                 int64_t absent) {
  const yaml *node = load_get(map, key);
  int64_t n;
  if (!node) return absent;
  if (yaml_as_int(node, &n) && n >= least && n <= most) return n;
  FAULT(d, node, "“%s”应是 %lld 到 %lld 的整数。",
        "\"%s\" should be a whole number from %lld to %lld.", key, (long long)least,
        (long long)most);
  return absent;
}

static day load_day(const doc *d, const yaml *map, const char *key) {
  const yaml *node = load_get(map, key);
  day on;
  if (!node) return DAY_NONE;
  if (node->type == YAML_TEXT && day_parse(node->s, &on)) return on;
  FAULT(d, node, "“%s”应是日期，写作 2024-03-01。", "\"%s\" should be a date such as 2024-03-01.",
        key);
  return DAY_NONE;
}

void load_dates(const doc *d, const yaml *map, day *ret_from, day *ret_to) {
  *ret_from = load_day(d, map, "from");
  *ret_to = load_day(d, map, "to");
  if (*ret_to != DAY_NONE && *ret_from != DAY_NONE && *ret_to < *ret_from)
    FAULT(d, yaml_get(map, "to"), "“to”早于“from”，请核对日期。",
          "\"to\" is before \"from\"; check the dates.");
}

int load_word(const doc *d, const yaml *map, const char *key, const char *words, int absent) {
  const yaml *node = load_get(map, key);
  if (!node) return absent;
  const char *known[WORDS_MAX];
  char room[256];
  text s = node->type == YAML_TEXT ? node->s : TEXT("…");
  int i = names_index(split_words(words, known, room, sizeof room), s);
  if (i < 0)
    FAULT(d, node, "“%s”不能是“%.*s”，只能是以下之一：%s。",
          "\"%s\" cannot be \"%.*s\"; one of: %s.", key, SHOWN(s), words);
  return i;
}

const char *const *load_texts(const doc *d, const yaml *map, const char *key, bool required,
                              size_t *count) {
  size_t n, good = 0;
  const yaml *items = load_list(d, map, key, required, &n);
  if (count) *count = 0;
  if (!items && n == 0 && !required && !load_get(map, key)) return NULL;
  const char **out = TAKE(d->l, n + 1, const char *);
  if (!out) return NULL;
  for (size_t i = 0; i < n; i++) {
    const char *s = load_text_at(d, &items[i], PACK_TITLE_MAX);
    if (s && !s[0])
      FAULT(d, &items[i], "这一项是空的，请填写或删去。",
            "This item is empty; fill it in or remove it.");
    else if (s)
      out[good++] = s;
  }
  if (count) *count = good;
  return out;
}

const char *const *load_roles(const doc *d, const yaml *map, const char *key) {
  size_t n, good = 0;
  const yaml *items = load_list(d, map, key, true, &n);
  const pack *p = d->l->p;
  const char **out = TAKE(d->l, n + 1, const char *);
  for (size_t i = 0; out && i < n; i++) {
    int r = load_one_at(d, &items[i], NAMES(p->roles, p->role_count), (label){"角色", "roles"});
    if (r >= 0) out[good++] = p->roles[r].name;
  }
  return out;
}

void load_kind_or_event_at(const doc *d, const yaml *node, int *ret_kind, int *ret_event) {
  const pack *p = d->l->p;
  const char **all = TAKE(d->l, p->kind_count + p->event_count, const char *);
  *ret_kind = *ret_event = -1;
  if (!all) return;
  for (size_t i = 0; i < p->kind_count; i++) all[i] = p->kinds[i].name;
  for (size_t i = 0; i < p->event_count; i++) all[p->kind_count + i] = p->events[i].name;
  int at = load_one_at(d, node, NAMES(all, p->kind_count + p->event_count),
                       (label){"类型或事件", "kinds and events"});
  if (at >= (int)p->kind_count)
    *ret_event = at - (int)p->kind_count;
  else
    *ret_kind = at;
}

void load_kind_or_event(const doc *d, const yaml *map, const char *key, int *ret_kind,
                        int *ret_event) {
  const yaml *node = load_need(d, map, key);
  *ret_kind = *ret_event = -1;
  if (node) load_kind_or_event_at(d, node, ret_kind, ret_event);
}
