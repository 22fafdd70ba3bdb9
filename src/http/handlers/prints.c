/* Forms on paper, as a PDF: one, or all it is for in an area. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "http/server_internal.h"
#include "http/table_file.h"
#include "print/print_run.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct printing {
  print form;
  print_view view;
  print_many many;
  print_of of;
  bool single; /* one unit's */
  ledger_names names;
  county county;
  int64_t forms;
  table_file file;
  request *q;
} printing;

static bool goes_on(void *context, err *e) {
  request *q = ((printing *)context)->q;
  if (request_abandoned(q)) return request_say_abandoned(e);
  return !request_stopping(q) || err_set(e, ERR_BUSY, NULL, "服务正在停止，请稍后再试。",
                                         "The service is stopping; try again soon.");
}

/* ---- making it ---- */

/* In memory, for what is sealed on the disk does not come back to it in clear. */
static bool to_memory(void *context, const void *at, size_t bytes, err *e) {
  request *q = ((printing *)context)->q;
  for (const char *from = at; bytes > 0;) {
    const ssize_t n = write(q->file_fd, from, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return err_memory(e);
    from += n;
    bytes -= (size_t)n;
    q->file_bytes += n;
  }
  return true;
}

static bool fill(printing *t, store *s, paper *out, err *e) {
  bool done = false;
  if (!ledger_names_load(s, t->q->a, &t->names, e) || !store_county_get(s, &t->county, e))
    return false;
  t->view.ledger.names = &t->names;
  t->view.county = t->county.name;
  if (!t->single) return print_all(s, &t->form, &t->view, &t->many, out, &t->forms, e);
  if (!print_form(s, &t->form, &t->view, &t->of, out, &done, e)) return false;
  t->forms = done;
  return done || print_say_none(&t->form, e);
}

static bool run(request *q, store *s, err *e) {
  printing *t = q->data;
  q->file_bytes = 0;
  q->file_fd = memfd_create("print", MFD_CLOEXEC); /* closed with the request at the latest */
  if (q->file_fd < 0) return err_memory(e);
  paper *out = paper_check_font(e) ? paper_new(to_memory, t, e) : NULL;
  if (!out) return false;
  if (!db_begin_read(store_db(s), e)) {
    paper_drop(out);
    return false;
  }
  const bool ok = fill(t, s, out, e);
  db_end_read(store_db(s));
  if (ok) return paper_finish(out, e);
  paper_drop(out);
  return false;
}

static bool answer_print(request *q, err *e) {
  const printing *t = q->data;
  return table_file_answer(q, &t->file, e);
}

/* ---- the journal ---- */

static bool note_print(request *q, err *e) {
  static const char *const kept[] = {"of", "q", "colour", "from", "to", "reason"};
  const printing *t = q->data;
  const print *p = &t->form;
  json *body = json_map_new(q->a), *columns = ARENA_NEW(q->a, json), *areas = ARENA_NEW(q->a, json);
  const scope *of = &t->view.ledger.scope;
  const ledger *told = p->values;
  for (size_t i = 0; !told && i < p->block_count; i++) told = p->blocks[i].table;
  uuid id = uuid_v7_now();
  if (!body || !columns || !areas || !told) return err_memory(e);
  *columns = (json){.type = JSON_LIST,
                    .count = told->column_count,
                    .items = ARENA_ARRAY(q->a, told->column_count, json)};
  *areas = (json){
      .type = JSON_LIST, .count = of->count, .items = ARENA_ARRAY(q->a, of->count + 1, json)};
  if (!columns->items || !areas->items) return err_memory(e);
  for (size_t i = 0; i < told->column_count; i++)
    columns->items[i] = (json){.type = JSON_TEXT, .s = text_of(told->columns[i].title)};
  for (size_t i = 0; i < of->count; i++)
    areas->items[i] = (json){.type = JSON_TEXT, .s = text_of(of->areas[i].lo)};
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
    text given = query_text(q, kept[i]);
    if (given.bytes && !json_set_text(q->a, body, kept[i], given)) return err_memory(e);
  }
  const char *rows = told->event ? told->event->name : told->kind->name;
  if ((query_clear(q) && !json_set_bool(q->a, body, "clear", true)) ||
      !json_set_text(q->a, body, "rows", text_of(rows)) ||
      !json_set_text(q->a, body, "title", text_of(p->title)) ||
      !json_set_text(q->a, body, "format", TEXT("pdf")) ||
      !json_set(q->a, body, "columns", columns) || !json_set(q->a, body, "areas", areas) ||
      !json_set_int(q->a, body, "count", t->forms))
    return err_memory(e);
  return request_command(q, VERB_EXPORT, &id, body, 0, answer_print);
}

/* ---- asking ---- */

static bool read_form(request *q, print *ret, err *e) {
  const found_name found = catalog_print(request_packs(q), q->params[0]);
  const print_spec *x = found.item;
  day ignored;
  char path[PRINT_PATH_MAX];
  if (!x)
    return err_set(e, found.several ? ERR_BAD_INPUT : ERR_UNKNOWN_NAME, "name",
                   found.several ? "有几种这个名称的表单，请写成“业务包.名称”。" : "没有这种表单。",
                   found.several ? "Several packs have a form of that name; write pack.name."
                                 : "There is no such form.");
  const print_request how = {.english = q->english,
                             .clear = query_clear(q),
                             .from = query_text(q, "from"),
                             .to = query_text(q, "to")};
  return query_day(q, "from", DAY_NONE, &ignored, e) && query_day(q, "to", DAY_NONE, &ignored, e) &&
         print_read(q->a, request_packs(q), x->asked, &how, ret, path, e);
}

/* Whether he sees anything of the kinds on it. */
static bool may_see(request *q, const print *p, err *e) {
  bool may = !p->kind || reach_has_kind(&q->who.reach, p->kind);
  for (size_t i = 0; i < p->block_count; i++)
    if (p->blocks[i].table) may &= reach_has_kind(&q->who.reach, p->blocks[i].table->kind);
  return may || rights_denied((label){"查看这类对象", "see these records"}, e);
}

static bool may_clear(request *q, const printing *t, const pack *p, err *e) {
  const scope *of = &t->view.ledger.scope;
  if (!query_clear(q)) return true;
  for (size_t i = 0; i < of->count; i++)
    if (!(t->single ? request_may_unit(q, RIGHT_SEE_CLEAR, p, of->areas[i].lo, &t->of.root)
                    : request_may(q, RIGHT_SEE_CLEAR, p, of->areas[i].lo)))
      return rights_denied((label){"打印完整的证件号、电话等信息", "print masked fields in clear"},
                           e);
  return true;
}

/* One that he does not see is not there. */
static bool find_one(request *q, printing *t, text written, err *e) {
  char code[13];
  bool sees = false;
  if (!print_find(request_store(q), q->a, &t->form, written, &t->of, code, e) ||
      !request_sees(q, t->form.kind, &t->of.root, code, &sees, e))
    return false;
  if (!sees) return rights_no_subject(e);
  t->single = true;
  t->view.ledger.sight = request_sight(q, t->form.pack, code, &t->of.root);
  t->view.ledger.scope = (scope){.count = 1};
  memcpy(t->view.ledger.scope.areas[0].lo, code, sizeof code);
  memcpy(t->view.ledger.scope.areas[0].hi, code, sizeof code);
  return true;
}

/* ?area= by its name; else what all of his posts are called. */
static bool name_place(request *q, printing *t, err *e) {
  const scope *of = &t->view.ledger.scope;
  t->view.place = "";
  return of->count == 0 ||
         store_area_name(request_store(q), q->a, of->areas[0].lo, &t->view.place, e);
}

static bool begin(request *q, printing *t, err *e) {
  const print *p = &t->form;
  const pack *owner = p->pack;
  text of = query_text(q, "of");
  for (size_t i = 0; !owner && i < p->block_count; i++)
    if (p->blocks[i].table) owner = p->blocks[i].table->pack;
  t->many = (print_many){.words = query_text(q, "q"), .colour = query_colour(q)};
  t->view.ledger.reach = &q->who.reach;
  t->view.ledger.sight = actor_sight_everywhere(&q->who.actor, request_packs(q), owner);
  if (!query_day(q, "from", DAY_NONE, &t->many.from, e) ||
      !query_day(q, "to", DAY_NONE, &t->many.to, e) ||
      !(of.bytes ? find_one(q, t, of, e) : query_scope(q, &t->view.ledger.scope, e)) ||
      !may_clear(q, t, owner, e) || !name_place(q, t, e))
    return false;
  t->view.ledger.sight.unmasked = query_clear(q); /* which may_clear sees to */
  q->data = t;
  return request_background(q, BACKGROUND_TABLE, run, note_print);
}

bool handle_print(request *q, err *e) {
  printing *t = ARENA_NEW(q->a, printing);
  if (!t) return err_memory(e);
  *t = (printing){.q = q};
  t->view = (print_view){.ledger.now = {request_today(), engine_calendar(request_engine(q))},
                         .by = q->who.officer->name,
                         .key = q->loop->server->config.receipt_key,
                         .goes_on = goes_on,
                         .context = t};
  if (!read_form(q, &t->form, e) || !may_see(q, &t->form, e)) return false;
  t->file = (table_file){.format = FORMAT_PDF, .title = t->form.title, .shown = true};
  return begin(q, t, e);
}
