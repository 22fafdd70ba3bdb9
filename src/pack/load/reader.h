/* reader.h — a pack on its way from YAML to the model: its files, their maps, lists, names and
 * titles, and how faults are told.
 *
 * A reading function adds its faults to the loader and goes on with a harmless value, so that one
 * run names them all; the half-read pack is thrown away at the end. Everything lives in the pack's
 * arena, the YAML trees too. When memory runs out, `no_memory` is set and what was asked for is
 * NULL or empty. */
#ifndef JISHI_PACK_LOAD_READER_H
#define JISHI_PACK_LOAD_READER_H

#include "base/err.h"
#include "base/yaml.h"
#include "pack/model/names.h"
#include "pack/model/pack.h"

enum {
  PACK_FORMAT = 2,           /* the `format:` that this program reads */
  PACK_MEMORY_MAX = 1 << 30, /* bytes a pack may take while it is read */
  PACK_NAME_MAX = 64,        /* characters of a name */
  PACK_PARTS_MAX = 2000,     /* of one list: kinds, rules, fields of a kind … */
  PACK_TITLE_MAX = 200       /* characters of a title; sentences may be ten times as long */
};

typedef struct loader loader;

/* An `applies_when:` that waits for the scope of its kind or event. */
typedef struct field_condition {
  const struct doc *d;
  const yaml *at;
  const cel_program **into;
  int kind, event; /* one of them −1; both: not known yet, those after the last mark */
} field_condition;

/* One YAML file. */
typedef struct doc {
  loader *l;
  const char *path; /* as faults show it */
  text body;
  const yaml *root;    /* NULL: not YAML, the fault is told */
  bool overlay, known; /* known: a file of the overlay whose parameter the pack has */
} doc;

/* Where a part of the pack is written. */
typedef struct origin {
  const doc *d;
  const yaml *at;
} origin;

struct scoping;

struct loader {
  arena *a;
  pack *p;
  faults *f;
  size_t faults_before; /* faults of the packs read before this one */
  bool no_memory;
  bool not_yaml; /* some file is no YAML: names it may have declared are not called missing */
  doc *docs;     /* of the pack, then of the overlay */
  size_t doc_count;
  /* The pack's own arrays, still open for writing, with their origins by the same index. */
  kind *kinds;
  event_kind *events;
  parameter *parameters;
  aggregate *aggregates;
  variable *variables;
  workflow *workflows;
  origin *kind_at, *event_at, *parameter_at, *aggregate_at, *variable_at;
  struct scoping *kind_scopes, *event_scopes;
  const cel_type **kind_types; /* the open record of a kind */
  struct field_condition
      *field_conditions; /* every `applies_when:`, compiled when all scopes are there */
  size_t field_condition_count, field_condition_room;
  origin *references; /* of every `of:`, told when all kinds are known */
  size_t reference_count, reference_room;
};

/* ---- memory and faults ---- */
void *load_take(loader *l, size_t count, size_t of); /* NULL: no_memory is set */
#define TAKE(l, count, type) ((type *)load_take((l), (count), sizeof(type)))
void load_fault(loader *l, const err *e); /* as a fault of the pack, whatever its code was */
/* FAULT(d, node, "中文 %s", "English %s", args…); node NULL: the file's beginning. */
#define FAULT(d, node, ...)                                                                        \
  do {                                                                                             \
    err fault_;                                                                                    \
    err_set(&fault_, ERR_BAD_PACK, yaml_where((d)->path, (node), (char[ERR_WHERE_MAX]){0}),        \
            __VA_ARGS__);                                                                          \
    load_fault((d)->l, &fault_);                                                                   \
  } while (0)
/* As much of a text as a sentence bears, for %.*s. */
#define SHOWN(t) ((int)text_cut((t), 60).bytes), (t).at

/* The end of a sentence about an unknown name: ", did you mean …?" or ", check it.", in both
 * languages. */
typedef struct hint {
  char zh[120], en[120];
} hint;
hint name_hint(names n, text written);

/* ---- reading a map; an absent or empty (null) value is absent ---- */
bool load_is_map(const doc *d, const yaml *node);
void load_only_keys(const doc *d, const yaml *map,
                    const char *keys); /* "name title fields": any other key is a fault */
const yaml *load_get(const yaml *map, const char *key);
const yaml *load_need(const doc *d, const yaml *map, const char *key); /* absent: a fault */
/* The items of a list; absent gives count 0, and a fault when `required`. */
const yaml *load_list(const doc *d, const yaml *map, const char *key, bool required,
                      size_t *ret_count);
const doc *load_find_doc(const loader *l,
                         const char *path); /* of the pack, not the overlay; NULL: no such file */
bool load_in_folder(const doc *d, const char *folder); /* of the pack, and YAML */
size_t load_count_docs(const loader *l, const char *folder);
/* The name of the part that a whole file is; NULL: faulty, or taken. */
const char *load_part_name(const doc *d, names before);
/* The items of NAME.yaml and of all files below NAME/, which are lists, too. */
const origin *load_parts_of(loader *l, const char *name, size_t *ret_count);
/* The list that a whole file is. */
const yaml *load_doc_list(const doc *d, size_t *ret_count);
const char *load_text_at(const doc *d, const yaml *node, size_t max_points); /* NULL: faulty */
const char *load_text(const doc *d, const yaml *map, const char *key,
                      bool required); /* NULL: absent or faulty */
const char *load_name_at(const doc *d, const yaml *node);
/* Where a part is written, "kinds/tree.yaml:2:7": its name, or the part itself. */
const char *load_where(const doc *d, const yaml *map);
const char *load_name(const doc *d, const yaml *map, const char *key); /* required; NULL: faulty */
bool load_is_name(text s); /* lower case, digits, _; first a letter; at most PACK_NAME_MAX */
label load_label_at(const doc *d, const yaml *node, size_t max_points);
label load_title(const doc *d, const yaml *map, const char *key, bool required); /* absent: "" */
label load_sentence(const doc *d, const yaml *map, const char *key,
                    bool required);                             /* the same, longer */
bool load_flag(const doc *d, const yaml *map, const char *key); /* absent: false */
int64_t load_int(const doc *d, const yaml *map, const char *key, int64_t least, int64_t most,
                 int64_t absent);
void load_dates(const doc *d, const yaml *map, day *ret_from, day *ret_to);
/* One of the words of "once month year"; its number, or -1 when faulty; `absent` when absent. */
int load_word(const doc *d, const yaml *map, const char *key, const char *words, int absent);
/* A list of texts, NULL-terminated; never NULL, unless absent. */
const char *const *load_texts(const doc *d, const yaml *map, const char *key, bool required,
                              size_t *count);
/* A list of roles that exist. */
const char *const *load_roles(const doc *d, const yaml *map, const char *key);
/* The name of one of `known`, which are called `zh`/`en` in the fault: its index, or -1. */
int load_one(const doc *d, const yaml *map, const char *key, names known, label what);
int load_one_at(const doc *d, const yaml *node, names known, label what);
int load_kind(const doc *d, const yaml *map, const char *key);
/* The name of a kind or of a kind of event: one of the two, the other -1; both -1 when faulty. */
void load_kind_or_event_at(const doc *d, const yaml *node, int *ret_kind, int *ret_event);
void load_kind_or_event(const doc *d, const yaml *map, const char *key, int *ret_kind,
                        int *ret_event);
/* False, and a fault at the key "name" of `map`, when `name` is in `before` already. */
bool load_is_new(const doc *d, const yaml *map, names before, const char *name);
/* Room for as many parts as the list has, at most PACK_PARTS_MAX (a fault beyond: count is cut). */
void *load_parts(const doc *d, const yaml *at, size_t *ret_count, size_t of);
#define TAKE_PARTS(d, at, count, type) ((type *)load_parts((d), (at), (count), sizeof(type)))

#endif
