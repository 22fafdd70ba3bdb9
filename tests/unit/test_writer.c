/* The one writer under many hands. No place where time decides: waiting is for something that must
 * happen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/writer.h"
#include "engine/eval/unit_eval.h"
#include "engine/replay.h"
#include "orchard.h"

#include <pthread.h>

enum { HANDS = 8, EACH = 200 };

/* A place to wait until a number is reached. */
typedef struct counter {
  pthread_mutex_t lock;
  pthread_cond_t moved;
  int64_t n;
} counter;

#define COUNTER                                                                                    \
  { .lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER }

static void count_one(counter *c) {
  pthread_mutex_lock(&c->lock);
  c->n++;
  pthread_cond_broadcast(&c->moved);
  pthread_mutex_unlock(&c->lock);
}

static void wait_for(counter *c, int64_t n) {
  pthread_mutex_lock(&c->lock);
  while (c->n < n) pthread_cond_wait(&c->moved, &c->lock);
  pthread_mutex_unlock(&c->lock);
}

/* Its clock is ahead, so that an idle writer never finds that a day has begun: that is an entry of
 * its own, and entries are counted here. */
static orchard *orchard_of_tomorrow(void) {
  char day_text[11];
  day_format(day_today() + 1, day_text);
  return orchard_new(day_text);
}
static const char *its_day(const orchard *o) {
  char day_text[11];
  day_format(o->today, day_text);
  return arena_text(o->a, day_text);
}

static void job_done(job *j) {
  count_one(j->context);
}

/* Commands are made beforehand, so that threads share nothing but the writer. */
typedef struct hand {
  pthread_t thread;
  writer *w;
  job jobs[EACH];
  counter done;
  bool waits; /* for each answer before the next command */
  size_t not_sent;
} hand;

static void *work_of(void *context) {
  hand *h = context;
  for (int i = 0; i < EACH; i++) {
    job *j = &h->jobs[i];
    if (h->waits) {
      j->ok = writer_apply(h->w, &j->command, j->a, &j->answer, &j->error);
    } else if (!writer_submit(h->w, j, &j->error)) {
      h->not_sent++;
      count_one(&h->done);
    }
  }
  if (!h->waits) wait_for(&h->done, EACH);
  return NULL;
}

static bool is_bad(int i) {
  return i % 7 == 3;
}

/* Sales of 1 yuan; every seventh has no amount. Hand 0 sends what hand 1 sends: each of them is
 * done once. */
static void make_jobs(orchard *o, hand *hands, const char *const *gardens) {
  for (int h = 0; h < HANDS; h++) {
    hands[h].waits = h % 2;
    for (int i = 0; i < EACH; i++) {
      job *j = &hands[h].jobs[i];
      if (h == 1) {
        j->command = hands[0].jobs[i].command;
      } else {
        uuid u = next_id(o);
        const char *body = arena_printf(
            o->a,
            "{\"kind\":\"sale\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"%s\","
            "\"fields\":{%s}}",
            id_text(o, &u), gardens[(h + i) % 4], its_day(o), is_bad(i) ? "" : "\"amount\":100");
        err e = {0};
        j->command = (command){.verb = VERB_EVENT,
                               .id = u,
                               .who = everyone,
                               .at_ms = morning(o->today),
                               .body = json_parse(o->a, text_of(body), &e)};
        assert_non_null(j->command.body);
      }
      j->a = arena_new(0);
      j->done = job_done;
      j->context = &hands[h].done;
      assert_non_null(j->a);
    }
  }
}

typedef struct told {
  int64_t n, last_seq;
  bool in_order;
} told;

static void listen(void *context, int64_t seq) {
  told *t = context;
  t->in_order &= seq > t->last_seq;
  t->last_seq = seq;
  t->n++;
}

static void many_hands(UNUSED void **state) {
  orchard *o = orchard_of_tomorrow();
  err e = {0};
  const char *gardens[4];
  for (int i = 0; i < 4; i++)
    gardens[i] = add_garden(o, (const char *[]){"A", "B", "C", "D"}[i], NORTH, "");
  hand *hands = calloc(HANDS, sizeof *hands);
  assert_non_null(hands);
  make_jobs(o, hands, gardens);
  int64_t before = journal_seq(o);
  told t = {.in_order = true, .last_seq = before};
  writer *w = writer_start(o->g, NULL, &e);
  assert_non_null(w);
  writer_on_growth(w, listen, &t);
  for (int h = 0; h < HANDS; h++) {
    hands[h].w = w;
    pthread_mutex_init(&hands[h].done.lock, NULL);
    pthread_cond_init(&hands[h].done.moved, NULL);
    assert_int_equal(pthread_create(&hands[h].thread, NULL, work_of, &hands[h]), 0);
  }
  for (int h = 0; h < HANDS; h++) assert_int_equal(pthread_join(hands[h].thread, NULL), 0);
  writer_drain(w);
  writer_counts counts = writer_count(w);
  writer_stop(w);

  int64_t bad = 0, again = 0;
  for (int h = 0; h < HANDS; h++) {
    int64_t last = 0;
    assert_int_equal(hands[h].not_sent, 0);
    for (int i = 0; i < EACH; i++) {
      job *j = &hands[h].jobs[i];
      assert_true(j->ok == !is_bad(i)); /* the refused ones do not disturb their neighbours */
      if (!j->ok) assert_int_equal(j->error.code, ERR_BAD_INPUT);
      bad += !j->ok;
      if (!j->ok) continue;
      again += j->answer.repeated;
      assert_true(j->answer.seq > last); /* what one hand sends is done in its order */
      last = j->answer.seq;
      /* What was answered is in the journal, under its number. */
      entry *x = NULL;
      assert_true(store_entry_find(o->s, o->a, &j->command.id, &x, &e));
      assert_non_null(x);
      assert_int_equal(x->seq, j->answer.seq);
    }
  }
  int64_t good = HANDS * EACH - bad;
  assert_int_equal(again, good / HANDS);
  assert_int_equal(journal_seq(o), before + good - again);
  assert_int_equal(t.last_seq, journal_seq(o));
  assert_true(t.n > 0);
  assert_true(t.in_order);
  assert_int_equal(counts.commands, HANDS * EACH);
  assert_int_equal(counts.refused, bad);
  assert_int_equal(counts.failed_commits, 0);
  assert_int_equal(counts.waiting, 0);
  assert_true(counts.commits <= counts.commands);
  /* 1200 good sales over four gardens: more than 1000 yuan in none, so each counts once. */
  int64_t sum = 0;
  for (int i = 0; i < 4; i++) {
    uuid root = id_of(gardens[i]);
    unit *u = unit_load(o->s, o->a, kind_named(o, "garden"), &root, NULL,
                        (as_of){o->today, engine_calendar(o->g)}, &e);
    assert_non_null(u);
    sum += unit_aggregate(u, u->root, &u->pack->aggregates[0]).i;
  }
  assert_int_equal(sum, 100 * (good - again));
  for (int h = 0; h < HANDS; h++) {
    for (int i = 0; i < EACH; i++) arena_free(hands[h].jobs[i].a);
    pthread_mutex_destroy(&hands[h].done.lock);
    pthread_cond_destroy(&hands[h].done.moved);
  }
  free(hands);
  orchard_free(o);
}

/* ---- one after the other ---- */

static job *job_of(orchard *o, counter *done, const char *source) {
  err e = {0};
  job *j = ARENA_NEW(o->a, job);
  assert_non_null(j);
  j->command = command_of(o, VERB_EVENT, json_parse(o->a, text_of(source), &e));
  assert_non_null(j->command.body);
  j->a = o->a; /* only the writer takes from it while it works */
  j->done = job_done;
  j->context = done;
  return j;
}

static job *sale_job(orchard *o, counter *done, const char *id, const char *garden,
                     const char *fields) {
  return job_of(o, done,
                arena_printf(o->a,
                             "{\"kind\":\"sale\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"%s\","
                             "\"fields\":{%s}}",
                             id, garden, its_day(o), fields));
}

/* Keeps the writer busy until let go. */
typedef struct gate {
  counter begun, open;
} gate;

static void stop_at_gate(job *j) {
  gate *g = j->context;
  count_one(&g->begun);
  wait_for(&g->open, 1);
}

static void a_full_queue_says_so(UNUSED void **state) {
  orchard *o = orchard_of_tomorrow();
  err e = {0};
  gate g = {COUNTER, COUNTER};
  counter done = COUNTER;
  writer *w = writer_start(o->g, NULL, &e);
  assert_non_null(w);
  job *first = sale_job(o, NULL, "x", "y", "");
  first->done = stop_at_gate;
  first->context = &g;
  job **jobs = calloc(WRITER_QUEUE_MAX, sizeof *jobs);
  assert_non_null(jobs);
  for (int i = 0; i < WRITER_QUEUE_MAX; i++) jobs[i] = sale_job(o, &done, "x", "y", "");
  job *late = sale_job(o, &done, "x", "y", "");
  assert_true(writer_submit(w, first, &e));
  wait_for(&g.begun, 1);
  for (int i = 0; i < WRITER_QUEUE_MAX; i++) assert_true(writer_submit(w, jobs[i], &e));
  assert_false(writer_submit(w, late, &e));
  assert_int_equal(e.code, ERR_BUSY);
  assert_int_equal(writer_count(w).waiting, WRITER_QUEUE_MAX);
  count_one(&g.open);
  wait_for(&done, WRITER_QUEUE_MAX);
  writer_drain(w);
  assert_int_equal(done.n,
                   WRITER_QUEUE_MAX); /* nothing was called for the one that was turned away */
  assert_int_equal(writer_count(w).waiting, 0);
  assert_true(writer_submit(w, late, &e));
  wait_for(&done, WRITER_QUEUE_MAX + 1);
  writer_stop(w);
  for (int i = 0; i < WRITER_QUEUE_MAX; i++) assert_int_equal(jobs[i]->error.code, ERR_BAD_INPUT);
  free(jobs);
  orchard_free(o);
}

static void what_waits_is_done_before_the_end(UNUSED void **state) {
  orchard *o = orchard_of_tomorrow();
  err e = {0};
  gate g = {COUNTER, COUNTER};
  counter done = COUNTER;
  const char *garden = add_garden(o, "G", NORTH, "");
  writer *w = writer_start(o->g, NULL, &e);
  assert_non_null(w);
  job *first = sale_job(o, NULL, "x", "y", "");
  first->done = stop_at_gate;
  first->context = &g;
  enum { MANY = 2 * WRITER_BATCH_MAX + 5 };
  job *jobs[MANY];
  for (int i = 0; i < MANY; i++) {
    uuid u = next_id(o);
    jobs[i] = sale_job(o, &done, id_text(o, &u), garden, "\"amount\":1");
  }
  int64_t before = journal_seq(o);
  assert_true(writer_submit(w, first, &e));
  wait_for(&g.begun, 1);
  for (int i = 0; i < MANY; i++) assert_true(writer_submit(w, jobs[i], &e));
  count_one(&g.open);
  writer_stop(w);
  assert_int_equal(done.n, MANY);
  for (int i = 0; i < MANY; i++) assert_true(jobs[i]->ok && jobs[i]->answer.seq == before + 1 + i);
  assert_int_equal(journal_seq(o), before + MANY);
  orchard_free(o);
}

/* One of a batch fails after its entry was written: it alone is refused, and no trace of it stays.
 */
static void the_guilty_one_fails_alone(UNUSED void **state) {
  orchard *o = orchard_of_tomorrow();
  err e = {0};
  gate g = {COUNTER, COUNTER};
  counter done = COUNTER;
  const char *garden = add_garden(o, "G", NORTH, "");
  uuid taken_id = next_id(o);
  const char *taken = id_text(o, &taken_id);
  writer *w = writer_start(o->g, NULL, &e);
  assert_non_null(w);
  job *first = sale_job(o, NULL, "x", "y", "");
  first->done = stop_at_gate;
  first->context = &g;
  enum { MANY = 9, GUILTY = 5 };
  job *jobs[MANY];
  for (int i = 0; i < MANY; i++) {
    uuid u = next_id(o);
    /* The same event under two entries: a conflict that only the table sees. */
    jobs[i] =
        sale_job(o, &done, i == 1 || i == GUILTY ? taken : id_text(o, &u), garden, "\"amount\":1");
  }
  int64_t before = journal_seq(o);
  assert_true(writer_submit(w, first, &e));
  wait_for(&g.begun, 1);
  for (int i = 0; i < MANY; i++) assert_true(writer_submit(w, jobs[i], &e));
  count_one(&g.open);
  wait_for(&done, MANY);
  writer_drain(w);
  writer_stop(w);
  for (int i = 0; i < MANY; i++) assert_true(jobs[i]->ok == (i != GUILTY));
  assert_int_not_equal(jobs[GUILTY]->error.code, ERR_NONE);
  assert_int_equal(journal_seq(o), before + MANY - 1);
  entry *x = NULL;
  assert_true(store_entry_find(o->s, o->a, &jobs[GUILTY]->command.id, &x, &e));
  assert_null(x);
  int64_t entries = 0;
  if (!engine_verify(o->location, &entries, &e)) fail_msg("%s: %s", e.where, e.en);
  assert_int_equal(entries, before + MANY - 1);
  orchard_free(o);
}

static void a_day_begins_before_its_first_command(UNUSED void **state) {
  orchard *o = orchard_new("2024-12-30");
  err e = {0};
  counter done = COUNTER;
  const char *garden = add_garden(o, "G", NORTH, ",\"ill\":4");
  writer *w = writer_start(o->g, NULL, &e);
  assert_non_null(w);
  o->today = on("2025-01-01"); /* from here on three are the most */
  job *bad = sale_job(o, &done, "x", "y", "");
  assert_true(writer_submit(w, bad, &e));
  wait_for(&done, 1);
  writer_drain(w);
  writer_stop(w);
  assert_false(bad->ok);
  assert_non_null(finding_of(o, garden, "many_ill")); /* though the command itself was refused */
  orchard_free(o);
}

int main(void) {
  const struct CMUnitTest all[] = {cmocka_unit_test(many_hands),
                                   cmocka_unit_test(a_full_queue_says_so),
                                   cmocka_unit_test(what_waits_is_done_before_the_end),
                                   cmocka_unit_test(the_guilty_one_fails_alone),
                                   cmocka_unit_test(a_day_begins_before_its_first_command)};
  int failed =
      cmocka_run_group_tests_name("writer sqlite", all, orchard_use_sqlite, orchard_drop_sqlite);
  failed += cmocka_run_group_tests_name("writer postgres", all, orchard_use_postgres, NULL);
  return failed;
}
