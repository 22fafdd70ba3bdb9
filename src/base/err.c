#include "base/err.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  int status;
} codes[] = {
#define X(upper, lower, status) {#lower, status},
    ERR_CODES(X)
#undef X
};

/* vsnprintf cuts at a byte; a sentence must be cut at a character. */
static void end_at_character(char *s) {
  size_t n = strlen(s);
  s[text_cut((text){s, n}, n).bytes] = 0;
}

/* err_begin and err_say_zh leave errno alone: the arguments of the next sentence may ask it. */
err *err_begin(err *e, err_code code, const char *where) {
  if (!e) return NULL;
  int number = errno;
  e->code = code;
  snprintf(e->where, sizeof e->where, "%s", where ? where : "");
  end_at_character(e->where);
  errno = number;
  return e;
}

void err_say_zh(err *e, const char *zh, const char *en, ...) {
  int number = errno;
  va_list args;
  va_start(args, en);
  vsnprintf(e->zh, sizeof e->zh, zh, args);
  va_end(args);
  end_at_character(e->zh);
  errno = number;
}

void err_say_en(err *e, const char *zh, const char *en, ...) {
  (void)zh;
  va_list args;
  va_start(args, en);
  vsnprintf(e->en, sizeof e->en, en, args);
  va_end(args);
  end_at_character(e->en);
}

void err_fill_memory(err *e) {
  err_set(e, ERR_MEMORY, NULL, "内存不足，未作任何更改，请稍后再试或关闭其他程序。",
          "Out of memory; nothing was changed. Try again, or close other programs.");
}

bool err_within(err *e, const char *outer) {
  if (!e) return false;
  char joined[2 * ERR_WHERE_MAX + 1];
  snprintf(joined, sizeof joined, "%.*s%s%s", ERR_WHERE_MAX - 1, outer, e->where[0] ? " " : "",
           e->where);
  text cut = text_cut(text_of(joined), sizeof e->where - 1);
  memcpy(e->where, cut.at, cut.bytes);
  e->where[cut.bytes] = 0;
  return false;
}

const char *err_name(err_code code) {
  return codes[code].name;
}

int err_status(err_code code) {
  return codes[code].status;
}

void faults_add(faults *f, const err *e) {
  f->total++;
  if (f->count == FAULTS_MAX) return;
  if (f->count == f->room) {
    size_t room = f->room ? f->room * 2 : 8;
    err *items = realloc(f->items, room * sizeof *items);
    if (!items) {
      f->memory_failed = true;
      return;
    }
    f->items = items;
    f->room = room;
  }
  f->items[f->count++] = *e;
}

void faults_release(faults *f) {
  free(f->items);
  *f = (faults){0};
}
