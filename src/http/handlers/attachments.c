/* Attached files: photographs of what was found, scans. */
#include "http/handlers.h"
#include "store/rows/attachments.h"
#include "store/rows/settings.h"

/* By their first bytes: what a browser claims is not believed, and nothing that it could run is
 * taken. */
static const char *attachment_type(text body) {
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

/* A disk that one account can fill is everybody's. */
static bool has_room(store *s, const stored_file *f, err *e) {
  enum { DAY_MS = 24 * 3600 * 1000 };
  const int64_t mb = 1 << 20;
  county_settings place;
  int64_t all = 0, own = 0;
  if (!store_settings(s, &place, e) ||
      !store_file_bytes(s, &f->officer, f->at_ms - DAY_MS, &all, &own, e))
    return false;
  if (own + f->bytes > place.files_day_mb * mb)
    return err_set(
        e, ERR_TOO_LARGE, NULL,
        "您一天内上传的照片和附件已到 %lld 兆，先办别的，明天再传；确有需要请联系管理员。",
        "You have sent %lld megabytes of photographs and files within a day; go on "
        "tomorrow, or ask the administrator.",
        (long long)place.files_day_mb);
  if (all + f->bytes > place.files_all_mb * mb)
    return err_set(e, ERR_TOO_LARGE, NULL, "照片和附件一共已到 %lld 兆的上限，请联系管理员。",
                   "Photographs and files have come to their %lld megabytes; tell the "
                   "administrator.",
                   (long long)place.files_all_mb);
  return true;
}

static bool keep_attachment(request *q, store *s, err *e) {
  const stored_file *f = q->data;
  db *d = store_db(s);
  if (!db_begin(d, e)) return false;
  if (has_room(s, f, e) && store_attachment_put(s, f, e) && db_commit(d, e)) return true;
  db_rollback(d);
  return false;
}

static bool after_attachment(request *q, err *e) {
  (void)e;
  const stored_file *f = q->data;
  json_out w = request_answer(q, 201);
  json_open(&w, '{');
  json_field_str(&w, "name", f->name);
  json_field_str(&w, "type", f->type);
  json_field_int(&w, "bytes", (int64_t)f->body.bytes);
  json_close(&w, '}');
  return true;
}

/* Photographs belong to records: whoever sees none has no business with them. */
static bool may_attach(request *q, label what, err *e) {
  return q->who.reach.count || rights_denied(what, e);
}

bool handle_attachment_new(request *q, err *e) {
  if (!(request_may(q, RIGHT_REGISTER, NULL, NULL) || request_may(q, RIGHT_RECORD, NULL, NULL) ||
        request_may(q, RIGHT_DECIDE, NULL, NULL)))
    return rights_denied((label){"上传附件", "send files"}, e);
  text body = buf_view(&q->body);
  const char *type = attachment_type(body);
  if (!type)
    return err_set(e, ERR_BAD_INPUT, NULL, "只能上传照片（JPEG、PNG、WebP）或 PDF。",
                   "Only photographs (JPEG, PNG, WebP) and PDF can be sent.");
  stored_file *f = ARENA_NEW(q->a, stored_file);
  char *name = ARENA_ARRAY(q->a, 65, char);
  if (!f || !name) return err_memory(e);
  hash h = hash_of(&body, 1);
  hash_format(&h, name);
  *f = (stored_file){.name = name,
                     .type = type,
                     .at_ms = now_ms(),
                     .officer = q->who.officer->id,
                     .bytes = (int64_t)body.bytes,
                     .body = body};
  q->data = f;
  return request_background(q, BACKGROUND_FILE, keep_attachment, after_attachment);
}

/* Whether he sees a unit whose records name it. */
static bool sees_named(request *q, text name, bool *ret_yes, err *e) {
  file_naming *all = NULL;
  size_t count = 0;
  *ret_yes = false;
  if (!store_file_namings(request_store(q), q->a, name, &all, &count, e)) return false;
  for (size_t i = 0; i < count && !*ret_yes; i++) {
    const kind *k = catalog_kind(request_packs(q), text_of(all[i].kind), NULL);
    record *root = NULL;
    if (!k) continue; /* of a pack that is gone */
    const kind *of = catalog_root_kind(request_packs(q), k);
    if (!store_subject_find(request_store(q), q->a, of, &all[i].root, NULL, &root, e) ||
        (!root && !store_subject_standing(request_store(q), q->a, of, &all[i].root, &root, e)) ||
        (root && !request_sees(q, k, &root->id, root->area, ret_yes, e)))
      return false;
  }
  return true;
}

/* Whoever sees a record that names it; and who sent it. To all others it is not there,
 * whether it is or not. */
bool handle_attachment_get(request *q, err *e) {
  stored_file *f = NULL;
  if (!may_attach(q, (label){"查看附件", "see files"}, e)) return false;
  if (!store_attachment_find(request_store(q), q->a, q->params[0], &f, e)) return false;
  bool sees = f && uuid_equal(&f->officer, &q->who.officer->id);
  if (f && !sees && !sees_named(q, q->params[0], &sees, e)) return false;
  if (!sees)
    return err_set(e, ERR_UNKNOWN_NAME, "name", "没有这个文件，可能还没有传上来。",
                   "There is no such file; it may not have been sent yet.");
  request_answer(q, 200);
  q->content_type = f->type;
  /* A picture is shown in its place; a document is opened by whoever saves it, never in here. */
  q->file_name = strncmp(f->type, "image/", 6) == 0 ? "inline" : "attachment";
  buf_add(&q->out, f->body.at, f->body.bytes);
  return true;
}
