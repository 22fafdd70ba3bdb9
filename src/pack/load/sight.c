#include "pack/load/sight.h"

#include "pack/load/parts.h"

/* ---- may ---- */

static bool sees_named(const loader *l, const kind *k, const char *role_name) {
  const kind *parent = k->parent < 0 ? NULL : &l->kinds[k->parent];
  return (!k->seen_by || roles_hold(k->seen_by, role_name)) &&
         (!parent || sees_named(l, parent, role_name));
}

static void read_may(const doc *d, kind *k) {
  const pack *p = d->l->p;
  const yaml *may = load_get(d->root, "may");
  size_t seeing = 0;
  if (may && load_is_map(d, may)) {
    load_only_keys(d, may, "see register");
    if (load_get(may, "see")) k->seen_by = load_roles(d, may, "see");
    if (load_get(may, "register")) k->registered_by = load_roles(d, may, "register");
  }
  for (size_t i = 0; i < p->role_count; i++) seeing += sees_named(d->l, k, p->roles[i].name);
  if (!seeing && !d->l->no_memory)
    FAULT(d, may ? may : d->root, "这种对象没有哪个岗位能看，请在 may 的 see 里写上岗位。",
          "Nobody may see this kind; name roles under see in may.");
  for (const char *const *r = k->registered_by; r && *r; r++)
    if (!pack_role(p, text_of(*r))->registers || !sees_named(d->l, k, *r))
      FAULT(d, yaml_get(may, "register"),
            "“%s”不能登记这种对象：岗位要有 register 权限，也要能看这种对象。",
            "\"%s\" cannot register this kind: the role needs the right register, and must see it.",
            *r);
}

/* ---- assigns ---- */

/* What names people: a reference to the pack's people, or a login where it has none. */
static bool names_people(const loader *l, const field *f) {
  const kind *people = pack_people(l->p);
  return people ? f->of && strcmp(f->of, people->name) == 0 : f->format == FORMAT_OFFICER;
}

static void read_assigns(loader *l, kind *k) {
  const doc *d = l->kind_at[k->index].d;
  if (k->assigned_by < 0) return;
  const int by = k->assigned_by;
  const yaml *at = yaml_get(d->root, "assigns");
  kind *root = k->parent < 0 ? k : &l->kinds[k->parent];
  if (k != root) k->assigned_by = -1;
  if (!names_people(l, &k->fields[by])) {
    FAULT(d, at, "“assigns”要用填写人员的字段（of 指向人员，没有人员类型时 format: officer）。",
          "\"assigns\" needs a field that names people (of: the kind of people, or format: officer "
          "where the pack has none).");
  } else if (root->assigned_in >= 0) {
    FAULT(d, at, "“%s”已经有一个“assigns”了，一种对象只能有一个。",
          "\"%s\" has an \"assigns\" already; a kind has one.", root->name);
  } else {
    root->assigned_in = k->index;
    root->assigned_by = by;
  }
}

void sight_read(loader *l) {
  bool any = false;
  for (size_t i = 0; i < l->p->kind_count && !l->no_memory; i++) {
    read_may(l->kind_at[i].d, &l->kinds[i]);
    read_assigns(l, &l->kinds[i]);
  }
  for (size_t i = 0; i < l->p->kind_count; i++) any |= l->kinds[i].assigned_in >= 0;
  for (size_t i = 0; i < l->p->role_count; i++)
    if (l->p->roles[i].sees_own && !any)
      FAULT(
          load_find_doc(l, "pack.yaml"), NULL,
          "岗位“%s”只看自己的（sees: own），但没有哪种对象写明了归谁（assigns）。",
          "The role \"%s\" sees its own only (sees: own), but no kind says whose it is (assigns).",
          l->p->roles[i].name);
}

/* ---- who works on what he does not see ---- */

static void check_roles(loader *l, const doc *d, const yaml *at, const char *const *roles,
                        const kind *k) {
  for (; roles && *roles; roles++)
    if (!sees_named(l, k, *roles))
      FAULT(d, at, "岗位“%s”要办这里的事，却不能看“%s”；请在它的 may 里写上。",
            "The role \"%s\" has work here, but does not see \"%s\"; name it under may there.",
            *roles, k->name);
}

void pack_check_sight(loader *l) {
  const pack *p = l->p;
  for (size_t i = 0; i < p->event_count; i++)
    if (p->events[i].about >= 0 && !p->events[i].derived)
      check_roles(l, l->event_at[i].d, yaml_get(l->event_at[i].at, "who"), p->events[i].who,
                  &l->kinds[p->events[i].about]);
  for (size_t i = 0; i < p->measure_count; i++) {
    const measure_kind *m = &p->measures[i];
    const doc *d = load_find_doc(l, "pack.yaml");
    if (m->of < 0) continue;
    check_roles(l, d, NULL, m->propose, &l->kinds[m->of]);
    check_roles(l, d, NULL, m->approve, &l->kinds[m->of]);
  }
  for (size_t w = 0; w < p->workflow_count; w++)
    for (size_t i = 0; i < p->workflows[w].transition_count && p->workflows[w].of >= 0; i++)
      check_roles(l, load_find_doc(l, "pack.yaml"), NULL, p->workflows[w].transitions[i].who,
                  &l->kinds[p->workflows[w].of]);
}
