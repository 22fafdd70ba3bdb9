/* Subjects, scope and the journal: what is put into a county comes back, in order, and only within
 * scope. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store_kit.h"

static void assert_fields_equal(const record *x, const record *y) {
  for (size_t i = 0; i < x->kind->field_count; i++) {
    const value *v = &x->fields[i], *w = &y->fields[i];
    if (v->type != w->type || (v->type != VALUE_UNKNOWN && !value_equal(v, w)))
      fail_msg("field %s differs", x->kind->fields[i].name);
    if (v->type == VALUE_UNKNOWN) assert_string_equal(w->missing->name, x->kind->fields[i].name);
  }
}

/* ---- subjects ---- */

static void every_type_comes_back(void **state) {
  (void)state;
  store *s = fresh();
  record *g = garden(1, NORTH, "G-1", "王'\"\\%五");
  *cell(g, "soil") = value_string(TEXT("sand"));
  *cell(g, "ill") = value_int(INT64_MIN);
  *cell(g, "income") = value_int(INT64_MAX);
  *cell(g, "id_number") = value_string(TEXT("110101199003070038"));
  *cell(g, "fenced") = value_bool(false);
  g->next_evaluation = -1;
  g->colour = COLOUR_RED;
  record *t = tree(2, 1, "t");
  value pests[] = {value_string(TEXT("mite")), value_string(TEXT("moth"))};
  value_list list = {2, pests};
  *cell(t, "pests") = (value){.type = VALUE_LIST, .list = &list};
  *cell(t, "planted") = value_int(-5);
  *cell(t, "variety") = value_string(TEXT(""));
  MUST(store_subject_put(s, g, true, &fault));
  MUST(store_subject_put(s, t, true, &fault));
  record *back = NULL;
  MUST(store_subject_find(s, memory, g->kind, &g->id, NULL, &back, &fault));
  assert_non_null(back);
  assert_fields_equal(g, back);
  assert_true(uuid_equal(&back->root, &g->id) && uuid_is_nil(&back->parent));
  assert_string_equal(back->area, NORTH);
  assert_int_equal(back->next_evaluation, -1);
  assert_int_equal(back->colour, COLOUR_RED);
  assert_int_equal(back->version, 1);
  assert_true(text_equal(record_title(back), record_title(g)));
  MUST(store_subject_find(s, memory, t->kind, &t->id, NULL, &back, &fault));
  assert_fields_equal(t, back);
  assert_true(uuid_equal(&back->parent, &g->id));
  assert_int_equal(back->next_evaluation, DAY_NONE);
  /* To unknown and back; true. */
  for (size_t i = 2; i < g->kind->field_count; i++)
    g->fields[i] = value_missing(memory, g->kind->fields[i].name);
  *cell(g, "fenced") = value_bool(true);
  g->next_evaluation = DAY_NONE;
  MUST(store_subject_put(s, g, false, &fault));
  MUST(store_subject_find(s, memory, g->kind, &g->id, NULL, &back, &fault));
  assert_fields_equal(g, back);
  assert_int_equal(back->next_evaluation, DAY_NONE);
  back->colour = COLOUR_YELLOW;
  back->next_evaluation = 7;
  back->version = 9;
  *cell(back, "fenced") = value_bool(false); /* a mark leaves the fields alone */
  MUST(store_subject_mark(s, back, &fault));
  MUST(store_subject_find(s, memory, g->kind, &g->id, NULL, &back, &fault));
  assert_int_equal(back->colour, COLOUR_YELLOW);
  assert_int_equal(back->next_evaluation, 7);
  assert_int_equal(back->version, 9);
  assert_true(cell(back, "fenced")->yes);
  done(s);
}

static void keys_are_unique_and_come_free(void **state) {
  (void)state;
  store *s = fresh();
  record *first = garden(1, NORTH, "K", "甲"), *second = garden(2, SOUTH, "K", "乙"), *back = NULL;
  MUST(store_subject_put(s, first, true, &fault));
  MUST(store_subject_find_by_key(s, memory, first->kind, TEXT("K"), &back, &fault));
  assert_true(back && uuid_equal(&back->id, &first->id));
  MUST(store_subject_find_by_key(s, memory, first->kind, TEXT("k"), &back, &fault));
  assert_null(back);
  first->withdrawn = true;
  MUST(store_subject_put(s, first, false, &fault));
  MUST(store_subject_find_by_key(s, memory, first->kind, TEXT("K"), &back, &fault));
  assert_null(back);
  MUST(store_subject_find(s, memory, first->kind, &first->id, NULL, &back, &fault));
  assert_null(back);
  MUST(store_subject_put(s, second, true, &fault));
  MUST(db_commit(store_db(s), &fault));
  MUST(db_begin(store_db(s), &fault));
  record *third = garden(3, SOUTH, "K", "丙");
  bool told = !store_subject_put(s, third, true, &fault);
  bool kept = db_commit(store_db(s), &fault);
  assert_false(kept);
  assert_int_equal(fault.code, ERR_CONFLICT);
  assert_true(told || on_postgres); /* a queue tells later */
  MUST(db_begin(store_db(s), &fault));
  int64_t n = 0;
  scope all = scope_all();
  MUST(store_subjects_count(s, first->kind, &all, NULL, &n, &fault));
  assert_int_equal(n, 1);
  done(s);
}

static void children_in_order(void **state) {
  (void)state;
  store *s = fresh();
  MUST(store_subject_put(s, garden(1, NORTH, "G", "甲"), true, &fault));
  record *gone = tree(7, 1, "gone");
  for (uint8_t n = 6; n > 2; n--) {
    record *t = tree(n, 1, (const char[]){'t', (char)('0' + n), 0});
    t->created = n / 2; /* two made by one entry: then by id */
    MUST(store_subject_put(s, t, true, &fault));
  }
  MUST(store_subject_put(s, gone, true, &fault));
  gone->withdrawn = true;
  MUST(store_subject_put(s, gone, false, &fault));
  MUST(store_subject_put(s, tree(9, 8, "other"), true, &fault));
  record **rows = NULL;
  size_t n = 0;
  uuid root = number(1);
  MUST(store_children(s, memory, kind_of("tree"), &root, &rows, &n, &fault));
  assert_int_equal(n, 4);
  static const uint8_t want[] = {3, 4, 5, 6};
  for (size_t i = 0; i < n; i++) assert_int_equal(rows[i]->id.b[15], want[i]);
  done(s);
}

static size_t found(store *s, const char *words, const char *area, uint8_t *only) {
  subject_query q = {.kind = kind_of("garden"), .words = text_of(words), .colour = -1, .limit = 50};
  scope_add(&q.scope, area);
  record **rows = NULL;
  size_t n = 0;
  MUST(store_subjects(s, memory, &q, &rows, &n, &fault));
  if (n && only) *only = rows[0]->id.b[15];
  return n;
}

static void words_initials_and_keys_find(void **state) {
  (void)state;
  store *s = fresh();
  MUST(store_subject_put(s, garden(1, NORTH, "A-100", "王小明"), true, &fault));
  MUST(store_subject_put(s, garden(2, SOUTH, "A-200", "王大山"), true, &fault));
  MUST(store_subject_put(s, garden(3, FAR, "B_1", "100%果园"), true, &fault));
  MUST(store_subject_put(s, tree(10, 2, "梨树王"), true, &fault));
  static const struct {
    const char *words, *area;
    size_t count;
    uint8_t first;
  } cases[] = {
      {"", "500243", 3, 1},       {"王", "500243", 2, 1},   {"小明", "500243", 1, 1},
      {"wxm", "500243", 1, 1},    {"WDS", "500243", 1, 2},  {"A-", "500243", 2, 1},
      {"200", "500243", 0, 0},    {"%", "500243", 1, 3},    {"_", "500243", 0, 0},
      {"B_", "500243", 1, 3},     {"BX", "500243", 0, 0},   {"梨树", "500243", 1, 2},
      {"王", "500243101", 2, 1},  {"王", NORTH, 1, 1},      {"王", FAR, 0, 0},
      {"'", "500243", 0, 0},      {"\\", "500243", 0, 0},   {"明小", "500243", 0, 0},
      {"", "500244", 0, 0},       {"⼤⼭", "500243", 1, 2}, {"王 大山", "500243", 1, 2},
      {"ｗｄｓ", "500243", 1, 2}, {"dly", "500243", 0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint8_t first = 0;
    size_t n = found(s, cases[i].words, cases[i].area, &first);
    if (n != cases[i].count || first != cases[i].first)
      fail_msg("\"%s\" in %s: %zu, first %d", cases[i].words, cases[i].area, n, first);
  }
  done(s);
}

static void names_are_found_however_they_are_written(void **state) {
  (void)state;
  store *s = fresh();
  MUST(store_subject_put(s, garden(1, NORTH, "A", "阚⼤⼒"), true, &fault));
  MUST(store_subject_put(s, garden(2, NORTH, "B", "买买提・阿不都"), true, &fault));
  MUST(store_subject_put(s, garden(3, NORTH, "C", "覃乐"), true, &fault));
  static const struct {
    const char *words;
    uint8_t first;
  } cases[] = {{"大力", 1},         {"⼤", 1},     {"kdl", 1}, {"阿不都", 2}, {"买买提·阿不都", 2},
               {"买买提阿不都", 2}, {"mmtabd", 2}, {"ql", 3},  {"ty", 3},     {"qy", 3},
               {"买买提•阿", 2}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint8_t first = 0;
    size_t n = found(s, cases[i].words, "500243", &first);
    if (n != 1 || first != cases[i].first) fail_msg("\"%s\": %zu, %d", cases[i].words, n, first);
  }
  done(s);
}

/* A county whose names were indexed by an older program is indexed as it is opened. */
static void older_counties_are_indexed_anew(void **state) {
  (void)state;
  store *s = fresh();
  MUST(store_subject_put(s, garden(1, NORTH, "A", "阚⼤⼒"), true, &fault));
  db_stmt *q = NULL;
  MUST((q = db_prepare(store_db(s), "UPDATE subject_garden SET search = NULL", &fault)) != NULL);
  MUST(db_run(q, &fault));
  assert_int_equal(found(s, "kdl", "500243", NULL), 0);
  MUST(store_subjects_index(s, &fault)); /* it is of this form: nothing to do */
  assert_int_equal(found(s, "kdl", "500243", NULL), 0);
  MUST(store_search_form_put(s, 0, &fault));
  MUST(db_commit(store_db(s), &fault));
  MUST(store_subjects_index(s, &fault));
  assert_int_equal(found(s, "kdl", "500243", NULL), 1);
  MUST(db_begin(store_db(s), &fault));
  done(s);
}

static void a_new_name_is_found_by_its_initials(void **state) {
  (void)state;
  store *s = fresh();
  MUST(store_subject_put(s, garden(1, NORTH, "A", "王小明"), true, &fault));
  record *r = NULL;
  uuid id = number(1);
  MUST(store_subject_find(s, memory, kind_of("garden"), &id, NULL, &r, &fault));
  *cell(r, "ill") = value_int(2); /* the name stays */
  MUST(store_subject_put(s, r, false, &fault));
  assert_int_equal(found(s, "wxm", "500243", NULL), 1);
  *cell(r, "owner") = value_string(TEXT("李大山"));
  MUST(store_subject_put(s, r, false, &fault));
  assert_int_equal(found(s, "wxm", "500243", NULL), 0);
  assert_int_equal(found(s, "lds", "500243", NULL), 1);
  assert_int_equal(found(s, "大山", "500243", NULL), 1);
  MUST(store_subject_put(s, r, false, &fault)); /* said twice, from the same record */
  assert_int_equal(found(s, "lds", "500243", NULL), 1);
  *cell(r, "owner") = value_string(TEXT("王小明"));
  MUST(store_subject_put(s, r, false, &fault)); /* and back again */
  assert_int_equal(found(s, "wxm", "500243", NULL), 1);
  done(s);
}

static void pages_of_a_list(void **state) {
  (void)state;
  store *s = fresh();
  static const char *const areas[] = {NORTH, SOUTH, FAR};
  for (uint8_t i = 0; i < 60; i++) {
    record *g = garden((uint8_t)(200 - i), areas[i % 3],
                       (const char[]){(char)('A' + i / 10), (char)('0' + i % 10), 0}, "园");
    g->colour = i % 2 ? COLOUR_RED : COLOUR_GREEN;
    MUST(store_subject_put(s, g, true, &fault));
  }
  subject_query q = {.kind = kind_of("garden"), .colour = COLOUR_RED, .limit = 7};
  scope_add(&q.scope, "500243101");
  size_t seen = 0;
  char last_area[13] = "";
  uuid last = {{0}};
  for (;;) {
    record **rows = NULL;
    size_t n = 0;
    MUST(store_subjects(s, memory, &q, &rows, &n, &fault));
    if (n == 0) break;
    assert_true(n <= 7);
    for (size_t i = 0; i < n; i++, seen++) {
      int order = strcmp(rows[i]->area, last_area);
      assert_true(order > 0 || (order == 0 && memcmp(rows[i]->id.b, last.b, 16) > 0));
      assert_string_not_equal(rows[i]->area, FAR);
      assert_int_equal(rows[i]->colour, COLOUR_RED);
      memcpy(last_area, rows[i]->area, 13);
      last = rows[i]->id;
    }
    memcpy(q.after_area, last_area, 13);
    q.after_id = last;
  }
  assert_int_equal(seen, 20);
  int64_t n = 0;
  MUST(store_subjects_count(s, q.kind, &q.scope, NULL, &n, &fault));
  assert_int_equal(n, 40);
  done(s);
}

static void reach_is_a_set_of_subtrees(void **state) {
  (void)state;
  scope none = {0}, some = {0};
  assert_false(scope_has(&none, NORTH));
  scope_add(&some, "500243101");
  scope_add(&some, NORTH); /* inside already */
  scope_add(&some, FAR);
  assert_int_equal(some.count, 2);
  assert_true(scope_has(&some, NORTH) && scope_has(&some, FAR) && scope_has(&some, "500243101000"));
  assert_false(scope_has(&some, "500243102002"));
  assert_false(scope_has(&some, COUNTY)); /* the part does not see the whole */
  scope town = scope_within(&some, "500243102"), village = scope_within(&some, SOUTH);
  assert_true(scope_has(&town, FAR) && !scope_has(&town, NORTH) &&
              !scope_has(&town, "500243102002"));
  assert_true(scope_has(&village, SOUTH) && !scope_has(&village, NORTH));
  assert_int_equal(scope_within(&some, "500244").count, 0);
  scope full = {0};
  char code[24];
  for (int i = 0; i < SCOPE_MAX; i++) {
    snprintf(code, sizeof code, "5002430010%02d", i + 1);
    assert_true(scope_add(&full, code));
  }
  assert_false(scope_add(&full, FAR));
  assert_true(scope_has(&(scope[]){scope_all()}[0], FAR));
  store *s = fresh();
  MUST(store_subject_put(s, garden(1, NORTH, "G", "甲"), true, &fault));
  record *back = NULL;
  uuid id = number(1);
  MUST(store_subject_find(s, memory, kind_of("garden"), &id, &some, &back, &fault));
  assert_non_null(back);
  MUST(store_subject_find(s, memory, kind_of("garden"), &id, &town, &back, &fault));
  assert_null(back);
  MUST(store_subject_find(s, memory, kind_of("garden"), &id, &none, &back, &fault));
  assert_null(back);
  assert_int_equal(found(s, "", "", NULL), 0); /* an empty scope sees nothing */
  done(s);
}

static void who_wakes(void **state) {
  (void)state;
  store *s = fresh();
  for (uint8_t i = 1; i < 5; i++) {
    record *g = garden(i, NORTH, (const char[]){(char)('A' + i), 0}, "甲");
    g->next_evaluation = i == 4 ? DAY_NONE : 100 - i;
    MUST(store_subject_put(s, g, true, &fault));
  }
  uuid *ids = NULL;
  size_t n = 0;
  const kind *k = kind_of("garden");
  MUST(store_units_due(s, memory, &(due_query){k, 96, 10}, &ids, &n, &fault));
  assert_int_equal(n, 0);
  MUST(store_units_due(s, memory, &(due_query){k, 98, 10}, &ids, &n, &fault));
  assert_int_equal(n, 2);
  assert_int_equal(ids[0].b[15], 3);
  MUST(store_units_due(s, memory, &(due_query){k, 1000, 2}, &ids, &n, &fault));
  assert_int_equal(n, 2);
  MUST(store_schedule_all(s, 5, &fault));
  MUST(store_units_due(s, memory, &(due_query){k, 5, 10}, &ids, &n, &fault));
  assert_int_equal(n, 4);
  done(s);
}

/* ---- the journal and the digest ---- */

static void the_journal_is_a_chain(void **state) {
  (void)state;
  store *s = fresh();
  hash link = {{0}};
  uuid import = number(50);
  for (int64_t i = 1; i <= 6; i++)
    append(s, i, &link, "event", i % 2 ? import : (uuid){{0}}, i < 4 ? NORTH : "");
  county head;
  MUST(store_county_get(s, &head, &fault));
  assert_int_equal(head.seq, 6);
  assert_int_equal(head.last_at_ms, 1006);
  assert_memory_equal(&head.link, &link, sizeof link);
  entry *rows = NULL;
  size_t n = 0;
  MUST(store_journal(s, memory, &(journal_query){.after = 2, .limit = 3}, &rows, &n, &fault));
  assert_int_equal(n, 3);
  assert_int_equal(rows[0].seq, 3);
  MUST(store_journal(s, memory, &(journal_query){.after = 0, .limit = 99}, &rows, &n, &fault));
  hash walked = {{0}};
  for (size_t i = 0; i < n; i++) {
    walked = store_entry_link(&walked, &rows[i]); /* what was read is what was sealed */
    assert_memory_equal(&walked, &rows[i].link, sizeof walked);
  }
  /* Every part is under the seal. */
  entry x = rows[2];
  hash sealed = store_entry_link(&rows[1].link, &x), other;
  assert_memory_equal(&sealed, &x.link, sizeof sealed);
#define CHANGED(change)                                                                            \
  do {                                                                                             \
    x = rows[2];                                                                                   \
    change;                                                                                        \
    other = store_entry_link(&rows[1].link, &x);                                                   \
    assert_memory_not_equal(&sealed, &other, sizeof sealed);                                       \
  } while (0)
  CHANGED(x.seq++);
  CHANGED(x.id.b[3] ^= 1);
  CHANGED(x.at_ms++);
  CHANGED(x.officer.b[0] ^= 1);
  CHANGED(x.verb = "even");
  CHANGED(x.subject.b[9] ^= 1);
  CHANGED(x.root.b[9] ^= 1);
  CHANGED(x.import_id.b[9] ^= 1);
  CHANGED(x.area[11] = '9');
  CHANGED(x.body.bytes--);
  other = store_entry_link(&rows[0].link, &rows[2]);
  assert_memory_not_equal(&sealed, &other, sizeof sealed);
  scope north = {0};
  scope_add(&north, NORTH);
  MUST(store_journal(s, memory, &(journal_query){.after = 0, .limit = 99, .scope = &north}, &rows,
                     &n, &fault));
  assert_int_equal(n, 3);
  MUST(store_entries_of_import(s, memory, &import, &rows, &n, &fault));
  assert_int_equal(n, 3);
  assert_int_equal(rows[2].seq, 5);
  entry *one = NULL;
  uuid id = number(4), nowhere = number(99);
  MUST(store_entry_find(s, memory, &id, &one, &fault));
  assert_int_equal(one->seq, 4);
  MUST(store_entry_find(s, memory, &nowhere, &one, &fault));
  assert_null(one);
  done(s);
}

static hash digest_of(store *s, const char *table) {
  table_digest *rows = NULL;
  size_t n = 0;
  MUST(store_digest(s, memory, &rows, &n, &fault));
  for (size_t i = 0; i < n; i++)
    if (strcmp(rows[i].table, table) == 0) return rows[i].digest;
  fail_msg("no digest of %s", table);
  return (hash){{0}};
}

static void a_digest_sees_each_cell(void **state) {
  (void)state;
  store *s = fresh();
  record *g = garden(1, NORTH, "G", "甲"), *h = garden(2, NORTH, "H", "乙");
  MUST(store_subject_put(s, g, true, &fault));
  hash one = digest_of(s, "subject_garden");
  MUST(store_subject_put(s, h, true, &fault));
  hash two = digest_of(s, "subject_garden"), again = digest_of(s, "subject_garden");
  assert_memory_not_equal(&one, &two, sizeof one);
  assert_memory_equal(&two, &again, sizeof two);
  *cell(g, "phone") = value_string(TEXT(""));
  MUST(store_subject_put(s, g, false, &fault));
  hash empty = digest_of(s, "subject_garden");
  assert_memory_not_equal(&two, &empty, sizeof two); /* empty is not unknown */
  *cell(g, "phone") = value_missing(memory, "phone");
  MUST(store_subject_put(s, g, false, &fault));
  again = digest_of(s, "subject_garden");
  assert_memory_equal(&two, &again, sizeof two); /* where a row lies does not matter */
  /* What is not derived is not looked at; and both drivers agree on the rest. */
  table_digest *rows = NULL;
  size_t n = 0;
  MUST(store_digest(s, memory, &rows, &n, &fault));
  for (size_t i = 0; i < n; i++) {
    assert_string_not_equal(rows[i].table, "journal");
    assert_string_not_equal(rows[i].table, "upload");
    assert_string_not_equal(rows[i].table, "credential");
  }
  static hash on_the_other;
  static bool known;
  if (known) assert_memory_equal(&on_the_other, &two, sizeof two);
  on_the_other = two;
  known = true;
  done(s);
}

static void a_newer_pack_adds_columns(void **state) {
  (void)state;
  store *s = fresh();
  MUST(store_subject_put(s, garden(1, NORTH, "G", "甲"), true, &fault));
  MUST(db_script(store_db(s),
                 "ALTER TABLE subject_garden DROP COLUMN f_fenced; DROP TABLE event_sale", &fault));
  MUST(db_commit(store_db(s), &fault));
  MUST(db_begin(store_db(s), &fault));
  MUST(store_use_packs(s, &packs, true, &fault));
  record *back = NULL;
  uuid id = number(1);
  MUST(store_subject_find(s, memory, kind_of("garden"), &id, NULL, &back, &fault));
  assert_true(back && cell(back, "fenced")->type == VALUE_UNKNOWN);
  event **rows = NULL;
  size_t n = 0;
  MUST(store_events(
      s, memory,
      &(event_query){
          .kind = event_kind_of("sale"), .root = id, .from = DAY_NONE, .withdrawn_too = true},
      &rows, &n, &fault));
  done(s);
}

static void counties_stay_apart(void **state) {
  (void)state;
  store *s = fresh();
  MUST(store_subject_put(s, garden(1, NORTH, "G", "甲"), true, &fault));
  MUST(db_commit(store_db(s), &fault));
  store *other = store_open(place, DB_WRITE, "500244000000", &fault);
  assert_non_null(other);
  MUST(db_begin(store_db(other), &fault));
  MUST(store_make(other, "500244000000", "别县", &fault));
  MUST(store_use_packs(other, &packs, true, &fault));
  record *back = NULL;
  uuid id = number(1);
  MUST(store_subject_find(other, memory, kind_of("garden"), &id, NULL, &back, &fault));
  assert_null(back);
  MUST(store_subject_put(other, garden(1, "500244101001", "G", "乙"), true,
                         &fault)); /* same id, same key */
  MUST(db_commit(store_db(other), &fault));
  store_close(other);
  assert_null(store_open(place, DB_WRITE, NULL, &fault)); /* which of them? */
  assert_int_equal(fault.code, ERR_STORE);
  MUST(db_begin(store_db(s), &fault));
  assert_false(store_make(s, COUNTY, "石柱县", &fault) && db_commit(store_db(s), &fault));
  db_rollback(store_db(s));
  MUST(db_begin(store_db(s), &fault));
  MUST(store_subject_find(s, memory, kind_of("garden"), &id, NULL, &back, &fault));
  assert_string_equal(back->area, NORTH);
  done(s);
}

int main(void) {
  const struct CMUnitTest all[] = {cmocka_unit_test(every_type_comes_back),
                                   cmocka_unit_test(keys_are_unique_and_come_free),
                                   cmocka_unit_test(children_in_order),
                                   cmocka_unit_test(words_initials_and_keys_find),
                                   cmocka_unit_test(names_are_found_however_they_are_written),
                                   cmocka_unit_test(older_counties_are_indexed_anew),
                                   cmocka_unit_test(a_new_name_is_found_by_its_initials),
                                   cmocka_unit_test(pages_of_a_list),
                                   cmocka_unit_test(reach_is_a_set_of_subtrees),
                                   cmocka_unit_test(who_wakes),
                                   cmocka_unit_test(the_journal_is_a_chain),
                                   cmocka_unit_test(a_digest_sees_each_cell),
                                   cmocka_unit_test(a_newer_pack_adds_columns),
                                   cmocka_unit_test(counties_stay_apart)};
  int failed = cmocka_run_group_tests_name("store sqlite", all, use_sqlite, drop);
  failed += cmocka_run_group_tests_name("store postgres", all, use_postgres, drop);
  return failed;
}
