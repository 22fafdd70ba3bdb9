/* A pack from its files: the order in which its parts are read, and look-ups. */
#include "pack/load/load.h"
#include "pack/load/fields.h"
#include "pack/load/files.h"
#include "pack/load/parts.h"

#include <sys/stat.h>

#include <stdlib.h>

/* ---- files to documents ---- */

static bool is_known_file(const doc *d) {
  static const char *const alone[] = {
      "pack.yaml",     "aggregates.yaml", "variables.yaml", "rules.yaml",      "workflow.yaml",
      "measures.yaml", "imports.yaml",    "demo.yaml",      "indicators.yaml", "conditions.yaml",
      "duties.yaml",   "follow_ups.yaml", "samples.yaml",   "ledgers.yaml",    "prints.yaml"};
  static const char *const folders[] = {
      "kinds/",    "events/",  "aggregates/", "variables/",  "rules/",      "workflow/",
      "measures/", "imports/", "indicators/", "conditions/", "duties/",     "follow_ups/",
      "samples/",  "ledgers/", "prints/",     "lists/",      "parameters/", "tests/"};
  enum { FLAT = 16 }; /* the folders before this one have none below them */
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
  if (!is_known_file(d)) {
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

/* ---- the pack ---- */

static void read_parts(loader *l) {
  static void (*const steps[])(loader *) = {
      pack_read_about,         pack_read_kinds,           pack_read_parameters,
      pack_read_event_scopes,  pack_read_event_variables, pack_read_event_limits,
      pack_read_aggregates,    pack_read_kind_scopes,     pack_read_kind_variables,
      pack_read_indicators,    pack_read_sample_plans,    pack_read_duties,
      pack_read_workflows,     pack_read_ledgers,         pack_read_rules,
      pack_read_measures,      pack_read_follow_ups,      pack_read_prints,
      pack_read_imports,       pack_read_owners,          pack_read_field_conditions,
      fields_check_references, pack_check_sight,          pack_read_field_groups};
  for (size_t i = 0; i < sizeof steps / sizeof *steps && !l->no_memory; i++) {
    steps[i](l);
    if (!load_find_doc(l, "pack.yaml")) return;
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
  l->no_memory |= arena_failed(l->a);
  if (l->no_memory) memory_fault(l->f);
  if (l->f->total == faults_before) return p;
  arena_free(l->a);
  return NULL;
}

static bool begin(loader *l, faults *f) {
  *l = (loader){.a = arena_new(PACK_MEMORY_MAX), .f = f, .faults_before = f->total};
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
