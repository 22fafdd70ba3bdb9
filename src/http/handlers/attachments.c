/* Attached files: photographs of what was found, scans. */
#include "http/handlers.h"

/* By their first bytes: what a browser claims is not believed, and nothing that it could run is
 * taken. */
static const char *type_of(text body) {
  static const struct {
    const char *start;
    size_t at, bytes;
    const char *type;
  } types[] = {{"\xff\xd8\xff", 0, 3, "image/jpeg"},
               {"\x89PNG\r\n\x1a\n", 0, 8, "image/png"},
               {"WEBP", 8, 4, "image/webp"},
               {"%PDF-", 0, 5, "application/pdf"}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (body.bytes >= types[i].at + types[i].bytes &&
        memcmp(body.at + types[i].at, types[i].start, types[i].bytes) == 0)
      return types[i].type;
  return NULL;
}

static bool keep_file(request *q, store *s, err *e) {
  const stored_file *f = q->note;
  db *d = store_db(s);
  if (!db_begin(d, e)) return false;
  if (store_file_put(s, f, e) && db_commit(d, e)) return true;
  db_rollback(d);
  return false;
}

static void after_file(request *q) {
  const stored_file *f = q->note;
  json_out w = request_answer(q, 201);
  json_open(&w, '{');
  put_str(&w, "name", f->name);
  put_str(&w, "type", f->type);
  put_int(&w, "bytes", (int64_t)f->body.bytes);
  json_close(&w, '}');
}

void handle_file_new(request *q) {
  text body = buf_view(&q->body);
  const char *type = type_of(body);
  if (!type) {
    request_problem(q, ERR_BAD_INPUT, NULL, "只能上传照片（JPEG、PNG、WebP）或 PDF。",
                    "Only photographs (JPEG, PNG, WebP) and PDF can be sent.");
    return;
  }
  stored_file *f = ARENA_NEW(q->a, stored_file);
  char *room = ARENA_ARRAY(q->a, 65, char);
  err e;
  if (!f || !room) {
    err_memory(&e);
    request_fail(q, &e);
    return;
  }
  hash h = hash_of(&body, 1);
  hash_format(&h, room);
  *f = (stored_file){.name = room, .type = type, .at_ms = now_ms(), .body = body};
  q->note = f;
  request_background(q, keep_file, after_file);
}

/* Whoever is signed in and knows the name, which nobody can guess: it stands in the records he may
 * see. */
void handle_file_get(request *q) {
  stored_file *f = NULL;
  err e;
  if (!store_file(request_store(q), q->a, q->params[0], &f, &e)) {
    request_fail(q, &e);
    return;
  }
  if (!f) {
    request_problem(q, ERR_UNKNOWN_NAME, "name", "没有这个文件，可能还没有传上来。",
                    "There is no such file; it may not have been sent yet.");
    return;
  }
  q->status = 200;
  q->content_type = f->type;
  q->answered = true;
  buf_clear(&q->out);
  buf_add(&q->out, f->body.at, f->body.bytes);
}
