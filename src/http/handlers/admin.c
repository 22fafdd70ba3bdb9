/* Packs, areas, journal, live feed, health. */
#include "engine/clock.h"
#include "http/handlers.h"

#include "http/server_internal.h"
#include "pack/json.h"

#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { DISK_LEAST_BYTES = 16 << 20 };

/* ---- health ---- */

static void put_instant_or_null(json_out *w, int64_t ms) {
  char at[30];
  instant_format(ms, at);
  json_put_str(w, ms ? at : NULL);
}

static bool backup_state(const server *s, schedule_state *ret) {
  if (s->config.backups) schedule_look(s->config.backups, ret);
  return s->config.backups != NULL;
}

/* Null: the server makes none. */
static void put_backup_state(request *q, json_out *w) {
  schedule_state at;
  json_key(w, "backup");
  if (!backup_state(q->loop->server, &at)) {
    json_put_null(w);
    return;
  }
  json_open(w, '{');
  json_field_bool(w, "late", at.late);
  json_key(w, "good");
  put_instant_or_null(w, at.good_ms);
  json_key(w, "checked");
  put_instant_or_null(w, at.checked_ms);
  json_close(w, '}');
}

/* A journal that cannot grow is as good as a writer that stopped. */
static bool disk_has_room(const char *location, err *e) {
  struct statvfs st;
  if (db_is_url(location) || statvfs(location, &st) != 0 ||
      (uint64_t)st.f_bavail * st.f_frsize >= DISK_LEAST_BYTES)
    return true;
  return err_set(e, ERR_STORE, NULL, "数据所在的磁盘快满了，剩下不到 %d MB，请清理。",
                 "The disk of the data is nearly full, with less than %d MB left; free some.",
                 DISK_LEAST_BYTES >> 20);
}

static bool is_ready(request *q, err *why) {
  const server *s = q->loop->server;
  county c;
  return store_county_get(request_store(q), &c, why) && writer_ready(s->w, why) &&
         disk_has_room(s->config.location, why) && clock_fits(c.last_at_ms, now_ms(), why);
}

static bool answer_health(request *q, bool demand) {
  err why;
  bool ready = is_ready(q, &why);
  json_out w = request_answer(q, ready || !demand ? 200 : 503);
  json_open(&w, '{');
  json_field_bool(&w, "ok", true);
  json_field_bool(&w, "ready", ready);
  if (!ready) json_field_label(&w, "why", (label){why.zh, why.en});
  json_field_str(&w, "role", writer_may_write(request_writer(q), NULL) ? "writer" : "reader");
  put_backup_state(q, &w);
  json_close(&w, '}');
  return true;
}

bool handle_health(request *q, err *e) {
  (void)e;
  return answer_health(q, false);
}

bool handle_ready(request *q, err *e) {
  (void)e;
  return answer_health(q, true);
}

/* The second number of /proc/self/statm is the resident set, in pages. */
static int64_t resident_bytes(void) {
  char line[128];
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f) return 0;
  bool got = fgets(line, sizeof line, f) != NULL;
  fclose(f);
  const char *second = got ? strchr(line, ' ') : NULL;
  int64_t pages = 0;
  if (!second || !text_to_int((text){second + 1, strcspn(second + 1, " \n")}, &pages)) return 0;
  return pages * sysconf(_SC_PAGESIZE);
}

static void metric(buf *b, const char *name, const char *help, const char *type, int64_t n) {
  buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name, type, name,
             (long long)n);
}

/* Prometheus text format 0.0.4. */
bool handle_metrics(request *q, err *e) {
  server *s = q->loop->server;
  writer_counts c = writer_count(s->w);
  county own;
  err why;
  if (!store_county_get(request_store(q), &own, e)) return false;
  request_answer(q, 200);
  q->content_type = "text/plain; version=0.0.4; charset=utf-8";
  buf *b = &q->out;
  buf_str(b, "# HELP jishi_requests_total Answered requests by status class.\n# TYPE "
             "jishi_requests_total counter\n");
  for (int i = 1; i < STATUS_CLASSES; i++)
    buf_printf(b, "jishi_requests_total{class=\"%dxx\"} %lld\n", i,
               (long long)atomic_load(&s->requests[i]));
  metric(b, "jishi_request_nanoseconds_total", "Time from a request's first byte to its end.",
         "counter", atomic_load(&s->request_ns));
  metric(b, "jishi_commands_total", "Commands given to the writer.", "counter", c.commands);
  metric(b, "jishi_commands_refused_total", "Commands refused.", "counter", c.refused);
  metric(b, "jishi_commits_total", "Durable commits.", "counter", c.commits);
  metric(b, "jishi_commits_failed_total", "Batches that could not be committed whole.", "counter",
         c.failed_commits);
  metric(b, "jishi_commands_waiting", "Commands waiting now.", "gauge", c.waiting);
  metric(b, "jishi_journal_entries", "Entries of the journal.", "counter", own.seq);
  metric(b, "jishi_sessions", "Officers signed in.", "gauge", sessions_count(s->sessions));
  metric(b, "jishi_streams", "Open live feeds.", "gauge", atomic_load(&s->streams_open));
  metric(b, "jishi_ready", "1: it can do its work, 0: /readyz says why not.", "gauge",
         is_ready(q, &why));
  metric(b, "jishi_resident_bytes", "Memory in use.", "gauge", resident_bytes());
  schedule_state backup;
  if (backup_state(s, &backup)) {
    metric(b, "jishi_backup_age_seconds", "Since the last good backup; since the start: none yet.",
           "gauge", (now_ms() - (backup.good_ms ? backup.good_ms : s->started_ms)) / 1000);
    metric(b, "jishi_backup_failed", "1: the last try failed.", "gauge", backup.failed);
  }
  metric(b, "jishi_uptime_seconds", "Seconds since the start.", "counter",
         (now_ms() - s->started_ms) / 1000);
  return true;
}

/* ---- what clients draw from ---- */

bool handle_packs(request *q, err *e) {
  county c;
  if (!store_county_get(request_store(q), &c, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_open(&w, "county", '{');
  json_field_str(&w, "code", c.code);
  json_field_str(&w, "name", c.name);
  json_close(&w, '}');
  json_field_day(&w, "today", request_today());
  json_field_open(&w, "packs", '[');
  for (size_t i = 0; i < request_packs(q)->count; i++)
    pack_put_json(&w, request_packs(q)->packs[i],
                  actor_seen_groups(&q->who.actor, request_packs(q), request_packs(q)->packs[i]));
  json_close(&w, ']');
  json_close(&w, '}');
  return true;
}

/* ---- the journal ---- */

static void put_entry(request *q, json_out *w, const entry *x) {
  json_open(w, '{');
  json_field_int(w, "seq", x->seq);
  json_field_uuid(w, "id", &x->id);
  json_field_str(w, "verb", x->verb);
  json_field_uuid(w, "subject", &x->subject);
  json_field_uuid(w, "root", &x->root);
  json_field_str(w, "area", x->area);
  json_field_instant(w, "at", x->at_ms);
  json_field_str(w, "officer_name", view_officer_name(q, &x->officer));
  char link[65];
  hash_format(&x->link, link);
  json_field_str(w, "link", link);
  json_close(w, '}');
}

/* What entries say is not told: fields stand in it in clear. A record in clear is asked for by
 * itself, with a reason. The audit administrator is told of all entries. */
bool handle_journal(request *q, err *e) {
  text asked = query_text(q, "after");
  int64_t after = 0;
  entry *entries = NULL;
  size_t count = 0, most = query_limit(q);
  if (asked.bytes && !text_to_int(asked, &after))
    return err_set(e, ERR_BAD_INPUT, "after", "after 应是一个序号。", "after must be a number.");
  bool all = request_may(q, RIGHT_AUDIT, NULL, NULL);
  journal_query x = {.after = after, .limit = most};
  if (!all) x.scope = &q->who.scope, x.reach = &q->who.reach;
  if (!store_journal(request_store(q), q->a, &x, &entries, &count, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) put_entry(q, &w, &entries[i]);
  bool more = count == most;
  page_end(&w, "number", more ? &(page_cursor){.number = entries[count - 1].seq} : NULL);
  return true;
}

bool handle_stream(request *q, err *e) {
  (void)e;
  request_answer(q, 200);
  q->streaming = true;
  return true;
}
