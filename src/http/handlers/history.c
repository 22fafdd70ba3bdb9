/* All that was ever said of a unit's subjects, page by page, newest first. */
#include "http/handlers.h"

#include "engine/eval/display.h"

#include <inttypes.h>
#include <stdio.h>

/* The officer named last: neighbours in a history are mostly one officer's. */
typedef struct shown_by {
  uuid id;
  const char *name;
} shown_by;

static label source_title(request *q, const char *source) {
  const event_kind *ev = catalog_event(request_packs(q), text_of(source), NULL);
  if (ev) return ev->title;
  return strcmp(source, "import") == 0 ? (label){"导入", "import"} : (label){"登记", "desk"};
}

static void put_change(request *q, json_out *w, const fact *x, const record *r, const field *f,
                       const char *officer) {
  AUTO_BUF buf shown = {0};
  field_print(&shown, f, &x->v, false, q->english);
  json_open(w, '{');
  put_uuid(w, "subject", &r->id);
  json_key(w, "subject_title");
  json_put_text(w, record_title(r));
  put_str(w, "field", f->name);
  put_label(w, "title", f->title);
  json_key(w, "value");
  field_put_json(w, f, &x->v, false);
  json_key(w, "text");
  json_put_text(w, buf_view(&shown));
  put_day(w, "since", x->since);
  put_instant(w, "at", x->at_ms);
  put_str(w, "officer_name", officer);
  put_str(w, "source", x->source);
  put_label(w, "source_title", source_title(q, x->source));
  json_close(w, '}');
}

/* "SEQ.SUBJECT.FIELD" of the last line seen. */
static bool read_cursor(request *q, fact_query *x) {
  text c = request_query(q, "cursor");
  if (!c.bytes) return true;
  const char *dot = memchr(c.at, '.', c.bytes);
  size_t head = dot ? (size_t)(dot - c.at) : 0;
  x->has_after = dot && c.bytes > head + 38 && c.at[head + 37] == '.' &&
                 text_to_int((text){c.at, head}, &x->after_seq) &&
                 uuid_parse((text){c.at + head + 1, 36}, &x->after_subject);
  if (x->has_after) {
    x->after_field = (text){c.at + head + 38, c.bytes - head - 38};
    return true;
  }
  request_problem(q, ERR_BAD_INPUT, "cursor", "翻页标记不对，请从第一页开始。",
                  "The cursor is wrong; start from the first page.");
  return false;
}

static void put_next(request *q, json_out *w, const fact *last) {
  char id[37];
  json_key(w, "next");
  if (!last) {
    json_put_null(w);
    return;
  }
  uuid_format(&last->subject, id);
  const char *cursor = arena_printf(q->a, "%" PRId64 ".%s.%s", last->seq, id, last->field);
  json_put_str(w, cursor);
}

/* The unit's subjects, without its events: NULL and answered when it is not in reach. */
static record **subjects_of(request *q, const kind *k, const uuid *id, size_t *count) {
  const pack *p = catalog_pack_of(request_packs(q), k);
  record *root = NULL, **all = NULL;
  size_t room = 0;
  err e;
  *count = 0;
  if (!store_subject(request_store(q), q->a, k, id, &q->who.reach, &root, &e)) goto failed;
  if (!root) {
    request_problem(q, ERR_UNKNOWN_NAME, "id", "没有找到，或者不在您的管辖范围内。",
                    "There is no such subject, or it is outside your areas.");
    return NULL;
  }
  all = ARENA_GROW(q->a, all, *count, &room, record *);
  if (!all) goto memory;
  all[(*count)++] = root;
  for (size_t i = 0; i < p->kind_count; i++) {
    record **some = NULL;
    size_t n = 0;
    if (p->kinds[i].parent != k->index) continue;
    if (!store_children(request_store(q), q->a, &p->kinds[i], id, &some, &n, &e)) goto failed;
    for (size_t j = 0; j < n; j++) {
      all = ARENA_GROW(q->a, all, *count, &room, record *);
      if (!all) goto memory;
      all[(*count)++] = some[j];
    }
  }
  return all;
memory:
  err_memory(&e);
failed:
  request_fail(q, &e);
  return NULL;
}

static const record *subject_with(record **all, size_t count, const uuid *id) {
  for (size_t i = 0; i < count; i++)
    if (uuid_equal(&all[i]->id, id)) return all[i];
  return NULL;
}

void handle_history(request *q) {
  const kind *k = param_kind(q, 0);
  fact_query x = {.kind = k, .limit = query_limit(q) + 1};
  fact *rows = NULL;
  size_t count = 0, subjects = 0;
  shown_by by = {0};
  err e;
  if (!k || !param_uuid(q, 1, &x.root) || !read_cursor(q, &x)) return;
  if (k->parent >= 0) {
    request_problem(q, ERR_UNKNOWN_NAME, "kind", "只有上级对象才有变更历史，请打开它的上级。",
                    "Only root subjects have a history; open its root.");
    return;
  }
  record **all = subjects_of(q, k, &x.root, &subjects);
  if (!all) return;
  if (!store_history(request_store(q), q->a, &x, &rows, &count, &e)) {
    request_fail(q, &e);
    return;
  }
  bool more = count == x.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "items");
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) {
    const record *r = subject_with(all, subjects, &rows[i].subject);
    const field *f =
        r ? field_find(r->kind->fields, r->kind->field_count, text_of(rows[i].field)) : NULL;
    if (!f) continue; /* a field that a newer pack dropped */
    if (!by.name || !uuid_equal(&by.id, &rows[i].officer))
      by = (shown_by){rows[i].officer, officer_name(q, &rows[i].officer)};
    put_change(q, &w, &rows[i], r, f, by.name);
  }
  json_close(&w, ']');
  put_next(q, &w, more ? &rows[count - 1] : NULL);
  json_close(&w, '}');
}
