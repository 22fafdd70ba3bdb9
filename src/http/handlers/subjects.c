/* Subjects and events. */
#include "http/handlers.h"

#include "engine/eval/unit.h"

#include <stdio.h>

/* ?clear=1 needs the right, and is written into the journal before anything is shown. */
static bool wants_clear(request *q) {
  return text_is(request_query(q, "clear"), "1");
}

static record *find(request *q, const kind *k, const uuid *id) {
  record *r = NULL;
  err e;
  if (!store_subject(request_store(q), q->a, k, id, &q->who.reach, &r, &e)) {
    request_fail(q, &e);
  } else if (!r) {
    request_problem(q, ERR_UNKNOWN_NAME, "id", "没有找到，或者不在您的管辖范围内。",
                    "Not found, or outside your areas.");
  }
  return r;
}

static void answer_subject(request *q, int status, const record *r, bool clear) {
  json_out w = request_answer(q, status);
  put_subject(q, &w, r, clear);
  set_etag(q, r->version);
}

/* ---- one ---- */

static void show_clear(request *q) {
  const record *r = q->note;
  answer_subject(q, 200, r, true);
}

void handle_subject(request *q) {
  const kind *k = param_kind(q, 0);
  uuid id;
  record *r = k && param_uuid(q, 1, &id) ? find(q, k, &id) : NULL;
  if (!r) return;
  if (!wants_clear(q)) {
    answer_subject(q, 200, r, false);
    return;
  }
  q->note = r;
  note_look(q, r, show_clear);
}

/* ---- list ---- */

static bool read_cursor(request *q, subject_query *s) {
  text c = request_query(q, "cursor");
  if (!c.bytes) return true;
  if (c.bytes == 12 + 1 + 36 && uuid_parse((text){c.at + 13, 36}, &s->after_id)) {
    memcpy(s->after_area, c.at, 12);
    return true;
  }
  request_problem(q, ERR_BAD_INPUT, "cursor", "翻页标记不对，请从第一页开始。",
                  "The cursor is wrong; start from the first page.");
  return false;
}

/* ?filter=: an expression over the kind's own scope, evaluated for each unit. NULL without one;
 * *bad when answered. */
static cel_program *query_filter(request *q, const kind *k, bool *bad) {
  text source = request_query(q, "filter");
  err e;
  *bad = false;
  if (!text_trim(source).bytes) return NULL;
  cel_program *p = cel_compile(q->a, k->scope.env, source, &cel_bool, &e);
  if (!p) {
    *bad = true;
    err_within(&e, "filter");
    request_fail(q, &e);
  }
  return p;
}

static bool passes(request *q, const record *r, const cel_program *filter) {
  if (!filter) return true;
  err e;
  arena *a AUTO_ARENA = arena_new(0);
  const pack *p = catalog_pack_of(request_packs(q), r->kind);
  const kind *root_kind = r->kind->parent < 0 ? r->kind : &p->kinds[r->kind->parent];
  unit *u = a ? unit_load(request_store(q), a, root_kind, &r->root, NULL,
                          engine_calendar(request_engine(q)), request_today(), &e)
              : NULL;
  const record *about = u ? unit_subject(u, &r->id) : NULL;
  if (!about) return false;
  value v = unit_eval(u, about, &r->kind->scope, filter, NULL);
  return v.type == VALUE_BOOL && v.yes;
}

/* Pages are filled from larger ones when a filter takes rows away. */
static bool collect(request *q, subject_query *s, const cel_program *filter, record **out,
                    size_t *count, bool *more) {
  size_t wanted = s->limit;
  *count = 0;
  *more = false;
  s->limit = filter ? 200 : wanted + 1;
  for (;;) {
    record **rows = NULL;
    size_t n = 0;
    err e;
    if (!store_list(request_store(q), q->a, s, &rows, &n, &e)) {
      request_fail(q, &e);
      return false;
    }
    for (size_t i = 0; i < n; i++) {
      if (!passes(q, rows[i], filter)) continue;
      if (*count == wanted) {
        *more = true;
        return true;
      }
      out[(*count)++] = rows[i];
    }
    if (n < s->limit) return true;
    memcpy(s->after_area, rows[n - 1]->area, 13);
    s->after_id = rows[n - 1]->id;
  }
}

void handle_subjects(request *q) {
  const kind *k = param_kind(q, 0);
  if (!k) return;
  subject_query s = {.kind = k,
                     .reach = query_reach(q),
                     .words = text_trim(request_query(q, "q")),
                     .colour = query_colour(q),
                     .limit = query_limit(q)};
  bool bad, more = false;
  cel_program *filter = query_filter(q, k, &bad);
  if (bad || !read_cursor(q, &s)) return;
  record **rows = ARENA_ARRAY(q->a, s.limit + 1, record *);
  size_t count = 0;
  if (!rows) {
    request_problem(q, ERR_MEMORY, NULL, "内存不足，请稍后再试。", "Out of memory; try again.");
    return;
  }
  if (!collect(q, &s, filter, rows, &count, &more)) return;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "items");
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) put_subject_line(q, &w, rows[i]);
  json_close(&w, ']');
  json_key(&w, "next");
  if (more) {
    char id[37], cursor[64];
    uuid_format(&rows[count - 1]->id, id);
    snprintf(cursor, sizeof cursor, "%s.%s", rows[count - 1]->area, id);
    json_put_str(&w, cursor);
  } else {
    json_put_null(&w);
  }
  json_close(&w, '}');
}

/* ---- writing ---- */

static void after_subject(request *q) {
  uuid id;
  const kind *k = param_kind(q, 0);
  record *r = k && param_uuid(q, 1, &id) ? find(q, k, &id) : NULL;
  if (!r) return;
  int status = strcmp(q->method, "PUT") == 0 && !q->job.answer.again ? 201 : 200;
  answer_subject(q, status, r, false);
}

static json *body_with(request *q, const char *const *take) {
  uuid u;
  return param_uuid(q, 1, &u) ? body_taking(q, take, q->params[0], &u) : NULL;
}

void handle_subject_put(request *q) {
  static const char *const take[] = {"area", "parent", "since", "fields", NULL};
  uuid id;
  if (!param_kind(q, 0) || !param_uuid(q, 1, &id)) return;
  json *body = body_with(q, take);
  if (body) request_command(q, VERB_SUBJECT, &id, body, after_subject);
}

void handle_subject_patch(request *q) {
  static const char *const take[] = {"area", "parent", "since", "fields", "note", NULL};
  uuid id, entry_id = uuid_v7_now();
  int64_t match = request_match(q);
  const kind *k = param_kind(q, 0);
  if (!k || !param_uuid(q, 1, &id)) return;
  if (match == 0) {
    request_problem(q, ERR_NEEDS_MATCH, NULL, "修改时要带上 If-Match（看到的版本）。",
                    "A change carries If-Match with the version you saw.");
    return;
  }
  if (!find(q, k, &id)) return;
  json *body = body_with(q, take);
  if (!body) return;
  request_command(q, VERB_FACTS, &entry_id, body, after_subject);
  q->job.command.match = match;
}
