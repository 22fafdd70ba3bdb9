/* Subjects: list, one, register, change. */
#include "http/handlers.h"

#include "engine/eval/unit_eval.h"

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

/* ?filter=: an expression over the kind's own scope, evaluated for each unit; NULL without one. */
static bool query_filter(request *q, const kind *k, cel_program **ret, err *e) {
  text source = text_trim(query_text(q, "filter"));
  *ret = NULL;
  const field *f =
      source.bytes ? pack_private_in(catalog_pack_of(request_packs(q), k), source) : NULL;
  if (f)
    return err_set(e, ERR_DENIED, "filter", "“%s”是遮挡的内容，不能用来筛选。",
                   "\"%s\" is masked, so nothing is filtered by it.", LABEL(f->title));
  *ret = source.bytes ? cel_compile(q->a, k->scope.env, source, &cel_bool, e) : NULL;
  return *ret || !source.bytes || err_within(e, "filter");
}

static bool passes(request *q, const record *r, const cel_program *filter, bool *ret_yes, err *e) {
  *ret_yes = !filter;
  if (!filter) return true;
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  const pack *p = catalog_pack_of(request_packs(q), r->kind);
  const kind *root_kind = r->kind->parent < 0 ? r->kind : &p->kinds[r->kind->parent];
  err why;
  unit *u = unit_load(request_store(q), a, root_kind, &r->root, NULL,
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

/* Pages are filled from larger ones when a filter takes rows away. */
static bool collect(request *q, subject_query *s, const cel_program *filter, record **ret,
                    size_t *ret_count, bool *ret_more, err *e) {
  size_t wanted = s->limit;
  *ret_count = 0;
  *ret_more = false;
  s->limit = filter ? 200 : wanted + 1;
  for (;;) {
    record **rows = NULL;
    size_t n = 0;
    if (!store_subjects(request_store(q), q->a, s, &rows, &n, e)) return false;
    for (size_t i = 0; i < n; i++) {
      bool yes;
      if (!passes(q, rows[i], filter, &yes, e)) return false;
      if (!yes) continue;
      if (*ret_count == wanted) {
        *ret_more = true;
        return true;
      }
      ret[(*ret_count)++] = rows[i];
    }
    if (n < s->limit) return true;
    memcpy(s->after_area, rows[n - 1]->area, 13);
    s->after_id = rows[n - 1]->id;
  }
}

bool handle_subjects(request *q, err *e) {
  static const char parts[] = "area.id";
  const kind *k = param_kind(q, 0, e);
  subject_query s = {.kind = k,
                     .reach = &q->who.reach,
                     .words = text_trim(query_text(q, "q")),
                     .colour = query_colour(q),
                     .limit = query_limit(q)};
  page_cursor c;
  cel_program *filter;
  bool more = false;
  size_t count = 0;
  if (!k || !query_scope(q, &s.scope, e) || !query_filter(q, k, &filter, e) ||
      !page_read(q, parts, &c, e))
    return false;
  memcpy(s.after_area, c.area, sizeof s.after_area);
  s.after_id = c.id;
  record **rows = ARENA_ARRAY(q->a, s.limit + 1, record *);
  if (!rows) return err_memory(e);
  if (!collect(q, &s, filter, rows, &count, &more, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) view_subject_line(q, &w, rows[i]);
  if (more) {
    memcpy(c.area, rows[count - 1]->area, sizeof c.area);
    c.id = rows[count - 1]->id;
  }
  page_end(&w, parts, more ? &c : NULL);
  return true;
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
