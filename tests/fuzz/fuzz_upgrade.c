/* Fuzzes a new version of the orchard's pack, as somebody gives it to `pack upgrade`: the first
 * byte chooses a file of the pack, the second how the rest comes into it (in its stead, behind it,
 * in front of it, or, of the local values, as an overlay). YAML bombs (aliases, depth, long lines)
 * belong here. It is planned and, when it may be, taken in; nothing is kept. */
#include "county.h"

#include "engine/packs.h"

#include <dirent.h>
#include <sys/stat.h>

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { FILES_MAX = 64 };
static char folder[200], overlay[220];
static char *paths[FILES_MAX], *bodies[FILES_MAX];
static size_t file_count;

static void write_file(const char *path, text parts[2]) {
  FILE *f = fopen(path, "w");
  MUST(f);
  for (int i = 0; i < 2; i++)
    if (parts[i].bytes) MUST(fwrite(parts[i].at, 1, parts[i].bytes, f) == parts[i].bytes);
  MUST(fclose(f) == 0);
}

static void read_file(const char *path) {
  FILE *f = fopen(path, "r");
  MUST(f && fseek(f, 0, SEEK_END) == 0);
  const long n = ftell(f);
  rewind(f);
  char *body = calloc(1, (size_t)n + 1);
  MUST(body && fread(body, 1, (size_t)n, f) == (size_t)n && file_count < FILES_MAX);
  fclose(f);
  paths[file_count] = strdup(path);
  bodies[file_count++] = body;
}

/* In the order of their names, so that a byte means the same file next time. */
static void read_folder(const char *below) {
  struct dirent **names = NULL;
  int n = scandir(below, &names, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    char path[600];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", below, names[i]->d_name);
    bool hidden = names[i]->d_name[0] == '.';
    free(names[i]);
    if (hidden || stat(path, &st) != 0) continue;
    if (S_ISDIR(st.st_mode))
      read_folder(path);
    else
      read_file(path);
  }
  free(names);
}

static void drop(void) {
  char command[260];
  snprintf(command, sizeof command, "rm -rf '%s' '%s'", folder, overlay);
  if (system(command) != 0) fprintf(stderr, "%s\n", command);
  for (size_t i = 0; i < file_count; i++) {
    free(paths[i]);
    free(bodies[i]);
  }
}

int LLVMFuzzerInitialize(int *count, char ***words) {
  (void)count;
  (void)words;
  char from[400], command[700];
  county_begin("2025-03-03");
  snprintf(folder, sizeof folder, "/tmp/jishi-fuzz-pack-XXXXXX");
  MUST(mkdtemp(folder));
  snprintf(overlay, sizeof overlay, "%s.overlay", folder);
  MUST(mkdir(overlay, 0700) == 0);
  orchard_path(from, "packs/orchard");
  snprintf(command, sizeof command, "cp -r '%s/.' '%s' && rm -rf '%s/tests'", from, folder, folder);
  MUST(system(command) == 0);
  read_folder(folder);
  MUST(file_count > 10);
  atexit(drop);
  return 0;
}

static void try_upgrade(const char *own_values) {
  AUTO_BUF buf plan = {0};
  faults f = {0};
  err e = {0};
  bool ok = engine_upgrade(fuzzed->g, folder, own_values, true, &plan, &f, &e);
  if (!ok) must_be_told(&e);
  if (ok) {
    MUST(engine_begin(fuzzed->g, &e));
    if (!engine_send_pack_at(fuzzed->g, morning(fuzzed->today), folder, own_values, &f, &e))
      must_be_told(&e);
    engine_rollback(fuzzed->g);
  }
  for (size_t i = 0; i < f.count; i++)
    MUST(f.items[i].where[0] && text_valid_utf8(text_of(f.items[i].zh)));
  faults_release(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  enum { INSTEAD, BEHIND, BEFORE, OVERLAY, WAYS };
  char path[300];
  if (bytes < 2) return 0;
  const size_t n = data[0] % file_count;
  const int way = data[1] % WAYS;
  text given = {(const char *)data + 2, bytes - 2}, was = text_of(bodies[n]);
  if (way == OVERLAY) {
    snprintf(path, sizeof path, "%s/limit.yaml", overlay);
    write_file(path, (text[2]){given, TEXT("")});
    try_upgrade(overlay);
    unlink(path);
    return 0;
  }
  text first = way == BEHIND ? was : given, second = way == BEFORE ? was : given;
  write_file(paths[n], (text[2]){first, way == INSTEAD ? TEXT("") : second});
  try_upgrade(NULL);
  write_file(paths[n], (text[2]){was, TEXT("")});
  return 0;
}
