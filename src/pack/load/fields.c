/* The fields of kinds, events and forms, as a pack declares them. */
#include "pack/load/fields.h"
#include "pack/load/expressions.h"
#include "pack/load/parts.h"
#include "pack/load/scopes.h"
#include "pack/load/values.h"

#include <limits.h>

enum {
  TEXT_MAX = 2000,       /* characters, when the field names no limit */
  LONG_TEXT_MAX = 20000, /* the same for `long: true`; no field may ask for more */
  CODE_MAX = 64
};

static const char type_words[] = "text int money rate number date bool choice choices";
static const char format_words[] =
    "none resident_id document credit_code disability_card phone measure "
    "time follow_up officer officers files place zone";
static const char privacy_words[] = "open masked hidden";
static const char field_keys[] =
    "name title help type format privacy sealed identifies required long min max values "
    "fact check message of applies_when empty_title unit decimals "
    "serial value typed initial filled_from counted_in fulfilled_in";

/* ---- fields that apply only sometimes ---- */

static void read_applies_when(const doc *d, const yaml *map, const cel_program **into) {
  loader *l = d->l;
  const yaml *node = load_get(map, "applies_when");
  if (!node) return;
  field_condition *all = ARENA_GROW(l->a, l->field_conditions, l->field_condition_count,
                                    &l->field_condition_room, field_condition);
  if (!all) {
    l->no_memory = true;
    return;
  }
  l->field_conditions = all;
  all[l->field_condition_count++] = (field_condition){d, node, into, -1, -1};
}

void fields_mark_conditions(loader *l, size_t from, int kind_index, int event_index) {
  for (size_t i = from; i < l->field_condition_count; i++) {
    l->field_conditions[i].kind = kind_index;
    l->field_conditions[i].event = event_index;
  }
}

static bool condition_may_read(const field_condition *x, slot_kind s) {
  if (s == SLOT_FIELD || s == SLOT_PARAMETER) return true;
  return x->event >= 0 && (s == SLOT_ABOUT || s == SLOT_PARENT || s == SLOT_ON);
}

void pack_read_field_conditions(loader *l) {
  for (size_t i = 0; i < l->field_condition_count; i++) {
    const field_condition *x = &l->field_conditions[i];
    if (x->kind < 0 && x->event < 0) {
      FAULT(x->d, x->at, "这里的填写项没有“applies_when”，请删去。",
            "A field here has no \"applies_when\"; remove it.");
      continue;
    }
    const name_scope *sc = x->kind >= 0 ? &l->kinds[x->kind].scope : &l->events[x->event].scope;
    const cel_program *p = compile_for_phone(x->d, x->at, sc->env, &cel_bool);
    size_t count = 0;
    const int *slots = p ? cel_program_slots(p, &count) : NULL;
    for (size_t k = 0; k < count; k++)
      if (!condition_may_read(x, sc->slots[slots[k]].kind)) {
        FAULT(x->d, x->at,
              "“applies_when”只能看同一张表里的填写项、所登记的对象、on 和参数，不能用 %s。",
              "\"applies_when\" reads the fields of the same form, the subject, on and parameters, "
              "not "
              "%s.",
              cel_env_name(sc->env, slots[k]));
        p = NULL;
        break;
      }
    *x->into = p;
  }
}

/* ---- choices ---- */

static bool is_code(text s) {
  if (s.bytes == 0 || s.bytes > CODE_MAX) return false;
  for (size_t i = 0; i < s.bytes; i++) {
    char c = s.at[i];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
          c == '-'))
      return false;
  }
  return true;
}

/* A choice of the same list that is already spelt so; NULL: none. */
static const choice *spelt(const choice *all, size_t count, const char *s) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(all[i].code, s) == 0 || strcmp(all[i].title.zh, s) == 0 ||
        strcmp(all[i].title.en, s) == 0 || (all[i].official && strcmp(all[i].official, s) == 0))
      return &all[i];
    for (const char *const *a = all[i].aliases; a && *a; a++)
      if (strcmp(*a, s) == 0) return &all[i];
  }
  return NULL;
}

static void spell(const doc *d, const yaml *at, const choice *all, size_t count, const char *s) {
  const choice *other = s && s[0] ? spelt(all, count, s) : NULL;
  if (other)
    FAULT(d, at, "“%s”已经指选项“%s”了，导入时会分不清，请改一个。",
          "\"%s\" stands for the choice \"%s\" already; an import could not tell them apart. "
          "Change one.",
          s, other->code);
}

static bool read_choice(const doc *d, const yaml *item, const choice *before, size_t count,
                        choice *ret) {
  load_only_keys(d, item, "code title official aliases applies_when from to");
  const yaml *code = load_need(d, item, "code");
  if (!code) return false;
  if (code->type != YAML_TEXT || !is_code(code->s)) {
    FAULT(d, code, "选项的代码只能用英文字母、数字、下划线和连字符，最多 %d 个字符。",
          "A choice's code has letters, digits, _ and - only, at most %d characters.", CODE_MAX);
    return false;
  }
  *ret = (choice){.code = code->s.at, .group = {"", ""}};
  load_dates(d, item, &ret->from, &ret->to);
  ret->title = load_title(d, item, "title", true);
  ret->official = load_text(d, item, "official", false);
  ret->aliases = load_texts(d, item, "aliases", false, NULL);
  spell(d, code, before, count, ret->code);
  spell(d, yaml_get(item, "title"), before, count, ret->title.zh);
  if (ret->official) spell(d, yaml_get(item, "official"), before, count, ret->official);
  for (const char *const *a = ret->aliases; a && *a; a++)
    spell(d, yaml_get(item, "aliases"), before, count, *a);
  return true;
}

static const yaml *group_of(const yaml *item) {
  const yaml *values = item->type == YAML_MAP ? load_get(item, "values") : NULL;
  return values && values->type == YAML_LIST ? values : NULL;
}

/* {title, applies_when, from, to, values}: choices under one heading, with what holds of all of
 * them. */
static void read_group(const doc *d, const yaml *item, choice *all, size_t room, bool asks,
                       field *f) {
  size_t n;
  load_only_keys(d, item, "title applies_when from to values");
  choice shared = {.group = load_title(d, item, "title", true)};
  load_dates(d, item, &shared.from, &shared.to);
  const yaml *items = load_list(d, item, "values", true, &n);
  for (size_t i = 0; i < n && f->choice_count < room; i++) {
    choice *c = &all[f->choice_count];
    if (!load_is_map(d, &items[i]) || !read_choice(d, &items[i], all, f->choice_count, c)) continue;
    c->group = shared.group;
    if (c->from == DAY_NONE) c->from = shared.from;
    if (c->to == DAY_NONE) c->to = shared.to;
    if (asks)
      read_applies_when(d, load_get(&items[i], "applies_when") ? &items[i] : item,
                        &c->applies_when);
    f->choice_count++;
  }
}

static void read_serial(const doc *d, const yaml *map, fields_of of, field *f) {
  f->serial = load_text(d, map, "serial", false);
  if (!f->serial) return;
  if (f->type != FIELD_TEXT || of == FIELDS_OF_KIND)
    FAULT(d, yaml_get(map, "serial"), "“serial”用在事件和步骤的 text 填写项上。",
          "\"serial\" is for text fields of events and steps.");
  else if (!strstr(f->serial, "{n}"))
    FAULT(d, yaml_get(map, "serial"), "编号里要有 {n}，按年编号的还要有 {year}。",
          "The number needs {n}, and {year} where it begins anew each year.");
}

/* That there is such a duty or follow-up is told when these are read. */
static void read_filled(const doc *d, const yaml *map, fields_of of, const char *key, field *f,
                        const char **ret) {
  const yaml *node = load_get(map, key);
  if (!node) return;
  *ret = load_name(d, map, key);
  if (f->type != FIELD_BOOL || of != FIELDS_OF_EVENT || f->required || load_get(map, "fact"))
    FAULT(d, node, "“%s”用在事件的 bool 填写项上，由系统填写，不能必填，也不能成为事实。",
          "\"%s\" is for a bool field of an event, which the system fills in: it is neither "
          "required nor a fact.",
          key);
}

/* lists/NAME.yaml: choices that several fields share. */
static const doc *list_named(const doc *d, const yaml *named) {
  const char *path = arena_printf(d->l->a, "lists/%.*s.yaml", (int)named->s.bytes, named->s.at);
  const doc *list = path ? load_find_doc(d->l, path) : NULL;
  if (!list && path)
    FAULT(d, named, "没有 %s 这份选项表，请核对文件名。", "There is no list %s; check its name.",
          path);
  return list && list->root ? list : NULL;
}

static void read_choices(const doc *d, const yaml *map, fields_of of, field *f) {
  bool chooses = f->type == FIELD_CHOICE || f->type == FIELD_CHOICES;
  if (load_get(map, "empty_title")) f->empty_title = load_title(d, map, "empty_title", true);
  if (load_get(map, "empty_title") && f->type != FIELD_CHOICES)
    FAULT(d, yaml_get(map, "empty_title"), "只有 choices 类型才有“empty_title”，请删去。",
          "Only the type choices has \"empty_title\"; remove it.");
  size_t n;
  if (!chooses) {
    if (load_get(map, "values"))
      FAULT(d, yaml_get(map, "values"), "只有 choice 和 choices 类型才有“values”，请改类型或删去。",
            "Only the types choice and choices have \"values\"; change the type or remove them.");
    return;
  }
  const yaml *items = NULL;
  const yaml *named = load_get(map, "values");
  bool shared = named && named->type == YAML_TEXT;
  if (shared) {
    d = list_named(d, named);
    if (!d) return;
    items = load_doc_list(d, &n);
  } else {
    items = load_list(d, map, "values", true, &n);
  }
  size_t room = 0;
  for (size_t i = 0; i < n; i++) room += 1 + (group_of(&items[i]) ? group_of(&items[i])->count : 0);
  choice *all = TAKE_PARTS(d, shared ? d->root : map, &room, choice);
  bool asks = of == FIELDS_OF_EVENT || !shared; /* what a shared list asks, it asks of events */
  for (size_t i = 0; all && i < n; i++) {
    if (!load_is_map(d, &items[i])) continue;
    if (load_get(&items[i], "values"))
      read_group(d, &items[i], all, room, asks, f);
    else if (f->choice_count < room &&
             read_choice(d, &items[i], all, f->choice_count, &all[f->choice_count])) {
      if (asks) read_applies_when(d, &items[i], &all[f->choice_count].applies_when);
      f->choice_count++;
    }
  }
  f->choices = all;
}

/* ---- limits ---- */

static const char *type_of_limit(field_type t) {
  switch (t) {
  case FIELD_INT:
    return "int";
  case FIELD_MONEY:
    return "money";
  case FIELD_RATE:
    return "rate";
  case FIELD_NUMBER:
    return "number";
  case FIELD_DATE:
    return "date";
  case FIELD_TEXT:
    return "int";
  default:
    return NULL;
  }
}

static bool read_limit(const doc *d, const yaml *map, const char *key, const field *f,
                       int64_t *ret) {
  const yaml *node = load_get(map, key);
  value v;
  if (!node) return false;
  if (!type_of_limit(f->type)) {
    FAULT(d, node, "这种类型没有“%s”，请删去。", "This type has no \"%s\"; remove it.", key);
    return false;
  }
  if (!values_read(d, node, type_of_limit(f->type), &v)) return false;
  *ret = v.i;
  return true;
}

static void read_limits(const doc *d, const yaml *map, field *f) {
  int64_t longest = f->long_text ? LONG_TEXT_MAX : TEXT_MAX;
  bool is_text = f->type == FIELD_TEXT;
  f->min = is_text ? 0 : INT64_MIN;
  f->max = is_text ? longest : INT64_MAX;
  bool any = read_limit(d, map, "min", f, &f->min);
  any |= read_limit(d, map, "max", f, &f->max);
  if (!any && !is_text) {
    f->min = 1;
    f->max = 0;
    return;
  }
  if (f->min > f->max)
    FAULT(d, yaml_get(map, yaml_has(map, "max") ? "max" : "min"), "“min”大于“max”，请核对。",
          "\"min\" is above \"max\"; check them.");
  if (is_text && (f->min < 0 || f->max > LONG_TEXT_MAX))
    FAULT(d, yaml_get(map, f->min < 0 ? "min" : "max"), "字数限制应在 0 到 %d 之间。",
          "A limit of characters is from 0 to %d.", LONG_TEXT_MAX);
}

/* ---- facts ---- */

static bool same_choices(const field *answer, const field *known) {
  for (size_t i = 0; i < answer->choice_count; i++)
    if (!choice_find(known, text_of(answer->choices[i].code))) return false;
  return answer->choice_count == known->choice_count;
}

static void read_fact(const doc *d, const yaml *map, const kind *facts, fields_of of, field *f) {
  const yaml *node = load_get(map, "fact");
  f->fact_index = -1;
  if (!node) return;
  if (of == FIELDS_OF_KIND) {
    FAULT(d, node, "类型自己的字段没有“fact”，请删去。",
          "A kind's own field has no \"fact\"; remove it.");
    return;
  }
  if (!facts) return; /* whose facts is a fault told elsewhere */
  int i = load_one_at(d, node, NAMES(facts->fields, facts->field_count),
                      (label){"字段", "fields of the subject"});
  if (i < 0) return;
  const field *known = &facts->fields[i];
  if (known->type != f->type || !same_choices(f, known)) {
    FAULT(d, node, "“%s”与对象的字段“%s”类型或选项不同，请改成一致。",
          "\"%s\" and the subject's field \"%s\" differ in type or choices; make them equal.",
          f->name, known->name);
    return;
  }
  f->fact = known->name;
  f->sealed |= known->sealed;
  f->fact_index = i;
}

/* Only what becomes the unit's own zone is looked up, and followed. */
static void check_zone(const doc *d, const yaml *map, const kind *facts, fields_of of,
                       const field *f) {
  if (f->format != FORMAT_ZONE || of == FIELDS_OF_KIND || !facts) return;
  if (f->fact_index < 0 || facts->fields[f->fact_index].format != FORMAT_ZONE)
    FAULT(d, yaml_get(map, "format"),
          "登记或办理里的 format: zone 要写“fact”，成为对象的片区字段，请改写。",
          "Of an event or a step format: zone has a \"fact\": the field of the subject that is its "
          "zone; change it.");
}

/* ---- what may be typed ---- */

/* Whether `typed: true` is right is told when the owners are known (owners.c). */
static void read_typed(const doc *d, const yaml *map, fields_of of, field *f) {
  const yaml *typed = load_get(map, "typed"), *initial = load_get(map, "initial");
  if (of != FIELDS_OF_KIND && (typed || initial)) {
    FAULT(d, typed ? typed : initial, "只有对象自己的字段才有“typed”和“initial”，请删去。",
          "Only a kind's own field has \"typed\" and \"initial\"; remove it.");
    return;
  }
  if (typed) f->typed = load_flag(d, map, "typed") ? TYPED_ALWAYS : TYPED_NEVER;
  f->initial = load_text(d, map, "initial", false);
  if (f->initial && (f->type != FIELD_CHOICE || !choice_find(f, text_of(f->initial))))
    FAULT(d, initial, "“initial”要写这个字段的一个选项代码。",
          "\"initial\" is the code of one of this field's choices.");
}

/* ---- references ---- */

static void read_reference(const doc *d, const yaml *map, field *f) {
  loader *l = d->l;
  f->of = load_name(d, map, "of");
  if (f->type != FIELD_TEXT)
    FAULT(d, yaml_get(map, "of"), "只有 text 类型才有“of”，请改类型或删去。",
          "Only the type text can have \"of\"; change the type or remove it.");
  origin *all = ARENA_GROW(l->a, l->references, l->reference_count, &l->reference_room, origin);
  if (!all) {
    l->no_memory = true;
    return;
  }
  l->references = all;
  all[l->reference_count++] = (origin){d, yaml_get(map, "of")};
}

void fields_check_references(loader *l) {
  for (size_t i = 0; i < l->reference_count; i++) {
    const origin *o = &l->references[i];
    int k = load_one_at(o->d, o->at, NAMES(l->kinds, l->p->kind_count), (label){"类型", "kinds"});
    if (k >= 0 && (l->kinds[k].parent >= 0 || l->kinds[k].key < 0))
      FAULT(o->d, o->at, "“of”指的类型要在最上一层，并且有“key”。",
            "\"of\" names a kind without a parent and with a \"key\".");
  }
}

/* ---- a field ---- */

static bool read_field(const doc *d, const yaml *map, fields_of of, const kind *facts, names before,
                       field *f) {
  if (!load_is_map(d, map)) return false;
  load_only_keys(d, map, field_keys);
  *f = (field){.name = load_name(d, map, "name"),
               .line = map->line,
               .fact_index = -1,
               .empty_title = {"", ""},
               .unit = "",
               .decimals = -1};
  f->title = load_title(d, map, "title", true);
  f->help = load_sentence(d, map, "help", false);
  f->check_message = load_sentence(d, map, "message", false);
  int type = load_need(d, map, "type") ? load_word(d, map, "type", type_words, -1) : -1;
  if (!f->name || !load_is_new(d, map, before, f->name)) return false;
  f->type_in_cel = &cel_dyn;
  if (type < 0) return true; /* kept, so that expressions that use it are not blamed */
  f->type = (field_type)type;
  int format = load_word(d, map, "format", format_words, 0);
  f->format = format > 0 ? (field_format)format : FORMAT_NONE;
  if (format > 0 && f->type != FIELD_TEXT)
    FAULT(d, yaml_get(map, "format"), "只有 text 类型才有“format”，请改类型或删去。",
          "Only the type text has a \"format\"; change the type or remove it.");
  int privacy = load_word(d, map, "privacy", privacy_words, 0);
  f->privacy = privacy > 0 ? (field_privacy)privacy : PRIVACY_OPEN;
  f->sealed = f->privacy != PRIVACY_OPEN || load_flag(d, map, "sealed");
  f->identifies = load_flag(d, map, "identifies");
  f->required = load_flag(d, map, "required");
  f->long_text = load_flag(d, map, "long");
  if (f->long_text && f->type != FIELD_TEXT)
    FAULT(d, yaml_get(map, "long"), "只有 text 类型才有“long”，请改类型或删去。",
          "Only the type text can be \"long\"; change the type or remove it.");
  read_serial(d, map, of, f);
  read_filled(d, map, of, "counted_in", f, &f->counted_in);
  read_filled(d, map, of, "fulfilled_in", f, &f->fulfilled_in);
  read_applies_when(d, map, &f->applies_when);
  read_choices(d, map, of, f);
  read_limits(d, map, f);
  read_fact(d, map, facts, of, f);
  check_zone(d, map, facts, of, f);
  read_typed(d, map, of, f);
  if (load_get(map, "of")) read_reference(d, map, f);
  f->type_in_cel = values_read_measure(d, map, scope_type_of_field(d->l, f));
  f->unit = cel_type_unit(f->type_in_cel);
  f->decimals = cel_type_decimals(f->type_in_cel);
  return true;
}

/* Checks see the record's own fields only: slot i is field i, as in the record's full scope. The
 * fields of the file begin at `first`. */
static void read_checks(const doc *d, const yaml *items, size_t n, fields_of of, field *fields,
                        size_t first, size_t count) {
  scoping s = {0};
  for (size_t i = 0, f = first; i < n && f < count; i++) {
    const yaml *check = load_get(&items[i], "check");
    const yaml *filled = load_get(&items[i], "filled_from");
    bool mine =
        items[i].line == fields[f].line && text_is(yaml_text(&items[i], "name"), fields[f].name);
    if (!mine) continue;
    field *own = &fields[f++];
    if (!check && !filled) continue;
    if (filled && (of != FIELDS_OF_KIND || own->required || own->initial)) {
      FAULT(d, filled, "只有对象自己的、不必填也没有“initial”的字段才有“filled_from”，请删去。",
            "Only a kind's own field that is not required and has no \"initial\" has "
            "\"filled_from\"; remove it.");
      continue;
    }
    if (check && of == FIELDS_OF_FORM) {
      FAULT(d, check, "这里的字段没有“check”，请写在“when”里，用 form.%s。",
            "A field here has no \"check\"; write it in \"when\", with form.%s.", own->name);
      continue;
    }
    if (check) load_need(d, &items[i], "message");
    if (!s.env && !scope_begin(&s, d->l)) return;
    for (size_t k = s.count; k < count; k++)
      scope_name(&s, fields[k].name, fields[k].type_in_cel, SLOT_FIELD, (int)k, NULL);
    if (check) own->check = compile_for_phone(d, check, s.env, &cel_bool);
    if (filled) own->filled_from = compile_for_phone(d, filled, s.env, own->type_in_cel);
  }
}

/* `time: required`, `time: optional` or a map {required, title, help}: when on its day the event
 * happened, a field like others that the engine orders by. */
static bool read_time(const doc *d, const yaml *map, field *f) {
  static const char words[] = "required optional";
  const yaml *node = load_get(map, "time");
  if (!node) return false;
  *f = (field){.name = EVENT_TIME,
               .title = {"时刻", "time"},
               .help = {"", ""},
               .type = FIELD_TEXT,
               .format = FORMAT_TIME,
               .line = node->line,
               .fact_index = -1,
               .max = 40,
               .check_message = {"", ""},
               .empty_title = {"", ""},
               .unit = ""};
  if (node->type == YAML_MAP) {
    load_only_keys(d, node, "required title help");
    f->required = load_flag(d, node, "required");
    if (load_get(node, "title")) f->title = load_title(d, node, "title", true);
    f->help = load_sentence(d, node, "help", false);
  } else {
    f->required = load_word(d, map, "time", words, 1) == 0;
  }
  f->type_in_cel = scope_type_of_field(d->l, f);
  return true;
}

const field *fields_read(const doc *d, const yaml *map, fields_of of, const kind *facts,
                         size_t *ret_count) {
  size_t n, good = 0;
  const yaml *items = load_list(d, map, "fields", of == FIELDS_OF_KIND, &n);
  const yaml *at = items ? yaml_get(map, "fields") : map;
  *ret_count = 0;
  n++; /* for the time of an event */
  field *fields = TAKE_PARTS(d, at, &n, field);
  if (!fields || n == 0) return NULL;
  n--;
  if (of == FIELDS_OF_EVENT && read_time(d, map, &fields[0])) good++;
  const size_t first = good;
  for (size_t i = 0; i < n; i++)
    if (read_field(d, &items[i], of, facts, NAMES(fields, good), &fields[good])) good++;
  read_checks(d, items, n, of, fields, first, good);
  *ret_count = good;
  return fields;
}

const int *fields_read_list(const doc *d, const char *key, const field *fields, size_t field_count,
                            size_t *ret_count) {
  size_t n;
  const yaml *items = load_list(d, d->root, key, false, &n);
  int *out = TAKE(d->l, n, int);
  *ret_count = 0;
  for (size_t i = 0; out && i < n; i++) {
    int f = load_one_at(d, &items[i], NAMES(fields, field_count), (label){"字段", "fields"});
    if (f >= 0) out[(*ret_count)++] = f;
  }
  return out;
}
