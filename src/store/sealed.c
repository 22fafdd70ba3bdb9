/* The data keys of a county, and the values they seal. */
#include "store/sealed.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/key_file.h"
#include "base/json_map.h"
#include "store/row.h"
#include "store/store_internal.h"

typedef struct data_key {
  uuid owner;
  text wrapped; /* coded: number of the file's key, then the sealed key; at NULL: destroyed */
  bool has_until;
  int64_t until; /* of a root: entries about its unit up to this one are passed over */
} data_key;

const row_table store_table_data_key = {
    .name = "data_key",
    ROW_COLUMNS(
        data_key, ROW_UUID("owner", data_key, owner, KEY),
        {.name = "wrapped", ROW_TYPE_OPTIONAL_TEXT, ROW_CHANGES, ROW_AT(data_key, wrapped, text)},
        ROW_OPTIONAL_INT("until", data_key, until, has_until, CHANGES))};

static text bytes_of_uuid(const uuid *u) {
  return (text){(const char *)u->b, sizeof u->b};
}

/* ---- the file's key ---- */

/* Beside the place, or among the settings of whoever runs it. */
static bool expected_path(const char *place, char ret[4096], err *e) {
  if (!db_is_url(place)) {
    size_t n = strlen(place);
    while (n > 1 && place[n - 1] == '/') n--;
    snprintf(ret, 4096, "%.*s.key", (int)n, place);
    return true;
  }
  const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  if (!(config && *config) && !(home && *home))
    return err_set(e, ERR_USAGE, NULL, "请用 --key-file 指明密钥文件。",
                   "Say by --key-file where the key file is.");
  char folder[4000];
  if (config && *config)
    snprintf(folder, sizeof folder, "%.3900s", config);
  else
    snprintf(folder, sizeof folder, "%.3900s/.config", home);
  snprintf(ret, 4096, "%s/jishi/jishi.key", folder);
  return true;
}

bool key_file_of_place(const char *place, char ret[4096], err *e) {
  const char *told = key_file_path(NULL);
  if (!told) return expected_path(place, ret, e);
  snprintf(ret, 4096, "%s", told);
  return true;
}

static void make_folders(const char *path) {
  char folder[4096];
  for (const char *at = path + 1; (at = strchr(at, '/')); at++) {
    snprintf(folder, sizeof folder, "%.*s", (int)(at - path), path);
    mkdir(folder, 0700); /* that it could not be made is told with the file */
  }
}

static bool wrap(store *s, const key_number *number, const uuid *owner, const seal_key *key,
                 char ret[WRAPPED_CHARS], err *e) {
  char path[4096];
  uint8_t bytes[WRAPPED_BYTES];
  seal_key around;
  if (!key_file_of_place(s->location, path, e) || !key_file_find(path, number, &around, e))
    return false;
  memcpy(bytes, number, sizeof *number);
  seal_close(&around, bytes_of_uuid(owner), (text){(const char *)key, sizeof *key},
             bytes + sizeof *number);
  seal_code(bytes, sizeof bytes, ret);
  seal_key_wipe(&around);
  return true;
}

/* The file's key that was used last is at hand: all rows have the same but while it is renewed. */
static bool around_of(store *s, const key_number *number, err *e) {
  char path[4096];
  if (s->keys.has_around && memcmp(&s->keys.number, number, sizeof *number) == 0) return true;
  if (!key_file_of_place(s->location, path, e) || !key_file_find(path, number, &s->keys.around, e))
    return false;
  s->keys.number = *number;
  s->keys.has_around = true;
  return true;
}

static bool unwrap(store *s, const uuid *owner, text wrapped, bool *ret_fits, seal_key *ret,
                   err *e) {
  key_number number;
  uint8_t bytes[WRAPPED_BYTES];
  size_t n = 0;
  *ret_fits = false;
  if (wrapped.bytes != WRAPPED_CHARS || !seal_decode(wrapped, bytes, &n)) return true;
  memcpy(&number, bytes, sizeof number);
  if (!around_of(s, &number, e)) return false;
  text sealed = {(const char *)bytes + sizeof number, sizeof bytes - sizeof number};
  *ret_fits = seal_open(&s->keys.around, bytes_of_uuid(owner), sealed, (uint8_t *)ret);
  return true;
}

/* ---- data keys ---- */

static key_slot *slot_of(store *s, const uuid *owner) {
  return &s->keys.slots[text_hash(bytes_of_uuid(owner)) % KEY_SLOTS];
}

/* What an undone transaction made is no more. */
static void drop_undone(store *s) {
  if (s->keys.undone == db_undone(s->d)) return;
  seal_wipe(s->keys.slots, sizeof s->keys.slots);
  s->keys.undone = db_undone(s->d);
}

void sealed_forget(store *s) {
  seal_wipe(&s->keys, sizeof s->keys);
}

void sealed_offer(store *s, text wrapped) {
  s->keys.offered_bytes = wrapped.bytes == WRAPPED_CHARS ? wrapped.bytes : 0;
  if (s->keys.offered_bytes) memcpy(s->keys.offered, wrapped.at, wrapped.bytes);
}

/* As it stands in the data; ret->bytes 0: there is none, or it was destroyed. */
static bool read_wrapped(store *s, const uuid *owner, char room[WRAPPED_CHARS], bool *ret_there,
                         text *ret, err *e) {
  db_stmt *q = sql_prepare(s, "SELECT wrapped FROM data_key WHERE county = $1 AND owner = $2", e);
  *ret = (text){room, 0};
  if (!q) return false;
  db_bind_blob(q, 2, owner->b, sizeof owner->b); /* nil, too */
  int got = db_next(q, e);
  *ret_there = got > 0;
  if (got > 0) {
    text b = db_text(q, 0);
    ret->bytes = b.bytes <= WRAPPED_CHARS ? b.bytes : 0;
    if (ret->bytes) memcpy(room, b.at, ret->bytes);
    db_done(q);
  }
  return got >= 0;
}

static bool altered(err *e) {
  return err_set(e, ERR_STORE, "data_key", "数据密钥被改动过，封存的内容打不开。",
                 "A data key was altered; what it sealed cannot be opened.");
}

bool sealed_key_fits(store *s, const uuid *owner, text wrapped, err *e) {
  seal_key key = {0};
  bool fits = !uuid_is_nil(owner);
  bool ok = !wrapped.bytes || unwrap(s, owner, wrapped, &fits, &key, e);
  seal_key_wipe(&key);
  return ok && (fits || altered(e));
}

static bool read_key(store *s, const uuid *owner, bool *ret_there, bool *ret_fits, seal_key *ret,
                     err *e) {
  char room[WRAPPED_CHARS];
  text found;
  *ret_fits = false;
  if (!read_wrapped(s, owner, room, ret_there, &found, e)) return false;
  if (!found.bytes) return true;
  return unwrap(s, owner, found, ret_fits, ret, e) && (*ret_fits || altered(e));
}

/* `wrapped` at NULL: a destroyed one. */
static bool put_key(store *s, const uuid *owner, text wrapped, err *e) {
  db_stmt *q =
      sql_prepare(s, "INSERT INTO data_key (county, owner, wrapped) VALUES ($1, $2, $3)", e);
  if (!q) return false;
  db_bind_blob(q, 2, owner->b, sizeof owner->b); /* nil, too */
  db_bind_text(q, 3, wrapped);
  return db_run(q, e);
}

static bool put_until(store *s, const uuid *owner, int64_t until, err *e) {
  db_stmt *q = sql_prepare(s, "UPDATE data_key SET until = $3 WHERE county = $1 AND owner = $2", e);
  if (!q) return false;
  db_bind_blob(q, 2, owner->b, sizeof owner->b);
  db_bind_int(q, 3, until);
  return db_run(q, e);
}

bool sealed_wrapped_by(text wrapped, key_number *ret) {
  uint8_t bytes[WRAPPED_BYTES];
  size_t n = 0;
  if (wrapped.bytes != WRAPPED_CHARS || !seal_decode(wrapped, bytes, &n)) return false;
  memcpy(ret, bytes, sizeof *ret);
  return true;
}

/* By which key of the file the county's is wrapped, as it stands now: another program may be
 * renewing them. */
static bool number_in_use(store *s, key_number *ret, err *e) {
  static const uuid nil = {{0}};
  char room[WRAPPED_CHARS];
  bool there;
  text found;
  if (!read_wrapped(s, &nil, room, &there, &found, e)) return false;
  return sealed_wrapped_by(found, ret) ||
         err_set(e, ERR_STORE, "data_key", "这里还没有密钥，请先启动一次服务。",
                 "There is no key here yet; start the service once.");
}

/* *ret NULL: it was destroyed, or (when it is not to be made) never was. */
static bool key_of(store *s, const uuid *owner, bool make, const seal_key **ret, err *e) {
  drop_undone(s);
  key_slot *slot = slot_of(s, owner);
  *ret = &slot->key;
  if (slot->used && uuid_equal(&slot->owner, owner)) return true;
  bool there = false, fits = false;
  seal_key key;
  text offered = {s->keys.offered, s->keys.offered_bytes};
  if (offered.bytes && !unwrap(s, owner, offered, &fits, &key, e)) return false;
  if (!fits && !read_key(s, owner, &there, &fits, &key, e)) return false;
  if (!fits && !there && make) {
    key_number number;
    char wrapped[WRAPPED_CHARS];
    if (!number_in_use(s, &number, e)) return false;
    seal_key_random(&key);
    fits = wrap(s, &number, owner, &key, wrapped, e) &&
           put_key(s, owner, (text){wrapped, sizeof wrapped}, e);
    if (!fits) return false;
  }
  if (!fits) {
    *ret = NULL;
    return true;
  }
  slot = slot_of(s, owner);
  *slot = (key_slot){.used = true, .owner = *owner, .key = key};
  seal_key_wipe(&key);
  *ret = &slot->key;
  return true;
}

bool sealed_make(store *s, bool wrapped, err *e) {
  char path[4096];
  key_number number;
  seal_key key;
  char bytes[WRAPPED_CHARS];
  const uuid nil = {{0}};
  if (!key_file_of_place(s->location, path, e)) return false;
  if (db_is_url(s->location) && !key_file_path(NULL)) make_folders(path);
  if (!key_file_make(path, wrapped, &number, e)) return false;
  seal_key_random(&key);
  bool ok =
      wrap(s, &number, &nil, &key, bytes, e) && put_key(s, &nil, (text){bytes, sizeof bytes}, e);
  seal_key_wipe(&key);
  return ok;
}

bool sealed_ready(store *s, err *e) {
  const uuid nil = {{0}};
  const seal_key *ignored;
  return key_of(s, &nil, false, &ignored, e);
}

bool sealed_begin(store *s, err *e) {
  const uuid nil = {{0}};
  const seal_key *county = NULL;
  if (!key_of(s, &nil, false, &county, e) || county) return county != NULL;
  if (!db_begin(s->d, e)) return false;
  if (sealed_make(s, false, e)) return db_commit(s->d, e);
  db_rollback(s->d);
  return false;
}

bool sealed_copy(store *to, store *from, err *e) {
  db_stmt *q = sql_prepare(
      from, "SELECT owner, wrapped, until FROM data_key WHERE county = $1 ORDER BY owner", e);
  int got = q ? 0 : -1;
  while (q && (got = db_next(q, e)) > 0) {
    const uuid owner = sql_uuid(q, 0);
    const text wrapped = db_null(q, 1) ? (text){NULL, 0} : db_text(q, 1);
    const int64_t until = db_int(q, 2);
    if (put_key(to, &owner, wrapped, e) && (!until || put_until(to, &owner, until, e))) continue;
    db_done(q);
    return false;
  }
  return got == 0;
}

bool sealed_wrap_again(store *s, const key_number *number, const uuid *owner, text wrapped,
                       char *ret, err *e) {
  seal_key key;
  bool fits = false;
  if (!unwrap(s, owner, wrapped, &fits, &key, e)) return false;
  if (!fits) return altered(e);
  bool ok = wrap(s, number, owner, &key, ret, e);
  seal_key_wipe(&key);
  return ok;
}

/* ---- values ---- */

bool sealed_is(text t) {
  return t.bytes > sizeof SEALED_MARK - 1 && memcmp(t.at, SEALED_MARK, sizeof SEALED_MARK - 1) == 0;
}

enum { MARK = sizeof SEALED_MARK - 1 };

/* Who stands for an owner whose key was destroyed, and yet goes on. */
static uuid renewed(const uuid *owner) {
  return uuid_derived(owner, TEXT("renewed"));
}

/* The last of the owners that stand for one, whether or not its key is there. */
static bool newest_of(store *s, const uuid *owner, uuid *ret, err *e) {
  char room[WRAPPED_CHARS];
  bool there = true;
  text wrapped;
  *ret = *owner;
  for (uuid next = *owner; there; next = renewed(&next)) {
    if (!read_wrapped(s, &next, room, &there, &wrapped, e)) return false;
    if (there) *ret = next;
    if (there && wrapped.bytes) return true;
  }
  return true;
}

/* *ret_owner: by whose key it is sealed in the end. */
static bool key_to_seal(store *s, const uuid *owner, uuid *ret_owner, const seal_key **ret,
                        err *e) {
  *ret_owner = *owner;
  if (!key_of(s, owner, true, ret, e)) return false;
  if (!*ret && (!newest_of(s, owner, ret_owner, e) || !key_of(s, ret_owner, false, ret, e)))
    return false;
  return *ret ||
         err_set(e, ERR_NOT_ALLOWED, NULL, "这个对象的密钥已销毁，不能再登记封存的内容。",
                 "The key of this record was destroyed: nothing that is sealed can be recorded "
                 "of it any more.");
}

bool sealed_blob(store *s, const uuid *owner, text context, text plain, arena *a, text *ret,
                 err *e) {
  const seal_key *key = NULL;
  uuid by;
  if (!key_to_seal(s, owner, &by, &key, e)) return false;
  size_t bytes = MARK + sizeof by + plain.bytes + SEAL_MORE_BYTES;
  char *out = arena_take(a, bytes);
  if (!out) return err_memory(e);
  memcpy(out, SEALED_BLOB_MARK, MARK);
  memcpy(out + MARK, &by, sizeof by);
  seal_close(key, context, plain, (uint8_t *)out + MARK + sizeof by);
  *ret = (text){out, bytes};
  return true;
}

bool sealed_text(store *s, const uuid *owner, text context, text plain, arena *a, text *ret,
                 err *e) {
  const seal_key *key = NULL;
  uuid by;
  if (!key_to_seal(s, owner, &by, &key, e)) return false;
  size_t bytes = sizeof by + plain.bytes + SEAL_MORE_BYTES;
  size_t coded = MARK + seal_coded_bytes(bytes);
  uint8_t *raw = arena_take(a, bytes);
  char *out = raw ? arena_take(a, coded + 1) : NULL;
  if (!out) return err_memory(e);
  memcpy(raw, &by, sizeof by);
  seal_close(key, context, plain, raw + sizeof by);
  memcpy(out, SEALED_MARK, MARK);
  seal_code(raw, bytes, out + MARK);
  *ret = (text){out, coded};
  return true;
}

/* ---- destroying ---- */

void sealed_keys_changed(store *s) {
  seal_wipe(s->keys.slots, sizeof s->keys.slots);
  s->keys.offered_bytes = 0;
}

static bool destroy(store *s, const uuid *owner, err *e) {
  db_stmt *q = sql_prepare(s,
                           "INSERT INTO data_key (county, owner, wrapped) VALUES ($1, $2, NULL) "
                           "ON CONFLICT (county, owner) DO UPDATE SET wrapped = NULL",
                           e);
  if (!q) return false;
  db_bind_blob(q, 2, owner->b, sizeof owner->b);
  sealed_keys_changed(s);
  return db_run(q, e);
}

bool sealed_goes_on(store *s, const uuid *owner, bool *ret_yes, err *e) {
  char room[WRAPPED_CHARS];
  bool there;
  uuid is;
  text wrapped;
  if (!newest_of(s, owner, &is, e) || !read_wrapped(s, &is, room, &there, &wrapped, e))
    return false;
  *ret_yes = !there || wrapped.bytes; /* who has no key yet gets one */
  return true;
}

bool sealed_destroy(store *s, const uuid *owner, bool goes_on, err *e) {
  uuid is;
  const seal_key *ignored;
  bool went_on;
  if (!sealed_goes_on(s, owner, &went_on, e)) return false;
  if (!went_on) return true; /* forgotten before */
  if (!newest_of(s, owner, &is, e) || !destroy(s, &is, e)) return false;
  if (!goes_on) return true;
  is = renewed(&is);
  return key_of(s, &is, true, &ignored, e);
}

bool sealed_pass_over(store *s, const uuid *root, int64_t until, err *e) {
  return put_until(s, root, until, e);
}

bool sealed_last_passed_over(store *s, int64_t *ret, err *e) {
  db_stmt *q = sql_prepare(s, "SELECT max(until) FROM data_key WHERE county = $1", e);
  int got = q ? db_next(q, e) : -1;
  *ret = got > 0 ? db_int(q, 0) : 0;
  if (got > 0) db_done(q);
  return got >= 0;
}

bool sealed_passed_over(store *s, const uuid *root, int64_t seq, bool *ret_yes, err *e) {
  *ret_yes = false;
  if (uuid_is_nil(root)) return true;
  db_stmt *q =
      sql_prepare(s, "SELECT 1 FROM data_key WHERE county = $1 AND owner = $2 AND until >= $3", e);
  if (!q) return false;
  db_bind_blob(q, 2, root->b, sizeof root->b);
  db_bind_int(q, 3, seq);
  int got = db_next(q, e);
  if (got > 0) db_done(q);
  *ret_yes = got > 0;
  return got >= 0;
}

static bool unreadable(text context, err *e) {
  char where[ERR_WHERE_MAX];
  snprintf(where, sizeof where, "%.*s", (int)(context.bytes > 60 ? 60 : context.bytes), context.at);
  return err_set(e, ERR_STORE, where, "封存的内容打不开：它被改动过，或密钥不对。",
                 "A sealed value cannot be opened: it was altered, or the key is another one.");
}

bool sealed_open(store *s, text context, text sealed, arena *a, text *ret, err *e) {
  const seal_key *key = NULL;
  uuid owner;
  size_t bytes = 0;
  const bool blob = sealed.bytes > MARK && memcmp(sealed.at, SEALED_BLOB_MARK, MARK) == 0;
  if (!blob && !sealed_is(sealed)) {
    char *copy = arena_copy(a, sealed.at, sealed.bytes);
    *ret = (text){copy, sealed.bytes};
    return copy || err_memory(e);
  }
  const text coded = {sealed.at + MARK, sealed.bytes - MARK};
  const uint8_t *raw = (const uint8_t *)coded.at;
  uint8_t small[1024], *room = small;
  if (blob) {
    bytes = coded.bytes;
  } else {
    if (coded.bytes > sizeof small && !(room = arena_take(a, coded.bytes))) return err_memory(e);
    if (!seal_decode(coded, room, &bytes)) return unreadable(context, e);
    raw = room;
  }
  if (bytes < sizeof owner + SEAL_MORE_BYTES) return unreadable(context, e);
  memcpy(&owner, raw, sizeof owner);
  if (!key_of(s, &owner, false, &key, e)) return false;
  if (!key) {
    *ret = (text){NULL, 0};
    return true;
  }
  text inside = {(const char *)raw + sizeof owner, bytes - sizeof owner};
  char *out = arena_take(a, inside.bytes - SEAL_MORE_BYTES + 1);
  if (!out) return err_memory(e);
  if (!seal_open(key, context, inside, (uint8_t *)out)) return unreadable(context, e);
  *ret = (text){out, inside.bytes - SEAL_MORE_BYTES};
  return true;
}

bool sealed_hash(store *s, text context, text value, uint8_t ret[SEAL_INDEX_BYTES], err *e) {
  const uuid nil = {{0}};
  const seal_key *key = NULL;
  if (!key_of(s, &nil, false, &key, e)) return false;
  if (!key) return unreadable(context, e);
  seal_index(key, context, value, ret);
  return true;
}

bool sealed_index(store *s, text context, text value, char ret[SEALED_INDEX_CHARS + 1], err *e) {
  uint8_t index[SEAL_INDEX_BYTES];
  if (!sealed_hash(s, context, value, index, e)) return false;
  seal_code(index, sizeof index, ret);
  ret[SEALED_INDEX_CHARS] = 0;
  return true;
}

bool sealed_key_mark(store *s, const kind *k, text key, char room[SEALED_INDEX_CHARS + 1],
                     text *ret, err *e) {
  *ret = key;
  if (k->key < 0 || !k->fields[k->key].sealed) return true;
  if (!sealed_index(s, TEXT("key"), key, room, e)) return false;
  *ret = text_of(room);
  return true;
}

/* ---- bodies of entries ---- */

static bool is_private(const store *s, text name) {
  for (size_t i = 0; i < s->private_count; i++)
    if (text_is(name, s->private_names[i])) return true;
  return false;
}

/* What stands in forms; the members of the body itself are the engine's own. */
static bool is_form(const json *tree, const json *body) {
  return tree->type == JSON_MAP && tree != body;
}

static bool has_private(const store *s, const json *tree, const json *body) {
  for (size_t i = 0; i < tree->count; i++) {
    const json *each = &tree->items[i];
    if (is_form(tree, body) && each->type != JSON_NULL && is_private(s, tree->keys[i])) return true;
    if (each->count && has_private(s, each, body)) return true;
  }
  return false;
}

static const char sealed_key[] = "sealed";

static bool seal_member(store *s, arena *a, const uuid *owner, text name, const json *value,
                        json *ret, err *e) {
  AUTO_BUF buf plain = {0};
  text sealed;
  json_canonical(&plain, value);
  if (!buf_ok(&plain)) return err_memory(e);
  if (!sealed_text(s, owner, name, buf_view(&plain), a, &sealed, e)) return false;
  json *map = json_map_new(a);
  if (!json_set_text(a, map, sealed_key, sealed)) return err_memory(e);
  *ret = *map;
  return true;
}

static bool seal_tree(store *s, arena *a, const uuid *owner, const json *body, const json *tree,
                      json *ret, err *e) {
  *ret = *tree;
  if (!tree->count || !has_private(s, tree, body)) return true;
  if (!(ret->items = ARENA_ARRAY(a, tree->count, json))) return err_memory(e);
  for (size_t i = 0; i < tree->count; i++) {
    const json *each = &tree->items[i];
    bool seal = is_form(tree, body) && each->type != JSON_NULL && is_private(s, tree->keys[i]);
    if (!(seal ? seal_member(s, a, owner, tree->keys[i], each, &ret->items[i], e)
               : seal_tree(s, a, owner, body, each, &ret->items[i], e)))
      return false;
  }
  return true;
}

/* What people wrote of a subject: the forms, and what they said beside them. */
static bool is_written(text name, const json *value) {
  static const char *const said[] = {"note", "reason", "document"};
  if (value->type == JSON_MAP) return value->count && !json_get(value, sealed_key);
  for (size_t i = 0; i < sizeof said / sizeof *said; i++)
    if (value->type == JSON_TEXT && value->s.bytes && text_is(name, said[i])) return true;
  return false;
}

static bool seal_written(store *s, arena *a, const uuid *owner, const json *body, json *ret,
                         err *e) {
  *ret = *body;
  if (!(ret->items = ARENA_ARRAY(a, body->count + 1, json))) return err_memory(e);
  for (size_t i = 0; i < body->count; i++) {
    ret->items[i] = body->items[i];
    if (is_written(body->keys[i], &body->items[i]) &&
        !seal_member(s, a, owner, body->keys[i], &body->items[i], &ret->items[i], e))
      return false;
  }
  return true;
}

bool sealed_body(store *s, arena *a, const uuid *owner, const json *body, buf *ret, err *e) {
  json sealed;
  if (uuid_is_nil(owner) || body->type != JSON_MAP ? !seal_tree(s, a, owner, body, body, &sealed, e)
                                                   : !seal_written(s, a, owner, body, &sealed, e))
    return false;
  json_canonical(ret, &sealed);
  return buf_ok(ret) || err_memory(e);
}

/* {"sealed": "~1…"}: NULL when it is something else. */
static const json *sealed_member(const json *tree) {
  const json *in = tree->type == JSON_MAP && tree->count == 1 ? json_get(tree, sealed_key) : NULL;
  return in && in->type == JSON_TEXT && sealed_is(in->s) ? in : NULL;
}

static bool open_tree(store *s, arena *a, text name, json *tree, err *e) {
  const json *sealed = sealed_member(tree);
  if (sealed) {
    text plain;
    if (!sealed_open(s, name, sealed->s, a, &plain, e)) return false;
    json *value = plain.at ? json_parse(a, plain, e) : NULL;
    if (plain.at && !value) return false;
    *tree = value ? *value : (json){.type = JSON_NULL};
    return true;
  }
  for (size_t i = 0; i < tree->count; i++)
    if (!open_tree(s, a, tree->type == JSON_MAP ? tree->keys[i] : name, &tree->items[i], e))
      return false;
  return true;
}

bool sealed_body_open(store *s, arena *a, text body, text *ret, err *e) {
  static const char mark[] = "{\"sealed\":\"" SEALED_MARK;
  *ret = body;
  if (!memmem(body.at, body.bytes, mark, sizeof mark - 1)) return true;
  json *tree = json_parse(a, body, e);
  AUTO_BUF buf plain = {0};
  if (!tree || !open_tree(s, a, TEXT(""), tree, e)) return false;
  json_canonical(&plain, tree);
  char *copy = buf_ok(&plain) ? arena_copy(a, plain.at, plain.bytes) : NULL;
  *ret = (text){copy, plain.bytes};
  return copy || err_memory(e);
}
