/* subject merge, subject unmerge: two records that were one. */
#include "cli/commands.h"

#include "base/json_map.h"
#include "engine/writer.h"

#include <stdio.h>

/* By its id or its number. */
static bool find_subject(engine *g, arena *a, const kind *k, const char *word, uuid *ret, err *e) {
  record *r = NULL;
  if (uuid_parse(text_of(word), ret)) return true;
  if (k->key >= 0 && !store_subject_find_by_key(engine_store(g), a, k, text_of(word), &r, e))
    return false;
  if (!r)
    return err_set(e, ERR_UNKNOWN_NAME, word, "没有编号为“%s”的%s，请核对。",
                   "There is no \"%s\" among: %s; check it.", word, LABEL(k->title));
  *ret = r->id;
  return true;
}

static json *merge_body(engine *g, arena *a, const options *o, const uuid *id, err *e) {
  uuid gone, stays;
  json *body = json_map_new(a);
  const kind *k = catalog_kind(engine_packs(g), text_of(o->words[1]), NULL);
  if (!k) {
    err_set(e, ERR_UNKNOWN_NAME, o->words[1], "没有“%s”这种对象，请写它在业务包里的名称。",
            "There is no kind \"%s\"; write its name in the pack.", o->words[1]);
    return NULL;
  }
  if (!find_subject(g, a, k, o->words[2], &gone, e) ||
      !find_subject(g, a, k, o->words[3], &stays, e))
    return NULL;
  if (json_set_uuid(a, body, "id", id) && json_set_text(a, body, "kind", text_of(k->name)) &&
      json_set_uuid(a, body, "from", &gone) && json_set_uuid(a, body, "into", &stays) &&
      json_set_text(a, body, "reason", text_of(option(o, OPTION_REASON))))
    return body;
  err_memory(e);
  return NULL;
}

static json *unmerge_body(arena *a, const options *o, uuid *id, err *e) {
  json *body = json_map_new(a);
  if (!uuid_parse(text_of(o->words[1]), id)) {
    err_set(e, ERR_USAGE, o->words[1], "这不是合并的编号；subject merge 打印过它。",
            "This is no number of a merger; subject merge printed it.");
    return NULL;
  }
  if (json_set_uuid(a, body, "id", id) && json_set_text(a, body, "undone", TEXT("true")) &&
      json_set_text(a, body, "reason", text_of(option(o, OPTION_REASON))))
    return body;
  err_memory(e);
  return NULL;
}

static bool apply(const options *o, arena *a, bool undo, uuid *id, err *e) {
  answer out;
  engine *g = engine_open(o->words[0], e);
  json *body = !g ? NULL : undo ? unmerge_body(a, o, id, e) : merge_body(g, a, o, id, e);
  writer *w = body ? writer_start(g, NULL, e) : NULL;
  const command c = {
      .verb = VERB_MERGE, .id = undo ? uuid_v7_now() : *id, .who = {.system = true}, .body = body};
  bool ok = w && writer_apply(w, &c, a, &out, e);
  writer_stop(w);
  engine_close(g);
  return ok;
}

static int run(const options *o, bool undo) {
  err e;
  char number[37];
  uuid id = uuid_v7_now();
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) err_memory(&e);
  if (!a || !apply(o, a, undo, &id, &e)) return say_error(&e);
  uuid_format(&id, number);
  if (option_flag(o, OPTION_JSON))
    printf("{\"merger\":\"%s\",\"undone\":%s}\n", number, undo ? "true" : "false");
  else if (undo)
    puts(say("这次合并已撤销，两条登记各归各。", "The merger is taken back: they are two again."));
  else
    printf(say("已合并，编号 %s；要拆开用 subject unmerge。\n",
               "Merged as %s; subject unmerge takes it back.\n"),
           number);
  return say_written(EXIT_DONE);
}

int command_subject_merge(const options *o) {
  return run(o, false);
}

int command_subject_unmerge(const options *o) {
  return run(o, true);
}
