/* print: forms of a pack as a PDF. check-receipt: whether a receipt is what the place gave out. */
#include "cli/areas.h"
#include "cli/commands.h"

#include "backup/heads.h"
#include "base/json_map.h"
#include "engine/writer.h"
#include "print/print_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct printing {
  const options *o;
  engine *g;
  store *s;
  arena *a;
  print form;
  print_view view;
  receipt_key key;
  FILE *file;
  int64_t forms;
} printing;

static bool say_file(const char *file, err *e) {
  return err_set(e, ERR_STORE, file, "这个文件写不了（%s）。请检查它的位置和权限。",
                 "This file cannot be written (%s). Check where it is and its permissions.",
                 strerror(errno));
}

static bool to_file(void *context, const void *at, size_t bytes, err *e) {
  const printing *t = context;
  return fwrite(at, 1, bytes, t->file) == bytes || say_file(t->o->words[2], e);
}

/* "2026-03": its first and last day. */
static bool read_month(const options *o, char from[11], char to[11], err *e) {
  const char *word = option(o, OPTION_MONTH);
  day first;
  from[0] = to[0] = 0;
  if (!word) return true;
  snprintf(from, 11, "%.7s-01", word);
  if (strlen(word) != 7 || !day_parse(text_of(from), &first))
    return err_set(e, ERR_USAGE, "--month", "月份应写成 2026-03。", "A month is written 2026-03.");
  const ymd x = day_to_ymd(first + 31);
  day next = first;
  day_from_ymd(x.year, x.month, 1, &next);
  day_format(next - 1, to);
  return true;
}

static bool read_form(printing *t, text from, text to, err *e) {
  const found_name found = catalog_print(engine_packs(t->g), text_of(t->o->words[1]));
  const print_spec *x = found.item;
  char path[PRINT_PATH_MAX];
  if (!x)
    return err_set(e, ERR_UNKNOWN_NAME, t->o->words[1],
                   "没有这种表单（或者几个业务包都有，请写成“业务包.名称”）。",
                   "There is no such form (or several packs have it: write pack.name).");
  const print_request how = {.english = speaks_english(),
                             .clear = option_flag(t->o, OPTION_CLEAR),
                             .from = from,
                             .to = to};
  return print_read(t->a, engine_packs(t->g), x->asked, &how, &t->form, path, e);
}

static bool read_place(printing *t, err *e) {
  const char *word = option(t->o, OPTION_AREA);
  char code[13];
  t->view.ledger.scope = scope_all();
  t->view.place = t->view.county;
  if (!word) return true;
  if (!area_given(t->s, t->a, word, "--area", code, e)) return false;
  t->view.ledger.scope = (scope){0};
  t->view.place = area_title(t->s, t->a, code);
  return scope_add(&t->view.ledger.scope, code);
}

static bool fill(printing *t, day from, day to, paper *out, err *e) {
  const char *of = option(t->o, OPTION_OF);
  const print_many all = {.words = TEXT(""), .colour = -1, .from = from, .to = to};
  char area[13];
  print_of one;
  bool done = false;
  if (!of) return print_all(t->s, &t->form, &t->view, &all, out, &t->forms, e);
  if (!print_find(t->s, t->a, &t->form, text_of(of), &one, area, e) ||
      !print_form(t->s, &t->form, &t->view, &one, out, &done, e))
    return false;
  t->forms = done;
  return done || print_say_none(&t->form, e);
}

static bool make(printing *t, day from, day to, err *e) {
  const char *path = t->o->words[2];
  paper *out = paper_check_font(e) ? paper_new(to_file, t, e) : NULL;
  if (!out) return false;
  t->file = fopen(path, "we");
  bool ok = t->file ? db_begin_read(store_db(t->s), e) : say_file(path, e);
  if (ok) {
    ok = fill(t, from, to, out, e);
    db_end_read(store_db(t->s));
  }
  if (ok)
    ok = paper_finish(out, e);
  else
    paper_drop(out);
  if (t->file && fclose(t->file) != 0 && ok) ok = say_file(path, e);
  return ok;
}

/* What left the house stands in the journal. */
static bool note(printing *t, err *e) {
  json *body = json_map_new(t->a), *areas = ARENA_NEW(t->a, json), *one = ARENA_NEW(t->a, json);
  const print *p = &t->form;
  const ledger *told = p->values;
  answer out;
  for (size_t i = 0; !told && i < p->block_count; i++) told = p->blocks[i].table;
  if (!body || !areas || !one || !told) return err_memory(e);
  *one = (json){.type = JSON_TEXT, .s = text_of(t->view.ledger.scope.areas[0].lo)};
  *areas = (json){.type = JSON_LIST, .count = 1, .items = one};
  const char *reason = option(t->o, OPTION_REASON);
  if (!json_set_text(t->a, body, "rows",
                     text_of(told->event ? told->event->name : told->kind->name)) ||
      !json_set_text(t->a, body, "title", text_of(p->title)) ||
      !json_set_text(t->a, body, "format", TEXT("pdf")) || !json_set(t->a, body, "areas", areas) ||
      !json_set_int(t->a, body, "count", t->forms) ||
      (option_flag(t->o, OPTION_CLEAR) && !json_set_bool(t->a, body, "clear", true)) ||
      (reason && !json_set_text(t->a, body, "reason", text_of(reason))))
    return err_memory(e);
  writer *w = writer_start(t->g, NULL, e);
  const command c = {
      .verb = VERB_EXPORT, .id = uuid_v7_now(), .who = {.system = true}, .body = body};
  const bool ok = w && writer_apply(w, &c, t->a, &out, e);
  writer_stop(w);
  return ok;
}

static bool sign_with(printing *t, err *e) {
  head_key k;
  const char *file = option(t->o, OPTION_SIGN_KEY);
  if (!file) return true;
  if (!head_key_get(file, &k, e)) return false;
  memcpy(t->key.secret, k.secret, sizeof t->key.secret);
  memcpy(t->key.public, k.public, sizeof t->key.public);
  head_key_forget(&k);
  t->view.key = &t->key;
  return true;
}

static bool print_them(printing *t, err *e) {
  char from[11], to[11];
  day first = DAY_NONE, last = DAY_NONE;
  county at;
  ledger_names names;
  const actor system = {.system = true};
  if (option_flag(t->o, OPTION_CLEAR) && !option(t->o, OPTION_REASON))
    return err_set(e, ERR_USAGE, "--reason",
                   "打印完整的证件号、电话等信息，请用 --reason 写明原因。",
                   "To print masked fields in clear, say why by --reason.");
  t->g = engine_open(t->o->words[0], e);
  t->s = t->g ? store_open(t->o->words[0], DB_READ, store_county(engine_store(t->g)), e) : NULL;
  if (!t->s || !store_use_packs(t->s, engine_packs(t->g), false, e) ||
      !store_county_get(t->s, &at, e) || !ledger_names_load(t->s, t->a, &names, e) ||
      !read_month(t->o, from, to, e) || !read_form(t, text_of(from), text_of(to), e) ||
      !sign_with(t, e))
    return false;
  if (from[0]) day_parse(text_of(from), &first);
  if (to[0]) day_parse(text_of(to), &last);
  t->view.ledger.names = &names;
  t->view.ledger.sight = actor_sight_everywhere(&system, engine_packs(t->g), t->form.pack);
  t->view.ledger.sight.unmasked = option_flag(t->o, OPTION_CLEAR);
  t->view.ledger.now = (as_of){day_today(), engine_calendar(t->g)};
  t->view.county = at.name;
  t->view.by = "";
  return read_place(t, e) && make(t, first, last, e) && note(t, e);
}

int command_print(const options *o) {
  err e;
  arena *a AUTO_ARENA = arena_new(0);
  printing t = {.o = o, .a = a};
  if (!a) err_memory(&e);
  const bool ok = a && print_them(&t, &e);
  store_close(t.s);
  engine_close(t.g);
  if (!ok) {
    if (t.file) unlink(o->words[2]);
    return say_error(&e);
  }
  printf(say("已写好 %lld 份：%s\n", "%lld forms: %s\n"), (long long)t.forms, o->words[2]);
  return say_written(EXIT_DONE);
}

/* ---- receipts ---- */

/* The file of that name, else the word itself. */
static bool read_given(arena *a, const char *word, text *ret, err *e) {
  char some[RECEIPT_BYTES_MAX + 2];
  FILE *f = fopen(word, "re");
  if (!f) {
    *ret = text_of(word);
    return true;
  }
  const size_t n = fread(some, 1, sizeof some, f);
  fclose(f);
  const char *copy = arena_copy(a, some, n);
  *ret = (text){copy, n};
  return copy || err_memory(e);
}

static void tell(const receipt *r, const char *key) {
  const json *words = json_get(r->figures, "words");
  text county = json_text(r->figures, "county"), form = json_text(r->figures, "form"),
       on = json_text(r->figures, "on");
  printf("%.*s  %.*s  %.*s\n", (int)county.bytes, county.at, (int)form.bytes, form.at,
         (int)on.bytes, on.at);
  for (size_t i = 0; words && i < words->count; i++) {
    const json *pair = &words->items[i];
    if (pair->type != JSON_LIST || pair->count != 2) continue;
    printf("  %.*s: %.*s\n", (int)pair->items[0].s.bytes, pair->items[0].s.at,
           (int)pair->items[1].s.bytes, pair->items[1].s.at);
  }
  printf(say("签名相符；签名的公钥 %s\n", "The signature fits; its public key is %s\n"), key);
  if (r->computed) {
    text formula = json_text(r->figures, "formula");
    printf(say("按所带的数重算，金额相符：%.*s\n", "Computed anew, the amount fits: %.*s\n"),
           (int)formula.bytes, formula.at);
  }
}

int command_check_receipt(const options *o) {
  char key[2 * RECEIPT_PUBLIC_BYTES + 1];
  const char *only = option(o, OPTION_PUBLIC_KEY);
  arena *a AUTO_ARENA = arena_new(0);
  receipt r;
  text given;
  err e;
  if (!a) err_memory(&e);
  if (!a || !read_given(a, o->words[0], &given, &e) || !receipt_check(a, given, &r, &e))
    return say_error(&e);
  for (size_t i = 0; i < sizeof r.public; i++) snprintf(key + 2 * i, 3, "%02x", r.public[i]);
  if (only && strcmp(only, key) != 0) {
    err_set(&e, ERR_BAD_FILE, "--public-key", "签名相符，但不是这把钥匙签的，是 %s。",
            "The signature fits, but another key made it: %s.", key);
    return say_error(&e);
  }
  tell(&r, key);
  return say_written(EXIT_DONE);
}
