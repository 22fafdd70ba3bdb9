/* A pack from its files: the order in which its parts are read, and look-ups. */
#include "pack/reader.h"

#include <sys/stat.h>

#include <stdlib.h>

/* ---- files to documents ---- */

static bool known_place(const doc *d) {
  static const char *const alone[] = {"pack.yaml",       "aggregates.yaml", "variables.yaml",
                                      "rules.yaml",      "workflow.yaml",   "measures.yaml",
                                      "imports.yaml",    "demo.yaml",       "indicators.yaml",
                                      "conditions.yaml", "duties.yaml"};
  static const char *const folders[] = {
      "kinds/",   "events/",     "aggregates/", "variables/", "rules/", "workflow/",   "measures/",
      "imports/", "indicators/", "conditions/", "duties/",    "lists/", "parameters/", "tests/"};
  enum { FLAT = 12 }; /* the folders before this one have none below them */
  text path = text_of(d->path);
  if (!text_ends(path, ".yaml")) return false;
  if (d->overlay) return text_starts(path, "overlay/parameters/");
  for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
    if (text_is(path, alone[i])) return true;
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (text_starts(path, folders[i]))
      return i >= FLAT ||
             !memchr(path.at + strlen(folders[i]), '/', path.bytes - strlen(folders[i]));
  return false;
}

static void open_doc(loader *l, const pack_file *file, bool overlay) {
  doc *d = &l->docs[l->doc_count++];
  *d = (doc){.l = l, .path = file->path, .body = file->body, .overlay = overlay};
  if (overlay) d->path = arena_printf(l->a, "overlay/%s", file->path);
  if (!d->path) {
    d->path = file->path;
    l->no_memory = true;
    return;
  }
  err e = {0};
  const yaml *root = NULL;
  if (!known_place(d)) {
    if (overlay)
      FAULT(d, NULL, "本地设置里只能有 parameters/ 里的参数，请移走这个文件。",
            "The local overlay holds parameters/ only; move this file away.");
    else
      FAULT(d, NULL, "业务包里没有这样的文件，请核对文件名和文件夹。",
            "A pack has no such file; check the names of file and folder.");
    return;
  }
  if (yaml_parse(l->a, d->path, d->body, &root, &e)) {
    d->root = root;
  } else {
    l->not_yaml = true;
    load_fault(l, &e);
  }
}

static void open_docs(loader *l, const file_set *files, const file_set *overlay) {
  l->docs = TAKE(l, files->count + overlay->count, doc);
  for (size_t i = 0; l->docs && i < files->count; i++) open_doc(l, &files->files[i], false);
  for (size_t i = 0; l->docs && i < overlay->count; i++) open_doc(l, &overlay->files[i], true);
}

const doc *find_doc(const loader *l, const char *path) {
  for (size_t i = 0; i < l->doc_count; i++)
    if (!l->docs[i].overlay && strcmp(l->docs[i].path, path) == 0) return &l->docs[i];
  return NULL;
}

/* ---- pack.yaml ---- */

static void read_rights(const doc *d, const yaml *item, role *r) {
  static const char *const rights[] = {"register", "record",    "import",
                                       "decide",   "see_clear", "administer"};
  bool *const flags[] = {&r->registers, &r->records,    &r->imports,
                         &r->decides,   &r->sees_clear, &r->administers};
  size_t n;
  const yaml *items = map_list(d, item, "may", false, &n);
  for (size_t i = 0; i < n; i++) {
    int right =
        one_at(d, &items[i], NAMES(rights, sizeof rights / sizeof *rights), "权限", "rights");
    if (right >= 0) *flags[right] = true;
  }
}

static bool read_role(const doc *d, const yaml *item, names before, role *r) {
  if (!is_map(d, item)) return false;
  only_keys(d, item, "name title may");
  *r = (role){.name = map_name(d, item, "name")};
  r->title = map_title(d, item, "title", true);
  read_rights(d, item, r);
  return r->name && is_new(d, item, before, r->name);
}

/* The role `admin` always exists. */
static void read_roles(const doc *d, const yaml *map) {
  size_t n, good = 0;
  const yaml *items = map_list(d, map, "roles", true, &n);
  role *roles = TAKE_PARTS(d, map, &n, role);
  for (size_t i = 0; i < n; i++)
    if (read_role(d, &items[i], NAMES(roles, good), &roles[good])) good++;
  role *all = TAKE(d->l, good + 1, role);
  if (!all) return;
  if (good) memcpy(all, roles, good * sizeof *all);
  if (names_index(NAMES(roles, good), TEXT("admin")) < 0)
    all[good++] =
        (role){.name = "admin", .title = {"系统管理员", "administrator"}, .administers = true};
  d->l->p->roles = all;
  d->l->p->role_count = good;
}

void read_about(loader *l) {
  const doc *d = find_doc(l, "pack.yaml");
  if (!d) {
    err e;
    err_set(&e, ERR_BAD_PACK, "pack.yaml:1:1",
            "文件夹里没有 pack.yaml，请核对是不是业务包的文件夹。",
            "There is no pack.yaml here; check that this is the folder of a pack.");
    load_fault(l, &e);
    return;
  }
  if (!d->root || !is_map(d, d->root)) return;
  only_keys(d, d->root, "name version title roles");
  l->p->name = map_name(d, d->root, "name");
  l->p->version = map_text(d, d->root, "version", true);
  l->p->title = map_title(d, d->root, "title", true);
  read_roles(d, d->root);
}

/* ---- the pack ---- */

static void read_parts(loader *l) {
  static void (*const steps[])(loader *) = {
      read_about,           read_kinds,        read_parameters, read_event_scopes,
      read_event_variables, read_event_limits, read_aggregates, read_kind_scopes,
      read_kind_variables,  read_indicators,   read_duties,     read_workflows,
      read_rules,           read_measures,     read_imports,    read_askeds,
      check_references};
  for (size_t i = 0; i < sizeof steps / sizeof *steps && !l->no_memory; i++) {
    steps[i](l);
    if (!find_doc(l, "pack.yaml")) return;
  }
}

static void memory_fault(faults *f) {
  err e = {0};
  err_memory(&e);
  faults_add(f, &e);
}

/* Owns l->a: it becomes the pack's, or is freed. */
static pack *finish(loader *l, const file_set *files, const file_set *overlay,
                    size_t faults_before) {
  pack *p = l->p;
  if (!l->no_memory) {
    p->files = files->files;
    p->file_count = files->count;
    p->overlay = overlay->files;
    p->overlay_count = overlay->count;
    p->hash = files_hash(l, files);
    open_docs(l, files, overlay);
  }
  if (!l->no_memory && !l->not_yaml) read_parts(l);
  if (l->no_memory) memory_fault(l->f);
  if (l->f->total == faults_before) return p;
  arena_free(l->a);
  return NULL;
}

static bool begin(loader *l, faults *f) {
  *l = (loader){.a = arena_new(PACK_MEMORY_MAX), .f = f};
  l->p = l->a ? ARENA_NEW(l->a, pack) : NULL;
  if (!l->p) {
    memory_fault(f);
    arena_free(l->a);
    return false;
  }
  l->p->a = l->a;
  return true;
}

pack *pack_load(const char *folder, const char *overlay, faults *f) {
  size_t before = f->total;
  loader l;
  file_set files = {0}, local = {0};
  if (!begin(&l, f)) return NULL;
  if (files_read(&l, folder, &files) && (!overlay || files_read(&l, overlay, &local)))
    return finish(&l, &files, &local, before);
  if (l.no_memory) memory_fault(f);
  arena_free(l.a);
  return NULL;
}

pack *pack_from_files(const pack_file *files, size_t count, const pack_file *overlay,
                      size_t overlay_count, faults *f) {
  size_t before = f->total;
  loader l;
  file_set own = {0}, local = {0};
  if (!begin(&l, f)) return NULL;
  if (files_copy(&l, files, count, &own) && files_copy(&l, overlay, overlay_count, &local))
    return finish(&l, &own, &local, before);
  if (l.no_memory) memory_fault(f);
  arena_free(l.a);
  return NULL;
}

static bool is_folder(const char *path) {
  struct stat st;
  return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The folder of a pack's local values; NULL: the overlay says nothing of this pack. */
static const char *values_folder(arena *a, const char *overlay, const char *name) {
  const char *own = arena_printf(a, "%s/%s", overlay, name);
  if (is_folder(own)) return own;
  return is_folder(arena_printf(a, "%s/parameters", overlay)) || !is_folder(overlay) ? overlay
                                                                                     : NULL;
}

static const pack_file *file_at(const pack_file *files, size_t count, const char *path) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(files[i].path, path) == 0) return &files[i];
  return NULL;
}

/* Old files that stay, and the new ones; in the order of their paths. */
static bool merge_values(loader *l, const pack *p, const pack_file *values, size_t count,
                         file_set *local) {
  pack_file *all = TAKE(l, count + local->count, pack_file);
  size_t n = 0, at = 0;
  if (!all) return false;
  for (size_t i = 0; i < count; i++) {
    if (!file_at(p->files, p->file_count, values[i].path) ||
        file_at(local->files, local->count, values[i].path))
      continue;
    while (at < local->count && strcmp(local->files[at].path, values[i].path) < 0)
      all[n++] = local->files[at++];
    all[n++] = values[i];
  }
  while (at < local->count) all[n++] = local->files[at++];
  *local = (file_set){0};
  return files_copy(l, all, n, local);
}

pack *pack_with_values(const pack *p, const pack_file *values, size_t count, const char *overlay,
                       faults *f) {
  size_t before = f->total;
  loader l;
  file_set files = {0}, local = {0};
  if (!begin(&l, f)) return NULL;
  const char *folder = overlay ? values_folder(l.a, overlay, p->name) : NULL;
  if (files_copy(&l, p->files, p->file_count, &files) &&
      (!folder || files_read(&l, folder, &local)) && merge_values(&l, p, values, count, &local))
    return finish(&l, &files, &local, before);
  if (l.no_memory) memory_fault(f);
  arena_free(l.a);
  return NULL;
}

void pack_free(pack *p) {
  if (p) arena_free(p->a);
}

/* ---- look-ups ---- */

const kind *pack_kind(const pack *p, text name) {
  int i = names_index(NAMES(p->kinds, p->kind_count), name);
  return i < 0 ? NULL : &p->kinds[i];
}

const event_kind *pack_event(const pack *p, text name) {
  int i = names_index(NAMES(p->events, p->event_count), name);
  return i < 0 ? NULL : &p->events[i];
}

const event_kind *pack_made(const pack *p, const kind *root, const char *suffix) {
  for (size_t i = 0; i < p->event_count; i++) {
    const event_kind *k = &p->events[i];
    if (k->made && k->about == root->index && text_ends(text_of(k->name), suffix)) return k;
  }
  return NULL;
}

const role *pack_role(const pack *p, text name) {
  int i = names_index(NAMES(p->roles, p->role_count), name);
  return i < 0 ? NULL : &p->roles[i];
}

const duty *pack_duty(const pack *p, text name) {
  int i = names_index(NAMES(p->duties, p->duty_count), name);
  return i < 0 ? NULL : &p->duties[i];
}

const condition *pack_condition(const pack *p, text name) {
  int i = names_index(NAMES(p->conditions, p->condition_count), name);
  return i < 0 ? NULL : &p->conditions[i];
}

const measure_kind *pack_measure(const pack *p, text name) {
  int i = names_index(NAMES(p->measures, p->measure_count), name);
  return i < 0 ? NULL : &p->measures[i];
}

bool roles_hold(const char *const *roles, const char *role_name) {
  for (; roles && *roles; roles++)
    if (strcmp(*roles, role_name) == 0) return true;
  return false;
}
