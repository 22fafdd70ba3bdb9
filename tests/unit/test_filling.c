/* Fifty empty tables in the shapes people send, and the cells that are right in them: wrong ones
 * there must be none of. */
#include "template_kit.h"

#include "ledger/filling.h"
#include "orchard.h"
#include "sheet/xlsx_refs.h"

/* One template: rows NULL: the headings tell. `cells` holds what a person would write in the first
 * rows, "B3=王大力|…"; every other cell of the empty rows stays empty. */
typedef struct sample_template {
  const char *name, *drawing, *cells;
} sample_template;

#include "template_samples.h"

static struct { int right, empty, wrong, templates; } seen;

static orchard *with_people(void) {
  orchard_pack = "../packs/antipoverty";
  orchard *o = orchard_new("2024-03-01");
  uuid h = next_id(o), p1 = next_id(o), p2 = next_id(o);
  const char *home = id_text(o, &h), *first = id_text(o, &p1), *second = id_text(o, &p2);
  must(o, VERB_SUBJECT,
       "{\"kind\":\"household\",\"id\":\"%s\",\"area\":\"" NORTH
       "\",\"taking_in\":{\"source\":\"册\"},\"fields\":{\"code\":\"0370800012345\",\"head_name\":"
       "\"王大力\","
       "\"group\":\"三组\",\"address\":\"北村12号\",\"phone\":\"13800000001\",\"size\":2,"
       "\"household_type\":\"lifted\",\"house_area\":81,\"income_pc_declared\":1234550,"
       "\"safe_water\":true,\"identified\":\"2014-05-06\",\"arable\":35,\"wage\":3000000}}",
       home);
  must(o, VERB_SUBJECT,
       "{\"kind\":\"person\",\"id\":\"%s\",\"parent\":\"%s\",\"taking_in\":{\"source\":\"册\"},"
       "\"fields\":{"
       "\"name\":\"王大力\",\"id_number\":\"110105196804120017\",\"relation\":\"head\",\"sex\":"
       "\"male\",\"birth\":\"1968-04-12\",\"ethnicity\":\"汉族\",\"phone\":\"13800000002\","
       "\"education\":\"junior\",\"health\":[\"healthy\"],\"months_worked\":6,\"medical_"
       "insurance\":true,\"allowance\":false}}",
       first, home);
  must(o, VERB_SUBJECT,
       "{\"kind\":\"person\",\"id\":\"%s\",\"parent\":\"%s\",\"taking_in\":{\"source\":\"册\"},"
       "\"fields\":{"
       "\"name\":\"李小花\",\"relation\":\"spouse\",\"sex\":\"female\",\"birth\":\"1970-01-02\","
       "\"ethnicity\":\"回族\",\"medical_insurance\":true}}",
       second, home);
  add_event(o, "visit", home, "2024-02-28", "\"way\":\"home\",\"topics\":[],\"note\":\"一切正常\"");
  add_event(
      o, "medical_claim", first, "2024-01-15",
      "\"hospital\":\"县医院\",\"level\":\"level2\",\"admitted\":\"2024-01-05\",\"discharged\":"
      "\"2024-01-15\",\"total\":1234567,\"in_scope\":1000000,\"basic\":80000");
  return o;
}

static bool take(void *context, const ledger_line *line, err *e) {
  void **x = context;
  template_value cells[TEMPLATE_COLUMNS_MAX];
  const filling *f = x[2];
  if (f->named) {
    const size_t label = filling_rows_label(f->named, f->table, line);
    return label == SIZE_MAX || (filling_values(x[0], x[1], f, line, cells, e) &&
                                 template_fill_label(x[3], label, cells, e));
  }
  return filling_values(x[0], x[1], x[2], line, cells, e) && template_fill_put(x[3], cells, e);
}

/* Fills the file in kit_file; false: it says which rows it is of cannot be told. */
static bool fill(orchard *o, text file, const text *rows, size_t row_count) {
  AUTO_BUF buf out = {0};
  err e = {0};
  template_table table;
  filling f;
  text guessed;
  rows_offered offered[64] = {0};
  ledger l;
  ledger_end end;
  template *t = template_open(file, &e);
  if (!t || !template_read(t, SIZE_MAX, &table, &e)) fail_msg("%s", e.en);
  const catalog *packs = engine_packs(o->g);
  for (size_t i = 0; i < row_count; i++) offered[i].name = rows[i];
  if (!filling_guess_rows(o->a, packs, &table, offered, row_count, &guessed, &e))
    fail_msg("%s", e.en);
  if (!guessed.bytes) {
    template_close(t);
    return false;
  }
  ledger_names names;
  filling_rows named;
  scope county = {0};
  scope_add(&county, "500243");
  const named_table of = {packs, &table, guessed, &names, &county};
  if (!ledger_names_load(o->s, o->a, &names, &e) ||
      (table.label_count && !filling_rows_find(o->a, &of, &named, &e)))
    fail_msg("%s", e.en);
  const filling_request asked = {.packs = packs,
                                 .table = &table,
                                 .rows = guessed,
                                 .named = table.label_count ? &named : NULL,
                                 .clear = true};
  if (!filling_plan(o->a, &asked, &f, &e) ||
      (f.filled_count && !ledger_read(o->a, packs, f.asked, false, true, &l, &e)))
    fail_msg("%s %s", e.where, e.en);
  template_fill *filled = template_fill_begin(t, &table, f.filled, f.filled_count, &e);
  void *context[] = {o->a, t, &f, filled};
  ledger_view view = {.now = {o->today, engine_calendar(o->g)},
                      .sight = {.clear = UINT32_MAX, .unmasked = true}};
  scope_add(&view.scope, "500243");
  const ledger_sink sink = {.take = take, .context = context};
  if (f.filled_count && !ledger_run(o->s, o->a, &l, &view, &sink, &end, &e)) fail_msg("%s", e.en);
  if (!template_fill_finish(filled, &out, &e)) fail_msg("%s", e.en);
  template_fill_drop(filled);
  template_close(t);
  kit_write(out.at, out.bytes);
  return true;
}

/* The cells of a file: "B3" → text; in a hash of small size. */
typedef struct cell_text {
  char ref[12];
  char text[200];
} cell_text;

static size_t cells_of(cell_text *list, size_t most) {
  err e = {0};
  table_row row;
  size_t n = 0;
  table_reader *t = table_open(kit_file, NULL, &e);
  if (!t) fail_msg("%s", e.en);
  while (table_next(t, &row, &e) > 0)
    for (size_t i = 0; i < row.count && n < most; i++) {
      if (!row.cells[i].text.bytes) continue;
      AUTO_BUF buf b = {0};
      ref_put_cell(&b, (int)i, row.number);
      snprintf(list[n].ref, sizeof list[n].ref, "%s", b.at);
      snprintf(list[n++].text, sizeof list->text, "%.*s", (int)row.cells[i].text.bytes,
               row.cells[i].text.at);
    }
  table_close(t);
  return n;
}

static const char *find(const cell_text *list, size_t n, const char *ref) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(list[i].ref, ref) == 0) return list[i].text;
  return NULL;
}

static void try_sample(orchard *o, const sample_template *s, const text *rows, size_t row_count) {
  enum { CELLS = 2000 };
  cell_text *before = calloc(CELLS, sizeof *before), *after = calloc(CELLS, sizeof *after);
  assert_true(before && after);
  seen.templates++;
  text file = kit_draw(s->drawing);
  const size_t n = cells_of(before, CELLS);
  const bool known = fill(o, file, rows, row_count);
  free((char *)file.at);
  const size_t m = known ? cells_of(after, CELLS) : 0;
  char *copy = strdup(s->cells), *rest = copy, *item;
  assert_non_null(copy);
  while ((item = strsep(&rest, "|"))) {
    if (!*item) continue;
    char *want = strchr(item, '=');
    assert_non_null(want);
    *want++ = 0;
    const char *is = find(after, m, item);
    if (is && strcmp(is, want) == 0) {
      seen.right++;
      snprintf(
          after[(size_t)((const cell_text *)(const void *)(is - sizeof after->ref) - after)].ref,
          sizeof after->ref, "-");
    } else if (!is) {
      seen.empty++;
      print_message("%s: %s stays empty, %s would be right\n", s->name, item, want);
    }
  }
  for (size_t i = 0; i < m; i++) { /* what was there, and what is not said to be right */
    if (after[i].ref[0] == '-') continue;
    const char *was = find(before, n, after[i].ref);
    if (was && strcmp(was, after[i].text) == 0) continue;
    if (strstr(s->drawing, "合计") && !was) /* rows below may have moved */
      for (size_t k = 0; k < n && !was; k++)
        if (strcmp(before[k].text, after[i].text) == 0) was = before[k].text;
    if (was) continue;
    seen.wrong++;
    print_message("%s: %s is wrong: %s\n", s->name, after[i].ref, after[i].text);
  }
  free(copy);
  free(before);
  free(after);
}

static void no_cell_is_wrong(UNUSED void **state) {
  static const text rows[] = {{"household", 9}, {"person", 6}, {"visit", 5}, {"medical_claim", 13}};
  void *unused = NULL;
  assert_int_equal(kit_begin(&unused), 0);
  orchard *o = with_people();
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
    try_sample(o, &samples[i], rows, sizeof rows / sizeof *rows);
  orchard_free(o);
  kit_end(&unused);
  print_message("%d templates: %d cells right, %d empty, %d wrong\n", seen.templates, seen.right,
                seen.empty, seen.wrong);
  assert_true(seen.templates >= 50);
  assert_int_equal(seen.wrong, 0);
  assert_true(seen.right * 10 >= (seen.right + seen.empty) * 8);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(no_cell_is_wrong, orchard_use_sqlite, orchard_drop_sqlite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
