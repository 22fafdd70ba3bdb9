#include "cli/speak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- language ---- */

static bool english, json_errors;
static buf kept_names; /* until say_error */

static bool language_of(const char *word, bool *is_english) {
  *is_english = strncmp(word, "en", 2) == 0;
  return *is_english || strncmp(word, "zh", 2) == 0;
}

static bool no_such_language(const char *word) {
  fprintf(stderr, "--lang %s：只有 zh（中文）和 en（英文）。 There are zh and en.\n", word);
  return false;
}

bool language_read(int *argc, char **argv) {
  const char *l = getenv("LC_ALL");
  if (!l || !*l) l = getenv("LC_MESSAGES");
  if (!l || !*l) l = getenv("LANG");
  english = l && strncmp(l, "en", 2) == 0;
  int kept = 1;
  bool words_only = false; /* behind "--" */
  for (int i = 1; i < *argc; i++) {
    const char *word = NULL;
    words_only |= strcmp(argv[i], "--") == 0;
    if (!words_only && strncmp(argv[i], "--lang=", 7) == 0)
      word = argv[i] + 7;
    else if (!words_only && strcmp(argv[i], "--lang") == 0)
      word = i + 1 < *argc ? argv[++i] : "";
    else
      argv[kept++] = argv[i];
    if (word && !language_of(word, &english)) return no_such_language(word);
  }
  argv[ *argc = kept] = NULL;
  return true;
}

bool speaks_english(void) {
  return english;
}

const char *say(const char *zh, const char *en) {
  return english ? en : zh;
}

/* ---- errors ---- */

void errors_as_json(void) {
  json_errors = true;
}

static void put_error(const err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  json_key(&w, "code");
  json_put_str(&w, err_name(e->code));
  json_key(&w, "where");
  json_put_str(&w, e->where);
  json_key(&w, "detail");
  json_put_str(&w, say(e->zh, e->en));
  json_close(&w, '}');
  if (buf_ok(&b)) fprintf(stderr, "%s\n", b.at);
}

int say_error(const err *e) {
  if (json_errors)
    put_error(e);
  else if (e->where[0])
    fprintf(stderr, "%s: %s\n", e->where, say(e->zh, e->en));
  else
    fprintf(stderr, "%s\n", say(e->zh, e->en));
  if (kept_names.bytes && buf_ok(&kept_names)) fputs(kept_names.at, stderr);
  buf_release(&kept_names);
  return e->code == ERR_USAGE ? EXIT_USAGE : EXIT_REFUSED;
}

void name_file(err *e, const char *file) {
  if (strcmp(e->where, "file") == 0) snprintf(e->where, sizeof e->where, "%s", file);
}

int say_faults(const faults *f) {
  for (size_t i = 0; i < f->count; i++) say_error(&f->items[i]);
  if (f->total > f->count && !json_errors)
    fprintf(stderr, say("……另有 %zu 处。\n", "… and %zu more.\n"), f->total - f->count);
  return f->total ? EXIT_REFUSED : EXIT_DONE;
}

int say_written(int status) {
  if (!ferror(stdout) && fflush(stdout) == 0) return status;
  fprintf(stderr, say("结果写不出来（%s），请检查磁盘。\n", "The result cannot be written (%s).\n"),
          strerror(errno));
  return EXIT_REFUSED;
}

int put_json(const buf *b, int status) {
  err e;
  if (!buf_ok(b)) {
    err_memory(&e);
    return say_error(&e);
  }
  puts(b->at ? b->at : "");
  return say_written(status);
}

void json_put_lines(json_out *w, const char *lines) {
  json_open(w, '[');
  while (lines && *lines) {
    size_t bytes = strcspn(lines, "\n");
    json_put_text(w, (text){lines, bytes});
    lines += bytes + (lines[bytes] == '\n');
  }
  json_close(w, ']');
}

/* ---- the names there are ---- */

/* How many bytes must be put in, taken out or replaced to make one of the other. */
static size_t distance(const char *a, const char *b) {
  enum { LONGEST = 63 };
  size_t row[LONGEST + 1], n = strnlen(b, LONGEST);
  for (size_t k = 0; k <= n; k++) row[k] = k;
  for (size_t i = 0; i < LONGEST && a[i]; i++) {
    size_t before = row[0];
    row[0] = i + 1;
    for (size_t k = 1; k <= n; k++) {
      size_t replaced = before + (a[i] != b[k - 1]),
             least = row[k - 1] < row[k] ? row[k - 1] : row[k];
      before = row[k];
      row[k] = least + 1 < replaced ? least + 1 : replaced;
    }
  }
  return row[n];
}

static size_t how_far(const char *wrong, const known_name *k) {
  if (k->first || strstr(k->name, wrong) || (k->title[0] && strstr(k->title, wrong))) return 0;
  size_t by_name = distance(wrong, k->name), by_title = distance(wrong, k->title);
  return by_name < by_title ? by_name : by_title;
}

static void list_names(buf *b, const char *wrong, const known_name *names, size_t count,
                       size_t most) {
  bool *told = calloc(count ? count : 1, sizeof *told);
  if (!count || !told || json_errors) {
    free(told);
    return;
  }
  buf_str(b, say("有这些：\n", "There are:\n"));
  for (size_t n = 0; n < count && n < most; n++) {
    size_t best = count;
    for (size_t i = 0; i < count; i++)
      if (!told[i] && (best == count || how_far(wrong, &names[i]) < how_far(wrong, &names[best])))
        best = i;
    told[best] = true;
    buf_printf(b, "  %s%s%s\n", names[best].name, names[best].title[0] ? "  " : "",
               names[best].title);
  }
  if (count > most) buf_printf(b, say("……另有 %zu 个。\n", "… and %zu more.\n"), count - most);
  free(told);
}

void say_names(const char *wrong, const known_name *names, size_t count, size_t most) {
  AUTO_BUF buf b = {0};
  list_names(&b, wrong, names, count, most);
  if (b.bytes && buf_ok(&b)) fputs(b.at, stderr);
}

void keep_names(const char *wrong, const known_name *names, size_t count, size_t most) {
  buf_release(&kept_names);
  list_names(&kept_names, wrong, names, count, most);
}

/* ---- what can be typed ---- */

static char program[4096] = "jishi";

void buf_shell(buf *b, const char *word) {
  bool plain = word[0] != 0;
  for (const char *c = word; *c; c++)
    plain &= (unsigned char)*c >= 0x80 || (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
             (*c >= 'A' && *c <= 'Z') || strchr("_-./:@+,%=", *c);
  if (plain) {
    buf_str(b, word);
    return;
  }
  buf_char(b, '\'');
  for (const char *c = word; *c; c++)
    if (*c == '\'')
      buf_str(b, "'\\''");
    else
      buf_char(b, *c);
  buf_char(b, '\'');
}

void called_as(const char *argv0) {
  AUTO_BUF buf b = {0};
  buf_shell(&b, argv0);
  if (buf_ok(&b) && b.bytes && b.bytes < sizeof program) memcpy(program, b.at, b.bytes + 1);
}

const char *called(void) {
  return program;
}

/* ---- progress ---- */

static bool progress_shown;

void show_progress(int64_t done, int64_t all) {
  if (!isatty(STDERR_FILENO)) return;
  fprintf(stderr, "\r%lld / %lld (%d %%)   ", (long long)done, (long long)all,
          all ? (int)(done * 100 / all) : 100);
  progress_shown = true;
}

void end_progress(void) {
  if (progress_shown) fputc('\n', stderr);
  progress_shown = false;
}

/* ---- files of the project ---- */

const char *home_file(const char *below) {
  static char found[8][4096];
  static int next;
  char *out = found[next++ % 8];
  const char *home = getenv("JISHI_HOME");
  if (home) {
    snprintf(out, sizeof found[0], "%s/%s", home, below);
    return out;
  }
  /* The program stands in build/ of the project, or in bin/ beside share/jishi/. */
  char self[2048];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  self[n > 0 ? n : 0] = 0;
  char *slash = strrchr(self, '/');
  if (slash) *slash = 0;
  static const char *const places[] = {"..", "../share/jishi", "."};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    int wrote = snprintf(out, sizeof found[0], "%s/%s/%s", self, places[i], below);
    if (wrote > 0 && (size_t)wrote < sizeof found[0] && access(out, R_OK) == 0) return out;
  }
  snprintf(out, sizeof found[0], "%s", below);
  return out;
}
