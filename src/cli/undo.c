/* undo: an import is taken back as a whole. */
#include "cli/commands.h"

#include "base/json_map.h"
#include "engine/writer.h"
#include "store/rows/uploads.h"

#include <stdio.h>

/* The same id as when the pages ask for it: what was taken back already is not taken back again. */
static bool take_back(writer *w, arena *a, const uuid *import, err *e) {
  char id[37], name[48];
  answer out;
  json *body = json_map_new(a);
  if (!json_set_uuid(a, body, "import", import)) return err_memory(e);
  uuid_format(import, id);
  snprintf(name, sizeof name, "undo/%s", id);
  command c = {.verb = VERB_UNDO,
               .id = uuid_derived(import, text_of(name)),
               .who = {.system = true},
               .body = body};
  return writer_apply(w, &c, a, &out, e);
}

/* One that came by the pages is shown there as taken back. */
static bool note(store *s, arena *a, const uuid *import, err *e) {
  upload *u = NULL;
  if (!store_upload_find(s, a, import, true, &u, e) || !u) return u == NULL;
  u->state = "undone";
  return store_upload_put(s, u, e);
}

static bool undo(const options *o, arena *a, err *e) {
  uuid import;
  if (!uuid_parse(text_of(o->words[1]), &import))
    return err_set(e, ERR_USAGE, o->words[1], "这不是导入编号；import --apply 打印过它。",
                   "This is no number of an import; import --apply printed it.");
  engine *g = engine_open(o->words[0], e);
  writer *w = g ? writer_start(g, NULL, e) : NULL;
  bool ok = w && take_back(w, a, &import, e);
  writer_stop(w);
  ok = ok && note(engine_store(g), a, &import, e);
  engine_close(g);
  return ok;
}

int command_undo(const options *o) {
  err e;
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) err_memory(&e);
  if (!a || !undo(o, a, &e)) return say_error(&e);
  if (option_flag(o, OPTION_JSON))
    printf("{\"undone\":\"%s\"}\n", o->words[1]);
  else
    puts(say("这次导入已整批撤销。", "The whole import is taken back."));
  return say_written(EXIT_DONE);
}
