/* Following another location. */
#include "backup/standby.h"

#include "store/db/db_lock.h"
#include "store/sealed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct standby {
  char *location, *from;
  void (*progress)(int64_t, int64_t);
  receiver *r;
  carry_tags known; /* the rows beside the journal that are here; none after a start */
  bool knows;
};

standby *standby_new(const char *location, const char *from, void (*progress)(int64_t, int64_t),
                     err *e) {
  standby *s = calloc(1, sizeof *s);
  if (s) *s = (standby){.location = strdup(location), .from = strdup(from), .progress = progress};
  if (s && s->location && s->from) return s;
  standby_free(s);
  err_memory(e);
  return NULL;
}

void standby_free(standby *s) {
  if (!s) return;
  receive_close(s->r);
  carry_tags_free(&s->known);
  free(s->location);
  free(s->from);
  free(s);
}

/* After a failure nothing that is remembered is trusted: the next round opens the location anew. */
static void forget(standby *s) {
  receive_close(s->r);
  s->r = NULL;
  carry_tags_free(&s->known);
  s->knows = false;
}

static bool has_county(const char *location, bool *ret, err *e) {
  char code[13], name[128], file[4200];
  struct stat there;
  *ret = false;
  snprintf(file, sizeof file, "%.4000s/jishi.db", location);
  if (!db_is_url(location) && stat(file, &there) != 0) return true;
  store *s = store_open(location, DB_CREATE, "", e);
  bool ok = s && store_there(s, code, name, e);
  *ret = ok && code[0];
  store_close(s);
  return ok;
}

static bool open_receiver(standby *s, err *e) {
  bool there = false;
  if (s->r) return true;
  if (!has_county(s->location, &there, e)) return false;
  s->r = there ? receive_resume(s->location, s->progress, e)
               : receive_start(s->location, NULL, s->progress, e);
  return s->r != NULL;
}

static bool take_sent(void *context, text line, err *e) {
  return receive_line(context, line, e);
}

static bool take_new(standby *s, store *from, err *e) {
  sent all = {0};
  send_request q = {.known = s->knows ? &s->known : NULL, .made_ms = now_ms()};
  /* What is read of the key file there opens this location, too. */
  if (!sealed_ready(from, e) || !open_receiver(s, e)) return false;
  q.after = receive_point(s->r);
  const carry_sink into = {take_sent, s->r};
  bool ok = send_county(from, &q, &into, &all, e) && receive_end(s->r, e) &&
            receive_finish(s->r, NULL, &all.tags, e);
  carry_tags_free(&s->known);
  s->known = all.tags;
  s->knows = ok;
  return ok;
}

static bool follow_locked(standby *s, journal_point *ret_at, err *e) {
  store *from = store_open(s->from, DB_READ, NULL, e);
  bool ok = from && take_new(s, from, e);
  store_close(from);
  if (ok) *ret_at = receive_point(s->r);
  if (!ok) forget(s);
  return ok;
}

static bool is_served(const standby *s, db_lock **ret, err *e) {
  store *x = store_open(s->location, DB_READ, NULL, e);
  *ret = x ? db_lock_new(s->location, store_county(x), e) : NULL;
  store_close(x);
  return *ret && db_lock_hold(*ret, e);
}

bool standby_follow(standby *s, journal_point *ret_at, err *e) {
  bool there = false;
  db_lock *lock = NULL;
  if (!has_county(s->location, &there, e)) return false;
  bool ok = (!there || is_served(s, &lock, e)) && follow_locked(s, ret_at, e);
  db_lock_free(lock); /* so that a server that starts has not long to wait */
  return ok;
}
