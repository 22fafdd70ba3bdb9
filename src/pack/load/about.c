/* pack.yaml: format, name, version, title and roles. */
#include "pack/load/parts.h"
#include "pack/model/administrator.h"

static void read_rights(const doc *d, const yaml *item, role *r) {
  static const char *const rights[] = {"register",  "record",  "import",  "decide",
                                       "see_clear", "correct", "take_in", "forget"};
  bool *const flags[] = {&r->registers,  &r->records,  &r->imports,  &r->decides,
                         &r->sees_clear, &r->corrects, &r->takes_in, &r->forgets};
  size_t n;
  const yaml *items = load_list(d, item, "may", false, &n);
  for (size_t i = 0; i < n; i++) {
    int right = load_one_at(d, &items[i], NAMES(rights, sizeof rights / sizeof *rights),
                            (label){"权限", "rights"});
    if (right >= 0) *flags[right] = true;
  }
}

static bool read_role(const doc *d, const yaml *item, names before, role *r) {
  if (!load_is_map(d, item)) return false;
  load_only_keys(d, item, "name title may sees");
  *r = (role){.name = load_name(d, item, "name")};
  r->title = load_title(d, item, "title", true);
  read_rights(d, item, r);
  r->sees_own = load_word(d, item, "sees", "area own", 0) == 1;
  if (r->name && names_index(NAMES(administrators, ADMINISTRATORS), text_of(r->name)) >= 0)
    FAULT(d, yaml_get(item, "name"), "“%s”是不属于任何业务包的管理岗位，请给这个岗位换一个名称。",
          "\"%s\" is an administrator's post, of no pack; give this role another name.", r->name);
  return r->name && load_is_new(d, item, before, r->name);
}

static void read_roles(const doc *d, const yaml *map) {
  size_t n, good = 0;
  const yaml *items = load_list(d, map, "roles", true, &n);
  role *roles = TAKE_PARTS(d, map, &n, role);
  for (size_t i = 0; i < n; i++)
    if (read_role(d, &items[i], NAMES(roles, good), &roles[good])) good++;
  d->l->p->roles = roles;
  d->l->p->role_count = good;
}

static void read_format(const doc *d) {
  const yaml *node = load_get(d->root, "format");
  int64_t format = 0;
  if (node && yaml_as_int(node, &format) && format == PACK_FORMAT) return;
  FAULT(
      d, node ? node : d->root,
      "请写“format: %d”：这是本程序能读的业务包格式，旧格式的业务包要先改写（见 "
      "docs/pack-format.md）。",
      "Write \"format: %d\", the format of packs this program reads; a pack in an older format has "
      "to be rewritten first (see docs/pack-format.md).",
      PACK_FORMAT);
}

void pack_read_about(loader *l) {
  const doc *d = load_find_doc(l, "pack.yaml");
  if (!d) {
    err e;
    err_set(&e, ERR_BAD_PACK, "pack.yaml:1:1",
            "文件夹里没有 pack.yaml，请核对是不是业务包的文件夹。",
            "There is no pack.yaml here; check that this is the folder of a pack.");
    load_fault(l, &e);
    return;
  }
  if (!d->root || !load_is_map(d, d->root)) return;
  load_only_keys(d, d->root, "format name version title roles field_groups");
  read_format(d);
  l->p->name = load_name(d, d->root, "name");
  l->p->version = load_text(d, d->root, "version", true);
  l->p->title = load_title(d, d->root, "title", true);
  read_roles(d, d->root);
}
