/* What the commands share: options, errors, progress, where things are. */
#include "cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool listed(const char *const *names, const char *name, size_t n) {
  for (; names && *names; names++)
    if (strlen(*names) == n && strncmp(*names, name, n) == 0) return true;
  return false;
}

static bool wrong(const char *what, const char *arg) {
  fprintf(stderr, speaks_english() ? "%s: %s. See jishi help.\n" : "%s：%s。用法见 jishi help。\n",
          arg, what);
  return false;
}

bool options_read(int argc, char **argv, const char *const *flags, const char *const *values,
                  options *o) {
  *o = (options){.word_count = 0};
  for (int i = 1; i < argc; i++) {
    const char *a = argv[i];
    if (strncmp(a, "--", 2) != 0) {
      if (o->word_count == 32) return wrong(speaks_english() ? "too many words" : "参数太多", a);
      o->words[o->word_count++] = a;
      continue;
    }
    const char *equals = strchr(a, '=');
    size_t n = equals ? (size_t)(equals - a) - 2 : strlen(a) - 2;
    if (o->named_count == 32) return wrong(speaks_english() ? "too many options" : "选项太多", a);
    if (listed(flags, a + 2, n) && !equals) {
      o->named[o->named_count++].name = a + 2;
    } else if (listed(values, a + 2, n)) {
      const char *v = equals ? equals + 1 : i + 1 < argc ? argv[++i] : NULL;
      if (!v) return wrong(speaks_english() ? "a value is missing" : "缺少取值", a);
      o->named[o->named_count].name = a + 2;
      o->named[o->named_count++].value = v;
    } else {
      return wrong(speaks_english() ? "no such option" : "没有这个选项", a);
    }
  }
  return true;
}

static int find(const options *o, const char *name) {
  size_t n = strlen(name);
  for (int i = o->named_count - 1; i >= 0; i--)
    if (strncmp(o->named[i].name, name, n) == 0 &&
        (!o->named[i].name[n] || o->named[i].name[n] == '='))
      return i;
  return -1;
}

const char *option(const options *o, const char *name) {
  int i = find(o, name);
  return i < 0 ? NULL : o->named[i].value;
}

bool option_flag(const options *o, const char *name) {
  return find(o, name) >= 0;
}

bool option_int(const options *o, const char *name, int64_t *out) {
  const char *v = option(o, name);
  if (!v || text_to_int(text_of(v), out)) return true;
  return wrong(speaks_english() ? "must be a number" : "应是一个整数", name);
}

bool speaks_english(void) {
  const char *l = getenv("LC_ALL");
  if (!l || !*l) l = getenv("LC_MESSAGES");
  if (!l || !*l) l = getenv("LANG");
  return l && strncmp(l, "en", 2) == 0;
}

int say_error(const err *e) {
  const char *sentence = speaks_english() ? e->en : e->zh;
  if (e->place[0])
    fprintf(stderr, "%s: %s\n", e->place, sentence);
  else
    fprintf(stderr, "%s\n", sentence);
  return e->code == ERR_USAGE ? EXIT_USAGE : EXIT_REFUSED;
}

int say_faults(const faults *f) {
  for (size_t i = 0; i < f->count; i++) say_error(&f->items[i]);
  if (f->total > f->count)
    fprintf(stderr, speaks_english() ? "… and %zu more.\n" : "……另有 %zu 处。\n",
            f->total - f->count);
  return f->total ? EXIT_REFUSED : EXIT_DONE;
}

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
