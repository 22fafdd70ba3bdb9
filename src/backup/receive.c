/* Lines into a location. */
#include "backup/receive.h"

#include "engine/replay.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROWS_A_COMMIT = 200, PROGRESS_EVERY = 200 };

struct receiver {
  char *location;
  receive_until until;
  void (*progress)(int64_t, int64_t);
  replay *replay; /* NULL until the first head */
  send_head head;
  journal_point point;
  int64_t entries, rows; /* of this sending */
  size_t uncommitted;    /* rows beside the journal */
  bool rows_open;        /* a transaction for them */
  bool begun, ended;     /* this sending */
  bool stopped;
};

receiver *receive_start(const char *location, const receive_until *until,
                        void (*progress)(int64_t done, int64_t all), err *e) {
  receiver *r = calloc(1, sizeof *r);
  if (r) r->location = strdup(location);
  if (!r || !r->location) {
    free(r);
    err_memory(e);
    return NULL;
  }
  if (until) r->until = *until;
  r->progress = progress;
  return r;
}

receiver *receive_resume(const char *location, void (*progress)(int64_t done, int64_t all),
                         err *e) {
  receiver *r = receive_start(location, NULL, progress, e);
  county c;
  if (r) r->replay = replay_resume(location, e);
  if (r && r->replay && store_county_get(replay_store(r->replay), &c, e)) {
    r->point = (journal_point){c.seq, c.last_at_ms, c.link};
    return r;
  }
  receive_close(r);
  return NULL;
}

static bool say_broken(err *e) {
  return err_set(e, ERR_BAD_FILE, NULL, "这一份备份不完整或次序不对，不能用。请换另一份。",
                 "This backup is incomplete or out of order and cannot be used. Take another "
                 "one.");
}

static bool take_head(receiver *r, const json *object, err *e) {
  send_head h;
  if (r->begun || !send_head_read(object, &h, e)) return r->begun ? say_broken(e) : false;
  if (!r->replay) {
    if (h.after.seq != 0)
      return err_set(e, ERR_BAD_FILE, NULL,
                     "这一份只是新增的部分，要和它前面的几份放在一起恢复：请写备份目录。",
                     "This part holds only what was new. Restore it together with those before "
                     "it: give the backup's folder.");
    r->replay = replay_start(r->location, h.county, h.name, e);
    if (!r->replay) return false;
  } else if (!r->stopped && (h.after.seq != replay_seq(r->replay) ||
                             memcmp(&h.after.link, replay_link(r->replay), sizeof(hash)) != 0)) {
    return say_broken(e);
  }
  r->head = h;
  r->begun = true;
  r->ended = false;
  r->entries = r->rows = 0;
  return true;
}

static bool commit_rows(receiver *r, err *e) {
  if (!r->rows_open) return true;
  r->rows_open = false;
  r->uncommitted = 0;
  return db_commit(store_db(replay_store(r->replay)), e);
}

static bool is_past(const receiver *r, const entry *x) {
  return (r->until.seq && x->seq > r->until.seq) || (r->until.at_ms && x->at_ms > r->until.at_ms);
}

static bool take_entry(receiver *r, const json *row, arena *a, err *e) {
  entry x;
  r->entries++;
  if (r->stopped) return true;
  if (!commit_rows(r, e) || !carry_read_entry(row, a, &x, e)) return false;
  r->stopped = is_past(r, &x);
  if (r->stopped) return true;
  if (x.seq != replay_seq(r->replay) + 1) return say_broken(e);
  if (!replay_take(r->replay, &x, e)) return false;
  r->point = (journal_point){x.seq, x.at_ms, x.link};
  if (r->progress && x.seq % PROGRESS_EVERY == 0) r->progress(x.seq, r->head.head.seq);
  return true;
}

static bool take_row(receiver *r, text table, const json *row, err *e) {
  char name[40];
  snprintf(name, sizeof name, "%.*s", (int)table.bytes, table.at);
  db *d = store_db(replay_store(r->replay));
  r->rows++;
  if (!r->rows_open && !(replay_commit(r->replay, e) && db_begin(d, e))) return false;
  r->rows_open = true;
  if (!carry_put_aside(replay_store(r->replay), name, row, e)) return false;
  return ++r->uncommitted < ROWS_A_COMMIT || commit_rows(r, e);
}

static bool take_end(receiver *r, const json *object, err *e) {
  int64_t entries = -1, rows = -1;
  if (!json_int(object, "entries", &entries) || !json_int(object, "rows", &rows) ||
      entries != r->entries || rows != r->rows)
    return say_broken(e);
  r->begun = false;
  r->ended = true;
  return true;
}

bool receive_line(receiver *r, text line, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  err fault;
  json *x = a ? json_parse(a, line, &fault) : NULL;
  if (!a || (!x && fault.code == ERR_MEMORY)) return err_memory(e);
  if (!x || x->type != JSON_MAP || x->count != 1) return say_broken(e);
  const json *inside = &x->items[0];
  if (text_is(x->keys[0], "jishi")) return take_head(r, inside, e);
  if (!r->begun) return say_broken(e);
  if (text_is(x->keys[0], "journal")) return take_entry(r, inside, a, e);
  if (text_is(x->keys[0], "end")) return take_end(r, inside, e);
  return take_row(r, x->keys[0], inside, e);
}

bool receive_end(receiver *r, err *e) {
  if (!r->ended) return say_broken(e);
  if (!commit_rows(r, e) || !replay_commit(r->replay, e)) return false;
  bool whole = replay_seq(r->replay) == r->head.head.seq &&
               memcmp(replay_link(r->replay), &r->head.head.link, sizeof(hash)) == 0;
  return r->stopped || whole || say_broken(e);
}

bool receive_finish(receiver *r, const uint8_t *tag_key, const carry_tags *keep, err *e) {
  if (!r->replay || !r->ended) return say_broken(e);
  store *s = replay_store(r->replay);
  if (!keep && !r->until.seq && !r->until.at_ms) return true;
  return db_begin(store_db(s), e) && (!keep || carry_prune(s, tag_key, keep, e)) &&
         (!r->stopped || carry_go_back(s, r->point.at_ms, e)) && db_commit(store_db(s), e);
}

const send_head *receive_head(const receiver *r) {
  return &r->head;
}

journal_point receive_point(const receiver *r) {
  return r->point;
}

void receive_close(receiver *r) {
  if (!r) return;
  if (r->rows_open) db_rollback(store_db(replay_store(r->replay)));
  replay_close(r->replay);
  free(r->location);
  free(r);
}
