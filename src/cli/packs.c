#include "cli/packs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool is_pack(const char *folder) {
  char file[4200];
  int n = snprintf(file, sizeof file, "%s/pack.yaml", folder);
  return n > 0 && (size_t)n < sizeof file && access(file, R_OK) == 0;
}

/* Not what begins with a dot; a folder with a pack.yaml. */
static int pack_entry(const struct dirent *d) {
  char below[sizeof d->d_name + 8];
  snprintf(below, sizeof below, "packs/%s", d->d_name);
  return d->d_name[0] != '.' && is_pack(home_file(below));
}

/* The names of those that come with the program, in order. */
static bool shipped(arena *a, const char ***ret, size_t *ret_count, err *e) {
  struct dirent **entries = NULL;
  int n = scandir(home_file("packs"), &entries, pack_entry, alphasort);
  const char **names = ARENA_ARRAY(a, n > 0 ? (size_t)n : 1, const char *);
  bool ok = names != NULL;
  for (int i = 0; i < n; i++) {
    if (ok) ok = (names[i] = arena_text(a, entries[i]->d_name)) != NULL;
    free(entries[i]);
  }
  free(entries);
  *ret = names;
  *ret_count = n > 0 ? (size_t)n : 0;
  return ok || err_memory(e);
}

static const char *shipped_folder(arena *a, const char *name) {
  const char *below = arena_printf(a, "packs/%s", name);
  return below ? arena_text(a, home_file(below)) : NULL;
}

static bool no_such_pack(arena *a, const char *word, err *e) {
  const char **names = NULL;
  size_t count = 0;
  if (!shipped(a, &names, &count, e)) return false;
  known_name *known = ARENA_ARRAY(a, count, known_name);
  if (!known) return err_memory(e);
  for (size_t i = 0; i < count; i++) known[i] = (known_name){.name = names[i], .title = ""};
  keep_names(word, known, count, count);
  return err_set(e, ERR_UNKNOWN_NAME, word,
                 "没有这个业务包：请写附带的业务包的名称，或一个有 pack.yaml 的目录。",
                 "There is no such pack: give the name of one that comes with Jishi, or a folder "
                 "with a pack.yaml.");
}

const char *pack_given(arena *a, const char *word, err *e) {
  if (is_pack(word)) return word;
  if (word[0] && !strchr(word, '/')) {
    const char *folder = shipped_folder(a, word);
    if (!folder) return err_memory(e), NULL;
    if (is_pack(folder)) return folder;
  }
  no_such_pack(a, word, e);
  return NULL;
}

static bool add(packs_chosen *c, const char *folder, err *e) {
  for (size_t i = 0; i < c->count; i++)
    if (strcmp(c->folders[i], folder) == 0) return true;
  if (c->count == PACKS_GIVEN_MAX)
    return err_set(e, ERR_USAGE, "--pack", "最多 %d 个业务包。", "At most %d packs.",
                   PACKS_GIVEN_MAX);
  c->folders[c->count++] = folder;
  return true;
}

static bool add_named(arena *a, packs_chosen *c, const char *word, err *e) {
  const char *folder = pack_given(a, word, e);
  return folder && add(c, folder, e);
}

static bool add_defaults(arena *a, packs_chosen *c, err *e) {
  const char *path = home_file("packs/default");
  char line[256];
  FILE *f = fopen(path, "re");
  bool ok = true;
  if (!f)
    return err_set(e, ERR_BAD_FILE, path, "读不到附带的业务包，请用 --pack 指明业务包。",
                   "The packs that come with Jishi cannot be read; name one with --pack.");
  while (ok && fgets(line, sizeof line, f)) {
    text name = text_trim(text_of(line));
    const char *word = arena_copy(a, name.at, name.bytes);
    ok = word ? !name.bytes || add_named(a, c, word, e) : err_memory(e);
  }
  fclose(f);
  return ok;
}

bool packs_given(arena *a, const options *o, bool all, packs_chosen *ret, err *e) {
  const char *words[OPTIONS_MAX], **names = NULL;
  size_t count = option_all(o, OPTION_PACKS, words, OPTIONS_MAX), more = 0;
  *ret = (packs_chosen){.count = 0};
  for (size_t i = 0; i < count; i++)
    if (!add_named(a, ret, words[i], e)) return false;
  if (count) return true;
  if (!add_defaults(a, ret, e) || (all && !shipped(a, &names, &more, e))) return false;
  for (size_t i = 0; i < more; i++)
    if (!add_named(a, ret, names[i], e)) return false;
  return true;
}
