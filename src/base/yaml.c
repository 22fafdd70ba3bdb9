#include "base/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

/* Children of an open list or map wait on a stack until its end is known; of a map, key and value
 * in turn. */
typedef struct reader {
  arena *a;
  const char *file;
  text source;
  yaml_parser_t parser;
  yaml *stack;
  size_t count, room, nodes;
  err *e;
} reader;

static const char *where_at(const char *file, size_t line, size_t column, char ret[ERR_WHERE_MAX]) {
  char where[48]; /* a long path loses its front, never the line */
  int n = snprintf(where, sizeof where, ":%zu:%zu", line, column);
  size_t room = (size_t)(ERR_WHERE_MAX - 1 - n), bytes = strlen(file);
  if (bytes > room) {
    file += bytes - room;
    while (((unsigned char)*file & 0xC0) == 0x80) file++;
  }
  snprintf(ret, ERR_WHERE_MAX, "%s%s", file, where);
  return ret;
}

const char *yaml_where(const char *file_name, const yaml *node, char ret[ERR_WHERE_MAX]) {
  return where_at(file_name, node ? (size_t)node->line : 1, node ? (size_t)node->column : 1, ret);
}

/* A macro, because both sentences must stay literals for the compiler to check. */
#define fault(r, mark, zh, ...)                                                                    \
  err_set((r)->e, ERR_BAD_FILE,                                                                    \
          where_at((r)->file, (mark).line + 1, (mark).column + 1, (char[ERR_WHERE_MAX]){0}), zh,   \
          __VA_ARGS__)

static const struct {
  const char *problem;
  bool at_start; /* the place to mend is where the thing began, not where the parser gave up */
  const char *zh, *en;
} known_problems[] = {
    {"mapping values are not allowed", false,
     "这里多了一个冒号：请检查缩进，含冒号的文字请加引号。",
     "A colon is not expected here: check the indentation, and put quotes around text with a "
     "colon."},
    {"found character that cannot start", false,
     "这里不能以这个字符开头：缩进只能用空格，以 @ ` % 等符号开头的文字请加引号。",
     "Nothing can start with this character: indent with spaces only, and put quotes around text "
     "that starts "
     "with a sign such as @ ` %."},
    {"did not find expected key", false, "缩进不对，或上一行没有写完：同一层的各行请左对齐。",
     "The indentation is wrong, or the line above is not complete: align the lines of one level."},
    {"did not find expected '-'", false, "缩进不对：同一列表的各项请左对齐，并以“- ”开头。",
     "The indentation is wrong: align the items of a list and start each with \"- \"."},
    {"did not find expected ','", false, "括号没有配对，或各项之间缺少逗号。",
     "A bracket is not closed, or a comma is missing between two items."},
    {"found unexpected end of stream", true, "引号没有配对，直到文件结尾也没有找到另一半。",
     "A quote is not closed before the end of the file."},
    {"could not find expected ':'", true, "这一行缺少冒号（冒号后面要有空格）。",
     "A colon (followed by a space) is missing in this line."},
    {"found a tab character", false, "缩进只能用空格，不能用制表符（Tab）。",
     "Indent with spaces only, not with tabs."},
    {"control characters", false, "文件里有看不见的控制字符，请删去。",
     "The file holds an invisible control character; remove it."},
};

/* Line and column, from 0, of a byte of the source. */
static yaml_mark_t mark_of(text source, size_t offset) {
  yaml_mark_t mark = {.index = offset < source.bytes ? offset : source.bytes};
  size_t start = 0;
  for (size_t i = 0; i < mark.index; i++)
    if (source.at[i] == '\n') {
      mark.line++;
      start = i + 1;
    }
  mark.column = text_points((text){source.at + start, mark.index - start});
  return mark;
}

static bool parser_fault(reader *r) {
  const yaml_parser_t *p = &r->parser;
  if (p->error == YAML_MEMORY_ERROR) return err_memory(r->e);
  const char *problem = p->problem ? p->problem : "?";
  yaml_mark_t mark = p->problem_mark;
  if (p->error == YAML_READER_ERROR) mark = mark_of(r->source, p->problem_offset);
  for (size_t i = 0; i < sizeof known_problems / sizeof *known_problems; i++) {
    if (strstr(problem, known_problems[i].problem) != problem) continue;
    if (known_problems[i].at_start) mark = p->context_mark;
    return fault(r, mark, "%s", "%s", LABEL(known_problems[i]));
  }
  return fault(r, mark, "YAML 格式有误（%s），请检查这一行和上一行。",
               "This is not YAML (%s); check this line and the one above.", problem);
}

static bool next(reader *r, yaml_event_t *event) {
  return yaml_parser_parse(&r->parser, event) || parser_fault(r);
}

static bool push(reader *r, const yaml *node) {
  if (r->count == r->room) {
    size_t room = r->room ? r->room * 2 : 64;
    yaml *stack = realloc(r->stack, room * sizeof *stack);
    if (!stack) return err_memory(r->e);
    r->stack = stack;
    r->room = room;
  }
  r->stack[r->count++] = *node;
  return true;
}

static int compare_keys(const void *a, const void *b) {
  const yaml *x = a, *y = b;
  int order = text_compare(x->s, y->s);
  if (order) return order;
  if (x->line != y->line) return x->line < y->line ? -1 : 1;
  return (x->column > y->column) - (x->column < y->column);
}

static bool keys_differ(reader *r, const yaml *keys, size_t count) {
  yaml *sorted = malloc(count * sizeof *sorted);
  if (!sorted) return err_memory(r->e);
  memcpy(sorted, keys, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, compare_keys);
  bool differ = true;
  for (size_t i = 1; i < count && differ; i++) {
    if (!text_equal(sorted[i - 1].s, sorted[i].s)) continue;
    text name = text_cut(sorted[i].s, 60);
    yaml_mark_t again = {0, (size_t)sorted[i].line - 1, (size_t)sorted[i].column - 1};
    differ = fault(r, again, "“%.*s”在同一处写了两次（第一次在第 %d 行），请删去一个。",
                   "\"%.*s\" stands twice in one place (first in line %d); remove one.",
                   (int)name.bytes, name.at, sorted[i - 1].line);
  }
  free(sorted);
  return differ;
}

/* Moves what was pushed since `base` into the arena. */
static bool gather(reader *r, size_t base, yaml *ret) {
  size_t step = ret->type == YAML_MAP ? 2 : 1;
  ret->count = (r->count - base) / step;
  r->count = base;
  if (!ret->count) return true; /* the stack may not exist yet */
  const yaml *from = r->stack + base;
  yaml *items = ARENA_ARRAY(r->a, ret->count, yaml);
  if (!items) return err_memory(r->e);
  for (size_t i = 0; i < ret->count; i++) items[i] = from[i * step + step - 1];
  ret->items = items;
  if (ret->type != YAML_MAP) return true;
  yaml *keys = ARENA_ARRAY(r->a, ret->count, yaml);
  if (!keys) return err_memory(r->e);
  for (size_t i = 0; i < ret->count; i++) keys[i] = from[i * step];
  ret->keys = keys;
  return keys_differ(r, keys, ret->count);
}

static bool plain(reader *r, const yaml_event_t *event, const void *anchor, const void *tag) {
  if (event->type == YAML_ALIAS_EVENT || anchor)
    return fault(
        r, event->start_mark,
        "这里不使用 YAML 的引用（& 和 *），请把内容直接写出来；以 & 或 * 开头的文字请加引号。",
        "Anchors and aliases (& and *) are not used here: write the content itself, or put quotes "
        "around "
        "text that starts with & or *.");
  if (tag)
    return fault(
        r, event->start_mark, "这里不使用 YAML 的标签（!），请删去；以 ! 开头的文字请加引号。",
        "Tags (!) are not used here: remove it, or put quotes around text that starts with !.");
  return true;
}

static bool read_scalar(reader *r, const yaml_event_t *event, yaml *ret) {
  if (!plain(r, event, event->data.scalar.anchor, event->data.scalar.tag)) return false;
  size_t bytes = event->data.scalar.length;
  const char *copy = arena_copy(r->a, (const char *)event->data.scalar.value, bytes);
  if (!copy) return err_memory(r->e);
  ret->type = YAML_TEXT;
  ret->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  ret->s = (text){copy, bytes};
  return true;
}

static bool read_node(reader *r, const yaml_event_t *event, int depth, yaml *ret);

/* The events up to the end of the list or map that has just begun. */
static bool read_children(reader *r, yaml_event_type_t end, int depth, yaml *ret) {
  size_t base = r->count;
  for (;;) {
    yaml_event_t event;
    if (!next(r, &event)) return false;
    bool last = event.type == end, done = true;
    if (!last) {
      yaml child;
      bool key = ret->type == YAML_MAP && (r->count - base) % 2 == 0;
      done = key && event.type != YAML_SCALAR_EVENT && event.type != YAML_ALIAS_EVENT
                 ? fault(r, event.start_mark,
                         "冒号前面应是一个名称，不能是列表或对象；含有 { [ 的文字请加引号。",
                         "The part before a colon must be a name, not a list or map; put quotes "
                         "around text "
                         "with { or [.")
                 : read_node(r, &event, depth + 1, &child) && push(r, &child);
    }
    yaml_event_delete(&event);
    if (last) return gather(r, base, ret);
    if (!done) return false;
  }
}

static bool read_node(reader *r, const yaml_event_t *event, int depth, yaml *ret) {
  *ret = (yaml){.line = (int)event->start_mark.line + 1,
                .column = (int)event->start_mark.column + 1,
                .s = {"", 0}};
  if (++r->nodes > YAML_NODES_MAX)
    return fault(r, event->start_mark, "文件内容太多（超过 %d 项），请分成几个文件。",
                 "The file holds too much (over %d items); split it into several files.",
                 YAML_NODES_MAX);
  if (event->type == YAML_SCALAR_EVENT) return read_scalar(r, event, ret);
  bool map = event->type == YAML_MAPPING_START_EVENT;
  const void *anchor = map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
  const void *tag = map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
  if (event->type == YAML_ALIAS_EVENT) anchor = tag = NULL;
  if (!plain(r, event, anchor, tag)) return false;
  if (depth == YAML_DEPTH_MAX)
    return fault(r, event->start_mark, "嵌套太深（超过 %d 层），请减少层数。",
                 "Nested too deeply (over %d levels); use fewer levels.", YAML_DEPTH_MAX);
  ret->type = map ? YAML_MAP : YAML_LIST;
  return read_children(r, map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT, depth, ret);
}

/* Moves over an event that carries nothing; a second document is none of them. */
static bool skip(reader *r) {
  yaml_event_t event;
  if (!next(r, &event)) return false;
  bool done =
      event.type != YAML_DOCUMENT_START_EVENT ||
      fault(r, event.start_mark,
            "一个文件只能有一份文档，请删去“---”及其后的内容，或另存为一个文件。",
            "A file holds one document only: remove the \"---\" and what follows, or move it to a "
            "file of its own.");
  yaml_event_delete(&event);
  return done;
}

static bool read_document(reader *r, yaml *root) {
  yaml_event_t event;
  if (!skip(r)) return false; /* the start of the stream */
  if (!next(r, &event)) return false;
  bool empty = event.type != YAML_DOCUMENT_START_EVENT;
  yaml_event_delete(&event);
  if (empty)
    return fault(r, ((yaml_mark_t){0}), "文件是空的，请填写内容或删去这个文件。",
                 "The file is empty; fill it in or remove it.");
  if (!next(r, &event)) return false;
  bool done = read_node(r, &event, 0, root);
  yaml_event_delete(&event);
  return done && skip(r) && skip(r); /* the ends of document and stream */
}

static bool fault_size(const char *file, err *e) {
  return err_set(e, ERR_TOO_LARGE, where_at(file, 1, 1, (char[ERR_WHERE_MAX]){0}),
                 "文件太大（超过 %d MB），请分成几个文件。",
                 "The file is too large (over %d MB); split it into several files.",
                 YAML_BYTES_MAX >> 20);
}

bool yaml_parse(arena *a, const char *file_name, text source, const yaml **ret_root, err *e) {
  if (source.bytes > YAML_BYTES_MAX) return fault_size(file_name, e);
  if (text_starts(source, "\xEF\xBB\xBF")) source = (text){source.at + 3, source.bytes - 3};
  reader r = {.a = a, .file = file_name, .source = source, .e = e};
  size_t good = text_valid_prefix(source);
  if (good < source.bytes)
    return fault(&r, mark_of(source, good), "文件不是 UTF-8 编码，请在编辑器里另存为 UTF-8。",
                 "The file is not UTF-8; save it as UTF-8 in your editor.");
  yaml *out = ARENA_NEW(a, yaml);
  if (!out || !yaml_parser_initialize(&r.parser)) return err_memory(e);
  yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&r.parser, (const unsigned char *)source.at, source.bytes);
  bool done = read_document(&r, out);
  yaml_parser_delete(&r.parser);
  free(r.stack);
  if (done) *ret_root = out;
  return done;
}

static bool read_file(FILE *f, const char *path, buf *into, err *e) {
  char piece[8192];
  size_t n;
  while ((n = fread(piece, 1, sizeof piece, f)) > 0) {
    buf_add(into, piece, n);
    if (into->bytes > YAML_BYTES_MAX) return fault_size(path, e);
  }
  if (!buf_ok(into)) return err_memory(e);
  if (ferror(f))
    return err_set(e, ERR_BAD_FILE, path, "读取文件失败（%s），请检查磁盘。",
                   "The file cannot be read (%s); check the disk.", strerror(errno));
  return true;
}

bool yaml_load(arena *a, const char *path, const yaml **ret_root, err *e) {
  FILE *f = fopen(path, "rb");
  if (!f)
    return err_set(e, ERR_BAD_FILE, path, "打不开文件（%s），请检查文件是否存在、有无权限。",
                   "The file cannot be opened (%s); check that it exists and may be read.",
                   strerror(errno));
  buf content AUTO_BUF = {0};
  bool done = read_file(f, path, &content, e);
  fclose(f);
  return done && yaml_parse(a, path, buf_view(&content), ret_root, e);
}

static const yaml *yaml_get_text(const yaml *map, text key) {
  if (!map || map->type != YAML_MAP) return NULL;
  for (size_t i = 0; i < map->count; i++)
    if (text_equal(map->keys[i].s, key)) return &map->items[i];
  return NULL;
}

const yaml *yaml_get(const yaml *map, const char *key) {
  return yaml_get_text(map, text_of(key));
}

bool yaml_has(const yaml *map, const char *key) {
  return yaml_get(map, key) != NULL;
}

text yaml_text(const yaml *map, const char *key) {
  const yaml *v = yaml_get(map, key);
  return v && v->type == YAML_TEXT ? v->s : (text){"", 0};
}

static bool word(const yaml *node, const char *s) {
  return node && node->type == YAML_TEXT && !node->quoted && text_is(node->s, s);
}

bool yaml_is_null(const yaml *node) {
  return !node || word(node, "") || word(node, "~") || word(node, "null");
}

bool yaml_as_int(const yaml *node, int64_t *ret) {
  return node && node->type == YAML_TEXT && !node->quoted && text_to_int(node->s, ret);
}

bool yaml_as_bool(const yaml *node, bool *ret) {
  bool yes = word(node, "true");
  if (!yes && !word(node, "false")) return false;
  *ret = yes;
  return true;
}
