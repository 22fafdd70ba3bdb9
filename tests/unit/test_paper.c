/* Pages: where they break, what stands on each; receipts, and what becomes of an altered one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>

#include "paper/table_pdf.h"
#include "print/receipt.h"

static const paper_setup a4 = {.top = 20, .right = 20, .bottom = 20, .left = 20, .size = 10};

static bool keep(void *context, const void *at, size_t bytes, err *e) {
  buf_add(context, at, bytes);
  return buf_ok(context) || err_memory(e);
}

static bool refuse(void *context, const void *at, size_t bytes, err *e) {
  (void)context;
  (void)at;
  (void)bytes;
  return err_set(e, ERR_STORE, NULL, "盘满了。", "The disk is full.");
}

static size_t count_of(const buf *b, const char *word) {
  size_t n = 0;
  const char *at = b->at, *end = b->at + b->bytes;
  while (at && (at = memmem(at, (size_t)(end - at), word, strlen(word)))) {
    n++;
    at++;
  }
  return n;
}

#define DONE(call)                                                                                 \
  do {                                                                                             \
    if (!(call)) fail_msg("%s", e.zh);                                                             \
  } while (0)

static void rows_go_overleaf_whole(void **state) {
  (void)state;
  err e = {0};
  AUTO_BUF buf b = {0};
  paper *p = paper_new(keep, &b, &e);
  const double widths[2] = {30, 0};
  const paper_cell head[2] = {{.text = TEXT("甲")}, {.text = TEXT("乙")}};
  assert_non_null(p);
  DONE(paper_begin(p, &a4, &e));
  assert_true(paper_width(p) == 170);
  DONE(paper_table(p, widths, 2, 0, &e) && paper_row(p, head, 2, 0, true, &e));
  /* Four rows of 55 mm and the head fill a page of 257. */
  for (int i = 0; i < 10; i++)
    DONE(paper_row(p, (paper_cell[2]){{.text = TEXT("一")}, {.text = TEXT("二")}}, 2, 55, false,
                   &e));
  DONE(paper_table_end(p, &e) && paper_end(p, &e));
  assert_int_equal(paper_pages(p), 3);
  DONE(paper_begin(p, &a4, &e) && paper_text(p, &(paper_style){0}, TEXT("又一份"), &e) &&
       paper_end(p, &e));
  assert_int_equal(paper_pages(p), 4);
  DONE(paper_finish(p, &e));
  assert_int_equal(count_of(&b, "/Type /Page %"), 4);
  assert_memory_equal(b.at, "%PDF-", 5);
}

/* A cell of three pages of text is torn, line by line; nothing else is. */
static void a_row_higher_than_a_page_is_torn(void **state) {
  (void)state;
  err e = {0};
  AUTO_BUF buf b = {0}, words = {0};
  for (int i = 0; i < 6000; i++) buf_str(&words, "长");
  paper *p = paper_new(keep, &b, &e);
  DONE(p && paper_begin(p, &a4, &e));
  DONE(paper_table(p, (double[]){0}, 1, 0, &e));
  DONE(paper_row(p, &(paper_cell){.text = buf_view(&words)}, 1, 0, false, &e));
  DONE(paper_table_end(p, &e) && paper_end(p, &e));
  assert_in_range(paper_pages(p), 2, 4);
  DONE(paper_finish(p, &e));
}

static void what_does_not_go_is_said(void **state) {
  (void)state;
  err e = {0};
  AUTO_BUF buf b = {0};
  paper *p = paper_new(keep, &b, &e);
  DONE(p && paper_begin(p, &a4, &e));
  assert_false(paper_table(p, (double[PAPER_COLUMNS_MAX + 1]){0}, PAPER_COLUMNS_MAX + 1, 0, &e));
  assert_int_equal(e.code, ERR_TOO_LARGE);
  bool went = true;
  for (int i = 0; went && i < 1000; i++)
    went = paper_text(p, &(paper_style){0}, TEXT("页"), &e) && paper_break(p, &e);
  assert_false(went);
  assert_int_equal(e.code, ERR_TOO_LARGE);
  paper_drop(p);

  p = paper_new(refuse, NULL, &e);
  assert_non_null(p);
  const bool ended = paper_begin(p, &a4, &e) && paper_text(p, &(paper_style){0}, TEXT("字"), &e) &&
                     paper_end(p, &e);
  if (ended)
    assert_false(paper_finish(p, &e));
  else
    paper_drop(p);
  assert_string_equal(e.en, "The disk is full.");
  paper_drop(NULL);
}

/* Pictures that are none, or claim to be huge, are a box that says so. */
static void bad_pictures_do_no_harm(void **state) {
  (void)state;
  err e = {0};
  AUTO_BUF buf b = {0};
  static const char huge[] =
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\0\0\0";
  const paper_picture all[] = {{TEXT(""), TEXT("空")},
                               {TEXT("\xff\xd8\xff\xe0\x00"), TEXT("断")},
                               {{huge, sizeof huge - 1}, TEXT("大")},
                               {TEXT("GIF89a"), TEXT("别的")}};
  paper *p = paper_new(keep, &b, &e);
  DONE(p && paper_begin(p, &a4, &e));
  DONE(paper_pictures(p, all, 4, 60, 40, &e) && paper_end(p, &e));
  DONE(paper_finish(p, &e));
}

static void a_table_is_written_like_the_others(void **state) {
  (void)state;
  err e = {0};
  AUTO_BUF buf b = {0};
  const table_column columns[] = {{.title = "姓名"}, {.title = "金额"}};
  const table_layout l = {.title = "台账", .column_count = 2, .columns = columns};
  table_writer *w = table_write_pdf(NULL, &l, &e);
  assert_non_null(w);
  for (int i = 0; i < 200; i++)
    DONE(table_put(w,
                   (table_value[]){{.type = TABLE_TEXT, .text = TEXT("张三")},
                                   {.type = TABLE_MONEY, .number = 12345}},
                   2, &e));
  DONE(table_note(w, TEXT("截至今天。"), &e) && table_finish(w, &b, &e));
  assert_memory_equal(b.at, "%PDF-", 5);
  assert_in_range(count_of(&b, "/Type /Page %"), 4, 8);
}

/* ---- receipts ---- */

#define FIGURES                                                                                           \
  "{\"county\":\"高新区\",\"form\":\"回执\",\"on\":\"2026-03-01\",\"words\":[[\"金额\",\"6.00\"]]" \
  ","                                                                                                     \
  "\"n\":{\"people\":3,\"each\":200},\"formula\":\"people * each\",\"result\":600}"

static void check(arena *a, const char *given, const char *says) {
  err e = {0};
  receipt r;
  if (!says) {
    DONE(receipt_check(a, text_of(given), &r, &e));
    return;
  }
  assert_false(receipt_check(a, text_of(given), &r, &e));
  if (!strstr(e.en, says)) fail_msg("%s", e.en);
}

static void a_receipt_proves_itself(void **state) {
  (void)state;
  err e = {0};
  receipt r;
  receipt_key k;
  arena *a AUTO_ARENA = arena_new(0);
  AUTO_BUF buf b = {0}, other = {0}, plain = {0};
  assert_true(sodium_init() >= 0);
  crypto_sign_keypair(k.public, k.secret);
  DONE(receipt_write(&b, TEXT(FIGURES), &k, &e));
  DONE(receipt_check(a, buf_view(&b), &r, &e));
  assert_true(r.computed);
  assert_memory_equal(r.public, k.public, sizeof r.public);

  /* One figure altered. */
  char *three = strstr(b.at, "\"people\":3");
  three[9] = '4';
  check(a, b.at, "was changed");
  three[9] = '3';
  check(a, b.at, NULL);

  /* Signed, but its sum is wrong. */
  DONE(receipt_write(&other, TEXT("{\"n\":{\"x\":1},\"formula\":\"x * 2\",\"result\":3}"), &k, &e));
  check(a, other.at, "computed anew from its figures it is 2");
  DONE(receipt_write(&plain, TEXT(FIGURES), NULL, &e));
  check(a, plain.at, "not signed");
  check(a, "", "no receipt");
  check(a, "jishi-receipt 1\n", "no receipt");
  check(a, "jishi-receipt 1\n{}\nshort", "no receipt");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_go_overleaf_whole),
      cmocka_unit_test(a_row_higher_than_a_page_is_torn),
      cmocka_unit_test(what_does_not_go_is_said),
      cmocka_unit_test(bad_pictures_do_no_harm),
      cmocka_unit_test(a_table_is_written_like_the_others),
      cmocka_unit_test(a_receipt_proves_itself),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
