/* reader.h — inside the pack module: a pack on its way from YAML to the model, and how its faults
 * are told.
 *
 * A reading function adds its faults to the loader and goes on with a harmless value, so that one
 * run names them all; the half-read pack is thrown away at the end. Everything lives in the pack's
 * arena, the YAML trees too. When memory runs out, `no_memory` is set and what was asked for is
 * NULL or empty. */
#ifndef JISHI_PACK_READER_H
#define JISHI_PACK_READER_H

#include "base/yaml.h"
#include "pack/pack.h"

enum {
  PACK_MEMORY_MAX = 1 << 30, /* bytes a pack may take while it is read */
  PACK_NAME_MAX = 64,        /* characters of a name */
  PACK_PARTS_MAX = 2000,     /* of one sort: kinds, rules, fields of a kind … */
  PACK_TITLE_MAX = 200       /* characters of a title; sentences may be ten times as long */
};

typedef struct loader loader;

/* An `asked:` that waits for the scope of its kind or event. */
typedef struct asked {
  const struct doc *d;
  const yaml *at;
  const cel_program **into;
  int kind, event; /* one of them −1; both: not known yet, those after the last mark */
} asked;

/* One YAML file. */
typedef struct doc {
  loader *l;
  const char *path; /* as faults show it */
  text body;
  const yaml *root; /* NULL: not YAML, the fault is told */
  bool overlay, known;
} doc;

/* Where a part of the pack is written. */
typedef struct origin {
  const doc *d;
  const yaml *at;
} origin;

/* A scope in the making: see scopes.c. */
typedef struct scoping {
  loader *l;
  cel_env *env;
  slot *slots;
  size_t count, room;
} scoping;

struct loader {
  arena *a;
  pack *p;
  faults *f;
  bool no_memory;
  bool not_yaml; /* of some file: what it would have named is not missed */
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
  scoping *kind_scopes, *event_scopes;
  const cel_type **kind_types; /* the open record of a kind */
  struct asked *askeds;        /* every `asked:`, compiled when all scopes are there */
  size_t asked_count, asked_room;
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
    err_set(&fault_, ERR_BAD_PACK, yaml_place((d)->path, (node), (char[ERR_PLACE_MAX]){0}),        \
            __VA_ARGS__);                                                                          \
    load_fault((d)->l, &fault_);                                                                   \
  } while (0)
#define SHOWN(t)                                                                                   \
  ((int)text_cut((t), 60).bytes), (t).at /* for %.*s: as much as a sentence bears                  \
                                          */

/* ---- names of things: any array of structs whose first member is the name ---- */
typedef struct names {
  const void *items;
  size_t count, size;
} names;
#define NAMES(array, n) ((names){(array), (n), sizeof *(array)})
int names_index(names n, text name); /* -1: none */
/* The end of a sentence about an unknown name: ", did you mean …?" or ", check it.", in both
 * languages. */
typedef struct hint {
  char zh[120], en[120];
} hint;
hint hint_of(names n, text written);

/* ---- reading a map; an absent or empty (null) value is absent ---- */
bool is_map(const doc *d, const yaml *node);
void only_keys(const doc *d, const yaml *map,
               const char *keys); /* "name title fields": any other key is a fault */
const yaml *map_get(const yaml *map, const char *key);
const yaml *map_need(const doc *d, const yaml *map, const char *key); /* absent: a fault */
/* The items of a list; absent gives count 0, and a fault when `required`. */
const yaml *map_list(const doc *d, const yaml *map, const char *key, bool required, size_t *count);
const doc *find_doc(const loader *l,
                    const char *path); /* of the pack, not the overlay; NULL: no such file */
/* The items of NAME.yaml and of all files below NAME/, which are lists, too. */
const origin *parts_of(loader *l, const char *name, size_t *count);
/* The list that a whole file is. */
const yaml *doc_list(const doc *d, size_t *count);
const char *text_at(const doc *d, const yaml *node, size_t max_points); /* NULL: faulty */
const char *map_text(const doc *d, const yaml *map, const char *key,
                     bool required); /* NULL: absent or faulty */
const char *name_at(const doc *d, const yaml *node);
const char *map_name(const doc *d, const yaml *map, const char *key); /* required; NULL: faulty */
bool is_name(text s); /* lower case, digits, _; first a letter; at most PACK_NAME_MAX */
label label_at(const doc *d, const yaml *node, size_t max_points);
label map_title(const doc *d, const yaml *map, const char *key, bool required); /* absent: "" */
label map_sentence(const doc *d, const yaml *map, const char *key,
                   bool required);                             /* the same, longer */
bool map_flag(const doc *d, const yaml *map, const char *key); /* absent: false */
int64_t map_int(const doc *d, const yaml *map, const char *key, int64_t least, int64_t most,
                int64_t absent);
day map_day(const doc *d, const yaml *map, const char *key); /* DAY_NONE: absent or faulty */
void map_period(const doc *d, const yaml *map, day *from, day *to);
/* One of the words of "once month year"; its number, or -1 when faulty; `absent` when absent. */
int map_word(const doc *d, const yaml *map, const char *key, const char *words, int absent);
/* A list of texts, NULL-terminated; never NULL, unless absent. */
const char *const *map_texts(const doc *d, const yaml *map, const char *key, bool required,
                             size_t *count);
/* A list of roles that exist. */
const char *const *map_roles(const doc *d, const yaml *map, const char *key);
/* The name of one of `known`, which are called `zh`/`en` in the fault: its index, or -1. */
int map_one(const doc *d, const yaml *map, const char *key, names known, const char *zh,
            const char *en);
int one_at(const doc *d, const yaml *node, names known, const char *zh, const char *en);
int map_kind(const doc *d, const yaml *map, const char *key);
/* The name of a kind or of a kind of event: one of the two, the other -1; both -1 when faulty. */
void map_kind_or_event(const doc *d, const yaml *map, const char *key, int *kind, int *event);
/* False, and a fault at the key "name" of `map`, when `name` is in `before` already. */
bool is_new(const doc *d, const yaml *map, names before, const char *name);
/* Room for as many parts as the list has, at most PACK_PARTS_MAX (a fault beyond: count is cut). */
void *load_parts(const doc *d, const yaml *at, size_t *count, size_t of);
#define TAKE_PARTS(d, at, count, type) ((type *)load_parts((d), (at), (count), sizeof(type)))

/* ---- expressions ---- */
/* `part` lies within node->s. NULL: the fault is told, with the exact place where it can be known.
 */
cel_program *compile_part(const doc *d, const yaml *node, text part, const cel_env *env,
                          const cel_type *want);
cel_program *compile_at(const doc *d, const yaml *node, const cel_env *env, const cel_type *want);
cel_program *map_program(const doc *d, const yaml *map, const char *key, const cel_env *env,
                         const cel_type *want);
/* The same for what a phone evaluates, too: rules, variables, checks, what aggregates add up. */
cel_program *phone_at(const doc *d, const yaml *node, const cel_env *env, const cel_type *want);
cel_program *map_phone(const doc *d, const yaml *map, const char *key, const cel_env *env,
                       const cel_type *want);
/* A sentence with {expressions}. */
sentence sentence_at(const doc *d, const yaml *node, const cel_env *env);

/* ---- scopes.c ---- */
const cel_type *type_of_unit(const char *unit); /* "money" … or NULL */
const cel_type *type_of_field(loader *l, const field *f);
const cel_type *type_of_record(loader *l, const char *name, const field *fields, size_t count);
bool scope_begin(scoping *s, loader *l);
/* `at` (may be NULL): where a name that is taken already is told. */
bool scope_name(scoping *s, const char *name, const cel_type *type, slot_kind kind, int index,
                const origin *at);
scope scope_end(const scoping *s);
void scope_parameters(scoping *s);
void scope_kind(scoping *s, int kind, bool tell);                   /* all but `case` and `form` */
const cel_type *type_of_case(loader *l, const char *const *states); /* states NULL: any */
/* The scope of a kind with `case`, and `form` unless form is NULL. */
scope scope_of_case(loader *l, int kind, const cel_type *case_type, const cel_type *form);

/* ---- one function a part, called in this order ---- */
void read_about(loader *l);  /* pack.yaml: name, version, roles */
void read_kinds(loader *l);  /* kinds.c: kinds and events with their fields */
void make_events(loader *l); /* made.c: those of measures and steps, after the pack's own */
void read_parameters(loader *l);
void read_event_scopes(loader *l);    /* all names but variables */
void read_event_variables(loader *l); /* names every variable; those of events are compiled */
void read_event_limits(loader *l);    /* once, pays */
void read_aggregates(loader *l);
void read_kind_scopes(loader *l);    /* all names but variables */
void read_kind_variables(loader *l); /* and those of kinds */
void read_indicators(loader *l);
void read_duties(loader *l); /* duties.c: conditions and duties */
void read_workflows(loader *l);
void read_rules(loader *l);
void read_measures(loader *l);
void read_imports(loader *l);
void read_askeds(loader *l); /* `asked:` of fields and choices, after all scopes */
void mark_askeds(loader *l, size_t from, int kind, int event); /* whose fields were just read */
void check_references(loader *l); /* `of:` of fields names a root kind with a key */

/* `sets: {field: EXPR}`: fields of a kind. */
const set *read_sets(const doc *d, const yaml *item, const kind *of, const cel_env *env,
                     size_t *count);
/* The field that `fund:` names; -1: none. */
int fund_field(const doc *d, const yaml *map, const field *fields, size_t count);
typedef enum fields_of { FIELDS_OF_KIND, FIELDS_OF_EVENT, FIELDS_OF_FORM } fields_of;
/* `facts`: the kind that a `fact:` of an event or form names a field of; NULL for a kind's own
 * fields or when it is not known. */
const field *read_fields(const doc *d, const yaml *map, fields_of of, const kind *facts,
                         size_t *count);
/* A parameter's or limit's value by its unit, exactly. */
bool read_unit(const doc *d, const yaml *node, const char *unit, value *out);

/* ---- files.c ---- */
typedef struct file_set {
  pack_file *files; /* sorted by path */
  size_t count, room, bytes;
} file_set;
bool files_read(loader *l, const char *folder, file_set *out); /* false: faults told */
bool files_copy(loader *l, const pack_file *files, size_t count, file_set *out);
hash files_hash(loader *l, const file_set *s);
enum { PACK_FILE_BYTES_MAX = 4 << 20, PACK_BYTES_MAX = 64 << 20, PACK_FILES_MAX = 2000 };

#endif
