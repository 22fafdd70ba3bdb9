/* sample: draws again by the public seed, from a list of ids; needs no county. */
#include "cli/commands.h"

#include "base/statistics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct ticket {
  hash h;
  uuid id;
} ticket;

typedef struct lot {
  arena *a;
  const char *seed;
  ticket *all;
  size_t count, room;
} lot;

static bool add_id(lot *l, text s, err *e) {
  ticket *more = ARENA_GROW(l->a, l->all, l->count, &l->room, ticket);
  ticket x;
  if (!more) return err_memory(e);
  l->all = more;
  if (!uuid_parse(s, &x.id))
    return err_set(e, ERR_BAD_INPUT, "id", "“%.*s”不是 UUID。", "\"%.*s\" is no UUID.",
                   (int)text_cut(s, 60).bytes, s.at);
  x.h = sample_ticket(text_of(l->seed), &x.id);
  more[l->count++] = x;
  return true;
}

static bool read_lines(lot *l, err *e) {
  char line[128];
  while (fgets(line, sizeof line, stdin)) {
    text s = text_trim(text_of(line));
    if (s.bytes && !add_id(l, s, e)) return false;
  }
  return true;
}

static int by_ticket(const void *a, const void *b) {
  const ticket *x = a, *y = b;
  return memcmp(&x->h, &y->h, sizeof x->h);
}

static bool draw(lot *l, const options *o, int64_t size, buf *out, err *e) {
  for (int i = 0; i < o->word_count; i++) {
    bool ok = strcmp(o->words[i], "-") == 0 ? read_lines(l, e) : add_id(l, text_of(o->words[i]), e);
    if (!ok) return false;
  }
  if (l->count) qsort(l->all, l->count, sizeof *l->all, by_ticket);
  json_out w = json_to(out);
  const bool as_json = option_flag(o, OPTION_JSON);
  if (as_json) json_open(&w, '[');
  for (size_t i = 0; i < l->count && (int64_t)i < size; i++) {
    char id[37];
    uuid_format(&l->all[i].id, id);
    if (as_json)
      json_put_str(&w, id);
    else
      buf_printf(out, "%s\n", id);
  }
  if (as_json) json_close(&w, ']');
  return buf_ok(out) || err_memory(e);
}

int command_sample(const options *o) {
  err e;
  int64_t size = 1;
  arena *a AUTO_ARENA = arena_new(0);
  AUTO_BUF buf out = {0};
  lot l = {.a = a, .seed = option(o, OPTION_SEED)};
  if (!option_int(o, OPTION_SIZE, 1, INT32_MAX, &size)) return EXIT_USAGE;
  if (!a) err_memory(&e);
  if (!a || !draw(&l, o, size, &out, &e)) return say_error(&e);
  fputs(out.at ? out.at : "", stdout);
  if (option_flag(o, OPTION_JSON)) putchar('\n');
  return say_written(EXIT_DONE);
}
