/* All that was ever said of a unit's subjects, page by page, newest first. */
#include "http/handlers.h"

#include "engine/eval/display.h"

/* The officer named last: neighbours in a history are mostly one officer's. */
typedef struct named_officer {
  uuid id;
  const char *name;
} named_officer;

static label source_title(request *q, const field *f, const char *source) {
  const event_kind *ev = catalog_event(request_packs(q), text_of(source), NULL);
  if (ev) return ev->title;
  for (size_t i = 0; i < f->owner_count; i++)
    if (strcmp(f->owners[i].name, source) == 0) return f->owners[i].title;
  if (strcmp(source, "taking_in") == 0) return (label){"首次录入", "taken in"};
  if (strcmp(source, "point") == 0) return (label){"按位置", "by its place"};
  if (strcmp(source, "area") == 0) return (label){"区划变更", "change of areas"};
  if (strcmp(source, "correction") == 0) return (label){"更正", "correction"};
  return strcmp(source, "import") == 0 ? (label){"导入", "import"} : (label){"登记", "desk"};
}

static void put_change(request *q, json_out *w, const fact *x, const record *r, const field *f,
                       how_shown how, const char *officer) {
  AUTO_BUF buf shown = {0};
  field_print(&shown, f, &x->v, how, q->english);
  json_open(w, '{');
  json_field_uuid(w, "subject", &r->id);
  json_field_text(w, "subject_title", record_title(r));
  json_field_str(w, "field", f->name);
  json_field_label(w, "title", f->title);
  json_key(w, "value");
  field_put_json(w, f, &x->v, how);
  json_field_buf(w, "text", &shown);
  json_field_day(w, "since", x->since);
  json_field_instant(w, "at", x->at_ms);
  json_field_str(w, "officer_name", officer);
  json_field_str(w, "source", x->source);
  json_field_label(w, "source_title", source_title(q, f, x->source));
  json_close(w, '}');
}

typedef struct subject_list {
  record **all;
  size_t count, room;
} subject_list;

static bool add_subject(subject_list *l, arena *a, record *r, err *e) {
  record **all = ARENA_GROW(a, l->all, l->count, &l->room, record *);
  if (!all) return err_memory(e);
  l->all = all;
  l->all[l->count++] = r;
  return true;
}

/* The unit's subjects, without its events. */
static bool read_subjects(request *q, record *root, subject_list *l, err *e) {
  const pack *p = catalog_pack_of(request_packs(q), root->kind);
  if (!add_subject(l, q->a, root, e)) return false;
  for (size_t i = 0; i < p->kind_count; i++) {
    record **some = NULL;
    size_t n = 0;
    if (p->kinds[i].parent != root->kind->index) continue;
    if (!store_children(request_store(q), q->a, &p->kinds[i], &root->id, &some, &n, e))
      return false;
    for (size_t j = 0; j < n; j++)
      if (!add_subject(l, q->a, some[j], e)) return false;
  }
  return true;
}

static const record *subject_with(const subject_list *l, const uuid *id) {
  for (size_t i = 0; i < l->count; i++)
    if (uuid_equal(&l->all[i]->id, id)) return l->all[i];
  return NULL;
}

static void put_changes(request *q, json_out *w, const fact *rows, size_t count,
                        const subject_list *l) {
  named_officer by = {.name = NULL};
  const record *root = l->all[0];
  const sight s =
      request_sight(q, catalog_pack_of(request_packs(q), root->kind), root->area, &root->id);
  for (size_t i = 0; i < count; i++) {
    const record *r = subject_with(l, &rows[i].subject);
    const field *f =
        r ? field_find(r->kind->fields, r->kind->field_count, text_of(rows[i].field)) : NULL;
    const how_shown how = f ? sight_of_field(&s, f) : SHOWN_NOT;
    if (how == SHOWN_NOT) continue; /* or a field that a newer pack dropped */
    if (!by.name || !uuid_equal(&by.id, &rows[i].officer))
      by = (named_officer){rows[i].officer, view_officer_name(q, &rows[i].officer)};
    put_change(q, w, &rows[i], r, f, how, by.name);
  }
}

bool handle_history(request *q, err *e) {
  static const char parts[] = "number.id.name";
  page_cursor c;
  fact *rows = NULL;
  size_t count = 0;
  subject_list l = {.all = NULL};
  if (!page_read(q, parts, &c, e)) return false;
  record *root = param_subject(q, e);
  if (!root) return false;
  if (root->kind->parent >= 0)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "只有上级对象才有变更历史，请打开它的上级。",
                   "Only root subjects have a history; open its root.");
  fact_query x = {.kind = root->kind,
                  .root = root->id,
                  .has_after = c.given,
                  .after_seq = c.number,
                  .after_subject = c.id,
                  .after_field = c.name,
                  .limit = query_limit(q) + 1};
  if (!read_subjects(q, root, &l, e) ||
      !store_history(request_store(q), q->a, &x, &rows, &count, e))
    return false;
  bool more = count == x.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  put_changes(q, &w, rows, count, &l);
  const fact *last = more ? &rows[count - 1] : NULL;
  if (last)
    c = (page_cursor){.number = last->seq, .id = last->subject, .name = text_of(last->field)};
  page_end(&w, parts, last ? &c : NULL);
  return true;
}
