/* yaml.h — a YAML file (https://yaml.org/spec/1.2.2/) as a small read-only tree that remembers its
 * lines.
 *
 * For files people write: packs, overlays, the calendar. One document a file, UTF-8 (a byte order
 * mark is skipped). Anchors, aliases and tags are faults: what a file says stands where it is read.
 * So are duplicate keys, and keys that are not plain words. Nothing is guessed from a scalar: it is
 * text, and the reader asks for what it expects with yaml_as_….
 *
 * A fault is an err of code BAD_FILE whose `where` is "file:line:column"; line and column count
 * from 1, columns in characters. The tree and its texts live in the arena; nothing points into the
 * source. */
#ifndef JISHI_BASE_YAML_H
#define JISHI_BASE_YAML_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

enum { YAML_BYTES_MAX = 4 << 20, YAML_DEPTH_MAX = 32, YAML_NODES_MAX = 200000 };

typedef enum yaml_type { YAML_TEXT, YAML_LIST, YAML_MAP } yaml_type;

typedef struct yaml {
  yaml_type type;
  bool quoted; /* TEXT: in quotes or a block (| >): meant as text */
  int line, column;
  text s;                   /* TEXT */
  size_t count;             /* LIST: items; MAP: pairs */
  const struct yaml *items; /* LIST: the values; MAP: the values, beside `keys` */
  const struct yaml *keys;  /* MAP only, in file order; all TEXT */
} yaml;

/* `file_name` only says where a fault is. */
bool yaml_parse(arena *a, const char *file_name, text source, const yaml **ret_root, err *e);
/* Reads the file, too. A file that cannot be read is BAD_FILE, one over YAML_BYTES_MAX TOO_LARGE.
 */
bool yaml_load(arena *a, const char *path, const yaml **ret_root, err *e);

/* Reading a tree: NULL-tolerant, so that lookups chain. */
const yaml *yaml_get(const yaml *map, const char *key); /* NULL when not a map or no such key */
bool yaml_has(const yaml *map, const char *key);
text yaml_text(const yaml *map, const char *key); /* "" when absent or not a scalar */

/* Of a scalar node; false, and *ret untouched, for anything else. A quoted scalar is text and
 * nothing else. */
bool yaml_is_null(const yaml *node); /* empty, ~ or null; also true for NULL */
bool yaml_as_int(const yaml *node, int64_t *ret);
bool yaml_as_bool(const yaml *node, bool *ret); /* true, false */

/* Writes "file:line:column" of a node, for err_set. Returns out. */
const char *yaml_where(const char *file_name, const yaml *node, char ret[ERR_WHERE_MAX]);

#endif
