/* A county as lines. */
#include "backup/send.h"

#include <sodium.h>
#include <stdio.h>

#include "base/json_fields.h"

enum { FORMAT = 1, PROGRESS_EVERY = 500 };

/* ---- the head ---- */

static void put_hash(json_out *w, const char *key, const hash *h) {
  char hex[65];
  hash_format(h, hex);
  json_field_str(w, key, hex);
}

static void put_point(json_out *w, const char *key, const journal_point *p) {
  json_field_open(w, key, '{');
  json_field_int(w, "seq", p->seq);
  put_hash(w, "link", &p->link);
  if (p->at_ms) json_field_instant(w, "at", p->at_ms);
  json_close(w, '}');
}

void send_head_put(json_out *w, const send_head *h) {
  json_field_int(w, "format", FORMAT);
  json_field_str(w, "county", h->county);
  json_field_str(w, "name", h->name);
  json_field_str(w, "version", h->version);
  json_field_instant(w, "made", h->made_ms);
  put_hash(w, "first", &h->first);
  put_point(w, "after", &h->after);
  put_point(w, "head", &h->head);
}

static bool read_hash(const json *object, const char *key, hash *ret) {
  text hex = json_text(object, key);
  size_t got = 0;
  return sodium_hex2bin(ret->b, HASH_BYTES, hex.at, hex.bytes, NULL, &got, NULL) == 0 &&
         got == HASH_BYTES;
}

static bool read_point(const json *p, journal_point *ret) {
  return json_int(p, "seq", &ret->seq) && ret->seq >= 0 && read_hash(p, "link", &ret->link) &&
         (!json_has(p, "at") || instant_parse(json_text(p, "at"), &ret->at_ms));
}

bool send_head_read(const json *x, send_head *ret, err *e) {
  send_head h = {0};
  int64_t format = 0;
  if (json_int(x, "format", &format) && format > FORMAT)
    return err_set(e, ERR_BAD_FILE, NULL,
                   "这份备份由更新版本的即时做成，这个版本读不懂。请用新版本恢复。",
                   "This backup was made by a newer Jishi, and this one cannot read it. Restore "
                   "it with the newer version.");
  text county = json_text(x, "county"), name = text_cut(json_text(x, "name"), sizeof h.name - 1),
       version = text_cut(json_text(x, "version"), sizeof h.version - 1);
  if (format != FORMAT || county.bytes != 12 || !instant_parse(json_text(x, "made"), &h.made_ms) ||
      !read_hash(x, "first", &h.first) || !read_point(json_get(x, "after"), &h.after) ||
      !read_point(json_get(x, "head"), &h.head) || h.head.seq < h.after.seq)
    return err_set(e, ERR_BAD_FILE, NULL, "这不是即时的备份，或者已经损坏。",
                   "This is no backup of Jishi, or it is damaged.");
  memcpy(h.county, county.at, 12);
  memcpy(h.name, name.at, name.bytes);
  memcpy(h.version, version.at, version.bytes);
  *ret = h;
  return true;
}

/* ---- sending ---- */

static bool link_at(store *s, int64_t seq, hash *ret, bool *ret_there, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  entry *x = NULL;
  size_t count = 0;
  *ret_there = false;
  if (!a) return err_memory(e);
  if (!store_journal(s, a, &(journal_query){.after = seq - 1, .limit = 1}, &x, &count, e))
    return false;
  *ret_there = count && x->seq == seq;
  if (*ret_there) *ret = x->link;
  return true;
}

static bool read_head(store *s, const send_request *q, send_head *h, err *e) {
  county c;
  hash link;
  bool there = true;
  *h = (send_head){.made_ms = q->made_ms, .after = q->after};
  if (!store_county_get(s, &c, e) || !link_at(s, 1, &h->first, &there, e)) return false;
  snprintf(h->county, sizeof h->county, "%s", c.code);
  snprintf(h->name, sizeof h->name, "%s", c.name);
  snprintf(h->version, sizeof h->version, "%s", JISHI_VERSION);
  h->head = (journal_point){c.seq, c.last_at_ms, c.link};
  if (q->after.seq == 0) return true;
  if (!link_at(s, q->after.seq, &link, &there, e)) return false;
  return (there && memcmp(&link, &q->after.link, sizeof link) == 0) ||
         err_set(e, ERR_CONFLICT, NULL, "这里的流水里没有那一条：它后来走了另一条路。",
                 "That entry is not in this journal: it has gone another way since.");
}

typedef struct counted {
  const carry_sink *to;
  const send_request *q;
  int64_t done, all;
} counted;

static bool take_counted(void *context, text line, err *e) {
  counted *c = context;
  if (!c->to->take(c->to->context, line, e)) return false;
  if (++c->done % PROGRESS_EVERY == 0 && c->q->progress) c->q->progress(c->done, c->all);
  return true;
}

static bool send_line(const carry_sink *to, buf *line, err *e) {
  return buf_ok(line) ? to->take(to->context, buf_view(line), e) : err_memory(e);
}

static bool send_snapshot(store *s, const send_request *q, const carry_sink *to, sent *ret,
                          err *e) {
  AUTO_BUF buf line = {0};
  json_out w = json_to(&line);
  if (!read_head(s, q, &ret->head, e)) return false;
  json_open(&w, '{');
  json_field_open(&w, "jishi", '{');
  send_head_put(&w, &ret->head);
  json_close(&w, '}');
  json_close(&w, '}');
  if (!send_line(to, &line, e)) return false;
  counted c = {.to = to, .q = q, .all = ret->head.head.seq - q->after.seq};
  carry_sink counting = {take_counted, &c};
  int64_t keys = 0;
  if (!carry_data_keys(s, q->tag_key, q->known, to, &ret->tags, &keys, e) ||
      !carry_journal(s, q->after.seq, &counting, e))
    return false;
  ret->entries = c.done;
  if (!carry_aside(s, q->tag_key, q->known, to, &ret->tags, &ret->rows, e)) return false;
  ret->rows += keys;
  buf_clear(&line);
  w = json_to(&line);
  json_open(&w, '{');
  json_field_open(&w, "end", '{');
  json_field_int(&w, "entries", ret->entries);
  json_field_int(&w, "rows", ret->rows);
  json_close(&w, '}');
  json_close(&w, '}');
  return send_line(to, &line, e);
}

bool send_county(store *s, const send_request *q, const carry_sink *to, sent *ret, err *e) {
  *ret = (sent){0};
  if (!db_begin_read(store_db(s), e)) return false;
  bool ok = send_snapshot(s, q, to, ret, e);
  db_end_read(store_db(s));
  if (!ok) carry_tags_free(&ret->tags);
  return ok;
}
