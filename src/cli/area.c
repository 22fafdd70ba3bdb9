/* area rename, recode, merge, split, add, abolish, undo: a change of areas, first as a dry run. */
#include "cli/areas.h"
#include "cli/commands.h"

#include "base/ident.h"
#include "base/json_build.h"
#include "base/json_fields.h"
#include "base/shape.h"
#include "engine/area_change.h"
#include "engine/writer.h"
#include "sheet/table_read.h"

#include <stdio.h>

typedef struct changing {
  const options *o;
  engine *g;
  arena *a;
  area_way way;
  bool parts; /* the list says where the villages of a town go */
  json_out w;
} changing;

/* How a zone is drawn: the file's GeoJSON and the colour; "none": not any more. */
static bool put_looks(changing *c, err *e) {
  const char *file = option(c->o, OPTION_SHAPE), *colour = option(c->o, OPTION_COLOUR);
  AUTO_BUF buf b = {0};
  if (file && strcmp(file, "none") != 0) {
    FILE *f = fopen(file, "rb");
    char some[4096];
    size_t n;
    if (!f) return err_set(e, ERR_BAD_FILE, "--shape", "打不开文件 %s。", "Cannot open %s.", file);
    while ((n = fread(some, 1, sizeof some, f)) > 0 && b.bytes <= SHAPE_BYTES_MAX)
      buf_add(&b, some, n);
    const bool bad = ferror(f) != 0;
    if (fclose(f) != 0 || bad)
      return err_set(e, ERR_BAD_FILE, "--shape", "读不了文件 %s。", "Cannot read %s.", file);
    if (!buf_ok(&b)) return err_memory(e);
  }
  if (file) json_field_buf(&c->w, "shape", &b);
  if (colour) json_field_str(&c->w, "colour", strcmp(colour, "none") == 0 ? "" : colour);
  return true;
}

/* "CODE" or "CODE=NAME"; of areas that are there also a name. */
static bool put_target(changing *c, const char *word, err *e) {
  const char *sign = strchr(word, '=');
  char code[13];
  const char *first = sign ? arena_copy(c->a, word, (size_t)(sign - word)) : word;
  if (!first) return err_memory(e);
  if (!area_code_check(text_of(first), code, NULL) &&
      !area_given(engine_store(c->g), c->a, first, word, code, e))
    return false;
  json_open(&c->w, '{');
  json_field_str(&c->w, "code", code);
  if (sign) json_field_str(&c->w, "name", sign + 1);
  if (!put_looks(c, e)) return false;
  json_close(&c->w, '}');
  return true;
}

static bool put_from(changing *c, const char *word, err *e) {
  char code[13];
  if (!area_given(engine_store(c->g), c->a, word, word, code, e)) return false;
  json_put_str(&c->w, code);
  return true;
}

/* "NUMBER,CODE" of who goes where; of a town that is split "AREA,CODE". */
static bool put_listed(changing *c, const table_row *row, err *e) {
  char to[13], of[13];
  if (row->count < 2) return true;
  const text first = text_trim(row->cells[0].text);
  if (!area_code_check(text_trim(row->cells[1].text), to, NULL)) return true; /* the header */
  json_open(&c->w, '{');
  if (c->parts) {
    const char *word = arena_copy(c->a, first.at, first.bytes);
    if (!word) return err_memory(e);
    if (!area_given(engine_store(c->g), c->a, word, "--list-file", of, e)) return false;
    json_field_str(&c->w, "code", of);
  } else {
    json_field_text(&c->w, "key", first);
  }
  json_field_str(&c->w, "to", to);
  json_close(&c->w, '}');
  return true;
}

static bool put_list(changing *c, const char *file, err *e) {
  table_row row;
  int got;
  char from[13];
  if (!area_given(engine_store(c->g), c->a, c->o->words[1], c->o->words[1], from, e)) return false;
  c->parts = area_code_level(from) == AREA_TOWN;
  table_reader *t = table_open(file, NULL, e);
  if (!t) return false;
  json_field_open(&c->w, c->parts ? "areas" : "subjects", '[');
  while ((got = table_next(t, &row, e)) > 0)
    if (!put_listed(c, &row, e)) {
      got = -1;
      break;
    }
  table_close(t);
  json_close(&c->w, ']');
  return got == 0;
}

/* Which of the words behind the location are the old areas: the last of a merger is the new one. */
static size_t old_words(const changing *c) {
  const int words = c->o->word_count - 1;
  return c->way == AREA_ADD       ? 0
         : c->way == AREA_ABOLISH ? (size_t)words
         : c->way == AREA_MERGE   ? (size_t)words - 1
                                  : 1;
}

static bool put_words(changing *c, err *e) {
  const options *o = c->o;
  const size_t old = old_words(c), all = (size_t)o->word_count;
  json_field_open(&c->w, "from", '[');
  for (size_t i = 1; i <= old; i++)
    if (!put_from(c, o->words[i], e)) return false;
  json_close(&c->w, ']');
  json_field_open(&c->w, "to", '[');
  if (c->way == AREA_RENAME) {
    char code[13];
    if (!area_given(engine_store(c->g), c->a, o->words[1], o->words[1], code, e)) return false;
    json_open(&c->w, '{');
    json_field_str(&c->w, "code", code);
    if (o->word_count > 2) json_field_str(&c->w, "name", o->words[2]);
    if (!put_looks(c, e)) return false;
    json_close(&c->w, '}');
  }
  for (size_t i = old + 1; c->way != AREA_RENAME && i < all; i++)
    if (!put_target(c, o->words[i], e)) return false;
  json_close(&c->w, ']');
  return true;
}

static const json *body_of(changing *c, err *e) {
  json_builder made = {.a = c->a};
  const char *on = option(c->o, OPTION_ON), *list = option(c->o, OPTION_LIST_FILE);
  c->w = json_to_tree(&made);
  json_open(&c->w, '{');
  json_field_str(&c->w, "way", area_way_name(c->way));
  json_field_str(&c->w, "reason", option(c->o, OPTION_REASON));
  json_field_str(&c->w, "document", option(c->o, OPTION_DOCUMENT));
  if (on) json_field_str(&c->w, "on", on);
  if (c->way == AREA_UNDO)
    json_field_str(&c->w, "change", c->o->words[1]);
  else if (!put_words(c, e) || (list && !put_list(c, list, e)))
    return NULL;
  json_close(&c->w, '}');
  return json_built(&made, e);
}

static void tell(const area_plan *p, const uuid *id, bool applied, bool json) {
  char own[37];
  uuid_format(id, own);
  if (json) {
    printf("{\"applied\":%s,\"change\":\"%s\",\"units\":%lld,\"cases\":%lld,\"officers\":%zu}\n",
           applied ? "true" : "false", own, (long long)p->units, (long long)p->cases,
           p->officer_count);
    return;
  }
  printf(say("随之变动：对象 %lld 个，未办结的个案 %lld 件，工作人员 %zu 人",
             "Moves: %lld subjects, "
             "%lld open cases, %zu "
             "officers"),
         (long long)p->units, (long long)p->cases, p->officer_count);
  for (size_t i = 0; i < p->officer_count; i++)
    printf("%s%s", i ? say("、", ", ") : say("（", " ("), p->officers[i].name);
  puts(p->officer_count ? say("）。", ").") : say("。", "."));
  if (applied)
    printf(say("已经变更，编号 %s。之后没有别的登记时，可用 area undo 撤销。\n",
               "Done as change %s; while nothing follows, area undo takes it back.\n"),
           own);
  else
    puts(say("以上只是预览；写上 --apply 才变更。",
             "This is what would move; give --apply to do it."));
}

static bool change(changing *c, bool apply, bool json, err *e) {
  const uuid id = uuid_v7_now();
  const area_asking ask = {engine_store(c->g), engine_packs(c->g), c->a, day_today()};
  area_plan p;
  answer out;
  const struct json *body = body_of(c, e);
  if (!body || !area_plan_read(&ask, body, &p, e) || !area_plan_check(&ask, &p, e) ||
      !area_plan_find(&ask, &p, e))
    return false;
  if (apply) {
    command x = {.verb = VERB_AREA, .id = id, .who = {.system = true}, .body = body};
    writer *w = writer_start(c->g, NULL, e);
    bool done = w && writer_apply(w, &x, c->a, &out, e);
    writer_stop(w);
    if (!done) return false;
  }
  tell(&p, &id, apply, json);
  return true;
}

static int run(const options *o, area_way way) {
  err e;
  changing c = {.o = o, .way = way, .a = arena_new(0)};
  if (!c.a) err_memory(&e);
  c.g = c.a ? engine_open(o->words[0], &e) : NULL;
  bool ok = c.g && change(&c, option_flag(o, OPTION_APPLY), option_flag(o, OPTION_JSON), &e);
  int status = ok ? say_written(EXIT_DONE) : say_error(&e);
  engine_close(c.g);
  arena_free(c.a);
  return status;
}

int command_area_rename(const options *o) {
  return run(o, AREA_RENAME);
}

int command_area_recode(const options *o) {
  return run(o, AREA_RECODE);
}

int command_area_merge(const options *o) {
  return run(o, AREA_MERGE);
}

int command_area_split(const options *o) {
  return run(o, AREA_SPLIT);
}

int command_area_add(const options *o) {
  return run(o, AREA_ADD);
}

int command_area_abolish(const options *o) {
  return run(o, AREA_ABOLISH);
}

int command_area_undo(const options *o) {
  return run(o, AREA_UNDO);
}
