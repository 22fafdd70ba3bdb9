#include "http/uploads.h"

#include "base/log.h"
#include "engine/officers.h"
#include "http/params.h"

/* ---- who sees them ---- */

bool upload_may_see(request *q, const uuid *owner, bool *ret_yes, err *e) {
  const actor *who = &q->who.actor;
  officer *o = NULL;
  *ret_yes = uuid_equal(owner, &who->officer);
  if (*ret_yes || !actor_may(who, request_packs(q), RIGHT_ADMINISTER, NULL, NULL)) return true;
  if (!store_officer_find(request_store(q), q->a, owner, &o, e)) return false;
  const officer_rules rules = {request_store(q), request_packs(q), q->a, who};
  *ret_yes = o && officer_may_manage(&rules, o, NULL);
  return true;
}

upload *upload_of_address(request *q, bool of_officers, bool with_body, err *e) {
  uuid id;
  upload *u = NULL;
  bool yes = false;
  if (!param_uuid(q, 0, &id, e) ||
      !store_upload_find(request_store(q), q->a, &id, with_body, &u, e))
    return NULL;
  if (u && upload_is_of_officers(u) == of_officers && !upload_may_see(q, &u->officer, &yes, e))
    return NULL;
  if (yes) return u;
  err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这次导入。", "There is no such import.");
  return NULL;
}

/* ---- keeping and telling ---- */

/* A roster that was dealt with is not needed any more, unless rows of it are to be mended; a list
 * of officers is read again, and so is one that was compared. */
static bool needs_body(const upload *u) {
  arena *a AUTO_ARENA = arena_new(0);
  int64_t refused = 0;
  err ignored;
  if (upload_is_of_officers(u) || strcmp(u->state, "checked") == 0 ||
      strcmp(u->state, "running") == 0 || !a)
    return true;
  const json *report = json_parse(a, u->report, &ignored);
  json_int(report, "refused", &refused);
  return strcmp(u->state, "applied") == 0 && (refused > 0 || json_has(report, "compared"));
}

bool upload_keep(store *s, const upload *u, err *e) {
  db *d = store_db(s);
  static const uint8_t first[10];
  const uuid long_ago = uuid_v7(now_ms() - UPLOAD_DAYS * (int64_t)86400000, first);
  upload x = *u;
  if (!needs_body(u)) x.body = TEXT("");
  if (!db_begin(d, e)) return false;
  if (store_upload_put(s, &x, e) && store_uploads_empty(s, &long_ago, e) && db_commit(d, e))
    return true;
  db_rollback(d);
  return false;
}

bool upload_not_noted(label what, err *e) {
  return err_set(e, e->code, NULL, "%s，但没能记下，请再点一次，不会重复。",
                 "%s, but that could not be noted; ask once more, nothing is done twice.",
                 LABEL(what));
}

void upload_put_layout(json_out *w, const upload *u) {
  const char *dot = strchr(u->layout, '.');
  json_field_text(w, "pack", dot ? (text){u->layout, (size_t)(dot - u->layout)} : TEXT(""));
  json_field_str(w, "layout", dot ? dot + 1 : u->layout);
}

bool upload_put(request *q, json_out *w, const upload *u, err *e) {
  const json *report = json_parse(q->a, u->report, e);
  if (!report) return false;
  json_field_uuid(w, "id", &u->id);
  if (!upload_is_of_officers(u)) upload_put_layout(w, u);
  json_field_str(w, "file", u->file);
  json_field_str(w, "state", u->state);
  for (size_t i = 0; i < report->count; i++) {
    json_key_text(w, report->keys[i]);
    json_put(w, &report->items[i]);
  }
  return true;
}

void import_targets_put(json_out *w, const import_target *targets, size_t count) {
  json_field_open(w, "targets", '[');
  for (size_t i = 0; i < count; i++) {
    json_open(w, '{');
    json_field_str(w, "to", targets[i].word);
    json_field_label(w, "title", targets[i].title);
    json_field_label(w, "of", targets[i].of);
    json_field_bool(w, "required", targets[i].to && targets[i].to->required);
    json_close(w, '}');
  }
  json_close(w, ']');
}

void upload_log(const request *q, const upload *u) {
  err ignored;
  int64_t accepted = 0, refused = 0;
  const json *report = json_parse(q->a, u->report, &ignored);
  json_int(report, "accepted", &accepted);
  json_int(report, "refused", &refused);
  log_event(LOG_INFO, "import", log_word("request", q->id), log_id("import", &u->id),
            log_word("layout", u->layout), log_word("state", u->state),
            log_int("accepted", accepted), log_int("refused", refused));
}
