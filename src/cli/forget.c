/* forget: proposes that what is known of somebody is destroyed. */
#include "cli/commands.h"

#include "base/json_map.h"
#include "engine/writer.h"

#include <stdio.h>

static json *body_of(engine *g, arena *a, const options *o, const uuid *id, err *e) {
  json *body = json_map_new(a);
  const kind *k = catalog_kind(engine_packs(g), text_of(o->words[1]), NULL);
  const char *word = o->words[2];
  uuid subject;
  record *r = NULL;
  if (!k) {
    err_set(e, ERR_UNKNOWN_NAME, o->words[1], "没有“%s”这种对象，请写它在业务包里的名称。",
            "There is no kind \"%s\"; write its name in the pack.", o->words[1]);
    return NULL;
  }
  if (!uuid_parse(text_of(word), &subject)) {
    if (k->key >= 0 && !store_subject_find_by_key(engine_store(g), a, k, text_of(word), &r, e))
      return NULL;
    if (!r) {
      err_set(e, ERR_UNKNOWN_NAME, NULL, "没有这个编号的%s，请核对。",
              "There is none with this number among: %s; check it.", LABEL(k->title));
      return NULL;
    }
    subject = r->id;
  }
  if (json_set_uuid(a, body, "id", id) && json_set_text(a, body, "kind", text_of(k->name)) &&
      json_set_uuid(a, body, "subject", &subject) &&
      json_set_text(a, body, "reason", text_of(option(o, OPTION_REASON))) &&
      json_set_text(a, body, "document", text_of(option(o, OPTION_DOCUMENT))))
    return body;
  err_memory(e);
  return NULL;
}

static bool propose(const options *o, arena *a, const uuid *id, err *e) {
  answer out;
  engine *g = engine_open(o->words[0], e);
  json *body = g ? body_of(g, a, o, id, e) : NULL;
  writer *w = body ? writer_start(g, NULL, e) : NULL;
  const command c = {.verb = VERB_FORGET, .id = *id, .who = {.system = true}, .body = body};
  bool ok = w && writer_apply(w, &c, a, &out, e);
  writer_stop(w);
  engine_close(g);
  return ok;
}

int command_forget(const options *o) {
  err e;
  char number[37];
  const uuid id = uuid_v7_now();
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) err_memory(&e);
  if (!a || !propose(o, a, &id, &e)) return say_error(&e);
  uuid_format(&id, number);
  if (option_flag(o, OPTION_JSON))
    printf("{\"forgetting\":\"%s\",\"state\":\"proposed\"}\n", number);
  else
    printf(say("已提出，编号 %s；由一位有“删去”权的同志在网页“更正与录入”里确认后生效。\n",
               "Proposed as %s; it takes effect when an officer with the right forget confirms it "
               "in the office app, under Corrections.\n"),
           number);
  return say_written(EXIT_DONE);
}
