/* The files below kinds/ and events/: what is managed, and what happens to it. */
#include "pack/load/events.h"
#include "pack/load/fields.h"
#include "pack/load/parts.h"
#include "pack/load/sight.h"

/* ---- kinds ---- */

static int text_field(const doc *d, const char *key, const kind *k) {
  int i = load_one(d, d->root, key, NAMES(k->fields, k->field_count), (label){"字段", "fields"});
  if (i < 0 || k->fields[i].type == FIELD_TEXT) return i;
  FAULT(d, yaml_get(d->root, key), "“%s”要用 text 类型的字段，请改类型或换一个字段。",
        "\"%s\" needs a field of the type text; change its type or take another.", key);
  return -1;
}

static int day_field(const doc *d, const char *key, const kind *k) {
  int i = load_one(d, d->root, key, NAMES(k->fields, k->field_count), (label){"字段", "fields"});
  if (i < 0 || k->fields[i].type == FIELD_DATE) return i;
  FAULT(d, yaml_get(d->root, key), "“%s”要用 date 类型的字段，请改类型或换一个字段。",
        "\"%s\" needs a field of the type date; change its type or take another.", key);
  return -1;
}

/* Whose account the record is: one kind of a pack is its people, and has a key to name them by. */
static int account_field(const doc *d, const kind *k) {
  const yaml *at = yaml_get(d->root, "account_field");
  int i = text_field(d, "account_field", k);
  if (i < 0) return i;
  if (k->fields[i].format != FORMAT_OFFICER)
    FAULT(d, at, "“account_field”要用 format: officer 的字段。",
          "\"account_field\" needs a field with format: officer.");
  else if (load_get(d->root, "parent") || k->key < 0)
    FAULT(d, at, "有“account_field”的类型要在最上一层，并且有“key”。",
          "A kind with an \"account_field\" has no parent, and a \"key\".");
  else if (pack_people(d->l->p))
    FAULT(d, at, "已经有一种人员“%s”了，一个业务包只能有一种。",
          "The people are \"%s\" already; a pack has one kind of them.",
          pack_people(d->l->p)->name);
  else
    return i;
  return -1;
}

/* The first field of a format; -1: none. */
static int field_of_format(const kind *k, field_format format) {
  for (size_t i = 0; i < k->field_count; i++)
    if (k->fields[i].format == format) return (int)i;
  return -1;
}

/* A unit belongs to one zone at a time, and everybody who sees it sees which. */
static void check_zone_field(const doc *d, const kind *k) {
  const yaml *at = yaml_get(d->root, "fields");
  for (size_t i = 0; i < k->field_count; i++) {
    const field *f = &k->fields[i];
    if (f->format != FORMAT_ZONE) continue;
    if (load_get(d->root, "parent") || (int)i != k->zone_field)
      FAULT(d, at, "“%s”：只有最上一层的类型有片区，而且只有一个片区字段。",
            "\"%s\": only a kind without parent has a zone, and one field for it.", f->name);
    else if (f->sealed)
      FAULT(d, at, "“%s”：片区决定谁看得见，不能遮盖或封存，请删去“privacy”“sealed”。",
            "\"%s\": the zone says who sees it, and is neither masked nor sealed; remove "
            "\"privacy\" and \"sealed\".",
            f->name);
  }
}

/* The database looks for these by their values, and two sealed ones are never alike to it. */
static void check_compared(const doc *d, const char *key, const kind *k, int i) {
  if (i >= 0 && k->fields[i].sealed)
    FAULT(
        d, yaml_get(d->root, key),
        "“%s”里的“%s”要在数据库里比较，不能遮盖或封存；请换一个字段，或删去它的“privacy”“sealed”。",
        "\"%s\": \"%s\" is compared in the database and can be neither masked nor sealed; take "
        "another field, or remove its \"privacy\" and \"sealed\".",
        key, k->fields[i].name);
}

static void read_kind(const doc *d, const char *name, kind *k) {
  load_only_keys(d, d->root,
                 "name title parent plural registered_at key label end_date_field account_field "
                 "alike list fields may assigns");
  *k = (kind){.name = name,
              .plural = "",
              .parent = -1,
              .key = -1,
              .title_field = -1,
              .end_date_field = -1,
              .account_field = -1,
              .assigned_in = -1,
              .assigned_by = -1,
              .zone_field = -1,
              .point_field = -1};
  k->index = (int)d->l->p->kind_count;
  k->defined_at = load_where(d, d->root);
  k->title = load_title(d, d->root, "title", true);
  k->registered_at = AREA_COUNTY + load_word(d, d->root, "registered_at", "county town village",
                                             AREA_PROVINCE - AREA_COUNTY);
  size_t field_conditions = d->l->field_condition_count;
  k->fields = fields_read(d, d->root, FIELDS_OF_KIND, NULL, &k->field_count);
  fields_mark_conditions(d->l, field_conditions, k->index, -1);
  k->zone_field = field_of_format(k, FORMAT_ZONE);
  k->point_field = field_of_format(k, FORMAT_PLACE);
  check_zone_field(d, k);
  if (load_get(d->root, "key")) k->key = text_field(d, "key", k);
  k->title_field = text_field(d, "label", k);
  if (load_get(d->root, "end_date_field")) k->end_date_field = day_field(d, "end_date_field", k);
  if (load_get(d->root, "account_field")) k->account_field = account_field(d, k);
  k->list = fields_read_list(d, "list", k->fields, k->field_count, &k->list_count);
  k->alike = fields_read_list(d, "alike", k->fields, k->field_count, &k->alike_count);
  if (load_get(d->root, "assigns")) k->assigned_by = text_field(d, "assigns", k);
  check_compared(d, "end_date_field", k, k->end_date_field);
  check_compared(d, "account_field", k, k->account_field);
  check_compared(d, "assigns", k, k->assigned_by);
  for (size_t i = 0; i < k->alike_count; i++) check_compared(d, "alike", k, (int)k->alike[i]);
}

/* Parents are looked up when all kinds are known. */
static void read_parent(const doc *d, kind *k) {
  if (!load_get(d->root, "parent")) {
    if (load_get(d->root, "plural"))
      FAULT(d, yaml_get(d->root, "plural"), "没有“parent”的类型不需要“plural”，请删去。",
            "A kind without \"parent\" has no \"plural\"; remove it.");
    return;
  }
  if (load_get(d->root, "registered_at"))
    FAULT(d, yaml_get(d->root, "registered_at"),
          "下级对象跟着上级登记，不写“registered_at”，请删去。",
          "A child is where its parent is; remove \"registered_at\".");
  int parent = load_kind(d, d->root, "parent");
  const char *plural = load_name(d, d->root, "plural");
  if (plural) k->plural = plural;
  if (parent < 0) return;
  const doc *other = d->l->kind_at[parent].d;
  if (load_get(other->root, "parent"))
    FAULT(d, yaml_get(d->root, "parent"), "“%s”自己也有上级；只能有两层，请改用最上一层。",
          "\"%s\" has a parent itself; there are two levels only. Name the top one.",
          d->l->kinds[parent].name);
  else
    k->parent = parent;
}

static void read_all_kinds(loader *l) {
  size_t room = load_count_docs(l, "kinds/");
  l->kinds = TAKE(l, room, kind);
  l->kind_at = TAKE(l, room, origin);
  l->p->kinds = l->kinds;
  if (!l->kinds || !l->kind_at) return;
  for (size_t i = 0; i < l->doc_count; i++) {
    const doc *d = &l->docs[i];
    const char *name =
        load_in_folder(d, "kinds/") ? load_part_name(d, NAMES(l->kinds, l->p->kind_count)) : NULL;
    if (!name) continue;
    l->kind_at[l->p->kind_count] = (origin){d, d->root};
    read_kind(d, name, &l->kinds[l->p->kind_count]);
    l->p->kind_count++;
  }
  for (size_t i = 0; i < l->p->kind_count; i++) read_parent(l->kind_at[i].d, &l->kinds[i]);
  sight_read(l);
}

void pack_read_kinds(loader *l) {
  read_all_kinds(l);
  if (!l->no_memory) events_read(l);
  if (!l->no_memory && l->p->kind_count == 0 && load_count_docs(l, "kinds/") == 0)
    FAULT(load_find_doc(l, "pack.yaml"), NULL, "业务包里没有任何类型，请在 kinds/ 里至少写一个。",
          "The pack has no kind; write at least one below kinds/.");
}
