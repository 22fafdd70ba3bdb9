#include "base/json_build.h"

#include <assert.h>
#include <inttypes.h>

struct json_frame {
  json *node;
  size_t value_room, key_room;
  json_frame *outer;
};

json_out json_to_tree(json_builder *t) {
  return (json_out){.b = &t->state, .tree = t};
}

json *json_built(json_builder *t, err *e) {
  assert(t->state.failed || (t->root && !t->open));
  if (buf_ok(&t->state)) return t->root;
  err_memory(e);
  return NULL;
}

static json *no_memory(json_builder *t) {
  t->state.failed = true;
  return NULL;
}

/* Where the next value belongs; NULL: no memory, now or before. */
static json *next_value(json_builder *t) {
  json_frame *f = t->open;
  if (!buf_ok(&t->state)) return NULL;
  if (!f) {
    assert(!t->root);
    t->root = ARENA_NEW(t->a, json);
    return t->root ? t->root : no_memory(t);
  }
  json *map = f->node;
  json *items = ARENA_GROW(t->a, map->items, map->count, &f->value_room, json);
  if (!items) return no_memory(t);
  map->items = items;
  if (map->type == JSON_MAP) {
    text *keys = ARENA_GROW(t->a, map->keys, map->count, &f->key_room, text);
    if (!keys) return no_memory(t);
    map->keys = keys;
    assert(!json_get_text(map, t->key));
    keys[map->count] = t->key;
  }
  return &items[map->count++];
}

static void put(json_builder *t, json value) {
  json *to = next_value(t);
  if (!value.s.at) value.s = TEXT("");
  if (to) *to = value;
}

void json_build_open(json_builder *t, char bracket) {
  json *node = next_value(t);
  json_frame *f = node ? ARENA_NEW(t->a, json_frame) : NULL;
  if (!f) {
    no_memory(t);
    return;
  }
  *node = (json){.type = bracket == '{' ? JSON_MAP : JSON_LIST, .s = TEXT("")};
  *f = (json_frame){.node = node, .outer = t->open};
  t->open = f;
}

void json_build_close(json_builder *t, char bracket) {
  if (!buf_ok(&t->state)) return;
  assert(t->open && (t->open->node->type == JSON_MAP) == (bracket == '}'));
  (void)bracket;
  t->open = t->open->outer;
}

/* In the arena; bytes that are not UTF-8 become U+FFFD, as in the text. */
static text own_text(json_builder *t, text s) {
  size_t good = text_valid_prefix(s);
  char *copy = NULL;
  if (good == s.bytes) {
    copy = arena_copy(t->a, s.at, s.bytes);
    if (!copy) no_memory(t);
    return (text){copy, copy ? s.bytes : 0};
  }
  AUTO_BUF buf b = {0};
  while (s.bytes) {
    buf_add(&b, s.at, good);
    s = (text){s.at + good, s.bytes - good};
    if (s.bytes) {
      buf_str(&b, "\xEF\xBF\xBD");
      s = (text){s.at + 1, s.bytes - 1};
    }
    good = text_valid_prefix(s);
  }
  copy = buf_ok(&b) ? arena_copy(t->a, b.at, b.bytes) : NULL;
  if (!copy) no_memory(t);
  return (text){copy, copy ? b.bytes : 0};
}

void json_build_key(json_builder *t, text key) {
  t->key = own_text(t, key);
}

void json_build_text(json_builder *t, text s) {
  put(t, (json){.type = JSON_TEXT, .s = own_text(t, s)});
}

void json_build_int(json_builder *t, int64_t n) {
  const char *digits = arena_printf(t->a, "%" PRId64, n);
  if (!digits) no_memory(t);
  put(t, (json){.type = JSON_INT, .n = n, .s = text_of(digits)});
}

void json_build_bool(json_builder *t, bool yes) {
  put(t, (json){.type = JSON_BOOL, .yes = yes});
}

void json_build_null(json_builder *t) {
  put(t, (json){.type = JSON_NULL});
}

void json_build_source(json_builder *t, text source) {
  err ignored;
  const json *value = json_parse(t->a, source, &ignored);
  assert(value || ignored.code == ERR_MEMORY);
  if (value)
    put(t, *value);
  else
    no_memory(t);
}
