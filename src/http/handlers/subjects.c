/* Subjects: list, one, register, change. */
#include "http/handlers.h"

#include "engine/eval/unit_eval.h"
#include "pack/model/reads.h"

/* ---- one ---- */

static bool answer_subject(request *q, int status, const record *r, bool clear) {
  json_out w = request_answer(q, status);
  view_subject(q, &w, r, clear);
  request_etag(q, r->version);
  return true;
}

static bool show_clear(request *q, err *e) {
  (void)e;
  return answer_subject(q, 200, q->data, true);
}

bool handle_subject(request *q, err *e) {
  record *r = param_subject(q, e);
  if (!r) return false;
  if (!query_clear(q)) return answer_subject(q, 200, r, false);
  q->data = r;
  return param_note_unmask(q, r, show_clear, e);
}

/* ---- list ---- */

/* A list on its way: with a filter it is made beside the loops, for a while. */
typedef struct listing {
  subject_query asked;
  cel_program *filter; /* an expression over the kind's own scope, for each unit; NULL: none */
  const record **rows;
  size_t wanted, count;
  bool more;
  int64_t until_ms; /* 0: as long as it takes */
} listing;

enum { FILTER_MS = 2000 };
static const char list_parts[] = "area.id";

static bool query_filter(request *q, const kind *k, cel_program **ret, err *e) {
  text source = text_trim(query_text(q, "filter"));
  *ret = NULL;
  const field *f =
      source.bytes ? pack_private_in(catalog_pack_of(request_packs(q), k), source) : NULL;
  if (f)
    return err_set(e, ERR_DENIED, "filter", "“%s”是遮挡的内容，不能用来筛选。",
                   "\"%s\" is masked, so nothing is filtered by it.", LABEL(f->title));
  if (!source.bytes) return true;
  *ret = cel_compile(q->a, k->scope.env, source, &cel_bool, e);
  if (!*ret) return err_within(e, "filter");
  const pack *p = catalog_pack_of(request_packs(q), k);
  const sight s = actor_sight_everywhere(&q->who.actor, request_packs(q), p);
  const uint32_t reads = reads_of(p, &k->scope, k->fields, *ret);
  return sight_of(&s, reads) == SHOWN_CLEAR ||
         err_set(e, ERR_DENIED, "filter", "“%s”不向您的岗位公开，不能用来筛选。",
                 "\"%s\" is not shown to your post, so nothing is filtered by it.",
                 LABEL(reads_title(p, reads, s.clear)));
}

static bool passes(request *q, store *s, const record *r, const cel_program *filter, bool *ret_yes,
                   err *e) {
  *ret_yes = !filter;
  if (!filter) return true;
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  const pack *p = catalog_pack_of(request_packs(q), r->kind);
  const kind *root_kind = r->kind->parent < 0 ? r->kind : &p->kinds[r->kind->parent];
  err why;
  unit *u = unit_load(s, a, root_kind, &r->root, NULL,
                      (as_of){request_today(), engine_calendar(request_engine(q))}, &why);
  if (!u && why.code == ERR_UNKNOWN_NAME) return true;
  if (!u) {
    *e = why;
    return false;
  }
  const record *about = unit_subject(u, &r->id);
  value v = about ? unit_eval(u, about, &r->kind->scope, filter, NULL) : (value){0};
  *ret_yes = about && v.type == VALUE_BOOL && v.yes;
  return arena_whole(a, true, e);
}

static void go_on_after(subject_query *s, const record *r) {
  memcpy(s->after_area, r->area, sizeof s->after_area);
  s->after_id = r->id;
}

static bool goes_on(request *q, const listing *l, err *e) {
  if (!l->until_ms) return true;
  if (request_abandoned(q)) return request_say_abandoned(e);
  return !request_stopping(q) || err_set(e, ERR_BUSY, NULL, "服务正在停止，请稍后再试。",
                                         "The service is stopping; try again soon.");
}

/* Pages are filled from larger ones when a filter takes rows away. One whose time is up is shorter,
 * or empty, and its `next` goes on where it stopped. */
static bool collect(request *q, store *s, listing *l, err *e) {
  l->asked.limit = l->filter ? 200 : l->wanted + 1;
  for (;;) {
    record **rows = NULL;
    size_t n = 0;
    if (!store_subjects(s, q->a, &l->asked, &rows, &n, e)) return false;
    for (size_t i = 0; i < n; i++) {
      bool yes;
      l->more = l->until_ms && i > 0 && now_ms() > l->until_ms;
      if (l->more) return true;
      if (!goes_on(q, l, e) || !passes(q, s, rows[i], l->filter, &yes, e)) return false;
      l->more = yes && l->count == l->wanted;
      if (l->more) return true;
      go_on_after(&l->asked, rows[i]);
      if (yes) l->rows[l->count++] = rows[i];
    }
    if (n < l->asked.limit) return true;
  }
}

static bool answer_list(request *q, err *e) {
  (void)e;
  const listing *l = q->data;
  page_cursor c = {.id = l->asked.after_id};
  memcpy(c.area, l->asked.after_area, sizeof c.area);
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < l->count; i++) view_subject_line(q, &w, l->rows[i]);
  page_end(&w, list_parts, l->more ? &c : NULL);
  return true;
}

static bool list_work(request *q, store *s, err *e) {
  listing *l = q->data;
  l->until_ms = now_ms() + FILTER_MS;
  if (!db_begin_read(store_db(s), e)) return false;
  bool ok = collect(q, s, l, e);
  db_end_read(store_db(s));
  return ok;
}

bool handle_subjects(request *q, err *e) {
  const kind *k = param_kind(q, 0, e);
  listing *l = ARENA_NEW(q->a, listing);
  page_cursor c;
  if (!l) return err_memory(e);
  *l = (listing){.wanted = query_limit(q),
                 .asked = {.kind = k,
                           .reach = &q->who.reach,
                           .words = text_trim(query_text(q, "q")),
                           .colour = query_colour(q)}};
  if (!k || !query_scope(q, &l->asked.scope, e) || !query_filter(q, k, &l->filter, e) ||
      !page_read(q, list_parts, &c, e))
    return false;
  memcpy(l->asked.after_area, c.area, sizeof l->asked.after_area);
  l->asked.after_id = c.id;
  l->rows = ARENA_ARRAY(q->a, l->wanted + 1, const record *);
  if (!l->rows) return err_memory(e);
  q->data = l;
  if (l->filter) return request_background(q, BACKGROUND_ASK, list_work, answer_list);
  return collect(q, request_store(q), l, e) && answer_list(q, e);
}

/* ---- writing ---- */

static bool after_subject(request *q, err *e) {
  record *r = param_subject(q, e);
  bool fresh = strcmp(q->method, "PUT") == 0 && !q->job.answer.repeated;
  return r && answer_subject(q, fresh ? 201 : 200, r, false);
}

bool handle_subject_put(request *q, err *e) {
  static const char *const take[] = {"area", "parent", "since", "fields", "taking_in", NULL};
  const kind *k = param_kind(q, 0, e);
  uuid id;
  if (!k || !param_uuid(q, 1, &id, e)) return false;
  json *body = param_command(q, take, k->name, &id, e);
  return body && request_command(q, VERB_SUBJECT, &id, body, 0, after_subject);
}

bool handle_subject_patch(request *q, err *e) {
  static const char *const take[] = {"area", "parent",    "since", "fields",
                                     "note", "taking_in", NULL};
  int64_t match;
  if (!param_needs_match(q, &match, e)) return false;
  const record *r = param_subject(q, e);
  json *body = r ? param_command(q, take, r->kind->name, &r->id, e) : NULL;
  uuid entry_id = uuid_v7_now();
  return body && request_command(q, VERB_FACTS, &entry_id, body, match, after_subject);
}
