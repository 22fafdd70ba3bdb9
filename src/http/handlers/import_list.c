/* The list of all imports. */
#include "http/handlers.h"

#include "http/import_runs.h"
#include "http/uploads.h"

enum { LOOKED_THROUGH = 200 };

static void put_line(request *q, json_out *w, const upload *u, const import_layout *l) {
  err ignored;
  int64_t n[3] = {0}, done = 0;
  static const char *const counts[] = {"rows", "accepted", "refused"};
  const json *report = json_parse(q->a, u->report, &ignored);
  json_open(w, '{');
  json_field_uuid(w, "id", &u->id);
  upload_put_layout(w, u);
  json_field_label(w, "title",
                   upload_is_of_officers(u) ? (label){"人员名单", "Officers"}
                   : l                      ? l->title
                                            : (label){u->layout, u->layout});
  json_field_str(w, "file", u->file);
  json_field_str(w, "state", u->state);
  json_field_instant(w, "at", uuid_ms(&u->id));
  json_field_uuid(w, "officer", &u->officer);
  json_field_str(w, "officer_name", view_officer_name(q, &u->officer));
  if (strcmp(u->state, "running") == 0 && import_run_rows(&u->id, &done))
    json_field_int(w, "done", done);
  else if (strcmp(u->state, "running") == 0)
    json_field_bool(w, "interrupted", true);
  for (size_t i = 0; i < 3; i++) {
    json_int(report, counts[i], &n[i]);
    json_field_int(w, counts[i], n[i]);
  }
  json_close(w, '}');
}

typedef struct import_page {
  upload **shown;
  size_t most, count;
  uuid last; /* the one read last, shown or not */
  bool more;
} import_page;

/* Adds those of the next rows of the store that he may see. */
static bool page_read_on(request *q, import_page *x, err *e) {
  upload *rows = NULL;
  size_t count = 0;
  const uuid before = x->last;
  if (!store_uploads(request_store(q), q->a, &before, LOOKED_THROUGH, &rows, &count, e))
    return false;
  x->more = count == LOOKED_THROUGH;
  for (size_t i = 0; i < count; i++) {
    bool yes = false;
    if (!upload_may_see(q, &rows[i].officer, &yes, e)) return false;
    if (yes && x->count == x->most) {
      x->more = true;
      return true;
    }
    x->last = rows[i].id;
    if (yes) x->shown[x->count++] = &rows[i];
  }
  return true;
}

bool handle_imports(request *q, err *e) {
  static const char parts[] = "id";
  page_cursor c;
  import_page x = {.most = query_limit(q), .more = true};
  x.shown = ARENA_ARRAY(q->a, x.most, upload *);
  if (!x.shown) return err_memory(e);
  if (!page_read(q, parts, &c, e)) return false;
  x.last = c.id;
  while (x.more && x.count < x.most)
    if (!page_read_on(q, &x, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < x.count; i++)
    put_line(q, &w, x.shown[i], catalog_import(request_packs(q), text_of(x.shown[i]->layout)).item);
  c.id = x.last;
  page_end(&w, parts, x.more ? &c : NULL);
  return true;
}
